/* A platform.yml: what its reader refuses, and patterns that never win. */
#include "author/lint_part.h"

#include "base/yaml.h"
#include "session/platform_part.h"

/* "templates/cisco_ios/platform.yml" -> "cisco_ios" */
static const char *platform_name(const struct lint_file *file)
{
    struct view dir = view_make(file->path, strlen(file->path));
    while (dir.len > 0 && dir.ptr[dir.len - 1] != '/') {
        dir.len--;
    }
    dir.len -= dir.len > 0;
    size_t start = dir.len;
    while (start > 0 && dir.ptr[start - 1] != '/') {
        start--;
    }
    struct view name = view_slice(dir, start, dir.len);
    return arena_dup(&file->lint->arena, name.len > 0 ? name : VIEW("platform"));
}

/* The text of an item of a list of patterns: itself, or its `pattern`. */
static const struct yaml_node *pattern_of(const struct yaml_node *item)
{
    return item->kind == YAML_MAP ? yaml_get(item, "pattern") : item;
}

/* An item that a pattern above it covers. */
static void check_item(const struct lint_file *file, const struct yaml_node *list,
                       const struct yaml_node *item, const char *key, struct arena *arena)
{
    struct pattern pattern, earlier;
    const struct yaml_node *text = pattern_of(item);
    if (!text || pattern_init(&pattern, text->text, arena, NULL) < 0) {
        return;
    }
    for (const struct yaml_node *other = list->first; other != item; other = other->next) {
        const struct yaml_node *above = pattern_of(other);
        if (above && view_equal(above->text, text->text)) {
            lint_add(file, (unsigned)text->line, (unsigned)text->column, LINT_DEAD_PATTERN,
                     "this pattern of %s stands on line %d already", key, above->line);
            return;
        }
        if (strcmp(key, "errors") == 0 && above &&
            pattern_init(&earlier, above->text, arena, NULL) == 0 && earlier.kept > 0 &&
            pattern_covers(&earlier, &pattern)) {
            lint_add(file, (unsigned)text->line, (unsigned)text->column, LINT_DEAD_PATTERN,
                     "the pattern of %s on line %d takes all that this one would", key,
                     above->line);
            return;
        }
    }
}

static void check_patterns(const struct lint_file *file, const struct yaml_node *root)
{
    static const char *const keys[] = {"prompt_above", "pager",  "errors",
                                       "questions",    "writes", "redact"};
    struct arena arena = ARENA_INIT;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const struct yaml_node *list = yaml_get(root, keys[i]);
        if (list && list->kind == YAML_LIST) {
            for (const struct yaml_node *item = list->first; item; item = item->next) {
                check_item(file, list, item, keys[i], &arena);
            }
        }
    }
    arena_release(&arena);
}

void lint_platform(struct lint_file *file)
{
    struct err err = ERR_INIT;
    struct platform_file platform;
    struct yaml yaml = YAML_INIT;
    const char *name = platform_name(file);
    int rc = name ? platform_file_read(&platform, file->path, name, &err) : err_nomem(&err);
    if (rc == 0) {
        platform_file_release(&platform);
        rc = yaml_read_text(&yaml, file->path, strbuf_view(&file->text), &err);
    }
    if (rc == ERR_NOMEM) {
        file->lint->failed = true;
    } else if (rc < 0) {
        lint_add_error(file, LINT_BAD_PLATFORM, err.text);
    } else {
        check_patterns(file, yaml.root);
    }
    yaml_release(&yaml);
}
