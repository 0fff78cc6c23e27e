/* Every writer against golden files: tests/unit/output/golden. `--bless` writes them anew. */
#include "rows.h"
#include "test.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))

static bool bless;

static void compare(const char *golden, const struct strbuf *got)
{
    const char *source = getenv("SOURCE_DIR");
    char path[512];
    snprintf(path, sizeof(path), "%s/tests/unit/output/golden/%s", source ? source : ".",
             golden);
    if (bless) {
        FILE *f = fopen(path, "wb");
        CHECK(f && fwrite(got->buf, 1, got->len, f) == got->len);
        CHECK(f && fclose(f) == 0);
        return;
    }
    struct strbuf want = STRBUF_INIT;
    CHECK(strbuf_read_file(&want, path, 1 << 20) == 0);
    if (!view_equal(strbuf_view(&want), strbuf_view(got))) {
        fprintf(stderr, "%s: not as written:\n%.*s\n", path, (int)got->len, got->buf);
        CHECK(!"golden");
    }
    strbuf_release(&want);
}

static int write_extras(struct writer *w, struct err *err)
{
    const struct textfsm_cell errors[] = {T("r9"), T("cisco_ios"), T("show version"),
                                          T("timed-out"), T("no answer in 10 s <b>")};
    const struct textfsm_cell summary[] = {T("hosts"), T("8")};
    int status = writer_extra(w, EXTRA_ERRORS, errors, err);
    return status ? status : writer_extra(w, EXTRA_SUMMARY, summary, err);
}

static void write_all(struct writer *w, size_t ntables, struct err *err)
{
    for (size_t i = 0; i < N(version_rows); i++) {
        CHECK(writer_row(w, 0, version_rows[i], err) == 0);
        if (ntables > 1 && i < N(neighbor_rows)) {
            CHECK(writer_row(w, 1, neighbor_rows[i], err) == 0);
        }
    }
    CHECK(write_extras(w, err) == 0);
}

static void check(const char *format, const char *golden, size_t first, size_t ntables,
                  struct writer_options options)
{
    struct memory memory;
    memory_init(&memory);
    struct err err = ERR_INIT;
    struct writer *w;
    const struct format *f = format_find(view_of(format));
    CHECK(f != NULL);
    CHECK(f->open(&w, &memory.sink, test_tables + first, ntables, &options, &err) == 0);
    CHECK_STR(err.text, "");
    if (first == 0) {
        write_all(w, ntables, &err);
    } else {
        for (size_t i = 0; i < N(neighbor_rows); i++) {
            CHECK(writer_row(w, 0, neighbor_rows[i], &err) == 0);
        }
    }
    CHECK(writer_close(w, &err) == 0);
    compare(golden, &memory.bytes);
    strbuf_release(&memory.bytes);
}

static void check_raw(const char *format, const char *golden, struct writer_options options)
{
    struct memory memory;
    memory_init(&memory);
    struct err err = ERR_INIT;
    struct writer *w;
    const struct format *f = format_find(view_of(format));
    CHECK(f->open(&w, &memory.sink, &raw_table, 1, &options, &err) == 0);
    for (size_t i = 0; i < N(raw_rows); i++) {
        CHECK(writer_row(w, 0, raw_rows[i], &err) == 0);
    }
    CHECK(writer_close(w, &err) == 0);
    compare(golden, &memory.bytes);
    strbuf_release(&memory.bytes);
}

static void csv(void)
{
    check("csv", "version.csv", 0, 1, (struct writer_options){0});
    check("csv", "neighbors.csv", 1, 1, (struct writer_options){0});
    check("csv", "excel.csv", 0, 1,
          (struct writer_options){.bom = true, .crlf = true, .guard = true});
    check("csv", "semicolon.csv", 0, 1,
          (struct writer_options){.delimiter = ';', .list_sep = " / "});
    check("csv", "exploded.csv", 1, 1, (struct writer_options){.explode = "neighbors"});
    check("csv", "exploded-serial.csv", 0, 1, (struct writer_options){.explode = "serial"});
}

static void json(void)
{
    check("json", "both.json", 0, 2, (struct writer_options){0});
    check("json", "pretty.json", 0, 2, (struct writer_options){.pretty = true});
    check("ndjson", "both.ndjson", 0, 2, (struct writer_options){0});
    check_raw("json", "raw.json", (struct writer_options){0});
    check_raw("json", "raw-pretty.json", (struct writer_options){.pretty = true});
}

static void table(void)
{
    check("table", "both.table", 0, 2, (struct writer_options){0});
    check("table", "tty.table", 0, 2,
          (struct writer_options){.tty = true, .color = true, .width = 80});
    check("table", "narrow.table", 0, 1, (struct writer_options){.tty = true, .width = 40});
    check("table", "very-narrow.table", 0, 1, (struct writer_options){.tty = true, .width = 5});
    check_raw("table", "raw.table", (struct writer_options){0});
}

static void text(void)
{
    check_raw("text", "raw.txt", (struct writer_options){0});
    check_raw("text", "tty.txt", (struct writer_options){.tty = true, .color = true});
}

static void pages(void)
{
    check("markdown", "both.md", 0, 2, (struct writer_options){0});
    check("markdown", "separated.md", 0, 1, (struct writer_options){.list_sep = ", "});
    check_raw("markdown", "raw.md", (struct writer_options){0});
    check("html", "both.html", 0, 2, (struct writer_options){0});
    check_raw("html", "raw.html", (struct writer_options){0});
}

static void without_rows(void)
{
    for (size_t i = 0; formats[i]; i++) {
        if (formats[i]->binary) {
            continue;
        }
        struct memory memory;
        memory_init(&memory);
        struct err err = ERR_INIT;
        struct writer *w;
        struct writer_options options = {0};
        CHECK(formats[i]->open(&w, &memory.sink, test_tables, 1, &options, &err) == 0);
        CHECK(writer_close(w, &err) == 0);
        char golden[64];
        snprintf(golden, sizeof(golden), "empty.%s", formats[i]->name);
        compare(golden, &memory.bytes);
        strbuf_release(&memory.bytes);
    }
}

static void expect_refusal(const struct format *format, size_t ntables,
                           struct writer_options options, const char *words)
{
    struct memory memory;
    memory_init(&memory);
    struct err err = ERR_INIT;
    struct writer *w;
    CHECK(format->open(&w, &memory.sink, test_tables, ntables, &options, &err) == ERR_USAGE);
    if (!strstr(err.text, words)) {
        CHECK_STR(err.text, words);
    }
    strbuf_release(&memory.bytes);
}

static void csv_refuses(void)
{
    const struct format *f = format_find(VIEW("csv"));
    expect_refusal(f, 2, (struct writer_options){0}, "-o DIR/");
    expect_refusal(f, 1, (struct writer_options){.delimiter = '"'}, "--delimiter");
    expect_refusal(f, 1, (struct writer_options){.explode = "uptime"}, "no list");
    expect_refusal(f, 1, (struct writer_options){.explode = "nothing"}, "no such column");
}

static int full(struct sink *sink, const char *bytes, size_t len, struct err *err)
{
    (void)sink, (void)bytes, (void)len;
    return err_set(err, ERR_OUTPUT, "full");
}

/* The sink's error comes out of close, or sooner, and nothing leaks. */
static void sink_errors_come_out(void)
{
    for (size_t i = 0; formats[i]; i++) {
        struct sink sink = {full};
        struct err err = ERR_INIT;
        struct writer *w;
        struct writer_options options = {0};
        const struct textfsm_cell *row = formats[i]->raw ? raw_rows[0] : version_rows[0];
        CHECK(formats[i]->open(&w, &sink, test_tables, 1, &options, &err) == 0);
        int status = 0;
        for (int n = 0; n < 10000 && status == 0; n++) {
            status = writer_row(w, 0, row, &err);
        }
        if (status == 0) {
            status = writer_close(w, &err);
        } else {
            writer_abort(w);
        }
        CHECK(status == ERR_OUTPUT);
        CHECK_STR(err.text, "full");
    }
}

static void abort_frees(void)
{
    for (size_t i = 0; formats[i]; i++) {
        struct memory memory;
        memory_init(&memory);
        struct err err = ERR_INIT;
        struct writer *w;
        struct writer_options options = {0};
        CHECK(formats[i]->open(&w, &memory.sink, test_tables, 1, &options, &err) == 0);
        writer_row(w, 0, formats[i]->raw ? raw_rows[0] : version_rows[0], &err);
        writer_abort(w);
        strbuf_release(&memory.bytes);
    }
    writer_abort(NULL);
}

static void many_rows_leave_in_blocks(void)
{
    struct memory memory;
    memory_init(&memory);
    struct err err = ERR_INIT;
    struct writer *w;
    struct writer_options options = {0};
    CHECK(format_find(VIEW("csv"))->open(&w, &memory.sink, test_tables, 1, &options, &err) ==
          0);
    for (int i = 0; i < 20000; i++) {
        writer_row(w, 0, version_rows[0], &err);
    }
    CHECK(writer_close(w, &err) == 0);
    CHECK(memory.bytes.len > 1000000);
    CHECK(memory.writes > 1 && memory.writes < 20);
    strbuf_release(&memory.bytes);
}

static void formats_are_found(void)
{
    CHECK(format_find(VIEW("csv")) == format_by_extension("/a.b/c.CSV"));
    CHECK(format_find(VIEW("ndjson")) == format_by_extension("x.jsonl"));
    CHECK(format_find(VIEW("ndjson")) == format_by_extension("x.ndjson"));
    CHECK(format_find(VIEW("text")) == format_by_extension("x.txt"));
    CHECK(!format_find(VIEW("cs")));
    CHECK(!format_by_extension("x.js"));
    CHECK(!format_by_extension("x.csv/y"));
    CHECK(!format_by_extension(".csv"));
    CHECK(!format_by_extension("x."));
}

int main(int argc, char **argv)
{
    bless = argc > 1 && strcmp(argv[1], "--bless") == 0;
    RUN(csv);
    RUN(json);
    RUN(table);
    RUN(text);
    RUN(pages);
    RUN(without_rows);
    RUN(csv_refuses);
    RUN(sink_errors_come_out);
    RUN(abort_frees);
    RUN(many_rows_leave_in_blocks);
    RUN(formats_are_found);
    return test_end();
}
