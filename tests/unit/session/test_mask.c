/*
 * Secrets never come out of mask.h, nor out of a trace, however the stream was cut: each text
 * is fed in pieces of every size and in two pieces cut at every byte.
 */
#include "test.h"

#include "session/mask.h"
#include "session/trace.h"

#define PASSWORD "Kestrel-81"
#define ENABLE   "el-81-quartz"

static const struct view secrets[] = {
    {PASSWORD, sizeof(PASSWORD) - 1}, {ENABLE, sizeof(ENABLE) - 1}, {"abc", 3}, {NULL, 0}};

static const struct {
    struct view text;
    const char *masked;
} cases[] = {
    {VIEW("no secret at all, Kestrel-82"), "no secret at all, Kestrel-82"},
    {VIEW(""), ""},
    {VIEW(PASSWORD), "<secret>"},
    {VIEW("a " PASSWORD " b " ENABLE " c"), "a <secret> b <secret> c"},
    {VIEW("KKKestrel-81Kestrel-81"), "KK<secret><secret>"},
    /* one begins within the other */
    {VIEW("Kestrel-81-quartz."), "<secret>."},
    /* shorter than is looked for */
    {VIEW("abc"), "abc"},
    /* the beginning of one at the end */
    {VIEW("prompt Kestrel-"), "prompt Kestrel-"},
    {VIEW("prompt K\x1b["), "prompt K\x1b["},
    /* broken up by what a terminal does not show */
    {VIEW("Kest\r\nrel-81!"), "<secret>!"},
    {VIEW("K\x1b[1;31mestrel-8\x1b[0m1!"), "<secret>!"},
    {VIEW("K\bKe\b\bKes\b\b\bKestrel-81!"), "<secret>!"},
    {VIEW("K\x7f\bKestrel-81!"), "<secret>!"},
    {VIEW("Kes\ttrel-81"), "<secret>"},
};

static void feed(struct view text, size_t size, size_t first, const char *want)
{
    struct mask mask;
    struct strbuf out = STRBUF_INIT;
    CHECK(mask_init(&mask, secrets, 4, NULL) == 0);
    for (size_t at = 0; at < text.len;) {
        size_t n = at == 0 && first ? first : size;
        mask_feed(&mask, view_slice(text, at, at + n), &out);
        at += n;
    }
    mask_flush(&mask, &out);
    CHECK_STR(out.buf, want);
    mask_release(&mask);
    strbuf_release(&out);
}

static void test_every_cut(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct view text = cases[i].text;
        for (size_t n = 1; n <= text.len + 1; n++) {
            feed(text, n, 0, cases[i].masked);
            feed(text, text.len, n, cases[i].masked);
        }
    }
}

/* What is held back has an end, and nothing is lost. */
static void test_held_back(void)
{
    struct mask mask;
    struct strbuf out = STRBUF_INIT;
    size_t fed = 0;
    CHECK(mask_init(&mask, secrets, 2, NULL) == 0);
    mask_feed(&mask, VIEW("K"), &out);
    for (int i = 0; i < 3 * MASK_HELD_MOST; i++) {
        mask_feed(&mask, VIEW("\r"), &out);
        fed++;
        CHECK(mask.held.len <= MASK_HELD_MOST);
    }
    mask_flush(&mask, &out);
    CHECK(out.len == fed + 1);
    mask_release(&mask);
    strbuf_release(&out);
}

/* Traces. */

static void add_line(void *user, struct view line)
{
    struct strbuf *log = user;
    CHECK(line.len && line.ptr[line.len - 1] == '\n');
    for (size_t i = 0; i + 1 < line.len; i++) {
        CHECK((unsigned char)line.ptr[i] >= 0x20 && line.ptr[i] != 0x7F);
    }
    strbuf_addview(log, line);
}

static struct trace *new_trace(struct strbuf *log, enum trace_level level)
{
    struct trace *trace = NULL;
    struct trace_options options = {.host = "sw\x1b[2J1",
                                    .level = level,
                                    .zero = 1000,
                                    .password = secrets[0],
                                    .enable = secrets[1],
                                    .line = add_line,
                                    .user = log};
    CHECK(trace_new(&trace, &options, NULL) == 0);
    return trace;
}

static void receive(struct trace *trace, struct view text, size_t size)
{
    for (size_t at = 0; at < text.len; at += size) {
        trace_received(trace, 1007, view_slice(text, at, at + size));
    }
}

/* A device that echoes the password at its prompt, again and again, and prints it later. */
static void test_trace_every_cut(void)
{
    static const struct view echo = VIEW("K\rsw1>Ke\rsw1>Kes\rsw1>" PASSWORD "\r\nwelcome\r\n");
    static const struct view later = VIEW("\x1b[2Jname " PASSWORD "\x9b\nsecret " ENABLE);
    for (size_t n = 1; n <= echo.len; n++) {
        struct strbuf log = STRBUF_INIT;
        struct trace *trace = new_trace(&log, TRACE_DIALOGUE);
        receive(trace, VIEW("Password: "), n);
        trace_sent_secret(trace, 1008);
        receive(trace, echo, n);
        trace_sent(trace, 1009, VIEW("show " PASSWORD "\n"), false);
        receive(trace, later, n);
        trace_end(trace, 1010);
        trace_step(trace, 1011, "closed: the device asks '%s'\n", PASSWORD);
        CHECK(!strstr(log.buf, "Kes") && !strstr(log.buf, "el-81"));
        CHECK(strstr(log.buf, "sw\\x1b[2J1 +8 ms > <secret>\n") != NULL);
        CHECK(strstr(log.buf, "<hidden: the rest of the line>\n") != NULL);
        CHECK(strstr(log.buf, "sw\\x1b[2J1 +9 ms > \"show <secret>\\n\"\n") != NULL);
        CHECK(strstr(log.buf, "+11 ms: closed: the device asks '<secret>'\\n\n") != NULL);
        trace_free(trace);
        strbuf_release(&log);
    }
}

static void test_trace_lines(void)
{
    struct strbuf log = STRBUF_INIT;
    struct trace *trace = new_trace(&log, TRACE_DIALOGUE);
    trace_received(trace, 1001, VIEW("a\r\nb\nsw1#"));
    trace_sent(trace, 1002, VIEW("show "), true);
    trace_sent(trace, 1003, VIEW("clock\n"), false);
    trace_free(trace);
    CHECK_STR(log.buf, "sw\\x1b[2J1 +1 ms < \"a\\r\\n\"\n"
                       "sw\\x1b[2J1 +1 ms < \"b\\n\"\n"
                       "sw\\x1b[2J1 +1 ms < \"sw1#\"\n"
                       "sw\\x1b[2J1 +2 ms > \"show \"\n"
                       "sw\\x1b[2J1 +3 ms > \"clock\\n\"\n");
    strbuf_reset(&log);
    trace = new_trace(&log, TRACE_STEPS);
    trace_received(trace, 1001, VIEW("a\r\nb\nsw1#"));
    trace_sent(trace, 1002, VIEW("show clock\n"), false);
    trace_sent_secret(trace, 1002);
    trace_end(trace, 1002);
    trace_step(trace, 1003, "authenticated");
    trace_free(trace);
    CHECK_STR(log.buf, "sw\\x1b[2J1 +3 ms: authenticated\n");
    trace_step(NULL, 1, "off");
    trace_received(NULL, 1, VIEW("off"));
    trace_sent(NULL, 1, VIEW("off"), false);
    trace_sent_secret(NULL, 1);
    trace_end(NULL, 1);
    trace_free(NULL);
    strbuf_release(&log);
}

int main(void)
{
    RUN(test_every_cut);
    RUN(test_held_back);
    RUN(test_trace_every_cut);
    RUN(test_trace_lines);
    return test_end();
}
