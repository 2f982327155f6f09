/* sessions: see sessions.h. */
#include "config.h"

#include "gate/sessions.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/miosa_object.h"
#include "gate/asks.h"
#include "gate/logs.h"
#include "gate/news.h"
#include "gate/stream.h"
#include "io/log.h"

enum { SLOTS_FIRST = 64 };

struct sessions {
	struct session **slots, **end;	/* end: of the list of all */
	size_t slot_count, count;
};

static size_t slot_of(const struct sessions *t, const char *id)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (; *id; id++)
		h = (h ^ (unsigned char)*id) * 0x100000001b3ULL;
	return (size_t)(h % t->slot_count);
}

struct session *feed_session(const struct gate *g, const char *id)
{
	struct session *s = g->sessions_table ? g->sessions_table->slots[slot_of(g->sessions_table, id)] : NULL;

	while (s && strcmp(s->id, id) != 0)
		s = s->next_in_table;
	return s;
}

int64_t sessions_count(const struct gate *g)
{
	return (int64_t)g->sessions_table->count;
}

static void grow(struct gate *g)
{
	struct sessions *t = g->sessions_table;
	struct session *s;
	size_t slot;

	free(t->slots);
	t->slot_count *= 2;
	t->slots = calloc(t->slot_count, sizeof(*t->slots));
	if (!t->slots)
		abort();
	for (s = g->sessions; s; s = s->next) {
		slot = slot_of(t, s->id);
		s->next_in_table = t->slots[slot];
		t->slots[slot] = s;
	}
}

static struct session *add(struct gate *g, enum session_kind kind, const char *id)
{
	struct sessions *t = g->sessions_table;
	struct session *s = calloc(1, sizeof(*s));
	size_t slot;
	struct err e;

	if (!s)
		abort();
	if (t->count == t->slot_count)
		grow(g);
	t->count++;
	*s = (struct session){ .kind = kind, .id = gate_strdup(id), .agent = gate_strdup(""), .ready = true, .not_live_since_wall_ms = clock_wall_ms() };
	activity_init(&s->activity);
	slot = slot_of(t, id);
	s->next_in_table = t->slots[slot];
	t->slots[slot] = s;
	s->prev = t->end;
	*t->end = s;
	t->end = &s->next;
	s->log = log_new(g->logs, id, &e);
	if (!s->log)
		log_line("no log for session %s: %s", id, e.msg);
	return s;
}

static void free_session(struct session *s)
{
	log_free(s->log);
	activity_release(&s->activity);
	free(s->id);
	free(s->name);
	free(s->state);
	free(s->isolation);
	free(s->agent);
	free(s);
}

/* Takes the value over; true when it is another one. */
static bool set(char **field, char **value)
{
	bool changed = !*field || strcmp(*field, *value) != 0;

	if (changed) {
		free(*field);
		*field = *value;
		*value = NULL;
	}
	return changed;
}

/* An object need not tell all that another did: what is not there stays as it was. */
static bool take(struct session *s, struct miosa_session *m)
{
	bool changed = !s->name || m->name[0] ? set(&s->name, &m->name) : false;

	if (!s->state || m->state[0]) {
		s->running = m->running;
		changed |= set(&s->state, &m->state);
	}
	if (!s->isolation || m->isolation[0])
		changed |= set(&s->isolation, &m->isolation);
	if (m->width > 0 && m->height > 0) {
		s->width = m->width;
		s->height = m->height;
	}
	return changed;
}

struct session *sessions_read(struct gate *g, enum session_kind kind, const struct json_doc *d, int v)
{
	struct miosa_session m;
	struct session *s;
	bool changed, ready;

	if (!miosa_session(d, v, kind, &m))
		return NULL;
	if (strcmp(m.id, LOG_TENANT) == 0) {	/* its lines would be told from the tenant's by nobody */
		miosa_session_release(&m);
		return NULL;
	}
	s = feed_session(g, m.id);
	changed = !s;
	if (!s)
		s = add(g, kind, m.id);
	if (s->kind != kind) {
		miosa_session_release(&m);
		return NULL;
	}
	s->seen = true;
	ready = json_bool(d, json_get(d, v, "ready"), true);
	changed |= take(s, &m) | (s->ready != ready);
	s->ready = ready;
	miosa_session_release(&m);
	if (!s->running)
		changed |= activity_stopped(&s->activity);
	follow_session(g, s);
	if (changed)
		events_session(g, s);
	return s;
}

void sessions_remove(struct gate *g, struct session *s)
{
	struct sessions *t = g->sessions_table;
	struct session **p = &t->slots[slot_of(t, s->id)];

	while (*p != s)
		p = &(*p)->next_in_table;
	*p = s->next_in_table;
	*s->prev = s->next;
	if (s->next)
		s->next->prev = s->prev;
	else
		t->end = s->prev;
	t->count--;
	follow_close(s);
	news_forget(g, s);
	asks_forget(g, s);
	events_gone(g, "session", s->id);
	free_session(s);
}

struct sessions *sessions_new(struct gate *g)
{
	struct sessions *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->slot_count = SLOTS_FIRST;
	t->slots = calloc(t->slot_count, sizeof(*t->slots));
	t->end = &g->sessions;
	if (!t->slots) {
		free(t);
		return NULL;
	}
	return t;
}

void sessions_free(struct gate *g)
{
	struct session *s;

	while ((s = g->sessions) != NULL) {
		g->sessions = s->next;
		free_session(s);
	}
	if (g->sessions_table)
		free(g->sessions_table->slots);
	free(g->sessions_table);
	g->sessions_table = NULL;
}
