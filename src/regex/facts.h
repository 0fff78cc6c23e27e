/*
 * What a pattern's tree says about all subjects that it matches: struct regex_facts of regex.h.
 * Every step is conservative; where an analysis would take long it says "anything".
 */
#ifndef REGEX_FACTS_H
#define REGEX_FACTS_H

#include "base/arena.h"
#include "regex/regex.h"
#include "regex/tree.h"

/* facts->prefix lies in the arena. False when memory ran out. */
bool facts_find(struct regex_facts *facts, const struct tree *tree, unsigned regex_flags,
                struct arena *arena);

/* lead.c: skip_min, skip_max, lead and lead_end of a pattern bound to the subject's start. */
void facts_find_lead(struct regex_facts *facts, const struct node *root);

/* prefix.c: facts->prefix of the same. */
bool facts_find_prefix(struct regex_facts *facts, const struct node *root, struct arena *arena);

/* prefix.c: facts->second of the same. */
void facts_find_second(struct regex_facts *facts, const struct node *root);

/* size.c: about the bytes of PCRE2's code, rather more than less; saturates at SIZE_HUGE. */
#define TREE_SIZE_HUGE ((size_t)1 << 30)
size_t tree_size(const struct tree *tree);

#endif
