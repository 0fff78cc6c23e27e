/*
 * Index, templates and merged tables behind a pipe, as driver_engine.c is for one template:
 *
 *     index PATH         open an index
 *     attributes LEN     bytes "name=value\1" each: what to look for
 *     parse LEN          find the row, open its templates, parse the bytes
 *     find               the number of the row, from 1, and whether it matched to the end
 *     rows               all rows of the index
 *     shadows            the rows that fit after the one that was found
 */
#include "pipe.h"

#define MOST 16

struct driver {
    struct textfsm_index *index;
    struct textfsm_error error;
    char *attribute_text;
    struct textfsm_attribute attributes[MOST];
    size_t nattributes;
};

static void answer_error(const struct driver *d)
{
    printf("{\"error\":");
    put_error(&d->error);
    printf("}\n");
}

static void open_index(struct driver *d, const char *path)
{
    textfsm_index_free(d->index);
    d->index = textfsm_index_open(path, NULL, &d->error);
    if (!d->index) {
        answer_error(d);
        return;
    }
    printf("{\"warnings\":[");
    for (size_t i = 0; i < textfsm_index_warnings(d->index); i++) {
        printf(i ? "," : "");
        put_str(textfsm_index_warning(d->index, i));
    }
    printf("]}\n");
}

static void set_attributes(struct driver *d, size_t len)
{
    free(d->attribute_text);
    d->attribute_text = read_bytes(len);
    d->nattributes = 0;
    for (char *at = d->attribute_text; *at && d->nattributes < MOST;) {
        char *end = at + strcspn(at, "\1");
        char *equals = strchr(at, '=');
        *equals = *end = '\0';
        d->attributes[d->nattributes++] = (struct textfsm_attribute){at, equals + 1};
        at = end + 1;
    }
    printf("{}\n");
}

static void put_opt(const char *key, const char *text)
{
    printf(",\"%s\":", key);
    if (text) {
        put_str(text);
    } else {
        printf("null");
    }
}

static void put_index_rows(const struct driver *d)
{
    printf("[");
    for (size_t i = 0; i < textfsm_index_rows(d->index); i++) {
        struct textfsm_index_row row = textfsm_index_row(d->index, i);
        printf("%s{\"line\":%u", i ? "," : "", row.line);
        put_opt("templates", row.templates);
        put_opt("platform", row.platform);
        put_opt("command", row.command);
        put_opt("text", row.command_text);
        printf("}");
    }
    printf("]\n");
}

static void put_found(const struct driver *d)
{
    int whole = 0;
    long row = textfsm_index_match(d->index, d->attributes, d->nattributes, 0, &whole);
    printf("{\"row\":%ld,\"whole\":%d}\n", row + 1, whole);
}

static void put_shadows(const struct driver *d)
{
    int whole = 0;
    printf("[");
    for (long i = 0; i >= 0;) {
        i = textfsm_index_match(d->index, d->attributes, d->nattributes, (size_t)i, &whole);
        if (i >= 0) {
            struct textfsm_index_row row = textfsm_index_row(d->index, (size_t)i++);
            printf("[%u,%d],", row.line, whole);
        }
    }
    printf("null]\n");
}

/* The rows of a table: header, keys, records. */
static int put_table(struct driver *d, const struct textfsm_table *table, const char *text,
                     size_t len)
{
    unsigned n = textfsm_table_columns(table);
    printf("{\"header\":[");
    for (unsigned i = 0; i < n; i++) {
        printf(i ? "," : "");
        put_str(textfsm_table_column(table, i)->value->name);
    }
    printf("],\"keys\":[");
    for (unsigned i = 0, k = 0; i < n; i++) {
        if (textfsm_table_column(table, i)->key) {
            printf(k++ ? "," : "");
            put_str(textfsm_table_column(table, i)->value->name);
        }
    }
    struct textfsm_merge *merge = textfsm_merge_new(table, NULL, &d->error);
    int rc = textfsm_merge_feed(merge, text, len, &d->error);
    int end = textfsm_merge_finish(merge, &d->error);
    printf("],\"rows\":[");
    for (size_t i = 0; i < textfsm_merge_rows(merge); i++) {
        printf(i ? ",[" : "[");
        for (unsigned k = 0; k < n; k++) {
            printf(k ? "," : "");
            put_cell(stdout, &textfsm_merge_row(merge, i)[k],
                     textfsm_table_column(table, k)->value);
        }
        printf("]");
    }
    printf("],\"error\":");
    if (rc < 0 || end < 0) {
        put_error(&d->error);
    } else {
        printf("null");
    }
    printf("}\n");
    textfsm_merge_free(merge);
    return 0;
}

static void parse(struct driver *d, const char *text, size_t len)
{
    struct textfsm_template *templates[MOST] = {NULL};
    struct textfsm_table *table = NULL;
    long found = textfsm_index_match(d->index, d->attributes, d->nattributes, 0, NULL);
    if (found < 0) {
        d->error = (struct textfsm_error){.code = TEXTFSM_NO_TEMPLATE};
        answer_error(d);
        return;
    }
    struct textfsm_index_row row = textfsm_index_row(d->index, (size_t)found);
    unsigned n = 0;
    for (; n < row.npaths && n < MOST; n++) {
        templates[n] = textfsm_template_open(row.paths[n], NULL, &d->error);
        if (!templates[n]) {
            break;
        }
    }
    if (n == row.npaths) {
        table = textfsm_table_new((const struct textfsm_template *const *)templates, n, NULL,
                                  &d->error);
    }
    if (table) {
        put_table(d, table, text, len);
    } else {
        answer_error(d);
    }
    textfsm_table_free(table);
    for (unsigned i = 0; i < n; i++) {
        textfsm_template_free(templates[i]);
    }
}

static int on_words(struct driver *d, char **words)
{
    if (strcmp(words[0], "index") == 0) {
        open_index(d, words[1]);
    } else if (strcmp(words[0], "attributes") == 0) {
        set_attributes(d, number(words[1]));
    } else if (strcmp(words[0], "parse") == 0) {
        char *text = read_bytes(number(words[1]));
        parse(d, text, number(words[1]));
        free(text);
    } else if (strcmp(words[0], "find") == 0) {
        put_found(d);
    } else if (strcmp(words[0], "rows") == 0) {
        put_index_rows(d);
    } else if (strcmp(words[0], "shadows") == 0) {
        put_shadows(d);
    } else {
        fprintf(stderr, "driver: %s?\n", words[0]);
        return 2;
    }
    fflush(stdout);
    return 0;
}

int main(void)
{
    struct driver d = {0};
    char line[4096], *words[3];
    int rc = 0;
    while (rc == 0 && read_words(line, sizeof(line), words)) {
        rc = on_words(&d, words);
    }
    textfsm_index_free(d.index);
    free(d.attribute_text);
    return rc;
}
