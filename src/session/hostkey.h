/*
 * Whether a host's key is trusted: the one place that can say so. Its default answer is no:
 * every failure on the way (memory, a file that cannot be written, an unknown case) is a
 * refusal.
 *
 *     struct hostkeys *keys;
 *     hostkeys_open(&keys, HOST_KEYS_STRICT, NULL, &err);      once a run: reads the files
 *     hostkeys_types(keys, &peer, &types);                     before the key exchange
 *     if (hostkeys_trust(keys, &peer, &shown, &err) < 0) ...   before any secret leaves
 *     hostkeys_free(keys);
 *
 *               | key known | unknown | changed, other type | @revoked
 *     strict    | trusted   | refused | refused             | refused
 *     accept-new| trusted   | added   | refused             | refused
 *     off       | trusted   | trusted | trusted             | trusted
 *
 * A fingerprint pinned in the inventory takes the place of known_hosts under every policy.
 * A host is looked up by its address (as ssh would) and by its inventory name; on another port
 * than 22 an entry without the port may vouch for the key, too, but cannot contradict it.
 * All functions may be called by several threads at once.
 */
#ifndef SESSION_HOSTKEY_H
#define SESSION_HOSTKEY_H

#include "base/err.h"
#include "base/strbuf.h"

enum host_keys { HOST_KEYS_STRICT, HOST_KEYS_ACCEPT_NEW, HOST_KEYS_OFF };

struct hostkeys;

struct hostkey_peer {
    const char *name;    /* in the inventory */
    const char *address; /* what was connected to; NULL = the name */
    int port;
    const char *pinned; /* "SHA256:...", NULL = none */
};

/* What the server showed. */
struct hostkey {
    const char *type;        /* "ssh-ed25519" */
    const char *base64;      /* the public key */
    const char *fingerprint; /* "SHA256:..." */
};

/* path NULL: ~/.ssh/known_hosts. */
int hostkeys_open(struct hostkeys **out, enum host_keys policy, const char *path,
                  struct err *err);
void hostkeys_free(struct hostkeys *keys);

/* One more file that may know hosts; new keys go to the first one. Before the threads start. */
int hostkeys_read(struct hostkeys *keys, const char *path, struct err *err);

/* The keys of a file, one a line, are refused under every name, as @revoked ones are. Negative,
 * too, when it is not there, or is a list of OpenSSH's binary kind (ssh-keygen -k). */
int hostkeys_revoke(struct hostkeys *keys, const char *path, struct err *err);

/* Names of new hosts are hashed. Both before the threads start. */
void hostkeys_hash(struct hostkeys *keys);

/* 0 = trusted; else refused, and err says why and what to do. */
int hostkeys_trust(struct hostkeys *keys, const struct hostkey_peer *peer,
                   const struct hostkey *shown, struct err *err);

enum host_keys hostkeys_policy(const struct hostkeys *keys);

/* Appends the key types known for the peer, comma-separated: to be asked for first, so that a
 * host known by its RSA key is not refused for showing an Ed25519 one. */
void hostkeys_types(struct hostkeys *keys, const struct hostkey_peer *peer, struct strbuf *out);

/* "SHA256:..." of a public key into buf, or "an unreadable key". */
#define FINGERPRINT_SIZE 64
void hostkey_fingerprint(const char *base64, char buf[FINGERPRINT_SIZE]);

#endif
