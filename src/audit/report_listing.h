/*
 * Findings as lines of text for people: a host with what was seen there. Hosts that follow one
 * another and of which the same is to be said, go together.
 *
 *     struct listing listing = {.text = t, .name_width = widest};
 *     listing_add(&listing, finding, &err);                        any number
 *     listing_end(&listing, &err);
 */
#ifndef AUDIT_REPORT_LISTING_H
#define AUDIT_REPORT_LISTING_H

#include "audit/report_text.h"

struct listing {
    struct text *text;
    size_t name_width;                 /* columns of hosts' names */
    const struct audit_finding *first; /* of those that wait to be told; NULL = none */
    size_t n;                          /* how many wait; their names are in text->names */
    const char *expected;              /* what was expected, as told last */
};

int listing_add(struct listing *listing, const struct audit_finding *finding, struct err *err);
int listing_end(struct listing *listing, struct err *err);

#endif
