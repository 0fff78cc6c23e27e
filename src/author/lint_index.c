/* An index: rows that never win, templates that are not there. */
#include "author/lint_part.h"

#include <unistd.h>

#define ATTRIBUTE_BYTES 256

static void check_files(const struct lint_file *file, const struct textfsm_index_row *row)
{
    for (unsigned i = 0; i < row->npaths; i++) {
        if (access(row->paths[i], R_OK) != 0) {
            const char *slash = strrchr(row->paths[i], '/');
            lint_add(file, row->line,
                     lint_column(file, row->line, slash ? slash + 1 : row->paths[i]),
                     LINT_NO_TEMPLATE, "there is no template %s", row->paths[i]);
        }
    }
}

static bool is_plain(struct view text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (strchr("\\^$*+?{}()[]|.", text.ptr[i])) {
            return false;
        }
    }
    return text.len > 0;
}

/* A cell as the one text that it stands for: "cisco_ios$" -> "cisco_ios". With `whole`
 * completions are written out, "sh[[ow]]" -> "show", else left out. */
static bool spell(struct view cell, bool whole, char *out, size_t size)
{
    size_t n = 0;
    cell = view_trim(cell);
    if (view_ends(cell, VIEW("$"))) {
        cell.len--;
    }
    for (size_t i = 0; i < cell.len && n + 1 < size; i++) {
        struct view rest = view_slice(cell, i, cell.len);
        if (view_starts(rest, VIEW("[["))) {
            size_t end = i + 2;
            while (end < cell.len && cell.ptr[end] != ']') {
                end++;
            }
            struct view inner = view_slice(cell, i + 2, end);
            if (!is_plain(inner) || n + inner.len + 1 >= size) {
                return false;
            }
            memcpy(out + n, inner.ptr, whole ? inner.len : 0);
            n += whole ? inner.len : 0;
            i = end + 1;
        } else if (is_plain(view_slice(rest, 0, 1))) {
            out[n++] = cell.ptr[i];
        } else {
            return false;
        }
    }
    out[n] = '\0';
    return n > 0 && n + 1 < size;
}

/* Does a row that says nothing special of hosts take what the other row's hosts are? */
static bool same_hosts(const struct textfsm_index_row *winner,
                       const struct textfsm_index_row *row)
{
    return !winner->hostname || strcmp(winner->hostname, ".*") == 0 ||
           (row->hostname && strcmp(winner->hostname, row->hostname) == 0);
}

/* The row that gets this one's command: written out, or as short as it may be, and with more
 * words behind it where the row takes those. */
static long winner_of(const struct textfsm_index *index, const struct textfsm_index_row *row,
                      bool whole, bool more)
{
    char platform[ATTRIBUTE_BYTES], command[ATTRIBUTE_BYTES];
    static const char behind[] = " x";
    if (!row->command || !spell(view_of(row->command), whole, command, sizeof(command)) ||
        (row->platform && !spell(view_of(row->platform), whole, platform, sizeof(platform)))) {
        return -1;
    }
    size_t len = strlen(command);
    if (more && !view_ends(view_trim(view_of(row->command)), VIEW("$")) &&
        len + sizeof(behind) <= sizeof(command)) {
        memcpy(command + len, behind, sizeof(behind));
    }
    return textfsm_index_find(index, row->platform ? platform : NULL, command, NULL, 0, NULL);
}

/* Dead is a row whose command goes to one earlier row however it is written. */
static void check_dead(const struct lint_file *file, const struct textfsm_index *index,
                       size_t i)
{
    struct textfsm_index_row row = textfsm_index_row(index, i);
    long first = winner_of(index, &row, true, false);
    if (first < 0 || (size_t)first >= i || winner_of(index, &row, false, false) != first ||
        winner_of(index, &row, true, true) != first ||
        winner_of(index, &row, false, true) != first) {
        return;
    }
    struct textfsm_index_row winner = textfsm_index_row(index, (size_t)first);
    if (same_hosts(&winner, &row)) {
        lint_add(file, row.line, lint_column(file, row.line, row.command), LINT_DEAD_ROW,
                 "\"%s\" always goes to %s: the row on line %u, \"%s\", comes first",
                 row.command, winner.templates, winner.line, winner.command);
    }
}

void lint_index(struct lint_file *file)
{
    struct textfsm_error error;
    struct textfsm_index *index =
        textfsm_index_new(file->text.buf, file->text.len, file->path, NULL, &error);
    if (!index) {
        file->lint->failed |= error.code == TEXTFSM_NOMEM;
        lint_add_error(file, LINT_BAD_INDEX, error.text);
        return;
    }
    for (size_t i = 0; i < textfsm_index_warnings(index); i++) {
        lint_add_error(file, LINT_BAD_INDEX, textfsm_index_warning(index, i));
    }
    for (size_t i = 0; i < textfsm_index_rows(index); i++) {
        struct textfsm_index_row row = textfsm_index_row(index, i);
        check_files(file, &row);
        check_dead(file, index, i);
    }
    textfsm_index_free(index);
}
