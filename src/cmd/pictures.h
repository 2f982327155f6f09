/*
 * pictures: the screens of computers on their way into the terminal: decoded in the boxed child, scaled, marked, written as sixel or drawn as
 * half blocks. One picture is on the screen at a time.
 */
#ifndef ASSENT_CMD_PICTURES_H
#define ASSENT_CMD_PICTURES_H

#include <stddef.h>
#include <uv.h>

#include "cmd/sending.h"
#include "ui/dashboard.h"
#include "ui/detect.h"
#include "ui/sixel.h"

/* All borrowed until pictures_close(). changed: a frame should be drawn. 0 or ERR_NOMEM. */
int pictures_open(uv_loop_t *loop, struct dashboard *d, struct cells *c, const struct detect *detect, enum encoder encoder, void (*changed)(void));
void pictures_close(void);
/* How they are drawn from now on. */
void pictures_policy(const struct picture_policy *p);
/* A screen of the session as it came; png NULL: error tells why there is none. true: it is another one than before. */
bool pictures_came(const char *session, const char *png, size_t len, const char *error);
/* The frame stands in the cells: half blocks go into them, sixel is written behind what curses painted. */
void pictures_before_paint(void);
void pictures_after_paint(void);
/* One is being decoded, or the terminal has not taken the last one yet: another screen would be of no use now. */
bool pictures_busy(void);
/* What is selected is not marked yet on the picture that the terminal has, but will be. */
bool pictures_late(void);
/* What the terminal was last sent; where it shows none, the newest that came, and no part of it. */
void pictures_seen(struct sending_screen *ret);
/* Writes the shown picture, as it came, into a new file of the folder where the dashboard was started, and says so. */
void pictures_save(void);

#endif
