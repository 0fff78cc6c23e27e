/*
 * Exact algorithms for a host, each list in the way of ssh_config(5): "a,b" instead of the
 * usual ones, "+a" added behind them, "-a*" without those, "^a" in front; `*` and `?` stand for
 * names that we know. NULL = the usual ones.
 */
#ifndef SESSION_ALGORITHMS_H
#define SESSION_ALGORITHMS_H

struct algorithms {
    const char *kex, *hostkeys, *pubkeys, *ciphers, *macs;
};

#endif
