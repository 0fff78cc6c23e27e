#include "base/csv.h"
#include "test.h"

#include <stdint.h>

/* Records as one string: "line:field|field\n". */
static int collect(void *user, const struct view *fields, size_t n, int line, struct err *err)
{
    (void)err;
    struct strbuf *out = user;
    strbuf_addf(out, "%d:", line);
    for (size_t i = 0; i < n; i++) {
        strbuf_addstr(out, i ? "|" : "");
        strbuf_addview(out, fields[i]);
        CHECK(fields[i].ptr[fields[i].len] == '\0');
    }
    strbuf_addch(out, '\n');
    return 0;
}

static void check_read(const char *text, const char *want)
{
    struct strbuf out = STRBUF_INIT;
    struct err err = ERR_INIT;
    CHECK(csv_read(view_of(text), "hosts.csv", ',', collect, &out, &err) == 0);
    CHECK_STR(err.text, "");
    CHECK_STR(out.buf, want);
    strbuf_release(&out);
}

static void reads(void)
{
    check_read("", "");
    check_read("a,b\n1,2\n", "1:a|b\n2:1|2\n");
    check_read("a,b\r\n1,2", "1:a|b\n2:1|2\n");
    check_read("\xEF\xBB\xBF"
               "a,b\n\n \t\n1,\n",
               "1:a|b\n4:1|\n");
    check_read("\"a \"\"x\"\"\",\"two\nlines\"\n,\n", "1:a \"x\"|two\nlines\n3:|\n");
    check_read("\"\n\nx\"\r\ny\r\n", "1:\n\nx\n4:y\n");
    check_read("a\rb\r", "1:a\n2:b\n");
}

static void refuses(void)
{
    struct strbuf out = STRBUF_INIT;
    struct err err = ERR_INIT;
    CHECK(csv_read(VIEW("a,b\n\"x\"y,2\n"), "hosts.csv", ',', collect, &out, &err) ==
          ERR_INPUT);
    CHECK(err.line == 2);
    CHECK(strncmp(err.text, "hosts.csv:2: not CSV", 20) == 0);
    CHECK(csv_read(VIEW("a\nb\n\"x\ny\n"), "hosts.csv", ',', collect, &out, &err) == ERR_INPUT);
    CHECK(err.line == 3);
    struct strbuf wide = STRBUF_INIT;
    strbuf_addchars(&wide, ',', 5000);
    CHECK(csv_read(strbuf_view(&wide), "w.csv", ',', collect, &out, &err) == ERR_LIMIT);
    strbuf_release(&wide);
    strbuf_release(&out);
}

static int stop(void *user, const struct view *fields, size_t n, int line, struct err *err)
{
    (void)fields, (void)n, (void)line;
    ++*(int *)user;
    return err_set(err, ERR_LIMIT, "enough");
}

static void stops_when_told(void)
{
    int calls = 0;
    struct err err = ERR_INIT;
    CHECK(csv_read(VIEW("a\nb\nc\n"), "x", ',', stop, &calls, &err) == ERR_LIMIT);
    CHECK(calls == 1);
    CHECK_STR(err.text, "enough");
}

static void check_cell(const char *cell, const char *want)
{
    struct csv_style style;
    struct strbuf out = STRBUF_INIT;
    csv_style_init(&style, ',', false);
    csv_add_record(&style, &out, (struct view[]){VIEW("x"), view_of(cell)}, 2);
    strbuf_truncate(&out, out.len - 1);
    CHECK_STR(out.buf + 2, want);
    strbuf_release(&out);
}

static void quotes_only_what_needs_it(void)
{
    check_cell("", "");
    check_cell("a b", "a b");
    check_cell("a;b", "a;b");
    check_cell("a,b", "\"a,b\"");
    check_cell("a\"b", "\"a\"\"b\"");
    check_cell("a\nb", "\"a\nb\"");
    check_cell("a\rb", "\"a\rb\"");
    check_cell("a much longer text, beyond eight", "\"a much longer text, beyond eight\"");
    check_cell("\x01 controls \x02 are no \x1f reason",
               "\x01 controls \x02 are no \x1f reason");
    check_cell("a tab\tand then\nan end", "\"a tab\tand then\nan end\"");
    check_cell(" a", "\" a\"");
    check_cell("a\t", "\"a\t\"");
    check_cell("\xff\xfe", "\xff\xfe");
}

static void one_empty_cell_is_no_blank_line(void)
{
    struct csv_style style;
    struct strbuf out = STRBUF_INIT;
    csv_style_init(&style, ';', true);
    csv_add_record(&style, &out, &VIEW_NONE, 1);
    CHECK_STR(out.buf, "\"\"\r\n");
    strbuf_release(&out);
}

/* What random cells are, and how many came back equal. */
struct trip {
    struct view cells[8];
    size_t n;
    int equal;
};

static int compare(void *user, const struct view *fields, size_t n, int line, struct err *err)
{
    (void)line, (void)err;
    struct trip *trip = user;
    bool same = n == trip->n;
    for (size_t i = 0; same && i < n; i++) {
        same = view_equal(fields[i], trip->cells[i]);
    }
    trip->equal += same;
    return 0;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void any_bytes_come_back(void)
{
    static const char likely[] = "\",\r\n\t ;a\0\xff=";
    static const char delimiters[] = ",;|\t:";
    uint32_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        char bytes[8][12];
        struct trip trip = {.n = 1 + next_random(&seed) % 8};
        char delimiter = delimiters[round % 5];
        struct csv_style style;
        struct strbuf out = STRBUF_INIT;
        csv_style_init(&style, delimiter, round & 1);
        for (size_t i = 0; i < trip.n; i++) {
            size_t len = next_random(&seed) % sizeof(bytes[0]);
            for (size_t k = 0; k < len; k++) {
                uint32_t r = next_random(&seed);
                bytes[i][k] = r & 1 ? likely[(r >> 1) % (sizeof(likely) - 1)] : (char)(r >> 1);
            }
            trip.cells[i] = view_make(bytes[i], len);
        }
        csv_add_record(&style, &out, trip.cells, trip.n);
        struct err err = ERR_INIT;
        csv_read(strbuf_view(&out), "random", delimiter, compare, &trip, &err);
        if (trip.equal != 1) {
            fprintf(stderr, "round %d (%s): %s\n", round, err.text, out.buf);
        }
        CHECK(trip.equal == 1);
        strbuf_release(&out);
    }
}

static void delimiters(void)
{
    CHECK(csv_delimiter_ok(','));
    CHECK(csv_delimiter_ok('\t'));
    CHECK(!csv_delimiter_ok('"'));
    CHECK(!csv_delimiter_ok('\n'));
    CHECK(!csv_delimiter_ok('\0'));
    CHECK(!csv_delimiter_ok((char)0xA7));
}

int main(void)
{
    RUN(reads);
    RUN(refuses);
    RUN(stops_when_told);
    RUN(quotes_only_what_needs_it);
    RUN(one_empty_cell_is_no_blank_line);
    RUN(any_bytes_come_back);
    RUN(delimiters);
    return test_end();
}
