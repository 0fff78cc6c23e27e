#include "regex/native_maker.h"

#if NATIVE_X86_64

#define MARKS_MOST 4 /* repeated in the code */

/* ---- Steps ---- */

static void step_bytes(struct native_maker *m, const struct track_step *step)
{
    native_has_bytes(m, step, RDX);
    x86_op_mem(&m->x, X86_LEA, R8, x86_at(RDX, step->nbytes));
    native_set_group(m, step, RDX, R8);
    native_advance(m, R8, 0);
}

static void step_one(struct native_maker *m, const struct track_step *step)
{
    native_one_of(m, step->class);
    x86_op_mem(&m->x, X86_LEA, R8, x86_at(RDX, 1));
    native_set_group(m, step, RDX, R8);
    native_advance(m, R8, 0);
}

static void step_word(struct native_maker *m, const struct track_step *step)
{
    native_one_of(m, step->until);
    x86_op_mem(&m->x, X86_LEA, R8, x86_at(RDX, 1));
    native_run(m, step->class, step->min, R8, R8);
    native_set_group(m, step, RDX, R8);
    native_advance(m, R8, 0);
}

/* TAKE and MARK */
static void step_take(struct native_maker *m, const struct track_step *step)
{
    native_run(m, step->class, step->min, RDX, R8);
    native_has_bytes(m, step, R8);
    native_set_group(m, step, RDX, R8);
    native_advance(m, R8, step->nbytes);
}

/* PAIR and FIELD */
static void step_pair(struct native_maker *m, const struct track_step *step)
{
    native_run(m, step->class, step->min, RDX, R8);
    native_run(m, step->until, step->max, R8, R11);
    native_has_bytes(m, step, R11);
    native_set_group(m, step, R8, R11);
    native_advance(m, R11, step->nbytes);
}

static void step_marks(struct native_maker *m, const struct track_step *step)
{
    for (unsigned i = 0; i < step->max; i++) {
        native_run(m, step->class, step->min, i ? R8 : RDX, R8);
        native_has_bytes(m, step, R8);
        x86_op_mem(&m->x, X86_LEA, R8, x86_at(R8, step->nbytes));
    }
    native_advance(m, R8, 0);
}

static void step_take_to(struct native_maker *m, const struct track_step *step)
{
    native_count_run(m, step->class, RDX);
    native_want(m, step->min);
    if (step->min == step->max) {
        x86_op_mem(&m->x, X86_LEA, R8, x86_at(RDX, step->max));
    } else {
        native_cap(m, step);
        x86_op_mem(&m->x, X86_LEA, R8, x86_in(RDX, RAX, 0, 0));
    }
    native_set_group(m, step, RDX, R8);
    native_advance(m, R8, 0);
}

/* The last place that is no member of until ends what is left; the class must go as far. */
static void step_trim(struct native_maker *m, const struct track_step *step)
{
    struct x86 *x = &m->x;
    x86_op_mem(x, X86_MOV, R8, WALK(len));
    x86_op_mem(x, X86_LEA, R11, x86_at(RDX, step->min));
    x86_op_mem(x, X86_LEA, RCX, x86_at(R8, (size_t)-1));
    native_leave_if_words_differ(m, RCX, R11);
    native_load_word(m, RAX, step->until, RCX);
    x86_not(x, RAX);
    x86_not(x, RCX);
    x86_shlx(x, RAX, RAX, RCX);
    x86_op(x, X86_BSR, RCX, RAX);
    x86_op_mem(x, X86_LEA, R8, x86_in(R8, RCX, 0, (size_t)-63));
    x86_op(x, X86_CMOVZ, R8, R11);
    x86_op(x, X86_CMP, R8, R11);
    x86_op(x, X86_CMOVB, R8, R11);
    native_count_run(m, step->class, RDX);
    native_cap(m, step);
    x86_op_mem(x, X86_LEA, R11, x86_in(RDX, RAX, 0, 0));
    x86_op(x, X86_CMP, R11, R8);
    native_fail_if(m, X86_LESS);
    native_set_group(m, step, RDX, R8);
    native_advance(m, R8, 0);
}

/* ---- Places to stop at ---- */

/* RAX = the places to stop at in [R11, R8], a bit each from R11 on; zero flag: there are none.
 * Left to the taker where these are not in one word. */
static void find_stops(struct native_maker *m, const struct track_step *step)
{
    struct x86 *x = &m->x;
    native_leave_if_words_differ(m, R8, R11);
    if (step->then != TRACK_ANYTHING) { /* the next word has a say */
        x86_op_mem(x, X86_LEA, RCX, x86_at(R8, 1));
        x86_test_low(x, RCX, 63);
        native_leave_if(m, X86_ZERO);
    }
    native_load_word(m, RAX, step->until, R8);
    if (step->then != TRACK_ANYTHING) {
        native_load_word(m, RCX, step->then, R8);
        x86_shr(x, RCX, 1);
        x86_op(x, X86_AND, RAX, RCX);
    }
    x86_shrx(x, RAX, RAX, R11);
    x86_op(x, X86_MOV, RCX, R8);
    x86_op(x, X86_SUB, RCX, R11);
    x86_op_mem(x, X86_LEA, RCX, x86_at(RCX, 1));
    x86_bzhi(x, RAX, RAX, RCX);
}

/* The step is to be tried again from here, with the bound reg + more. */
static void push_choice(struct native_maker *m, enum x86_reg reg, int more)
{
    struct x86 *x = &m->x;
    _Static_assert(sizeof(struct choice) == 3 * 8, "");
    size_t at = offsetof(struct walk, choices);
    x86_op_mem(x, X86_MOV32, RCX, WALK(nchoices));
    x86_cmp_value(x, RCX, CHOICES_MOST);
    native_leave_if(m, X86_EQUAL);
    x86_op_mem(x, X86_LEA, R9, x86_in(RCX, RCX, 1, 0));
    native_lea_step(m, RAX, m->at);
    x86_op_mem(x, X86_STORE, RAX, x86_in(RDI, R9, 3, at + offsetof(struct choice, step)));
    x86_op_mem(x, X86_STORE32, RDX, x86_in(RDI, R9, 3, at + offsetof(struct choice, at)));
    x86_op_mem(x, X86_LEA, RAX, x86_at(reg, (size_t)more));
    x86_op_mem(x, X86_STORE32, RAX, x86_in(RDI, R9, 3, at + offsetof(struct choice, bound)));
    x86_op_mem(x, X86_MOV32, RAX, WALK(nchanges));
    x86_op_mem(x, X86_STORE32, RAX, x86_in(RDI, R9, 3, at + offsetof(struct choice, changes)));
    x86_inc32(x, WALK(nchoices));
    x86_op_mem(x, X86_MOV, R9, WALK(text));
}

static void step_greedy(struct native_maker *m, const struct track_step *step)
{
    struct x86 *x = &m->x;
    native_count_run(m, step->class, RDX);
    native_want(m, step->min);
    native_cap(m, step);
    x86_op_mem(x, X86_LEA, R8, x86_in(RDX, RAX, 0, 0));
    if (step->until_end) {
        x86_op_mem(x, X86_CMP, R8, WALK(len));
        native_leave_if(m, X86_EQUAL);
    }
    x86_op_mem(x, X86_LEA, R11, x86_at(RDX, step->min));
    find_stops(m, step);
    native_fail_if(m, X86_ZERO);
    x86_op(x, X86_BSR, RCX, RAX);
    x86_op_mem(x, X86_LEA, R8, x86_in(R11, RCX, 0, 0));
    x86_blsr(x, RAX, RAX);
    size_t last = x86_jump_if(x, X86_ZERO);
    push_choice(m, R8, -1);
    native_land(m, last);
    native_set_group(m, step, RDX, R8);
    native_advance(m, R8, 0);
}

static void step_lazy(struct native_maker *m, const struct track_step *step)
{
    struct x86 *x = &m->x;
    native_count_run(m, step->class, RDX);
    native_cap(m, step);
    x86_op_mem(x, X86_LEA, R8, x86_in(RDX, RAX, 0, 0));
    x86_op_mem(x, X86_LEA, R11, x86_at(RDX, step->min));
    x86_op(x, X86_CMP, R8, R11);
    native_fail_if(m, X86_LESS);
    find_stops(m, step);
    if (step->until_end) {
        native_leave_if(m, X86_ZERO);
    } else {
        native_fail_if(m, X86_ZERO);
    }
    x86_op(x, X86_TZCNT, RCX, RAX);
    x86_op(x, X86_ADD, R11, RCX);
    x86_op(x, X86_CMP, R11, R8);
    size_t last = x86_jump_if(x, X86_EQUAL);
    push_choice(m, R11, 1);
    native_land(m, last);
    native_set_group(m, step, RDX, R11);
    native_advance(m, R11, 0);
}

/* ---- Steps to other steps ---- */

/* Where to, at the subject's end. */
static enum target at_end(const struct native_maker *m, const struct track_step *step,
                          unsigned *to)
{
    *to = step->class_end ? m->at + 1 : step->other;
    return step->class_end && step->until_end   ? TO_TAKER
           : step->class_end || step->until_end ? TO_BODY
                                                : native_failure(m);
}

static void step_fork(struct native_maker *m, const struct track_step *step)
{
    struct x86 *x = &m->x;
    bool both = native_classes_meet(m, step);
    unsigned to;
    native_load_next(m);
    native_compare_end(m);
    enum target end = at_end(m, step, &to);
    native_jump_if(m, X86_EQUAL, end, end == TO_BODY ? to : m->at);
    x86_op_mem(x, X86_MOV, RCX, WALK(classes_of));
    x86_op_mem(x, X86_MOV, RAX, x86_in(RCX, RAX, 3, 0));
    if (both) {
        x86_bit_test(x, RAX, step->until);
        size_t not_other = x86_jump_if(x, X86_NO_CARRY);
        x86_bit_test(x, RAX, step->class);
        native_leave_if(m, X86_CARRY);
        native_jump(m, TO_BODY, step->other);
        native_land(m, not_other);
        x86_bit_test(x, RAX, step->class);
        native_fail_if(m, X86_NO_CARRY);
        return;
    }
    x86_bit_test(x, RAX, step->class);
    size_t on = x86_jump_if(x, X86_CARRY);
    x86_bit_test(x, RAX, step->until);
    native_jump_if(m, X86_CARRY, TO_BODY, step->other);
    native_fail(m);
    native_land(m, on);
}

/* The table stands behind the jump, as distances from its beginning. */
static void step_switch(struct native_maker *m, const struct track_step *step)
{
    struct x86 *x = &m->x;
    native_load_next(m);
    x86_set32(x, RCX, TRACK_JUMPS - 1);
    native_compare_end(m);
    x86_op(x, X86_CMOVE, RAX, RCX);
    size_t table = x86_lea_near(x, RCX);
    x86_op_mem(x, X86_MOVSXD, RAX, x86_in(RCX, RAX, 2, 0));
    x86_op(x, X86_ADD, RAX, RCX);
    x86_jump_reg(x, RAX);
    size_t start = x->len;
    x86_fill(x, table, table + 4, (ptrdiff_t)start);
    for (unsigned i = 0; i < TRACK_JUMPS; i++) {
        unsigned to = m->track->jumps[step->other].to[i];
        native_fix_later(m, x86_hole(x), start, to ? TO_BODY : native_failure(m), to);
    }
}

static void step_goto(struct native_maker *m, const struct track_step *step)
{
    static const uint32_t most = RETURNS_MOST;
    if (step->other <= m->at) {
        x86_cmp_bytes(&m->x, WALK(returns), &most, sizeof(most));
        native_leave_if(m, X86_EQUAL);
        x86_inc32(&m->x, WALK(returns));
    }
    native_jump(m, TO_BODY, step->other);
}

static void step_begin(struct native_maker *m, const struct track_step *step)
{
    (void)step;
    x86_cmp_value(&m->x, RDX, 0);
    native_fail_if(m, X86_NOT_EQUAL);
}

static void step_end(struct native_maker *m, const struct track_step *step)
{
    (void)step;
    native_compare_end(m);
    native_fail_if(m, X86_NOT_EQUAL);
}

static void step_open(struct native_maker *m, const struct track_step *step)
{
    native_before_change(m, step);
    x86_op_mem(&m->x, X86_MOV, RAX, WALK(base));
    x86_op(&m->x, X86_ADD, RAX, RDX);
    x86_op_mem(&m->x, X86_STORE, RAX, GROUP(step->group, ptr));
}

static void step_close(struct native_maker *m, const struct track_step *step)
{
    native_before_change(m, step);
    x86_op_mem(&m->x, X86_MOV, RAX, WALK(base));
    x86_op(&m->x, X86_ADD, RAX, RDX);
    x86_op_mem(&m->x, X86_SUB, RAX, GROUP(step->group, ptr));
    x86_op_mem(&m->x, X86_STORE, RAX, GROUP(step->group, len));
}

static void step_done(struct native_maker *m, const struct track_step *step)
{
    (void)step;
    x86_op_mem(&m->x, X86_STORE, RDX, WALK(end));
    native_add_result(m, TRACK_YES);
}

static void (*const writers[])(struct native_maker *m, const struct track_step *step) = {
    [TRACK_BYTES] = step_bytes,   [TRACK_ONE] = step_one,         [TRACK_TAKE] = step_take,
    [TRACK_MARK] = step_take,     [TRACK_PAIR] = step_pair,       [TRACK_FIELD] = step_pair,
    [TRACK_MARKS] = step_marks,   [TRACK_TAKE_TO] = step_take_to, [TRACK_TRIM] = step_trim,
    [TRACK_GREEDY] = step_greedy, [TRACK_LAZY] = step_lazy,       [TRACK_WORD] = step_word,
    [TRACK_FORK] = step_fork,     [TRACK_FORK_LAZY] = step_fork,  [TRACK_SWITCH] = step_switch,
    [TRACK_GOTO] = step_goto,     [TRACK_OPEN] = step_open,       [TRACK_CLOSE] = step_close,
    [TRACK_BEGIN] = step_begin,   [TRACK_END] = step_end,         [TRACK_DONE] = step_done,
};

bool native_has_code(const struct track_step *step)
{
    switch ((enum track_op)step->op) {
    case TRACK_BYTES:
    case TRACK_MARK:
    case TRACK_FIELD:
        return native_ends_at_end(step);
    case TRACK_MARKS:
        return native_ends_at_end(step) && step->max <= MARKS_MOST;
    case TRACK_GREEDY:
    case TRACK_LAZY:
        return step->then == TRACK_ANYTHING || !step->class_end;
    default:
        return step->op < sizeof(writers) / sizeof(writers[0]) && writers[step->op];
    }
}

void native_write(struct native_maker *m, const struct track_step *step)
{
    writers[step->op](m, step);
}

#endif
