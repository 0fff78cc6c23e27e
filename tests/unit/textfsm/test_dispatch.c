/* The filters pass nothing over that would match: every regex against every line. */
#include "test.h"

#include "textfsm/look.h"

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
    /* more than a word of the tables has bits */
    "^n#",
    "^n%",
    "^n=",
    "^n;",
    "^n:",
    "^n<",
    "^n>",
    "^n_",
    "^n~",
    "^.*?/.*\\[",
    "^.*?&.*\\]",
    "^.*?@.*\\{",
    "^.*?!.*\\}",
    "^.*?\\?.*=",
    "^.*?\\$.*;",
    "^.*?\\*.*:",
    "^.*?\\+.*~",
    "^.*?'.*\"",
    "^.*?#.*%",
    "^.*?<.*>",
    "^.*?\\|.*_",
    "^ {0,16}deep",
    "^ {14,15}deep",
    "^ {15,16}deep",
    "^ {16,17}deep",
    "^ {17,}deep",
    "^ {0,14}deep",
    "^\\S+ \\S{20,} long",
    "^\\S{20,} long",
    "^.{40}long$",
    "^x{3}$",
    "^x*y$",
    "^\\S+\\s+second",
    "^\\S+\\s+sec",
    "^\\S+\\x01\\S+\\s+sec",
    "^end\\d$",
    "^end[a-c]$",
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
    "n#%=;:<>_~",
    "n~",
    "a/b[c",
    "a&b]c",
    "a@b{c",
    "a!b}c",
    "a?b=c",
    "a$b;c",
    "a*b:c",
    "a+b~c",
    "a'b\"c",
    "a#b%c",
    "a<b>c",
    "a|b_c",
    "a|b c, and so on and on and on and on, to more than 64 bytes of text, with _",
    "              deep",
    "               deep",
    "                deep",
    "                 deep",
    "                                   deep",
    "first aaaaaaaaaaaaaaaaaaaaaaaaa long",
    "aaaaaaaaaaaaaaaaaaaaaaaaa long",
    "aaaaaaaaaaaaaaaa long",
    "0123456789012345678901234567890123456789long",
    "xxx",
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxy",
    "one\x01two \x1c\t second",
    "a-very-long-word-indeed-it-is \t second",
    "a sec",
    "sixteen-letters- sec",
    "end1",
    "endb",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct rules {
    struct regex *compiled[COUNT(regexes)];
    struct filter filters[COUNT(regexes)];
    struct dispatch dispatch;
    struct regex_scratch *scratch;
};

/* How many rules the line is held against. */
static unsigned check_line(const struct rules *rules, struct look *look, struct view line,
                           size_t room)
{
    unsigned admitted = 0;
    look_init(look, line, room);
    for (unsigned i = 0; i < COUNT(regexes); i++) {
        bool admits = (look_left(look, &rules->dispatch, i / 64) >> (i & 63) & 1) &&
                      look_admits(look, &rules->dispatch, &rules->filters[i]);
        int rc = regex_match(rules->compiled[i], rules->scratch, line, NULL, 0, NULL);
        if (rc > 0 && !admits) {
            fprintf(stderr, "%s on \"%.*s\"\n", regexes[i], VIEW_ARG(line));
        }
        CHECK(admits || rc <= 0);
        admitted += admits;
    }
    return admitted;
}

/* What stands behind a line must not be read, or must not matter. */
static unsigned check_alone_and_in_text(const struct rules *rules, struct look *look,
                                        struct view line)
{
    static const char behind[] = "%% 12 packets, up 10.1 %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%";
    char text[200];
    char *alone = malloc(line.len ? line.len : 1);
    memcpy(alone, line.ptr, line.len);
    memcpy(text, line.ptr, line.len);
    memcpy(text + line.len, behind, sizeof(behind));
    unsigned admitted = check_line(rules, look, view_make(alone, line.len), line.len);
    CHECK(admitted == check_line(rules, look, view_make(text, line.len), sizeof(text)));
    free(alone);
    return admitted;
}

static void test_filters_lose_nothing(void)
{
    struct arena arena = ARENA_INIT;
    struct rules rules = {.scratch = regex_scratch_new(NULL, NULL)};
    struct look look = {.subject = NULL};
    unsigned admitted = 0;
    for (size_t i = 0; i < COUNT(regexes); i++) {
        CHECK(regex_compile(&rules.compiled[i], view_of(regexes[i]), REGEX_ANCHORED, NULL,
                            NULL) == 0);
    }
    CHECK(dispatch_init(&rules.dispatch, (const struct regex *const *)rules.compiled,
                        COUNT(regexes), &arena));
    for (size_t i = 0; i < COUNT(regexes); i++) {
        CHECK(filter_init(&rules.filters[i], rules.compiled[i], &rules.dispatch, &arena));
    }
    look_set_up(&look);
    for (size_t k = 0; k < COUNT(lines); k++) {
        admitted += check_alone_and_in_text(&rules, &look, view_of(lines[k]));
    }
    CHECK(admitted < COUNT(lines) * COUNT(regexes) / 3); /* or what are they good for? */
    for (size_t i = 0; i < COUNT(regexes); i++) {
        regex_free(rules.compiled[i]);
    }
    regex_scratch_free(rules.scratch);
    arena_release(&arena);
}

int main(void)
{
    RUN(test_filters_lose_nothing);
    return test_end();
}
