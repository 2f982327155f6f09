/*
 * screens: pictures of computers that went through this gate, kept for a while: which one a person decided on, which one an agent saw last; and whether
 * the screen still is what one of them shows, at least inside a box. Pictures are decoded in the boxed child (io/png.h).
 */
#ifndef ASSENT_GATE_SCREENS_H
#define ASSENT_GATE_SCREENS_H

#include "gate/gate.h"

struct screen_box {
	int x, y, width, height;	/* pixels of the picture; what lies outside of it counts as all of it */
};

enum screen_verdict { SCREEN_SAME, SCREEN_CHANGED, SCREEN_UNKNOWN };

struct screens *screens_new(struct gate *g);
void screens_close(struct screens *s);
void screens_free(struct screens *s);	/* after the loop has ended */

/* A whole answer to a screenshot went out. agent: "" for an operator. What is no picture is not kept. */
void screens_saw(struct gate *g, const char *session, const char *agent, const void *body, size_t len);
/* Is this picture of the session still here, as an operator saw it? */
bool screens_has(const struct gate *g, const char *session, const char *sha256);
/* Its bytes, borrowed until the next picture; NULL: not here. */
const void *screens_png(const struct gate *g, const char *session, const char *sha256, size_t *ret_len);
/* What this agent saw last of it. false: nothing that is still here. */
bool screens_seen_by(const struct gate *g, const char *session, const char *agent, char sha256[DIGEST_HEX + 1], int64_t *ret_boot_ms);
/*
 * Takes a picture of the session and compares it with that one, inside the boxes (at most two). done is called once, later, but not when the gate ends before: verdict; why in a line
 * where it is not SAME; the hash of the new picture, "" where there is none.
 */
void screens_look(struct gate *g, const char *session, const char *sha256, const struct screen_box *boxes, size_t count,
		  void (*done)(enum screen_verdict v, const char *why, const char *sha256_now, void *arg), void *arg);

/* screen_check.c: the box of a decision, which was found right; zeroes where it names none. */
void screen_read_box(const struct json_doc *d, int box[4]);
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

#endif
