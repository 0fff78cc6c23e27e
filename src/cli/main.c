/* Dispatch only: the command line, then the verb it names. */
#include "base/tempfile.h"
#include "cli/help.h"
#include "cli/idle.h"
#include "cli/places.h"
#include "cli/talk.h"

#include <fcntl.h>
#include <unistd.h>

/* `collect VERB -h`, and `collect WORD -h` for whatever word. */
static int help_for(const struct options *options)
{
    struct options help = *options;
    struct option_item item = {0, options->verb->name};
    help.words = options->verb_said ? (struct option_list){&item, 1} : options->hosts;
    return verb_help(&help);
}

/* A standard stream that the caller has closed would become the next file that is opened, and
 * what is said on it would stand there. Its place is taken by one on which every use fails. */
static void fill_closed_streams(void)
{
    static const int other_way[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", other_way[fd]) < 0) {
            _exit(err_exit_status(ERR_OUTPUT));
        }
    }
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct options options;
    int status;

    fill_closed_streams();
    tempfile_guard_signals();
    if (options_parse(&options, argc, argv, &err) < 0) {
        status = talk_failure(&err, options.verb_said ? options.verb->name : "run");
    } else if (options.help) {
        status = help_for(&options);
    } else if (options.version) {
        status = verb_version(&options);
    } else if (idle_check(&options, &err) < 0 || places_check(&options, &err) < 0) {
        status = talk_failure(&err, options.verb->name);
    } else {
        status = options.verb->run(&options);
    }
    options_release(&options);
    return status;
}
