/* Questions that a device asks on purpose: a key, a name and a password before its first
 * prompt, and the password of `enable`. */
#include "lab/shell_inner.h"

#define TRIES 3

static void say(struct shell *sh, const char *text)
{
    struct strbuf out = STRBUF_INIT;
    const struct saying nothing = {0};
    device_say(sh->device, text, &nothing, &out);
    shell_print(sh, strbuf_view(&out));
    strbuf_release(&out);
}

static void ask(struct shell *sh, const char *text, enum shell_state state)
{
    say(sh, text);
    sh->state = state;
}

static void ask_login(struct shell *sh)
{
    if (sh->s->ask_username) {
        ask(sh, sh->s->ask_username, STATE_USERNAME);
    } else if (sh->s->ask_password) {
        sh->right_user = true;
        ask(sh, sh->s->ask_password, STATE_SECRET);
    } else {
        shell_prompt(sh);
    }
}

void shell_greet(struct shell *sh)
{
    say(sh, sh->s->motd ? sh->s->motd : "");
    if (sh->s->ask_key) {
        ask(sh, sh->s->ask_key, STATE_KEY);
    } else {
        ask_login(sh);
    }
}

void shell_any_key(struct shell *sh)
{
    shell_print(sh, VIEW("\n"));
    ask_login(sh);
}

void shell_take_username(struct shell *sh)
{
    sh->right_user = view_equal_str(strbuf_view(&sh->line), sh->s->username);
    shell_note(sh, "username", strbuf_view(&sh->line));
    strbuf_reset(&sh->line);
    ask(sh, sh->s->ask_password ? sh->s->ask_password : sh->s->password_prompt, STATE_SECRET);
}

void shell_ask_enable(struct shell *sh)
{
    sh->enabling = true;
    sh->tries = 0;
    ask(sh, sh->s->password_prompt, STATE_SECRET);
}

static void take_login(struct shell *sh, bool right)
{
    shell_note(sh, right ? "shell-login ok" : "shell-login denied", VIEW_NONE);
    if (right) {
        shell_prompt(sh);
        return;
    }
    say(sh, sh->s->denied);
    shell_print(sh, VIEW("\n"));
    if (++sh->tries < TRIES) {
        ask_login(sh);
    } else {
        sh->state = STATE_LEFT;
    }
}

static void take_enable(struct shell *sh, bool right, ms_t now)
{
    shell_note(sh, right ? "enabled" : "enable-denied", VIEW_NONE);
    if (!right && ++sh->tries < TRIES) {
        ask(sh, sh->s->password_prompt, STATE_SECRET);
        return;
    }
    sh->privileged = right;
    strbuf_reset(&sh->reply);
    const char *words = right ? sh->s->enabled : sh->s->denied;
    if (words) {
        strbuf_addf(&sh->reply, "%s\n", words);
    }
    shell_answer_later(sh, now);
}

void shell_take_secret(struct shell *sh, ms_t now)
{
    const char *secret = sh->enabling ? sh->s->enable : sh->s->password;
    bool right = view_equal_str(strbuf_view(&sh->line), secret);
    strbuf_reset(&sh->line);
    if (sh->enabling) {
        take_enable(sh, right, now);
    } else {
        take_login(sh, right && sh->right_user);
    }
}
