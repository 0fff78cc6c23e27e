/*
 * Where an audit's outputs come from, live hosts, a saved run (--from DB) or a folder of
 * --save-raw (--from DIR), and in the end the database that is judged.
 *
 *     struct audit_source source = AUDIT_SOURCE_INIT(options, library);
 *     audit_source_prepare(&source, rules, rule, &err);     before anything connects
 *     audit_source_collect(&source, &err);                  source.db
 *     audit_source_release(&source);
 */
#ifndef CLI_AUDIT_SOURCE_H
#define CLI_AUDIT_SOURCE_H

#include "audit/rules.h"
#include "cli/collecting.h"
#include "cli/past.h"

struct audit_source {
    const struct options *options;
    struct library *library;
    struct arena arena;
    const char *name;           /* for the report */
    struct inventory inventory; /* what -i and -H say */
    struct past past;           /* --from, or what the run of now has saved */
    struct inventory chosen;    /* --from: the hosts that are looked at */
    struct inventory *hosts;    /* either of the two */
    struct plan plan;
    const struct rules *rules; /* what it is made for */
    const struct rule *rule;
    struct collecting collecting; /* live */
    struct db *db;                /* what is judged */
};

#define AUDIT_SOURCE_INIT(its_options, its_library)                                            \
    {                                                                                          \
        .options = (its_options), .library = (its_library), .arena = ARENA_INIT,               \
        .inventory = INVENTORY_INIT, .past = PAST_INIT, .chosen = INVENTORY_INIT,              \
        .plan = PLAN_INIT, .collecting = {                                                     \
            COLLECTING_INIT                                                                    \
        }                                                                                      \
    }

/* Hosts and plan; with rule only for what that one needs. Its own address must not change from
 * here on. */
int audit_source_prepare(struct audit_source *source, const struct rules *rules,
                         const struct rule *rule, struct err *err);

/* Logs in, or reads what is there. Hosts that a signal kept from being reached are in the
 * database as such; collecting.cancelled tells. */
int audit_source_collect(struct audit_source *source, struct err *err);
void audit_source_release(struct audit_source *source);

/* The same rules' database of an earlier run, of the source's hosts that it knows. The caller
 * closes it. */
int audit_source_baseline(struct audit_source *source, const char *path,
                          const struct rules *rules, struct db **out, struct err *err);

#endif
