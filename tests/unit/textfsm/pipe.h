/* What the engine's drivers share: cells and errors as JSON, and reading commands. */
#ifndef TESTS_TEXTFSM_PIPE_H
#define TESTS_TEXTFSM_PIPE_H

#include "textfsm.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void put_text(FILE *out, const char *text, size_t len)
{
    putc('"', out);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            fprintf(out, "\\%c", c);
        } else if (c < 0x20) {
            fprintf(out, "\\u%04x", c);
        } else {
            putc(c, out);
        }
    }
    putc('"', out);
}

static inline void put_str(const char *text)
{
    put_text(stdout, text, strlen(text));
}

static inline void put_cell(FILE *out, const struct textfsm_cell *cell,
                            const struct textfsm_value *value)
{
    switch (cell->kind) {
    case TEXTFSM_NULL:
        fputs("null", out);
        return;
    case TEXTFSM_TEXT:
        put_text(out, cell->u.text, cell->len);
        return;
    default:
        break;
    }
    putc(cell->kind == TEXTFSM_LIST ? '[' : '{', out);
    for (uint32_t i = 0; i < cell->len; i++) {
        fputs(i ? "," : "", out);
        if (cell->kind == TEXTFSM_DICT) {
            put_text(out, value->keys[i], strlen(value->keys[i]));
            putc(':', out);
        }
        put_cell(out, &cell->u.items[i], value);
    }
    putc(cell->kind == TEXTFSM_LIST ? ']' : '}', out);
}

static inline void put_error(const struct textfsm_error *error)
{
    printf("{\"code\":%d,\"line\":%d,\"column\":%d,\"input_line\":%zu,\"text\":", error->code,
           error->template_line, error->column, error->input_line);
    put_str(error->text);
    putchar('}');
}

/* The len bytes that follow a command, with a NUL behind (free them). */
static inline char *read_bytes(size_t len)
{
    char *bytes = malloc(len + 1);
    if (!bytes || fread(bytes, 1, len, stdin) != len) {
        fprintf(stderr, "driver: the input ends too soon\n");
        exit(2);
    }
    bytes[len] = '\0';
    return bytes;
}

static inline size_t number(const char *word)
{
    return word ? strtoull(word, NULL, 10) : 0;
}

/* Reads a line of at most three words; false at the end of the input. */
static inline bool read_words(char *line, int size, char **words)
{
    if (!fgets(line, size, stdin)) {
        return false;
    }
    line[strcspn(line, "\n")] = '\0';
    words[0] = line;
    for (int i = 1; i < 3; i++) {
        words[i] = words[i - 1] ? strchr(words[i - 1], ' ') : NULL;
        if (words[i]) {
            *words[i]++ = '\0';
        }
    }
    return true;
}

#endif
