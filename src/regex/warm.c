#include "regex/warm.h"

#include "base/limits.h"
#include "regex/family.h"
#include "regex/native.h"

#define BATCH_MOST 64 /* tracks that get code at once */

void warm_join(struct regex *re, struct regex_family *family)
{
    re->sibling = family->members;
    re->in_family = &family->members;
    if (re->sibling) {
        re->sibling->in_family = &re->sibling;
    }
    family->members = re;
}

void warm_leave(struct regex *re)
{
    if (re->in_family) {
        *re->in_family = re->sibling;
        if (re->sibling) {
            re->sibling->in_family = re->in_family;
        }
    }
}

static bool is_wanted(const struct regex *re)
{
    struct regex *changes = (struct regex *)(uintptr_t)re;
    return !atomic_load_explicit(&changes->native, memory_order_relaxed) &&
           atomic_load_explicit(&changes->track_samples, memory_order_relaxed) >= WARM_SAMPLES / 4;
}

static void make_natives(struct regex_family *family)
{
    struct regex *batch[BATCH_MOST];
    const struct track *tracks[BATCH_MOST], *natives[BATCH_MOST];
    unsigned n = 0;
    for (struct regex *re = family->members; re && n < BATCH_MOST; re = re->sibling) {
        if (is_wanted(re)) {
            tracks[n] = &re->track;
            batch[n++] = re;
        }
    }
    if (n == 0) {
        return;
    }
    struct native *made = native_make(tracks, n, family, natives);
    if (!made) {
        family->refused = true;
        return;
    }
    made->next = family->natives;
    family->natives = made;
    family->native_bytes += made->size;
    family->refused = family->native_bytes > LIMIT_TRACK_CODE;
    for (unsigned i = 0; i < n; i++) {
        atomic_store_explicit(&batch[i]->native, natives[i], memory_order_release);
    }
}

/* Samples that get lost between threads do no harm. With the one that is hot those get code that
 * are on their way there: each mapping has its price. */
void warm_sample(const struct regex *re)
{
    struct regex *changes = (struct regex *)(uintptr_t)re;
    struct regex_family *family = (struct regex_family *)(uintptr_t)re->family;
    unsigned n = atomic_load_explicit(&changes->track_samples, memory_order_relaxed) + 1;
    atomic_store_explicit(&changes->track_samples, n, memory_order_relaxed);
    if (n >= WARM_SAMPLES &&
        !atomic_flag_test_and_set_explicit(&family->making, memory_order_acquire)) {
        if (!family->refused && is_wanted(re)) {
            make_natives(family);
        }
        atomic_flag_clear_explicit(&family->making, memory_order_release);
    }
}
