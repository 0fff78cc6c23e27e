/* What the cases and the comparison with Python cannot say: limits, long and odd subjects,
 * settings. */
#include "test.h"

#include "base/limits.h"
#include "base/strbuf.h"
#include "regex/regex.h"

struct run {
    unsigned flags;
    struct regex_limits limits;
    struct view groups[4];
    struct err err;
};

static int match(struct run *run, const char *pattern, struct view text)
{
    struct regex *re;
    struct regex_scratch *scratch = regex_scratch_new(&run->limits, NULL);
    run->err = (struct err)ERR_INIT;
    int rc = regex_compile(&re, view_of(pattern), run->flags, NULL, &run->err);
    if (rc < 0) {
        regex_scratch_free(scratch);
        return rc;
    }
    for (int i = 0; i < 10; i++) { /* with and without machine code */
        int again = regex_match(re, scratch, text, run->groups, 4, &run->err);
        CHECK(i == 0 || again == rc);
        rc = again;
    }
    regex_scratch_free(scratch);
    regex_free(re);
    return rc;
}

static void anchored_matches_only_at_the_start(void)
{
    struct run run = {.flags = REGEX_ANCHORED};
    CHECK(match(&run, "b", VIEW("ab")) == 0);
    run.flags = REGEX_SEARCH;
    CHECK(match(&run, "b", VIEW("ab")) == 1);
    CHECK(view_equal(run.groups[0], VIEW("b")));
}

static void groups_without_part_have_no_pointer(void)
{
    struct run run = {.flags = REGEX_ANCHORED};
    CHECK(match(&run, "(a)|(b)|()x", VIEW("b")) == 1);
    CHECK(run.groups[1].ptr == NULL && run.groups[3].ptr == NULL);
    CHECK(view_equal(run.groups[2], VIEW("b")));
    CHECK(match(&run, "()", VIEW_NONE) == 1);
    CHECK(run.groups[1].ptr && run.groups[1].len == 0);
}

static void more_groups_than_asked_for(void)
{
    struct run run = {.flags = REGEX_ANCHORED};
    struct strbuf pattern = STRBUF_INIT;
    for (int i = 0; i < 200; i++) {
        strbuf_addstr(&pattern, "(a?)");
    }
    strbuf_addstr(&pattern, "\\200");
    CHECK(match(&run, pattern.buf, VIEW("aaa")) == 0); /* \200 is a character */
    strbuf_truncate(&pattern, pattern.len - 4);
    strbuf_addstr(&pattern, "\\99b");
    CHECK(match(&run, pattern.buf, VIEW("aab")) == 1);
    strbuf_release(&pattern);
}

static void names_belong_to_groups(void)
{
    struct regex *re;
    CHECK(regex_compile(&re, VIEW("(x)(?P<A>\\w+)"), REGEX_ANCHORED, NULL, NULL) == 0);
    CHECK(regex_group_count(re) == 3);
    CHECK(regex_group_name(re, 1).len == 0);
    CHECK(view_equal(regex_group_name(re, 2), VIEW("A")));
    CHECK(regex_group_name(re, 3).len == 0);
    regex_free(re);
}

static void a_bad_pattern_names_its_column(void)
{
    struct run run = {.flags = REGEX_ANCHORED};
    CHECK(match(&run, "\xC3\xA9\\q", VIEW("")) == ERR_INPUT);
    CHECK(run.err.column == 2);
    CHECK(match(&run, "ab\xFF", VIEW("")) == ERR_INPUT);
    CHECK(run.err.column == 3);
}

static void patterns_that_are_too_large_are_refused_at_once(void)
{
    struct run run = {.flags = REGEX_ANCHORED};
    CHECK(match(&run, "(?:[a-z\\W]{200}x){2000}", VIEW("")) == ERR_INPUT);
    CHECK(strstr(run.err.text, "too large"));
    struct strbuf pattern = STRBUF_INIT;
    strbuf_addchars(&pattern, 'a', LIMIT_REGEX_BYTES + 1);
    CHECK(match(&run, pattern.buf, VIEW("")) == ERR_LIMIT);
    strbuf_reset(&pattern);
    strbuf_addchars(&pattern, '(', 2000);
    CHECK(match(&run, pattern.buf, VIEW("")) == ERR_INPUT);
    strbuf_reset(&pattern);
    for (int i = 0; i < 300; i++) {
        strbuf_addstr(&pattern, "(?:a|");
    }
    strbuf_addstr(&pattern, "b");
    strbuf_addchars(&pattern, ')', 300);
    CHECK(match(&run, pattern.buf, VIEW("b")) == 1);
    strbuf_release(&pattern);
}

static void any_byte_may_stand_in_a_subject(void)
{
    struct run run = {.flags = REGEX_ANCHORED};
    CHECK(match(&run, "a(.)(\\W)$", VIEW("a\0\xFF")) == 1);
    CHECK(view_equal(run.groups[1], VIEW("\0")));
    CHECK(view_equal(run.groups[2], VIEW("\xFF")));
    CHECK(match(&run, "(.)(.)\xC3\xA9$", VIEW("\xC3\xE2\xC3\xA9")) == 1);
    CHECK(match(&run, "\\w|\\s|\\d", VIEW("\x80")) == 0);
}

static void a_match_that_goes_on_for_ever_ends_with_an_error(void)
{
    struct run run = {.flags = REGEX_ANCHORED};
    struct strbuf text = STRBUF_INIT;
    strbuf_addchars(&text, 'a', 60);
    strbuf_addstr(&text, "b");
    /* a look-ahead: memo.h cannot help */
    CHECK(match(&run, "^(?=(a+)+$)", strbuf_view(&text)) == ERR_LIMIT);
    CHECK(strstr(run.err.text, "steps"));
    /* case beyond ASCII: nor here */
    strbuf_addstr(&text, "\xC3\xA9");
    CHECK(match(&run, "^(a+)+(?i:[s-t])$", strbuf_view(&text)) == ERR_LIMIT);
    strbuf_release(&text);
}

static void nested_repeats_end_soon_with_the_right_result(void)
{
    static const struct {
        const char *pattern, *tail;
        int rc;
    } cases[] = {
        {"^(\\s*-*)*\\s*$", "--- --- x", 0},
        {"^(\\s*-*)*\\s*$", "--- ---", 1},
        {"^(a+)+$", "b", 0},
        {"^(a|aa)+(b)$", "b", 1},
        {"^(a*)*(a|b)*$", "c", 0},
        {"^(?:a?){30}a{40}(c)$", "c", 1},
        {"(x+x+)+y|(a+a+)+y", "b", 0},
        {"^(.+?)\\s*(.+?)\\s*(.+?)\\s*(\\w+?)$", " b ", 0},
    };
    struct run run = {.flags = REGEX_ANCHORED};
    struct strbuf text = STRBUF_INIT;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        strbuf_reset(&text);
        strbuf_addchars(&text, cases[i].pattern[2] == '\\' ? '-' : 'a', 60);
        strbuf_addstr(&text, cases[i].tail);
        CHECK(match(&run, cases[i].pattern, strbuf_view(&text)) == cases[i].rc);
    }
    CHECK(match(&run, "^(a|aa)+(b)$", VIEW("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")) == 1);
    CHECK(view_equal(run.groups[2], VIEW("b")) && view_equal(run.groups[1], VIEW("a")));
    strbuf_release(&text);
}

static void long_subjects_do_not_depend_on_the_jit_stack(void)
{
    struct run run = {.flags = REGEX_ANCHORED};
    struct strbuf text = STRBUF_INIT;
    for (int i = 0; i < 40000; i++) {
        strbuf_addstr(&text, "ab ");
    }
    CHECK(match(&run, "^(\\S+\\s*)+$", strbuf_view(&text)) == 1);
    CHECK(view_equal(run.groups[1], VIEW("ab ")));
    CHECK(match(&run, "^((?:a|b| )*)$", strbuf_view(&text)) == 1);
    CHECK(run.groups[1].len == text.len);
    CHECK(match(&run, "^(.*?) (x?)$", strbuf_view(&text)) == 1);
    strbuf_addstr(&text, "\xC3\xA9");
    CHECK(match(&run, "^(\\S+\\s*)+$", strbuf_view(&text)) == 1);
    CHECK(view_equal(run.groups[1], VIEW("\xC3\xA9")));
    strbuf_release(&text);
}

/* PCRE2 10.42's machine code does not find these when it looks for first bytes. */
static void a_search_begins_behind_any_character(void)
{
    struct run run = {.flags = REGEX_SEARCH};
    CHECK(match(&run, "(?: k|)[\\t ]*k", VIEW("\xC3\xA9 k")) == 1);
    CHECK(view_equal(run.groups[0], VIEW(" k")));
    CHECK(match(&run, "( k\\s|)\\s*[i-t]", VIEW("--\xE8\xAA\x9E k")) == 1);
}

static void the_environment_switches_machine_code_off(void)
{
    struct run run = {.flags = REGEX_ANCHORED};
    setenv("COLLECT_NO_JIT", "1", 1);
    CHECK(match(&run, "(a+)b", VIEW("aab")) == 1);
    unsetenv("COLLECT_NO_JIT");
    CHECK(match(&run, "(a+)b", VIEW("aab")) == 1);
}

/* The printable bytes of set. */
static void list_bytes(char text[95], const struct byteset *set)
{
    size_t n = 0;
    for (int c = '!'; c < 0x7F; c++) {
        if (byteset_has(set, (unsigned char)c)) {
            text[n++] = (char)c;
        }
    }
    text[n] = '\0';
}

/* "min-max lead-bytes prefix need-bytes min_length" of a pattern, "?" for all bytes. */
static const char *facts_of(const char *pattern)
{
    static char text[400];
    struct regex *re;
    text[0] = '\0';
    if (regex_compile(&re, view_of(pattern), REGEX_ANCHORED, NULL, NULL) < 0) {
        return "bad";
    }
    const struct regex_facts *facts = regex_facts(re);
    char lead[95], need[95];
    list_bytes(lead, &facts->lead);
    list_bytes(need, &facts->need);
    snprintf(text, sizeof(text), "%u-%d %s%s '%.*s' %s %zu%s", (unsigned)facts->skip_min,
             facts->skip_max == REGEX_SKIP_ANY ? -1 : (int)facts->skip_max,
             strlen(lead) == 94 ? "?" : lead, facts->lead_end ? "$" : "",
             VIEW_ARG(facts->prefix), need, facts->min_length, facts->whole ? " whole" : "");
    regex_free(re);
    return text;
}

static void facts_are_as_sharp_as_dispatch_needs(void)
{
    CHECK_STR(facts_of("^Interface (\\S+) is"), "0-0 I 'Interface ' Iacefinrst 14");
    CHECK_STR(facts_of("^\\s+MTU (\\d+)"), "1--1 M 'MTU ' MTU 6");
    CHECK_STR(facts_of("^\\s{2,4}(?P<A>ab|ac)\\s*$"), "2-4 a '' a 4 whole");
    CHECK_STR(facts_of("^\\s*$"), "0--1 $ ''  0 whole");
    CHECK_STR(facts_of("^  x?y"), "2-2 xy '' y 3");
    CHECK_STR(facts_of("^(?:\\s+a|b)"), "0--1 ab ''  1");
    CHECK_STR(facts_of("^(?:  a)+b"), "2-2 a '' ab 4");
    CHECK_STR(facts_of("^(?:\\s|-)+$"), "0--1 -$ ''  1 whole");
    CHECK_STR(facts_of(".*up"), "0--1 ? '' pu 2");
    CHECK_STR(facts_of("^(a)\\1"), "0-0 a 'a' a 2");
    CHECK_STR(facts_of("(?i)ab1"), "0-0 Aa '' 1 3");
    CHECK_STR(facts_of("^((?=x)|y)z$|^w$"), "0-0 wyz ''  1 whole");
}

int main(void)
{
    RUN(anchored_matches_only_at_the_start);
    RUN(groups_without_part_have_no_pointer);
    RUN(more_groups_than_asked_for);
    RUN(names_belong_to_groups);
    RUN(a_bad_pattern_names_its_column);
    RUN(patterns_that_are_too_large_are_refused_at_once);
    RUN(any_byte_may_stand_in_a_subject);
    RUN(a_match_that_goes_on_for_ever_ends_with_an_error);
    RUN(nested_repeats_end_soon_with_the_right_result);
    RUN(long_subjects_do_not_depend_on_the_jit_stack);
    RUN(a_search_begins_behind_any_character);
    RUN(the_environment_switches_machine_code_off);
    RUN(facts_are_as_sharp_as_dispatch_needs);
    return test_end();
}
