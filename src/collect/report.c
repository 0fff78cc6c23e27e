#include "collect/report.h"

#include <stdlib.h>

/* More names than a line or two are for --failed. */
#define CANCELLED_NAMED 8

void report_release(struct report *report)
{
    arena_release(&report->arena);
    *report = (struct report)REPORT_INIT;
}

/* Why the host failed: its own reason, or the first of its commands'. */
static const char *reason_of(const struct host_result *result)
{
    if (result->reason) {
        return result->reason;
    }
    for (size_t i = 0; i < result->ncommands; i++) {
        if (result->commands[i].reason) {
            return result->commands[i].reason;
        }
    }
    return status_name(result->status);
}

/* The reason without the host's name in front: the line begins with it anyway. */
static const char *without_name(const char *reason, const char *name)
{
    size_t n = strlen(name);
    return strncmp(reason, name, n) == 0 && reason[n] == ':' && reason[n + 1] == ' '
               ? reason + n + 2
               : reason;
}

void report_add(struct report *report, const struct host_result *result)
{
    report->hosts++;
    report->commands += result->ncommands;
    if (result->status == STATUS_OK) {
        return;
    }
    report->failed++;
    report->cancelled += result->status == STATUS_CANCELLED;
    struct report_failure *failure = arena_get(&report->arena, sizeof(*failure));
    const char *reason = without_name(reason_of(result), result->host->name);
    char *copy = arena_dup(&report->arena, view_of(reason));
    if (!failure || !copy) {
        report->nomem = true;
        return;
    }
    *failure = (struct report_failure){result->host->index, result->host->name, result->status,
                                       copy, report->failures};
    report->failures = failure;
}

static int by_index(const void *a, const void *b)
{
    size_t left = (*(const struct report_failure *const *)a)->index;
    size_t right = (*(const struct report_failure *const *)b)->index;
    return left < right ? -1 : left > right;
}

static void counted(struct strbuf *out, size_t n, const char *what)
{
    strbuf_addf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

/* "0.4 s", "12 s", "3 min 5 s" */
static void duration(struct strbuf *out, ms_t ms)
{
    if (ms < 10000) {
        strbuf_addf(out, "%d.%d s", (int)(ms / 1000), (int)(ms % 1000 / 100));
    } else if (ms < 60000) {
        strbuf_addf(out, "%d s", (int)(ms / 1000));
    } else {
        strbuf_addf(out, "%lld min %d s", (long long)(ms / 60000), (int)(ms / 1000 % 60));
    }
}

/* The first few of those that were not finished, and how many more. */
static void add_cancelled(struct strbuf *out, const struct report_failure *const *sorted,
                          size_t n)
{
    size_t named = 0, cancelled = 0;
    for (size_t i = 0; i < n; i++) {
        if (sorted[i]->status != STATUS_CANCELLED) {
            continue;
        }
        if (++cancelled <= CANCELLED_NAMED) {
            strbuf_addf(out, "%s%s", named++ ? ", " : "  not finished: ", sorted[i]->host);
        }
    }
    if (cancelled > named) {
        strbuf_addf(out, " and %zu more", cancelled - named);
    }
    strbuf_addstr(out, cancelled ? "\n" : "");
}

void report_failures(const struct report *report, struct strbuf *out)
{
    size_t n = 0;
    const struct report_failure **sorted = calloc(report->failed + 1, sizeof(*sorted));
    for (const struct report_failure *f = report->failures; f && sorted; f = f->next) {
        sorted[n++] = f;
    }
    if (n > 0) {
        qsort(sorted, n, sizeof(*sorted), by_index);
    }
    for (size_t i = 0; i < n; i++) {
        if (sorted[i]->status != STATUS_CANCELLED) {
            strbuf_addf(out, "  %s: %s\n", sorted[i]->host, sorted[i]->reason);
        }
    }
    add_cancelled(out, sorted, n);
    free(sorted);
    if (report->nomem) {
        strbuf_addstr(out, "  out of memory: some failed hosts are not listed\n");
    }
}

void report_summary(const struct report *report, ms_t took_ms, struct strbuf *out)
{
    strbuf_addstr(out, "Ran ");
    counted(out, report->commands, "command");
    strbuf_addstr(out, " across ");
    counted(out, report->hosts, "host");
    strbuf_addstr(out, " in ");
    duration(out, took_ms);
    if (report->failed > 0) {
        strbuf_addf(out, " (%zu failed", report->failed);
        if (report->cancelled > 0) {
            strbuf_addf(out, ", %zu of them cancelled", report->cancelled);
        }
        strbuf_addch(out, ')');
    }
    strbuf_addch(out, '\n');
}
