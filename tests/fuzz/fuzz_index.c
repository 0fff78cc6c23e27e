/* An index, a line of "====", and a platform and a command to look for, a line each. */
#include "textfsm.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct textfsm_index *index, char *question)
{
    char *command = strchr(question, '\n');
    if (command) {
        *command++ = '\0';
        command[strcspn(command, "\n")] = '\0';
    }
    for (long i = 0; i >= 0;) {
        int whole = -1;
        i = textfsm_index_find(index, question, command, NULL, (size_t)i, &whole);
        if (i >= 0) {
            struct textfsm_index_row row = textfsm_index_row(index, (size_t)i++);
            if (!row.templates || whole < 0 || row.npaths == 0) {
                abort();
            }
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct textfsm_error error;
    char *text = malloc(size + 1);
    if (!text) {
        return 0;
    }
    memcpy(text, data, size);
    text[size] = '\0';
    char *mark = strstr(text, "\n====\n");
    size_t len = mark ? (size_t)(mark - text) + 1 : size;
    memset(&error, 0, sizeof(error));
    struct textfsm_index *index = textfsm_index_new(text, len, "dir/index", NULL, &error);
    if (index && mark) {
        look(index, mark + strlen("\n====\n"));
    } else if (!index && (error.code >= 0 || !error.text[0])) {
        abort();
    }
    textfsm_index_free(index);
    free(text);
    return 0;
}
