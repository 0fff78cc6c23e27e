/*
 * The naming table: the README.md of a template folder may list the columns that its templates
 * use, as "| `name` | meaning |". A Value that is not among them, but is one of them in other
 * words (INTF, SERIAL_NUMBER, MACADDRESS), makes a second column for the same thing.
 */
#include "author/lint_part.h"
#include "author/usual.h"

#include "base/limits.h"

#include <ctype.h>
#include <stdio.h>

#define NAME_BYTES 64

struct table {
    struct strbuf text;
};

/* Is "| `name` |" one of the table's rows? */
static bool in_table(const struct table *table, const char *name)
{
    char row[NAME_BYTES + 8];
    int n = snprintf(row, sizeof(row), "\n| `%s` |", name);
    return n > 0 && (size_t)n < sizeof(row) && strstr(table->text.buf, row) != NULL;
}

/* The table of the folder, or of the one above it. */
static bool read_table(struct table *table, const struct lint_file *file)
{
    static const char *const places[] = {"README.md", "../README.md"};
    const char *slash = strrchr(file->path, '/');
    int len = slash ? (int)(slash - file->path) + 1 : 0;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const char *path =
            arena_printf(&file->lint->arena, "%.*s%s", len, file->path, places[i]);
        strbuf_reset(&table->text);
        if (path && strbuf_read_file(&table->text, path, LIMIT_TEMPLATE_BYTES) == 0 &&
            strstr(table->text.buf, "\n| `")) {
            return true;
        }
    }
    return false;
}

/* The table's name for what is called name, in out; false when it has none. */
static bool usual_name(const struct table *table, const char *name, struct strbuf *out)
{
    const char *whole = usual_word(view_of(name));
    size_t len = strlen(name);
    if (whole && in_table(table, whole)) {
        strbuf_reset(out);
        strbuf_addstr(out, whole);
        return true;
    }
    usual_words(out, name);
    if (!strbuf_failed(out) && strcmp(out->buf, name) != 0 && in_table(table, out->buf)) {
        return true;
    }
    strbuf_reset(out);
    strbuf_addview(out, view_make(name, len - (name[len - 1] == 's')));
    return !strbuf_failed(out) && out->len < len && in_table(table, out->buf);
}

static void check_name(const struct lint_template *t, const struct table *table,
                       const struct textfsm_value *value)
{
    char name[NAME_BYTES];
    size_t len = strlen(value->name);
    if (len + 1 > sizeof(name)) {
        return;
    }
    for (size_t i = 0; i <= len; i++) {
        name[i] = (char)tolower((unsigned char)value->name[i]);
    }
    struct strbuf usual = STRBUF_INIT;
    if (!in_table(table, name) && usual_name(table, name, &usual)) {
        lint_add(t->file, value->line, lint_column(t->file, value->line, value->name),
                 LINT_OTHER_NAME, "the naming table in README.md has \"%s\" for \"%s\"",
                 usual.buf, name);
    }
    strbuf_release(&usual);
}

void lint_names(const struct lint_template *t)
{
    struct table table = {STRBUF_INIT};
    if (read_table(&table, t->file)) {
        for (unsigned i = 0; i < textfsm_template_values(t->t); i++) {
            check_name(t, &table, textfsm_template_value(t->t, i));
        }
    }
    strbuf_release(&table.text);
}
