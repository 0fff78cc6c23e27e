#include "session/ssh_keys.h"

#include "base/strbuf.h"
#include "session/ssh_private.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULTS 3

struct keyset {
    struct key **keys;
    size_t count;
    const struct key *defaults[DEFAULTS];
    size_t ndefaults;
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

const char *key_path(const struct key *key)
{
    return key->path;
}

const struct key *const *keyset_defaults(const struct keyset *set, size_t *n)
{
    *n = set->ndefaults;
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

/* KEY-cert.pub, as ssh does. A certificate that cannot be read must not pass silently. */
static int add_certificate(struct key *key, struct err *err)
{
    struct strbuf path = STRBUF_INIT;
    ssh_key certificate = NULL;
    int rc = 0;
    if (key->certificate) {
        strbuf_addstr(&path, key->certificate);
    } else {
        strbuf_addf(&path, "%s-cert.pub", key->path);
    }
    if (strbuf_failed(&path)) {
        return err_nomem(err);
    }
    if ((key->certificate || access(path.buf, R_OK) == 0) &&
        (ssh_pki_import_cert_file(path.buf, &certificate) != SSH_OK ||
         ssh_pki_copy_cert_to_privkey(certificate, key->private) != SSH_OK)) {
        rc = err_set(err, ERR_INPUT, "certificate %s: it cannot be read, or is not %s's",
                     path.buf, key->path);
    }
    ssh_key_free(certificate);
    strbuf_release(&path);
    return rc;
}

static int key_read(struct key *key, keyset_ask ask, void *user, struct err *err)
{
    struct asking asking = {ask, user, key->path, err, false};
    if (check_mode(key->path, err) < 0) {
        return ERR_INPUT;
    }
    err->text[0] = '\0';
    int rc = import(key, &asking, err);
    key->encrypted = asking.asked;
    if (rc == 0) {
        rc = add_certificate(key, err);
    }
    if (rc < 0) {
        ssh_key_free(key->private);
        key->private = NULL;
    }
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

bool keyset_encrypted(const struct keyset *set, const char *path)
{
    const struct key *key = lookup(set, path, NULL);
    return key && key->encrypted;
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

int keyset_add(struct keyset *set, const char *path, const char *certificate, keyset_ask ask,
               void *user, struct err *err)
{
    struct err local = ERR_INIT;
    struct key *key = lookup(set, path, certificate);
    if (key) {
        return key->private ? 0 : err_set(err, ERR_INPUT, "key %s: it cannot be used", path);
    }
    key = key_new(set, path, certificate);
    return key ? key_read(key, ask, user, err ? err : &local) : err_nomem(err);
}

int keyset_add_defaults(struct keyset *set, struct err *err)
{
    static const char *const names[DEFAULTS] = {"id_ed25519", "id_ecdsa", "id_rsa"};
    const char *home = getenv("HOME");
    if (!home || !*home) {
        const struct passwd *pw = getpwuid(getuid());
        home = pw ? pw->pw_dir : "/";
    }
    for (size_t i = 0; i < DEFAULTS; i++) {
        struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/.ssh/%s", home, names[i]);
        if (strbuf_failed(&path)) {
            return err_nomem(err);
        }
        if (access(path.buf, R_OK) == 0 &&
            keyset_add(set, path.buf, NULL, NULL, NULL, NULL) == 0) {
            set->defaults[set->ndefaults++] = keyset_find(set, path.buf, NULL);
        }
        strbuf_release(&path);
    }
    return 0;
}
