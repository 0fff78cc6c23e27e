#include "session/ssh.h"

#include "session/agent.h"
#include "session/ssh_algorithms.h"
#include "session/ssh_private.h"

#include <stdlib.h>
#include <unistd.h>

/* Setting up. */

static int set_option(ssh_session session, enum ssh_options_e option, const void *value,
                      const char *what, struct err *err)
{
    if (ssh_options_set(session, option, value) != SSH_OK) {
        return err_set(err, ERR_HOST, "%s is not acceptable: %s", what, ssh_get_error(session));
    }
    return 0;
}

/* No file of the user's or the system's is read by libssh: what it should know is told here.
 * The user's name goes with each request instead: as an option libssh takes none that a shell
 * would heed (DOMAIN\user), since it might start a ProxyCommand with it; here it never does.
 */
static int set_options(struct connection *c, int fd, struct err *err)
{
    ssh_session s = c->session;
    bool off = false;
    if (set_option(s, SSH_OPTIONS_PROCESS_CONFIG, &off, "no configuration", err) < 0 ||
        set_option(s, SSH_OPTIONS_SSH_DIR, "/dev", "the folder", err) < 0 ||
        set_option(s, SSH_OPTIONS_KNOWNHOSTS, "/dev/null", "known_hosts", err) < 0 ||
        set_option(s, SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null", "known_hosts", err) < 0 ||
        set_option(s, SSH_OPTIONS_HOST, "device", "the host", err) < 0 ||
        set_option(s, SSH_OPTIONS_COMPRESSION, "no", "no compression", err) < 0 ||
        set_option(s, SSH_OPTIONS_USER, "nobody", "the user name", err) < 0 ||
        set_option(s, SSH_OPTIONS_FD, &fd, "the socket", err) < 0) {
        return ERR_HOST;
    }
    int bits =
        c->options.rsa_bits < 768 ? 768 : c->options.rsa_bits; /* less it does not take */
    if (c->options.rsa_bits &&
        set_option(s, SSH_OPTIONS_RSA_MIN_SIZE, &bits, "the size of RSA keys", err) < 0) {
        return ERR_HOST;
    }
    struct strbuf types = STRBUF_INIT;
    hostkeys_types(c->options.trust, &c->options.peer, &types);
    int rc = strbuf_failed(&types) ? err_nomem(err)
                                   : algorithms_offer(s, c->options.legacy,
                                                      c->options.algorithms, types.buf, err);
    strbuf_release(&types);
    return rc;
}

/* What a server asks of a client, a channel back to it above all (the agent's, X11's, a
 * forwarded port's), is refused: 1 means libssh's own answer, which is no. Without this it
 * would keep the questions, and the server would wait. */
static int refuse_message(ssh_session session, ssh_message message, void *user)
{
    (void)session, (void)message, (void)user;
    return 1;
}

int connection_new(struct connection **out, int fd, const struct connection_options *options,
                   struct err *err)
{
    struct connection *c = NULL;
    int rc = libssh_load(err);
    if (rc < 0) {
        goto fail;
    }
    c = calloc(1, sizeof(*c));
    if (!c || !(c->session = ssh_new())) {
        rc = err_nomem(err);
        goto fail;
    }
    c->options = *options;
    c->fd = fd;
    strbuf_init(&c->lists);
    c->doing = "the connection's set-up";
    ssh_set_blocking(c->session, 0);
    ssh_set_message_callback(c->session, refuse_message, NULL);
    rc = set_options(c, fd, err);
    if (rc < 0) {
        goto fail;
    }
    *out = c;
    return 0;
fail:
    if (c) {
        ssh_free(c->session);
    }
    free(c);
    close(fd);
    return rc;
}

/* libssh closes the socket itself when it fails, and leaves it open when all went well. It
 * knows of the socket only once ssh_connect was called. */
void connection_free(struct connection *c)
{
    if (!c) {
        return;
    }
    int fd = connection_fd(c);
    ssh_disconnect(c->session);
    if (fd >= 0) {
        close(fd);
    }
    agent_free(c->agent);
    ssh_free(c->session);
    strbuf_release(&c->lists);
    free(c->algorithms);
    free(c->fingerprint);
    free(c);
}

/* What it waits for. */

int connection_fd(const struct connection *c)
{
    return c->begun ? (int)ssh_get_fd(c->session) : c->fd;
}

unsigned connection_events(const struct connection *c)
{
    int flags = ssh_get_poll_flags(c->session);
    return EVENT_READABLE | (flags & SSH_WRITE_PENDING ? EVENT_WRITABLE : 0);
}

enum fault connection_fault(const struct connection *c)
{
    return c->fault;
}

const char *connection_doing(const struct connection *c)
{
    return c->doing;
}

void connection_method(const struct connection *c, struct strbuf *out)
{
    auth_describe(c, out);
}

const char *connection_algorithms(const struct connection *c)
{
    return c->algorithms;
}

const char *connection_banner(const struct connection *c)
{
    const char *banner = ssh_get_serverbanner(c->session);
    const char *dash =
        banner && strncmp(banner, "SSH-", 4) == 0 ? strchr(banner + 4, '-') : NULL;
    return dash ? dash + 1 : banner;
}

void connection_rename(struct connection *c, const char *username)
{
    c->options.username = username;
}

const char *connection_fingerprint(const struct connection *c)
{
    return c->fingerprint;
}

/* Failing. */

static bool was_lost(const char *text)
{
    static const char *const signs[] = {"Socket error", "Connection reset", "Broken pipe",
                                        "error on socket", "Success"};
    for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
        if (strstr(text, signs[i])) {
            return true;
        }
    }
    return *text == '\0';
}

enum step connection_fail(struct connection *c, enum fault fault, struct err *err)
{
    const char *text = ssh_get_error(c->session);
    if (fault == FAULT_PROTOCOL && was_lost(text)) {
        fault = FAULT_LOST;
    }
    c->fault = fault;
    if (algorithms_explain(&c->lists, text, c->options.legacy, c->options.algorithms, err)) {
        c->fault = FAULT_PROTOCOL;
        return STEP_FAILED;
    }
    if (fault == FAULT_LOST) {
        bool closed = *text == '\0' || strstr(text, "disconnected") || strstr(text, "Success");
        err_set(err, ERR_HOST, "the connection was %s during %s", closed ? "closed" : "lost",
                c->doing);
    } else {
        err_set(err, ERR_HOST, "%s failed: %s", c->doing, text);
    }
    return STEP_FAILED;
}

bool connection_lost(struct connection *c, struct err *err)
{
    if (connection_fd(c) >= 0) {
        return false;
    }
    connection_fail(c, FAULT_LOST, err);
    return true;
}

/* The handshake: versions and keys are exchanged, then the host key is judged. */

static char *describe_algorithms(ssh_session session, const char *type)
{
    struct strbuf text = STRBUF_INIT;
    const char *kex = ssh_get_kex_algo(session), *cipher = ssh_get_cipher_out(session);
    strbuf_addf(&text, "%s %s %s", kex ? kex : "?", type, cipher ? cipher : "?");
    return strbuf_detach(&text, NULL);
}

static int judge_key(struct connection *c, ssh_key key, struct err *err)
{
    char *base64 = NULL;
    struct hostkey shown = {.type = ssh_key_type_to_char(ssh_key_type(key))};
    if (ssh_key_type(key) == SSH_KEYTYPE_ECDSA) {
        shown.type = ssh_pki_key_ecdsa_name(key);
    }
    int rc = ERR_HOST;
    char fingerprint[FINGERPRINT_SIZE];
    if (ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK || !base64) {
        err_set(err, ERR_HOST, "the server's host key cannot be read");
        goto out;
    }
    hostkey_fingerprint(base64, fingerprint);
    shown.base64 = base64;
    shown.fingerprint = fingerprint;
    c->fingerprint = strdup(fingerprint);
    c->algorithms = describe_algorithms(c->session, shown.type);
    rc = c->fingerprint && c->algorithms
             ? hostkeys_trust(c->options.trust, &c->options.peer, &shown, err)
             : err_nomem(err);
out:
    ssh_string_free_char(base64);
    return rc;
}

static enum step judge(struct connection *c, struct err *err)
{
    ssh_key key = NULL;
    int rc = ERR_HOST;
    c->doing = "the check of the host key";
    if (ssh_get_server_publickey(c->session, &key) == SSH_OK && key) {
        rc = judge_key(c, key, err);
    } else {
        err_set(err, ERR_HOST, "the server showed no host key");
    }
    ssh_key_free(key);
    if (rc != 0) {
        c->fault = FAULT_HOST_KEY;
        return STEP_FAILED;
    }
    c->trusted = true;
    return STEP_DONE;
}

enum step connection_handshake(struct connection *c, struct err *err)
{
    if (c->trusted) {
        return STEP_DONE;
    }
    bool greeted = ssh_get_serverbanner(c->session) != NULL;
    c->doing = greeted ? "the key exchange" : "the SSH greeting";
    algorithms_peek(connection_fd(c), greeted, &c->lists);
    c->begun = true;
    int rc = ssh_connect(c->session);
    if (rc == SSH_AGAIN) {
        return STEP_WAIT;
    }
    if (rc != SSH_OK) {
        return connection_fail(c, FAULT_PROTOCOL, err);
    }
    strbuf_release(&c->lists);
    return judge(c, err);
}

enum step connection_login(struct connection *c, struct err *err)
{
    if (!c->trusted) {
        c->fault = FAULT_HOST_KEY;
        err_set(err, ERR_HOST, "the host key was not judged yet");
        return STEP_FAILED;
    }
    return auth_step(c, err);
}

const char *ssh_library_version(void)
{
    return libssh_load(NULL) == 0 ? ssh_version(0) : "missing";
}
