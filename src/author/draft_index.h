/*
 * The index row that finds a new template.
 */
#ifndef AUTHOR_DRAFT_INDEX_H
#define AUTHOR_DRAFT_INDEX_H

#include "base/err.h"
#include "base/strbuf.h"

struct draft_entry {
    const char *path;          /* of the index, for messages */
    const char *template_file; /* beside the index: "acme_os/show_fans.textfsm" */
    const char *platform, *command;
};

/* Appends the index in `old` (empty: none yet) to out, with a row for the entry where no
 * earlier row wins: at the end, or in front of the one that does. Returns the row's line, 0
 * when the template is found already, or ERR_INPUT. */
int draft_index(struct strbuf *out, struct view old, const struct draft_entry *entry,
                struct err *err);

/* "show ip-arp" -> "show_ip_arp", as a template's name. */
void draft_template_name(struct strbuf *out, struct view command);

#endif
