/*
 * The parts of the HTML report that never change. As in output/html_page.h the page runs one
 * script and uses one style, both named by hash in its policy; a test computes the hashes anew.
 */
#ifndef AUDIT_REPORT_PAGE_H
#define AUDIT_REPORT_PAGE_H

extern const char report_style[], report_style_hash[];
extern const char report_script[], report_script_hash[];

#endif
