#include "cli/completions.h"

/* What fills COMPREPLY, as a command. */
static void action(struct strbuf *out, enum option_complete complete, const char *words)
{
    const char *names = completions_names(complete);
    if (*words) {
        strbuf_addf(out, "_collect_words '%s'", words);
    } else if (names) {
        strbuf_addf(out, "_collect_names %s", names);
    } else if (complete == COMPLETE_FILE || complete == COMPLETE_NEW_FILE) {
        strbuf_addstr(out, "_collect_files -f");
    } else if (complete == COMPLETE_FOLDER) {
        strbuf_addstr(out, "_collect_files -d");
    } else {
        strbuf_addstr(out, complete == COMPLETE_VERB ? "_collect_words \"$verbs\"" : ":");
    }
}

static void pattern(struct strbuf *out, const char *between, const char *verb,
                    const struct option *o)
{
    strbuf_addf(out, "%s%s:--%s", between, verb, o->name);
    if (o->letter) {
        strbuf_addf(out, "|%s:-%c", verb, o->letter);
    }
}

/* "verb:--option|verb:-o) what its argument is ;;" for the verbs that know it so. */
static void argument(struct strbuf *out, const struct option *o)
{
    struct strbuf words = STRBUF_INIT;
    const char *between = "        ";
    completions_words(&words, o);
    for (const struct verb *v = verb_table; v->name; v++) {
        if (!v->hidden && (o->verbs & v->bit)) {
            pattern(out, between, v->name, o);
            between = "|";
        }
    }
    strbuf_addstr(out, ") ");
    action(out, o->complete, words.buf);
    strbuf_addstr(out, "; return ;;\n");
    strbuf_release(&words);
}

static void behind_words(struct strbuf *out, const struct verb *verb)
{
    struct verb_operand operand;
    for (size_t i = 0; verb_operand(verb, i, &operand); i++) {
        if (operand.word.len && completions_of(operand.placeholder) != COMPLETE_NOTHING) {
            strbuf_addf(out, "        %s:%.*s) ", verb->name, VIEW_ARG(operand.word));
            action(out, completions_of(operand.placeholder), "");
            strbuf_addstr(out, "; return ;;\n");
        }
    }
}

/* "verb) its options; its words ;;" */
static void verb_case(struct strbuf *out, const struct verb *verb)
{
    struct strbuf words = STRBUF_INIT;
    struct verb_operand operand = {VIEW(""), VIEW("")};
    strbuf_addf(out, "        %s)\n            [[ $cur != -* ]] || { _collect_words '",
                verb->name);
    for (const struct option *o = option_table; o->name; o++) {
        if (o->verbs & verb->bit) {
            strbuf_addf(out, "--%s ", o->name);
        }
    }
    strbuf_addstr(out, "'; return; }\n            ");
    completions_operands(&words, verb);
    verb_operand(verb, 0, &operand);
    action(out, words.len ? COMPLETE_NOTHING : completions_of(operand.placeholder), words.buf);
    strbuf_addstr(out, " ;;\n");
    strbuf_release(&words);
}

/* Names come from the inventory that is on the line. */
static const char functions[] =
    "_collect_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\"); }\n"
    "_collect_files()\n"
    "{\n"
    "    compopt -o filenames 2> /dev/null\n"
    "    mapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n"
    "}\n"
    "_collect_names()\n"
    "{\n"
    "    local i file=\n"
    "    for ((i = 1; i + 1 < COMP_CWORD; i++)); do\n"
    "        if [[ ${COMP_WORDS[i]} == -i || ${COMP_WORDS[i]} == --inventory ]]; then\n"
    "            file=${COMP_WORDS[i + 1]}\n"
    "            [[ $file != = ]] || file=${COMP_WORDS[i + 2]}\n"
    "        fi\n"
    "    done\n"
    "    _collect_words \"$(\"${COMP_WORDS[0]}\" generate names \"$1\" "
    "${file:+\"${file/#\\~\\//$HOME/}\"} 2> /dev/null)\"\n"
    "}\n";

void completions_bash(struct strbuf *out)
{
    strbuf_addf(out, "# bash completion for collect; made from its option table\n%s",
                functions);
    strbuf_addstr(out,
                  "_collect()\n"
                  "{\n"
                  "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                  "    local verb=${COMP_WORDS[1]} verbs='");
    completions_verbs(out);
    strbuf_addstr(out,
                  "'\n"
                  "    if [[ $cur == = ]]; then\n"
                  "        cur=\n"
                  "    elif [[ $prev == = ]]; then\n"
                  "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
                  "    fi\n"
                  "    [[ $COMP_CWORD -gt 1 && \" $verbs \" == *\" $verb \"* ]] || verb=run\n"
                  "    case $verb:$prev in\n");
    for (const struct option *o = option_table; o->name; o++) {
        if (o->arg) {
            argument(out, o);
        }
    }
    for (const struct verb *v = verb_table; v->name; v++) {
        behind_words(out, v);
    }
    strbuf_addstr(out, "    esac\n"
                       "    if [[ $COMP_CWORD == 1 && $cur != -* ]]; then\n"
                       "        _collect_words \"$verbs\"\n"
                       "        return\n"
                       "    fi\n"
                       "    case $verb in\n");
    for (const struct verb *v = verb_table; v->name; v++) {
        if (!v->hidden) {
            verb_case(out, v);
        }
    }
    strbuf_addstr(out, "    esac\n}\ncomplete -F _collect collect\n");
}
