/*
 * dashboard: the state of the screen, what keys do to it, and how it is drawn. Pure: clocks are arguments, requests come out as data.
 */
#ifndef ASSENT_UI_DASHBOARD_H
#define ASSENT_UI_DASHBOARD_H

#include "core/model.h"
#include "ui/alike_form.h"
#include "ui/arm.h"
#include "ui/card.h"
#include "ui/cells.h"
#include "ui/editor.h"
#include "ui/hand.h"
#include "ui/input.h"
#include "ui/keymap.h"
#include "ui/desk.h"
#include "ui/logview.h"
#include "ui/needs.h"
#include "ui/notices.h"
#include "ui/picture.h"
#include "ui/turns.h"

#define DASH_MIN_COLUMNS 60
#define DASH_MIN_ROWS 18
#define DASH_LOG_LINES 200
#define DASH_WORDS_MAX ALIKE_FORM_WORDS_MAX
#define DASH_SHOWN 128		/* lines of a pane that a mouse can be in */

enum dash_view { VIEW_OVERVIEW, VIEW_CARD, VIEW_HELP, VIEW_AGENTS, VIEW_FROZEN, VIEW_EDIT, VIEW_ALIKE, VIEW_LOG, VIEW_SESSIONS, VIEW_TURNS, VIEW_HISTORY, VIEW_HAND, VIEW_COUNT };
/* What j, k and the page keys move in, on the overview. */
enum dash_pane { PANE_NEEDS, PANE_AGENTS, PANE_TAPE, PANE_COUNT };
/* A picture that is kept with an action, in place of its screen as it is now. */
enum dash_still { STILL_NONE, STILL_DECIDED, STILL_BEFORE, STILL_AFTER, STILLS };
enum dash_prompt {
	PROMPT_NONE, PROMPT_WORDS, PROMPT_CONFIRM, PROMPT_PASSPHRASE, PROMPT_NOTE, PROMPT_CAP, PROMPT_UNFREEZE, PROMPT_SEARCH, PROMPT_ONLY, PROMPT_SAVE_LOG,
	PROMPT_MIOSA, PROMPT_FILTER, PROMPT_MANY,
	PROMPT_RUN, PROMPT_HAND_BACK, PROMPT_LINE, PROMPT_CLIPBOARD, PROMPT_HOLD, PROMPT_COUNT
};

enum dash_request_type {
	REQUEST_NONE, REQUEST_DECIDE, REQUEST_CALL, REQUEST_LOOK, REQUEST_UNLOCK, REQUEST_SAVE_PICTURE, REQUEST_QUIT, REQUEST_COPY, REQUEST_SAVE_LOG,
	REQUEST_STOP_SAVING, REQUEST_TAKE, REQUEST_HAND_BACK, REQUEST_WINDOWS, REQUEST_CLIPBOARD,
};
enum dash_decision { DECIDE_APPROVE, DECIDE_DENY, DECIDE_EDIT };
/* What a key asks for; body and alike are own: dash_request_release(). */
struct dash_request {
	enum dash_request_type type;
	/* REQUEST_DECIDE */
	int64_t id, version;
	char digest[65];
	enum dash_decision decision;
	bool ahead, with_screen;
	char note[DASH_WORDS_MAX];	/* REQUEST_SAVE_LOG: the file's name */
	char *alike;			/* JSON: the rule to be made with it; NULL for none */
	/* REQUEST_CALL, the new body of an edit, and what REQUEST_COPY copies */
	const char *method;		/* literal */
	char path[400];
	char *body;
	bool ends_gate;			/* the gate ends by it, and so does the dashboard */
	/* of several that are decided together: the others, in order; own */
	struct dash_request *more;
	size_t more_count;
};
void dash_request_release(struct dash_request *q);

/* What still runs while all is frozen, and what changed meanwhile: lines of GET /v1/running and /v1/unfreeze. */
struct dash_running {
	char *session, *session_name, *id, *what, *agent, *ways;	/* ways: "signal delete pause control" */
	int64_t for_ms;
};

/* One of several that are to be decided together: as it was when it had been seen. */
struct dash_marked {
	int64_t id, version;
	char digest[65];
};

/* What stands in a line: an action by its id, all else by its name or id. */
struct dash_shown {
	enum need_kind kind;
	int64_t id;
	char name[128];
};

#define AGENT_RANKS 6

struct agent_counts { int wait, run, idle, down; };
/* The agents as they stand in their pane: the troubled first. */
struct agents_order {
	const struct model_agent **all;	/* own */
	size_t count, cap;
	size_t ranked[AGENT_RANKS];	/* how many have which rank */
	struct agent_counts counts;
	int64_t of, needs, from_boot_ms, until_boot_ms;	/* of which state of the model and making of the needs, and when that is so, by the gate's clock */
};

struct dashboard {
	struct model *model;		/* borrowed */
	const struct keymap *keys;	/* in force; borrowed */
	const char *const *phrases;	/* on 1 to 9 while words are typed; borrowed */
	size_t phrase_count;
	enum dash_view view;
	enum dash_prompt prompt;
	bool unicode, blocks, pixels;	/* blocks, pixels: how pictures are drawn; neither: not at all */
	bool show_log, zoom, own_gate;
	bool gate_up;
	int64_t gate_down_since_wall_ms;
	int64_t gate_silent_since_wall_ms;	/* it is connected, and has not answered for a second; 0: it answers */
	char gate_why[200];

	int64_t selected;		/* an action's id; 0 none */
	bool began;			/* something was selected once: from then on a person selects */
	struct arm arm;
	int scroll;			/* of the card, rows */
	int card_rows, card_room;	/* as last drawn */
	int64_t seen_id, seen_version;	/* whose request's end has been on screen */
	struct card card;		/* of the selected action; its facts come by card_ask() and card_answer() */
	int log_scroll;			/* rows up from the end; 0 follows */
	char line[DASH_WORDS_MAX];	/* typed words */
	int64_t typed_id, typed_version;	/* the action that the words, or the word that confirms, are about */
	char message[240];
	int64_t message_ms, message_until_ms;	/* said, and shown no longer */
	int64_t again_id, again_version;	/* approving asked once more for this one */
	char again_told[1024];		/* the doubts that were told of it, each a line: at most five at a time, below 160 bytes each */
	bool chord;			/* Ctrl-] was pressed: F freezes, wherever */
	bool locked;			/* this operator has an identity, and it has to be unlocked before anything that widens */
	char person[65];		/* who decides here, as the gate is told; "" for the user's own name */

	/* what needs a person, and what is selected in it when it is neither an action nor MIOSA's */
	struct needs needs;
	struct needs_turns turn_of;
	int64_t selected_since_wall_ms;	/* where in it the selected action stood */
	char trouble_agent[128], trouble_session[128];
	uint64_t open[NEEDS_OPEN];	/* likenesses whose rows are open */
	size_t open_count;
	char filter[80];
	struct dash_marked *marked;	/* own */
	size_t marked_count;
	enum dash_pane pane;
	char pane_agent[128];		/* selected in the pane of agents */
	int list_top, list_line;	/* the first row that is shown, and in which line the selected one stands */
	struct rect list_at, agents_at, tape_at;	/* as last drawn, without their frames; width 0: not there */
	struct dash_shown list_shown[DASH_SHOWN], agents_shown[DASH_SHOWN];	/* what stands in their lines: a click is about what was seen */
	struct dash_shown list_cursor;	/* what is selected, as last drawn */
	int list_lines, agent_lines;
	struct agents_order order;
	int64_t wall_ms, wall_less_boot_ms;	/* as last drawn */
	struct desk desk;
	struct notices notices;
	int64_t noticed_of, noticed_ms;	/* which state of the model was looked at for notices, and when */
	struct turns turns;
	char turns_of[128];		/* whose turns are shown */
	int64_t turns_at;		/* how many actions it had taken when the gate was asked; -1: not asked yet */
	char turns_error[200];
	enum dash_view before_turns;

	/* agents and rules; what still runs; the editor; the rule to be made */
	int row;			/* selected in VIEW_AGENTS and VIEW_FROZEN */
	char target[128];		/* whose note, whose cap */
	bool of_session;		/* the note is on a session, by its id */
	struct dash_running *running;	/* own */
	size_t running_count;
	char **changed;			/* own lines */
	size_t changed_count;
	struct editor editor;
	int64_t edit_id, edit_version;
	struct alike_form form;

	/* the session that is shown, its picture and log; kept by the wiring */
	char session[128];
	struct image screen;		/* own; empty when there is none */
	char screen_sha256[65];
	int64_t screen_seq;		/* the gate's count of its changes, when it was asked for */
	struct {
		enum dash_still wanted, shown;	/* shown: by the wiring, which of them the picture is */
		int64_t id, version;		/* of the action that they are about */
		bool held;			/* it was, when it was last looked at */
		bool chosen;			/* by a person */
	} still;
	char screen_error[520];
	int64_t screen_wall_ms;
	struct log_line *log;		/* own */
	size_t log_count;
	int64_t log_total;

	/* the log on the whole screen */
	struct logview logs;
	char log_of[128];		/* the session whose log m comes back to */
	enum dash_view before_log, before_help;
	struct log_search wanted;	/* as it is typed */
	bool search_up;			/* which way n goes */
	char saving[200];		/* how far the file is that is being written; "": none is */
	int64_t saving_since_ms;
	int64_t missed;			/* of the model's, what was told */

	struct rect control_at;		/* the key for it in the bar; width 0: it is not there */
	struct hand hand;		/* control of a computer, while VIEW_HAND is shown */
	char run_in[128];		/* the sandbox in which a typed command is to run */

	/* the list of sessions, and what MIOSA waits for */
	char listed[128];		/* the selected session's id */
	char approval[128];		/* selected in place of an action; "" none */
	char approval_print[128];	/* its fingerprint, as it is shown */
	int64_t approval_turn;		/* counts what was selected: for arming */

	/* where the last frame wants a picture as bytes; width 0: nowhere */
	struct rect picture;		/* cells */
	struct rect inset;		/* cells: of a second one, the part round the target at 1:1 */
	/* how it is to be looked at, by the keys; and how it is, as drawn */
	struct picture_view look, picture_view;
	bool whole;			/* a key asked for all of it: no part for want of room */
	int64_t looked_id;		/* what was selected when it was moved */
	char looked_session[128];
	struct picture_place place;	/* as the terminal has it; width 0: it has none. By the wiring */
};

void dash_init(struct dashboard *d, struct model *m);	/* m: borrowed */
void dash_release(struct dashboard *d);
/* The model changed, or time passed: the selection is looked after. true when another action or version is selected now. */
bool dash_update(struct dashboard *d, int64_t now_boot_ms);
/* A key, or a pasted character. Fills *ret (REQUEST_NONE mostly). */
void dash_key(struct dashboard *d, const struct input_event *ev, int64_t now_boot_ms, struct dash_request *ret);
/* One line for the person, of our own words, for some seconds. */
void dash_say(struct dashboard *d, int64_t now_boot_ms, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void dash_set_running(struct dashboard *d, struct dash_running *list, size_t count);	/* takes ownership */
void dash_set_changed(struct dashboard *d, char **lines, size_t count);			/* takes ownership */
void dash_set_log(struct dashboard *d, struct log_line *lines, size_t count, int64_t total);	/* takes ownership */

/*
 * Is the person to be called? Then what to say, of our own words, and how many need a person, are risky, have at most 60 s left. To be asked after each
 * frame.
 */
bool dash_notice(struct dashboard *d, int64_t now_boot_ms, char *text, size_t size, int *needs, int *risky, int *urgent);
/* The agent's turns that are shown: the path to read, when they are to be read; that it is under way; what came. status 0: the body says why nothing did. */
bool turns_wanted(const struct dashboard *d, struct buf *path);
void turns_asked(struct dashboard *d);
void turns_answer(struct dashboard *d, int status, const char *body, size_t len);

/*
 * hand.c: control of a computer. REQUEST_TAKE asks for it: taken with its lease, and how many actions were sent before; or ended, with why. REQUEST_HAND_BACK
 * ends it, with hand.note. What is to be sent stands in hand.out, and each answer is told. REQUEST_WINDOWS and REQUEST_CLIPBOARD ask for what is set then.
 */
bool hand_is_on(const struct dashboard *d);
bool hand_takes_all(const struct dashboard *d);	/* each key is the computer's, but Ctrl-] */
void hand_taken(struct dashboard *d, const char *lease, int sent, int64_t now_boot_ms);
void hand_ended(struct dashboard *d, const char *why, int64_t now_boot_ms);
void hand_handed_back(struct dashboard *d, int64_t now_boot_ms);
void hand_answered(struct dashboard *d, bool done, const char *why, int64_t now_boot_ms);
int64_t hand_due(struct dashboard *d, int64_t now_boot_ms);	/* time passed; when it is to be called again, INT64_MAX: not by itself */
void hand_set_windows(struct dashboard *d, struct hand_window *list, size_t count);	/* takes ownership */
void hand_set_clipboard(struct dashboard *d, const char *text);	/* the computer's; copied */

/* Draws everything. wall and boot: our clocks. */
void dash_draw(struct dashboard *d, struct cells *c, int64_t now_boot_ms, int64_t now_wall_ms);
struct model_action *dash_selected(const struct dashboard *d);	/* NULL: none is; borrowed from the model */
/* stills.c: the path of the picture that is to be read instead of the screen; false: the screen is. */
bool stills_path(const struct dashboard *d, char *out, size_t size);
/* marking.c: what the selected action would do on the shown screen. */
struct picture_mark dash_mark(const struct dashboard *d);
/* Until when nothing changes by itself: the next time that drawing is needed, at most a second away. */
int64_t dash_next_ms(const struct dashboard *d, int64_t now_boot_ms);

/* view_card.c: the rows of the whole action; drawn from row -scroll. Returns how many there are. */
int view_card(struct dashboard *d, struct cells *c, const struct rect *r, int scroll, int64_t now_boot_ms);
/* view_overview.c */
void view_overview(struct dashboard *d, struct cells *c, int64_t now_boot_ms, int64_t now_wall_ms);
/* view_help.c: the rows of the help, drawn from row -scroll; the keys of `first` stand first. Returns how many there are. */
int view_help(struct cells *c, const struct rect *r, const struct keymap *keys, int scroll, enum keymap_place first);

#endif
