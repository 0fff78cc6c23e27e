/* Every format that there is: each is defined in the file of its name. */
#ifndef OUTPUT_FORMATS_H
#define OUTPUT_FORMATS_H

#include "output/writer.h"

extern const struct format format_csv;
extern const struct format format_json;
extern const struct format format_ndjson;
extern const struct format format_table;
extern const struct format format_text;
extern const struct format format_markdown;
extern const struct format format_html;
extern const struct format format_xlsx;

#endif
