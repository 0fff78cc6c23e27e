#include "cli/help.h"

#include "audit/report.h"

#include "base/guess.h"
#include "cli/out.h"
#include "cli/setting.h"
#include "cli/talk.h"
#include "output/writer.h"

#define WIDTH       80
#define HELP_COLUMN 26 /* where the sentences stand */
#define VERB_COLUMN 13

const struct exit_meaning exit_meanings[] = {
    {"0", "all that was asked was done"},
    {"1",
     "some host, command or parse failed or could not be judged, an output could not be read; "
     "`lint`, `test` or `audit check` found something, or `diff` a difference"},
    {"2", "the command line was wrong"},
    {"3", "an inventory, template, platform, rule file or database is unusable; nothing was "
          "connected"},
    {"4", "the output could not be written"},
    {"5", "an audit found violations"},
    {"130", "interrupted"},
    {"141", "the reader of stdout went away"},
    {NULL, NULL},
};

/* Words of text from column `at` on, broken before WIDTH, further lines indented to indent. */
static void wrap(struct strbuf *out, const char *text, size_t at, size_t indent)
{
    while (*text) {
        size_t n = strcspn(text, " ");
        if (at > indent && at + 1 + n > WIDTH) {
            strbuf_addch(out, '\n');
            strbuf_addchars(out, ' ', indent);
            at = indent;
        } else if (at > indent) {
            strbuf_addch(out, ' ');
            at++;
        }
        strbuf_add(out, text, n);
        at += n;
        text += n + strspn(text + n, " ");
    }
    strbuf_addch(out, '\n');
}

/* "  label" padded to column, then text; a label too long gets a line of its own. */
static void entry(struct strbuf *out, const char *label, const char *text, size_t column)
{
    size_t from = out->len;
    strbuf_addf(out, "  %s", label);
    size_t at = out->len - from;
    if (at + 2 > column) {
        strbuf_addch(out, '\n');
        at = 0;
    }
    strbuf_addchars(out, ' ', column - at);
    wrap(out, text, column, column);
}

void help_option(struct strbuf *out, const struct option *o)
{
    char names[256];
    strbuf_addstr(out, o->help);
    if (o->complete == COMPLETE_FORMAT) {
        format_names(names, sizeof(names));
        strbuf_addf(out, ". Formats: %s", names);
    }
    for (size_t i = 0; o->complete == COMPLETE_REPORT && audit_formats[i]; i++) {
        strbuf_addf(out, "%s%s", i ? ", " : ". Formats: ", audit_formats[i]->name);
    }
}

static void option_entry(struct strbuf *out, const struct option *o)
{
    struct strbuf label = STRBUF_INIT, text = STRBUF_INIT;
    strbuf_addf(&label, o->letter ? "-%c, " : "    ", o->letter);
    strbuf_addf(&label, "--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
    help_option(&text, o);
    if (o->fallback) {
        strbuf_addf(&text, " (default: %s)", o->fallback);
    }
    entry(out, label.buf, text.buf, HELP_COLUMN);
    strbuf_release(&text);
    strbuf_release(&label);
}

static void section(struct strbuf *out, const struct verb *verb, enum option_section which)
{
    bool titled = false;
    for (const struct option *o = option_table; o->name; o++) {
        if (o->section == which && (o->verbs & verb->bit)) {
            if (!titled) {
                strbuf_addf(out, "\n%s:\n", section_titles[which]);
            }
            titled = true;
            option_entry(out, o);
        }
    }
}

void help_synopsis(struct strbuf *out, const struct verb *verb)
{
    bool implicit = verb == &verb_table[0];
    strbuf_addf(out, "collect %s%s%s [options]", implicit ? "[" : "", verb->name,
                implicit ? "]" : "");
    if (verb->operands) {
        strbuf_addf(out, " [%s...]", verb->operands);
    }
}

void help_verb(struct strbuf *out, const struct verb *verb)
{
    strbuf_addstr(out, "Usage: ");
    help_synopsis(out, verb);
    strbuf_addstr(out, "\n\n");
    wrap(out, verb->text, 0, 0);
    for (int i = 0; i < SECTION_COUNT; i++) {
        section(out, verb, (enum option_section)i);
    }
}

void help_overview(struct strbuf *out)
{
    strbuf_addstr(out, "Usage: collect [run] [options] [HOST...]\n"
                       "       collect VERB [options] ...\n\n");
    wrap(out,
         "Logs into many devices at once, runs commands, and turns their output into records "
         "(CSV, JSON, tables) through TextFSM templates.",
         0, 0);
    strbuf_addstr(out, "\nVerbs:\n");
    for (const struct verb *v = verb_table; v->name; v++) {
        if (!v->hidden) {
            entry(out, v->name, v->summary, VERB_COLUMN);
        }
    }
    strbuf_addstr(out, "\nExamples:\n"
                       "  collect -t show_version -i hosts.yml\n"
                       "  collect -c 'show clock' --platform cisco_ios -u admin -k sw1 sw2\n"
                       "  collect -t show_interfaces -i hosts.yml -l 'core,!core3' -o out.csv\n"
                       "  collect audit -r rules.yml -i hosts.yml -o audit.html\n"
                       "\nExit status:\n");
    for (const struct exit_meaning *m = exit_meanings; m->status; m++) {
        entry(out, m->status, m->meaning, 7);
    }
    strbuf_addstr(out, "\n`collect help VERB` tells all about a verb.\n");
}

static int no_such_verb(const char *word)
{
    struct err err = ERR_INIT;
    const struct verb *guess = verb_guess(word);
    if (guess) {
        err_set(&err, ERR_USAGE, "there is no verb '%s': did you mean '%s'?", word,
                guess->name);
    } else {
        err_set(&err, ERR_USAGE, "there is no verb '%s'", word);
    }
    return talk_failure(&err, NULL);
}

/* ---- As records ----------------------------------------------------------------------------
 */

static int write_option(struct writer *writer, const struct verb *verb, const struct option *o,
                        struct err *err)
{
    char letter[2] = {o->letter, '\0'};
    struct strbuf help = STRBUF_INIT;
    help_option(&help, o);
    const struct textfsm_cell cells[] = {setting_cell(verb->name),  setting_cell(o->name),
                                         setting_cell(letter),      setting_cell(o->arg),
                                         setting_cell(o->fallback), setting_cell(help.buf)};
    int rc = writer_row(writer, 0, cells, err);
    strbuf_release(&help);
    return rc;
}

/* help -f FORMAT: the options of the verbs asked for, or of all. */
static int write_rows(const struct options *options, struct err *err)
{
    static const struct column columns[] = {{.name = "verb"},     {.name = "option"},
                                            {.name = "letter"},   {.name = "argument"},
                                            {.name = "fallback"}, {.name = "help"}};
    static const struct table table = {"options", columns, 6};
    struct writer *writer;
    int rc = setting_data(&writer, options, &table, err);
    if (rc < 0) {
        return rc;
    }
    for (const struct verb *v = verb_table; v->name && rc == 0; v++) {
        bool asked = options->words.count == 0;
        for (size_t i = 0; i < options->words.count; i++) {
            asked |= strcmp(options->words.items[i].text, v->name) == 0;
        }
        for (const struct option *o = option_table; o->name && rc == 0; o++) {
            if (asked && !v->hidden && (o->verbs & v->bit)) {
                rc = write_option(writer, v, o, err);
            }
        }
    }
    if (rc < 0) {
        writer_abort(writer);
        return rc;
    }
    return writer_close(writer, err);
}

/* `help audit check`: a verb's first word is explained with the verb. */
static bool is_operand(const struct verb *verb, const char *word)
{
    struct verb_operand operand;
    for (size_t i = 0; verb && verb_operand(verb, i, &operand); i++) {
        if (operand.word.len && view_equal_str(operand.word, word)) {
            return true;
        }
    }
    return false;
}

static int add_help(struct strbuf *text, const struct option_list *words)
{
    const struct verb *last = NULL;
    int status = 0;
    for (size_t i = 0; i < words->count && status == 0; i++) {
        const char *word = words->items[i].text;
        const struct verb *verb = verb_find(view_of(word));
        if (verb) {
            help_verb(text, verb);
            last = verb;
        } else if (!is_operand(last, word)) {
            status = no_such_verb(word);
        }
    }
    return status;
}

int verb_help(const struct options *options)
{
    struct err err = ERR_INIT;
    struct strbuf text = STRBUF_INIT;
    if (options->words.count == 0) {
        help_overview(&text);
    }
    int status = add_help(&text, &options->words);
    if (status == 0 && setting_wants_data(options)) {
        status = write_rows(options, &err) < 0 ? talk_failure(&err, "help") : 0;
    } else if (status == 0) {
        status = out_text(options, &text);
    }
    strbuf_release(&text);
    return status;
}
