#include "cli/completions.h"

/* Text inside single quotes and the brackets of an _arguments specification. */
static void zsh_text(struct strbuf *out, const char *text)
{
    for (const char *p = text; *p; p++) {
        if (*p == '\'') {
            strbuf_addstr(out, "'\\''");
        } else {
            if (strchr("[]:\\", *p)) {
                strbuf_addch(out, '\\');
            }
            strbuf_addch(out, *p);
        }
    }
}

/* What an argument can be; words win. A blank in front keeps _arguments from adding to it. */
static void zsh_action(struct strbuf *out, enum option_complete complete, const char *words)
{
    const char *names = completions_names(complete);
    if (*words) {
        strbuf_addf(out, "(%s)", words);
    } else if (names) {
        strbuf_addf(out, " _collect_names %s", names);
    } else if (complete == COMPLETE_FILE || complete == COMPLETE_NEW_FILE) {
        strbuf_addstr(out, "_files");
    } else if (complete == COMPLETE_FOLDER) {
        strbuf_addstr(out, "_files -/");
    }
}

static void zsh_argument(struct strbuf *out, const struct option *o)
{
    struct strbuf words = STRBUF_INIT;
    completions_words(&words, o);
    strbuf_addstr(out, ":");
    zsh_text(out, o->arg);
    strbuf_addstr(out, ":");
    zsh_action(out, o->complete, words.buf);
    strbuf_release(&words);
}

/* The bare words: the first of them where a verb has such, and what any is. */
static void zsh_words(struct strbuf *out, const struct verb *verb)
{
    struct strbuf words = STRBUF_INIT;
    struct verb_operand operand = {VIEW(""), VIEW("")};
    completions_operands(&words, verb);
    verb_operand(verb, 0, &operand);
    if (completions_of(operand.placeholder) == COMPLETE_VERB) {
        completions_verbs(&words);
    }
    if (words.len) {
        strbuf_addf(out, "            '2:word:(%s)' \\\n", words.buf);
    }
    strbuf_addstr(out, "            '*:word:");
    zsh_action(out, completions_of(operand.placeholder), "");
    strbuf_addstr(out, "' ;;\n");
    strbuf_release(&words);
}

static void zsh_option(struct strbuf *out, const struct option *o, const char *dashes,
                       struct view name)
{
    bool again = o->kind == OPTION_LIST || o->kind == OPTION_COUNT;
    strbuf_addf(out, "            '%s%s%.*s[", again ? "*" : "", dashes, VIEW_ARG(name));
    zsh_text(out, o->help);
    strbuf_addch(out, ']');
    if (o->arg) {
        zsh_argument(out, o);
    }
    strbuf_addstr(out, "' \\\n");
}

static void zsh_verb(struct strbuf *out, const struct verb *verb, const char *pattern)
{
    strbuf_addf(out, "        %s) _arguments -s \\\n", pattern);
    for (const struct option *o = option_table; o->name; o++) {
        if (o->verbs & verb->bit) {
            zsh_option(out, o, "--", view_of(o->name));
            if (o->letter) {
                zsh_option(out, o, "-", view_make(&o->letter, 1));
            }
        }
    }
    zsh_words(out, verb);
}

void completions_zsh(struct strbuf *out)
{
    strbuf_addstr(out,
                  "#compdef collect\n# made from collect's option table\n"
                  "_collect_names()\n{\n"
                  "    local at=${words[(I)(-i|--inventory)]}\n"
                  "    local -a file names\n"
                  "    (( at )) && file=(${~words[at+1]})\n"
                  "    names=(${(f)\"$($words[1] generate names $1 $file 2> /dev/null)\"})\n"
                  "    compadd -a names\n"
                  "}\n"
                  "_collect()\n{\n    if (( CURRENT == 2 )); then\n"
                  "        local -a verbs=(\n");
    for (const struct verb *v = verb_table; v->name; v++) {
        if (!v->hidden) {
            strbuf_addf(out, "            '%s:", v->name);
            zsh_text(out, v->summary);
            strbuf_addstr(out, "'\n");
        }
    }
    strbuf_addstr(out,
                  "        )\n        [[ $PREFIX == -* ]] || _describe verb verbs\n    fi\n"
                  "    case $words[2] in\n");
    for (const struct verb *v = verb_table; v->name; v++) {
        if (!v->hidden && v != &verb_table[0]) {
            zsh_verb(out, v, v->name);
        }
    }
    zsh_verb(out, &verb_table[0], "*");
    strbuf_addstr(out, "    esac\n}\n_collect \"$@\"\n");
}
