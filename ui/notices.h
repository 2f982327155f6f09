/*
 * notices: when the person has to be called: NEEDS YOU is not empty any more, a risky one came, one has 60 s left. At most one in 30 s, and none
 * while they are muted. Pure: clocks are arguments; what a notice says are counts and words of our own.
 */
#ifndef ASSENT_UI_NOTICES_H
#define ASSENT_UI_NOTICES_H

#include "ui/needs.h"

#define NOTICES_EVERY_MS 30000
#define NOTICES_MUTE_MS (15 * 60 * 1000)

enum notice_why { NOTICE_FIRST = 1, NOTICE_RISKY = 2, NOTICE_URGENT = 4 };

struct notices {
	bool began;			/* what was there at the start is no news */
	bool empty;			/* NEEDS YOU was, at the last look */
	int64_t risky_id;		/* the newest risky one so far */
	int64_t *urgent;		/* own; those that had 60 s left at the last look, in order of id */
	size_t urgent_count;
	unsigned int wanted;		/* reasons that wait for the 30 s to end */
	int64_t last_ms, muted_until_ms;	/* 0: never, not */
};

void notices_init(struct notices *n);
void notices_release(struct notices *n);
/* Looks at the list as it is now, of all that there is and not of a part. Returns why the person is to be called now, of enum notice_why; 0: not. */
unsigned int notices_look(struct notices *n, const struct needs *needs, int64_t now_boot_ms, int64_t now_gate_boot_ms);
/* When a reason that waits may be told; INT64_MAX: none waits. */
int64_t notices_next_ms(const struct notices *n);
/* Muted for a while: is it, and on or off. */
bool notices_muted(const struct notices *n, int64_t now_boot_ms);
void notices_toggle(struct notices *n, int64_t now_boot_ms);
/* "assent: 3 need you, 1 risky, 1 with at most 60 s left". Returns how many have so little left. */
int notices_text(const struct needs *needs, int64_t now_gate_boot_ms, char *out, size_t size);

#endif
