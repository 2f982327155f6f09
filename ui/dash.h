/*
 * dash: what the files behind dashboard.h share: the keys of each view and prompt.
 *
 * now is our boot clock, in ms. *ret is what has to be asked of the gate, and stays as it is where nothing has. X_key(): a key of X's; where that is a
 * question, true: it was one. view_X(): draws X into the rectangle, in cells.
 */
#ifndef ASSENT_UI_DASH_H
#define ASSENT_UI_DASH_H

#include "ui/dashboard.h"

/* dashboard.c: a call of the operator API with this body (own, moved; NULL: {}). */
void dash_call(struct dash_request *q, const char *method, char *body, const char *path_fmt, ...) __attribute__((format(printf, 4, 5)));
/* {"key": "value", ...}: pairs until NULL; own. */
char *dash_json(const char *key, ...) __attribute__((sentinel));
/* What to press for this, with the keys that are in force. */
struct keymap_name dash_key_of(const struct dashboard *d, enum intent intent);
/* false, and asks for the passphrase, where it has to be unlocked first. */
bool dash_unlocked(struct dashboard *d, int64_t now);
/* The other person who has this action's card open; NULL for nobody. */
const struct model_person *dash_reader(const struct dashboard *d, int64_t id);
void dash_prompt_open(struct dashboard *d, enum dash_prompt prompt);	/* prompt.c; PROMPT_NONE closes, and wipes the line */

/* selecting.c: what is selected in NEEDS YOU */
void selecting_refresh(struct dashboard *d);	/* makes the list anew */
void selecting_action(struct dashboard *d, int64_t id);	/* 0: none */
void selecting_move(struct dashboard *d, int by);
void selecting_next(struct dashboard *d, int64_t now);	/* the next question (needs_next()) */
void selecting_fold(struct dashboard *d, int64_t now, bool open);	/* the row of several alike that is selected */
size_t selecting_row(const struct dashboard *d);	/* NEEDS_NONE: none that is listed */
/* What stands in a row, to be found again however the list changes. */
void selecting_shown(const struct dashboard *d, size_t row, struct dash_shown *ret);
void selecting_click(struct dashboard *d, int x, int y);	/* a mouse selects, and does nothing else */
/* The agent that keys like s, N and h are about; NULL: none. */
const struct model_agent *selecting_agent(const struct dashboard *d);

/* many.c: several decided together */
void many_mark(struct dashboard *d, int64_t now);
void many_open(struct dashboard *d, int64_t now);	/* the prompt for those that are marked */
void many_end(struct dashboard *d, int64_t now, struct dash_request *ret);	/* that prompt was answered */
bool many_is_marked(const struct dashboard *d, int64_t id);
void many_refresh(struct dashboard *d);		/* what changed or was decided is not marked any more */

/* decide.c: keys that are about the selected action */
void decide_key(struct dashboard *d, enum intent intent, int64_t now, struct dash_request *ret);
/* Fills a decision about a: id, version and digest as they were shown. */
void decide_ask(const struct model_action *a, enum dash_decision decision, struct dash_request *ret);
/* Whether the terminal shows this very one, as far as can be known: else a key was about another. */
bool decide_is_shown(const struct dashboard *d, const struct model_action *a, int64_t now);
/* false, and says so, where the gate is gone or stands still: a yes would be taken at another time, if at all. */
bool decide_gate_answers(struct dashboard *d, int64_t now);
/* Why a yes needs a second look, each a bit, the gravest first. */
enum { DOUBT_UPSTREAM = 1, DOUBT_SESSION = 2, DOUBT_PICTURE = 4, DOUBT_SCREEN = 8, DOUBT_OPAQUE = 16, DOUBT_ORDER = 32, DOUBT_FACTS = 64 };
/* All but DOUBT_FACTS, which counts only where no name is asked for. 0: none. */
unsigned decide_doubts(const struct dashboard *d, const struct model_action *a);
/* The first of doubts in words; "" when there is none. */
void decide_doubt_text(const struct dashboard *d, const struct model_action *a, unsigned doubts, char *why, size_t size);
void decide_edited(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret);	/* a key of the editor */
/* The decision with the rule of the open form. */
void decide_with_alike(struct dashboard *d, const struct model_action *a, struct dash_request *ret);
void decide_alike(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret);	/* a key of the form */

/* approvals.c: what MIOSA itself waits for: selected in place of an action. */
const struct model_approval *approvals_selected(const struct dashboard *d);
void approvals_select(struct dashboard *d, const char *id);	/* "": none */
/* The one of the selected action, and back. */
void approvals_toggle(struct dashboard *d, int64_t now);
void approvals_key(struct dashboard *d, enum intent intent, int64_t now, struct dash_request *ret);
const char *approvals_hash(const struct model_approval *p);
bool approvals_word(const struct dashboard *d, const struct model_approval *p, char out[128]);	/* to be typed for a yes; false: none */
void approvals_confirmed(struct dashboard *d, int64_t now, struct dash_request *ret);
/* view_approval.c: its rows, drawn from row -scroll. Returns how many there are. */
int view_approval(struct dashboard *d, struct cells *c, const struct rect *r, int scroll);

/* looking.c: how the picture is looked at */
void looking_reset(struct dashboard *d);
void looking_refresh(struct dashboard *d);
/* The key of a row of the keymap: an arrow with Shift is one of its own. */
uint32_t looking_code(const struct input_event *ev);
bool looking_key(struct dashboard *d, uint32_t code, enum intent intent);	/* false: it is none of these */
void looking_choose(struct dashboard *d, int columns);	/* for this frame */
/* Which part it is, and what can be seen on it, in so many columns; "": all is well. */
void looking_note(const struct dashboard *d, int room, char *out, size_t size);

/* stills.c: the pictures that are kept with an action, instead of the screen as it is */
void stills_refresh(struct dashboard *d);
void stills_next(struct dashboard *d, int64_t now);
bool stills_any(const struct dashboard *d);	/* one is shown, or is to be */
const char *stills_words(enum dash_still still);
/* view_crop.c: beside the card in the overview, in the right part of r. Returns how many columns it takes. */
int view_inset(struct dashboard *d, struct cells *c, const struct rect *r);
/* screen_title.c: over the picture; old: it is to be seen that it is. */
void screen_title(const struct dashboard *d, const struct model_session *s, int64_t wall_ms, int room, struct buf *out, bool *ret_old);

/* log_keys.c */
void log_view_open(struct dashboard *d, const char *session);	/* "": of all sessions */
void log_key(struct dashboard *d, uint32_t key, int64_t now, struct dash_request *ret);
bool log_search_key(struct dashboard *d, uint32_t key);		/* of the prompt: how it is looked for */
void log_end_search(struct dashboard *d, int64_t now);
void log_end_only(struct dashboard *d, int64_t now);

/* hand.c: control of a computer, and a command in a sandbox */
bool hand_event(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret);	/* true: it was for a computer that is taken */
void hand_control(struct dashboard *d, int64_t now, struct dash_request *ret);	/* takes it, or hands back what somebody took */
bool hand_is_bar(const struct dashboard *d, int x, int y);	/* on the bar's key for it */
void hand_end_line(struct dashboard *d, enum dash_prompt prompt, int64_t now, struct dash_request *ret);
void view_hand(struct dashboard *d, struct cells *c, int64_t now_boot_ms, int64_t now_wall_ms);
struct picture_mark hand_mark(const struct dashboard *d);	/* hand_cross.c: the crosshair, a drag, the letters */
void run_open(struct dashboard *d, int64_t now);	/* run.c */
void run_end(struct dashboard *d, int64_t now, struct dash_request *ret);

/* turns.h's view and its keys */
void turns_open(struct dashboard *d, int64_t now);
bool turns_key(struct dashboard *d, enum intent intent);
void view_turns(struct dashboard *d, struct cells *c, const struct rect *r);
void view_history(struct dashboard *d, struct cells *c, const struct rect *r);

/* view_log.c, view_sessions.c */
void view_log(struct dashboard *d, struct cells *c, const struct rect *r);
void view_log_bar(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now_boot_ms);
enum style view_log_style(const char *stream);
void view_sessions(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now_wall_ms);
bool sessions_key(struct dashboard *d, uint32_t key, enum intent intent);
void dash_help(struct dashboard *d);	/* to the help, and back to where one was */

/* prompt.c */
const char *prompt_word(const struct model_action *a);	/* has to be typed to approve a risky action: differs each time */
const char *const *prompt_phrases(size_t *ret_count);	/* the program's own */
void prompt_key(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret);

/* agents.c: freezing and stopping, and the keys of the two lists */
void agents_freeze(struct dashboard *d, int64_t now, struct dash_request *ret);
void agents_stop(struct dashboard *d, const char *agent, int64_t now, struct dash_request *ret);
/* A snapshot of where the selected action acts. */
void agents_snapshot(struct dashboard *d, int64_t now, struct dash_request *ret);
/* What stands on a row of VIEW_AGENTS: an agent, or a rule behind the agents. */
struct model_agent *agents_at(const struct dashboard *d, int row);
struct model_alike *agents_alike_at(const struct dashboard *d, int row);
int agents_rows(const struct dashboard *d);	/* agents, and rules behind them */
bool agents_key(struct dashboard *d, const struct input_event *ev, enum intent intent, int64_t now, struct dash_request *ret);

/* the views */
void view_time(int64_t wall_ms, char out[16]);	/* HH:MM:SS, local */
void view_not_live_since(const struct model_session *s, char out[40]);	/* "not live since HH:MM:SS" */
int64_t view_left_ms(const struct dashboard *d, const struct model_action *a, int64_t now_boot_ms);	/* of its hold time */
int view_left(int64_t ms, char *out, size_t size);	/* "50s", "9m02s"; its length */
/* view_needs.c, view_tape.c: panes of the overview; agents: none has a pane of its own */
void view_needs(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now_boot_ms, bool agents);
void view_tape(struct dashboard *d, struct cells *c, const struct rect *r);
void view_tape_log(const struct dashboard *d, struct cells *c, const struct rect *r);
/* view_agents.c: the troubled first. */
void view_agents_pane(struct dashboard *d, struct cells *c, const struct rect *r);
void view_agents_look(struct dashboard *d);	/* keeps their order, and looks again when the model or the time is another */
size_t view_agents_shown(const struct dashboard *d, int room);	/* how many of them have a line */
const char *view_stream_down(const struct model_session *s);	/* which: "log ", "events "; "": that is not known */
/* "LOG NOT LIVE 41s" of a session whose streams are down. */
void view_not_live(const struct dashboard *d, const struct model_session *s, char out[40]);
/* The second line: what is wrong; not all: what stands nowhere else. Returns whether there is anything; draws where c is not NULL. */
bool view_trouble(const struct dashboard *d, struct cells *c, const struct rect *r, bool all);
void view_top(const struct dashboard *d, struct cells *c, const struct rect *r, int64_t now_boot_ms, int64_t now_wall_ms);
void view_bar(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now_boot_ms);
/* What was said last, while it is new; behind it, where there is room, how to freeze and where the keys are told. False: nothing. */
bool view_message(const struct dashboard *d, struct cells *c, const struct rect *r, int x, enum keymap_place keys, int64_t now_boot_ms);
/* A view's keys in the rectangle's last row: three blanks between two of them. Where there is no room those before the last two are left out, from behind. */
void view_hints(struct cells *c, const struct rect *r, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* What a person calls an action's state: "sent, no answer" for unknown. */
const char *view_state(const char *state);
void view_card_title(struct dashboard *d, struct cells *c, const struct rect *r);	/* view_card.c: on a line, what it is, or what became of it */
void view_agents(struct dashboard *d, struct cells *c, const struct rect *r, int64_t now_boot_ms);
/* view_rules.c: a rule made from a decision in one line; and the whole of it (NULL: none) above the last row. Returns the row at which that begins. */
void view_rule_line(const struct dashboard *d, struct cells *c, const struct rect *line, const struct model_alike *a, int64_t now_boot_ms, enum style style);
int view_whole_rule(const struct dashboard *d, struct cells *c, const struct rect *r, const struct model_alike *a, int64_t now_boot_ms);
void view_frozen(struct dashboard *d, struct cells *c, const struct rect *r);
void view_edit(struct dashboard *d, struct cells *c, const struct rect *r);
void view_alike(struct dashboard *d, struct cells *c, const struct rect *r);
/* The prompt that is open, in the bar's row. */
void view_prompt(const struct dashboard *d, struct cells *c, const struct rect *r);

#endif
