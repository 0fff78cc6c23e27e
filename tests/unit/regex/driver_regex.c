/*
 * The regex room as a filter, for the tests that compare it with Python. Lines in, a line out
 * for each, everything in hexadecimal:
 *
 *     P FLAGS PATTERN     "ok GROUPS" or "error COLUMN TEXT"
 *     M SUBJECT           "1 FROM:TO FROM:TO ...", ("-" for a group without part), "0", "limit"
 *
 * Each match is made with and without machine code, and with the code for ASCII and for other
 * text where both apply, and by the memory of memo.h (a limit of one step leads there); and
 * what facts say about a subject that matched is checked. Anything that does not agree comes
 * out as "differ WHAT".
 */
#include "regex/regex.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST_GROUPS 1000
#define WARM_UP     9

struct driver {
    struct regex *re;
    struct regex_scratch *jit, *no_jit, *memo;
    char *line, *bytes;
    size_t size;
};

struct result {
    int rc;
    struct view groups[MOST_GROUPS];
};

static int nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* A copy of just its size, so that a read beyond the end is noticed by sanitizers. */
static struct view decode(struct driver *driver, const char *hex)
{
    size_t n = strspn(hex, "0123456789abcdef") / 2;
    free(driver->bytes);
    driver->bytes = malloc(n ? n : 1);
    for (size_t i = 0; i < n; i++) {
        driver->bytes[i] = (char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    }
    return view_make(driver->bytes, n);
}

static void pattern(struct driver *driver, const char *args)
{
    struct err err = ERR_INIT;
    char *hex;
    unsigned flags = (unsigned)strtoul(args, &hex, 10);
    regex_free(driver->re);
    int rc = regex_compile(&driver->re, decode(driver, hex + 1), flags, NULL, &err);
    if (rc < 0) {
        printf("error %d %s\n", err.column, err.text);
        return;
    }
    for (int i = 0; i < WARM_UP; i++) {
        regex_match_text(driver->re, driver->jit, VIEW(""), REGEX_TEXT_ASCII, NULL, 0, NULL);
        regex_match_text(driver->re, driver->jit, VIEW(""), REGEX_TEXT_UTF8, NULL, 0, NULL);
    }
    printf("ok %u", regex_group_count(driver->re));
    for (unsigned i = 1; i < regex_group_count(driver->re); i++) {
        printf(" %.*s", VIEW_ARG(regex_group_name(driver->re, i)));
    }
    printf("\n");
}

static const char *facts_complaint(const struct regex_facts *facts, struct view text)
{
    struct byteset bytes = byteset_of(text);
    size_t n = 0;
    while (n < text.len && regex_is_blank((unsigned char)text.ptr[n])) {
        n++;
    }
    int c = n < text.len ? (unsigned char)text.ptr[n] : -1;
    if (!regex_facts_admit(facts, n, c)) {
        return "facts: lead";
    }
    if (c >= 0 && c < 0x80 && !view_starts(view_slice(text, n, text.len), facts->prefix)) {
        return "facts: prefix";
    }
    if (text.len < facts->min_length || (text.len == 0 && !facts->can_be_empty)) {
        return "facts: length";
    }
    if (!byteset_within(&facts->need, &bytes)) {
        return "facts: need";
    }
    if (!byteset_within(&bytes, &facts->alphabet)) {
        return "facts: alphabet";
    }
    if (text.len && !byteset_has(&facts->last, (unsigned char)text.ptr[text.len - 1])) {
        return "facts: last";
    }
    if (text.len && !byteset_has(&facts->first, (unsigned char)text.ptr[0])) {
        return "facts: first";
    }
    return NULL;
}

static bool same(const struct result *a, const struct result *b, unsigned ngroups)
{
    if (a->rc != b->rc) {
        return a->rc < 0 || b->rc < 0; /* they count steps differently */
    }
    for (unsigned i = 0; a->rc == 1 && i < ngroups; i++) {
        if (a->groups[i].ptr != b->groups[i].ptr || a->groups[i].len != b->groups[i].len) {
            return false;
        }
    }
    return true;
}

static void print_result(const struct result *result, struct view text, unsigned ngroups)
{
    if (result->rc < 0) {
        printf("limit\n");
        return;
    }
    printf("%d", result->rc);
    for (unsigned i = 0; result->rc == 1 && i < ngroups; i++) {
        struct view group = result->groups[i];
        if (group.ptr) {
            printf(" %zu:%zu", (size_t)(group.ptr - text.ptr),
                   (size_t)(group.ptr - text.ptr) + group.len);
        } else {
            printf(" -");
        }
    }
    printf("\n");
}

static void match(struct driver *driver, const char *hex)
{
    static struct result results[5];
    struct view text = decode(driver, hex);
    unsigned n = driver->re ? regex_group_count(driver->re) : 0;
    n = n < MOST_GROUPS ? n : MOST_GROUPS;
    if (!driver->re) {
        printf("differ no pattern\n");
        return;
    }
    const struct {
        const char *name;
        struct regex_scratch *scratch;
        bool utf;
    } ways[] = {{"interpreter", driver->no_jit, false},
                {"jit", driver->jit, false},
                {"memo", driver->memo, false},
                {"utf interpreter", driver->no_jit, true},
                {"utf jit", driver->jit, true}};
    bool ascii = ascii_only(text);
    for (unsigned i = 0; i < 5 && (ascii || !ways[i].utf); i++) {
        enum regex_text kind = ways[i].utf ? REGEX_TEXT_UTF8 : regex_text_of(text);
        results[i].rc = regex_match_text(driver->re, ways[i].scratch, text, kind,
                                         results[i].groups, n, NULL);
        if (!same(&results[0], &results[i], n)) {
            printf("differ %s from %s\n", ways[i].name, ways[0].name);
            return;
        }
    }
    const char *complaint =
        results[0].rc == 1 ? facts_complaint(regex_facts(driver->re), text) : NULL;
    if (complaint) {
        printf("differ %s\n", complaint);
        return;
    }
    print_result(&results[results[0].rc < 0], text, n);
}

int main(void)
{
    struct driver driver = {.re = NULL};
    unsetenv("COLLECT_NO_JIT");
    driver.jit = regex_scratch_new(NULL, NULL);
    setenv("COLLECT_NO_JIT", "1", 1);
    driver.no_jit = regex_scratch_new(NULL, NULL);
    driver.memo = regex_scratch_new(&(struct regex_limits){.steps = 1}, NULL);
    while (getline(&driver.line, &driver.size, stdin) > 0) {
        if (driver.line[0] == 'P') {
            pattern(&driver, driver.line + 2);
        } else {
            match(&driver, driver.line + 2);
        }
    }
    regex_free(driver.re);
    regex_scratch_free(driver.jit);
    regex_scratch_free(driver.no_jit);
    regex_scratch_free(driver.memo);
    free(driver.line);
    free(driver.bytes);
    return 0;
}
