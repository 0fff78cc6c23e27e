/*
 * Audits made by hand: "all" has every verdict, waivers, evidence of every kind and hostile
 * texts everywhere; "baseline" the same with trends; "clean", "no-hosts", "no-rules" and
 * "unknown" (whatever may be NULL is) are small; "HOSTSxRULES" is as large as that.
 */
#ifndef TESTS_UNIT_AUDIT_MADE_H
#define TESTS_UNIT_AUDIT_MADE_H

#include "audit/report.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

#define SHA  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define SHA2 "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"
#define TIME "2026-11-23T01:20:05Z"

/* ---- Every kind of thing ------------------------------------------------------------------
 */

static const struct rule rules[] = {
    {.id = "ntp", .title = "Two NTP servers", .severity = SEVERITY_MEDIUM, .kind = RULE_EXPECT},
    {.id = "no-telnet",
     .title = "Telnet is off on every line",
     .why = "CIS 1.2.2; what is typed over telnet, passwords too, can be read by anyone on the "
            "way from the desk to the device",
     .fix = "line vty 0 15\n transport input ssh",
     .severity = SEVERITY_CRITICAL,
     .kind = RULE_LINES},
    {.id = "ios-version",
     .title = "IOS is 15.2 or newer",
     .why = "Own policy 4",
     .severity = SEVERITY_HIGH,
     .kind = RULE_EXPECT},
    {.id = "duplicate-address",
     .title = "No address is used twice",
     .severity = SEVERITY_LOW,
     .kind = RULE_QUERY},
    {.id = "hostile.</script>",
     .title = "<b>\"title\"</b> & '\x1b[31m' =1+1 |\xE2\x80\xAE",
     .why = "]]> --> %s \\ \xff",
     .fix = "</script><script>alert(1)</script>",
     .severity = SEVERITY_INFO,
     .kind = RULE_LINES},
    {.id = "banner",
     .title = "There is a banner",
     .severity = SEVERITY_LOW,
     .kind = RULE_LINES},
};
#define RULES (sizeof(rules) / sizeof(rules[0]))

static const char *const any[] = {"*", NULL};
static const struct waiver waivers[] = {
    {.rule = "ios-version",
     .hosts = any,
     .owner = "ada",
     .reason = "replaced in May",
     .expires = "2027-05-31"},
    {.rule = "no-telnet",
     .hosts = any,
     .owner = "bob <bob@x>",
     .reason = "=cmd|' /C calc'!A0",
     .expires = "2026-01-31"},
};

static const struct rule_file files[] = {{"/etc/collect/rules.yml", SHA2}};
static const struct rules all_rules = {rules, RULES, waivers, 2, NULL, 0, files, 1};

static const struct audited_host hosts[] = {
    {"sw10", "10.0.0.10", "cisco_ios"},
    {"sw2", "10.0.0.2", "cisco_ios"},
    {"core1.example", "10.0.0.1", "cisco_nxos"},
    {"<img src=x onerror=alert(1)>\x07", NULL, "\"platform\""},
    {"dead-host", "10.0.0.99", NULL},
    {"\xE6\x9D\xB1\xE4\xBA\xAC-1", "10.0.0.3", "linux"},
};
#define HOSTS (sizeof(hosts) / sizeof(hosts[0]))

static const struct evidence telnet[] = {
    {"show running-config", NULL, NULL, TIME, SHA, 211, " transport input telnet ssh",
     "must ^ transport input ssh$"},
    {"show running-config", NULL, NULL, TIME, SHA, 215, " transport input all",
     "must ^ transport input ssh$"},
};
static const struct evidence old_version[] = {
    {"show version", "show_version", SHA2, TIME, SHA, 1,
     "version=15.0(2)SE11 model=WS-C2960X-48FPD-L hostname=sw2 uptime=1 year, 2 weeks",
     "version_compare(version, '15.2') >= 0"},
};
static const struct evidence duplicate[] = {
    {NULL, NULL, NULL, NULL, NULL, 0, "interface=Vlan10 ip_address=10.0.0.1 count=2", NULL},
};
static const struct evidence hostile[] = {
    {"show <b>\"x\"</b> | include ../..", "t</td>", NULL, TIME, SHA, 3,
     "\x1b]0;owned\x07\x1b[2J</script><script>window.hacked=1</script>\r\n\t'\"&amp; \xff\xC3( "
     "\xE2\x80\xAE\xEF\xBF\xBE",
     "must_not ^.*</textarea><img src=x onerror=window.hacked=1>"},
    {"show x", NULL, NULL, TIME, SHA, 4, "=HYPERLINK(\"http://x\")", "@SUM(1)"},
    {"show x", NULL, NULL, TIME, SHA, 5, "", ""},
    {"show x", NULL, NULL, TIME, SHA, 6, "six", "must_not x"},
    {"show x", NULL, NULL, TIME, SHA, 7, "seven", "must_not x"},
    {"show x", NULL, NULL, TIME, SHA, 8, "eight", "must_not x"},
};

static const struct evidence absent[] = {
    {"show running-config", NULL, NULL, TIME, SHA, 0, "", "must: ^banner motd"},
};

/* By rule, then host; what is not here passes. */
static const struct given {
    size_t rule, host;
    enum verdict verdict;
    const char *reason;
    const struct evidence *evidence;
    size_t nevidence, violations;
    const struct waiver *waiver;
    enum trend trend;
} given[] = {
    {0, 4, VERDICT_ERROR, "not reached: no answer in 10 s", NULL, 0, 0, NULL, TREND_WORSE},
    {0, 5, VERDICT_SKIP, "another platform: linux", NULL, 0, 0, NULL, TREND_NONE},
    {0, 2, VERDICT_ERROR,
     "show ntp associations: the template met a line that it refuses: % Invalid "
     "input detected at '^' marker.",
     NULL, 0, 0, NULL, TREND_NONE},
    {0, 1, VERDICT_PASS, NULL, NULL, 0, 0, NULL, TREND_BETTER},
    {1, 0, VERDICT_FAIL,
     "2 of 16 blocks lack what they must have (the waiver of bob <bob@x> expired on "
     "2026-01-31: rules.yml:50)",
     telnet, 2, 2, &waivers[1], TREND_WORSE},
    {1, 1, VERDICT_FAIL, "1 of 16 blocks lacks what it must have", telnet, 1, 1, NULL,
     TREND_NONE},
    {1, 4, VERDICT_ERROR, "not reached: no answer in 10 s", NULL, 0, 0, NULL, TREND_WORSE},
    {1, 5, VERDICT_SKIP, NULL, NULL, 0, 0, NULL, TREND_NONE},
    {2, 0, VERDICT_WAIVED, "1 of 1 row: not version_compare(version, '15.2') >= 0", old_version,
     1, 1, &waivers[0], TREND_BETTER},
    {2, 1, VERDICT_FAIL, "1 of 1 row: not version_compare(version, '15.2') >= 0", old_version,
     1, 1, NULL, TREND_WORSE},
    {2, 2, VERDICT_SKIP, "another platform: cisco_nxos", NULL, 0, 0, NULL, TREND_NONE},
    {2, 4, VERDICT_ERROR, "not reached: no answer in 10 s", NULL, 0, 0, NULL, TREND_WORSE},
    {2, 5, VERDICT_SKIP, "another platform: linux", NULL, 0, 0, NULL, TREND_NONE},
    {3, 2, VERDICT_FAIL, "1 row", duplicate, 1, 1, NULL, TREND_NONE},
    {3, 5, VERDICT_FAIL, "\xE6\x9D\xB1\xE4\xBA\xAC-1: 1 row", duplicate, 1, 1, NULL,
     TREND_NONE},
    {3, 4, VERDICT_ERROR, "not reached: no answer in 10 s", NULL, 0, 0, NULL, TREND_WORSE},
    {4, 3, VERDICT_FAIL, "<i>reason</i> \x1b[5m & \"more\"\xE2\x80\xAE", hostile, 6, 1234, NULL,
     TREND_WORSE},
    {4, 4, VERDICT_ERROR, "not reached: no answer in 10 s", NULL, 0, 0, NULL, TREND_WORSE},
    {5, 2, VERDICT_FAIL, "no line of 'show running-config' matches ^banner motd", absent, 1, 1,
     NULL, TREND_NONE},
    {5, 1, VERDICT_FAIL, "no line of 'show running-config' matches ^banner motd", absent, 1, 1,
     NULL, TREND_NONE},
    {5, 4, VERDICT_ERROR, "not reached: no answer in 10 s", NULL, 0, 0, NULL, TREND_WORSE},
};

static const char *const warnings[] = {
    "rules.yml:40: the waiver of ada for ios-version covers host9, which is not in this audit"};

/* ---- An audit of findings ------------------------------------------------------------------
 */

struct made {
    struct audit audit;
    struct audit_finding *findings;
};

static void make(struct made *made, const struct rules *of, const struct audited_host *on,
                 size_t nhosts)
{
    size_t n = of->nrules * nhosts;
    made->findings = calloc(n + 1, sizeof(*made->findings));
    if (!made->findings) {
        abort();
    }
    for (size_t i = 0; i < n; i++) {
        made->findings[i] = (struct audit_finding){
            .rule = &of->rules[i / nhosts], .host = &on[i % nhosts], .verdict = VERDICT_PASS};
    }
    made->audit = (struct audit){.rules = of,
                                 .hosts = on,
                                 .nhosts = nhosts,
                                 .findings = made->findings,
                                 .nfindings = n,
                                 .started = TIME,
                                 .judged = "2026-11-23T02:00:00Z",
                                 .source = "run.db",
                                 .version = "1.2.3"};
}

static void count(struct audit *audit)
{
    for (size_t i = 0; i < audit->nfindings; i++) {
        audit->counts[audit->findings[i].verdict]++;
        audit->worse += audit->findings[i].trend == TREND_WORSE;
        audit->better += audit->findings[i].trend == TREND_BETTER;
    }
}

static void make_everything(struct made *made, bool compared)
{
    make(made, &all_rules, hosts, HOSTS);
    for (size_t i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
        struct audit_finding *finding = &made->findings[given[i].rule * HOSTS + given[i].host];
        finding->verdict = given[i].verdict;
        finding->reason = given[i].reason;
        finding->evidence = given[i].evidence;
        finding->nevidence = given[i].nevidence;
        finding->violations = given[i].violations;
        finding->waiver = given[i].waiver;
        finding->trend = compared ? given[i].trend : TREND_NONE;
    }
    made->audit.compared = compared;
    made->audit.warnings = warnings;
    made->audit.nwarnings = 1;
}

/* What no rule failed on; what was not asked of anyone; nobody to ask. */
static bool make_small(struct made *made, const char *name)
{
    static const struct rules none;
    if (strcmp(name, "clean") == 0) {
        make(made, &all_rules, hosts, 3);
    } else if (strcmp(name, "no-hosts") == 0) {
        make(made, &all_rules, hosts, 0);
    } else if (strcmp(name, "no-rules") == 0) {
        make(made, &none, hosts, 3);
    } else if (strcmp(name, "unknown") == 0) { /* whatever may be NULL is */
        make(made, &all_rules, hosts, 3);
        made->audit.started = made->audit.judged = made->audit.source = NULL;
        made->audit.version = NULL;
        made->findings[0].verdict = VERDICT_FAIL;
        static const struct evidence nothing;
        made->findings[0].evidence = &nothing;
        made->findings[0].nevidence = made->findings[0].violations = 1;
        made->findings[1].verdict = VERDICT_ERROR;
    } else {
        return false;
    }
    return true;
}

/* Every tenth finding fails, every hundredth could not be judged. */
static bool make_large(struct made *made, const char *size, struct arena *arena)
{
    char *end;
    size_t nhosts = strtoul(size, &end, 10),
           nrules = *end == 'x' ? strtoul(end + 1, NULL, 10) : 0;
    if (nhosts == 0 || nrules == 0) {
        return false;
    }
    struct rule *r = arena_array(arena, nrules, sizeof(*r));
    struct audited_host *h = arena_array(arena, nhosts, sizeof(*h));
    struct rules *of = arena_get(arena, sizeof(*of));
    for (size_t i = 0; i < nrules; i++) {
        r[i] = rules[1];
        r[i].id = arena_printf(arena, "rule-%zu", i);
        r[i].severity = (enum severity)(i % 5);
    }
    for (size_t i = 0; i < nhosts; i++) {
        h[i] = (struct audited_host){arena_printf(arena, "host%zu", i), NULL, "cisco_ios"};
    }
    *of = (struct rules){.rules = r, .nrules = nrules};
    make(made, of, h, nhosts);
    for (size_t i = 0; i < made->audit.nfindings; i++) {
        struct audit_finding *f = &made->findings[i];
        if (i % 10 == 3) {
            f->verdict = VERDICT_FAIL;
            f->reason = "2 of 16 blocks lack what they must have";
            f->evidence = telnet;
            f->nevidence = f->violations = 2;
        } else if (i % 100 == 5) {
            f->verdict = VERDICT_ERROR;
            f->reason = "not reached: no answer in 10 s";
        }
    }
    return true;
}

static bool make_case(struct made *made, const char *name, struct arena *arena)
{
    if (strcmp(name, "all") == 0 || strcmp(name, "baseline") == 0) {
        make_everything(made, strcmp(name, "baseline") == 0);
    } else if (!make_small(made, name) && !make_large(made, name, arena)) {
        return false;
    }
    count(&made->audit);
    return true;
}

#endif
