/*
 * Ctrl-C and SIGTERM during a run: the first asks the loop to stop, so that what is finished is
 * written and the rest reported; the second leaves at once, without partial files.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

struct loop;

/* From now on signals concern this loop. */
void interrupt_watch(struct loop *loop);

/* Before the loop is freed: signals end the process again. */
void interrupt_unwatch(void);

#endif
