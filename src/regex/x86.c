#include "regex/x86.h"

#include <string.h>

#define INSTRUCTION_MOST 16

void x86_release(struct x86 *x)
{
    alloc_free(x->alloc, x->code);
    x->code = NULL;
}

static bool make_room(struct x86 *x)
{
    if (x->failed || x->len + INSTRUCTION_MOST > x->size) {
        size_t size = x->size ? 2 * x->size : 2048;
        uint8_t *code = x->failed ? NULL : alloc_resize(x->alloc, x->code, size);
        x->failed = !code;
        if (!code) {
            return false;
        }
        x->code = code;
        x->size = size;
    }
    return true;
}

static void put(struct x86 *x, unsigned byte)
{
    x->code[x->len++] = (uint8_t)byte;
}

static void put32(struct x86 *x, uint32_t value)
{
    for (unsigned i = 0; i < 32; i += 8) {
        put(x, value >> i & 0xFF);
    }
}

/* Prefixes, REX and opcode; the registers in the order of REX's bits R, X, B. */
static void put_op(struct x86 *x, unsigned op, unsigned reg, unsigned index, unsigned base)
{
    unsigned rex = (op & X86_WIDE ? 8u : 0) | (reg >> 3 & 1) << 2 | (index >> 3 & 1) << 1 |
                   (base >> 3 & 1);
    if (op & X86_REP) {
        put(x, 0xF3);
    }
    if (rex) {
        put(x, 0x40 | rex);
    }
    if (op & X86_0F) {
        put(x, 0x0F);
    }
    put(x, op & 0xFF);
}

static void put_regs(struct x86 *x, unsigned op, unsigned reg, unsigned other)
{
    put_op(x, op, reg, 0, other);
    put(x, 0xC0 | (reg & 7) << 3 | (other & 7));
}

/* reg may be a part of the opcode. */
static void put_mem(struct x86 *x, unsigned op, unsigned reg, struct x86_mem mem)
{
    bool near = mem.offset >= -128 && mem.offset < 128;
    bool indexed = mem.index != NO_REG;
    unsigned mode = near ? 0x40 : 0x80;
    put_op(x, op, reg, indexed ? mem.index : 0, mem.base);
    put(x, mode | (reg & 7) << 3 | (indexed ? 4 : mem.base & 7));
    if (indexed) {
        put(x, mem.scale << 6 | (mem.index & 7) << 3 | (mem.base & 7));
    }
    if (near) {
        put(x, (uint8_t)mem.offset);
    } else {
        put32(x, (uint32_t)mem.offset);
    }
}

void x86_op(struct x86 *x, unsigned op, enum x86_reg reg, enum x86_reg other)
{
    if (make_room(x)) {
        put_regs(x, op, reg, other);
    }
}

void x86_op_mem(struct x86 *x, unsigned op, enum x86_reg reg, struct x86_mem mem)
{
    if (make_room(x)) {
        put_mem(x, op, reg, mem);
    }
}

/* VEX.LZ.pp.0F38.W1 opcode /r: reg, then the register in VEX's own field, and one more. */
static void put_vex(struct x86 *x, unsigned pp, unsigned op, unsigned reg, unsigned own,
                    unsigned other)
{
    if (make_room(x)) {
        put(x, 0xC4);
        put(x, (~reg >> 3 & 1) << 7 | 1u << 6 | (~other >> 3 & 1) << 5 | 2);
        put(x, 1u << 7 | (~own & 15) << 3 | pp);
        put(x, op);
        put(x, 0xC0 | (reg & 7) << 3 | (other & 7));
    }
}

void x86_shrx(struct x86 *x, enum x86_reg to, enum x86_reg from, enum x86_reg by)
{
    put_vex(x, 3, 0xF7, to, by, from);
}

void x86_shlx(struct x86 *x, enum x86_reg to, enum x86_reg from, enum x86_reg by)
{
    put_vex(x, 1, 0xF7, to, by, from);
}

void x86_bzhi(struct x86 *x, enum x86_reg to, enum x86_reg from, enum x86_reg n)
{
    put_vex(x, 0, 0xF5, to, n, from);
}

void x86_blsr(struct x86 *x, enum x86_reg to, enum x86_reg from)
{
    put_vex(x, 0, 0xF3, 1, to, from);
}

static void shift(struct x86 *x, unsigned kind, enum x86_reg reg, unsigned by)
{
    if (make_room(x)) {
        put_regs(x, X86_WIDE | 0xC1, kind, reg);
        put(x, by);
    }
}

void x86_shr(struct x86 *x, enum x86_reg reg, unsigned by)
{
    shift(x, 5, reg, by);
}

void x86_shl(struct x86 *x, enum x86_reg reg, unsigned by)
{
    shift(x, 4, reg, by);
}

void x86_not(struct x86 *x, enum x86_reg reg)
{
    if (make_room(x)) {
        put_regs(x, X86_WIDE | 0xF7, 2, reg);
    }
}

void x86_bit_test(struct x86 *x, enum x86_reg reg, unsigned bit)
{
    if (make_room(x)) {
        put_regs(x, X86_WIDE | X86_0F | 0xBA, 4, reg);
        put(x, bit);
    }
}

void x86_set32(struct x86 *x, enum x86_reg reg, uint32_t value)
{
    if (make_room(x)) {
        put_op(x, 0xB8 | (reg & 7), 0, 0, reg);
        put32(x, value);
    }
}

void x86_set64(struct x86 *x, enum x86_reg reg, uint64_t value)
{
    if (make_room(x)) {
        put_op(x, X86_WIDE | 0xB8 | (reg & 7), 0, 0, reg);
        put32(x, (uint32_t)value);
        put32(x, (uint32_t)(value >> 32));
    }
}

void x86_and_value(struct x86 *x, enum x86_reg reg, int8_t value)
{
    if (make_room(x)) {
        put_regs(x, X86_WIDE | 0x83, 4, reg);
        put(x, (uint8_t)value);
    }
}

void x86_cmp_value(struct x86 *x, enum x86_reg reg, uint32_t value)
{
    if (make_room(x)) {
        put_regs(x, X86_WIDE | (value < 128 ? 0x83 : 0x81), 7, reg);
        if (value < 128) {
            put(x, value);
        } else {
            put32(x, value);
        }
    }
}

void x86_cmp_bytes(struct x86 *x, struct x86_mem mem, const void *bytes, unsigned nbytes)
{
    if (make_room(x)) {
        if (nbytes == 2) {
            put(x, 0x66);
        }
        put_mem(x, nbytes == 1 ? 0x80 : 0x81, 7, mem);
        memcpy(x->code + x->len, bytes, nbytes);
        x->len += nbytes;
    }
}

void x86_test_byte(struct x86 *x, struct x86_mem mem, uint8_t bits)
{
    if (make_room(x)) {
        put_mem(x, 0xF6, 0, mem);
        put(x, bits);
    }
}

void x86_test_low(struct x86 *x, enum x86_reg reg, uint8_t bits)
{
    if (make_room(x)) {
        put_regs(x, 0xF6, 0, reg);
        put(x, bits);
    }
}

void x86_inc32(struct x86 *x, struct x86_mem mem)
{
    if (make_room(x)) {
        put_mem(x, 0xFF, 0, mem);
    }
}

size_t x86_hole(struct x86 *x)
{
    if (!make_room(x)) {
        return 0;
    }
    put32(x, 0);
    return x->len - 4;
}

size_t x86_jump(struct x86 *x)
{
    if (make_room(x)) {
        put(x, 0xE9);
    }
    return x86_hole(x);
}

size_t x86_call(struct x86 *x)
{
    if (make_room(x)) {
        put(x, 0xE8);
    }
    return x86_hole(x);
}

size_t x86_jump_if(struct x86 *x, enum x86_if condition)
{
    if (make_room(x)) {
        put(x, 0x0F);
        put(x, 0x80 | condition);
    }
    return x86_hole(x);
}

/* With the base 5 and no displacement mode: relative to the instruction pointer. */
size_t x86_lea_near(struct x86 *x, enum x86_reg reg)
{
    if (make_room(x)) {
        put_op(x, X86_LEA, reg, 0, 0);
        put(x, (reg & 7) << 3 | 5);
    }
    return x86_hole(x);
}

void x86_fill(struct x86 *x, size_t hole, size_t from, ptrdiff_t to)
{
    if (!x->failed) {
        uint32_t distance = (uint32_t)(to - (ptrdiff_t)from);
        for (unsigned i = 0; i < 4; i++) {
            x->code[hole + i] = (uint8_t)(distance >> 8 * i);
        }
    }
}

void x86_jump_reg(struct x86 *x, enum x86_reg reg)
{
    if (make_room(x)) {
        put_regs(x, 0xFF, 4, reg);
    }
}

void x86_return(struct x86 *x)
{
    if (make_room(x)) {
        put(x, 0xC3);
    }
}

void x86_set_carry(struct x86 *x, bool carry)
{
    if (make_room(x)) {
        put(x, carry ? 0xF9 : 0xF8);
    }
}
