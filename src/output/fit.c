#include "output/fit.h"

#include <stdint.h>

static size_t clamp(const struct fit_column *column, size_t cap)
{
    if (column->natural <= cap) {
        return column->natural;
    }
    return cap > column->least ? cap : column->least;
}

/* Of all shown columns, none wider than cap but where its least is. */
static size_t total(const struct fit_column *columns, size_t n, size_t gap, size_t cap)
{
    size_t sum = 0, shown = 0;
    for (size_t i = 0; i < n; i++) {
        if (columns[i].shown) {
            sum += clamp(&columns[i], cap);
            shown++;
        }
    }
    return sum + (shown ? (shown - 1) * gap : 0);
}

static bool leave_one_out(struct fit_column *columns, size_t n, bool only_spare)
{
    struct fit_column *worst = NULL;
    size_t shown = 0;
    for (size_t i = 0; i < n; i++) {
        shown += columns[i].shown;
        if (columns[i].shown && (columns[i].spare || !only_spare)) {
            worst = !worst || columns[i].worth <= worst->worth ? &columns[i] : worst;
        }
    }
    if (shown <= 1 || !worst) {
        return false;
    }
    worst->shown = false;
    return true;
}

static size_t widest(const struct fit_column *columns, size_t n)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++) {
        most = columns[i].natural > most ? columns[i].natural : most;
    }
    return most;
}

/* The largest cap that fits; between low (fits, or nothing does) and high (too wide). */
static size_t find_cap(const struct fit_column *columns, size_t n, size_t gap, size_t width)
{
    size_t low = 0, high = widest(columns, n) + 1;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (total(columns, n, gap, middle) <= width) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

void fit_columns(struct fit_column *columns, size_t n, size_t gap, size_t width)
{
    for (size_t i = 0; i < n; i++) {
        columns[i].shown = true;
        columns[i].width = columns[i].natural;
    }
    if (width == 0 || total(columns, n, gap, SIZE_MAX) <= width) {
        return;
    }
    while (total(columns, n, gap, SIZE_MAX) > width && leave_one_out(columns, n, true)) {
    }
    while (total(columns, n, gap, 0) > width && leave_one_out(columns, n, false)) {
    }
    size_t cap = find_cap(columns, n, gap, width);
    size_t sum = total(columns, n, gap, cap);
    for (size_t i = 0; i < n; i++) {
        columns[i].width = clamp(&columns[i], cap);
        bool more = columns[i].shown && columns[i].width < columns[i].natural;
        if (more && sum < width) {
            columns[i].width++;
            sum++;
        }
        columns[i].width = columns[i].width > width ? width : columns[i].width;
    }
}
