#include "cli/completions.h"

#include "audit/report.h"
#include "output/writer.h"

void completions_verbs(struct strbuf *out)
{
    const char *between = "";
    for (const struct verb *v = verb_table; v->name; v++) {
        if (!v->hidden) {
            strbuf_addf(out, "%s%s", between, v->name);
            between = " ";
        }
    }
}

void completions_words(struct strbuf *out, const struct option *o)
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

const char *completions_names(enum option_complete complete)
{
    switch (complete) {
    case COMPLETE_TEMPLATE:
        return "template";
    case COMPLETE_PLATFORM:
        return "platform";
    case COMPLETE_HOST:
        return "host";
    case COMPLETE_TARGET:
        return "target";
    default:
        return NULL;
    }
}

enum option_complete completions_of(struct view word)
{
    static const struct {
        const char *word;
        enum option_complete complete;
    } words[] = {{"HOST", COMPLETE_HOST},         {"FILE", COMPLETE_FILE},
                 {"DB", COMPLETE_FILE},           {"DIR", COMPLETE_FOLDER},
                 {"PLATFORM", COMPLETE_PLATFORM}, {"NAME", COMPLETE_TEMPLATE},
                 {"VERB", COMPLETE_VERB}};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (view_equal_str(word, words[i].word)) {
            return words[i].complete;
        }
    }
    return COMPLETE_NOTHING;
}

void completions_operands(struct strbuf *out, const struct verb *verb)
{
    struct verb_operand operand;
    for (size_t i = 0; verb_operand(verb, i, &operand); i++) {
        if (operand.word.len) {
            strbuf_addf(out, "%s%.*s", out->len ? " " : "", VIEW_ARG(operand.word));
        }
    }
}
