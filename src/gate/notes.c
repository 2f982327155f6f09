/*
 * notes: what persons write beside agents and sessions, for each other; and the labels by which rules may name sessions.
 *
 * A note changes nothing. A label does: an allow line with session=LABEL counts for what has it. So labels are given by operators only, never by names that
 * an agent can choose.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/operator.h"
#include "io/identity.h"

enum { NOTES_MAX = 200, TEXT_MAX = 1024 };

struct note {
	struct note *next;
	int64_t id, wall_ms;
	char *kind, *target, *text, *by;
};

struct label {
	struct label *next;
	char *session, *label;
};

struct notes {
	struct note *first, **last;	/* the newest ones; older ones stand in the record */
	int count;
	struct label *labels;
};

/* ---- notes ---- */

static void note_free(struct note *n)
{
	free(n->kind);
	free(n->target);
	free(n->text);
	free(n->by);
	free(n);
}

static struct note *add_note(struct notes *s, const struct store_note *from)
{
	struct note *n = calloc(1, sizeof(*n)), *oldest;

	if (!n)
		abort();
	n->id = from->id;
	n->wall_ms = from->wall_ms;
	n->kind = gate_strdup(from->kind);
	n->target = gate_strdup(from->target);
	n->text = gate_strdup(from->text);
	n->by = gate_strdup(from->by);
	*s->last = n;
	s->last = &n->next;
	if (++s->count > NOTES_MAX) {
		oldest = s->first;
		s->first = oldest->next;
		s->count--;
		note_free(oldest);
	}
	return n;
}

static void on_note(const struct store_note *n, void *arg)
{
	add_note(arg, n);
}

static void put_note(const struct note *n, struct jsonw *w)
{
	jw_begin(w, '{');
	jw_kint(w, "id", n->id);
	jw_kstr(w, "kind", n->kind);
	jw_kstr(w, "target", n->target);
	jw_kstr(w, "text", n->text);
	jw_kstr(w, "by", n->by);
	jw_kint(w, "wall_ms", n->wall_ms);
	jw_end(w, '}');
}

void view_notes(const struct gate *g, struct jsonw *w)
{
	const struct note *n;

	jw_begin(w, '[');
	for (n = g->notes->first; n; n = n->next)
		put_note(n, w);
	jw_end(w, ']');
}

static void write_note(struct gate *g, struct server_req *r, struct store_note *s)
{
	const struct note *n;
	struct err e;
	struct buf b;
	struct jsonw w;
	char who[80];

	snprintf(who, sizeof(who), "person:%.64s", s->by);
	if (store_note(g->store, s, who, &e) < 0) {
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
		return;
	}
	n = add_note(g->notes, s);
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	put_note(n, &w);
	events_publish(g->events, "note", b.data, b.len);
	operator_reply_json(r, 200, &b);
}

void operator_note(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "kind", "target", "text", "by", NULL };
	struct store_note s = { .wall_ms = clock_wall_ms() };
	char *target, *text, *by;
	struct json_doc d;
	int root;
	bool agent, known_target;

	(void)rest;
	if (!operator_read_body(r, &d, known))
		return;
	root = json_root(&d);
	agent = json_str_is(&d, json_get(&d, root, "kind"), "agent");
	s.kind = agent ? "agent" : json_str_is(&d, json_get(&d, root, "kind"), "session") ? "session" : NULL;
	s.target = target = json_strdup(&d, json_get(&d, root, "target"));
	s.text = text = json_strdup(&d, json_get(&d, root, "text"));
	s.by = by = operator_person(g, r, &d);
	json_release(&d);
	known_target = target && (agent ? gate_agent(g, target) != NULL : feed_session(g, target) != NULL);
	if (!s.kind || !text || !text[0] || strlen(text) > TEXT_MAX)
		server_error(r, 422, NULL, "invalid_note", "it is {\"kind\": \"agent\" or \"session\", \"target\", \"text\": 1 to 1024 bytes}", NULL);
	else if (!known_target)
		server_error(r, 404, NULL, agent ? "agent_not_found" : "session_not_found", "there is nothing of that name to write about", NULL);
	else
		write_note(g, r, &s);
	free(target);
	free(text);
	free(by);
}

/* ---- labels ---- */

static struct label *find_label(const struct notes *s, const char *session)
{
	struct label *l;

	for (l = s->labels; l && strcmp(l->session, session) != 0; l = l->next)
		;
	return l;
}

const char *gate_label(const struct gate *g, const char *session)
{
	const struct label *l = find_label(g->notes, session);

	return l && l->label[0] ? l->label : NULL;
}

static void on_label(const char *session, const char *label, void *arg)
{
	struct notes *s = arg;
	struct label *l = find_label(s, session);

	if (!l) {
		l = calloc(1, sizeof(*l));
		if (!l)
			abort();
		l->session = gate_strdup(session);
		l->next = s->labels;
		s->labels = l;
	}
	free(l->label);
	l->label = gate_strdup(label);
}

/* One that is some session's id would make a rule for that one count for another. */
static bool label_ok(const struct gate *g, const char *label)
{
	return label && (!label[0] || (identity_name_ok(label) && !feed_session(g, label)));
}

void operator_label(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "session", "label", "by", NULL };
	char *session, *label, *by, who[80];
	const struct session *s;
	struct json_doc d;
	struct err e;

	(void)rest;
	if (!operator_allows(g, r, "labelling a session") || !operator_read_body(r, &d, known))
		return;
	session = json_strdup(&d, json_get(&d, json_root(&d), "session"));
	label = json_strdup(&d, json_get(&d, json_root(&d), "label"));
	by = operator_person(g, r, &d);
	operator_who(g, r, &d, who);
	json_release(&d);
	s = session ? feed_session(g, session) : NULL;
	if (!s) {
		server_error(r, 404, NULL, "session_not_found", "there is no such session", NULL);
	} else if (!label_ok(g, label)) {
		server_error(r, 422, NULL, "invalid_label", "a label has at most 40 letters, digits, '.', '_' or '-', and is no session's id; \"\" takes it away", NULL);
	} else if (store_label(g->store, session, label, by, clock_wall_ms(), who, &e) < 0) {
		server_error(r, 503, NULL, "record_failed", e.msg, NULL);
	} else {
		struct buf b;
		struct jsonw w;

		on_label(session, label, g->notes);
		events_session(g, s);
		buf_init(&b, SIZE_MAX - 1);
		jw_init(&w, &b);
		view_session(g, s, &w);
		operator_reply_json(r, 200, &b);
	}
	free(session);
	free(label);
	free(by);
}

/* ---- both ---- */

int notes_load(struct gate *g, struct err *e)
{
	int r;

	g->notes = calloc(1, sizeof(*g->notes));
	if (!g->notes)
		abort();
	g->notes->last = &g->notes->first;
	r = store_notes(g->store, NOTES_MAX, on_note, g->notes, e);
	return r == 0 ? store_labels(g->store, on_label, g->notes, e) : r;
}

void notes_release(struct gate *g)
{
	struct note *n, *next;
	struct label *l, *after;

	if (!g->notes)
		return;
	for (n = g->notes->first; n; n = next) {
		next = n->next;
		note_free(n);
	}
	for (l = g->notes->labels; l; l = after) {
		after = l->next;
		free(l->session);
		free(l->label);
		free(l);
	}
	free(g->notes);
	g->notes = NULL;
}
