/*
 * Text of others within HTML or XML: what means something there is escaped, what may not stand
 * there at all (control characters, bytes that are no UTF-8) or would act on the text around it
 * is shown as base/vis.h shows it.
 */
#ifndef OUTPUT_MARKUP_H
#define OUTPUT_MARKUP_H

#include "base/strbuf.h"
#include "base/view.h"

/* Between tags; newlines and tabs stay. */
void markup_add(struct strbuf *out, struct view text);

/* Within an attribute's quotes: newlines and tabs stay what they are to whoever reads it. */
void markup_add_attribute(struct strbuf *out, struct view text);

#endif
