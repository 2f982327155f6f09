/* faults: lines in the gate's log about what the upstream sends; a flood of them is cut, and says so. */
#ifndef ASSENT_GATE_FAULTS_H
#define ASSENT_GATE_FAULTS_H

#include "gate/gate.h"

void fault_line(struct gate *g, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
