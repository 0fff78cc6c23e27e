/*
 * Memory that runs out: every single allocation of every report fails once, and then all from
 * there on. The report says ERR_NOMEM, or got through all the same; nothing leaks.
 */
#include "oom.h"

#ifdef OOM_POSSIBLE

#include "audit/report_part.h"
#include "made.h"
#include "test.h"

static size_t written;

static int count_bytes(struct sink *sink, const char *bytes, size_t len, struct err *err)
{
    (void)sink, (void)bytes, (void)err;
    written += len;
    return 0;
}

static int run(const struct audit_format *format, const struct audit *audit, struct err *err)
{
    static const struct audit_report_options options = {.width = 80, .color = true};
    struct sink sink = {count_bytes};
    struct audit_digest digest;
    written = 0;
    int status = audit_digest_init(&digest, audit, false, err);
    if (status == 0) {
        status = format->write(&digest, &sink, &options, err);
        audit_digest_release(&digest);
    }
    return status;
}

static void sweep(const struct audit_format *format, const struct audit *audit)
{
    CHECK(run(format, audit, NULL) == 0);
    size_t whole = written;
    bool through = false;
    for (long n = 0; n < 1000 && !through; n++) {
        struct err err = ERR_INIT;
        long before = live;
        countdown = n;
        int status = run(format, audit, &err);
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
    struct arena arena = ARENA_INIT;
    struct made made = {0};
    CHECK(make_case(&made, "baseline", &arena));
    for (size_t i = 0; audit_formats[i]; i++) {
        if (!audit_formats[i]->binary) { /* what libraries do then is theirs */
            sweep(audit_formats[i], &made.audit);
        }
    }
    free(made.findings);
    arena_release(&arena);
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
