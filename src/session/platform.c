#include "session/platform.h"

#include "base/guess.h"
#include "session/platform_part.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

struct platform_set {
    struct platform_file *files; /* by name */
    size_t n, size;
};

static int by_name(const void *a, const void *b)
{
    const struct platform_file *x = a, *y = b;
    return strcmp(x->platform.name, y->platform.name);
}

static const struct platform *find_name(const struct platform_set *set, const char *name)
{
    for (size_t i = 0; i < set->n; i++) {
        if (strcmp(set->files[i].platform.name, name) == 0) {
            return &set->files[i].platform;
        }
    }
    return NULL;
}

static int add_file(struct platform_set *set, const char *path, const char *name,
                    struct err *err)
{
    if (set->n == set->size) {
        size_t size = set->size ? set->size * 2 : 32;
        void *files = realloc(set->files, size * sizeof(set->files[0]));
        if (!files) {
            return err_nomem(err);
        }
        set->files = files;
        set->size = size;
    }
    int code = platform_file_read(&set->files[set->n], path, name, err);
    set->n += code == 0;
    return code;
}

/* One folder of a template folder: a platform when it has a platform.yml and a new name. */
static int read_entry(struct platform_set *set, const char *dir, const char *name,
                      struct err *err)
{
    char path[4096];
    struct stat st;
    int len = snprintf(path, sizeof(path), "%s/%s/platform.yml", dir, name);
    if (name[0] == '.' || find_name(set, name)) {
        return 0;
    }
    if (len < 0 || (size_t)len >= sizeof(path)) {
        return err_set(err, ERR_INPUT, "%s: this path is too long", dir);
    }
    if (stat(path, &st) < 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? 0
                   : err_set(err, ERR_INPUT, "%s: cannot read it: %s", path, strerror(errno));
    }
    return add_file(set, path, name, err);
}

static int read_dir(struct platform_set *set, const char *dir, struct err *err)
{
    DIR *stream = opendir(dir);
    int code = 0;
    if (!stream) {
        return err_set(err, ERR_INPUT, "%s: cannot read this template folder: %s", dir,
                       strerror(errno));
    }
    for (struct dirent *entry = NULL; code == 0 && (entry = readdir(stream));) {
        code = read_entry(set, dir, entry->d_name, err);
    }
    closedir(stream);
    return code;
}

/* No name or alias may mean two platforms. */
static int check_aliases(const struct platform_set *set, struct err *err)
{
    const struct platform *reserved = platform_find(set, PLATFORM_AUTO);
    if (reserved) {
        return err_set(err, ERR_INPUT,
                       "%s: '" PLATFORM_AUTO "' cannot name a platform: it asks for one to be "
                       "found out",
                       reserved->path);
    }
    for (size_t i = 0; i < set->n; i++) {
        const struct platform *p = &set->files[i].platform;
        for (const char *const *alias = p->aliases; *alias; alias++) {
            const struct platform *other = platform_find(set, *alias);
            if (other != p) {
                return err_set(err, ERR_INPUT,
                               "%s: its alias '%s' already means the platform of %s", p->path,
                               *alias, other->path);
            }
        }
    }
    return 0;
}

int platform_set_read(struct platform_set **out, const char *const *dirs, size_t n,
                      struct err *err)
{
    struct platform_set *set = calloc(1, sizeof(*set));
    int code = set ? 0 : err_nomem(err);
    for (size_t i = 0; i < n && code == 0; i++) {
        code = read_dir(set, dirs[i], err);
    }
    if (code == 0 && set->n) {
        qsort(set->files, set->n, sizeof(set->files[0]), by_name);
    }
    if (code == 0) {
        code = check_aliases(set, err);
    }
    if (code < 0) {
        platform_set_free(set);
        set = NULL;
    }
    *out = set;
    return code;
}

void platform_set_free(struct platform_set *set)
{
    if (!set) {
        return;
    }
    for (size_t i = 0; i < set->n; i++) {
        platform_file_release(&set->files[i]);
    }
    free(set->files);
    free(set);
}

const struct platform *platform_find(const struct platform_set *set, const char *name)
{
    const struct platform *found = find_name(set, name);
    for (size_t i = 0; i < set->n && !found; i++) {
        for (const char *const *alias = set->files[i].platform.aliases; *alias; alias++) {
            if (strcmp(*alias, name) == 0) {
                found = &set->files[i].platform;
            }
        }
    }
    return found;
}

size_t platform_count(const struct platform_set *set)
{
    return set->n;
}

const struct platform *platform_at(const struct platform_set *set, size_t i)
{
    return &set->files[i].platform;
}

const char *platform_guess(const struct platform_set *set, const char *name)
{
    struct guess guess;
    guess_init(&guess, view_of(name));
    for (size_t i = 0; i < set->n; i++) {
        guess_offer(&guess, set->files[i].platform.name);
        for (const char *const *alias = set->files[i].platform.aliases; *alias; alias++) {
            guess_offer(&guess, *alias);
        }
    }
    return guess.best;
}

const char *platform_command(const struct platform *p, const char *template_name)
{
    for (size_t i = 0; i < p->ncommands; i++) {
        if (strcmp(p->commands[i].name, template_name) == 0) {
            return p->commands[i].command;
        }
    }
    return NULL;
}

/* The next word of a command; blanks and the slashes of RouterOS's paths stand between. */
static struct view next_word(struct view *text)
{
    size_t from = 0, to;
    while (from < text->len && strchr(" \t/", text->ptr[from]) && text->ptr[from]) {
        from++;
    }
    for (to = from; to < text->len && (!strchr(" \t/", text->ptr[to]) || !text->ptr[to]);) {
        to++;
    }
    struct view word = view_slice(*text, from, to);
    *text = view_slice(*text, to, text->len);
    return word;
}

static bool same_word(struct view a, struct view b)
{
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}

static bool begins_with(struct view command, struct view entry)
{
    struct view want, got;
    while ((want = next_word(&entry)).len > 0) {
        got = next_word(&command);
        if (got.len == 0 || !same_word(got, want)) {
            return false;
        }
    }
    return true;
}

static bool entry_allows(struct view entry, struct view command)
{
    struct view rest = entry;
    if (!view_equal(next_word(&rest), VIEW("*"))) {
        return begins_with(command, entry);
    }
    while (next_word(&command).len > 0) {
        if (command.len > 0 && begins_with(command, rest)) {
            return true;
        }
    }
    return false;
}

static bool found_in(const struct regex_list *list, struct view text)
{
    struct regex_scratch *scratch = list->n ? regex_scratch_new(NULL, NULL) : NULL;
    bool found = list->n && !scratch;
    for (size_t i = 0; i < list->n && !found; i++) {
        found = regex_match(list->items[i], scratch, text, NULL, 0, NULL) != 0;
    }
    regex_scratch_free(scratch);
    return found;
}

bool platform_reads_only(const struct platform *p, struct view command)
{
    bool allowed = !p->read_only;
    for (size_t i = 0; p->read_only && p->read_only[i] && !allowed; i++) {
        allowed = entry_allows(view_of(p->read_only[i]), command);
    }
    return allowed && (!p->read_only || !found_in(&p->writes, command));
}

/* Errors stand at the top: under the echo, perhaps below a line with a caret. Further down the
 * same words may be data, such as those of a log. */
#define REFUSAL_LINES 4

static struct view next_line(struct view *text)
{
    const char *end = text->len ? memchr(text->ptr, '\n', text->len) : NULL;
    struct view line = view_slice(*text, 0, end ? (size_t)(end - text->ptr) : text->len);
    *text = view_slice(*text, line.len + 1, text->len);
    return line;
}

struct view platform_refusal(const struct platform *p, struct regex_scratch *scratch,
                             struct view output)
{
    for (int lines = 0; lines < REFUSAL_LINES && output.len > 0;) {
        struct view line = view_trim(next_line(&output));
        lines += line.len > 0;
        for (size_t i = 0; i < p->errors.n && line.len > 0; i++) {
            if (regex_match(p->errors.items[i], scratch, line, NULL, 0, NULL) == 1) {
                return line;
            }
        }
    }
    return VIEW_NONE;
}
