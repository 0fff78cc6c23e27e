/*
 * What the parser's files share. Not for other rooms: dialect.h is the way in.
 *
 * An error is sticky: the first one is kept and ends the tokens, so that all loops run out.
 * Code goes on with whatever it has until it returns; only loops over something else than
 * tokens need to ask parser_failed().
 */
#ifndef REGEX_PARSER_H
#define REGEX_PARSER_H

#include "base/arena.h"
#include "base/err.h"
#include "regex/token.h"
#include "regex/tree.h"

struct group_state {
    struct width width;
    bool closed;
};

/* A conditional's group, checked when all groups are known. */
struct group_reference {
    struct group_reference *next;
    uint32_t number;
    size_t pos;
};

struct parser {
    struct tokens tokens;
    struct arena *arena;
    struct err *err;
    int code; /* 0, or the error's */
    struct view text;
    const uint32_t *offsets; /* byte offset of each character in text, and of its end */
    unsigned flags;          /* global ones */
    struct group_state *groups;
    struct view *names;
    unsigned ngroups;
    unsigned deepest;       /* level of nesting met */
    unsigned behind_groups; /* inside a look-behind: groups that existed before it; else 0 */
    struct group_reference *references;
    struct group_reference **references_end;
};

static inline bool parser_failed(const struct parser *parser)
{
    return parser->code != 0;
}

/* Notes an error at pos, the index of a character. */
void parser_error(struct parser *parser, size_t pos, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void parser_nomem(struct parser *parser);

/* size zeroed bytes or NULL, with the error noted. */
void *parser_get(struct parser *parser, size_t size);

/* A new node of the tree, or NULL. */
struct node *parser_node(struct parser *parser, enum node_kind kind, unsigned flags,
                         size_t pos);

/* The characters [from, to) of the pattern as its bytes. */
struct view parser_slice(const struct parser *parser, size_t from, size_t to);

/* For "%.*s" in error texts: a slice, cut to a length that suits a line. */
#define PARSER_ARG(v) (int)((v).len > 60 ? 60 : (v).len), (v).ptr

/* parse.c: an alternation up to ")" or the end. */
struct node *parse_alternatives(struct parser *parser, unsigned flags, unsigned depth);

/* parse.c: one alternative. *flags changes when global flags are met, which is allowed only if
 * first. */
struct node *parse_sequence(struct parser *parser, unsigned *flags, unsigned depth, bool first);

/* group.c: what follows "(", whose index is start; NULL if it makes no node. */
struct node *parse_group(struct parser *parser, unsigned *flags, size_t start, unsigned depth,
                         bool may_set_flags);

/* group.c: refuses a reference to a group that is open, or was made inside the look-behind that
 * the reference stands in; pos is where the reference is. */
void check_group_is_usable(struct parser *parser, uint32_t number, size_t pos);

/* flags.c: what follows "(?" when that is a flag's letter or "-"; letter has been taken.
 * *global is set for "(?flags)", else flags are combined with those added and removed. */
unsigned parse_flags(struct parser *parser, struct token letter, unsigned flags, bool *global);
bool is_flag_letter(struct token token);

/* name.c: the text up to the terminator, which is taken; empty with an error noted. */
struct view parse_name(struct parser *parser, uint32_t terminator, const char *what,
                       size_t *pos);
/* True also when memory ran out, which is noted. */
bool is_identifier(struct parser *parser, struct view name);
/* Python's int(): 0 for zero, UINT32_MAX for too large, false if it is no number. */
bool parse_integer(struct view text, uint32_t *value);

/* escape.c */
enum escape_kind { ESCAPE_LITERAL, ESCAPE_CATEGORY, ESCAPE_AT, ESCAPE_BACKREF };

struct escape {
    enum escape_kind kind;
    uint32_t value;
};

/* What follows a backslash token, which has been taken. */
struct escape parse_escape(struct parser *parser, struct token token);
struct escape parse_set_escape(struct parser *parser, struct token token);

/* bracket.c: what follows "[", which has been taken. */
struct node *parse_bracket(struct parser *parser, unsigned flags);

struct node *category_node(struct parser *parser, unsigned category, unsigned flags,
                           size_t pos);

/* quantifier.c: is the token, which has been taken, a quantifier? Then wraps the node at *last
 * (NULL or no node: error) and returns true. */
bool parse_quantifier(struct parser *parser, struct token token, unsigned flags,
                      struct node **last);

/* width.c */
void width_set(struct parser *parser, struct node *node);

/* charname.c: the character of \N{name}, false if there is none. */
bool charname_find(struct view name, uint32_t *c);

#endif
