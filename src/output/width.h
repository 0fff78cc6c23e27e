/*
 * How many columns text takes on a terminal: 2 for wide characters (CJK, emoji), 0 for
 * combining ones. Text is expected to be terminal-safe (base/vis.h); a bad byte counts 1.
 */
#ifndef OUTPUT_WIDTH_H
#define OUTPUT_WIDTH_H

#include "base/view.h"

size_t width_of(struct view text);

/* How many bytes of text fit into width columns, whole characters with what combines on them.
 */
size_t width_fit(struct view text, size_t width);

#endif
