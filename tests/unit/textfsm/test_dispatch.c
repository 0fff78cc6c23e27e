/* The filters pass nothing over that would match: every regex against every line. */
#include "test.h"

#include "textfsm/dispatch.h"

static const char *const regexes[] = {
    "^",
    "^$",
    "^\\s*$",
    "^(\\s*-*)*\\s*$",
    "^(?:-+\\s*)+$",
    "^interface (\\S+)",
    "^\\s+interface (\\S+)$",
    "^\\s{2,4}line protocol is (up|down)\\s*$",
    "^ {1}\\w+",
    "^\\S+\\s+\\d+\\.\\d+",
    "^(Vlan|Port|$)",
    "^(?i:vlan)\\s",
    "^.*error",
    "^\\s*(\\d+\\s+packets|\\S+ bytes),?",
    "^[^ ]+ .*%$",
    "^a|b",
    "^\\W*x",
    "^\xC3\xA9+\\s",
    "^\\D+\\d$",
    "^(?=.*up)\\S+",
    "^(?!\\s)\\S+ is",
    "^\\xa0*word",
    "^\\s*(?:a{2,3}|b)*c$",
};

static const char *const lines[] = {
    "",
    " ",
    "\t \t",
    "\xC2\xA0",
    "-- --- --",
    "-- -- x",
    "interface Gi1",
    " interface Gi1",
    " interface Gi1 ",
    "  line protocol is up  ",
    "     line protocol is up",
    " word",
    "  word",
    "sw1 10.1",
    "Vlan",
    "Port x",
    "VLAN 10",
    "vlAn\t1",
    "some error here",
    " 12 packets, 9",
    "x bytes",
    "load is 9 %",
    "a",
    "b",
    "..x",
    "\xC3\xA9\xC3\xA9 x",
    "\xE3\x80\x80word",
    "\xC2\xA0word",
    "\x1fword",
    "abc1",
    "Gi1 is up",
    " Gi1 is up",
    "aaabaac",
    "aaaaaaaac",
    "c",
    "\xFFx",
    "-- \xFF",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void test_filters_lose_nothing(void)
{
    struct arena arena = ARENA_INIT;
    struct regex *compiled[COUNT(regexes)];
    struct filter filters[COUNT(regexes)];
    struct dispatch dispatch;
    struct regex_scratch *scratch = regex_scratch_new(NULL, NULL);
    uint32_t seen[256] = {0};
    struct look look = {.seen = seen, .credit = 1000};
    for (size_t i = 0; i < COUNT(regexes); i++) {
        CHECK(regex_compile(&compiled[i], view_of(regexes[i]), REGEX_ANCHORED, NULL, NULL) ==
              0);
        filter_init(&filters[i], compiled[i]);
    }
    CHECK(dispatch_init(&dispatch, (const struct regex *const *)compiled, COUNT(regexes),
                        &arena));
    for (size_t k = 0; k < COUNT(lines); k++) {
        look_init(&look, view_of(lines[k]));
        for (size_t i = 0; i < COUNT(regexes); i++) {
            const uint64_t *masks = dispatch.masks + look.lead * dispatch.words;
            bool admitted = (masks[i / 64] >> (i & 63) & 1) && look_admits(&look, &filters[i]);
            int rc = regex_match(compiled[i], scratch, view_of(lines[k]), NULL, 0, NULL);
            if (rc > 0 && !admitted) {
                fprintf(stderr, "%s on \"%s\"\n", regexes[i], lines[k]);
            }
            CHECK(admitted || rc <= 0);
        }
    }
    for (size_t i = 0; i < COUNT(regexes); i++) {
        regex_free(compiled[i]);
    }
    regex_scratch_free(scratch);
    arena_release(&arena);
}

static void test_stamps_wrap(void)
{
    uint32_t seen[256] = {0};
    struct look look = {.seen = seen, .stamp = UINT32_MAX, .credit = 10};
    seen['x'] = 1;
    struct filter filter = {.skip_max = UINT32_MAX, .nneed = 1, .need = {'x'}};
    byteset_fill(&filter.last);
    look_init(&look, VIEW("abc"));
    CHECK(!look_admits(&look, &filter));
    look_init(&look, VIEW("axc"));
    CHECK(look_admits(&look, &filter));
}

int main(void)
{
    RUN(test_filters_lose_nothing);
    RUN(test_stamps_wrap);
    return test_end();
}
