/* The line of a run under way: on a terminal live, elsewhere rarely, and its arithmetic. */
#define _XOPEN_SOURCE 700 /* pseudo-terminals */
#include "test.h"

#include "collect/progress.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NOW 1000000 /* when the run began */

static int read_end, write_end;
static char text[4096];

/* What came through the pipe since the last question. */
static const char *said(void)
{
    ssize_t n = read(read_end, text, sizeof(text) - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static struct progress begin(bool wanted, bool terminal)
{
    struct progress progress;
    progress_init(&progress, write_end, wanted, 500, NOW);
    CHECK(!progress.terminal); /* a pipe is none */
    progress.terminal = terminal;
    return progress;
}

static const struct loop_progress numbers = {
    .waiting = 280, .running = 100, .done = 120, .failed = 3};

static void a_pipe_gets_a_line_now_and_then(void)
{
    struct progress progress = begin(true, false);
    progress_show(&progress, &numbers, NOW + 29999);
    CHECK_STR(said(), "");
    progress_show(&progress, &numbers, NOW + 30000);
    CHECK_STR(said(), "120 of 500 hosts, 3 failed, 100 running, 4.0 a second, 95 s to go\n");
    progress_show(&progress, &numbers, NOW + 59999);
    CHECK_STR(said(), "");
    progress_show(&progress, &numbers, NOW + 60000);
    CHECK_STR(said(), "120 of 500 hosts, 3 failed, 100 running, 2.0 a second, 3 min to go\n");
    progress_clear(&progress);
    CHECK_STR(said(), "");
}

static void a_terminal_gets_a_live_line(void)
{
    struct progress progress = begin(true, true);
    progress_show(&progress, &numbers, NOW + 299);
    CHECK_STR(said(), "");
    progress_show(&progress, &numbers, NOW + 300);
    CHECK_STR(said(), "\r120 of 500 hosts, 3 failed, 100 running, 0 s\033[K");
    progress_show(&progress, &numbers, NOW + 399);
    CHECK_STR(said(), "");
    progress_show(&progress, &numbers, NOW + 400);
    CHECK(strlen(said()) > 0);
    progress_clear(&progress);
    CHECK_STR(said(), "\r\033[K");
    progress_clear(&progress);
    CHECK_STR(said(), "");
    progress_soil(&progress);
    progress_clear(&progress);
    CHECK_STR(said(), "\r\033[K");
}

static void nobody_asked(void)
{
    struct progress progress = begin(false, true);
    progress_show(&progress, &numbers, NOW + 60000);
    progress_clear(&progress);
    CHECK_STR(said(), "");
}

static void nothing_done_has_no_rate(void)
{
    struct loop_progress none = {.running = 100};
    struct progress progress = begin(true, false);
    progress_show(&progress, &none, NOW + 30000);
    CHECK_STR(said(), "0 of 500 hosts, 0 failed, 100 running, 30 s\n");
}

static void a_slow_host_has_a_name(void)
{
    static const struct host slow = {.name = "r\033[31m17"};
    struct loop_progress held = {
        .running = 1, .done = 499, .slowest = &slow, .slowest_ms = 4999};
    struct progress progress = begin(true, false);
    progress_show(&progress, &held, NOW + 499000);
    CHECK_STR(said(), "499 of 500 hosts, 0 failed, 1 running, 1.0 a second, 1 s to go\n");
    held.slowest_ms = 12345;
    progress_show(&progress, &held, NOW + 499000 + 30000);
    CHECK(strstr(said(), " to go, slowest r\\x1b[31m17 (12 s)\n"));
}

/* Parts that do not fit are left out, the last ones first; nothing is cut in the middle. */
static void a_narrow_terminal_gets_less(void)
{
    static const char *const lines[] = {
        "120 of 500 hosts, 3 failed, 100 running, 40.0 a second, 9 s to go",
        "120 of 500 hosts, 3 failed, 100 running", "120 of 500 hosts, 3 failed",
        "120 of 500 hosts", "120 of"};
    static const unsigned short widths[] = {80, 40, 39, 17, 7};
    int screen = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    CHECK(screen >= 0 && grantpt(screen) == 0 && unlockpt(screen) == 0);
    int fd = open(ptsname(screen), O_RDWR | O_NOCTTY);
    for (size_t i = 0; i < 5; i++) {
        struct winsize size = {.ws_row = 24, .ws_col = widths[i]};
        struct progress progress;
        char want[100];
        CHECK(ioctl(screen, TIOCSWINSZ, &size) == 0);
        progress_init(&progress, fd, true, 500, NOW);
        progress_show(&progress, &numbers, NOW + 3000);
        ssize_t n = read(screen, text, sizeof(text) - 1);
        text[n > 0 ? n : 0] = '\0';
        snprintf(want, sizeof(want), "\r%s\033[K", lines[i]);
        CHECK_STR(text, want);
    }
    close(fd);
    close(screen);
}

int main(void)
{
    int fds[2];
    CHECK(pipe(fds) == 0 && fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
    read_end = fds[0];
    write_end = fds[1];
    RUN(a_pipe_gets_a_line_now_and_then);
    RUN(a_terminal_gets_a_live_line);
    RUN(nobody_asked);
    RUN(nothing_done_has_no_rate);
    RUN(a_slow_host_has_a_name);
    RUN(a_narrow_terminal_gets_less);
    return test_end();
}
