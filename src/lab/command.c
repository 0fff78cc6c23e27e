/* What a typed line means to a device: leaving, enabling, paging, or a command with an answer.
 */
#include "lab/shell_inner.h"
#include "lab/understand.h"

static bool same_words(struct view typed, const char *known, bool abbreviate)
{
    struct arena arena = ARENA_INIT;
    char *a = words_of(&arena, typed);
    char *b = words_of(&arena, view_of(known ? known : ""));
    size_t agree;
    enum likeness likeness =
        a && b ? words_compare(view_of(a), view_of(b), &agree) : WORDS_DIFFER;
    bool same =
        b && *b && (likeness == WORDS_SAME || (abbreviate && likeness == WORDS_SHORTER));
    arena_release(&arena);
    return same;
}

static bool is_one_of(struct view typed, const char *const *list, bool abbreviate)
{
    for (; list && *list; list++) {
        if (same_words(typed, *list, abbreviate)) {
            return true;
        }
    }
    return false;
}

static bool leaves(const struct shell *sh, struct view typed)
{
    static const char *const words[] = {"exit", "quit", "logout", NULL};
    const struct platform *p = sh->device->persona->platform;
    return is_one_of(typed, words, false) ||
           (p && p->exit && same_words(typed, p->exit, false));
}

static bool enables(const struct shell *sh, struct view typed)
{
    const struct platform *p = sh->device->persona->platform;
    const char *enable = p ? p->enable.command : "enable";
    return sh->s->enable && enable && same_words(typed, enable, sh->s->abbreviate);
}

/* Whether a command by which platform.yml prepares a shell turns the pager off: it speaks of
 * it. */
static bool is_about_paging(const char *command)
{
    static const char *const words[] = {"length", "pag", "more", "datadump", "rows"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strstr(command, words[i])) {
            return true;
        }
    }
    return false;
}

/* The commands by which platform.yml prepares a shell are known to the device. */
static bool prepares(struct shell *sh, struct view typed)
{
    const struct platform *p = sh->device->persona->platform;
    bool off = is_one_of(typed, sh->s->paging_off, sh->s->abbreviate);
    bool known = off;
    for (const char *const *setup = p ? p->setup : NULL; setup && *setup; setup++) {
        if (same_words(typed, *setup, sh->s->abbreviate)) {
            known = true;
            off = off || is_about_paging(*setup);
        }
    }
    if (off) {
        sh->paging = sh->s->pager_stuck && sh->paging;
    }
    return known;
}

void shell_answer_later(struct shell *sh, ms_t now)
{
    bool mute = sh->s->silent == SILENT_COMMAND;
    sh->replied = 0;
    sh->rows = 0;
    sh->asked = false;
    sh->paged = false;
    sh->skim = false;
    sh->due = now + sh->s->latency;
    sh->state = mute ? STATE_MUTE : STATE_BUSY;
}

/* Where the last line of text begins. */
static size_t last_line(struct view text)
{
    size_t at = text.len;
    while (at > 0 && text.ptr[at - 1] != '\n') {
        at--;
    }
    return at;
}

static void complain(struct shell *sh, const char *text, const struct saying *saying)
{
    struct strbuf prompt = STRBUF_INIT;
    struct saying here = *saying;
    shell_prompt_text(sh, &prompt);
    here.column = prompt.len - last_line(strbuf_view(&prompt));
    device_say(sh->device, text, &here, &sh->reply);
    strbuf_addch(&sh->reply, '\n');
    strbuf_release(&prompt);
    sh->is_error = true;
    sh->status = sh->s->error_status;
}

/* A text of the device's own, for exactly this command. */
static const struct yaml_node *own_response(const struct shell *sh, struct view command)
{
    const struct yaml_node *node = sh->s->responses ? sh->s->responses->first : NULL;
    while (node && !view_equal(node->key, command)) {
        node = node->next;
    }
    return node && node->kind == YAML_SCALAR ? node : NULL;
}

static const struct sample *pick_sample(const struct shell *sh, const struct answer *answer)
{
    for (size_t i = 0; sh->s->fixture && i < answer->nsamples; i++) {
        if (strcmp(answer->samples[i].name, sh->s->fixture) == 0) {
            return &answer->samples[i];
        }
    }
    return &answer->samples[sh->device->ordinal % answer->nsamples];
}

static void tell(struct shell *sh, const struct sample *sample)
{
    if (sh->s->plain) {
        strbuf_addview(&sh->reply, sample->text);
    } else {
        sample_tell(sample, sh->s->hostname, sh->s->serial, sh->device->serial, &sh->reply);
    }
}

static void answer(struct shell *sh, struct view command)
{
    const struct yaml_node *own = own_response(sh, command);
    struct saying saying = {.command = command};
    const struct answer *found;
    if (own) {
        device_say(sh->device, own->text.ptr, &saying, &sh->reply);
        bool whole = own->text.len == 0 || view_ends(own->text, VIEW("\n"));
        strbuf_addstr(&sh->reply, whole ? "" : "\n");
        return;
    }
    switch (persona_understand(sh->device->persona, command, sh->s->abbreviate, &found,
                               &saying.bad, &saying.token)) {
    case UNDERSTOOD:
        tell(sh, pick_sample(sh, found));
        break;
    case AMBIGUOUS:
        complain(sh, sh->s->ambiguous, &saying);
        break;
    case NOT_UNDERSTOOD:
        complain(sh, sh->s->error, &saying);
        break;
    }
}

void shell_run_line(struct shell *sh, ms_t now)
{
    struct view command = view_trim(strbuf_view(&sh->line));
    strbuf_reset(&sh->reply);
    sh->status = 0;
    sh->is_error = false;
    if (command.len > 0) {
        shell_note(sh, sh->interactive ? "command" : "exec", command);
        sh->device->counts.commands++;
        sh->ran++;
    }
    if (command.len == 0) {
        shell_prompt(sh);
    } else if (sh->interactive && leaves(sh, command)) {
        sh->state = STATE_LEFT;
    } else if (enables(sh, command) && !sh->privileged) {
        shell_ask_enable(sh);
    } else {
        if (enables(sh, command)) {
            strbuf_addstr(&sh->reply, sh->s->enabled ? sh->s->enabled : "");
            strbuf_addstr(&sh->reply, sh->s->enabled ? "\n" : "");
        } else if (!prepares(sh, command)) {
            answer(sh, command);
        }
        shell_answer_later(sh, now);
    }
    strbuf_reset(&sh->line);
}
