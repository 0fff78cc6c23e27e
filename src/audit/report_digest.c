/* The digest of an audit: counts by rule and by host, and the orders in which they are told. */
#include "audit/report_part.h"

#include <stdlib.h>

bool digest_shows(const struct audit_digest *digest, const struct audit_finding *finding)
{
    return digest->all || !digest->audit->compared || finding->trend != TREND_NONE;
}

bool digest_tells(const struct audit_digest *digest, const struct audit_finding *finding)
{
    return digest_shows(digest, finding) &&
           (digest->all || digest->audit->compared || finding->verdict <= VERDICT_WAIVED);
}

const char *audit_trend_name(enum trend trend)
{
    return trend == TREND_WORSE ? "worse" : trend == TREND_BETTER ? "better" : NULL;
}

const char *audit_kind_name(enum rule_kind kind)
{
    static const char *const names[] = {
        [RULE_EXPECT] = "expect", [RULE_QUERY] = "query", [RULE_LINES] = "lines"};
    return names[kind];
}

bool audit_waiver_expired(const struct audit_finding *finding)
{
    return finding->waiver && finding->verdict == VERDICT_FAIL;
}

const char *audit_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int digest_each(const struct audit_digest *digest, digest_fn *on_finding, void *user,
                struct err *err)
{
    for (size_t rule = 0; rule < digest->audit->rules->nrules; rule++) {
        for (size_t i = 0; i < digest->audit->nhosts; i++) {
            const struct audit_finding *finding =
                digest_finding(digest, rule, digest->by_name[i]);
            int status = digest_shows(digest, finding) ? on_finding(user, finding, err) : 0;
            if (status < 0) {
                return status;
            }
        }
    }
    return 0;
}

/* ---- Orders --------------------------------------------------------------------------------
 */

/* What is sorted: an index with what its order depends on. */
struct entry {
    size_t index;
    const char *name;
    enum severity severity;
    const struct audit_tally *tally;
};

static int compare_sizes(size_t a, size_t b)
{
    return a < b ? -1 : a > b;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of two runs of digits, without leading zeros the longer is more. */
static int compare_numbers(const char **a, const char **b)
{
    size_t zeros_a = strspn(*a, "0"), zeros_b = strspn(*b, "0");
    *a += zeros_a;
    *b += zeros_b;
    size_t na = strspn(*a, "0123456789"), nb = strspn(*b, "0123456789");
    int order = compare_sizes(na, nb);
    order = order ? order : memcmp(*a, *b, na);
    *a += na;
    *b += nb;
    return order;
}

/* As people sort names: sw2 before sw10. */
static int compare_names(const char *a, const char *b)
{
    const char *whole_a = a, *whole_b = b;
    int order = 0;
    while (order == 0 && *a && *b) {
        if (is_digit(*a) && is_digit(*b)) {
            order = compare_numbers(&a, &b);
        } else {
            order = (unsigned char)*a++ - (unsigned char)*b++;
        }
    }
    order = order ? order : (unsigned char)*a - (unsigned char)*b;
    return order ? order : strcmp(whole_a, whole_b);
}

static int by_name(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = compare_names(a->name, b->name);
    return order ? order : compare_sizes(a->index, b->index);
}

/* FAIL before ERROR before WAIVED before all else. */
static int badness(const struct audit_tally *tally)
{
    int verdict = VERDICT_FAIL;
    while (verdict < VERDICT_PASS && tally->counts[verdict] == 0) {
        verdict++;
    }
    return verdict;
}

static int by_rule(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int bad = badness(a->tally), order = bad - badness(b->tally);
    order = order ? order : (int)b->severity - (int)a->severity;
    order = order ? order : compare_sizes(b->tally->counts[bad], a->tally->counts[bad]);
    return order ? order : compare_sizes(a->index, b->index);
}

static int by_host(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int order = 0;
    for (int s = SEVERITY_CRITICAL; order == 0 && s >= SEVERITY_INFO; s--) {
        order = compare_sizes(b->tally->fails[s], a->tally->fails[s]);
    }
    for (int v = VERDICT_ERROR; order == 0 && v <= VERDICT_WAIVED; v++) {
        order = compare_sizes(b->tally->counts[v], a->tally->counts[v]);
    }
    return order ? order : by_name(left, right);
}

static void sort(size_t *out, struct entry *entries, size_t n,
                 int (*compare)(const void *, const void *))
{
    if (n > 0) {
        qsort(entries, n, sizeof(*entries), compare);
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = entries[i].index;
    }
}

static int make_orders(struct audit_digest *digest, struct err *err)
{
    const struct audit *audit = digest->audit;
    size_t nrules = audit->rules->nrules;
    size_t most = nrules > audit->nhosts ? nrules : audit->nhosts;
    struct entry *entries = calloc(most + 1, sizeof(*entries));
    if (!entries) {
        return err_nomem(err);
    }
    for (size_t i = 0; i < nrules; i++) {
        const struct rule *rule = &audit->rules->rules[i];
        entries[i] = (struct entry){i, rule->id, rule->severity, &digest->rules[i]};
    }
    sort(digest->worst_rules, entries, nrules, by_rule);
    for (size_t i = 0; i < audit->nhosts; i++) {
        entries[i] = (struct entry){i, audit->hosts[i].name, 0, &digest->hosts[i]};
    }
    sort(digest->by_name, entries, audit->nhosts, by_name);
    sort(digest->worst_hosts, entries, audit->nhosts, by_host);
    free(entries);
    return 0;
}

/* ---- The digest ----------------------------------------------------------------------------
 */

static void count(struct audit_digest *digest, size_t rule, size_t host)
{
    const struct audit_finding *finding = digest_finding(digest, rule, host);
    bool shown = digest_shows(digest, finding);
    digest->rules[rule].counts[finding->verdict]++;
    digest->hosts[host].counts[finding->verdict]++;
    digest->rules[rule].shown[finding->verdict] += shown;
    digest->hosts[host].shown[finding->verdict] += shown;
    digest->shown += shown;
    if (finding->verdict == VERDICT_FAIL) {
        digest->hosts[host].fails[digest->audit->rules->rules[rule].severity]++;
    }
}

int audit_digest_init(struct audit_digest *digest, const struct audit *audit, bool all,
                      struct err *err)
{
    size_t nrules = audit->rules->nrules, nhosts = audit->nhosts;
    *digest = (struct audit_digest){
        .audit = audit,
        .all = all,
        .rules = calloc(nrules + 1, sizeof(*digest->rules)),
        .hosts = calloc(nhosts + 1, sizeof(*digest->hosts)),
        .by_name = calloc(nhosts + 1, sizeof(*digest->by_name)),
        .worst_rules = calloc(nrules + 1, sizeof(*digest->worst_rules)),
        .worst_hosts = calloc(nhosts + 1, sizeof(*digest->worst_hosts)),
    };
    int status = digest->rules && digest->hosts && digest->by_name && digest->worst_rules &&
                         digest->worst_hosts
                     ? 0
                     : err_nomem(err);
    for (size_t rule = 0; rule < nrules && status == 0; rule++) {
        for (size_t host = 0; host < nhosts; host++) {
            count(digest, rule, host);
        }
    }
    status = status ? status : make_orders(digest, err);
    if (status < 0) {
        audit_digest_release(digest);
    }
    return status;
}

void audit_digest_release(struct audit_digest *digest)
{
    free(digest->rules);
    free(digest->hosts);
    free(digest->by_name);
    free(digest->worst_rules);
    free(digest->worst_hosts);
    *digest = (struct audit_digest){0};
}
