/* The machine: a line walks through the rules of the current state. */
#include "textfsm/pystr.h"
#include "textfsm/run.h"

#include <time.h>

/* ---- Failing ---- */

int machine_stop(struct textfsm_run *run, const struct rule *rule, struct view line, int code)
{
    run->failed.code = code;
    run->failed.input_line = run->stats.lines;
    run->failed_rule = rule;
    run->failed_state = run->state;
    alloc_free(run->alloc, run->failed_text);
    run->failed_text = line.len ? alloc_get(run->alloc, line.len) : NULL;
    run->failed_len = run->failed_text ? line.len : 0;
    if (run->failed_len) {
        memcpy(run->failed_text, line.ptr, line.len);
    }
    return code;
}

static COLD int stop_error_rule(struct textfsm_run *run, const struct rule *rule)
{
    struct view line = run->look.line;
    size_t shown = line.len < 200 ? line.len : 200;
    fail_at(&run->failed, TEXTFSM_STATE_ERROR, run->t->name, rule->pub.line, 0,
            "Error%s%s in state %s at input line %zu: %.*s%s", rule->target.len ? " " : "",
            rule->pub.target, rule->pub.state, run->stats.lines, (int)shown, line.ptr,
            shown < line.len ? "..." : "");
    return machine_stop(run, rule, line, TEXTFSM_STATE_ERROR);
}

static COLD int stop_match(struct textfsm_run *run, const struct rule *rule, int rc)
{
    int code = fail_code(rc, TEXTFSM_LIMIT);
    fail_at(&run->failed, code, run->t->name, rule->pub.line, 0,
            "input line %zu, state %s: %s; make the rule %s more definite", run->stats.lines,
            rule->pub.state, run->match_err.text, rule->pub.text);
    return machine_stop(run, rule, run->look.line, code);
}

COLD int machine_long_line(struct textfsm_run *run)
{
    run->stats.lines++;
    fail_set(&run->failed, TEXTFSM_LIMIT, "%s: input line %zu is longer than %zu bytes",
             run->t->name, run->stats.lines, run->max_line);
    return machine_stop(run, NULL, VIEW_NONE, TEXTFSM_LIMIT);
}

/* ---- Time ---- */

static ms_t cpu_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
    return (ms_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

#define CALLS_UNTIMED 64

/* The wall clock is cheap, the CPU clock is not, and waiting for a slow receiver of rows is to
 * cost nothing. So the CPU clock is asked only from when half of the budget has gone by on the
 * wall clock, inside of feeds; the second half must have gone by on both. */
static COLD int check_budget(struct textfsm_run *run, const struct rule *rule, struct view line)
{
    run->calls = CALLS_UNTIMED;
    ms_t wall = (run->spent_us + now_us() - run->feed_started) / 1000;
    if (wall <= run->budget_ms / 2) {
        return 0;
    }
    if (run->cpu_started < 0) {
        run->cpu_started = cpu_ms();
    }
    if (wall <= run->budget_ms || cpu_ms() - run->cpu_started <= run->budget_ms / 2) {
        return 0;
    }
    fail_at(&run->failed, TEXTFSM_LIMIT, run->t->name, rule->pub.line, 0,
            "input line %zu, state %s: the parse took more than %lld ms of CPU time",
            run->stats.lines, rule->pub.state, (long long)run->budget_ms);
    return machine_stop(run, rule, line, TEXTFSM_LIMIT);
}

void machine_start_clock(struct textfsm_run *run)
{
    run->feed_started = now_us();
}

void machine_stop_clock(struct textfsm_run *run)
{
    run->spent_us += now_us() - run->feed_started;
}

/* ---- One line ---- */

static const struct rule *rule_of(const struct textfsm_run *run, const struct step *step)
{
    return &run->t->rules[step - run->t->steps];
}

static int match(struct textfsm_run *run, const struct step *step)
{
    if (--run->calls == 0) {
        int rc = check_budget(run, rule_of(run, step), run->look.line);
        if (rc < 0) {
            return rc;
        }
    }
    int rc = regex_match_subject(step->re, run->scratch, run->look.subject, run->groups,
                                 &run->match_err);
    return rc < 0 ? stop_match(run, rule_of(run, step), rc) : rc;
}

static void show_given(struct textfsm_run *run, const struct rule *rule)
{
    for (unsigned i = 0; i < rule->pub.nvalues; i++) {
        run->given[i] = record_item(run->groups[rule->groups[i]]);
    }
}

/* step NULL: no rule matched. */
static COLD void trace_step(struct textfsm_run *run, const struct step *step,
                            const struct outcome *outcome)
{
    struct view line = run->look.line;
    const struct rule *rule = step ? rule_of(run, step) : NULL;
    if (rule) {
        show_given(run, rule);
    }
    const struct textfsm_trace trace = {.input_line = run->stats.lines,
                                        .text = line.ptr ? line.ptr : "",
                                        .len = line.len,
                                        .state = run->state->pub.name,
                                        .rule = rule ? &rule->pub : NULL,
                                        .cells = run->given,
                                        .outcome = outcome->code,
                                        .refused_by = outcome->refused_by};
    run->options.on_trace(run->options.user, &trace);
}

/* What a matched rule does. Returns 1 when the line is done, 0 to go on with the next rule. */
static int act(struct textfsm_run *run, const struct step *step)
{
    struct outcome outcome = {TEXTFSM_NOT_RECORDED, 0};
    int rc = record_assign(run, step, &run->failed);
    if (rc == 0 && step->record_op != TEXTFSM_NORECORD) {
        rc = record_operate(run, step->record_op, &outcome, &run->failed);
    }
    if (run->given) {
        trace_step(run, step, &outcome);
    }
    if (rc < 0) {
        return machine_stop(run, rule_of(run, step), run->look.line, rc);
    }
    if (step->line_op != TEXTFSM_NEXT) {
        return step->line_op == TEXTFSM_CONTINUE ? 0 : stop_error_rule(run, rule_of(run, step));
    }
    if (step->dest >= 0) {
        run->state = &run->t->states[step->dest];
        run->ended = 0;
    } else if (step->dest != DEST_STAY) {
        run->ended = step->dest;
    }
    return 1;
}

static COLD void trace_unmatched(struct textfsm_run *run)
{
    const struct outcome outcome = {TEXTFSM_NOT_RECORDED, 0};
    trace_step(run, NULL, &outcome);
}

static COLD void count_unmatched(struct textfsm_run *run)
{
    struct view line = run->look.line;
    run->stats.unmatched++;
    if (run->options.on_unmatched) {
        run->options.on_unmatched(run->options.user, run->stats.lines, run->state->pub.name,
                                  line.ptr, line.len);
    }
}

static void count_line(struct textfsm_run *run)
{
    const struct look *look = &run->look;
    bool blank = look->lead >= 0x80 && (look->lead == LEAD_END || pystr_blank(look->line));
    if (run->matched) {
        run->stats.matched += !blank;
        return;
    }
    if (run->given) {
        trace_unmatched(run);
    }
    if (!blank) {
        count_unmatched(run);
    }
}

/* Rules of the current state in their order, but only those that the line's ends and their
 * filters admit: `left` of the 64 from steps on. 1 when the line is done, < 0 for an error. */
static int walk_rules(struct textfsm_run *run, const struct dispatch *dispatch,
                      const struct step *steps, uint64_t left)
{
    for (; left; left &= left - 1) {
        const struct step *step = steps + __builtin_ctzll(left);
        if (look_admits(&run->look, dispatch, &step->filter)) {
            int rc = match(run, step);
            if (rc > 0) {
                run->matched = true;
                rc = act(run, step);
            }
            if (rc != 0) {
                return rc;
            }
        }
    }
    return 0;
}

static int walk_state(struct textfsm_run *run)
{
    const struct state *state = run->state;
    const struct dispatch *dispatch = &state->dispatch;
    unsigned w = 0;
    int rc;
    do {
        rc = walk_rules(run, dispatch, state->steps + w * 64,
                        look_left(&run->look, dispatch, w));
    } while (rc == 0 && ++w < dispatch->words);
    return rc;
}

int machine_line(struct textfsm_run *run, struct view line, bool ascii, size_t room)
{
    if (line.len > run->max_line) {
        return machine_long_line(run);
    }
    if (run->stats.lines++ == 0 && view_starts(line, VIEW("\xEF\xBB\xBF"))) {
        line = view_slice(line, 3, line.len);
        room -= 3;
    }
    look_init(&run->look, line, room);
    regex_subject_set(run->look.subject, line, ascii ? REGEX_TEXT_ASCII : regex_text_of(line),
                      room);
    run->matched = false;
    int rc = walk_state(run);
    run->ignoring = run->ended != 0;
    if (rc < 0) {
        return rc;
    }
    count_line(run);
    return 0;
}
