#include "base/glob.h"
#include "collect/sshconfig_part.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Patterns. */

/* A negated pattern that fits outweighs all others. */
struct verdict {
    bool found, refused;
};

static void try_pattern(struct verdict *verdict, struct view pattern, const char *text)
{
    bool negated = pattern.len && pattern.ptr[0] == '!';
    if (glob_fits(view_slice(pattern, negated, pattern.len), view_of(text))) {
        verdict->found |= !negated;
        verdict->refused |= negated;
    }
}

bool config_match_name(const char *const *patterns, const char *name)
{
    struct verdict verdict = {false, false};
    for (; *patterns && !verdict.refused; patterns++) {
        try_pattern(&verdict, view_of(*patterns), name);
    }
    return verdict.found && !verdict.refused;
}

bool config_match_list(const char *list, const char *text)
{
    struct verdict verdict = {false, false};
    while (*list) {
        size_t len = strcspn(list, ",");
        try_pattern(&verdict, view_make(list, len), text);
        list += len + (list[len] == ',');
    }
    return verdict.found && !verdict.refused;
}

/* The patterns are in lower case already. */
static bool match_host(const char *list, const char *host)
{
    char lower[256];
    size_t n = 0;
    for (; host[n] && n < sizeof(lower) - 1; n++) {
        lower[n] = (char)tolower((unsigned char)host[n]);
    }
    lower[n] = '\0';
    return host[n] == '\0' && config_match_list(list, lower);
}

/* Commands. */

static int run(struct asking *q, struct criterion *c)
{
    char *command = config_expand(q, EXPAND_COMMAND, c->text);
    if (!command) {
        return -1;
    }
    if (c->asked && strcmp(c->asked, command) == 0) {
        return c->answer;
    }
    free(c->asked);
    c->asked = strdup(command);
    int answer = c->asked ? config_exec(command) : err_nomem(q->err);
    if (answer < 0 && c->asked) {
        return config_error(q->err, q->at, "Match exec: `%s` cannot be run", command);
    }
    c->answer = answer > 0;
    return answer;
}

static int holds(struct asking *q, struct criterion *c)
{
    switch (c->kind) {
    case MATCH_ALL:
        return true;
    case MATCH_ORIGINAL:
        return match_host(c->text, q->query->name);
    case MATCH_HOST:
        return match_host(c->text, config_hostname(q));
    case MATCH_USER:
        return config_match_list(c->text, config_user(q));
    case MATCH_LOCAL_USER:
        return config_match_list(c->text, q->config->local_user);
    case MATCH_EXEC:
        return run(q, c);
    case MATCH_FINAL:
        return q->final;
    }
    return false;
}

int config_match(struct asking *q, struct criterion *criteria)
{
    for (struct criterion *c = criteria; c; c = c->next) {
        int held = holds(q, c);
        if (held < 0) {
            return held;
        }
        if ((held != 0) == c->negated) {
            return 0;
        }
    }
    return 1;
}
