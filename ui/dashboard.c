/* dashboard: the selection, the keys, and what they ask for. See dashboard.h. */
#include "config.h"

#include "ui/dash.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { MESSAGE_MS = 6000, URGENT_MS = 60000, CHORD = ']' & 0x1f };

void dash_init(struct dashboard *d, struct model *m)
{
	*d = (struct dashboard){ .model = m, .keys = keymap_default(), .unicode = true };
	d->phrases = prompt_phrases(&d->phrase_count);
	arm_init(&d->arm, true);
	editor_init(&d->editor);
	logview_init(&d->logs);
}

static void free_log(struct dashboard *d)
{
	log_lines_free(d->log, d->log_count);
	d->log = NULL;
	d->log_count = 0;
}

static void free_running(struct dashboard *d)
{
	size_t i;

	for (i = 0; i < d->running_count; i++) {
		struct dash_running *r = &d->running[i];

		free(r->session);
		free(r->session_name);
		free(r->id);
		free(r->what);
		free(r->agent);
		free(r->ways);
	}
	free(d->running);
	d->running = NULL;
	d->running_count = 0;
}

static void free_changed(struct dashboard *d)
{
	size_t i;

	for (i = 0; i < d->changed_count; i++)
		free(d->changed[i]);
	free(d->changed);
	d->changed = NULL;
	d->changed_count = 0;
}

void dash_release(struct dashboard *d)
{
	free_log(d);
	free_running(d);
	free_changed(d);
	editor_release(&d->editor);
	logview_release(&d->logs);
	image_release(&d->screen);
}

void dash_set_running(struct dashboard *d, struct dash_running *list, size_t count)
{
	free_running(d);
	d->running = list;
	d->running_count = count;
	if (d->view == VIEW_FROZEN && d->row >= (int)count)
		d->row = count > 0 ? (int)count - 1 : 0;
}

void dash_set_changed(struct dashboard *d, char **lines, size_t count)
{
	free_changed(d);
	d->changed = lines;
	d->changed_count = count;
}

void dash_request_release(struct dash_request *q)
{
	free(q->alike);
	free(q->body);
	*q = (struct dash_request){ .type = REQUEST_NONE };
}

void dash_call(struct dash_request *q, const char *method, char *body, const char *path_fmt, ...)
{
	va_list ap;

	*q = (struct dash_request){ .type = REQUEST_CALL, .method = method, .body = body ? body : strdup("{}") };
	va_start(ap, path_fmt);
	vsnprintf(q->path, sizeof(q->path), path_fmt, ap);
	va_end(ap);
}

char *dash_json(const char *key, ...)
{
	struct jsonw w;
	struct buf b;
	va_list ap;

	buf_init(&b, 16384);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	va_start(ap, key);
	for (; key; key = va_arg(ap, const char *))
		jw_kstr(&w, key, va_arg(ap, const char *));
	va_end(ap);
	jw_end(&w, '}');
	return buf_take(&b);
}

bool dash_unlocked(struct dashboard *d, int64_t now)
{
	if (!d->locked)
		return true;
	dash_prompt_open(d, PROMPT_PASSPHRASE);
	dash_say(d, now, "this needs your signature: unlock it, then press the key again");
	return false;
}

void dash_set_log(struct dashboard *d, struct log_line *lines, size_t count, int64_t total)
{
	free_log(d);
	d->log = lines;
	d->log_count = count;
	d->log_total = total;
}

void dash_say(struct dashboard *d, int64_t now, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(d->message, sizeof(d->message), fmt, ap);
	va_end(ap);
	d->message_until_ms = now + MESSAGE_MS;
}

struct model_action *dash_selected(const struct dashboard *d)
{
	return d->selected ? model_find_action(d->model, d->selected) : NULL;
}

struct picture_mark dash_mark(const struct dashboard *d)
{
	const struct model_action *a = dash_selected(d);
	struct picture_mark mark = { 0 };

	if (!a || strcmp(a->session, d->session) != 0 || !a->has_point)
		return mark;
	mark.point = true;
	mark.x = (int)a->x;
	mark.y = (int)a->y;
	mark.second = a->has_second;
	mark.x2 = (int)a->x2;
	mark.y2 = (int)a->y2;
	return mark;
}

/* The rows of NEEDS YOU, and the one that was just decided as long as it is selected. */
static bool listed(const struct dashboard *d, const struct model_action *a)
{
	return a->needs_person || a->id == d->selected;
}

static void select_action(struct dashboard *d, int64_t id)
{
	if (id)
		approvals_select(d, "");
	if (d->selected == id)
		return;
	d->selected = id;
	d->scroll = 0;
	d->again_id = 0;
}

/* The session of the selected action; else what was shown; else the first computer, else the first session. */
static void choose_session(struct dashboard *d)
{
	const struct model_approval *p = approvals_selected(d);
	const struct model_action *a = p && p->action ? model_find_action(d->model, p->action) : dash_selected(d);
	const struct model *m = d->model;
	const struct model_session *s = NULL;
	size_t i;

	if (a && a->session[0])
		s = model_find_session(m, a->session);
	if (!s && d->session[0])
		s = model_find_session(m, d->session);
	for (i = 0; i < m->session_count && !s; i++)
		if (strcmp(m->sessions[i]->kind, "computer") == 0)
			s = m->sessions[i];
	if (!s && m->session_count > 0)
		s = m->sessions[0];
	if (s && strcmp(s->id, d->session) == 0)
		return;
	snprintf(d->session, sizeof(d->session), "%s", s ? s->id : "");
	image_release(&d->screen);
	d->screen_sha256[0] = d->screen_error[0] = '\0';
	d->log_scroll = 0;
	free_log(d);
}

/* What the model knows of the log that is open; and what never came is said, once. */
static void tell_log(struct dashboard *d, int64_t now)
{
	const struct model *m = d->model;
	const struct model_session *s = model_find_session(m, d->logs.filter.session);
	int64_t all = 0;
	size_t i;

	if (m->missed > d->missed)
		dash_say(d, now, "you missed %lld changes: what is shown was read anew", (long long)(m->missed - d->missed));
	d->missed = m->missed;
	if (d->view != VIEW_LOG)
		return;
	for (i = 0; i < m->session_count && !d->logs.filter.session[0]; i++)
		all += m->sessions[i]->log_lines;
	logview_tell(&d->logs, s ? s->log_lines : all);
	if (d->logs.outcome[0])
		dash_say(d, now, "%s", d->logs.outcome);
	d->logs.outcome[0] = '\0';
}

bool dash_update(struct dashboard *d, int64_t now)
{
	const struct model_action *a = dash_selected(d);
	const struct model_approval *p;
	size_t i;

	if (!a)
		select_action(d, 0);
	p = approvals_selected(d);
	if (!p || strcmp(p->fingerprint, d->approval_print) != 0)
		approvals_select(d, p ? p->id : "");
	/* Nothing is selected by itself but the very first question. */
	for (i = 0; !d->selected && !p && i < d->model->action_count; i++)
		if (model_is_held(d->model->actions[i]))
			select_action(d, d->model->actions[i]->id);
	choose_session(d);
	tell_log(d, now);
	a = dash_selected(d);
	/* What is not on the screen is not armed. */
	if (d->view == VIEW_LOG || d->view == VIEW_SESSIONS || d->view == VIEW_AGENTS || d->view == VIEW_FROZEN || d->view == VIEW_HELP)
		return arm_select(&d->arm, 0, 0);
	p = approvals_selected(d);
	if (p)
		return arm_select(&d->arm, model_is_pending(p) ? -d->approval_turn : 0, 0);
	/* A decision that is being typed is about this very one: when it ends, the words stay and decide nothing. */
	return arm_select(&d->arm, a && model_is_held(a) ? a->id : 0, a ? a->version : 0);
}

const struct model_person *dash_reader(const struct dashboard *d, int64_t id)
{
	size_t i;

	for (i = 0; i < d->model->person_count; i++)
		if (d->model->persons[i]->reads == id && strcmp(d->model->persons[i]->name, d->person) != 0)
			return d->model->persons[i];
	return NULL;
}

/* Actions in order of id, then what MIOSA waits for. */
static void move_down(struct dashboard *d)
{
	const struct model *m = d->model;
	bool behind = !d->approval[0];	/* behind what is selected */
	size_t i;

	for (i = 0; i < m->action_count && behind; i++) {
		if (listed(d, m->actions[i]) && m->actions[i]->id > d->selected) {
			select_action(d, m->actions[i]->id);
			return;
		}
	}
	for (i = 0; i < m->approval_count; i++) {
		if (behind && approvals_is_listed(d, m->approvals[i])) {
			approvals_select(d, m->approvals[i]->id);
			return;
		}
		behind |= strcmp(m->approvals[i]->id, d->approval) == 0;
	}
}

static void move_up(struct dashboard *d)
{
	const struct model *m = d->model;
	const char *before = "";
	int64_t id = 0;
	size_t i;

	for (i = 0; i < m->approval_count && strcmp(m->approvals[i]->id, d->approval) != 0 && d->approval[0]; i++)
		if (approvals_is_listed(d, m->approvals[i]))
			before = m->approvals[i]->id;
	if (before[0]) {
		approvals_select(d, before);
		return;
	}
	for (i = 0; i < m->action_count; i++)
		if (listed(d, m->actions[i]) && (d->approval[0] || m->actions[i]->id < d->selected))
			id = m->actions[i]->id;
	if (id)
		select_action(d, id);
}

static void move(struct dashboard *d, int by)
{
	if (by > 0)
		move_down(d);
	else
		move_up(d);
}

/* Under a minute left, then risky, then the oldest; never the one that is selected, nor one that another person reads. */
static void next(struct dashboard *d, int64_t now)
{
	const struct model *m = d->model;
	const struct model_action *best = NULL;
	int best_rank = 0;
	size_t i;

	for (i = 0; i < m->action_count; i++) {
		const struct model_action *a = m->actions[i];
		int rank = 1;

		if (!model_is_held(a) || a->id == d->selected || dash_reader(d, a->id))
			continue;
		if (a->expires_boot_ms - (now + m->boot_offset_ms) < URGENT_MS)
			rank = 3;
		else if (model_is_risky(a))
			rank = 2;
		if (rank > best_rank) {
			best = a;
			best_rank = rank;
		}
	}
	for (i = 0; !best && i < m->approval_count; i++) {
		if (approvals_is_listed(d, m->approvals[i]) && strcmp(m->approvals[i]->id, d->approval) != 0) {
			approvals_select(d, m->approvals[i]->id);
			return;
		}
	}
	if (best)
		select_action(d, best->id);
	else
		dash_say(d, now, "no other question waits");
}

static void scroll_by(struct dashboard *d, int by)
{
	if (d->view == VIEW_CARD || d->view == VIEW_HELP || d->view == VIEW_SESSIONS) {
		d->scroll += by;
		if (d->scroll > d->card_rows - d->card_room)
			d->scroll = d->card_rows - d->card_room;
		if (d->scroll < 0)
			d->scroll = 0;
	} else if (d->show_log) {
		d->log_scroll -= by;
		if (d->log_scroll > (int)d->log_count - 1)
			d->log_scroll = (int)d->log_count - 1;
		if (d->log_scroll < 0)
			d->log_scroll = 0;
	}
}

void dash_help(struct dashboard *d)
{
	if (d->view == VIEW_HELP) {
		d->view = d->before_help;
		return;
	}
	d->before_help = d->view;
	d->view = VIEW_HELP;
	d->scroll = 0;
}

static void navigate(struct dashboard *d, enum intent intent, int64_t now)
{
	bool page_view = d->view == VIEW_CARD || d->view == VIEW_HELP || d->view == VIEW_SESSIONS;
	int page = page_view && d->card_room > 1 ? d->card_room - 1 : 5;

	switch (intent) {
	case INTENT_DOWN:
	case INTENT_UP:
		if (page_view)
			scroll_by(d, intent == INTENT_DOWN ? 1 : -1);
		else
			move(d, intent == INTENT_DOWN ? 1 : -1);
		break;
	case INTENT_NEXT:
		next(d, now);
		break;
	case INTENT_OPEN:
		if (dash_selected(d) || approvals_selected(d)) {
			d->view = VIEW_CARD;
			d->scroll = 0;
		}
		break;
	case INTENT_BACK:
		if (d->view == VIEW_OVERVIEW)
			d->zoom = false;
		d->view = d->view == VIEW_HELP ? d->before_help : VIEW_OVERVIEW;
		break;
	case INTENT_PAGE_DOWN:
	case INTENT_PAGE_UP:
		scroll_by(d, intent == INTENT_PAGE_DOWN ? page : -page);
		break;
	case INTENT_HOME:
	case INTENT_END:
		scroll_by(d, intent == INTENT_END ? 1000000 : -1000000);
		break;
	case INTENT_LOG:
		d->show_log = !d->show_log;
		d->log_scroll = 0;
		break;
	case INTENT_ZOOM:
		d->zoom = !d->zoom;
		d->view = VIEW_OVERVIEW;
		break;
	case INTENT_AGENTS:
		d->view = d->view == VIEW_AGENTS ? VIEW_OVERVIEW : VIEW_AGENTS;
		d->row = 0;
		break;
	case INTENT_HELP:
		dash_help(d);
		break;
	case INTENT_WHOLE_LOG:
		log_view_open(d, d->view == VIEW_SESSIONS ? d->listed : d->session);
		break;
	case INTENT_SESSIONS:
		if (d->view != VIEW_SESSIONS)
			snprintf(d->listed, sizeof(d->listed), "%s", d->session);
		d->view = d->view == VIEW_SESSIONS ? VIEW_OVERVIEW : VIEW_SESSIONS;
		d->scroll = 0;
		break;
	case INTENT_MIOSA:
		if (d->view == VIEW_OVERVIEW || d->view == VIEW_CARD)
			approvals_toggle(d, now);
		break;
	default:
		break;
	}
}

/* Keys that go their own way: typed lines, the editor, the form. */
static bool is_typing(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	if (d->prompt != PROMPT_NONE)
		prompt_key(d, ev, now, ret);
	else if (d->view == VIEW_EDIT)
		decide_edited(d, ev, now, ret);
	else if (d->view == VIEW_ALIKE)
		decide_alike(d, ev, now, ret);
	else
		return ev->type == INPUT_PASTE;	/* elsewhere a paste never decides, and never moves */
	return true;
}

static void command(struct dashboard *d, enum intent intent, int64_t now, struct dash_request *ret)
{
	switch (intent) {
	case INTENT_APPROVE:
	case INTENT_DENY:
	case INTENT_DENY_WORDS:
	case INTENT_EDIT:
	case INTENT_ALIKE:
	case INTENT_SEEN:
		/* In a list of something else they would decide about what is not on screen. */
		if (d->view != VIEW_OVERVIEW && d->view != VIEW_CARD)
			break;
		if (approvals_selected(d))
			approvals_key(d, intent, now, ret);
		else
			decide_key(d, intent, now, ret);
		break;
	case INTENT_FREEZE:
		agents_freeze(d, now, ret);
		break;
	case INTENT_HAND_BACK:
		agents_hand_back(d, now, ret);
		break;
	case INTENT_QUIT:
		ret->type = REQUEST_QUIT;
		break;
	case INTENT_STOP_GATE:
		if (d->own_gate) {
			dash_call(ret, "POST", NULL, "/v1/shutdown");
			ret->ends_gate = true;
		} else {
			dash_say(d, now, "this dashboard did not start the gate; end it with: assent stop");
		}
		break;
	case INTENT_SAVE_PICTURE:
		ret->type = REQUEST_SAVE_PICTURE;
		break;
	default:
		navigate(d, intent, now);
		break;
	}
}

void dash_key(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	bool ready = arm_ready(&d->arm, now), chord = d->chord;
	enum intent intent;

	*ret = (struct dash_request){ .type = REQUEST_NONE };
	if (ev->type != INPUT_KEY && ev->type != INPUT_PASTE)
		return;
	/* Ctrl-] F freezes from everywhere, text fields included. */
	d->chord = ev->type == INPUT_KEY && ev->code == CHORD;
	if (chord && ev->type == INPUT_KEY && ev->code == 'F' && !(d->model->gate.frozen_by && d->model->gate.frozen_by[0])) {
		dash_prompt_open(d, PROMPT_NONE);
		agents_freeze(d, now, ret);
		arm_key(&d->arm, now);
		return;
	}
	intent = ev->type == INPUT_KEY ? keymap_find(d->keys, KEYMAP_MAIN, ev->code) : INTENT_NONE;
	if (d->chord || is_typing(d, ev, now, ret)) {
		arm_key(&d->arm, now);
		return;
	}
	if (d->view == VIEW_LOG)
		log_key(d, ev->code, now, ret);
	else if (d->view == VIEW_SESSIONS && sessions_key(d, ev->code, intent))
		;
	else if (!agents_key(d, ev, intent, now, ret))
		command(d, intent, now, ret);
	/* Last: the deciding key itself must not be what makes the keyboard restless. */
	if (intent != INTENT_APPROVE || !ready)
		arm_key(&d->arm, now);
}

int64_t dash_next_ms(const struct dashboard *d, int64_t now)
{
	int64_t at = arm_ready_at(&d->arm), next_second = now + 1000;

	return at > now && at < next_second ? at : next_second;
}
