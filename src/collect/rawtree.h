/*
 * --save-raw DIR: each output as it came, DIR/<host>/<command>.txt, and DIR/manifest.json,
 * which says what every file is and also holds what failed. `collect parse DIR` reads it back.
 *
 *     rawtree_open(&tree, dir, &plan, &err);         before anything connects
 *     rawtree_add(tree, result, &err);               each finished host
 *     rawtree_close(tree, &err);                     or rawtree_free(tree): no manifest
 *
 * Files are readable by their owner alone, appear whole or not at all, and have names that are
 * safe for any file system (base/safename.h); names that would be one where letter case does
 * not count get a number. A folder holds one run: its manifest replaces the one before.
 *
 * The manifest:
 *
 *     {"started": "2026-11-23T01:20:01Z",
 *     "hosts": [
 *     {"host": "sw1", "address": "10.0.0.1", "platform": "cisco_ios", "groups": ["core"],
 * "data": {"site": "ber"}},
 *     ...
 *     ],
 *     "jobs": [
 *     {"host": "sw1", "platform": "cisco_ios", "command": "show version", "asked":
 * "show_version", "template": true, "file": "sw1/show%20version.txt", "status": "ok", "reason":
 * null, "collected_at": "2026-11-23T01:20:05Z"},
 *     ...
 *     ]}
 *
 * `template` tells whether `asked` was a template's name or a command; `file` is null where no
 * output came. `hosts` has all hosts of the plan in the inventory's order, also those that had
 * nothing to do. Manifests of earlier versions have only `jobs`.
 */
#ifndef COLLECT_RAWTREE_H
#define COLLECT_RAWTREE_H

#include "collect/plan.h"
#include "collect/result.h"

#define RAWTREE_MANIFEST "manifest.json"

struct rawtree;

/* Makes the folder if it is missing. The plan must outlive the tree. */
int rawtree_open(struct rawtree **out, const char *dir, const struct plan *plan,
                 struct err *err);
/* Another plan with the same jobs: what they run has become known. */
void rawtree_settle(struct rawtree *tree, const struct plan *plan);
int rawtree_add(struct rawtree *tree, const struct host_result *result, struct err *err);
int rawtree_close(struct rawtree *tree, struct err *err);
void rawtree_free(struct rawtree *tree); /* NULL is fine */

#endif
