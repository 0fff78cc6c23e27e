#include "lab/device.h"

static struct view first_word(struct view text)
{
    size_t len = 0;
    while (len < text.len && text.ptr[len] != ' ') {
        len++;
    }
    return view_slice(text, 0, len);
}

/* Appends what stands for the placeholder at the front of text; how long the placeholder is, or
 * 0 when it is none. */
static size_t fill(const struct device *device, struct view text, const struct saying *saying,
                   struct strbuf *out)
{
    struct view command = saying->command;
    const struct {
        struct view name, value;
    } table[] = {
        {VIEW("{hostname}"), view_of(device->settings.hostname)},
        {VIEW("{username}"), view_of(device->settings.username)},
        {VIEW("{command}"), command},
        {VIEW("{word}"), first_word(command)},
        {VIEW("{bad}"), first_word(view_slice(command, saying->bad, command.len))},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (view_starts(text, table[i].name)) {
            strbuf_addview(out, table[i].value);
            return table[i].name.len;
        }
    }
    if (view_starts(text, VIEW("{caret}"))) {
        strbuf_addchars(out, ' ', saying->column + saying->bad);
        return VIEW("{caret}").len;
    }
    if (view_starts(text, VIEW("{count}"))) {
        strbuf_addf(out, "%zu", saying->count + 1);
        return VIEW("{count}").len;
    }
    if (view_starts(text, VIEW("{token}"))) {
        strbuf_addf(out, "%zu", saying->token);
        return VIEW("{token}").len;
    }
    return 0;
}

void device_say(const struct device *device, const char *text, const struct saying *saying,
                struct strbuf *out)
{
    struct view rest = view_of(text);
    while (rest.len > 0) {
        size_t taken = rest.ptr[0] == '{' ? fill(device, rest, saying, out) : 0;
        if (taken == 0) {
            strbuf_addch(out, rest.ptr[0]);
            taken = 1;
        }
        rest = view_slice(rest, taken, rest.len);
    }
}
