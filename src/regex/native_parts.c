#include "regex/native_maker.h"

#if NATIVE_X86_64

/* ---- Jumps ---- */

void native_fix_later(struct native_maker *m, size_t hole, size_t from, enum target target,
                      unsigned step)
{
    if (m->nfixups == m->fixups_size) {
        size_t size = m->fixups_size ? 2 * m->fixups_size : 256;
        struct fixup *grown =
            m->x.failed ? NULL : alloc_resize(m->x.alloc, m->fixups, size * sizeof(*grown));
        m->x.failed = !grown;
        if (!grown) {
            return;
        }
        m->fixups = grown;
        m->fixups_size = size;
    }
    m->places[step].taker_used |= target == TO_TAKER;
    m->fixups[m->nfixups++] = (struct fixup){hole, from, target, step};
}

void native_jump(struct native_maker *m, enum target target, unsigned step)
{
    size_t hole = x86_jump(&m->x);
    native_fix_later(m, hole, hole + 4, target, step);
}

void native_jump_if(struct native_maker *m, enum x86_if condition, enum target target,
                    unsigned step)
{
    size_t hole = x86_jump_if(&m->x, condition);
    native_fix_later(m, hole, hole + 4, target, step);
}

enum target native_failure(const struct native_maker *m)
{
    return m->choices ? TO_BACK : TO_NO;
}

void native_fail(struct native_maker *m)
{
    native_jump(m, native_failure(m), m->at);
}

void native_fail_if(struct native_maker *m, enum x86_if condition)
{
    native_jump_if(m, condition, native_failure(m), m->at);
}

void native_leave_if(struct native_maker *m, enum x86_if condition)
{
    native_jump_if(m, condition, TO_TAKER, m->at);
}

/* ---- Parts of steps. The subject is at the place in a register. ---- */

/* A multiple of 64, as which a word is known, is an eighth of its distance in the rows. */
_Static_assert(sizeof(((struct regex_subject *)0)->rows[0]) == 8 * 64, "");

static struct x86_mem word_of(unsigned row, enum x86_reg word)
{
    return x86_in(RSI, word, 3, row * sizeof(uint64_t));
}

void native_load_word(struct native_maker *m, enum x86_reg to, unsigned row, enum x86_reg at)
{
    x86_op(&m->x, X86_MOV, to, at);
    x86_and_value(&m->x, to, -64);
    x86_op_mem(&m->x, X86_MOV, to, word_of(row, to));
}

/* A jump from `hole` comes here. */
void native_land(struct native_maker *m, size_t hole)
{
    x86_fill(&m->x, hole, hole + 4, (ptrdiff_t)m->x.len);
}

/* RAX = how many members of the row are there; zero flag: none. */
void native_count_run(struct native_maker *m, unsigned row, enum x86_reg at)
{
    struct x86 *x = &m->x;
    x86_op(x, X86_MOV, RCX, at);
    x86_and_value(x, RCX, -64);
    x86_op_mem(x, X86_MOV, RAX, word_of(row, RCX));
    x86_not(x, RAX);
    x86_shrx(x, RAX, RAX, at);
    x86_op(x, X86_TZCNT, RAX, RAX);
    size_t done = x86_jump_if(x, X86_NO_CARRY);
    size_t next_word = x->len;
    x86_op_mem(x, X86_LEA, RCX, x86_at(RCX, 64));
    x86_op_mem(x, X86_MOV, RAX, word_of(row, RCX));
    x86_not(x, RAX);
    x86_op(x, X86_TZCNT, RAX, RAX);
    size_t again = x86_jump_if(x, X86_CARRY);
    x86_fill(x, again, again + 4, (ptrdiff_t)next_word);
    x86_op(x, X86_ADD, RAX, RCX);
    x86_op(x, X86_SUB, RAX, at); /* is not 0 */
    native_land(m, done);
}

/* Left to the taker unless both places are in one word of the rows. RAX is overwritten. */
void native_leave_if_words_differ(struct native_maker *m, enum x86_reg a, enum x86_reg b)
{
    x86_op(&m->x, X86_MOV, RAX, a);
    x86_op(&m->x, X86_XOR, RAX, b);
    x86_cmp_value(&m->x, RAX, 63);
    native_leave_if(m, X86_ABOVE);
}

void native_lea_step(struct native_maker *m, enum x86_reg reg, unsigned step)
{
    size_t hole = x86_lea_near(&m->x, reg);
    x86_fill(&m->x, hole, hole + 4, (ptrdiff_t)(m->steps + step * sizeof(struct track_step)));
}

/* No more than max. */
void native_cap(struct native_maker *m, const struct track_step *step)
{
    if (step->max < TRACK_ENDLESS) {
        x86_set32(&m->x, RCX, step->max);
        x86_op(&m->x, X86_CMP, RAX, RCX);
        x86_op(&m->x, X86_CMOVA, RAX, RCX);
    }
}

void native_want(struct native_maker *m, unsigned min)
{
    if (min == 1) {
        native_fail_if(m, X86_ZERO);
    } else if (min > 1) {
        x86_cmp_value(&m->x, RAX, min);
        native_fail_if(m, X86_LESS);
    }
}

/* to = the end of a run of at least min. */
void native_run(struct native_maker *m, unsigned row, unsigned min, enum x86_reg at,
                enum x86_reg to)
{
    native_count_run(m, row, at);
    native_want(m, min);
    if (at == to) {
        x86_op(&m->x, X86_ADD, to, RAX);
    } else {
        x86_op_mem(&m->x, X86_LEA, to, x86_in(at, RAX, 0, 0));
    }
}

/* What can stand behind the subject's end (regex_subject_set()) is no such byte. */
bool native_ends_at_end(const struct track_step *step)
{
    unsigned char bytes[TRACK_BYTES_MOST];
    memcpy(bytes, &step->bytes, sizeof(bytes));
    for (unsigned i = 0; i < step->nbytes; i++) {
        if (!subject_byte_is_inner(bytes[i])) {
            return false;
        }
    }
    return true;
}

void native_has_bytes(struct native_maker *m, const struct track_step *step, enum x86_reg at)
{
    const char *bytes = (const char *)&step->bytes;
    unsigned done = 0, left = step->nbytes;
    while (left) {
        unsigned n = left >= 4 ? 4 : left == 3 && done ? 4 : left >= 2 ? 2 : 1;
        done -= n - (left < n ? left : n); /* four again, some of them a second time */
        x86_cmp_bytes(&m->x, x86_in(R9, at, 0, done), bytes + done, n);
        native_fail_if(m, X86_NOT_EQUAL);
        done += n;
        left = step->nbytes - done;
    }
}

void native_before_change(struct native_maker *m, const struct track_step *step)
{
    static const uint32_t none = 0;
    if (m->choices) {
        x86_cmp_bytes(&m->x, WALK(nchoices), &none, sizeof(none));
        size_t skip = x86_jump_if(&m->x, X86_EQUAL);
        x86_set32(&m->x, RCX, step->group);
        size_t note = x86_call(&m->x);
        native_fix_later(m, note, note + 4, TO_NOTE, m->at);
        native_jump_if(m, X86_CARRY, TO_UNKNOWN, m->at);
        native_land(m, skip);
    }
}

/* Remembers what the group in RCX is; carry flag: there is no room. */
void native_add_note(struct native_maker *m)
{
    struct x86 *x = &m->x;
    _Static_assert(sizeof(struct change) == 3 * 8 && sizeof(struct view) == 1 << 4, "");
    size_t at = offsetof(struct walk, changes);
    x86_op_mem(x, X86_MOV32, RAX, WALK(nchanges));
    x86_cmp_value(x, RAX, CHANGES_MOST);
    size_t full = x86_jump_if(x, X86_EQUAL);
    x86_op_mem(x, X86_LEA, RAX, x86_in(RAX, RAX, 1, 0));
    x86_op_mem(x, X86_STORE32, RCX, x86_in(RDI, RAX, 3, at + offsetof(struct change, group)));
    x86_shl(x, RCX, 4);
    x86_op_mem(x, X86_LOAD16, XMM0, x86_in(R10, RCX, 0, 0));
    x86_op_mem(x, X86_STORE16, XMM0, x86_in(RDI, RAX, 3, at + offsetof(struct change, before)));
    x86_inc32(x, WALK(nchanges));
    x86_set_carry(x, false);
    x86_return(x);
    native_land(m, full);
    x86_set_carry(x, true);
    x86_return(x);
}

void native_set_group(struct native_maker *m, const struct track_step *step, enum x86_reg from,
                      enum x86_reg to)
{
    struct x86 *x = &m->x;
    if (step->group) {
        native_before_change(m, step);
        x86_op_mem(x, X86_MOV, RAX, WALK(base));
        x86_op(x, X86_ADD, RAX, from);
        x86_op_mem(x, X86_STORE, RAX, GROUP(step->group, ptr));
        x86_op(x, X86_MOV, RCX, to);
        x86_op(x, X86_SUB, RCX, from);
        x86_op_mem(x, X86_STORE, RCX, GROUP(step->group, len));
    }
}

/* On at `at` + n. */
void native_advance(struct native_maker *m, enum x86_reg at, unsigned n)
{
    if (n == 0) {
        x86_op(&m->x, X86_MOV, RDX, at);
    } else {
        x86_op_mem(&m->x, X86_LEA, RDX, x86_at(at, n));
    }
}

/* ---- Sets of bytes ---- */

/* Zero flag: the byte in RAX is not in the class. What stands behind the end is for the caller
 * to think of. */
static void test_class(struct native_maker *m, unsigned class)
{
    x86_op_mem(&m->x, X86_MOV, RCX, WALK(classes_of));
    x86_test_byte(&m->x, x86_in(RCX, RAX, 3, class / 8), (uint8_t)(1u << class % 8));
}

void native_load_next(struct native_maker *m)
{
    x86_op_mem(&m->x, X86_MOVZX8, RAX, x86_in(R9, RDX, 0, 0));
}

void native_compare_end(struct native_maker *m)
{
    x86_op_mem(&m->x, X86_CMP, RDX, WALK(len));
}

static bool has_only_inner(struct ascii_set set)
{
    for (unsigned c = 0; c < 128; c++) {
        if (ascii_has(&set, (unsigned char)c) && !subject_byte_is_inner((unsigned char)c)) {
            return false;
        }
    }
    return true;
}

void native_one_of(struct native_maker *m, unsigned class)
{
    native_load_next(m);
    if (!has_only_inner(m->family->classes[class])) {
        native_compare_end(m);
        native_fail_if(m, X86_EQUAL);
    }
    test_class(m, class);
    native_fail_if(m, X86_ZERO);
}

bool native_classes_meet(const struct native_maker *m, const struct track_step *step)
{
    const struct ascii_set *classes = m->family->classes;
    return ascii_meet(&classes[step->class], &classes[step->until]);
}

void native_add_result(struct native_maker *m, enum track_result result)
{
    x86_set32(&m->x, RAX, result);
    x86_return(&m->x);
}

#endif
