/* Asking ssh itself, where a Match runs a command: `ssh -G` prints what it would use. */
#include "base/limits.h"
#include "collect/sshconfig_part.h"

#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int start(const char *const argv[], int out, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return -1;
    }
    int rc = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (rc == 0) {
        rc = posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, environ);
    }
    posix_spawn_file_actions_destroy(&actions);
    errno = rc;
    return rc == 0 ? 0 : -1;
}

/* All that the command prints; an exit status other than 0 is a failure. */
static int output_of(const char *const argv[], struct strbuf *text)
{
    int ends[2], status = -1;
    pid_t pid = 0;
    if (pipe(ends) < 0) {
        return -1;
    }
    int rc = start(argv, ends[1], &pid);
    close(ends[1]);
    if (rc == 0) {
        rc = strbuf_read_fd(text, ends[0], KIB(256));
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    close(ends[0]);
    return rc == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -1;
}

/* It names every algorithm of its own where none was asked for: those are not taken over. */
static bool is_default(enum config_key key)
{
    return key == CONFIG_KEX || key == CONFIG_CIPHERS || key == CONFIG_MACS ||
           key == CONFIG_HOSTKEYS;
}

static int take_line(const struct sshconfig *config, struct view line, struct arena *arena,
                     struct ssh_settings *out)
{
    const char *blank = line.len ? memchr(line.ptr, ' ', line.len) : NULL;
    if (!blank) {
        return 0;
    }
    size_t len = (size_t)(blank - line.ptr);
    enum config_key key = config_key(view_slice(line, 0, len));
    if (key == CONFIG_OTHER || is_default(key)) {
        return 0;
    }
    struct view value = view_trim(view_slice(line, len, line.len));
    char *copy = arena_dup(arena, value);
    return copy ? settings_take(config, key, copy, arena, out) : ERR_NOMEM;
}

int sshconfig_ask_ssh(const struct sshconfig *config, const char *name, const char *user,
                      struct arena *arena, struct ssh_settings *out, struct err *err)
{
    const char *argv[10] = {"ssh", "-T", "-G"};
    size_t n = 3;
    if (config->path) {
        argv[n++] = "-F";
        argv[n++] = config->path;
    }
    if (user) {
        argv[n++] = "-l";
        argv[n++] = user;
    }
    argv[n++] = "--";
    argv[n++] = name;
    struct strbuf text = STRBUF_INIT;
    int rc = 0;
    if (output_of(argv, &text) < 0) {
        rc = err_set(err, ERR_INPUT,
                     "`ssh -G %s` failed, which the ssh configuration's `Match "
                     "exec` needs; -F none leaves that configuration out",
                     name);
    }
    struct view rest = strbuf_view(&text);
    while (rest.len && rc == 0) {
        const char *end = memchr(rest.ptr, '\n', rest.len);
        size_t len = end ? (size_t)(end - rest.ptr) : rest.len;
        rc = take_line(config, view_slice(rest, 0, len), arena, out);
        rest = view_slice(rest, len + 1, rest.len);
    }
    strbuf_release(&text);
    if (rc == 0 && settings_expand(config, name, arena, out) < 0) {
        rc = err_nomem(err);
    }
    return rc;
}
