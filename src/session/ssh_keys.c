#include "session/ssh_keys.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/strbuf.h"
#include "session/keyfile.h"
#include "session/ssh_private.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULTS 3

struct keyset {
    struct key **keys;
    size_t count;
    const char *defaults[DEFAULTS + 1]; /* paths of keys of the set, then a NULL */
};

int keyset_new(struct keyset **out, struct err *err)
{
    *out = NULL;
    int rc = libssh_load(err);
    if (rc == 0 && !(*out = calloc(1, sizeof(**out)))) {
        rc = err_nomem(err);
    }
    return rc;
}

static void key_free(struct key *key)
{
    if (key) {
        ssh_key_free(key->private);
        free(key->path);
        free(key->certificate);
        free(key->blob);
        free(key);
    }
}

void keyset_free(struct keyset *set)
{
    if (!set) {
        return;
    }
    for (size_t i = 0; i < set->count; i++) {
        key_free(set->keys[i]);
    }
    free(set->keys);
    free(set);
}

struct view key_blob(const struct key *key)
{
    return view_make(key->blob, key->blob_len);
}

const char *const *keyset_defaults(const struct keyset *set)
{
    return set->defaults;
}

/* Reading one file. */

struct asking {
    keyset_ask ask;
    void *user;
    const char *path;
    struct err *err;
    bool asked;
};

/* libssh calls this when a key turns out to be encrypted. */
static int give_passphrase(const char *prompt, char *buf, size_t len, int echo, int verify,
                           void *user)
{
    (void)prompt, (void)echo, (void)verify;
    struct asking *asking = user;
    struct secret passphrase = SECRET_INIT;
    asking->asked = true;
    if (!asking->ask || asking->ask(asking->user, asking->path, &passphrase, asking->err) < 0 ||
        passphrase.len >= len) {
        secret_release(&passphrase);
        return -1;
    }
    memcpy(buf, passphrase.bytes, passphrase.len + 1);
    secret_release(&passphrase);
    return 0;
}

static int check_mode(const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st) < 0) {
        return err_set(err, ERR_INPUT, "key %s: %s", path, strerror(errno));
    }
    if (!S_ISREG(st.st_mode)) {
        return err_set(err, ERR_INPUT, "key %s: not a file", path);
    }
    if (st.st_uid == getuid() && (st.st_mode & 077)) {
        return err_set(err, ERR_INPUT,
                       "key %s: others may read it (mode %04o); run `chmod 600 %s`", path,
                       (unsigned)st.st_mode & 07777, path);
    }
    return 0;
}

static int import(struct key *key, struct asking *asking, struct err *err)
{
    int rc =
        ssh_pki_import_privkey_file(key->path, NULL, give_passphrase, asking, &key->private);
    if (rc == SSH_OK) {
        return 0;
    }
    if (asking->asked && !asking->ask) {
        return err_set(err, ERR_INPUT,
                       "key %s: it is encrypted; load it into ssh-agent (`ssh-add %s`)",
                       key->path, key->path);
    }
    if (asking->asked && !err->text[0]) {
        return err_set(err, ERR_INPUT, "key %s: wrong passphrase", key->path);
    }
    if (asking->asked) {
        err_prefix(err, "key %s is encrypted", key->path);
        return err->code;
    }
    return err_set(err, ERR_INPUT, "key %s: not a private key that can be read", key->path);
}

/* KEY.pub, whose other half may be in the agent. */
static bool is_public(const char *path)
{
    static const char *const starts[] = {"ssh-", "ecdsa-", "sk-"};
    char begin[8] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t n = fd < 0 ? 0 : read(fd, begin, sizeof(begin) - 1);
    if (fd >= 0) {
        close(fd);
    }
    for (size_t i = 0; n > 0 && i < sizeof(starts) / sizeof(starts[0]); i++) {
        if (strncmp(begin, starts[i], strlen(starts[i])) == 0) {
            return true;
        }
    }
    return false;
}

static void keep_blob(struct key *key, struct view blob)
{
    char *copy = blob.len ? malloc(blob.len) : NULL;
    if (copy) {
        memcpy(copy, blob.ptr, blob.len);
        free(key->blob);
        key->blob = copy;
        key->blob_len = blob.len;
    }
}

/* The key as an agent would list it, if there is a way to know: libssh's, what an encrypted key
 * of OpenSSH's says openly, KEY itself if it is the public half, KEY.pub. */
static void find_blob(struct key *key)
{
    uint8_t blob[KEYFILE_BLOB];
    char *base64 = NULL;
    struct view found = VIEW_NONE;
    if (key->private && ssh_pki_export_pubkey_base64(key->private, &base64) == SSH_OK) {
        long n = base64_decode(view_of(base64), blob, sizeof(blob));
        found = view_make((const char *)blob, n > 0 ? (size_t)n : 0);
    } else if (keyfile_private(key->path, blob, &found) < 0 &&
               keyfile_public(key->path, blob, &found) < 0) {
        struct strbuf beside = STRBUF_INIT;
        strbuf_addf(&beside, "%s.pub", key->path);
        (void)keyfile_public(beside.buf, blob, &found);
        strbuf_release(&beside);
    }
    ssh_string_free_char(base64);
    keep_blob(key, found);
    secret_wipe(blob, sizeof(blob));
}

static int key_read(struct key *key, keyset_ask ask, void *user, struct err *err)
{
    struct asking asking = {ask, user, key->path, err, false};
    if (is_public(key->path)) {
        key->for_agent = true;
        return err_set(err, ERR_INPUT, "key %s: it is the public half, and there is no agent",
                       key->path);
    }
    if (check_mode(key->path, err) < 0) {
        return ERR_INPUT;
    }
    err->text[0] = '\0';
    int rc = import(key, &asking, err);
    key->for_agent = asking.asked;
    return rc;
}

/* The set. */

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static struct key *lookup(const struct keyset *set, const char *path, const char *certificate)
{
    for (size_t i = 0; i < set->count; i++) {
        struct key *key = set->keys[i];
        if (strcmp(key->path, path) == 0 && same(key->certificate, certificate)) {
            return key;
        }
    }
    return NULL;
}

const struct key *keyset_find(const struct keyset *set, const char *path,
                              const char *certificate)
{
    const struct key *key = lookup(set, path, certificate);
    return key && key->private ? key : NULL;
}

bool keyset_for_agent(const struct keyset *set, const char *path)
{
    const struct key *key = lookup(set, path, NULL);
    return key && !key->private && key->for_agent;
}

static struct key *key_new(struct keyset *set, const char *path, const char *certificate)
{
    struct key **keys = realloc(set->keys, (set->count + 1) * sizeof(struct key *));
    if (!keys) {
        return NULL;
    }
    set->keys = keys;
    struct key *key = calloc(1, sizeof(*key));
    if (!key || !(key->path = strdup(path)) ||
        (certificate && !(key->certificate = strdup(certificate)))) {
        key_free(key);
        return NULL;
    }
    set->keys[set->count++] = key;
    return key;
}

/* Certificates. A blob of a public key is a string, its type, and numbers; that of a
 * certificate a string, another type, a string, a nonce, the same numbers, and more. libssh
 * does not compare them. */

static bool is_certificate_of(struct view certificate, struct view key)
{
    struct view skipped;
    return keyfile_string(&certificate, &skipped) && keyfile_string(&certificate, &skipped) &&
           keyfile_string(&key, &skipped) && key.len && view_starts(certificate, key);
}

static int import_certificate(struct key *key, const struct key *plain)
{
    uint8_t buf[KEYFILE_BLOB];
    struct view blob = VIEW_NONE;
    ssh_key read = NULL;
    int rc = -1;
    if (keyfile_public(key->certificate, buf, &blob) == 0 &&
        is_certificate_of(blob, key_blob(plain)) &&
        ssh_pki_import_cert_file(key->certificate, &read) == SSH_OK &&
        ssh_pki_copy_cert_to_privkey(read, key->private) == SSH_OK) {
        keep_blob(key, blob);
        rc = 0;
    }
    ssh_key_free(read);
    return rc;
}

/* The key once more, with a certificate: a server may take the one or the other. */
int keyset_add_certificate(struct keyset *set, const char *path, const char *certificate,
                           struct err *err)
{
    const struct key *plain = keyset_find(set, path, NULL);
    const struct key *known = lookup(set, path, certificate);
    if (!plain || (known && !known->private)) {
        return err_set(err, ERR_INPUT, "certificate %s: it cannot be used", certificate);
    }
    if (known) {
        return 0;
    }
    struct key *key = key_new(set, path, certificate);
    key = key && (key->private = ssh_key_dup(plain->private)) ? key : NULL;
    if (!key) {
        return err_nomem(err);
    }
    int rc = 0;
    if (import_certificate(key, plain) < 0) {
        rc = err_set(err, ERR_INPUT, "certificate %s: it cannot be read, or is not %s's",
                     certificate, path);
        ssh_key_free(key->private);
        key->private = NULL;
    }
    return rc;
}

/* KEY-cert.pub, as ssh does. One that cannot be read must not pass silently. */
static int add_beside(struct keyset *set, const char *path, struct err *err)
{
    struct strbuf certificate = STRBUF_INIT;
    strbuf_addf(&certificate, "%s-cert.pub", path);
    int rc = strbuf_failed(&certificate) ? err_nomem(err) : 0;
    if (rc == 0 && access(certificate.buf, R_OK) == 0) {
        rc = keyset_add_certificate(set, path, certificate.buf, err);
    }
    strbuf_release(&certificate);
    return rc;
}

int keyset_add(struct keyset *set, const char *path, keyset_ask ask, void *user,
               struct err *err)
{
    struct err local = ERR_INIT;
    struct key *key = lookup(set, path, NULL);
    err = err ? err : &local;
    if (!key && !(key = key_new(set, path, NULL))) {
        return err_nomem(err);
    }
    if (!key->tried) {
        key->tried = true;
        int rc = key_read(key, ask, user, err);
        find_blob(key);
        return rc < 0 ? rc : add_beside(set, path, err);
    }
    return key->private ? 0 : err_set(err, ERR_INPUT, "key %s: it cannot be used", path);
}

const struct key *keyset_held(const struct keyset *set, const char *path)
{
    const struct key *key = lookup(set, path, NULL);
    return key && !key->private && key->blob ? key : NULL;
}

size_t keyset_find_all(const struct keyset *set, const char *path, const struct key **out,
                       size_t max)
{
    size_t n = 0;
    for (int plain = 0; plain < 2; plain++) {
        for (size_t i = 0; i < set->count && n < max; i++) {
            const struct key *key = set->keys[i];
            bool bare = key->certificate == NULL;
            if (key->private && bare == plain && strcmp(key->path, path) == 0) {
                out[n++] = key;
            }
        }
    }
    return n;
}

int keyset_add_defaults(struct keyset *set, struct err *err)
{
    static const char *const names[DEFAULTS] = {"id_ed25519", "id_ecdsa", "id_rsa"};
    const char *home = getenv("HOME");
    if (!home || !*home) {
        const struct passwd *pw = getpwuid(getuid());
        home = pw ? pw->pw_dir : "/";
    }
    size_t n = 0;
    for (size_t i = 0; i < DEFAULTS; i++) {
        struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/.ssh/%s", home, names[i]);
        if (strbuf_failed(&path)) {
            return err_nomem(err);
        }
        if (access(path.buf, R_OK) == 0) {
            (void)keyset_add(set, path.buf, NULL, NULL, NULL);
            const struct key *key = lookup(set, path.buf, NULL);
            set->defaults[n] = key ? key->path : NULL;
            n += key != NULL;
        }
        strbuf_release(&path);
    }
    return 0;
}
