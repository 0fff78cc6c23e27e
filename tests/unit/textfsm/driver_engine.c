/*
 * The engine behind a pipe, for the scripts that compare it with recorded results. Commands
 * come on stdin, each a line of words; those that take bytes name how many follow the line. One
 * line of JSON answers each:
 *
 *     template LEN [stream]   compile the bytes; they replace the template and its run, which
 *                        keeps rows, or gives them out as they are recorded
 *     feed LEN CHUNK     feed the bytes in pieces of CHUNK (0 = at once)
 *     break | finish     end the text; answers with all rows so far and the error
 *     reset | stats | print
 */
#include "pipe.h"

struct driver {
    struct textfsm_template *template;
    struct textfsm_run *run;
    struct textfsm_error error;
    char *bytes;
    size_t len;
    FILE *streamed; /* rows that were given out, as JSON; NULL: rows are kept */
    char *streamed_text;
    size_t streamed_len;
};

static void put_row(FILE *out, const struct driver *d, const struct textfsm_cell *row)
{
    putc('[', out);
    for (unsigned k = 0; k < textfsm_template_values(d->template); k++) {
        fputs(k ? "," : "", out);
        put_cell(out, &row[k], textfsm_template_value(d->template, k));
    }
    putc(']', out);
}

static int on_row(void *user, const struct textfsm_cell *cells, unsigned n)
{
    struct driver *d = user;
    (void)n;
    fputs(ftell(d->streamed) > 0 ? "," : "", d->streamed);
    put_row(d->streamed, d, cells);
    return 0;
}

static void put_rows(const struct driver *d, int rc)
{
    printf("{\"rows\":[");
    for (size_t i = 0; i < textfsm_run_rows(d->run); i++) {
        fputs(i ? "," : "", stdout);
        put_row(stdout, d, textfsm_run_row(d->run, i));
    }
    if (d->streamed) {
        fflush(d->streamed);
        fputs(d->streamed_text, stdout);
    }
    printf("],\"error\":");
    if (rc < 0) {
        put_error(&d->error);
    } else {
        printf("null");
    }
    printf("}\n");
}

static void put_header(const struct driver *d)
{
    printf("{\"header\":[");
    for (unsigned i = 0; i < textfsm_template_values(d->template); i++) {
        printf(i ? "," : "");
        put_str(textfsm_template_value(d->template, i)->name);
    }
    printf("]}\n");
}

/* The template written back, as the original's str() does. */
static void print_template(const struct textfsm_template *t, FILE *out)
{
    for (unsigned i = 0; i < textfsm_template_values(t); i++) {
        const struct textfsm_value *v = textfsm_template_value(t, i);
        fprintf(out, "Value %s%s%s %s\n", v->declared, v->declared[0] ? " " : "", v->name,
                v->regex);
    }
    for (unsigned s = 0; s < textfsm_template_states(t); s++) {
        const struct textfsm_state *state = textfsm_template_state(t, s);
        fprintf(out, "\n%s\n", state->name);
        for (unsigned i = 0; i < state->nrules; i++) {
            const struct textfsm_rule *rule = textfsm_template_rule(t, s, i);
            fprintf(out, "  %s%s%s\n", rule->text, rule->action[0] ? " -> " : "", rule->action);
        }
    }
}

static void put_printed(const struct textfsm_template *t)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    print_template(t, out);
    fclose(out);
    printf("{\"text\":");
    put_text(stdout, text, len);
    printf("}\n");
    free(text);
}

static void drop(struct driver *d)
{
    textfsm_run_free(d->run);
    textfsm_template_free(d->template);
    d->run = NULL;
    d->template = NULL;
    if (d->streamed) {
        fclose(d->streamed);
        free(d->streamed_text);
        d->streamed = NULL;
    }
}

static void compile(struct driver *d, bool stream)
{
    struct textfsm_run_options options = {.on_row = stream ? on_row : NULL, .user = d};
    drop(d);
    d->template = textfsm_template_new(d->bytes, d->len, "T", NULL, &d->error);
    if (d->template) {
        d->streamed = stream ? open_memstream(&d->streamed_text, &d->streamed_len) : NULL;
        d->run = textfsm_run_new(d->template, &options, &d->error);
        put_header(d);
    } else {
        printf("{\"error\":");
        put_error(&d->error);
        printf("}\n");
    }
}

static void feed(struct driver *d, size_t chunk)
{
    int rc = 0;
    chunk = chunk ? chunk : d->len;
    for (size_t at = 0; rc == 0 && at < d->len; at += chunk) {
        size_t n = d->len - at < chunk ? d->len - at : chunk;
        char *copy = malloc(n); /* the engine must not look at it after the call */
        memcpy(copy, d->bytes + at, n);
        rc = textfsm_run_feed(d->run, copy, n, &d->error);
        memset(copy, '?', n);
        free(copy);
    }
    printf("{\"code\":%d}\n", rc);
}

static void put_stats(const struct driver *d)
{
    struct textfsm_stats s = textfsm_run_stats(d->run);
    printf("{\"lines\":%zu,\"matched\":%zu,\"unmatched\":%zu,\"rows\":%zu}\n", s.lines,
           s.matched, s.unmatched, s.rows);
}

static void take_bytes(struct driver *d, size_t len)
{
    free(d->bytes);
    d->bytes = read_bytes(len);
    d->len = len;
}

static int on_words(struct driver *d, const char *verb, const char *first, const char *second)
{
    if (strcmp(verb, "template") == 0) {
        take_bytes(d, number(first));
        compile(d, second && strcmp(second, "stream") == 0);
    } else if (strcmp(verb, "feed") == 0) {
        take_bytes(d, number(first));
        feed(d, number(second));
    } else if (strcmp(verb, "break") == 0) {
        put_rows(d, textfsm_run_break(d->run, &d->error));
    } else if (strcmp(verb, "finish") == 0) {
        put_rows(d, textfsm_run_finish(d->run, &d->error));
    } else if (strcmp(verb, "reset") == 0) {
        textfsm_run_reset(d->run);
        printf("{}\n");
    } else if (strcmp(verb, "stats") == 0) {
        put_stats(d);
    } else if (strcmp(verb, "print") == 0) {
        put_printed(d->template);
    } else {
        fprintf(stderr, "driver: %s?\n", verb);
        return 2;
    }
    fflush(stdout);
    return 0;
}

int main(void)
{
    struct driver d = {0};
    char line[4096], *words[3];
    int rc = 0;
    while (rc == 0 && read_words(line, sizeof(line), words)) {
        rc = on_words(&d, words[0], words[1], words[2]);
    }
    drop(&d);
    free(d.bytes);
    return rc;
}
