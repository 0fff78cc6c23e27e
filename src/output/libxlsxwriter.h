/*
 * libxlsxwriter, loaded when the first XLSX file is made (base/lazy.h). Its functions are
 * called by their own names; one that is missing in the list or among the definitions does not
 * link.
 */
#ifndef OUTPUT_LIBXLSXWRITER_H
#define OUTPUT_LIBXLSXWRITER_H

#include "base/lazy.h"

#include <xlsxwriter.h>

#define LIBXLSXWRITER_FUNCTIONS(F)                                                             \
    F(lxw_strerror)                                                                            \
    F(lxw_workbook_free)                                                                       \
    F(format_set_bg_color)                                                                     \
    F(format_set_bold)                                                                         \
    F(format_set_font_color)                                                                   \
    F(workbook_add_format)                                                                     \
    F(workbook_add_worksheet)                                                                  \
    F(workbook_close)                                                                          \
    F(workbook_new_opt)                                                                        \
    F(worksheet_autofilter)                                                                    \
    F(worksheet_freeze_panes)                                                                  \
    F(worksheet_ignore_errors)                                                                 \
    F(worksheet_set_column)                                                                    \
    F(worksheet_write_number)                                                                  \
    F(worksheet_write_string)

struct libxlsxwriter {
    LIBXLSXWRITER_FUNCTIONS(LAZY_POINTER)
};

extern struct libxlsxwriter libxlsxwriter;

/* Before any function of libxlsxwriter is called. */
int libxlsxwriter_load(struct err *err);

#define lxw_strerror            libxlsxwriter.lxw_strerror
#define lxw_workbook_free       libxlsxwriter.lxw_workbook_free
#define format_set_bg_color     libxlsxwriter.format_set_bg_color
#define format_set_bold         libxlsxwriter.format_set_bold
#define format_set_font_color   libxlsxwriter.format_set_font_color
#define workbook_add_format     libxlsxwriter.workbook_add_format
#define workbook_add_worksheet  libxlsxwriter.workbook_add_worksheet
#define workbook_close          libxlsxwriter.workbook_close
#define workbook_new_opt        libxlsxwriter.workbook_new_opt
#define worksheet_autofilter    libxlsxwriter.worksheet_autofilter
#define worksheet_freeze_panes  libxlsxwriter.worksheet_freeze_panes
#define worksheet_ignore_errors libxlsxwriter.worksheet_ignore_errors
#define worksheet_set_column    libxlsxwriter.worksheet_set_column
#define worksheet_write_number  libxlsxwriter.worksheet_write_number
#define worksheet_write_string  libxlsxwriter.worksheet_write_string

#endif
