#include "textfsm/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define PIECE 16384

static bool make_room(struct file *file, size_t *size)
{
    if (*size - file->len >= PIECE) {
        return true;
    }
    size_t wanted = 2 * *size + PIECE;
    char *text = alloc_resize(file->hooked ? &file->alloc : NULL, file->text, wanted);
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
    *file = (struct file){.hooked = allocator != NULL};
    if (allocator) {
        file->alloc = (struct alloc){allocator->resize, allocator->user};
    }
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

void file_free(struct file *file)
{
    alloc_free(file->hooked ? &file->alloc : NULL, file->text);
}
