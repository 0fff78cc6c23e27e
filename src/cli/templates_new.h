/* collect templates new: a first draft of a template from an output on stdin. */
#ifndef CLI_TEMPLATES_NEW_H
#define CLI_TEMPLATES_NEW_H

#include "cli/options.h"

/* The whole of it; gives the exit status. */
int templates_new(const struct options *options);

#endif
