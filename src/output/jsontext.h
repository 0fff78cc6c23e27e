/*
 * JSON that a device printed: is it a whole document, and if so, as one line. RFC 8259, without
 * recursion; nesting deeper than LIMIT_JSON_DEPTH counts as not JSON.
 */
#ifndef OUTPUT_JSONTEXT_H
#define OUTPUT_JSONTEXT_H

#include "base/strbuf.h"
#include "base/view.h"

/* Whether text is one object or array, with nothing but blanks around it. (A bare `42` or
 * `true` is far more likely to be a device's word than a document.) */
bool json_document(struct view text);

/* Appends a document without the blanks between its tokens; bad UTF-8 becomes U+FFFD. */
void json_add_compact(struct strbuf *out, struct view text);

#endif
