/*
 * collect parse DIR: a tree of --save-raw, parsed as the run that left it parsed, with the
 * templates of today.
 */
#ifndef CLI_PARSE_TREE_H
#define CLI_PARSE_TREE_H

#include "cli/options.h"

/* Whether the words are one folder. */
bool parse_is_tree(const struct options *options);

/* The verb's whole work; gives the exit status. */
int parse_tree(const struct options *options);

#endif
