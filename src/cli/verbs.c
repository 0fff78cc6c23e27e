#include "cli/verbs.h"

#include "base/guess.h"
#include "cli/options.h"

#include <stddef.h>

/* The first one is what a command line without a verb means. */
const struct verb verb_table[] = {
    {.name = "run",
     .bit = VERB_RUN,
     .operands = "HOST",
     .words = offsetof(struct options, hosts),
     .summary = "Run commands on many hosts and give their output as records",
     .text =
         "Logs into each host over SSH, once, runs the commands that -t and -c ask for, parses "
         "what they print with TextFSM templates, and writes the records. The word `run` may "
         "be left out.",
     .run = verb_run},
    {.name = "parse",
     .bit = VERB_PARSE,
     .operands = "FILE",
     .words = offsetof(struct options, words),
     .summary = "Turn saved outputs into records",
     .text =
         "Parses files (- is standard input) that hold the output of one command, with the "
         "template that -T names, or that --platform with -t or -c finds. The `host` column "
         "is the file's name without its extension. A folder that --save-raw left is parsed "
         "as the run that left it, with the templates of today. -o FILE.db keeps either as a run "
         "in a database, outputs and all, for `query`, `diff` and `audit --from`; files of the "
         "same name in several folders would be one host there, and are refused.",
     .run = verb_parse},
    {.name = "hosts",
     .bit = VERB_HOSTS,
     .operands = "HOST",
     .words = offsetof(struct options, hosts),
     .summary = "List the hosts that an inventory selects, or find out what they are",
     .text =
         "Shows each host with all that its groups and the defaults say of it, and where it "
         "is written, without connecting. With -v each setting by itself, with the line of the "
         "inventory or of the ssh configuration that says it. Passwords are not resolved; only "
         "where they would come "
         "from is shown. -o FILE.yml (or -f yaml) writes them as an inventory. With --detect, "
         "hosts whose platform is not said are logged into and shown with the platform that was "
         "found out, or written with it; the exit status is 1 when one could not be told.",
     .run = verb_hosts},
    {.name = "explain",
     .bit = VERB_EXPLAIN,
     .operands = "FILE",
     .words = offsetof(struct options, words),
     .summary = "Show how a template takes an output, line by line",
     .text =
         "For each line of FILE (or -, stdin): the state, the rules that took it, what they "
         "captured and did, the rows as they are recorded; for a line that no rule takes, or that "
         "an Error rule refuses, the rules that came nearest and the column where each stopped.",
     .run = verb_explain},
    {.name = "lint",
     .bit = VERB_LINT,
     .operands = "FILE",
     .words = offsetof(struct options, words),
     .summary = "Find what is wrong with templates, an index or a platform.yml",
     .text =
         "Looks at files, or at all of a folder's, and tells what does not do what it seems to: "
         "values and rules that nothing reaches, lines that vanish without a word, patterns "
         "that backtrack without end, rows that never win. Each finding is a line "
         "`file:line:column: code: what; how to mend it`; -f gives them as data, -v "
         "adds hints. A comment "
         "`# lint: allow CODE: why` above a line lets it stand. The exit status is 1 when "
         "there are findings.",
     .run = verb_lint},
    {.name = "test",
     .bit = VERB_TEST,
     .operands = "DIR",
     .words = offsetof(struct options, words),
     .summary = "Hold templates against their fixtures",
     .text =
         "Parses every output in a folder of fixtures, PLATFORM/COMMAND/NAME.txt, with the "
         "templates of --templates and holds the records against NAME.json; "
         "NAME.raw with NAME.yml as in ntc-templates will do, too. Shows what differs, and of "
         "each template how many lines it took and which rules no fixture uses. -f tap and "
         "-f junit are for other tools. The exit status is 1 when a fixture fails.",
     .run = verb_test},
    {.name = "query",
     .bit = VERB_QUERY,
     .operands = "[SQL|TABLE] DB",
     .words = offsetof(struct options, words),
     .summary = "Ask a saved run in SQL",
     .text =
         "DB is a run saved with `-o FILE.db`. Alone it gives its tables and columns; with a "
         "table or a SELECT in front or behind, the rows, in any format. Beside SQLite's own functions there are "
         "version_compare(a,b), regexp(pattern,text), cidr_contains(net,ip), ip_sort(x), "
         "mac(x), "
         "interface_sort(x) and the collation VERSION. A query can only read.",
     .run = verb_query},
    {.name = "diff",
     .bit = VERB_DIFF,
     .operands = "DB",
     .words = offsetof(struct options, words),
     .summary = "Show what changed between two saved runs",
     .text = "Compares two databases, or the last two runs of one: rows added, removed and "
             "changed, "
             "by the templates' Key columns (all columns where a template has none). What "
             "failed in either is left out, and told. The exit status is 1 when they differ.",
     .run = verb_diff},
    {.name = "audit",
     .bit = VERB_AUDIT,
     .operands = "explain RULE HOST|check FILE",
     .words = offsetof(struct options, words),
     .summary = "Judge hosts by rules, with evidence",
     .text =
         "Collects what the rules of -r need from the hosts of -i, or takes it from --from, and "
         "gives each rule's verdict on each host: PASS, FAIL, ERROR (it could not be judged: "
         "never a pass), SKIP, WAIVED. -o FILE.db saves the run for later audits; any other -o "
         "is the report. `explain` shows all that one rule looked at on one host, `check` finds "
         "what is wrong with rule files. The exit status is 5 when there are violations, 1 when "
         "there are none but something could not be judged, or `check` found something.",
     .run = verb_audit},
    {.name = "schema",
     .bit = VERB_SCHEMA,
     .operands = "HOST",
     .words = offsetof(struct options, hosts),
     .summary = "Show which columns a run would give, as JSON Schema",
     .text = "The columns of the records that -t and -c would give, in their order: of the hosts "
             "of -i, or of --platform alone. Nothing is connected to. `run --require-schema FILE` "
             "holds later runs to it. -f table lists the columns instead.",
     .run = verb_schema},
    {.name = "templates",
     .bit = VERB_TEMPLATES,
     .operands = "list|match PLATFORM COMMAND [HOST]|show NAME|new PLATFORM COMMAND",
     .words = offsetof(struct options, words),
     .summary = "List templates, show one, tell which reads an output and why, draft a new one",
     .text = "`list` shows the rows of the templates' indexes with the columns that come of them, of one "
             "platform with --platform; "
             "`match` tells which row reads the output of a command, which rows it shadows, and "
             "whether it matched as a prefix only; rows whose Hostname does not match HOST are passed "
             "over, as a run passes them over by its hosts' names; `show` prints a template. `new` drafts one from "
             "an output on stdin that is a table below a header or `key: value` lines, with its "
             "fixture and its row of the index, into the first folder of --templates, else the "
             "user's own; nothing is written over without --force, and -o - prints the template "
             "instead.",
     .run = verb_templates},
    {.name = "version",
     .bit = VERB_VERSION,
     .summary = "Show the versions of collect and of the libraries that it uses",
     .text = "Which collect this is, and which libraries it runs with.",
     .run = verb_version},
    {.name = "help",
     .bit = VERB_HELP,
     .operands = "VERB",
     .words = offsetof(struct options, words),
     .summary = "Show what a verb does and the options it knows",
     .text = "Without a word, an overview; with one, all about that verb.",
     .run = verb_help},
    {.name = "generate",
     .bit = VERB_GENERATE,
     .hidden = true,
     .operands = "man FILE|bash|zsh|fish|names KIND [FILE]",
     .words = offsetof(struct options, words),
     .summary = "Write the man page or a shell's completions",
     .text = "The build makes collect.1 and the shells' completions from the option table with "
             "this.",
     .run = verb_generate},
    {.name = NULL},
};

const struct verb *verb_find(struct view name)
{
    for (const struct verb *v = verb_table; v->name; v++) {
        if (view_equal_str(name, v->name)) {
            return v;
        }
    }
    return NULL;
}

static struct view cut_word(struct view *text)
{
    const char *blank = memchr(text->ptr, ' ', text->len);
    struct view word = view_slice(*text, 0, blank ? (size_t)(blank - text->ptr) : text->len);
    *text = view_slice(*text, word.len + (blank != NULL), text->len);
    return word;
}

bool verb_operand(const struct verb *verb, size_t i, struct verb_operand *out)
{
    struct view rest = view_of(verb->operands ? verb->operands : "");
    while (rest.len) {
        bool optional = rest.ptr[0] == '['; /* "[SQL|TABLE] DB" is one */
        const char *bar = optional ? NULL : memchr(rest.ptr, '|', rest.len);
        struct view one = view_slice(rest, 0, bar ? (size_t)(bar - rest.ptr) : rest.len);
        rest = view_slice(rest, one.len + 1, rest.len);
        if (i-- == 0) {
            struct view first = cut_word(&one);
            bool word = first.ptr[0] >= 'a' && first.ptr[0] <= 'z';
            *out = (struct verb_operand){word ? first : VIEW(""),
                                         word || optional ? cut_word(&one) : first};
            return true;
        }
    }
    return false;
}

const struct verb *verb_guess(const char *word)
{
    if (word[strcspn(word, "0123456789.:@[")] != '\0') {
        return NULL;
    }
    struct guess guess;
    guess_init(&guess, view_of(word));
    for (const struct verb *v = verb_table; v->name; v++) {
        if (!v->hidden) {
            guess_offer(&guess, v->name);
        }
    }
    return guess.best ? verb_find(view_of(guess.best)) : NULL;
}
