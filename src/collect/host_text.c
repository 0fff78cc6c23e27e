#include "collect/host_text.h"

#include "output/cell.h"

const char *const host_groups_unknown[] = {NULL};

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
    if (!text) {
        host->groups = host_groups_unknown;
        return 0;
    }
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

static int read_item(struct host_data *out, const struct yaml *y, const struct yaml_node *item,
                     struct arena *arena, struct err *err)
{
    const char *value = NULL;
    if (yaml_string(y, item, &value, err) < 0) {
        return ERR_INPUT;
    }
    out->key = arena_dup(arena, item->key);
    out->value = arena_dup(arena, view_of(value));
    return out->key && out->value ? 0 : err_nomem(err);
}

int host_read_data(struct host *host, const struct yaml *y, const struct yaml_node *map,
                   struct arena *arena, struct err *err)
{
    if (!map || yaml_is_null(map)) {
        return 0;
    }
    int rc = yaml_want(y, map, YAML_MAP, "a host's data", err);
    struct host_data *data = rc < 0 ? NULL : arena_array(arena, map->count + 1, sizeof(*data));
    if (rc == 0 && !data) {
        rc = err_nomem(err);
    }
    const struct yaml_node *item = rc < 0 ? NULL : map->first;
    for (; item && rc == 0; item = item->next) {
        rc = read_item(&data[host->ndata], y, item, arena, err);
        host->ndata += rc == 0;
    }
    host->data = data;
    return rc;
}
