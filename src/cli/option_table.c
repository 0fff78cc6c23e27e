#include "cli/options.h"

#include <limits.h>
#include <stddef.h>

#define AT(field) offsetof(struct options, field)

const char *const section_titles[SECTION_COUNT] = {
    [SECTION_WORK] = "What to run", [SECTION_HOSTS] = "Which hosts",
    [SECTION_LOGIN] = "Logging in", [SECTION_RUN] = "How it runs",
    [SECTION_OUTPUT] = "Output",    [SECTION_TALK] = "Talk and help",
};

/* In the order in which help shows them. */
const struct option option_table[] = {
    /* clang-format off */
    {.name = "template", .letter = 't', .arg = "NAME", .kind = OPTION_LIST, .offset = AT(asks),
     .verbs = VERB_RUN | VERB_SCHEMA, .section = SECTION_WORK, .complete = COMPLETE_TEMPLATE,
     .help = "Run the command that template NAME stands for on each host's platform and parse "
             "its output with that platform's template; repeatable, together with -c"},
    {.name = "template", .letter = 't', .arg = "NAME", .kind = OPTION_LIST, .offset = AT(asks),
     .verbs = VERB_DIFF, .section = SECTION_WORK, .complete = COMPLETE_TEMPLATE,
     .help = "Compare only the rows of this template; repeatable"},
    {.name = "command", .letter = 'c', .arg = "TEXT", .kind = OPTION_LIST, .offset = AT(asks),
     .verbs = VERB_RUN | VERB_SCHEMA, .section = SECTION_WORK,
     .help = "Run this command; the templates' index says what parses its output, and without a "
             "template the text itself is the record (column `output`); repeatable"},
    {.name = "template-file", .letter = 'T', .arg = "FILE", .kind = OPTION_TEXT,
     .offset = AT(template_file), .verbs = VERB_RUN | VERB_SCHEMA, .section = SECTION_WORK,
     .complete = COMPLETE_FILE,
     .help = "Parse the output of every -c with this template file instead"},
    {.name = "template", .letter = 't', .arg = "NAME", .kind = OPTION_LIST, .offset = AT(asks),
     .verbs = VERB_PARSE | VERB_EXPLAIN, .section = SECTION_WORK, .complete = COMPLETE_TEMPLATE,
     .help = "Parse with the platform's template of this name"},
    {.name = "command", .letter = 'c', .arg = "TEXT", .kind = OPTION_LIST, .offset = AT(asks),
     .verbs = VERB_PARSE | VERB_EXPLAIN, .section = SECTION_WORK,
     .help = "Parse as the output of this command, with the template that the index has for it"},
    {.name = "template-file", .letter = 'T', .arg = "FILE", .kind = OPTION_TEXT,
     .offset = AT(template_file), .verbs = VERB_PARSE | VERB_EXPLAIN, .section = SECTION_WORK,
     .complete = COMPLETE_FILE, .help = "Parse with this template file"},
    {.name = "platform", .arg = "NAME", .kind = OPTION_TEXT, .offset = AT(platform),
     .verbs = VERB_PARSE | VERB_EXPLAIN, .section = SECTION_WORK, .complete = COMPLETE_PLATFORM,
     .help = "The platform whose templates -t and -c mean, such as cisco_ios"},
    {.name = "platform", .arg = "NAME", .kind = OPTION_TEXT, .offset = AT(platform),
     .verbs = VERB_TEMPLATES, .section = SECTION_WORK, .complete = COMPLETE_PLATFORM,
     .help = "Only templates of this platform, such as cisco_ios"},
    {.name = "rules", .letter = 'r', .arg = "FILE", .kind = OPTION_LIST, .offset = AT(rules),
     .verbs = VERB_AUDIT, .section = SECTION_WORK, .complete = COMPLETE_FILE,
     .help = "The rules of this file; a bare name is that of a pack, audit/NAME.yml in the "
             "templates' folders; repeatable"},
    {.name = "from", .arg = "DB|DIR", .kind = OPTION_TEXT, .offset = AT(from),
     .verbs = VERB_AUDIT, .section = SECTION_WORK, .complete = COMPLETE_FILE,
     .help = "Connect to nothing; judge the newest run of this database, or the outputs of this "
             "folder of --save-raw, with the templates of today. -i adds groups and data, and "
             "its hosts are those that are judged"},
    {.name = "baseline", .arg = "DB", .kind = OPTION_TEXT, .offset = AT(baseline),
     .verbs = VERB_AUDIT, .section = SECTION_WORK, .complete = COMPLETE_FILE,
     .help = "Show only what became worse or better since this saved run"},
    {.name = "fail-on", .arg = "SEVERITY", .kind = OPTION_CHOICE, .offset = AT(fail_on),
     .verbs = VERB_AUDIT, .section = SECTION_WORK, .choices = "info|low|medium|high|critical",
     .fallback = "info",
     .help = "Violations of lesser rules are shown, but do not count for the exit status"},
    {.name = "templates", .arg = "DIR", .kind = OPTION_LIST, .offset = AT(templates),
     .verbs = VERB_COLLECTS | VERB_TEST | VERB_SCHEMA | VERB_PARSE | VERB_EXPLAIN | VERB_TEMPLATES |
              VERB_HOSTS, .section = SECTION_WORK,
     .complete = COMPLETE_FOLDER,
     .help = "Look for templates and platforms in DIR first; repeatable. Then come the folders "
             "of COLLECT_TEMPLATES, NET_TEXTFSM and NTC_TEMPLATES_DIR, the user's own and the "
             "installed ones"},

    {.name = "detect", .kind = OPTION_FLAG, .offset = AT(detect), .verbs = VERB_HOSTS,
     .section = SECTION_WORK,
     .help = "Log into the hosts whose platform is `auto` or not said and find it out, by the SSH "
             "server, the prompt and at most two commands that only read. -o FILE.yml writes "
             "the inventory with the platforms filled in"},

    {.name = "inventory", .letter = 'i', .arg = "FILE", .kind = OPTION_TEXT,
     .offset = AT(inventory), .verbs = VERB_COLLECTS | VERB_SCHEMA | VERB_HOSTS, .section = SECTION_HOSTS,
     .complete = COMPLETE_FILE,
     .help = "Hosts from this file (`-`: standard input): hosts, groups and defaults in YAML, a "
             "table (.csv), or one of Ansible's YAML inventories"},
    {.name = "host", .letter = 'H', .arg = "HOST[:PORT]", .kind = OPTION_LIST, .offset = AT(hosts),
     .verbs = VERB_RUN | VERB_SCHEMA | VERB_HOSTS, .section = SECTION_HOSTS, .complete = COMPLETE_HOST,
     .help = "Run on this host, as bare words do; repeatable. With -i its settings come from the "
             "inventory, and the inventory's other hosts are left alone"},
    {.name = "host", .letter = 'H', .arg = "HOST[:PORT]", .kind = OPTION_LIST, .offset = AT(hosts),
     .verbs = VERB_AUDIT, .section = SECTION_HOSTS, .complete = COMPLETE_HOST,
     .help = "Audit this host; repeatable. With -i its settings come from the inventory, and the "
             "inventory's other hosts are left alone"},
    {.name = "target", .letter = 'l', .arg = "PATTERN", .kind = OPTION_LIST,
     .offset = AT(targets), .verbs = VERB_COLLECTS | VERB_SCHEMA | VERB_HOSTS, .section = SECTION_HOSTS, .complete = COMPLETE_TARGET,
     .help = "Only the hosts and groups whose names match this glob; `!` in front excludes, "
             "commas separate several; repeatable"},
    {.name = "platform", .arg = "NAME", .kind = OPTION_TEXT, .offset = AT(platform),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_HOSTS, .complete = COMPLETE_PLATFORM,
     .help = "The platform of every host, such as cisco_ios; wins over the inventory"},
    {.name = "platform", .arg = "NAME", .kind = OPTION_TEXT, .offset = AT(platform),
     .verbs = VERB_SCHEMA, .section = SECTION_HOSTS, .complete = COMPLETE_PLATFORM,
     .help = "Of a run over this platform, such as cisco_ios; commas separate several"},
    {.name = "allow-duplicate-address", .kind = OPTION_FLAG, .offset = AT(allow_duplicates),
     .verbs = VERB_COLLECTS | VERB_SCHEMA | VERB_HOSTS, .section = SECTION_HOSTS,
     .help = "Let several hosts share one address and port"},

    {.name = "user", .letter = 'u', .arg = "NAME", .kind = OPTION_TEXT, .offset = AT(username),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_LOGIN,
     .help = "Log in as NAME; wins over the inventory"},
    {.name = "port", .letter = 'p', .arg = "N", .kind = OPTION_NUMBER, .offset = AT(port),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_LOGIN, .min = 1, .max = 65535,
     .help = "Connect to this port; wins over the inventory, not over a HOST:PORT"},
    {.name = "key", .arg = "FILE", .kind = OPTION_TEXT, .offset = AT(key), .verbs = VERB_COLLECTS | VERB_HOSTS,
     .section = SECTION_LOGIN, .complete = COMPLETE_FILE,
     .help = "Log in with this private key; wins over the inventory"},
    {.name = "ssh-config", .letter = 'F', .arg = "FILE", .kind = OPTION_TEXT,
     .offset = AT(ssh_config), .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_LOGIN,
     .complete = COMPLETE_FILE,
     .help = "What the inventory does not say is said by this file instead of ~/.ssh/config; "
             "`none`: by none"},
    {.name = "ask-pass", .letter = 'k', .kind = OPTION_FLAG, .offset = AT(ask_pass),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_LOGIN,
     .help = "Ask for the password once, before anything connects"},
    {.name = "password-file", .arg = "FILE", .kind = OPTION_TEXT, .offset = AT(password_file),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_LOGIN, .complete = COMPLETE_FILE,
     .help = "The password is the first line of FILE"},
    {.name = "password-fd", .arg = "N", .kind = OPTION_NUMBER, .offset = AT(password_fd),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_LOGIN, .min = 0, .max = 1023,
     .help = "The password is the first line read from file descriptor N"},
    {.name = "host-keys", .arg = "POLICY", .kind = OPTION_CHOICE, .offset = AT(host_keys),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_LOGIN, .choices = "strict|accept-new|off",
     .help = "Whom to trust: `strict` only hosts of known_hosts, `accept-new` also hosts never "
             "seen, which are then written there, `off` anyone. Without it StrictHostKeyChecking "
             "of the ssh configuration counts, and `strict` where that says nothing"},

    {.name = "workers", .letter = 'w', .arg = "N", .kind = OPTION_NUMBER, .offset = AT(workers),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_RUN, .min = 1, .max = 5000, .fallback = "100",
     .help = "At most N sessions in flight"},
    {.name = "connect-rate", .arg = "N", .kind = OPTION_NUMBER, .offset = AT(connect_rate),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_RUN, .min = 1, .max = 100000,
     .help = "At most N logins begun a second, for authentication servers that can take no more"},
    {.name = "stop-on-auth-failure", .kind = OPTION_FLAG, .offset = AT(stop_on_auth_failure),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_RUN,
     .help = "Try one login of each group first and leave the group's other hosts alone when it "
             "is denied: a wrong password locks one account, not a thousand"},
    {.name = "timeout", .arg = "TIME", .kind = OPTION_TIME, .offset = AT(timeout_ms),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_RUN,
     .help = "How long connecting, logging in and each command may take (30, 500ms, 2m); wins "
             "over the inventory; without either 10 s, 10 s and 2 min"},
    {.name = "retries", .arg = "N", .kind = OPTION_NUMBER, .offset = AT(retries),
     .verbs = VERB_COLLECTS | VERB_HOSTS, .section = SECTION_RUN, .min = 0, .max = 100, .fallback = "0",
     .help = "Try again to connect so many times; a refused login is never tried again"},
    {.name = "allow-changes", .kind = OPTION_FLAG, .offset = AT(allow_changes),
     .verbs = VERB_COLLECTS | VERB_SCHEMA, .section = SECTION_RUN,
     .help = "Also run commands that the platform does not list as only reading"},

    {.name = "save-raw", .arg = "DIR", .kind = OPTION_TEXT, .offset = AT(save_raw),
     .verbs = VERB_COLLECTS, .section = SECTION_RUN, .complete = COMPLETE_FOLDER,
     .help = "Keep each output as DIR/<host>/<command>.txt, with a manifest; `collect parse DIR` "
             "turns them into records again"},
    {.name = "redact", .kind = OPTION_FLAG, .offset = AT(redact), .verbs = VERB_COLLECTS,
     .section = SECTION_RUN,
     .help = "Mask passwords, keys and communities in the outputs, by the platform's patterns, "
             "before anything is written"},
    {.name = "failed", .arg = "FILE", .kind = OPTION_TEXT, .offset = AT(failed),
     .verbs = VERB_COLLECTS, .section = SECTION_RUN, .complete = COMPLETE_NEW_FILE,
     .help = "Write an inventory of just the hosts that failed, for the -i of the next run"},
    {.name = "report", .arg = "FILE", .kind = OPTION_TEXT, .offset = AT(report),
     .verbs = VERB_COLLECTS, .section = SECTION_RUN, .complete = COMPLETE_NEW_FILE,
     .help = "Write what became of every host and command as JSON: status, reason, times, sizes, "
             "algorithms, host key, and with what the run was made"},
    {.name = "dry-run", .kind = OPTION_FLAG, .offset = AT(dry_run), .verbs = VERB_COLLECTS,
     .section = SECTION_RUN,
     .help = "Connect to nothing; show which host would run which command, what would parse its "
             "output, and why"},

    {.name = "format", .letter = 'f', .arg = "FORMAT", .kind = OPTION_TEXT, .offset = AT(format),
     .verbs = VERB_RUN | VERB_PARSE | VERB_QUERY | VERB_HOSTS | VERB_TEMPLATES,
     .section = SECTION_OUTPUT, .complete = COMPLETE_FORMAT,
     .help = "How data leaves; without it the extension of -o tells, else `table` on a terminal and "
             "`json` elsewhere"},
    {.name = "format", .letter = 'f', .arg = "FORMAT", .kind = OPTION_TEXT, .offset = AT(format),
     .verbs = VERB_LINT | VERB_TEST | VERB_DIFF | VERB_VERSION | VERB_HELP | VERB_GENERATE,
     .section = SECTION_OUTPUT, .complete = COMPLETE_FORMAT,
     .help = "Data instead of text for people, as the extension of -o also asks for"},
    {.name = "format", .letter = 'f', .arg = "FORMAT", .kind = OPTION_TEXT, .offset = AT(format),
     .verbs = VERB_SCHEMA, .section = SECTION_OUTPUT, .complete = COMPLETE_FORMAT,
     .help = "How the columns leave; without it the extension of -o tells, else `json`: a JSON "
             "Schema"},
    {.name = "format", .letter = 'f', .arg = "FORMAT", .kind = OPTION_TEXT, .offset = AT(format),
     .verbs = VERB_EXPLAIN, .section = SECTION_OUTPUT, .choices = "text|json",
     .help = "`text` or `json`; without it the extension of -o tells, else it is text"},
    {.name = "output", .letter = 'o', .arg = "PATH", .kind = OPTION_TEXT, .offset = AT(output),
     .verbs = VERB_RUN | VERB_PARSE, .section = SECTION_OUTPUT, .complete = COMPLETE_NEW_FILE,
     .help = "Write to this file, which appears whole or not at all; a folder or DIR/ gets one "
             "file for each template, and FILE.db keeps the run as a database"},
    {.name = "output", .letter = 'o', .arg = "FILE", .kind = OPTION_TEXT, .offset = AT(output),
     .verbs = VERB_ALL & ~(VERB_COLLECTS | VERB_PARSE), .section = SECTION_OUTPUT,
     .complete = COMPLETE_NEW_FILE,
     .help = "Write to this file, which appears whole or not at all"},
    {.name = "format", .letter = 'f', .arg = "FORMAT", .kind = OPTION_TEXT, .offset = AT(format),
     .verbs = VERB_AUDIT, .section = SECTION_OUTPUT, .complete = COMPLETE_REPORT,
     .help = "How the report leaves; without it the extension of -o tells, else it is text for "
             "people"},
    {.name = "output", .letter = 'o', .arg = "PATH", .kind = OPTION_TEXT, .offset = AT(output),
     .verbs = VERB_AUDIT, .section = SECTION_OUTPUT, .complete = COMPLETE_NEW_FILE,
     .help = "Write the report to this file, which appears whole or not at all; FILE.db keeps the "
             "run that was judged as a database, and the report goes to stdout"},
    {.name = "all", .kind = OPTION_FLAG, .offset = AT(all), .verbs = VERB_AUDIT,
     .section = SECTION_OUTPUT,
     .help = "Show people also what passed or was skipped, and with --baseline what is unchanged"},
    {.name = "columns", .arg = "A,B", .kind = OPTION_TEXT, .offset = AT(columns),
     .verbs = VERB_RUN | VERB_SCHEMA, .section = SECTION_OUTPUT,
     .help = "Add these keys of the hosts' inventory data to each record as columns"},
    {.name = "ordered", .kind = OPTION_FLAG, .offset = AT(ordered), .verbs = VERB_RUN,
     .section = SECTION_OUTPUT,
     .help = "Keep the inventory's order also in ndjson, which otherwise has hosts as they end"},

    {.name = "require-schema", .arg = "FILE", .kind = OPTION_TEXT, .offset = AT(require_schema),
     .verbs = VERB_RUN, .section = SECTION_OUTPUT, .complete = COMPLETE_FILE,
     .help = "End with status 3 before anything connects when the records would have other columns "
             "than this file of `collect schema` says"},
    {.name = "pretty", .kind = OPTION_FLAG, .offset = AT(pretty), .verbs = VERB_ROWS,
     .section = SECTION_OUTPUT, .formats = "json ndjson", .help = "json and ndjson indented, for reading"},
    {.name = "delimiter", .arg = "C", .kind = OPTION_TEXT, .offset = AT(delimiter),
     .verbs = VERB_ROWS, .section = SECTION_OUTPUT, .formats = "csv",
     .help = "csv cells are separated by this character instead of a comma; `tab` is one, too"},
    {.name = "list-sep", .arg = "TEXT", .kind = OPTION_TEXT, .offset = AT(list_sep),
     .verbs = VERB_ROWS, .section = SECTION_OUTPUT, .formats = "table csv xlsx markdown html",
     .help = "What stands between the items of a list in one cell; in csv and xlsx `;` without it"},
    {.name = "explode", .arg = "COLUMN", .kind = OPTION_TEXT, .offset = AT(explode),
     .verbs = VERB_ROWS, .section = SECTION_OUTPUT, .formats = "csv",
     .help = "csv gets a line for each item of this list column"},
    {.name = "numeric", .arg = "A,B", .kind = OPTION_TEXT, .offset = AT(numeric),
     .verbs = VERB_ROWS, .section = SECTION_OUTPUT, .formats = "xlsx",
     .help = "xlsx has numbers in these columns, where cells are plain ones; all else is text"},
    {.name = "crlf", .kind = OPTION_FLAG, .offset = AT(crlf), .verbs = VERB_ROWS,
     .section = SECTION_OUTPUT, .formats = "csv", .help = "csv lines end in CR LF"},
    {.name = "bom", .kind = OPTION_FLAG, .offset = AT(bom), .verbs = VERB_ROWS,
     .section = SECTION_OUTPUT, .formats = "csv", .help = "csv begins with a byte order mark"},
    {.name = "csv-safe", .kind = OPTION_FLAG, .offset = AT(csv_safe), .verbs = VERB_ROWS,
     .section = SECTION_OUTPUT, .formats = "csv",
     .help = "csv cells that a spreadsheet would run as formulas (= + - @, not plain numbers) get "
             "a ' in front"},
    {.name = "excel", .kind = OPTION_FLAG, .offset = AT(excel), .verbs = VERB_ROWS,
     .section = SECTION_OUTPUT, .formats = "csv", .help = "csv as Excel reads it right: --bom --crlf --csv-safe"},

    {.name = "resume", .arg = "DB", .kind = OPTION_TEXT, .offset = AT(resume),
     .verbs = VERB_RUN, .section = SECTION_RUN, .complete = COMPLETE_FILE,
     .help = "Run only what this database of an earlier run lacks or holds as failed, and add it "
             "there"},
    {.name = "only", .arg = "WHAT", .kind = OPTION_CHOICE, .offset = AT(only),
     .verbs = VERB_EXPLAIN, .section = SECTION_OUTPUT, .choices = "all|unmatched|errors|records",
     .fallback = "all",
     .help = "Only the lines that no rule takes, that an Error rule refuses, or that record a row"},
    {.name = "bless", .kind = OPTION_FLAG, .offset = AT(bless), .verbs = VERB_TEST,
     .section = SECTION_WORK,
     .help = "Write the records that come as those that are wanted; read them before you keep them"},
    {.name = "force", .kind = OPTION_FLAG, .offset = AT(force), .verbs = VERB_TEMPLATES,
     .section = SECTION_WORK,
     .help = "Let `new` write over a template and fixture of that name"},
    {.name = "dry-run", .kind = OPTION_FLAG, .offset = AT(dry_run), .verbs = VERB_TEMPLATES,
     .section = SECTION_WORK,
     .help = "Let `new` write nothing: the template is printed, and where it would go is told"},
    {.name = "where", .arg = "EXPR", .kind = OPTION_TEXT, .offset = AT(where),
     .verbs = VERB_RUN | VERB_PARSE | VERB_QUERY, .section = SECTION_OUTPUT,
     .help = "Only the records for which this SQL expression over their columns holds, such as "
             "\"version_compare(version, '15.2') < 0\""},
    {.name = "select", .arg = "COLS", .kind = OPTION_TEXT, .offset = AT(select),
     .verbs = VERB_RUN | VERB_PARSE | VERB_QUERY, .section = SECTION_OUTPUT,
     .help = "Only these columns, or any SQL result columns: \"host, count(*) AS ports\""},
    {.name = "sort", .arg = "COLS", .kind = OPTION_TEXT, .offset = AT(sort),
     .verbs = VERB_RUN | VERB_PARSE | VERB_QUERY, .section = SECTION_OUTPUT,
     .help = "Sort by these columns or expressions, as in SQL's ORDER BY"},
    {.name = "limit", .arg = "N", .kind = OPTION_NUMBER, .offset = AT(limit),
     .verbs = VERB_RUN | VERB_PARSE | VERB_QUERY, .section = SECTION_OUTPUT, .min = 0,
     .max = LONG_MAX, .help = "At most N records of each table"},
    {.name = "offset", .arg = "N", .kind = OPTION_NUMBER, .offset = AT(offset),
     .verbs = VERB_RUN | VERB_PARSE | VERB_QUERY, .section = SECTION_OUTPUT, .min = 0,
     .max = LONG_MAX, .help = "Leave out the first N records of each table"},
    {.name = "ignore", .arg = "COLUMN", .kind = OPTION_LIST, .offset = AT(ignore),
     .verbs = VERB_DIFF, .section = SECTION_OUTPUT,
     .help = "Do not compare this column (or TEMPLATE.COLUMN), such as uptime; repeatable"},

    {.name = "color", .arg = "WHEN", .kind = OPTION_CHOICE, .offset = AT(color),
     .verbs = VERB_ALL, .section = SECTION_TALK, .choices = "auto|always|never",
     .fallback = "auto", .help = "Colour; NO_COLOR is honoured"},
    {.name = "quiet", .letter = 'q', .kind = OPTION_FLAG, .offset = AT(quiet),
     .verbs = VERB_ALL, .section = SECTION_TALK,
     .help = "No progress, no summary, no warnings; failed hosts, errors and the exit status remain"},
    {.name = "verbose", .letter = 'v', .kind = OPTION_COUNT, .offset = AT(verbose),
     .verbs = VERB_ALL, .section = SECTION_TALK, .help = "Tell more: of a run, the steps of each session; twice: and every byte, but no password"},
    {.name = "help", .letter = 'h', .kind = OPTION_FLAG, .offset = AT(help), .verbs = VERB_ALL,
     .section = SECTION_TALK, .help = "Show this help"},
    {.name = "version", .letter = 'V', .kind = OPTION_FLAG, .offset = AT(version),
     .verbs = VERB_RUN, .section = SECTION_TALK,
     .help = "Show the versions of collect and of the libraries that it uses"},
    {.name = NULL},
    /* clang-format on */
};

const struct option *option_find(struct view name, unsigned verb)
{
    const struct option *other = NULL;
    for (const struct option *o = option_table; o->name; o++) {
        if (view_equal_str(name, o->name)) {
            if (o->verbs & verb) {
                return o;
            }
            other = o;
        }
    }
    return other;
}

const struct option *option_by_letter(char letter, unsigned verb)
{
    for (const struct option *o = option_table; letter && o->name; o++) {
        if (o->letter == letter) {
            return option_find(view_of(o->name), verb);
        }
    }
    return NULL;
}

const char *option_said(const struct options *options, const struct option *o)
{
    return options->said[o - option_table];
}
