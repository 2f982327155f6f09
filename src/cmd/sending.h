/* sending: what keys ask for on its way to the gate. A decision waits until the terminal has shown what it was about; of several each waits for the one before. */
#ifndef ASSENT_CMD_SENDING_H
#define ASSENT_CMD_SENDING_H

#include <uv.h>

#include "cmd/client.h"

/* The picture that stands on the terminal; in the form of a rule, which shows none: the one that stood there before. */
struct sending_screen {
	char sha256[65];
	int64_t wall_ms;
	struct rect part;
};

struct sending_spec {
	uv_loop_t *loop;
	struct dashboard *dash;
	struct client *client;
	void (*changed)(void);				/* a frame should be drawn */
	void (*carry_out)(const struct dash_request *q);	/* all but decisions and calls */
	void (*on_end)(void);				/* the gate was ended, as it was told to */
};

/* All of it borrowed until sending_close(). */
void sending_open(const struct sending_spec *s);
void sending_close(void);
/*
 * Takes q. A terminal that has answered before is asked once more, and the decision goes out with its answer: so nothing that was typed at a
 * terminal which stands still decides anything.
 */
void sending_take(struct dash_request *q, const struct sending_screen *seen);
/* The terminal has answered the query of this number; it may have taken what was written. */
void sending_answered(int64_t number);
void sending_look(void);
/* Whatever waits is not done: the terminal was somebody else's for a while. */
void sending_drop(void);
/* Something was decided or asked for that the gate has neither taken nor refused. */
bool sending_waits(void);
/* The gate's answer to a decision or call; status 0: none came. */
void sending_answer(int status, const char *message);

#endif
