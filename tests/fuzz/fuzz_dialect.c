/*
 * The first line is a pattern, each further line a subject. Whatever the parser accepts must
 * compile, match in all ways alike (regex_check.h), and agree with its facts.
 */
#include "../regex_check.h"

#include <stdint.h>
#include <stdio.h>

/* Enough to meet every construct, and little enough for thousands of runs a second. */
#define MOST_PATTERN 2000
#define MOST_SUBJECT 200

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct regex_check check;

static struct view take_line(struct view *input)
{
    const char *end = input->len ? memchr(input->ptr, '\n', input->len) : NULL;
    struct view line = view_slice(*input, 0, end ? (size_t)(end - input->ptr) : input->len);
    *input = view_slice(*input, line.len + (end != NULL), input->len);
    return line;
}

/* In memory of just its size. */
static void match(const struct regex *re, struct view line)
{
    const struct regex_check_result *result;
    unsigned ngroups;
    char *copy = malloc(line.len ? line.len : 1);
    if (!copy) {
        return;
    }
    if (line.len) {
        memcpy(copy, line.ptr, line.len);
    }
    const char *complaint =
        regex_check_match(&check, re, view_make(copy, line.len), &result, &ngroups);
    free(copy);
    if (complaint) {
        fprintf(stderr, "does not agree: %s\n", complaint);
        abort();
    }
}

static void try_flags(struct view pattern, struct view subjects, unsigned flags)
{
    struct regex *re;
    struct err err = ERR_INIT;
    if (regex_compile(&re, pattern, flags, NULL, &err) < 0) {
        if (err.code == ERR_OK || !err.text[0] || err.column < 1) {
            abort();
        }
        return;
    }
    regex_check_warm(&check, re);
    match(re, VIEW(""));
    while (subjects.len) {
        struct view line = take_line(&subjects);
        match(re, view_slice(line, 0, MOST_SUBJECT));
    }
    regex_free(re);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct view input = view_make((const char *)data, size);
    if (!check.jit && !regex_check_init(&check)) {
        return 0;
    }
    struct view pattern = take_line(&input);
    if (pattern.len <= MOST_PATTERN) {
        try_flags(pattern, input, REGEX_ANCHORED);
        try_flags(pattern, input, REGEX_SEARCH);
    }
    return 0;
}
