/*
 * Rules: what an audit asks of the devices, as files in YAML.
 *
 *     struct rules *rules;
 *     rules_read(&rules, paths, npaths, &err);      a bad file is told with its line
 *     rules->needs                                  what must be collected for them
 *     rules_free(rules);
 *
 * A file:
 *
 *     rules:
 *       - id: ios-version                    letters, digits, - _ . ; once in all files
 *         title: IOS is 15.2 or newer
 *         severity: high                     info, low, medium (default), high, critical
 *         why: Own policy 4, end of support  the reference; one text
 *         fix: Upgrade to 15.2               what to do about it; may be left out
 *         platforms: [cisco_ios]             applies to; left out = any. Aliases are known
 *         groups: [core, "access*"]          likewise, of the inventory
 *         when: "site = 'ams'"               SQL over the host (below); false or NULL: SKIP
 *         template: show_version             expect: must hold for each row
 *         where: "model LIKE 'C29%'"         only the rows for which this holds
 *         expect: version_compare(version, '15.2') >= 0
 *         at_least: 1                        fewer rows (behind where) are a violation;
 *                                            1 when left out, without `where` (no row is no
 *                                            pass), and 0 with it
 *
 *       - id: duplicate-address              query: its rows are the violations. It must have a
 *         templates: [show_ip_interface_brief]   column `host`, which says whose they are;
 *         query: >                           all other columns are the evidence
 *           SELECT host, interface, ip_address FROM show_ip_interface_brief
 *           WHERE ip_address IN (SELECT ip_address FROM show_ip_interface_brief
 *                                GROUP BY ip_address HAVING count(*) > 1)
 *
 *       - id: vty-ssh-only                   lines: patterns over the raw text of a command
 *         command: show running-config
 *         lines:
 *           within: '^line vty'              each block: such a line and those behind it that
 *           except: ['^line vty 16']         belong to it; except: blocks (or, without
 *           must: ['^ transport input ssh$']     within, lines) that are left alone
 *           must_not: ['^ exec-timeout 0 0']
 *           at_least: 1                      blocks that there must be (default 0)
 *
 *     waivers:
 *       - rule: vty-ssh-only                 an id or a glob
 *         hosts: [lab-*, rtr7]               names, globs or groups
 *         owner: ada
 *         reason: replaced in May
 *         expires: 2027-05-31                the last day it holds; behind it the rule fails
 *
 * Patterns are in the dialect of templates (regex/regex.h) and searched in a line without its
 * end. A block is a line in which `within` is found and the lines behind it that belong to it:
 * blocks.h says which those are, deeper indented ones above all. Patterns see its head, too, and
 * a block that a line of it matches `except` is left alone.
 *
 * Expressions are SQLite's, with the store's functions (store/functions.h), under the store's
 * guard; "x" is a name, 'x' a text. Columns hold text: a < 15 compares texts. `expect` and
 * `where` see one row, and no aggregates: `expect` that gives NULL for a row could not be
 * judged, which is an ERROR; a row for which `where` gives NULL is left out. A column that
 * the template of a host's own platform does not have is an ERROR of that host, whatever other
 * platforms' templates have; a query, which may mean other platforms' rows, sees NULL there and
 * '' only where a device said nothing. All of SQL sees the tables of the run alone, and
 * `_inventory`: a row a host with host, address, platform, status, groups (their names with a
 * comma before and behind each) and the inventory's data by their keys. That row is what `when`
 * sees. A query over several hosts cannot know what those that are missing would have said:
 * they are ERRORs of their own.
 */
#ifndef AUDIT_RULES_H
#define AUDIT_RULES_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum severity {
    SEVERITY_INFO,
    SEVERITY_LOW,
    SEVERITY_MEDIUM,
    SEVERITY_HIGH,
    SEVERITY_CRITICAL
};
extern const char *const severity_names[]; /* by enum severity, NULL-terminated */

/* In the rule's file, 1-based; 0 = none. */
struct rule_place {
    int line, column;
};

enum rule_kind { RULE_EXPECT, RULE_QUERY, RULE_LINES };

/* All texts are NUL-terminated and live with the rules; NULL = left out. Lists are
 * NULL-terminated. */
struct rule {
    const char *id, *title, *why, *fix;
    enum severity severity;
    enum rule_kind kind;
    const char *path;     /* of its file */
    struct rule_place at; /* where it begins in it */
    const char *const *platforms, *const *groups;
    const char *when;
    const char *const *templates; /* expect: the one; query: all that it reads */
    const char *where, *expect;
    const char *query;
    const char *command; /* lines: whose output */
    const char *within;
    const char *const *except, *const *must, *const *must_not;
    int at_least;
    struct rule_place platforms_at, when_at, templates_at, where_at, expect_at, query_at,
        command_at, lines_at; /* for messages */
};

struct waiver {
    const char *rule; /* id or glob */
    const char *const *hosts;
    const char *owner, *reason;
    const char *expires; /* YYYY-MM-DD */
    const char *path;
    struct rule_place at;
};

/* What must be collected: each once, in the order of the rules. */
struct rule_need {
    bool template; /* text is a template's name; else a command */
    const char *text;
    const char *const
        *platforms; /* on these; NULL = all: the union of the rules that need it */
};

struct rule_file {
    const char *path;
    char sha256[65]; /* of its bytes, as hex */
};

struct rules {
    const struct rule *rules;
    size_t nrules;
    const struct waiver *waivers;
    size_t nwaivers;
    const struct rule_need *needs;
    size_t nneeds;
    const struct rule_file *files;
    size_t nfiles;
};

/* ERR_INPUT: "rules.yml:3:5: ...". Patterns are compiled, so a bad one is told here. */
int rules_read(struct rules **out, const char *const *paths, size_t npaths, struct err *err);
void rules_free(struct rules *rules);

#endif
