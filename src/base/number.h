/*
 * Numbers as people write them in options, inventories and platform files. The whole text must
 * be the number: no blanks, no sign but `-`, no overflow. false means "not one", and *out is
 * untouched; the caller knows the words to complain with.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include "base/deadline.h"
#include "base/view.h"

/* -12, 0, 4096: between min and max. */
bool number_int(struct view text, int64_t min, int64_t max, int64_t *out);

/* A span of time in milliseconds: 30 (seconds), 1.5, 500ms, 30s, 2m, 1h, 1d. */
bool number_duration(struct view text, ms_t *out);
#define NUMBER_DURATION_WORDS "a time like 30 (seconds), 500ms, 2m or 1h"

/* A number of bytes: 65536, 64K, 64M, 1G; KiB/KB, MiB/MB, GiB/GB mean the same powers of 1024.
 */
bool number_size(struct view text, size_t *out);
#define NUMBER_SIZE_WORDS "a size like 65536, 64K, 64M or 1G"

#endif
