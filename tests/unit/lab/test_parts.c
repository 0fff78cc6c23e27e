/* Timers, commands as words, serial numbers, settings and fleets. */
#include "test.h"

#include "lab/fleet.h"
#include "lab/timers.h"
#include "lab/understand.h"

#include <unistd.h>

static void timers_come_in_order(void)
{
    struct timers timers = {0};
    struct timer t[200];
    unsigned random = 1;
    for (int i = 0; i < 200; i++) {
        t[i].due = DEADLINE_NEVER;
        random = random * 1103515245u + 12345u;
        CHECK(timers_set(&timers, &t[i], random >> 16));
    }
    for (int i = 0; i < 200; i += 2) {
        random = random * 1103515245u + 12345u;
        CHECK(timers_set(&timers, &t[i], i % 6 ? (ms_t)(random >> 16) : DEADLINE_NEVER));
    }
    ms_t last = 0;
    int n = 0;
    struct timer *timer;
    CHECK(timers_due(&timers, -1) == NULL);
    while (timers_next(&timers) != DEADLINE_NEVER) {
        ms_t next = timers_next(&timers);
        timer = timers_due(&timers, 70000);
        CHECK(timer && timer->due == DEADLINE_NEVER && next >= last);
        last = next;
        n++;
    }
    CHECK(n == 200 - 34);
    timers_release(&timers);
}

static enum likeness compare(const char *typed, const char *known, size_t *agree)
{
    struct arena arena = ARENA_INIT;
    char *a = words_of(&arena, view_of(typed)), *b = words_of(&arena, view_of(known));
    enum likeness likeness = words_compare(view_of(a), view_of(b), agree);
    arena_release(&arena);
    return likeness;
}

static void words_are_compared_as_devices_do(void)
{
    size_t agree;
    CHECK(compare("show version", "show_version", &agree) == WORDS_SAME && agree == 2);
    CHECK(compare("SHOW  mac address-table", "show_mac_address_table", &agree) == WORDS_SAME);
    CHECK(compare("sh ver", "show_version", &agree) == WORDS_SHORTER && agree == 2);
    CHECK(compare("show vers", "show_vlan", &agree) == WORDS_DIFFER && agree == 1);
    CHECK(compare("show version detail", "show_version", &agree) == WORDS_DIFFER && agree == 2);
    CHECK(compare("show", "show_version", &agree) == WORDS_DIFFER && agree == 1);
    CHECK(compare("", "show_version", &agree) == WORDS_DIFFER && agree == 0);
    CHECK(word_offset(VIEW("show  mac table"), 1) == 6);
    CHECK(word_offset(VIEW("show"), 1) == 4 && word_offset(VIEW(""), 0) == 0);
}

static void serials_keep_their_length(void)
{
    struct mention mentions[] = {{0, 3, 1}, {4, 11, 2}, {16, 1, 0}};
    struct sample sample = {"x", VIEW("ABC FCZ1731605V h."), mentions, 3};
    struct strbuf out = STRBUF_INIT;
    sample_tell(&sample, "sw9", NULL, 12, &out);
    CHECK_STR(out.buf, "193 FCZ17300194 sw9.");
    strbuf_reset(&out);
    sample_tell(&sample, "sw9", "MINE", 12, &out);
    CHECK_STR(out.buf, "MINE FCZ17300194 sw9.");
    strbuf_release(&out);
}

/* A fleet from a device file of that text, or the error. */
static int build(struct fleet *fleet, const char *text, size_t devices, struct err *err)
{
    static const char *const platforms[] = {"linux", "cisco_ios", NULL};
    static const char *const set[] = {"latency: 5ms", "username: ops", NULL};
    char path[] = "/tmp/lab-test-XXXXXX", fixtures[1024];
    int fd = mkstemp(path);
    snprintf(fixtures, sizeof(fixtures), "%s/fixtures", getenv("SOURCE_DIR"));
    CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    const char *folder = fixtures;
    struct fleet_options options = {
        .fixtures = &folder,
        .nfixtures = 1,
        .platforms = platforms,
        .devices = devices,
        .device_file = *text ? path : NULL,
        .set = set,
    };
    int rc = fleet_build(fleet, &options, err);
    close(fd);
    unlink(path);
    return rc;
}

static void a_fleet_has_layers(void)
{
    struct fleet fleet = FLEET_INIT;
    struct err err = ERR_INIT;
    CHECK(build(&fleet,
                "defaults: {trickle: 7, latency: 9ms}\n"
                "devices:\n"
                "  - {platform: linux, hostname: box, count: 2, auth: [publickey, none]}\n"
                "  - {platform: cisco_ios, trickle: 8, silent: auth, echo: redraw}\n",
                2, &err) == 0);
    CHECK_STR(err.text, "");
    CHECK(fleet.count == 5);
    CHECK_STR(fleet.devices[0].name, "box-1");
    CHECK_STR(fleet.devices[1].name, "box-2");
    CHECK_STR(fleet.devices[2].name, "ios-003");
    CHECK_STR(fleet.devices[4].name, "ios-005");
    CHECK(fleet.devices[0].settings.trickle == 7 && fleet.devices[2].settings.trickle == 8);
    CHECK(fleet.devices[0].settings.latency == 9 && fleet.devices[0].settings.exec);
    CHECK(fleet.devices[0].settings.auth == (AUTH_PUBLICKEY | AUTH_NONE));
    CHECK(fleet.devices[2].settings.silent == SILENT_AUTH);
    CHECK(fleet.devices[2].settings.echo == ECHO_REDRAW);
    CHECK_STR(fleet.devices[4].settings.username, "ops");
    CHECK(fleet.devices[4].ordinal == 1 && fleet.devices[3].ordinal == 2);
    CHECK(fleet_address(&fleet, 3, "127.0.0.1", 2222, false, &err) == 0);
    CHECK_STR(fleet.devices[4].address, "127.3.0.5");
    CHECK(fleet_address(&fleet, 3, "::1", 65533, true, &err) == ERR_USAGE);
    fleet_release(&fleet);
}

static void a_bad_device_file_says_where(void)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"devices:\n  - {hostname: x}\n", ":2:5: a device without platform"},
        {"devices:\n  - {platform: linux, silnt: auth}\n",
         ":2:23: a device has no key 'silnt'; did you mean 'silent'?"},
        {"devices:\n  - {platform: linux, silent: maybe}\n",
         ":2:31: silent cannot be \"maybe\""},
        {"devices:\n  - {platform: linux, auth: [magic]}\n",
         ":2:29: \"magic\" is no way to log in (none, password, keyboard-interactive, "
         "publickey)"},
        {"devices:\n  - {platform: linux, hostname: a}\n  - {platform: linux, hostname: a}\n",
         ":3:5: a second device called a"},
        {"devices: 5\n", ":1:10: 'devices' must be a list, not '5' (a device file)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fleet fleet = FLEET_INIT;
        struct err err = ERR_INIT;
        CHECK(build(&fleet, cases[i].text, 0, &err) == ERR_INPUT);
        const char *rest = strchr(err.text, ':');
        CHECK_STR(rest ? rest : err.text, cases[i].error);
        fleet_release(&fleet);
    }
}

static void an_unknown_platform_is_an_error(void)
{
    struct fleet fleet = FLEET_INIT;
    struct err err = ERR_INIT;
    CHECK(build(&fleet, "devices: [{platform: amiga}]\n", 0, &err) == ERR_INPUT);
    CHECK(strstr(err.text, "unknown platform \"amiga\"") != NULL);
    fleet_release(&fleet);
}

int main(void)
{
    RUN(timers_come_in_order);
    RUN(words_are_compared_as_devices_do);
    RUN(serials_keep_their_length);
    RUN(a_fleet_has_layers);
    RUN(a_bad_device_file_says_where);
    RUN(an_unknown_platform_is_an_error);
    return test_end();
}
