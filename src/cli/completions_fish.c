#include "cli/completions.h"

static void fish_text(struct strbuf *out, const char *text)
{
    strbuf_addch(out, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '\'' || *p == '\\') {
            strbuf_addch(out, '\\');
        }
        strbuf_addch(out, *p);
    }
    strbuf_addch(out, '\'');
}

/* True for these verbs; an implicit run is a line without any verb. */
static void fish_condition(struct strbuf *out, unsigned verbs)
{
    bool run = verbs & verb_table[0].bit;
    const char *between =
        run ? "not __fish_seen_subcommand_from " : "__fish_seen_subcommand_from ";
    for (const struct verb *v = verb_table; v->name; v++) {
        if (!v->hidden && ((verbs & v->bit) != 0) != run) {
            strbuf_addf(out, "%s%s", between, v->name);
            between = " ";
        }
    }
}

static void fish_action(struct strbuf *out, enum option_complete complete, const char *words)
{
    const char *names = completions_names(complete);
    if (*words) {
        strbuf_addf(out, " -x -a '%s'", words);
    } else if (names) {
        strbuf_addf(out, " -x -a '(__collect_names %s)'", names);
    } else {
        strbuf_addstr(out, complete == COMPLETE_NOTHING ? " -x" : " -r -F");
    }
}

static void fish_option(struct strbuf *out, const struct option *o)
{
    struct strbuf words = STRBUF_INIT, condition = STRBUF_INIT;
    completions_words(&words, o);
    fish_condition(&condition, o->verbs);
    strbuf_addstr(out, "complete -c collect");
    if (condition.len) {
        strbuf_addf(out, " -n '%s'", condition.buf);
    }
    strbuf_addf(out, " -l %s", o->name);
    if (o->letter) {
        strbuf_addf(out, " -s %c", o->letter);
    }
    if (o->arg) {
        fish_action(out, o->complete, words.buf);
    }
    strbuf_addstr(out, " -d ");
    fish_text(out, o->help);
    strbuf_addch(out, '\n');
    strbuf_release(&condition);
    strbuf_release(&words);
}

/* The bare words: the first of them where a verb has such, else what any is. */
static void fish_words(struct strbuf *out, const struct verb *verb)
{
    struct strbuf words = STRBUF_INIT, condition = STRBUF_INIT;
    struct verb_operand operand = {VIEW(""), VIEW("")};
    fish_condition(&condition, verb->bit);
    completions_operands(&words, verb);
    verb_operand(verb, 0, &operand);
    if (words.len) {
        strbuf_addf(&condition, "; and not __fish_seen_subcommand_from %s", words.buf);
    } else if (completions_of(operand.placeholder) == COMPLETE_VERB) {
        completions_verbs(&words);
    }
    strbuf_addf(out, "complete -c collect -n '%s'", condition.buf);
    fish_action(out, completions_of(operand.placeholder), words.buf);
    strbuf_addch(out, '\n');
    strbuf_release(&condition);
    strbuf_release(&words);
}

/* Names come from the inventory that is on the line. */
static const char functions[] = "function __collect_names\n"
                                "    set -l words (commandline -opc)\n"
                                "    set -l file\n"
                                "    for i in (seq (count $words))\n"
                                "        if contains -- $words[$i] -i --inventory\n"
                                "            set file $words[(math $i + 1)]\n"
                                "        end\n"
                                "    end\n"
                                "    $words[1] generate names $argv[1] $file 2> /dev/null\n"
                                "end\n";

void completions_fish(struct strbuf *out)
{
    strbuf_addf(out, "# fish completion for collect; made from its option table\n%s",
                functions);
    for (const struct verb *v = verb_table; v->name; v++) {
        if (!v->hidden) {
            strbuf_addf(out, "complete -c collect -n __fish_use_subcommand -a %s -d ", v->name);
            fish_text(out, v->summary);
            strbuf_addch(out, '\n');
            fish_words(out, v);
        }
    }
    for (const struct option *o = option_table; o->name; o++) {
        fish_option(out, o);
    }
}
