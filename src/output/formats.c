#include "output/formats.h"

#include <strings.h>

const struct format *const formats[] = {
    &format_table, &format_json,     &format_ndjson, &format_csv, &format_xlsx,
    &format_text,  &format_markdown, &format_html,   NULL,
};

static const struct column errors_columns[] = {
    {.name = "host"},   {.name = "platform"}, {.name = "command"},
    {.name = "status"}, {.name = "reason"},
};

static const struct column summary_columns[] = {{.name = "name"}, {.name = "value"}};

const struct table extra_tables[EXTRA_KINDS] = {
    [EXTRA_ERRORS] = {"_errors", errors_columns, 5},
    [EXTRA_SUMMARY] = {"_summary", summary_columns, 2},
};

static const struct column raw_columns[RAW_COLUMNS] = {
    {.name = "host"},
    {.name = "platform"},
    {.name = "command"},
    {.name = "collected_at"},
    {.name = "output", .raw = true},
};

const struct table raw_table = {"output", raw_columns, RAW_COLUMNS};

bool writer_names(const char *names, const char *name)
{
    size_t len = strlen(name);
    while (names && *names) {
        size_t n = strcspn(names, ",");
        if (n == len && memcmp(names, name, n) == 0) {
            return true;
        }
        names += n + (names[n] == ',');
    }
    return false;
}

const struct format *format_find(struct view name)
{
    for (size_t i = 0; formats[i]; i++) {
        if (view_equal_str(name, formats[i]->name)) {
            return formats[i];
        }
    }
    return NULL;
}

static bool has_extension(const struct format *format, const char *extension)
{
    size_t len = strlen(extension);
    for (const char *word = format->extensions; *word;) {
        size_t n = strcspn(word, " ");
        if (n == len && strncasecmp(word, extension, n) == 0) {
            return true;
        }
        word += n + strspn(word + n, " ");
    }
    return false;
}

const struct format *format_by_extension(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    if (!dot || dot == base) {
        return NULL;
    }
    for (size_t i = 0; formats[i]; i++) {
        if (has_extension(formats[i], dot + 1)) {
            return formats[i];
        }
    }
    return NULL;
}

void format_names(char *buf, size_t size)
{
    size_t used = 0;
    for (size_t i = 0; formats[i] && used < size; i++) {
        int n = snprintf(buf + used, size - used, "%s%s", i ? ", " : "", formats[i]->name);
        used += n > 0 ? (size_t)n : 0;
    }
}
