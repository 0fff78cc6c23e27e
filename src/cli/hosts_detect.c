/* collect hosts --detect: logs into the hosts whose platform is not said, and finds it out. */
#include "cli/hosts_write.h"

#include "cli/collecting.h"
#include "cli/setting.h"
#include "cli/talk.h"

#include "base/secret.h"

enum { HOST, ADDRESS, PLATFORM, STATUS, WHY, COLUMNS };

static const struct column columns[COLUMNS] = {
    [HOST] = {.name = "host", .key = true},
    [ADDRESS] = {.name = "address"},
    [PLATFORM] = {.name = "platform"},
    [STATUS] = {.name = "status"},
    [WHY] = {.name = "why"},
};

static const struct table table = {"hosts", columns, COLUMNS};

struct detecting {
    const struct options *options;
    struct arena arena;
    struct inventory *inventory;
    struct inventory unknown; /* those of its hosts that are asked; owns nothing */
    struct library *library;
    struct plan plan;
    const char **platforms; /* by host->index, NULL = not found */
    const char **statuses, **whys;
    size_t found;
    struct collecting collecting;
};

static int prepare(struct detecting *d, struct err *err)
{
    size_t n = d->inventory->count;
    struct host *hosts = arena_array(&d->arena, n + 1, sizeof(*hosts));
    d->platforms = arena_array(&d->arena, n + 1, sizeof(*d->platforms));
    d->statuses = arena_array(&d->arena, n + 1, sizeof(*d->statuses));
    d->whys = arena_array(&d->arena, n + 1, sizeof(*d->whys));
    if (!hosts || !d->platforms || !d->statuses || !d->whys) {
        return err_nomem(err);
    }
    d->unknown = *d->inventory;
    d->unknown.hosts = hosts;
    d->unknown.count = 0;
    for (size_t i = 0; i < n; i++) {
        struct host *host = &d->inventory->hosts[i];
        host->platform = host->platform ? host->platform : PLATFORM_AUTO;
        d->statuses[i] = status_name(STATUS_OK);
        d->whys[i] = "it is said";
        if (host_is_auto(host)) {
            hosts[d->unknown.count++] = *host;
            d->statuses[i] = status_name(STATUS_NOT_RUN);
            d->whys[i] = "";
        }
    }
    int rc = setting_library(&d->library, d->options, &d->arena, err);
    const struct plan_request request = {0};
    return rc < 0 ? rc : plan_make(&d->plan, &d->unknown, d->library, &request, err);
}

static int note(struct collecting *c, const struct host_result *result, struct err *err)
{
    struct detecting *d = c->user;
    size_t i = result->host->index;
    const char *why = result->status == STATUS_OK ? result->platform_why : result->reason;
    d->platforms[i] = result->platform ? result->platform->name : NULL;
    d->statuses[i] = status_name(result->status);
    d->whys[i] = arena_dup(&d->arena, view_of(why ? why : ""));
    d->found += result->platform != NULL;
    return d->whys[i] ? 0 : err_nomem(err);
}

static int write_row(struct writer *writer, const struct detecting *d, const struct host *host,
                     struct err *err)
{
    size_t i = host->index;
    bool open = host_is_auto(host) && !d->platforms[i];
    const char *texts[COLUMNS] = {
        [HOST] = host->name,
        [ADDRESS] = host->address,
        [PLATFORM] = open              ? ""
                     : d->platforms[i] ? d->platforms[i]
                                       : host->platform,
        [STATUS] = d->statuses[i],
        [WHY] = d->whys[i],
    };
    struct textfsm_cell cells[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) {
        cells[c] = setting_cell(texts[c]);
    }
    return writer_row(writer, 0, cells, err);
}

static int show(const struct detecting *d, struct writer *writer, struct err *err)
{
    int rc = 0;
    for (size_t i = 0; i < d->inventory->count && rc == 0; i++) {
        rc = write_row(writer, d, &d->inventory->hosts[i], err);
    }
    if (rc < 0) {
        writer_abort(writer);
        return rc;
    }
    return writer_close(writer, err);
}

static void summarize(const struct detecting *d)
{
    const struct collecting *c = &d->collecting;
    struct strbuf text = STRBUF_INIT;
    if (!d->options->quiet) {
        strbuf_addf(&text, "Found the platforms of %zu of %zu host%s in %.1f s\n", d->found,
                    d->plan.njobs, d->plan.njobs == 1 ? "" : "s",
                    (double)(now_ms() - c->started) / 1000);
    }
    report_failures(&c->report, &text);
    talk_lines(&text);
    strbuf_release(&text);
}

static int detect(struct detecting *d, struct err *err)
{
    bool inventory = hosts_wants_inventory(d->options);
    struct writer *writer = NULL;
    int rc = inventory ? 0 : setting_data(&writer, d->options, &table, err);
    if (rc == 0) {
        rc = collecting_run(&d->collecting, err);
    }
    if (rc < 0) {
        writer_abort(writer);
        return rc;
    }
    rc = inventory ? hosts_write(d->inventory, d->platforms, d->options, err)
                   : show(d, writer, err);
    summarize(d);
    return rc;
}

static int status_of(const struct detecting *d)
{
    if (d->collecting.cancelled) {
        return err_exit_status(ERR_CANCELLED);
    }
    return d->collecting.report.failed ? err_exit_status(ERR_HOST) : 0;
}

int hosts_detect(struct inventory *inventory, const struct options *options, struct err *err)
{
    struct detecting d = {.options = options,
                          .arena = ARENA_INIT,
                          .inventory = inventory,
                          .plan = PLAN_INIT,
                          .collecting = {.options = options,
                                         .inventory = inventory,
                                         .plan = &d.plan,
                                         .each = note,
                                         .user = &d,
                                         COLLECTING_INIT}};
    secret_harden_process();
    int rc = prepare(&d, err);
    if (rc == 0) {
        rc = detect(&d, err);
    }
    int status = rc < 0 ? rc : status_of(&d);
    collecting_release(&d.collecting);
    plan_release(&d.plan);
    library_free(d.library);
    arena_release(&d.arena);
    return status;
}
