#include "regex/track.h"

struct runner {
    const struct track_step *steps;
    const struct track_table *tables;
    const char *start, *end;
    struct view *groups;
    unsigned ngroups;
    const char *opened[TRACK_GROUPS_MOST];
};

static inline bool in_set(const struct runner *r, struct track_class set, const char *at)
{
    return r->tables[set.table].bits[(unsigned char)*at & 127] & set.bit;
}

static inline bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '_';
}

/* The end of the longest run of set from at, of at most max bytes. */
static inline const char *run_end(const struct runner *r, struct track_class set,
                                  const char *at, uint32_t max)
{
    const uint8_t *bits = r->tables[set.table].bits;
    const char *limit = (size_t)(r->end - at) > max ? at + max : r->end;
    while (at < limit && (bits[(unsigned char)*at & 127] & set.bit)) {
        at++;
    }
    return at;
}

static inline const char *take(const struct runner *r, const struct track_step *step,
                               const char *at, bool *unsure)
{
    const char *to = run_end(r, step->set, at, step->max);
    if ((size_t)(to - at) < step->min) {
        return NULL;
    }
    *unsure |= step->unsure && (size_t)(to - at) > step->min;
    return to;
}

/* As few as leave only bytes of until, up to the end. */
static const char *trim(const struct runner *r, const struct track_step *step, const char *at)
{
    const char *to = r->end;
    if ((size_t)(r->end - at) < step->min) {
        return NULL;
    }
    while (to > at + step->min && in_set(r, step->until, to - 1)) {
        to--;
    }
    return run_end(r, step->set, at, step->max) >= to ? to : NULL;
}

static const char *until(const struct runner *r, const struct track_step *step, const char *at)
{
    for (size_t n = 0; at < r->end; n++, at++) {
        if (n >= step->min && in_set(r, step->until, at)) {
            return at;
        }
        if (n == step->max || !in_set(r, step->set, at)) {
            return NULL;
        }
    }
    return NULL;
}

static const char *back(const struct runner *r, const struct track_step *step, const char *at)
{
    const char *to = run_end(r, step->set, at, step->max);
    for (size_t n = (size_t)(to - at) + 1; n-- > step->min;) {
        if (at + n < r->end && in_set(r, step->until, at + n)) {
            return at + n;
        }
    }
    return NULL;
}

/* n is 1 to TRACK_BYTES_MOST, and there are as many. */
static inline bool bytes_equal(const char *a, const char *b, uint32_t n)
{
    uint64_t x[2], y[2];
    uint32_t v[2], w[2];
    if (n >= 8) {
        memcpy(&x[0], a, 8);
        memcpy(&x[1], a + n - 8, 8);
        memcpy(&y[0], b, 8);
        memcpy(&y[1], b + n - 8, 8);
        return x[0] == y[0] && x[1] == y[1];
    }
    if (n >= 4) {
        memcpy(&v[0], a, 4);
        memcpy(&v[1], a + n - 4, 4);
        memcpy(&w[0], b, 4);
        memcpy(&w[1], b + n - 4, 4);
        return v[0] == w[0] && v[1] == w[1];
    }
    return a[0] == b[0] && a[n / 2] == b[n / 2] && a[n - 1] == b[n - 1];
}

static const char *last(const struct runner *r, const struct track_step *step, const char *at)
{
    const char *to = run_end(r, step->set, at, step->max);
    size_t n = (size_t)(r->end - at);
    if (n < step->nbytes + (size_t)step->min) {
        return NULL;
    }
    n = (size_t)(to - at) < n - step->nbytes ? (size_t)(to - at) : n - step->nbytes;
    for (n++; n-- > step->min;) {
        if (at[n] == step->bytes[0] && bytes_equal(at + n, step->bytes, step->nbytes)) {
            return at + n;
        }
    }
    return NULL;
}

static const char *step_search(const struct runner *r, const struct track_step *step,
                               const char *at, bool *unsure)
{
    const char *to;
    switch ((enum track_op)step->op) {
    case TRACK_UNTIL:
        to = until(r, step, at);
        break;
    case TRACK_BACK:
        to = back(r, step, at);
        break;
    default:
        to = last(r, step, at);
        break;
    }
    *unsure |= to != NULL; /* another place may be the right one */
    return to;
}

/* Steps that take bytes: the place behind them, or NULL. Nearly all are of the first two kinds.
 */
static inline const char *step_take(const struct runner *r, const struct track_step *step,
                                    const char *at, bool *unsure)
{
    if (step->op == TRACK_TAKE) {
        return take(r, step, at, unsure);
    }
    if (step->op == TRACK_BYTES) {
        if ((size_t)(r->end - at) < step->nbytes ||
            !bytes_equal(at, step->bytes, step->nbytes)) {
            return NULL;
        }
        *unsure |= step->unsure;
        return at + step->nbytes;
    }
    return step->op == TRACK_TRIM ? trim(r, step, at) : step_search(r, step, at, unsure);
}

static bool at_boundary(const struct runner *r, const char *at)
{
    bool before = at > r->start && is_word(at[-1]);
    bool after = at < r->end && is_word(*at);
    return before != after;
}

/* Steps that look and take nothing. */
static bool step_look(const struct runner *r, const struct track_step *step, const char *at)
{
    switch ((enum track_op)step->op) {
    case TRACK_NEXT:
        return at < r->end ? in_set(r, step->set, at) : step->max;
    case TRACK_BEGIN:
        return at == r->start;
    case TRACK_END:
        return at == r->end;
    case TRACK_BOUNDARY:
        return at_boundary(r, at);
    default: /* Python: an empty subject has no \B */
        return r->start < r->end && !at_boundary(r, at);
    }
}

static inline void set_group(struct runner *r, uint32_t group, const char *from, const char *to)
{
    if (group < r->ngroups) {
        r->groups[group] = view_make(from, (size_t)(to - from));
    }
}

static void open_or_close(struct runner *r, const struct track_step *step, const char *at)
{
    if (step->op == TRACK_OPEN) {
        r->opened[step->min] = at;
    } else {
        set_group(r, step->min, r->opened[step->min], at);
    }
}

static enum track_result run(struct runner *r, unsigned i, const char *at);

/* A look-ahead: 1 it lets pass, 0 it does not, -1 it cannot say. */
static int look_ahead(struct runner *r, unsigned i, const char *at)
{
    enum track_result found = run(r, i + 1, at);
    if (found == TRACK_UNKNOWN) {
        return -1;
    }
    return (found == TRACK_YES) == (r->steps[i].op == TRACK_AHEAD);
}

/* Steps that always work: 0 to go on at *next, else how the match ends (TRACK_YES or
 * TRACK_UNKNOWN). */
static inline int step_other(struct runner *r, const struct track_step *step, const char *at,
                             unsigned *next, bool *unsure)
{
    switch ((enum track_op)step->op) {
    case TRACK_OPEN:
    case TRACK_CLOSE:
        open_or_close(r, step, at);
        return 0;
    case TRACK_GOTO:
        *next = step->other;
        return 0;
    case TRACK_UNSURE:
        *unsure = true;
        return 0;
    case TRACK_DONE:
        r->groups[0].len = (size_t)(at - r->start);
        return TRACK_YES;
    default:
        return TRACK_UNKNOWN;
    }
}

/* From step i on. */
static enum track_result run(struct runner *r, unsigned i, const char *at)
{
    bool unsure = false;
    for (;;) {
        const struct track_step *step = &r->steps[i++];
        const char *to = at;
        if (step->op <= TRACK_LAST) {
            to = step_take(r, step, at, &unsure);
            if (step->group && to) {
                set_group(r, step->group, at, to);
            }
        } else if (step->op <= TRACK_NO_BOUNDARY) {
            to = step_look(r, step, at) ? at : NULL;
            unsure |= to && step->unsure;
        } else if (step->op <= TRACK_NOT_AHEAD) {
            int passes = look_ahead(r, i - 1, at);
            if (passes < 0) {
                return TRACK_UNKNOWN;
            }
            to = passes ? at : NULL;
            i = step->max;
        } else {
            int end = step_other(r, step, at, &i, &unsure);
            if (end) {
                return (enum track_result)end;
            }
        }
        if (to) {
            at = to;
        } else if (step->other) {
            i = step->other;
        } else {
            return unsure ? TRACK_UNKNOWN : TRACK_NO;
        }
    }
}

enum track_result track_run(const struct track *track, struct view subject, struct view *groups,
                            unsigned ngroups)
{
    struct runner r;
    struct view whole;
    const char *start = subject.ptr ? subject.ptr : "";
    r.steps = track->steps;
    r.tables = track->tables;
    r.start = start;
    r.end = start + subject.len;
    r.groups = ngroups ? groups : &whole;
    r.ngroups = ngroups;
    for (unsigned i = 0; i < ngroups; i++) {
        groups[i] = VIEW_NONE;
    }
    r.groups[0] = view_make(start, 0);
    if (subject.len && start[subject.len - 1] == '\n') {
        return TRACK_UNKNOWN; /* "$" is in front of it, too */
    }
    return run(&r, 0, start);
}
