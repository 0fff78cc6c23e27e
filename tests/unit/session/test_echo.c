/* echo: what devices make of a line that is typed at them. */
#include "test.h"

#include "session/echo.h"

static const struct {
    const char *text, *command;
    enum echo found;
    const char *rest; /* behind the echo */
} cases[] = {
    {"r1#show clock\n10:00\n", "show clock", ECHO_FOUND, "10:00\n"},
    {"r1# show clock  \n\n", "show clock", ECHO_FOUND, "\n"},
    {"r1#show clock", "show clock", ECHO_PARTIAL, NULL},
    {"r1#sho", "show clock", ECHO_PARTIAL, NULL},
    {"r1", "show clock", ECHO_PARTIAL, NULL},
    {"", "show clock", ECHO_PARTIAL, NULL},
    {"r2#show clock\n", "show clock", ECHO_NONE, NULL},
    {"r1#\nr1#show clock\n", "show clock", ECHO_NONE, NULL},
    {"r1#show version\n", "show clock", ECHO_NONE, NULL},
    {"r1#show clock detail\n", "show clock", ECHO_NONE, NULL},
    {"r1#show\n", "show clock", ECHO_PARTIAL, NULL},
    {"r1#show\nclo\nck\n10:00\n", "show clock", ECHO_FOUND, "10:00\n"},
    {"r1#show inter\n faces\nx", "show interfaces", ECHO_FOUND, "x"},
    {"r1#show\nxyz\n", "show clock", ECHO_NONE, NULL},
    {"r1#$rfaces | include up\nx", "show interfaces | include up", ECHO_FOUND, "x"},
    {"r1#<rfaces | include up\nx", "show interfaces | include up", ECHO_FOUND, "x"},
    {"r1#$rfaces | include down\nx", "show interfaces | include up", ECHO_NONE, NULL},
    {"r1#$\nx", "show interfaces | include up", ECHO_NONE, NULL},
    {"r1#show version\nx", "sh ver", ECHO_FOUND, "x"},
    {"r1#show version now\nx", "sh ver", ECHO_NONE, NULL},
    {"r1#show clock\nx", "sh ver", ECHO_NONE, NULL},
};

static void finds_the_echo_and_no_more(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t end = 0;
        struct view text = view_of(cases[i].text);
        enum echo found = echo_match(text, VIEW("r1#"), view_of(cases[i].command), &end);
        CHECK(found == cases[i].found);
        if (found != cases[i].found) {
            fprintf(stderr, "  case %zu: %d\n", i, (int)found);
        } else if (found == ECHO_FOUND) {
            CHECK_STR(cases[i].text + end, cases[i].rest);
        }
    }
}

static void hears_through_layout(void)
{
    static const struct {
        const char *bytes;
        bool heard;
    } heard[] = {
        {"show interfaces", true},
        {"show inter \rfaces\r", true},
        {"show\x1b[K in\x1b[1;5Hter\x1b=faces", true},
        {"show interface", false},
        {"show interfaces x", false},
        {"", false},
        {"showinterfaces", true},
        {"show interfaces\x1b[", true},
        {"show interfaces\x1b", true},
        {"sshow interfaces", false},
    };
    for (size_t i = 0; i < sizeof(heard) / sizeof(heard[0]); i++) {
        CHECK(echo_heard(view_of(heard[i].bytes), VIEW("show interfaces")) == heard[i].heard);
    }
}

/* All blanks: a device that goes on for ever after half an echo is not waited for. */
static void forgives_only_so_much(void)
{
    char text[8000] = "r1#show";
    size_t end;
    memset(text + 7, '\n', sizeof(text) - 7);
    CHECK(echo_match(view_make(text, 100), VIEW("r1#"), VIEW("show x"), &end) == ECHO_PARTIAL);
    CHECK(echo_match(view_make(text, sizeof(text)), VIEW("r1#"), VIEW("show x"), &end) ==
          ECHO_NONE);
}

int main(void)
{
    RUN(finds_the_echo_and_no_more);
    RUN(hears_through_layout);
    RUN(forgives_only_so_much);
    return test_end();
}
