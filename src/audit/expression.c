#include "audit/expression.h"

#include <ctype.h>
#include <strings.h>

/* What a piece of SQL begins with decides where it ends. */
enum piece {
    PIECE_END,
    PIECE_TEXT,   /* 'it''s' */
    PIECE_QUOTED, /* "name", `name`, [name] */
    PIECE_WORD,
    PIECE_COMMENT,
    PIECE_OTHER, /* one byte */
    PIECE_OPEN,  /* a text, name or comment that does not end */
};

struct scan {
    struct view sql;
    size_t at;         /* behind the piece */
    struct view piece; /* what was found; of QUOTED without its quotes */
};

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '$' || (unsigned char)c >= 0x80;
}

static enum piece take(struct scan *s, size_t from, size_t to, enum piece piece)
{
    s->piece = view_slice(s->sql, from, to);
    return piece;
}

/* A doubled quote stands for itself, but in brackets. */
static enum piece take_quoted(struct scan *s, char close)
{
    size_t from = s->at + 1;
    for (size_t i = from; i < s->sql.len; i++) {
        if (s->sql.ptr[i] != close) {
            continue;
        }
        if (close != ']' && i + 1 < s->sql.len && s->sql.ptr[i + 1] == close) {
            i++;
            continue;
        }
        s->at = i + 1;
        return take(s, from, i, close == '\'' ? PIECE_TEXT : PIECE_QUOTED);
    }
    return PIECE_OPEN;
}

static enum piece take_comment(struct scan *s, bool to_line_end)
{
    for (size_t i = s->at + 2; i < s->sql.len; i++) {
        const char *p = s->sql.ptr + i;
        if (to_line_end ? *p == '\n' : *p == '*' && i + 1 < s->sql.len && p[1] == '/') {
            s->at = i + (to_line_end ? 1 : 2);
            return PIECE_COMMENT;
        }
    }
    s->at = s->sql.len;
    return to_line_end ? PIECE_COMMENT : PIECE_OPEN;
}

static enum piece next(struct scan *s)
{
    if (s->at >= s->sql.len) {
        return PIECE_END;
    }
    char c = s->sql.ptr[s->at];
    char behind = s->at + 1 < s->sql.len ? s->sql.ptr[s->at + 1] : '\0';
    if (c == '\'' || c == '"' || c == '`' || c == '[') {
        return take_quoted(s, c == '[' ? ']' : c);
    }
    if ((c == '-' && behind == '-') || (c == '/' && behind == '*')) {
        return take_comment(s, c == '-');
    }
    size_t from = s->at++;
    if (!is_word(c)) {
        return take(s, from, s->at, PIECE_OTHER);
    }
    while (s->at < s->sql.len && is_word(s->sql.ptr[s->at])) {
        s->at++;
    }
    return take(s, from, s->at, PIECE_WORD);
}

static int wrong(const struct scan *s, const char *what, struct err *err)
{
    return err_set(err, ERR_USAGE, "%s at character %zu", what, s->at);
}

/* One byte that is no part of anything longer. */
static int check_byte(const struct scan *s, char c, size_t *depth, struct err *err)
{
    switch (c) {
    case '\0':
        return wrong(s, "a NUL", err);
    case ';':
        return wrong(s, "one statement alone: there is a ';'", err);
    case '(':
        *depth += 1;
        return 0;
    case ')':
        if (*depth == 0) {
            return wrong(s, "a ')' that closes nothing", err);
        }
        *depth -= 1;
        return 0;
    default:
        return 0;
    }
}

struct view expression_trim(struct view sql)
{
    sql = view_trim(sql);
    while (sql.len > 0 && sql.ptr[sql.len - 1] == ';') {
        sql = view_trim(view_slice(sql, 0, sql.len - 1));
    }
    return sql;
}

int expression_check(struct view sql, struct err *err)
{
    struct scan s = {.sql = sql};
    size_t depth = 0;
    enum piece piece;
    int status = 0;
    while (status == 0 && (piece = next(&s)) != PIECE_END) {
        if (piece == PIECE_OPEN) {
            s.at++;
            return wrong(&s, "a text, name or comment that is not closed begins", err);
        }
        if (piece == PIECE_OTHER) {
            status = check_byte(&s, s.piece.ptr[0], &depth, err);
        }
    }
    if (status == 0 && depth > 0) {
        return err_set(err, ERR_USAGE, "a '(' is not closed");
    }
    return status;
}

bool expression_names(struct view sql, struct view column)
{
    struct scan s = {.sql = sql};
    enum piece piece;
    while ((piece = next(&s)) != PIECE_END && piece != PIECE_OPEN) {
        if ((piece == PIECE_WORD || piece == PIECE_QUOTED) && s.piece.len == column.len &&
            strncasecmp(s.piece.ptr, column.ptr, column.len) == 0) {
            return true;
        }
    }
    return false;
}

/* What a comparison was made of so far. */
struct comparison {
    struct view left; /* the word before the operator, empty = none */
    char ordered;     /* '<' or '>', 0 = no operator yet */
};

static bool is_number(struct view word)
{
    return word.len > 0 && isdigit((unsigned char)word.ptr[0]);
}

static void take_operator(struct comparison *c, char byte)
{
    bool first = (byte == '<' || byte == '>') && !c->ordered;
    if (first) {
        c->ordered = byte;
    } else if (byte != '=' || !c->ordered) {
        /* <> and << are others, and so is the `.` of t.column */
        *c = (struct comparison){VIEW_NONE, 0};
    }
}

bool expression_compares_number(struct view sql, expression_column_fn *is_column,
                                const void *user, struct view *column)
{
    struct scan s = {.sql = sql};
    struct comparison c = {VIEW_NONE, 0};
    enum piece piece;
    while ((piece = next(&s)) != PIECE_END && piece != PIECE_OPEN) {
        if (piece == PIECE_OTHER && !isspace((unsigned char)s.piece.ptr[0])) {
            take_operator(&c, s.piece.ptr[0]);
        } else if (piece == PIECE_TEXT) {
            c = (struct comparison){VIEW_NONE, 0};
        } else if (piece == PIECE_WORD || piece == PIECE_QUOTED) {
            bool here = c.ordered && is_number(s.piece) && is_column(user, c.left);
            if (here || (c.ordered && is_number(c.left) && is_column(user, s.piece))) {
                *column = here ? c.left : s.piece;
                return true;
            }
            c = (struct comparison){s.piece, 0};
        }
    }
    return false;
}

void expression_add_line(struct strbuf *out, struct view sql, size_t most)
{
    size_t start = out->len;
    sql = view_trim(sql);
    for (size_t i = 0; i < sql.len && out->len - start < most; i++) {
        char c = sql.ptr[i];
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank) {
            strbuf_addch(out, c);
        } else if (out->len > start && out->buf[out->len - 1] != ' ') {
            strbuf_addch(out, ' ');
        }
    }
    if (out->len - start >= most) {
        strbuf_addstr(out, "...");
    }
}
