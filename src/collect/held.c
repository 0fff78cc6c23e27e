#include "collect/held.h"

#include "base/limits.h"
#include "base/spool.h"

#include <stdlib.h>

struct waiting {
    struct host_result *result;
    size_t *lengths; /* of its outputs, which follow each other in the spool */
    uint64_t at;
    struct waiting *next;
};

struct held {
    struct spool spool;
    struct waiting *first, **last;
};

int held_new(struct held **out, size_t memory_bytes, struct err *err)
{
    struct held *held = calloc(1, sizeof(*held));
    if (!held) {
        return err_nomem(err);
    }
    spool_init(&held->spool, memory_bytes ? memory_bytes : LIMIT_WAITING_BYTES);
    held->last = &held->first;
    *out = held;
    return 0;
}

static void waiting_free(struct waiting *w)
{
    host_result_free(w->result);
    free(w->lengths);
    free(w);
}

void held_free(struct held *held)
{
    if (!held) {
        return;
    }
    while (held->first) {
        struct waiting *w = held->first;
        held->first = w->next;
        waiting_free(w);
    }
    spool_release(&held->spool);
    free(held);
}

static int spool_outputs(struct held *held, struct waiting *w, struct err *err)
{
    struct host_result *result = w->result;
    w->at = spool_size(&held->spool);
    int rc = 0;
    for (size_t i = 0; i < result->ncommands && rc == 0; i++) {
        struct strbuf *output = &result->commands[i].output;
        rc = spool_add(&held->spool, strbuf_view(output), err);
        w->lengths[i] = output->len;
        strbuf_release(output);
    }
    return rc;
}

int held_add(struct held *held, struct host_result *result, struct err *err)
{
    struct waiting *w = calloc(1, sizeof(*w));
    size_t *lengths = calloc(result->ncommands + 1, sizeof(*lengths));
    if (!w || !lengths) {
        free(w);
        free(lengths);
        host_result_free(result);
        return err_nomem(err);
    }
    *w = (struct waiting){.result = result, .lengths = lengths};
    *held->last = w;
    held->last = &w->next;
    return spool_outputs(held, w, err);
}

static int read_back(struct held *held, const struct waiting *w, struct err *err)
{
    uint64_t at = w->at;
    int rc = 0;
    for (size_t i = 0; i < w->result->ncommands && rc == 0; i++) {
        struct strbuf *output = &w->result->commands[i].output;
        size_t len = w->lengths[i];
        if (len == 0) {
            continue;
        }
        if (!strbuf_grow(output, len)) {
            return err_nomem(err);
        }
        rc = spool_read(&held->spool, at, output->buf, len, err);
        output->len = rc == 0 ? len : 0;
        output->buf[output->len] = '\0';
        at += len;
    }
    return rc;
}

int held_next(struct held *held, struct host_result **out, struct err *err)
{
    struct waiting *w = held->first;
    *out = NULL;
    if (!w) {
        return 0;
    }
    held->first = w->next;
    held->last = held->first ? held->last : &held->first;
    int rc = read_back(held, w, err);
    if (rc < 0) {
        host_result_fail(w->result, STATUS_CANCELLED, "its output could not be read back");
    }
    *out = w->result;
    w->result = NULL;
    waiting_free(w);
    return rc;
}
