/*
 * OpenSSH's known_hosts files in memory: read once before the run, asked for every host.
 *
 *     struct knownhosts *known;
 *     knownhosts_new(&known, &err);
 *     knownhosts_read(known, path, &err);              any number of files; a missing one is
 * empty struct known_search search = KNOWN_SEARCH_INIT; while ((key = knownhosts_next(known,
 * &search, "[r1.example.net]:2222"))) ... knownhosts_free(known);
 *
 * It only reports what the files say of a name; whether that means trust is hostkey's to
 * decide. Understood as sshd(8) describes the format: comma lists, * and ?, negation, hashed
 * names, [host]:port, @revoked and @cert-authority. A line that cannot be understood knows no
 * host. Plain names are found through a hash table; hashed lines must each be tried (each has a
 * salt of its own), which costs two SHA-1 blocks a line.
 */
#ifndef SESSION_KNOWNHOSTS_H
#define SESSION_KNOWNHOSTS_H

#include "base/err.h"
#include "base/view.h"

struct knownhosts;

enum known_mark {
    KNOWN_KEY,
    KNOWN_REVOKED,
    KNOWN_AUTHORITY,
};

struct known_key {
    enum known_mark mark;
    const char *type;   /* "ssh-ed25519" */
    const char *base64; /* the public key */
    const char *file;
    int line;
};

struct known_search {
    int stage;
    size_t next;
};

#define KNOWN_SEARCH_INIT                                                                      \
    {                                                                                          \
        0, 0                                                                                   \
    }

int knownhosts_new(struct knownhosts **out, struct err *err);
void knownhosts_free(struct knownhosts *known);

int knownhosts_read(struct knownhosts *known, const char *path, struct err *err);

/* One more line, as it would stand in file. */
int knownhosts_add(struct knownhosts *known, struct view line, const char *file, int lineno,
                   struct err *err);

/* The next key of a host, NULL at the end. It lives as long as known. The host is written as in
 * the file: a name or address in lower case, "[host]:port" unless the port is 22. */
const struct known_key *knownhosts_next(const struct knownhosts *known,
                                        struct known_search *search, const char *host);

#endif
