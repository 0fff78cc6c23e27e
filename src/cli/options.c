#include "cli/options.h"

#include "base/guess.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/utf8.h"

#include <stdlib.h>

/* The parser's place in argv. */
struct parser {
    struct options *options;
    int argc;
    char **argv;
    int next;
};

/* -f FORMAT or --format: how messages name an option. */
static const char *spelled(struct parser *p, const struct option *o, bool letter)
{
    const char *text = letter ? arena_printf(&p->options->arena, "-%c", o->letter)
                              : arena_printf(&p->options->arena, "--%s", o->name);
    return text ? text : o->name;
}

/* ---- Values --------------------------------------------------------------------------------
 */

/* Lists grow by doubling in the arena: capacity is the power of two at or above count. */
static int list_add(struct arena *arena, struct option_list *list, char letter,
                    const char *text, struct err *err)
{
    if ((list->count & (list->count - 1)) == 0) {
        struct option_item *more =
            arena_array(arena, list->count ? list->count * 2 : 1, sizeof(*more));
        if (!more) {
            return err_nomem(err);
        }
        for (size_t i = 0; i < list->count; i++) {
            more[i] = list->items[i];
        }
        list->items = more;
    }
    struct option_item *items = (struct option_item *)(void *)list->items;
    items[list->count++] = (struct option_item){letter, text};
    return 0;
}

static int set_number(const struct option *o, const char *name, const char *text, long *field,
                      struct err *err)
{
    int64_t n;
    if (!number_int(view_of(text), o->min, o->max, &n)) {
        return err_set(err, ERR_USAGE, "%s takes a number from %ld to %ld, not '%s'", name,
                       o->min, o->max, text);
    }
    *field = (long)n;
    return 0;
}

static int set_choice(const struct option *o, const char *name, const char *text, int *field,
                      struct err *err)
{
    size_t len = strlen(text);
    const char *choice = o->choices;
    for (int i = 0; *choice; i++) {
        size_t n = strcspn(choice, "|");
        if (n == len && memcmp(choice, text, n) == 0) {
            *field = i;
            return 0;
        }
        choice += n + (choice[n] == '|');
    }
    return err_set(err, ERR_USAGE, "%s takes %s, not '%s'", name, o->choices, text);
}

static int set_time(const char *name, const char *text, ms_t *field, struct err *err)
{
    if (!number_duration(view_of(text), field) || *field <= 0) {
        return err_set(err, ERR_USAGE, "%s takes " NUMBER_DURATION_WORDS ", not '%s'", name,
                       text);
    }
    return 0;
}

/* Puts an option's value into its field; name is how it was written. */
static int set(struct options *options, const struct option *o, const char *name,
               const char *text, struct err *err)
{
    void *field = (char *)options + o->offset;
    switch (o->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return 0;
    case OPTION_COUNT:
        ++*(int *)field;
        return 0;
    case OPTION_TEXT:
        *(const char **)field = text;
        return *text ? 0 : err_set(err, ERR_USAGE, "%s is given an empty text", name);
    case OPTION_NUMBER:
        return set_number(o, name, text, field, err);
    case OPTION_TIME:
        return set_time(name, text, field, err);
    case OPTION_CHOICE:
        return set_choice(o, name, text, field, err);
    case OPTION_LIST:
        return *text ? list_add(&options->arena, field, o->letter, text, err)
                     : err_set(err, ERR_USAGE, "%s is given an empty text", name);
    }
    return 0;
}

static int set_defaults(struct options *options, struct err *err)
{
    size_t n = 0;
    while (option_table[n].name) {
        n++;
    }
    options->said = arena_array(&options->arena, n, sizeof(*options->said));
    int rc = options->said ? 0 : err_nomem(err);
    options->password_fd = -1;
    options->host_keys = -1;
    options->limit = -1;
    options->offset = -1;
    for (const struct option *o = option_table; o->name && rc == 0; o++) {
        if (o->fallback) {
            rc = set(options, o, o->name, o->fallback, err);
        }
    }
    return rc;
}

/* ---- Options -------------------------------------------------------------------------------
 */

static int unknown_option(const struct parser *p, struct view name, struct err *err)
{
    struct guess guess;
    const char *begins = NULL; /* the only option of the verb that begins with name */
    int beginning = 0;
    guess_init(&guess, name);
    for (const struct option *o = option_table; o->name; o++) {
        if (!(o->verbs & p->options->verb->bit)) {
            continue;
        }
        guess_offer(&guess, o->name);
        if (name.len > 0 && view_starts(view_of(o->name), name)) {
            begins = o->name;
            beginning++;
        }
    }
    const char *best = beginning == 1 ? begins : guess.best;
    if (best) {
        return err_set(err, ERR_USAGE, "unknown option --%.*s: did you mean --%s?",
                       VIEW_ARG(name), best);
    }
    return err_set(err, ERR_USAGE, "unknown option --%.*s", VIEW_ARG(name));
}

/* An option of another verb says whose it is. */
static int wrong_verb(const struct parser *p, const struct option *o, const char *name,
                      struct err *err)
{
    struct strbuf verbs = STRBUF_INIT;
    unsigned knows = 0;
    for (const struct option *row = option_table; row->name; row++) {
        knows |= strcmp(row->name, o->name) == 0 ? row->verbs : 0;
    }
    for (const struct verb *v = verb_table; v->name; v++) {
        if ((v->bit & knows) && !v->hidden) {
            strbuf_addf(&verbs, "%s%s", verbs.len ? ", " : "", v->name);
        }
    }
    int rc = err_set(err, ERR_USAGE, "%s is no option of `%s` (but of: %s)", name,
                     p->options->verb->name, verbs.buf);
    strbuf_release(&verbs);
    return rc;
}

/* Whether a word is exactly an option of this verb, or `--`: behind an option that takes a text
 * it is there because the text was forgotten. */
static bool is_option(const struct parser *p, const char *word)
{
    unsigned verb = p->options->verb->bit;
    const struct option *o = NULL;
    if (word[0] == '-' && word[1] == '-') {
        o = option_find(view_of(word + 2), verb);
    } else if (word[0] == '-' && word[1] != '\0' && word[2] == '\0') {
        o = option_by_letter(word[1], verb);
    }
    return (o && (o->verbs & verb)) || strcmp(word, "--") == 0;
}

/* The next word, as the value of o. */
static int next_value(struct parser *p, const struct option *o, const char *name,
                      const char **value, struct err *err)
{
    if (p->next >= p->argc) {
        return err_set(err, ERR_USAGE, "%s needs a value: %s %s", name, name, o->arg);
    }
    *value = p->argv[p->next];
    if ((o->kind == OPTION_TEXT || o->kind == OPTION_LIST) && is_option(p, *value)) {
        return err_set(
            err, ERR_USAGE,
            "%s needs a value, and %s is an option: %s %s, or --%s=%s if it is meant", name,
            *value, name, o->arg, o->name, *value);
    }
    p->next++;
    return 0;
}

/* value is what stood after `=` or behind the letter, NULL when nothing did. */
static int apply(struct parser *p, const struct option *o, bool letter, const char *value,
                 struct err *err)
{
    const char *name = spelled(p, o, letter);
    if (!(o->verbs & p->options->verb->bit)) {
        return wrong_verb(p, o, name, err);
    }
    if (!o->arg && value) {
        return err_set(err, ERR_USAGE, "%s takes no value, but is given '%s'", name, value);
    }
    p->options->said[o - option_table] = name;
    if (o->arg && !value && next_value(p, o, name, &value, err) < 0) {
        return ERR_USAGE;
    }
    return set(p->options, o, name, value, err);
}

static int long_option(struct parser *p, const char *text, struct err *err)
{
    const char *equals = strchr(text, '=');
    struct view name = view_make(text, equals ? (size_t)(equals - text) : strlen(text));
    const struct option *o = option_find(name, p->options->verb->bit);
    return o ? apply(p, o, false, equals ? equals + 1 : NULL, err)
             : unknown_option(p, name, err);
}

/* -vk, -w5, -w 5: letters until one takes a value, which is the rest or the next word. */
static int short_options(struct parser *p, const char *letters, struct err *err)
{
    int rc = 0;
    while (*letters && rc == 0) {
        const struct option *o = option_by_letter(*letters, p->options->verb->bit);
        if (!o) {
            uint32_t unused;
            return err_set(err, ERR_USAGE, "unknown option -%.*s",
                           (int)utf8_decode(view_of(letters), &unused), letters);
        }
        letters++;
        if (o->arg) {
            return apply(p, o, true, *letters ? letters : NULL, err);
        }
        rc = apply(p, o, true, NULL, err);
    }
    return rc;
}

/* ---- Words ---------------------------------------------------------------------------------
 */

/* The first bare word of an implicit run must not be a verb that was mistyped or came late. */
static int check_word(const struct parser *p, const char *word, struct err *err)
{
    const struct options *options = p->options;
    if (options->verb_said || options->hosts.count > 0) {
        return 0;
    }
    if (verb_find(view_of(word))) {
        return err_set(err, ERR_USAGE,
                       "the verb comes first: collect %s ... (a host of that name: -H %s)",
                       word, word);
    }
    const struct verb *verb = verb_guess(word);
    if (verb) {
        return err_set(err, ERR_USAGE,
                       "'%s' is no verb: did you mean '%s'? (a host of that name: -H %s)", word,
                       verb->name, word);
    }
    return 0;
}

static int bare_word(struct parser *p, const char *word, bool check, struct err *err)
{
    struct options *options = p->options;
    const struct verb *verb = options->verb;
    if (!verb->operands) {
        return err_set(err, ERR_USAGE, "`%s` takes no words, but is given '%s'", verb->name,
                       word);
    }
    if (check && check_word(p, word, err) < 0) {
        return ERR_USAGE;
    }
    struct option_list *list = (struct option_list *)(void *)((char *)options + verb->words);
    return *word ? list_add(&options->arena, list, 0, word, err)
                 : err_set(err, ERR_USAGE, "an empty word is given");
}

static int parse_words(struct parser *p, struct err *err)
{
    int rc = 0;
    bool ended = false; /* `--` was seen */
    while (rc == 0 && p->next < p->argc) {
        const char *word = p->argv[p->next++];
        if (ended || word[0] != '-' || word[1] == '\0') {
            rc = bare_word(p, word, !ended, err);
        } else if (word[1] != '-') {
            rc = short_options(p, word + 1, err);
        } else if (word[2] == '\0') {
            ended = true;
        } else {
            rc = long_option(p, word + 2, err);
        }
    }
    return rc;
}

int options_parse(struct options *options, int argc, char **argv, struct err *err)
{
    *options = (struct options){.arena = ARENA_INIT};
    struct parser p = {options, argc, argv, 1};
    const struct verb *verb = argc > 1 ? verb_find(view_of(argv[1])) : NULL;
    options->verb = verb ? verb : &verb_table[0];
    options->verb_said = verb != NULL;
    if (verb) {
        p.next++;
    }
    int rc = set_defaults(options, err);
    return rc < 0 ? rc : parse_words(&p, err);
}

void options_release(struct options *options)
{
    arena_release(&options->arena);
}
