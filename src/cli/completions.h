/*
 * Completions for the shells, made from the tables. Each knows the verbs and their first words,
 * the options of the verb on the line, the words of choices, and where files, folders or names
 * are wanted. Names are asked of the program itself at the time (names.h), so that a shell
 * offers the templates and hosts that are there.
 */
#ifndef CLI_COMPLETIONS_H
#define CLI_COMPLETIONS_H

#include "cli/options.h"

#include "base/strbuf.h"

void completions_bash(struct strbuf *out);
void completions_zsh(struct strbuf *out);
void completions_fish(struct strbuf *out);

/* ---- What the three have in common ---------------------------------------------------------
 */

/* The names of all verbs for people, blanks between. */
void completions_verbs(struct strbuf *out);

/* The words that an option's argument can be, blanks between; nothing when it is free. */
void completions_words(struct strbuf *out, const struct option *o);

/* The kind of names (names.h) that is wanted, or NULL. */
const char *completions_names(enum option_complete complete);

/* What a word of a synopsis (HOST, FILE) stands for. */
enum option_complete completions_of(struct view word);

/* "list match show new": the first words of a verb that has such. */
void completions_operands(struct strbuf *out, const struct verb *verb);

#endif
