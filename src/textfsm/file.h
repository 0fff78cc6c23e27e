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

#include <stdbool.h>

struct file {
    char *text;
    size_t len;
    struct alloc alloc;
    bool hooked; /* alloc is to be used */
};

/* -1 with errno, EFBIG for more than `most` bytes; file is to be freed then, too. */
int file_read(struct file *file, const char *path, size_t most,
              const struct textfsm_allocator *allocator);
void file_free(struct file *file);

#endif
