#include "base/utf8.h"

/* How many bytes a character takes by its lead byte, 0 for a byte that can lead none. */
static size_t lead_length(unsigned char b)
{
    if (b < 0x80) {
        return 1;
    }
    if (b < 0xC2 || b > 0xF4) {
        return 0;
    }
    return b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
}

static bool is_scalar(uint32_t cp, size_t n)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    return cp >= least[n] && cp <= 0x10FFFF && (cp < 0xD800 || cp > 0xDFFF);
}

size_t utf8_decode(struct view v, uint32_t *cp)
{
    unsigned char b = (unsigned char)v.ptr[0];
    size_t n = lead_length(b);
    *cp = UTF8_INVALID;
    if (n == 1) {
        *cp = b;
    }
    if (n < 2 || n > v.len) {
        return 1;
    }
    uint32_t c = b & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        unsigned char next = (unsigned char)v.ptr[i];
        if ((next & 0xC0) != 0x80) {
            return 1;
        }
        c = c << 6 | (next & 0x3Fu);
    }
    if (!is_scalar(c, n)) {
        return 1;
    }
    *cp = c;
    return n;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}

bool ascii_only(struct view v)
{
    size_t i = 0;
    for (; i + 8 <= v.len; i += 8) {
        uint64_t word;
        memcpy(&word, v.ptr + i, 8);
        if (word & 0x8080808080808080u) {
            return false;
        }
    }
    for (; i < v.len; i++) {
        if ((unsigned char)v.ptr[i] >= 0x80) {
            return false;
        }
    }
    return true;
}

bool utf8_valid(struct view v)
{
    while (v.len) {
        uint32_t cp;
        size_t n = utf8_decode(v, &cp);
        if (cp == UTF8_INVALID) {
            return false;
        }
        v = view_slice(v, n, v.len);
    }
    return true;
}

size_t utf8_length(struct view v)
{
    size_t count = 0;
    while (v.len) {
        uint32_t cp;
        v = view_slice(v, utf8_decode(v, &cp), v.len);
        count++;
    }
    return count;
}

void utf8_repair(struct strbuf *out, struct view v)
{
    size_t start = 0;
    for (size_t i = 0; i < v.len;) {
        uint32_t cp;
        size_t n = utf8_decode(view_slice(v, i, v.len), &cp);
        if (cp == UTF8_INVALID) {
            strbuf_addview(out, view_slice(v, start, i));
            strbuf_addstr(out, "\xEF\xBF\xBD");
            start = i + n;
        }
        i += n;
    }
    strbuf_addview(out, view_slice(v, start, v.len));
}
