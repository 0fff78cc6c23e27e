#include "regex/regex.h"

#include "base/limits.h"
#include "base/utf8.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

struct regex {
    const struct alloc *alloc;
    pcre2_general_context *general;
    pcre2_code *code;
    unsigned ngroups;
    struct regex_facts facts;
};

struct regex_scratch {
    const struct alloc *alloc;
    pcre2_general_context *general;
    pcre2_match_context *match;
    pcre2_match_data *data;
    pcre2_jit_stack *stack;
    bool no_jit;
};

static void *context_malloc(size_t size, void *user)
{
    return alloc_get(user, size);
}

static void context_free(void *ptr, void *user)
{
    alloc_free(user, ptr);
}

static pcre2_general_context *general_new(const struct alloc *alloc)
{
    return pcre2_general_context_create(context_malloc, context_free, (void *)(uintptr_t)alloc);
}

static void facts_anything(struct regex_facts *facts)
{
    byteset_fill(&facts->first);
    byteset_fill(&facts->lead);
    byteset_fill(&facts->alphabet);
    byteset_fill(&facts->last);
    facts->skip_max = REGEX_SKIP_ANY;
    facts->lead_end = true;
    facts->can_be_empty = true;
}

static int compile_code(struct regex *re, struct view pattern, unsigned flags, struct err *err)
{
    uint32_t options =
        PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;
    if (flags & REGEX_ANCHORED) {
        options |= PCRE2_ANCHORED;
    }
    int code;
    PCRE2_SIZE offset;
    re->code = pcre2_compile((PCRE2_SPTR)(pattern.ptr ? pattern.ptr : ""), pattern.len, options,
                             &code, &offset, NULL);
    if (!re->code) {
        PCRE2_UCHAR text[256];
        pcre2_get_error_message(code, text, sizeof(text));
        return err_set_at(err, ERR_INPUT, 0, (int)offset + 1, "%s", (const char *)text);
    }
    uint32_t count;
    pcre2_pattern_info(re->code, PCRE2_INFO_CAPTURECOUNT, &count);
    re->ngroups = count + 1;
    pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
    return 0;
}

int regex_compile(struct regex **out, struct view pattern, unsigned flags,
                  const struct alloc *alloc, struct err *err)
{
    *out = NULL;
    struct regex *re = alloc_get(alloc, sizeof(*re));
    if (!re) {
        return err_nomem(err);
    }
    *re = (struct regex){.alloc = alloc};
    facts_anything(&re->facts);
    int rc = compile_code(re, pattern, flags, err);
    if (rc < 0) {
        regex_free(re);
        return rc;
    }
    *out = re;
    return 0;
}

void regex_free(struct regex *re)
{
    if (re) {
        pcre2_code_free(re->code);
        alloc_free(re->alloc, re);
    }
}

unsigned regex_group_count(const struct regex *re)
{
    return re->ngroups;
}

struct view regex_group_name(const struct regex *re, unsigned group)
{
    uint32_t count, size;
    PCRE2_SPTR table;
    pcre2_pattern_info(re->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(re->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(re->code, PCRE2_INFO_NAMETABLE, &table);
    for (uint32_t i = 0; i < count; i++) {
        PCRE2_SPTR row = table + i * size;
        if (((unsigned)row[0] << 8 | row[1]) == group) {
            return view_of((const char *)row + 2);
        }
    }
    return VIEW_NONE;
}

const struct regex_facts *regex_facts(const struct regex *re)
{
    return &re->facts;
}

static bool jit_refused(void)
{
    const char *value = getenv("COLLECT_NO_JIT");
    return value && value[0] && strcmp(value, "0") != 0;
}

struct regex_scratch *regex_scratch_new(const struct regex_limits *limits,
                                        const struct alloc *alloc)
{
    struct regex_limits none = {0, 0, 0};
    limits = limits ? limits : &none;
    struct regex_scratch *scratch = alloc_get(alloc, sizeof(*scratch));
    if (!scratch) {
        return NULL;
    }
    *scratch = (struct regex_scratch){.alloc = alloc, .no_jit = jit_refused()};
    size_t stack = limits->jit_stack_bytes ? limits->jit_stack_bytes : LIMIT_JIT_STACK_BYTES;
    scratch->general = general_new(alloc);
    scratch->match = pcre2_match_context_create(scratch->general);
    scratch->data = pcre2_match_data_create(200, scratch->general);
    scratch->stack = pcre2_jit_stack_create(32768, stack, scratch->general);
    if (!scratch->general || !scratch->match || !scratch->data) {
        regex_scratch_free(scratch);
        return NULL;
    }
    pcre2_set_match_limit(scratch->match, limits->steps ? limits->steps : LIMIT_MATCH_STEPS);
    pcre2_set_heap_limit(scratch->match,
                         limits->heap_kib ? limits->heap_kib : LIMIT_MATCH_HEAP_KIB);
    pcre2_jit_stack_assign(scratch->match, NULL, scratch->stack);
    return scratch;
}

void regex_scratch_free(struct regex_scratch *scratch)
{
    if (scratch) {
        pcre2_match_data_free(scratch->data);
        pcre2_jit_stack_free(scratch->stack);
        pcre2_match_context_free(scratch->match);
        pcre2_general_context_free(scratch->general);
        alloc_free(scratch->alloc, scratch);
    }
}

static void fill_groups(const struct regex_scratch *scratch, int rc, struct view subject,
                        struct view *groups, unsigned ngroups)
{
    const PCRE2_SIZE *ovector = pcre2_get_ovector_pointer(scratch->data);
    for (unsigned i = 0; i < ngroups; i++) {
        bool set = i < (unsigned)rc && ovector[2 * i] != PCRE2_UNSET;
        groups[i] = set ? view_slice(subject, ovector[2 * i], ovector[2 * i + 1]) : VIEW_NONE;
    }
}

static int match_error(int rc, struct err *err)
{
    PCRE2_UCHAR text[256];
    if (rc == PCRE2_ERROR_NOMEMORY) {
        return err_nomem(err);
    }
    pcre2_get_error_message(rc, text, sizeof(text));
    return err_set(err, ERR_LIMIT, "regular expression: %s", (const char *)text);
}

int regex_match(const struct regex *re, struct regex_scratch *scratch, struct view subject,
                struct view *groups, unsigned ngroups, struct err *err)
{
    PCRE2_SPTR text = (PCRE2_SPTR)(subject.ptr ? subject.ptr : "");
    subject.ptr = (const char *)text;
    uint32_t options = scratch->no_jit ? PCRE2_NO_JIT : 0;
    int rc =
        pcre2_match(re->code, text, subject.len, 0, options, scratch->data, scratch->match);
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT) {
        rc = pcre2_match(re->code, text, subject.len, 0, PCRE2_NO_JIT, scratch->data,
                         scratch->match);
    }
    if (rc == PCRE2_ERROR_NOMATCH) {
        return 0;
    }
    if (rc < 0) {
        return match_error(rc, err);
    }
    fill_groups(scratch, rc, subject, groups, ngroups);
    return 1;
}

enum regex_text regex_text_of(struct view subject)
{
    if (ascii_only(subject)) {
        return REGEX_TEXT_ASCII;
    }
    return utf8_valid(subject) ? REGEX_TEXT_UTF8 : REGEX_TEXT_BROKEN;
}

int regex_match_text(const struct regex *re, struct regex_scratch *scratch, struct view subject,
                     enum regex_text text, struct view *groups, unsigned ngroups,
                     struct err *err)
{
    (void)text;
    return regex_match(re, scratch, subject, groups, ngroups, err);
}
