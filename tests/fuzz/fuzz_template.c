/* Any bytes as a template: an error with its place, or a template that can be looked into. */
#include "textfsm.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_inside(const struct textfsm_template *t)
{
    size_t sum = 0;
    for (unsigned i = 0; i < textfsm_template_values(t); i++) {
        const struct textfsm_value *value = textfsm_template_value(t, i);
        sum += strlen(value->name) + strlen(value->regex) + strlen(value->declared);
        for (unsigned k = 0; k < value->nkeys; k++) {
            sum += strlen(value->keys[k]);
        }
    }
    for (unsigned s = 0; s < textfsm_template_states(t); s++) {
        for (unsigned i = 0; i < textfsm_template_state(t, s)->nrules; i++) {
            const struct textfsm_rule *rule = textfsm_template_rule(t, s, i);
            sum += strlen(rule->text) + strlen(rule->action) + strlen(rule->target);
            for (unsigned k = 0; k < rule->nvalues; k++) {
                sum += textfsm_template_value(t, rule->values[k])->line;
            }
        }
    }
    if (sum == SIZE_MAX) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct textfsm_error error;
    memset(&error, 0, sizeof(error));
    struct textfsm_template *t =
        textfsm_template_new((const char *)data, size, "fuzz", NULL, &error);
    if (t) {
        look_inside(t);
    } else if (error.code >= 0 || error.text[0] == '\0') {
        abort();
    }
    textfsm_template_free(t);
    return 0;
}
