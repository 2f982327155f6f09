/* failpoint: FAILPOINT=FPn:kill|stop ends or stops the gate at point n (docs/HACKING.md); for the tests of crashes. */
#ifndef ASSENT_FAILPOINT_H
#define ASSENT_FAILPOINT_H

void failpoint(int n);

#endif
