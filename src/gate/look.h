/*
 * look: is a desktop still what a kept picture shows? Inside boxes, pixel for pixel: a figure of a price is a few. What is not the same at first may be a caret
 * that blinks: it is looked at again for a while, and only a picture that is the same inside them ends that well.
 */
#ifndef ASSENT_GATE_LOOK_H
#define ASSENT_GATE_LOOK_H

#include "gate/sight.h"

enum look_verdict { LOOK_SAME, LOOK_CHANGED, LOOK_UNKNOWN };

struct look_for {
	const char *session;
	const void *png;			/* what it is compared with; copied, like all of this */
	size_t len;
	struct screen_rect boxes[2];		/* what lies outside of the picture, or is empty, counts as all of it */
	size_t box_count;			/* 0: no picture is compared, though one is taken */
	unsigned int what;			/* SIGHT_FOCUS, SIGHT_CURSOR: these are compared with state too */
	struct desktop_state state;
	int wait_ms;				/* how long a picture that is not the same may take to become so; 0: one look */
};

/* Borrowed during the callback. */
struct looked {
	enum look_verdict verdict;
	const char *why;			/* one line; "" where it is SAME */
	const struct sight *sight;		/* the last one; its png NULL where none came */
	struct screen_changes changes;		/* everywhere, between the two pictures; none where that could not be found */
	int pictures;				/* how many were taken */
};

/* done is called once, later, but not when the gate ends before. */
void look(struct gate *g, const struct look_for *for_what, void (*done)(const struct looked *k, void *arg), void *arg);
void looks_release(struct gate *g);	/* after the loop has ended */

#endif
