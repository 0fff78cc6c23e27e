/*
 * Text for people, piece by piece: safe for a terminal, within its width, coloured when asked.
 */
#ifndef AUDIT_REPORT_TEXT_H
#define AUDIT_REPORT_TEXT_H

#include "audit/report_part.h"

#define TEXT_LEAST 20 /* columns of wrapped text, however far right it begins */

#define TEXT_BOLD "\033[1m"
#define TEXT_DIM  "\033[2m"
#define TEXT_END  "\033[0m"

extern const char *const text_verdict_colors[VERDICTS];

struct text {
    const struct audit_digest *digest;
    const struct audit_report_options *options;
    struct sink *sink;
    struct block block;
    struct strbuf line;  /* under way, terminal-safe, without colours */
    struct strbuf words; /* made of several texts of others, before they are made safe */
    struct strbuf names; /* of hosts that go together, likewise */
};

/* Our own words; color "" = none. */
void text_colored(struct text *t, const char *color, struct view text);

/* Text of others, in what is left of the line behind `used` columns; what does not fit ends in
 * an ellipsis. Returns how many columns it took. */
size_t text_fitted(struct text *t, const char *color, const char *foreign, size_t used);

/* Text of others, with lines of its own or not, and the end of the line. The first line stands
 * behind `used` columns that are there, the others under it. */
void text_wrapped(struct text *t, size_t used, const char *foreign);

#endif
