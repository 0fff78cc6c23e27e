/* The lab's own ceilings, beside base/limits.h. */
#ifndef LAB_LIMITS_LAB_H
#define LAB_LIMITS_LAB_H

#include "base/limits.h"

#define LAB_LINE_BYTES    KIB(8)  /* one typed line */
#define LAB_TYPED_BYTES   KIB(64) /* typed ahead while the device is busy; more is lost */
#define LAB_PRINTED_BYTES KIB(64) /* printed and not taken by the client: printing pauses */
#define LAB_WRITE_BYTES   KIB(16) /* one write: small enough never to block, see peer.c */
#define LAB_LOG_BYTES     KIB(64) /* of the log, before it is written in mid-turn */
#define LAB_CHANNELS      10      /* on one connection */
#define LAB_DEVICES       100000

#endif
