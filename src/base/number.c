#include "base/number.h"

struct unit {
    const char *name;
    uint64_t factor;
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The digits at the front of *text into *out; false without any or when they overflow. */
static bool take_digits(struct view *text, uint64_t *out)
{
    uint64_t n = 0;
    size_t i = 0;
    for (; i < text->len && digit(text->ptr[i]); i++) {
        unsigned d = (unsigned)(text->ptr[i] - '0');
        if (n > (UINT64_MAX - d) / 10) {
            return false;
        }
        n = n * 10 + d;
    }
    *text = view_slice(*text, i, text->len);
    *out = n;
    return i > 0;
}

bool number_int(struct view text, int64_t min, int64_t max, int64_t *out)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    uint64_t n;
    if (negative) {
        text = view_slice(text, 1, text.len);
    }
    if (!take_digits(&text, &n) || text.len > 0 || n > INT64_MAX) {
        return false;
    }
    int64_t value = negative ? -(int64_t)n : (int64_t)n;
    if (value < min || value > max) {
        return false;
    }
    *out = value;
    return true;
}

/* Digits, a fraction if allowed, and one of the units (the first is the one for none). */
static bool with_unit(struct view text, bool fraction, const struct unit *units, size_t n,
                      uint64_t *out)
{
    uint64_t whole, thousandths = 0;
    if (!take_digits(&text, &whole)) {
        return false;
    }
    if (fraction && text.len > 1 && text.ptr[0] == '.' && digit(text.ptr[1])) {
        unsigned weight = 100;
        for (text = view_slice(text, 1, text.len); text.len > 0 && digit(text.ptr[0]);
             text = view_slice(text, 1, text.len)) {
            thousandths += weight * (unsigned)(text.ptr[0] - '0');
            weight /= 10;
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (view_equal_str(text, units[i].name)) {
            uint64_t rest = thousandths * units[i].factor / 1000;
            if (whole > (INT64_MAX - rest) / units[i].factor) {
                return false;
            }
            *out = whole * units[i].factor + rest;
            return true;
        }
    }
    return false;
}

bool number_duration(struct view text, ms_t *out)
{
    static const struct unit units[] = {
        {"", 1000},     {"s", 1000},    {"ms", 1},       {"m", 60000},
        {"min", 60000}, {"h", 3600000}, {"d", 86400000},
    };
    uint64_t n;
    if (!with_unit(text, true, units, sizeof(units) / sizeof(units[0]), &n)) {
        return false;
    }
    *out = (ms_t)n;
    return true;
}

bool number_size(struct view text, size_t *out)
{
    static const struct unit units[] = {
        {"", 1},        {"B", 1},        {"K", 1 << 10},   {"KB", 1 << 10},  {"KiB", 1 << 10},
        {"k", 1 << 10}, {"M", 1 << 20},  {"MB", 1 << 20},  {"MiB", 1 << 20}, {"m", 1 << 20},
        {"G", 1 << 30}, {"GB", 1 << 30}, {"GiB", 1 << 30}, {"g", 1 << 30},
    };
    uint64_t n;
    if (!with_unit(text, false, units, sizeof(units) / sizeof(units[0]), &n) ||
        n > SIZE_MAX / 2) {
        return false;
    }
    *out = (size_t)n;
    return true;
}
