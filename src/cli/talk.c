#include "cli/talk.h"

#include "base/vis.h"

#include <stdarg.h>
#include <stdio.h>

/* One write a line: lines of several writers never mix, and stderr needs no buffer. */
static void say(const char *prefix, const char *fmt, va_list ap)
{
    struct strbuf text = STRBUF_INIT, line = STRBUF_INIT;
    strbuf_vaddf(&text, fmt, ap);
    strbuf_addstr(&line, prefix);
    vis_add(&line, strbuf_view(&text), VIS_LINE);
    strbuf_addch(&line, '\n');
    fwrite(line.buf, 1, line.len, stderr);
    strbuf_release(&line);
    strbuf_release(&text);
}

void talk_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say("collect: ", fmt, ap);
    va_end(ap);
}

void talk_warning(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say("collect: warning: ", fmt, ap);
    va_end(ap);
}

void talk_line(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say("", fmt, ap);
    va_end(ap);
}

void talk_lines(const struct strbuf *text)
{
    for (const char *p = text->buf; *p;) {
        size_t n = strcspn(p, "\n");
        talk_line("%.*s", (int)n, p);
        p += n + (p[n] == '\n');
    }
}

int talk_failure(const struct err *err, const char *verb)
{
    if (err->code != ERR_PIPE) {
        talk_error("%s", err->text);
    }
    if (err->code == ERR_USAGE) {
        talk_line("Try: collect help%s%s", verb ? " " : "", verb ? verb : "");
    }
    return err_exit_status(err->code);
}
