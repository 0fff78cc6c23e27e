#include "store/netvalue.h"

#include <arpa/inet.h>
#include <stdint.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/* ---- versions -----------------------------------------------------------------------------
 */

/* The next run of digits, of letters, or "~", behind any other punctuation; empty at the end.
 */
static struct view next_part(struct view *rest)
{
    size_t i = 0;
    while (i < rest->len && !is_digit(rest->ptr[i]) && !is_letter(rest->ptr[i]) &&
           rest->ptr[i] != '~') {
        i++;
    }
    size_t end = i;
    if (end < rest->len && rest->ptr[end] == '~') {
        end++;
    } else {
        while (end < rest->len && (is_digit(rest->ptr[i]) ? is_digit(rest->ptr[end])
                                                          : is_letter(rest->ptr[end]))) {
            end++;
        }
    }
    struct view part = view_slice(*rest, i, end);
    *rest = view_slice(*rest, end, rest->len);
    return part;
}

static int compare_numbers(struct view a, struct view b)
{
    while (a.len && a.ptr[0] == '0') {
        a = view_slice(a, 1, a.len);
    }
    while (b.len && b.ptr[0] == '0') {
        b = view_slice(b, 1, b.len);
    }
    if (a.len != b.len) {
        return a.len < b.len ? -1 : 1;
    }
    return a.len ? memcmp(a.ptr, b.ptr, a.len) : 0;
}

static int compare_letters(struct view a, struct view b)
{
    for (size_t i = 0; i < a.len && i < b.len; i++) {
        int difference = lower(a.ptr[i]) - lower(b.ptr[i]);
        if (difference) {
            return difference;
        }
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

static bool is_before_release(struct view part)
{
    static const char *const words[] = {"alpha", "beta", "dev", "pre", "rc"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (compare_letters(part, view_of(words[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Where a part stands beside one of another sort. */
enum rank { RANK_TILDE, RANK_BEFORE_RELEASE, RANK_END, RANK_LETTERS, RANK_NUMBER };

static enum rank rank(struct view part)
{
    if (part.len == 0) {
        return RANK_END;
    }
    if (is_digit(part.ptr[0])) {
        return RANK_NUMBER;
    }
    if (part.ptr[0] == '~') {
        return RANK_TILDE;
    }
    return is_before_release(part) ? RANK_BEFORE_RELEASE : RANK_LETTERS;
}

int version_compare(struct view a, struct view b)
{
    for (;;) {
        struct view x = next_part(&a), y = next_part(&b);
        enum rank rx = rank(x), ry = rank(y);
        if (rx != ry) {
            return rx < ry ? -1 : 1;
        }
        if (x.len == 0) {
            return 0;
        }
        int difference = rx == RANK_NUMBER ? compare_numbers(x, y) : compare_letters(x, y);
        if (difference) {
            return difference < 0 ? -1 : 1;
        }
    }
}

/* ---- interface names ----------------------------------------------------------------------
 */

static struct view full_type(struct view type)
{
    static const struct {
        const char *shortest, *full;
    } types[] = {
        {"fa", "fastethernet"},
        {"gi", "gigabitethernet"},
        {"ge", "gigabitethernet"},
        {"te", "tengigabitethernet"},
        {"tengige", "tengigabitethernet"},
        {"xe", "tengigabitethernet"},
        {"twe", "twentyfivegige"},
        {"fo", "fortygigabitethernet"},
        {"hu", "hundredgige"},
        {"et", "ethernet"},
        {"eth", "ethernet"},
        {"po", "port-channel"},
        {"lo", "loopback"},
        {"vl", "vlan"},
        {"tu", "tunnel"},
        {"mgmt", "management"},
        {"ma", "management"},
        {"se", "serial"},
    };
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (compare_letters(type, view_of(types[i].shortest)) == 0) {
            return view_of(types[i].full);
        }
    }
    return type;
}

static void add_padded(struct strbuf *out, struct view digits)
{
    while (digits.len > 1 && digits.ptr[0] == '0') {
        digits = view_slice(digits, 1, digits.len);
    }
    if (digits.len < 10) {
        strbuf_addchars(out, '0', 10 - digits.len);
    }
    strbuf_addview(out, digits);
}

void interface_sort_key(struct strbuf *out, struct view name)
{
    name = view_trim(name);
    size_t type_len = 0;
    while (type_len < name.len &&
           (is_letter(name.ptr[type_len]) || (name.ptr[type_len] == '-' && type_len > 0))) {
        type_len++;
    }
    size_t letters = type_len;
    while (letters > 0 && name.ptr[letters - 1] == '-') {
        letters--; /* ge-0/0/1: the dash parts type and number */
    }
    struct view type = full_type(view_slice(name, 0, letters));
    for (size_t i = 0; i < type.len; i++) {
        strbuf_addch(out, lower(type.ptr[i]));
    }
    strbuf_addch(out, ' ');
    for (size_t i = type_len; i < name.len;) {
        size_t end = i;
        while (end < name.len && is_digit(name.ptr[end])) {
            end++;
        }
        if (end > i) {
            add_padded(out, view_slice(name, i, end));
            i = end;
        } else if (name.ptr[i] != ' ' || i > type_len) {
            strbuf_addch(out, lower(name.ptr[i]));
            i++;
        } else {
            i++;
        }
    }
}

/* ---- addresses ----------------------------------------------------------------------------
 */

struct prefix {
    int family; /* 4 or 6 */
    unsigned char bytes[16];
    unsigned bits; /* of the prefix; all of the address when none is written */
};

static bool parse_length(struct view text, unsigned most, unsigned *bits)
{
    if (text.len == 0 || text.len > 3) {
        return false;
    }
    unsigned n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit(text.ptr[i])) {
            return false;
        }
        n = n * 10 + (unsigned)(text.ptr[i] - '0');
    }
    *bits = n;
    return n <= most;
}

static bool parse_prefix(struct view text, struct prefix *out)
{
    text = view_trim(text);
    const char *slash = text.len ? memchr(text.ptr, '/', text.len) : NULL;
    size_t len = slash ? (size_t)(slash - text.ptr) : text.len;
    const char *zone = len ? memchr(text.ptr, '%', len) : NULL;
    size_t address_len = zone ? (size_t)(zone - text.ptr) : len;
    char address[INET6_ADDRSTRLEN];
    if (address_len >= sizeof(address) || address_len == 0) {
        return false;
    }
    memcpy(address, text.ptr, address_len);
    address[address_len] = '\0';
    memset(out, 0, sizeof(*out));
    if (inet_pton(AF_INET, address, out->bytes) == 1) {
        out->family = 4;
        out->bits = 32;
    } else if (inet_pton(AF_INET6, address, out->bytes) == 1) {
        out->family = 6;
        out->bits = 128;
    } else {
        return false;
    }
    return !slash || parse_length(view_slice(text, len + 1, text.len), out->bits, &out->bits);
}

bool ip_sort_key(struct strbuf *out, struct view text)
{
    struct prefix p;
    if (!parse_prefix(text, &p)) {
        return false;
    }
    strbuf_addch(out, p.family == 4 ? '4' : '6');
    for (size_t i = 0; i < (p.family == 4 ? 4u : 16u); i++) {
        strbuf_addf(out, "%02x", p.bytes[i]);
    }
    strbuf_addf(out, "/%03u", p.bits);
    return true;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    if (memcmp(a, b, bits / 8) != 0) {
        return false;
    }
    unsigned rest = bits % 8;
    return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

int cidr_contains(struct view net, struct view ip)
{
    struct prefix n, i;
    if (!parse_prefix(net, &n) || !parse_prefix(ip, &i)) {
        return -1;
    }
    return n.family == i.family && i.bits >= n.bits && same_bits(n.bytes, i.bytes, n.bits);
}

/* ---- MAC addresses ------------------------------------------------------------------------
 */

bool mac_spell(struct strbuf *out, struct view text)
{
    char digits[12];
    size_t n = 0;
    text = view_trim(text);
    for (size_t i = 0; i < text.len; i++) {
        char c = lower(text.ptr[i]);
        if (is_digit(c) || (c >= 'a' && c <= 'f')) {
            if (n == sizeof(digits)) {
                return false;
            }
            digits[n++] = c;
        } else if (!memchr(".:- ", c, 4)) {
            return false;
        }
    }
    if (n != sizeof(digits)) {
        return false;
    }
    for (size_t i = 0; i < n; i += 2) {
        strbuf_addf(out, "%s%.2s", i ? ":" : "", digits + i);
    }
    return true;
}
