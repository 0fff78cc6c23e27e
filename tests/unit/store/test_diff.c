/* Two runs in one database: what was added, removed and changed, and what cannot be compared.
 */
#include "test.h"

#include "output/cell.h"
#include "store/diff.h"
#include "store/save.h"

#include <unistd.h>

static const struct column keyed_columns[] = {
    {.name = "host"},   {.name = "command"},           {.name = "collected_at"},
    {.name = "status"}, {.name = "port", .key = true}, {.name = "uptime"},
};
static const struct column plain_columns[] = {
    {.name = "host"}, {.name = "command"}, {.name = "text"}};
static const struct table tables[] = {{"ports", keyed_columns, 6}, {"lines", plain_columns, 3}};

static char path[128];

static struct textfsm_cell text(const char *s)
{
    return cell_text(view_of(s));
}

struct port {
    const char *port, *status, *uptime;
};

static void save_host(struct save *save, const char *host, const char *status,
                      const struct port *ports, size_t n, const char *line)
{
    struct err err = ERR_INIT;
    CHECK(save_host_begin(save, &err) == 0);
    for (size_t i = 0; i < n; i++) {
        struct textfsm_cell cells[] = {text(host),          text("show ports"),
                                       text("now"),         text(ports[i].status),
                                       text(ports[i].port), text(ports[i].uptime)};
        CHECK(writer_row(save_writer(save), 0, cells, &err) == 0);
    }
    struct textfsm_cell cells[] = {text(host), text("show ports"), text(line)};
    CHECK(writer_row(save_writer(save), 1, cells, &err) == 0);
    struct save_job job = {
        .host = host, .command = "show ports", .status = status, .exit_status = -1};
    CHECK(save_job(save, &job, &err) == 0);
    CHECK(save_host_end(save, &(struct save_host){.host = host, .status = status}, &err) == 0);
    CHECK_STR(err.text, "");
}

static struct save *start(void)
{
    struct save *save = NULL;
    struct err err = ERR_INIT;
    struct save_run run = {.who = "me"};
    CHECK(save_open(&save, path, tables, 2, &run, &err) == 0);
    return save;
}

static void add_row(struct strbuf *out, const struct change *c, const struct view *row)
{
    for (size_t i = 0; row && i < c->table->ncolumns; i++) {
        strbuf_addf(out, "%s%.*s", i ? "," : " ", VIEW_ARG(row[i]));
    }
}

static void hear(void *user, const char *text)
{
    strbuf_addf(user, "%s\n", text);
}

static int note(void *user, const struct change *c)
{
    static const char *const signs[] = {"+", "-", "~"};
    struct strbuf *out = user;
    strbuf_addf(out, "%s %s", signs[c->kind], c->table->name);
    add_row(out, c, c->old_row);
    add_row(out, c, c->new_row);
    for (size_t i = 0; c->kind == CHANGE_CHANGED && i < c->table->ncolumns; i++) {
        strbuf_addstr(out, c->differs[i] ? " *" : "");
        strbuf_addstr(out, c->differs[i] ? c->table->columns[i].name : "");
    }
    strbuf_addch(out, '\n');
    return 0;
}

static void runs_are_compared_by_key(void)
{
    struct save *save = start();
    save_host(save, "r1", "ok",
              (struct port[]){{"10", "up", "1"}, {"2", "up", "1"}, {"3", "up", "1"}}, 3, "a");
    save_host(save, "r2", "ok", (struct port[]){{"1", "up", "1"}}, 1, "same");
    CHECK(save_close(save, NULL) == 0);
    save = start();
    save_host(save, "r1", "ok",
              (struct port[]){{"3", "down", "2"}, {"10", "up", "2"}, {"4", "up", "2"}}, 3, "b");
    save_host(save, "r2", "timed-out", NULL, 0, "same");
    CHECK(save_close(save, NULL) == 0);

    struct db *db = NULL;
    struct err err = ERR_INIT;
    struct diff_side old_side = {0}, new_side = {0};
    struct strbuf out = STRBUF_INIT;
    CHECK(db_open(&db, path, DB_READ, &err) == 0);
    CHECK(diff_last_runs(db, &old_side.run, &new_side.run, &err) == 0);
    CHECK(old_side.run == 1 && new_side.run == 2);
    old_side.db = new_side.db = db;
    const char *const ignore[] = {"ports.uptime", NULL};
    struct strbuf notes = STRBUF_INIT;
    struct diff_options options = {.ignore = ignore, .note = hear, .note_user = &notes};
    CHECK(diff_run(&options, &old_side, &new_side, note, &out, &err) == 4);
    CHECK_STR(out.buf, "- ports r1,show ports,up,2\n"
                       "~ ports r1,show ports,up,3 r1,show ports,down,3 *status\n"
                       "+ ports r1,show ports,up,4\n"
                       "~ lines r1,show ports,a r1,show ports,b *text\n");
    char wanted[256];
    snprintf(wanted, sizeof(wanted),
             "not compared, for it failed in run 2 of %s: r2 `show ports`\n", path);
    CHECK_STR(notes.buf, wanted);
    strbuf_reset(&out);
    const char *const only[] = {"ports", NULL};
    options = (struct diff_options){.tables = only};
    CHECK(diff_run(&options, &old_side, &new_side, note, &out, &err) == 4); /* uptime too */
    CHECK(diff_run(&options, &new_side, &new_side, note, &out, &err) == 0);
    CHECK_STR(err.text, "");
    strbuf_release(&notes);
    strbuf_release(&out);
    db_close(db);
}

static void one_run_alone_is_not_enough(void)
{
    unlink(path);
    CHECK(save_close(start(), NULL) == 0);
    struct db *db = NULL;
    struct err err = ERR_INIT;
    long a, b;
    CHECK(db_open(&db, path, DB_READ, &err) == 0);
    CHECK(diff_last_runs(db, &a, &b, &err) == ERR_INPUT);
    CHECK(strstr(err.text, "two runs are needed") != NULL);
    db_close(db);
}

int main(void)
{
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof(path), "%.40s/collect-diff-%ld.db", folder ? folder : "/tmp",
             (long)getpid());
    RUN(runs_are_compared_by_key);
    RUN(one_run_alone_is_not_enough);
    unlink(path);
    return test_end();
}
