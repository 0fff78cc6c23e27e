#include "collect/name_range.h"

#include "base/limits.h"
#include "base/number.h"

static bool range_bound(struct view text, bool *letter, int64_t *out)
{
    *letter = text.len == 1 && ((text.ptr[0] >= 'a' && text.ptr[0] <= 'z') ||
                                (text.ptr[0] >= 'A' && text.ptr[0] <= 'Z'));
    if (*letter) {
        *out = text.ptr[0];
    }
    return *letter || number_int(text, 0, 1000000000, out);
}

static struct view next_part(struct view *rest)
{
    const char *colon = rest->len ? memchr(rest->ptr, ':', rest->len) : NULL;
    size_t n = colon ? (size_t)(colon - rest->ptr) : rest->len;
    struct view part = view_slice(*rest, 0, n);
    *rest = view_slice(*rest, n + 1, rest->len);
    return part;
}

bool name_range_read(struct name_range *out, struct view name)
{
    const char *open = name.len ? memchr(name.ptr, '[', name.len) : NULL;
    const char *close = open ? memchr(open, ']', name.len - (size_t)(open - name.ptr)) : NULL;
    if (!close) {
        return false;
    }
    bool from_letter, to_letter;
    struct view inside = view_make(open + 1, (size_t)(close - open) - 1);
    struct view from = next_part(&inside), to = next_part(&inside), step = next_part(&inside);
    out->head = view_make(name.ptr, (size_t)(open - name.ptr));
    out->tail = view_make(close + 1, name.len - out->head.len - (size_t)(close - open) - 1);
    out->step = 1;
    out->width = from.len > 1 && from.ptr[0] == '0' ? (int)from.len : 0;
    bool ok = range_bound(from, &from_letter, &out->from) &&
              range_bound(to, &to_letter, &out->to) && from_letter == to_letter &&
              out->from <= out->to && (out->to - out->from) < LIMIT_HOSTS && inside.len == 0;
    out->letters = ok && from_letter;
    return ok && (step.len == 0 || number_int(step, 1, LIMIT_HOSTS, &out->step));
}

const char *name_range_item(const struct name_range *range, int64_t i, struct arena *arena)
{
    if (range->letters) {
        return arena_printf(arena, "%.*s%c%.*s", VIEW_ARG(range->head), (int)i,
                            VIEW_ARG(range->tail));
    }
    return arena_printf(arena, "%.*s%0*lld%.*s", VIEW_ARG(range->head), range->width,
                        (long long)i, VIEW_ARG(range->tail));
}
