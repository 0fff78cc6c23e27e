/* What the linter says of patterns: reach, cover, ends, proofs of slowness. */
#include "test.h"

#include "author/lint_pattern.h"
#include "regex/regex.h"

static struct arena arena = ARENA_INIT;

static struct pattern make(const char *text)
{
    struct pattern pattern;
    struct err err = ERR_INIT;
    if (pattern_init(&pattern, view_of(text), &arena, &err) < 0) {
        fprintf(stderr, "%s: %s\n", text, err.text);
        exit(1);
    }
    return pattern;
}

static void reaches(void)
{
    static const struct {
        const char *text;
        enum pattern_reach reach;
    } cases[] = {
        {"^", PATTERN_EVERY},           {"^.*", PATTERN_EVERY},
        {"^.*$", PATTERN_EVERY},        {"^\\s*", PATTERN_EVERY},
        {"^(?:a)?", PATTERN_EVERY},     {"^(?P<A>.*)", PATTERN_EVERY},
        {"^.", PATTERN_FULL},           {"^.+", PATTERN_FULL},
        {"^.+$", PATTERN_FULL},         {"^\\s*.+$", PATTERN_FULL},
        {"^(.)", PATTERN_FULL},         {"^\\s*\\S", PATTERN_VISIBLE},
        {"^\\s*\\S+", PATTERN_VISIBLE}, {"^\\s*$", PATTERN_SOME},
        {"^.{2}", PATTERN_SOME},        {"^.{2,}", PATTERN_SOME},
        {"^a*$", PATTERN_SOME},         {"^\\S", PATTERN_SOME},
        {"^.*a", PATTERN_SOME},         {"^\\s*\\s", PATTERN_SOME},
        {"^a*+a", PATTERN_SOME},        {"^[^a]", PATTERN_SOME},
        {"^\\s?\\S", PATTERN_SOME},     {"^\\s*[^\\S]", PATTERN_SOME},
        {"^.*+.", PATTERN_SOME},        {"^$", PATTERN_SOME},
        {"^(?!a)", PATTERN_SOME},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pattern pattern = make(cases[i].text);
        if (pattern_reach(&pattern) != cases[i].reach) {
            fprintf(stderr, "%s:\n", cases[i].text);
            CHECK(pattern_reach(&pattern) == cases[i].reach);
        }
    }
}

static void covers(void)
{
    static const struct {
        const char *earlier, *later;
        bool yes;
    } cases[] = {
        {"^a", "^a", true},
        {"^a", "^ab", true},
        {"^a\\s*", "^ab", true},
        {"^(?P<A>\\w+)", "^(?P<B>\\w+)\\s+(?P<C>\\d+)$", true},
        {"^\\d", "^\\d+ x", true},
        {"^\\d+", "^\\d x", true},
        {"^a.", "^a\\s", true},
        {"^.", "^x*$", false}, /* the empty line */
        {"^.", "^x+$", true},
        {"^", "^$", true},
        {"^a(?:b|c)", "^a(?:b|c)d", true},
        {"^(?:a|b)$", "^(?:a|b)$", true},
        {"^ab", "^a", false},
        {"^a$", "^ab", false},
        {"^a$", "^a", false},
        {"^(?i:a)", "^a", false},
        {"^\\d{3}", "^\\d+", false},
        {"^\\d+?x", "^\\d+x", false},
        {"^(a)\\1", "^(a)\\1", false}, /* not looked into */
        {"^(?=a)", "^(?!a)", false},
        {"^\\s*\\S", "^\\s*a", false},
        {"^[ab]", "^[ac]", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pattern earlier = make(cases[i].earlier), later = make(cases[i].later);
        if (pattern_covers(&earlier, &later) != cases[i].yes) {
            fprintf(stderr, "%s, then %s:\n", cases[i].earlier, cases[i].later);
            CHECK(pattern_covers(&earlier, &later) == cases[i].yes);
        }
    }
}

static void ends(void)
{
    static const struct {
        const char *text;
        enum pattern_end end;
        const char *group;
    } cases[] = {
        {"^(?P<A>.*?)", PATTERN_END_LAZY, "A"},    {"^(?P<A>\\w+)", PATTERN_END_OPEN, "A"},
        {"^(?P<A>\\S+)", PATTERN_END_FINE, "A"},   {"^(?P<A>\\w+)$", PATTERN_END_FINE, ""},
        {"^\\w+", PATTERN_END_FINE, ""},           {"^(?P<A>a(\\d+))", PATTERN_END_OPEN, "A"},
        {"^(?P<A>\\d{2})", PATTERN_END_FINE, "A"}, {"^(\\w+)", PATTERN_END_FINE, ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct pattern pattern = make(cases[i].text);
        struct view group;
        enum pattern_end end = pattern_end(&pattern, &group);
        if (end != cases[i].end || !view_equal_str(group, cases[i].group)) {
            fprintf(stderr, "%s: %d %.*s\n", cases[i].text, (int)end, VIEW_ARG(group));
            CHECK(end == cases[i].end && view_equal_str(group, cases[i].group));
        }
    }
}

/* The line is proof: matched under that limit, it runs into it. */
static void slow_ones_are_proven(void)
{
    static const struct {
        const char *text;
        bool slow;
    } cases[] = {
        {"^(a+)+$", true},          {"^(?:\\w+\\s*)+:$", true},   {"^x(?:a|a)*y", true},
        {"^(/|\\w|/\\w)+:", true},  {"^(?:[a-z]+\\d*)+ -", true}, {"^(\\s*\\S+)*\\s+x$", true},
        {"^(?:\\w+\\s)+:$", false}, {"^(?:\\d+,)*\\d+$", false},  {"^(?>a+)+$", false},
        {"^(a+)+", false},          {"^a+b+c+$", false},          {"^(?:a|b)*$", false},
        {"^(?:ab){2,3}$", false},
    };
    struct regex_limits limits = {.steps = PATTERN_SLOW_STEPS, .plain = true};
    struct regex_scratch *scratch = regex_scratch_new(&limits, NULL);
    for (size_t i = 0; scratch && i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct strbuf line = STRBUF_INIT, how = STRBUF_INIT;
        struct pattern pattern = make(cases[i].text);
        struct regex *re = NULL;
        bool slow = pattern_slow_line(&pattern, &line, &how);
        if (slow != cases[i].slow) {
            fprintf(stderr, "%s: %s\n", cases[i].text, how.buf);
            CHECK(slow == cases[i].slow);
        }
        if (slow) {
            CHECK(line.len <= 256 && how.len > 0);
            CHECK(regex_compile(&re, pattern.text, REGEX_ANCHORED, NULL, NULL) == 0);
            CHECK(regex_match(re, scratch, strbuf_view(&line), NULL, 0, NULL) == ERR_LIMIT);
        }
        regex_free(re);
        strbuf_release(&line);
        strbuf_release(&how);
    }
    regex_scratch_free(scratch);
}

int main(void)
{
    RUN(reaches);
    RUN(covers);
    RUN(ends);
    RUN(slow_ones_are_proven);
    arena_release(&arena);
    return test_end();
}
