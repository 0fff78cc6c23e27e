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
        asks[i] = (struct plan_ask){list->items[i].letter == 't', list->items[i].text};
    }
    request->asks = asks;
    request->nasks = list->count;
    return 0;
}
