#include "collect/sshconfig.h"

#include "base/limits.h"
#include "collect/sshconfig_part.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <pwd.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#define MAX_DEPTH 16

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
    if (config) {
        free(config->directives);
        arena_release(&config->arena);
        free(config);
    }
}

void sshconfig_set_path(struct sshconfig *config, const char *path)
{
    config->path = path;
}

/* Words. */

enum config_key config_key(struct view word)
{
    static const struct {
        const char *name;
        enum config_key key;
    } keys[] = {
        {"hostname", CONFIG_HOSTNAME},
        {"user", CONFIG_USER},
        {"port", CONFIG_PORT},
        {"identityfile", CONFIG_IDENTITY},
        {"identitiesonly", CONFIG_IDENTITIES_ONLY},
        {"certificatefile", CONFIG_CERTIFICATE},
        {"proxyjump", CONFIG_PROXY_JUMP},
        {"proxycommand", CONFIG_PROXY_COMMAND},
        {"kexalgorithms", CONFIG_KEX},
        {"ciphers", CONFIG_CIPHERS},
        {"macs", CONFIG_MACS},
        {"hostkeyalgorithms", CONFIG_HOSTKEYS},
        {"userknownhostsfile", CONFIG_KNOWN_HOSTS},
        {"hostkeyalias", CONFIG_ALIAS},
        {"connecttimeout", CONFIG_TIMEOUT},
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (strlen(keys[i].name) == word.len &&
            strncasecmp(keys[i].name, word.ptr, word.len) == 0) {
            return keys[i].key;
        }
    }
    return CONFIG_OTHER;
}

/* The next word of a line: by blanks or one `=`, or between quotes. */
static struct view take_word(struct view *line)
{
    *line = view_trim(*line);
    if (line->len && line->ptr[0] == '"') {
        const char *end = memchr(line->ptr + 1, '"', line->len - 1);
        size_t len = end ? (size_t)(end - line->ptr) : line->len;
        struct view word = view_slice(*line, 1, len);
        *line = view_slice(*line, len + 1, line->len);
        return word;
    }
    size_t len = 0;
    while (len < line->len && !memchr(" \t=", line->ptr[len], 3)) {
        len++;
    }
    struct view word = view_slice(*line, 0, len);
    *line = view_trim(view_slice(*line, len, line->len));
    if (line->len && line->ptr[0] == '=') {
        *line = view_slice(*line, 1, line->len);
    }
    return word;
}

static bool word_is(struct view word, const char *name)
{
    return strlen(name) == word.len && strncasecmp(name, word.ptr, word.len) == 0;
}

/* The value as one text: a quoted one without its quotes, else up to the end of the line. */
static struct view whole_value(struct view rest)
{
    rest = view_trim(rest);
    if (rest.len > 1 && rest.ptr[0] == '"' &&
        memchr(rest.ptr + 1, '"', rest.len - 1) == rest.ptr + rest.len - 1) {
        return view_slice(rest, 1, rest.len - 1);
    }
    return rest;
}

static char *lower_dup(struct arena *arena, struct view text)
{
    char *copy = arena_dup(arena, text);
    for (char *c = copy; c && *c; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    return copy;
}

/* Blocks. */

static const struct condition *new_condition(struct sshconfig *config,
                                             const struct condition *above,
                                             enum criterion criterion, bool negated,
                                             struct view patterns)
{
    struct condition *condition = arena_get(&config->arena, sizeof(*condition));
    bool lower = criterion == MATCH_HOST || criterion == MATCH_ORIGINAL;
    char *text =
        lower ? lower_dup(&config->arena, patterns) : arena_dup(&config->arena, patterns);
    if (!condition || !text) {
        return NULL;
    }
    *condition = (struct condition){above, criterion, negated, text};
    return condition;
}

struct reading {
    struct sshconfig *config;
    const char *path;
    bool of_user;
    int depth, line;
    const struct condition *outer; /* of the block that includes the file */
    const struct condition *now;   /* of the block being read */
    struct err *err;
};

static int bad(struct reading *r, const char *what, struct view word)
{
    return err_set_at(r->err, ERR_INPUT, r->line, 0, "%s:%d: %s '%.*s'", r->path, r->line, what,
                      VIEW_ARG(word));
}

static int read_criterion(struct reading *r, struct view word, struct view *rest)
{
    static const struct {
        const char *name;
        enum criterion criterion;
        bool takes;
    } all[] = {{"all", MATCH_ALL, false},
               {"host", MATCH_HOST, true},
               {"originalhost", MATCH_ORIGINAL, true},
               {"user", MATCH_USER, true},
               {"localuser", MATCH_LOCAL_USER, true},
               {"final", MATCH_FINAL, false},
               {"canonical", MATCH_FINAL, false}};
    bool negated = word.len && word.ptr[0] == '!';
    word = view_slice(word, negated, word.len);
    if (word_is(word, "exec")) {
        r->config->needs_ssh = true;
        (void)take_word(rest);
        return 0;
    }
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (word_is(word, all[i].name)) {
            struct view patterns = all[i].takes ? take_word(rest) : VIEW_NONE;
            r->now = new_condition(r->config, r->now, all[i].criterion, negated, patterns);
            r->config->has_final |= all[i].criterion == MATCH_FINAL;
            return r->now ? 0 : err_nomem(r->err);
        }
    }
    return bad(r, "Match does not know", word);
}

static int read_match(struct reading *r, struct view rest)
{
    int rc = 0;
    r->now = r->outer;
    for (rest = view_trim(rest); rest.len && rc == 0; rest = view_trim(rest)) {
        rc = read_criterion(r, take_word(&rest), &rest);
    }
    return rc;
}

static int read_host(struct reading *r, struct view rest)
{
    struct strbuf names = STRBUF_INIT; /* without their quotes */
    for (rest = view_trim(rest); rest.len; rest = view_trim(rest)) {
        strbuf_addview(&names, take_word(&rest));
        strbuf_addch(&names, ' ');
    }
    r->now = strbuf_failed(&names)
                 ? NULL
                 : new_condition(r->config, r->outer, MATCH_NAME, false, strbuf_view(&names));
    strbuf_release(&names);
    return r->now ? 0 : err_nomem(r->err);
}

static int add_directive(struct reading *r, enum config_key key, struct view value)
{
    struct sshconfig *config = r->config;
    if (config->count == config->size) {
        size_t size = config->size ? config->size * 2 : 64;
        struct directive *more = realloc(config->directives, size * sizeof(*more));
        if (!more) {
            return err_nomem(r->err);
        }
        config->directives = more;
        config->size = size;
    }
    const char *text = arena_dup(&config->arena, value);
    if (!text) {
        return err_nomem(r->err);
    }
    config->directives[config->count++] = (struct directive){r->now, key, text};
    return 0;
}

/* Files. */

static int read_file(struct reading *r, bool needed);

static char *include_path(struct reading *r, struct view pattern)
{
    struct arena *arena = &r->config->arena;
    if (view_starts(pattern, VIEW("~/"))) {
        return arena_printf(arena, "%s/%.*s", r->config->home,
                            VIEW_ARG(view_slice(pattern, 2, pattern.len)));
    }
    if (pattern.len && pattern.ptr[0] == '/') {
        return arena_dup(arena, pattern);
    }
    return r->of_user ? arena_printf(arena, "%s/.ssh/%.*s", r->config->home, VIEW_ARG(pattern))
                      : arena_printf(arena, "/etc/ssh/%.*s", VIEW_ARG(pattern));
}

static int read_included(struct reading *r, const char *path)
{
    struct reading inner = *r;
    inner.path = arena_dup(&r->config->arena, view_of(path));
    inner.depth++;
    inner.outer = inner.now = r->now;
    return inner.path ? read_file(&inner, false) : err_nomem(r->err);
}

static int read_include(struct reading *r, struct view rest)
{
    int rc = 0;
    if (r->depth == MAX_DEPTH) {
        return bad(r, "too many files include each other:", rest);
    }
    for (rest = view_trim(rest); rest.len && rc == 0; rest = view_trim(rest)) {
        glob_t found = {0};
        char *path = include_path(r, take_word(&rest));
        if (!path) {
            return err_nomem(r->err);
        }
        if (glob(path, 0, NULL, &found) == 0) {
            for (size_t i = 0; i < found.gl_pathc && rc == 0; i++) {
                rc = read_included(r, found.gl_pathv[i]);
            }
        }
        globfree(&found);
    }
    return rc;
}

static int read_line(struct reading *r, struct view line)
{
    line = view_trim(line);
    if (line.len == 0 || line.ptr[0] == '#' || memchr(line.ptr, '\0', line.len)) {
        return 0;
    }
    struct view word = take_word(&line);
    if (word_is(word, "host")) {
        return read_host(r, line);
    }
    if (word_is(word, "match")) {
        return read_match(r, line);
    }
    if (word_is(word, "include")) {
        return read_include(r, line);
    }
    enum config_key key = config_key(word);
    return key == CONFIG_OTHER ? 0 : add_directive(r, key, whole_value(line));
}

static int read_file(struct reading *r, bool needed)
{
    struct strbuf text = STRBUF_INIT;
    int rc = 0;
    if (strbuf_read_file(&text, r->path, LIMIT_YAML_BYTES) < 0) {
        bool missing = errno == ENOENT || errno == ENOTDIR;
        rc = missing && !needed
                 ? 0
                 : err_set(r->err, ERR_INPUT, "%s: %s", r->path, strerror(errno));
        goto out;
    }
    struct view rest = strbuf_view(&text);
    for (r->line = 1; rest.len && rc == 0; r->line++) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
        rc = read_line(r, view_slice(rest, 0, len));
        rest = view_slice(rest, len + 1, rest.len);
    }
out:
    strbuf_release(&text);
    return rc;
}

int sshconfig_read(struct sshconfig *config, const char *path, bool of_user, struct err *err)
{
    struct reading reading = {.config = config, .of_user = of_user, .err = err};
    reading.path = arena_dup(&config->arena, view_of(path));
    if (!reading.path) {
        return err_nomem(err);
    }
    return read_file(&reading, false);
}
