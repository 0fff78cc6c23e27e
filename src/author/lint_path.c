/* Which files a path means, and what each of them is. */
#include "author/lint_part.h"

#include "base/limits.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#define FOLDERS_DEEP 4

static bool split_lines(struct lint_file *file)
{
    struct view text = strbuf_view(&file->text);
    size_t n = 1, start = 0;
    for (size_t i = 0; i < text.len; i++) {
        n += text.ptr[i] == '\n' || text.ptr[i] == '\r';
    }
    file->lines = arena_array(&file->lint->arena, n, sizeof(*file->lines));
    for (size_t i = 0; file->lines && i <= text.len; i++) {
        if (i == text.len || text.ptr[i] == '\n' || text.ptr[i] == '\r') {
            file->lines[file->nlines++] = view_slice(text, start, i);
            bool crlf = i + 1 < text.len && text.ptr[i] == '\r' && text.ptr[i + 1] == '\n';
            i += crlf;
            start = i + 1;
        }
    }
    return file->lines != NULL;
}

static int by_place(const void *a, const void *b)
{
    const struct lint_finding *x = a, *y = b;
    if (x->line != y->line) {
        return x->line < y->line ? -1 : 1;
    }
    if (x->column != y->column) {
        return x->column < y->column ? -1 : 1;
    }
    return (int)x->code - (int)y->code;
}

static void look_at(struct lint_file *file)
{
    const char *slash = strrchr(file->path, '/'), *name = slash ? slash + 1 : file->path;
    size_t before = file->lint->count;
    if (strcmp(name, "index") == 0) {
        lint_index(file);
    } else if (strcmp(name, "platform.yml") == 0) {
        lint_platform(file);
    } else {
        file->is_template = true;
        lint_template(file);
    }
    if (file->lint->count > before + 1) {
        qsort(file->lint->items + before, file->lint->count - before,
              sizeof(*file->lint->items), by_place);
    }
}

static int lint_one(struct lint *lint, const char *path, struct err *err)
{
    struct lint_file file = {.lint = lint, .text = STRBUF_INIT};
    file.path = arena_dup(&lint->arena, view_of(path));
    int rc = 0;
    if (!file.path) {
        rc = err_nomem(err);
    } else if (strbuf_read_file(&file.text, path, LIMIT_INDEX_BYTES) < 0) {
        rc = err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
    } else if (!split_lines(&file)) {
        rc = err_nomem(err);
    } else {
        lint->files++;
        look_at(&file);
    }
    strbuf_release(&file.text);
    return rc < 0 ? rc : lint->failed ? err_nomem(err) : 0;
}

static bool is_ours(const char *name)
{
    return strcmp(name, "index") == 0 || strcmp(name, "platform.yml") == 0 ||
           view_ends(view_of(name), VIEW(".textfsm"));
}

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int lint_folder(struct lint *lint, const char *path, unsigned deep, struct err *err);

static int lint_entry(struct lint *lint, const char *dir, const char *name, unsigned deep,
                      struct err *err)
{
    struct stat st;
    size_t len = strlen(dir);
    const char *between = len > 0 && dir[len - 1] == '/' ? "" : "/";
    const char *path = arena_printf(&lint->arena, "%s%s%s", dir, between, name);
    if (!path) {
        return err_nomem(err);
    }
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        return deep < FOLDERS_DEEP ? lint_folder(lint, path, deep + 1, err) : 0;
    }
    return is_ours(name) ? lint_one(lint, path, err) : 0;
}

static int lint_folder(struct lint *lint, const char *path, unsigned deep, struct err *err)
{
    struct dirent **entries;
    int n = scandir(path, &entries, not_hidden, alphasort);
    if (n < 0) {
        return err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
    }
    int rc = 0;
    for (int i = 0; i < n; i++) {
        if (rc == 0) {
            rc = lint_entry(lint, path, entries[i]->d_name, deep, err);
        }
        free(entries[i]);
    }
    free(entries);
    return rc;
}

int lint_path(struct lint *lint, const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
        size_t before = lint->files;
        int rc = lint_folder(lint, path, 0, err);
        return rc == 0 && lint->files == before
                   ? err_set(err, ERR_INPUT, "%s: no *.textfsm, index or platform.yml in it",
                             path)
                   : rc;
    }
    return lint_one(lint, path, err);
}
