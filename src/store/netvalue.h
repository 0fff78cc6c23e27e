/*
 * The values of the network (versions, addresses, MACs, interface names) in the order and the
 * spelling that people expect of them. Pure functions over text; the query functions of the
 * same names are thin callers.
 *
 * Keys are text that sorts with memcmp as the values should sort.
 */
#ifndef STORE_NETVALUE_H
#define STORE_NETVALUE_H

#include "base/strbuf.h"
#include "base/view.h"

/*
 * < 0, 0, > 0 as version a is older than, equal to or newer than b. Numbers compare as numbers,
 * letters without case, punctuation only parts them: 15.2(4)E7 < 15.2(4)E10 < 15.2(7)E3,
 * 21.4R3 < 21.4R3-S1, 1.0rc1 < 1.0 (rc, alpha, beta, dev, pre and ~ come before the release).
 * Works on text of any length without allocating.
 */
int version_compare(struct view a, struct view b);

/* Gi1/0/2 before Gi1/0/10, and beside GigabitEthernet1/0/2: abbreviations are written out. */
void interface_sort_key(struct strbuf *out, struct view name);

/* An IPv4 or IPv6 address or prefix; false (nothing added) when it is neither. Addresses of one
 * family sort by number, then by prefix length; IPv4 comes before IPv6. */
bool ip_sort_key(struct strbuf *out, struct view text);

/* Whether the address or prefix lies in net ("10.0.0.0/8"): 1, 0, or -1 when either is no
 * address, or net has host bits that make no sense of a length. */
int cidr_contains(struct view net, struct view ip);

/* aabb.ccdd.eeff, AA-BB-CC-DD-EE-FF, aabbcc-ddeeff ... as aa:bb:cc:dd:ee:ff; false (nothing
 * added) when it has not exactly twelve hexadecimal digits. */
bool mac_spell(struct strbuf *out, struct view text);

#endif
