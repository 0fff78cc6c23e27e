#include "output/jsontext.h"

#include "base/limits.h"
#include "base/utf8.h"

struct scan {
    struct view text;
    size_t at;
    size_t depth;
    char open[LIMIT_JSON_DEPTH]; /* '{' or '[' */
};

static int peek(const struct scan *s)
{
    return s->at < s->text.len ? (unsigned char)s->text.ptr[s->at] : -1;
}

static bool take(struct scan *s, int c)
{
    if (peek(s) != c) {
        return false;
    }
    s->at++;
    return true;
}

static bool blank(int c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void skip_blanks(struct scan *s)
{
    while (blank(peek(s))) {
        s->at++;
    }
}

static bool digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool hex(int c)
{
    return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool take_escape(struct scan *s)
{
    if (take(s, 'u')) {
        for (int i = 0; i < 4; i++, s->at++) {
            if (!hex(peek(s))) {
                return false;
            }
        }
        return true;
    }
    int c = peek(s);
    s->at++;
    return c > 0 && strchr("\"\\/bfnrt", c);
}

static bool take_string(struct scan *s)
{
    if (!take(s, '"')) {
        return false;
    }
    for (;;) {
        int c = peek(s);
        if (c < 0x20) {
            return false; /* a control character, or the end */
        }
        s->at++;
        if (c == '"') {
            return true;
        }
        if (c == '\\' && !take_escape(s)) {
            return false;
        }
    }
}

static bool take_digits(struct scan *s)
{
    size_t start = s->at;
    while (digit(peek(s))) {
        s->at++;
    }
    return s->at > start;
}

static bool take_number(struct scan *s)
{
    take(s, '-');
    if (!take(s, '0') && !take_digits(s)) {
        return false;
    }
    if (take(s, '.') && !take_digits(s)) {
        return false;
    }
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+')) {
            take(s, '-');
        }
        return take_digits(s);
    }
    return true;
}

static bool take_word(struct scan *s, struct view word)
{
    if (!view_starts(view_slice(s->text, s->at, s->text.len), word)) {
        return false;
    }
    s->at += word.len;
    return true;
}

static bool take_scalar(struct scan *s)
{
    switch (peek(s)) {
    case '"':
        return take_string(s);
    case 't':
        return take_word(s, VIEW("true"));
    case 'f':
        return take_word(s, VIEW("false"));
    case 'n':
        return take_word(s, VIEW("null"));
    default:
        return take_number(s);
    }
}

static bool take_name(struct scan *s)
{
    skip_blanks(s);
    if (!take_string(s)) {
        return false;
    }
    skip_blanks(s);
    return take(s, ':');
}

/* Up to the value inside that is a scalar or an empty container. */
static bool descend(struct scan *s)
{
    for (;;) {
        skip_blanks(s);
        int c = peek(s);
        if (c != '{' && c != '[') {
            return take_scalar(s);
        }
        if (s->depth == LIMIT_JSON_DEPTH) {
            return false;
        }
        s->open[s->depth++] = (char)c;
        s->at++;
        skip_blanks(s);
        if (take(s, c == '{' ? '}' : ']')) {
            s->depth--;
            return true;
        }
        if (c == '{' && !take_name(s)) {
            return false;
        }
    }
}

/* After a value: closes what ends here. False when the text is wrong; else depth 0, or the next
 * value follows. */
static bool ascend(struct scan *s)
{
    while (s->depth) {
        char open = s->open[s->depth - 1];
        skip_blanks(s);
        if (take(s, ',')) {
            return open == '[' || take_name(s);
        }
        if (!take(s, open == '{' ? '}' : ']')) {
            return false;
        }
        s->depth--;
    }
    return true;
}

bool json_document(struct view text)
{
    struct scan s;
    s.text = view_trim(text);
    s.at = s.depth = 0;
    if (peek(&s) != '{' && peek(&s) != '[') {
        return false;
    }

    do {
        if (!descend(&s) || !ascend(&s)) {
            return false;
        }
    } while (s.depth);
    return s.at == s.text.len;
}

void json_add_compact(struct strbuf *out, struct view text)
{
    struct scan s;
    s.text = view_trim(text);
    s.at = 0;
    while (s.at < s.text.len) {
        size_t start = s.at;
        if (peek(&s) == '"') {
            take_string(&s);
        } else {
            s.at++;
        }
        struct view token = view_slice(s.text, start, s.at);
        if (!blank((unsigned char)token.ptr[0])) {
            utf8_repair(out, token);
        }
    }
}
