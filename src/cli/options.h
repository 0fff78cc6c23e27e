/*
 * The command line. One table (option_table.c) says what each option is called, takes, means
 * and defaults to, and which verbs know it; parsing, --help, the man page and the shell
 * completions are all made from it, so they cannot disagree.
 *
 *     struct options options;
 *     if (options_parse(&options, argc, argv, &err) < 0) ...    usage: exit status 2
 *     options.verb->run(&options);
 *     options_release(&options);
 *
 * The grammar is GNU's without abbreviations: -w 5, -w5, --workers 5, --workers=5, flags bundle
 * (-vk), options and words mix, `--` ends options. The first word names the verb; a first word
 * that is no verb begins an implicit `run`. What is nearly a verb is refused with a guess.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/arena.h"
#include "base/deadline.h"
#include "base/err.h"
#include "cli/verbs.h"

/* A repeatable option's values in the order given; letter tells which of several options that
 * share a list it was, 0 for a bare word. */
struct option_item {
    char letter;
    const char *text;
};

struct option_list {
    const struct option_item *items;
    size_t count;
};

enum color_choice { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What was asked for. Strings are argv's own. NULL and 0 mean "not said" where the table has no
 * default. */
struct options {
    const struct verb *verb;
    bool verb_said; /* false: an implicit run */
    struct arena arena;

    struct option_list asks; /* -t and -c, letter says which */
    const char *template_file;
    struct option_list templates; /* folders */

    const char *inventory;
    struct option_list hosts; /* -H and bare words of run and hosts */
    struct option_list targets;
    const char *platform;
    bool allow_duplicates;
    bool detect; /* hosts */

    const char *username;
    long port;
    const char *key;
    const char *ssh_config; /* a file or "none" */
    bool ask_pass;
    const char *password_file;
    long password_fd; /* -1 = none */
    int host_keys;    /* enum host_keys, -1 = not said */

    long workers;
    ms_t timeout_ms;
    long connect_rate;
    bool stop_on_auth_failure;
    long retries;
    bool allow_changes;
    bool dry_run;
    const char *save_raw;
    bool redact;
    const char *failed;
    const char *report;

    const char *format;
    const char *output;
    const char *require_schema; /* a file */
    const char *columns;        /* "site,role" */
    bool ordered;
    bool pretty;
    const char *numeric;                        /* XLSX: "a,b" */
    const char *delimiter, *list_sep, *explode; /* CSV */
    bool crlf, bom, excel, csv_safe;

    int only;                          /* enum explain_only */
    const char *where, *select, *sort; /* SQL */
    const char *resume;                /* a database */
    long limit, offset;                /* -1 = not said */
    struct option_list ignore;         /* columns that diff leaves out */

    bool bless; /* test */
    bool force; /* templates new */

    /* audit */
    struct option_list rules; /* files, or names of packs */
    const char *from;         /* a database, or a folder of --save-raw */
    const char *baseline;     /* a database */
    int fail_on;              /* enum severity */
    bool all;

    int verbose;
    bool quiet;
    int color; /* enum color_choice */
    bool help;
    bool version;

    struct option_list words; /* bare words of the verbs that take no hosts */

    const char **said; /* by place in the table: how an option was written; NULL = it was not */
};

/* Fills *options (which must be released in any case). ERR_USAGE with one line for a person. */
int options_parse(struct options *options, int argc, char **argv, struct err *err);
void options_release(struct options *options);

/* ---- The table, for help, manual and completions ------------------------------------------
 */

enum option_kind {
    OPTION_FLAG,   /* bool */
    OPTION_COUNT,  /* int, one more each time */
    OPTION_TEXT,   /* const char * */
    OPTION_NUMBER, /* long within min and max */
    OPTION_TIME,   /* ms_t: number_duration() */
    OPTION_CHOICE, /* int, the place among choices */
    OPTION_LIST,   /* struct option_list */
};

enum option_section {
    SECTION_WORK,
    SECTION_HOSTS,
    SECTION_LOGIN,
    SECTION_RUN,
    SECTION_OUTPUT,
    SECTION_TALK,
    SECTION_COUNT,
};

/* What a shell may offer as the argument. */
enum option_complete {
    COMPLETE_NOTHING,
    COMPLETE_FILE,
    COMPLETE_NEW_FILE, /* one that will be written */
    COMPLETE_FOLDER,
    COMPLETE_FORMAT,
    COMPLETE_REPORT, /* a format of audit reports */
    COMPLETE_TEMPLATE,
    COMPLETE_PLATFORM,
    COMPLETE_HOST,
    COMPLETE_TARGET, /* a host or a group */
    COMPLETE_VERB,
};

struct option {
    const char *name; /* without the dashes */
    char letter;      /* 0 = none */
    const char *arg;  /* "FILE"; NULL = takes none */
    enum option_kind kind;
    size_t offset;  /* of its field in struct options */
    unsigned verbs; /* VERB_* bits */
    enum option_section section;
    enum option_complete complete;
    long min, max;        /* of a number */
    const char *choices;  /* "strict|accept-new|off" */
    const char *fallback; /* default, as one would write it; NULL = none */
    const char *formats;  /* those that it is for, blanks between; NULL = it is for all */
    const char *help;     /* one or two sentences, no final full stop */
};

/* Ended by a row without a name. An option that means something else to another verb has a row
 * for each meaning. */
extern const struct option option_table[];
extern const char *const section_titles[SECTION_COUNT];

/* By its long name, or its letter: the row of this verb (a VERB_* bit) if it knows the option,
 * else that of another; NULL when there is none. */
const struct option *option_find(struct view name, unsigned verb);
const struct option *option_by_letter(char letter, unsigned verb);

/* How an option was written ("-w", "--workers"), or NULL: it was not given. */
const char *option_said(const struct options *options, const struct option *o);

#endif
