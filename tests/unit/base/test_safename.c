#include "base/limits.h"
#include "base/safename.h"
#include "test.h"

static void check(struct view name, const char *want)
{
    struct strbuf out = STRBUF_INIT;
    safename_add(&out, name);
    CHECK_STR(out.buf, want);
    strbuf_release(&out);
}

static void names(void)
{
    check(VIEW("show_version"), "show_version");
    check(VIEW("show version"), "show%20version");
    check(VIEW("../../x"), "%2E.%2F..%2Fx");
    check(VIEW("/etc/passwd"), "%2Fetc%2Fpasswd");
    check(VIEW("."), "%2E");
    check(VIEW(".."), "%2E.");
    check(VIEW(""), "%");
    check(VIEW(".hidden"), "%2Ehidden");
    check(VIEW("a\0b"), "a%00b");
    check(VIEW("\xC3\xA9"), "%C3%A9");
    check(VIEW("100%"), "100%25");
    check(VIEW("CON"), "%43ON");
    check(VIEW("nul.csv"), "%6Eul.csv");
    check(VIEW("com1"), "%63om1");
    check(VIEW("comet"), "comet");
    check(VIEW("-rf"), "-rf");
}

static void long_names_are_cut_and_differ(void)
{
    struct strbuf a = STRBUF_INIT, b = STRBUF_INIT, out_a = STRBUF_INIT, out_b = STRBUF_INIT;
    strbuf_addchars(&a, '/', 5000);
    strbuf_addview(&b, strbuf_view(&a));
    strbuf_addch(&b, 'x');
    safename_add(&out_a, strbuf_view(&a));
    safename_add(&out_b, strbuf_view(&b));
    CHECK(out_a.len == LIMIT_FILE_NAME && out_b.len == LIMIT_FILE_NAME);
    CHECK(strcmp(out_a.buf, out_b.buf) != 0);
    CHECK(!safename_same(strbuf_view(&out_a), strbuf_view(&out_b)));
    strbuf_release(&a);
    strbuf_release(&b);
    strbuf_release(&out_a);
    strbuf_release(&out_b);
}

static void longest_that_stays(void)
{
    struct strbuf a = STRBUF_INIT, out = STRBUF_INIT;
    strbuf_addchars(&a, 'a', LIMIT_FILE_NAME);
    safename_add(&out, strbuf_view(&a));
    CHECK_STR(out.buf, a.buf);
    strbuf_addch(&a, 'a');
    strbuf_reset(&out);
    safename_add(&out, strbuf_view(&a));
    CHECK(out.len == LIMIT_FILE_NAME && strchr(out.buf, '~'));
    strbuf_release(&a);
    strbuf_release(&out);
}

static void case_is_no_difference(void)
{
    CHECK(safename_same(VIEW("Show"), VIEW("sHOW")));
    CHECK(!safename_same(VIEW("show"), VIEW("shows")));
}

int main(void)
{
    RUN(names);
    RUN(long_names_are_cut_and_differ);
    RUN(longest_that_stays);
    RUN(case_is_no_difference);
    return test_end();
}
