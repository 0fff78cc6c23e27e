#include "output/fit.h"
#include "test.h"

/* The widths that are shown, e.g. "5 10 -", of columns given as "natural/least/worth[s]". */
static void check(const char *columns, size_t width, const char *want)
{
    struct fit_column c[8] = {{0}};
    size_t n = 0;
    char *end = NULL;
    for (const char *at = columns; *at; at = *end ? end + 1 : end, n++) {
        c[n].natural = strtoul(at, &end, 10);
        c[n].least = strtoul(end + 1, &end, 10);
        c[n].worth = (int)strtol(end + 1, &end, 10);
        c[n].spare = *end == 's';
        end += c[n].spare;
    }
    fit_columns(c, n, 2, width);
    char got[128] = "";
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        const char *gap = i ? " " : "";
        if (c[i].shown) {
            used += (size_t)snprintf(got + used, sizeof(got) - used, "%s%zu", gap, c[i].width);
        } else {
            used += (size_t)snprintf(got + used, sizeof(got) - used, "%s-", gap);
        }
    }
    CHECK_STR(got, want);
}

int main(void)
{
    test_failed_here = 0;
    check("5/5/9 10/10/3", 0, "5 10");
    check("5/5/9 10/10/3", 17, "5 10");
    check("5/5/9 30/10/3", 20, "5 13");
    check("5/5/9 30/10/3 30/10/3", 40, "5 16 15");
    check("5/5/9 30/10/3 12/10/3", 40, "5 19 12");
    check("5/5/9 20/10/2s 30/10/3", 40, "5 - 30");
    check("5/5/9 20/10/2s 30/10/1s", 30, "5 20 -");
    check("5/5/9 20/10/3 30/10/3", 20, "5 13 -");
    check("5/5/9 20/10/3 30/10/3", 10, "5 - -");
    check("50/10/9 20/10/3", 4, "4 -");
    check("50/10/9", 4, "4");
    check("50/10/1s", 40, "40");
    check("0/0/1", 40, "0");
    return test_failed_here ? 1 : 0;
}
