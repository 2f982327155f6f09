/*
 * failpoint: FAILPOINT=NAME:WHAT[:N] makes the gate fail at point NAME (docs/HACKING.md), for the tests of crashes. WHAT is kill
 * (SIGKILL to itself), stop (SIGSTOP), eio (the journal's next write is not synced) or enospc (it has no room). N: at the N-th time, 1 if absent.
 */
#ifndef ASSENT_FAILPOINT_H
#define ASSENT_FAILPOINT_H

/* FP1 to FP14 are their own numbers. */
enum { FAILPOINT_CHECKPOINT = 15 /* FPD */, FAILPOINT_STEP = 16 /* FPE */, FAILPOINT_PIECE = 17 /* FPP */, FAILPOINT_SNAPSHOT = 18 /* FPS */,
       FAILPOINT_PICTURE_WRITTEN = 19 /* FPA */, FAILPOINT_PICTURE_NAMED = 20 /* FPB */, FAILPOINT_PICTURE_ROW = 21 /* FPC */ };

/* Here is point n: what FAILPOINT asks for happens now, or nothing. */
void failpoint(int n);
/* The errno which the journal's next write has to fail with, once; 0: none. */
int failpoint_error(void);

#endif
