#include "regex/parser.h"

struct letter_escape {
    char letter;
    uint8_t kind;
    uint8_t value;
};

static const struct letter_escape letters[] = {
    {'a', ESCAPE_LITERAL, '\a'},
    {'b', ESCAPE_LITERAL, '\b'}, /* in a set; elsewhere a boundary */
    {'f', ESCAPE_LITERAL, '\f'},
    {'n', ESCAPE_LITERAL, '\n'},
    {'r', ESCAPE_LITERAL, '\r'},
    {'t', ESCAPE_LITERAL, '\t'},
    {'v', ESCAPE_LITERAL, '\v'},
    {'d', ESCAPE_CATEGORY, CATEGORY_DIGIT},
    {'D', ESCAPE_CATEGORY, CATEGORY_NOT_DIGIT},
    {'s', ESCAPE_CATEGORY, CATEGORY_SPACE},
    {'S', ESCAPE_CATEGORY, CATEGORY_NOT_SPACE},
    {'w', ESCAPE_CATEGORY, CATEGORY_WORD},
    {'W', ESCAPE_CATEGORY, CATEGORY_NOT_WORD},
};

static const struct letter_escape assertions[] = {
    {'A', ESCAPE_AT, AT_BEGIN_STRING},
    {'Z', ESCAPE_AT, AT_END_STRING},
    {'b', ESCAPE_AT, AT_BOUNDARY},
    {'B', ESCAPE_AT, AT_NO_BOUNDARY},
};

static bool find_letter(const struct letter_escape *table, size_t n, uint32_t letter,
                        struct escape *escape)
{
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)table[i].letter == letter) {
            *escape = (struct escape){(enum escape_kind)table[i].kind, table[i].value};
            return true;
        }
    }
    return false;
}

static bool digit_value(struct token token, unsigned base, uint32_t *value)
{
    if (token.len != 1) {
        return false;
    }
    uint32_t digit = 99;
    if (token.c >= '0' && token.c <= '9') {
        digit = token.c - '0';
    } else if ((token.c | 0x20) >= 'a' && (token.c | 0x20) <= 'f' && token.c < 0x80) {
        digit = (token.c | 0x20) - 'a' + 10;
    }
    *value = digit;
    return digit < base;
}

/* At most n more digits onto *value; how many there were. */
static unsigned take_digits(struct tokens *tokens, unsigned n, unsigned base, uint32_t *value)
{
    unsigned taken = 0;
    uint32_t digit;
    while (taken < n && digit_value(tokens->ahead, base, &digit)) {
        *value = *value * base + digit;
        tokens_get(tokens);
        taken++;
    }
    return taken;
}

static struct escape literal(uint32_t c)
{
    return (struct escape){ESCAPE_LITERAL, c};
}

static struct escape hex_escape(struct parser *parser, char letter, unsigned n, size_t start)
{
    uint32_t c = 0;
    if (take_digits(&parser->tokens, n, 16, &c) != n) {
        parser_error(parser, start, "\\%c needs exactly %u hexadecimal digits", letter, n);
    } else if (c > 0x10FFFF) {
        parser_error(parser, start, "\\U%08x is beyond the last character, \\U0010ffff", c);
    }
    return literal(c);
}

static struct escape named_escape(struct parser *parser, size_t start)
{
    if (!tokens_match(&parser->tokens, '{')) {
        parser_error(parser, tokens_tell(&parser->tokens),
                     "\\N needs a character's name in {}");
        return literal(0);
    }
    size_t pos;
    struct view name = parse_name(parser, '}', "character name", &pos);
    uint32_t c = 0;
    if (!parser_failed(parser) && !charname_find(name, &c)) {
        parser_error(parser, start, "no character is named '%.*s' (write it as \\uXXXX)",
                     PARSER_ARG(name));
    }
    return literal(c);
}

static struct escape octal(struct parser *parser, uint32_t c, size_t start)
{
    if (c > 0377) {
        parser_error(parser, start, "the octal escape \\%o is beyond \\377", c);
    }
    return literal(c);
}

/* Three octal digits are a character, else one or two digits are a group's number. */
static struct escape number_escape(struct parser *parser, uint32_t first, size_t start)
{
    struct tokens *tokens = &parser->tokens;
    uint32_t number = first, second, third;
    if (digit_value(tokens->ahead, 10, &second)) {
        tokens_get(tokens);
        number = first * 10 + second;
        if (first < 8 && second < 8 && digit_value(tokens->ahead, 8, &third)) {
            tokens_get(tokens);
            return octal(parser, first * 64 + second * 8 + third, start);
        }
    }
    if (number >= parser->ngroups) {
        parser_error(parser, start + 1, "there is no group %u before this reference to it",
                     (unsigned)number);
        return literal(0);
    }
    check_group_is_usable(parser, number, start);
    return (struct escape){ESCAPE_BACKREF, parser_failed(parser) ? 0 : number};
}

/* Escapes that mean the same inside and outside of a set; false if it is none of them. */
static bool common_escape(struct parser *parser, uint32_t c, size_t start,
                          struct escape *escape)
{
    if (find_letter(letters, sizeof(letters) / sizeof(*letters), c, escape)) {
        return true;
    }
    switch (c) {
    case 'x':
        *escape = hex_escape(parser, 'x', 2, start);
        return true;
    case 'u':
        *escape = hex_escape(parser, 'u', 4, start);
        return true;
    case 'U':
        *escape = hex_escape(parser, 'U', 8, start);
        return true;
    case 'N':
        *escape = named_escape(parser, start);
        return true;
    default:
        return false;
    }
}

static struct escape other_escape(struct parser *parser, uint32_t c, size_t start)
{
    bool letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z' && c < 0x80;
    if (letter || (c >= '0' && c <= '9')) {
        parser_error(parser, start, "Python's re knows no escape \\%c here", (int)c);
    }
    return literal(c);
}

struct escape parse_set_escape(struct parser *parser, struct token token)
{
    struct escape escape;
    size_t start = tokens_tell(&parser->tokens) - 2;
    if (common_escape(parser, token.c, start, &escape)) {
        return escape;
    }
    if (token.c >= '0' && token.c <= '7') {
        uint32_t c = token.c - '0';
        take_digits(&parser->tokens, 2, 8, &c);
        return octal(parser, c, start);
    }
    return other_escape(parser, token.c, start);
}

struct escape parse_escape(struct parser *parser, struct token token)
{
    struct escape escape;
    size_t start = tokens_tell(&parser->tokens) - 2;
    if (find_letter(assertions, sizeof(assertions) / sizeof(*assertions), token.c, &escape) ||
        common_escape(parser, token.c, start, &escape)) {
        return escape;
    }
    if (token.c == '0') {
        uint32_t c = 0;
        take_digits(&parser->tokens, 2, 8, &c);
        return literal(c);
    }
    if (token.c >= '1' && token.c <= '9') {
        return number_escape(parser, token.c - '0', start);
    }
    return other_escape(parser, token.c, start);
}
