#include "base/limits.h"
#include "base/utf8.h"
#include "regex/caseless.h"
#include "regex/internal.h"
#include "regex/memo.h"
#include "regex/walk.h"
#include "regex/warm.h"

#include <stdlib.h>

#define FIRST_GROUPS    32
#define JIT_STACK_START KIB(32)

/* Long subjects need steps in proportion: so many a byte. */
#define STEPS_A_BYTE 32

/* Steps after which the match goes on with a memory of what has been tried (memo.h). */
#define STEPS_FIRST 10000

struct regex_scratch {
    const struct alloc *alloc;
    pcre2_general_context *general;
    pcre2_match_context *match;
    pcre2_match_data *data;
    uint32_t ngroups;       /* room in data */
    pcre2_jit_stack *stack; /* made when 32 KiB of the machine's stack were not enough */
    size_t stack_size;
    bool no_jit, plain;
    bool tracks;        /* are to be used: neither of these */
    bool walked;        /* ... without machine code */
    uint32_t steps;     /* the limit asked for, 0 = the usual one, more for long subjects */
    uint32_t steps_set; /* the limit in match */
    struct memo memo;
    struct regex_subject lone; /* for regexes without a family */
    char *repaired;            /* a broken subject as UTF-8 */
    size_t repaired_size;
};

static bool jit_refused(void)
{
    const char *value = getenv("COLLECT_NO_JIT");
    return value && value[0] && strcmp(value, "0") != 0;
}

static bool set_up(struct regex_scratch *scratch, const struct regex_limits *limits)
{
    scratch->stack_size =
        limits->jit_stack_bytes ? limits->jit_stack_bytes : LIMIT_JIT_STACK_BYTES;
    uint32_t heap = limits->heap_kib ? limits->heap_kib : LIMIT_MATCH_HEAP_KIB;
    subject_init(&scratch->lone, NULL);
    memo_init(&scratch->memo, scratch->alloc, (size_t)heap * KIB(1));
    scratch->general = code_general_context(scratch->alloc);
    if (!scratch->general) {
        return false;
    }
    scratch->match = pcre2_match_context_create(scratch->general);
    scratch->data = pcre2_match_data_create(FIRST_GROUPS, scratch->general);
    if (!scratch->match || !scratch->data) {
        return false;
    }
    pcre2_set_callout(scratch->match, caseless_callout, NULL);
    scratch->ngroups = FIRST_GROUPS;
    scratch->plain = limits->plain;
    scratch->walked = limits->walked;
    scratch->tracks = !scratch->no_jit && !scratch->plain;
    scratch->steps = limits->steps;
    scratch->steps_set = limits->steps ? limits->steps : LIMIT_MATCH_STEPS;
    pcre2_set_match_limit(scratch->match, scratch->steps_set);
    pcre2_set_heap_limit(scratch->match, heap);
    return true;
}

struct regex_scratch *regex_scratch_new(const struct regex_limits *limits,
                                        const struct alloc *alloc)
{
    struct regex_limits usual = {.steps = 0};
    struct regex_scratch *scratch = alloc_get(alloc, sizeof(*scratch));
    if (!scratch) {
        return NULL;
    }
    *scratch = (struct regex_scratch){.alloc = alloc, .no_jit = jit_refused()};
    if (!set_up(scratch, limits ? limits : &usual)) {
        regex_scratch_free(scratch);
        return NULL;
    }
    return scratch;
}

void regex_scratch_free(struct regex_scratch *scratch)
{
    if (scratch) {
        pcre2_match_data_free(scratch->data);
        pcre2_jit_stack_free(scratch->stack);
        pcre2_match_context_free(scratch->match);
        pcre2_general_context_free(scratch->general);
        memo_release(&scratch->memo);
        alloc_free(scratch->alloc, scratch->repaired);
        alloc_free(scratch->alloc, scratch);
    }
}

enum regex_text regex_text_of(struct view subject)
{
    if (ascii_only(subject)) {
        return REGEX_TEXT_ASCII;
    }
    return utf8_valid(subject) ? REGEX_TEXT_UTF8 : REGEX_TEXT_BROKEN;
}

static bool make_room(struct regex_scratch *scratch, uint32_t ngroups)
{
    if (ngroups <= scratch->ngroups) {
        return true;
    }
    pcre2_match_data *data = pcre2_match_data_create(ngroups, scratch->general);
    if (!data) {
        return false;
    }
    pcre2_match_data_free(scratch->data);
    scratch->data = data;
    scratch->ngroups = ngroups;
    return true;
}

static uint32_t in_proportion(uint32_t steps, size_t len)
{
    size_t wanted = len < UINT32_MAX / STEPS_A_BYTE ? len * STEPS_A_BYTE : UINT32_MAX;
    return wanted > steps ? (uint32_t)wanted : steps;
}

static void set_steps(struct regex_scratch *scratch, uint32_t steps)
{
    if (steps != scratch->steps_set) {
        pcre2_set_match_limit(scratch->match, steps);
        scratch->steps_set = steps;
    }
}

static int match_error(int rc, const struct regex_scratch *scratch, struct err *err)
{
    PCRE2_UCHAR text[200];
    switch (rc) {
    case PCRE2_ERROR_NOMEMORY:
        return err_nomem(err);
    case PCRE2_ERROR_MATCHLIMIT:
        return err_set(
            err, ERR_LIMIT,
            "the regular expression took more than %u steps on one text: it tries too "
            "many ways to match (repeats inside of repeats?)",
            (unsigned)scratch->steps_set);
    case PCRE2_ERROR_HEAPLIMIT:
        return err_set(err, ERR_LIMIT,
                       "the regular expression needed more memory than allowed on one text");
    default:
        pcre2_get_error_message(rc, text, sizeof(text));
        return err_set(err, ERR_LIMIT, "the regular expression failed on a text: %s",
                       (const char *)text);
    }
}

/* Machine code runs on 32 KiB of the thread's stack, which nearly always do, and then on a
 * stack of its own, which costs a mapping; when that is not enough either, the caller
 * interprets. */
static int run_jit(struct regex_scratch *scratch, const pcre2_code *code, PCRE2_SPTR text,
                   size_t len)
{
    int rc = pcre2_jit_match(code, text, len, 0, 0, scratch->data, scratch->match);
    if (rc != PCRE2_ERROR_JIT_STACKLIMIT || scratch->stack) {
        return rc;
    }
    scratch->stack =
        pcre2_jit_stack_create(JIT_STACK_START, scratch->stack_size, scratch->general);
    if (!scratch->stack) {
        return rc;
    }
    pcre2_jit_stack_assign(scratch->match, NULL, scratch->stack);
    return pcre2_jit_match(code, text, len, 0, 0, scratch->data, scratch->match);
}

static int run_code(const pcre2_code *code, bool jit, struct regex_scratch *scratch,
                    struct view subject, uint32_t steps)
{
    PCRE2_SPTR text = (PCRE2_SPTR)(subject.ptr ? subject.ptr : "");
    int rc = PCRE2_ERROR_JIT_STACKLIMIT;
    set_steps(scratch, steps);
    if (jit) {
        rc = run_jit(scratch, code, text, subject.len);
    }
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT) {
        rc = pcre2_match(code, text, subject.len, 0, PCRE2_NO_JIT | PCRE2_NO_UTF_CHECK,
                         scratch->data, scratch->match);
    }
    return rc;
}

/* The same match by memo.h: PCRE2's result, or MATCHLIMIT if that cannot do it. */
static int run_memo(const struct regex *re, struct regex_scratch *scratch, struct view subject)
{
    const struct program *program;
    if (regex_program(re, &program) < 0) {
        return PCRE2_ERROR_NOMEMORY;
    }
    if (!program) {
        return PCRE2_ERROR_MATCHLIMIT;
    }
    int rc = memo_match(&scratch->memo, program, subject, re->source.options & PCRE2_ANCHORED);
    if (rc <= 0) {
        return rc == 0           ? PCRE2_ERROR_NOMATCH
               : rc == ERR_NOMEM ? PCRE2_ERROR_NOMEMORY
                                 : PCRE2_ERROR_MATCHLIMIT;
    }
    uint32_t n = re->ngroups < scratch->ngroups ? re->ngroups : scratch->ngroups;
    PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(scratch->data);
    for (uint32_t i = 0; i < n; i++) {
        bool set = scratch->memo.slots[2 * i + 1] != SIZE_MAX;
        offsets[2 * i] = set ? scratch->memo.slots[2 * i] : PCRE2_UNSET;
        offsets[2 * i + 1] = set ? scratch->memo.slots[2 * i + 1] : PCRE2_UNSET;
    }
    return (int)n;
}

/* PCRE2 with a few steps, then run_memo(), then PCRE2 with all steps; the last two only where
 * the first has met a limit, and they can. */
static int run_in_turn(const struct regex *re, const pcre2_code *code, bool jit,
                       struct regex_scratch *scratch, struct view subject, uint32_t steps)
{
    uint32_t first = in_proportion(STEPS_FIRST, subject.len);
    if (scratch->plain) {
        return run_code(code, jit, scratch, subject, steps);
    }
    int rc = run_code(code, jit, scratch, subject, first < steps ? first : steps);
    if (rc != PCRE2_ERROR_MATCHLIMIT && rc != PCRE2_ERROR_HEAPLIMIT) {
        return rc;
    }
    int remembered = run_memo(re, scratch, subject);
    if (remembered != PCRE2_ERROR_MATCHLIMIT) {
        return remembered;
    }
    if (rc == PCRE2_ERROR_MATCHLIMIT && first < steps) {
        rc = run_code(code, jit, scratch, subject, steps);
    }
    return rc;
}

/* subject is ASCII for EMIT_ASCII, else UTF-8 in which surrogates are allowed. The number of
 * groups in the match data, 0 for no match, or an error. */
static int run(const struct regex *re, struct regex_scratch *scratch, struct view subject,
               enum emit_kind kind, struct err *err)
{
    const pcre2_code *code;
    bool jit = !scratch->no_jit;
    int rc = regex_code(re, kind, &jit, &code, err);
    if (rc < 0) {
        return rc;
    }
    uint32_t steps =
        scratch->steps ? scratch->steps : in_proportion(LIMIT_MATCH_STEPS, subject.len);
    rc = run_in_turn(re, code, jit, scratch, subject, steps);
    if (rc == PCRE2_ERROR_NOMATCH) {
        return 0;
    }
    return rc < 0 ? match_error(rc, scratch, err) : rc == 0 ? (int)scratch->ngroups : rc;
}

/* Writes subject with each broken byte b as U+DC00 + b, as Python's surrogateescape does. */
static bool repair(struct regex_scratch *scratch, struct view subject, struct view *repaired)
{
    size_t size = subject.len * 3;
    if (size > scratch->repaired_size) {
        char *buf = alloc_resize(scratch->alloc, scratch->repaired, size);
        if (!buf) {
            return false;
        }
        scratch->repaired = buf;
        scratch->repaired_size = size;
    }
    size_t len = 0;
    for (size_t i = 0; i < subject.len;) {
        uint32_t c;
        size_t n = utf8_decode(view_slice(subject, i, subject.len), &c);
        if (c == UTF8_INVALID) {
            len +=
                utf8_encode(0xDC00u + (unsigned char)subject.ptr[i], scratch->repaired + len);
        } else {
            memcpy(scratch->repaired + len, subject.ptr + i, n);
            len += n;
        }
        i += n;
    }
    *repaired = view_make(scratch->repaired, len);
    return true;
}

/* The offset in the broken subject that stands for offset in the repaired one. */
static size_t offset_before_repair(struct view subject, size_t offset)
{
    size_t i = 0;
    while (offset > 0 && i < subject.len) {
        uint32_t c;
        size_t n = utf8_decode(view_slice(subject, i, subject.len), &c);
        offset -= c == UTF8_INVALID ? 3 : n;
        i += n;
    }
    return i;
}

static void fill_groups(const struct regex_scratch *scratch, int found, struct view subject,
                        bool repaired, struct view *groups, unsigned ngroups)
{
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(scratch->data);
    const char *base = subject.ptr ? subject.ptr : "";
    for (unsigned i = 0; i < ngroups; i++) {
        groups[i] = VIEW_NONE;
        if (i < (unsigned)found && offsets[2 * i] != PCRE2_UNSET) {
            size_t from = offsets[2 * i], to = offsets[2 * i + 1];
            if (repaired) {
                from = offset_before_repair(subject, from);
                to = offset_before_repair(subject, to);
            }
            groups[i] = view_make(base + from, to - from);
        }
    }
}

/* A track that often gives up is not worth trying: each time counts, each other time takes one
 * back. Counts that get lost between threads do no harm. */
#define TRACK_MISSES_MOST 40

static inline enum track_result try_track(const struct regex *re, struct regex_subject *subject,
                                          struct view *groups, bool walked)
{
    atomic_uint *misses = (atomic_uint *)(uintptr_t)&re->track_misses;
    unsigned before = atomic_load_explicit(misses, memory_order_relaxed);
    if (!re->track.steps || !subject->plain || before >= TRACK_MISSES_MOST) {
        return TRACK_UNKNOWN;
    }
    const struct track *track = walked ? &re->track : warm_track(re, subject);
    enum track_result found = track_run(track, subject, groups);
    unsigned misses_now = found == TRACK_UNKNOWN ? before + 1 : before - (before > 0);
    if (misses_now != before) {
        atomic_store_explicit(misses, misses_now, memory_order_relaxed);
    }
    return found;
}

/* What is left to do for machine code that is there already and a line of usual length. 1, 0,
 * or -1 when that is not the case, or not enough. */
static int run_hot(const struct regex *re, struct regex_scratch *scratch, struct view subject,
                   struct view *groups, unsigned ngroups)
{
    struct regex *changes = (struct regex *)(uintptr_t)re;
    pcre2_code *code =
        atomic_load_explicit(&changes->code[EMIT_ASCII].jit, memory_order_acquire);
    if (!code || re->costly || scratch->no_jit || scratch->steps ||
        subject.len > STEPS_FIRST / STEPS_A_BYTE || ngroups > scratch->ngroups) {
        return -1;
    }
    set_steps(scratch, STEPS_FIRST);
    int rc = pcre2_jit_match(code, (PCRE2_SPTR)(subject.ptr ? subject.ptr : ""), subject.len, 0,
                             0, scratch->data, scratch->match);
    if (rc >= 0) {
        fill_groups(scratch, rc ? rc : (int)scratch->ngroups, subject, false, groups, ngroups);
        return 1;
    }
    return rc == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

static int match_pcre2(const struct regex *re, struct regex_scratch *scratch,
                       struct view subject, enum regex_text text, struct view *groups,
                       unsigned ngroups, struct err *err)
{
    struct view run_on = subject;
    bool repaired = text == REGEX_TEXT_BROKEN;
    if (text == REGEX_TEXT_ASCII && !scratch->no_jit && !scratch->plain) {
        int hot = run_hot(re, scratch, subject, groups, ngroups);
        if (hot >= 0) {
            return hot;
        }
    }
    if (!make_room(scratch, ngroups < re->ngroups ? ngroups : re->ngroups) ||
        (repaired && !repair(scratch, subject, &run_on))) {
        return err_nomem(err);
    }
    int found = run(re, scratch, run_on, text == REGEX_TEXT_ASCII ? EMIT_ASCII : EMIT_UTF, err);
    if (found <= 0) {
        return found;
    }
    fill_groups(scratch, found, subject, repaired, groups, ngroups);
    return 1;
}

int regex_match_subject(const struct regex *re, struct regex_scratch *scratch,
                        struct regex_subject *subject, struct view *groups, struct err *err)
{
    if (scratch->tracks) {
        enum track_result found = try_track(re, subject, groups, scratch->walked);
        if (found != TRACK_UNKNOWN) {
            return (int)found;
        }
    }
    return match_pcre2(re, scratch, subject->text, subject->kind, groups, re->ngroups, err);
}

/* A subject of its own; only those that a track can do. */
static enum track_result try_alone(const struct regex *re, struct regex_scratch *scratch,
                                   struct view text, struct view *groups, unsigned ngroups)
{
    struct view all[TRACK_GROUPS_MOST];
    struct regex_subject *subject = &scratch->lone;
    if (!re->track.steps || !scratch->tracks || text.len > SUBJECT_MOST) {
        return TRACK_UNKNOWN;
    }
    subject->family = re->family;
    regex_subject_set(subject, text, REGEX_TEXT_ASCII, text.len);
    enum track_result found = try_track(re, subject, all, scratch->walked);
    for (unsigned i = 0; found == TRACK_YES && i < ngroups; i++) {
        groups[i] = i < re->ngroups ? all[i] : VIEW_NONE;
    }
    return found;
}

int regex_match_text(const struct regex *re, struct regex_scratch *scratch, struct view subject,
                     enum regex_text text, struct view *groups, unsigned ngroups,
                     struct err *err)
{
    if (text == REGEX_TEXT_ASCII) {
        enum track_result found = try_alone(re, scratch, subject, groups, ngroups);
        if (found != TRACK_UNKNOWN) {
            return (int)found;
        }
    }
    return match_pcre2(re, scratch, subject, text, groups, ngroups, err);
}

int regex_match(const struct regex *re, struct regex_scratch *scratch, struct view subject,
                struct view *groups, unsigned ngroups, struct err *err)
{
    return regex_match_text(re, scratch, subject, regex_text_of(subject), groups, ngroups, err);
}
