#include "collect/emit.h"
#include "output/formats.h"
#include "output/output.h"
#include "test.h"

#include <sys/resource.h>

#define HOSTS 40

/* ---- A writer that writes down what it is told
 * ------------------------------------------------ */

struct note_writer {
    struct writer base;
    struct strbuf *out;
    size_t limit; /* rows until it fails, 0 = never */
    bool *gone;
};

static void note_cells(struct strbuf *out, const struct textfsm_cell *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        strbuf_addstr(out, i ? "|" : " ");
        for (uint32_t k = 0; cells[i].kind == TEXTFSM_LIST && k < cells[i].len; k++) {
            strbuf_addf(out, "[%.*s]", (int)cells[i].u.items[k].len,
                        cells[i].u.items[k].u.text);
        }
        if (cells[i].kind == TEXTFSM_TEXT) {
            strbuf_add(out, cells[i].u.text, cells[i].len);
        }
    }
    strbuf_addch(out, '\n');
}

static const size_t table_columns[] = {7, 5};

static int note_row(struct writer *base, size_t table, const struct textfsm_cell *cells,
                    struct err *err)
{
    struct note_writer *w = (struct note_writer *)base;
    if (w->limit && --w->limit == 0) {
        return err_set(err, ERR_OUTPUT, "disk full");
    }
    strbuf_addf(w->out, "%zu:", table);
    note_cells(w->out, cells, table_columns[table]);
    return 0;
}

static int note_extra(struct writer *base, enum writer_extra kind,
                      const struct textfsm_cell *cells, struct err *err)
{
    struct note_writer *w = (struct note_writer *)base;
    (void)err;
    strbuf_addstr(w->out, kind == EXTRA_ERRORS ? "error:" : "summary:");
    note_cells(w->out, cells, extra_tables[kind].ncolumns);
    return 0;
}

static int note_close(struct writer *base, struct err *err)
{
    (void)err;
    strbuf_addstr(((struct note_writer *)base)->out, "closed\n");
    free(base);
    return 0;
}

static void note_abort(struct writer *base)
{
    *((struct note_writer *)base)->gone = true;
    free(base);
}

static bool aborted;

static struct writer *note_writer(struct strbuf *out, const struct format *format, size_t limit)
{
    struct note_writer *w = calloc(1, sizeof(*w));
    w->base = (struct writer){.format = format,
                              .row = note_row,
                              .extra = note_extra,
                              .close = note_close,
                              .abort = note_abort};
    w->out = out;
    w->limit = limit;
    w->gone = &aborted;
    return &w->base;
}

/* ---- A plan of two commands on every host
 * ----------------------------------------------------- */

static const char template_text[] = "Value Name (\\S+)\n"
                                    "Value List Vlans (\\d+)\n"
                                    "\n"
                                    "Start\n"
                                    "  ^bad -> Error \"device is unwell\"\n"
                                    "  ^vlan ${Vlans}\n"
                                    "  ^name ${Name} -> Record\n"
                                    "\n"
                                    "EOF\n";

static struct host hosts[HOSTS];
static char host_names[HOSTS][8];
static struct platform platform = {.name = "test_os"};
static const struct textfsm_template *template;
static struct textfsm_table *reader;
static const size_t columns_of[] = {5, 6}, raw_columns_of[] = {4};
static struct job_command commands[] = {
    {.command = "show vlan", .column_of = columns_of, .ncolumns = 2},
    {.command = "show clock", .table = 1, .column_of = raw_columns_of, .ncolumns = 1},
};
static const struct column vlan_columns[] = {
    {.name = "host"},
    {.name = "platform"},
    {.name = "command"},
    {.name = "collected_at"},
    {.name = "elsewhere"},
    {.name = "name"},
    {.name = "vlans", .list = true},
};
static const struct column output_columns[] = {
    {.name = "host"},
    {.name = "platform"},
    {.name = "command"},
    {.name = "collected_at"},
    {.name = "output", .raw = true},
};
static struct table tables[] = {{"show_vlan", vlan_columns, 7}, {"output", output_columns, 5}};
static struct job jobs[HOSTS];
static struct plan plan = {.jobs = jobs, .njobs = HOSTS, .tables = tables, .ntables = 2};

static void make_plan(void)
{
    struct textfsm_error error;
    template = textfsm_template_new(template_text, sizeof(template_text) - 1, "vlan.textfsm",
                                    NULL, &error);
    CHECK(template != NULL);
    reader = textfsm_table_new(&template, 1, NULL, &error);
    CHECK(reader != NULL);
    commands[0].reader = reader;
    for (size_t i = 0; i < HOSTS; i++) {
        snprintf(host_names[i], sizeof(host_names[i]), "r%zu", i);
        /* Places in the inventory have gaps when -l left hosts out. */
        hosts[i] = (struct host){.index = i * 3, .name = host_names[i]};
        jobs[i] = (struct job){
            .host = &hosts[i], .platform = &platform, .commands = commands, .ncommands = 2};
    }
}

static void set_output(struct command_result *c, const char *command, const char *text)
{
    c->command = command;
    c->status = STATUS_OK;
    snprintf(c->collected_at, sizeof(c->collected_at), "2026-11-23T01:20:05Z");
    strbuf_init(&c->output);
    strbuf_addstr(&c->output, text);
}

static struct host_result *result_of(size_t i, const char *vlans)
{
    struct host_result *r = calloc(1, sizeof(*r));
    r->host = &hosts[i];
    r->ncommands = 2;
    r->commands = calloc(2, sizeof(*r->commands));
    set_output(&r->commands[0], "show vlan", vlans);
    set_output(&r->commands[1], "show clock", "12:00\n");
    return r;
}

static void free_result(struct host_result *r)
{
    for (size_t i = 0; i < r->ncommands; i++) {
        free(r->commands[i].reason);
        strbuf_release(&r->commands[i].output);
    }
    free(r->commands);
    free(r->reason);
    free(r);
}

static struct emit *start(struct strbuf *out, const struct format *format, bool ordered,
                          size_t waiting)
{
    struct emit *emit = NULL;
    struct err err = ERR_INIT;
    struct emit_options options = {.ordered = ordered, .waiting_bytes = waiting};
    CHECK(emit_new(&emit, &plan, note_writer(out, format, 0), &options, &err) == 0);
    return emit;
}

static void feed(struct emit *emit, size_t i)
{
    char text[128];
    snprintf(text, sizeof(text), "vlan %zu\nvlan 7\nname a%zu\nname b\n", i, i);
    struct host_result *r = result_of(i, text);
    struct err err = ERR_INIT;
    CHECK(emit_host(emit, r, &err) == 0);
    CHECK(r->status == STATUS_OK);
    free_result(r);
}

/* ---- Tests
 * ------------------------------------------------------------------------------------ */

static void records_have_all_columns(void)
{
    struct strbuf out = STRBUF_INIT;
    struct emit *emit = start(&out, &format_json, true, 0);
    feed(emit, 0);
    CHECK_STR(out.buf, "0: r0|test_os|show vlan|2026-11-23T01:20:05Z||a0|[0][7]\n"
                       "0: r0|test_os|show vlan|2026-11-23T01:20:05Z||b|\n"
                       "1: r0|test_os|show clock|2026-11-23T01:20:05Z|12:00\n\n");
    emit_free(emit);
    strbuf_release(&out);
}

/* The column `elsewhere` as one that --columns asked for. */
static void inventory_data_become_columns(void)
{
    static const char *const keys[] = {"site"};
    static const struct host_data data[] = {{"role", "edge"}, {"site", "ber"}};
    static const size_t output_behind[] = {5};
    struct job_command old = commands[1];
    commands[1] = (struct job_command){
        .command = "show clock", .column_of = output_behind, .ncolumns = 1};
    plan.data = keys;
    plan.ndata = 1;
    hosts[0].data = data;
    hosts[0].ndata = 2;
    struct strbuf out = STRBUF_INIT;
    struct emit *emit = start(&out, &format_json, true, 0);
    feed(emit, 0);
    feed(emit, 1);
    CHECK(strstr(out.buf, "0: r0|test_os|show vlan|2026-11-23T01:20:05Z|ber|a0|[0][7]\n"));
    CHECK(strstr(out.buf, "0: r0|test_os|show clock|2026-11-23T01:20:05Z|ber|12:00\n|\n"));
    CHECK(strstr(out.buf, "0: r1|test_os|show vlan|2026-11-23T01:20:05Z||a1|[1][7]\n"));
    emit_free(emit);
    strbuf_release(&out);
    plan.ndata = hosts[0].ndata = 0;
    commands[1] = old;
}

static void several_templates_are_merged(void)
{
    static const char text[] = "Value Key Name (\\S+)\nValue Place (\\S+)\n\n"
                               "Start\n  ^name ${Name}\n  ^at ${Place} -> Record\n\nEOF\n";
    static const size_t columns[] = {5, 6, 4};
    struct textfsm_error error;
    struct textfsm_template *second =
        textfsm_template_new(text, sizeof(text) - 1, "place.textfsm", NULL, &error);
    CHECK(second != NULL);
    const struct textfsm_template *both[] = {template, second};
    struct textfsm_table *merged = textfsm_table_new(both, 2, NULL, &error);
    CHECK(merged != NULL);
    struct job_command old = commands[0];
    commands[0] = (struct job_command){
        .command = "show vlan", .reader = merged, .column_of = columns, .ncolumns = 3};
    struct strbuf out = STRBUF_INIT;
    struct err err = ERR_INIT;
    struct emit *emit = start(&out, &format_json, true, 0);
    for (size_t i = 0; i < 2; i++) {
        struct host_result *r = result_of(i, "vlan 3\nname x\nat home\nname y\nat work\n");
        CHECK(emit_host(emit, r, &err) == 0);
        free_result(r);
    }
    CHECK(strstr(out.buf, "0: r0|test_os|show vlan|2026-11-23T01:20:05Z|home|x|[3]\n"));
    CHECK(strstr(out.buf, "0: r1|test_os|show vlan|2026-11-23T01:20:05Z|work|y|\n"));
    emit_free(emit);
    strbuf_release(&out);
    textfsm_table_free(merged);
    textfsm_template_free(second);
    commands[0] = old;
}

static void every_order_gives_inventory_order(void)
{
    struct strbuf want = STRBUF_INIT;
    struct emit *emit = start(&want, &format_json, true, 0);
    struct err err = ERR_INIT;
    for (size_t i = 0; i < HOSTS; i++) {
        feed(emit, i);
    }
    CHECK(emit_finish(emit, &err) == 0);
    emit_free(emit);
    CHECK(strstr(want.buf, "summary: hosts|40\n") &&
          strstr(want.buf, "summary: records|120\n"));
    static const size_t ceilings[] = {1, 100, 1000, 0};
    unsigned seed = 5;
    for (size_t round = 0; round < 40; round++) {
        struct strbuf got = STRBUF_INIT;
        size_t order[HOSTS];
        for (size_t i = 0; i < HOSTS; i++) {
            seed = seed * 1664525u + 1013904223u;
            size_t k = (seed >> 8) % (i + 1);
            order[i] = order[k];
            order[k] = round ? i : HOSTS - 1 - i;
        }
        emit = start(&got, &format_json, true, ceilings[round % 4]);
        for (size_t i = 0; i < HOSTS; i++) {
            feed(emit, order[i]);
        }
        CHECK(emit_finish(emit, &err) == 0);
        emit_free(emit);
        CHECK_STR(got.buf, want.buf);
        strbuf_release(&got);
    }
    strbuf_release(&want);
}

static void unordered_leaves_at_once(void)
{
    struct strbuf out = STRBUF_INIT;
    struct emit *emit = start(&out, &format_ndjson, false, 0);
    feed(emit, 5);
    CHECK(strncmp(out.buf, "0: r5|", 6) == 0);
    feed(emit, 2);
    CHECK(strstr(out.buf, "0: r2|") != NULL);
    emit_free(emit);
    CHECK(aborted);
    strbuf_release(&out);
}

static void hosts_that_never_came_are_passed(void)
{
    struct strbuf out = STRBUF_INIT;
    struct err err = ERR_INIT;
    struct emit *emit = start(&out, &format_json, true, 1);
    feed(emit, 9);
    feed(emit, 3);
    CHECK(out.len == 0);
    CHECK(emit_finish(emit, &err) == 0);
    emit_free(emit);
    const char *three = strstr(out.buf, "0: r3|"), *nine = strstr(out.buf, "0: r9|");
    CHECK(three && nine && three < nine);
    strbuf_release(&out);
}

static void parse_errors_keep_their_rows_back(void)
{
    for (size_t first = 0; first < 2; first++) { /* at once, and from the spool */
        struct strbuf out = STRBUF_INIT;
        struct err err = ERR_INIT;
        struct emit *emit = start(&out, &format_json, true, 1);
        struct host_result *r = result_of(first, "name early\nbad thing\nname late\n");
        CHECK(emit_host(emit, r, &err) == 0);
        CHECK(r->status == STATUS_PARSE_ERROR);
        CHECK(r->commands[0].status == STATUS_PARSE_ERROR);
        CHECK(r->commands[1].status == STATUS_OK);
        CHECK(r->commands[0].reason && strstr(r->commands[0].reason, ": show vlan: "));
        CHECK(strstr(r->commands[0].reason, "vlan.textfsm"));
        CHECK(strstr(r->commands[0].reason, "device is unwell"));
        CHECK(r->reason && strcmp(r->reason, r->commands[0].reason) == 0);
        free_result(r);
        CHECK(emit_finish(emit, &err) == 0);
        emit_free(emit);
        CHECK(!strstr(out.buf, "early") && !strstr(out.buf, "late"));
        CHECK(strstr(out.buf, "|show vlan|parse-error|"));
        CHECK(strstr(out.buf, "|show clock|2026-11-23T01:20:05Z|12:00"));
        CHECK(strstr(out.buf, "summary: hosts failed|1\n"));
        strbuf_release(&out);
    }
}

static void failed_commands_are_not_parsed(void)
{
    struct strbuf out = STRBUF_INIT;
    struct err err = ERR_INIT;
    struct emit *emit = start(&out, &format_json, true, 0);
    struct host_result *r = result_of(0, "name x\n");
    r->status = r->commands[0].status = STATUS_TIMED_OUT;
    r->commands[0].reason = strdup("no answer");
    CHECK(emit_host(emit, r, &err) == 0);
    CHECK_STR(out.buf, "error: r0|test_os|show vlan|timed-out|no answer\n"
                       "1: r0|test_os|show clock|2026-11-23T01:20:05Z|12:00\n\n");
    free_result(r);
    emit_free(emit);
    strbuf_release(&out);
}

static void raw_formats_get_outputs(void)
{
    struct strbuf out = STRBUF_INIT;
    struct err err = ERR_INIT;
    plan.ntables = 2;
    struct emit *emit = start(&out, &format_text, true, 0);
    struct host_result *r = result_of(0, "% Invalid");
    r->status = r->commands[0].status = STATUS_FAILED;
    r->commands[1].status = STATUS_INCOMPLETE;
    CHECK(emit_host(emit, r, &err) == 0);
    /* The note writer shows raw_table, table 0, with as many cells as our table 0 has. */
    CHECK(strncmp(out.buf, "0: r0|test_os|show vlan|2026-11-23T01:20:05Z|% Invalid|", 55) == 0);
    CHECK(strstr(out.buf, "error: r0|test_os|show vlan|failed|"));
    CHECK(!strstr(out.buf, "12:00"));
    free_result(r);
    emit_free(emit);
    strbuf_release(&out);
}

static void writer_errors_come_out(void)
{
    for (size_t limit = 1; limit < 8; limit++) {
        struct strbuf out = STRBUF_INIT;
        struct err err = ERR_INIT;
        struct emit *emit = NULL;
        struct emit_options options = {.ordered = true, .waiting_bytes = 1};
        CHECK(emit_new(&emit, &plan, note_writer(&out, &format_json, limit), &options, &err) ==
              0);
        int status = 0;
        for (size_t i = 4; i-- > 0 && status == 0;) {
            struct host_result *r = result_of(i, "name x\n");
            status = emit_host(emit, r, &err);
            free_result(r);
        }
        CHECK(status == ERR_OUTPUT);
        CHECK_STR(err.text, "disk full");
        aborted = false;
        emit_free(emit);
        CHECK(aborted);
        strbuf_release(&out);
    }
}

static long resident_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* 39 hosts with 2 MiB each wait for the first. */
static void waiting_does_not_grow_memory(void)
{
    struct err err = ERR_INIT;
    struct writer *writer;
    struct output_options to = {.path = "/dev/null", .format = &format_ndjson};
    CHECK(output_open(&writer, &to, tables, 2, &err) == 0);
    struct emit *emit;
    struct emit_options options = {.ordered = true, .waiting_bytes = 1 << 20};
    CHECK(emit_new(&emit, &plan, writer, &options, &err) == 0);
    struct strbuf big = STRBUF_INIT;
    strbuf_addchars(&big, 'x', 2 << 20);
    long before = 0;
    for (size_t i = HOSTS; i-- > 0;) {
        struct host_result *r = result_of(i, "");
        strbuf_addview(&r->commands[1].output, strbuf_view(&big));
        CHECK(emit_host(emit, r, &err) == 0);
        free_result(r);
        if (i == HOSTS - 3) {
            before = resident_kib();
        }
    }
    CHECK(emit_finish(emit, &err) == 0);
    emit_free(emit);
#ifndef __SANITIZE_ADDRESS__ /* which keeps freed memory for a while */
    CHECK(resident_kib() - before < 20 * 1024);
#else
    (void)before;
#endif
    strbuf_release(&big);
}

static void strangers_are_refused(void)
{
    struct strbuf out = STRBUF_INIT;
    struct err err = ERR_INIT;
    struct emit *emit = start(&out, &format_json, true, 0);
    struct host stranger = {.index = 4, .name = "stranger"};
    struct host_result r = {.host = &stranger};
    CHECK(emit_host(emit, &r, &err) == ERR_HOST);
    emit_free(emit);
    strbuf_release(&out);
}

int main(void)
{
    make_plan();
    RUN(records_have_all_columns);
    RUN(inventory_data_become_columns);
    RUN(several_templates_are_merged);
    RUN(every_order_gives_inventory_order);
    RUN(unordered_leaves_at_once);
    RUN(hosts_that_never_came_are_passed);
    RUN(parse_errors_keep_their_rows_back);
    RUN(failed_commands_are_not_parsed);
    RUN(writer_errors_come_out);
    RUN(waiting_does_not_grow_memory);
    RUN(strangers_are_refused);
    RUN(raw_formats_get_outputs);
    textfsm_table_free(reader);
    textfsm_template_free((struct textfsm_template *)template);
    return test_end();
}
