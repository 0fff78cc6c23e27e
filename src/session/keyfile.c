#include "session/keyfile.h"

#include "base/base64.h"
#include "base/limits.h"
#include "base/secret.h"
#include "base/strbuf.h"

#define FILE_SIZE KIB(64)

bool keyfile_string(struct view *blob, struct view *out)
{
    const uint8_t *b = (const uint8_t *)blob->ptr;
    if (blob->len < 4) {
        return false;
    }
    size_t len = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
    if (len > blob->len - 4) {
        return false;
    }
    *out = view_slice(*blob, 4, 4 + len);
    *blob = view_slice(*blob, 4 + len, blob->len);
    return true;
}

/* A blob begins with its type, which the line names, too. */
static bool is_of_type(struct view blob, struct view type)
{
    struct view first;
    return keyfile_string(&blob, &first) && view_equal(first, type);
}

static struct view take_field(struct view *line)
{
    size_t len = 0;
    while (len < line->len && !strchr(" \t\r\n", line->ptr[len])) {
        len++;
    }
    struct view field = view_slice(*line, 0, len);
    *line = view_slice(*line, len + 1, line->len);
    return field;
}

int keyfile_line(struct view line, uint8_t blob[KEYFILE_BLOB], struct view *out)
{
    struct view type = take_field(&line);
    long n = base64_decode(take_field(&line), blob, KEYFILE_BLOB);
    *out = view_make((const char *)blob, n > 0 ? (size_t)n : 0);
    if (is_of_type(*out, type)) {
        return 0;
    }
    *out = VIEW_NONE;
    return -1;
}

int keyfile_public(const char *path, uint8_t blob[KEYFILE_BLOB], struct view *out)
{
    struct strbuf text = STRBUF_INIT;
    *out = VIEW_NONE;
    int rc = strbuf_read_file(&text, path, FILE_SIZE) < 0
                 ? -1
                 : keyfile_line(strbuf_view(&text), blob, out);
    strbuf_release(&text);
    return rc;
}

/* The lines between BEGIN and END as one text. */
static bool take_armour(struct view text, struct strbuf *out)
{
    const struct view begin = VIEW("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    if (!view_starts(text, begin)) {
        return false;
    }
    for (size_t i = begin.len; i < text.len && text.ptr[i] != '-'; i++) {
        if (!strchr("\r\n", text.ptr[i])) {
            strbuf_addch(out, text.ptr[i]);
        }
    }
    return !strbuf_failed(out);
}

/* magic, cipher, kdf, its options, the number of keys, the public one */
static bool find_public(struct view container, struct view *out)
{
    static const char magic[] = "openssh-key-v1";
    struct view skipped;
    if (!view_starts(container, view_make(magic, sizeof(magic)))) {
        return false;
    }
    container = view_slice(container, sizeof(magic), container.len);
    for (int i = 0; i < 3; i++) {
        if (!keyfile_string(&container, &skipped)) {
            return false;
        }
    }
    container = view_slice(container, 4, container.len);
    return keyfile_string(&container, out) && out->len;
}

int keyfile_private(const char *path, uint8_t blob[KEYFILE_BLOB], struct view *out)
{
    struct strbuf text = STRBUF_INIT, armour = STRBUF_INIT;
    int rc = -1;
    if (strbuf_read_file(&text, path, FILE_SIZE) == 0 &&
        take_armour(strbuf_view(&text), &armour)) {
        long n = base64_decode(strbuf_view(&armour), blob, KEYFILE_BLOB);
        struct view container = view_make((const char *)blob, n > 0 ? (size_t)n : 0);
        rc = find_public(container, out) ? 0 : -1;
    }
    *out = rc < 0 ? VIEW_NONE : *out;
    secret_wipe(text.buf, text.len);
    secret_wipe(armour.buf, armour.len);
    strbuf_release(&text);
    strbuf_release(&armour);
    return rc;
}
