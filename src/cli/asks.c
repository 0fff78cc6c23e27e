#include "cli/asks.h"

int asks_of(struct plan_request *request, const struct options *options, struct arena *arena,
            struct err *err)
{
    const struct option_list *list = &options->asks;
    struct plan_ask *asks = arena_array(arena, list->count, sizeof(*asks));
    if (!asks) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < list->count; i++) {
        asks[i] = (struct plan_ask){.template = list->items[i].letter == 't',
                                    .text = list->items[i].text};
    }
    request->asks = asks;
    request->nasks = list->count;
    return 0;
}

int asks_check(const struct options *options, struct err *err)
{
    bool commands = false;
    for (size_t i = 0; i < options->asks.count; i++) {
        commands |= options->asks.items[i].letter == 'c';
    }
    if (options->asks.count == 0) {
        return err_set(err, ERR_USAGE, "nothing to run: give -t TEMPLATE or -c COMMAND");
    }
    if (options->template_file && !commands) {
        return err_set(err, ERR_USAGE, "-T says what parses the output of -c: give -c COMMAND");
    }
    return 0;
}

/* --columns A,B */
static int split_columns(const char *text, struct arena *arena, const char *const **out,
                         size_t *n, struct err *err)
{
    const char **names = arena_array(arena, text ? strlen(text) + 1 : 1, sizeof(*names));
    *out = names;
    while (names && text && *text) {
        size_t len = strcspn(text, ",");
        names[*n] = arena_dup(arena, view_trim(view_make(text, len)));
        if (!names[*n]) {
            return err_nomem(err);
        }
        if (!*names[*n]) {
            return err_set(err, ERR_USAGE, "--columns has an empty name in it");
        }
        for (size_t i = 0; i < *n; i++) {
            if (strcmp(names[i], names[*n]) == 0) {
                return err_set(err, ERR_USAGE, "--columns names '%s' twice", names[i]);
            }
        }
        ++*n;
        text += len + (text[len] == ',');
    }
    return names ? 0 : err_nomem(err);
}

static int make(struct plan *plan, const struct options *options,
                const struct inventory *inventory, struct library *library, struct arena *arena,
                bool settled, struct err *err)
{
    struct plan_request request = {.template_file = options->template_file,
                                   .allow_changes = options->allow_changes,
                                   .nobody = !options->inventory && options->hosts.count == 0,
                                   .settled = settled};
    int rc = asks_of(&request, options, arena, err);
    if (rc == 0) {
        rc = split_columns(options->columns, arena, &request.data, &request.ndata, err);
    }
    return rc < 0 ? rc : plan_make(plan, inventory, library, &request, err);
}

int asks_plan(struct plan *plan, const struct options *options,
              const struct inventory *inventory, struct library *library, struct arena *arena,
              struct err *err)
{
    return make(plan, options, inventory, library, arena, false, err);
}

int asks_plan_settled(struct plan *plan, const struct options *options,
                      const struct inventory *inventory, struct library *library,
                      struct arena *arena, struct err *err)
{
    return make(plan, options, inventory, library, arena, true, err);
}
