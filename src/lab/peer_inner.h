/* What the parts of a peer share: peer.c drives the session, login.c answers its login
 * requests, channel.c its channels. */
#ifndef LAB_PEER_INNER_H
#define LAB_PEER_INNER_H

#include "lab/peer.h"
#include "lab/shell.h"

#include <libssh/callbacks.h>

enum peer_phase {
    PEER_KEX,
    PEER_LOGIN,
    PEER_OPEN,
};

struct channel {
    struct peer *peer;
    ssh_channel ssh;
    struct ssh_channel_callbacks_struct callbacks;
    struct shell *shell;
    int width;
    bool pty, interactive;
    bool ended;  /* by us */
    bool closed; /* by the client */
    struct channel *next;
};

struct peer {
    struct watch watch;
    struct timer timer;
    struct server *server;
    struct device *device;
    unsigned long number;
    ssh_session session;
    struct ssh_server_callbacks_struct callbacks;
    struct channel *channels;
    enum peer_phase phase;
    bool bannered; /* the banner before the login was sent */
    bool leaving;  /* disconnects as soon as all was written */
    bool dropped;  /* breaks the connection as soon as all was written */
    bool deferred; /* looks at what the client sent only at read_at */
    ms_t read_at;
    struct peer *prev, *next;
};

void peer_note(struct peer *peer, const char *event, struct view detail);
bool peer_must_write(const struct peer *peer);

/* login.c: makes the session answer login requests as the device's settings have it. */
void peer_offer_login(struct peer *peer);

/* channel.c */
ssh_channel channel_open(struct peer *peer);
/* Writes what the shells print, closes what is done; when the next shell wants to wake. */
ms_t channels_pump(struct peer *peer);
void channels_free(struct peer *peer);

#endif
