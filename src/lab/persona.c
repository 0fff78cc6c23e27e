#include "lab/persona.h"

#include "base/limits.h"
#include "lab/understand.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SERIALS_MAX   16
#define SERIAL_DIGITS 5

static bool is_dir(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int text_file(const struct dirent *entry)
{
    return visible(entry) && view_ends(view_of(entry->d_name), VIEW(".txt"));
}

static void free_names(struct dirent **names, int n)
{
    for (int i = 0; i < n; i++) {
        free(names[i]);
    }
    free(names);
}

static bool word_byte(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           c == '_' || c == '-';
}

/* Whether text has name at offset as a whole word. */
static bool named_at(struct view text, size_t offset, struct view name)
{
    size_t end = offset + name.len;
    return end <= text.len && memcmp(text.ptr + offset, name.ptr, name.len) == 0 &&
           (offset == 0 || !word_byte(text.ptr[offset - 1])) &&
           (end == text.len || !word_byte(text.ptr[end]));
}

/* names[0] is the hostname, the others serials; an empty one is none. */
static int find_mentions(struct arena *arena, struct sample *sample, const struct view *names,
                         int nnames)
{
    for (int pass = 0; pass < 2; pass++) {
        size_t n = 0;
        for (size_t at = 0; at < sample->text.len; at++) {
            int k = 0;
            while (k < nnames && (names[k].len == 0 || !named_at(sample->text, at, names[k]))) {
                k++;
            }
            if (k == nnames) {
                continue;
            }
            if (sample->mentions) {
                sample->mentions[n] = (struct mention){at, names[k].len, k};
            }
            n++;
            at += names[k].len - 1;
        }
        sample->nmentions = n;
        if (pass == 0) {
            sample->mentions = arena_array(arena, n ? n : 1, sizeof(struct mention));
            if (!sample->mentions) {
                return ERR_NOMEM;
            }
        }
    }
    return 0;
}

static void add_name(const struct yaml_node *node, struct view *names, int *n)
{
    if (node && node->kind == YAML_LIST) {
        for (const struct yaml_node *item = node->first; item; item = item->next) {
            add_name(item, names, n);
        }
    } else if (node && node->kind == YAML_SCALAR && node->text.len > 0 && *n < SERIALS_MAX) {
        names[(*n)++] = node->text;
    }
}

/* What the records beside the text say the device is called. JSON is YAML enough to be read so;
 * a file that is not leaves the text as it is. */
static int read_mentions(struct arena *arena, struct sample *sample, const char *json)
{
    struct view names[SERIALS_MAX] = {{NULL, 0}};
    struct yaml y = YAML_INIT;
    int n = 1, hostnames = 0;
    if (yaml_read_file(&y, json, NULL) < 0 || y.root->kind != YAML_LIST) {
        yaml_release(&y);
        return 0;
    }
    for (const struct yaml_node *row = y.root->first; row; row = row->next) {
        if (row->kind == YAML_MAP) {
            if (hostnames == 0) {
                add_name(yaml_get(row, "hostname"), names, &hostnames);
            }
            add_name(yaml_get(row, "serial"), names, &n);
        }
    }
    int rc = find_mentions(arena, sample, names, n);
    yaml_release(&y);
    return rc;
}

static int read_sample(struct arena *arena, struct sample *sample, const char *dir,
                       const char *file, struct err *err)
{
    struct strbuf text = STRBUF_MAX(LIMIT_COMMAND_BYTES);
    struct view stem = view_make(file, strlen(file) - strlen(".txt"));
    const char *path = arena_printf(arena, "%s/%s", dir, file);
    const char *json = arena_printf(arena, "%s/%.*s.json", dir, VIEW_ARG(stem));
    int rc = 0;
    if (!path || !json) {
        rc = err_nomem(err);
    } else if (strbuf_read_file(&text, path, LIMIT_COMMAND_BYTES) < 0) {
        rc = err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
    } else {
        sample->name = arena_dup(arena, stem);
        sample->text = view_make(arena_dup(arena, strbuf_view(&text)), text.len);
        rc = sample->name && sample->text.ptr ? read_mentions(arena, sample, json) : ERR_NOMEM;
        rc = rc < 0 ? err_nomem(err) : 0;
    }
    strbuf_release(&text);
    return rc;
}

static int read_answer(struct arena *arena, struct answer *answer, const char *dir,
                       const char *folder, struct err *err)
{
    struct dirent **names = NULL;
    const char *path = arena_printf(arena, "%s/%s", dir, folder);
    int n = path && is_dir(path) ? scandir(path, &names, text_file, alphasort) : 0;
    int rc = 0;
    answer->folder = arena_dup(arena, view_of(folder));
    answer->words = words_of(arena, view_of(folder));
    answer->samples = arena_array(arena, n > 0 ? (size_t)n : 1, sizeof(struct sample));
    if (!answer->folder || !answer->words || !answer->samples) {
        rc = err_nomem(err);
    }
    for (int i = 0; i < n && rc == 0; i++) {
        rc = read_sample(arena, &answer->samples[answer->nsamples++], path, names[i]->d_name,
                         err);
    }
    free_names(names, n);
    return rc;
}

static bool has_answer(const struct persona *p, const char *folder)
{
    for (size_t i = 0; i < p->nanswers; i++) {
        if (strcmp(p->answers[i].folder, folder) == 0) {
            return true;
        }
    }
    return false;
}

/* Room for n more answers; the old array stays in the arena. */
static bool grow_answers(struct persona *p, size_t n)
{
    struct answer *answers = arena_array(&p->arena, p->nanswers + n + 1, sizeof(struct answer));
    if (answers && p->nanswers > 0) {
        memcpy(answers, p->answers, p->nanswers * sizeof(struct answer));
    }
    p->answers = answers;
    return answers != NULL;
}

static int read_answers(struct persona *p, const char *dir, struct err *err)
{
    struct dirent **names = NULL;
    int n = scandir(dir, &names, visible, alphasort);
    int rc = grow_answers(p, n > 0 ? (size_t)n : 0) ? 0 : err_nomem(err);
    for (int i = 0; i < n && rc == 0; i++) {
        if (has_answer(p, names[i]->d_name)) {
            continue;
        }
        struct answer *answer = &p->answers[p->nanswers];
        rc = read_answer(&p->arena, answer, dir, names[i]->d_name, err);
        if (answer->nsamples > 0) {
            p->nanswers++;
        } else {
            *answer = (struct answer){0};
        }
    }
    free_names(names, n);
    return rc;
}

static int read_looks(struct persona *p, const char *dir, struct err *err)
{
    const char *path = arena_printf(&p->arena, "%s/device.yml", dir);
    struct stat st;
    if (!path) {
        return err_nomem(err);
    }
    if (p->yaml.root || stat(path, &st) < 0) {
        return 0;
    }
    if (yaml_read_file(&p->yaml, path, err) < 0) {
        return ERR_INPUT;
    }
    return settings_read(&p->settings, &p->yaml, p->yaml.root, "a device", err);
}

static int read_persona(struct persona *p, const char *const *dirs, size_t n, struct err *err)
{
    size_t found = 0;
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        const char *path = arena_printf(&p->arena, "%s/%s", dirs[i], p->name);
        if (!path) {
            rc = err_nomem(err);
        } else if (is_dir(path)) {
            found++;
            rc = read_looks(p, path, err);
            rc = rc < 0 ? rc : read_answers(p, path, err);
        }
    }
    if (rc == 0 && found == 0 && !p->platform) {
        rc =
            err_set(err, ERR_INPUT, "unknown platform \"%s\": neither %s/%s nor a platform.yml",
                    p->name, n ? dirs[0] : "fixtures", p->name);
    }
    return rc;
}

int persona_read(struct persona **out, const char *const *dirs, size_t n,
                 const struct platform_set *platforms, const char *name, struct err *err)
{
    struct persona *p = calloc(1, sizeof(*p));
    if (!p) {
        return err_nomem(err);
    }
    settings_init(&p->settings);
    p->platform = platforms ? platform_find(platforms, name) : NULL;
    p->name = arena_dup(&p->arena, view_of(p->platform ? p->platform->name : name));
    int rc = p->name ? read_persona(p, dirs, n, err) : err_nomem(err);
    if (rc < 0) {
        persona_free(p);
        return rc;
    }
    *out = p;
    return 0;
}

void persona_free(struct persona *persona)
{
    if (persona) {
        yaml_release(&persona->yaml);
        arena_release(&persona->arena);
        free(persona);
    }
}

/* The serial with its last characters replaced by digits that tell devices apart. */
static void add_serial(struct strbuf *out, struct view old, size_t number, int which)
{
    char digits[32];
    size_t keep = old.len > SERIAL_DIGITS ? old.len - SERIAL_DIGITS : 0;
    int n = snprintf(digits, sizeof(digits), "%0*zu", SERIAL_DIGITS,
                     (number * SERIALS_MAX + (size_t)which) % 100000);
    size_t len = n > 0 ? (size_t)n : 0;
    strbuf_add(out, old.ptr, keep);
    strbuf_add(out, digits + len - (old.len - keep), old.len - keep);
}

void sample_tell(const struct sample *sample, const char *hostname, const char *serial,
                 size_t number, struct strbuf *out)
{
    size_t at = 0;
    for (size_t i = 0; i < sample->nmentions; i++) {
        const struct mention *m = &sample->mentions[i];
        strbuf_addview(out, view_slice(sample->text, at, m->offset));
        at = m->offset + m->len;
        if (m->serial == 0) {
            strbuf_addstr(out, hostname);
        } else if (m->serial == 1 && serial) {
            strbuf_addstr(out, serial);
        } else {
            add_serial(out, view_slice(sample->text, m->offset, at), number, m->serial);
        }
    }
    strbuf_addview(out, view_slice(sample->text, at, sample->text.len));
}
