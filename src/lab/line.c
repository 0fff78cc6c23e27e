/* The line editor: echo in the device's style, rubbing out, and the keys that devices share. */
#include "lab/limits_lab.h"
#include "lab/shell_inner.h"

enum {
    KEY_CTRL_C = 3,
    KEY_CTRL_D = 4,
    KEY_BS = 8,
    KEY_CTRL_U = 21,
    KEY_CTRL_W = 23,
    KEY_ESC = 27,
    KEY_DEL = 127,
};

static size_t prompt_width(const struct shell *sh)
{
    struct strbuf prompt = STRBUF_INIT;
    shell_prompt_text(sh, &prompt);
    size_t width = prompt.len;
    strbuf_release(&prompt);
    return width;
}

/* Each key draws prompt and line afresh, as devices with a full-screen line editor do. */
static void echo_redraw(struct shell *sh)
{
    strbuf_addstr(&sh->out, "\r\x1b[K");
    shell_prompt_text(sh, &sh->out);
    strbuf_addview(&sh->out, strbuf_view(&sh->line));
}

static void echo_backspace(struct shell *sh)
{
    strbuf_addchars(&sh->out, '\b', sh->line.len - 1);
    strbuf_addview(&sh->out, strbuf_view(&sh->line));
}

static void echo_wrap(struct shell *sh, char key)
{
    size_t width = (size_t)(sh->options.width > 0 ? sh->options.width : sh->s->width);
    strbuf_addch(&sh->out, key);
    if ((prompt_width(sh) + sh->line.len) % width == 0) {
        strbuf_addstr(&sh->out, " \r");
    }
}

static void echo(struct shell *sh, char key)
{
    switch (sh->state == STATE_SECRET ? ECHO_OFF : sh->s->echo) {
    case ECHO_PLAIN:
        strbuf_addch(&sh->out, key);
        break;
    case ECHO_WRAP:
        echo_wrap(sh, key);
        break;
    case ECHO_REDRAW:
        echo_redraw(sh);
        break;
    case ECHO_BACKSPACE:
        echo_backspace(sh);
        break;
    case ECHO_OFF:
        break;
    }
}

static void rub_out(struct shell *sh)
{
    if (sh->line.len > 0) {
        strbuf_truncate(&sh->line, sh->line.len - 1);
        if (sh->state != STATE_SECRET && sh->s->echo != ECHO_OFF) {
            strbuf_addstr(&sh->out, "\b \b");
        }
    }
}

static void rub_out_word(struct shell *sh)
{
    while (sh->line.len > 0 && sh->line.buf[sh->line.len - 1] == ' ') {
        rub_out(sh);
    }
    while (sh->line.len > 0 && sh->line.buf[sh->line.len - 1] != ' ') {
        rub_out(sh);
    }
}

static void abandon(struct shell *sh)
{
    strbuf_reset(&sh->line);
    shell_print(sh, VIEW("^C\n"));
    sh->state = STATE_LINE;
    shell_prompt(sh);
}

/* ESC, then perhaps [ or O and parameters, then one final byte: arrow keys and the like. */
static bool skip_escape(struct shell *sh, char key)
{
    if (key == KEY_ESC) {
        sh->escape = 1;
        return true;
    }
    if (sh->escape == 1) {
        sh->escape = key == '[' || key == 'O' ? 2 : 0;
        return true;
    }
    if (sh->escape == 2) {
        sh->escape = key >= 0x40 && key <= 0x7e ? 0 : 2;
        return true;
    }
    return false;
}

static bool end_of_line(struct shell *sh, char key)
{
    bool second_half = key == '\n' && sh->after_cr;
    sh->after_cr = key == '\r';
    if (second_half) {
        return false;
    }
    if (sh->state == STATE_SECRET || sh->s->echo != ECHO_OFF) {
        shell_print(sh, VIEW("\n"));
    }
    return true;
}

static void edit(struct shell *sh, char key)
{
    switch (key) {
    case KEY_CTRL_C:
        abandon(sh);
        break;
    case KEY_CTRL_D:
        if (sh->line.len == 0) {
            sh->state = STATE_LEFT;
        }
        break;
    case KEY_BS:
    case KEY_DEL:
        rub_out(sh);
        break;
    case KEY_CTRL_U:
        while (sh->line.len > 0) {
            rub_out(sh);
        }
        break;
    case KEY_CTRL_W:
        rub_out_word(sh);
        break;
    default:
        if ((unsigned char)key >= 0x20 && sh->line.len < LAB_LINE_BYTES) {
            strbuf_addch(&sh->line, key);
            echo(sh, key);
        }
    }
}

bool shell_line_key(struct shell *sh, char key)
{
    if (key == '\r' || key == '\n') {
        return end_of_line(sh, key);
    }
    sh->after_cr = false;
    if (!skip_escape(sh, key)) {
        edit(sh, key);
    }
    return false;
}
