#include "textfsm/pystr.h"

#include "base/utf8.h"
#include "regex/regex.h"

bool pystr_is_space(uint32_t cp)
{
    if (cp < 0x80) {
        return (cp >= 0x09 && cp <= 0x0D) || (cp >= 0x1C && cp <= 0x20);
    }
    return cp == 0x85 || cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) ||
           cp == 0x2028 || cp == 0x2029 || cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

/* The bytes of the character that ends v (v.len > 0). */
static size_t last_char(struct view v, uint32_t *cp)
{
    size_t most = v.len < 4 ? v.len : 4;
    for (size_t n = most; n > 1; n--) {
        if (utf8_decode(view_slice(v, v.len - n, v.len), cp) == n) {
            return n;
        }
    }
    utf8_decode(view_slice(v, v.len - 1, v.len), cp);
    return 1;
}

struct view pystr_rstrip(struct view v)
{
    while (v.len) {
        uint32_t cp;
        size_t n = last_char(v, &cp);
        if (!pystr_is_space(cp)) {
            break;
        }
        v.len -= n;
    }
    return v;
}

struct view pystr_lstrip(struct view v)
{
    while (v.len) {
        uint32_t cp;
        size_t n = utf8_decode(v, &cp);
        if (!pystr_is_space(cp)) {
            break;
        }
        v = view_slice(v, n, v.len);
    }
    return v;
}

bool pystr_blank(struct view v)
{
    return pystr_lstrip(v).len == 0;
}

static bool ascii_word(struct view v)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = v.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              c == '_')) {
            return false;
        }
    }
    return v.len > 0;
}

/* Beyond ASCII the regex room knows what a letter is. */
int pystr_is_word(struct view v, const struct alloc *alloc)
{
    if (ascii_only(v)) {
        return ascii_word(v);
    }
    struct regex *re = NULL;
    struct regex_scratch *scratch = NULL;
    struct err err;
    int status = regex_compile(&re, VIEW("\\w+\\Z"), REGEX_ANCHORED, alloc, &err);
    if (status == 0) {
        scratch = regex_scratch_new(NULL, alloc);
        status = scratch ? regex_match(re, scratch, v, NULL, 0, &err) : ERR_NOMEM;
    }
    regex_scratch_free(scratch);
    regex_free(re);
    return status;
}

size_t pystr_bytes(struct view v, size_t n)
{
    size_t at = 0;
    for (; n && at < v.len; n--) {
        uint32_t cp;
        at += utf8_decode(view_slice(v, at, v.len), &cp);
    }
    return at;
}
