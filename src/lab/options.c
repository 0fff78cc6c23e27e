#include "lab/options.h"

#include "base/guess.h"
#include "base/number.h"
#include "lab/limits_lab.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum kind {
    FLAG,
    NUMBER,
    TEXT,
    LIST,
};

struct option {
    const char *name, *letter, *arg;
    enum kind kind;
    size_t offset;
    int min, max;
    const char *help;
};

#define AT(member) offsetof(struct options, member)

static const struct option table[] = {
    {"devices", "n", "N", NUMBER, AT(devices), 0, LAB_DEVICES,
     "serve N devices (default 5, or none beside a device file)"},
    {"dir", "d", "DIR", TEXT, AT(dir), 0, 0,
     "write hosts.yml, known_hosts, keys and the log to DIR"},
    {"platform", "p", "P", LIST, AT(platforms), 0, 0,
     "devices of platform P; repeated, in rotation"},
    {"device-file", "f", "FILE", TEXT, AT(device_file), 0, 0,
     "the devices that FILE lists, with settings and faults"},
    {"set", "s", "KEY: VALUE", LIST, AT(set), 0, 0, "a setting of every device; repeatable"},
    {"seed", NULL, "N", NUMBER, AT(seed), 0, 1000000, "other serial numbers"},
    {"address", "a", "ADDR", TEXT, AT(address), 0, 0,
     "the address of --by-port (default 127.0.0.1)"},
    {"port", NULL, "N", NUMBER, AT(port), 1, 65535,
     "the port of all devices (default 2222), or the first (10000)"},
    {"by-port", NULL, NULL, FLAG, AT(by_port), 0, 0,
     "a port for each device, not an address of 127.0.0.0/8"},
    {"fixtures", NULL, "DIR", LIST, AT(fixtures), 0, 0,
     "answers: DIR/<platform>/<command>/*.txt; repeatable"},
    {"templates", NULL, "DIR", LIST, AT(templates), 0, 0,
     "platforms: DIR/<platform>/platform.yml; repeatable"},
    {"quiet", "q", NULL, FLAG, AT(quiet), 0, 0, "say nothing when ready"},
    {"help", "h", NULL, FLAG, AT(help), 0, 0, "this text"},
};

#define NOPTIONS (sizeof(table) / sizeof(table[0]))

void options_help(void)
{
    printf("Usage: collect-lab --dir DIR [OPTION]... [-- COMMAND [ARGUMENT]...]\n"
           "Serves simulated network devices over SSH on loopback until it is interrupted, or\n"
           "while COMMAND runs; then its exit status is COMMAND's.\n\n");
    for (size_t i = 0; i < NOPTIONS; i++) {
        const struct option *o = &table[i];
        char names[64];
        snprintf(names, sizeof(names), "%s%s%s--%s %s", o->letter ? "-" : "    ",
                 o->letter ? o->letter : "", o->letter ? ", " : "", o->name,
                 o->arg ? o->arg : "");
        printf("  %-26s %s\n", names, o->help);
    }
    printf("\nDIR/hosts.yml is ready for `collect -i DIR/hosts.yml -t show_version`.\n"
           "Settings and faults are listed in collect-lab(1).\n");
}

/* The option a word names, by --name, --name=value or -l; *value is what follows the "=". */
static const struct option *find(const char *word, const char **value)
{
    const char *equals = word[1] == '-' ? strchr(word, '=') : NULL;
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    *value = equals ? equals + 1 : NULL;
    for (size_t i = 0; i < NOPTIONS; i++) {
        struct view long_name = view_of(table[i].name);
        if ((len > 2 && word[1] == '-' &&
             view_equal(long_name, view_make(word + 2, len - 2))) ||
            (len == 2 && table[i].letter && word[1] == table[i].letter[0])) {
            return &table[i];
        }
    }
    return NULL;
}

static int unknown(const char *word, struct err *err)
{
    const char *names[NOPTIONS + 1] = {NULL};
    for (size_t i = 0; i < NOPTIONS; i++) {
        names[i] = table[i].name;
    }
    const char *plain = word + strspn(word, "-");
    const char *guess = guess_nearest(view_of(plain), names, NOPTIONS);
    if (guess) {
        return err_set(err, ERR_USAGE, "unknown option %s; did you mean --%s?", word, guess);
    }
    return err_set(err, ERR_USAGE, "unknown option %s; see collect-lab --help", word);
}

static int add_to_list(const char **list, const struct option *o, const char *value,
                       struct err *err)
{
    size_t n = 0;
    while (list[n]) {
        n++;
    }
    if (n == OPTIONS_LIST) {
        return err_set(err, ERR_USAGE, "--%s more than %d times", o->name, OPTIONS_LIST);
    }
    list[n] = value;
    return 0;
}

static int store(struct options *options, const struct option *o, const char *value,
                 struct err *err)
{
    void *member = (char *)options + o->offset;
    int64_t number;
    switch (o->kind) {
    case FLAG:
        *(bool *)member = true;
        break;
    case NUMBER:
        if (!number_int(view_of(value), o->min, o->max, &number)) {
            return err_set(err, ERR_USAGE, "--%s must be a number from %d to %d, not \"%s\"",
                           o->name, o->min, o->max, value);
        }
        *(int *)member = (int)number;
        break;
    case TEXT:
        *(const char **)member = value;
        break;
    case LIST:
        return add_to_list(member, o, value, err);
    }
    return 0;
}

static void set_defaults(struct options *options)
{
    static const char *const five[] = {"cisco_ios", "cisco_nxos", "arista_eos", "juniper_junos",
                                       "linux"};
    if (options->devices < 0) {
        options->devices = options->device_file ? 0 : 5;
    }
    if (!options->platforms[0]) {
        memcpy(options->platforms, five, sizeof(five));
    }
}

/* One option, and its value in the next word if it takes one there: *i moves on. */
static int parse_word(struct options *options, int argc, char **argv, int *i, struct err *err)
{
    const char *word = argv[*i], *value;
    const struct option *o = find(word, &value);
    if (!o) {
        return unknown(word, err);
    }
    if (o->kind == FLAG && value) {
        return err_set(err, ERR_USAGE, "--%s takes no value", o->name);
    }
    if (o->kind != FLAG && !value) {
        if (*i + 1 >= argc) {
            return err_set(err, ERR_USAGE, "--%s needs a value", o->name);
        }
        value = argv[++*i];
    }
    return store(options, o, value, err);
}

int options_parse(struct options *options, int argc, char **argv, struct err *err)
{
    *options = (struct options){.devices = -1};
    int i = 1;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            return err_set(err, ERR_USAGE, "\"%s\" is no option; a command comes after --",
                           argv[i]);
        }
        if (parse_word(options, argc, argv, &i, err) < 0) {
            return ERR_USAGE;
        }
    }
    options->command = i + 1 < argc ? argv + i + 1 : NULL;
    set_defaults(options);
    if (!options->dir && !options->help) {
        return err_set(err, ERR_USAGE, "--dir DIR says where hosts.yml goes");
    }
    return 0;
}
