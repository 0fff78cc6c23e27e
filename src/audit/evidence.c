/* What was seen, kept until the outputs are read and the findings take it. */
#include "audit/engine.h"

#include "audit/expression.h"
#include "base/limits.h"
#include "base/strbuf.h"

#include <string.h>

static char *copy_cut(struct engine *e, struct view text)
{
    char *copy = text.len <= LIMIT_EVIDENCE_BYTES
                     ? arena_dup(e->arena, text)
                     : arena_printf(e->arena, "%.*s...",
                                    VIEW_ARG(view_slice(text, 0, LIMIT_EVIDENCE_BYTES)));
    e->failed = e->failed || !copy;
    return copy;
}

void engine_attach(struct piece *piece, struct job_seen *job)
{
    piece->job = job;
    piece->seen.command = job->command;
    piece->seen.template_name = job->template_path;
    piece->seen.fingerprint = job->fingerprint;
    piece->seen.collected_at = job->collected_at;
    piece->next_of_job = job->pieces;
    job->pieces = piece;
}

static struct piece *make_piece(struct engine *e, struct job_seen *job, struct view text,
                                const char *expected)
{
    struct piece *piece = arena_get(e->arena, sizeof(*piece));
    char *copy = copy_cut(e, text);
    if (!piece || !copy) {
        e->failed = true;
        return NULL;
    }
    piece->row = NO_ROW;
    piece->seen.text = copy;
    piece->seen.expected = expected;
    if (job) {
        engine_attach(piece, job);
    }
    return piece;
}

static void append(struct mark *mark, struct piece *piece)
{
    if (mark->last) {
        mark->last->next = piece;
    } else {
        mark->first = piece;
    }
    mark->last = piece;
    mark->kept++;
}

bool engine_keeps(const struct engine *e, size_t rule, size_t host)
{
    size_t kept = e->marks[rule * e->scene.nhosts + host].kept;
    return kept == 0 || (kept < LIMIT_EVIDENCE && e->npieces < LIMIT_EVIDENCE_TOTAL);
}

struct piece *engine_evidence(struct engine *e, size_t rule, size_t host, struct job_seen *job,
                              struct view text, const char *expected)
{
    if (!engine_keeps(e, rule, host)) {
        return NULL;
    }
    struct piece *piece = make_piece(e, job, text, expected);
    if (piece) {
        append(&e->marks[rule * e->scene.nhosts + host], piece);
        e->npieces++;
    }
    return piece;
}

struct piece *engine_look(struct engine *e, size_t host, struct job_seen *job, struct view text,
                          const char *expected, enum look_result result)
{
    if (host != e->look_host || e->looks.kept >= LIMIT_EVIDENCE_TOTAL) {
        return NULL;
    }
    struct piece *piece = make_piece(e, job, text, expected);
    if (piece) {
        piece->result = result;
        append(&e->looks, piece);
    }
    return piece;
}

const char *engine_expected(struct engine *e, const char *sql)
{
    strbuf_reset(e->scratch);
    expression_add_line(e->scratch, view_of(sql), LIMIT_EVIDENCE_BYTES);
    const char *copy =
        strbuf_failed(e->scratch) ? NULL : arena_dup(e->arena, strbuf_view(e->scratch));
    e->failed = e->failed || !copy;
    return copy;
}

bool own_column(const char *name)
{
    static const char *const own[] = {"host", "platform", "command", "collected_at"};
    name += *name == '_';
    for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        if (strcmp(name, own[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether a value can stand as it is, so that people see where it ends; a list ends with its
 * bracket. */
static bool is_plain(struct view value)
{
    if (value.len > 1 && value.ptr[0] == '[' && value.ptr[value.len - 1] == ']') {
        return true;
    }
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == ' ' || value.ptr[i] == '"' || value.ptr[i] == '=') {
            return false;
        }
    }
    return value.len > 0;
}

void row_add_cell(struct strbuf *out, const char *name, struct view value)
{
    strbuf_addstr(out, out->len ? " " : "");
    strbuf_addf(out, "%s=", name);
    if (!value.ptr) {
        strbuf_addstr(out, "NULL");
    } else if (is_plain(value)) {
        strbuf_addview(out, value);
    } else {
        strbuf_addch(out, '"');
        for (size_t i = 0; i < value.len; i++) {
            strbuf_addstr(out, value.ptr[i] == '"' ? "\\" : "");
            strbuf_addch(out, value.ptr[i]);
        }
        strbuf_addch(out, '"');
    }
}

/* What was found in one output comes in the order of its lines. */
static void sort_by_line(struct evidence *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct evidence item = items[i];
        size_t at = i;
        while (at > 0 && items[at - 1].command == item.command &&
               items[at - 1].line > item.line) {
            items[at] = items[at - 1];
            at--;
        }
        items[at] = item;
    }
}

int engine_gather(struct engine *e, struct err *err)
{
    for (size_t i = 0; i < e->nrules * e->scene.nhosts; i++) {
        const struct mark *mark = &e->marks[i];
        if (!mark->kept || e->findings[i].verdict != VERDICT_FAIL) {
            continue;
        }
        struct evidence *items = arena_array(e->arena, mark->kept, sizeof(*items));
        if (!items) {
            return err_nomem(err);
        }
        size_t n = 0;
        for (const struct piece *piece = mark->first; piece; piece = piece->next) {
            items[n++] = piece->seen;
        }
        sort_by_line(items, n);
        e->findings[i].evidence = items;
        e->findings[i].nevidence = n;
    }
    return 0;
}
