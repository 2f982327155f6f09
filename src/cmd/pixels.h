/*
 * pixels: the shown part of a screen on a terminal that has pixels: scaled and marked where it has changed, sent as sixel (ui/picture_stream) or by kitty's
 * protocol, and no faster than the terminal takes it: the next one goes out when the terminal has answered behind the one before. Of those that come meanwhile only the newest is sent.
 */
#ifndef ASSENT_CMD_PIXELS_H
#define ASSENT_CMD_PIXELS_H

#include <uv.h>

#include "ui/cells.h"
#include "ui/mark.h"
#include "ui/picture_stream.h"

/* A picture as it is to be there, or as it was sent. */
struct pixels {
	char sha256[65];		/* of the screen's file */
	int64_t wall_ms;		/* when that came */
	struct picture_place place;	/* where, and of which part */
	struct picture_mark mark;
};

/* changed: a frame should be drawn. */
void pixels_open(uv_loop_t *loop, void (*changed)(void));
void pixels_close(void);
void pixels_policy(const struct picture_policy *p);
void pixels_encoder(enum encoder encoder);
/* Another screen came: a byte for each of its rows, not 0 where the row is another one; NULL: all of it is. */
void pixels_touch(const uint8_t *rows, int height);
/* Between term_paint() and console_frame(): writes what is due. c: what was painted. */
void pixels_draw(const struct image *screen, const struct pixels *want, const struct cells *c);
/* No picture stands there in this frame. */
void pixels_hide(void);
/* What the terminal shows is not known any more; or it may have lost a part of it. */
void pixels_forget(void);
void pixels_renew(void);
/* A picture is in this frame: the terminal is to be asked behind it. */
bool pixels_asks(void);
/* Behind console_frame(): the number of the query, 0: nothing was asked. */
void pixels_painted(int64_t query);
/* The terminal has answered the query of this number. */
void pixels_answered(int64_t number);
/* The terminal has not taken the last one yet: another one would be of no use. */
bool pixels_busy(void);
/* What was last sent, and is not hidden; NULL: nothing. */
const struct pixels *pixels_sent(void);

#endif
