/*
 * Which algorithms are offered, in which order. The modern list puts the cheap ones first:
 * libssh's own order chooses group18 (128 ms of CPU) before group14. `legacy` adds what old
 * devices need behind the modern ones, never instead of them.
 *
 * Left out unless legacy: chacha20-poly1305 and CBC with encrypt-then-MAC, which a man in the
 * middle can truncate (Terrapin) on servers without strict key exchange, as all old ones are.
 */
#ifndef SESSION_SSH_ALGORITHMS_H
#define SESSION_SSH_ALGORITHMS_H

#include "base/err.h"
#include "session/ssh_private.h"

/* known: the key types known_hosts has for the host, comma-separated or empty; asked for first.
 */
int algorithms_offer(ssh_session session, bool legacy, const char *known, struct err *err);

/* Turns libssh's "no match for method" into words: which class, what the device has, and the
 * setting that would add it. False when text is no such message. */
bool algorithms_explain(const char *text, bool legacy, struct err *err);

#endif
