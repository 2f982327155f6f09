/*
 * screens: each view of the dashboard in a state that a gate may be in, as a table: for golden files (tests/unit/test_golden) and for real terminals
 * (tests/unit/test_vterm, tests/e2e/screens_terminals.sh). A new view is a function that makes its state and a row.
 */
#ifndef ASSENT_TESTS_SCREENS_H
#define ASSENT_TESTS_SCREENS_H

#include "ui/dashboard.h"

struct scene {
	struct model model;
	struct dashboard dash;
	int64_t boot_ms, wall_ms;	/* our clocks when it is drawn */
};

struct screen {
	const char *name;
	void (*make)(struct scene *s);	/* into a scene of zeros; dies where the state is wrong */
	int columns, rows;		/* one size of its own; 0: all of screens_sizes */
};

struct screens_size { int columns, rows; };

enum { SCREENS_SIZES = 4 };
extern const struct screens_size screens_sizes[SCREENS_SIZES];
extern const struct screen screens[];
extern const size_t screens_count;

void screens_make(struct scene *s, const struct screen *of);
void screens_release(struct scene *s);
/* Makes it and draws it into new cells, which are the caller's. */
void screens_draw(const struct screen *of, int columns, int rows, struct cells *ret);

/* For the functions of the table: what a gate would tell; keys as a person presses them. */
void scene_state(struct scene *s, const char *json, int64_t boot_ms, int64_t wall_ms);
void scene_event(struct scene *s, const char *type, const char *json);
void scene_key(struct scene *s, uint32_t key);
/* Words typed into the prompt that is open. */
void scene_type(struct scene *s, const char *text);
/* This action is selected; its card in full; what the gate found out about it. */
void scene_select(struct scene *s, int64_t id);
void scene_card(struct scene *s, int64_t id, const char *facts);
/* What is selected has been on the screen for long enough, and the keyboard was quiet. */
void scene_ready(struct scene *s);
/* The shown session's log: lines, the last stream of each. */
void scene_log(struct scene *s);
_Noreturn void scene_die(const char *why);

/* overview.c */
void screen_small(struct scene *s);	/* two agents, little to do */
void screen_forty(struct scene *s);	/* forty agents, each kind of trouble once */
void screen_forty_opened(struct scene *s);
void screen_forty_away(struct scene *s);
void screen_forty_agents(struct scene *s);
void screen_forty_log(struct scene *s);
void screen_zoom(struct scene *s);
void screen_sandbox(struct scene *s);
void screen_decided(struct scene *s);
void screen_picture(struct scene *s);
void screen_picture_bad(struct scene *s);
void screen_picture_aged(struct scene *s);
void screen_blocks(struct scene *s);
void screen_not_live(struct scene *s);
void screen_no_gate(struct scene *s);
void screen_nobody(struct scene *s);
void screen_revoked(struct scene *s);
void screen_frozen(struct scene *s);
void screen_hostile(struct scene *s);
void screen_many(struct scene *s);
void screen_filter(struct scene *s);
void screen_words(struct scene *s);
void screen_confirm(struct scene *s);
void screen_passphrase(struct scene *s);
void screen_note(struct scene *s);
void screen_cap(struct scene *s);
void screen_unfreeze(struct scene *s);

/* cards.c */
void screen_card_looking(struct scene *s);
void screen_card_exec(struct scene *s);
void screen_card_exec_end(struct scene *s);
void screen_card_raw(struct scene *s);
void screen_card_click(struct scene *s);
void screen_card_click_brief(struct scene *s);
void screen_card_changed(struct scene *s);
void screen_card_type(struct scene *s);
void screen_card_typed(struct scene *s);
void screen_card_typed_brief(struct scene *s);
void screen_card_place(struct scene *s);
void screen_card_came_back(struct scene *s);
void screen_card_after(struct scene *s);
void screen_card_write(struct scene *s);
void screen_card_opaque(struct scene *s);
void screen_card_edited(struct scene *s);
void screen_card_denied(struct scene *s);
void screen_card_done(struct scene *s);
void screen_card_words(struct scene *s);
void screen_card_hostile(struct scene *s);

/* views.c */
void screen_agents(struct scene *s);
void screen_running(struct scene *s);
void screen_edit(struct scene *s);
void screen_rules(struct scene *s);
void screen_alike(struct scene *s);
void screen_alike_refuse(struct scene *s);
void screen_alike_words(struct scene *s);
void screen_log_one(struct scene *s);
void screen_log_chosen(struct scene *s);
void screen_log_merged(struct scene *s);
void screen_log_only(struct scene *s);
void screen_log_save(struct scene *s);
void screen_sessions(struct scene *s);
void screen_turns(struct scene *s);
void screen_history(struct scene *s);
void screen_help(struct scene *s);
void screen_help_log(struct scene *s);
void screen_approvals(struct scene *s);
void screen_approvals_hash(struct scene *s);
void screen_approvals_matched(struct scene *s);
void screen_approvals_prompt(struct scene *s);

/* hand.c */
void screen_hand(struct scene *s);
void screen_hand_typing(struct scene *s);
void screen_hand_far(struct scene *s);
void screen_hand_keys(struct scene *s);
void screen_hand_windows(struct scene *s);
void screen_hand_clipboard(struct scene *s);
void screen_hand_help(struct scene *s);
void screen_hand_over(struct scene *s);
void screen_hand_back(struct scene *s);
void screen_hand_line(struct scene *s);
void screen_hand_paste(struct scene *s);
void screen_hand_hold(struct scene *s);
void screen_run(struct scene *s);

#endif
