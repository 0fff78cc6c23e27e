#include "session/dialogue_part.h"

#include "base/limits.h"
#include "session/echo.h"

/* Empty lines typed to learn one prompt: more means that something else swallows them. */
#define PROBES_MOST 3

/* Answers typed at login: more means that they are no answers. */
#define ANSWERS_MOST 10

/* A line that a device waits in is no longer than this. */
#define WAITING_LINE_MOST 512

/* Lines looked at between a prompt and the same prompt again, and above a prompt. */
#define LINES_BETWEEN_MOST 50
#define LINES_ABOVE_MOST   64

static struct view trim_end(struct view line)
{
    while (line.len > 0 && (line.ptr[line.len - 1] == ' ' || line.ptr[line.len - 1] == '\t')) {
        line.len--;
    }
    return line;
}

struct view dialogue_last_line(const struct dialogue *d)
{
    return trim_end(screen_last_line(&d->screen));
}

static bool matches(const struct dialogue *d, const struct regex *re, struct view line)
{
    line = view_trim(line);
    return re && line.len > 0 && line.len <= WAITING_LINE_MOST &&
           regex_match(re, d->scratch, line, NULL, 0, NULL) == 1;
}

/* Whether two lines are the same but for what a pattern finds in each. */
static bool same_but(const struct dialogue *d, const struct regex *varies, struct view a,
                     struct view b)
{
    struct view x, y;
    if (regex_match(varies, d->scratch, a, &x, 1, NULL) != 1 ||
        regex_match(varies, d->scratch, b, &y, 1, NULL) != 1) {
        return false;
    }
    size_t from_x = (size_t)(x.ptr - a.ptr), from_y = (size_t)(y.ptr - b.ptr);
    return view_equal(view_slice(a, 0, from_x), view_slice(b, 0, from_y)) &&
           view_equal(view_slice(a, from_x + x.len, a.len),
                      view_slice(b, from_y + y.len, b.len));
}

/* Whether two lines are the same prompt, the part that varies aside. */
static bool same_prompt(const struct dialogue *d, struct view a, struct view b)
{
    const struct regex_list *varies = &d->platform->prompt_varies;
    bool same = view_equal(a, b);
    bool fits = a.len > 0 && a.len <= WAITING_LINE_MOST;
    for (size_t i = 0; i < varies->n && fits && !same; i++) {
        same = same_but(d, varies->items[i], a, b);
    }
    return same;
}

static bool matches_any(const struct dialogue *d, const struct regex_list *list,
                        struct view line)
{
    for (size_t i = 0; i < list->n; i++) {
        if (matches(d, list->items[i], line)) {
            return true;
        }
    }
    return false;
}

static const char *answer_to(const struct dialogue *d, const struct answer_list *list,
                             struct view line)
{
    for (size_t i = 0; i < list->n; i++) {
        if (matches(d, list->items[i].pattern, line)) {
            return list->items[i].send;
        }
    }
    return NULL;
}

/* The line before the one at offset, without its line feed; its own offset into *at. */
static struct view line_before(const struct dialogue *d, size_t offset, size_t *at)
{
    const char *text = d->screen.text.buf;
    size_t end = offset - 1, from = end;
    while (from > 0 && text[from - 1] != '\n') {
        from--;
    }
    *at = from;
    return view_make(text + from, end - from);
}

struct view dialogue_last_words(const struct dialogue *d, size_t from, size_t to)
{
    struct view words = view_slice(strbuf_view(&d->screen.text), d->screen.line_start, to);
    size_t offset = d->screen.line_start < to ? d->screen.line_start : to;
    words = view_trim(words);
    for (int n = 0; n < LINES_BETWEEN_MOST && offset > from && words.len == 0; n++) {
        words = view_trim(line_before(d, offset, &offset));
    }
    return view_slice(words, 0, 200);
}

/* Without the lines that a prompt at offset puts above itself. */
static size_t above_prompt(const struct dialogue *d, size_t offset)
{
    for (int n = 0; n < LINES_ABOVE_MOST && d->platform->prompt_above.n && offset > d->start;
         n++) {
        size_t at;
        struct view line = line_before(d, offset, &at);
        if (!matches_any(d, &d->platform->prompt_above, line)) {
            break;
        }
        offset = at;
    }
    return offset;
}

/*
 * Whether an empty line was answered by the prompt it was typed at: the last line is a prompt,
 * and so is, with nothing between, the line of `from` or one after it. *end is where the first
 * of them begins: for a prompt glued to the end of other text, within its line.
 */
static bool prompt_twice(const struct dialogue *d, struct view *prompt, size_t *end)
{
    struct view last = dialogue_last_line(d);
    bool found = false;
    size_t offset = d->screen.line_start;
    if (!matches_any(d, &d->platform->prompt, last)) {
        return false;
    }
    for (int n = 0; n < LINES_BETWEEN_MOST && offset > d->from; n++) {
        struct view line = trim_end(line_before(d, offset, &offset));
        if (same_prompt(d, line, last)) {
            *end = offset;
            found = true;
        } else if (offset == d->from && view_ends(line, last)) {
            *end = offset + line.len - last.len;
            found = true;
        } else if (line.len > 0 && !matches_any(d, &d->platform->prompt_above, line)) {
            break;
        }
    }
    *prompt = last;
    return found;
}

/* --More--: true when one stands there, answered now or before. */
static bool at_pager(struct dialogue *d)
{
    if (screen_pager_stands(&d->screen)) {
        return true;
    }
    const char *send = answer_to(d, &d->platform->pager, dialogue_last_line(d));
    if (!send) {
        return false;
    }
    if (++d->pagers > LIMIT_PAGER_ANSWERS) {
        dialogue_fail(d, DIALOGUE_TOO_LARGE, "more than %d pages", LIMIT_PAGER_ANSWERS);
        return true;
    }
    screen_pager(&d->screen, 0);
    dialogue_type(d, view_of(send), false);
    return true;
}

/* Types something at a line that is no prompt; the line then has its answer. */
static void answer(struct dialogue *d, struct view bytes, bool newline)
{
    d->from = d->screen.line_start;
    d->answered = true;
    dialogue_type(d, bytes, newline);
}

static bool has_answer(const struct dialogue *d)
{
    return d->answered && d->from == d->screen.line_start;
}

/* A secret, only where it was asked for on purpose, and once. */
static void answer_once(struct dialogue *d, const struct secret *secret, bool *asked,
                        const char *what)
{
    if (*asked) {
        dialogue_fail(d, DIALOGUE_QUESTION, "the device asks for the %s again", what);
    } else if (!secret_given(secret)) {
        dialogue_fail(d, DIALOGUE_QUESTION, "the device asks for a %s, and there is none",
                      what);
    } else {
        *asked = true;
        d->unsent_secret = secret != &d->username;
        answer(d, secret_view(secret), true);
    }
}

/* What a shell may ask before its first prompt. */
static bool at_login_question(struct dialogue *d)
{
    struct view line = dialogue_last_line(d);
    const struct platform *p = d->platform;
    if (has_answer(d) || line.len == 0) {
        return has_answer(d);
    }
    if (matches_any(d, &p->login.username, line)) {
        answer_once(d, &d->username, &d->asked_username, "user name");
        return true;
    }
    bool asks_password = !p->unknown || d->asked_username;
    if (asks_password && matches_any(d, &p->login.password, line)) {
        answer_once(d, &d->password, &d->asked_password, "password");
        return true;
    }
    const char *send = answer_to(d, &p->login.answers, line);
    if (send && ++d->answers > ANSWERS_MOST) {
        dialogue_fail(d, DIALOGUE_QUESTION, "the device keeps asking '%.*s'",
                      VIEW_ARG(view_slice(line, 0, 200)));
    } else if (send) {
        answer(d, view_of(send), false);
    }
    return send;
}

static bool privileged(const struct dialogue *d)
{
    bool said = d->enabled || !d->platform->enable.done;
    return said && matches(d, d->platform->enable.prompt, dialogue_prompt(d));
}

/* Whether a line since the enable command says that it was granted. */
static bool says_enabled(const struct dialogue *d)
{
    size_t offset = d->screen.line_start;
    bool said = false;
    for (int n = 0; n < LINES_BETWEEN_MOST && offset > d->start && !said; n++) {
        said = matches(d, d->platform->enable.done, line_before(d, offset, &offset));
    }
    return said;
}

static void refuse_enable(struct dialogue *d)
{
    struct view words = dialogue_last_words(d, d->start, d->screen.line_start);
    if (words.len > 0) {
        dialogue_fail(d, DIALOGUE_ENABLE_FAILED, "enable was refused: %.*s", VIEW_ARG(words));
    } else {
        dialogue_fail(d, DIALOGUE_ENABLE_FAILED,
                      "enable had no effect: the prompt is still '%.*s'",
                      VIEW_ARG(dialogue_last_line(d)));
    }
}

void dialogue_settle(struct dialogue *d)
{
    if (d->enable && !privileged(d)) {
        dialogue_type_line(d, view_of(d->platform->enable.command), FOR_ENABLE);
    } else {
        dialogue_at_prompt(d);
    }
}

static void learnt(struct dialogue *d, struct view prompt, size_t end)
{
    dialogue_set_prompt(d, prompt);
    switch (d->purpose) {
    case FOR_LOGIN:
        dialogue_forget(d, d->screen.line_start);
        dialogue_settle(d);
        break;
    case FOR_ENABLE:
        if (!privileged(d)) {
            dialogue_fail(d, DIALOGUE_ENABLE_FAILED,
                          "enable led to the prompt '%.*s', which is not a privileged one",
                          VIEW_ARG(view_slice(dialogue_prompt(d), 0, 200)));
        } else {
            dialogue_forget(d, d->screen.line_start);
            dialogue_at_prompt(d);
        }
        break;
    case FOR_SETUP:
        dialogue_forget(d, d->screen.line_start);
        dialogue_at_prompt(d);
        break;
    default:
        if (d->purpose == FOR_CHANGE) {
            d->seen_at = d->last;
        }
        dialogue_deliver(d, above_prompt(d, end), d->screen.line_start);
        break;
    }
}

/* Each step returns whether the next one should look at once. */

static bool look_learn(struct dialogue *d)
{
    struct view prompt;
    size_t end;
    if (d->purpose == FOR_LOGIN && at_login_question(d)) {
        return false;
    }
    if (d->probes == 0) {
        if (matches_any(d, &d->platform->prompt_end, dialogue_last_line(d))) {
            dialogue_learn(d, d->purpose);
        }
        return false;
    }
    if (!prompt_twice(d, &prompt, &end)) {
        return false;
    }
    learnt(d, prompt, end);
    return true;
}

static size_t line_length(struct view text)
{
    return (size_t)((const char *)memchr(text.ptr, '\n', text.len) - text.ptr) + 1;
}

/* Looks for the echo in the line of `from` or, when more output came first, below. Then it
 * begins at d->scan. */
static bool find_echo(struct dialogue *d, size_t *length)
{
    struct view text = strbuf_view(&d->screen.text), command = strbuf_view(&d->command);
    while (d->scan < d->screen.line_start) {
        struct view rest = view_slice(text, d->scan, text.len);
        enum echo found = echo_match(rest, dialogue_prompt(d), command, length);
        if (found == ECHO_NONE && d->scan == d->from && d->heard_line &&
            echo_heard(strbuf_view(&d->heard), command)) {
            *length = line_length(rest);
            found = ECHO_FOUND;
        }
        if (found != ECHO_NONE) {
            return found == ECHO_FOUND;
        }
        d->scan += line_length(rest);
    }
    return false;
}

static bool look_echo(struct dialogue *d)
{
    size_t length = 0;
    if (!find_echo(d, &length)) {
        return false;
    }
    if (d->pending) {
        dialogue_deliver(d, above_prompt(d, d->scan), d->scan + length);
        return false;
    }
    d->start = d->scan + length;
    d->phase = d->purpose == FOR_ENABLE ? PHASE_ENABLE : PHASE_RUN;
    d->answered = false;
    return true;
}

static bool at_exact_prompt(const struct dialogue *d)
{
    return same_prompt(d, dialogue_last_line(d), dialogue_prompt(d));
}

static bool look_enable(struct dialogue *d)
{
    struct view line = dialogue_last_line(d);
    if (has_answer(d) || line.len == 0) {
        return false;
    }
    d->enabled = d->enabled || says_enabled(d);
    bool granted = d->enabled || !d->platform->enable.done;
    if (matches(d, d->platform->enable.password, line)) {
        if (d->asked_secret) {
            dialogue_fail(d, DIALOGUE_ENABLE_FAILED,
                          "enable was refused: the device asks for the password again");
        } else {
            d->asked_secret = true;
            d->unsent_secret = true;
            answer(d, secret_view(&d->secret), true);
        }
    } else if (granted && matches(d, d->platform->enable.prompt, line)) {
        dialogue_learn(d, FOR_ENABLE);
    } else if (at_exact_prompt(d)) {
        refuse_enable(d);
    }
    return false;
}

static bool look_run(struct dialogue *d)
{
    if (!at_exact_prompt(d)) {
        return false;
    }
    if (d->platform->prompt_varies.n) {
        dialogue_set_prompt(d, dialogue_last_line(d));
    }
    if (d->purpose == FOR_SETUP) {
        dialogue_forget(d, d->screen.line_start);
    } else {
        d->have_output = true;
        d->seen_at = d->last;
    }
    dialogue_at_prompt(d);
    return true;
}

/* More came at a prompt at which nothing was typed: the output goes on, the prompt was its own.
 */
static bool look_idle(struct dialogue *d)
{
    if (at_exact_prompt(d)) {
        return false;
    }
    d->phase = PHASE_RUN;
    d->state = DIALOGUE_BUSY;
    d->quiet = d->now + DIALOGUE_QUIET_MS;
    if (!d->have_output) {
        d->purpose = FOR_SETUP;
        d->absolute = deadline_in(d->now, d->command_ms);
    }
    return true;
}

/* The lines that have come since the output began, and the one being written. */
static bool too_large(struct dialogue *d)
{
    size_t lines = (d->phase == PHASE_ECHO ? d->scan : d->screen.line_start);
    size_t all = d->phase == PHASE_ECHO ? lines : d->screen.text.len;
    if (lines <= d->start + d->max_bytes &&
        all <= d->start + d->max_bytes + WAITING_LINE_MOST) {
        return false;
    }
    dialogue_fail(d, DIALOGUE_TOO_LARGE, "the output is larger than %zu bytes", d->max_bytes);
    return true;
}

void dialogue_look(struct dialogue *d)
{
    static bool (*const steps[])(struct dialogue *) = {
        [PHASE_LEARN] = look_learn, [PHASE_ECHO] = look_echo, [PHASE_ENABLE] = look_enable,
        [PHASE_RUN] = look_run,     [PHASE_IDLE] = look_idle,
    };
    bool again = true;
    while (again && (d->state == DIALOGUE_BUSY || d->state == DIALOGUE_READY)) {
        again = false;
        if (!too_large(d) && (d->phase == PHASE_IDLE || !at_pager(d))) {
            again = steps[d->phase](d);
        }
    }
}

/* Nothing at all for a long time, at login: some devices wait for Enter. */
static void wake(struct dialogue *d)
{
    bool sleeps = !d->logged_in && d->phase == PHASE_LEARN && d->probes == 0 && !d->woken;
    if (sleeps && d->now >= deadline_in(d->last, DIALOGUE_WAKE_MS)) {
        d->woken = true;
        dialogue_type(d, VIEW_NONE, true);
    } else if (sleeps) {
        d->quiet = deadline_in(d->last, DIALOGUE_WAKE_MS);
    }
}

/* What looks like a prompt, and is not the one that was learnt, alone in its line. */
static void look_at_prompt(struct dialogue *d)
{
    ms_t again = deadline_in(d->probed_at, DIALOGUE_DOUBT_MS);
    if (d->phase == PHASE_LEARN && d->probes > 0 && d->now < again) {
        d->quiet = again;
    } else if (d->phase == PHASE_LEARN && d->probes < PROBES_MOST) {
        dialogue_probe(d);
    } else if (d->phase == PHASE_ENABLE) {
        dialogue_learn(d, FOR_ENABLE);
    } else if (d->phase == PHASE_RUN) {
        dialogue_learn(d, d->purpose == FOR_SETUP ? FOR_SETUP : FOR_CHANGE);
    }
}

static void at_question(struct dialogue *d, struct view line)
{
    ms_t sure = deadline_in(d->last, DIALOGUE_DOUBT_MS);
    if (d->now < sure) {
        d->quiet = sure;
    } else {
        dialogue_fail(d, DIALOGUE_QUESTION, "the device asks '%.*s'",
                      VIEW_ARG(view_slice(line, 0, 200)));
    }
}

void dialogue_look_quiet(struct dialogue *d)
{
    struct view line = dialogue_last_line(d);
    if (line.len == 0 || has_answer(d)) {
        wake(d);
    } else if (!at_exact_prompt(d) && matches_any(d, &d->platform->questions, line)) {
        at_question(d, line);
    } else if (matches_any(d, &d->platform->prompt_end, line)) {
        look_at_prompt(d);
    }
}
