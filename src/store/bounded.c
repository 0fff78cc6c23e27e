#define _GNU_SOURCE /* memmem */
#include "store/bounded.h"

#include "base/strbuf.h"
#include "base/utf8.h"
#include "store/argument.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The widest field, and the most digits or repetitions, of one conversion. */
#define MOST_WIDTH 100000

/* Hands over what was built, or says that it is too large or memory ran out. */
static void finish(sqlite3_context *ctx, sqlite3_str *out)
{
    int length = sqlite3_str_length(out);
    switch (sqlite3_str_errcode(out)) {
    case SQLITE_OK:
        break;
    case SQLITE_TOOBIG:
        sqlite3_result_error_toobig(ctx);
        sqlite3_free(sqlite3_str_finish(out));
        return;
    default:
        sqlite3_result_error_nomem(ctx);
        sqlite3_free(sqlite3_str_finish(out));
        return;
    }
    char *text = sqlite3_str_finish(out);
    if (text) {
        sqlite3_result_text(ctx, text, length, sqlite3_free);
    }
}

/* ---- printf, format ------------------------------------------------------------------------
 */

struct printing {
    sqlite3_str *out;
    sqlite3_value **argv;
    int argc, used;
    bool wide; /* some width or precision is too large */
};

static sqlite3_value *argument(struct printing *p)
{
    return p->used < p->argc ? p->argv[p->used++] : NULL;
}

/* A width or precision: digits, or `*` for the next argument. */
static const char *read_number(struct printing *p, const char *f, long long *out)
{
    if (*f == '*') {
        sqlite3_value *value = argument(p);
        *out = value ? sqlite3_value_int64(value) : 0;
        f++;
    }
    for (; *f >= '0' && *f <= '9'; f++) {
        *out = *out > MOST_WIDTH ? *out : *out * 10 + (*f - '0');
    }
    p->wide = p->wide || *out > MOST_WIDTH || *out < -MOST_WIDTH;
    return f;
}

/* As printf wants it in C; a byte that is no UTF-8 is a character of its own. */
static unsigned first_character(sqlite3_value *value)
{
    struct view text = value ? argument_text(value) : VIEW_NONE;
    uint32_t character = 0;
    if (text.len > 0 && utf8_decode(text, &character) && character == UTF8_INVALID) {
        character = (unsigned char)text.ptr[0];
    }
    return character;
}

/* One conversion, by SQLite's own formatting, with its argument as the C type that goes with
 * it. */
static void convert(struct printing *p, const char *flags, long long width, long long precision,
                    char how)
{
    char format[64];
    bool whole = strchr("diuxXo", how), real = strchr("fFeEgG", how);
    if (precision < 0) {
        snprintf(format, sizeof(format), "%%%s*%s%c", flags, whole ? "ll" : "", how);
    } else {
        snprintf(format, sizeof(format), "%%%s*.%d%s%c", flags, (int)precision,
                 whole ? "ll" : "", how);
    }
    sqlite3_value *value = argument(p);
    if (whole) {
        sqlite3_str_appendf(p->out, format, (int)width, value ? sqlite3_value_int64(value) : 0);
    } else if (real) {
        sqlite3_str_appendf(p->out, format, (int)width,
                            value ? sqlite3_value_double(value) : 0.0);
    } else if (how == 'c') {
        sqlite3_str_appendf(p->out, format, (int)width, first_character(value));
    } else {
        const char *text = value ? (const char *)sqlite3_value_text(value) : NULL;
        sqlite3_str_appendf(p->out, format, (int)width, text);
    }
}

/* What stands behind a `%`; returns what stands behind it. NULL: there is nothing to go on
 * with, which ends the text as it does in SQLite. */
static const char *print_one(struct printing *p, const char *f)
{
    char flags[16] = "";
    size_t nflags = strspn(f, "-+ #!0,");
    long long width = 0, precision = -1;
    if (nflags >= sizeof(flags)) {
        return NULL;
    }
    memcpy(flags, f, nflags);
    f = read_number(p, f + nflags, &width);
    if (*f == '.') {
        precision = 0;
        f = read_number(p, f + 1, &precision);
        precision = precision < 0 ? -precision : precision;
    }
    f += strspn(f, "l");
    if (*f == '%') {
        sqlite3_str_appendchar(p->out, 1, '%');
    } else if (*f && strchr("diuxXofFeEgGcszqQw", *f)) {
        if (!p->wide) {
            convert(p, flags, width, precision, *f == 'z' ? 's' : *f);
        }
    } else if (*f != 'n') {
        return NULL;
    }
    return f + 1;
}

static void fn_printf(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    const char *f = argc > 0 ? (const char *)sqlite3_value_text(argv[0]) : NULL;
    struct printing p = {.argv = argv + 1, .argc = argc - 1};
    if (!f) {
        return;
    }
    p.out = sqlite3_str_new(sqlite3_context_db_handle(ctx));
    while (f && *f && !p.wide && sqlite3_str_errcode(p.out) == SQLITE_OK) {
        size_t plain = strcspn(f, "%");
        if (plain) {
            sqlite3_str_append(p.out, f, (int)plain);
        }
        f += plain;
        if (*f && !f[1]) {
            sqlite3_str_appendchar(p.out, 1, '%');
            break;
        }
        f = *f ? print_one(&p, f + 1) : f;
    }
    if (p.wide) {
        sqlite3_free(sqlite3_str_finish(p.out));
        sqlite3_result_error_toobig(ctx);
        return;
    }
    finish(ctx, p.out);
}

/* ---- instr, replace ------------------------------------------------------------------------
 */

#define FIRST_WINDOW 1024

/* In windows that grow, so that what is found near the front costs little however long the rest
 * is: checkers of memory look at all that memmem is given. */
static const char *find(struct view in, struct view what)
{
    size_t window = FIRST_WINDOW + 2 * what.len;
    for (size_t at = 0; what.len && at + what.len <= in.len; window *= 2) {
        struct view part = view_slice(in, at, at + window);
        const char *found = memmem(part.ptr, part.len, what.ptr, what.len);
        if (found) {
            return found;
        }
        at += part.len - (what.len - 1);
    }
    return NULL;
}

static void fn_instr(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    bool blobs = sqlite3_value_type(argv[0]) == SQLITE_BLOB &&
                 sqlite3_value_type(argv[1]) == SQLITE_BLOB;
    if (argument_null(argc, argv)) {
        return;
    }
    struct view in = argument_text(argv[0]), what = argument_text(argv[1]);
    const char *found = what.len ? find(in, what) : in.ptr;
    sqlite3_int64 place = found || !what.len;
    for (const char *c = in.ptr; found && c < found; c++) {
        place += blobs || (*c & 0xC0) != 0x80;
    }
    sqlite3_result_int64(ctx, place);
}

static void fn_replace(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    if (argument_null(2, argv)) {
        return;
    }
    struct view in = argument_text(argv[0]), what = argument_text(argv[1]),
                with = argument_text(argv[2]);
    if (what.len == 0) {
        sqlite3_result_value(ctx, argv[0]);
        return;
    }
    if (argument_null(argc, argv)) {
        return;
    }
    if (!in.ptr || !with.ptr) {
        sqlite3_result_error_nomem(ctx);
        return;
    }
    /* not an sqlite3_str: near the limit of lengths that grows byte by byte */
    size_t most =
        (size_t)sqlite3_limit(sqlite3_context_db_handle(ctx), SQLITE_LIMIT_LENGTH, -1);
    struct strbuf out = STRBUF_INIT;
    const char *found;
    while ((found = find(in, what)) && out.len <= most && !strbuf_failed(&out)) {
        size_t before = (size_t)(found - in.ptr);
        strbuf_add(&out, in.ptr, before);
        strbuf_addview(&out, with);
        in = view_slice(in, before + what.len, in.len);
    }
    strbuf_addview(&out, in);
    if (strbuf_failed(&out)) {
        sqlite3_result_error_nomem(ctx);
    } else {
        /* it is SQLite that says when this is too big */
        sqlite3_result_text64(ctx, out.buf, out.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    strbuf_release(&out);
}

/* ---- trim, ltrim, rtrim --------------------------------------------------------------------
 */

#define MOST_TRIMMED 1000 /* bytes of characters to take away */

enum { TRIM_LEFT = 1, TRIM_RIGHT = 2 };

/* How many bytes of text one character of the set takes away at that end, 0 = none does. Lone
 * continuation bytes go with what stands before them. */
static size_t taken(struct view text, struct view set, int side)
{
    for (size_t at = 0, n; at < set.len; at += n) {
        for (n = 1; at + n < set.len && (set.ptr[at + n] & 0xC0) == 0x80;) {
            n++;
        }
        struct view character = view_slice(set, at, at + n);
        if (side == TRIM_LEFT ? view_starts(text, character) : view_ends(text, character)) {
            return n;
        }
    }
    return 0;
}

static void fn_trim(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    const int *sides = sqlite3_user_data(ctx);
    if (argument_null(argc, argv)) {
        return;
    }
    struct view text = argument_text(argv[0]),
                set = argc > 1 ? argument_text(argv[1]) : VIEW(" ");
    if (set.len > MOST_TRIMMED) {
        sqlite3_result_error(ctx, "trim() takes at most 1000 bytes of characters", -1);
        return;
    }
    size_t n;
    while ((*sides & TRIM_LEFT) && (n = taken(text, set, TRIM_LEFT)) > 0) {
        text = view_slice(text, n, text.len);
    }
    while ((*sides & TRIM_RIGHT) && (n = taken(text, set, TRIM_RIGHT)) > 0) {
        text.len -= n;
    }
    sqlite3_result_text64(ctx, text.ptr ? text.ptr : "", text.len, SQLITE_TRANSIENT,
                          SQLITE_UTF8);
}

int bounded_register(sqlite3 *handle)
{
    static const int sides[] = {TRIM_LEFT | TRIM_RIGHT, TRIM_LEFT, TRIM_RIGHT};
    static const struct {
        const char *name;
        int arguments;
        void (*function)(sqlite3_context *, int, sqlite3_value **);
        const int *user;
    } functions[] = {
        {"printf", -1, fn_printf, NULL},  {"format", -1, fn_printf, NULL},
        {"instr", 2, fn_instr, NULL},     {"replace", 3, fn_replace, NULL},
        {"trim", 1, fn_trim, &sides[0]},  {"trim", 2, fn_trim, &sides[0]},
        {"ltrim", 1, fn_trim, &sides[1]}, {"ltrim", 2, fn_trim, &sides[1]},
        {"rtrim", 1, fn_trim, &sides[2]}, {"rtrim", 2, fn_trim, &sides[2]},
    };
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    int rc = SQLITE_OK;
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]) && rc == SQLITE_OK; i++) {
        rc = sqlite3_create_function_v2(handle, functions[i].name, functions[i].arguments,
                                        flags, (void *)(uintptr_t)functions[i].user,
                                        functions[i].function, NULL, NULL, NULL);
    }
    return rc;
}
