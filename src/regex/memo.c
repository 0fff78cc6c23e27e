#include "regex/memo.h"

#include "base/err.h"

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
    *memo = (struct memo){.alloc = alloc, .most = most};
}

void memo_release(struct memo *memo)
{
    alloc_free(memo->alloc, memo->tried);
    alloc_free(memo->alloc, memo->jobs);
    alloc_free(memo->alloc, memo->slots);
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

static bool is_word(struct view subject, size_t at)
{
    unsigned char c = at < subject.len ? (unsigned char)subject.ptr[at] : 0;
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

static bool at_holds(const struct inst *inst, struct view subject, size_t at)
{
    bool multiline = inst->flags & FLAG_MULTILINE;
    bool at_end = at == subject.len, before = at > 0 && is_word(subject, at - 1);
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
        return before != is_word(subject, at);
    case AT_NO_BOUNDARY:
        return subject.len > 0 && before == is_word(subject, at);
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
    case INST_SET: {
        unsigned char c =
            state->at < subject.len ? (unsigned char)subject.ptr[state->at] : 0x80;
        state->at++;
        state->loops = all_loops(program);
        return c < 0x80 && (inst->set[c >> 6] >> (c & 63) & 1);
    }
    case INST_FORK:
        rc = push(memo, (struct memo_job){inst->other, state->loops, state->at});
        break;
    case INST_SAVE:
        rc = save(memo, inst->arg, state->at);
        break;
    case INST_AT:
        return at_holds(inst, subject, state->at);
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
    int rc = make_room(memo, program, subject);
    size_t last = anchored ? 0 : subject.len;
    for (size_t at = 0; rc == 0 && at <= last; at++) {
        rc = match_at(memo, program, subject, at);
    }
    return rc;
}
