/* Chunks become lines: a line may come in pieces, and is then put together in run->carry. */
#include "textfsm/lines.h"
#include "textfsm/run.h"

static int carry_add(struct textfsm_run *run, struct view v)
{
    if (v.len > run->max_line - run->carry_len) {
        return machine_long_line(run);
    }
    size_t need = run->carry_len + v.len;
    if (need > run->carry_size) {
        size_t size = need > 2 * run->carry_size ? need : 2 * run->carry_size;
        char *carry = alloc_resize(run->alloc, run->carry, size);
        if (!carry) {
            fail_nomem(&run->failed);
            return machine_stop(run, NULL, VIEW_NONE, TEXTFSM_NOMEM);
        }
        run->carry = carry;
        run->carry_size = size;
    }
    if (v.len) {
        memcpy(run->carry + run->carry_len, v.ptr, v.len);
        run->carry_len = need;
    }
    return 0;
}

/* The line that began in earlier chunks: ends it if its end is here. */
static int end_carry(struct textfsm_run *run, struct lines *lines)
{
    size_t back;
    struct line line;
    struct view carry = view_make(run->carry, run->carry_len);
    size_t taken = line_end_across(carry, lines->text, &back);
    if (taken) {
        run->carry_len -= back;
        lines_go_to(lines, taken);
    } else if (lines_next(lines, &line)) {
        int rc = carry_add(run, line.text);
        if (rc < 0) {
            return rc;
        }
    } else {
        return 0;
    }
    carry = view_make(run->carry, run->carry_len);
    run->carry_len = 0;
    return machine_line(run, carry, false, run->carry_size);
}

static int take_lines(struct textfsm_run *run, struct lines *lines)
{
    const char *end = lines->text.ptr + lines->text.len;
    struct line line;
    int rc = 0;
    while (rc == 0 && !run->ignoring && lines_next(lines, &line)) {
        rc = machine_line(run, line.text, line.ascii, (size_t)(end - line.text.ptr));
    }
    return rc;
}

int chunk_take(struct textfsm_run *run, struct view text)
{
    struct lines lines;
    if (run->skip_lf && text.ptr[0] == '\n') {
        text = view_slice(text, 1, text.len);
    }
    lines_init(&lines, text);
    int rc = run->carry_len && text.len ? end_carry(run, &lines) : 0;
    if (rc == 0) {
        rc = take_lines(run, &lines);
    }
    run->skip_lf = text.len && lines.from == text.len && text.ptr[text.len - 1] == '\r';
    int pinned = record_pin(run, rc < 0 ? NULL : &run->failed);
    if (rc == 0 && pinned < 0) {
        rc = machine_stop(run, NULL, VIEW_NONE, pinned);
    }
    if (rc == 0 && !run->ignoring) {
        rc = carry_add(run, view_slice(text, lines.from, text.len));
    }
    return rc;
}
