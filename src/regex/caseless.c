#include "regex/caseless.h"

#include "base/utf8.h"

/* Lower-case letters that have their upper case in common with another one, which is that one's
 * alone: what folds like one of these, and is another character, has another lower case.
 * (Unicode's CaseFolding.txt: those of status C whose folding is another lower-case letter.) */
static bool is_apart(uint32_t c)
{
    static const uint32_t apart[] = {
        0xB5,   0x131,  0x17F,  0x345,  0x390,  0x3B0,  0x3C2,  0x3D0,  0x3D1,  0x3D5,
        0x3D6,  0x3F0,  0x3F1,  0x3F5,  0x1C80, 0x1C81, 0x1C82, 0x1C83, 0x1C84, 0x1C85,
        0x1C86, 0x1C87, 0x1C88, 0x1E9B, 0x1FBE, 0x1FD3, 0x1FE3, 0xFB05, 0xFB06,
    };
    for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++) {
        if (apart[i] == c) {
            return true;
        }
    }
    return false;
}

/* PCRE2 takes a and b for the same. */
static bool is_same(uint32_t a, uint32_t b, bool ascii)
{
    return a == b || (ascii ? a < 0x80 && b < 0x80 : !is_apart(a) && !is_apart(b));
}

/* The number behind the callout's first letter. */
static size_t group_of(const pcre2_callout_block *block)
{
    size_t group = 0;
    for (size_t i = 1; i < block->callout_string_length; i++) {
        group = group * 10 + (size_t)(block->callout_string[i] - '0');
    }
    return group;
}

static struct view text_of(const pcre2_callout_block *block, size_t from, size_t to)
{
    return view_make((const char *)block->subject + from, to - from);
}

/* The characters in front of place `to`, as many as in text. */
static size_t step_back(const pcre2_callout_block *block, struct view text, size_t to)
{
    for (size_t i = 0; i < text.len; i++) {
        if (((unsigned char)text.ptr[i] & 0xC0) != 0x80) {
            do {
                to--;
            } while ((block->subject[to] & 0xC0) == 0x80);
        }
    }
    return to;
}

int caseless_callout(pcre2_callout_block *block, void *user)
{
    (void)user;
    size_t group = group_of(block);
    bool ascii = block->callout_string[0] == 'a';
    const PCRE2_SIZE *offsets = block->offset_vector + 2 * group;
    struct view text = text_of(block, offsets[0], offsets[1]);
    size_t at = block->current_position;
    struct view taken = text_of(block, step_back(block, text, at), at);
    while (text.len && taken.len) {
        uint32_t a, b;
        size_t na = utf8_decode(text, &a), nb = utf8_decode(taken, &b);
        if (!is_same(a, b, ascii)) {
            return 1;
        }
        text = view_slice(text, na, text.len);
        taken = view_slice(taken, nb, taken.len);
    }
    return 0;
}
