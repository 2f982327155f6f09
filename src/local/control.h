/*
 * control: sessions on a computer that carry out a list of steps (step.h), one after the other, with real input and real commands. There is no model:
 * the goal is the list. A step that fails ends the session; the computer's end too.
 */
#ifndef ASSENT_LOCAL_CONTROL_H
#define ASSENT_LOCAL_CONTROL_H

#include "base/err.h"
#include "base/json.h"
#include "local/events.h"

struct control;
struct local;
struct machine;

enum { CONTROL_KEPT = 32, CONTROL_TURNS = 50 };	/* of one computer, with those that ended; turns when nobody says */

/* ERR_INVALID: the goal is no list of steps, and why; ERR_TOOBIG: CONTROL_KEPT of them go on already. */
int control_new(struct machine *m, const char *goal, int max_turns, struct control **ret, struct err *e);
/* m NULL: of any computer. NULL: there is none. */
struct control *control_find(const struct local *l, const struct machine *m, const char *id);
/* Steps that are left are replaced. ERR_INVALID as above; ERR_STATE: it has ended. */
int control_redirect(struct control *s, const char *goal, struct err *e);
/* The step that is out still ends. ERR_STATE: it has ended. */
int control_pause(struct control *s, bool pause, struct err *e);
/* A command that is out is killed. Nothing happens when it has ended. */
void control_cancel(struct control *s);
struct events *control_events(const struct control *s);	/* borrowed; complete once it has ended */
struct events *control_agent_events(struct machine *m);	/* of all sessions of this computer; borrowed; NULL: out of memory */
void control_json(const struct control *s, struct jsonw *w);
void control_list(const struct machine *m, struct jsonw *w);	/* oldest first */
/* The computer goes away; nothing runs in it any more. */
void control_forget(struct machine *m);

#endif
