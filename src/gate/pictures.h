/*
 * pictures: what is kept of an action's screen, for whoever decides on it and for the record: what its agent saw last, what the person saw, what was there
 * before and after. The bytes are in a file, synced, before the row that names them; docs/HACKING.md has the points between (FPA to FPC).
 */
#ifndef ASSENT_GATE_PICTURES_H
#define ASSENT_GATE_PICTURES_H

#include "gate/gate.h"

#define PICTURES_BYTES_MAX (1024LL * 1024 * 1024)	/* of all files; then the oldest are let go, as long as their actions have ended */

/* Opens the folder, and removes what no action names. ERR_IO, ERR_NOMEM. */
int pictures_start(struct gate *g, struct err *e);
/* Lets the oldest go until at most `most` bytes are left, or nothing more may go. */
void pictures_make_room(struct store *s, struct picstore *p, uint64_t most);
/*
 * On disk, with its row, when it returns 0. changed: up to this one; NULL for none. detail: own words for the record, may be "". Else e says why, and the
 * action has what it had; a journal that cannot be written is told as gate_set_record_error() does.
 */
int picture_keep(struct gate *g, struct action *a, enum action_screen what, const void *png, size_t len, const struct screen_changes *changed,
		 const char *detail, struct err *e);
/* The same without a row: the caller writes that. */
int picture_write(struct gate *g, const struct action *a, const void *png, size_t len, char sha256[DIGEST_HEX + 1], struct err *e);
/* The bytes of one that is kept with a. ERR_NOTFOUND, ERR_INVALID, ERR_IO. */
int picture_get(const struct gate *g, const struct action *a, enum action_screen what, struct buf *out, struct err *e);
/* "screens": of the action's JSON. */
void view_screens(const struct action *a, struct jsonw *w);
/* GET /v1/actions/{id}/screen/{agent|decided|before|after} */
void operator_get_screen(struct gate *g, struct server_req *r, const char *id);

#endif
