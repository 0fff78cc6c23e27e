/* A template, a line of "====" and a text for it. Whole and in pieces it must come to the same
 * rows and the same error; the first byte says how large the pieces are. */
#include "textfsm.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MARK "\n====\n"

static const uint8_t *find_mark(const uint8_t *data, size_t size)
{
    size_t n = strlen(MARK);
    for (size_t i = 0; i + n <= size; i++) {
        if (memcmp(data + i, MARK, n) == 0) {
            return data + i;
        }
    }
    return NULL;
}

static int feed(struct textfsm_run *run, const char *text, size_t len, size_t chunk)
{
    int rc = 0;
    for (size_t at = 0; rc == 0 && at < len; at += chunk) {
        size_t n = len - at < chunk ? len - at : chunk;
        char *piece = malloc(n);
        if (!piece) {
            return 0;
        }
        memcpy(piece, text + at, n);
        rc = textfsm_run_feed(run, piece, n, NULL);
        free(piece);
    }
    int end = textfsm_run_finish(run, NULL);
    return rc < 0 ? rc : end;
}

static bool cell_equal(const struct textfsm_cell *a, const struct textfsm_cell *b)
{
    bool equal = a->kind == b->kind && a->len == b->len;
    if (a->kind == TEXTFSM_NULL || a->kind == TEXTFSM_TEXT) {
        return equal && (a->len == 0 || memcmp(a->u.text, b->u.text, a->len) == 0);
    }
    for (uint32_t i = 0; equal && i < a->len; i++) {
        equal = cell_equal(&a->u.items[i], &b->u.items[i]);
    }
    return equal;
}

static void compare(const struct textfsm_run *a, const struct textfsm_run *b, unsigned n)
{
    if (textfsm_run_rows(a) != textfsm_run_rows(b)) {
        abort();
    }
    for (size_t i = 0; i < textfsm_run_rows(a); i++) {
        for (unsigned k = 0; k < n; k++) {
            if (!cell_equal(&textfsm_run_row(a, i)[k], &textfsm_run_row(b, i)[k])) {
                abort();
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *mark = find_mark(data, size);
    if (size < 1 || !mark) {
        return 0;
    }
    size_t chunk = data[0] % 64 + 1;
    const char *text = (const char *)mark + strlen(MARK);
    size_t len = (size_t)(data + size - (const uint8_t *)text);
    struct textfsm_template *t =
        textfsm_template_new((const char *)data + 1, (size_t)(mark - data), "fuzz", NULL, NULL);
    const struct textfsm_run_options options = {
        .time_limit_ms = 500, .max_rows = 10000, .max_line = 4096};
    struct textfsm_run *whole = t ? textfsm_run_new(t, &options, NULL) : NULL;
    struct textfsm_run *pieces = t ? textfsm_run_new(t, &options, NULL) : NULL;
    if (whole && pieces) {
        int rc = feed(whole, text, len, len + 1);
        int again = feed(pieces, text, len, chunk);
        bool slow = rc == TEXTFSM_LIMIT || again == TEXTFSM_LIMIT;
        if (rc != again && !slow) {
            abort();
        }
        if (!slow) {
            compare(whole, pieces, textfsm_template_values(t));
        }
    }
    textfsm_run_free(whole);
    textfsm_run_free(pieces);
    textfsm_template_free(t);
    return 0;
}
