#include "session/knownhosts.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/glob.h"
#include "base/limits.h"
#include "base/sha1.h"
#include "base/strbuf.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/* A name that a line gives, in the list of its hash bucket. `next` is a place + 1, 0 = the end.
 */
struct literal {
    struct view name;
    size_t key;
    size_t next;
};

struct pattern {
    struct view list; /* "*.example.net,!bad.example.net" */
    size_t key;
};

struct hashed {
    struct hmac_sha1_key salt;
    uint8_t hash[SHA1_SIZE];
    size_t key;
};

struct list {
    void *items;
    size_t count, size;
};

struct knownhosts {
    struct arena arena;
    struct list keys;     /* struct known_key *: their places stay */
    struct list literals; /* struct literal */
    struct list patterns; /* struct pattern */
    struct list hashes;   /* struct hashed */
    size_t *buckets;      /* place in literals + 1 */
    size_t nbuckets;      /* a power of two */
};

static void *list_add(struct list *list, size_t item_size)
{
    if (list->count == list->size) {
        size_t size = list->size ? list->size * 2 : 16;
        void *items = realloc(list->items, size * item_size);
        if (!items) {
            return NULL;
        }
        list->items = items;
        list->size = size;
    }
    return (char *)list->items + list->count++ * item_size;
}

int knownhosts_new(struct knownhosts **out, struct err *err)
{
    struct knownhosts *known = calloc(1, sizeof(*known));
    if (!known) {
        return err_nomem(err);
    }
    arena_init(&known->arena, NULL);
    *out = known;
    return 0;
}

void knownhosts_free(struct knownhosts *known)
{
    if (!known) {
        return;
    }
    free(known->keys.items);
    free(known->literals.items);
    free(known->patterns.items);
    free(known->hashes.items);
    free(known->buckets);
    arena_release(&known->arena);
    free(known);
}

/* The names. */

static size_t name_hash(struct view name)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)name.ptr[i]) * 1099511628211u;
    }
    return (size_t)(hash ^ hash >> 32);
}

static bool rehash(struct knownhosts *known)
{
    size_t n = known->nbuckets ? known->nbuckets * 2 : 64;
    size_t *buckets = calloc(n, sizeof(*buckets));
    if (!buckets) {
        return false;
    }
    struct literal *literals = known->literals.items;
    for (size_t i = 0; i < known->literals.count; i++) {
        size_t *bucket = &buckets[name_hash(literals[i].name) & (n - 1)];
        literals[i].next = *bucket;
        *bucket = i + 1;
    }
    free(known->buckets);
    known->buckets = buckets;
    known->nbuckets = n;
    return true;
}

static int add_literal(struct knownhosts *known, struct view name, size_t key)
{
    if (known->literals.count >= known->nbuckets && !rehash(known)) {
        return ERR_NOMEM;
    }
    struct literal *literal = list_add(&known->literals, sizeof(*literal));
    if (!literal) {
        return ERR_NOMEM;
    }
    size_t *bucket = &known->buckets[name_hash(name) & (known->nbuckets - 1)];
    *literal = (struct literal){name, key, *bucket};
    *bucket = known->literals.count;
    return 0;
}

static int add_pattern(struct knownhosts *known, struct view list, size_t key)
{
    struct pattern *pattern = list_add(&known->patterns, sizeof(*pattern));
    if (!pattern) {
        return ERR_NOMEM;
    }
    *pattern = (struct pattern){list, key};
    return 0;
}

/* "|1|salt|hash": 1 when it is none. */
static int add_hashed(struct knownhosts *known, struct view name, size_t key)
{
    struct view rest = view_slice(name, 3, name.len);
    const char *bar = rest.len ? memchr(rest.ptr, '|', rest.len) : NULL;
    if (!bar) {
        return 1;
    }
    size_t at = (size_t)(bar - rest.ptr);
    struct hashed parsed = {.key = key};
    uint8_t salt[SHA1_SIZE];
    if (base64_decode(view_slice(rest, 0, at), salt, sizeof(salt)) != SHA1_SIZE ||
        base64_decode(view_slice(rest, at + 1, rest.len), parsed.hash, SHA1_SIZE) !=
            SHA1_SIZE) {
        return 1;
    }
    hmac_sha1_key(&parsed.salt, view_make((const char *)salt, sizeof(salt)));
    struct hashed *hashed = list_add(&known->hashes, sizeof(*hashed));
    if (!hashed) {
        return ERR_NOMEM;
    }
    *hashed = parsed;
    return 0;
}

static bool is_pattern(struct view names)
{
    for (size_t i = 0; i < names.len; i++) {
        if (memchr("*?!", names.ptr[i], 3)) {
            return true;
        }
    }
    return false;
}

/* The part of *list up to the next comma, which is taken off. */
static struct view take_name(struct view *list)
{
    const char *comma = list->len ? memchr(list->ptr, ',', list->len) : NULL;
    size_t len = comma ? (size_t)(comma - list->ptr) : list->len;
    struct view name = view_slice(*list, 0, len);
    *list = view_slice(*list, len + 1, list->len);
    return name;
}

static int add_names(struct knownhosts *known, struct view names, size_t key)
{
    if (view_starts(names, VIEW("|1|"))) {
        return add_hashed(known, names, key);
    }
    if (is_pattern(names)) {
        return add_pattern(known, names, key);
    }
    while (names.len) {
        struct view name = take_name(&names);
        if (name.len && add_literal(known, name, key) < 0) {
            return ERR_NOMEM;
        }
    }
    return 0;
}

/* The lines. */

static struct view take_word(struct view *line)
{
    *line = view_trim(*line);
    size_t len = 0;
    while (len < line->len && line->ptr[len] != ' ' && line->ptr[len] != '\t') {
        len++;
    }
    struct view word = view_slice(*line, 0, len);
    *line = view_slice(*line, len, line->len);
    return word;
}

static bool parse_mark(struct view word, enum known_mark *mark)
{
    if (view_equal_str(word, "@revoked")) {
        *mark = KNOWN_REVOKED;
        return true;
    }
    *mark = KNOWN_AUTHORITY;
    return view_equal_str(word, "@cert-authority");
}

static char *lower_copy(struct arena *arena, struct view text)
{
    char *copy = arena_dup(arena, text);
    for (char *c = copy; c && *c && text.len && text.ptr[0] != '|'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    return copy;
}

static int add_key(struct knownhosts *known, struct known_key key, struct view names)
{
    struct known_key *kept = arena_get(&known->arena, sizeof(*kept));
    char *text = lower_copy(&known->arena, names);
    if (!kept || !text) {
        return ERR_NOMEM;
    }
    *kept = key;
    struct known_key **slot = list_add(&known->keys, sizeof(*slot));
    if (!slot) {
        return ERR_NOMEM;
    }
    *slot = kept;
    return add_names(known, view_of(text), known->keys.count - 1);
}

int knownhosts_add(struct knownhosts *known, struct view line, const char *file, int lineno,
                   struct err *err)
{
    struct known_key key = {.mark = KNOWN_KEY, .file = file, .line = lineno};
    struct view names = take_word(&line);
    if (names.len == 0 || names.ptr[0] == '#' || memchr(names.ptr, '\0', names.len)) {
        return 0;
    }
    if (names.ptr[0] == '@') {
        if (!parse_mark(names, &key.mark)) {
            return 0;
        }
        names = take_word(&line);
    }
    struct view type = take_word(&line), base64 = take_word(&line);
    if (names.len == 0 || type.len == 0 || !base64_valid(base64)) {
        return 0;
    }
    key.type = arena_dup(&known->arena, type);
    key.base64 = arena_dup(&known->arena, base64);
    if (!key.type || !key.base64 || add_key(known, key, names) < 0) {
        return err_nomem(err);
    }
    return 0;
}

int knownhosts_read(struct knownhosts *known, const char *path, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int rc = 0;
    if (strbuf_read_file(&text, path, LIMIT_KNOWN_HOSTS) < 0) {
        if (errno != ENOENT) {
            rc = err_set(err, ERR_INPUT, "%s: %s", path, strerror(errno));
        }
        goto out;
    }
    const char *file = arena_dup(&known->arena, view_of(path));
    if (!file) {
        rc = err_nomem(err);
        goto out;
    }
    struct view rest = strbuf_view(&text);
    for (int line = 1; rest.len && rc == 0; line++) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
        rc = knownhosts_add(known, view_slice(rest, 0, len), file, line, err);
        rest = view_slice(rest, len + 1, rest.len);
    }
out:
    strbuf_release(&text);
    return rc;
}

/* The search. */

/* A negated pattern that matches outweighs all others of its list. */
static bool list_match(struct view list, struct view host)
{
    bool found = false;
    while (list.len) {
        struct view pattern = take_name(&list);
        bool negated = pattern.len && pattern.ptr[0] == '!';
        if (glob_fits(view_slice(pattern, negated, pattern.len), host)) {
            if (negated) {
                return false;
            }
            found = true;
        }
    }
    return found;
}

static size_t first_literal(const struct knownhosts *known, struct view host)
{
    return known->nbuckets ? known->buckets[name_hash(host) & (known->nbuckets - 1)] : 0;
}

enum { STAGE_START, STAGE_LITERAL, STAGE_PATTERN, STAGE_HASHED, STAGE_END };

static const struct known_key *key_at(const struct knownhosts *known, size_t i)
{
    return ((struct known_key **)known->keys.items)[i];
}

static const struct known_key *next_literal(const struct knownhosts *known,
                                            struct known_search *search, struct view host)
{
    const struct literal *literals = known->literals.items;
    while (search->next) {
        const struct literal *literal = &literals[search->next - 1];
        search->next = literal->next;
        if (view_equal(literal->name, host)) {
            return key_at(known, literal->key);
        }
    }
    return NULL;
}

static const struct known_key *next_pattern(const struct knownhosts *known,
                                            struct known_search *search, struct view host)
{
    const struct pattern *patterns = known->patterns.items;
    while (search->next < known->patterns.count) {
        const struct pattern *pattern = &patterns[search->next++];
        if (list_match(pattern->list, host)) {
            return key_at(known, pattern->key);
        }
    }
    return NULL;
}

static const struct known_key *next_hashed(const struct knownhosts *known,
                                           struct known_search *search, struct view host)
{
    const struct hashed *hashes = known->hashes.items;
    while (search->next < known->hashes.count) {
        const struct hashed *hashed = &hashes[search->next++];
        uint8_t hash[SHA1_SIZE];
        hmac_sha1(&hashed->salt, host, hash);
        if (memcmp(hash, hashed->hash, SHA1_SIZE) == 0) {
            return key_at(known, hashed->key);
        }
    }
    return NULL;
}

const struct known_key *knownhosts_next(const struct knownhosts *known,
                                        struct known_search *search, const char *host)
{
    struct view name = view_of(host);
    const struct known_key *key = NULL;
    while (!key && search->stage != STAGE_END) {
        switch (search->stage) {
        case STAGE_LITERAL:
            key = next_literal(known, search, name);
            break;
        case STAGE_PATTERN:
            key = next_pattern(known, search, name);
            break;
        case STAGE_HASHED:
            key = next_hashed(known, search, name);
            break;
        default:
            break;
        }
        if (!key) {
            search->stage++;
            search->next = search->stage == STAGE_LITERAL ? first_literal(known, name) : 0;
        }
    }
    return key;
}
