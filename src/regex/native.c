#include "regex/native_maker.h"

#if NATIVE_X86_64

#include <sys/mman.h>

/* ---- Choices ---- */

static bool chooses(const struct native_maker *m, const struct track_step *step)
{
    switch ((enum track_op)step->op) {
    case TRACK_GREEDY:
    case TRACK_LAZY:
        return true;
    case TRACK_FORK:
    case TRACK_FORK_LAZY:
        return native_classes_meet(m, step) || (step->class_end && step->until_end);
    default:
        return false;
    }
}

static bool any_chooses(const struct native_maker *m)
{
    for (unsigned i = 0; i < m->track->nsteps; i++) {
        if (chooses(m, &m->track->steps[i])) {
            return true;
        }
    }
    return false;
}

/* The step at hand is come back to from behind. */
static bool is_loop(const struct native_maker *m)
{
    for (unsigned i = m->at; i < m->track->nsteps; i++) {
        if (m->track->steps[i].op == TRACK_GOTO && m->track->steps[i].other == m->at) {
            return true;
        }
    }
    return false;
}

/* ---- Tracks ---- */

static struct track_step *steps_in(const struct native_maker *m)
{
    return (struct track_step *)(void *)(m->x.code + m->steps);
}

/* The taker of the copy: where in the code a taker's arguments become a body's registers. */
static void add_entry(struct native_maker *m, unsigned step)
{
    size_t here = m->x.len;
    x86_op_mem(&m->x, X86_MOV, RSI, WALK(rows));
    x86_op_mem(&m->x, X86_MOV, R9, WALK(text));
    x86_op_mem(&m->x, X86_MOV, R10, WALK(groups));
    native_jump(m, TO_BODY, step);
    if (!m->x.failed) {
        steps_in(m)[step].take = (taker *)here;
    }
}

static void jump_to_function(struct native_maker *m, uintptr_t function)
{
    x86_set64(&m->x, RAX, function);
    x86_jump_reg(&m->x, RAX);
}

/* To the step's taker in track_run.c. */
static void add_taker(struct native_maker *m, unsigned step)
{
    m->places[step].taker = m->x.len;
    native_lea_step(m, RSI, step);
    jump_to_function(m, (uintptr_t)m->track->steps[step].take);
}

/* Where in the code the targets are that no step has. */
struct ends {
    size_t at[TARGETS];
};

static void fix(struct native_maker *m, const struct ends *ends)
{
    for (size_t i = 0; i < m->nfixups; i++) {
        const struct fixup *fixup = &m->fixups[i];
        const struct place *place = &m->places[fixup->step];
        size_t to = fixup->target == TO_BODY    ? place->body
                    : fixup->target == TO_TAKER ? place->taker
                                                : ends->at[fixup->target];
        x86_fill(&m->x, fixup->hole, fixup->from, (ptrdiff_t)to);
    }
    m->nfixups = 0;
}

static void add_ends(struct native_maker *m)
{
    struct ends ends = {{0}};
    ends.at[TO_BACK] = m->x.len;
    jump_to_function(m, (uintptr_t)walk_back);
    ends.at[TO_NO] = m->x.len;
    native_add_result(m, TRACK_NO);
    ends.at[TO_UNKNOWN] = m->x.len;
    native_add_result(m, TRACK_UNKNOWN);
    ends.at[TO_NOTE] = m->x.len;
    native_add_note(m);
    fix(m, &ends);
}

/* What is not to be fallen into. */
static void add_rest(struct native_maker *m)
{
    const struct track *track = m->track;
    for (unsigned i = 0; i < track->nsteps; i++) {
        if (m->places[i].taker_used) {
            add_taker(m, i);
        }
        if (native_has_code(&track->steps[i])) {
            add_entry(m, i);
        }
    }
    add_ends(m);
}

static void add_bytes(struct x86 *x, const void *bytes, size_t len)
{
    const char *from = bytes;
    for (size_t i = 0; i < len; i += 4) {
        size_t hole = x86_hole(x);
        if (!x->failed) {
            memcpy(x->code + hole, from + i, 4);
        }
    }
}

static void align(struct x86 *x)
{
    while (x->len % 16 && !x->failed) {
        x86_return(x);
    }
}

/* A struct track, its steps, the code; where the first of these is. */
static size_t add_track(struct native_maker *m, const struct track *track)
{
    struct x86 *x = &m->x;
    align(x);
    size_t here = x->len;
    m->track = track;
    m->choices = false;
    m->chooses = any_chooses(m);
    memset(m->places, 0, track->nsteps * sizeof(m->places[0]));
    add_bytes(x, track, sizeof(*track));
    m->steps = x->len;
    add_bytes(x, track->steps, track->nsteps * sizeof(*track->steps));
    for (m->at = 0; m->at < track->nsteps; m->at++) {
        m->places[m->at].body = x->len;
        m->choices |= chooses(m, &track->steps[m->at]) || (m->chooses && is_loop(m));
        if (native_has_code(&track->steps[m->at])) {
            native_write(m, &track->steps[m->at]);
        } else {
            native_jump(m, TO_TAKER, m->at);
        }
    }
    add_rest(m);
    return here;
}

/* ---- The mapping ---- */

/* Where the code lies is known now: what it says of places becomes addresses. */
static const struct track *settle(char *map, size_t at, const struct track *from)
{
    struct track *track = (struct track *)(void *)(map + at);
    struct track_step *steps = (struct track_step *)(track + 1);
    for (unsigned i = 0; i < track->nsteps; i++) {
        if (steps[i].take != from->steps[i].take) {
            steps[i].take = (taker *)(uintptr_t)(map + (uintptr_t)steps[i].take);
        }
    }
    track->steps = steps;
    return track;
}

static char *map_code(const struct x86 *x, const struct track *const *tracks, unsigned n,
                      const size_t *at, const struct track **out)
{
    char *map = mmap(NULL, x->len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) {
        return NULL;
    }
    memcpy(map, x->code, x->len);
    for (unsigned i = 0; i < n; i++) {
        out[i] = settle(map, at[i], tracks[i]);
    }
    if (mprotect(map, x->len, PROT_READ | PROT_EXEC) != 0) {
        munmap(map, x->len);
        return NULL;
    }
    return map;
}

static bool possible(void)
{
    return __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

struct native *native_make(const struct track *const *tracks, unsigned n,
                           const struct regex_family *family, const struct track **out)
{
    const struct alloc *alloc = family->alloc;
    struct native *native = possible() ? alloc_get(alloc, sizeof(*native)) : NULL;
    struct native_maker *m = native ? alloc_get(alloc, sizeof(*m)) : NULL;
    size_t *at = m ? alloc_get(alloc, n * sizeof(*at)) : NULL;
    char *map = NULL;
    if (at) {
        *m = (struct native_maker){.x = {.alloc = alloc}, .family = family};
        for (unsigned i = 0; i < n; i++) {
            at[i] = add_track(m, tracks[i]);
        }
        map = m->x.failed ? NULL : map_code(&m->x, tracks, n, at, out);
        *native = (struct native){NULL, map, m->x.len};
        alloc_free(alloc, m->fixups);
        x86_release(&m->x);
    }
    alloc_free(alloc, at);
    alloc_free(alloc, m);
    if (!map) {
        alloc_free(alloc, native);
        return NULL;
    }
    return native;
}

void native_free_all(struct native *native, const struct alloc *alloc)
{
    while (native) {
        struct native *next = native->next;
        munmap(native->map, native->size);
        alloc_free(alloc, native);
        native = next;
    }
}

#else

struct native *native_make(const struct track *const *tracks, unsigned n,
                           const struct regex_family *family, const struct track **out)
{
    (void)tracks, (void)n, (void)family, (void)out;
    return NULL;
}

void native_free_all(struct native *native, const struct alloc *alloc)
{
    (void)native, (void)alloc;
}

#endif
