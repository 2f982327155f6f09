/*
 * inset: a second, small picture beside the card in the overview: the part of the screen round the target at 1:1, whole each time that it has changed. It is
 * sent between two pictures of the screen, never while one of those is on its way.
 */
#ifndef ASSENT_CMD_INSET_H
#define ASSENT_CMD_INSET_H

#include "cmd/pixels.h"
#include "ui/dashboard.h"
#include "ui/detect.h"

/* Between term_paint() and console_frame(), where d->inset is to have one; else it is hidden. */
void inset_draw(const struct dashboard *d, const struct detect *detect, const struct picture_policy *policy, enum encoder encoder);
/* What the terminal shows is not known any more. */
void inset_forget(void);
void inset_close(void);

#endif
