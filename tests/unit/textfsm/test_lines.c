/* Lines end where they should wherever their ends fall: in blocks of 64 bytes, in chunks. */
#include "test.h"
#include "textfsm.h"
#include "textfsm/lines.h"

#define TEXT_MOST 300

/* Ends, what looks nearly like them, and text around them. */
static const char *const pieces[] = {
    "\n",       "\n",   "\n",   "\r\n",         "\r",           "\v",           "\f",
    "\x1c",     "\x1d", "x",    "\x1e",         "\xC2\x85",     "\xE2\x80\xA8", "\xE2\x80\xA9",
    "\x1f",     "\t",   " ",    "\xE2\x80\xA7", "\xE2\x80",     "\xC2",         "\xC2\xA0",
    "\xC3\xA9", "\xFF", "\x7F", "abc",          "a longer one", "\x1b[0m",      "-------------",
};

static uint32_t seed = 1;

static uint32_t any(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

static struct view make_text(char buf[TEXT_MOST])
{
    size_t len = 0, want = any(TEXT_MOST - 20);
    uint32_t kinds = any(2) ? sizeof(pieces) / sizeof(pieces[0]) : 4;
    while (len < want) {
        struct view piece = any(3) ? VIEW("words") : view_of(pieces[any(kinds)]);
        memcpy(buf + len, piece.ptr, piece.len);
        len += piece.len;
    }
    return view_make(buf, len);
}

/* The length of the line end at v's front, 0 = there is none; no cleverness. */
static size_t end_at(struct view v)
{
    static const char *const ends[] = {"\r\n",     "\n",           "\r",          "\v",
                                       "\f",       "\x1c",         "\x1d",        "\x1e",
                                       "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (view_starts(v, view_of(ends[i]))) {
            return strlen(ends[i]);
        }
    }
    return 0;
}

/* The line at *from, and *from behind its end; false when it has none. */
static bool next(struct view text, size_t *from, struct line *line)
{
    bool ascii = true;
    for (size_t at = *from; at < text.len; at++) {
        size_t len = end_at(view_slice(text, at, text.len));
        if (len) {
            *line = (struct line){view_slice(text, *from, at), ascii};
            *from = at + len;
            return true;
        }
        ascii = ascii && (unsigned char)text.ptr[at] < 0x80;
    }
    return false;
}

static void test_whole(void)
{
    char buf[TEXT_MOST];
    for (int n = 0; n < 3000; n++) {
        struct view text = make_text(buf);
        char *exact = malloc(text.len ? text.len : 1); /* nothing behind it may be read */
        memcpy(exact, text.ptr, text.len);
        text.ptr = exact;
        struct lines lines;
        struct line got = {VIEW_NONE, false}, want;
        size_t from = 0;
        lines_init(&lines, text);
        while (next(text, &from, &want)) {
            CHECK(lines_next(&lines, &got) && got.ascii == want.ascii &&
                  got.text.ptr == want.text.ptr && got.text.len == want.text.len &&
                  lines.from == from);
        }
        CHECK(!lines_next(&lines, &got) && !lines_next(&lines, &got) && lines.from == from);
        free(exact);
    }
}

static void test_going_on(void)
{
    char buf[TEXT_MOST];
    struct view text = make_text(buf);
    for (size_t to = 0; to <= text.len; to++) {
        struct lines lines;
        struct line got = {VIEW_NONE, false}, want;
        size_t from = to;
        lines_init(&lines, text);
        lines_go_to(&lines, to);
        bool more = next(text, &from, &want);
        CHECK(lines_next(&lines, &got) == more && lines.from == from);
        CHECK(!more || got.text.len == want.text.len);
    }
}

struct seen {
    char text[2 * TEXT_MOST];
    size_t len;
};

static int see(void *user, const struct textfsm_cell *cells, unsigned n)
{
    struct seen *seen = user;
    CHECK(n == 1 && seen->len + cells[0].len + 1 <= sizeof(seen->text));
    memcpy(seen->text + seen->len, cells[0].u.text, cells[0].len);
    seen->len += cells[0].len;
    seen->text[seen->len++] = '\n';
    return 0;
}

static void see_line(struct seen *seen, struct view line)
{
    see(seen, &(struct textfsm_cell){TEXTFSM_TEXT, (uint32_t)line.len, {line.ptr}}, 1);
}

static void feed_in_pieces(struct textfsm_run *run, struct view text, size_t chunk)
{
    for (size_t at = 0; at < text.len; at += chunk) {
        struct view piece = view_slice(text, at, at + chunk);
        char *exact = malloc(piece.len);
        memcpy(exact, piece.ptr, piece.len);
        CHECK(textfsm_run_feed(run, exact, piece.len, NULL) == 0);
        free(exact);
    }
    CHECK(textfsm_run_finish(run, NULL) == 0);
}

static void test_every_chunk_size(void)
{
    static const char source[] = "Value LINE (.*)\n\nStart\n  ^${LINE}$$ -> Record\n";
    struct textfsm_template *t = textfsm_template_new(source, strlen(source), NULL, NULL, NULL);
    struct seen got;
    struct textfsm_run *run =
        textfsm_run_new(t, &(struct textfsm_run_options){.on_row = see, .user = &got}, NULL);
    char buf[TEXT_MOST];
    for (int n = 0; n < 30; n++) {
        struct view text = make_text(buf);
        struct seen want = {.len = 0};
        struct line line;
        size_t from = 0;
        while (next(text, &from, &line)) {
            see_line(&want, line.text);
        }
        if (from < text.len) {
            see_line(&want, view_slice(text, from, text.len));
        }
        for (size_t chunk = 1; chunk <= text.len; chunk++) {
            got.len = 0;
            textfsm_run_reset(run);
            feed_in_pieces(run, text, chunk);
            CHECK(view_equal(view_make(got.text, got.len), view_make(want.text, want.len)));
        }
    }
    textfsm_run_free(run);
    textfsm_template_free(t);
}

int main(void)
{
    RUN(test_whole);
    RUN(test_going_on);
    RUN(test_every_chunk_size);
    return test_end();
}
