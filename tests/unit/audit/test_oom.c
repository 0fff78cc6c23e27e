/*
 * Memory that runs out while rules are read, judged, compared, explained and checked: at every
 * so manieth allocation one fails, or all from there on. Either it is told as ERR_NOMEM, or
 * everything came out as it should; nothing leaks.
 */
#include "audit/audit.h"
#include "collect/library.h"
#include "output/cell.h"
#include "store/save.h"
#define OOM_SHARED
#include "oom.h"
#include "test.h"

#include <unistd.h>

#ifdef OOM_POSSIBLE

/* ---- What is looked at ---------------------------------------------------------------------
 */

#define ACME "acme/show_interfaces.textfsm"

static char folder[] = "/tmp/audit-oom-XXXXXX";
static char db_path[64], rules_path[64], templates[4096];

static const char rule_text[] =
    "rules:\n"
    "  - {id: up, title: t, platforms: [acme_os], groups: [core], when: site = 'x',\n"
    "     template: show_interfaces, where: \"interface <> ''\", expect: status = 'up'}\n"
    "  - {id: nothing, title: t, template: show_interfaces, expect: \"nullif(status, 'up') = "
    "1\"}\n"
    "  - {id: bad, title: t, template: show_interfaces, expect: stats = 1}\n"
    "  - {id: q, title: t, templates: [show_interfaces],\n"
    "     query: SELECT host AS host FROM show_interfaces WHERE interface LIKE 'eth1%'}\n"
    "  - {id: l, title: t, command: show interfaces,\n"
    "     lines: {within: '^eth', must: ['^ +address'], must_not: down, except: eth9}}\n"
    "waivers:\n"
    "  - {rule: q, hosts: [core], owner: o, reason: r, expires: 2027-01-01}\n"
    "  - {rule: l, hosts: [core], owner: o, reason: r, expires: 2020-01-01}\n";

static const char output[] = "eth0 is up\n address 1\neth1 is down\neth9 is up\n";

static const struct column columns[] = {
    {.name = "host"},
    {.name = "platform"},
    {.name = "command"},
    {.name = "collected_at"},
    {.name = "interface", .key = true},
    {.name = "status"},
};
static const struct table tables[] = {{"show_interfaces", columns, 6}};

static void save_rows(struct save *save, const char *host)
{
    static const char *const rows[][2] = {{"eth0", "up"}, {"eth1", "down"}, {"eth9", "up"}};
    struct err err = ERR_INIT;
    for (size_t i = 0; i < 3; i++) {
        const char *texts[] = {host, "acme", "show interfaces", "now", rows[i][0], rows[i][1]};
        struct textfsm_cell cells[6];
        for (size_t k = 0; k < 6; k++) {
            cells[k] = cell_text(view_of(texts[k]));
        }
        CHECK(writer_row(save_writer(save), 0, cells, &err) == 0);
    }
}

static void save_one(struct save *save, const char *host, const char *status)
{
    struct err err = ERR_INIT;
    struct save_job job = {.host = host,
                           .command = "show interfaces",
                           .template_name = ACME,
                           .status = status,
                           .exit_status = -1,
                           .output = VIEW(output)};
    struct library *library;
    const char *dirs[] = {templates};
    struct finding finding;
    const struct textfsm_table *reader;
    CHECK(library_open(&library, dirs, 1, &err) == 0);
    CHECK(library_by_command(library, "acme", NULL, "show interfaces", &finding, &err) == 1);
    CHECK(library_load(library, &finding, &reader, &err) == 0);
    job.template_fingerprint = library_fingerprint(library, reader);
    CHECK(save_host_begin(save, &err) == 0);
    save_rows(save, host);
    CHECK(save_job(save, &job, &err) == 0);
    struct save_host row = {.host = host,
                            .platform = "acme",
                            .status = status,
                            .place = -1,
                            .groups = ",core,",
                            .data = "{\"site\":\"x\"}"};
    CHECK(save_host_end(save, &row, &err) == 0);
    library_free(library);
    CHECK_STR(err.text, "");
}

static void make_files(void)
{
    struct err err = ERR_INIT;
    struct save *save;
    struct save_run run = {.who = "me"};
    snprintf(templates, sizeof(templates), "%s/tests/unit/audit/templates",
             getenv("SOURCE_DIR"));
    CHECK(mkdtemp(folder) != NULL);
    snprintf(db_path, sizeof(db_path), "%s/run.db", folder);
    snprintf(rules_path, sizeof(rules_path), "%s/rules.yml", folder);
    FILE *file = fopen(rules_path, "w");
    CHECK(file && fputs(rule_text, file) >= 0 && fclose(file) == 0);
    CHECK(save_open(&save, db_path, tables, 1, &run, &err) == 0);
    save_one(save, "r1", "ok");
    save_one(save, "r2", "ok");
    save_one(save, "r3", "failed");
    CHECK(save_close(save, &err) == 0);
    CHECK_STR(err.text, "");
}

/* ---- What is done --------------------------------------------------------------------------
 */

/* Everything that came out, as numbers. */
struct outcome {
    size_t counts[VERDICTS], worse, evidence, lines, looks, remarks, warnings;
};

static int count_look(void *user, const struct evidence *seen, enum look_result result,
                      struct err *err)
{
    (void)seen, (void)result, (void)err;
    ((struct outcome *)user)->looks++;
    return 0;
}

static int count_remark(void *user, const struct audit_remark *remark, struct err *err)
{
    (void)remark, (void)err;
    ((struct outcome *)user)->remarks++;
    return 0;
}

static void add_findings(struct outcome *out, const struct audit *audit)
{
    for (int i = 0; i < VERDICTS; i++) {
        out->counts[i] += audit->counts[i];
    }
    for (size_t i = 0; i < audit->nfindings; i++) {
        const struct audit_finding *finding = &audit->findings[i];
        out->evidence += finding->nevidence;
        for (size_t k = 0; k < finding->nevidence; k++) {
            out->lines += finding->evidence[k].line;
        }
    }
    out->worse += audit->worse;
    out->warnings += audit->nwarnings;
}

static int judge_all(struct outcome *out, const struct rules *rules,
                     const struct audit_options *options, struct err *err)
{
    struct db *db = NULL;
    struct audit *audit = NULL, *explained = NULL;
    int status = db_open(&db, db_path, DB_READ, err);
    if (status == 0) {
        status = audit_judge(&audit, rules, db, options, err);
    }
    if (status == 0) {
        status = audit_compare(audit, db, err);
    }
    if (status == 0) {
        status =
            audit_explain(&explained, rules, db, options, "up", "r1", count_look, out, err);
    }
    if (status == 0) {
        add_findings(out, audit);
    }
    audit_free(explained);
    audit_free(audit);
    db_close(db);
    return status;
}

static int do_all(struct outcome *out, struct err *err)
{
    const char *const paths[] = {rules_path};
    const char *dirs[] = {templates};
    struct audit_options options = {.today = "2026-11-23", .judged = "now"};
    struct rules *rules = NULL;
    int status = library_open(&options.library, dirs, 1, err);
    *out = (struct outcome){0};
    if (status == 0) {
        status = rules_read(&rules, paths, 1, err);
    }
    if (status == 0) {
        status = judge_all(out, rules, &options, err);
    }
    if (status == 0) {
        status = audit_check(paths, 1, options.library, "2026-11-23", count_remark, out, err);
        status = status > 0 ? 0 : status;
    }
    rules_free(rules);
    library_free(options.library);
    return status;
}

/* ---- The sweep -----------------------------------------------------------------------------
 */

#define POINTS 220 /* where memory runs out, of all the allocations there are */

static struct outcome whole;

static void fail_at(long point)
{
    struct outcome out;
    struct err err = ERR_INIT;
    long before = live;
    countdown = point;
    int status = do_all(&out, &err);
    countdown = -1;
    if (status != ERR_NOMEM && (status != 0 || memcmp(&out, &whole, sizeof(out)) != 0)) {
        fprintf(stderr,
                "allocation %ld: %d %s; FAIL %zu, evidence %zu, lines %zu, remarks %zu\n",
                point, status, err.text, out.counts[VERDICT_FAIL], out.evidence, out.lines,
                out.remarks);
        CHECK(!"neither ERR_NOMEM nor whole");
    }
    if (live != before) {
        fprintf(stderr, "allocation %ld: %ld blocks leak\n", point, live - before);
        CHECK(!"nothing leaks");
    }
}

static void sweep(void)
{
    struct err err = ERR_INIT;
    CHECK(do_all(&whole, &err) == 0); /* what is made once is made */
    calls = 0;
    CHECK(do_all(&whole, &err) == 0);
    CHECK_STR(err.text, "");
    CHECK(whole.counts[VERDICT_FAIL] == 6 && whole.counts[VERDICT_WAIVED] == 2);
    CHECK(whole.lines > 0 && whole.looks == 3 && whole.remarks > 0);
    long all = calls, step = all / POINTS + 1;
    for (long point = 0; point < all; point += step) {
        fail_at(point);
    }
}

static void one_fails(void)
{
    for_good = false;
    sweep();
}

static void all_fail_from_there(void)
{
    for_good = true;
    sweep();
}

int main(void)
{
    make_files();
    RUN(one_fails);
    RUN(all_fail_from_there);
    unlink(db_path);
    unlink(rules_path);
    rmdir(folder);
    return test_end();
}

#endif
