/*
 * desktop_state: what of a desktop no picture shows for certain: which window has the focus, and where the cursor is. Read from MIOSA's answers to
 * /desktop/windows and /desktop/cursor (foreign: anything may have any type), and compared. Pure.
 */
#ifndef ASSENT_DESKTOP_STATE_H
#define ASSENT_DESKTOP_STATE_H

#include "base/digest.h"
#include "core/screendiff.h"

/* Where the action of a kind (core/classify.h) lands, when it names no place itself. */
enum desktop_lands { LANDS_NOWHERE, LANDS_AT_CURSOR, LANDS_AT_FOCUS };
enum desktop_lands desktop_lands_of(const char *kind);	/* LANDS_NOWHERE for a kind that is not known */

enum desktop_known {
	DESKTOP_NOT_KNOWN,	/* not asked, no answer, or a broken one */
	DESKTOP_ABSENT,		/* the substrate does not offer it, in no form that is known */
	DESKTOP_KNOWN
};

struct desktop_state {
	enum desktop_known focus, cursor;
	char window[DIGEST_HEX + 1];	/* of the focused window's id and title; "" while none has the focus */
	struct screen_rect at;		/* of it; no width where that is not told */
	int x, y;			/* of the cursor */
};

/* From an answer: status 0 for none. */
void desktop_read_windows(struct desktop_state *s, int status, const char *body, size_t len);
void desktop_read_cursor(struct desktop_state *s, int status, const char *body, size_t len);

/* What is not as it was, in a line; NULL where it is, or where neither knows (ABSENT). */
const char *desktop_focus_differs(const struct desktop_state *was, const struct desktop_state *now);
const char *desktop_cursor_differs(const struct desktop_state *was, const struct desktop_state *now);

#endif
