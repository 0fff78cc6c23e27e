/* What the engine's drivers share: cells and errors as JSON, and reading commands. */
#ifndef TESTS_TEXTFSM_PIPE_H
#define TESTS_TEXTFSM_PIPE_H

#include "textfsm.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void put_text(const char *text, size_t len)
{
    putchar('"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\') {
            printf("\\%c", c);
        } else if (c < 0x20) {
            printf("\\u%04x", c);
        } else {
            putchar(c);
        }
    }
    putchar('"');
}

static inline void put_str(const char *text)
{
    put_text(text, strlen(text));
}

static inline void put_cell(const struct textfsm_cell *cell, const struct textfsm_value *value)
{
    switch (cell->kind) {
    case TEXTFSM_NULL:
        printf("null");
        return;
    case TEXTFSM_TEXT:
        put_text(cell->u.text, cell->len);
        return;
    default:
        break;
    }
    putchar(cell->kind == TEXTFSM_LIST ? '[' : '{');
    for (uint32_t i = 0; i < cell->len; i++) {
        printf(i ? "," : "");
        if (cell->kind == TEXTFSM_DICT) {
            put_str(value->keys[i]);
            putchar(':');
        }
        put_cell(&cell->u.items[i], value);
    }
    putchar(cell->kind == TEXTFSM_LIST ? ']' : '}');
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
