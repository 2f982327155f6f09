/* dashboard: the selection, the keys, and what they ask for. See dashboard.h. */
#include "config.h"

#include "ui/dash.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

enum { MESSAGE_MS = 6000, MESSAGE_LEAST_MS = 500, NOTICED_MS = 1000, CHORD = ']' & 0x1f };

void dash_init(struct dashboard *d, struct model *m)
{
	*d = (struct dashboard){ .model = m, .keys = keymap_default(), .unicode = true };
	d->phrases = prompt_phrases(&d->phrase_count);
	arm_init(&d->arm, true);
	editor_init(&d->editor);
	logview_init(&d->logs);
	needs_init(&d->needs);
	notices_init(&d->notices);
	hand_init(&d->hand);
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
	needs_release(&d->needs);
	notices_release(&d->notices);
	turns_release(&d->turns);
	hand_clear(&d->hand);
	free(d->marked);
	free(d->order.all);
	image_release(&d->screen);
	card_release(&d->card);
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
	free(q->more);	/* decisions without a body */
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

struct keymap_name dash_key_of(const struct dashboard *d, enum intent intent)
{
	return keymap_first(d->keys, KEYMAP_MAIN, intent);
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
	d->message_ms = now;
	d->message_until_ms = now + MESSAGE_MS;
}

struct model_action *dash_selected(const struct dashboard *d)
{
	return d->selected ? model_find_action(d->model, d->selected) : NULL;
}

/* The session of the selected action; else what was shown; else the first computer, else the first session. */
static void choose_session(struct dashboard *d)
{
	const struct model_approval *p = approvals_selected(d);
	const struct model_action *a = p && p->action ? model_find_action(d->model, p->action) : dash_selected(d);
	const struct model *m = d->model;
	const struct model_session *s = NULL;
	size_t i;

	if (d->view == VIEW_HAND)
		s = model_find_session(m, d->hand.session);
	else if (a && a->session[0])
		s = model_find_session(m, a->session);
	if (!a && d->trouble_session[0])
		s = model_find_session(m, d->trouble_session);
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
	int64_t all = m->gate.tenant_lines;
	size_t i;

	if (m->missed > d->missed)
		dash_say(d, now, "you missed %lld change%s: what is shown was read anew", (long long)(m->missed - d->missed), m->missed - d->missed == 1 ? "" : "s");
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
		selecting_action(d, 0);
	many_refresh(d);
	p = approvals_selected(d);
	if (!p || strcmp(p->fingerprint, d->approval_print) != 0)
		approvals_select(d, p ? p->id : "");
	/* Nothing is selected by itself but the very first question. */
	d->began |= d->selected != 0;
	for (i = 0; !d->began && !p && !d->trouble_agent[0] && !d->trouble_session[0] && i < d->model->action_count; i++)
		if (model_is_held(d->model->actions[i]))
			selecting_action(d, d->model->actions[i]->id);
	choose_session(d);
	looking_refresh(d);
	stills_refresh(d);
	tell_log(d, now);
	a = dash_selected(d);
	/* What is not on the screen is not armed. */
	if (d->view == VIEW_LOG || d->view == VIEW_SESSIONS || d->view == VIEW_AGENTS || d->view == VIEW_FROZEN || d->view == VIEW_HELP ||
	    d->view == VIEW_TURNS || d->view == VIEW_HISTORY || d->view == VIEW_HAND || d->view == VIEW_EDIT || (d->view == VIEW_ALIKE && !d->form.looked_at))
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

/* The views that are scrolled as a whole. */
static bool is_page(const struct dashboard *d)
{
	return d->view == VIEW_CARD || d->view == VIEW_HELP || d->view == VIEW_SESSIONS || d->view == VIEW_TURNS || d->view == VIEW_HISTORY;
}

static void scroll_by(struct dashboard *d, int by)
{
	if (is_page(d)) {
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

/* Three rows of what is scrolled; one row of a list. */
static void wheel(struct dashboard *d, int by)
{
	if (is_page(d) || (d->view == VIEW_OVERVIEW && d->pane == PANE_TAPE))
		scroll_by(d, 3 * by);
	else if (d->view == VIEW_OVERVIEW)
		selecting_move(d, by);
}

/* Esc: out of a view; on the overview first what narrows it. */
static void back(struct dashboard *d)
{
	if (d->view == VIEW_HELP) {
		d->view = d->before_help;
	} else if (d->view == VIEW_TURNS) {
		d->view = d->before_turns;
		d->scroll = 0;
	} else if (d->view != VIEW_OVERVIEW) {
		d->view = VIEW_OVERVIEW;
	} else {
		d->zoom = d->whole = false;
		looking_reset(d);
		d->pane = PANE_NEEDS;
		d->filter[0] = '\0';
		d->desk.away[0] = '\0';
	}
}

static void navigate(struct dashboard *d, enum intent intent, int64_t now)
{
	bool page_view = is_page(d), of_tape = d->view == VIEW_OVERVIEW && d->pane == PANE_TAPE;
	int page = page_view && d->card_room > 1 ? d->card_room - 1 : 5;

	switch (intent) {
	case INTENT_DOWN:
	case INTENT_UP:
		if (page_view || of_tape)
			scroll_by(d, intent == INTENT_DOWN ? 1 : -1);
		else
			selecting_move(d, intent == INTENT_DOWN ? 1 : -1);
		break;
	case INTENT_NEXT:
		selecting_next(d, now);
		break;
	case INTENT_OPEN:
		if (d->view == VIEW_OVERVIEW && d->pane == PANE_AGENTS) {
			turns_open(d, now);
		} else if (dash_selected(d) || approvals_selected(d)) {
			d->view = VIEW_CARD;
			d->scroll = 0;
			d->card.again = now - d->card.asked_boot_ms >= CARD_AGAIN_MS;
		}
		break;
	case INTENT_BACK:
		back(d);
		break;
	case INTENT_PANE:
		if (d->view == VIEW_OVERVIEW)
			d->pane = (enum dash_pane)((d->pane + 1) % PANE_COUNT);
		if (d->pane == PANE_AGENTS && d->agents_at.width == 0)
			d->pane = PANE_TAPE;
		if (d->pane == PANE_AGENTS && !model_find_agent(d->model, d->pane_agent))
			selecting_move(d, 1);	/* the first one */
		break;
	case INTENT_UNFOLD:
	case INTENT_FOLD:
		if (d->view == VIEW_OVERVIEW)
			selecting_fold(d, now, intent == INTENT_UNFOLD);
		break;
	case INTENT_MARK:
		if (d->view == VIEW_OVERVIEW || d->view == VIEW_CARD)
			many_mark(d, now);
		break;
	case INTENT_DECIDE_MARKED:
		many_open(d, now);
		break;
	case INTENT_FILTER:
		if (d->view == VIEW_OVERVIEW)
			dash_prompt_open(d, PROMPT_FILTER);
		break;
	case INTENT_TURNS:
		turns_open(d, now);
		break;
	case INTENT_HISTORY:
		d->view = d->view == VIEW_HISTORY ? VIEW_OVERVIEW : VIEW_HISTORY;
		d->scroll = 0;
		break;
	case INTENT_MUTE:
		notices_toggle(&d->notices, now);
		dash_say(d, now, notices_muted(&d->notices, now) ? "notices are muted for 15 min; the same key ends that" : "notices are on again");
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
		d->look.actual = false;
		d->view = VIEW_OVERVIEW;
		break;
	case INTENT_AGENTS:
		d->view = d->view == VIEW_AGENTS ? VIEW_OVERVIEW : VIEW_AGENTS;
		d->row = 0;
		break;
	case INTENT_RAW:
		d->card.raw = !d->card.raw;
		d->scroll = 0;
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
	case INTENT_SNAPSHOT:
		if (d->view == VIEW_OVERVIEW || d->view == VIEW_CARD)
			agents_snapshot(d, now, ret);
		break;
	case INTENT_CONTROL:
		hand_control(d, now, ret);
		break;
	case INTENT_RUN:
		run_open(d, now);
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

/* A press of the left button selects, or takes control where the bar offers it; the wheel moves; a mouse decides nothing, and is no key. */
static void mouse(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	enum { LEFT = 0, WHEEL_UP = 64, WHEEL_DOWN = 65 };

	if (ev->code == LEFT && d->view == VIEW_OVERVIEW && d->prompt == PROMPT_NONE && hand_is_bar(d, ev->params[1] - 1, ev->params[2] - 1))
		hand_control(d, now, ret);
	else if (ev->code == LEFT)
		selecting_click(d, ev->params[1] - 1, ev->params[2] - 1);
	else if ((ev->code == WHEEL_UP || ev->code == WHEEL_DOWN) && d->prompt == PROMPT_NONE)
		wheel(d, ev->code == WHEEL_DOWN ? 1 : -1);
}

void dash_key(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	bool ready = arm_ready(&d->arm, now), chord = d->chord;
	enum intent intent;

	*ret = (struct dash_request){ .type = REQUEST_NONE };
	if (hand_event(d, ev, now, ret))
		return;
	if (ev->type == INPUT_MOUSE)
		mouse(d, ev, now, ret);
	if (ev->type != INPUT_KEY && ev->type != INPUT_PASTE)
		return;
	/* It was about another key, and may be true no longer. */
	if (now - d->message_ms >= MESSAGE_LEAST_MS)
		d->message[0] = '\0';
	desk_key(&d->desk, d->model, now, now + d->wall_less_boot_ms + d->model->wall_offset_ms);
	/* Ctrl-] F freezes from everywhere, text fields included. */
	d->chord = ev->type == INPUT_KEY && ev->code == CHORD;
	if (chord && ev->type == INPUT_KEY && ev->code == 'F' && !(d->model->gate.frozen_by && d->model->gate.frozen_by[0])) {
		dash_prompt_open(d, PROMPT_NONE);
		agents_freeze(d, now, ret);
		arm_key(&d->arm, now);
		return;
	}
	intent = ev->type == INPUT_KEY ? keymap_find(d->keys, KEYMAP_MAIN, looking_code(ev)) : INTENT_NONE;
	if (d->chord || is_typing(d, ev, now, ret)) {
		arm_key(&d->arm, now);
		return;
	}
	if (d->view == VIEW_LOG)
		log_key(d, ev->code, now, ret);
	else if (d->view == VIEW_SESSIONS && sessions_key(d, ev->code, intent))
		;
	else if (d->view == VIEW_TURNS && turns_key(d, intent))
		;
	else if (intent == INTENT_COMPARE)
		stills_next(d, now);
	else if (looking_key(d, looking_code(ev), intent))
		;
	else if (!agents_key(d, ev, intent, now, ret))
		command(d, intent, now, ret);
	/* Last: the deciding key itself must not be what makes the keyboard restless. */
	if (intent != INTENT_APPROVE || !ready)
		arm_key(&d->arm, now);
}

bool dash_notice(struct dashboard *d, int64_t now, char *text, size_t size, int *needs, int *risky, int *urgent)
{
	int64_t gate_now = now + d->model->boot_offset_ms;
	const struct needs *n = &d->needs;
	struct needs all;
	bool tell = false;

	/* Nothing came, and what time alone brings is looked at each second. */
	if (d->model->changes == d->noticed_of && now >= d->noticed_ms && now - d->noticed_ms < NOTICED_MS && notices_next_ms(&d->notices) > now)
		return false;
	d->noticed_of = d->model->changes;
	d->noticed_ms = now;
	needs_init(&all);
	if (d->filter[0]) {
		/* What a filter hides calls all the same. */
		struct needs_spec s = { .approval = "", .agent = "", .session = "", .filter = "", .now_wall_ms = d->wall_ms + d->model->wall_offset_ms };

		needs_make(&all, d->model, &s);
		n = &all;
	}
	if (d->model->loaded && d->gate_up && notices_look(&d->notices, n, now, gate_now)) {
		*urgent = notices_text(n, gate_now, text, size);
		*risky = n->risky;
		*needs = n->held + n->faults + n->approvals + n->agents + n->streams;
		tell = true;
	}
	needs_release(&all);
	return tell;
}

int64_t dash_next_ms(const struct dashboard *d, int64_t now)
{
	int64_t at = arm_ready_at(&d->arm), next_second = now + 1000;

	if (notices_next_ms(&d->notices) > now && notices_next_ms(&d->notices) < next_second)
		next_second = notices_next_ms(&d->notices);
	return at > now && at < next_second ? at : next_second;
}
