/*
 * Inventories as data: fixtures/inventories/good/X.yml must give the hosts that X.txt lists,
 * and bad/X.yml exactly the error of X.err. BLESS=1 writes the golden files instead. Then what
 * files cannot say: the command line over the inventory, -l, names and sizes.
 */
#include "test.h"

#include "base/strbuf.h"
#include "base/vis.h"
#include "collect/inventory.h"

#include <glob.h>
#include <unistd.h>

static bool blessing;

/* ---- Golden files --------------------------------------------------------------------------
 */

static void golden(const char *yml, const char *extension, const char *got)
{
    struct strbuf path = STRBUF_INIT, want = STRBUF_INIT;
    strbuf_add(&path, yml, strlen(yml) - 3); /* as long as "yml" and "csv" */
    strbuf_addstr(&path, extension);
    if (blessing) {
        FILE *file = fopen(path.buf, "w");
        CHECK(file && fputs(got, file) >= 0 && fclose(file) == 0);
    } else {
        CHECK(strbuf_read_file(&want, path.buf, 1 << 20) == 0);
        CHECK_STR(got, want.buf);
    }
    strbuf_release(&want);
    strbuf_release(&path);
}

static void add_secret(struct strbuf *out, const char *name, struct secret_spec secret)
{
    static const char *const sources[] = {"none", "env", "file", "command", "plain"};
    if (secret.source != SECRET_NONE) {
        strbuf_addf(out, " %s=%s:%s", name, sources[secret.source], secret.value);
    }
}

static void add_text(struct strbuf *out, const char *name, const char *value)
{
    if (value) {
        strbuf_addf(out, " %s=%s", name, value);
    }
}

static void add_time(struct strbuf *out, const char *name, ms_t value)
{
    if (value) {
        strbuf_addf(out, " %s=%dms", name, (int)value);
    }
}

static void describe(struct strbuf *out, const struct host *host)
{
    strbuf_addf(out, "%zu %s %s port=%d line=%d", host->index, host->name, host->address,
                host->port, host->line);
    add_text(out, "platform", host->platform);
    add_text(out, "username", host->username);
    add_secret(out, "password", host->password);
    add_secret(out, "enable", host->enable);
    add_text(out, "key", host->key);
    add_text(out, "fingerprint", host->fingerprint);
    add_time(out, "connect", host->connect_ms);
    add_time(out, "auth", host->auth_ms);
    add_time(out, "command", host->command_ms);
    add_time(out, "idle", host->idle_ms);
    strbuf_addstr(out, host->legacy ? " legacy" : "");
    for (const char *const *group = host->groups; *group; group++) {
        strbuf_addf(out, " +%s", *group);
    }
    for (size_t i = 0; i < host->ndata; i++) {
        strbuf_addf(out, " %s:%s", host->data[i].key, host->data[i].value);
    }
    strbuf_addch(out, '\n');
}

static void good(const char *path)
{
    struct err err = ERR_INIT;
    struct inventory inventory = INVENTORY_INIT;
    struct strbuf text = STRBUF_INIT;
    struct inventory_query query = {.path = path};
    CHECK(inventory_read(&inventory, &query, &err) == 0);
    CHECK_STR(err.text, "");
    for (size_t i = 0; i < inventory.count; i++) {
        describe(&text, &inventory.hosts[i]);
    }
    if (inventory.known_hosts) {
        strbuf_addf(&text, "known_hosts: %s\n", inventory.known_hosts);
    }
    for (size_t i = 0; i < inventory.nwarnings; i++) {
        strbuf_addf(&text, "warning: %s\n", inventory.warnings[i]);
    }
    golden(path, "txt", text.buf);
    strbuf_release(&text);
    inventory_release(&inventory);
}

static void bad(const char *path)
{
    struct err err = ERR_INIT;
    struct inventory inventory = INVENTORY_INIT;
    struct strbuf text = STRBUF_INIT;
    struct inventory_query query = {.path = path};
    CHECK(inventory_read(&inventory, &query, &err) == ERR_INPUT);
    CHECK(err.code == ERR_INPUT);
    vis_add(&text, view_of(err.text), VIS_LINE);
    strbuf_addch(&text, '\n');
    golden(path, "err", text.buf);
    strbuf_release(&text);
    inventory_release(&inventory);
}

static void each(const char *pattern, void (*test)(const char *path))
{
    glob_t found;
    CHECK(glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc > 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        test(found.gl_pathv[i]);
    }
    globfree(&found);
}

static void good_inventories(void)
{
    setenv("HOME", "/home/someone", 1);
    each("fixtures/inventories/good/*.yml", good);
    each("fixtures/inventories/good/*.csv", good);
}

static void bad_inventories(void)
{
    each("fixtures/inventories/bad/*.yml", bad);
    each("fixtures/inventories/bad/*.csv", bad);
}

/* ---- The command line ----------------------------------------------------------------------
 */

#define LAYERS "fixtures/inventories/good/layers.yml"

/* "r1 r3", or the error's text. */
static void names_are(const struct inventory_query *query, const char *want)
{
    struct err err = ERR_INIT;
    struct inventory inventory = INVENTORY_INIT;
    struct strbuf text = STRBUF_INIT;
    if (inventory_read(&inventory, query, &err) < 0) {
        strbuf_addstr(&text, err.text);
    }
    for (size_t i = 0; i < inventory.count && err.code == 0; i++) {
        CHECK(inventory.hosts[i].index == i);
        strbuf_addf(&text, "%s%s", i ? " " : "", inventory.hosts[i].name);
    }
    CHECK_STR(text.buf, want);
    strbuf_release(&text);
    inventory_release(&inventory);
}

static void targets(void)
{
    static const struct {
        const char *targets[3];
        const char *want;
    } cases[] = {
        {{"r1"}, "r1"},
        {{"r*"}, "r1 r2 r3 r4"},
        {{"core"}, "r2 r3"},
        {{"core,!r2"}, "r3"},
        {{"!core"}, "r1 r4"},
        {{"!core", "!r1"}, "r4"},
        {{"!r1", "core"}, "r2 r3"},
        {{" r4 , r[12]"}, "r1 r2 r4"},
        {{"c*"}, "r2 r3"},
        {{"!r*"}, "-l leaves no host over"},
        {{"cores"}, "-l cores fits no host and no group: did you mean 'core'?"},
        {{"!nothing"}, "-l nothing fits no host and no group"},
        {{"r1,"}, "-l has an empty pattern"},
        {{"!"}, "-l has an empty pattern"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct inventory_query query = {.path = LAYERS, .targets = cases[i].targets};
        while (query.ntargets < 3 && cases[i].targets[query.ntargets]) {
            query.ntargets++;
        }
        names_are(&query, cases[i].want);
    }
}

/* One host of the command line, described; or the error. */
static void spec_is(const char *path, const char *spec, const char *want)
{
    struct err err = ERR_INIT;
    struct inventory inventory = INVENTORY_INIT;
    struct strbuf text = STRBUF_INIT;
    struct inventory_query query = {.path = path, .hosts = &spec, .nhosts = 1, .port = 99};
    if (inventory_read(&inventory, &query, &err) < 0) {
        strbuf_addstr(&text, err.text);
    } else {
        const struct host *host = &inventory.hosts[0];
        strbuf_addf(&text, "%s %s %d %s %s", host->name, host->address, host->port,
                    host->username ? host->username : "-",
                    host->platform ? host->platform : "-");
    }
    CHECK_STR(text.buf, want);
    strbuf_release(&text);
    inventory_release(&inventory);
}

static void hosts_of_the_command_line(void)
{
    spec_is(NULL, "r1", "r1 r1 99 - -");
    spec_is(NULL, "r1:22", "r1:22 r1 22 - -");
    spec_is(NULL, "bob@r1:22", "r1:22 r1 22 bob -");
    spec_is(NULL, "bob@lab.example@r1", "r1 r1 99 bob@lab.example -");
    spec_is(NULL, "LAB\\bob@r1:22", "r1:22 r1 22 LAB\\bob -");
    spec_is(NULL, "svc$@r1", "r1 r1 99 svc$ -");
    spec_is(
        NULL, "a`b@r1",
        "the user name in 'a`b@r1' is refused: letters, digits and ._:%@\\+$- only, no '-' in "
        "front");
    spec_is(NULL, "[2001:db8::1]:22", "[2001:db8::1]:22 2001:db8::1 22 - -");
    spec_is(NULL, "[2001:db8::1]", "[2001:db8::1] 2001:db8::1 99 - -");
    spec_is(NULL, "2001:db8::1", "2001:db8::1 2001:db8::1 99 - -");
    spec_is(NULL, "fe80::1%eth0", "fe80::1%eth0 fe80::1%eth0 99 - -");
    spec_is(LAYERS, "r2", "r2 10.0.0.2 99 admin cisco_ios");
    spec_is(LAYERS, "bob@r2:22", "r2 10.0.0.2 22 bob cisco_ios");
    spec_is(LAYERS, "elsewhere", "elsewhere elsewhere 99 admin cisco_ios");
    spec_is(NULL, "r1:", "'' is no port in 'r1:': 1 to 65535");
    spec_is(NULL, "r1:70000", "'70000' is no port in 'r1:70000': 1 to 65535");
    spec_is(NULL, "r1;x",
            "the host name in 'r1;x' is refused: letters, digits and ._:%- only, "
            "no '-' in front");
    spec_is(NULL, "-x",
            "the host name in '-x' is refused: letters, digits and ._:%- only, "
            "no '-' in front");
    spec_is(NULL, "@r1",
            "the user name in '@r1' is refused: letters, digits and ._:%@\\+$- only, "
            "no '-' in front");
}

static void duplicates_of_the_command_line(void)
{
    const char *twice[] = {"r1", "r2", "r1"};
    names_are(&(struct inventory_query){.hosts = twice, .nhosts = 3}, "host r1 is given twice");
    const char *same[] = {"r1", "R1:22"};
    struct inventory_query query = {.hosts = same, .nhosts = 2};
    names_are(&query,
              "R1:22 has the same address and port as r1: R1 port 22; if that is meant, "
              "add --allow-duplicate-address");
    query.allow_duplicates = true;
    names_are(&query, "r1 R1:22");
    names_are(&(struct inventory_query){.ntargets = 0},
              "no hosts: give -i FILE, -H HOST or hosts as words");
}

static void the_command_line_wins(void)
{
    struct err err = ERR_INIT;
    struct inventory inventory = INVENTORY_INIT;
    struct inventory_query query = {
        .path = LAYERS, .platform = "arista_eos", .username = "me", .key = "k", .port = 830};
    CHECK(inventory_read(&inventory, &query, &err) == 0 && inventory.count == 4);
    for (size_t i = 0; i < inventory.count; i++) {
        const struct host *host = &inventory.hosts[i];
        CHECK_STR(host->platform, "arista_eos");
        CHECK_STR(host->username, "me");
        CHECK_STR(host->key, "k");
        CHECK(host->port == 830);
    }
    CHECK_STR(host_data_get(&inventory.hosts[2], "rack"), "7");
    CHECK(!host_data_get(&inventory.hosts[2], "row"));
    inventory_release(&inventory);
}

static void names(void)
{
    char longest[257];
    memset(longest, 'a', sizeof(longest));
    CHECK(inventory_name_ok(view_make(longest, 255)));
    CHECK(!inventory_name_ok(view_make(longest, 256)));
    CHECK(!inventory_name_ok(VIEW("")));
    for (int c = 0; c < 256; c++) {
        char name[2] = {'a', (char)c};
        bool ok = (c && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                               "._:%-",
                               c));
        CHECK(inventory_name_ok(view_make(name, 2)) == ok);
        CHECK(inventory_name_ok(view_make(name + 1, 1)) == (ok && c != '-'));
    }
}

static void many_hosts(void)
{
    struct err err = ERR_INIT;
    struct inventory inventory = INVENTORY_INIT;
    struct strbuf text = STRBUF_INIT;
    strbuf_addstr(&text, "groups: {a: {port: 2022, data: {x: y}}}\nhosts:\n");
    for (int i = 0; i < 20000; i++) {
        strbuf_addf(&text, "  r%d: {groups: a, address: 10.%d.%d.%d}\n", i, i >> 16,
                    i >> 8 & 255, i & 255);
    }
    char path[] = "/tmp/test_inventory.XXXXXX";
    int fd = mkstemp(path);
    CHECK(fd >= 0 && write(fd, text.buf, text.len) == (ssize_t)text.len && close(fd) == 0);
    struct inventory_query query = {.path = path};
    CHECK(inventory_read(&inventory, &query, &err) == 0 && inventory.count == 20000);
    CHECK_STR(inventory.hosts[19999].address, "10.0.78.31");
    unlink(path);
    strbuf_release(&text);
    inventory_release(&inventory);
}

int main(void)
{
    const char *source = getenv("SOURCE_DIR");
    if (source && chdir(source) < 0) {
        perror(source);
        return 1;
    }
    blessing = getenv("BLESS") != NULL;
    RUN(good_inventories);
    RUN(bad_inventories);
    RUN(targets);
    RUN(hosts_of_the_command_line);
    RUN(duplicates_of_the_command_line);
    RUN(the_command_line_wins);
    RUN(names);
    RUN(many_hosts);
    return test_end();
}
