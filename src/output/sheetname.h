/*
 * Names of worksheets: what a spreadsheet takes. At most 31 characters (UTF-16 units), none of
 * []:*?/\, no apostrophe at either end, not "History", not empty, and no two the same whatever
 * their letters' case.
 */
#ifndef OUTPUT_SHEETNAME_H
#define OUTPUT_SHEETNAME_H

#include "base/strbuf.h"
#include "base/view.h"

#define SHEETNAME_UNITS 31

/* Names given so far, each followed by NUL. */
struct sheetnames {
    struct strbuf taken;
};

void sheetnames_init(struct sheetnames *names);
void sheetnames_release(struct sheetnames *names);

/* Replaces out's contents by wanted made legal and unique ("show_version", "show_version (2)"),
 * and takes it. */
void sheetnames_take(struct sheetnames *names, struct view wanted, struct strbuf *out);

#endif
