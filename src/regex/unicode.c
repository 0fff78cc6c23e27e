#include "regex/unicode.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Python's identifiers are XID_Start (or _) and then XID_Continue; PCRE2 has these properties.
 */
bool unicode_identifier(struct view name)
{
    static const char pattern[] = "^[_\\p{XIDS}]\\p{XIDC}*\\z";
    bool found = false;
    int error;
    PCRE2_SIZE offset;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, sizeof(pattern) - 1, PCRE2_UTF,
                                     &error, &offset, NULL);
    pcre2_match_data *data = code ? pcre2_match_data_create(1, NULL) : NULL;
    if (data) {
        found = pcre2_match(code, (PCRE2_SPTR)name.ptr, name.len, 0, 0, data, NULL) > 0;
    }
    pcre2_match_data_free(data);
    pcre2_code_free(code);
    return found;
}
