#include "regex/memo.h"

#include "base/err.h"
#include "base/utf8.h"
#include "regex/charset.h"

#define JOBS_FIRST 256

/* Something to do when what is being tried fails: go on somewhere else, or give a slot its
 * former value back. */
struct memo_job {
    uint32_t pc;
    uint32_t loops; /* RESTORE: this is a slot's value */
    size_t at;
};
#define RESTORE UINT32_MAX

struct state {
    uint32_t pc;
    uint32_t loops; /* bit i: the iteration of loop i has consumed something */
    size_t at;
};

void memo_init(struct memo *memo, const struct alloc *alloc, size_t most)
{
    *memo = (struct memo){.alloc = alloc, .most = most, .unicode = {.alloc = alloc}};
}

void memo_release(struct memo *memo)
{
    alloc_free(memo->alloc, memo->tried);
    alloc_free(memo->alloc, memo->jobs);
    alloc_free(memo->alloc, memo->slots);
    unicode_release(&memo->unicode);
    memo_init(memo, memo->alloc, memo->most);
}

static uint32_t all_loops(const struct program *program)
{
    return (1U << program->nloops) - 1;
}

static int make_room(struct memo *memo, const struct program *program, struct view subject)
{
    size_t states_at = (size_t)program->n << program->nloops;
    if (subject.len + 1 > memo->most * 8 / states_at || subject.len > UINT32_MAX - 1) {
        return ERR_LIMIT;
    }
    size_t size = (states_at * (subject.len + 1) + 63) / 64 * 8;
    if (size > memo->tried_size) {
        uint64_t *tried = alloc_resize(memo->alloc, memo->tried, size);
        if (!tried) {
            return ERR_NOMEM;
        }
        memo->tried = tried;
        memo->tried_size = size;
    }
    memset(memo->tried, 0, size);
    size_t nslots = 2 * (size_t)program->ngroups;
    if (nslots > memo->nslots) {
        size_t *slots = alloc_resize(memo->alloc, memo->slots, nslots * sizeof(*slots));
        if (!slots) {
            return ERR_NOMEM;
        }
        memo->slots = slots;
        memo->nslots = nslots;
    }
    memset(memo->slots, 0xFF, nslots * sizeof(*memo->slots));
    return 0;
}

static int push(struct memo *memo, struct memo_job job)
{
    if (memo->njobs == memo->jobs_size) {
        size_t size = memo->jobs_size ? memo->jobs_size * 2 : JOBS_FIRST;
        if (size > memo->most / sizeof(job)) {
            return ERR_LIMIT;
        }
        struct memo_job *jobs = alloc_resize(memo->alloc, memo->jobs, size * sizeof(job));
        if (!jobs) {
            return ERR_NOMEM;
        }
        memo->jobs = jobs;
        memo->jobs_size = size;
    }
    memo->jobs[memo->njobs++] = job;
    return 0;
}

static bool first_time(struct memo *memo, const struct program *program, struct state state)
{
    size_t bit = ((state.at * program->n + state.pc) << program->nloops) | state.loops;
    uint64_t mask = UINT64_C(1) << (bit & 63);
    bool first = !(memo->tried[bit >> 6] & mask);
    memo->tried[bit >> 6] |= mask;
    return first;
}

/* The character at `at`, which is before the subject's end; its length in bytes. Surrogates
 * count as characters here. */
static size_t decode(struct view subject, size_t at, uint32_t *c)
{
    const unsigned char *bytes = (const unsigned char *)subject.ptr + at;
    if (bytes[0] >= 0xE0 && bytes[0] < 0xF0) {
        *c = (bytes[0] & 0x0Fu) << 12 | (bytes[1] & 0x3Fu) << 6 | (bytes[2] & 0x3Fu);
        return 3;
    }
    return utf8_decode(view_slice(subject, at, subject.len), c);
}

static bool is_space(uint32_t c)
{
    bool found = false;
    for (size_t i = 0; i < SPACE_RANGES; i++) {
        found |= c >= space_unicode[i].lo && c <= space_unicode[i].hi;
    }
    return found;
}

/* Is c, which is not ASCII, in one of the classes? */
static bool in_categories(struct memo *memo, unsigned categories, unsigned flags, uint32_t c)
{
    const unsigned complements = CATEGORY_NOT_DIGIT | CATEGORY_NOT_SPACE | CATEGORY_NOT_WORD;
    if (!categories || (flags & FLAG_ASCII)) {
        return categories & complements;
    }
    enum unicode_kind kind = unicode_kind(&memo->unicode, c);
    unsigned in = kind == UNICODE_DIGIT ? CATEGORY_DIGIT : CATEGORY_NOT_DIGIT;
    in |= kind == UNICODE_OTHER ? CATEGORY_NOT_WORD : CATEGORY_WORD;
    in |= is_space(c) ? CATEGORY_SPACE : CATEGORY_NOT_SPACE;
    return categories & in;
}

/* Does unit match c, which is not ASCII? Case was looked at when the program was made. */
static bool has_wide(struct memo *memo, const struct node *unit, uint32_t c)
{
    if (unit->kind == NODE_ANY) {
        return true;
    }
    if (unit->kind == NODE_LITERAL) {
        return unit->literal == c;
    }
    bool found = in_categories(memo, unit->set->categories, unit->flags, c);
    for (const struct range *range = unit->set->ranges; range; range = range->next) {
        found |= c >= range->lo && c <= range->hi;
    }
    return found != unit->set->negate;
}

/* Takes the character at *at if inst matches it. */
static bool take(struct memo *memo, const struct inst *inst, struct view subject, size_t *at)
{
    unsigned char byte = *at < subject.len ? (unsigned char)subject.ptr[*at] : 0;
    if (byte < 0x80) {
        bool end = *at >= subject.len;
        ++*at;
        return !end && (inst->set[byte >> 6] >> (byte & 63) & 1);
    }
    uint32_t c;
    *at += decode(subject, *at, &c);
    return has_wide(memo, inst->unit, c);
}

static bool is_word(struct memo *memo, struct view subject, size_t at, unsigned flags)
{
    uint32_t c;
    if (at >= subject.len) {
        return false;
    }
    decode(subject, at, &c);
    if (c < 0x80) {
        return is_ascii_letter(c) || (c >= '0' && c <= '9') || c == '_';
    }
    return !(flags & FLAG_ASCII) && unicode_kind(&memo->unicode, c) != UNICODE_OTHER;
}

static bool is_boundary(struct memo *memo, struct view subject, size_t at, unsigned flags)
{
    size_t before = at;
    while (before > 0 && ((unsigned char)subject.ptr[--before] & 0xC0) == 0x80) {
    }
    bool left = at > 0 && is_word(memo, subject, before, flags);
    return left != is_word(memo, subject, at, flags);
}

static bool at_holds(struct memo *memo, const struct inst *inst, struct view subject, size_t at)
{
    bool multiline = inst->flags & FLAG_MULTILINE, at_end = at == subject.len;
    switch ((enum node_at)inst->arg) {
    case AT_BEGIN:
        return at == 0 || (multiline && subject.ptr[at - 1] == '\n');
    case AT_BEGIN_STRING:
        return at == 0;
    case AT_END:
        return at_end || (subject.ptr[at] == '\n' && (multiline || at + 1 == subject.len));
    case AT_END_STRING:
        return at_end;
    case AT_BOUNDARY:
        return is_boundary(memo, subject, at, inst->flags);
    case AT_NO_BOUNDARY:
        return subject.len > 0 && !is_boundary(memo, subject, at, inst->flags);
    }
    return false;
}

static int save(struct memo *memo, size_t slot, size_t at)
{
    struct memo_job old = {RESTORE, (uint32_t)slot, memo->slots[slot]};
    int rc = push(memo, old);
    memo->slots[slot] = at;
    return rc;
}

/* One instruction. 1: goes on with *state; 0: this way has failed; ERR_... */
static int step(struct memo *memo, const struct program *program, struct view subject,
                struct state *state)
{
    const struct inst *inst = &program->inst[state->pc];
    uint32_t bit = 1U << inst->arg % 32;
    int rc = 0;
    state->pc = inst->next;
    switch ((enum inst_op)inst->op) {
    case INST_SET:
        state->loops = all_loops(program);
        return take(memo, inst, subject, &state->at);
    case INST_FORK:
        rc = push(memo, (struct memo_job){inst->other, state->loops, state->at});
        break;
    case INST_SAVE:
        rc = save(memo, inst->arg, state->at);
        break;
    case INST_AT:
        return at_holds(memo, inst, subject, state->at);
    case INST_ENTER:
        state->loops &= ~bit;
        break;
    case INST_AGAIN:
        state->pc = state->loops & bit ? inst->next : inst->other;
        break;
    case INST_JUMP:
    case INST_MATCH:
        break;
    }
    return rc < 0 ? rc : 1;
}

/* Follows one way to its end: 1 is a match, 0 a failure. */
static int follow(struct memo *memo, const struct program *program, struct view subject,
                  struct state state)
{
    int rc = 1;
    while (rc == 1 && first_time(memo, program, state)) {
        if (program->inst[state.pc].op == INST_MATCH) {
            memo->slots[1] = state.at;
            return 1;
        }
        rc = step(memo, program, subject, &state);
    }
    return rc < 0 ? rc : 0;
}

static int match_at(struct memo *memo, const struct program *program, struct view subject,
                    size_t at)
{
    memo->njobs = 0;
    memo->slots[0] = at;
    int rc = follow(memo, program, subject, (struct state){0, all_loops(program), at});
    while (rc == 0 && memo->njobs > 0) {
        struct memo_job job = memo->jobs[--memo->njobs];
        if (job.pc == RESTORE) {
            memo->slots[job.loops] = job.at;
        } else {
            rc = follow(memo, program, subject, (struct state){job.pc, job.loops, job.at});
        }
    }
    return rc;
}

int memo_match(struct memo *memo, const struct program *program, struct view subject,
               bool anchored)
{
    if (program->ascii_only && !ascii_only(subject)) {
        return ERR_LIMIT;
    }
    int rc = make_room(memo, program, subject);
    size_t last = anchored ? 0 : subject.len;
    memo->unicode.failed = false;
    for (size_t at = 0; rc == 0 && at <= last; at++) {
        bool inside = at < subject.len && ((unsigned char)subject.ptr[at] & 0xC0) == 0x80;
        rc = inside ? 0 : match_at(memo, program, subject, at);
    }
    return memo->unicode.failed ? ERR_NOMEM : rc;
}
