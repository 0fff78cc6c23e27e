#include "collect/keyring.h"

#include "collect/secret_source.h"

#include <stdlib.h>

#define NO_SECRET SIZE_MAX

/* Each source once. */
struct entry {
    struct secret_spec spec;
    struct secret secret;
};

/* A host's places among the entries. */
struct places {
    size_t password, enable;
};

struct keyring {
    struct secret common; /* of the command line, for all */
    bool has_common;
    struct entry *entries;
    size_t nentries, room;
    struct places *places; /* by host->index */
};

void keyring_free(struct keyring *keyring)
{
    if (!keyring) {
        return;
    }
    for (size_t i = 0; i < keyring->nentries; i++) {
        secret_release(&keyring->entries[i].secret);
    }
    secret_release(&keyring->common);
    free(keyring->entries);
    free(keyring->places);
    free(keyring);
}

static int fetch(struct secret *out, struct secret_spec spec, struct err *err)
{
    switch (spec.source) {
    case SECRET_ENV:
        return secret_from_env(out, spec.value, err);
    case SECRET_FILE:
        return secret_from_file(out, spec.value, err);
    case SECRET_COMMAND:
        return secret_from_command(out, spec.value, err);
    case SECRET_PLAIN:
        return secret_set(out, view_of(spec.value), err);
    case SECRET_NONE:
        break;
    }
    return 0;
}

static struct entry *new_entry(struct keyring *keyring)
{
    if (keyring->nentries == keyring->room) {
        size_t room = keyring->room ? keyring->room * 2 : 8;
        struct entry *more = realloc(keyring->entries, room * sizeof(*more));
        if (!more) {
            return NULL;
        }
        keyring->entries = more;
        keyring->room = room;
    }
    struct entry *entry = &keyring->entries[keyring->nentries];
    *entry = (struct entry){.secret = SECRET_INIT};
    return entry;
}

/* The place of the spec's secret, fetched when it is the first of its kind. */
static int place(struct keyring *keyring, struct secret_spec spec, size_t *out, struct err *err)
{
    *out = NO_SECRET;
    if (spec.source == SECRET_NONE) {
        return 0;
    }
    for (size_t i = keyring->nentries; i > 0; i--) {
        const struct secret_spec *known = &keyring->entries[i - 1].spec;
        if (known->source == spec.source && strcmp(known->value, spec.value) == 0) {
            *out = i - 1;
            return 0;
        }
    }
    struct entry *entry = new_entry(keyring);
    if (!entry) {
        return err_nomem(err);
    }
    int rc = fetch(&entry->secret, spec, err);
    if (rc == 0) {
        entry->spec = spec;
        *out = keyring->nentries++;
    }
    return rc;
}

static int fetch_common(struct keyring *keyring, const struct keyring_options *options,
                        struct err *err)
{
    int given = options->ask + (options->password_file != NULL) + (options->password_fd >= 0);
    if (given > 1) {
        return err_set(err, ERR_USAGE,
                       "give only one of --ask-pass, --password-file and --password-fd");
    }
    keyring->has_common = given == 1;
    if (options->ask) {
        return secret_from_terminal(&keyring->common, "Password: ", err);
    }
    if (options->password_file) {
        return secret_from_file(&keyring->common, options->password_file, err);
    }
    return options->password_fd >= 0
               ? secret_from_fd(&keyring->common, options->password_fd, err)
               : 0;
}

static int fetch_host(struct keyring *keyring, const struct host *host, struct err *err)
{
    struct places *places = &keyring->places[host->index];
    places->password = NO_SECRET;
    int rc = keyring->has_common ? 0 : place(keyring, host->password, &places->password, err);
    if (rc == 0) {
        rc = place(keyring, host->enable, &places->enable, err);
    }
    if (rc < 0 && host->file) {
        err_prefix(err, "%s:%d: host %s", host->file, host->line, host->name);
    }
    return rc;
}

int keyring_open(struct keyring **out, const struct inventory *inventory,
                 const struct keyring_options *options, struct err *err)
{
    struct keyring *keyring = calloc(1, sizeof(*keyring));
    if (!keyring) {
        return err_nomem(err);
    }
    *keyring = (struct keyring){.common = SECRET_INIT};
    keyring->places = calloc(inventory->count + 1, sizeof(*keyring->places));
    int rc = keyring->places ? fetch_common(keyring, options, err) : err_nomem(err);
    for (size_t i = 0; i < inventory->count && rc == 0; i++) {
        rc = fetch_host(keyring, &inventory->hosts[i], err);
    }
    if (rc < 0) {
        keyring_free(keyring);
        return rc;
    }
    *out = keyring;
    return 0;
}

static struct view at(const struct keyring *keyring, size_t place)
{
    return place == NO_SECRET ? VIEW_NONE : secret_view(&keyring->entries[place].secret);
}

int keyring_credentials(void *user, const struct host *host, struct credentials *out,
                        struct err *err)
{
    (void)err;
    const struct keyring *keyring = user;
    const struct places *places = &keyring->places[host->index];
    out->password =
        keyring->has_common ? secret_view(&keyring->common) : at(keyring, places->password);
    out->enable = at(keyring, places->enable);
    return 0;
}
