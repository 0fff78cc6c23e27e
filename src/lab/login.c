/* Logging in: none, password, keyboard-interactive and publickey, counted for the tests. */
#include "lab/peer_inner.h"

#include <stdlib.h>

/* The banner comes with the first answer to a login request. */
static void show_banner(struct peer *peer)
{
    const char *banner = peer->device->settings.banner;
    if (peer->bannered || !banner) {
        return;
    }
    ssh_string text = ssh_string_from_char(banner);
    if (text) {
        ssh_send_issue_banner(peer->session, text);
        ssh_string_free(text);
    }
    peer->bannered = true;
}

static int judge(struct peer *peer, enum auth_method method, bool right, size_t secret_bytes)
{
    struct device_counts *counts = &peer->device->counts;
    bool in = right && (peer->device->settings.auth & method);
    struct strbuf detail = STRBUF_INIT;
    strbuf_addf(&detail, "%s %s %zu", auth_method_name(method), in ? "ok" : "denied",
                secret_bytes);
    peer_note(peer, "login", strbuf_view(&detail));
    strbuf_release(&detail);
    counts->auth_requests++;
    counts->auth_denied += !in;
    counts->password_bytes += secret_bytes;
    if (in) {
        peer->phase = PEER_OPEN;
    }
    return in ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
}

static bool known_user(const struct peer *peer, const char *user)
{
    const struct platform *p = peer->device->persona->platform;
    struct view name = view_of(user), known = view_of(peer->device->settings.username);
    struct view suffix = view_of(p ? p->username_suffix : NULL);
    if (suffix.len > 0 && view_ends(name, suffix)) {
        name.len -= suffix.len;
    }
    return view_equal(name, known);
}

static int on_none(ssh_session session, const char *user, void *userdata)
{
    struct peer *peer = userdata;
    (void)session;
    show_banner(peer);
    return judge(peer, AUTH_NONE, known_user(peer, user), 0);
}

static int on_password(ssh_session session, const char *user, const char *password,
                       void *userdata)
{
    struct peer *peer = userdata;
    (void)session;
    show_banner(peer);
    return judge(peer, AUTH_PASSWORD,
                 known_user(peer, user) &&
                     strcmp(password, peer->device->settings.password) == 0,
                 strlen(password));
}

static bool authorized(const struct peer *peer, ssh_key offered)
{
    const char *path = peer->device->settings.authorized_key;
    ssh_key known = NULL;
    bool same = false;
    if (!path) {
        return peer->server->keys->user &&
               ssh_key_cmp(peer->server->keys->user, offered, SSH_KEY_CMP_PUBLIC) == 0;
    }
    if (ssh_pki_import_pubkey_file(path, &known) == SSH_OK) {
        same = ssh_key_cmp(known, offered, SSH_KEY_CMP_PUBLIC) == 0;
    }
    ssh_key_free(known);
    return same;
}

static int on_publickey(ssh_session session, const char *user, ssh_key key, char state,
                        void *userdata)
{
    struct peer *peer = userdata;
    bool right = known_user(peer, user) && authorized(peer, key);
    (void)session;
    show_banner(peer);
    if (state == SSH_PUBLICKEY_STATE_NONE) {
        /* Only asks whether this key would do. */
        bool would_do = right && (peer->device->settings.auth & AUTH_PUBLICKEY);
        return would_do ? SSH_AUTH_SUCCESS : SSH_AUTH_DENIED;
    }
    return judge(peer, AUTH_PUBLICKEY, right && state == SSH_PUBLICKEY_STATE_VALID, 0);
}

static int on_keyboard(struct peer *peer, ssh_message message)
{
    static const char *prompts[] = {"Password: "};
    char echo[] = {0};
    show_banner(peer);
    if (!(peer->device->settings.auth & AUTH_KEYBOARD)) {
        return 1;
    }
    if (!ssh_message_auth_kbdint_is_response(message)) {
        ssh_message_auth_interactive_request(message, "", "", 1, prompts, echo);
        return 0;
    }
    const char *answer = ssh_userauth_kbdint_getnanswers(peer->session) == 1
                             ? ssh_userauth_kbdint_getanswer(peer->session, 0)
                             : NULL;
    bool right = answer && strcmp(answer, peer->device->settings.password) == 0;
    if (judge(peer, AUTH_KEYBOARD, right, answer ? strlen(answer) : 0) != SSH_AUTH_SUCCESS) {
        return 1;
    }
    ssh_message_auth_reply_success(message, 0);
    return 0;
}

/* What a silent device leaves without an answer: 0 gives libssh none, and there is no other
 * way. */
static bool stays_silent(const struct peer *peer, ssh_message message)
{
    enum silence silent = peer->device->settings.silent;
    int type = ssh_message_type(message);
    return (silent == SILENT_AUTH && type == SSH_REQUEST_AUTH) ||
           (silent == SILENT_CHANNEL && type == SSH_REQUEST_CHANNEL_OPEN);
}

/* What has no callback of its own. 1 asks libssh for its default answer: a service may begin,
 * anything else may not. */
static int on_message(ssh_session session, ssh_message message, void *userdata)
{
    (void)session;
    if (stays_silent(userdata, message)) {
        return 0;
    }
    if (ssh_message_type(message) == SSH_REQUEST_AUTH &&
        ssh_message_subtype(message) == SSH_AUTH_METHOD_INTERACTIVE) {
        return on_keyboard(userdata, message);
    }
    return 1;
}

static ssh_channel on_channel(ssh_session session, void *userdata)
{
    (void)session;
    return channel_open(userdata);
}

static int offered_methods(unsigned auth)
{
    return (auth & AUTH_NONE ? SSH_AUTH_METHOD_NONE : 0) |
           (auth & AUTH_PASSWORD ? SSH_AUTH_METHOD_PASSWORD : 0) |
           (auth & AUTH_KEYBOARD ? SSH_AUTH_METHOD_INTERACTIVE : 0) |
           (auth & AUTH_PUBLICKEY ? SSH_AUTH_METHOD_PUBLICKEY : 0);
}

void peer_offer_login(struct peer *peer)
{
    peer->callbacks = (struct ssh_server_callbacks_struct){
        .size = sizeof(peer->callbacks),
        .userdata = peer,
        .auth_none_function = on_none,
        .auth_password_function = on_password,
        .auth_pubkey_function = on_publickey,
        .channel_open_request_session_function = on_channel,
    };
    if (peer->device->settings.silent == SILENT_AUTH) {
        peer->callbacks.auth_none_function = NULL;
        peer->callbacks.auth_password_function = NULL;
        peer->callbacks.auth_pubkey_function = NULL;
    }
    if (peer->device->settings.silent == SILENT_CHANNEL) {
        peer->callbacks.channel_open_request_session_function = NULL;
    }
    ssh_set_server_callbacks(peer->session, &peer->callbacks);
    ssh_set_message_callback(peer->session, on_message, peer);
    ssh_set_auth_methods(peer->session, offered_methods(peer->device->settings.auth));
}
