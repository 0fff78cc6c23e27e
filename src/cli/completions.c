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

/* What a word of a synopsis stands for. */
static enum option_complete meaning(struct view word)
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

/* "match PLATFORM COMMAND" -> match, and platforms behind it; "HOST" -> hosts. */
static struct completions_operand operand_of(struct view text)
{
    const char *blank = memchr(text.ptr, ' ', text.len);
    struct view first = view_slice(text, 0, blank ? (size_t)(blank - text.ptr) : text.len);
    bool word = first.len && first.ptr[0] >= 'a' && first.ptr[0] <= 'z';
    struct view rest = view_slice(text, blank ? first.len + 1 : text.len, text.len);
    blank = memchr(rest.ptr, ' ', rest.len);
    rest = view_slice(rest, 0, blank ? (size_t)(blank - rest.ptr) : rest.len);
    bool any = text.len && text.ptr[0] == '['; /* "[SQL|TABLE] DB" */
    return (struct completions_operand){word ? first : VIEW(""), any    ? COMPLETE_FILE
                                                                 : word ? meaning(rest)
                                                                        : meaning(first)};
}

bool completions_operand(const struct verb *verb, size_t i, struct completions_operand *out)
{
    const char *text = verb->operands ? verb->operands : "";
    bool whole = text[0] == '[';
    for (; *text; i--) {
        size_t n = whole ? strlen(text) : strcspn(text, "|");
        if (i == 0) {
            *out = operand_of(view_make(text, n));
            return true;
        }
        text += n + (text[n] == '|');
    }
    return false;
}

void completions_operands(struct strbuf *out, const struct verb *verb)
{
    struct completions_operand operand;
    for (size_t i = 0; completions_operand(verb, i, &operand); i++) {
        if (operand.word.len) {
            strbuf_addf(out, "%s%.*s", out->len ? " " : "", VIEW_ARG(operand.word));
        }
    }
}
