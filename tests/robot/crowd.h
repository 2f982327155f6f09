/* crowd: agents that ask a gate, wait a while and leave, so many each second; and what keeps the gate open to them. */
#ifndef ASSENT_ROBOT_CROWD_H
#define ASSENT_ROBOT_CROWD_H

#include <stdbool.h>

/*
 * Asks `count` times, `per_second` of them each second, from sessions of which some are left before anybody answers. What a robot stops or freezes goes on
 * half a second later. Returns when all have asked and the parent has gone; socket: the operator's.
 */
void crowd_run(const char *socket, int port, int count, int per_second);
/* Does who asks for the command of this number ("echo N") wait until it is answered? Negative: there is none. */
bool crowd_stays(long long command);

#endif
