/*
 * handinput: what a person does on a desktop by hand: one verb and its fields, checked before anything is sent, and the request that it is. Pure.
 *
 * Strict: a field that is not known is an error, so that nothing typed can stand where nobody looks for it.
 */
#ifndef ASSENT_HANDINPUT_H
#define ASSENT_HANDINPUT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "core/coordinates.h"
#include "core/keyname.h"

#define HANDINPUT_TEXT_MAX (128 * 1024)	/* bytes of a text */

struct hand_screen {
	enum coordinates coordinates;
	int width, height;	/* pixels; 0: not known */
};

enum hand_hold { HAND_NEITHER, HAND_PRESSES, HAND_LETS_GO };	/* a key or button, beyond the input itself */

struct hand_input {
	struct buf path;	/* below /desktop/, encoded: "click", "window/7/close" */
	struct buf body;	/* what is sent: JSON */
	struct buf record;	/* what is kept in its place: typed text is its length there; empty: the body itself may be kept */
	enum hand_hold hold;
	struct keychord keys;	/* which it holds or lets go; count 0: the button */
	char button[8];
	struct buf up;		/* of one that presses: the body of what lets go */
};

/*
 * verb: a path below /desktop/ without an id, as "click" or "window/close"; fields: an object of d, or JSON_NONE for none. 0; else ERR_INVALID with what is wrong, or ERR_NOMEM, and *ret is empty.
 */
int hand_input_read(const char *verb, const struct json_doc *d, int fields, const struct hand_screen *screen, struct hand_input *ret, struct err *e);
void hand_input_release(struct hand_input *in);	/* wipes what it holds */
/* Are both about the same key or button? */
bool hand_input_same_key(const struct hand_input *a, const struct hand_input *b);
/* What lets go of what in presses, at the same place; out of in, of which only the path is left. */
void hand_input_up(struct hand_input *in, struct hand_input *ret);

#endif
