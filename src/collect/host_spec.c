#include "collect/inventory_part.h"

#include "base/number.h"

/* The place of the colon in front of a port, or NULL: behind a bracket, or the only one. */
static const char *port_colon(const char *text)
{
    const char *bracket = text[0] == '[' ? strchr(text, ']') : NULL;
    if (bracket) {
        return bracket[1] == ':' ? bracket + 1 : NULL;
    }
    const char *colon = strchr(text, ':');
    return colon && !strchr(colon + 1, ':') ? colon : NULL;
}

static int refused(const char *text, struct err *err)
{
    return err_set(
        err, ERR_USAGE,
        "the host name in '%s' is refused: letters, digits and ._:%%- only, no '-' in "
        "front",
        text);
}

static struct view without_brackets(struct view address)
{
    bool bracketed =
        address.len > 1 && address.ptr[0] == '[' && address.ptr[address.len - 1] == ']';
    return bracketed ? view_slice(address, 1, address.len - 1) : address;
}

int host_spec_parse(struct host_spec *out, const char *text, struct arena *arena,
                    struct err *err)
{
    const char *at = strrchr(text, '@');
    const char *name = at ? at + 1 : text;
    const char *colon = port_colon(name);
    struct view user = view_make(text, at ? (size_t)(at - text) : 0);
    struct view address = view_make(name, colon ? (size_t)(colon - name) : strlen(name));
    int64_t port = 0;
    if (colon && !number_int(view_of(colon + 1), 1, 65535, &port)) {
        return err_set(err, ERR_USAGE, "'%s' is no port in '%s': 1 to 65535", colon + 1, text);
    }
    address = without_brackets(address);
    if (!inventory_name_ok(address)) {
        return refused(text, err);
    }
    if (at && !inventory_user_ok(user)) {
        return err_set(err, ERR_USAGE, "the user name in '%s' is refused: " USER_NAME_WORDS,
                       text);
    }
    out->name = name;
    out->port = (int)port;
    out->address = arena_dup(arena, address);
    out->username = at ? arena_dup(arena, user) : NULL;
    return out->address && (!at || out->username) ? 0 : err_nomem(err);
}
