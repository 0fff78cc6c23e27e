/* Templates as the public header has them: life and looking inside. */
#include "textfsm/template.h"

#include "base/limits.h"
#include "textfsm/file.h"
#include "textfsm/own.h"

static struct textfsm_template *template_alloc(const struct textfsm_allocator *allocator)
{
    struct textfsm_template *t = own_new(sizeof(*t), allocator);
    if (t) {
        t->alloc = own_alloc(&t->alloc_copy, allocator);
        arena_init(&t->arena, t->alloc);
    }
    return t;
}

static bool set_up(struct textfsm_template *t, const char *text, size_t len, const char *name)
{
    t->text = view_make(arena_dup(&t->arena, view_make(text, len)), len);
    t->name = arena_dup(&t->arena, view_of(name ? name : "template"));
    t->family = regex_family_new(t->alloc);
    return t->text.ptr && t->name && t->family;
}

struct textfsm_template *textfsm_template_new(const char *text, size_t len, const char *name,
                                              const struct textfsm_allocator *allocator,
                                              struct textfsm_error *error)
{
    if (len > LIMIT_TEMPLATE_BYTES) {
        fail_at(error, TEXTFSM_LIMIT, name, 0, 0, "the template is larger than %zu bytes",
                (size_t)LIMIT_TEMPLATE_BYTES);
        return NULL;
    }
    struct textfsm_template *t = template_alloc(allocator);
    if (!t || !set_up(t, text, len, name)) {
        fail_nomem(error);
        textfsm_template_free(t);
        return NULL;
    }
    struct parser p = {.t = t, .error = error};
    if (template_parse(&p) < 0) {
        textfsm_template_free(t);
        return NULL;
    }
    return t;
}

struct textfsm_template *textfsm_template_open(const char *path,
                                               const struct textfsm_allocator *allocator,
                                               struct textfsm_error *error)
{
    struct textfsm_template *t = NULL;
    struct file file;
    if (file_read(&file, path, LIMIT_TEMPLATE_BYTES, allocator) == 0) {
        t = textfsm_template_new(file.text, file.len, path, allocator, error);
    } else {
        file_fail(error, path, "template", LIMIT_TEMPLATE_BYTES);
    }
    file_free(&file);
    return t;
}

void textfsm_template_free(struct textfsm_template *t)
{
    if (!t) {
        return;
    }
    for (unsigned i = 0; i < t->nvalues; i++) {
        regex_free(t->values[i].nested);
    }
    for (unsigned i = 0; i < t->nrules; i++) {
        regex_free(t->steps[i].re);
    }
    regex_family_free(t->family);
    alloc_free(t->alloc, t->values);
    alloc_free(t->alloc, t->states);
    alloc_free(t->alloc, t->rules);
    alloc_free(t->alloc, t->steps);
    arena_release(&t->arena);
    own_free(t, t->alloc);
}

const char *textfsm_template_name(const struct textfsm_template *t)
{
    return t->name;
}

unsigned textfsm_template_values(const struct textfsm_template *t)
{
    return t->nvalues;
}

const struct textfsm_value *textfsm_template_value(const struct textfsm_template *t, unsigned i)
{
    return i < t->nvalues ? &t->values[i].pub : NULL;
}

unsigned textfsm_template_states(const struct textfsm_template *t)
{
    return t->nstates;
}

const struct textfsm_state *textfsm_template_state(const struct textfsm_template *t, unsigned i)
{
    return i < t->nstates ? &t->states[i].pub : NULL;
}

const struct textfsm_rule *textfsm_template_rule(const struct textfsm_template *t,
                                                 unsigned state, unsigned i)
{
    if (state >= t->nstates || i >= t->states[state].pub.nrules) {
        return NULL;
    }
    return &t->rules[t->states[state].first + i].pub;
}
