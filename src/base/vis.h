/*
 * Terminal-safe text: whatever came from a device, a file or an argument and is about to be shown
 * to a person. Control characters (C0 but the ones allowed, DEL, C1 as bytes or as U+0080..9F),
 * bidirectional overrides and invalid UTF-8 come out as \xNN or \u{NNNN}.
 */
#ifndef BASE_VIS_H
#define BASE_VIS_H

#include "base/strbuf.h"
#include "base/view.h"

enum vis_flags {
    VIS_LINE = 0,   /* one line: \n and \t are escaped too */
    VIS_NEWLINE = 1, /* \n stays */
    VIS_TAB = 2,     /* \t stays */
};

void vis_add(struct strbuf *out, struct view text, unsigned flags);

#endif
