/* crowd: agents that ask a gate, wait a while and leave, so many each second; and what keeps the gate open to them. */
#ifndef ASSENT_ROBOT_CROWD_H
#define ASSENT_ROBOT_CROWD_H

#include <stdbool.h>

/*
 * Asks `per_second` times each second, from sessions of which some are left before anybody answers, until the parent has gone. What a robot stops or freezes
 * goes on half a second later. socket: the operator's.
 */
void crowd_run(const char *socket, int port, int per_second);
/* Does who asks for the command of this number ("echo N") wait until it is answered? Negative: there is none. */
bool crowd_stays(long long command);

#endif
