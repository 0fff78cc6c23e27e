#include "lab/serve.h"

#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Only ever set by the handler, and looked at between turns. */
static volatile sig_atomic_t stop_signal, child_signal;

static void on_signal(int number)
{
    if (number == SIGCHLD) {
        child_signal = 1;
    } else {
        stop_signal = number;
    }
}

/* The signals come only while the loop waits. */
void serve_prepare(void)
{
    static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGCHLD};
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t blocked;
    sigemptyset(&blocked);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(handled) / sizeof(handled[0]); i++) {
        sigaddset(&blocked, handled[i]);
        sigaction(handled[i], &action, NULL);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
}

static pid_t start(char **command)
{
    pid_t child = fork();
    if (child != 0) {
        return child;
    }
    sigset_t none;
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGXFSZ, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(command[0], command);
    fprintf(stderr, "collect-lab: %s: %s\n", command[0], strerror(errno));
    _exit(errno == ENOENT ? 127 : 126);
}

/* Whether the child is done, and how. */
static bool reap(pid_t child, int *status)
{
    int wait_status;
    child_signal = 0;
    if (waitpid(child, &wait_status, WNOHANG) != child) {
        return false;
    }
    *status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
    return true;
}

int serve(struct server *server, char **command)
{
    pid_t child = command ? start(command) : 0;
    sigset_t none;
    int status = 0;
    sigemptyset(&none);
    if (child < 0) {
        fprintf(stderr, "collect-lab: no process for %s: %s\n", command[0], strerror(errno));
        return 126;
    }
    for (;;) {
        if (child && child_signal && reap(child, &status)) {
            return status;
        }
        if (stop_signal) {
            if (!child) {
                return 0;
            }
            /* The terminal's Ctrl-C reached the command too: it decides what that means. */
            if (stop_signal != SIGINT) {
                kill(child, stop_signal);
            }
            stop_signal = 0;
        }
        server_turn(server, &none);
    }
}
