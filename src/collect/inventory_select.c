#include "collect/inventory_part.h"

#include "base/guess.h"

#include <fnmatch.h>

/* One of the comma-separated parts of -l. */
struct pattern {
    const char *glob;
    bool exclude;
    bool met; /* some host or group fits it */
};

struct patterns {
    struct pattern *items;
    size_t count;
    bool includes; /* some pattern includes; else all hosts begin as chosen */
};

static int add_pattern(struct patterns *patterns, struct view text, struct arena *arena,
                       struct err *err)
{
    struct pattern *pattern = &patterns->items[patterns->count];
    pattern->exclude = text.len > 0 && text.ptr[0] == '!';
    text = view_slice(text, pattern->exclude, text.len);
    if (text.len == 0) {
        return err_set(err, ERR_USAGE, "-l has an empty pattern");
    }
    pattern->glob = arena_dup(arena, text);
    patterns->includes |= !pattern->exclude;
    patterns->count++;
    return pattern->glob ? 0 : err_nomem(err);
}

static int split_patterns(struct patterns *out, const char *const *targets, size_t n,
                          struct arena *arena, struct err *err)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++) {
        most += strlen(targets[i]) / 2 + 1;
    }
    out->items = arena_array(arena, most, sizeof(*out->items));
    if (!out->items) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < n; i++) {
        const char *part = targets[i];
        for (;;) {
            size_t len = strcspn(part, ",");
            int rc = add_pattern(out, view_trim(view_make(part, len)), arena, err);
            if (rc < 0) {
                return rc;
            }
            if (part[len] == '\0') {
                break;
            }
            part += len + 1;
        }
    }
    return 0;
}

static bool fits(const struct pattern *pattern, const struct host *host)
{
    if (fnmatch(pattern->glob, host->name, 0) == 0) {
        return true;
    }
    for (const char *const *group = host->groups; *group; group++) {
        if (fnmatch(pattern->glob, *group, 0) == 0) {
            return true;
        }
    }
    return false;
}

static bool chosen(struct patterns *patterns, const struct host *host)
{
    bool in = !patterns->includes, out = false;
    for (size_t i = 0; i < patterns->count; i++) {
        struct pattern *pattern = &patterns->items[i];
        if (fits(pattern, host)) {
            pattern->met = true;
            in |= !pattern->exclude;
            out |= pattern->exclude;
        }
    }
    return in && !out;
}

/* A pattern that fits nothing is a slip, also one that excludes: the host it meant would run.
 */
static int nothing_fits(const struct inventory *inventory, const char *glob, struct err *err)
{
    struct guess guess;
    guess_init(&guess, view_of(glob));
    for (size_t i = 0; i < inventory->count; i++) {
        guess_offer(&guess, inventory->hosts[i].name);
        for (const char *const *group = inventory->hosts[i].groups; *group; group++) {
            guess_offer(&guess, *group);
        }
    }
    if (guess.best) {
        return err_set(err, ERR_USAGE, "-l %s fits no host and no group: did you mean '%s'?",
                       glob, guess.best);
    }
    return err_set(err, ERR_USAGE, "-l %s fits no host and no group", glob);
}

int inventory_select(struct inventory *inventory, const char *const *targets, size_t n,
                     struct err *err)
{
    struct patterns patterns = {NULL, 0, false};
    int rc = n > 0 ? split_patterns(&patterns, targets, n, &inventory->arena, err) : 0;
    if (n == 0 || rc < 0) {
        return rc;
    }
    bool *keep = arena_array(&inventory->arena, inventory->count, sizeof(*keep));
    if (!keep) {
        return err_nomem(err);
    }
    size_t kept = 0;
    for (size_t i = 0; i < inventory->count; i++) {
        keep[i] = chosen(&patterns, &inventory->hosts[i]);
    }
    for (size_t i = 0; i < patterns.count; i++) {
        if (!patterns.items[i].met) {
            return nothing_fits(inventory, patterns.items[i].glob, err);
        }
    }
    for (size_t i = 0; i < inventory->count; i++) {
        if (keep[i]) {
            inventory->hosts[kept++] = inventory->hosts[i];
        }
    }
    inventory->count = kept;
    return kept > 0 ? 0 : err_set(err, ERR_USAGE, "-l leaves no host over");
}
