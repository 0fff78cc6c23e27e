/* The way to an ssh-agent. */
#ifndef SESSION_AGENT_H
#define SESSION_AGENT_H

/* A connection to the agent behind a socket's path, or -1. The caller closes it. */
int agent_dial(const char *path);

#endif
