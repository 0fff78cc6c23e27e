/* The simulated CLI: what is typed in, what is printed, with every chunk size and a clock of
 * our own; and its faults, seen through the terminal that collect reads devices with. */
#include "test.h"

#include "lab/shell.h"
#include "session/screen.h"

#define VERSION_TEXT "Version 1\nold-name uptime\nSerial ABC1234567\n"

static struct mention mentions[] = {{10, 8, 0}, {33, 10, 1}};
static struct sample version = {"one", {VERSION_TEXT, sizeof(VERSION_TEXT) - 1}, mentions, 2};
static struct sample vlan = {"two", {"v1\nv2\nv3\nv4\nv5\nv6\n", 18}, NULL, 0};
static struct answer answers[] = {
    {"show_version", "show version", &version, 1},
    {"show_vlan", "show vlan", &vlan, 1},
};
static struct persona persona = {.name = "test", .answers = answers, .nanswers = 2};

struct talk {
    struct device device;
    struct shell *shell;
    struct strbuf out, notes;
    ms_t now;
};

static void note(void *user, const char *what, struct view detail)
{
    struct talk *talk = user;
    strbuf_addf(&talk->notes, "%s:%.*s;", what, VIEW_ARG(detail));
}

static void init(struct talk *talk)
{
    *talk = (struct talk){.now = 1000};
    strbuf_init(&talk->out);
    strbuf_init(&talk->notes);
    settings_init(&talk->device.settings);
    talk->device.persona = &persona;
    talk->device.settings.hostname = "sw1";
    talk->device.settings.prompt = "{hostname}# ";
    talk->device.settings.pager = "--More--";
    talk->device.settings.page_lines = 4;
    static const char *const off[] = {"terminal length 0", NULL};
    talk->device.settings.paging_off = off;
}

static void start(struct talk *talk, struct view command)
{
    struct shell_options options = {
        .device = &talk->device, .command = command, .note = note, .user = talk};
    shell_open(&talk->shell, &options, talk->now);
}

/* Takes what is printed at this moment, in pieces of at most step bytes. */
static void take(struct talk *talk, size_t step, size_t ceiling)
{
    struct view v;
    while ((v = shell_output(talk->shell, talk->now)).len > 0 && talk->out.len < ceiling) {
        size_t n = v.len < step ? v.len : step;
        strbuf_add(&talk->out, v.ptr, n);
        shell_sent(talk->shell, n, talk->now);
    }
}

static void type(struct talk *talk, const char *text, size_t step)
{
    size_t len = strlen(text);
    for (size_t at = 0; at < len; at += step) {
        shell_feed(talk->shell, view_make(text + at, len - at < step ? len - at : step),
                   talk->now);
        take(talk, step, 100000);
    }
}

static void end(struct talk *talk)
{
    shell_free(talk->shell);
    strbuf_release(&talk->out);
    strbuf_release(&talk->notes);
}

/* Types text in pieces of every size; what comes is always the same: wanted. */
static void talks(struct talk *talk, const char *text, const char *wanted)
{
    const struct device device = talk->device;
    size_t len = strlen(text);
    for (size_t step = 1; step <= len; step++) {
        init(talk);
        talk->device = device;
        start(talk, VIEW_NONE);
        take(talk, step, 100000);
        type(talk, text, step);
        if (step == 1 || strcmp(talk->out.buf, wanted) != 0) {
            CHECK_STR(talk->out.buf, wanted);
        }
        end(talk);
    }
}

static void answers_and_echoes(void)
{
    struct talk talk;
    init(&talk);
    talks(&talk, "terminal length 0\r\nshow version\rsh ver\n\n",
          "sw1# terminal length 0\r\n"
          "sw1# show version\r\nVersion 1\r\nsw1 uptime\r\nSerial ABC1200001\r\n"
          "sw1# sh ver\r\nVersion 1\r\nsw1 uptime\r\nSerial ABC1200001\r\n"
          "sw1# \r\nsw1# ");
    init(&talk);
    talk.device.settings.plain = true;
    talks(&talk, "term len 0\nshow version\n",
          "sw1# term len 0\r\nsw1# show version\r\n"
          "Version 1\r\nold-name uptime\r\nSerial ABC1234567\r\nsw1# ");
}

static void complains_as_its_platform_does(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.error = "{caret}^\n% {word}/{bad}/{token}";
    talks(&talk, "show nothing\nshow v\n",
          "sw1# show nothing\r\n          ^\r\n% show/nothing/1\r\n"
          "sw1# show v\r\n% Ambiguous command:  \"show v\"\r\nsw1# ");
    init(&talk);
    talk.device.settings.abbreviate = false;
    talks(&talk, "show vlan now\nsh vlan\n",
          "sw1# show vlan now\r\n% Unknown command\r\n"
          "sw1# sh vlan\r\n% Unknown command\r\nsw1# ");
}

static void edits_the_line(void)
{
    struct talk talk;
    init(&talk);
    talks(&talk,
          "x\x7f\x1b[A\x1bOBqux\x15"
          "exot\b\bit now\x17\x17"
          "zz\3",
          "sw1# x\b \bqux\b \b\b \b\b \bexot\b \b\b \bit now\b \b\b \b\b \b\b \b\b \b\b \b\b "
          "\b\b \b"
          "zz^C\r\nsw1# ");
}

static void pages(void)
{
    struct talk talk;
    init(&talk);
    const char *erase = "\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b";
    struct strbuf wanted = STRBUF_INIT;
    strbuf_addf(
        &wanted,
        "sw1# show vlan\r\nv1\r\nv2\r\nv3\r\n--More--%sv4\r\n--More--%sv5\r\nv6\r\nsw1# "
        "show vlan\r\nv1\r\nv2\r\nv3\r\n--More--%ssw1# ",
        erase, erase, erase);
    talks(&talk, "show vlan\n\r show vlan\nxq", wanted.buf);
    strbuf_release(&wanted);
    init(&talk);
    talk.device.settings.pager_erase = "\r\x1b[K";
    talk.device.settings.pager_stuck = true;
    talks(&talk, "terminal length 0\nshow vlan\n ",
          "sw1# terminal length 0\r\nsw1# show vlan\r\nv1\r\nv2\r\nv3\r\n--More--\r\x1b[K"
          "v4\r\nv5\r\nv6\r\nsw1# ");
}

static void enables(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.user_prompt = "{hostname}> ";
    talk.device.settings.enable = "s3cret";
    talks(&talk, "enable\nwrong\ns3cret\nenable\n",
          "sw1> enable\r\nPassword: \r\nPassword: \r\nsw1# enable\r\nsw1# ");
    init(&talk);
    talk.device.settings.user_prompt = "{hostname}> ";
    talk.device.settings.enable = "s3cret";
    talks(&talk, "en\na\nb\nc\n",
          "sw1> en\r\nPassword: \r\nPassword: \r\nPassword: \r\n% Access denied\r\nsw1> ");
}

static void asks_before_the_prompt(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.motd = "Welcome to {hostname}\n";
    talk.device.settings.ask_key = "Press any key to continue";
    talk.device.settings.ask_username = "User: ";
    talk.device.settings.ask_password = "Pass: ";
    talks(&talk, " admin\nbad\nadmin\nadmin\n",
          "Welcome to sw1\r\nPress any key to continue\r\nUser: admin\r\nPass: \r\n"
          "% Access denied\r\nUser: admin\r\nPass: \r\nsw1# ");
}

static void secrets_are_neither_echoed_nor_noted(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.enable = "s3cret";
    start(&talk, VIEW_NONE);
    type(&talk, "enable\ns3cret\nshow version\n", 100);
    CHECK(!strstr(talk.out.buf, "s3cret"));
    CHECK_STR(talk.notes.buf, "command:enable;enabled:;command:show version;");
    end(&talk);
}

static void leaves(void)
{
    struct talk talk;
    init(&talk);
    start(&talk, VIEW_NONE);
    type(&talk, "exit\nshow vlan\n", 100);
    CHECK(shell_end(talk.shell) == SHELL_LEFT);
    CHECK_STR(talk.out.buf, "sw1# exit\r\n");
    end(&talk);
    init(&talk);
    start(&talk, VIEW_NONE);
    type(&talk, "terminal length 0\nshow vlan", 100);
    shell_hangup(talk.shell, talk.now);
    CHECK(shell_end(talk.shell) == SHELL_LEFT);
    end(&talk);
}

static void runs_one_command(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.error_status = 127;
    start(&talk, VIEW("show vlan"));
    take(&talk, 100, 1000);
    CHECK_STR(talk.out.buf, "v1\nv2\nv3\nv4\nv5\nv6\n");
    CHECK(shell_end(talk.shell) == SHELL_LEFT && shell_exit_status(talk.shell) == 0);
    CHECK(!shell_is_error(talk.shell));
    end(&talk);
    init(&talk);
    talk.device.settings.error_status = 127;
    start(&talk, VIEW("nothing"));
    CHECK(shell_is_error(talk.shell));
    take(&talk, 100, 1000);
    CHECK(shell_end(talk.shell) == SHELL_LEFT && shell_exit_status(talk.shell) == 127);
    end(&talk);
}

/* What a person sees, whatever the device's way of drawing it. */
static void sees(struct talk *talk, const char *text, const char *wanted)
{
    struct screen screen;
    screen_init(&screen, 0);
    start(talk, VIEW_NONE);
    take(talk, 7, 100000);
    type(talk, text, 3);
    screen_feed(&screen, strbuf_view(&talk->out));
    strbuf_addch(&screen.text, '\0');
    CHECK_STR(screen.text.buf, wanted);
    screen_release(&screen);
    end(talk);
}

static void looks_the_same_however_it_draws(void)
{
    static const enum echo_style styles[] = {ECHO_PLAIN, ECHO_REDRAW, ECHO_BACKSPACE};
    struct talk talk;
    for (size_t i = 0; i < 6; i++) {
        init(&talk);
        talk.device.settings.echo = styles[i % 3];
        talk.device.settings.escapes = i >= 3;
        sees(&talk, "term length 0\nshow vlan\n",
             "sw1# term length 0\nsw1# show vlan\nv1\nv2\nv3\nv4\nv5\nv6\nsw1# ");
    }
}

static void echo_wraps_at_the_width(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.echo = ECHO_WRAP;
    talk.device.settings.width = 10;
    talks(&talk, "0123456789abcdef\n",
          "sw1# 01234 \r56789abcde \rf\r\n% Unknown command\r\nsw1# ");
    init(&talk);
    talk.device.settings.echo = ECHO_OFF;
    talks(&talk, "show vlan\n ",
          "sw1# v1\r\nv2\r\nv3\r\n--More--\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\bv4\r\nv5\r\n"
          "v6\r\nsw1# ");
}

static void faults_show(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.pager = NULL;
    talk.device.settings.question = "Go on? [y/n] ";
    talks(&talk, "show vlan\ny\n",
          "sw1# show vlan\r\nv1\r\nv2\r\nv3\r\nGo on? [y/n] y\r\nv4\r\nv5\r\nv6\r\nsw1# ");
    talk.device.settings.question = NULL;
    talk.device.settings.wrong_prompt = "elsewhere> ";
    talks(&talk, "show vlan\n",
          "sw1# show vlan\r\nv1\r\nv2\r\nv3\r\nv4\r\nv5\r\nv6\r\nelsewhere> ");
    talk.device.settings.no_prompt = true;
    talks(&talk, "show vlan\n", "show vlan\r\nv1\r\nv2\r\nv3\r\nv4\r\nv5\r\nv6\r\n");
    talk.device.settings.silent = SILENT_COMMAND;
    talks(&talk, "show vlan\nmore\n", "show vlan\r\n");
    talk.device.settings.silent = SILENT_PROMPT;
    talks(&talk, "show vlan\n", "");
}

static void drops_after_so_many_bytes(void)
{
    const char *whole = "sw1# show vlan\r\nv1\r\nv2\r\nv3\r\nv4\r\nv5\r\nv6\r\nsw1# ";
    struct talk talk;
    for (size_t n = 0; n <= strlen(whole); n++) {
        init(&talk);
        talk.device.settings.pager = NULL;
        talk.device.settings.drop_after = (int)n;
        start(&talk, VIEW_NONE);
        type(&talk, "show vlan\n", 100);
        CHECK(talk.out.len == n && strncmp(talk.out.buf, whole, n) == 0);
        CHECK(n == 0 || shell_end(talk.shell) == SHELL_DROPPED);
        end(&talk);
    }
}

static void endless_output_waits_for_the_reader(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.pager = NULL;
    talk.device.settings.endless = true;
    start(&talk, VIEW_NONE);
    shell_feed(talk.shell, VIEW("show vlan\n"), talk.now);
    CHECK(shell_output(talk.shell, talk.now).len < 100000);
    take(&talk, 4096, 1000000);
    CHECK(talk.out.len >= 1000000 && shell_output(talk.shell, talk.now).len > 0);
    end(&talk);
}

static void takes_its_time(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.pager = NULL;
    talk.device.settings.latency = 50;
    start(&talk, VIEW_NONE);
    type(&talk, "show vlan\n", 100);
    CHECK_STR(talk.out.buf, "sw1# show vlan\r\n");
    CHECK(shell_wake(talk.shell) == 1050);
    talk.now = 1049;
    shell_tick(talk.shell, talk.now);
    CHECK(shell_output(talk.shell, talk.now).len == 0);
    talk.now = 1050;
    shell_tick(talk.shell, talk.now);
    take(&talk, 100, 1000);
    CHECK_STR(talk.out.buf, "sw1# show vlan\r\nv1\r\nv2\r\nv3\r\nv4\r\nv5\r\nv6\r\nsw1# ");
    CHECK(shell_wake(talk.shell) == DEADLINE_NEVER);
    end(&talk);
}

static void trickles(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.trickle = 10;
    start(&talk, VIEW_NONE);
    take(&talk, 100, 1000);
    CHECK_STR(talk.out.buf, "s");
    for (int i = 0; i < 4; i++) {
        CHECK(shell_wake(talk.shell) == talk.now + 100);
        talk.now += 100;
        take(&talk, 100, 1000);
    }
    CHECK_STR(talk.out.buf, "sw1# ");
    CHECK(shell_wake(talk.shell) == DEADLINE_NEVER);
    end(&talk);
}

static void what_is_typed_ahead_has_a_ceiling(void)
{
    struct talk talk;
    init(&talk);
    talk.device.settings.latency = 50;
    start(&talk, VIEW_NONE);
    shell_feed(talk.shell, VIEW("show vlan\n"), talk.now);
    for (int i = 0; i < 100000; i++) {
        shell_feed(talk.shell, VIEW("x\n"), talk.now);
    }
    talk.device.settings.latency = 0;
    talk.now += 50;
    shell_tick(talk.shell, talk.now);
    take(&talk, 4096, 10000000);
    CHECK(talk.out.len > 1000 && talk.device.counts.commands < 40000);
    end(&talk);
}

int main(void)
{
    RUN(answers_and_echoes);
    RUN(complains_as_its_platform_does);
    RUN(edits_the_line);
    RUN(pages);
    RUN(enables);
    RUN(asks_before_the_prompt);
    RUN(secrets_are_neither_echoed_nor_noted);
    RUN(leaves);
    RUN(runs_one_command);
    RUN(looks_the_same_however_it_draws);
    RUN(echo_wraps_at_the_width);
    RUN(faults_show);
    RUN(drops_after_so_many_bytes);
    RUN(endless_output_waits_for_the_reader);
    RUN(takes_its_time);
    RUN(trickles);
    RUN(what_is_typed_ahead_has_a_ceiling);
    return test_end();
}
