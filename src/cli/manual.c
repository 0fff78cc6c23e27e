#include "cli/manual.h"

#include "base/limits.h"
#include "cli/help.h"
#include "output/writer.h"

#include <errno.h>

#define PROSE_WIDTH 72

/* One word as roff text: `word` literal, dashes and backslashes as themselves. */
static void word(struct strbuf *out, struct view text, bool *literal)
{
    if (text.ptr[0] == '.' || text.ptr[0] == '\'') {
        strbuf_addstr(out, "\\&"); /* no request */
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '`') {
            *literal = !*literal;
            strbuf_addstr(out, *literal ? "\\fB" : "\\fP");
        } else if (c == '\\') {
            strbuf_addstr(out, "\\e");
        } else if (c == '-') {
            strbuf_addstr(out, "\\-");
        } else {
            strbuf_addch(out, c);
        }
    }
}

/* Sentences as roff text: a new one begins a line, a long one goes on in the next. */
static void prose(struct strbuf *out, const char *text, const char *end)
{
    bool literal = false;
    size_t from = out->len;
    while (*text) {
        size_t n = strcspn(text, " ");
        word(out, view_make(text, n), &literal);
        bool sentence = n > 0 && text[n - 1] == '.' && text[n] == ' ';
        text += n + strspn(text + n, " ");
        if (*text && (sentence || out->len - from > PROSE_WIDTH - strcspn(text, " "))) {
            strbuf_addch(out, '\n');
            from = out->len;
        } else if (*text) {
            strbuf_addch(out, ' ');
        }
    }
    strbuf_addf(out, "%s\n", end);
}

static void options_of(struct strbuf *out, enum option_section section)
{
    strbuf_addf(out, ".Ss %s\n.Bl -tag -width Ds\n", section_titles[section]);
    for (const struct option *o = option_table; o->name; o++) {
        if (o->section != section) {
            continue;
        }
        strbuf_addstr(out, ".It ");
        if (o->letter) {
            strbuf_addf(out, "Fl %c , ", o->letter);
        }
        strbuf_addf(out, "Fl \\-%s", o->name);
        strbuf_addf(out, o->arg ? " Ar %s\n" : "\n", o->arg);
        prose(out, o->help, ".");
        if (o->fallback) {
            strbuf_addf(out, "Default:\n.Cm %s .\n", o->fallback);
        }
        strbuf_addstr(out, "Verbs:\n");
        const char *between = ".Cm ";
        for (const struct verb *v = verb_table; v->name; v++) {
            if (!v->hidden && (o->verbs & v->bit)) {
                strbuf_addf(out, "%s%s", between, v->name);
                between = " ,\n.Cm ";
            }
        }
        strbuf_addstr(out, " .\n");
    }
    strbuf_addstr(out, ".El\n");
}

static void options(struct strbuf *out)
{
    for (int i = 0; i < SECTION_COUNT; i++) {
        options_of(out, (enum option_section)i);
    }
}

static void verbs(struct strbuf *out)
{
    strbuf_addstr(out, ".Bl -tag -width Ds\n");
    for (const struct verb *v = verb_table; v->name; v++) {
        if (!v->hidden) {
            strbuf_addf(out, ".It Cm %s%s", v->name, v->operands ? " Op Ar " : "");
            strbuf_addf(out, "%s%s\n", v->operands ? v->operands : "",
                        v->operands ? " ..." : "");
            prose(out, v->text, "");
        }
    }
    strbuf_addstr(out, ".El\n");
}

static void statuses(struct strbuf *out)
{
    strbuf_addstr(out, ".Bl -tag -width Ds\n");
    for (const struct exit_meaning *m = exit_meanings; m->status; m++) {
        strbuf_addf(out, ".It %s\n", m->status);
        prose(out, m->meaning, ".");
    }
    strbuf_addstr(out, ".El\n");
}

static void record_formats(struct strbuf *out)
{
    strbuf_addstr(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; formats[i]; i++) {
        strbuf_addf(out, ".It Cm %s", formats[i]->name);
        const char *between = " Pq Pa .";
        for (const char *word = formats[i]->extensions; *word;) {
            size_t n = strcspn(word, " ");
            strbuf_addf(out, "%s%.*s", between, (int)n, word);
            between = " , .";
            word += n + strspn(word + n, " ");
        }
        strbuf_addch(out, '\n');
        prose(out, formats[i]->help, "");
    }
    strbuf_addstr(out, ".El\n");
}

static void line(struct strbuf *out, struct view text)
{
    static const struct {
        const char *name;
        void (*write)(struct strbuf *out);
    } parts[] = {{"@VERBS@", verbs},
                 {"@OPTIONS@", options},
                 {"@FORMATS@", record_formats},
                 {"@STATUSES@", statuses}};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (view_equal_str(text, parts[i].name)) {
            parts[i].write(out);
            return;
        }
    }
    strbuf_addview(out, text);
    strbuf_addch(out, '\n');
}

int manual_write(struct strbuf *out, const char *prose_path, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int rc = 0;
    if (strbuf_read_file(&text, prose_path, MIB(1)) < 0) {
        rc = err_set(err, ERR_INPUT, "%s: %s", prose_path, strerror(errno));
    }
    for (const char *p = text.buf; *p;) {
        size_t n = strcspn(p, "\n");
        line(out, view_make(p, n));
        p += n + (p[n] == '\n');
    }
    strbuf_release(&text);
    return rc;
}
