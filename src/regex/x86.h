/*
 * The few instructions of x86-64 that native.c is made of, appended to a buffer. Jumps and what
 * else is relative to the instruction pointer take 32 bits that are filled in later.
 *
 *     x86_op_mem(x, X86_MOV, RAX, x86_at(RDI, 16));     mov rax, [rdi+16]
 *     x86_op(x, X86_ADD, RAX, RCX);                     add rax, rcx
 *     size_t hole = x86_jump_if(x, X86_CARRY);          jc ?
 *     x86_fill(x, hole, hole + 4, x->len);
 *
 * Source: AMD64 Architecture Programmer's Manual, volume 3.
 */
#ifndef REGEX_X86_H
#define REGEX_X86_H

#include "base/alloc.h"

#include <stdbool.h>
#include <stdint.h>

enum x86_reg { RAX, RCX, RDX, RSI = 6, RDI, R8, R9, R10, R11, XMM0 = 0, NO_REG = 16 };

/* As the manual numbers them. */
enum x86_if {
    X86_CARRY = 2,
    X86_NO_CARRY,
    X86_ZERO,
    X86_NOT_ZERO,
    X86_ABOVE = 7,
    X86_EQUAL = X86_ZERO,
    X86_NOT_EQUAL = X86_NOT_ZERO,
    X86_LESS = X86_CARRY, /* unsigned */
};

/* Opcodes, with what stands in front of them. */
#define X86_WIDE    0x1000u /* 64 bits */
#define X86_0F      0x2000u
#define X86_REP     0x4000u
#define X86_ADD     (X86_WIDE | 0x03)
#define X86_AND     (X86_WIDE | 0x23)
#define X86_SUB     (X86_WIDE | 0x2B)
#define X86_CMP     (X86_WIDE | 0x3B)
#define X86_XOR     (X86_WIDE | 0x33)
#define X86_MOV     (X86_WIDE | 0x8B)
#define X86_LEA     (X86_WIDE | 0x8D)
#define X86_STORE   (X86_WIDE | 0x89)
#define X86_MOVSXD  (X86_WIDE | 0x63)
#define X86_MOVZX8  (X86_0F | 0xB6)
#define X86_TZCNT   (X86_WIDE | X86_0F | X86_REP | 0xBC)
#define X86_BSR     (X86_WIDE | X86_0F | 0xBD)
#define X86_LOAD16  (X86_0F | 0x10) /* movups; XMM0 is number 0 */
#define X86_STORE16 (X86_0F | 0x11)
#define X86_MOV32   0x8Bu
#define X86_STORE32 0x89u
#define X86_CMOVB   (X86_WIDE | X86_0F | 0x42)
#define X86_CMOVZ   (X86_WIDE | X86_0F | 0x44)
#define X86_CMOVE   (X86_0F | 0x44)
#define X86_CMOVA   (X86_0F | 0x47)

struct x86 {
    uint8_t *code;
    size_t len, size;
    const struct alloc *alloc;
    bool failed; /* no memory: what follows does nothing */
};

struct x86_mem {
    enum x86_reg base, index; /* index NO_REG: none */
    unsigned scale;           /* of index: 1 << scale */
    int32_t offset;
};

static inline struct x86_mem x86_at(enum x86_reg base, size_t offset)
{
    return (struct x86_mem){base, NO_REG, 0, (int32_t)offset};
}

static inline struct x86_mem x86_in(enum x86_reg base, enum x86_reg index, unsigned scale,
                                    size_t offset)
{
    return (struct x86_mem){base, index, scale, (int32_t)offset};
}

void x86_release(struct x86 *x);

/* reg and another register, or what is in memory. */
void x86_op(struct x86 *x, unsigned op, enum x86_reg reg, enum x86_reg other);
void x86_op_mem(struct x86 *x, unsigned op, enum x86_reg reg, struct x86_mem mem);
/* to = from >> by % 64, for all registers; the same to the left; to = the lowest `n` bits of
 * from (zero flag: they are 0) */
void x86_shrx(struct x86 *x, enum x86_reg to, enum x86_reg from, enum x86_reg by);
void x86_shlx(struct x86 *x, enum x86_reg to, enum x86_reg from, enum x86_reg by);
void x86_bzhi(struct x86 *x, enum x86_reg to, enum x86_reg from, enum x86_reg n);
/* to = from without its lowest 1 (zero flag: there was but one) */
void x86_blsr(struct x86 *x, enum x86_reg to, enum x86_reg from);
void x86_shr(struct x86 *x, enum x86_reg reg, unsigned by);
void x86_shl(struct x86 *x, enum x86_reg reg, unsigned by);
void x86_not(struct x86 *x, enum x86_reg reg);
void x86_bit_test(struct x86 *x, enum x86_reg reg, unsigned bit);

void x86_set32(struct x86 *x, enum x86_reg reg, uint32_t value);
void x86_set64(struct x86 *x, enum x86_reg reg, uint64_t value);
void x86_and_value(struct x86 *x, enum x86_reg reg, int8_t value);
void x86_cmp_value(struct x86 *x, enum x86_reg reg, uint32_t value); /* below 2^31 */
/* nbytes (1, 2 or 4) at mem with as many bytes, as memory has them */
void x86_cmp_bytes(struct x86 *x, struct x86_mem mem, const void *bytes, unsigned nbytes);
void x86_test_byte(struct x86 *x, struct x86_mem mem, uint8_t bits);
void x86_test_low(struct x86 *x, enum x86_reg reg, uint8_t bits); /* RAX to RDX */
void x86_inc32(struct x86 *x, struct x86_mem mem);

/* These return where the 32 bits are that x86_fill() is to set. */
size_t x86_jump(struct x86 *x);
size_t x86_call(struct x86 *x);
size_t x86_jump_if(struct x86 *x, enum x86_if condition);
size_t x86_lea_near(struct x86 *x, enum x86_reg reg);
size_t x86_hole(struct x86 *x); /* 32 bits of data */
/* The distance from one place in the code to another; `to` may lie in front of the code. */
void x86_fill(struct x86 *x, size_t hole, size_t from, ptrdiff_t to);

void x86_jump_reg(struct x86 *x, enum x86_reg reg);
void x86_return(struct x86 *x);
void x86_set_carry(struct x86 *x, bool carry);

#endif
