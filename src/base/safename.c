#include "base/safename.h"

#include "base/limits.h"

#include <stdint.h>
#include <strings.h>

#define HASH_TAIL 17 /* '~' and 16 digits */

static bool stays(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == '.' || c == '_' || c == '-';
}

/* With or without an extension, these open devices on Windows. */
static bool reserved(struct view name)
{
    static const char *const words[] = {"CON", "PRN", "AUX", "NUL"};
    size_t stem = 0;
    while (stem < name.len && name.ptr[stem] != '.') {
        stem++;
    }
    for (size_t i = 0; stem == 3 && i < sizeof(words) / sizeof(words[0]); i++) {
        if (strncasecmp(name.ptr, words[i], 3) == 0) {
            return true;
        }
    }
    return stem == 4 && name.ptr[3] >= '0' && name.ptr[3] <= '9' &&
           (strncasecmp(name.ptr, "COM", 3) == 0 || strncasecmp(name.ptr, "LPT", 3) == 0);
}

/* FNV-1a. */
static uint64_t hash(struct view name)
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < name.len; i++) {
        h = (h ^ (unsigned char)name.ptr[i]) * 1099511628211u;
    }
    return h;
}

void safename_add(struct strbuf *out, struct view name)
{
    if (name.len == 0) {
        strbuf_addch(out, '%');
        return;
    }
    size_t start = out->len;
    for (size_t i = 0; i < name.len && out->len - start <= LIMIT_FILE_NAME; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        bool special = i == 0 && (c == '.' || reserved(name));
        if (stays(c) && !special) {
            strbuf_addch(out, (char)c);
        } else {
            strbuf_addf(out, "%%%02X", c);
        }
    }
    if (out->len - start > LIMIT_FILE_NAME) {
        strbuf_truncate(out, start + LIMIT_FILE_NAME - HASH_TAIL);
        strbuf_addf(out, "~%016llx", (unsigned long long)hash(name));
    }
}

bool safename_same(struct view a, struct view b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.ptr, b.ptr, a.len) == 0);
}
