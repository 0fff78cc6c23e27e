/*
 * The way to an ssh-agent for one login, which decides what of its keys is offered.
 *
 * libssh offers all that an agent lists, in the agent's order, so a host that takes six
 * attempts never sees the seventh key, and IdentitiesOnly says nothing to it. It is given a
 * door instead, one end of a pair of sockets. Behind it a thread passes each question on to the
 * agent, and of the agent's list first the wanted keys, then the others, or not those. An agent
 * that does not answer in time has failed; libssh alone would wait for ever.
 *
 *     struct agent *agent;
 *     if (agent_open(&agent, path, keys, n, only, 10000) == 0)   no agent, no descriptors: -1
 *         ssh_set_agent_socket(session, agent_socket(agent)); it is the session's from here on
 *     ssh_userauth_agent(session, ...);
 *     agent_end(agent);                                       the thread ends
 *     if (agent_offered(agent, keys[i])) ...                  no need to try it again
 *     agent_free(agent);
 */
#ifndef SESSION_AGENT_H
#define SESSION_AGENT_H

#include "base/deadline.h"
#include "session/ssh_keys.h"

struct agent;

/* The keys are borrowed. only: no other ones. patience: for each answer. */
int agent_open(struct agent **out, const char *path, const struct key *const *keys, size_t n,
               bool only, ms_t patience);
int agent_socket(const struct agent *agent);
void agent_end(struct agent *agent);
void agent_free(struct agent *agent);

/* After the end: whether the agent has it and its list was asked for. NULL: false. */
bool agent_offered(const struct agent *agent, const struct key *key);

#endif
