#include "session/ssh_auth.h"

#include "base/limits.h"
#include "session/agent.h"
#include "session/ssh_private.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

static unsigned bit(enum auth_method method)
{
    return 1u << method;
}

static const char *const names[AUTH_METHODS] = {"none", "agent", "publickey",
                                                "keyboard-interactive", "password"};

const char *auth_doing(enum auth_method method)
{
    static const char *const doing[AUTH_METHODS] = {
        "authentication", "authentication (agent)", "authentication (publickey)",
        "authentication (keyboard-interactive)", "authentication (password)"};
    return doing[method];
}

void auth_describe(const struct connection *c, struct strbuf *out)
{
    enum auth_method method = c->auth.method;
    strbuf_addstr(out, method < AUTH_METHODS ? names[method] : "nothing");
    if (method == AUTH_KEY && c->auth.key < c->options.nkeys) {
        strbuf_addf(out, " %s", c->options.keys[c->auth.key]->path);
    }
}

/* As what a method may be barred, and how libssh calls it. */
static const unsigned login_bits[AUTH_METHODS] = {
    [AUTH_AGENT] = LOGIN_PUBLICKEY,
    [AUTH_KEY] = LOGIN_PUBLICKEY,
    [AUTH_INTERACTIVE] = LOGIN_INTERACTIVE,
    [AUTH_PASSWORD] = LOGIN_PASSWORD,
};

/* Whether there is anything to try a method with, and the server takes it. */
static bool usable(const struct connection *c, enum auth_method method)
{
    const struct auth *a = &c->auth;
    const struct connection_options *o = &c->options;
    int server = ssh_userauth_list(c->session, NULL);
    bool publickey = server == 0 || (server & SSH_AUTH_METHOD_PUBLICKEY);
    if ((a->done & bit(method)) || (o->barred & login_bits[method])) {
        return false;
    }
    switch (method) {
    case AUTH_NONE:
        return true;
    case AUTH_AGENT:
        return publickey && o->agent;
    case AUTH_KEY:
        return publickey && a->key < o->nkeys;
    case AUTH_INTERACTIVE:
        return o->password && (server & SSH_AUTH_METHOD_INTERACTIVE);
    case AUTH_PASSWORD:
        return o->password && !a->password_spent &&
               (server == 0 || (server & SSH_AUTH_METHOD_PASSWORD));
    default:
        return false;
    }
}

/* Keyboard-interactive: questions of the server's, in rounds. */

static bool contains(const char *text, const char *word)
{
    size_t len = strlen(word);
    for (; *text; text++) {
        if (strncasecmp(text, word, len) == 0) {
            return true;
        }
    }
    return false;
}

/* The answer to one question, NULL when there is none. The password goes only where typing is
 * hidden, and only once. A single hidden question is for the password, whatever its language.
 */
static const char *answer_to(struct connection *c, const char *prompt, bool echo, int nprompts)
{
    if (echo) {
        bool name =
            contains(prompt, "user") || contains(prompt, "login") || contains(prompt, "name");
        return name ? c->options.username : NULL;
    }
    if (c->auth.password_spent || (nprompts > 1 && !contains(prompt, "passw"))) {
        return NULL;
    }
    c->auth.password_spent = true;
    return c->options.password;
}

static bool answer_all(struct connection *c)
{
    int n = ssh_userauth_kbdint_getnprompts(c->session);
    for (int i = 0; i < n; i++) {
        char echo = 1;
        const char *prompt = ssh_userauth_kbdint_getprompt(c->session, (unsigned)i, &echo);
        const char *answer = prompt ? answer_to(c, prompt, echo, n) : NULL;
        if (!answer) {
            snprintf(c->auth.question, sizeof(c->auth.question), "%s", prompt ? prompt : "?");
            return false;
        }
        if (ssh_userauth_kbdint_setanswer(c->session, (unsigned)i, answer) < 0) {
            return false;
        }
    }
    return true;
}

static int interactive(struct connection *c)
{
    int rc = ssh_userauth_kbdint(c->session, c->options.username, NULL);
    while (rc == SSH_AUTH_INFO) {
        if (++c->auth.rounds > LIMIT_AUTH_ROUNDS || !answer_all(c)) {
            return SSH_AUTH_DENIED;
        }
        rc = ssh_userauth_kbdint(c->session, c->options.username, NULL);
    }
    return rc;
}

static int ask_agent(struct connection *c)
{
    const struct connection_options *o = &c->options;
    if (!c->agent) {
        if (agent_open(&c->agent, o->agent, o->keys, o->nkeys + o->nheld, o->agent_only,
                       o->agent_ms) < 0) {
            return SSH_AUTH_DENIED;
        }
        (void)ssh_set_agent_socket(c->session, agent_socket(c->agent));
    }
    int rc = ssh_userauth_agent(c->session, o->username);
    if (rc != SSH_AUTH_AGAIN) {
        agent_end(c->agent);
    }
    return rc;
}

static int attempt(struct connection *c, enum auth_method method)
{
    c->auth.tried |= bit(method);
    switch (method) {
    case AUTH_NONE:
        return ssh_userauth_none(c->session, c->options.username);
    case AUTH_AGENT:
        return ask_agent(c);
    case AUTH_KEY:
        return ssh_userauth_publickey(c->session, c->options.username,
                                      c->options.keys[c->auth.key]->private);
    case AUTH_INTERACTIVE:
        return interactive(c);
    case AUTH_PASSWORD:
        c->auth.password_spent = true;
        return ssh_userauth_password(c->session, c->options.username, c->options.password);
    default:
        return SSH_AUTH_ERROR;
    }
}

/* The next file's key that the agent has not offered already. */
static void skip_offered(struct connection *c)
{
    struct auth *a = &c->auth;
    while (a->key < c->options.nkeys && agent_offered(c->agent, c->options.keys[a->key])) {
        a->key++;
    }
}

/* An attempt is over: not again. Files are as many attempts as there are keys. */
static void conclude(struct connection *c, enum auth_method method)
{
    if (method == AUTH_KEY && ++c->auth.key < c->options.nkeys) {
        return;
    }
    c->auth.done |= bit(method);
}

/* Words for a login that was denied. */

static void add_server_methods(struct strbuf *out, int methods)
{
    static const struct {
        int bit;
        const char *name;
    } all[] = {{SSH_AUTH_METHOD_PUBLICKEY, "publickey"},
               {SSH_AUTH_METHOD_INTERACTIVE, "keyboard-interactive"},
               {SSH_AUTH_METHOD_PASSWORD, "password"},
               {SSH_AUTH_METHOD_HOSTBASED, "hostbased"},
               {SSH_AUTH_METHOD_GSSAPI_MIC, "gssapi-with-mic"}};
    const char *comma = "";
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (methods & all[i].bit) {
            strbuf_addf(out, "%s%s", comma, all[i].name);
            comma = ",";
        }
    }
    strbuf_addstr(out, *comma ? "" : "nothing we know");
}

static void add_tried(struct strbuf *out, unsigned tried)
{
    const char *comma = "";
    for (enum auth_method m = AUTH_AGENT; m < AUTH_METHODS; m++) {
        if (tried & bit(m)) {
            strbuf_addf(out, "%s%s", comma, names[m]);
            comma = ", ";
        }
    }
}

/* What the device takes, and what of that we were told not to try. */
static void add_server(struct strbuf *out, const struct connection *c)
{
    int takes = ssh_userauth_list(c->session, NULL);
    unsigned barred = c->options.barred;
    int not_tried = (barred & LOGIN_PUBLICKEY ? SSH_AUTH_METHOD_PUBLICKEY : 0) |
                    (barred & LOGIN_INTERACTIVE ? SSH_AUTH_METHOD_INTERACTIVE : 0) |
                    (barred & LOGIN_PASSWORD ? SSH_AUTH_METHOD_PASSWORD : 0);
    add_server_methods(out, takes);
    if (takes & not_tried) {
        strbuf_addstr(out, "; the ssh configuration bars ");
        add_server_methods(out, takes & not_tried);
    }
}

static enum step denied(struct connection *c, struct err *err)
{
    struct strbuf tried = STRBUF_INIT, server = STRBUF_INIT;
    const struct auth *a = &c->auth;
    add_tried(&tried, a->tried);
    add_server(&server, c);
    c->fault = FAULT_AUTH;
    if (a->question[0]) {
        err_set(err, ERR_HOST,
                "login of %s denied: the device asked \"%s\", to which there is no "
                "answer here",
                c->options.username, a->question);
    } else if (tried.len) {
        err_set(err, ERR_HOST, "login of %s denied (tried %s; the device takes %s)",
                c->options.username, tried.buf, server.buf);
    } else {
        err_set(
            err, ERR_HOST,
            "no key or password to log %s in with (the device takes %s); give --key, -k or a "
            "password source in the inventory",
            c->options.username, server.buf);
    }
    strbuf_release(&tried);
    strbuf_release(&server);
    return STEP_FAILED;
}

/* A server that hangs up after a refusal has refused; one that does so before has failed. */
static enum step broken(struct connection *c, struct err *err)
{
    bool refused = c->auth.done & ~bit(AUTH_NONE);
    return connection_fail(c, refused ? FAULT_AUTH : FAULT_PROTOCOL, err);
}

enum step auth_step(struct connection *c, struct err *err)
{
    struct auth *a = &c->auth;
    while (a->method < AUTH_METHODS) {
        if (!a->pending && a->method == AUTH_KEY) {
            skip_offered(c);
        }
        if (!a->pending && !usable(c, a->method)) {
            a->method++;
            continue;
        }
        c->doing = auth_doing(a->method);
        int rc = attempt(c, a->method);
        a->pending = rc == SSH_AUTH_AGAIN;
        switch (rc) {
        case SSH_AUTH_SUCCESS:
            return STEP_DONE;
        case SSH_AUTH_AGAIN:
            return STEP_WAIT;
        case SSH_AUTH_DENIED:
            conclude(c, a->method);
            break;
        case SSH_AUTH_PARTIAL: /* one of several factors: what else does it want? */
            conclude(c, a->method);
            a->method = AUTH_NONE;
            break;
        default:
            return broken(c, err);
        }
    }
    return denied(c, err);
}
