/* collect-lab: simulated network devices over SSH, to try templates and collect against. */
#include "base/vis.h"
#include "lab/labdir.h"
#include "lab/limits_lab.h"
#include "lab/options.h"
#include "lab/places.h"
#include "lab/serve.h"

#include <stdio.h>
#include <sys/resource.h>

#define NETS       250
#define PORT       2222
#define FIRST_PORT 10000
#define SPARE_FDS  64

struct lab {
    struct options options;
    struct arena arena;
    struct fleet fleet;
    struct keys keys;
    struct journal journal;
    struct server server;
};

/* The folders given, then the one beside the program. */
static size_t folders(struct lab *lab, const char *const *given, const char *name,
                      const char *argv0, const char **out)
{
    size_t n = 0;
    for (; given[n]; n++) {
        out[n] = given[n];
    }
    out[n] = places_find(&lab->arena, name, argv0);
    return out[n] ? n + 1 : n;
}

static int build_fleet(struct lab *lab, const char *argv0, struct err *err)
{
    const struct options *o = &lab->options;
    const char *fixtures[OPTIONS_LIST + 1], *templates[OPTIONS_LIST + 1];
    struct fleet_options options = {
        .fixtures = fixtures,
        .nfixtures = folders(lab, o->fixtures, "fixtures", argv0, fixtures),
        .templates = templates,
        .ntemplates = folders(lab, o->templates, "templates", argv0, templates),
        .platforms = o->platforms,
        .devices = (size_t)o->devices,
        .device_file = o->device_file,
        .set = o->set,
        .seed = (size_t)o->seed,
    };
    int rc = fleet_build(&lab->fleet, &options, err);
    if (rc == 0 && lab->fleet.count == 0) {
        rc = err_set(err, ERR_USAGE, "no devices: give --devices N or a device file");
    }
    return rc;
}

static bool any_legacy(const struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++) {
        if (fleet->devices[i].settings.legacy) {
            return true;
        }
    }
    return false;
}

static bool any_publickey(const struct fleet *fleet)
{
    for (size_t i = 0; i < fleet->count; i++) {
        const struct settings *s = &fleet->devices[i].settings;
        if ((s->auth & AUTH_PUBLICKEY) && !s->authorized_key) {
            return true;
        }
    }
    return false;
}

/* A descriptor to listen for each device, and one for its first connection. */
static void raise_descriptors(size_t devices)
{
    struct rlimit limit;
    rlim_t need = (rlim_t)devices * 2 + SPARE_FDS;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= need) {
        return;
    }
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < need) {
        fprintf(stderr,
                "collect-lab: only %llu descriptors for %zu devices; ulimit -n gives more\n",
                (unsigned long long)limit.rlim_cur, devices);
    }
}

static int open_dir(struct lab *lab, struct err *err)
{
    const char *dir = lab->options.dir;
    const char *log = arena_printf(&lab->arena, "%s/log", dir);
    if (!log) {
        return err_nomem(err);
    }
    if (labdir_make(dir, err) < 0 ||
        keys_open(&lab->keys, dir, any_legacy(&lab->fleet), err) < 0 ||
        (any_publickey(&lab->fleet) && keys_user(&lab->keys, err) < 0)) {
        return ERR_OUTPUT;
    }
    return journal_open(&lab->journal, log, err);
}

/* Takes the first 127.N.0.0/16 that no other lab has. */
static int listen_somewhere(struct lab *lab, struct err *err)
{
    const struct options *o = &lab->options;
    bool by_port = o->by_port || o->address, taken = true;
    int port = o->port ? o->port : by_port ? FIRST_PORT : PORT;
    const char *address = o->address ? o->address : "127.0.0.1";
    int rc = ERR_HOST;
    for (int net = 1; net <= (by_port ? 1 : NETS) && rc < 0 && taken; net++) {
        rc = fleet_address(&lab->fleet, net, address, port, by_port, err);
        rc = rc < 0 ? rc : server_listen(&lab->server, &taken, err);
    }
    return rc;
}

static int start(struct lab *lab, const char *argv0, struct err *err)
{
    int rc = build_fleet(lab, argv0, err);
    rc = rc < 0 ? rc : open_dir(lab, err);
    if (rc < 0) {
        return rc;
    }
    raise_descriptors(lab->fleet.count);
    rc = server_open(&lab->server, &lab->fleet, &lab->keys, &lab->journal, err);
    rc = rc < 0 ? rc : listen_somewhere(lab, err);
    return rc < 0 ? rc : labdir_write(lab->options.dir, &lab->fleet, &lab->keys, err);
}

static int write_stats(struct lab *lab, struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    stats_format(lab->fleet.devices, lab->fleet.count, &text);
    int rc = labdir_put(lab->options.dir, "stats.tsv", false, &text, err);
    strbuf_release(&text);
    return rc;
}

static int complain(const struct err *err)
{
    struct strbuf text = STRBUF_INIT;
    vis_add(&text, view_of(err->text), VIS_LINE);
    fprintf(stderr, "collect-lab: %s\n", text.buf);
    strbuf_release(&text);
    return err_exit_status(err->code);
}

static int work(struct lab *lab, const char *argv0)
{
    struct err err = ERR_INIT;
    if (start(lab, argv0, &err) < 0) {
        return complain(&err);
    }
    if (!lab->options.quiet && !lab->options.command) {
        printf("%zu devices ready: collect -i %s/hosts.yml -t show_version\n", lab->fleet.count,
               lab->options.dir);
        fflush(stdout);
    }
    int status = serve(&lab->server, lab->options.command);
    return write_stats(lab, &err) < 0 ? complain(&err) : status;
}

int main(int argc, char **argv)
{
    struct lab lab = {.fleet = FLEET_INIT, .journal = JOURNAL_INIT};
    struct err err = ERR_INIT;
    if (options_parse(&lab.options, argc, argv, &err) < 0) {
        return complain(&err);
    }
    if (lab.options.help) {
        options_help();
        return fflush(stdout) == 0 ? 0 : 4;
    }
    serve_prepare();
    ssh_init();
    int status = work(&lab, argv[0]);
    server_close(&lab.server);
    journal_release(&lab.journal);
    keys_release(&lab.keys);
    fleet_release(&lab.fleet);
    arena_release(&lab.arena);
    ssh_finalize();
    return status;
}
