/*
 * runs: programs that the substrate sends off into sessions (/runs, /agent-runs). Which go on is asked for every 15 s while there are sessions; what
 * each of them does comes by a stream, into the log of its session.
 */
#ifndef ASSENT_GATE_RUNS_H
#define ASSENT_GATE_RUNS_H

#include "gate/gate.h"

struct runs *runs_new(struct gate *g);
void runs_close(struct runs *r);
void runs_free(struct runs *r);		/* after the loop has ended */

#endif
