/*
 * What the parts of the shell share: shell.c moves between the states, greeting.c asks for
 * secrets, line.c reads what is typed, command.c decides the answer, reply.c prints it.
 */
#ifndef LAB_SHELL_INNER_H
#define LAB_SHELL_INNER_H

#include "lab/shell.h"

enum shell_state {
    STATE_LINE,                         /* a prompt is out, a line is being typed */
    STATE_KEY,                          /* "Press any key" is out */
    STATE_USERNAME,                     /* "User: " is out */
    STATE_SECRET,                       /* "Password: " is out, nothing is echoed */
    STATE_PAGER,                        /* "--More--" is out */
    STATE_QUESTION,                     /* the question is out */
    STATE_ASKING_LAST = STATE_QUESTION, /* up to here keys are read */
    STATE_BUSY,                         /* thinks until due */
    STATE_REPLY,                        /* prints reply */
    STATE_MUTE,                         /* says nothing any more */
    STATE_LEFT,
};

struct shell {
    struct shell_options options;
    struct device *device;
    const struct settings *s;
    enum shell_state state;
    bool interactive, hung_up, dropped;
    bool privileged, paging;
    bool asked;      /* the question of this reply */
    bool paged;      /* this reply, at least once */
    bool skim;       /* the rest of this reply comes in one piece */
    bool is_error;   /* the reply is a complaint */
    bool after_cr;   /* a LF now belongs to the CR before it */
    int escape;      /* reading a key's escape sequence: 1 after ESC, 2 in its parameters */
    bool enabling;   /* the password asked for is that of `enable` */
    bool right_user; /* the name given at "User: " */
    int tries;       /* of a password */
    int rows;        /* printed since the last page began */
    int status;
    size_t ran;       /* commands */
    struct strbuf in; /* typed and not read */
    struct strbuf line;
    struct strbuf reply; /* with \n */
    size_t replied;
    struct strbuf out; /* printed and not sent */
    size_t sent;
    ms_t due;  /* BUSY ends */
    ms_t pace; /* nothing is sent before */
};

/* reply.c: prints text with the device's newlines. */
void shell_print(struct shell *sh, struct view text);
void shell_prompt_text(const struct shell *sh, struct strbuf *out);
void shell_prompt(struct shell *sh);
/* Prints of the reply what fits; leaves STATE_REPLY when it is out or must wait for a key. */
void shell_reply(struct shell *sh);
void shell_pager_key(struct shell *sh, char key);

/* line.c: reads one typed byte; true when a line is complete. */
bool shell_line_key(struct shell *sh, char key);

/* greeting.c: what a shell may ask before its first prompt, and the password of `enable`. */
void shell_greet(struct shell *sh);
void shell_any_key(struct shell *sh);
void shell_take_username(struct shell *sh);
void shell_ask_enable(struct shell *sh);
void shell_take_secret(struct shell *sh, ms_t now);

/* command.c: the line's answer into reply, and what follows from it. */
void shell_run_line(struct shell *sh, ms_t now);
void shell_answer_later(struct shell *sh, ms_t now);
void shell_note(struct shell *sh, const char *what, struct view detail);

#endif
