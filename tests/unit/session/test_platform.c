/* platform.yml: the ones of the project, and the ones that people get wrong. */
#include "test.h"

#include "base/strbuf.h"
#include "session/platform.h"

#include <sys/stat.h>
#include <unistd.h>

static const char *templates(void)
{
    static char path[4096];
    const char *source = getenv("SOURCE_DIR");
    snprintf(path, sizeof(path), "%s/templates", source ? source : ".");
    return path;
}

static struct platform_set *all(void)
{
    const char *dirs[] = {templates()};
    struct platform_set *set = NULL;
    struct err err = ERR_INIT;
    if (platform_set_read(&set, dirs, 1, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    return set;
}

static void the_projects_platforms_are_usable(void)
{
    struct platform_set *set = all();
    CHECK(platform_count(set) >= 27);
    for (size_t i = 0; i < platform_count(set); i++) {
        const struct platform *p = platform_at(set, i);
        CHECK(p->prompt.n == 1 && p->questions.n >= 7 && p->exit && p->newline);
        CHECK(platform_find(set, p->name) == p);
        CHECK(i == 0 || strcmp(platform_at(set, i - 1)->name, p->name) < 0);
        CHECK(p->exec || (p->read_only && p->read_only[0]));
        CHECK(platform_reads_only(p, VIEW("definitely-no-command")) == p->exec);
    }
    CHECK_STR(platform_find(set, "cisco_xe")->name, "cisco_ios");
    CHECK(!platform_find(set, "cisco_isos"));
    CHECK_STR(platform_guess(set, "cisco_isos"), "cisco_ios");
    CHECK(!platform_guess(set, "commodore64"));
    platform_set_free(set);
}

static void only_reading_commands_are_read_only(void)
{
    static const struct {
        const char *platform, *command;
        bool reads;
    } cases[] = {
        {"cisco_ios", "show version", true},
        {"cisco_ios", "SHOW version", true},
        {"cisco_ios", "  show   ip route | include foo|bar", true},
        {"cisco_ios", "showversion", false},
        {"cisco_ios", "sh ver", false},
        {"cisco_ios", "reload", false},
        {"cisco_ios", "configure terminal", false},
        {"cisco_ios", "show run | redirect flash:x", false},
        {"cisco_ios", "show run |tee flash:x", false},
        {"cisco_ios", "", false},
        {"cisco_nxos", "show version ; reload", false},
        {"cisco_nxos", "show run > bootflash:x", false},
        {"cisco_nxos", "show run | include x | count", true},
        {"cisco_nxos", "show run | sed -e s/a/b/", false},
        {"arista_eos", "show run | sh", false},
        {"arista_eos", "show version | json", true},
        {"juniper_junos", "show interfaces | match ge- | no-more", true},
        {"juniper_junos", "show configuration | save x", false},
        {"juniper_junos", "monitor interface ge-0/0/0", true},
        {"juniper_junos", "monitor stop", false},
        {"linux", "rm -rf /tmp/x", true},
        {"mikrotik_routeros", "/ip address print detail where disabled=no", true},
        {"mikrotik_routeros", "/ip/address/print", true},
        {"mikrotik_routeros", "/export", true},
        {"mikrotik_routeros", "/export file=x", false},
        {"mikrotik_routeros", "/log info print", false},
        {"mikrotik_routeros", "/system reboot", false},
        {"mikrotik_routeros", "/ip address print where address=[/system reboot]", false},
        {"fortinet", "get system status | grep Version", true},
        {"fortinet", "execute reboot", false},
        {"fortinet", "diagnose sys kill 9 1", false},
        {"huawei_vrp", "display version", true},
        {"huawei_vrp", "display version > flash:/x", false},
        {"vyos", "show version | grep Version", true},
        {"vyos", "show version; reboot", false},
        {"vyos", "show $(reboot)", false},
        {"vyos", "show version | sh", false},
        {"cisco_xr", "show route | utility xargs run", false},
        {"cisco_xr", "show route | utility wc lines", true},
        {"alcatel_sros", "admin display-config", true},
        {"alcatel_sros", "admin reboot now", false},
        {"checkpoint_gaia", "show version all", true},
        {"paloalto_panos", "request restart system", false},
    };
    struct platform_set *set = all();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct platform *p = platform_find(set, cases[i].platform);
        bool reads = platform_reads_only(p, view_of(cases[i].command));
        CHECK(reads == cases[i].reads);
        if (reads != cases[i].reads) {
            fprintf(stderr, "  %s: %s\n", cases[i].platform, cases[i].command);
        }
    }
    platform_set_free(set);
}

/* A recorded dialogue for each platform whose shell is talked to. */
static void every_platform_has_a_dialogue(void)
{
    struct platform_set *set = all();
    for (size_t i = 0; i < platform_count(set); i++) {
        const struct platform *p = platform_at(set, i);
        struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/../fixtures/dialogues/%s", templates(), p->name);
        CHECK(p->exec || access(path.buf, R_OK) == 0);
        strbuf_release(&path);
    }
    platform_set_free(set);
}

/* What redact finds in a line, or "". */
static void redacted(const struct platform *p, const char *text, char *out, size_t size)
{
    struct regex_scratch *scratch = regex_scratch_new(NULL, NULL);
    out[0] = '\0';
    for (size_t i = 0; i < p->redact.n && !out[0]; i++) {
        struct view groups[2] = {VIEW_NONE, VIEW_NONE};
        if (regex_match(p->redact.items[i], scratch, view_of(text), groups, 2, NULL) == 1) {
            snprintf(out, size, "%.*s", VIEW_ARG(groups[1]));
        }
    }
    regex_scratch_free(scratch);
}

static void secrets_of_configurations_are_found(void)
{
    static const struct {
        const char *platform, *line, *secret;
    } cases[] = {
        {"cisco_ios", "enable secret 5 $1$abcd$efgh", "$1$abcd$efgh"},
        {"cisco_ios", "username joe privilege 15 password 0 hidden", "hidden"},
        {"cisco_ios", "snmp-server community hidden RO 10", "hidden"},
        {"cisco_ios", " key 7 0123456789", "0123456789"},
        {"cisco_ios", "tacacs-server host 192.0.2.1 key hidden", "hidden"},
        {"cisco_ios", "crypto isakmp key hidden address 192.0.2.1", "hidden"},
        {"cisco_ios", " neighbor 192.0.2.2 password 7 hidden", "hidden"},
        {"cisco_ios", "service password-encryption", ""},
        {"cisco_ios", "interface GigabitEthernet0/1", ""},
        {"cisco_ios", "key chain OSPF", ""},
        {"arista_eos", "username admin secret sha512 $6$abc", "$6$abc"},
        {"arista_eos", "snmp-server community hidden ro", "hidden"},
        {"juniper_junos", "    encrypted-password \"$6$abc\"; ## SECRET-DATA", "$6$abc"},
        {"juniper_junos", "set snmp community hidden authorization read-only", "hidden"},
        {"huawei_vrp", " local-user joe password irreversible-cipher $1a$xyz", "$1a$xyz"},
        {"fortinet", "        set password ENC hiddenhidden==", "hiddenhidden=="},
        {"fortinet", "        set psksecret ENC hidden", "hidden"},
        {"fortinet", "        set alias \"wan\"", ""},
        {"mikrotik_routeros", "add name=joe password=\"hidden\" group=full", "hidden"},
        {"paloalto_panos", "          <phash>hidden</phash>", "hidden"},
        {"vyos", "set system login user x authentication encrypted-password '$6$abc'",
         "$6$abc"},
        {"linux", "joe:$6$abc$def:19000:0:99999:7:::", "$6$abc$def"},
    };
    struct platform_set *set = all();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char found[200];
        redacted(platform_find(set, cases[i].platform), cases[i].line, found, sizeof(found));
        if (strcmp(found, cases[i].secret) != 0) {
            fprintf(stderr, "  %s: %s\n", cases[i].platform, cases[i].line);
        }
        CHECK_STR(found, cases[i].secret);
    }
    platform_set_free(set);
}

static void refusals_are_found_at_the_top_only(void)
{
    struct platform_set *set = all();
    struct regex_scratch *scratch = regex_scratch_new(NULL, NULL);
    const struct platform *ios = platform_find(set, "cisco_ios");
    struct view line = platform_refusal(
        ios, scratch, VIEW("      ^\n% Invalid input detected at '^' marker.\n\n"));
    CHECK(view_equal_str(line, "% Invalid input detected at '^' marker."));
    CHECK(!platform_refusal(ios, scratch, VIEW("Interface\nVlan1\n")).ptr);
    CHECK(!platform_refusal(ios, scratch, VIEW("a\nb\nc\nd\n% Invalid input detected\n")).ptr);
    CHECK(!platform_refusal(ios, scratch, VIEW("log: % Invalid input detected\n")).ptr);
    CHECK(!platform_refusal(ios, scratch, VIEW_NONE).ptr);
    regex_scratch_free(scratch);
    platform_set_free(set);
}

/* A template folder with one platform in it. */
static struct strbuf folder = STRBUF_INIT;

static void write_platform(const char *dir, const char *name, const char *text)
{
    struct strbuf path = STRBUF_INIT;
    strbuf_addf(&path, "%s/%s", dir, name);
    mkdir(path.buf, 0700);
    strbuf_addstr(&path, "/platform.yml");
    FILE *file = fopen(path.buf, "w");
    CHECK(file && fputs(text, file) >= 0);
    CHECK(file && fclose(file) == 0);
    strbuf_release(&path);
}

static void says_what_is_wrong(void)
{
    static const struct {
        const char *text, *error; /* what follows the path */
    } cases[] = {
        {"prompt: '#'\npagers: []\n",
         ":2:1: a platform has no key 'pagers'; did you mean 'pager'?"},
        {"setup: []\n", ":1:1: a platform needs the key 'prompt'"},
        {"prompt: '[a'\n", ":1:9: this pattern is not usable, at its character "},
        {"prompt: ''\n", ":1:9: a pattern has 1 to "},
        {"prompt: a\ntransport: telnet\n", ":2:12: 'transport' is shell or exec, not 'telnet'"},
        {"prompt: a\npager: [{pattern: x}]\n", ":2:9: an answer needs the key 'send'"},
        {"prompt: a\nenable: {command: e}\n", ":2:9: enable needs the key 'password'"},
        {"prompt: a\nlimits: {idle: soon}\n", ":2:16: 'idle' must be a time like"},
        {"prompt: a\nerrors: [a, {b: c}]\n", ":2:13: this must be text, not a map"},
        {"prompt: a\ncommands: [x]\n", ":2:11: 'commands' must be a map, not a list"},
        {"prompt: a\naliases: [good]\n", ": its alias 'good' already means the platform of "},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_platform(folder.buf, "bad", cases[i].text);
        write_platform(folder.buf, "good", "prompt: '>'\n");
        const char *dirs[] = {folder.buf};
        struct platform_set *set = NULL;
        struct err err = ERR_INIT;
        CHECK(platform_set_read(&set, dirs, 1, &err) == ERR_INPUT);
        CHECK(!set);
        struct strbuf want = STRBUF_INIT;
        strbuf_addf(&want, "%s/bad/platform.yml%s", folder.buf, cases[i].error);
        CHECK(strncmp(err.text, want.buf, want.len) == 0);
        if (strncmp(err.text, want.buf, want.len) != 0) {
            fprintf(stderr, "  got  %s\n  want %s\n", err.text, want.buf);
        }
        strbuf_release(&want);
    }
}

static void a_users_folder_wins(void)
{
    write_platform(folder.buf, "bad", "prompt: 'mine>'\n");
    write_platform(folder.buf, "cisco_ios",
                   "prompt: '>'\nsetup: page off\ncommands: {show_version: display version}\n"
                   "enable: {command: su, password: 'P:', prompt: '#'}\n"
                   "limits: {idle: 5, command: 2m, bytes: 1M}\nnewline: \"\\r\"\n");
    const char *dirs[] = {folder.buf, templates()};
    struct platform_set *set = NULL;
    struct err err = ERR_INIT;
    CHECK(platform_set_read(&set, dirs, 2, &err) == 0);
    const struct platform *p = platform_find(set, "cisco_ios");
    CHECK_STR(p->setup[0], "page off");
    CHECK_STR(platform_command(p, "show_version"), "display version");
    CHECK(!platform_command(p, "show_vlan"));
    CHECK(p->idle_ms == 5000 && p->command_ms == 120000 && p->max_bytes == 1 << 20);
    CHECK_STR(p->newline, "\r");
    CHECK(platform_find(set, "bad") && platform_find(set, "juniper_junos"));
    platform_set_free(set);
    const char *missing[] = {"/nonexistent/templates"};
    CHECK(platform_set_read(&set, missing, 1, &err) == ERR_INPUT && !set);
}

static void remove_folder(void)
{
    static const char *const names[] = {"bad", "good", "cisco_ios"};
    for (size_t i = 0; i < 3; i++) {
        struct strbuf path = STRBUF_INIT;
        strbuf_addf(&path, "%s/%s/platform.yml", folder.buf, names[i]);
        unlink(path.buf);
        strbuf_truncate(&path, path.len - strlen("/platform.yml"));
        rmdir(path.buf);
        strbuf_release(&path);
    }
    rmdir(folder.buf);
    strbuf_release(&folder);
}

int main(void)
{
    char temporary[] = "/tmp/collect-platform-XXXXXX";
    if (!mkdtemp(temporary)) {
        return 1;
    }
    strbuf_addstr(&folder, temporary);
    RUN(the_projects_platforms_are_usable);
    RUN(only_reading_commands_are_read_only);
    RUN(every_platform_has_a_dialogue);
    RUN(secrets_of_configurations_are_found);
    RUN(refusals_are_found_at_the_top_only);
    RUN(says_what_is_wrong);
    RUN(a_users_folder_wins);
    remove_folder();
    return test_end();
}
