/* regex_match through the header's eyes: groups, names, the two flags. */
#include "test.h"

#include "regex/regex.h"

static int match(const char *pattern, unsigned flags, const char *text, struct view *groups,
                 unsigned ngroups)
{
    struct regex *re;
    if (regex_compile(&re, view_of(pattern), flags, NULL, NULL) < 0) {
        return -100;
    }
    struct regex_scratch *scratch = regex_scratch_new(NULL, NULL);
    int rc = regex_match(re, scratch, view_of(text), groups, ngroups, NULL);
    regex_scratch_free(scratch);
    regex_free(re);
    return rc;
}

static void anchored_matches_only_at_the_start(void)
{
    struct view g[1];
    CHECK(match("b", REGEX_ANCHORED, "ab", g, 1) == 0);
    CHECK(match("b", REGEX_SEARCH, "ab", g, 1) == 1);
    CHECK(view_equal(g[0], VIEW("b")));
}

static void groups_without_part_have_no_pointer(void)
{
    struct view g[4];
    CHECK(match("(a)|(b)", REGEX_ANCHORED, "b", g, 4) == 1);
    CHECK(g[1].ptr == NULL && g[3].ptr == NULL);
    CHECK(view_equal(g[2], VIEW("b")));
}

static void names_belong_to_groups(void)
{
    struct regex *re;
    CHECK(regex_compile(&re, VIEW("(x)(?P<A>\\w+)"), REGEX_ANCHORED, NULL, NULL) == 0);
    CHECK(regex_group_count(re) == 3);
    CHECK(regex_group_name(re, 1).len == 0);
    CHECK(view_equal(regex_group_name(re, 2), VIEW("A")));
    regex_free(re);
}

int main(void)
{
    RUN(anchored_matches_only_at_the_start);
    RUN(groups_without_part_have_no_pointer);
    RUN(names_belong_to_groups);
    return test_end();
}
