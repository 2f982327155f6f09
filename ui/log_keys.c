/* log_keys: what keys do in the log. Nothing is decided here; freezing and stopping work as everywhere. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/dash.h"

void log_view_open(struct dashboard *d, const char *session)
{
	if (d->view != VIEW_LOG)
		d->before_log = d->view;
	d->view = VIEW_LOG;
	if (strcmp(d->logs.filter.session, session) != 0 || !d->logs.placed)
		logview_open(&d->logs, session);
	snprintf(d->log_of, sizeof(d->log_of), "%s", session);
}

static struct keymap_name key_of(const struct dashboard *d, enum intent intent)
{
	return keymap_first(d->keys, KEYMAP_LOG, intent);
}

static void toggle_merged(struct dashboard *d)
{
	logview_open(&d->logs, d->logs.filter.session[0] ? "" : d->log_of);
}

static void choose_streams(struct dashboard *d, uint32_t key)
{
	unsigned int streams = d->logs.filter.streams;

	logview_set_streams(&d->logs, key == '0' ? LOG_ALL : streams ^ (1u << (key - '1')));
}

/* The search prompt begins with what was looked for last, as it was looked for. */
static void open_search(struct dashboard *d, bool up)
{
	dash_prompt_open(d, PROMPT_SEARCH);
	d->wanted = d->logs.search;
	d->wanted.text[0] = '\0';
	d->wanted.up = up;
}

static void search_on(struct dashboard *d, bool other_way, int64_t now)
{
	struct log_search s = d->logs.search;

	if (!s.text[0]) {
		dash_say(d, now, "nothing was looked for yet: %s and a text", key_of(d, INTENT_SEARCH).text);
		return;
	}
	s.up = d->search_up != other_way;
	d->message[0] = '\0';	/* of the search before */
	logview_search(&d->logs, &s, now);
}

static void copy(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	struct buf text;
	size_t lines;
	int r;

	buf_init(&text, LOGVIEW_COPY_MAX);
	r = logview_copy(&d->logs, &text, &lines);
	if (r == 0) {
		*ret = (struct dash_request){ .type = REQUEST_COPY };
		dash_say(d, now, "%zu line%s, %zu bytes, for the terminal's clipboard (OSC 52), if it takes them", lines, lines == 1 ? "" : "s", text.len);
		ret->body = buf_take(&text);
		d->logs.selecting = false;
	} else if (r == ERR_NOTFOUND) {
		dash_say(d, now, "no line is chosen: %s chooses, %s finds one", key_of(d, INTENT_CHOOSE).text, key_of(d, INTENT_SEARCH).text);
	} else {
		dash_say(d, now, "that is more than %d bytes: %s writes it into a file", LOGVIEW_COPY_MAX, key_of(d, INTENT_SAVE_LOG).text);
	}
	buf_release(&text);
}

/* One thing at a time: the last that was begun ends first. */
static void back(struct dashboard *d, uint32_t key, struct dash_request *ret)
{
	if (d->logs.selecting)
		d->logs.selecting = false;
	else if (d->logs.searching)
		d->logs.searching = false;
	else if (d->saving[0] && key == KEYS_ESCAPE)
		ret->type = REQUEST_STOP_SAVING;
	else
		d->view = d->before_log;
}

static void stop_agent(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	const struct model_session *s = model_find_session(d->model, d->logs.filter.session);

	if (!d->logs.filter.session[0])
		dash_say(d, now, "these are many sessions: %s for one, then %s stops its agent; %s freezes all",
			 key_of(d, INTENT_MERGED).text, key_of(d, INTENT_STOP_AGENT).text, key_of(d, INTENT_FREEZE).text);
	else if (!s || !s->agent[0])
		dash_say(d, now, "no agent is known in this session; %s freezes all", key_of(d, INTENT_FREEZE).text);
	else
		agents_stop(d, s->agent, now, ret);
}

static void move(struct dashboard *d, enum intent intent)
{
	struct logview *v = &d->logs;
	int page = v->rows > 1 ? v->rows - 1 : 1;
	int by = intent == INTENT_DOWN ? 1 : intent == INTENT_UP ? -1 : intent == INTENT_PAGE_DOWN ? page : -page;

	if (intent == INTENT_HOME && !v->selecting)
		logview_home(v);
	else if (intent == INTENT_END && !v->selecting)
		logview_end(v);
	else if (intent == INTENT_HOME || intent == INTENT_END)
		logview_select_move(v, intent == INTENT_END ? LOGWINDOW_LINES_MAX : -LOGWINDOW_LINES_MAX);
	else if (v->selecting)
		logview_select_move(v, by);
	else
		logview_scroll(v, by);
}

/* What is set about how it is shown. */
static void set(struct dashboard *d, enum intent intent, uint32_t key, int64_t now)
{
	struct logview *v = &d->logs;

	switch (intent) {
	case INTENT_STREAMS:
		choose_streams(d, key);
		break;
	case INTENT_MERGED:
		toggle_merged(d);
		break;
	case INTENT_ONLY:
		if (v->filter.session[0])
			dash_say(d, now, "this is one session: %s shows all of them", key_of(d, INTENT_MERGED).text);
		else
			dash_prompt_open(d, PROMPT_ONLY);
		break;
	case INTENT_STAMPS:
		v->stamps = !v->stamps;
		break;
	case INTENT_WRAP:
		v->wrap = !v->wrap;
		v->top_row = 0;
		break;
	default:
		dash_say(d, now, "nothing is decided in the log: Esc goes back; %s tells its keys", key_of(d, INTENT_HELP).text);
		break;
	}
}

void log_key(struct dashboard *d, uint32_t key, int64_t now, struct dash_request *ret)
{
	enum intent intent = keymap_find(d->keys, KEYMAP_LOG, key);

	switch (intent) {
	case INTENT_DOWN:
	case INTENT_UP:
	case INTENT_PAGE_DOWN:
	case INTENT_PAGE_UP:
	case INTENT_HOME:
	case INTENT_END:
		move(d, intent);
		break;
	case INTENT_SEARCH:
	case INTENT_SEARCH_UP:
		open_search(d, intent == INTENT_SEARCH_UP);
		break;
	case INTENT_FOUND_NEXT:
	case INTENT_FOUND_BEFORE:
		search_on(d, intent == INTENT_FOUND_BEFORE, now);
		break;
	case INTENT_CHOOSE:
		logview_select(&d->logs);
		break;
	case INTENT_COPY:
		copy(d, now, ret);
		break;
	case INTENT_SAVE_LOG:
		if (d->saving[0])
			dash_say(d, now, "a file is being written: Esc ends that");
		else if (d->logs.filter.streams == 0)
			dash_say(d, now, "no stream is shown: 0 shows all of them");
		else
			dash_prompt_open(d, PROMPT_SAVE_LOG);
		break;
	case INTENT_STOP_AGENT:
		stop_agent(d, now, ret);
		break;
	case INTENT_FREEZE:
		agents_freeze(d, now, ret);
		break;
	case INTENT_HELP:
		dash_help(d);
		break;
	case INTENT_BACK:
		back(d, key, ret);
		break;
	case INTENT_QUIT:
		ret->type = REQUEST_QUIT;
		break;
	default:
		set(d, intent, key, now);
		break;
	}
}

/* The ids of all sessions that are called so, by id, name or label; how many. */
static size_t put_ids(const struct model *m, const char *name, struct buf *ids)
{
	size_t i, n = 0;

	for (i = 0; i < m->session_count; i++) {
		const struct model_session *s = m->sessions[i];

		if (strcmp(s->id, name) != 0 && strcmp(s->name, name) != 0 && strcmp(s->label, name) != 0)
			continue;
		if (ids->len > 0)
			buf_putc(ids, ',');
		buf_puts(ids, s->id);
		n++;
	}
	return n;
}

/* Names with commas between them. */
void log_end_only(struct dashboard *d, int64_t now)
{
	char line[DASH_WORDS_MAX], *name, *rest = line;
	struct buf ids;
	size_t n;

	snprintf(line, sizeof(line), "%s", d->line);
	buf_init(&ids, sizeof(d->logs.filter.only) - 1);
	while ((name = strsep(&rest, ","))) {
		name += strspn(name, " ");
		for (n = strlen(name); n > 0 && name[n - 1] == ' ';)
			name[--n] = '\0';
		if (name[0] && put_ids(d->model, name, &ids) == 0) {
			dash_say(d, now, "no session is called %.60s: %s lists them all", name, dash_key_of(d, INTENT_SESSIONS).text);
			buf_release(&ids);
			return;
		}
	}
	if (buf_failed(&ids))
		dash_say(d, now, "those are too many");
	else
		logview_set_only(&d->logs, buf_cstr(&ids));
	buf_release(&ids);
}

void log_end_search(struct dashboard *d, int64_t now)
{
	struct log_search s = d->wanted;

	/* An empty one looks for the last once more, as in less. */
	snprintf(s.text, sizeof(s.text), "%s", d->line[0] ? d->line : d->logs.search.text);
	if (!s.text[0])
		return;
	d->search_up = s.up;
	d->message[0] = '\0';
	logview_search(&d->logs, &s, now);
}

bool log_search_key(struct dashboard *d, uint32_t key)
{
	if (key == ('r' & 0x1f))
		d->wanted.regex = !d->wanted.regex;
	else if (key == ('t' & 0x1f))
		d->wanted.any_case = !d->wanted.any_case;
	else
		return false;
	return true;
}
