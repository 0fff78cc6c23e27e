#include "textfsm/file.h"

#include "textfsm/fail.h"
#include "textfsm/own.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#define PIECE 16384

static bool make_room(struct file *file, size_t *size)
{
    if (*size - file->len >= PIECE) {
        return true;
    }
    size_t wanted = 2 * *size + PIECE;
    char *text = alloc_resize(file->alloc, file->text, wanted);
    if (!text) {
        errno = ENOMEM;
        return false;
    }
    file->text = text;
    *size = wanted;
    return true;
}

static int read_all(struct file *file, int fd, size_t most)
{
    size_t size = 0;
    for (;;) {
        if (!make_room(file, &size)) {
            return -1;
        }
        ssize_t n = read(fd, file->text + file->len, PIECE);
        if (n == 0) {
            return 0;
        }
        if (n < 0 && errno != EINTR) {
            return -1;
        }
        file->len += n > 0 ? (size_t)n : 0;
        if (file->len > most) {
            errno = EFBIG;
            return -1;
        }
    }
}

int file_read(struct file *file, const char *path, size_t most,
              const struct textfsm_allocator *allocator)
{
    *file = (struct file){.text = NULL};
    file->alloc = own_alloc(&file->alloc_copy, allocator);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    int rc = read_all(file, fd, most);
    int saved = errno;
    close(fd);
    errno = saved;
    return rc;
}

void file_fail(struct textfsm_error *error, const char *path, const char *what, size_t most)
{
    if (errno == ENOMEM) {
        fail_nomem(error);
    } else if (errno == EFBIG) {
        fail_at(error, TEXTFSM_LIMIT, path, 0, 0, "the %s is larger than %zu bytes", what, most);
    } else {
        fail_at(error, TEXTFSM_IO, path, 0, 0, "cannot read the %s: %s", what, strerror(errno));
    }
}

void file_free(struct file *file)
{
    alloc_free(file->alloc, file->text);
}
