/* Runs saved and asked: what comes back is what went in, and nobody can do more than ask. */
#include "test.h"

#include "base/strbuf.h"
#include "output/cell.h"
#include "store/filter.h"
#include "store/query.h"
#include "store/save.h"

#include <sys/stat.h>
#include <unistd.h>

struct memory {
    struct sink sink;
    struct strbuf text;
};

static int keep(struct sink *sink, const char *bytes, size_t len, struct err *err)
{
    (void)err;
    strbuf_add(&((struct memory *)sink)->text, bytes, len);
    return 0;
}

static const char *const member_keys[] = {"name", "default"};
static const struct column columns[] = {
    {.name = "host"},
    {.name = "interface"},
    {.name = "vlans", .list = true},
    {.name = "members", .list = true, .nkeys = 2, .keys = member_keys},
};
static const struct table tables[] = {{"show_vlan", columns, 4}};

static struct textfsm_cell text(const char *s)
{
    return cell_text(view_of(s));
}

static int add_row(struct writer *w, const char *host, const char *interface, const char *vlan)
{
    struct textfsm_cell vlans[] = {text(vlan), text("a\"},[b,"), {.kind = TEXTFSM_NULL}};
    struct textfsm_cell pair[] = {text("n"), {.kind = TEXTFSM_NULL}};
    struct textfsm_cell dict = {.kind = TEXTFSM_DICT, .len = 2, .u.items = pair};
    struct textfsm_cell cells[] = {
        text(host),
        text(interface),
        {.kind = TEXTFSM_LIST, .len = 3, .u.items = vlans},
        {.kind = TEXTFSM_LIST, .len = 1, .u.items = &dict},
    };
    struct err err = ERR_INIT;
    int status = writer_row(w, 0, cells, &err);
    if (status < 0) {
        fprintf(stderr, "%s\n", err.text);
    }
    return status;
}

static char path[128];

static void save_three(void)
{
    struct save *save;
    struct err err = ERR_INIT;
    struct save_run run = {.who = "me", .inventory = "hosts.yml", .version = "1"};
    CHECK(save_open(&save, path, tables, 1, &run, &err) == 0);
    static const char *const hosts[][3] = {
        {"r1", "Gi1/0/10", "7"}, {"r1", "Gi1/0/2", "7"}, {"r2", "Te1/1", "7"}};
    for (int i = 0; i < 3; i++) {
        CHECK(save_host_begin(save, &err) == 0);
        CHECK(add_row(save_writer(save), hosts[i][0], hosts[i][1], hosts[i][2]) == 0);
        struct save_job job = {.host = hosts[i][0],
                               .command = "show vlan",
                               .status = "ok",
                               .exit_status = -1,
                               .output = VIEW("raw")};
        CHECK(save_job(save, &job, &err) == 0);
        struct save_host host = {.host = hosts[i][0], .status = "ok"};
        CHECK(save_host_end(save, &host, &err) == 0);
    }
    CHECK(save_close(save, &err) == 0);
    CHECK_STR(err.text, "");
}

/* The result of sql as format writes it, or the error's text. */
static const char *ask(const char *sql, const char *format_name, struct memory *out)
{
    struct db *db = NULL;
    struct query *q = NULL;
    struct writer *w = NULL;
    static struct err err;
    memset(&err, 0, sizeof(err));
    strbuf_reset(&out->text);
    struct writer_options options = {0};
    const struct format *format = format_find(view_of(format_name));
    if (db_open(&db, path, DB_READ, &err) == 0 &&
        query_open(&q, db, view_of(sql), "query", &err) == 0 &&
        format->open(&w, &out->sink, query_columns(q), 1, &options, &err) == 0) {
        if (query_write(q, w, 0, &err) == 0) {
            writer_close(w, &err);
        } else {
            writer_abort(w);
        }
    }
    query_close(q);
    db_close(db);
    return err.text[0] ? err.text : out->text.buf;
}

static struct memory out = {{keep}, STRBUF_INIT};

static void what_was_saved_comes_back(void)
{
    CHECK_STR(ask("SELECT interface, vlans, members FROM show_vlan WHERE host = 'r2'", "ndjson",
                  &out),
              "{\"interface\":\"Te1/1\",\"vlans\":[\"7\",\"a\\\"},[b,\",null],"
              "\"members\":[{\"name\":\"n\",\"default\":null}]}\n");
    CHECK_STR(ask("SELECT l.value AS vlan FROM show_vlan, json_each(vlans) l WHERE host = 'r2'"
                  " AND l.value IS NOT NULL",
                  "csv", &out),
              "vlan\n7\n\"a\"\"},[b,\"\n");
    CHECK_STR(ask("SELECT host, count(*) AS n FROM show_vlan GROUP BY host ORDER BY host",
                  "csv", &out),
              "host,n\nr1,2\nr2,1\n");
    CHECK_STR(ask("SELECT interface FROM show_vlan WHERE host = 'r1'"
                  " ORDER BY interface_sort(interface)",
                  "csv", &out),
              "interface\nGi1/0/2\nGi1/0/10\n");
    CHECK_STR(ask("SELECT status, output, reason FROM _jobs WHERE host = 'r2'", "csv", &out),
              "status,output,reason\nok,raw,\n");
    CHECK_STR(ask("SELECT who, inventory, ended IS NOT NULL AS ended FROM _runs", "csv", &out),
              "who,inventory,ended\nme,hosts.yml,1\n");
    struct stat st;
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
}

static void functions_work_in_sql(void)
{
    static const char *const cases[][2] = {
        {"version_compare('15.2(4)E10', '15.2(4)E9')", "1"},
        {"version_compare(NULL, '1') IS NULL", "1"},
        {"cidr_contains('10.0.0.0/8', '10.9.9.9/24')", "1"},
        {"cidr_contains('10.0.0.0/8', 'down') IS NULL", "1"},
        {"mac('AABB.CCDD.EEFF')", "aa:bb:cc:dd:ee:ff"},
        {"regexp('^Gi\\d', 'Gi1/0/1') AND 'xGi1' REGEXP 'Gi\\d$'", "1"},
        {"regexp('^Gi\\d', 'xGi1/0/1')", "0"},
        {"ip_sort('9.0.0.1') < ip_sort('10.0.0.1')", "1"},
        {"max(column1) FROM (VALUES('9.1' COLLATE VERSION), ('10.1'))", "10.1"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct strbuf sql = STRBUF_INIT, want = STRBUF_INIT;
        strbuf_addf(&sql,
                    i + 1 < sizeof(cases) / sizeof(cases[0]) ? "SELECT %s AS x" : "SELECT %s",
                    cases[i][0]);
        const char *got = ask(sql.buf, "csv", &out);
        strbuf_addf(&want, "\n%s\n", cases[i][1]);
        if (!strstr(got, want.buf)) {
            fprintf(stderr, "%s gave %s\n", sql.buf, got);
        }
        CHECK(strstr(got, want.buf) != NULL);
        strbuf_release(&sql);
        strbuf_release(&want);
    }
}

static void errors_name_the_place_and_guess(void)
{
    static const char *const cases[][2] = {
        {"SELECT interfcae FROM show_vlan", "did you mean 'interface'?"},
        {"SELECT * FROM show_vlna", "did you mean 'show_vlan'?"},
        {"SELECT version_compar(1, 2)", "did you mean 'version_compare'?"},
        {"SELECT host FROM show_vlan WHERE", "incomplete input"},
        {"SELECT host, FROM show_vlan", "at character 14, near \"FROM show_vlan\""},
        {"", "empty"},
        {"SELECT 1; SELECT 2", "one statement at a time"},
        {"SELECT regexp('(', 'x')", "regexp()"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = ask(cases[i][0], "csv", &out);
        if (!strstr(got, cases[i][1])) {
            fprintf(stderr, "%s gave %s\n", cases[i][0], got);
        }
        CHECK(strstr(got, cases[i][1]) != NULL);
    }
}

static void hostile_queries_do_nothing(void)
{
    static const char *const cases[] = {
        "DELETE FROM show_vlan",
        "INSERT INTO _runs(who) VALUES('x')",
        "UPDATE _hosts SET host = 'x'",
        "DROP TABLE show_vlan",
        "ATTACH '/etc/passwd' AS x",
        "PRAGMA writable_schema = 1",
        "PRAGMA database_list",
        "SELECT * FROM pragma_database_list",
        "SELECT load_extension('x.so')",
        "CREATE TEMP TABLE t(x)",
        "VACUUM INTO '/tmp/collect-vacuum'",
        "SELECT readfile('/etc/passwd')",
        "SELECT writefile('/tmp/x', 'x')",
        "SELECT fts3_tokenizer('simple')",
        "WITH RECURSIVE c(x) AS (SELECT 1) DELETE FROM show_vlan",
        "SELECT length(zeroblob(1000000000))",
        "SELECT length(replace(hex(zeroblob(30000000)), '0', '0000'))",
        "EXPLAIN DELETE FROM show_vlan",
        "BEGIN",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got = ask(cases[i], "csv", &out);
        bool refused = strstr(got, "reading is allowed") || strstr(got, "no such function") ||
                       strstr(got, "too big") || strstr(got, "not authorized") ||
                       strstr(got, "authorization denied");
        if (!refused) {
            fprintf(stderr, "%s gave %s\n", cases[i], got);
        }
        CHECK(refused);
    }
    CHECK_STR(ask("SELECT count(*) AS n FROM show_vlan", "csv", &out), "n\n3\n");
}

static void endless_queries_end(void)
{
    static const char *const cases[] = {
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM "
        "c",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
        " ORDER BY x DESC",
        "SELECT count(*) FROM show_vlan a, show_vlan b, show_vlan c, show_vlan d, show_vlan e,"
        " show_vlan f, show_vlan g, show_vlan h, show_vlan i, show_vlan j, show_vlan k,"
        " show_vlan l, show_vlan m, show_vlan n, show_vlan o, show_vlan p, show_vlan q",
        /* minutes inside of one function */
        "SELECT replace(hex(zeroblob(3000000)), '0', 'a') LIKE '%' ||"
        " replace(hex(zeroblob(490)), '0', 'A') || 'b'",
        "SELECT hex(zeroblob(3000000)) GLOB '*' || replace(hex(zeroblob(120)), '0', '[01]') || "
        "'b'",
        "SELECT sum(length(replace(t.x, '0', 'ab'))) FROM (SELECT hex(zeroblob(500000)) AS x) "
        "t,"
        " show_vlan a, show_vlan b, show_vlan c, show_vlan d, show_vlan e, show_vlan f,"
        " show_vlan g",
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct db *db = NULL;
        struct query *q = NULL;
        struct writer *w = NULL;
        struct err err = ERR_INIT;
        struct writer_options options = {0};
        CHECK(db_open(&db, path, DB_READ, &err) == 0);
        CHECK(query_open(&q, db, view_of(cases[i]), "query", &err) == 0);
        CHECK(format_find(VIEW("csv"))
                  ->open(&w, &out.sink, query_columns(q), 1, &options, &err) == 0);
        query_limit(q, 100);
        ms_t began = now_ms();
        CHECK(query_write(q, w, 0, &err) == ERR_LIMIT);
        CHECK(now_ms() - began < 8000);
        CHECK(strstr(err.text, "was stopped") != NULL);
        writer_abort(w);
        query_close(q);
        db_close(db);
    }
}

/* The CSV that --where and friends leave of three rows. */
static const char *filtered(struct filter_options options)
{
    static struct err err;
    memset(&err, 0, sizeof(err));
    strbuf_reset(&out.text);
    struct writer *filter = NULL, *next = NULL;
    struct writer_options none = {0};
    if (filter_open(&filter, &options, tables, 1, &err) < 0) {
        return err.text;
    }
    size_t n;
    const struct table *result = filter_tables(filter, &n);
    CHECK(format_find(VIEW("csv"))->open(&next, &out.sink, result, n, &none, &err) == 0);
    filter_start(filter, next);
    CHECK(add_row(filter, "r1", "Gi1/0/10", "7") == 0);
    CHECK(add_row(filter, "r1", "Gi1/0/2", "7") == 0);
    CHECK(add_row(filter, "r2", "Te1/1", "7") == 0);
    CHECK(writer_close(filter, &err) == 0);
    return out.text.buf;
}

static void rows_under_way_are_filtered(void)
{
    static const char *const both = "host, interface";
    static const struct {
        struct filter_options options;
        const char *want;
    } cases[] = {
        {{"host = 'r2'", both, NULL, -1, -1}, "host,interface\nr2,Te1/1\n"},
        {{"host = 'r2' OR interface = 'Gi1/0/2'", both, NULL, -1, -1},
         "host,interface\nr1,Gi1/0/2\nr2,Te1/1\n"},
        {{NULL, both, "interface_sort(interface)", -1, -1},
         "host,interface\nr1,Gi1/0/2\nr1,Gi1/0/10\nr2,Te1/1\n"},
        {{NULL, both, NULL, 1, 1}, "host,interface\nr1,Gi1/0/2\n"},
        {{NULL, both, "host DESC", 1, -1}, "host,interface\nr2,Te1/1\n"},
        {{NULL, both, NULL, 0, -1}, "host,interface\n"},
        {{NULL, "count(*) AS n", NULL, -1, -1}, "n\n3\n"},
        {{"host IN (SELECT host FROM show_vlan GROUP BY host HAVING count(*) > 1)", both, NULL,
          -1, -1},
         "host,interface\nr1,Gi1/0/10\nr1,Gi1/0/2\n"},
        {{"hots = 1", both, NULL, -1, -1},
         "--where on show_vlan: no such column: hots at character 1, near \"hots = 1\"; did "
         "you mean 'host'?"},
        {{NULL, both, "host; DELETE FROM show_vlan", -1, -1},
         "--where, --select and --sort take expressions, not statements:  DELETE FROM "
         "show_vlan"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK_STR(filtered(cases[i].options), cases[i].want);
    }
    struct filter_options escape = {"1); DELETE FROM show_vlan; --", both, NULL, -1, -1};
    CHECK(strstr(filtered(escape), "not statements") != NULL);
    struct filter_options all = {.limit = -1, .offset = -1, .where = "host = 'r2'"};
    CHECK(strstr(filtered(all), "{\"\"name\"\":\"\"n\"\"") != NULL);
}

static void resume_knows_what_is_done(void)
{
    struct db *db;
    CHECK(db_open(&db, path, DB_READ, NULL) == 0);
    CHECK(save_has(db, "r1", "show vlan"));
    CHECK(!save_has(db, "r1", "show version"));
    CHECK(!save_has(db, "r9", "show vlan"));
    db_close(db);
}

static void a_column_more_is_added(void)
{
    static const struct column more[] = {{.name = "host"}, {.name = "speed"}};
    static const struct table wider[] = {{"show_vlan", more, 2}};
    struct save *save;
    struct err err = ERR_INIT;
    struct save_run run = {0};
    CHECK(save_open(&save, path, wider, 1, &run, &err) == 0);
    CHECK(save_host_begin(save, &err) == 0);
    struct textfsm_cell cells[] = {text("r3"), text("1000")};
    CHECK(writer_row(save_writer(save), 0, cells, &err) == 0);
    CHECK(save_host_end(save, &(struct save_host){.host = "r3"}, &err) == 0);
    CHECK(save_close(save, &err) == 0);
    CHECK_STR(ask("SELECT _run, host, interface, speed FROM show_vlan WHERE host <> 'r2'",
                  "csv", &out),
              "_run,host,interface,speed\n1,r1,Gi1/0/10,\n1,r1,Gi1/0/2,\n2,r3,,1000\n");
}

int main(void)
{
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof(path), "%.40s/collect-store-%ld.db", folder ? folder : "/tmp",
             (long)getpid());
    RUN(save_three);
    RUN(what_was_saved_comes_back);
    RUN(functions_work_in_sql);
    RUN(errors_name_the_place_and_guess);
    RUN(hostile_queries_do_nothing);
    RUN(endless_queries_end);
    RUN(rows_under_way_are_filtered);
    RUN(resume_knows_what_is_done);
    RUN(a_column_more_is_added);
    unlink(path);
    strbuf_release(&out.text);
    return test_end();
}
