#include "store/guard.h"

#include "base/limits.h"

/* Few: one of them may be a function over megabytes. */
#define OPS_BETWEEN_LOOKS 200

static int authorize(void *user, int action, const char *a, const char *b, const char *database,
                     const char *trigger)
{
    if (((const struct guard *)user)->trusted) {
        return SQLITE_OK;
    }
    (void)database;
    (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        return a && b ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION:
        return b && sqlite3_stricmp(b, "load_extension") != 0 &&
                       sqlite3_stricmp(b, "fts3_tokenizer") != 0
                   ? SQLITE_OK
                   : SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

static int look_at_clock(void *user)
{
    const struct guard *guard = user;
    return now_ms() > guard->deadline;
}

void guard_close(struct guard *guard, struct db *db)
{
    static const struct {
        int what, most;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, (int)(LIMIT_COMMAND_BYTES + MIB(1))},
        {SQLITE_LIMIT_SQL_LENGTH, (int)MIB(1)},
        {SQLITE_LIMIT_COLUMN, 2000},
        {SQLITE_LIMIT_EXPR_DEPTH, 200},
        {SQLITE_LIMIT_COMPOUND_SELECT, 100},
        {SQLITE_LIMIT_VDBE_OP, 1000000},
        {SQLITE_LIMIT_FUNCTION_ARG, 100},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
        {SQLITE_LIMIT_VARIABLE_NUMBER, 100},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        sqlite3_limit(db->handle, limits[i].what, limits[i].most);
    }
    *guard = (struct guard){DEADLINE_NEVER, false};
    db->guard = guard;
    sqlite3_set_authorizer(db->handle, authorize, guard);
    sqlite3_progress_handler(db->handle, OPS_BETWEEN_LOOKS, look_at_clock, guard);
}

void guard_begin(struct guard *guard, ms_t span)
{
    guard->deadline = deadline_in(now_ms(), span);
}

void guard_lift(struct db *db)
{
    db->guard = NULL;
    sqlite3_set_authorizer(db->handle, NULL, NULL);
    sqlite3_progress_handler(db->handle, 0, NULL, NULL);
}
