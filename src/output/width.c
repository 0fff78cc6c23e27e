#include "output/width.h"

#include "base/utf8.h"

#include <utf8proc.h>

static size_t width_of_char(uint32_t cp)
{
    if (cp < 0x300) {
        return 1;
    }
    if (cp == UTF8_INVALID) {
        return 1;
    }
    int width = utf8proc_charwidth((utf8proc_int32_t)cp);
    return width > 0 ? (size_t)width : 0;
}

size_t width_of(struct view text)
{
    if (ascii_only(text)) {
        return text.len;
    }
    size_t width = 0;
    while (text.len) {
        uint32_t cp;
        text = view_slice(text, utf8_decode(text, &cp), text.len);
        width += width_of_char(cp);
    }
    return width;
}

size_t width_fit(struct view text, size_t width)
{
    size_t i = 0, used = 0;
    while (i < text.len) {
        uint32_t cp;
        size_t n = utf8_decode(view_slice(text, i, text.len), &cp);
        used += width_of_char(cp);
        if (used > width) {
            break;
        }
        i += n;
    }
    return i;
}
