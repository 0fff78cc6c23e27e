/*
 * The options that say which hosts, as the question that inventory_read() answers.
 */
#ifndef CLI_HOSTS_QUERY_H
#define CLI_HOSTS_QUERY_H

#include "cli/options.h"
#include "collect/inventory.h"

/* Reads the hosts that options ask for and tells the inventory's warnings. *inventory must be
 * released in any case. */
int hosts_query(struct inventory *inventory, const struct options *options, struct err *err);

#endif
