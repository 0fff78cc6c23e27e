#include "collect/passwords.h"

#include "collect/secret_source.h"

#include "base/strbuf.h"
#include "base/vis.h"

#include <stdlib.h>
#include <unistd.h>

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

/* Whether something that nobody has to name could log in: an agent, a key in its usual place.
 */
static bool has_usual_keys(void)
{
    static const char *const names[] = {"id_ed25519", "id_ecdsa", "id_rsa"};
    const char *agent = getenv("SSH_AUTH_SOCK"), *home = getenv("HOME");
    bool found = agent && *agent;
    for (size_t i = 0; home && i < sizeof(names) / sizeof(names[0]) && !found; i++) {
        struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/.ssh/%s", home, names[i]);
        found = access(path.buf, R_OK) == 0;
        strbuf_release(&path);
    }
    return found;
}

static bool says_nothing(const struct host *host)
{
    bool keys = host->key || host->agent || (host->identities && host->identities[0]);
    return host->password.source == SECRET_NONE && !keys;
}

/* The password of all hosts for which nothing is said, when a person can be asked. */
static int ask_for_rest(struct passwords *passwords, const struct inventory *inventory,
                        struct err *err)
{
    size_t first = 0;
    while (first < inventory->count && !says_nothing(&inventory->hosts[first])) {
        first++;
    }
    if (passwords->has_common || first == inventory->count || !isatty(STDIN_FILENO) ||
        has_usual_keys()) {
        return 0;
    }
    struct entry *entry = new_entry(passwords);
    if (!entry) {
        return err_nomem(err);
    }
    int rc = secret_from_terminal(&entry->secret, "Password (none: Enter): ", err);
    if (rc == ERR_USAGE) {
        return 0; /* nothing was typed */
    }
    for (size_t i = first; i < inventory->count && rc == 0; i++) {
        if (says_nothing(&inventory->hosts[i])) {
            passwords->places[i].password = passwords->nentries;
        }
    }
    passwords->nentries += rc == 0;
    return rc;
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

/* Commands that are run from here on do not inherit it, and who looks at the process's
 * environment finds blanks. */
static void forget_variables(const struct passwords *passwords)
{
    for (size_t i = 0; i < passwords->nentries; i++) {
        const struct secret_spec *spec = &passwords->entries[i].spec;
        char *value = spec->source == SECRET_ENV ? getenv(spec->value) : NULL;
        if (value) {
            secret_wipe(value, strlen(value));
            (void)unsetenv(spec->value);
        }
    }
}

int passwords_open(struct passwords **out, const struct inventory *inventory,
                   const struct passwords_options *options, struct err *err)
{
    struct passwords *passwords = calloc(1, sizeof(*passwords));
    if (!passwords) {
        return err_nomem(err);
    }
    *passwords = (struct passwords){.common = SECRET_INIT};
    passwords->places =
        calloc(inventory->count + inventory->njumps + 1, sizeof(*passwords->places));
    int rc = passwords->places ? fetch_common(passwords, options, err) : err_nomem(err);
    for (size_t i = 0; i < inventory->count && rc == 0; i++) {
        rc = fetch_host(passwords, &inventory->hosts[i], err);
    }
    for (size_t i = 0; i < inventory->njumps && rc == 0; i++) {
        rc = fetch_host(passwords, inventory->jumps[i], err);
    }
    if (rc == 0) {
        rc = ask_for_rest(passwords, inventory, err);
    }
    forget_variables(passwords);
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

int passwords_passphrase(void *user, const char *path, struct secret *out, struct err *err)
{
    (void)user;
    struct strbuf prompt = STRBUF_INIT;
    strbuf_addstr(&prompt, "Passphrase for ");
    vis_add(&prompt, view_of(path), VIS_LINE);
    strbuf_addstr(&prompt, ": ");
    int rc = secret_from_terminal(out, prompt.buf, err);
    strbuf_release(&prompt);
    return rc;
}
