/*
 * A draft as a program: the output on stdin, the command as the argument; the template, the
 * records and what is told go to stdout, with a line of '=' between them.
 */
#include "author/draft.h"

#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct strbuf output = STRBUF_INIT;
    struct draft draft = DRAFT_INIT;
    struct err err = ERR_INIT;
    int status = 0;
    if (strbuf_read_fd(&output, STDIN_FILENO, (size_t)64 << 20) < 0) {
        return 2;
    }
    if (draft_make(&draft, strbuf_view(&output), argc > 1 ? argv[1] : "", &err) < 0) {
        printf("error: %s\n", err.text);
        status = 1;
    } else {
        printf("%s=====\n%s=====\n", draft.text.buf, draft.records.buf);
        for (unsigned i = 0; i < draft.ntold; i++) {
            printf("line %u: %s\n", draft.told[i].line, draft.told[i].what);
        }
    }
    draft_release(&draft);
    strbuf_release(&output);
    return status;
}
