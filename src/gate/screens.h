/*
 * screens: pictures of computers that went through this gate, kept in memory for a while: which one a person decided on, with what had the focus then and
 * where the cursor was; which one an agent saw last. What is kept with an action is on disk: pictures.h.
 */
#ifndef ASSENT_GATE_SCREENS_H
#define ASSENT_GATE_SCREENS_H

#include "core/desktop_state.h"
#include "gate/gate.h"

struct screens *screens_new(struct gate *g);	/* NULL when out of memory */
void screens_free(struct screens *s);		/* after the loop has ended */

/* A whole answer to a screenshot went out. agent: "" for an operator: then the focus and the cursor are asked for too. What is no picture is not kept. */
void screens_saw(struct gate *g, const char *session, const char *agent, const void *body, size_t len);
/* Is this picture of the session still here, as an operator saw it? */
bool screens_has(const struct gate *g, const char *session, const char *sha256);
/* Its bytes, borrowed until the next picture; NULL: not here. */
const void *screens_png(const struct gate *g, const char *session, const char *sha256, size_t *ret_len);
/* What this agent saw last of it. false: nothing that is still here. */
bool screens_seen_by(const struct gate *g, const char *session, const char *agent, char sha256[DIGEST_HEX + 1], int64_t *ret_boot_ms);
/*
 * The last of those who approved this action (core/action.h; the only one, where it takes one) did so by that picture, "" for none: what belongs to it is kept while
 * the yes counts, and where more persons are required the picture itself. The last picture is kept with the action.
 */
void screens_decided(struct gate *g, const struct action *a, const char *sha256);
/* What had the focus when person (from 0) saw that. false: the substrate has not answered yet; the pump is kicked when it does. Not known where nothing is known. */
bool screens_state(struct gate *g, const struct action *a, int person, struct desktop_state *ret);
/* The picture, borrowed, of one who was not the last; NULL: none was named. false: it is not known what that was, as after a restart. */
bool screens_person(const struct gate *g, const struct action *a, int person, const void **ret_png, size_t *ret_len);

/* screen_check.c: does it act on a desktop, at a place or where the cursor or the focus is? */
bool screen_matters(const struct action *a);
/* Was it approved by a person, or several, by a picture, under a rule that has it compared with the screen before it is sent? */
bool screen_is_compared(const struct gate *g, const struct action *a);
/* Does the yes of this decision name a picture that was seen here lately, and a box round its target? Else answers 422 screen_missing. */
bool screen_is_named(struct gate *g, struct server_req *r, const struct action *a, const struct json_doc *d);
/* Keeps what its agent saw last with an action that is new, where it is about a computer's desktop. */
void screen_keep_seen(struct gate *g, struct action *a);
/* The file of the picture that the person decided on, where there is one: its digest is then in ret, else "". The yes, which names it, is written behind it,
 * and is none where this fails. */
int screen_write_decided(struct gate *g, const struct action *a, char ret[DIGEST_HEX + 1], struct err *e);
/* Before an action that a person approved by a picture is sent. true: it is not to be sent now: its screen is being looked at, or it came back. */
bool screen_first(struct gate *g, struct action *a);
void screen_checks_release(struct gate *g);	/* after the loop has ended */

/* screen_after.c: an action that a person approved has been sent: its screen is watched until it has settled, and kept. */
void screen_after(struct gate *g, const struct action *a);
/* Something else is about to be sent to the session: what was seen so far is kept, and no more is watched. */
void screen_after_cut(struct gate *g, const char *session);
void screen_afters_release(struct gate *g);	/* after the loop has ended */

#endif
