/* Tracks, and their machine code, against PCRE2's interpreter: patterns put together from
 * pieces, on subjects put together from few characters. Whatever a track says must be what the
 * interpreter says. */
#include "test.h"

#include "regex/internal.h"
#include "regex/native.h"
#include "regex/walk.h"

#include <stdint.h>

static const char *const pieces[] = {
    "a",
    "b",
    " ",
    ":",
    "ab",
    "\\s",
    "\\S",
    "\\d",
    "\\w",
    ".",
    "[ab]",
    "[^a]",
    "\\s+",
    "\\S+",
    "\\d+",
    "\\w*",
    ".*",
    ".+?",
    "\\s*",
    "\\S*?",
    "\\d{1,2}",
    "a{2}",
    "[a:]{0,2}",
    "(a|b)",
    "(ab|a)",
    "(a|ab)",
    "(\\d+|a)",
    "(|b)",
    "(a)?",
    "(\\s\\S+)?",
    "(\\s\\S+)*",
    "(?:a|\\d)+",
    "(?:ab)+?",
    "(\\S.*?)",
    "(.*)",
    "(\\w+)",
    "(?!ab)",
    "(?=\\d)",
    "(?<=a)",
    "\\b",
    "$",
    "\\Z",
    "^",
    "\\s*$",
    "(?:a(b)|c)",
    "(\\S+):",
    "(.*):",
    "(.*?):",
    "\\B",
    "a++",
    "(?i:aB)",
    "(?:\\s*(\\w))?",
    "(?:\\w\\s)+",
    "(?:,\\d+){2}",
    "(?:a|$)",
    "(b*|1)",
    "\\s+.*",
    ".*\\d+",
    ".*.*",
    "(.*) ",
    "(?:a|ab|1|:)",
    "(?:b|\\d|a\\d?)+",
    "[a-z]\\w*",
    "(?:(a|b):?)*?",
};

static const char *const bits[] = {"a", "b", "ab", " ", ":", "1", "23", "  ", "B", ",1", "-"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint32_t seed = 1;

static uint32_t pick(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static void put_together(char *out, size_t size, const char *const *parts, uint32_t nparts,
                         uint32_t most)
{
    size_t len = 0;
    out[0] = '\0';
    for (uint32_t n = pick(most + 1); n > 0; n--) {
        int more = snprintf(out + len, size - len, "%s", parts[pick(nparts)]);
        len += (size_t)more;
    }
}

struct found {
    int rc;
    struct view groups[TRACK_GROUPS_MOST];
};

static bool same(const struct found *a, const struct found *b, unsigned n)
{
    if (a->rc != b->rc) {
        return false;
    }
    for (unsigned i = 0; a->rc > 0 && i < n; i++) {
        if (a->groups[i].ptr != b->groups[i].ptr || a->groups[i].len != b->groups[i].len) {
            return false;
        }
    }
    return true;
}

static struct regex_scratch *interpreter;
static unsigned long decided, asked, natives;

static enum track_result run_track(const struct regex *re, const struct track *track,
                                   struct view text, struct view *groups)
{
    static struct regex_subject subject;
    subject_init(&subject, re->family);
    regex_subject_set(&subject, text, REGEX_TEXT_ASCII, text.len);
    return subject.plain ? track_run(track, &subject, groups) : TRACK_UNKNOWN;
}

static void compare(const struct regex *re, const struct track *track, const char *way,
                    const char *pattern, struct view subject)
{
    struct found found, pcre2;
    unsigned n = regex_group_count(re);
    enum track_result result = run_track(re, track, subject, found.groups);
    asked++;
    if (result == TRACK_UNKNOWN) {
        return;
    }
    decided++;
    found.rc = (int)result;
    pcre2.rc = regex_match(re, interpreter, subject, pcre2.groups, n, NULL);
    if (!same(&found, &pcre2, n)) {
        fprintf(stderr, "%s on \"%.*s\": %s %d, PCRE2 %d\n", pattern, (int)subject.len,
                subject.ptr, way, found.rc, pcre2.rc);
    }
    CHECK(same(&found, &pcre2, n));
}

static void compare_some(const struct regex *re, const char *pattern)
{
    const struct track *track = &re->track, *native = NULL;
    struct native *made = native_make(&track, 1, re->family, &native);
    natives += made != NULL;
    for (int k = 0; k < 20; k++) {
        char subject[200];
        put_together(subject, sizeof(subject), bits, COUNT(bits), k % 4 == 3 ? 80 : 8);
        compare(re, track, "track", pattern, view_of(subject));
        if (native) {
            compare(re, native, "native track", pattern, view_of(subject));
        }
    }
    native_free_all(made, NULL);
}

static void test_against_interpreter(void)
{
    for (int i = 0; i < 4000; i++) {
        char pattern[200] = "^";
        struct regex *re;
        put_together(pattern + 1, sizeof(pattern) - 1, pieces, COUNT(pieces), 6);
        if (regex_compile(&re, view_of(pattern), REGEX_ANCHORED, NULL, NULL) < 0) {
            continue;
        }
        if (re->track.steps) {
            compare_some(re, pattern);
        }
        regex_free(re);
    }
    CHECK(decided > asked / 2 && decided > 20000);
    if (natives == 0) {
        fprintf(stderr, "no machine code for tracks here\n");
    }
}

/* Rules of the usual kind are decided without PCRE2. */
static void test_usual_rules(void)
{
    static const struct {
        const char *pattern, *subject;
        int rc;
    } cases[] = {
        {"^interface (\\S+)$", "interface Gi1", TRACK_YES},
        {"^interface (\\S+)$", "interface Gi1 ", TRACK_NO},
        {"^\\s+(\\d+) packets input, (\\d+) bytes", "     12 packets input, 7 bytes, 0",
         TRACK_YES},
        {"^\\s+(\\d+) packets input, (\\d+) bytes", "     12 packets output, 7 bytes",
         TRACK_NO},
        {"^\\s+Description:\\s*(\\S.*?)\\s*$", "  Description: to the core  ", TRACK_YES},
        {"^(\\S+) is (up|administratively down|down)", "Gi1 is down", TRACK_YES},
        {"^\\s*(?:\\*\\s*)?(\\d+|All)\\s+([0-9a-f]{4}\\.[0-9a-f]{4})\\s*$", " All  00aa.11bb",
         TRACK_YES},
        {"^(?!Gateway|Codes)([A-Z])\\s", "Gateway of", TRACK_NO},
        {"^(\\w+)(?:,\\s+(\\d+))?\\s*$", "a", TRACK_YES},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct regex *re;
        struct view groups[8];
        CHECK(regex_compile(&re, view_of(cases[i].pattern), REGEX_ANCHORED, NULL, NULL) == 0);
        if (!re->track.steps) {
            fprintf(stderr, "no track: %s\n", cases[i].pattern);
            CHECK(0);
            regex_free(re);
            continue;
        }
        int rc = (int)run_track(re, &re->track, view_of(cases[i].subject), groups);
        if (rc != cases[i].rc) {
            fprintf(stderr, "%s: %d\n", cases[i].pattern, rc);
        }
        CHECK(rc == cases[i].rc);
        regex_free(re);
    }
}

/* "$" is also in front of a last newline: not a track's business. */
static void test_last_newline(void)
{
    struct regex *re;
    struct view groups[2];
    CHECK(regex_compile(&re, VIEW("^(.*?)$"), REGEX_ANCHORED, NULL, NULL) == 0);
    CHECK(run_track(re, &re->track, VIEW("a\n"), groups) == TRACK_UNKNOWN);
    CHECK(regex_match(re, interpreter, VIEW("a\n"), groups, 2, NULL) == 1 &&
          groups[1].len == 1);
    regex_free(re);
}

/* Rows of all lengths and sets, with and without vector instructions; bytes behind the text
 * that look like members do not count. */
static void test_rows(void)
{
    static struct regex_subject subjects[2];
    char text[SUBJECT_MOST + 80];
    struct regex_family *family = regex_family_new(NULL);
    for (size_t i = 0; i < sizeof(text); i++) {
        text[i] = (char)(pick(8) ? pick(128) : 128 + pick(128));
    }
    for (unsigned i = 0; i < FAMILY_MOST; i++) {
        struct ascii_set set = {{(uint64_t)pick(1 << 24) << 40 | pick(1 << 24), pick(1 << 24)}};
        CHECK(family_row(family, set) == (int)i);
    }
    for (size_t len = 0; len <= SUBJECT_MOST; len += 1 + len / 8) {
        for (unsigned i = 0; i < 2; i++) {
            subject_init(&subjects[i], family);
            subjects[i].fill = i ? subject_fill_plain : subjects[i].fill;
            regex_subject_set(&subjects[i], view_make(text, len), REGEX_TEXT_BROKEN,
                              i ? len : sizeof(text));
            subject_need(&subjects[i], UINT64_MAX);
        }
        CHECK(memcmp(subjects[0].rows, subjects[1].rows,
                     (len / 64 + 1) * sizeof(subjects[0].rows[0])) == 0);
    }
    regex_family_free(family);
}

int main(void)
{
    setenv("COLLECT_NO_JIT", "1", 1); /* and no tracks */
    interpreter = regex_scratch_new(NULL, NULL);
    RUN(test_against_interpreter);
    RUN(test_usual_rules);
    RUN(test_last_newline);
    RUN(test_rows);
    regex_scratch_free(interpreter);
    return test_end();
}
