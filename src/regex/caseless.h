/*
 * Back-references under the flag "i" to text that is not ASCII. PCRE2 holds all characters for
 * the same that have a case folding in common, sigma and final sigma for instance; Python's re
 * holds those for the same whose lower case is (_sre.c, SRE_OP_GROUPREF_UNI_IGNORE), or under
 * the flag "a" only A to Z and a to z. emit.c has a callout behind each of these references:
 * its text is "u" or "a" and the group's number.
 */
#ifndef REGEX_CASELESS_H
#define REGEX_CASELESS_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* 0 when Python would have taken what PCRE2 took, 1 to try another way. */
int caseless_callout(pcre2_callout_block *block, void *user);

#endif
