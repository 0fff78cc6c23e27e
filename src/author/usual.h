/*
 * Names that templates give the same thing everywhere: what a header calls "Mac" or "Intf" is
 * mac_address and interface in the table of names of a template folder.
 */
#ifndef AUTHOR_USUAL_H
#define AUTHOR_USUAL_H

#include "base/strbuf.h"

/* The usual name of what is called word as a whole ("sn": "serial"), or NULL. */
const char *usual_word(struct view word);

/* Each word between underscores in its usual form: "mgmt_intf" is "mgmt_interface". */
void usual_words(struct strbuf *out, const char *name);

#endif
