/* Inside the scene: how it is read, and what is laid over the database. */
#ifndef AUDIT_SCENE_PART_H
#define AUDIT_SCENE_PART_H

#include "audit/scene.h"
#include "store/guarded.h"

#define SHARED_TEXTS 32

struct scene_reader {
    struct scene *scene;
    const struct audit_options *options;
    const char *shared[SHARED_TEXTS]; /* texts that many rows have, the latest ones */
    size_t nshared;
    bool failed; /* memory ran out */
};

/* A statement of ours whose ?1 is the run. */
int scene_ask(struct scene_reader *r, struct guarded *st, const char *sql, struct err *err);

/* The text of a row as the arena keeps it; NULL stays NULL. */
const char *scene_keep(struct scene_reader *r, const struct guarded *st, int column);

/* Hosts, jobs, asks and tables. */
int scene_read(struct scene_reader *r, struct err *err);

/* The views and _inventory. */
int scene_lay(struct scene_reader *r, struct err *err);

#endif
