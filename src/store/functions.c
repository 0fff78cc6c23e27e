#include "store/functions.h"

#include "regex/regex.h"
#include "store/argument.h"
#include "store/bounded.h"
#include "store/netvalue.h"

static void fn_version_compare(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    if (!argument_null(argc, argv)) {
        sqlite3_result_int(ctx,
                           version_compare(argument_text(argv[0]), argument_text(argv[1])));
    }
}

static void fn_cidr_contains(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    if (argument_null(argc, argv)) {
        return;
    }
    int got = cidr_contains(argument_text(argv[0]), argument_text(argv[1]));
    if (got >= 0) {
        sqlite3_result_int(ctx, got);
    }
}

/* One text in, one text out, NULL where make says that the value is none of its kind. */
static void text_function(sqlite3_context *ctx, sqlite3_value *value,
                          bool (*make)(struct strbuf *, struct view))
{
    if (sqlite3_value_type(value) == SQLITE_NULL) {
        return;
    }
    struct strbuf out = STRBUF_INIT;
    bool made = make(&out, argument_text(value));
    if (strbuf_failed(&out)) {
        sqlite3_result_error_nomem(ctx);
    } else if (made) {
        sqlite3_result_text64(ctx, out.buf, out.len, SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    strbuf_release(&out);
}

static bool interface_key(struct strbuf *out, struct view name)
{
    interface_sort_key(out, name);
    return true;
}

static void fn_ip_sort(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    text_function(ctx, argv[0], ip_sort_key);
}

static void fn_mac(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    text_function(ctx, argv[0], mac_spell);
}

static void fn_interface_sort(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    (void)argc;
    text_function(ctx, argv[0], interface_key);
}

static void free_regex(void *re)
{
    regex_free(re);
}

/* The compiled pattern stays with its argument as long as that is a constant of the query. */
static struct regex *compiled(sqlite3_context *ctx, sqlite3_value *pattern)
{
    struct regex *re = sqlite3_get_auxdata(ctx, 0);
    if (re) {
        return re;
    }
    struct err err = ERR_INIT;
    if (regex_compile(&re, argument_text(pattern), REGEX_SEARCH, NULL, &err) < 0) {
        err_prefix(&err, "regexp()");
        sqlite3_result_error(ctx, err.text, -1);
        return NULL;
    }
    sqlite3_set_auxdata(ctx, 0, re, free_regex);
    /* set_auxdata may have thrown it away at once, when memory ran out */
    return sqlite3_get_auxdata(ctx, 0);
}

static void fn_regexp(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
    if (argument_null(argc, argv)) {
        return;
    }
    struct regex *re = compiled(ctx, argv[0]);
    if (!re) {
        return;
    }
    struct err err = ERR_INIT;
    struct regex_scratch *scratch = sqlite3_user_data(ctx);
    int got = regex_match(re, scratch, argument_text(argv[1]), NULL, 0, &err);
    if (got < 0) {
        err_prefix(&err, "regexp()");
        sqlite3_result_error(ctx, err.text, -1);
    } else {
        sqlite3_result_int(ctx, got);
    }
}

static int collate_version(void *user, int alen, const void *a, int blen, const void *b)
{
    (void)user;
    return version_compare(view_make(a, (size_t)alen), view_make(b, (size_t)blen));
}

static void free_scratch(void *scratch)
{
    regex_scratch_free(scratch);
}

const char *const function_names[] = {
    "version_compare", "regexp", "cidr_contains", "ip_sort", "mac", "interface_sort", NULL};

int functions_register(sqlite3 *handle)
{
    static const struct {
        const char *name;
        int arguments;
        void (*function)(sqlite3_context *, int, sqlite3_value **);
    } functions[] = {
        {"version_compare", 2, fn_version_compare},
        {"cidr_contains", 2, fn_cidr_contains},
        {"ip_sort", 1, fn_ip_sort},
        {"mac", 1, fn_mac},
        {"interface_sort", 1, fn_interface_sort},
    };
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        int rc =
            sqlite3_create_function_v2(handle, functions[i].name, functions[i].arguments, flags,
                                       NULL, functions[i].function, NULL, NULL, NULL);
        if (rc != SQLITE_OK) {
            return rc;
        }
    }
    struct regex_scratch *scratch = regex_scratch_new(NULL, NULL);
    int rc = bounded_register(handle);
    if (!scratch || rc != SQLITE_OK) {
        regex_scratch_free(scratch);
        return scratch ? rc : SQLITE_NOMEM;
    }
    rc = sqlite3_create_function_v2(handle, "regexp", 2, flags, scratch, fn_regexp, NULL, NULL,
                                    free_scratch);
    if (rc != SQLITE_OK) {
        return rc;
    }
    return sqlite3_create_collation_v2(handle, "VERSION", SQLITE_UTF8, NULL, collate_version,
                                       NULL);
}
