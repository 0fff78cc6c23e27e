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

/* The line that began in earlier chunks: ends it if its end is here. *rest is what follows. */
static int end_carry(struct textfsm_run *run, struct view *rest)
{
    size_t back;
    struct view carry = view_make(run->carry, run->carry_len);
    size_t taken = line_end_across(carry, *rest, &back);
    if (taken) {
        run->carry_len -= back;
    } else {
        struct line_end end = line_end_find(*rest);
        int rc = carry_add(run, view_slice(*rest, 0, end.at));
        if (rc < 0 || end.len == 0) {
            *rest = VIEW_NONE;
            return rc;
        }
        taken = end.at + end.len;
        run->skip_lf = taken == rest->len && rest->ptr[taken - 1] == '\r';
    }
    *rest = view_slice(*rest, taken, rest->len);
    carry = view_make(run->carry, run->carry_len);
    run->carry_len = 0;
    return machine_line(run, carry, false, run->carry_size);
}

static int take_lines(struct textfsm_run *run, struct view *rest)
{
    while (rest->len && !run->ignoring) {
        struct line_end end = line_end_find(*rest);
        if (end.len == 0) {
            return 0;
        }
        size_t taken = end.at + end.len;
        run->skip_lf = taken == rest->len && rest->ptr[taken - 1] == '\r';
        int rc = machine_line(run, view_slice(*rest, 0, end.at), end.ascii, rest->len);
        if (rc < 0) {
            return rc;
        }
        *rest = view_slice(*rest, taken, rest->len);
    }
    return 0;
}

int chunk_take(struct textfsm_run *run, struct view rest)
{
    int rc = 0;
    if (run->skip_lf && rest.len && rest.ptr[0] == '\n') {
        rest = view_slice(rest, 1, rest.len);
        run->skip_lf = false;
    } else if (rest.len) {
        run->skip_lf = false;
    }
    if (run->carry_len && rest.len) {
        rc = end_carry(run, &rest);
    }
    if (rc == 0) {
        rc = take_lines(run, &rest);
    }
    if (rc < 0 || run->ignoring) {
        rest = VIEW_NONE;
    }
    int pinned = record_pin(run, rc < 0 ? NULL : &run->failed);
    if (rc == 0 && pinned < 0) {
        rc = machine_stop(run, NULL, VIEW_NONE, pinned);
    }
    return rc == 0 ? carry_add(run, rest) : rc;
}
