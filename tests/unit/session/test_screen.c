/* screen: what devices send and what a person would have read. */
#include "test.h"

#include "base/deadline.h"
#include "base/limits.h"
#include "session/screen.h"

struct shown {
    const char *bytes;
    size_t len;
    const char *text;
};

#define SHOW(bytes, text)                                                                      \
    {                                                                                          \
        bytes, sizeof(bytes) - 1, text                                                         \
    }

/* In the bytes, \x01 stands for "here the pager at the start of the line is answered". */
static const struct shown cases[] = {
    /* line ends */
    SHOW("a\r\nb\nc\r\r\nd\n\re", "a\nb\nc\nd\ne"),
    SHOW("a\r\0\nb\0c", "a\nb"),
    SHOW("\r\n\n\r\n", "\n\n\n"),
    SHOW("tab\there\v\f", "tab\there\v\f"),
    /* overwriting */
    SHOW("hello\rHE", "HEllo"),
    SHOW("helpo\b\blo", "hello"),
    SHOW("\b\bx\b\b\b\by", "y"),
    SHOW("caf\xC3\xA9\b_", "caf_\xA9"),
    SHOW("50%\r100%\r\n", "100%\n"),
    SHOW("show verr\b \b\r\n", "show ver \n"),
    SHOW("abc\x7f\a\x05", "abc"),
    /* sequences */
    SHOW("\x1b[1;31mred\x1b[0m\x1b[m.", "red."),
    SHOW("\x1b]0;title\adone\x1b]2;x\x1b\\.", "done."),
    SHOW("\x1bPq#0;2\x1b\\x\x1b_apc\x1b\\y", "xy"),
    SHOW("\x1b(Bx\x1b)0y\x1b=\x1b>z\x1b#8", "xyz"),
    SHOW("\x1b[?25l\x1b[?7hx\x1b[6n\x1b[c", "x"),
    SHOW("long line\r\x1b[Knew", "new"),
    SHOW("abcdef\x1b[3D\x1b[K", "abc"),
    SHOW("abcdef\x1b[2K\x1b[1Gx", "x"),
    SHOW("abc\x1b[2K-", "   -"),
    SHOW("abc\x1b[1Kd", "   d"),
    SHOW("a\x1b[3Cb", "a   b"),
    SHOW("abcdef\r\x1b[2P", "cdef"),
    SHOW("abcdef\r\x1b[2@", "  abcdef"),
    SHOW("\x1b[24;1H\x1b[2Ksw# \x1b[24;5Hshow\x1b[?25h", "sw# show"),
    SHOW("one\x1b[1;1Htwo\x1b[2;1Hthree", "two\nthree"),
    SHOW("a\x1b"
         "Eb\x1b"
         "Dc",
         "a\nb\nc"),
    SHOW("x\x1b[99999999999999999999Cy", "xy"),
    SHOW("\x1b[;5Hx\x1b[5;;H", "    x\n"),
    /* a line feed ends what was broken */
    SHOW("a\x1b]0;never ended\nb", "a\nb"),
    SHOW("a\x1b[12\nb\x1b\nc", "a\nb\nc"),
    SHOW("\x1b[0123456789012345678901234567890123456789mx", "3456789mx"),
    SHOW("\xFF\xFE\x80 latin\xE9", "\xFF\xFE\x80 latin\xE9"),
    /* pagers */
    SHOW("a\r\n--More--\x01\r        \rb  \r\n", "a\nb  \n"),
    SHOW("a\r\n --More-- \x01\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b  b\r\n", "a\n  b\n"),
    SHOW("a\r\n---- More ----\x01\x1b[42D                                          \x1b[42D "
         "b\r\n",
         "a\n b\n"),
    SHOW("a\r\n--More--\x01\x1b[2K\rb", "a\nb"),
    SHOW("a\r\n--More--\x01\r\x1b[Kb", "a\nb"),
    SHOW("a\r\n--More--\x01\rbc\r\n", "a\nbc\n"),
    SHOW("a\r\n--More--\x01\r\nb\r\n", "a\nb\n"),
    SHOW("a\r\n--More--\x01 \r\nb\r\n", "a\nb\n"),
    SHOW("a\r\n--More--\x01"
         "b\r\n",
         "a\nb\n"),
    SHOW("a\r\n--More--\x01\r        \r\r\nb\r\n", "a\n\nb\n"),
    SHOW("a\r\n--More--\x01\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\ba longer line than it\r\n",
         "a\na longer line than it\n"),
    SHOW("--More--\x01\r        \r--More--\x01\r        \rb", "b"),
    SHOW("--More--\x01 (45%)\r              \rb  \r\n", "b  \n"),
    SHOW("---- More --\x01--\x1b[42D                  \x1b[42Db\r\n", "b\n"),
    SHOW("--More--\x01, next\b\b\b\b\b\b\b\b\b\b\b\b\b\b\x1b[Kb\r\n", "b\n"),
    SHOW("--More--\x01, next\r\x1b[Kb\r\n", "b\n"),
    SHOW("--More--\x01"
         "b c \r\nd",
         "b c \nd"),
    SHOW("--More--\x01 b\r\r\nd", " b\nd"),
    SHOW("text --More--\x01\r\nb", "b"),
};

static void feed_marked(struct screen *s, const char *bytes, size_t len, size_t chunk)
{
    for (size_t i = 0; i < len;) {
        size_t n = 0;
        while (n < chunk && i + n < len && bytes[i + n] != '\x01') {
            n++;
        }
        screen_feed(s, view_make(bytes + i, n));
        i += n;
        if (i < len && bytes[i] == '\x01') {
            screen_pager(s, 0);
            i++;
        }
    }
}

static void shows_what_a_terminal_would(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t chunk = 1; chunk <= cases[i].len; chunk++) {
            struct screen s;
            screen_init(&s, 0);
            feed_marked(&s, cases[i].bytes, cases[i].len, chunk);
            if (strcmp(cases[i].text, s.text.buf) != 0) {
                fprintf(stderr, "case %zu, chunks of %zu:\n", i, chunk);
                CHECK_STR(s.text.buf, cases[i].text);
                chunk = cases[i].len;
            }
            screen_release(&s);
        }
    }
}

static void the_last_line_ends_at_the_cursor(void)
{
    struct screen s;
    screen_init(&s, 0);
    screen_feed(&s, VIEW("x\r\n[admin@rb] >          \r[admin@rb] > "));
    CHECK(view_equal(screen_last_line(&s), VIEW("[admin@rb] > ")));
    screen_feed(&s, VIEW("\r"));
    CHECK(view_equal(screen_last_line(&s), VIEW("[admin@rb] >          ")));
    screen_consume(&s, 100);
    CHECK(s.line_start == 0 && s.text.len == 22);
    screen_clear(&s);
    CHECK(screen_last_line(&s).len == 0);
    screen_feed(&s, VIEW("--More--"));
    screen_pager(&s, 0);
    CHECK(screen_pager_stands(&s));
    screen_feed(&s, VIEW("sw1#"));
    CHECK(!screen_pager_stands(&s));
    CHECK(view_equal(screen_last_line(&s), VIEW("sw1#")));
    screen_release(&s);
}

static void keeps_what_fits(void)
{
    struct strbuf want = STRBUF_INIT;
    for (size_t chunk = 1; chunk < 40; chunk++) {
        struct screen s;
        const char bytes[] = "0123456789\r\nabc\x1b[20Cdef\r\nghijklmnop\r\n";
        bool fits = true;
        screen_init(&s, 24);
        for (size_t i = 0; i + 1 < sizeof(bytes); i += chunk) {
            size_t n = sizeof(bytes) - 1 - i < chunk ? sizeof(bytes) - 1 - i : chunk;
            fits = screen_feed(&s, view_make(bytes + i, n)) && fits;
        }
        CHECK(!fits && s.text.len <= 24);
        if (chunk == 1) {
            strbuf_addstr(&want, s.text.buf);
            CHECK(strncmp(s.text.buf, "0123456789\nabc", 14) == 0);
        }
        CHECK_STR(s.text.buf, want.buf);
        screen_release(&s);
    }
    strbuf_release(&want);
}

/* A device that wants to keep us busy: each of these would be quadratic in a naive screen. */
static void hostile_sequences_stay_cheap(void)
{
    static const char *const units[] = {
        "\x1b[4096@",  "\r\x1b[P", "\x1b[1K", "\x1b[2K", "x\b",   "\x80\x80\x80\x80\b",
        "\x1b[4096Cx", "\r",       "a\r",     "\x1b]",   "\x1b[", "\x1b[1;1H\x1b[2;1Hx",
    };
    for (size_t u = 0; u < sizeof(units) / sizeof(units[0]); u++) {
        struct screen s;
        struct strbuf bytes = STRBUF_INIT;
        strbuf_addchars(&bytes, 'y', MIB(2));
        while (bytes.len < MIB(3)) {
            strbuf_addstr(&bytes, units[u]);
        }
        ms_t start = now_ms();
        screen_init(&s, MIB(16));
        screen_feed(&s, strbuf_view(&bytes));
        CHECK(s.text.len <= MIB(16));
        CHECK(now_ms() - start < 2000);
        screen_release(&s);
        strbuf_release(&bytes);
    }
}

int main(void)
{
    RUN(shows_what_a_terminal_would);
    RUN(the_last_line_ends_at_the_cursor);
    RUN(keeps_what_fits);
    RUN(hostile_sequences_stay_cheap);
    return test_end();
}
