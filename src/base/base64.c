#include "base/base64.h"

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static struct view unpadded(struct view text)
{
    for (int i = 0; i < 2 && text.len > 0 && text.ptr[text.len - 1] == '='; i++) {
        text.len--;
    }
    return text;
}

long base64_decode(struct view text, uint8_t *out, size_t size)
{
    uint32_t bits = 0;
    int nbits = 0;
    size_t n = 0;
    text = unpadded(text);
    for (size_t i = 0; i < text.len; i++) {
        int value = value_of(text.ptr[i]);
        if (value < 0) {
            return -1;
        }
        bits = bits << 6 | (uint32_t)value;
        nbits += 6;
        if (nbits >= 8) {
            if (n == size) {
                return -1;
            }
            nbits -= 8;
            out[n++] = (uint8_t)(bits >> nbits);
        }
    }
    return nbits >= 6 ? -1 : (long)n;
}

bool base64_valid(struct view text)
{
    text = unpadded(text);
    for (size_t i = 0; i < text.len; i++) {
        if (value_of(text.ptr[i]) < 0) {
            return false;
        }
    }
    return text.len > 0;
}

void base64_encode(struct view bytes, char *out)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint32_t bits = 0;
    int nbits = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bits = bits << 8 | (unsigned char)bytes.ptr[i];
        for (nbits += 8; nbits >= 6; nbits -= 6) {
            *out++ = digits[bits >> (nbits - 6) & 63];
        }
    }
    if (nbits) {
        *out++ = digits[bits << (6 - nbits) & 63];
    }
    *out = '\0';
}
