#include "cli/completions.h"

#include "audit/report.h"
#include "cli/options.h"
#include "output/writer.h"

static bool visible(const struct verb *v)
{
    return !v->hidden;
}

static void verb_names(struct strbuf *out)
{
    const char *between = "";
    for (const struct verb *v = verb_table; v->name; v++) {
        if (visible(v)) {
            strbuf_addf(out, "%s%s", between, v->name);
            between = " ";
        }
    }
}

/* The words that an option's argument can be, with blanks between; empty when it is free. */
static void words_of(struct strbuf *out, const struct option *o)
{
    for (const char *p = o->choices ? o->choices : ""; *p; p++) {
        strbuf_addch(out, *p == '|' ? ' ' : *p);
    }
    for (size_t i = 0; o->complete == COMPLETE_FORMAT && formats[i]; i++) {
        strbuf_addf(out, "%s%s", i ? " " : "", formats[i]->name);
    }
    for (size_t i = 0; o->complete == COMPLETE_REPORT && audit_formats[i]; i++) {
        strbuf_addf(out, "%s%s", i ? " " : "", audit_formats[i]->name);
    }
}

/* ---- bash ----------------------------------------------------------------------------------
 */

static void bash_argument(struct strbuf *out, const struct option *o)
{
    struct strbuf words = STRBUF_INIT;
    words_of(&words, o);
    strbuf_addf(out, "        --%s", o->name);
    if (o->letter) {
        strbuf_addf(out, "|-%c", o->letter);
    }
    if (words.len > 0) {
        strbuf_addf(out, ") COMPREPLY=($(compgen -W '%s' -- \"$cur\")); return ;;\n",
                    words.buf);
    } else if (o->complete == COMPLETE_FILE || o->complete == COMPLETE_NEW_FILE) {
        strbuf_addstr(out, ") compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")); "
                           "return ;;\n");
    } else if (o->complete == COMPLETE_FOLDER) {
        strbuf_addstr(out, ") compopt -o filenames; COMPREPLY=($(compgen -d -- \"$cur\")); "
                           "return ;;\n");
    } else {
        strbuf_addstr(out, ") return ;;\n");
    }
    strbuf_release(&words);
}

static void bash_verb(struct strbuf *out, const struct verb *verb)
{
    strbuf_addf(out, "        %s) words='", verb->name);
    for (const struct option *o = option_table; o->name; o++) {
        if (o->verbs & verb->bit) {
            strbuf_addf(out, "--%s ", o->name);
        }
    }
    strbuf_addstr(out, "' ;;\n");
}

void completions_bash(struct strbuf *out)
{
    strbuf_addstr(out,
                  "# bash completion for collect; made from its option table\n"
                  "_collect()\n"
                  "{\n"
                  "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} "
                  "words verbs='");
    verb_names(out);
    strbuf_addstr(out, "'\n    case $prev in\n");
    for (const struct option *o = option_table; o->name; o++) {
        if (o->arg) {
            bash_argument(out, o);
        }
    }
    strbuf_addstr(out, "    esac\n    case ${COMP_WORDS[1]} in\n");
    for (const struct verb *v = verb_table; v->name; v++) {
        if (visible(v) && v != &verb_table[0]) {
            bash_verb(out, v);
        }
    }
    strbuf_addstr(out, "        *) ");
    struct strbuf run = STRBUF_INIT;
    bash_verb(&run, &verb_table[0]);
    strbuf_addstr(out, strstr(run.buf, "words="));
    strbuf_release(&run);
    strbuf_addstr(out, "    esac\n"
                       "    if [[ $cur == -* ]]; then\n"
                       "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                       "    elif [[ $COMP_CWORD == 1 || ${COMP_WORDS[1]} == help ]]; then\n"
                       "        COMPREPLY=($(compgen -W \"$verbs\" -- \"$cur\"))\n"
                       "    else\n"
                       "        compopt -o filenames\n"
                       "        COMPREPLY=($(compgen -f -- \"$cur\"))\n"
                       "    fi\n"
                       "}\n"
                       "complete -F _collect collect\n");
}

/* ---- zsh -----------------------------------------------------------------------------------
 */

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

static void zsh_action(struct strbuf *out, const struct option *o)
{
    struct strbuf words = STRBUF_INIT;
    words_of(&words, o);
    strbuf_addstr(out, ":");
    zsh_text(out, o->arg);
    strbuf_addstr(out, ":");
    if (words.len > 0) {
        strbuf_addf(out, "(%s)", words.buf);
    } else if (o->complete != COMPLETE_NOTHING) {
        strbuf_addstr(out, o->complete == COMPLETE_FOLDER ? "_files -/" : "_files");
    }
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
        zsh_action(out, o);
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
    strbuf_addstr(out, "            '*:word:_files' ;;\n");
}

void completions_zsh(struct strbuf *out)
{
    strbuf_addstr(out, "#compdef collect\n# made from collect's option table\n"
                       "_collect()\n{\n    if (( CURRENT == 2 )); then\n"
                       "        local -a verbs=(\n");
    for (const struct verb *v = verb_table; v->name; v++) {
        if (visible(v)) {
            strbuf_addf(out, "            '%s:", v->name);
            zsh_text(out, v->summary);
            strbuf_addstr(out, "'\n");
        }
    }
    strbuf_addstr(out,
                  "        )\n        [[ $PREFIX == -* ]] || _describe verb verbs\n    fi\n"
                  "    case $words[2] in\n");
    for (const struct verb *v = verb_table; v->name; v++) {
        if (visible(v) && v != &verb_table[0]) {
            zsh_verb(out, v, v->name);
        }
    }
    zsh_verb(out, &verb_table[0], "*");
    strbuf_addstr(out, "    esac\n}\n_collect \"$@\"\n");
}

/* ---- fish ----------------------------------------------------------------------------------
 */

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

/* True for the verbs that know the option; an implicit run is a line without any verb. */
static void fish_condition(struct strbuf *out, const struct option *o)
{
    if (o->verbs == (unsigned)VERB_ALL) {
        return;
    }
    if (o->verbs & verb_table[0].bit) {
        strbuf_addstr(out, " -n 'not __fish_seen_subcommand_from");
    } else {
        strbuf_addstr(out, " -n '__fish_seen_subcommand_from");
    }
    bool wanted = !(o->verbs & verb_table[0].bit);
    for (const struct verb *v = verb_table; v->name; v++) {
        if (visible(v) && ((o->verbs & v->bit) != 0) == wanted) {
            strbuf_addf(out, " %s", v->name);
        }
    }
    strbuf_addch(out, '\'');
}

static void fish_option(struct strbuf *out, const struct option *o)
{
    struct strbuf words = STRBUF_INIT;
    words_of(&words, o);
    strbuf_addstr(out, "complete -c collect");
    fish_condition(out, o);
    strbuf_addf(out, " -l %s", o->name);
    if (o->letter) {
        strbuf_addf(out, " -s %c", o->letter);
    }
    if (words.len > 0) {
        strbuf_addf(out, " -x -a '%s'", words.buf);
    } else if (o->arg) {
        strbuf_addstr(out, o->complete == COMPLETE_NOTHING ? " -x" : " -r -F");
    }
    strbuf_addstr(out, " -d ");
    fish_text(out, o->help);
    strbuf_addch(out, '\n');
    strbuf_release(&words);
}

void completions_fish(struct strbuf *out)
{
    strbuf_addstr(out, "# fish completion for collect; made from its option table\n");
    for (const struct verb *v = verb_table; v->name; v++) {
        if (visible(v)) {
            strbuf_addf(out, "complete -c collect -n __fish_use_subcommand -a %s -d ", v->name);
            fish_text(out, v->summary);
            strbuf_addch(out, '\n');
        }
    }
    for (const struct option *o = option_table; o->name; o++) {
        fish_option(out, o);
    }
}
