#include "regex/family.h"

#include "regex/native.h"
#include "regex/regex.h"

struct regex_family *regex_family_new(const struct alloc *alloc)
{
    struct regex_family *family = alloc_get(alloc, sizeof(*family));
    if (family) {
        family->alloc = alloc;
        family->nclasses = family->nrows = 0;
        memset(family->classes_of, 0, sizeof(family->classes_of));
        family->members = NULL;
        family->natives = NULL;
        atomic_flag_clear(&family->making);
        family->native_bytes = 0;
        family->refused = false;
    }
    return family;
}

void regex_family_free(struct regex_family *family)
{
    if (family) {
        native_free_all(family->natives, family->alloc);
        alloc_free(family->alloc, family);
    }
}

static bool has(struct ascii_set set, unsigned c)
{
    return set.word[c >> 6] >> (c & 63) & 1;
}

/* The place of a set among n, or n. */
static unsigned find(const struct ascii_set *sets, unsigned n, struct ascii_set set)
{
    unsigned i = 0;
    while (i < n && (sets[i].word[0] != set.word[0] || sets[i].word[1] != set.word[1])) {
        i++;
    }
    return i;
}

int family_class(struct regex_family *family, struct ascii_set set)
{
    unsigned i = find(family->classes, family->nclasses, set);
    if (i == family->nclasses) {
        if (i == FAMILY_MOST) {
            return -1;
        }
        family->classes[family->nclasses++] = set;
        for (unsigned c = 0; c < 128; c++) {
            family->classes_of[c] |= (uint64_t)has(set, c) << i;
        }
    }
    return (int)i;
}

int family_row(struct regex_family *family, struct ascii_set set)
{
    unsigned i = find(family->row_sets, family->nrows, set);
    if (i == family->nrows) {
        struct nibbles nibbles = {{0}};
        if (i == FAMILY_MOST) {
            return -1;
        }
        for (unsigned c = 0; c < 128; c++) {
            nibbles.of[c & 15] |= (uint8_t)((unsigned)has(set, c) << (c >> 4));
        }
        family->row_sets[i] = set;
        family->row_nibbles[i] = nibbles;
        family->nrows++;
    }
    return (int)i;
}
