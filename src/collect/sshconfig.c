#include "collect/sshconfig.h"

#include "base/limits.h"
#include "collect/sshconfig_part.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_DEPTH 16

int config_error(struct err *err, const struct origin *at, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return err_set_at(err, ERR_INPUT, at->line, 0, "%s:%d: %s", at->file, at->line, text);
}

int sshconfig_new(struct sshconfig **out, struct err *err)
{
    struct sshconfig *config = calloc(1, sizeof(*config));
    if (!config) {
        return err_nomem(err);
    }
    arena_init(&config->arena, NULL);
    const struct passwd *pw = getpwuid(getuid());
    const char *home = getenv("HOME");
    home = home && *home ? home : pw ? pw->pw_dir : "/";
    config->home = arena_dup(&config->arena, view_of(home));
    config->local_user = arena_dup(&config->arena, view_of(pw ? pw->pw_name : "root"));
    if (!config->home || !config->local_user) {
        sshconfig_free(config);
        return err_nomem(err);
    }
    *out = config;
    return 0;
}

void sshconfig_free(struct sshconfig *config)
{
    if (!config) {
        return;
    }
    for (size_t i = 0; i < config->count; i++) {
        for (struct criterion *c = config->lines[i].criteria; c; c = c->next) {
            free(c->asked);
        }
    }
    free(config->lines);
    arena_release(&config->arena);
    free(config);
}

/* Lines. */

struct reading {
    struct sshconfig *config;
    const char *path;
    enum sshconfig_whose whose;
    int depth, line;
    size_t block; /* the Host or Match under way: its line + 1, 0 = none */
    struct err *err;
};

static struct origin here(const struct reading *r)
{
    return (struct origin){r->path, r->line};
}

static int bad(const struct reading *r, const char *what, struct view word)
{
    struct origin at = here(r);
    return config_error(r->err, &at, "%s '%.*s'", what, VIEW_ARG(word));
}

static struct config_line *new_line(struct reading *r, enum line_kind kind)
{
    struct sshconfig *config = r->config;
    if (config->count == config->size) {
        size_t size = config->size ? config->size * 2 : 64;
        struct config_line *more = realloc(config->lines, size * sizeof(*more));
        if (!more) {
            return NULL;
        }
        config->lines = more;
        config->size = size;
    }
    struct config_line *line = &config->lines[config->count++];
    *line = (struct config_line){.kind = kind, .origin = here(r)};
    return line;
}

/* Where a new block begins, or the file ends, the old one is over. */
static void end_block(struct reading *r)
{
    if (r->block) {
        r->config->lines[r->block - 1].end = r->config->count;
        r->block = 0;
    }
}

static struct config_line *new_block(struct reading *r, enum line_kind kind)
{
    end_block(r);
    struct config_line *line = new_line(r, kind);
    r->block = line ? r->config->count : 0;
    return line;
}

/* Host. */

static int read_host(struct reading *r, struct view rest)
{
    struct origin at = here(r);
    const char *const *names = NULL;
    int n = config_split(rest, &r->config->arena, &names);
    if (n == -1) {
        return config_error(r->err, &at, "a quote is not closed");
    }
    for (int i = 0; i < n; i++) {
        if (!*names[i]) {
            return config_error(r->err, &at, "Host: an empty pattern");
        }
    }
    struct config_line *line = n < 0 ? NULL : new_block(r, LINE_HOST);
    if (!line) {
        return err_nomem(r->err);
    }
    line->words = names;
    return 0;
}

/* Match. */

static const struct known {
    const char *name;
    enum criterion_kind kind;
    bool takes;
} criteria[] = {{"all", MATCH_ALL, false},
                {"host", MATCH_HOST, true},
                {"originalhost", MATCH_ORIGINAL, true},
                {"user", MATCH_USER, true},
                {"localuser", MATCH_LOCAL_USER, true},
                {"exec", MATCH_EXEC, true},
                {"final", MATCH_FINAL, false},
                {"canonical", MATCH_FINAL, false}};

static char *dup_text(struct arena *arena, struct view text, bool lower)
{
    char *copy = arena_dup(arena, text);
    for (char *c = copy; c && lower && *c; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    return copy;
}

static const struct known *find_criterion(struct view word)
{
    for (size_t i = 0; i < sizeof(criteria) / sizeof(criteria[0]); i++) {
        if (config_word_is(word, criteria[i].name)) {
            return &criteria[i];
        }
    }
    return NULL;
}

static int read_criterion(struct reading *r, struct view word, struct view *rest,
                          struct criterion **out)
{
    struct arena *arena = &r->config->arena;
    struct view text = VIEW_NONE;
    bool negated = word.len && word.ptr[0] == '!';
    word = view_slice(word, negated, word.len);
    const struct known *known = find_criterion(word);
    if (!known) {
        return bad(r, "Match does not know", word);
    }
    if (known->takes &&
        (!config_take_word(rest, &text) || text.len == 0 || text.ptr[0] == '#')) {
        return bad(r, "nothing to match follows", word);
    }
    struct criterion *c = arena_get(arena, sizeof(*c));
    bool lower = known->kind == MATCH_HOST || known->kind == MATCH_ORIGINAL;
    if (!c || !(c->text = dup_text(arena, text, lower))) {
        return err_nomem(r->err);
    }
    c->kind = known->kind;
    c->negated = negated;
    r->config->has_final |= config_word_is(word, "final");
    *out = c;
    return 0;
}

/* `all` stands alone, or behind one `final` or `canonical`. */
static int check_all(const struct reading *r, const struct criterion *c, int before,
                     struct view rest)
{
    bool alone = before < 2 && (rest.len == 0 || rest.ptr[0] == '#');
    return c->kind != MATCH_ALL || alone ? 0 : bad(r, "Match all does not go with", rest);
}

static int read_match(struct reading *r, struct view rest)
{
    struct criterion *first = NULL, **last = &first;
    int n = 0, rc = 0;
    while (rest.len && rest.ptr[0] != '#' && rc == 0) {
        struct view word;
        if (!config_take_word(&rest, &word)) {
            return bad(r, "a quote is not closed in", word);
        }
        rc = read_criterion(r, word, &rest, last);
        if (rc == 0) {
            rc = check_all(r, *last, n++, rest);
            last = &(*last)->next;
        }
    }
    if (rc == 0 && !first) {
        rc = bad(r, "Match needs something to match", rest);
    }
    struct config_line *line = rc == 0 ? new_block(r, LINE_MATCH) : NULL;
    if (line) {
        line->criteria = first;
    }
    return rc == 0 && !line ? err_nomem(r->err) : rc;
}

/* Other keys. */

static int read_value(struct reading *r, enum config_key key, struct view rest)
{
    const char *const *words = NULL;
    struct origin at = here(r);
    int rc = config_check(key, rest, &at, &r->config->arena, &words, r->err);
    struct config_line *line = rc == 0 ? new_line(r, LINE_VALUE) : NULL;
    if (line) {
        line->key = key;
        line->words = words;
    }
    return rc == 0 && !line ? err_nomem(r->err) : rc;
}

static int lower_word(struct arena *arena, struct view text, const char *const **words)
{
    const char **list = arena_array(arena, 2, sizeof(*list));
    if (list) {
        list[0] = dup_text(arena, text, true);
        *words = list;
    }
    return list && list[0] ? 0 : ERR_NOMEM;
}

/* Once one was read, whether an unknown key is an error depends on the host. */
static int read_ignored(struct reading *r, struct view rest)
{
    struct sshconfig *config = r->config;
    int rc = read_value(r, CONFIG_IGNORE_UNKNOWN, rest);
    if (rc == 0) {
        struct config_line *line = &config->lines[config->count - 1];
        config->has_ignored = true;
        rc = lower_word(&config->arena, view_of(line->words[0]), &line->words);
    }
    return rc == ERR_NOMEM ? err_nomem(r->err) : rc;
}

/* A key that does not concern us, or that ssh does not know. */
static int read_other(struct reading *r, struct view word, struct view rest)
{
    struct origin at = here(r);
    const char *const *words = NULL;
    int n = config_split(rest, &r->config->arena, &words);
    if (n < 0) {
        return n == -1 ? config_error(r->err, &at, "a quote is not closed") : err_nomem(r->err);
    }
    if (config_keyword(word)) {
        return rest.len ? 0 : bad(r, "no value follows", word);
    }
    if (!r->config->has_ignored) {
        return config_refuse_keyword(r->err, &at, word);
    }
    struct config_line *line = new_line(r, LINE_UNKNOWN);
    int rc = line ? lower_word(&r->config->arena, word, &line->words) : ERR_NOMEM;
    return rc < 0 ? err_nomem(r->err) : 0;
}

/* Include: the file's lines become part of the block they are included in; blocks of their own
 * end with the file. */

static int read_file(struct reading *r);

static int read_included(const struct reading *r, const char *path)
{
    struct reading inner = *r;
    inner.path = arena_dup(&r->config->arena, view_of(path));
    inner.depth++;
    inner.block = 0;
    return inner.path ? read_file(&inner) : err_nomem(r->err);
}

static char *include_path(const struct reading *r, const char *pattern)
{
    struct arena *arena = &r->config->arena;
    if (*pattern == '/' || *pattern == '~') {
        return arena_dup(arena, view_of(pattern));
    }
    return r->whose == SSHCONFIG_SYSTEM ? arena_printf(arena, "/etc/ssh/%s", pattern)
                                        : arena_printf(arena, "~/.ssh/%s", pattern);
}

static int include_all(const struct reading *r, const char *pattern)
{
    glob_t found = {0};
    char *path = include_path(r, pattern);
    int rc = path ? 0 : err_nomem(r->err);
    int result = path ? glob(path, GLOB_TILDE, NULL, &found) : GLOB_NOMATCH;
    if (result != 0 && result != GLOB_NOMATCH) {
        rc = bad(r, "Include cannot read", view_of(pattern));
    }
    for (size_t i = 0; result == 0 && i < found.gl_pathc && rc == 0; i++) {
        rc = read_included(r, found.gl_pathv[i]);
    }
    globfree(&found);
    return rc;
}

static int read_include(struct reading *r, struct view rest)
{
    const char *const *patterns = NULL;
    int rc = config_split(rest, &r->config->arena, &patterns);
    if (rc < 0) {
        return rc == -1 ? bad(r, "a quote is not closed in", rest) : err_nomem(r->err);
    }
    if (r->depth == MAX_DEPTH) {
        return bad(r, "too many files include each other:", rest);
    }
    for (rc = 0; *patterns && rc == 0; patterns++) {
        bool home = **patterns == '~' && r->whose == SSHCONFIG_SYSTEM;
        rc = home || !**patterns ? bad(r, "Include cannot be", view_of(*patterns))
                                 : include_all(r, *patterns);
    }
    return rc;
}

/* Files. */

static struct view trim_end(struct view line)
{
    while (line.len && strchr(" \t\r\f", line.ptr[line.len - 1])) {
        line.len--;
    }
    return line;
}

static int read_line(struct reading *r, struct view line)
{
    struct view word;
    line = trim_end(line);
    if (!config_take_word(&line, &word)) {
        return bad(r, "a quote is not closed in", word);
    }
    if (word.len == 0 || word.ptr[0] == '#') {
        return 0;
    }
    if (memchr(line.ptr, '\0', line.len)) {
        return bad(r, "a NUL byte is in the line of", word);
    }
    if (config_word_is(word, "host")) {
        return read_host(r, line);
    }
    if (config_word_is(word, "match")) {
        return read_match(r, line);
    }
    if (config_word_is(word, "include")) {
        return read_include(r, line);
    }
    enum config_key key = config_key(word);
    return key == CONFIG_OTHER            ? read_other(r, word, line)
           : key == CONFIG_IGNORE_UNKNOWN ? read_ignored(r, line)
                                          : read_value(r, key, line);
}

/* Somebody else who can write to it could have us run commands. */
static int check_owner(const struct reading *r, int fd)
{
    struct stat st;
    if (r->depth == 0 && r->whose != SSHCONFIG_OWN) {
        return 0;
    }
    if (fstat(fd, &st) < 0) {
        return err_set(r->err, ERR_INPUT, "%s: %s", r->path, strerror(errno));
    }
    if ((st.st_uid != 0 && st.st_uid != getuid()) || (st.st_mode & 022)) {
        return err_set(
            r->err, ERR_INPUT,
            "%s: others can write to it (mode %04o), so it is not read, as ssh would "
            "not; run `chmod go-w %s`",
            r->path, (unsigned)st.st_mode & 07777, r->path);
    }
    return 0;
}

static int read_lines(struct reading *r, struct view rest)
{
    int rc = 0;
    for (r->line = 1; rest.len && rc == 0; r->line++) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
        rc = read_line(r, view_slice(rest, 0, len));
        rest = view_slice(rest, len + 1, rest.len);
    }
    end_block(r);
    return rc;
}

static int read_file(struct reading *r)
{
    struct strbuf text = STRBUF_INIT;
    int rc = 0, fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        bool needed = r->whose == SSHCONFIG_GIVEN && r->depth == 0;
        return missing && !needed
                   ? 0
                   : err_set(r->err, ERR_INPUT, "%s: %s", r->path, strerror(errno));
    }
    rc = check_owner(r, fd);
    if (rc == 0 && strbuf_read_fd(&text, fd, LIMIT_YAML_BYTES) < 0) {
        rc = err_set(r->err, ERR_INPUT, "%s: %s", r->path, strerror(errno));
    }
    if (rc == 0) {
        rc = read_lines(r, strbuf_view(&text));
    }
    close(fd);
    strbuf_release(&text);
    return rc;
}

int sshconfig_read(struct sshconfig *config, const char *path, enum sshconfig_whose whose,
                   struct err *err)
{
    struct reading reading = {.config = config, .whose = whose, .err = err};
    reading.path = arena_dup(&config->arena, view_of(path));
    return reading.path ? read_file(&reading) : err_nomem(err);
}
