/*
 * Whether a text of a rule can stand in parentheses in a statement of ours: SQL that ends
 * where it ends. What it may do is the guard's business (store/guard.h).
 */
#ifndef AUDIT_EXPRESSION_H
#define AUDIT_EXPRESSION_H

#include "base/err.h"
#include "base/strbuf.h"
#include "base/view.h"

/* ERR_USAGE: a parenthesis, text or comment is left open or closed too often, or there is a
 * `;`. */
int expression_check(struct view sql, struct err *err);

/* Without blanks and `;` at its end, which mean nothing there. */
struct view expression_trim(struct view sql);

/* Whether the text names a column: the word stands in it outside of texts, in any case. */
bool expression_names(struct view sql, struct view column);

/*
 * A column that is compared with a number by < or >, a slip wherever columns hold text: then
 * the number is text, too, and '9' is more than '15'. False: there is none.
 */
typedef bool expression_column_fn(const void *user, struct view name);
bool expression_compares_number(struct view sql, expression_column_fn *is_column,
                                const void *user, struct view *column);

/* Appends it as one line with single blanks, cut to most bytes. */
void expression_add_line(struct strbuf *out, struct view sql, size_t most);

#endif
