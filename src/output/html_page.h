/*
 * The parts of an HTML page that never change. The page runs one script and uses one style,
 * both named by hash in its policy, so that nothing a device said can ever run, whatever else
 * goes wrong. A test computes the hashes anew.
 */
#ifndef OUTPUT_HTML_PAGE_H
#define OUTPUT_HTML_PAGE_H

extern const char html_style[], html_style_hash[];
extern const char html_script[], html_script_hash[];

#endif
