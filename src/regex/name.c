#include "base/utf8.h"
#include "regex/parser.h"
#include "regex/unicode.h"

struct view parse_name(struct parser *parser, uint32_t terminator, const char *what,
                       size_t *pos)
{
    struct tokens *tokens = &parser->tokens;
    size_t start = tokens_tell(tokens);
    *pos = start;
    for (;;) {
        size_t end = tokens_tell(tokens);
        struct token token = tokens_get(tokens);
        if (token_end(token) || token_is(token, terminator)) {
            if (end == start) {
                parser_error(parser, start, "the %s is missing", what);
            } else if (token_end(token)) {
                parser_error(parser, start, "the %s has no '%c' at its end", what,
                             (int)terminator);
            }
            return parser_failed(parser) ? VIEW_NONE : parser_slice(parser, start, end);
        }
    }
}

static bool is_ascii_word(unsigned char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';
}

bool is_identifier(struct parser *parser, struct view name)
{
    if (!ascii_only(name)) {
        int rc = unicode_identifier(name, parser->arena->alloc);
        if (rc < 0) {
            parser_nomem(parser);
        }
        return rc != 0;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (!is_ascii_word((unsigned char)name.ptr[i])) {
            return false;
        }
    }
    return name.len > 0 && (name.ptr[0] < '0' || name.ptr[0] > '9');
}

static struct view strip_blanks(struct view text)
{
    while (text.len && text.ptr[0] && strchr(" \t\n\v\f\r\x1c\x1d\x1e\x1f", text.ptr[0])) {
        text = view_slice(text, 1, text.len);
    }
    while (text.len && text.ptr[text.len - 1] &&
           strchr(" \t\n\v\f\r\x1c\x1d\x1e\x1f", text.ptr[text.len - 1])) {
        text.len--;
    }
    return text;
}

bool parse_integer(struct view text, uint32_t *value)
{
    uint64_t sum = 0;
    text = strip_blanks(text);
    bool negative = view_starts(text, VIEW("-"));
    if (negative || view_starts(text, VIEW("+"))) {
        text = view_slice(text, 1, text.len);
    }
    bool digit_before = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && (c != '_' || !digit_before)) {
            return false;
        }
        if (digit) {
            sum = sum * 10 + (uint64_t)(c - '0');
            sum = sum > UINT32_MAX ? UINT32_MAX : sum;
        }
        digit_before = digit;
    }
    *value = (uint32_t)sum;
    return digit_before && !(negative && sum > 0);
}
