#include "author/draft_index.h"

#include "textfsm.h"

#include <ctype.h>
#include <stdlib.h>

static const char head[] = "Template, Hostname, Platform, Command\n\n";

void draft_template_name(struct strbuf *out, struct view command)
{
    size_t begin = out->len;
    command = view_trim(command);
    for (size_t i = 0; i < command.len; i++) {
        unsigned char c = (unsigned char)command.ptr[i];
        if (isalnum(c) && c < 0x80) {
            strbuf_addch(out, (char)tolower(c));
        } else if (out->len > begin && out->buf[out->len - 1] != '_') {
            strbuf_addch(out, '_');
        }
    }
    while (out->len > begin && out->buf[out->len - 1] == '_') {
        strbuf_truncate(out, out->len - 1);
    }
}

/* As a regex that a cell can hold: a comma would end it. */
static void add_exact(struct strbuf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == ',') {
            strbuf_addch(out, '.');
            continue;
        }
        if (strchr("\\.^$*+?()[]{}|", *p)) {
            strbuf_addch(out, '\\');
        }
        strbuf_addch(out, *p);
    }
    strbuf_addch(out, '$');
}

/* The line that names the columns: the first that is no comment and not blank. */
static struct view columns_of(struct view index)
{
    for (size_t from = 0; from < index.len;) {
        const char *end = memchr(index.ptr + from, '\n', index.len - from);
        size_t to = end ? (size_t)(end - index.ptr) : index.len;
        struct view line = view_trim(view_slice(index, from, to));
        if (line.len > 0 && line.ptr[0] != '#') {
            return line;
        }
        from = to + 1;
    }
    return VIEW("Template, Hostname, Platform, Command");
}

static void add_row(struct strbuf *out, struct view columns, const struct draft_entry *entry)
{
    for (size_t from = 0; from <= columns.len;) {
        const char *end =
            from < columns.len ? memchr(columns.ptr + from, ',', columns.len - from) : NULL;
        size_t to = end ? (size_t)(end - columns.ptr) : columns.len;
        struct view name = view_trim(view_slice(columns, from, to));
        strbuf_addstr(out, from > 0 ? ", " : "");
        if (view_equal_str(name, "Template")) {
            strbuf_addstr(out, entry->template_file);
        } else if (view_equal_str(name, "Platform") || view_equal_str(name, "Vendor")) {
            add_exact(out, entry->platform);
        } else if (view_equal_str(name, "Command")) {
            add_exact(out, entry->command);
        } else {
            strbuf_addstr(out, ".*");
        }
        from = to + 1;
    }
    strbuf_addch(out, '\n');
}

/* The line of the row that wins, 0 for none; *ours: it is the template's. */
static int find_winner(struct view index, const struct draft_entry *entry, bool *ours,
                       struct err *err)
{
    struct textfsm_error error;
    struct textfsm_index *read =
        textfsm_index_new(index.ptr, index.len, entry->path, NULL, &error);
    if (!read) {
        return err_set(err, ERR_INPUT, "%s", error.text);
    }
    struct textfsm_attribute asked[] = {{"Platform", entry->platform},
                                        {"Vendor", entry->platform},
                                        {"Command", entry->command}};
    long row = textfsm_index_match(read, asked, 3, 0, NULL);
    int line = 0;
    *ours = false;
    if (row >= 0) {
        struct textfsm_index_row cells = textfsm_index_row(read, (size_t)row);
        line = (int)cells.line;
        *ours = strcmp(cells.templates, entry->template_file) == 0;
    }
    textfsm_index_free(read);
    return line;
}

/* Where line n (1-based) begins; the end for a line behind the last. */
static size_t begin_of_line(struct view text, int n)
{
    size_t at = 0;
    for (int line = 1; line < n && at < text.len; line++) {
        const char *end = memchr(text.ptr + at, '\n', text.len - at);
        at = end ? (size_t)(end - text.ptr) + 1 : text.len;
    }
    return at;
}

static int count_lines(struct view text)
{
    int n = 0;
    for (size_t i = 0; i < text.len; i++) {
        n += text.ptr[i] == '\n';
    }
    return n;
}

int draft_index(struct strbuf *out, struct view old, const struct draft_entry *entry,
                struct err *err)
{
    bool ours = false;
    int line = 0;
    size_t begin = out->len;
    if (old.len > 0) {
        line = find_winner(old, entry, &ours, err);
        if (line < 0 || ours) {
            strbuf_addview(out, old);
            return line < 0 ? line : 0;
        }
    } else {
        old = VIEW(head);
    }
    size_t at = line > 0 ? begin_of_line(old, line) : old.len;
    strbuf_add(out, old.ptr, at);
    if (out->len > begin && out->buf[out->len - 1] != '\n') {
        strbuf_addch(out, '\n');
    }
    line = count_lines(view_make(out->buf + begin, out->len - begin)) + 1;
    add_row(out, columns_of(old), entry);
    strbuf_addview(out, view_slice(old, at, old.len));
    return strbuf_failed(out) ? err_nomem(err) : line;
}
