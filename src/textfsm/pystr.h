/*
 * Python's notion of blanks and words, on UTF-8: what str.strip(), str.splitlines(), `\s` and
 * `\w` mean to the original. Blanks are the same 29 code points everywhere.
 */
#ifndef TEXTFSM_PYSTR_H
#define TEXTFSM_PYSTR_H

#include "base/alloc.h"
#include "base/view.h"

#include <stdint.h>

bool pystr_is_space(uint32_t cp);

struct view pystr_rstrip(struct view v);
struct view pystr_lstrip(struct view v);

/* Only blanks, or nothing. */
bool pystr_blank(struct view v);

/* `^\w+$`: 1 yes, 0 no, < 0 a negative enum err_code. */
int pystr_is_word(struct view v, const struct alloc *alloc);

/* How many bytes the first n characters of v take. */
size_t pystr_bytes(struct view v, size_t n);

#endif
