/*
 * A whole file in memory, which the embedder's allocator gives.
 *
 *     struct file file;
 *     if (file_read(&file, path, most, allocator) == 0) ... file.text, file.len
 *     file_free(&file);
 */
#ifndef TEXTFSM_FILE_H
#define TEXTFSM_FILE_H

#include "base/alloc.h"
#include "textfsm.h"

struct file {
    char *text;
    size_t len;
    struct alloc alloc_copy;
    const struct alloc *alloc;
};

/* -1 with errno, EFBIG for more than `most` bytes; file is to be freed then, too. */
int file_read(struct file *file, const char *path, size_t most,
              const struct textfsm_allocator *allocator);
/* Right after that: what was wrong; what says of which kind the file is ("template"). */
void file_fail(struct textfsm_error *error, const char *path, const char *what, size_t most);
void file_free(struct file *file);

#endif
