#include "base/outfile.h"
#include "base/strbuf.h"
#include "base/tempfile.h"
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/outfile.XXXXXX";

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

/* Whole contents, or "(none)". */
static const char *contents(const char *name)
{
    static struct strbuf sb = STRBUF_INIT;
    strbuf_reset(&sb);
    return strbuf_read_file(&sb, in_folder(name), 1 << 20) < 0 ? "(none)" : sb.buf;
}

static int entries(void)
{
    int n = 0;
    DIR *dir = opendir(folder);
    while (dir && readdir(dir)) {
        n++;
    }
    closedir(dir);
    return n - 2;
}

static void put(const char *name, const char *text, struct err *err)
{
    CHECK(outfile_put(in_folder(name), view_of(text), err) == 0);
}

static void replaces_whole(void)
{
    struct err err = ERR_INIT;
    put("a", "old", &err);
    struct outfile *out;
    CHECK(outfile_open(&out, in_folder("a"), &err) == 0);
    CHECK(outfile_write(out, "new", 3, &err) == 0);
    CHECK_STR(contents("a"), "old");
    CHECK(entries() == 2);
    CHECK(outfile_commit(out, &err) == 0);
    CHECK_STR(contents("a"), "new");
    CHECK(entries() == 1);
}

static void abort_leaves_nothing(void)
{
    struct err err = ERR_INIT;
    struct outfile *out;
    CHECK(outfile_open(&out, in_folder("a"), &err) == 0);
    CHECK(outfile_write(out, "half", 4, &err) == 0);
    outfile_abort(out);
    CHECK_STR(contents("a"), "new");
    CHECK(entries() == 1);
    outfile_abort(NULL);
}

static void keeps_permissions_and_links(void)
{
    struct err err = ERR_INIT;
    struct stat st;
    put("b", "1", &err);
    CHECK(stat(in_folder("b"), &st) == 0 && (st.st_mode & 0777) == 0640);
    CHECK(chmod(in_folder("b"), 0604) == 0);
    put("b", "2", &err);
    CHECK(stat(in_folder("b"), &st) == 0 && (st.st_mode & 0777) == 0604);
    CHECK(symlink("b", in_folder("link")) == 0);
    put("link", "3", &err);
    CHECK(lstat(in_folder("link"), &st) == 0 && S_ISLNK(st.st_mode));
    CHECK_STR(contents("b"), "3");
}

static void says_what_was_wrong(void)
{
    struct err err = ERR_INIT;
    struct outfile *out;
    CHECK(outfile_open(&out, "/nonexistent/x.csv", &err) == ERR_OUTPUT);
    CHECK_STR(err.text, "cannot write /nonexistent/x.csv: No such file or directory");
    CHECK(outfile_open(&out, folder, &err) == ERR_OUTPUT);
    CHECK(strstr(err.text, "Is a directory"));
    CHECK(outfile_open(&out, "/dev/full", &err) == 0);
    CHECK(outfile_write(out, "x", 1, &err) == ERR_OUTPUT);
    CHECK_STR(err.text, "cannot write /dev/full: No space left on device");
    outfile_abort(out);
}

static void large_file_limit(void)
{
    struct err err = ERR_INIT;
    struct outfile *out;
    struct rlimit old, small = {1000, 1000};
    CHECK(getrlimit(RLIMIT_FSIZE, &old) == 0);
    small.rlim_max = old.rlim_max;
    put("c", "old", &err);
    int before = entries();
    CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
    CHECK(outfile_open(&out, in_folder("c"), &err) == 0);
    char block[4096] = {0};
    CHECK(outfile_write(out, block, sizeof(block), &err) == ERR_OUTPUT);
    CHECK(strstr(err.text, "File too large"));
    outfile_abort(out);
    CHECK(outfile_put(in_folder("c"), view_make(block, sizeof(block)), &err) == ERR_OUTPUT);
    CHECK(entries() == before);
    CHECK(setrlimit(RLIMIT_FSIZE, &old) == 0);
    CHECK_STR(contents("c"), "old");
}

static void reader_went_away(void)
{
    struct err err = ERR_INIT;
    struct outfile *out;
    int ends[2], saved = dup(STDOUT_FILENO);
    fflush(stdout);
    CHECK(pipe(ends) == 0);
    close(ends[0]);
    dup2(ends[1], STDOUT_FILENO);
    CHECK(outfile_open(&out, NULL, &err) == 0);
    CHECK(outfile_write(out, "x", 1, &err) == ERR_PIPE);
    outfile_abort(out);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    close(ends[1]);
}

static void non_blocking_stdout_gets_all(void)
{
    int ends[2], saved = dup(STDOUT_FILENO);
    fflush(stdout);
    CHECK(pipe(ends) == 0);
    pid_t child = fork();
    if (child == 0) {
        close(ends[1]);
        size_t sum = 0;
        char buf[1000];
        for (ssize_t n; (n = read(ends[0], buf, sizeof(buf))) > 0;) {
            sum += (size_t)n;
        }
        _exit(sum == 300000 ? 0 : 1);
    }
    close(ends[0]);
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    struct err err = ERR_INIT;
    struct outfile *out;
    char *block = calloc(1, 300000);
    CHECK(outfile_open(&out, NULL, &err) == 0);
    CHECK(outfile_write(out, block, 300000, &err) == 0);
    CHECK(outfile_commit(out, &err) == 0);
    free(block);
    dup2(saved, STDOUT_FILENO);
    close(saved);
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

/* A child that is killed by `number` while two files are under way. */
static void killed_by(int number, int left)
{
    int before = entries();
    int ready[2];
    CHECK(pipe(ready) == 0);
    pid_t child = fork();
    if (child == 0) {
        struct err err = ERR_INIT;
        struct outfile *one, *two;
        tempfile_guard_signals();
        if (outfile_open(&one, in_folder("k1"), &err) == 0 &&
            outfile_open(&two, in_folder("k2"), &err) == 0) {
            outfile_write(one, "x", 1, &err);
            if (write(ready[1], "x", 1) != 1) {
                _exit(1);
            }
        }
        sleep(20);
        _exit(0);
    }
    char c;
    CHECK(read(ready[0], &c, 1) == 1);
    close(ready[0]);
    close(ready[1]);
    kill(child, number);
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == number);
    CHECK(entries() == before + left);
    CHECK_STR(contents("k1"), "(none)");
}

static void fatal_signals_leave_nothing(void)
{
    killed_by(SIGTERM, 0);
    killed_by(SIGINT, 0);
    killed_by(SIGHUP, 0);
    killed_by(SIGQUIT, 0);
    killed_by(SIGKILL, 2);
}

static void a_child_does_not_remove_its_parents(void)
{
    struct err err = ERR_INIT;
    struct outfile *out;
    CHECK(outfile_open(&out, in_folder("p"), &err) == 0);
    pid_t child = fork();
    if (child == 0) {
        tempfile_guard_signals();
        raise(SIGTERM);
        _exit(0);
    }
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(outfile_commit(out, &err) == 0);
    CHECK_STR(contents("p"), "");
}

static void long_name(void)
{
    char name[251];
    memset(name, 'n', 250);
    name[250] = '\0';
    struct err err = ERR_INIT;
    put(name, "x", &err);
    CHECK_STR(err.text, "");
}

int main(void)
{
    umask(0027);
    if (!mkdtemp(folder)) {
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    RUN(replaces_whole);
    RUN(abort_leaves_nothing);
    RUN(keeps_permissions_and_links);
    RUN(says_what_was_wrong);
    RUN(large_file_limit);
    RUN(reader_went_away);
    RUN(non_blocking_stdout_gets_all);
    RUN(fatal_signals_leave_nothing);
    RUN(a_child_does_not_remove_its_parents);
    RUN(long_name);
    char command[64];
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    return system(command) ? 1 : test_end();
}
