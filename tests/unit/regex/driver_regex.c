/*
 * The regex room as a filter, for the tests that compare it with Python. Lines in, a line out
 * for each, everything in hexadecimal:
 *
 *     P FLAGS PATTERN     "ok GROUPS NAME..." or "error COLUMN TEXT"
 *     M SUBJECT           "1 FROM:TO FROM:TO ...", ("-" for a group without part), "0", "limit"
 *
 * Each match is made in every way of regex_check.h; what does not agree comes out as
 * "differ WHAT".
 */
#include "../../regex_check.h"

#include <stdio.h>

struct driver {
    struct regex *re;
    struct regex_check check;
    char *line, *bytes;
    size_t size;
};

static int nibble(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* A copy of just its size, so that a read beyond the end is noticed by sanitizers. */
static struct view decode(struct driver *driver, const char *hex)
{
    size_t n = strspn(hex, "0123456789abcdef") / 2;
    free(driver->bytes);
    driver->bytes = malloc(n ? n : 1);
    for (size_t i = 0; i < n; i++) {
        driver->bytes[i] = (char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    }
    return view_make(driver->bytes, n);
}

static void pattern(struct driver *driver, const char *args)
{
    struct err err = ERR_INIT;
    char *hex;
    unsigned flags = (unsigned)strtoul(args, &hex, 10);
    regex_free(driver->re);
    int rc = regex_compile(&driver->re, decode(driver, hex + 1), flags, NULL, &err);
    if (rc < 0) {
        printf("error %d %s\n", err.column, err.text);
        return;
    }
    regex_check_warm(&driver->check, driver->re);
    printf("ok %u", regex_group_count(driver->re));
    for (unsigned i = 1; i < regex_group_count(driver->re); i++) {
        printf(" %.*s", VIEW_ARG(regex_group_name(driver->re, i)));
    }
    printf("\n");
}

static void print_result(const struct regex_check_result *result, struct view text,
                         unsigned ngroups)
{
    if (result->rc < 0) {
        printf("limit\n");
        return;
    }
    printf("%d", result->rc);
    for (unsigned i = 0; result->rc == 1 && i < ngroups; i++) {
        struct view group = result->groups[i];
        if (group.ptr) {
            printf(" %zu:%zu", (size_t)(group.ptr - text.ptr),
                   (size_t)(group.ptr - text.ptr) + group.len);
        } else {
            printf(" -");
        }
    }
    printf("\n");
}

static void match(struct driver *driver, const char *hex)
{
    const struct regex_check_result *result;
    unsigned ngroups;
    struct view text = decode(driver, hex);
    if (!driver->re) {
        printf("differ no pattern\n");
        return;
    }
    const char *complaint =
        regex_check_match(&driver->check, driver->re, text, &result, &ngroups);
    if (complaint) {
        printf("differ %s\n", complaint);
    } else {
        print_result(result, text, ngroups);
    }
}

int main(void)
{
    static struct driver driver;
    if (!regex_check_init(&driver.check)) {
        return 1;
    }
    while (getline(&driver.line, &driver.size, stdin) > 0) {
        if (driver.line[0] == 'P') {
            pattern(&driver, driver.line + 2);
        } else {
            match(&driver, driver.line + 2);
        }
    }
    regex_free(driver.re);
    regex_check_release(&driver.check);
    free(driver.line);
    free(driver.bytes);
    return 0;
}
