/*
 * Memory that runs out: every single allocation of every writer fails once, and then all from
 * there on. The writer says ERR_NOMEM, or got through all the same; nothing leaks.
 */
#include "oom.h"

#ifdef OOM_POSSIBLE

#include "rows.h"
#include "test.h"

static size_t written;

static int count(struct sink *sink, const char *bytes, size_t len, struct err *err)
{
    (void)sink, (void)bytes, (void)err;
    written += len;
    return 0;
}

static int write_rows(struct writer *w, bool raw, struct err *err)
{
    int status = 0;
    for (size_t i = 0; i < 3 && status == 0; i++) {
        status = writer_row(w, 0, raw ? raw_rows[i] : version_rows[i], err);
    }
    const struct textfsm_cell extra[] = {T("a"), T("b"), T("c"), T("d"), T("e")};
    status = status ? status : writer_extra(w, EXTRA_ERRORS, extra, err);
    return status ? status : writer_extra(w, EXTRA_SUMMARY, extra, err);
}

static int run(const struct format *format, struct err *err)
{
    static const struct writer_options options = {.guard = true};
    struct sink sink = {count};
    struct writer *w;
    const struct table *table = format->raw ? &raw_table : test_tables;
    int status = format->open(&w, &sink, table, 1, &options, err);
    if (status < 0) {
        return status;
    }
    status = write_rows(w, format->raw, err);
    if (status < 0) {
        writer_abort(w);
        return status;
    }
    return writer_close(w, err);
}

static void sweep(const struct format *format)
{
    struct err fine = ERR_INIT;
    written = 0;
    CHECK(run(format, &fine) == 0);
    size_t whole = written;
    bool through = false;
    for (long n = 0; n < 1000 && !through; n++) {
        struct err err = ERR_INIT;
        long before = live;
        written = 0;
        countdown = n;
        int status = run(format, &err);
        through = countdown > 0;
        countdown = -1;
        long leaked = live - before;
        if ((status != 0 && status != ERR_NOMEM) || leaked) {
            fprintf(stderr, "%s, allocation %ld: status %d (%s), %ld leaked\n", format->name, n,
                    status, err.text, leaked);
        }
        CHECK(status == 0 || status == ERR_NOMEM);
        CHECK(!through || status == 0);
        CHECK(status < 0 || written == whole); /* never success with less */
        CHECK(leaked == 0);
    }
    CHECK(through);
}

static void sweep_all(void)
{
    for (size_t i = 0; formats[i]; i++) {
        if (!formats[i]->binary) { /* what libraries do then is theirs */
            sweep(formats[i]);
        }
    }
}

static void one_fails(void)
{
    for_good = false;
    sweep_all();
}

static void all_fail_from_there(void)
{
    for_good = true;
    sweep_all();
}

int main(void)
{
    RUN(one_fails);
    RUN(all_fail_from_there);
    return test_end();
}

#endif
