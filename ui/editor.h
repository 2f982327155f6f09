/*
 * editor: a small editor for the body of an action. Pure. What it shows goes through the same filter as all foreign text: a character that
 * could hide or act is a mark, and the cursor steps over it as one.
 */
#ifndef ASSENT_UI_EDITOR_H
#define ASSENT_UI_EDITOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "ui/cells.h"

#define EDITOR_BYTES_MAX (1024 * 1024)

struct editor {
	struct buf text;	/* own; valid UTF-8 */
	size_t cursor;		/* bytes from the start, always at a character's start */
	int width;		/* columns, as last drawn */
	int scroll;		/* rows above the first that is drawn */
};

void editor_init(struct editor *e);
void editor_release(struct editor *e);
/* Starts with this text, the cursor at its end. 0 or ERR_NOMEM. */
int editor_set(struct editor *e, const char *text);
const char *editor_text(const struct editor *e);	/* never NULL */

enum editor_result { EDITOR_GOES_ON, EDITOR_DONE, EDITOR_LEFT };
/* A key (KEYS_* or a code point), or a pasted character. Ctrl-D is done, Escape leaves. */
enum editor_result editor_key(struct editor *e, uint32_t code, bool pasted);
/* Draws it wrapped into the rectangle, and puts the cursor there. */
void editor_draw(struct editor *e, struct cells *c, const struct rect *r);

#endif
