/* typist_check: what a typist recorded, held against what the gate decided (see typist.c). */
#ifndef ASSENT_ROBOT_TYPIST_CHECK_H
#define ASSENT_ROBOT_TYPIST_CHECK_H

/* argv: as of typist --check. Prints faults and, last, what was counted; 1 when there was a fault. */
int typist_check(char **argv);

#endif
