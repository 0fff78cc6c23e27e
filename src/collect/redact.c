#include "collect/redact.h"

#include <stdlib.h>

#define MASK "<redacted>"

struct redact {
    struct regex_scratch *scratch;
    struct strbuf line, out; /* of one line, of one output */
};

struct redact *redact_new(void)
{
    struct redact *redact = calloc(1, sizeof(*redact));
    if (!redact) {
        return NULL;
    }
    strbuf_init(&redact->line);
    strbuf_init(&redact->out);
    redact->scratch = regex_scratch_new(NULL, NULL);
    if (!redact->scratch) {
        redact_free(redact);
        return NULL;
    }
    return redact;
}

void redact_free(struct redact *redact)
{
    if (redact) {
        regex_scratch_free(redact->scratch);
        strbuf_release(&redact->line);
        strbuf_release(&redact->out);
        free(redact);
    }
}

/* Every match of one pattern in a line, into redact->line. */
static void mask_pattern(struct redact *redact, const struct regex *pattern, struct view line)
{
    strbuf_reset(&redact->line);
    while (line.len > 0) {
        struct view groups[2] = {VIEW_NONE, VIEW_NONE};
        int found = regex_match(pattern, redact->scratch, line, groups, 2, NULL);
        if (found < 0) {
            strbuf_reset(&redact->line);
            strbuf_addstr(&redact->line, MASK);
            return;
        }
        struct view secret =
            regex_group_count(pattern) > 1 && groups[1].ptr ? groups[1] : groups[0];
        if (found == 0 || secret.len == 0) {
            break;
        }
        size_t before = (size_t)(secret.ptr - line.ptr);
        strbuf_addview(&redact->line, view_slice(line, 0, before));
        strbuf_addstr(&redact->line, MASK);
        line = view_slice(line, before + secret.len, line.len);
    }
    strbuf_addview(&redact->line, line);
}

static void mask_line(struct redact *redact, const struct regex_list *patterns,
                      struct view line)
{
    size_t from = redact->out.len;
    strbuf_addview(&redact->out, line);
    for (size_t i = 0; i < patterns->n; i++) {
        struct view now = view_make(redact->out.buf + from, redact->out.len - from);
        mask_pattern(redact, patterns->items[i], now);
        strbuf_truncate(&redact->out, from);
        strbuf_addview(&redact->out, strbuf_view(&redact->line));
    }
}

static int mask_output(struct redact *redact, const struct regex_list *patterns,
                       struct strbuf *output, struct err *err)
{
    struct view rest = strbuf_view(output);
    strbuf_reset(&redact->out);
    while (rest.len > 0) {
        const char *newline = memchr(rest.ptr, '\n', rest.len);
        size_t n = newline ? (size_t)(newline - rest.ptr) : rest.len;
        mask_line(redact, patterns, view_slice(rest, 0, n));
        strbuf_addstr(&redact->out, newline ? "\n" : "");
        rest = view_slice(rest, n + 1, rest.len);
    }
    strbuf_reset(output);
    strbuf_addview(output, strbuf_view(&redact->out));
    if (strbuf_failed(&redact->out) || strbuf_failed(&redact->line) || strbuf_failed(output)) {
        strbuf_reset(output);
        return err_nomem(err);
    }
    return 0;
}

int redact_result(struct redact *redact, const struct platform *platform,
                  struct host_result *result, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < result->ncommands && platform->redact.n > 0; i++) {
        int masked = mask_output(redact, &platform->redact, &result->commands[i].output,
                                 rc ? NULL : err);
        rc = rc ? rc : masked;
    }
    return rc;
}
