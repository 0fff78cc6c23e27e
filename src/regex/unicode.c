#include "regex/unicode.h"

#include "base/utf8.h"
#include "regex/code.h"

struct unicode_code {
    pcre2_general_context *general;
    pcre2_code *code;
    pcre2_match_data *data;
};

static void free_code(struct unicode *unicode)
{
    if (unicode->code) {
        pcre2_match_data_free(unicode->code->data);
        pcre2_code_free(unicode->code->code);
        pcre2_general_context_free(unicode->code->general);
        alloc_free(unicode->alloc, unicode->code);
        unicode->code = NULL;
    }
}

static pcre2_code *compile(const char *pattern, pcre2_general_context *general)
{
    int error;
    PCRE2_SIZE offset;
    pcre2_compile_context *context = pcre2_compile_context_create(general);
    pcre2_code *code = context
                           ? pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                           PCRE2_UTF | PCRE2_ANCHORED, &error, &offset, context)
                           : NULL;
    pcre2_compile_context_free(context);
    return code;
}

static bool make_code(struct unicode *unicode, const char *pattern)
{
    struct unicode_code *code = alloc_get(unicode->alloc, sizeof(*code));
    if (!code) {
        return false;
    }
    *code = (struct unicode_code){NULL, NULL, NULL};
    unicode->code = code;
    code->general = code_general_context(unicode->alloc);
    if (code->general) {
        code->code = compile(pattern, code->general);
        code->data = pcre2_match_data_create(3, code->general);
    }
    if (!code->code || !code->data) {
        free_code(unicode);
    }
    return unicode->code != NULL;
}

/* Python's identifiers are XID_Start (or _) and then XID_Continue; PCRE2 has these properties.
 */
int unicode_identifier(struct view name, const struct alloc *alloc)
{
    struct unicode unicode = {.alloc = alloc};
    if (!make_code(&unicode, "[_\\p{XIDS}]\\p{XIDC}*\\z")) {
        return ERR_NOMEM;
    }
    int rc = pcre2_match(unicode.code->code, (PCRE2_SPTR)name.ptr, name.len, 0, 0,
                         unicode.code->data, NULL);
    unicode_release(&unicode);
    return rc > 0 ? 1 : rc == PCRE2_ERROR_NOMEMORY ? ERR_NOMEM : 0;
}

enum unicode_kind unicode_kind(struct unicode *unicode, uint32_t c)
{
    char utf8[4];
    if (unicode->code && c == unicode->last) {
        return (enum unicode_kind)unicode->last_kind;
    }
    /* group 1: a digit, 2: another character of words */
    if (!unicode->code && !make_code(unicode, "(\\p{Nd})|(\\p{Xan})")) {
        unicode->failed = true;
        return UNICODE_OTHER;
    }
    size_t n = utf8_encode(c, utf8);
    int rc = pcre2_match(unicode->code->code, (PCRE2_SPTR)utf8, n, 0, PCRE2_NO_UTF_CHECK,
                         unicode->code->data, NULL);
    unicode->failed |= rc < 0 && rc != PCRE2_ERROR_NOMATCH;
    unicode->last = c;
    unicode->last_kind = rc == 2 ? UNICODE_DIGIT : rc == 3 ? UNICODE_WORD : UNICODE_OTHER;
    return (enum unicode_kind)unicode->last_kind;
}

void unicode_release(struct unicode *unicode)
{
    free_code(unicode);
    *unicode = (struct unicode){.alloc = unicode->alloc};
}
