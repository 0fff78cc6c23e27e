#include "cli/interrupt.h"

#include "base/tempfile.h"
#include "collect/loop.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* A handler has no other way to learn of anything. */
static struct loop *volatile watched;
static volatile sig_atomic_t signals;
static volatile sig_atomic_t terminal; /* stderr is one, and may show a line half written */

/* Fit for a signal handler. */
static void say_farewell(void)
{
    static const char clear[] = "\r\033[K", words[] = "collect: left at once\n";
    if (terminal && write(STDERR_FILENO, clear, sizeof(clear) - 1) < 0) {
        return;
    }
    (void)!write(STDERR_FILENO, words, sizeof(words) - 1);
}

static void on_signal(int number)
{
    (void)number;
    int saved = errno;
    struct loop *loop = watched;
    if (signals++ > 0 || !loop) {
        tempfile_remove_all();
        say_farewell();
        _exit(err_exit_status(ERR_CANCELLED));
    }
    loop_cancel(loop);
    errno = saved;
}

static void handle(int number)
{
    struct sigaction action, before;
    /* What the caller ignores (nohup, a shell's background job) stays ignored. */
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler == SIG_IGN) {
        return;
    }
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void interrupt_watch(struct loop *loop)
{
    watched = loop;
    terminal = isatty(STDERR_FILENO);
    handle(SIGINT);
    handle(SIGTERM);
}

void interrupt_unwatch(void)
{
    watched = NULL;
}
