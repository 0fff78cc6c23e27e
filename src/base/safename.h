/*
 * File names from names that others chose (templates, hosts, commands): one path part that is
 * portable, visible and the same for the same name, and different for different names but for
 * letter case (whoever makes several compares them with safename_same).
 *
 * [A-Za-z0-9._-] stay, every other byte becomes %XX, a leading dot becomes %2E; "." and ".."
 * thus cannot come out. The names that Windows reserves (CON, NUL, COM1 ...) get their first
 * letter written as %XX. What is longer than LIMIT_FILE_NAME is cut and ends in '~' and a hash
 * of the whole.
 */
#ifndef BASE_SAFENAME_H
#define BASE_SAFENAME_H

#include "base/strbuf.h"
#include "base/view.h"

/* Appends name made safe, at most LIMIT_FILE_NAME bytes. An empty name becomes "%". */
void safename_add(struct strbuf *out, struct view name);

/* Whether two safe names would be one file on a file system that ignores case. */
bool safename_same(struct view a, struct view b);

#endif
