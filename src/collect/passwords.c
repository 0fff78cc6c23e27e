#include "collect/passwords.h"

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

struct passwords {
    struct secret common; /* of the command line, for all */
    bool has_common;
    struct entry *entries;
    size_t nentries, room;
    struct places *places; /* by host->index */
};

void passwords_free(struct passwords *passwords)
{
    if (!passwords) {
        return;
    }
    for (size_t i = 0; i < passwords->nentries; i++) {
        secret_release(&passwords->entries[i].secret);
    }
    secret_release(&passwords->common);
    free(passwords->entries);
    free(passwords->places);
    free(passwords);
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

static struct entry *new_entry(struct passwords *passwords)
{
    if (passwords->nentries == passwords->room) {
        size_t room = passwords->room ? passwords->room * 2 : 8;
        struct entry *more = realloc(passwords->entries, room * sizeof(*more));
        if (!more) {
            return NULL;
        }
        passwords->entries = more;
        passwords->room = room;
    }
    struct entry *entry = &passwords->entries[passwords->nentries];
    *entry = (struct entry){.secret = SECRET_INIT};
    return entry;
}

/* The place of the spec's secret, fetched when it is the first of its kind. */
static int place(struct passwords *passwords, struct secret_spec spec, size_t *out,
                 struct err *err)
{
    *out = NO_SECRET;
    if (spec.source == SECRET_NONE) {
        return 0;
    }
    for (size_t i = passwords->nentries; i > 0; i--) {
        const struct secret_spec *known = &passwords->entries[i - 1].spec;
        if (known->source == spec.source && strcmp(known->value, spec.value) == 0) {
            *out = i - 1;
            return 0;
        }
    }
    struct entry *entry = new_entry(passwords);
    if (!entry) {
        return err_nomem(err);
    }
    int rc = fetch(&entry->secret, spec, err);
    if (rc == 0) {
        entry->spec = spec;
        *out = passwords->nentries++;
    }
    return rc;
}

static int fetch_common(struct passwords *passwords, const struct passwords_options *options,
                        struct err *err)
{
    int given = options->ask + (options->password_file != NULL) + (options->password_fd >= 0);
    if (given > 1) {
        return err_set(err, ERR_USAGE,
                       "give only one of --ask-pass, --password-file and --password-fd");
    }
    passwords->has_common = given == 1;
    if (options->ask) {
        return secret_from_terminal(&passwords->common, "Password: ", err);
    }
    if (options->password_file) {
        return secret_from_file(&passwords->common, options->password_file, err);
    }
    return options->password_fd >= 0
               ? secret_from_fd(&passwords->common, options->password_fd, err)
               : 0;
}

static int fetch_host(struct passwords *passwords, const struct host *host, struct err *err)
{
    struct places *places = &passwords->places[host->index];
    places->password = NO_SECRET;
    int rc =
        passwords->has_common ? 0 : place(passwords, host->password, &places->password, err);
    if (rc == 0) {
        rc = place(passwords, host->enable, &places->enable, err);
    }
    if (rc < 0 && host->file) {
        err_prefix(err, "%s:%d: host %s", host->file, host->line, host->name);
    }
    return rc;
}

int passwords_open(struct passwords **out, const struct inventory *inventory,
                   const struct passwords_options *options, struct err *err)
{
    struct passwords *passwords = calloc(1, sizeof(*passwords));
    if (!passwords) {
        return err_nomem(err);
    }
    *passwords = (struct passwords){.common = SECRET_INIT};
    passwords->places = calloc(inventory->count + 1, sizeof(*passwords->places));
    int rc = passwords->places ? fetch_common(passwords, options, err) : err_nomem(err);
    for (size_t i = 0; i < inventory->count && rc == 0; i++) {
        rc = fetch_host(passwords, &inventory->hosts[i], err);
    }
    if (rc < 0) {
        passwords_free(passwords);
        return rc;
    }
    *out = passwords;
    return 0;
}

static struct view at(const struct passwords *passwords, size_t place)
{
    return place == NO_SECRET ? VIEW_NONE : secret_view(&passwords->entries[place].secret);
}

int passwords_credentials(void *user, const struct host *host, struct credentials *out,
                          struct err *err)
{
    (void)err;
    const struct passwords *passwords = user;
    const struct places *places = &passwords->places[host->index];
    out->password = passwords->has_common ? secret_view(&passwords->common)
                                          : at(passwords, places->password);
    out->enable = at(passwords, places->enable);
    return 0;
}
