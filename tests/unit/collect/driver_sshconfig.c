/* Asks the ssh configuration FILE for the hosts on stdin, "name user port" with "-" for what is
 * not said, and prints what `ssh -G` would, each host behind "== name"; for test_sshconfig.py.
 * With "-k": prints the words of stdin that are keywords.
 */
#include "collect/sshconfig_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void show(const char *key, const char *value)
{
    if (value) {
        printf("%s %s\n", key, value);
    }
}

static void show_all(const char *key, const char *const *values)
{
    for (; *values; values++) {
        show(key, *values);
    }
}

static void show_files(const char *key, const char *const *files, enum config_key which,
                       const struct ssh_settings *s)
{
    if (s->from[which].file) {
        printf("%s", key);
        for (size_t i = 0; files[i]; i++) {
            printf(" %s", files[i]);
        }
        printf("%s\n", files[0] ? "" : " none");
    }
}

static void show_number(const char *key, int number)
{
    if (number) {
        printf("%s %d\n", key, number);
    }
}

static void show_method(const char *key, int said, const char *yes, const char *no)
{
    show(key, said == METHOD_UNSAID ? NULL : said == METHOD_YES ? yes : no);
}

static void show_settings(const struct ssh_settings *s)
{
    static const char *const strict[] = {"ask", "true", "accept-new", "false"};
    show("hostname", s->hostname);
    show("user", s->user);
    printf("port %d\n", s->port ? s->port : 22);
    show_all("identityfile", s->identities);
    if (s->from[CONFIG_IDENTITY].file && !s->identities[0]) {
        printf("identityfile none\n");
    }
    show_all("certificatefile", s->certificates);
    printf("identitiesonly %s\n", s->identities_only ? "yes" : "no");
    show_files("userknownhostsfile", s->known_hosts, CONFIG_KNOWN_HOSTS, s);
    show_method("pubkeyauthentication", s->publickey, "true", "false");
    show_method("passwordauthentication", s->password, "yes", "no");
    show_method("kbdinteractiveauthentication", s->interactive, "yes", "no");
    show("preferredauthentications", s->methods);
    show("identityagent", s->agent || !s->from[CONFIG_AGENT].file ? s->agent : "none");
    show_files("globalknownhostsfile", s->global_known_hosts, CONFIG_GLOBAL_KNOWN_HOSTS, s);
    show("revokedhostkeys", s->revoked);
    show("hashknownhosts", s->hash_known_hosts ? "yes" : NULL);
    show("stricthostkeychecking", strict[s->strict]);
    show("proxyjump", s->proxy_jump);
    show("proxycommand", s->proxy_command);
    show("hostkeyalias", s->hostkey_alias);
    show("kexalgorithms", s->kex);
    show("ciphers", s->ciphers);
    show("macs", s->macs);
    show("hostkeyalgorithms", s->hostkeys);
    show("pubkeyacceptedalgorithms", s->pubkeys);
    static const char *const families[] = {"any", "inet", "inet6"};
    show("addressfamily", families[s->family]);
    show("bindaddress", s->bind_address);
    show_number("connectionattempts", s->attempts);
    show_number("requiredrsasize", s->rsa_size);
    show("canonicalizehostname", s->canonicalize ? "true" : "false");
    if (s->connect_timeout) {
        printf("connecttimeout %d\n", s->connect_timeout);
    }
}

static void show_origins(const struct ssh_settings *s)
{
    for (int i = 0; i < CONFIG_KEYS; i++) {
        if (s->from[i].line) {
            printf("# %d %d\n", i, s->from[i].line);
        }
    }
}

/* The next word of a line, NULL for "-" or none. */
static const char *take_word(char **line)
{
    char *word = *line;
    *line += strcspn(word, " \n");
    if (**line) {
        *(*line)++ = '\0';
    }
    return *word && strcmp(word, "-") != 0 ? word : NULL;
}

static int ask(struct sshconfig *config, char *line, bool origins)
{
    struct arena arena = ARENA_INIT;
    struct ssh_settings settings;
    struct err err = ERR_INIT;
    const char *name = take_word(&line), *user = take_word(&line), *port = take_word(&line);
    struct ssh_query query = {name, user, port ? (int)strtol(port, NULL, 10) : 0};
    printf("== %s\n", name);
    int rc = sshconfig_ask(config, &query, &arena, &settings, &err);
    if (rc == 0) {
        show_settings(&settings);
    } else {
        printf("error %s\n", err.text);
    }
    if (rc == 0 && origins) {
        show_origins(&settings);
    }
    arena_release(&arena);
    return rc;
}

static int show_keywords(void)
{
    char line[1024];
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (config_keyword(view_of(line))) {
            puts(line);
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct sshconfig *config = NULL;
    char line[1024];
    bool origins = argc > 2;
    if (argc > 1 && strcmp(argv[1], "-k") == 0) {
        return show_keywords();
    }
    if (argc < 2 || sshconfig_new(&config, &err) < 0 ||
        sshconfig_read(config, argv[1], SSHCONFIG_GIVEN, &err) < 0) {
        printf("error %s\n", err.text);
        sshconfig_free(config);
        return 1;
    }
    while (fgets(line, sizeof(line), stdin)) {
        (void)ask(config, line, origins);
    }
    sshconfig_free(config);
    return 0;
}
