/* dashboard: the selection, the keys, and what they ask for. See dashboard.h. */
#include "config.h"

#include "ui/dashboard.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum { MESSAGE_MS = 6000, URGENT_MS = 60000 };

/* The user's own phrases on 1 to 9 while words are typed. */
static const char *const phrases[] = {
	"Not now. Wait until I ask you to.", "Not that; choose a smaller step.", "Stay inside your workspace.", "Ask a person to do this by hand.",
	"Show me first what it would change.", "Wrong place: look at the screen again.",
};

void dash_init(struct dashboard *d, struct model *m)
{
	*d = (struct dashboard){ .model = m, .unicode = true };
	arm_init(&d->arm, true);
}

static void free_log(struct dashboard *d)
{
	size_t i;

	for (i = 0; i < d->log_count; i++) {
		free(d->log[i].stream);
		free(d->log[i].text);
	}
	free(d->log);
	d->log = NULL;
	d->log_count = 0;
}

void dash_release(struct dashboard *d)
{
	free_log(d);
	image_release(&d->screen);
}

void dash_set_log(struct dashboard *d, struct dash_log_line *lines, size_t count, int64_t total)
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
	if (d->selected == id)
		return;
	d->selected = id;
	d->scroll = 0;
	d->again_id = 0;
}

/* The session of the selected action; else what was shown; else the first computer, else the first session. */
static void choose_session(struct dashboard *d)
{
	const struct model_action *a = dash_selected(d);
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

bool dash_update(struct dashboard *d, int64_t now)
{
	const struct model_action *a = dash_selected(d);
	size_t i;

	(void)now;
	if (!a)
		select_action(d, 0);
	/* Nothing is selected by itself but the very first question. */
	for (i = 0; !d->selected && i < d->model->action_count; i++)
		if (model_is_held(d->model->actions[i]))
			select_action(d, d->model->actions[i]->id);
	choose_session(d);
	a = dash_selected(d);
	/* A decision that is being typed is about this very one: when it ends, the words stay and decide nothing. */
	return arm_select(&d->arm, a && model_is_held(a) ? a->id : 0, a ? a->version : 0);
}

static void move(struct dashboard *d, int by)
{
	const struct model *m = d->model;
	int64_t before = 0, after = 0;
	size_t i;

	for (i = 0; i < m->action_count; i++) {
		if (!listed(d, m->actions[i]))
			continue;
		if (m->actions[i]->id < d->selected)
			before = m->actions[i]->id;
		else if (m->actions[i]->id > d->selected && !after)
			after = m->actions[i]->id;
	}
	if (by > 0 && after)
		select_action(d, after);
	else if (by < 0 && before)
		select_action(d, before);
}

/* Under a minute left, then risky, then the oldest; never the one that is selected while there is another. */
static void next(struct dashboard *d, int64_t now)
{
	const struct model *m = d->model;
	const struct model_action *best = NULL;
	int best_rank = 0;
	size_t i;

	for (i = 0; i < m->action_count; i++) {
		const struct model_action *a = m->actions[i];
		int rank = 1;

		if (!model_is_held(a) || a->id == d->selected)
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
	if (best)
		select_action(d, best->id);
	else
		dash_say(d, now, "no other question waits");
}

static void ask(const struct model_action *a, bool approve, struct dash_request *ret)
{
	*ret = (struct dash_request){ .type = REQUEST_DECIDE, .id = a->id, .version = a->version, .approve = approve, .with_screen = a->has_point };
	snprintf(ret->digest, sizeof(ret->digest), "%s", a->digest);
}

/* Why a yes needs a second key; "" when it does not. */
static void doubts(const struct dashboard *d, const struct model_action *a, char *why, size_t size)
{
	const struct model_session *s = model_find_session(d->model, a->session);

	why[0] = '\0';
	if (!d->model->gate.live)
		snprintf(why, size, "%s does not answer: it may end as not sent", d->model->gate.upstream_name);
	else if (s && !s->live)
		snprintf(why, size, "its session is not live: you see the past");
	else if (a->has_point && (d->screen_error[0] || !d->screen.rgb))
		snprintf(why, size, "there is no picture of where it would act");
	else if (a->waits_for)
		snprintf(why, size, "%lld waits before it on this session: it would go ahead", (long long)a->waits_for);
}

static void approve(struct dashboard *d, const struct model_action *a, int64_t now, struct dash_request *ret)
{
	char why[160];

	if (a->askers == 0) {
		dash_say(d, now, "agent %s is away: nothing to say yes to until it is back", a->agent);
	} else if (!d->gate_up) {
		dash_say(d, now, "the gate does not answer: nothing can be decided");
	} else if (d->seen_id != a->id || d->seen_version != a->version) {
		dash_say(d, now, "not all of it was shown: Enter, then Space to its end");
	} else if (!arm_ready(&d->arm, now)) {
		dash_say(d, now, "a was too early for %lld: look first", (long long)a->id);
	} else {
		doubts(d, a, why, sizeof(why));
		if (why[0] && (d->again_id != a->id || d->again_version != a->version || strcmp(d->again_why, why) != 0)) {
			d->again_id = a->id;
			d->again_version = a->version;
			snprintf(d->again_why, sizeof(d->again_why), "%s", why);
			dash_say(d, now, "%s. a again to say yes all the same", why);
			return;
		}
		if (model_is_risky(a)) {
			d->prompt = PROMPT_CONFIRM;
			d->line[0] = '\0';
			return;
		}
		ask(a, true, ret);
		ret->ahead = a->waits_for != 0;
	}
}

static void act(struct dashboard *d, enum intent intent, int64_t now, struct dash_request *ret)
{
	struct model_action *a = dash_selected(d);

	if (!a) {
		dash_say(d, now, "nothing is selected");
	} else if (intent == INTENT_SEEN) {
		if (a->needs_person && !model_is_held(a))
			*ret = (struct dash_request){ .type = REQUEST_SEEN, .id = a->id };
		else
			dash_say(d, now, "%lld is no fault", (long long)a->id);
	} else if (!model_is_held(a)) {
		dash_say(d, now, "%lld is %s already", (long long)a->id, a->state);
	} else if (intent == INTENT_APPROVE) {
		approve(d, a, now, ret);
	} else if (intent == INTENT_DENY) {
		ask(a, false, ret);
	} else {
		d->prompt = PROMPT_WORDS;
		d->line[0] = '\0';
	}
}

static void scroll_by(struct dashboard *d, int by)
{
	if (d->view == VIEW_CARD) {
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

static void erase(char *line)
{
	size_t n = strlen(line);

	while (n > 0 && ((unsigned char)line[--n] & 0xc0) == 0x80)
		;
	line[n] = '\0';
}

static void insert(struct dashboard *d, uint32_t cp)
{
	char utf8[4];
	size_t n = utf8_encode(cp, utf8), len = strlen(d->line);

	if (cp >= 0x20 && cp != 0x7f && cp < KEY_SPECIAL && len + n < sizeof(d->line)) {
		memcpy(d->line + len, utf8, n);
		d->line[len + n] = '\0';
	}
}

static void end_prompt(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	const struct model_action *a = dash_selected(d);
	enum dash_prompt prompt = d->prompt;

	d->prompt = PROMPT_NONE;
	if (!a || !model_is_held(a)) {
		dash_say(d, now, "%lld was decided meanwhile: %s", (long long)d->selected, a ? a->state : "gone");
	} else if (prompt == PROMPT_WORDS) {
		ask(a, false, ret);
		snprintf(ret->note, sizeof(ret->note), "%s", d->line);
	} else if (strcmp(d->line, a->session_name[0] ? a->session_name : a->kind) == 0) {
		/* The version may have changed while the name was typed. */
		if (d->seen_id != a->id || d->seen_version != a->version) {
			dash_say(d, now, "%lld changed meanwhile: look again", (long long)a->id);
			return;
		}
		ask(a, true, ret);
		ret->ahead = a->waits_for != 0;
	} else {
		dash_say(d, now, "that is not its session's name: nothing was decided");
	}
}

static void prompt_key(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	if (ev->type == INPUT_PASTE) {
		/* Pasted text is words to be sent, never a name that approves. */
		if (d->prompt == PROMPT_WORDS)
			insert(d, ev->code);
		return;
	}
	if (ev->code == KEYS_ESCAPE || ev->code == ('c' & 0x1f)) {
		d->prompt = PROMPT_NONE;
		dash_say(d, now, "nothing was decided");
	} else if (ev->code == KEYS_ENTER) {
		end_prompt(d, now, ret);
	} else if (ev->code == KEYS_BACKSPACE) {
		erase(d->line);
	} else if (ev->code == ('u' & 0x1f)) {
		d->line[0] = '\0';
	} else if (d->prompt == PROMPT_WORDS && !d->line[0] && ev->code >= '1' && ev->code < '1' + (uint32_t)ARRAY_LEN(phrases)) {
		snprintf(d->line, sizeof(d->line), "%s", phrases[ev->code - '1']);
	} else {
		insert(d, ev->code);
	}
}

static void navigate(struct dashboard *d, enum intent intent, int64_t now)
{
	int page = d->view == VIEW_CARD && d->card_room > 1 ? d->card_room - 1 : 5;

	switch (intent) {
	case INTENT_DOWN:
	case INTENT_UP:
		if (d->view == VIEW_CARD)
			scroll_by(d, intent == INTENT_DOWN ? 1 : -1);
		else
			move(d, intent == INTENT_DOWN ? 1 : -1);
		break;
	case INTENT_NEXT:
		next(d, now);
		break;
	case INTENT_OPEN:
		if (dash_selected(d))
			d->view = VIEW_CARD;
		break;
	case INTENT_BACK:
		if (d->view == VIEW_OVERVIEW)
			d->zoom = false;
		d->view = VIEW_OVERVIEW;
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
	case INTENT_HELP:
		d->view = d->view == VIEW_HELP ? VIEW_OVERVIEW : VIEW_HELP;
		break;
	default:
		break;
	}
}

void dash_key(struct dashboard *d, const struct input_event *ev, int64_t now, struct dash_request *ret)
{
	enum intent intent;
	bool ready = arm_ready(&d->arm, now);

	*ret = (struct dash_request){ .type = REQUEST_NONE };
	if (ev->type != INPUT_KEY && ev->type != INPUT_PASTE)
		return;
	if (d->prompt != PROMPT_NONE) {
		prompt_key(d, ev, now, ret);
		arm_key(&d->arm, now);
		return;
	}
	if (ev->type == INPUT_PASTE)
		return;	/* a paste never decides, and never moves */
	intent = keymap_find(ev->code);
	if (intent == INTENT_APPROVE || intent == INTENT_DENY || intent == INTENT_DENY_WORDS || intent == INTENT_SEEN)
		act(d, intent, now, ret);
	else if (intent == INTENT_QUIT)
		ret->type = REQUEST_QUIT;
	else if (intent == INTENT_STOP_GATE && d->own_gate)
		ret->type = REQUEST_STOP_GATE;
	else if (intent == INTENT_STOP_GATE)
		dash_say(d, now, "this dashboard did not start the gate; end it with: assent stop");
	else if (intent == INTENT_SAVE_PICTURE)
		ret->type = REQUEST_SAVE_PICTURE;
	else
		navigate(d, intent, now);
	/* Last: the deciding key itself must not be what makes the keyboard restless. */
	if (intent != INTENT_APPROVE || !ready)
		arm_key(&d->arm, now);
}

int64_t dash_next_ms(const struct dashboard *d, int64_t now)
{
	int64_t at = arm_ready_at(&d->arm), next_second = now + 1000;

	return at > now && at < next_second ? at : next_second;
}
