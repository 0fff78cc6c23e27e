#include "regex/parser.h"

#ifdef HAVE_UNISTRING
#include <uniname.h>
#endif

/* What a template is likely to name; libunistring, where it is there, knows all the others. */
static const struct {
    uint16_t c;
    const char *name;
} names[] = {
    {0x20, "SPACE"},
    {0x21, "EXCLAMATION MARK"},
    {0x22, "QUOTATION MARK"},
    {0x23, "NUMBER SIGN"},
    {0x24, "DOLLAR SIGN"},
    {0x25, "PERCENT SIGN"},
    {0x26, "AMPERSAND"},
    {0x27, "APOSTROPHE"},
    {0x28, "LEFT PARENTHESIS"},
    {0x29, "RIGHT PARENTHESIS"},
    {0x2A, "ASTERISK"},
    {0x2B, "PLUS SIGN"},
    {0x2C, "COMMA"},
    {0x2D, "HYPHEN-MINUS"},
    {0x2E, "FULL STOP"},
    {0x2F, "SOLIDUS"},
    {0x30, "DIGIT ZERO"},
    {0x31, "DIGIT ONE"},
    {0x32, "DIGIT TWO"},
    {0x33, "DIGIT THREE"},
    {0x34, "DIGIT FOUR"},
    {0x35, "DIGIT FIVE"},
    {0x36, "DIGIT SIX"},
    {0x37, "DIGIT SEVEN"},
    {0x38, "DIGIT EIGHT"},
    {0x39, "DIGIT NINE"},
    {0x3A, "COLON"},
    {0x3B, "SEMICOLON"},
    {0x3C, "LESS-THAN SIGN"},
    {0x3D, "EQUALS SIGN"},
    {0x3E, "GREATER-THAN SIGN"},
    {0x3F, "QUESTION MARK"},
    {0x40, "COMMERCIAL AT"},
    {0x5B, "LEFT SQUARE BRACKET"},
    {0x5C, "REVERSE SOLIDUS"},
    {0x5D, "RIGHT SQUARE BRACKET"},
    {0x5E, "CIRCUMFLEX ACCENT"},
    {0x5F, "LOW LINE"},
    {0x60, "GRAVE ACCENT"},
    {0x7B, "LEFT CURLY BRACKET"},
    {0x7C, "VERTICAL LINE"},
    {0x7D, "RIGHT CURLY BRACKET"},
    {0x7E, "TILDE"},
    {0xA0, "NO-BREAK SPACE"},
    {0xB0, "DEGREE SIGN"},
    {0xB1, "PLUS-MINUS SIGN"},
    {0xB5, "MICRO SIGN"},
    {0xB7, "MIDDLE DOT"},
    {0x2013, "EN DASH"},
    {0x2014, "EM DASH"},
    {0x2018, "LEFT SINGLE QUOTATION MARK"},
    {0x2019, "RIGHT SINGLE QUOTATION MARK"},
    {0x201C, "LEFT DOUBLE QUOTATION MARK"},
    {0x201D, "RIGHT DOUBLE QUOTATION MARK"},
    {0x2022, "BULLET"},
    {0x2026, "HORIZONTAL ELLIPSIS"},
    {0x20AC, "EURO SIGN"},
    {0x2192, "RIGHTWARDS ARROW"},
    {0xFFFD, "REPLACEMENT CHARACTER"},
};

/* Control characters have no names, but aliases, and Python takes these too. */
static const char *const control_aliases[][4] = {
    {"NULL", "NUL"},
    {"START OF HEADING", "SOH"},
    {"START OF TEXT", "STX"},
    {"END OF TEXT", "ETX"},
    {"END OF TRANSMISSION", "EOT"},
    {"ENQUIRY", "ENQ"},
    {"ACKNOWLEDGE", "ACK"},
    {"ALERT", "BEL"},
    {"BACKSPACE", "BS"},
    {"CHARACTER TABULATION", "HORIZONTAL TABULATION", "HT", "TAB"},
    {"LINE FEED", "NEW LINE", "LF", "NL"},
    {"LINE TABULATION", "VERTICAL TABULATION", "VT"},
    {"FORM FEED", "FF"},
    {"CARRIAGE RETURN", "CR"},
    {"SHIFT OUT", "LOCKING-SHIFT ONE", "SO"},
    {"SHIFT IN", "LOCKING-SHIFT ZERO", "SI"},
    {"DATA LINK ESCAPE", "DLE"},
    {"DEVICE CONTROL ONE", "DC1"},
    {"DEVICE CONTROL TWO", "DC2"},
    {"DEVICE CONTROL THREE", "DC3"},
    {"DEVICE CONTROL FOUR", "DC4"},
    {"NEGATIVE ACKNOWLEDGE", "NAK"},
    {"SYNCHRONOUS IDLE", "SYN"},
    {"END OF TRANSMISSION BLOCK", "ETB"},
    {"CANCEL", "CAN"},
    {"END OF MEDIUM", "EOM"},
    {"SUBSTITUTE", "SUB"},
    {"ESCAPE", "ESC"},
    {"INFORMATION SEPARATOR FOUR", "FILE SEPARATOR", "FS"},
    {"INFORMATION SEPARATOR THREE", "GROUP SEPARATOR", "GS"},
    {"INFORMATION SEPARATOR TWO", "RECORD SEPARATOR", "RS"},
    {"INFORMATION SEPARATOR ONE", "UNIT SEPARATOR", "US"},
};

#define NAME_BYTES 128

static bool find_letter(const char *name, uint32_t *c)
{
    static const char small[] = "LATIN SMALL LETTER ", capital[] = "LATIN CAPITAL LETTER ";
    bool is_small = strncmp(name, small, sizeof(small) - 1) == 0;
    if (!is_small && strncmp(name, capital, sizeof(capital) - 1) != 0) {
        return false;
    }
    name += is_small ? sizeof(small) - 1 : sizeof(capital) - 1;
    if (name[0] < 'A' || name[0] > 'Z' || name[1]) {
        return false;
    }
    *c = (unsigned char)name[0] | (is_small ? 0x20u : 0);
    return true;
}

static bool find_here(const char *name, uint32_t *c)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *c = names[i].c;
            return true;
        }
    }
    for (uint32_t i = 0; i < sizeof(control_aliases) / sizeof(*control_aliases); i++) {
        for (size_t k = 0; k < 4 && control_aliases[i][k]; k++) {
            if (strcmp(control_aliases[i][k], name) == 0) {
                *c = i;
                return true;
            }
        }
    }
    return find_letter(name, c);
}

static bool find_in_library(const char *name, uint32_t *c)
{
#ifdef HAVE_UNISTRING
    *c = unicode_name_character(name);
    return *c != UNINAME_INVALID;
#else
    (void)name;
    (void)c;
    return false;
#endif
}

bool charname_find(struct view name, uint32_t *c)
{
    char text[NAME_BYTES];
    if (name.len >= sizeof(text)) {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        unsigned char byte = (unsigned char)name.ptr[i];
        if (byte == 0 || byte >= 0x80) {
            return false;
        }
        text[i] = (char)(byte >= 'a' && byte <= 'z' ? byte - 0x20 : byte);
    }
    text[name.len] = '\0';
    return find_here(text, c) || find_in_library(text, c);
}
