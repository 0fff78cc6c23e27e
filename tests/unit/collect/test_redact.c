/* Masks: what patterns call secret is gone from the output, whatever surrounds it. */
#include "test.h"

#include "collect/redact.h"

static struct redact *redact;

/* The output after masking with up to two patterns. */
static void masked(const char *first, const char *second, const char *text, const char *want)
{
    struct err err = ERR_INIT;
    struct regex *items[2] = {NULL, NULL};
    struct platform platform = {.name = "test_os", .redact = {items, 0}};
    const char *patterns[] = {first, second};
    for (size_t i = 0; i < 2 && patterns[i]; i++) {
        CHECK(regex_compile(&items[i], view_of(patterns[i]), REGEX_SEARCH, NULL, &err) == 0);
        platform.redact.n++;
    }
    struct command_result command = {.output = STRBUF_INIT};
    struct host_result result = {.commands = &command, .ncommands = 1};
    strbuf_addstr(&command.output, text);
    CHECK(redact_result(redact, &platform, &result, &err) == 0);
    CHECK_STR(command.output.buf, want);
    strbuf_release(&command.output);
    for (size_t i = 0; i < platform.redact.n; i++) {
        regex_free(items[i]);
    }
}

#define SECRET "(?:password|secret) (?:\\d )?(\\S+)"

static void groups_are_masked(void)
{
    masked(SECRET, NULL, "enable secret 5 $1$abc\n", "enable secret 5 <redacted>\n");
    masked(SECRET, NULL, "username a password 0 x end", "username a password 0 <redacted> end");
    masked(SECRET, NULL, "password a password b\npassword c\n\n",
           "password <redacted> password <redacted>\npassword <redacted>\n\n");
    masked(SECRET, NULL, "no such thing\n", "no such thing\n");
    masked(SECRET, NULL, "", "");
}

static void without_a_group_all_is_masked(void)
{
    masked("community \\S+", NULL, "snmp community public RO\n", "snmp <redacted> RO\n");
}

static void patterns_add_up(void)
{
    masked(SECRET, "key (\\S+)", "key k1 password p1 key k2\n",
           "key <redacted> password <redacted> key <redacted>\n");
}

static void bytes_around_stay(void)
{
    masked(SECRET, NULL, "\xff\xfe password \xff\xe2\x82 z\r\n",
           "\xff\xfe password <redacted> z\r\n");
}

/* A pattern that gives up must not let the line through. */
static void a_limit_masks_the_line(void)
{
    char text[200] = "x ";
    memset(text + 2, 'a', 60);
    memcpy(text + 62, "!\nnext\n", 8);
    masked("(?:a|aa)+(?=!!)", NULL, text, "<redacted>\nnext\n");
}

static void no_patterns_no_change(void)
{
    masked(NULL, NULL, "password x\n", "password x\n");
}

int main(void)
{
    redact = redact_new();
    CHECK(redact != NULL);
    RUN(groups_are_masked);
    RUN(without_a_group_all_is_masked);
    RUN(patterns_add_up);
    RUN(bytes_around_stay);
    RUN(a_limit_masks_the_line);
    RUN(no_patterns_no_change);
    redact_free(redact);
    return test_end();
}
