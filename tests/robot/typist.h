/* typist: what stands in its record besides times and numbers. */
#ifndef ASSENT_ROBOT_TYPIST_H
#define ASSENT_ROBOT_TYPIST_H

enum { TYPIST_TOGETHER = -2 };	/* shown: several at once, whose number is typed */

#endif
