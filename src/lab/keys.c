#include "lab/keys.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RSA_BITS   2048
#define PATH_BYTES 4096

static int make_key(const char *path, enum ssh_keytypes_e type, ssh_key *out, struct err *err)
{
    ssh_key key = NULL;
    /* ssh_pki_export_privkey_file() creates with the process's mask. */
    mode_t mask = umask(077);
    int rc = ssh_pki_generate(type, type == SSH_KEYTYPE_RSA ? RSA_BITS : 0, &key);
    if (rc == SSH_OK) {
        rc = ssh_pki_export_privkey_file(key, NULL, NULL, NULL, path);
    }
    umask(mask);
    if (rc != SSH_OK) {
        ssh_key_free(key);
        return err_set(err, ERR_OUTPUT, "%s: a new key could not be made or written there",
                       path);
    }
    *out = key;
    return 0;
}

static int open_key(const char *dir, const char *name, enum ssh_keytypes_e type, ssh_key *out,
                    struct err *err)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (access(path, F_OK) < 0) {
        return make_key(path, type, out, err);
    }
    if (ssh_pki_import_privkey_file(path, NULL, NULL, NULL, out) != SSH_OK ||
        ssh_key_type(*out) != type) {
        return err_set(err, ERR_INPUT,
                       "%s: not the %s key that collect-lab put there; remove it", path,
                       ssh_key_type_to_char(type));
    }
    return 0;
}

int keys_open(struct keys *keys, const char *dir, bool legacy, struct err *err)
{
    keys->dir = dir;
    for (int i = 0; i < KEYS_HOST; i++) {
        char name[32];
        snprintf(name, sizeof(name), "host_key_%d", i);
        if (open_key(dir, name, SSH_KEYTYPE_ED25519, &keys->host[i], err) < 0) {
            return ERR_INPUT;
        }
    }
    if (legacy) {
        return open_key(dir, "host_key_rsa", SSH_KEYTYPE_RSA, &keys->host[KEYS_LEGACY], err);
    }
    return 0;
}

void keys_release(struct keys *keys)
{
    for (int i = 0; i <= KEYS_LEGACY; i++) {
        ssh_key_free(keys->host[i]);
    }
    ssh_key_free(keys->user);
    *keys = (struct keys){0};
}

static int write_public(const struct keys *keys, ssh_key key, struct err *err)
{
    char path[PATH_BYTES];
    snprintf(path, sizeof(path), "%s/id_ed25519.pub", keys->dir);
    if (ssh_pki_export_pubkey_file(key, path) != SSH_OK) {
        return err_set(err, ERR_OUTPUT, "%s could not be written", path);
    }
    return 0;
}

int keys_user(struct keys *keys, struct err *err)
{
    if (keys->user) {
        return 0;
    }
    int rc = open_key(keys->dir, "id_ed25519", SSH_KEYTYPE_ED25519, &keys->user, err);
    return rc < 0 ? rc : write_public(keys, keys->user, err);
}

size_t keys_number(const struct device *device)
{
    return device->settings.legacy ? KEYS_LEGACY : device->number % KEYS_HOST;
}

int keys_line(const struct keys *keys, size_t number, struct strbuf *out, struct err *err)
{
    char *base64 = NULL;
    if (ssh_pki_export_pubkey_base64(keys->host[number], &base64) != SSH_OK) {
        return err_nomem(err);
    }
    strbuf_addf(out, "%s %s", ssh_key_type_to_char(ssh_key_type(keys->host[number])), base64);
    ssh_string_free_char(base64);
    return 0;
}
