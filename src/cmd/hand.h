/*
 * hand: control of a computer on its way to the gate: the lease and the stream that it hangs on, inputs one at a time, and the terminal's keyboard and mouse
 * as they are needed for it. What keys and mouse mean is ui/hand.h.
 */
#ifndef ASSENT_CMD_HAND_H
#define ASSENT_CMD_HAND_H

#include <uv.h>

#include "cmd/client.h"
#include "ui/detect.h"

struct hand_spec {
	uv_loop_t *loop;
	struct dashboard *dash;
	struct client *client;
	const struct detect *detect;
	struct cells *cells;
	void (*changed)(void);		/* a frame should be drawn */
};

/* All of it borrowed until hand_close(). */
void hand_open(const struct hand_spec *s);
void hand_close(void);
/* A request of a key; false: it is none of these. */
bool hand_carry_out(const struct dash_request *q);
/* A key or the mouse may have left something to be sent. */
void hand_pump(void);
/* Before a frame is drawn, and when it stands in the cells: letters go over a picture of cells. */
void hand_frame(void);
void hand_letters(void);
/* Its windows or its clipboard, as they were asked for. */
void hand_read(enum client_reading what, int status, const char *body, size_t len);
/* Hangs up, and says why: the gate is gone, or the terminal is somebody else's. */
void hand_hang_up(const char *why);

#endif
