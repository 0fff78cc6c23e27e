/*
 * AES-GCM's tag is looked at, whichever libssh there is. Up to 0.10.6 and 0.11.3 libssh asks
 * OpenSSL's EVP_DecryptFinal whether the tag is right and takes its no, a 0, for a yes
 * (CVE-2026-59847): a bit flipped on the wire arrives as data. Distributions have mended it
 * without another version number, so nobody can ask a libssh whether it is.
 *
 * Hence a function of that name here, which the dynamic linker gives to libssh since it looks
 * into the program first. It asks OpenSSL in the same way, and answers -1 where OpenSSL says 0;
 * that is an error to every libssh, mended or not. A program that was linked without exporting
 * it, or a libssh on another library than OpenSSL, is not guarded, and should prefer CTR, whose
 * MAC every libssh checks; CTR costs a third more.
 */
#ifndef SESSION_GCM_TAG_H
#define SESSION_GCM_TAG_H

#include <stdbool.h>

/* After libssh_load(): whether libssh is served by the function above. */
bool gcm_tag_guarded(void);

#endif
