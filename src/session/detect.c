#include "session/detect.h"

#include "base/arena.h"
#include "base/limits.h"
#include "base/strbuf.h"

#include <stddef.h>
#include <stdlib.h>

/* A banner that fits counts as so many platforms when a command is chosen. */
#define BANNER_WEIGHT 4

/* So many platforms are named in a message. */
#define NAMES_MOST 8

/* So much is said of a line that told. */
#define QUOTE_MOST 80

struct detector {
    struct arena arena;
    struct platform platform; /* all of them in one */
    const struct platform **items;
    size_t n;
};

enum standing {
    POSSIBLE,
    OUT,
    FITS, /* its pattern was found in an output */
};

struct candidate {
    const struct platform *platform;
    bool banner; /* it fits */
    enum standing standing;
};

struct detection {
    const struct detector *detector;
    struct regex_scratch *scratch;
    struct candidate *candidates;
    const char *asked[DETECT_COMMANDS_MOST];
    size_t nasked;
    const struct platform *found;
    bool over;
    struct strbuf seen; /* what was looked at, for people */
    struct strbuf why;
};

/* ---- The detector --------------------------------------------------------------------------
 */

/* What the platforms have lists of; of those without a shell only prompts mean something. */
#define SHARED 2
static const size_t lists[] = {
    offsetof(struct platform, prompt),         offsetof(struct platform, prompt_end),
    offsetof(struct platform, prompt_above),   offsetof(struct platform, prompt_varies),
    offsetof(struct platform, login.username), offsetof(struct platform, login.password),
    offsetof(struct platform, errors),         offsetof(struct platform, questions),
};

#define LISTS (sizeof(lists) / sizeof(lists[0]))

static const struct regex_list *list_of(const struct platform *p, size_t list)
{
    static const struct regex_list none = {NULL, 0};
    const void *at = (const char *)p + lists[list];
    return p->exec && list >= SHARED ? &none : at;
}

static int join_list(struct detector *d, size_t list, struct err *err)
{
    void *at = (char *)&d->platform + lists[list];
    struct regex_list *all = at;
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++) {
        n += list_of(d->items[i], list)->n;
    }
    all->items = arena_array(&d->arena, n + 1, sizeof(all->items[0]));
    if (!all->items) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < d->n; i++) {
        const struct regex_list *one = list_of(d->items[i], list);
        for (size_t k = 0; k < one->n; k++) {
            all->items[all->n++] = one->items[k];
        }
    }
    return 0;
}

/* Pagers, or the answers of a login. */
static int join_answers(struct detector *d, bool pager, struct err *err)
{
    struct answer_list *all = pager ? &d->platform.pager : &d->platform.login.answers;
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++) {
        const struct platform *p = d->items[i];
        n += pager ? p->pager.n : p->login.answers.n;
    }
    all->items = arena_array(&d->arena, n + 1, sizeof(all->items[0]));
    if (!all->items) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < d->n; i++) {
        const struct platform *p = d->items[i];
        const struct answer_list *one = pager ? &p->pager : &p->login.answers;
        for (size_t k = 0; k < one->n; k++) {
            all->items[all->n++] = one->items[k];
        }
    }
    return 0;
}

static int take_platforms(struct detector *d, const struct platform_set *set, struct err *err)
{
    d->items = arena_array(&d->arena, platform_count(set) + 1, sizeof(struct platform *));
    if (!d->items) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < platform_count(set); i++) {
        const struct platform *p = platform_at(set, i);
        if (p->detect.ncommands > 0) {
            d->items[d->n++] = p;
        }
    }
    return d->n ? 0
                : err_set(err, ERR_INPUT,
                          "platform auto: no platform.yml of the template folders says how to "
                          "find its platform out (detect:)");
}

int detector_new(struct detector **out, const struct platform_set *set, struct err *err)
{
    static const char *const none[] = {NULL};
    struct detector *d = calloc(1, sizeof(*d));
    *out = NULL;
    if (!d) {
        return err_nomem(err);
    }
    arena_init(&d->arena, NULL);
    /* A carriage return is what the Enter key sends: every terminal takes it. */
    d->platform = (struct platform){.name = PLATFORM_AUTO,
                                    .path = "",
                                    .aliases = none,
                                    .unknown = true,
                                    .setup = none,
                                    .exit = "exit",
                                    .newline = "\r"};
    int code = take_platforms(d, set, err);
    for (size_t list = 0; list < LISTS && code == 0; list++) {
        code = join_list(d, list, err);
    }
    if (code == 0) {
        code = join_answers(d, true, err);
    }
    if (code == 0) {
        code = join_answers(d, false, err);
    }
    if (code < 0) {
        detector_free(d);
        return code;
    }
    *out = d;
    return 0;
}

void detector_free(struct detector *d)
{
    if (d) {
        arena_release(&d->arena);
        free(d);
    }
}

const struct platform *detector_platform(const struct detector *d)
{
    return &d->platform;
}

size_t detector_count(const struct detector *d)
{
    return d->n;
}

const struct platform *detector_at(const struct detector *d, size_t i)
{
    return d->items[i];
}

static bool banner_fits(const struct platform *p, struct regex_scratch *scratch,
                        const char *banner)
{
    bool fits = false;
    for (size_t i = 0; i < p->detect.banner.n && banner && !fits; i++) {
        fits = regex_match(p->detect.banner.items[i], scratch, view_of(banner), NULL, 0,
                           NULL) == 1;
    }
    return fits;
}

const char *detector_username_suffix(const struct detector *d, struct regex_scratch *scratch,
                                     const char *banner)
{
    const struct platform *only = NULL;
    for (size_t i = 0; i < d->n; i++) {
        if (banner_fits(d->items[i], scratch, banner)) {
            if (only) {
                return NULL;
            }
            only = d->items[i];
        }
    }
    return only ? only->username_suffix : NULL;
}

/* ---- One device ----------------------------------------------------------------------------
 */

int detection_new(struct detection **out, const struct detector *detector,
                  struct regex_scratch *scratch, const char *banner, struct err *err)
{
    struct detection *d = calloc(1, sizeof(*d));
    struct candidate *candidates = calloc(detector->n, sizeof(*candidates));
    *out = NULL;
    if (!d || !candidates) {
        free(d);
        free(candidates);
        return err_nomem(err);
    }
    d->detector = detector;
    d->scratch = scratch;
    d->candidates = candidates;
    strbuf_init(&d->seen);
    strbuf_init(&d->why);
    for (size_t i = 0; i < detector->n; i++) {
        const struct platform *p = detector->items[i];
        candidates[i] = (struct candidate){p, banner_fits(p, scratch, banner), POSSIBLE};
    }
    if (banner) {
        strbuf_addf(&d->seen, "SSH server '%.80s', ", banner);
    }
    *out = d;
    return 0;
}

void detection_free(struct detection *d)
{
    if (d) {
        strbuf_release(&d->seen);
        strbuf_release(&d->why);
        free(d->candidates);
        free(d);
    }
}

const struct platform *detection_found(const struct detection *d)
{
    return d->found;
}

const char *detection_why(const struct detection *d)
{
    return d->why.buf;
}

static size_t count(const struct detection *d, enum standing standing, bool with_banner)
{
    size_t n = 0;
    for (size_t i = 0; i < d->detector->n; i++) {
        const struct candidate *c = &d->candidates[i];
        n += c->standing == standing && (c->banner || !with_banner);
    }
    return n;
}

/* ---- The end -------------------------------------------------------------------------------
 */

static void add_names(struct strbuf *out, const struct detection *d, enum standing standing)
{
    size_t n = 0, all = count(d, standing, false);
    for (size_t i = 0; i < d->detector->n; i++) {
        if (d->candidates[i].standing == standing && n++ < NAMES_MOST) {
            strbuf_addf(out, "%s%s",
                        n == 1     ? ""
                        : n == all ? " or "
                                   : ", ",
                        d->candidates[i].platform->name);
        }
    }
    if (all > NAMES_MOST) {
        strbuf_addf(out, " or %zu others", all - NAMES_MOST);
    }
}

static void found(struct detection *d, const struct platform *p)
{
    d->found = p;
    d->over = true;
    strbuf_addview(&d->why, strbuf_view(&d->seen));
}

static void give_up(struct detection *d)
{
    enum standing left = count(d, FITS, false) ? FITS : POSSIBLE;
    d->over = true;
    strbuf_addf(&d->why, "cannot tell the platform from %s: ", d->seen.buf);
    if (count(d, left, false)) {
        strbuf_addstr(&d->why, left == FITS ? "they fit " : "it may be ");
        add_names(&d->why, d, left);
    } else {
        strbuf_addf(&d->why, "none of the %zu known ones fits", d->detector->n);
    }
    strbuf_addstr(&d->why, "; say it with `platform: NAME` or --platform NAME");
}

/* The only one of a standing, by its banner where there are several; or NULL. */
static const struct platform *only_one(const struct detection *d, enum standing standing)
{
    bool with_banner = count(d, standing, false) > 1;
    const struct platform *only = NULL;
    if (count(d, standing, with_banner) != 1) {
        return NULL;
    }
    for (size_t i = 0; i < d->detector->n; i++) {
        const struct candidate *c = &d->candidates[i];
        if (c->standing == standing && (c->banner || !with_banner)) {
            only = c->platform;
        }
    }
    return only;
}

/* ---- The prompt ----------------------------------------------------------------------------
 */

static bool prompt_fits(const struct detection *d, const struct platform *p, struct view prompt)
{
    const struct regex *re = p->detect.prompt ? p->detect.prompt : p->prompt.items[0];
    return regex_match(re, d->scratch, prompt, NULL, 0, NULL) == 1;
}

void detection_prompt(struct detection *d, struct view prompt)
{
    prompt = view_trim(prompt);
    strbuf_addf(&d->seen, "prompt '%.*s'", VIEW_ARG(view_slice(prompt, 0, QUOTE_MOST)));
    for (size_t i = 0; i < d->detector->n; i++) {
        if (!prompt_fits(d, d->candidates[i].platform, prompt)) {
            d->candidates[i].standing = OUT;
        }
    }
    if (count(d, POSSIBLE, false) == 1 && count(d, POSSIBLE, true) == 1) {
        found(d, only_one(d, POSSIBLE));
    }
}

/* ---- Commands ------------------------------------------------------------------------------
 */

static bool was_asked(const struct detection *d, const char *command)
{
    for (size_t i = 0; i < d->nasked; i++) {
        if (strcmp(d->asked[i], command) == 0) {
            return true;
        }
    }
    return false;
}

static const struct command_pattern *told_by(const struct platform *p, const char *command)
{
    for (size_t i = 0; i < p->detect.ncommands; i++) {
        if (strcmp(p->detect.commands[i].command, command) == 0) {
            return &p->detect.commands[i];
        }
    }
    return NULL;
}

/* How much a command would tell. */
static size_t weight(const struct detection *d, const char *command)
{
    size_t sum = 0;
    for (size_t i = 0; i < d->detector->n; i++) {
        const struct candidate *c = &d->candidates[i];
        if (c->standing == POSSIBLE && told_by(c->platform, command)) {
            sum += c->banner ? BANNER_WEIGHT : 1;
        }
    }
    return sum;
}

static const char *best_command(const struct detection *d)
{
    const char *best = NULL;
    size_t most = 0;
    for (size_t i = 0; i < d->detector->n; i++) {
        const struct candidate *c = &d->candidates[i];
        for (size_t k = 0; k < c->platform->detect.ncommands; k++) {
            const char *command = c->platform->detect.commands[k].command;
            size_t w =
                c->standing == POSSIBLE && !was_asked(d, command) ? weight(d, command) : 0;
            if (w > most) {
                most = w;
                best = command;
            }
        }
    }
    return best;
}

const char *detection_next(struct detection *d)
{
    const char *command = NULL;
    if (!d->over && d->nasked < DETECT_COMMANDS_MOST) {
        command = best_command(d);
    }
    if (command) {
        d->asked[d->nasked++] = command;
    } else if (!d->over) {
        give_up(d);
    }
    return command;
}

/* The first line of the output that the pattern is found in. */
static bool find_line(const struct detection *d, const struct regex *re, struct view output,
                      struct view *line)
{
    while (output.len > 0) {
        const char *end = memchr(output.ptr, '\n', output.len);
        *line = view_slice(output, 0, end ? (size_t)(end - output.ptr) : output.len);
        output = view_slice(output, line->len + 1, output.len);
        line->len = line->len < LIMIT_LINE_BYTES ? line->len : LIMIT_LINE_BYTES;
        if (regex_match(re, d->scratch, *line, NULL, 0, NULL) == 1) {
            return true;
        }
    }
    return false;
}

/* Platforms that no other command can tell are out. */
static void rule_out(struct detection *d, struct candidate *c)
{
    size_t left = 0;
    for (size_t i = 0; i < c->platform->detect.ncommands; i++) {
        left += !was_asked(d, c->platform->detect.commands[i].command);
    }
    c->standing = left ? POSSIBLE : OUT;
}

void detection_output(struct detection *d, struct view output)
{
    const char *command = d->asked[d->nasked - 1];
    struct view line, told = VIEW_NONE;
    for (size_t i = 0; i < d->detector->n; i++) {
        struct candidate *c = &d->candidates[i];
        const struct command_pattern *how =
            c->standing == POSSIBLE ? told_by(c->platform, command) : NULL;
        if (how && find_line(d, how->pattern, output, &line)) {
            c->standing = FITS;
            told = told.ptr ? told : line;
        } else if (how) {
            rule_out(d, c);
        }
    }
    strbuf_addf(&d->seen, ", %s", command);
    if (told.ptr) {
        told = view_trim(told);
        strbuf_addf(&d->seen, ": '%.*s'", VIEW_ARG(view_slice(told, 0, QUOTE_MOST)));
        const struct platform *only = only_one(d, FITS);
        if (only) {
            found(d, only);
        } else {
            give_up(d);
        }
    }
}
