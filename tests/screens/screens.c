/* screens: see screens.h. */
#include "config.h"

#include "tests/screens/screens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

const struct screens_size screens_sizes[SCREENS_SIZES] = { { 60, 18 }, { 80, 24 }, { 120, 35 }, { 200, 60 } };

const struct screen screens[] = {
	{ "overview", screen_small, 0, 0 },
	{ "too-small", screen_small, 59, 17 },
	{ "forty", screen_forty, 0, 0 },
	{ "forty-opened", screen_forty_opened, 0, 0 },
	{ "forty-away", screen_forty_away, 0, 0 },
	{ "forty-agents", screen_forty_agents, 0, 0 },
	{ "forty-log", screen_forty_log, 0, 0 },
	{ "zoom", screen_zoom, 0, 0 },
	{ "sandbox", screen_sandbox, 0, 0 },
	{ "decided", screen_decided, 0, 0 },
	{ "picture", screen_picture, 0, 0 },
	{ "picture-aged", screen_picture_aged, 0, 0 },
	{ "blocks", screen_blocks, 0, 0 },
	{ "picture-bad", screen_picture_bad, 0, 0 },
	{ "not-live", screen_not_live, 0, 0 },
	{ "no-gate", screen_no_gate, 0, 0 },
	{ "nobody", screen_nobody, 0, 0 },
	{ "revoked", screen_revoked, 0, 0 },
	{ "frozen", screen_frozen, 0, 0 },
	{ "hostile", screen_hostile, 0, 0 },
	{ "many", screen_many, 0, 0 },
	{ "filter", screen_filter, 0, 0 },
	{ "words", screen_words, 0, 0 },
	{ "confirm", screen_confirm, 0, 0 },
	{ "passphrase", screen_passphrase, 0, 0 },
	{ "note", screen_note, 0, 0 },
	{ "cap", screen_cap, 0, 0 },
	{ "unfreeze", screen_unfreeze, 0, 0 },
	{ "card-exec-looking", screen_card_looking, 0, 0 },
	{ "card-exec", screen_card_exec, 0, 0 },
	{ "card-exec-end", screen_card_exec_end, 0, 0 },
	{ "card-exec-raw", screen_card_raw, 0, 0 },
	{ "card-click", screen_card_click, 0, 0 },
	{ "card-click-brief", screen_card_click_brief, 0, 0 },
	{ "card-changed", screen_card_changed, 0, 0 },
	{ "card-type", screen_card_type, 0, 0 },
	{ "card-typed", screen_card_typed, 0, 0 },
	{ "card-typed-brief", screen_card_typed_brief, 0, 0 },
	{ "card-place", screen_card_place, 0, 0 },
	{ "card-came-back", screen_card_came_back, 0, 0 },
	{ "card-after", screen_card_after, 0, 0 },
	{ "card-write", screen_card_write, 0, 0 },
	{ "card-opaque", screen_card_opaque, 0, 0 },
	{ "card-edited", screen_card_edited, 0, 0 },
	{ "card-denied", screen_card_denied, 0, 0 },
	{ "card-done", screen_card_done, 0, 0 },
	{ "card-words", screen_card_words, 0, 0 },
	{ "card-hostile", screen_card_hostile, 0, 0 },
	{ "agents", screen_agents, 0, 0 },
	{ "running", screen_running, 0, 0 },
	{ "edit", screen_edit, 0, 0 },
	{ "rules", screen_rules, 0, 0 },
	{ "alike", screen_alike, 0, 0 },
	{ "alike-refuse", screen_alike_refuse, 0, 0 },
	{ "alike-words", screen_alike_words, 0, 0 },
	{ "log", screen_log_one, 0, 0 },
	{ "log-chosen", screen_log_chosen, 0, 0 },
	{ "log-merged", screen_log_merged, 0, 0 },
	{ "log-only", screen_log_only, 0, 0 },
	{ "log-save", screen_log_save, 0, 0 },
	{ "sessions", screen_sessions, 0, 0 },
	{ "turns", screen_turns, 0, 0 },
	{ "history", screen_history, 0, 0 },
	{ "help", screen_help, 0, 0 },
	{ "help-log", screen_help_log, 0, 0 },
	{ "approvals", screen_approvals, 0, 0 },
	{ "approvals-hash", screen_approvals_hash, 0, 0 },
	{ "approvals-matched", screen_approvals_matched, 0, 0 },
	{ "approvals-prompt", screen_approvals_prompt, 0, 0 },
	{ "hand", screen_hand, 0, 0 },
	{ "hand-typing", screen_hand_typing, 0, 0 },
	{ "hand-far", screen_hand_far, 0, 0 },
	{ "hand-keys", screen_hand_keys, 0, 0 },
	{ "hand-windows", screen_hand_windows, 0, 0 },
	{ "hand-clipboard", screen_hand_clipboard, 0, 0 },
	{ "hand-help", screen_hand_help, 0, 0 },
	{ "hand-over", screen_hand_over, 0, 0 },
	{ "hand-back", screen_hand_back, 0, 0 },
	{ "hand-line", screen_hand_line, 0, 0 },
	{ "hand-paste", screen_hand_paste, 0, 0 },
	{ "hand-hold", screen_hand_hold, 0, 0 },
	{ "run", screen_run, 0, 0 },
};
const size_t screens_count = ARRAY_LEN(screens);

void scene_die(const char *why)
{
	fprintf(stderr, "screens: %s\n", why);
	abort();
}

void screens_make(struct scene *s, const struct screen *of)
{
	memset(s, 0, sizeof(*s));
	of->make(s);
}

void screens_release(struct scene *s)
{
	dash_release(&s->dash);
	model_release(&s->model);
}

void screens_draw(const struct screen *of, int columns, int rows, struct cells *ret)
{
	struct scene s;

	screens_make(&s, of);
	if (cells_init(ret, columns, rows) < 0)
		scene_die("no memory");
	dash_draw(&s.dash, ret, s.boot_ms, s.wall_ms);
	screens_release(&s);
}

void scene_state(struct scene *s, const char *json, int64_t boot_ms, int64_t wall_ms)
{
	struct err e = { "" };

	setenv("TZ", "UTC", 1);
	s->boot_ms = boot_ms;
	s->wall_ms = wall_ms;
	model_init(&s->model);
	if (model_snapshot(&s->model, json, strlen(json), boot_ms, wall_ms, &e) < 0)
		scene_die(e.msg);
	dash_init(&s->dash, &s->model);
	s->dash.gate_up = true;
	/* As drawn once before: what it knows of the clocks. */
	s->dash.wall_ms = wall_ms;
	s->dash.wall_less_boot_ms = wall_ms - boot_ms;
	dash_update(&s->dash, boot_ms);
}

void scene_event(struct scene *s, const char *type, const char *json)
{
	if (model_event(&s->model, type, json, strlen(json), 0, NULL) < 0)
		scene_die(json);
}

void scene_key(struct scene *s, uint32_t key)
{
	struct input_event ev = { .type = INPUT_KEY, .code = key };
	struct dash_request q;

	dash_key(&s->dash, &ev, s->boot_ms, &q);
	dash_request_release(&q);
	dash_update(&s->dash, s->boot_ms);
}

void scene_type(struct scene *s, const char *text)
{
	snprintf(s->dash.line, sizeof(s->dash.line), "%s", text);
}

void scene_select(struct scene *s, int64_t id)
{
	s->dash.selected = id;
	dash_update(&s->dash, s->boot_ms);
}

void scene_card(struct scene *s, int64_t id, const char *facts)
{
	scene_select(s, id);
	s->dash.view = VIEW_CARD;
	if (!facts[0])
		return;
	if (card_ask(&s->dash.card, dash_selected(&s->dash), s->boot_ms) != id)
		scene_die("no facts are asked for");
	card_answer(&s->dash.card, s->dash.model, dash_selected(&s->dash), 200, facts, strlen(facts), s->boot_ms);
	if (!s->dash.card.has_facts)
		scene_die(s->dash.card.why[0] ? s->dash.card.why : "the facts are not taken");
}

void scene_ready(struct scene *s)
{
	struct cells cells;

	if (cells_init(&cells, 200, 60) < 0)
		scene_die("no memory");
	dash_draw(&s->dash, &cells, s->boot_ms, s->wall_ms);
	cells_release(&cells);
	arm_drawn(&s->dash.arm, s->boot_ms - 900);
	arm_answered(&s->dash.arm, s->boot_ms - 900);
}

void scene_log(struct scene *s)
{
	static const char *const texts[] = { "bundle 1.41 MB is over the limit of 1.00 MB", "npm ERR! code \033[31mELIFECYCLE\033[0m", "npm ERR! Exit status 1" };
	struct log_line *l = calloc(ARRAY_LEN(texts), sizeof(*l));
	size_t i;

	for (i = 0; l && i < ARRAY_LEN(texts); i++)
		l[i] = (struct log_line){ .n = (int64_t)i, .wall_ms = s->wall_ms - 11000 + (int64_t)i * 1000, .stream = strdup(i ? "out" : "err"), .text = strdup(texts[i]),
					  .len = strlen(texts[i]) };
	dash_set_log(&s->dash, l, ARRAY_LEN(texts), (int64_t)ARRAY_LEN(texts));
}
