/* Asks the ssh configuration FILE for the hosts on stdin, "name user port" with "-" for what is
 * not said, and prints what `ssh -G` would, each host behind "== name"; for test_sshconfig.py. */
#include "collect/sshconfig.h"

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

static void show_settings(const struct ssh_settings *s)
{
    show("hostname", s->hostname);
    show("user", s->user);
    printf("port %d\n", s->port ? s->port : 22);
    show_all("identityfile", s->identities);
    if (s->from[CONFIG_IDENTITY].file && !s->identities[0]) {
        printf("identityfile none\n");
    }
    show_all("certificatefile", s->certificates);
    printf("identitiesonly %s\n", s->identities_only ? "yes" : "no");
    if (s->from[CONFIG_KNOWN_HOSTS].file) {
        printf("userknownhostsfile");
        for (size_t i = 0; s->known_hosts[i]; i++) {
            printf(" %s", s->known_hosts[i]);
        }
        printf("%s\n", s->known_hosts[0] ? "" : " none");
    }
    show("proxyjump", s->proxy_jump);
    show("proxycommand", s->proxy_command);
    show("hostkeyalias", s->hostkey_alias);
    show("kexalgorithms", s->kex);
    show("ciphers", s->ciphers);
    show("macs", s->macs);
    show("hostkeyalgorithms", s->hostkeys);
    show("pubkeyacceptedalgorithms", s->pubkeys);
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

static int ask(struct sshconfig *config, char *line, bool origins)
{
    char name[256], user[256];
    int port = 0;
    struct arena arena = ARENA_INIT;
    struct ssh_settings settings;
    struct err err = ERR_INIT;
    char *at = line;
    const char *words[3] = {NULL, NULL, NULL};
    for (int i = 0; i < 3; i++) {
        words[i] = at;
        at += strcspn(at, " \n");
        if (*at) {
            *at++ = '\0';
        }
    }
    snprintf(name, sizeof(name), "%s", words[0]);
    snprintf(user, sizeof(user), "%s", words[1]);
    port = *words[2] && *words[2] != '-' ? (int)strtol(words[2], NULL, 10) : 0;
    struct ssh_query query = {name, *user && *user != '-' ? user : NULL, port};
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

int main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    struct sshconfig *config = NULL;
    char line[1024];
    bool origins = argc > 2;
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
