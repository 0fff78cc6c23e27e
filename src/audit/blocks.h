/*
 * Blocks of an output: which lines belong to the one that begins a block, in the layouts that
 * devices write their configurations in.
 *
 * - Indented (most of them): the lines behind the head that are indented deeper, blank ones
 *   aside. So in IOS, its kin and Junos' braces, FortiOS' config, edit, next, end.
 * - `set` lines (Junos, VyOS, PAN-OS): those that follow one another and in which the pattern
 *   matched the same text: '^set interfaces \S+' gives a block an interface.
 * - Sections without indentation: in an output of which no line is indented, and that has lines
 *   of `!` or `exit`, all lines up to the next such, or the next head.
 * - RouterOS' menus: behind a line like `/ip service` all its add and set lines.
 * - A text of several lines, which a banner or a `set` with a quote begins: it belongs to the
 *   line that begins it, whatever its lines look like, and none of them begins a block.
 */
#ifndef AUDIT_BLOCKS_H
#define AUDIT_BLOCKS_H

#include "audit/engine.h"

/* Notes of freshly split lines which are in texts, and whether the output has sections without
 * indentation. items are lines->items, not const. */
void blocks_mark(struct output_lines *lines, struct output_line *items);

/* Behind the last line of the block that head begins, by its layout alone. */
size_t blocks_end(const struct output_lines *lines, size_t head);

/* Whether the line is one of those that only what `within` matched puts together. */
bool blocks_is_set(const struct output_lines *lines, size_t line);

/* Whether the line ends a section without indentation. */
bool blocks_is_separator(const struct output_lines *lines, size_t line);

#endif
