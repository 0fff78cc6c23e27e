#include "regex/walk.h"

#define AFRESH UINT32_MAX /* as a bound: begin at step */

static inline enum track_result go_on(struct walk *w, const struct track_step *step, size_t at)
{
    return step->take(w, step, at);
}

static inline enum track_result go_to(struct walk *w, unsigned step, size_t at)
{
    return go_on(w, w->steps + step, at);
}

/* ---- Rows ---- */

static inline size_t first_bit(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits);
}

static inline size_t last_bit(uint64_t bits)
{
    return 63 - (size_t)(unsigned)__builtin_clzll(bits);
}

/* Of eight bytes the first n (1 to 8) in memory. */
static inline uint64_t first_bytes(uint64_t bytes, unsigned n)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return bytes >> (64 - 8 * n);
#else
    return bytes << (64 - 8 * n);
#endif
}

/* The end of the run of class that begins at `at`. */
static inline size_t run_end(const struct walk *w, unsigned class, size_t at)
{
    const uint64_t *row = &w->rows[at / 64][class];
    uint64_t outside = ~*row >> at % 64;
    while (__builtin_expect(!outside, 0)) {
        row += FAMILY_MOST;
        outside = ~*row;
        at = (at | 63) + 1;
    }
    return at + first_bit(outside);
}

/* The last bit that is 0 in [least, end), and 1 behind it; the place of the first of these. */
static inline size_t trimmed(const struct walk *w, unsigned class, size_t least, size_t end)
{
    while (end > least) {
        size_t word = (end - 1) / 64;
        uint64_t outside = ~w->rows[word][class] << (63 - (end - 1) % 64);
        if (outside) {
            size_t to = end - (63 - last_bit(outside));
            return to > least ? to : least;
        }
        end = word * 64;
    }
    return least;
}

/* The places of one word where a step can stop: in front of until, and then of `then`. */
static inline uint64_t stops(const struct walk *w, const struct track_step *step, size_t word)
{
    uint64_t until = w->rows[word][step->until];
    if (step->then == TRACK_ANYTHING) {
        return until;
    }
    uint64_t next = w->rows[word][step->then] >> 1;
    if (word < w->len / 64) {
        next |= w->rows[word + 1][step->then] << 63;
    }
    if (step->class_end && (w->len - 1) / 64 == word) {
        next |= UINT64_C(1) << (w->len - 1) % 64;
    }
    return until & next;
}

/* The last stop in [least, end], or SIZE_MAX. */
static __attribute__((noinline)) size_t
last_stop(const struct walk *w, const struct track_step *step, size_t least, size_t end)
{
    size_t word = end / 64;
    uint64_t bits = stops(w, step, word) & (UINT64_MAX >> (63 - end % 64));
    while (!bits && word > least / 64) {
        bits = stops(w, step, --word);
    }
    size_t stop = bits ? word * 64 + last_bit(bits) : 0;
    return bits && stop >= least ? stop : SIZE_MAX;
}

/* The first stop from `from` on, or SIZE_MAX. */
static inline size_t first_stop(const struct walk *w, const struct track_step *step,
                                size_t from)
{
    size_t word = from / 64;
    uint64_t bits = stops(w, step, word) & (UINT64_MAX << from % 64);
    while (!bits && word < w->len / 64) {
        bits = stops(w, step, ++word);
    }
    return bits ? word * 64 + first_bit(bits) : SIZE_MAX;
}

/* Which classes the next byte is in, one bit each; 0 at the end. */
static inline uint64_t next_classes(const struct walk *w, size_t at)
{
    return at < w->len ? w->classes_of[(unsigned char)w->text[at]] : 0;
}

static inline bool next_is(const struct walk *w, unsigned class, size_t at)
{
    return next_classes(w, at) >> class & 1;
}

/* ---- Groups ---- */

/* Before a group changes: false when there is no room to remember it. */
static inline bool note_change(struct walk *w, unsigned group)
{
    if (w->nchoices) {
        if (w->nchanges == CHANGES_MOST) {
            return false;
        }
        w->changes[w->nchanges++] = (struct change){group, w->groups[group]};
    }
    return true;
}

static inline bool set_group(struct walk *w, unsigned group, size_t from, size_t to)
{
    bool noted = note_change(w, group);
    w->groups[group] = view_make(w->base + from, to - from);
    return noted;
}

/* The step took [from, to), which may be all of a group. */
static inline enum track_result took(struct walk *w, const struct track_step *step, size_t from,
                                     size_t to)
{
    if (step->group && !set_group(w, step->group, from, to)) {
        return TRACK_UNKNOWN;
    }
    return go_on(w, step + 1, to);
}

/* ---- Choices ---- */

static inline bool choose(struct walk *w, const struct track_step *step, size_t at,
                          size_t bound)
{
    if (w->nchoices == CHOICES_MOST) {
        return false;
    }
    w->choices[w->nchoices++] =
        (struct choice){step, (uint32_t)at, (uint32_t)bound, w->nchanges};
    return true;
}

static enum track_result stop_at(struct walk *w, const struct track_step *step, size_t at,
                                 size_t stop, bool more)
{
    if (more && !choose(w, step, at, stop - 1)) {
        return TRACK_UNKNOWN;
    }
    return took(w, step, at, stop);
}

/* Stops at the last place from `end` down to the least that something can follow. */
static inline enum track_result stop_late(struct walk *w, const struct track_step *step,
                                          size_t at, size_t end)
{
    size_t least = at + step->min;
    if (end < least) {
        return walk_back(w);
    }
    if (end == w->len && step->until_end) {
        return stop_at(w, step, at, end, end > least);
    }
    if ((end ^ least) < 64) { /* in one word: then it is seen whether there are more */
        uint64_t bits = stops(w, step, end / 64) & (UINT64_MAX >> (63 - end % 64)) &
                        (UINT64_MAX << least % 64);
        if (!bits) {
            return walk_back(w);
        }
        return stop_at(w, step, at, (end & ~(size_t)63) + last_bit(bits), bits & (bits - 1));
    }
    size_t stop = last_stop(w, step, least, end);
    return stop == SIZE_MAX ? walk_back(w) : stop_at(w, step, at, stop, stop > least);
}

static inline size_t take_end(const struct walk *w, const struct track_step *step, size_t at)
{
    size_t end = run_end(w, step->class, at);
    return end - at > step->max ? at + step->max : end;
}

/* Stops at the first place from `from` on that something can follow. */
static inline enum track_result stop_early(struct walk *w, const struct track_step *step,
                                           size_t at, size_t from)
{
    size_t end = take_end(w, step, at);
    size_t stop = from <= end ? first_stop(w, step, from) : SIZE_MAX;
    if (stop == SIZE_MAX && from <= end && end == w->len && step->until_end) {
        stop = end;
    }
    if (stop > end) {
        return walk_back(w);
    }
    if (stop < end && !choose(w, step, at, stop + 1)) {
        return TRACK_UNKNOWN;
    }
    return took(w, step, at, stop);
}

/* Back to the last choice. */
enum track_result walk_back(struct walk *w)
{
    if (w->nchoices == w->least) {
        return TRACK_NO;
    }
    if (++w->returns > RETURNS_MOST) {
        return TRACK_UNKNOWN;
    }
    const struct choice choice = w->choices[--w->nchoices];
    while (w->nchanges > choice.changes) {
        const struct change *change = &w->changes[--w->nchanges];
        w->groups[change->group] = change->before;
    }
    if (choice.bound == AFRESH) {
        return go_on(w, choice.step, choice.at);
    }
    return choice.step->op == TRACK_GREEDY
               ? stop_late(w, choice.step, choice.at, choice.bound)
               : stop_early(w, choice.step, choice.at, choice.bound);
}

/* ---- Steps that take bytes ---- */

static inline bool has_bytes(const struct walk *w, const struct track_step *step, size_t at)
{
    uint64_t bytes;
    memcpy(&bytes, w->text + at, sizeof(bytes));
    return at + step->nbytes <= w->len && first_bytes(bytes ^ step->bytes, step->nbytes) == 0;
}

static enum track_result step_bytes(struct walk *w, const struct track_step *step, size_t at)
{
    return has_bytes(w, step, at) ? took(w, step, at, at + step->nbytes) : walk_back(w);
}

static enum track_result step_one(struct walk *w, const struct track_step *step, size_t at)
{
    return next_is(w, step->class, at) ? took(w, step, at, at + 1) : walk_back(w);
}

/* Behind a run of at least min, or SIZE_MAX. */
static inline size_t run_of(const struct walk *w, unsigned row, unsigned min, size_t at)
{
    size_t to = run_end(w, row, at);
    return to - at >= min ? to : SIZE_MAX;
}

static enum track_result step_take(struct walk *w, const struct track_step *step, size_t at)
{
    size_t to = run_of(w, step->class, step->min, at);
    return to == SIZE_MAX ? walk_back(w) : go_on(w, step + 1, to);
}

static enum track_result step_take_group(struct walk *w, const struct track_step *step,
                                         size_t at)
{
    size_t to = run_of(w, step->class, step->min, at);
    return to == SIZE_MAX ? walk_back(w) : took(w, step, at, to);
}

static enum track_result step_pair(struct walk *w, const struct track_step *step, size_t at)
{
    size_t from = run_of(w, step->class, step->min, at);
    size_t to = from == SIZE_MAX ? from : run_of(w, step->until, step->max, from);
    return to == SIZE_MAX ? walk_back(w) : took(w, step, from, to);
}

static enum track_result step_mark(struct walk *w, const struct track_step *step, size_t at)
{
    size_t to = run_of(w, step->class, step->min, at);
    if (to == SIZE_MAX || !has_bytes(w, step, to)) {
        return walk_back(w);
    }
    if (step->group && !set_group(w, step->group, at, to)) {
        return TRACK_UNKNOWN;
    }
    return go_on(w, step + 1, to + step->nbytes);
}

static enum track_result step_marks(struct walk *w, const struct track_step *step, size_t at)
{
    for (unsigned n = step->max; n > 0; n--) {
        at = run_of(w, step->class, step->min, at);
        if (at == SIZE_MAX || !has_bytes(w, step, at)) {
            return walk_back(w);
        }
        at += step->nbytes;
    }
    return go_on(w, step + 1, at);
}

static enum track_result step_field(struct walk *w, const struct track_step *step, size_t at)
{
    size_t from = run_of(w, step->class, step->min, at);
    size_t to = from == SIZE_MAX ? from : run_of(w, step->until, step->max, from);
    if (to == SIZE_MAX || !has_bytes(w, step, to)) {
        return walk_back(w);
    }
    if (step->group && !set_group(w, step->group, from, to)) {
        return TRACK_UNKNOWN;
    }
    return go_on(w, step + 1, to + step->nbytes);
}

static enum track_result step_word(struct walk *w, const struct track_step *step, size_t at)
{
    if (!next_is(w, step->until, at)) {
        return walk_back(w);
    }
    size_t to = run_of(w, step->class, step->min, at + 1);
    return to == SIZE_MAX ? walk_back(w) : took(w, step, at, to);
}

static enum track_result step_take_to(struct walk *w, const struct track_step *step, size_t at)
{
    size_t to = take_end(w, step, at);
    return to - at >= step->min ? took(w, step, at, to) : walk_back(w);
}

static enum track_result step_trim(struct walk *w, const struct track_step *step, size_t at)
{
    size_t least = at + step->min;
    size_t to = trimmed(w, step->until, least, w->len);
    return take_end(w, step, at) >= to ? took(w, step, at, to) : walk_back(w);
}

static enum track_result step_greedy(struct walk *w, const struct track_step *step, size_t at)
{
    return stop_late(w, step, at, take_end(w, step, at));
}

static enum track_result step_lazy(struct walk *w, const struct track_step *step, size_t at)
{
    return stop_early(w, step, at, at + step->min);
}

/* ---- Steps to other steps ---- */

static enum track_result step_fork(struct walk *w, const struct track_step *step, size_t at)
{
    uint64_t next = next_classes(w, at);
    bool on = (next >> step->class & 1) | (at == w->len && step->class_end);
    bool other = (next >> step->until & 1) | (at == w->len && step->until_end);
    if (on && other && !choose(w, w->steps + step->other, at, AFRESH)) {
        return TRACK_UNKNOWN;
    }
    return on ? go_on(w, step + 1, at) : other ? go_to(w, step->other, at) : walk_back(w);
}

static enum track_result step_fork_lazy(struct walk *w, const struct track_step *step,
                                        size_t at)
{
    uint64_t next = next_classes(w, at);
    bool on = (next >> step->class & 1) | (at == w->len && step->class_end);
    bool other = (next >> step->until & 1) | (at == w->len && step->until_end);
    if (on && other && !choose(w, step + 1, at, AFRESH)) {
        return TRACK_UNKNOWN;
    }
    return other ? go_to(w, step->other, at) : on ? go_on(w, step + 1, at) : walk_back(w);
}

static enum track_result step_switch(struct walk *w, const struct track_step *step, size_t at)
{
    unsigned next = at < w->len ? (unsigned char)w->text[at] : TRACK_JUMPS - 1;
    unsigned to = w->jumps[step->other].to[next];
    return to ? go_to(w, to, at) : walk_back(w);
}

/* Going back in a loop counts as a return. */
static enum track_result step_goto(struct walk *w, const struct track_step *step, size_t at)
{
    if (++w->returns > RETURNS_MOST) {
        return TRACK_UNKNOWN;
    }
    return go_to(w, step->other, at);
}

/* ---- Steps that look ---- */

static inline bool is_word(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '_';
}

static bool at_boundary(const struct walk *w, size_t at)
{
    bool before = at > 0 && is_word(w->text[at - 1]);
    bool after = at < w->len && is_word(w->text[at]);
    return before != after;
}

static inline enum track_result look(struct walk *w, const struct track_step *step, size_t at,
                                     bool passes)
{
    return passes ? go_on(w, step + 1, at) : walk_back(w);
}

static enum track_result step_begin(struct walk *w, const struct track_step *step, size_t at)
{
    return look(w, step, at, at == 0);
}

static enum track_result step_end(struct walk *w, const struct track_step *step, size_t at)
{
    return look(w, step, at, at == w->len);
}

static enum track_result step_boundary(struct walk *w, const struct track_step *step, size_t at)
{
    return look(w, step, at, at_boundary(w, at));
}

/* Python: an empty subject has no \B. */
static enum track_result step_no_boundary(struct walk *w, const struct track_step *step,
                                          size_t at)
{
    return look(w, step, at, w->len > 0 && !at_boundary(w, at));
}

/* What it chose on the way is not come back to. */
static enum track_result step_ahead(struct walk *w, const struct track_step *step, size_t at)
{
    uint32_t least = w->least;
    w->least = w->nchoices;
    enum track_result found = go_on(w, step + 1, at);
    w->nchoices = w->least;
    w->least = least;
    if (found == TRACK_UNKNOWN) {
        return TRACK_UNKNOWN;
    }
    bool passes = (found == TRACK_YES) == (step->op == TRACK_AHEAD);
    return passes ? go_to(w, step->other, at) : walk_back(w);
}

/* ---- Groups, and the ends ---- */

static enum track_result step_open(struct walk *w, const struct track_step *step, size_t at)
{
    if (!note_change(w, step->group)) {
        return TRACK_UNKNOWN;
    }
    w->groups[step->group].ptr = w->base + at;
    return go_on(w, step + 1, at);
}

static enum track_result step_close(struct walk *w, const struct track_step *step, size_t at)
{
    if (!note_change(w, step->group)) {
        return TRACK_UNKNOWN;
    }
    struct view *group = &w->groups[step->group];
    group->len = (size_t)(w->base + at - group->ptr);
    return go_on(w, step + 1, at);
}

static enum track_result step_done(struct walk *w, const struct track_step *step, size_t at)
{
    (void)step;
    w->end = at;
    return TRACK_YES;
}

static enum track_result step_give_up(struct walk *w, const struct track_step *step, size_t at)
{
    (void)w, (void)step, (void)at;
    return TRACK_UNKNOWN;
}

/* ---- The walk ---- */

void track_bind(struct track_step *steps, unsigned nsteps)
{
    static taker *const takers[] = {
        [TRACK_BYTES] = step_bytes,       [TRACK_ONE] = step_one,
        [TRACK_TAKE] = step_take,         [TRACK_TAKE_TO] = step_take_to,
        [TRACK_TRIM] = step_trim,         [TRACK_GREEDY] = step_greedy,
        [TRACK_LAZY] = step_lazy,         [TRACK_PAIR] = step_pair,
        [TRACK_FIELD] = step_field,       [TRACK_MARK] = step_mark,
        [TRACK_MARKS] = step_marks,       [TRACK_WORD] = step_word,
        [TRACK_FORK] = step_fork,         [TRACK_FORK_LAZY] = step_fork_lazy,
        [TRACK_SWITCH] = step_switch,     [TRACK_GOTO] = step_goto,
        [TRACK_OPEN] = step_open,         [TRACK_CLOSE] = step_close,
        [TRACK_BEGIN] = step_begin,       [TRACK_END] = step_end,
        [TRACK_BOUNDARY] = step_boundary, [TRACK_NO_BOUNDARY] = step_no_boundary,
        [TRACK_AHEAD] = step_ahead,       [TRACK_NOT_AHEAD] = step_ahead,
        [TRACK_DONE] = step_done,         [TRACK_GIVE_UP] = step_give_up,
    };
    for (unsigned i = 0; i < nsteps; i++) {
        bool group = steps[i].op == TRACK_TAKE && steps[i].group;
        steps[i].take = group ? step_take_group : takers[steps[i].op];
    }
}
