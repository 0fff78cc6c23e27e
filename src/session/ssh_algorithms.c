#include "session/ssh_algorithms.h"

#include "base/strbuf.h"

struct offer {
    enum ssh_options_e option;
    const char *name;   /* for people */
    const char *method; /* libssh's name of it in its error message */
    const char *modern;
    const char *legacy; /* added */
};

#define CIPHERS     "aes256-gcm@openssh.com,aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr"
#define OLD_CIPHERS ",chacha20-poly1305@openssh.com,aes256-cbc,aes192-cbc,aes128-cbc,3des-cbc"
#define MACS                                                                                   \
    "hmac-sha2-256,hmac-sha2-512,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com"
#define OLD_MACS ",hmac-sha1,hmac-sha1-etm@openssh.com"

static const struct offer offers[] = {
    {SSH_OPTIONS_KEY_EXCHANGE, "key exchange", "kex algos",
     "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
     "ecdh-sha2-nistp521,diffie-hellman-group14-sha256,diffie-hellman-group-exchange-sha256,"
     "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512",
     ",diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1,"
     "diffie-hellman-group1-sha1"},
    {SSH_OPTIONS_HOSTKEYS, "host key type", "server host key algo",
     "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,"
     "rsa-sha2-256",
     ",ssh-rsa"},
    {SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, "user key type", NULL,
     "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
     "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
     "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,"
     "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256",
     ",ssh-rsa"},
    {SSH_OPTIONS_CIPHERS_C_S, "cipher", "encryption client->server", CIPHERS, OLD_CIPHERS},
    {SSH_OPTIONS_CIPHERS_S_C, "cipher", "encryption server->client", CIPHERS, OLD_CIPHERS},
    {SSH_OPTIONS_HMAC_C_S, "MAC", "mac algo client->server", MACS, OLD_MACS},
    {SSH_OPTIONS_HMAC_S_C, "MAC", "mac algo server->client", MACS, OLD_MACS},
};

#define OFFERS (sizeof(offers) / sizeof(offers[0]))

/* Lists of names, by comma. */

static struct view take(struct view *list)
{
    const char *comma = list->len ? memchr(list->ptr, ',', list->len) : NULL;
    size_t len = comma ? (size_t)(comma - list->ptr) : list->len;
    struct view name = view_slice(*list, 0, len);
    *list = view_slice(*list, len + 1, list->len);
    return name;
}

static bool has(struct view list, struct view name)
{
    while (list.len) {
        if (view_equal(take(&list), name)) {
            return true;
        }
    }
    return false;
}

static void add(struct strbuf *out, struct view name)
{
    if (name.len && !has(strbuf_view(out), name)) {
        if (out->len) {
            strbuf_addch(out, ',');
        }
        strbuf_addview(out, name);
    }
}

/* The types known for a host come first; an RSA key signs in three ways. */
static void add_known(struct strbuf *out, struct view known, struct view offered)
{
    while (known.len) {
        struct view type = take(&known);
        if (view_equal_str(type, "ssh-rsa")) {
            add(out, VIEW("rsa-sha2-512"));
            add(out, VIEW("rsa-sha2-256"));
        }
        if (has(offered, type)) {
            add(out, type);
        }
    }
}

static int set_offer(ssh_session session, const struct offer *offer, bool legacy,
                     const char *known, struct err *err)
{
    struct strbuf all = STRBUF_INIT, list = STRBUF_INIT;
    int rc = 0;
    strbuf_addf(&all, "%s%s", offer->modern, legacy ? offer->legacy : "");
    if (offer->option == SSH_OPTIONS_HOSTKEYS) {
        add_known(&list, view_of(known), strbuf_view(&all));
    }
    struct view rest = strbuf_view(&all);
    while (rest.len) {
        add(&list, take(&rest));
    }
    if (strbuf_failed(&all) || strbuf_failed(&list)) {
        rc = err_nomem(err);
    } else if (ssh_options_set(session, offer->option, list.buf) != SSH_OK) {
        rc = err_set(err, ERR_HOST, "%s: %s", offer->name, ssh_get_error(session));
    }
    strbuf_release(&all);
    strbuf_release(&list);
    return rc;
}

int algorithms_offer(ssh_session session, bool legacy, const char *known, struct err *err)
{
    for (size_t i = 0; i < OFFERS; i++) {
        if (set_offer(session, &offers[i], legacy, known, err) < 0) {
            return ERR_HOST;
        }
    }
    return 0;
}

/* The words of libssh 0.10: "kex error : no match for method NAME: server [A,B], client [C]".
 */

static struct view bracketed(const char *text, const char *label)
{
    const char *start = strstr(text, label);
    if (!start) {
        return VIEW_NONE;
    }
    start += strlen(label);
    return view_make(start, strcspn(start, "]")); /* a long message is cut before the bracket */
}

static const struct offer *offer_named(const char *text)
{
    static const char label[] = "no match for method ";
    const char *method = strstr(text, label);
    for (size_t i = 0; method && i < OFFERS; i++) {
        const char *name = offers[i].method;
        if (name && strncmp(method + sizeof(label) - 1, name, strlen(name)) == 0) {
            return &offers[i];
        }
    }
    return NULL;
}

static bool legacy_would_do(const struct offer *offer, struct view server)
{
    while (server.len) {
        if (has(view_of(offer->legacy), take(&server))) {
            return true;
        }
    }
    return false;
}

bool algorithms_explain(const char *text, bool legacy, struct err *err)
{
    const struct offer *offer = offer_named(text);
    if (!offer) {
        return false;
    }
    struct view server = bracketed(text, "server [");
    const char *advice = "";
    if (!legacy && legacy_would_do(offer, server)) {
        advice = "; `legacy: true` for this host adds what it needs";
    } else if (legacy) {
        advice = ", not even with legacy algorithms";
    }
    err_set(err, ERR_HOST, "no common %s: the device has only %.*s%s", offer->name,
            VIEW_ARG(view_slice(server, 0, 400)), advice);
    return true;
}
