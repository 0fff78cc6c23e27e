#include "collect/inventory_part.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FINGERPRINT_B64 43 /* SHA-256 in base64 without padding */

static bool consists_of(struct view name, const char *marks)
{
    if (name.len == 0 || name.len > 255 || name.ptr[0] == '-') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool ok = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  (c != '\0' && strchr(marks, c));
        if (!ok) {
            return false;
        }
    }
    return true;
}

bool inventory_name_ok(struct view name)
{
    return consists_of(name, "._:%-");
}

bool inventory_user_ok(struct view name)
{
    return consists_of(name, "._:%@\\+$-");
}

int place_error(const struct inventory_file *file, const struct place *place, const char *key,
                struct err *err, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    const struct yaml_node *at = place->map && key ? yaml_get(place->map, key) : place->map;
    if (at) {
        return yaml_error(&file->inventory->yaml, at, err, "%s", text);
    }
    return err_set_at(err, ERR_INPUT, place->line, 0, "%s:%d: %s", file->inventory->path,
                      place->line, text);
}

static int check_name(const struct inventory_file *file, const struct place *place,
                      const char *key, const char *value, struct err *err)
{
    if (!value || inventory_name_ok(view_of(value))) {
        return 0;
    }
    return place_error(file, place, key, err,
                       "%s '%s' is refused: letters, digits and ._:%%- only, no '-' in front",
                       key, value);
}

static int check_user(const struct inventory_file *file, const struct place *place,
                      const char *name, struct err *err)
{
    if (!name || inventory_user_ok(view_of(name))) {
        return 0;
    }
    return place_error(file, place, "username", err,
                       "username '%s' is refused: " USER_NAME_WORDS, name);
}

/* 10.0.0.1:2222 has one colon, an IPv6 address at least two. */
static int check_address(const struct inventory_file *file, const struct place *place,
                         const char *address, struct err *err)
{
    const char *colon = address ? strchr(address, ':') : NULL;
    if (colon && !strchr(colon + 1, ':')) {
        return place_error(file, place, "address", err,
                           "address '%s' has a port in it: write it as port: %s", address,
                           colon + 1);
    }
    return check_name(file, place, "address", address, err);
}

static int check_fingerprint(const struct inventory_file *file, const struct place *place,
                             const char *text, struct err *err)
{
    struct view v = view_of(text);
    if (!text || (view_starts(v, VIEW("SHA256:")) && v.len == 7 + FINGERPRINT_B64)) {
        return 0;
    }
    return place_error(file, place, "fingerprint", err,
                       "fingerprint '%s' is not SHA256: and %d characters, as `ssh-keygen -lf` "
                       "prints it",
                       text, FINGERPRINT_B64);
}

int layer_path(struct inventory_file *file, const char **path, struct err *err)
{
    const char *text = *path;
    if (!text || *text == '/') {
        return 0;
    }
    const char *home = text[0] == '~' && text[1] == '/' ? getenv("HOME") : NULL;
    *path = home ? arena_printf(&file->inventory->arena, "%s%s", home, text + 1)
                 : arena_printf(&file->inventory->arena, "%s%s", file->folder, text);
    return *path ? 0 : err_nomem(err);
}

int layer_check(struct inventory_file *file, const struct place *place, struct layer *layer,
                struct err *err)
{
    int rc = check_address(file, place, layer->address, err);
    if (rc == 0) {
        rc = check_user(file, place, layer->username, err);
    }
    if (rc == 0) {
        rc = check_name(file, place, "platform", layer->platform, err);
    }
    if (rc == 0) {
        rc = check_fingerprint(file, place, layer->fingerprint, err);
    }
    return rc < 0 ? rc : layer_path(file, &layer->key, err);
}

int layer_name(const struct inventory_file *file, const char *what, struct view name, int line,
               int column, struct err *err)
{
    char at[48];
    if (inventory_name_ok(name)) {
        return 0;
    }
    snprintf(at, sizeof(at), column ? "%d:%d" : "%d", line, column);
    return err_set_at(err, ERR_INPUT, line, column,
                      "%s:%s: %s name '%.*s' is refused: letters, digits and ._:%%- only, no "
                      "'-' in front",
                      file->inventory->path, at, what, VIEW_ARG(name));
}

static int warn_plain(struct inventory_file *file, const struct place *place,
                      const char *prefix, struct err *err)
{
    const struct yaml_node *at = place->map ? yaml_get(place->map, prefix) : NULL;
    return inventory_warn(file->inventory, err,
                          "%s:%d: %s stands in the file for all to read: use %s_env, %s_file, "
                          "%s_command or -k",
                          file->inventory->path, at ? at->key_line : place->line, prefix,
                          prefix, prefix, prefix);
}

int layer_secret(struct inventory_file *file, const struct place *place, const char *prefix,
                 const struct secret_texts *texts, struct secret_spec *out, struct err *err)
{
    const struct secret_spec given[] = {{SECRET_ENV, texts->env},
                                        {SECRET_COMMAND, texts->command},
                                        {SECRET_FILE, texts->file},
                                        {SECRET_PLAIN, texts->plain}};
    int count = 0;
    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
        if (given[i].value) {
            *out = given[i];
            count++;
        }
    }
    if (count > 1) {
        return place_error(file, place, NULL, err,
                           "more than one of %s, %s_env, %s_file and %s_command: keep one",
                           prefix, prefix, prefix, prefix);
    }
    if (out->source == SECRET_PLAIN) {
        return warn_plain(file, place, prefix, err);
    }
    return out->source == SECRET_FILE ? layer_path(file, &out->value, err) : 0;
}
