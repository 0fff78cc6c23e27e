/* The filters pass nothing over that would match: every regex against every line. */
#include "test.h"

#include "textfsm/dispatch.h"

static const char *const regexes[] = {
    "^\\s*(\\d+)\\s+packets",
    "^\\S+\\s+\\S+ up",
    "^\\s+(?:(?:a|b)c)+[ \\t]+(x.)y",
    "^\\d*\\s+packets",
    "^\\S+\\spackets",
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
    "  12  packets",
    "12\tpackets",
    "12\xC2\xA0packets",
    "12 \xC2\xA0packets",
    "1\xC2\xA0"
    "2 packets",
    "  packets",
    "packets packets",
    "a b up",
    " acbc \t xzy",
    " acbc xz",
    "12",
    "12 ",
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
    struct regex_family *family = regex_family_new(NULL);
    for (size_t i = 0; i < COUNT(regexes); i++) {
        CHECK(regex_compile_in(&compiled[i], family, view_of(regexes[i]), REGEX_ANCHORED, NULL,
                               NULL) == 0);
        filter_init(&filters[i], compiled[i], family);
    }
    struct look look = {.subject = regex_subject_new(family, NULL)};
    CHECK(dispatch_init(&dispatch, (const struct regex *const *)compiled, COUNT(regexes),
                        &arena));
    for (size_t k = 0; k < COUNT(lines); k++) {
        struct view line = view_of(lines[k]);
        look_init(&look, line, regex_text_of(line), line.len);
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
    regex_subject_free(look.subject, NULL);
    regex_family_free(family);
    regex_scratch_free(scratch);
    arena_release(&arena);
}

int main(void)
{
    RUN(test_filters_lose_nothing);
    return test_end();
}
