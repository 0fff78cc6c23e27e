/* Our reading of ssh_config(5) against ssh's own: `ssh -G` must say the same of every host. */
#include "collect/sshconfig_part.h"
#include "test.h"

#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/sshconfig-test-XXXXXX";
static char path[64], included[64];
static struct err err;

static void write_text(const char *file, const char *text)
{
    FILE *f = fopen(file, "w");
    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static struct sshconfig *read_config(const char *text)
{
    struct sshconfig *config = NULL;
    write_text(path, text);
    CHECK(sshconfig_new(&config, &err) == 0);
    sshconfig_set_path(config, path);
    CHECK(sshconfig_read(config, path, true, &err) == 0);
    return config;
}

static bool same(const char *what, const char *ours, const char *theirs)
{
    if ((!ours && !theirs) || (ours && theirs && strcmp(ours, theirs) == 0)) {
        return true;
    }
    fprintf(stderr, "%s: ours %s, ssh's %s\n", what, ours ? ours : "-", theirs ? theirs : "-");
    return false;
}

/* What ssh prints, it prints also where nothing was said: then ours may be silent. */
static bool agree(const struct sshconfig *config, const char *name, const char *user)
{
    struct arena arena = ARENA_INIT;
    struct ssh_settings ours, theirs = {0};
    CHECK(sshconfig_ask(config, name, user, &arena, &ours, &err) == 0);
    CHECK(sshconfig_ask_ssh(config, name, user, &arena, &theirs, &err) == 0);
    const char *hostname = ours.hostname ? ours.hostname : name;
    bool ok = strcasecmp(hostname, theirs.hostname) == 0 ||
              same("HostName", hostname, theirs.hostname);
    if (!user) {
        ok &= same("User", ours.user ? ours.user : config->local_user, theirs.user);
    }
    ok &= (ours.port ? ours.port : 22) == theirs.port;
    ok &= same("ProxyJump", ours.proxy_jump, theirs.proxy_jump);
    ok &= same("ProxyCommand", ours.proxy_command, theirs.proxy_command);
    ok &= same("HostKeyAlias", ours.hostkey_alias, theirs.hostkey_alias);
    ok &= same("CertificateFile", ours.certificate, theirs.certificate);
    ok &= ours.identities_only == theirs.identities_only;
    ok &= ours.connect_timeout == theirs.connect_timeout;
    for (size_t i = 0; ours.identities[i] || (i && theirs.identities[i]); i++) {
        ok &= same("IdentityFile", ours.identities[i], theirs.identities[i]);
    }
    if (ours.known_hosts[0]) {
        ok &= same("UserKnownHostsFile", ours.known_hosts[0], theirs.known_hosts[0]);
    }
    if (!ok) {
        fprintf(stderr, "  for %s\n", name);
    }
    arena_release(&arena);
    return ok;
}

static const char *const names[] = {"sw1",     "sw2.lab",  "SW1", "r1.example.net",
                                    "bad.lab", "10.0.0.1", "gw",  "other"};

static void compare(const char *text)
{
    struct sshconfig *config = read_config(text);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        CHECK(agree(config, names[i], NULL));
        CHECK(agree(config, names[i], "carol"));
    }
    sshconfig_free(config);
}

static void test_hosts(void)
{
    compare("Host sw1\n  HostName 10.1.1.1\n  User alice\n  Port 2222\n"
            "Host *.lab !bad.lab\n User bob\n Port=2022\n IdentityFile /keys/lab\n"
            "Host 10.0.0.?\n\tUser \"dave\"\n"
            "Host *\n User eve\n IdentityFile /keys/all\n ConnectTimeout 7\n");
}

static void test_first_wins(void)
{
    compare("Port 2200\nHost sw1\n Port 2201\n HostName first\nHost sw*\n HostName second\n"
            "IdentitiesOnly no\nHost sw1\nIdentitiesOnly yes\n");
}

static void test_quotes_and_comments(void)
{
    compare("# a comment\n\n  Host  \"sw1\"  gw \n  HostName = \"gw.example.net\"\n"
            "   # another\nHost sw2.lab\nHostname=\"sw2\"\nhOsTkEyAlIaS   alias\n");
}

static void test_match(void)
{
    compare("Match host sw1\n Port 2201\nMatch originalhost gw,r1.* user carol\n Port 2202\n"
            "Match !host *.lab\n HostKeyAlias outside\nMatch user carol\n HostName carols\n"
            "Match all\n ConnectTimeout 3\n");
    compare("Host gw\n HostName real.lab\nMatch host real.lab\n Port 2300\n");
    compare("Match localuser nobody-here\n Port 2400\nMatch localuser *\n User local\n");
}

static void test_final(void)
{
    compare("Host sw1\n HostName final.lab\nMatch final host *.lab\n Port 2500\n");
}

static void test_include(void)
{
    char text[256];
    write_text(included, "User included\nHost sw2.lab\n Port 2600\n");
    snprintf(text, sizeof(text),
             "Host sw*\n Include %s\n HostName inside\nHost *\n Port 2601\n", included);
    compare(text);
    snprintf(text, sizeof(text), "Include %s/none-*.conf %s\nUser outer\n", folder, included);
    compare(text);
}

static void test_proxies(void)
{
    compare("Host sw1\n ProxyJump gw\nHost sw2.lab\n ProxyJump a@gw:2222,b\n"
            "Host r1.*\n ProxyCommand nc -X 5 %h %p\nHost 10.*\n ProxyJump none\n"
            "Host *.lab\n ProxyCommand none\nHost *\n ProxyJump last\n");
}

static void test_files(void)
{
    compare("Host sw1\n IdentityFile /keys/one\n IdentityFile /keys/two\n"
            " CertificateFile /keys/one-cert.pub\n UserKnownHostsFile /tmp/a /tmp/b\n"
            "Host *\n IdentityFile /keys/three\n IdentityFile none\n");
}

static void test_tokens(void)
{
    struct arena arena = ARENA_INIT;
    struct ssh_settings s;
    struct sshconfig *config =
        read_config("Host sw*\n HostName %h.example.net\n User me\n Port 77\n"
                    " ProxyCommand relay %n %h:%p %r 100%%\n IdentityFile ~/keys/%h\n");
    CHECK(sshconfig_ask(config, "sw1", NULL, &arena, &s, &err) == 0);
    CHECK_STR(s.hostname, "sw1.example.net");
    CHECK_STR(s.proxy_command, "relay sw1 sw1.example.net:77 me 100%");
    CHECK(strstr(s.identities[0], "/keys/sw1.example.net") && s.identities[0][0] == '/');
    arena_release(&arena);
    sshconfig_free(config);
}

/* exec: ssh decides, and runs the command. */
static void test_exec(void)
{
    struct arena arena = ARENA_INIT;
    struct ssh_settings s;
    struct sshconfig *config = read_config("Match exec \"test %h = sw1\"\n Port 2700\n"
                                           "Host *\n User after\n");
    CHECK(sshconfig_ask(config, "sw1", NULL, &arena, &s, &err) == 0);
    CHECK(s.port == 2700 && !s.kex);
    CHECK_STR(s.user, "after");
    CHECK(sshconfig_ask(config, "sw2", NULL, &arena, &s, &err) == 0 && s.port == 22);
    arena_release(&arena);
    sshconfig_free(config);
}

static void test_mistakes(void)
{
    char text[256];
    struct sshconfig *config = NULL;
    CHECK(sshconfig_new(&config, &err) == 0);
    write_text(path, "Host a\n\nMatch hots b\n");
    CHECK(sshconfig_read(config, path, true, &err) < 0 && err.line == 3);
    CHECK(strstr(err.text, "Match does not know 'hots'"));
    snprintf(text, sizeof(text), "Include %s\n", path);
    write_text(path, text);
    CHECK(sshconfig_read(config, path, true, &err) < 0 &&
          strstr(err.text, "include each other"));
    CHECK(sshconfig_read(config, "/no/such/file", true, &err) == 0);
    CHECK(sshconfig_read(config, folder, true, &err) < 0);
    sshconfig_free(config);
}

/* Every prefix of a file is read, or refused, without harm. */
static void test_prefixes(void)
{
    static const char whole[] =
        "Host \"a b\" !c\n HostName=\"x\"\nMatch host a,!b user u final\n"
        "Include /no/such\n ProxyJump \"a,b\n";
    for (size_t n = 0; n < sizeof(whole); n++) {
        char text[sizeof(whole)];
        snprintf(text, sizeof(text), "%.*s", (int)n, whole);
        struct arena arena = ARENA_INIT;
        struct ssh_settings s;
        struct sshconfig *config = NULL;
        write_text(path, text);
        CHECK(sshconfig_new(&config, &err) == 0);
        if (sshconfig_read(config, path, true, &err) == 0) {
            CHECK(sshconfig_ask(config, "a", NULL, &arena, &s, &err) == 0);
        }
        sshconfig_free(config);
        arena_release(&arena);
    }
}

int main(void)
{
    if (access("/usr/bin/ssh", X_OK) < 0) {
        printf("skipped: no ssh is installed (apt-get install openssh-client)\n");
        return 77;
    }
    if (!mkdtemp(folder)) {
        return 1;
    }
    snprintf(path, sizeof(path), "%s/config", folder);
    snprintf(included, sizeof(included), "%s/more", folder);
    RUN(test_hosts);
    RUN(test_first_wins);
    RUN(test_quotes_and_comments);
    RUN(test_match);
    RUN(test_final);
    RUN(test_include);
    RUN(test_proxies);
    RUN(test_files);
    RUN(test_tokens);
    RUN(test_exec);
    RUN(test_mistakes);
    RUN(test_prefixes);
    unlink(path);
    unlink(included);
    rmdir(folder);
    return test_end();
}
