/*
 * sight: how a computer's desktop is now, by reads with the gate's own key: its picture, which window has the focus, where the cursor is; and what of it
 * takes time: decoding pictures in the boxed child (io/png.h), one after another, and waiting. Nothing is called any more once the gate ends.
 */
#ifndef ASSENT_GATE_SIGHT_H
#define ASSENT_GATE_SIGHT_H

#include "core/desktop_state.h"
#include "gate/gate.h"

enum { SIGHT_PICTURE = 1, SIGHT_FOCUS = 2, SIGHT_CURSOR = 4 };

/* Borrowed during the callback. */
struct sight {
	const void *png;		/* NULL: none came, and error says why */
	size_t len;
	char sha256[DIGEST_HEX + 1];	/* of it; "" for none */
	const char *error;		/* one line; "" */
	struct desktop_state state;	/* as far as it was asked for */
};

struct sights *sights_new(struct gate *g);
void sights_close(struct sights *s);
void sights_free(struct sights *s);	/* after the loop has ended; NULL is fine */

/* Asks for all of `what` at once; done is called once, later, when all is answered. */
void sight_take(struct gate *g, const char *session, unsigned int what, void (*done)(const struct sight *s, void *arg), void *arg);
/* png is copied. done: rgb is the callee's, NULL with a line that says why. */
void sight_decode(struct gate *g, const void *png, size_t len, void (*done)(uint8_t *rgb, int width, int height, const char *error, void *arg), void *arg);
void sight_later(struct gate *g, int ms, void (*done)(void *arg), void *arg);

#endif
