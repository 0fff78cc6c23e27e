/* Text within markup: nothing of it means anything there, and nothing of it is lost. */
#include "output/markup.h"

#include "test.h"

struct pair {
    struct view text;
    const char *within, *attribute; /* NULL: the same */
};

static void pairs_come_out(void)
{
    const struct pair pairs[] = {
        {VIEW(""), "", NULL},
        {VIEW("plain"), "plain", NULL},
        {VIEW("<a href='x'>&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;", NULL},
        {VIEW("]]>&amp;"), "]]&gt;&amp;amp;", NULL},
        {VIEW("a\n\tb"), "a\n\tb", "a&#10;&#9;b"},
        {VIEW("\0\x1b[31m\x7f\r"), "\\x00\\x1b[31m\\x7f\\r", NULL},
        {VIEW("\xff\xC3(\xED\xA0\x80"), "\\xff\\xc3(\\xed\\xa0\\x80", NULL},
        {VIEW("\xEF\xBF\xBE\xEF\xBF\xBF\xEF\xBF\xBD"), "\\u{fffe}\\u{ffff}\xEF\xBF\xBD", NULL},
        {VIEW("\xC2\xBE\xC2\xBF<\xE4\xBF\xBF"), "\xC2\xBE\xC2\xBF&lt;\xE4\xBF\xBF", NULL},
        {VIEW("\xE2\x80\xAE<"), "\\u{202e}&lt;", NULL},
    };
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        struct strbuf out = STRBUF_INIT;
        strbuf_addstr(&out, "<");
        markup_add(&out, pairs[i].text);
        CHECK_STR(out.buf + 1, pairs[i].within);
        CHECK(out.len == strlen(out.buf));
        strbuf_reset(&out);
        markup_add_attribute(&out, pairs[i].text);
        CHECK_STR(out.buf, pairs[i].attribute ? pairs[i].attribute : pairs[i].within);
        strbuf_release(&out);
    }
}

/* Two bytes at a time, every pair: what is added after another does not change it. */
static void adding_is_adding(void)
{
    for (unsigned a = 0; a < 0x10000; a += 7) {
        const char bytes[] = {(char)(a >> 8), (char)(a & 0xFF)};
        struct strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
        markup_add(&once, view_make(bytes, 2));
        markup_add(&twice, view_make(bytes, 2));
        size_t len = twice.len;
        markup_add(&twice, view_make(bytes, 2));
        CHECK(twice.len == 2 * len && len == once.len);
        CHECK(memcmp(once.buf, twice.buf, len) == 0 &&
              memcmp(once.buf, twice.buf + len, len) == 0);
        strbuf_release(&once);
        strbuf_release(&twice);
    }
}

static void a_ceiling_is_told(void)
{
    struct strbuf out = STRBUF_MAX(8);
    markup_add(&out, VIEW("<<<"));
    CHECK(strbuf_failed(&out));
    strbuf_release(&out);
}

int main(void)
{
    RUN(pairs_come_out);
    RUN(adding_is_adding);
    RUN(a_ceiling_is_told);
    return test_end();
}
