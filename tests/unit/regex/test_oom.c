/* Allocation N fails, for N = 1, 2, ...: once, and from there on. Nothing leaks, nothing
 * crashes, and a result is either an honest ERR_NOMEM or the same as ever. */
#include "test.h"

#include "regex/internal.h"
#include "regex/native.h"

struct failing {
    long countdown; /* the allocation that fails, counted down to 0 */
    bool go_on;     /* those after it fail too */
    long live;      /* allocations that have not been given back */
};

static void *failing_resize(void *user, void *ptr, size_t size)
{
    struct failing *failing = user;
    if (size == 0) {
        failing->live -= ptr != NULL;
        free(ptr);
        return NULL;
    }
    failing->countdown--;
    if (failing->countdown == 0 || (failing->go_on && failing->countdown < 0)) {
        return NULL;
    }
    void *result = realloc(ptr, size);
    failing->live += !ptr && result;
    return result;
}

static const struct {
    const char *pattern;
    const char *text;
    int rc;
} cases[] = {
    {"^(?P<NAME>\\S+)\\s+(?P<STATE>up|down)$", "Gi0/1  up", 1},
    {"(\\w+)\\s\\d\\b(?i:straße)", "x 1 STRASSE", 0},
    {"(?P<\xC3\xA9>x)?(?(\xC3\xA9)y|z)", "xy", 1},
    {"^(\xC3\xA9+).(\\W)$", "\xC3\xA9\xC3\xA9-\xFF", 1},
    {"^(\\s*-*)*\\s*$", "--- --- --- --- --- --- --- --- --- --- --- x", 0},
    {"^(a|aa)+(b)$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", 1},
    {"(()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()()())x", "x", 1},
    {"(?:abcdefgh|[^x-z]){900}", "abc", 0}, /* compiled at once, for its size */
};

#define MOST_GROUPS 64

/* Everything that a user of one pattern does; true if memory sufficed. */
static bool use(size_t which, const struct alloc *alloc)
{
    struct view groups[MOST_GROUPS];
    struct regex *re = NULL;
    struct err err = ERR_INIT;
    bool enough = true;
    struct regex_scratch *scratch = regex_scratch_new(NULL, alloc);
    if (!scratch) {
        return false;
    }
    if (regex_compile(&re, view_of(cases[which].pattern), REGEX_ANCHORED, alloc, &err) < 0) {
        CHECK(err.code == ERR_NOMEM && re == NULL);
        enough = false;
    }
    for (int i = 0; re && i < 10; i++) { /* enough for machine code */
        int rc =
            regex_match(re, scratch, view_of(cases[which].text), groups, MOST_GROUPS, &err);
        CHECK(rc == cases[which].rc || rc == ERR_NOMEM || rc == ERR_LIMIT);
        enough &= rc == cases[which].rc;
    }
    regex_free(re);
    regex_scratch_free(scratch);
    return enough;
}

static void fail_each(bool go_on)
{
    for (size_t which = 0; which < sizeof(cases) / sizeof(*cases); which++) {
        bool enough = false;
        long n = 1;
        for (; n < 500 && !enough; n++) {
            struct failing failing = {n, go_on, 0};
            struct alloc alloc = {failing_resize, &failing};
            enough = use(which, &alloc) && failing.countdown > 0;
            CHECK(failing.live == 0);
        }
        CHECK(enough && n > 5);
    }
}

static void one_allocation_fails(void)
{
    fail_each(false);
}

static void all_allocations_fail_from_one_on(void)
{
    fail_each(true);
}

/* Machine code for a track is done without when memory runs out. */
static void native_tracks(void)
{
    struct failing failing = {0, false, 0};
    struct alloc alloc = {failing_resize, &failing};
    struct regex *re;
    struct regex_family *family = regex_family_new(&alloc);
    struct native *native = NULL;
    long n = 0;
    CHECK(regex_compile_in(&re, family, view_of(cases[0].pattern), REGEX_ANCHORED, &alloc,
                           NULL) == 0);
    long live = failing.live;
    while (!native && n < 20) {
        const struct track *track = &re->track, *out = NULL;
        failing.countdown = ++n;
        native = native_make(&track, 1, family, &out);
        CHECK(native ? out != NULL : failing.live == live);
    }
    CHECK(!native || n > 4); /* (there is none for some machines) */
    native_free_all(native, &alloc);
    CHECK(failing.live == live);
    regex_free(re);
    regex_family_free(family);
    CHECK(failing.live == 0);
}

int main(void)
{
    RUN(one_allocation_fails);
    RUN(all_allocations_fail_from_one_on);
    RUN(native_tracks);
    return test_end();
}
