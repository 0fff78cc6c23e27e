/*
 * A platform as the lab plays it: how it looks (fixtures/<platform>/device.yml over the
 * built-in settings), what its platform.yml knows (paging, enable, exit), and what it answers
 * (fixtures/<platform>/<command>/NAME.txt).
 *
 * A command is understood as devices do: by words, each of which may be cut short as long as
 * one known command is left. The folder of a command is its words joined by `_`; whatever else
 * is neither letter nor digit counts as `_` too, so "show mac address-table" is found in
 * show_mac_address_table and in show_mac_address-table.
 *
 * So that many devices are not one device many times, the hostname and serial numbers which the
 * NAME.json beside a NAME.txt names (keys `hostname` and `serial` of its records) are replaced
 * in that text by the device's own. The replaced serials keep their length.
 */
#ifndef LAB_PERSONA_H
#define LAB_PERSONA_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "lab/settings.h"
#include "session/platform.h"

/* Where a text names the device: text[offset, offset + len). */
struct mention {
    size_t offset, len;
    int serial; /* 0 = hostname; else which serial number, from 1 */
};

struct sample {
    const char *name; /* of the file, without .txt */
    struct view text;
    struct mention *mentions; /* by offset */
    size_t nmentions;
};

struct answer {
    const char *folder;
    const char *words;      /* lower-case, separated by single blanks */
    struct sample *samples; /* by name */
    size_t nsamples;
};

struct persona {
    const char *name;
    const struct platform *platform; /* NULL: templates know no such platform */
    struct settings settings;
    struct answer *answers;
    size_t nanswers;
    size_t devices; /* that play it, so far */
    struct persona *next;
    struct arena arena;
    struct yaml yaml;
};

/* Reads what the fixtures folders have of the platform: of device.yml, and of each command, the
 * first one. A platform that neither they nor platforms (may be NULL) know is an error. */
int persona_read(struct persona **out, const char *const *dirs, size_t n,
                 const struct platform_set *platforms, const char *name, struct err *err);
void persona_free(struct persona *persona);

enum understanding {
    UNDERSTOOD,
    AMBIGUOUS,
    NOT_UNDERSTOOD,
};

/* The answer to what was typed. Else *token is the number of the first word that no known
 * command has there, and *bad where in typed it stands. */
enum understanding persona_understand(const struct persona *persona, struct view typed,
                                      bool abbreviate, const struct answer **answer,
                                      size_t *bad, size_t *token);

/* Appends a sample as the device of that hostname and number (from 0) gives it. */
void sample_tell(const struct sample *sample, const char *hostname, const char *serial,
                 size_t number, struct strbuf *out);

#endif
