#include "cli/idle.h"

#include "cli/saving.h"
#include "output/writer.h"

/* ---- Ways to use a verb --------------------------------------------------------------------
 */

static bool first_word_is(const struct options *options, const char *word)
{
    return options->words.count > 0 && strcmp(options->words.items[0].text, word) == 0;
}

static bool checks_rules(const struct options *options)
{
    return first_word_is(options, "check");
}

static bool explains_rule(const struct options *options)
{
    return first_word_is(options, "explain");
}

static bool past_audit(const struct options *options)
{
    return options->from != NULL;
}

static bool without_inventory(const struct options *options)
{
    return options->from && !options->inventory;
}

static bool without_detect(const struct options *options)
{
    return !options->detect;
}

static bool without_hosts(const struct options *options)
{
    return !options->inventory && options->hosts.count == 0;
}

static bool has_file(const struct options *options)
{
    return options->template_file != NULL;
}

static bool lists_tables(const struct options *options)
{
    return options->words.count == 1;
}

static bool drafts(const struct options *options)
{
    return first_word_is(options, "new");
}

static bool drafts_nothing(const struct options *options)
{
    return !drafts(options);
}

static bool matches(const struct options *options)
{
    return first_word_is(options, "match");
}

static bool shows(const struct options *options)
{
    return first_word_is(options, "show");
}

static bool shows_raw(const struct options *options)
{
    const struct format *format = options->format   ? format_find(view_of(options->format))
                                  : options->output ? format_by_extension(options->output)
                                                    : NULL;
    return format && format->raw;
}

static bool saves(const struct options *options)
{
    return !options->dry_run && saving_path(options);
}

static bool resumes_elsewhere(const struct options *options)
{
    return options->resume && options->output && strcmp(options->resume, options->output) != 0;
}

/* ---- What is idle in them ------------------------------------------------------------------
 */

#define NARROW "where select sort limit offset"
#define LOGIN                                                                                  \
    "user port key ask-pass password-file password-fd host-keys workers connect-rate "         \
    "stop-on-auth-failure timeout retries allow-changes"

static const struct idle {
    unsigned verbs;
    bool (*when)(const struct options *options);
    const char *names; /* of options, with blanks between them */
    const char *why;   /* behind the option */
} idles[] = {
    {VERB_AUDIT, checks_rules,
     LOGIN " from baseline fail-on inventory host target platform allow-duplicate-address "
           "ssh-config save-raw redact failed report dry-run all",
     "is not for `audit check`, which looks at rule files alone"},
    {VERB_AUDIT, explains_rule, "all", "is for reports: explain shows all that there is"},
    {VERB_AUDIT, past_audit, LOGIN " save-raw redact failed report dry-run",
     "is for audits that log in: --from connects to nothing"},
    {VERB_AUDIT, without_inventory, "ssh-config allow-duplicate-address",
     "goes with -i: the hosts of --from are as the run left them"},
    {VERB_HOSTS, without_detect,
     "templates ask-pass password-file password-fd host-keys workers connect-rate "
     "stop-on-auth-failure timeout retries",
     "is for --detect: without it nothing is logged into"},
    {VERB_SCHEMA, without_hosts, "target allow-duplicate-address",
     "goes with -i or -H: --platform alone means no hosts"},
    {VERB_EXPLAIN, has_file, "template command platform",
     "finds a template, and -T names one: leave out either"},
    {VERB_QUERY, lists_tables, NARROW,
     "needs an answer to narrow: collect query TABLE DB, or a SELECT and the DB"},
    {VERB_TEMPLATES, drafts_nothing, "force dry-run", "is for `templates new`"},
    {VERB_TEMPLATES, drafts, "platform", "is not for `templates new PLATFORM 'COMMAND'`"},
    {VERB_TEMPLATES, matches, "platform", "is not for `templates match PLATFORM 'COMMAND'`"},
    {VERB_TEMPLATES, shows, "format", "is for records: `templates show` prints a file"},
    {VERB_RUN, resumes_elsewhere, "output",
     "is not for --resume, which adds to its own database: `collect query` writes files of it"},
    {VERB_RUN, shows_raw, "columns", "is for records: text is the outputs as they came"},
    {VERB_RUN, saves, "ordered", "is not for a database, which keeps each host's place"},
};

/* The next of several words; false at the end. */
static bool next_word(const char **rest, struct view *word)
{
    *rest += strspn(*rest, " ");
    *word = view_make(*rest, strcspn(*rest, " "));
    *rest += word->len;
    return word->len > 0;
}

int idle_check(const struct options *options, struct err *err)
{
    for (size_t i = 0; i < sizeof(idles) / sizeof(idles[0]); i++) {
        const struct idle *idle = &idles[i];
        const char *rest = idle->names;
        struct view name;
        if (!(idle->verbs & options->verb->bit) || !idle->when(options)) {
            continue;
        }
        while (next_word(&rest, &name)) {
            const struct option *o = option_find(name, options->verb->bit);
            const char *said = o ? option_said(options, o) : NULL;
            if (said) {
                return err_set(err, ERR_USAGE, "%s %s", said, idle->why);
            }
        }
    }
    return 0;
}
