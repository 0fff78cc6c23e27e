#include "audit/report_listing.h"

#include "base/vis.h"

#define EVIDENCE_SHOWN 5 /* of a finding, unless all is wanted */
#define VERDICT_WIDTH  8
#define TREND_WIDTH    8

static bool says(const char *text)
{
    return text && *text;
}

/* Without the host's name in front: the line begins with it anyway. */
static const char *reason_of(const struct audit_finding *finding)
{
    const char *reason = finding->reason, *name = finding->host->name;
    size_t n = strlen(name);
    bool named = reason && strncmp(reason, name, n) == 0 && strncmp(reason + n, ": ", 2) == 0;
    return named ? reason + n + 2 : reason;
}

/* ---- Evidence ------------------------------------------------------------------------------
 */

/* "show version:3  text": where it was seen and what. */
static void add_seen(struct text *t, const struct evidence *evidence, size_t indent)
{
    size_t used = indent;
    strbuf_addchars(&t->block.buf, ' ', indent);
    if (evidence->command) {
        used += text_fitted(t, TEXT_DIM, evidence->command, used);
    }
    if (evidence->line) {
        char line[32];
        snprintf(line, sizeof(line), ":%zu", evidence->line);
        used += text_fitted(t, TEXT_DIM, line, used);
    }
    if (used > indent) {
        strbuf_addstr(&t->block.buf, "  ");
        used += 2;
    }
    text_fitted(t, "", evidence->text, used);
    strbuf_addch(&t->block.buf, '\n');
}

/* What was told, or stands in the reason, is not told again. */
static void add_expected(struct listing *listing, const struct audit_finding *finding,
                         const char *expected, size_t indent)
{
    struct text *t = listing->text;
    bool told = (listing->expected && strcmp(listing->expected, expected) == 0) ||
                (finding->reason && strstr(finding->reason, expected));
    if (!told) {
        strbuf_addchars(&t->block.buf, ' ', indent);
        strbuf_addstr(&t->block.buf, "  expected: ");
        text_fitted(t, "", expected, indent + strlen("  expected: "));
        strbuf_addch(&t->block.buf, '\n');
    }
    listing->expected = expected;
}

/* What has no text was not there, which the reason says. */
static bool tells(const struct audit_finding *finding, const struct evidence *evidence)
{
    return says(evidence->text) || (says(evidence->expected) && !finding->reason);
}

static void add_evidence(struct listing *listing, const struct audit_finding *finding,
                         const struct evidence *evidence, size_t indent)
{
    if (says(evidence->text)) {
        add_seen(listing->text, evidence, indent);
    }
    if (tells(finding, evidence) && says(evidence->expected)) {
        add_expected(listing, finding, evidence->expected, indent);
    }
}

/* How many evidences are shown. */
static size_t shown(const struct text *t, const struct audit_finding *finding)
{
    if (t->digest->all) {
        return finding->nevidence;
    }
    return finding->verdict == VERDICT_WAIVED    ? 0
           : finding->nevidence > EVIDENCE_SHOWN ? EVIDENCE_SHOWN
                                                 : finding->nevidence;
}

static void add_all_evidence(struct listing *listing, const struct audit_finding *finding,
                             size_t indent)
{
    size_t n = shown(listing->text, finding);
    for (size_t i = 0; i < n; i++) {
        add_evidence(listing, finding, &finding->evidence[i], indent);
    }
    if (n && n < finding->violations) {
        strbuf_addchars(&listing->text->block.buf, ' ', indent);
        strbuf_addf(&listing->text->block.buf, "and %zu more\n", finding->violations - n);
    }
}

/* That one expired is part of the reason. */
static void add_waiver(struct text *t, const struct audit_finding *finding, size_t indent)
{
    const struct waiver *waiver = finding->waiver;
    if (!waiver || finding->verdict != VERDICT_WAIVED) {
        return;
    }
    strbuf_truncate(&t->words, 0); /* a failure stays known */
    strbuf_addf(&t->words, "waived by %s until %s: %s", waiver->owner, waiver->expires,
                waiver->reason);
    strbuf_addchars(&t->block.buf, ' ', indent);
    text_wrapped(t, indent, t->words.buf);
}

/* ---- Hosts ---------------------------------------------------------------------------------
 */

/* Returns how many columns it took. */
static size_t add_verdict(struct text *t, const struct audit_finding *finding)
{
    const char *name = verdict_names[finding->verdict];
    strbuf_addstr(&t->block.buf, "  ");
    text_colored(t, text_verdict_colors[finding->verdict], view_of(name));
    strbuf_addchars(&t->block.buf, ' ', VERDICT_WIDTH - strlen(name));
    if (!t->digest->audit->compared) {
        return 2 + VERDICT_WIDTH;
    }
    const char *trend = audit_trend_name(finding->trend);
    strbuf_addf(&t->block.buf, "%-*s", TREND_WIDTH, trend ? trend : "");
    return 2 + VERDICT_WIDTH + TREND_WIDTH;
}

/* The host and behind it, or where that leaves too little room below it, the reason. */
static void add_host(struct listing *listing, const struct audit_finding *finding, size_t used)
{
    struct text *t = listing->text;
    const char *reason = reason_of(finding);
    size_t width = text_fitted(t, TEXT_BOLD, finding->host->name, used);
    size_t room = t->options->width;
    size_t column = used + (listing->name_width > width ? listing->name_width : width) + 2;
    if (!reason) {
        strbuf_addch(&t->block.buf, '\n');
        return;
    }
    if (room && column + TEXT_LEAST > room) {
        strbuf_addch(&t->block.buf, '\n');
        strbuf_addchars(&t->block.buf, ' ', used);
        column = used;
    } else {
        strbuf_addchars(&t->block.buf, ' ', column - used - width);
    }
    text_wrapped(t, column, reason);
}

static void add_hosts(struct listing *listing, const struct audit_finding *finding, size_t used)
{
    const char *reason = reason_of(finding);
    text_wrapped(listing->text, used, listing->text->names.buf);
    if (reason) {
        strbuf_addchars(&listing->text->block.buf, ' ', used);
        text_wrapped(listing->text, used, reason);
    }
}

/* Nothing stands below the host that is its own. */
static bool alone(const struct text *t, const struct audit_finding *finding)
{
    size_t n = shown(t, finding);
    for (size_t i = 0; i < n; i++) {
        if (tells(finding, &finding->evidence[i])) {
            return false;
        }
    }
    return true;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool goes_with(const struct text *t, const struct audit_finding *a,
                      const struct audit_finding *b)
{
    return a->verdict == b->verdict && a->trend == b->trend && a->waiver == b->waiver &&
           same(reason_of(a), reason_of(b)) && alone(t, a) && alone(t, b);
}

int listing_add(struct listing *listing, const struct audit_finding *finding, struct err *err)
{
    struct text *t = listing->text;
    int status = 0;
    if (listing->first && !goes_with(t, listing->first, finding)) {
        status = listing_end(listing, err);
    }
    if (!listing->first) {
        strbuf_truncate(&t->names, 0);
        listing->first = finding;
    }
    strbuf_addstr(&t->names, listing->n ? ", " : "");
    vis_add(&t->names, view_of(finding->host->name), VIS_LINE);
    listing->n++;
    return status;
}

int listing_end(struct listing *listing, struct err *err)
{
    const struct audit_finding *finding = listing->first;
    if (!finding) {
        return 0;
    }
    size_t used = add_verdict(listing->text, finding);
    if (listing->n == 1) {
        add_host(listing, finding, used);
        add_all_evidence(listing, finding, used);
    } else {
        add_hosts(listing, finding, used);
    }
    add_waiver(listing->text, finding, used);
    listing->first = NULL;
    listing->n = 0;
    return block_settle(&listing->text->block, err);
}
