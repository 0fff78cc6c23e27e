/*
 * Temporary files that do not outlive the process: made beside the file that they will replace,
 * and removed by whichever comes first of rename, remove, and a fatal signal.
 *
 *     tempfile_guard_signals();                         once, in main, before threads
 *     struct tempfile *temp = tempfile_new("out.csv");  makes .out.csv.k3v9x0q2m1tzd.tmp
 *     write(tempfile_fd(temp), ...);
 *     tempfile_rename(temp, "out.csv");                 or tempfile_remove(temp)
 *
 * Files under way are known to the signal handler through the one list in tempfile.c; this is
 * the program's only mutable global, because a handler has no other way to learn of anything.
 * After kill -9 or a power cut the temporary file stays; the file it was to replace is
 * untouched.
 *
 * NULL or -1 mean that errno says why.
 */
#ifndef BASE_TEMPFILE_H
#define BASE_TEMPFILE_H

struct tempfile;

/* In the folder of `beside`, with permissions 0666 less the umask; open for reading and
 * writing. With `beside` ending in '/' the file gets a name of ours in that folder. */
struct tempfile *tempfile_new(const char *beside);

int tempfile_fd(const struct tempfile *temp);
const char *tempfile_path(const struct tempfile *temp);

/* Closes the descriptor early; tempfile_fd() is -1 from then on. */
int tempfile_close(struct tempfile *temp);

/* Ends it as `path`, replacing what is there. When that fails the file is still under way. */
int tempfile_rename(struct tempfile *temp, const char *path);

/* Ends it by removing the file. NULL is fine. errno is kept. */
void tempfile_remove(struct tempfile *temp);

/* Only the name goes; the descriptor is the caller's to close. For files that nobody shall
 * find. */
int tempfile_unlink(struct tempfile *temp);

/* A new unlinked file in $TMPDIR or /tmp: a descriptor, or -1. */
int tempfile_anonymous(void);

/* $TMPDIR, or /tmp. */
const char *tempfile_folder(void);

/* Removes all files under way of this process. Async-signal-safe: for a handler that is about
 * to end the process. */
void tempfile_remove_all(void);

/*
 * Makes SIGHUP, SIGINT, SIGQUIT and SIGTERM (where they are not ignored) remove the files under
 * way and then end the process as they would have. A caller with handlers of its own installs
 * them afterwards and calls tempfile_remove_all(). SIGPIPE and SIGXFSZ are ignored from here
 * on, so that a write fails with EPIPE or EFBIG where someone can say what it was for; whoever
 * starts another program sets them back to default in the child.
 */
void tempfile_guard_signals(void);

#endif
