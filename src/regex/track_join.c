/* Steps that often follow one another become one: a track is walked faster the fewer it has. */
#include "regex/track.h"

static bool is_take(const struct track_step *step, bool plain)
{
    return step->op == TRACK_TAKE && (!plain || step->group == 0);
}

/* (one of a class, then a TAKE), as in ([A-Za-z]\\S*), or without the group */
static bool join_word(struct track_step *to, const struct track_step *step, unsigned *n)
{
    bool group = step->op == TRACK_OPEN;
    const struct track_step *one = step + group;
    if (*n < 2u + 2u * group || one->op != TRACK_ONE || one->group || !is_take(one + 1, true) ||
        (group && (one[2].op != TRACK_CLOSE || one[2].group != step->group))) {
        return false;
    }
    *to = one[1];
    to->op = TRACK_WORD;
    to->until = one->class;
    to->group = step->group;
    *n = 2 + 2 * group;
    return true;
}

static bool join_runs(struct track_step *to, const struct track_step *step, unsigned *n)
{
    bool pair = *n > 1 && is_take(step, true) && is_take(step + 1, false);
    const struct track_step *bytes = step + 1 + pair;
    bool marked = *n > 1u + pair && bytes->op == TRACK_BYTES && bytes->group == 0;
    if (!is_take(step, false) || !(pair || marked)) {
        return false;
    }
    *to = *step;
    to->op = pair ? marked ? TRACK_FIELD : TRACK_PAIR : TRACK_MARK;
    if (pair) {
        to->until = step[1].class;
        to->max = step[1].min;
        to->group = step[1].group;
    }
    if (marked) {
        to->nbytes = bytes->nbytes;
        to->bytes = bytes->bytes;
    }
    *n = 1u + pair + marked;
    return true;
}

static bool is_mark_like(const struct track_step *step, const struct track_step *mark)
{
    return is_take(step, true) && step->class == mark->class && step->min == mark->min &&
           step[1].op == TRACK_BYTES && step[1].group == 0 && step[1].nbytes == mark->nbytes &&
           step[1].bytes == mark->bytes;
}

/* A MARK again and again, as in the address \\d+\\.\\d+\\.\\d+\\.\\d+ */
static bool join_marks(struct track_step *to, const struct track_step *step, unsigned *n)
{
    unsigned together = *n, count = 1;
    if (!join_runs(to, step, n)) {
        return false;
    }
    if (to->op == TRACK_MARK && to->group == 0) {
        while (2 * count + 1 < together && is_mark_like(step + 2 * count, to)) {
            count++;
        }
    }
    if (count > 1) {
        to->op = TRACK_MARKS;
        to->max = (uint16_t)count;
        *n = 2 * count;
    }
    return true;
}

static bool goes_elsewhere(const struct track_step *step)
{
    return step->op == TRACK_FORK || step->op == TRACK_FORK_LAZY || step->op == TRACK_GOTO ||
           step->op == TRACK_AHEAD || step->op == TRACK_NOT_AHEAD;
}

#define TOGETHER_MOST 32

/* How many steps from `from` on are only come to from the one in front of them, the first not
 * counted. */
static unsigned together(const bool *target, unsigned from, unsigned nsteps)
{
    unsigned n = 1;
    while (n < TOGETHER_MOST && from + n < nsteps && !target[from + n]) {
        n++;
    }
    return n;
}

static void find_targets(bool *target, const struct track_step *steps, unsigned nsteps,
                         const struct track_jumps *jumps, unsigned njumps)
{
    for (unsigned i = 0; i < nsteps; i++) {
        if (goes_elsewhere(&steps[i])) {
            target[steps[i].other] = true;
        }
    }
    for (unsigned i = 0; i < njumps; i++) {
        for (unsigned c = 0; c < TRACK_JUMPS; c++) {
            target[jumps[i].to[c]] = true;
        }
    }
}

static void aim_again(const uint16_t *moved, struct track_step *steps, unsigned nsteps,
                      struct track_jumps *jumps, unsigned njumps)
{
    for (unsigned i = 0; i < nsteps; i++) {
        if (goes_elsewhere(&steps[i])) {
            steps[i].other = moved[steps[i].other];
        }
    }
    for (unsigned i = 0; i < njumps; i++) {
        for (unsigned c = 0; c < TRACK_JUMPS; c++) {
            jumps[i].to[c] = moved[jumps[i].to[c]];
        }
    }
}

unsigned track_join(struct track_step *steps, unsigned nsteps, struct track_jumps *jumps,
                    unsigned njumps)
{
    bool target[TRACK_STEPS_MOST + 1] = {false};
    uint16_t moved[TRACK_STEPS_MOST + 1];
    unsigned out = 0;
    find_targets(target, steps, nsteps, jumps, njumps);
    for (unsigned i = 0; i < nsteps; out++) {
        unsigned n = together(target, i, nsteps);
        struct track_step joined = steps[i];
        if (!join_word(&joined, steps + i, &n) && !join_marks(&joined, steps + i, &n)) {
            n = 1;
        }
        moved[i] = (uint16_t)out;
        steps[out] = joined;
        i += n;
    }
    aim_again(moved, steps, out, jumps, njumps);
    return out;
}
