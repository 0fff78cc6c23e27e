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

/* own: lists of the host's, or NULL. known: the key types known_hosts has for the host,
 * comma-separated or empty; asked for first.
 */
int algorithms_offer(ssh_session session, bool legacy, const struct algorithms *own,
                     const char *known, struct err *err);

/*
 * Why a key exchange failed for want of a common algorithm: which class, what the device has,
 * and the setting that would add it. libssh has words for it but loses them when the socket was
 * writable in the same moment, so the device's own offer (KEXINIT, still in the clear) is
 * looked at in the socket before libssh reads it; libssh's words serve where it came in too
 * late for that.
 *
 *     algorithms_peek(fd, greeted, &lists);           before each step of the key exchange
 *     algorithms_explain(&lists, words, legacy, own, &err)        true: err says why
 */
void algorithms_peek(int fd, bool greeted, struct strbuf *lists);
bool algorithms_explain(const struct strbuf *lists, const char *words, bool legacy,
                        const struct algorithms *own, struct err *err);

#endif
