#include "session/hostkey.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/sha1.h"
#include "base/sha256.h"
#include "session/keyfile.h"
#include "session/knownhosts.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct hostkeys {
    enum host_keys policy;
    char *path; /* where accept-new writes */
    bool hash;  /* and whether it hashes names */
    struct knownhosts *known;
    pthread_mutex_t lock; /* over known, and over appending to path */
};

/* Opening. */

static char *default_path(void)
{
    struct strbuf path = STRBUF_INIT;
    const char *home = getenv("HOME");
    if (!home || !*home) {
        const struct passwd *pw = getpwuid(getuid());
        home = pw ? pw->pw_dir : "/";
    }
    strbuf_addf(&path, "%s/.ssh/known_hosts", home);
    return strbuf_detach(&path, NULL);
}

int hostkeys_open(struct hostkeys **out, enum host_keys policy, const char *path,
                  struct err *err)
{
    struct hostkeys *keys = calloc(1, sizeof(*keys));
    int rc = ERR_NOMEM;
    if (!keys || pthread_mutex_init(&keys->lock, NULL) != 0) {
        free(keys);
        return err_nomem(err);
    }
    keys->policy = policy;
    keys->path = path ? strdup(path) : default_path();
    if (!keys->path) {
        rc = err_nomem(err);
        goto out;
    }
    rc = knownhosts_new(&keys->known, err);
    if (rc == 0) {
        rc = hostkeys_read(keys, keys->path, err);
    }
out:
    if (rc < 0) {
        hostkeys_free(keys);
        return rc;
    }
    *out = keys;
    return 0;
}

int hostkeys_read(struct hostkeys *keys, const char *path, struct err *err)
{
    return keys->policy == HOST_KEYS_OFF ? 0 : knownhosts_read(keys->known, path, err);
}

static int revoke_line(struct hostkeys *keys, struct view line, const char *path, int number,
                       struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    uint8_t blob[KEYFILE_BLOB];
    struct view key;
    line = view_trim(line);
    if (line.len == 0 || line.ptr[0] == '#') {
        return 0;
    }
    if (keyfile_line(line, blob, &key) <
        0) { /* what nobody understands must not go for nothing */
        return err_set(err, ERR_INPUT, "revoked host keys %s:%d: not a public key", path,
                       number);
    }
    strbuf_addf(&text, "@revoked * %.*s", VIEW_ARG(line));
    int rc = strbuf_failed(&text)
                 ? err_nomem(err)
                 : knownhosts_add(keys->known, strbuf_view(&text), path, number, err);
    strbuf_release(&text);
    return rc;
}

int hostkeys_revoke(struct hostkeys *keys, const char *path, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    int rc = 0;
    if (keys->policy == HOST_KEYS_OFF) {
        return 0;
    }
    if (strbuf_read_file(&text, path, LIMIT_YAML_BYTES) < 0) {
        rc = err_set(err, ERR_INPUT, "revoked host keys %s: %s", path, strerror(errno));
    } else if (view_starts(strbuf_view(&text), VIEW("SSHKRL\n"))) {
        rc = err_set(err, ERR_INPUT,
                     "revoked host keys %s: a binary list is not understood here; give a file "
                     "with a public key on each line",
                     path);
    }
    struct view rest = strbuf_view(&text);
    for (int number = 1; rest.len && rc == 0; number++) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
        rc = revoke_line(keys, view_slice(rest, 0, len), path, number, err);
        rest = view_slice(rest, len + 1, rest.len);
    }
    strbuf_release(&text);
    return rc;
}

void hostkeys_hash(struct hostkeys *keys)
{
    keys->hash = true;
}

void hostkeys_free(struct hostkeys *keys)
{
    if (!keys) {
        return;
    }
    knownhosts_free(keys->known);
    pthread_mutex_destroy(&keys->lock);
    free(keys->path);
    free(keys);
}

enum host_keys hostkeys_policy(const struct hostkeys *keys)
{
    return keys->policy;
}

/* Names. */

#define NAME_SIZE 300 /* a DNS name has at most 253 characters */
#define MAX_NAMES 4

/* The names under which known_hosts may know a peer. */
struct names {
    char text[MAX_NAMES][NAME_SIZE];
    bool weak[MAX_NAMES]; /* without the port: may vouch, not contradict */
    int count;
};

static int add_name(struct names *names, const char *host, int port, bool weak)
{
    char *text = names->text[names->count];
    bool bare = port == 22 || weak;
    int n = bare ? snprintf(text, NAME_SIZE, "%s", host)
                 : snprintf(text, NAME_SIZE, "[%s]:%d", host, port);
    if (n < 0 || n >= NAME_SIZE) {
        return -1;
    }
    for (char *c = text; *c; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    names->weak[names->count++] = weak;
    return 0;
}

static const char *address_of(const struct hostkey_peer *peer)
{
    return peer->address ? peer->address : peer->name;
}

/* The first is the one that accept-new writes. */
static int names_of(const struct hostkey_peer *peer, struct names *names)
{
    const char *address = address_of(peer);
    bool two = strcmp(address, peer->name) != 0;
    names->count = 0;
    for (int weak = 0; weak <= (peer->port != 22); weak++) {
        if (add_name(names, address, peer->port, weak) < 0 ||
            (two && add_name(names, peer->name, peer->port, weak) < 0)) {
            return -1;
        }
    }
    return 0;
}

/* What the files say. */

struct findings {
    const struct known_key *same;    /* this very key */
    const struct known_key *revoked; /* this very key, marked so */
    const struct known_key *other;   /* another key of the same type */
    const struct known_key *other_type;
    const struct known_key *authority;
};

static void find_key(struct findings *found, const struct known_key *key,
                     const struct hostkey *shown, bool weak)
{
    bool same = strcmp(key->base64, shown->base64) == 0;
    if (key->mark == KNOWN_REVOKED) {
        found->revoked = same ? key : found->revoked;
    } else if (key->mark == KNOWN_AUTHORITY) {
        found->authority = key;
    } else if (same) {
        found->same = key;
    } else if (weak) {
        return;
    } else if (strcmp(key->type, shown->type) == 0) {
        found->other = key;
    } else {
        found->other_type = key;
    }
}

static void find(struct hostkeys *keys, const struct names *names, const struct hostkey *shown,
                 struct findings *found)
{
    memset(found, 0, sizeof(*found));
    for (int i = 0; i < names->count; i++) {
        struct known_search search = KNOWN_SEARCH_INIT;
        const struct known_key *key;
        while ((key = knownhosts_next(keys->known, &search, names->text[i]))) {
            find_key(found, key, shown, names->weak[i]);
        }
    }
}

void hostkeys_types(struct hostkeys *keys, const struct hostkey_peer *peer, struct strbuf *out)
{
    struct names names;
    if (keys->policy == HOST_KEYS_OFF || peer->pinned || names_of(peer, &names) < 0) {
        return;
    }
    pthread_mutex_lock(&keys->lock);
    for (int i = 0; i < names.count; i++) {
        struct known_search search = KNOWN_SEARCH_INIT;
        const struct known_key *key;
        while ((key = knownhosts_next(keys->known, &search, names.text[i]))) {
            if (key->mark == KNOWN_KEY) {
                strbuf_addf(out, "%s%s", out->len ? "," : "", key->type);
            }
        }
    }
    pthread_mutex_unlock(&keys->lock);
}

void hostkey_fingerprint(const char *base64, char buf[FINGERPRINT_SIZE])
{
    uint8_t blob[KIB(4)], hash[SHA256_SIZE];
    char text[BASE64_SIZE(SHA256_SIZE)];
    long len = base64_decode(view_of(base64), blob, sizeof(blob));
    if (len <= 0) {
        snprintf(buf, FINGERPRINT_SIZE, "an unreadable key");
        return;
    }
    sha256(view_make((const char *)blob, (size_t)len), hash);
    base64_encode(view_make((const char *)hash, sizeof(hash)), text);
    snprintf(buf, FINGERPRINT_SIZE, "SHA256:%s", text);
}

/* Accepting a new key. */

#define LOCK_TRIES 100 /* a millisecond each */

/* Against other runs: while one writes, the file may seem to end within its line. A lock that is
 * not to be had (some network file systems have none) costs a blank line at worst. */
static void lock(int fd)
{
    const struct timespec ms = {0, 1000000};
    for (int i = 0; i < LOCK_TRIES && flock(fd, LOCK_EX | LOCK_NB) < 0; i++) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return;
        }
        nanosleep(&ms, NULL);
    }
}

static int append(const char *path, struct view line)
{
    int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);
    if (fd < 0) {
        return -1;
    }
    struct strbuf text = STRBUF_INIT;
    char last = '\n';
    lock(fd);
    off_t end = lseek(fd, 0, SEEK_END);
    if (end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n') {
        strbuf_addch(&text, '\n'); /* a last line that someone left open */
    }
    strbuf_addview(&text, line);
    strbuf_addch(&text, '\n');
    int rc = strbuf_failed(&text) ? -1 : 0;
    if (rc == 0 && write(fd, text.buf, text.len) != (ssize_t)text.len) {
        rc = -1;
    }
    strbuf_release(&text);
    if (close(fd) < 0) {
        rc = -1;
    }
    return rc;
}

/* ~/.ssh, for someone who never ran ssh. */
static void make_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash && slash != path ? strndup(path, (size_t)(slash - path)) : NULL;
    if (folder) {
        (void)mkdir(folder, 0700);
    }
    free(folder);
}

/* |1|salt|hash, as ssh writes it: Base64 of 20 bytes ends in one `=`. */
static int add_hashed(struct strbuf *out, const char *name)
{
    uint8_t salt[SHA1_SIZE], hash[SHA1_SIZE];
    char salt_text[BASE64_SIZE(SHA1_SIZE)], hash_text[BASE64_SIZE(SHA1_SIZE)];
    struct hmac_sha1_key key;
    if (getrandom(salt, sizeof(salt), 0) != (ssize_t)sizeof(salt)) {
        return -1;
    }
    hmac_sha1_key(&key, view_make((const char *)salt, sizeof(salt)));
    hmac_sha1(&key, view_of(name), hash);
    base64_encode(view_make((const char *)salt, sizeof(salt)), salt_text);
    base64_encode(view_make((const char *)hash, sizeof(hash)), hash_text);
    strbuf_addf(out, "|1|%s=|%s=", salt_text, hash_text);
    return 0;
}

static int accept_new(struct hostkeys *keys, const char *name, const struct hostkey *shown,
                      struct err *err)
{
    struct strbuf line = STRBUF_INIT;
    int rc = -1;
    if (!keys->hash) {
        strbuf_addstr(&line, name);
    } else if (add_hashed(&line, name) < 0) {
        err_set(err, ERR_HOST, "no random bytes to hash the name with: %s", strerror(errno));
        goto out;
    }
    strbuf_addf(&line, " %s %s", shown->type, shown->base64);
    if (strbuf_failed(&line)) {
        err_nomem(err);
        goto out;
    }
    make_folder(keys->path);
    if (append(keys->path, strbuf_view(&line)) < 0) {
        err_set(err, ERR_HOST, "the new host key %s %s cannot be written to %s: %s",
                shown->type, shown->fingerprint, keys->path, strerror(errno));
        goto out;
    }
    rc = knownhosts_add(keys->known, strbuf_view(&line), keys->path, 0, err);
out:
    strbuf_release(&line);
    return rc < 0 ? ERR_HOST : 0;
}

/* Refusing. */

static int refuse_unknown(const struct hostkeys *keys, const struct hostkey_peer *peer,
                          const struct hostkey *shown, const struct findings *found,
                          struct err *err)
{
    if (found->authority) {
        return err_set(
            err, ERR_HOST,
            "unknown host key %s %s: %s:%d knows the host by a certificate authority, "
            "which is not supported; pin the key with `fingerprint:` in the inventory",
            shown->type, shown->fingerprint, found->authority->file, found->authority->line);
    }
    return err_set(
        err, ERR_HOST,
        "unknown host key %s %s: it is not in %s; compare it with the device's, then "
        "run `ssh-keyscan -p %d %s >> %s`, or once with --host-keys accept-new",
        shown->type, shown->fingerprint, keys->path, peer->port, address_of(peer), keys->path);
}

static int refuse_other(const struct names *names, const struct hostkey *shown,
                        const struct known_key *known, struct err *err)
{
    char fingerprint[FINGERPRINT_SIZE];
    hostkey_fingerprint(known->base64, fingerprint);
    bool changed = strcmp(known->type, shown->type) == 0;
    return err_set(err, ERR_HOST,
                   "%s: it shows %s %s, but %s:%d has %s %s; if the device was replaced, run "
                   "`ssh-keygen -R '%s' -f %s`, else someone may be listening in",
                   changed ? "the host key has changed" : "the host key is of another type",
                   shown->type, shown->fingerprint, known->file, known->line, known->type,
                   fingerprint, names->text[0], known->file);
}

static int refuse_revoked(const struct hostkey *shown, const struct known_key *known,
                          struct err *err)
{
    return err_set(err, ERR_HOST,
                   "the host key %s %s is marked @revoked in %s:%d; give the device a new key",
                   shown->type, shown->fingerprint, known->file, known->line);
}

/* Deciding. */

static int check_pinned(const struct hostkey_peer *peer, const struct hostkey *shown,
                        struct err *err)
{
    if (strcmp(peer->pinned, shown->fingerprint) == 0) {
        return 0;
    }
    return err_set(
        err, ERR_HOST,
        "the host key is not the pinned one: it shows %s %s, the inventory's "
        "fingerprint is %s; correct it there if the device was replaced, else someone "
        "may be listening in",
        shown->type, shown->fingerprint, peer->pinned);
}

static int decide(struct hostkeys *keys, const struct hostkey_peer *peer,
                  const struct names *names, const struct hostkey *shown, struct err *err)
{
    struct findings found;
    find(keys, names, shown, &found);
    if (found.revoked) {
        return refuse_revoked(shown, found.revoked, err);
    }
    if (peer->pinned) {
        return check_pinned(peer, shown, err);
    }
    if (found.same) {
        return 0;
    }
    if (found.other) {
        return refuse_other(names, shown, found.other, err);
    }
    if (found.other_type) {
        return refuse_other(names, shown, found.other_type, err);
    }
    if (keys->policy == HOST_KEYS_ACCEPT_NEW) {
        return accept_new(keys, names->text[0], shown, err);
    }
    return refuse_unknown(keys, peer, shown, &found, err);
}

int hostkeys_trust(struct hostkeys *keys, const struct hostkey_peer *peer,
                   const struct hostkey *shown, struct err *err)
{
    int verdict = ERR_HOST;
    struct names names;
    if (!shown->type || !shown->base64 || !shown->fingerprint || !*shown->base64) {
        return err_set(err, ERR_HOST, "the server's host key cannot be read");
    }
    if (keys->policy == HOST_KEYS_OFF) {
        return peer->pinned ? check_pinned(peer, shown, err) : 0;
    }
    if (names_of(peer, &names) < 0) {
        return err_set(err, ERR_HOST, "the host's name is too long for known_hosts");
    }
    pthread_mutex_lock(&keys->lock);
    verdict = decide(keys, peer, &names, shown, err);
    pthread_mutex_unlock(&keys->lock);
    return verdict;
}
