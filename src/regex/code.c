#include "regex/code.h"

/* A run over one small file uses most rules a few times: machine code would cost it more than
 * it saves. */
#define JIT_AFTER_USES 8

/* Of parentheses in what dialect_emit() writes: some for each level of the pattern's own. */
#define NEST_LIMIT (DIALECT_DEPTH * 2 + 10)

static void *context_malloc(size_t size, void *user)
{
    return alloc_get(user, size);
}

static void context_free(void *ptr, void *user)
{
    alloc_free(user, ptr);
}

pcre2_general_context *code_general_context(const struct alloc *alloc)
{
    return pcre2_general_context_create(context_malloc, context_free, (void *)(uintptr_t)alloc);
}

static int compile_error(int code, struct err *err)
{
    PCRE2_UCHAR text[200];
    if (code == PCRE2_ERROR_HEAP_FAILED) {
        return err_nomem(err);
    }
    pcre2_get_error_message(code, text, sizeof(text));
    return err_set_at(err, ERR_INPUT, 0, 1, "the regular expression is too large for PCRE2: %s",
                      (const char *)text);
}

/* PCRE2's machine code looks for the first bytes of a match, and among characters beyond ASCII
 * may overlook it: (?: k|)[\t ]*k is not found in U+00E9 and " k". */
static uint32_t utf_options(uint32_t options)
{
    return PCRE2_UTF | (options & PCRE2_ANCHORED ? 0 : PCRE2_NO_START_OPTIMIZE);
}

static int compile_emitted(pcre2_code **out, struct view pattern,
                           const struct code_source *source, enum emit_kind kind,
                           struct err *err)
{
    int error = PCRE2_ERROR_HEAP_FAILED;
    PCRE2_SIZE offset;
    uint32_t options = source->options | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_UCP;
    pcre2_general_context *general = code_general_context(source->alloc);
    pcre2_compile_context *context = general ? pcre2_compile_context_create(general) : NULL;
    *out = NULL;
    if (context) {
        pcre2_set_newline(context, PCRE2_NEWLINE_LF);
        pcre2_set_parens_nest_limit(context, NEST_LIMIT);
        pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALLOW_SURROGATE_ESCAPES);
        options |= kind == EMIT_UTF ? utf_options(options) : 0;
        *out = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &error, &offset,
                             context);
    }
    pcre2_compile_context_free(context);
    pcre2_general_context_free(general);
    return *out ? 0 : compile_error(error, err);
}

static int compile(pcre2_code **out, const struct code_source *source, enum emit_kind kind,
                   struct err *err)
{
    struct arena arena;
    struct tree tree;
    arena_init(&arena, source->alloc);
    int rc = dialect_parse(&tree, &arena, source->pattern, err);
    if (rc == 0) {
        struct view emitted = dialect_emit(&tree, &arena, kind);
        rc = emitted.ptr ? compile_emitted(out, emitted, source, kind, err) : err_nomem(err);
    }
    arena_release(&arena);
    return rc;
}

/* The thread that comes first puts its code into *slot, the others take that. */
static pcre2_code *publish(_Atomic(pcre2_code *) *slot, pcre2_code *code)
{
    pcre2_code *other = NULL;
    if (atomic_compare_exchange_strong(slot, &other, code)) {
        return code;
    }
    pcre2_code_free(code);
    return other;
}

/* JIT code is made on a copy: other threads may be matching with the plain code right now. NULL
 * if it is too early, or if it cannot be. */
static pcre2_code *make_jit(struct code *code, const pcre2_code *plain, bool costly)
{
    unsigned due = costly ? 1 : JIT_AFTER_USES;
    if (atomic_fetch_add(&code->uses, 1) + 1 != due) {
        return NULL;
    }
    pcre2_code *copy = pcre2_code_copy(plain);
    if (copy && pcre2_jit_compile(copy, PCRE2_JIT_COMPLETE) != 0) {
        pcre2_code_free(copy);
        copy = NULL;
    }
    return copy ? publish(&code->jit, copy) : NULL;
}

int code_get(struct code *code, const struct code_source *source, enum emit_kind kind,
             bool *jit, const pcre2_code **out, struct err *err)
{
    *jit = *jit && !source->no_jit;
    pcre2_code *ready = *jit ? atomic_load_explicit(&code->jit, memory_order_acquire) : NULL;
    if (ready) {
        *out = ready;
        return 0;
    }
    pcre2_code *plain = atomic_load(&code->plain);
    if (!plain) {
        int rc = compile(&plain, source, kind, err);
        if (rc < 0) {
            return rc;
        }
        plain = publish(&code->plain, plain);
    }
    ready = *jit ? make_jit(code, plain, source->costly) : NULL;
    *jit = ready != NULL;
    *out = ready ? ready : plain;
    return 0;
}

void code_release(struct code *code)
{
    pcre2_code_free(atomic_load(&code->jit));
    pcre2_code_free(atomic_load(&code->plain));
}
