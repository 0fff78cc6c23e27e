/*
 * A link: one host being talked to, on an engine's event loop. It finds the address (or asks
 * for a hop through another host), runs the session, watches its socket and its deadlines, and
 * tries again where that can do no harm.
 *
 *     struct link *link;
 *     link_new(&link, &use, &err);
 *     link_begin(link);            from here on use.stepped and use.over may be called
 *     link_stop(link, ...)         at any time; calls nothing
 *     link_free(link)              at any time, also in use.over
 */
#ifndef COLLECT_LOOP_LINK_H
#define COLLECT_LOOP_LINK_H

#include "collect/loop_private.h"

struct link;

struct link_use {
    struct engine *engine;
    const struct host *host;
    const struct platform *platform; /* NULL = none: only to hold */
    struct command_result *results;  /* to run and fill in */
    size_t nresults;
    const struct detector *detector; /* NULL: the platform is known */
    /* What to run on the platform that was found. */
    int (*found)(void *user, const struct platform *platform, struct command_result **results,
                 size_t *nresults, struct err *err);
    bool (*may_hold)(void *user, size_t bytes); /* of outputs; NULL: any number */
    bool hold;                                  /* stay logged in */
    void (*stepped)(void *user); /* the session went on; may be NULL; must not free the link */
    void (*over)(void *user);    /* it is over; called once */
    void *user;
};

int link_new(struct link **out, const struct link_use *use, struct err *err);
void link_begin(struct link *link);
void link_stop(struct link *link, enum status status, const char *reason);
void link_free(struct link *link);

/* Asks again, where may_hold had said no; use.over may be called. */
void link_go_on(struct link *link);

/* Steps the session now: others have used its connection. */
void link_poke(struct link *link);

/* NULL before the address is known. */
const struct session *link_session(const struct link *link);

/* After it is over. The reason is NULL when ok. */
enum status link_status(const struct link *link);
const char *link_reason(const struct link *link);

#endif
