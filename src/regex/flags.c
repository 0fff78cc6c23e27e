#include "regex/parser.h"

#define FLAGS_TYPE (FLAG_ASCII | FLAG_UNICODE | FLAG_LOCALE)

static const struct {
    char letter;
    uint8_t flag;
} flag_letters[] = {
    {'i', FLAG_ICASE}, {'m', FLAG_MULTILINE}, {'s', FLAG_DOTALL},   {'x', FLAG_VERBOSE},
    {'a', FLAG_ASCII}, {'u', FLAG_UNICODE},   {'t', FLAG_TEMPLATE}, {'L', FLAG_LOCALE},
};

static unsigned flag_of(struct token token)
{
    for (size_t i = 0; i < sizeof(flag_letters) / sizeof(*flag_letters); i++) {
        if (token_is(token, (unsigned char)flag_letters[i].letter)) {
            return flag_letters[i].flag;
        }
    }
    return 0;
}

bool is_flag_letter(struct token token)
{
    return flag_of(token) != 0;
}

/* A token that should have been a flag or a separator. */
static void bad_flag(struct parser *parser, struct token token, const char *expected)
{
    size_t pos = tokens_tell(&parser->tokens) - token.len;
    if (token.len == 1 && (token.c | 0x20) >= 'a' && (token.c | 0x20) <= 'z') {
        parser_error(parser, pos, "there is no flag '%c'", (int)token.c);
    } else {
        parser_error(parser, pos, "expected %s after inline flags", expected);
    }
}

/* Flags to switch on; returns the token after them. */
static struct token parse_added(struct parser *parser, struct token token, unsigned *added)
{
    for (;;) {
        unsigned flag = flag_of(token);
        size_t pos = tokens_tell(&parser->tokens);
        if (flag == FLAG_LOCALE) {
            parser_error(parser, pos, "the flag 'L' is for bytes, not for text");
        }
        *added |= flag;
        if ((flag & FLAGS_TYPE) && (*added & FLAGS_TYPE) != flag) {
            parser_error(parser, pos, "the flags 'a' and 'u' exclude each other");
        }
        token = tokens_get(&parser->tokens);
        if (token_is(token, ')') || token_is(token, '-') || token_is(token, ':')) {
            return token;
        }
        if (!flag_of(token)) {
            bad_flag(parser, token, "'-', ':' or ')'");
            return token;
        }
    }
}

/* Flags to switch off, up to the colon. */
static void parse_removed(struct parser *parser, unsigned *removed)
{
    struct token token = tokens_get(&parser->tokens);
    if (!flag_of(token)) {
        bad_flag(parser, token, "a flag");
        return;
    }
    while (!token_is(token, ':')) {
        unsigned flag = flag_of(token);
        if (!flag) {
            bad_flag(parser, token, "':'");
            return;
        }
        if (flag & FLAGS_TYPE) {
            parser_error(parser, tokens_tell(&parser->tokens),
                         "the flags 'a', 'u' and 'L' cannot be switched off");
        }
        *removed |= flag;
        token = tokens_get(&parser->tokens);
    }
}

unsigned parse_flags(struct parser *parser, struct token letter, unsigned flags, bool *global)
{
    unsigned added = 0, removed = 0;
    *global = false;
    struct token token = letter;
    if (!token_is(letter, '-')) {
        token = parse_added(parser, letter, &added);
    }
    if (token_is(token, ')')) {
        *global = true;
        parser->flags |= added;
        return flags | added;
    }
    if (added & FLAG_TEMPLATE) {
        parser_error(parser, tokens_tell(&parser->tokens) - 1,
                     "the flag 't' can only be set for the whole pattern");
    }
    if (token_is(token, '-')) {
        parse_removed(parser, &removed);
    }
    if (removed & FLAG_TEMPLATE) {
        parser_error(parser, tokens_tell(&parser->tokens) - 1,
                     "the flag 't' cannot be switched off");
    }
    if (added & removed) {
        parser_error(parser, tokens_tell(&parser->tokens) - 1,
                     "a flag is switched on and off at once");
    }
    if (added & FLAGS_TYPE) {
        flags &= ~(unsigned)FLAGS_TYPE;
    }
    return (flags | added) & ~removed;
}
