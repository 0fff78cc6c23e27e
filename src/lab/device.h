/*
 * One simulated device: its place in the fleet, what it is like, and what it has counted. The
 * counters tell tests what a client did: how many connections, whether anything secret was sent
 * before the host key was accepted, what was typed.
 */
#ifndef LAB_DEVICE_H
#define LAB_DEVICE_H

#include "base/strbuf.h"
#include "lab/persona.h"
#include "lab/settings.h"

#define DEVICE_ADDRESS_SIZE 46 /* INET6_ADDRSTRLEN */

struct device_counts {
    unsigned long connections;
    unsigned long refused; /* beyond max_sessions */
    unsigned long auth_requests;
    unsigned long auth_denied;
    unsigned long password_bytes; /* of all passwords and answers at login */
    unsigned long channels;
    unsigned long commands;
    unsigned long pager_keys;
    unsigned long bytes_out; /* of channels */
};

struct device {
    size_t number;    /* in the fleet, from 0 */
    size_t ordinal;   /* among those of its platform, from 0 */
    const char *name; /* in the inventory; also its hostname */
    const struct persona *persona;
    struct settings settings;
    char address[DEVICE_ADDRESS_SIZE];
    int port;
    size_t serial; /* what its serial numbers are made of */
    int live;      /* connections now */
    struct device_counts counts;
};

/* What the placeholders about a command stand for; {0} when there is none. */
struct saying {
    struct view command;
    size_t bad;    /* offset in it of the first word not understood */
    size_t token;  /* that word's number, from 0 */
    size_t column; /* where the command begins on the terminal */
    size_t count;  /* commands so far */
};

/* Appends a text of the settings with its {placeholders} filled in. */
void device_say(const struct device *device, const char *text, const struct saying *saying,
                struct strbuf *out);

#endif
