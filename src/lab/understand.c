#include "lab/understand.h"

#include "lab/persona.h"

static char word_byte(char c)
{
    if (c >= 'A' && c <= 'Z') {
        return (char)(c - 'A' + 'a');
    }
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '\0';
}

char *words_of(struct arena *arena, struct view text)
{
    char *words = arena_get(arena, text.len + 1);
    size_t len = 0;
    if (!words) {
        return NULL;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = word_byte(text.ptr[i]);
        if (c) {
            words[len++] = c;
        } else if (len > 0 && words[len - 1] != ' ') {
            words[len++] = ' ';
        }
    }
    words[len > 0 && words[len - 1] == ' ' ? len - 1 : len] = '\0';
    return words;
}

/* Takes the first word off the front. */
static struct view take_word(struct view *words)
{
    const char *blank = words->len ? memchr(words->ptr, ' ', words->len) : NULL;
    size_t len = blank ? (size_t)(blank - words->ptr) : words->len;
    struct view word = view_slice(*words, 0, len);
    *words = view_slice(*words, len + (blank != NULL), words->len);
    return word;
}

enum likeness words_compare(struct view typed, struct view known, size_t *agree)
{
    enum likeness likeness = WORDS_SAME;
    *agree = 0;
    while (typed.len > 0 && known.len > 0) {
        struct view a = take_word(&typed), b = take_word(&known);
        if (!view_starts(b, a)) {
            return WORDS_DIFFER;
        }
        if (a.len < b.len) {
            likeness = WORDS_SHORTER;
        }
        ++*agree;
    }
    return typed.len || known.len ? WORDS_DIFFER : likeness;
}

size_t word_offset(struct view text, size_t number)
{
    size_t at = 0;
    for (;;) {
        while (at < text.len && !word_byte(text.ptr[at])) {
            at++;
        }
        if (number-- == 0 || at == text.len) {
            return at;
        }
        while (at < text.len && word_byte(text.ptr[at])) {
            at++;
        }
    }
}

/* How well one typed line fits the known commands so far. */
struct search {
    struct view typed;
    bool abbreviate;
    enum likeness best;
    size_t shorter; /* how many known ones it may be short for */
    size_t agree;   /* words that agree with the nearest one */
};

static bool try_words(struct search *search, const char *known)
{
    size_t agree;
    enum likeness likeness = words_compare(search->typed, view_of(known), &agree);
    search->agree = agree > search->agree ? agree : search->agree;
    if (likeness == WORDS_SHORTER && !search->abbreviate) {
        return false;
    }
    search->shorter += likeness == WORDS_SHORTER;
    bool better = likeness > search->best;
    search->best = better ? likeness : search->best;
    return better;
}

/* A template's name stands for the platform's own command: "display version" is answered from
 * show_version when there is no display_version. */
static const char *own_command(struct arena *arena, const struct persona *persona,
                               const struct answer *answer)
{
    const char *command =
        persona->platform ? platform_command(persona->platform, answer->folder) : NULL;
    return command ? words_of(arena, view_of(command)) : NULL;
}

enum understanding persona_understand(const struct persona *persona, struct view typed,
                                      bool abbreviate, const struct answer **answer,
                                      size_t *bad, size_t *token)
{
    struct arena arena = ARENA_INIT;
    char *words = words_of(&arena, typed);
    struct search search = {.typed = view_of(words ? words : ""), .abbreviate = abbreviate};
    const struct answer *found = NULL;
    for (size_t i = 0; i < persona->nanswers; i++) {
        const char *own = own_command(&arena, persona, &persona->answers[i]);
        bool better = try_words(&search, persona->answers[i].words);
        if ((own && try_words(&search, own)) || better) {
            found = &persona->answers[i];
        }
    }
    arena_release(&arena);
    *token = search.agree;
    *bad = word_offset(typed, search.agree);
    *answer = found;
    if (!found) {
        return NOT_UNDERSTOOD;
    }
    return search.best == WORDS_SHORTER && search.shorter > 1 ? AMBIGUOUS : UNDERSTOOD;
}
