/* The outputs that something is wanted of, each read once: rules of lines look through them,
 * evidence gets its line and the output's SHA-256. */
#include "audit/blocks.h"

#include "audit/rowlines.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "store/guarded.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct outputs {
    struct engine *e;
    struct guarded st; /* one output by its _jobs.rowid */
    struct rowlines *rows;
    struct output_line *lines;
    size_t room;
};

/* ---- Lines ---------------------------------------------------------------------------------
 */

static struct output_line measure(struct view text, size_t at, size_t end)
{
    struct output_line line = {.at = (uint32_t)at};
    while (end > at && text.ptr[end - 1] == '\r') {
        end--;
    }
    line.len = (uint32_t)(end - at);
    for (; at < end && (text.ptr[at] == ' ' || text.ptr[at] == '\t'); at++) {
        line.indent += text.ptr[at] == '\t' ? 8 - line.indent % 8 : 1;
    }
    line.blank = at == end;
    return line;
}

static bool add_line(struct outputs *o, size_t n, struct output_line line)
{
    if (n == o->room) {
        size_t room = o->room ? o->room * 2 : 1024;
        struct output_line *lines = realloc(o->lines, room * sizeof(*lines));
        if (!lines) {
            o->e->failed = true;
            return false;
        }
        o->lines = lines;
        o->room = room;
    }
    o->lines[n] = line;
    return true;
}

/* False: there are too many, or memory ran out. */
static bool split(struct outputs *o, struct view text, struct output_lines *out)
{
    size_t n = 0;
    for (size_t at = 0; at < text.len;) {
        const char *feed = memchr(text.ptr + at, '\n', text.len - at);
        size_t end = feed ? (size_t)(feed - text.ptr) : text.len;
        if (n >= LIMIT_OUTPUT_LINES || !add_line(o, n, measure(text, at, end))) {
            return false;
        }
        n++;
        at = end + 1;
    }
    *out = (struct output_lines){text, o->lines, n, false};
    blocks_mark(out, o->lines);
    return true;
}

static void run_tasks(struct outputs *o, struct job_seen *job, struct view text)
{
    struct output_lines lines;
    bool whole = split(o, text, &lines);
    for (const struct line_task *task = job->tasks; task; task = task->next) {
        if (whole) {
            engine_lines(o->e, task->rule, job, &lines);
        } else {
            engine_settle(o->e, engine_finding(o->e, task->rule, job->host), VERDICT_ERROR,
                          "'%s' has more than %d lines", job->command, LIMIT_OUTPUT_LINES);
        }
    }
}

/* ---- Evidence ------------------------------------------------------------------------------
 */

static void date_pieces(struct outputs *o, struct job_seen *job, struct view text)
{
    char hex[SHA256_HEX_SIZE];
    sha256_hex(text, hex);
    const char *sha256 = arena_dup(o->e->arena, view_of(hex));
    bool rows = false;
    o->e->failed = o->e->failed || !sha256;
    for (struct piece *piece = job->pieces; piece; piece = piece->next_of_job) {
        piece->seen.sha256 = sha256;
        rows = rows || piece->row != NO_ROW;
    }
    if (!rows) {
        return;
    }
    const uint32_t *lines = NULL;
    const char *platform =
        scene_platform(&o->e->scene, o->e->scene.hosts[job->host].host.platform);
    size_t n = rowlines_find(o->rows, platform, job, text, &lines);
    o->e->failed = o->e->failed || rowlines_failed(o->rows);
    /* as many rows as the run had, or they are others */
    for (struct piece *piece = job->pieces; n == job->total && piece;
         piece = piece->next_of_job) {
        if (piece->row != NO_ROW && piece->row < n) {
            piece->seen.line = lines[piece->row];
        }
    }
}

/* ---- One after the other -------------------------------------------------------------------
 */

static int read_output(struct outputs *o, struct job_seen *job, struct err *err)
{
    char id[32];
    snprintf(id, sizeof(id), "%lld", (long long)job->id);
    guarded_again(&o->st);
    guarded_bind(&o->st, 1, view_of(id));
    int got = guarded_next(&o->st, err);
    if (got < 0) {
        return got;
    }
    struct view text = got > 0 ? guarded_blob(&o->st, 0) : VIEW_NONE;
    text = text.ptr ? text : VIEW("");
    run_tasks(o, job, text);
    if (job->pieces) {
        date_pieces(o, job, text);
    }
    return o->e->failed ? err_nomem(err) : 0;
}

int engine_outputs(struct engine *e, struct err *err)
{
    struct outputs o = {.e = e, .rows = rowlines_new(e->scene.library)};
    struct guarded_sql sql = {
        .sql = VIEW("SELECT output FROM main._jobs WHERE rowid = CAST(?1 AS INTEGER)")};
    e->regex = regex_scratch_new(NULL, NULL);
    int status =
        o.rows && e->regex ? guarded_open(&o.st, e->scene.db, &sql, err) : err_nomem(err);
    for (size_t i = 0; i < e->scene.njobs && status == 0; i++) {
        struct job_seen *job = &e->scene.jobs[i];
        if (job->tasks || job->pieces) {
            status = read_output(&o, job, err);
        }
    }
    guarded_close(&o.st);
    rowlines_free(o.rows);
    regex_scratch_free(e->regex);
    free(o.lines);
    return status;
}
