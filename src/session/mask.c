#include "session/mask.h"

#define MASKED "<secret>"

int mask_init(struct mask *mask, const struct view *secrets, size_t n, struct err *err)
{
    *mask = (struct mask){.held = STRBUF_INIT};
    for (size_t i = 0; i < n && mask->n < MASK_SECRETS; i++) {
        if (secrets[i].len < MASK_LEAST) {
            continue;
        }
        mask->secrets[mask->n] = (struct secret)SECRET_INIT;
        int rc = secret_set(&mask->secrets[mask->n], secrets[i], err);
        if (rc < 0) {
            mask_release(mask);
            return rc;
        }
        mask->n++;
    }
    return 0;
}

static void wipe_held(struct mask *mask)
{
    if (mask->held.size) {
        secret_wipe(mask->held.buf, mask->held.size);
    }
}

void mask_release(struct mask *mask)
{
    for (size_t i = 0; i < mask->n; i++) {
        secret_release(&mask->secrets[i]);
    }
    mask->n = 0;
    wipe_held(mask);
    strbuf_release(&mask->held);
}

/* Matching. What a match needs to see and has not come yet is `partial`. */

struct match {
    bool partial;
    size_t len; /* 0 = none */
};

/* How long the terminal sequence at p is, 0 = it has not ended yet. */
static size_t sequence(struct view text, size_t p)
{
    size_t at = p + 1;
    if (at < text.len && text.ptr[at] == '[') {
        at++;
        while (at < text.len && text.ptr[at] >= 0x20 && text.ptr[at] < 0x40) {
            at++;
        }
    }
    return at < text.len ? at + 1 - p : 0;
}

/* How many bytes at p are no text, and how many typed ones they take back. */
static size_t skip_control(struct view text, size_t p, size_t *typed)
{
    unsigned char c = (unsigned char)text.ptr[p];
    if (c == 0x1B) {
        return sequence(text, p);
    }
    if ((c == '\b' || c == 0x7F) && *typed > 0) {
        --*typed;
    }
    return 1;
}

static struct match match_secret(struct view text, size_t from, const struct secret *secret)
{
    size_t p = from, typed = 0;
    while (typed < secret->len && p < text.len && p - from < MASK_HELD_MOST) {
        unsigned char c = (unsigned char)text.ptr[p];
        size_t n = 1;
        if (c == (unsigned char)secret->bytes[typed]) {
            typed++;
        } else if (p == from || (c >= 0x20 && c != 0x7F)) {
            return (struct match){0};
        } else if ((n = skip_control(text, p, &typed)) == 0) {
            return (struct match){.partial = true};
        }
        p += n;
    }
    bool whole = typed == secret->len;
    return (struct match){.partial = !whole && p >= text.len && p - from < MASK_HELD_MOST,
                          .len = whole ? p - from : 0};
}

/* The longest at one place. */
static struct match match_any(const struct mask *mask, struct view text, size_t from)
{
    struct match best = {0};
    for (size_t i = 0; i < mask->n; i++) {
        struct match match = match_secret(text, from, &mask->secrets[i]);
        best.partial |= match.partial;
        best.len = match.len > best.len ? match.len : best.len;
    }
    return best;
}

/* The same with those that begin within it and reach beyond. */
static struct match match_at(const struct mask *mask, struct view text, size_t from)
{
    struct match all = match_any(mask, text, from);
    for (size_t at = from + 1; at < from + all.len; at++) {
        struct match more = match_any(mask, text, at);
        all.partial |= more.partial;
        if (more.len && at + more.len > from + all.len) {
            all.len = at + more.len - from;
        }
    }
    return all;
}

/* How far it can be said what is a secret; the rest stays. */
static size_t settle(const struct mask *mask, struct view text, bool last, struct strbuf *out)
{
    size_t at = 0, plain = 0;
    while (at < text.len) {
        struct match match = match_at(mask, text, at);
        if (match.partial && !last) {
            break;
        }
        if (match.len) {
            strbuf_addview(out, view_slice(text, plain, at));
            strbuf_addstr(out, MASKED);
            plain = at + match.len;
        }
        at += match.len ? match.len : 1;
    }
    strbuf_addview(out, view_slice(text, plain, at));
    return at;
}

static void go_on(struct mask *mask, bool last, struct strbuf *out)
{
    size_t done = settle(mask, strbuf_view(&mask->held), last, out);
    strbuf_consume(&mask->held, done);
}

void mask_feed(struct mask *mask, struct view bytes, struct strbuf *out)
{
    if (mask->n == 0) {
        strbuf_addview(out, bytes);
        return;
    }
    strbuf_addview(&mask->held, bytes);
    go_on(mask, false, out);
}

void mask_flush(struct mask *mask, struct strbuf *out)
{
    go_on(mask, true, out);
}
