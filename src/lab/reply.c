/* How a device prints: newlines, prompt, pager, and the faults that show in its output. */
#include "lab/shell_inner.h"

void shell_print(struct shell *sh, struct view text)
{
    const char *newline = sh->interactive || sh->options.pty ? sh->s->newline : "\n";
    while (text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t len = end ? (size_t)(end - text.ptr) : text.len;
        strbuf_add(&sh->out, text.ptr, len);
        if (end) {
            strbuf_addstr(&sh->out, newline);
        }
        text = view_slice(text, len + (end != NULL), text.len);
    }
}

void shell_prompt_text(const struct shell *sh, struct strbuf *out)
{
    const struct settings *s = sh->s;
    const char *prompt = sh->privileged || !s->user_prompt ? s->prompt : s->user_prompt;
    if (s->wrong_prompt && sh->ran > 0) {
        prompt = s->wrong_prompt;
    }
    const struct saying saying = {.count = sh->ran};
    device_say(sh->device, prompt, &saying, out);
}

void shell_prompt(struct shell *sh)
{
    struct strbuf prompt = STRBUF_INIT;
    if (!sh->s->no_prompt) {
        shell_prompt_text(sh, &prompt);
        strbuf_addstr(&sh->out, sh->s->escapes ? "\x1b[0m\x1b[1m" : "");
        shell_print(sh, strbuf_view(&prompt));
        strbuf_addstr(&sh->out, sh->s->escapes ? "\x1b[0m\x1b[K" : "");
    }
    strbuf_release(&prompt);
    sh->state = STATE_LINE;
}

static void finish(struct shell *sh)
{
    if (!sh->interactive) {
        sh->state = STATE_LEFT;
    } else {
        shell_prompt(sh);
    }
}

static void print_line(struct shell *sh, struct view line)
{
    if (!sh->s->escapes) {
        shell_print(sh, line);
        return;
    }
    /* Colours, a character typed over another, and an erased tail: the text stays the same. */
    bool whole = view_ends(line, VIEW("\n"));
    struct view text = view_slice(line, 0, line.len - whole);
    strbuf_addstr(&sh->out, "\x1b[32m");
    strbuf_addview(&sh->out, view_slice(text, 0, 1));
    strbuf_addstr(&sh->out, text.len > 1 ? "~\b" : "");
    strbuf_addview(&sh->out, view_slice(text, 1, text.len));
    strbuf_addstr(&sh->out, "\x1b[0m\x1b[K");
    shell_print(sh, whole ? VIEW("\n") : VIEW_NONE);
}

static bool ask(struct shell *sh)
{
    if (!sh->s->question || sh->asked || sh->replied < sh->reply.len / 2) {
        return false;
    }
    sh->asked = true;
    shell_print(sh, view_of(sh->s->question));
    strbuf_reset(&sh->line);
    sh->state = STATE_QUESTION;
    return true;
}

static bool page(struct shell *sh)
{
    if (!sh->paging || sh->skim || sh->rows < sh->s->page_lines - 1) {
        return false;
    }
    shell_print(sh, view_of(sh->s->pager));
    sh->paged = true;
    sh->state = STATE_PAGER;
    return true;
}

void shell_reply(struct shell *sh)
{
    size_t end = sh->reply.len;
    if (sh->replied >= end && sh->s->endless && end > 0) {
        sh->replied = 0;
    }
    if (sh->replied >= end) {
        if (sh->paged && sh->s->pager_end) {
            shell_print(sh, view_of(sh->s->pager_end));
            sh->state = STATE_PAGER;
        } else {
            finish(sh);
        }
        return;
    }
    if (ask(sh) || page(sh)) {
        return;
    }
    struct view rest = view_slice(strbuf_view(&sh->reply), sh->replied, end);
    const char *newline = memchr(rest.ptr, '\n', rest.len);
    size_t len = newline ? (size_t)(newline - rest.ptr) + 1 : rest.len;
    print_line(sh, view_slice(rest, 0, len));
    sh->replied += len;
    sh->rows++;
}

/* Blanks over the pager's text, unless the device has its own way. */
static void erase_pager(struct shell *sh)
{
    size_t width = strlen(sh->s->pager);
    if (sh->s->pager_erase) {
        strbuf_addstr(&sh->out, sh->s->pager_erase);
        return;
    }
    strbuf_addchars(&sh->out, '\b', width);
    strbuf_addchars(&sh->out, ' ', width);
    strbuf_addchars(&sh->out, '\b', width);
}

/* After the last page only `q` helps. */
static void leave_pager(struct shell *sh)
{
    sh->paged = false;
    sh->replied = sh->reply.len;
    sh->state = STATE_REPLY;
}

void shell_pager_key(struct shell *sh, char key)
{
    bool quits = key == 'q' || key == 'Q' || key == '\3';
    bool all = sh->s->pager_all && key == sh->s->pager_all[0];
    bool line = key == '\r' || key == '\n';
    bool second_half = key == '\n' && sh->after_cr;
    sh->after_cr = key == '\r';
    if (second_half || !(quits || all || line || key == ' ') ||
        (sh->replied >= sh->reply.len && !quits)) {
        return;
    }
    sh->device->counts.pager_keys++;
    erase_pager(sh);
    if (quits) {
        leave_pager(sh);
        return;
    }
    sh->rows = line ? sh->s->page_lines - 2 : 0;
    sh->skim = all;
    sh->state = STATE_REPLY;
}
