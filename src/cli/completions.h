/*
 * Completions for the shells, made from the tables. Each knows the verbs, the options of the
 * verb on the line, the words of choices, and where files or folders are wanted.
 */
#ifndef CLI_COMPLETIONS_H
#define CLI_COMPLETIONS_H

#include "base/strbuf.h"

void completions_bash(struct strbuf *out);
void completions_zsh(struct strbuf *out);
void completions_fish(struct strbuf *out);

#endif
