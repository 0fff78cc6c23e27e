/* strbuf, utf8, vis, arena, err: the small things that everything stands on. */
#include "test.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "base/vis.h"

static void strbuf_keeps_what_it_had_when_it_fails(void)
{
    struct strbuf sb = STRBUF_MAX(4);
    strbuf_addstr(&sb, "abc");
    CHECK(!strbuf_failed(&sb));
    strbuf_addstr(&sb, "de");
    CHECK(strbuf_failed(&sb));
    strbuf_addch(&sb, 'd');
    CHECK_STR(sb.buf, "abc");
    strbuf_reset(&sb);
    strbuf_addf(&sb, "%d", 1234);
    CHECK_STR(sb.buf, "1234");
    strbuf_consume(&sb, 1);
    CHECK_STR(sb.buf, "234");
    strbuf_release(&sb);
    CHECK(sb.len == 0 && sb.max == 4);
}

static void utf8_walks_every_byte(void)
{
    const char *bad = "a\xC3\xA9\xFF\xE2\x82z\xED\xA0\x80\xF4\x90\x80\x80";
    struct strbuf out = STRBUF_INIT;
    utf8_repair(&out, view_of(bad));
    CHECK(utf8_valid(strbuf_view(&out)));
    CHECK(utf8_length(view_of(bad)) == utf8_length(strbuf_view(&out)));
    CHECK(!utf8_valid(view_of(bad)));
    for (uint32_t cp = 1; cp < 0x110000; cp += 7) {
        if (cp >= 0xD800 && cp <= 0xDFFF) {
            continue;
        }
        char buf[4];
        uint32_t back;
        size_t n = utf8_encode(cp, buf);
        CHECK(utf8_decode(view_make(buf, n), &back) == n && back == cp);
    }
    strbuf_release(&out);
}

static void vis_lets_no_control_through(void)
{
    for (int a = 0; a < 256; a++) {
        for (int b = 0; b < 256; b++) {
            char two[2] = {(char)a, (char)b};
            struct strbuf out = STRBUF_INIT;
            vis_add(&out, view_make(two, 2), VIS_NEWLINE | VIS_TAB);
            CHECK(utf8_valid(strbuf_view(&out)));
            for (size_t i = 0; i < out.len; i++) {
                unsigned char c = (unsigned char)out.buf[i];
                CHECK((c >= 0x20 && c != 0x7F) || c == '\n' || c == '\t');
                CHECK(!(c == 0xC2 && (unsigned char)out.buf[i + 1] < 0xA0));
            }
            strbuf_release(&out);
        }
    }
}

static void vis_names_what_it_hides(void)
{
    struct strbuf out = STRBUF_INIT;
    vis_add(&out, VIEW("a\x1b[1m\n\xFF\xE2\x80\xAE\xC3\xA9"), VIS_LINE);
    CHECK_STR(out.buf, "a\\x1b[1m\\n\\xff\\u{202e}\xC3\xA9");
    strbuf_release(&out);
}

static void arena_gives_zeroed_aligned_memory(void)
{
    struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < 3000; i++) {
        char *p = arena_get(&arena, i);
        CHECK(((size_t)p & 15) == 0);
        for (size_t k = 0; k < i; k++) {
            CHECK(p[k] == 0);
        }
        memset(p, 0xAA, i);
    }
    CHECK_STR(arena_printf(&arena, "%s:%d", "f", 7), "f:7");
    CHECK(arena_array(&arena, SIZE_MAX / 2, 4) == NULL);
    arena_reset(&arena);
    CHECK_STR(arena_dup(&arena, VIEW("x")), "x");
    arena_release(&arena);
}

static void err_prefix_cuts_and_never_overflows(void)
{
    struct err err = ERR_INIT;
    err_set(&err, ERR_INPUT, "wrong");
    err_prefix(&err, "%s:%d", "hosts.yml", 3);
    CHECK_STR(err.text, "hosts.yml:3: wrong");
    for (int i = 0; i < 500; i++) {
        err_prefix(&err, "prefix");
    }
    CHECK(strlen(err.text) < sizeof(err.text));
    CHECK(err_exit_status(err.code) == 3);
}

int main(void)
{
    RUN(strbuf_keeps_what_it_had_when_it_fails);
    RUN(utf8_walks_every_byte);
    RUN(vis_lets_no_control_through);
    RUN(vis_names_what_it_hides);
    RUN(arena_gives_zeroed_aligned_memory);
    RUN(err_prefix_cuts_and_never_overflows);
    return test_end();
}
