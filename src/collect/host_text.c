#include "collect/host_text.h"

#include "output/cell.h"

void host_add_groups(struct strbuf *out, const struct host *host)
{
    for (size_t i = 0; host->groups[i]; i++) {
        strbuf_addf(out, "%s%s,", i ? "" : ",", host->groups[i]);
    }
}

void host_add_data(struct strbuf *out, const struct host *host)
{
    strbuf_addch(out, '{');
    for (size_t i = 0; i < host->ndata; i++) {
        strbuf_addstr(out, i ? "," : "");
        json_add_string(out, view_of(host->data[i].key));
        strbuf_addch(out, ':');
        json_add_string(out, view_of(host->data[i].value));
    }
    strbuf_addch(out, '}');
}

int host_read_groups(struct host *host, const char *text, struct arena *arena, struct err *err)
{
    text = text ? text : "";
    const char **groups = arena_array(arena, strlen(text) / 2 + 2, sizeof(*groups));
    if (!groups) {
        return err_nomem(err);
    }
    host->groups = groups;
    for (text += strspn(text, ","); *text; text += strspn(text, ",")) {
        size_t n = strcspn(text, ",");
        *groups = arena_dup(arena, view_make(text, n));
        if (!*groups++) {
            return err_nomem(err);
        }
        text += n;
    }
    return 0;
}

int host_read_data(struct host *host, const struct yaml *y, const struct yaml_node *node,
                   struct arena *arena, struct err *err)
{
    if (!node || yaml_is_null(node)) {
        return 0;
    }
    if (yaml_want(y, node, YAML_MAP, "a host's data", err) < 0) {
        return ERR_INPUT;
    }
    struct host_data *data = arena_array(arena, node->count + 1, sizeof(*data));
    if (!data) {
        return err_nomem(err);
    }
    host->data = data;
    for (const struct yaml_node *item = node->first; item; item = item->next) {
        struct host_data *here = &data[host->ndata++];
        here->key = item->key.ptr;
        if (yaml_string(y, item, &here->value, err) < 0) {
            return ERR_INPUT;
        }
    }
    return 0;
}
