#include "collect/schema.h"

#include "base/yaml.h"
#include "output/cell.h"

/* ---- Writing -------------------------------------------------------------------------------
 */

static void add_string(struct strbuf *out, const char *text)
{
    json_add_string(out, view_of(text));
}

static void add_line(struct strbuf *out, int indent)
{
    strbuf_addch(out, '\n');
    strbuf_addchars(out, ' ', 2 * (size_t)indent);
}

static void add_name(struct strbuf *out, int indent, const char *name)
{
    add_line(out, indent);
    add_string(out, name);
    strbuf_addstr(out, ": ");
}

static void add_names(struct strbuf *out, const char *const *names, size_t n)
{
    strbuf_addch(out, '[');
    for (size_t i = 0; i < n; i++) {
        strbuf_addstr(out, i ? ", " : "");
        add_string(out, names[i]);
    }
    strbuf_addch(out, ']');
}

/* What a column's cells may be. */
static void add_type(struct strbuf *out, const struct column *column)
{
    static const char text_or_null[] = "{\"type\": [\"string\", \"null\"]}";
    if (column->raw) {
        strbuf_addstr(out, "{}"); /* text, or a whole document where the device printed JSON */
        return;
    }
    if (!column->list) {
        strbuf_addstr(out, "{\"type\": \"string\"}");
        return;
    }
    strbuf_addstr(out, "{\"type\": \"array\", \"items\": ");
    if (!column->nkeys) {
        strbuf_addf(out, "%s}", text_or_null);
        return;
    }
    strbuf_addstr(out, "{\"type\": \"object\", \"properties\": {");
    for (unsigned i = 0; i < column->nkeys; i++) {
        strbuf_addstr(out, i ? ", " : "");
        add_string(out, column->keys[i]);
        strbuf_addf(out, ": %s", text_or_null);
    }
    strbuf_addstr(out, "}, \"required\": ");
    add_names(out, column->keys, column->nkeys);
    strbuf_addstr(out, ", \"additionalProperties\": false}}");
}

static void add_columns(struct strbuf *out, int indent, const struct table *table, bool keys)
{
    strbuf_addch(out, '[');
    const char *between = "";
    for (size_t i = 0; i < table->ncolumns; i++) {
        if (!keys || table->columns[i].key) {
            strbuf_addstr(out, between);
            add_line(out, indent + 1);
            add_string(out, table->columns[i].name);
            between = ",";
        }
    }
    if (*between) {
        add_line(out, indent);
    }
    strbuf_addch(out, ']');
}

static void add_template(struct strbuf *out, int indent, const struct job *job,
                         const struct job_command *command)
{
    add_line(out, indent);
    strbuf_addstr(out, "{\"platform\": ");
    add_string(out, job->platform->name);
    strbuf_addstr(out, ", \"command\": ");
    add_string(out, command->command);
    if (command->template_path) {
        strbuf_addstr(out, ", \"template\": ");
        add_string(out, command->template_path);
        strbuf_addstr(out, ", \"sha256\": ");
        add_string(out, command->fingerprint ? command->fingerprint : "");
    }
    strbuf_addch(out, '}');
}

/* Hosts of one platform share their commands: only the first of them counts. */
static bool seen_before(const struct plan *plan, size_t job)
{
    for (size_t i = 0; i < job; i++) {
        if (plan->jobs[i].commands == plan->jobs[job].commands) {
            return true;
        }
    }
    return false;
}

static void add_templates(struct strbuf *out, int indent, const struct plan *plan, size_t table)
{
    const char *between = "";
    strbuf_addch(out, '[');
    for (size_t i = 0; i < plan->njobs; i++) {
        const struct job *job = &plan->jobs[i];
        if (seen_before(plan, i)) {
            continue;
        }
        for (size_t k = 0; k < job->ncommands; k++) {
            if (job->commands[k].table == table) {
                strbuf_addstr(out, between);
                add_template(out, indent + 1, job, &job->commands[k]);
                between = ",";
            }
        }
    }
    add_line(out, indent);
    strbuf_addch(out, ']');
}

/* The members of a table's schema, without its braces. */
static void add_table(struct strbuf *out, int indent, const struct plan *plan, size_t i)
{
    const struct table *table = &plan->tables[i];
    add_name(out, indent, "title");
    add_string(out, table->name);
    strbuf_addch(out, ',');
    add_name(out, indent, "type");
    strbuf_addstr(out, "\"object\",");
    add_name(out, indent, "properties");
    strbuf_addch(out, '{');
    for (size_t c = 0; c < table->ncolumns; c++) {
        strbuf_addstr(out, c ? "," : "");
        add_name(out, indent + 1, table->columns[c].name);
        add_type(out, &table->columns[c]);
    }
    add_line(out, indent);
    strbuf_addstr(out, "},");
    add_name(out, indent, "required");
    add_columns(out, indent, table, false);
    strbuf_addch(out, ',');
    add_name(out, indent, "additionalProperties");
    strbuf_addstr(out, "false,");
    add_name(out, indent, "x-key");
    add_columns(out, indent, table, true);
    strbuf_addch(out, ',');
    add_name(out, indent, "x-templates");
    add_templates(out, indent, plan, i);
}

static void add_tables(struct strbuf *out, const struct plan *plan)
{
    add_name(out, 1, "anyOf");
    strbuf_addch(out, '[');
    for (size_t i = 0; i < plan->ntables; i++) {
        strbuf_addstr(out, i ? ", " : "");
        struct strbuf ref = STRBUF_INIT;
        strbuf_addf(&ref, "#/$defs/%s", plan->tables[i].name);
        strbuf_addstr(out, "{\"$ref\": ");
        add_string(out, ref.buf);
        strbuf_addch(out, '}');
        strbuf_release(&ref);
    }
    strbuf_addstr(out, "],");
    add_name(out, 1, "$defs");
    strbuf_addch(out, '{');
    for (size_t i = 0; i < plan->ntables; i++) {
        strbuf_addstr(out, i ? "," : "");
        add_name(out, 2, plan->tables[i].name);
        strbuf_addch(out, '{');
        add_table(out, 3, plan, i);
        add_line(out, 2);
        strbuf_addch(out, '}');
    }
    add_line(out, 1);
    strbuf_addch(out, '}');
}

void schema_add(struct strbuf *out, const struct plan *plan)
{
    strbuf_addch(out, '{');
    add_name(out, 1, "$schema");
    strbuf_addstr(out, "\"https://json-schema.org/draft/2020-12/schema\",");
    if (plan->ntables == 1) {
        add_table(out, 1, plan, 0);
    } else {
        add_tables(out, plan);
    }
    strbuf_addstr(out, "\n}\n");
}

/* ---- Checking ------------------------------------------------------------------------------
 */

/* JSON is YAML enough to be read as such, with line numbers. */
struct wanted {
    const struct yaml *file;
    const struct table *table;
    const struct yaml_node *schema;
    struct err *err;
};

static int differ(const struct wanted *w, const struct yaml_node *at, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static int differ(const struct wanted *w, const struct yaml_node *at, const char *fmt, ...)
{
    char what[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof(what), fmt, ap);
    va_end(ap);
    return yaml_error(w->file, at, w->err, "%s: %s", w->table->name, what);
}

static const struct column *find_column(const struct table *table, struct view name)
{
    for (size_t i = 0; i < table->ncolumns; i++) {
        if (view_equal_str(name, table->columns[i].name)) {
            return &table->columns[i];
        }
    }
    return NULL;
}

static bool in_list(const struct yaml_node *list, const char *name)
{
    const struct yaml_node *item = list && list->kind == YAML_LIST ? list->first : NULL;
    while (item && !view_equal_str(item->text, name)) {
        item = item->next;
    }
    return item != NULL;
}

/* A node below another, by the keys on the way; NULL when there is none. */
static const struct yaml_node *below(const struct yaml_node *node, const char *const *keys)
{
    for (; node && *keys; keys++) {
        node = node->kind == YAML_MAP ? yaml_get(node, *keys) : NULL;
    }
    return node;
}

static bool same_names(const struct yaml_node *list, const char *const *names, size_t n)
{
    const struct yaml_node *item = list && list->kind == YAML_LIST ? list->first : NULL;
    for (size_t i = 0; i < n; i++, item = item->next) {
        if (!item || !view_equal_str(item->text, names[i])) {
            return false;
        }
    }
    return !item;
}

static int check_type(const struct wanted *w, const struct column *column)
{
    const struct yaml_node *is =
        below(w->schema, (const char *const[]){"properties", column->name, NULL});
    if (!is || column->raw) {
        return is ? 0 : differ(w, w->schema, "it says nothing of column %s", column->name);
    }
    const struct yaml_node *type = below(is, (const char *const[]){"type", NULL});
    bool list = type && view_equal_str(type->text, "array");
    if (list != column->list) {
        return differ(w, is, "column %s is %s in this run", column->name,
                      column->list ? "a list" : "text");
    }
    const struct yaml_node *keys = below(is, (const char *const[]){"items", "required", NULL});
    if (!same_names(keys, column->keys, column->nkeys)) {
        return differ(w, is, "the items of column %s have other keys in this run",
                      column->name);
    }
    bool key = in_list(yaml_get(w->schema, "x-key"), column->name);
    if (key != column->key) {
        return differ(w, is, "column %s is %s key column in this run", column->name,
                      column->key ? "a" : "no");
    }
    return 0;
}

static int check_columns(const struct wanted *w, const struct yaml_node *required)
{
    for (const struct yaml_node *name = required->first; name; name = name->next) {
        if (!find_column(w->table, name->text)) {
            return differ(w, name, "this run has no column %.*s", VIEW_ARG(name->text));
        }
    }
    const struct yaml_node *name = required->first;
    for (size_t i = 0; i < w->table->ncolumns; i++) {
        const struct column *column = &w->table->columns[i];
        if (!in_list(required, column->name)) {
            return differ(w, required, "this run has a column %s, which is not among these",
                          column->name);
        }
        if (!name || !view_equal_str(name->text, column->name)) {
            return differ(w, name ? name : required,
                          "the columns of this run have another order: %s comes here",
                          column->name);
        }
        int status = check_type(w, column);
        if (status < 0) {
            return status;
        }
        name = name->next;
    }
    return 0;
}

static int check_table(const struct yaml *file, const struct table *table, struct err *err)
{
    const struct yaml_node *schema =
        below(file->root, (const char *const[]){"$defs", table->name, NULL});
    const struct yaml_node *title = below(file->root, (const char *const[]){"title", NULL});
    if (!schema && title && view_equal_str(title->text, table->name)) {
        schema = file->root;
    }
    if (!schema) {
        return yaml_error(file, file->root, err, "it has no schema of %s, which this run gives",
                          table->name);
    }
    const struct wanted w = {file, table, schema, err};
    const struct yaml_node *required = below(schema, (const char *const[]){"required", NULL});
    if (!required || required->kind != YAML_LIST) {
        return differ(&w, schema, "`required` must list the columns");
    }
    return check_columns(&w, required);
}

int schema_check(const char *path, const struct plan *plan, struct err *err)
{
    struct yaml file = YAML_INIT;
    int status = yaml_read_file(&file, path, err);
    for (size_t i = 0; i < plan->ntables && status == 0; i++) {
        status = check_table(&file, &plan->tables[i], err);
    }
    yaml_release(&file);
    return status;
}
