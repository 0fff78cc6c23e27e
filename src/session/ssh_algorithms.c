#include "session/ssh_algorithms.h"

#include "base/glob.h"
#include "base/strbuf.h"
#include "session/gcm_tag.h"

#include <stdint.h>
#include <sys/socket.h>

struct offer {
    enum ssh_options_e option;
    const char *name; /* for people */
    int place;        /* of its list in a KEXINIT packet, -1 = none */
    const char *modern;
    const char *legacy; /* added */
};

/* GCM costs a third less than CTR with its MAC; it comes first where its tag is looked at for
 * certain (gcm_tag.h). */
#define GCM         "aes256-gcm@openssh.com,aes128-gcm@openssh.com,"
#define CIPHERS     "aes256-ctr,aes192-ctr,aes128-ctr,aes256-gcm@openssh.com,aes128-gcm@openssh.com"
#define OLD_CIPHERS ",chacha20-poly1305@openssh.com,aes256-cbc,aes192-cbc,aes128-cbc,3des-cbc"
#define MACS                                                                                   \
    "hmac-sha2-256,hmac-sha2-512,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com"
#define OLD_MACS ",hmac-sha1,hmac-sha1-etm@openssh.com"

static const struct offer offers[] = {
    {SSH_OPTIONS_KEY_EXCHANGE, "key exchange", 0,
     "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,"
     "ecdh-sha2-nistp521,diffie-hellman-group14-sha256,diffie-hellman-group-exchange-sha256,"
     "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512",
     ",diffie-hellman-group14-sha1,diffie-hellman-group-exchange-sha1,"
     "diffie-hellman-group1-sha1"},
    {SSH_OPTIONS_HOSTKEYS, "host key type", 1,
     "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,"
     "rsa-sha2-256",
     ",ssh-rsa"},
    {SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES, "user key type", -1,
     "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
     "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
     "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,ssh-ed25519,"
     "ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256",
     ",ssh-rsa"},
    {SSH_OPTIONS_CIPHERS_C_S, "cipher", 2, CIPHERS, OLD_CIPHERS},
    {SSH_OPTIONS_CIPHERS_S_C, "cipher", 3, CIPHERS, OLD_CIPHERS},
    {SSH_OPTIONS_HMAC_C_S, "MAC", 4, MACS, OLD_MACS},
    {SSH_OPTIONS_HMAC_S_C, "MAC", 5, MACS, OLD_MACS},
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

/* The host's own list for an offer, in the way of ssh_config. */
static const char *own_list(const struct algorithms *own, enum ssh_options_e option)
{
    switch (own ? option : SSH_OPTIONS_HOST) {
    case SSH_OPTIONS_KEY_EXCHANGE:
        return own->kex;
    case SSH_OPTIONS_HOSTKEYS:
        return own->hostkeys;
    case SSH_OPTIONS_PUBLICKEY_ACCEPTED_TYPES:
        return own->pubkeys;
    case SSH_OPTIONS_CIPHERS_C_S:
    case SSH_OPTIONS_CIPHERS_S_C:
        return own->ciphers;
    case SSH_OPTIONS_HMAC_C_S:
    case SSH_OPTIONS_HMAC_S_C:
        return own->macs;
    default:
        return NULL;
    }
}

static bool fits_one(struct view patterns, struct view name)
{
    while (patterns.len) {
        if (glob_fits(take(&patterns), name)) {
            return true;
        }
    }
    return false;
}

static void add_all(struct strbuf *out, struct view list)
{
    while (list.len) {
        add(out, take(&list));
    }
}

static void add_without(struct strbuf *out, struct view list, struct view patterns)
{
    while (list.len) {
        struct view name = take(&list);
        if (!fits_one(patterns, name)) {
            add(out, name);
        }
    }
}

/* Names as they are; a pattern stands for those of the usual ones that it fits. */
static void add_named(struct strbuf *out, struct view names, struct view usual)
{
    while (names.len) {
        struct view name = take(&names), rest = usual;
        if (!memchr(name.ptr, '*', name.len) && !memchr(name.ptr, '?', name.len)) {
            add(out, name);
            continue;
        }
        while (rest.len) {
            struct view one = take(&rest);
            if (glob_fits(name, one)) {
                add(out, one);
            }
        }
    }
}

/* The usual list as the host's own one changes it. */
static void lay_over(struct strbuf *out, const char *own, struct view usual, struct view all)
{
    struct view names = view_of(own + (*own && strchr("+-^", *own)));
    switch (*own) {
    case '+':
        add_all(out, usual);
        add_named(out, names, all);
        break;
    case '-':
        add_without(out, usual, names);
        break;
    case '^':
        add_named(out, names, all);
        add_all(out, usual);
        break;
    default:
        add_named(out, names, all);
    }
}

/* The list for one offer, without the known host keys' say. */
static bool make_list(struct strbuf *out, const struct offer *offer, bool legacy,
                      const char *own)
{
    struct strbuf usual = STRBUF_INIT, all = STRBUF_INIT;
    bool cipher = offer->place == 2 || offer->place == 3;
    const char *first = cipher && gcm_tag_guarded() ? GCM : "";
    strbuf_addf(&usual, "%s%s%s", first, offer->modern, legacy ? offer->legacy : "");
    strbuf_addf(&all, "%s%s%s", first, offer->modern, offer->legacy);
    lay_over(out, own ? own : "+", strbuf_view(&usual), strbuf_view(&all));
    bool ok = !strbuf_failed(&usual) && !strbuf_failed(&all) && !strbuf_failed(out);
    strbuf_release(&usual);
    strbuf_release(&all);
    return ok;
}

static int set_offer(ssh_session session, const struct offer *offer, bool legacy,
                     const struct algorithms *algorithms, const char *known, struct err *err)
{
    struct strbuf all = STRBUF_INIT, list = STRBUF_INIT;
    bool made = make_list(&all, offer, legacy, own_list(algorithms, offer->option));
    int rc = 0;
    if (offer->option == SSH_OPTIONS_HOSTKEYS) {
        add_known(&list, view_of(known), strbuf_view(&all));
    }
    add_all(&list, strbuf_view(&all));
    if (!made || strbuf_failed(&list)) {
        rc = err_nomem(err);
    } else if (ssh_options_set(session, offer->option, list.buf) != SSH_OK) {
        rc = err_set(err, ERR_HOST, "%s: %s", offer->name, ssh_get_error(session));
    }
    strbuf_release(&all);
    strbuf_release(&list);
    return rc;
}

int algorithms_offer(ssh_session session, bool legacy, const struct algorithms *own,
                     const char *known, struct err *err)
{
    for (size_t i = 0; i < OFFERS; i++) {
        if (set_offer(session, &offers[i], legacy, own, known, err) < 0) {
            return ERR_HOST;
        }
    }
    return 0;
}

/* The device's KEXINIT (RFC 4253, 7.1): length, padding, type 20, 16 random bytes, name-lists.
 */

#define KEXINIT   20
#define TO_LISTS  22
#define PEEK_SIZE 4096 /* what libssh reads at once */

static uint32_t number_at(struct view v, size_t at)
{
    const unsigned char *p = (const unsigned char *)v.ptr + at;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* What follows the line that begins with SSH-. */
static struct view after_greeting(struct view v)
{
    bool found = false;
    while (v.len && !found) {
        const char *end = memchr(v.ptr, '\n', v.len);
        found = view_starts(v, VIEW("SSH-"));
        v = end ? view_slice(v, (size_t)(end - v.ptr) + 1, v.len) : VIEW_NONE;
    }
    return v;
}

void algorithms_peek(int fd, bool greeted, struct strbuf *lists)
{
    char buf[PEEK_SIZE];
    ssize_t n = recv(fd, buf, sizeof(buf), MSG_PEEK | MSG_DONTWAIT);
    struct view v = view_make(buf, n > 0 ? (size_t)n : 0);
    if (!greeted) {
        v = after_greeting(v);
    }
    if (v.len > TO_LISTS && v.ptr[5] == KEXINIT && number_at(v, 0) < PEEK_SIZE) {
        strbuf_reset(lists);
        strbuf_addview(lists, view_slice(v, TO_LISTS, v.len));
    }
}

static struct view list_at(struct view lists, int place)
{
    for (int i = 0; lists.len >= 4; i++) {
        uint32_t len = number_at(lists, 0);
        if (len > lists.len - 4) {
            break;
        }
        if (i == place) {
            return view_slice(lists, 4, 4 + (size_t)len);
        }
        lists = view_slice(lists, 4 + (size_t)len, lists.len);
    }
    return VIEW_NONE;
}

/* The same out of libssh's words, for when the list, or its end, came in behind our back. */
static struct view list_told(const char *words, int place)
{
    static const char *const methods[] = {"kex algos",
                                          "server host key algo",
                                          "encryption client->server",
                                          "encryption server->client",
                                          "mac algo client->server",
                                          "mac algo server->client"};
    static const char before[] = ": server [";
    size_t known = sizeof(methods) / sizeof(methods[0]);
    const char *at = place >= 0 && (size_t)place < known ? strstr(words, methods[place]) : NULL;
    at = at ? at + strlen(methods[place]) : NULL;
    if (!at || strncmp(at, before, sizeof(before) - 1) != 0) {
        return VIEW_NONE;
    }
    at += sizeof(before) - 1;
    return view_make(at, strcspn(at, "]"));
}

static bool in_common(const char *ours, struct view theirs)
{
    while (theirs.len) {
        if (has(view_of(ours), take(&theirs))) {
            return true;
        }
    }
    return false;
}

/* An empty list is one that was not seen. */
static bool missing(const struct offer *offer, struct view theirs, bool legacy, const char *own)
{
    struct strbuf ours = STRBUF_INIT;
    bool made = make_list(&ours, offer, legacy, own);
    bool is = made && theirs.len && !in_common(ours.buf, theirs);
    strbuf_release(&ours);
    return is;
}

static const char *remedy(const struct offer *offer, struct view theirs, const char *own)
{
    bool modern = in_common(offer->modern, theirs), old = in_common(offer->legacy, theirs);
    if (own && (modern || old)) {
        return "; the exact list that the inventory or the ssh configuration sets for this "
               "host "
               "leaves that out";
    }
    return old ? "; `legacy: true` for this host adds what it needs"
               : ", which is not supported";
}

bool algorithms_explain(const struct strbuf *lists, const char *words, bool legacy,
                        const struct algorithms *own, struct err *err)
{
    for (size_t i = 0; i < OFFERS; i++) {
        struct view theirs = list_at(strbuf_view(lists), offers[i].place);
        theirs = theirs.len ? theirs : list_told(words, offers[i].place);
        const char *list = own_list(own, offers[i].option);
        if (missing(&offers[i], theirs, legacy, list)) {
            err_set(err, ERR_HOST, "no common %s: the device has only %.*s%s", offers[i].name,
                    VIEW_ARG(view_slice(theirs, 0, 400)), remedy(&offers[i], theirs, list));
            return true;
        }
    }
    return false;
}
