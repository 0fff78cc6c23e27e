/*
 * Memory that runs out while a template is drafted: every allocation fails once, and at every
 * fourth also all that come after it. Either that is told as ERR_NOMEM, or the draft is the one
 * that comes with memory enough; nothing leaks.
 */
#include "author/draft.h"
#include "author/draft_index.h"
#define OOM_SHARED
#include "oom.h"
#include "test.h"

#ifdef OOM_POSSIBLE

static const char *const outputs[] = {
    "Total: 2\n\nPort   Name      State\n-----  --------  -----\nge1    uplink a  up\n"
    "ge2              down\n\nge3    printer   up\n\nFan  Watts\n---  -----\nf1   7\n",
    "Port\tGer\xc3\xa4t  Ports\nge1  a    x1, x2,\n          x3\nge2  b    x4\n",
    "Name: a\n Port: 1, Rate: 2\n DNS: x\n DNS: y\n\nName: b\n Port: 7, Rate: 9\n DNS: z\n",
};

static struct err err;

static int draft(struct draft *out, const char *text)
{
    *out = (struct draft)DRAFT_INIT;
    err = (struct err)ERR_INIT;
    return draft_make(out, view_of(text), "show it", &err);
}

/* The n-th allocation fails. */
static void fail_at(const char *text, long n, const struct draft *wanted)
{
    struct draft got;
    long before = live;
    countdown = n;
    int rc = draft(&got, text);
    countdown = -1;
    CHECK(rc == 0 || rc == ERR_NOMEM);
    if (rc < 0 && rc != ERR_NOMEM) {
        fprintf(stderr, "  %s\n", err.text);
    }
    if (rc == 0) {
        CHECK_STR(got.text.buf, wanted->text.buf);
        CHECK_STR(got.records.buf, wanted->records.buf);
    }
    draft_release(&got);
    CHECK(live == before);
}

static void every_allocation(void)
{
    for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
        struct draft wanted;
        long before = calls;
        CHECK(draft(&wanted, outputs[i]) == 0);
        long n = calls - before;
        for (long k = 0; k < n; k++) {
            for_good = false;
            fail_at(outputs[i], k, &wanted);
            for_good = true;
            if (k % 4 == 0) {
                fail_at(outputs[i], k, &wanted);
            }
        }
        draft_release(&wanted);
    }
}

static void an_index(void)
{
    struct draft_entry entry = {"index", "a/b.textfsm", "a", "b"};
    struct view old = VIEW("Template, Platform, Command\nx, a, b.*\n");
    for (long k = 0; k < 200; k++) {
        struct strbuf out = STRBUF_INIT;
        long before = live;
        countdown = k;
        int rc = draft_index(&out, old, &entry, NULL);
        countdown = -1;
        CHECK(rc == 2 || rc < 0);
        strbuf_release(&out);
        CHECK(live == before);
    }
}

int main(void)
{
    RUN(every_allocation);
    RUN(an_index);
    return test_end();
}

#endif
