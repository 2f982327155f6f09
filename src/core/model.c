/* model: its lists, and what a snapshot and each event make of them. See model.h. What an object has is data: one table of fields for each kind. */
#include "config.h"

#include "core/model_own.h"

#include <stdlib.h>
#include <string.h>

#include "core/model_ended.h"
#include "core/model_found.h"

/* A list of the model: its event's type, its key in the snapshot, and what one of it is known by (the first field of the table, or "name"). */
struct kind {
	const char *type, *key, *known_by;
	const struct model_table *table;
	size_t size, list, count, cap;
};

#define KIND(type, key, known_by, object, plural, singular)                                                                                    \
	{ type, key, known_by, &object##_fields, sizeof(struct object), offsetof(struct model, plural), offsetof(struct model, singular##_count), \
	  offsetof(struct model, singular##_cap) }

static const struct kind action_kind = KIND("action", "actions", "id", model_action, actions, action);
static const struct kind agent_kind = KIND("agent", "agents", "name", model_agent, agents, agent);
static const struct kind session_kind = KIND("session", "sessions", "id", model_session, sessions, session);
static const struct kind alike_kind = KIND("alike", "alikes", "id", model_alike, alikes, alike);
static const struct kind note_kind = KIND("note", "notes", "id", model_note, notes, note);
static const struct kind person_kind = KIND("presence", "presence", "name", model_person, persons, person);
static const struct kind approval_kind = KIND("approval", "approvals", "id", model_approval, approvals, approval);
static const struct kind *const kinds[] = { &action_kind, &agent_kind, &session_kind, &alike_kind, &note_kind, &person_kind, &approval_kind };

void model_init(struct model *m)
{
	*m = (struct model){ 0 };
}

static void free_object(const struct kind *k, void *object)
{
	model_free_texts(object, k->table);
	if (k == &action_kind)
		model_free_lists(object);
	else if (k == &session_kind)
		model_free_parts(object);
	free(object);
}

static void clear_kind(struct model *m, const struct kind *k)
{
	void **items = *(void ***)model_at(m, k->list);
	size_t *count = model_at(m, k->count), i;

	for (i = 0; i < *count; i++)
		free_object(k, items[i]);
	*count = 0;
	if (k == &session_kind)
		m->by_id_count = 0;
	if (k == &action_kind)
		model_ended_clear(m);
}

void model_release(struct model *m)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		clear_kind(m, kinds[i]);
		free(*(void **)model_at(m, kinds[i]->list));
	}
	free(m->by_id);
	free(m->ended);
	model_free_texts(&m->gate, &model_gate_fields);
	model_init(m);
}

/* A new zeroed object at the end of a list. */
static void *append(struct model *m, const struct kind *k)
{
	void ***items = model_at(m, k->list);
	size_t *count = model_at(m, k->count), *cap = model_at(m, k->cap);
	void *object = calloc(1, k->size);

	if (object && *count == *cap) {
		size_t more = *cap ? *cap * 2 : 32;
		void **grown = realloc(*items, more * sizeof(**items));

		if (!grown) {
			free(object);
			return NULL;
		}
		*items = grown;
		*cap = more;
	}
	if (object)
		(*items)[(*count)++] = object;
	return object;
}

/* Is it known by this value? */
static bool is_known_by(const struct kind *k, void *object, const struct json_doc *d, int value)
{
	const struct model_field *f = k->table->fields;
	int64_t n;

	while (strcmp(f->key, k->known_by) != 0)
		f++;
	if (f->type == TEXT_FIELD)
		return json_str_is(d, value, *(char **)model_at(object, f->offset));
	return model_int(d, value, &n) && n == *(int64_t *)model_at(object, f->offset);
}

/* Where it stands in its list; the list's length when it is not there. */
static size_t find_object(struct model *m, const struct kind *k, const struct json_doc *d, int value)
{
	void **items = *(void ***)model_at(m, k->list);
	size_t count = *(size_t *)model_at(m, k->count), i;

	for (i = 0; i < count && !is_known_by(k, items[i], d, value); i++)
		;
	return i;
}

/* The action of this id, made in its place when it is new. */
static struct model_action *action_of(struct model *m, int64_t id)
{
	struct model_action *a = model_find_action(m, id);
	size_t i;

	if (a)
		return a;
	a = append(m, &action_kind);
	if (!a)
		return NULL;
	a->id = id;
	/* They come in order, but for a late one. */
	for (i = m->action_count - 1; i > 0 && m->actions[i - 1]->id > id; i--)
		m->actions[i] = m->actions[i - 1];
	m->actions[i] = a;
	return a;
}

/* Ended long ago, and needed by nobody. */
static void forget_surplus(struct model *m)
{
	struct model_action *a;
	size_t i;

	while ((a = model_ended_surplus(m)) != NULL) {
		model_ended_remove(m, a);
		i = model_place_of_action(m, a->id);
		free_object(&action_kind, a);
		memmove(m->actions + i, m->actions + i + 1, (--m->action_count - i) * sizeof(*m->actions));
	}
}

static int read_action(struct model *m, const struct json_doc *d, int v)
{
	struct model_action *a;
	int64_t n;

	if (!model_int(d, json_get(d, v, "id"), &n))
		return 0;
	a = action_of(m, n);
	if (!a)
		return ERR_NOMEM;
	if (a->ended_wall_ms)
		model_ended_remove(m, a);
	model_read_action(a, d, v);
	return a->ended_wall_ms ? model_ended_add(m, a) : 0;
}

/* The session of this id, new where there was none; NULL: out of memory. */
static struct model_session *session_of(struct model *m, const struct json_doc *d, int v)
{
	char *id = model_text(d, json_get(d, v, "id"));
	struct model_session *s = id ? model_find_session(m, id) : NULL;
	size_t i;

	if (!id || s) {
		free(id);
		return s;
	}
	if (m->by_id_count == m->by_id_cap) {
		size_t more = m->by_id_cap ? m->by_id_cap * 2 : 32;
		struct model_session **grown = realloc(m->by_id, more * sizeof(*grown));

		if (grown) {
			m->by_id = grown;
			m->by_id_cap = more;
		}
	}
	s = m->by_id_count < m->by_id_cap ? append(m, &session_kind) : NULL;
	if (!s) {
		free(id);
		return NULL;
	}
	s->id = id;
	i = model_place_of_session(m, id);
	memmove(m->by_id + i + 1, m->by_id + i, (m->by_id_count++ - i) * sizeof(*m->by_id));
	m->by_id[i] = s;
	return s;
}

static int read_session(struct model *m, const struct json_doc *d, int v)
{
	struct model_session *s = session_of(m, d, v);
	int64_t cents;

	if (!s)
		return ERR_NOMEM;
	model_read_fields(s, &model_session_fields, d, v);
	s->has_cost = model_int(d, json_get(d, v, "cost_cents"), &cents);
	return model_read_parts(s, d, v);
}

static int read_object(struct model *m, const struct kind *k, const struct json_doc *d, int v)
{
	size_t i;
	void *object;

	if (k == &action_kind)
		return read_action(m, d, v);
	if (k == &session_kind)
		return read_session(m, d, v);
	i = find_object(m, k, d, json_get(d, v, k->known_by));
	object = i < *(size_t *)model_at(m, k->count) ? (*(void ***)model_at(m, k->list))[i] : append(m, k);
	if (!object)
		return ERR_NOMEM;
	model_read_fields(object, k->table, d, v);
	if (k == &alike_kind)
		model_read_uses(object, d, v);
	return 0;
}

static int read_list(struct model *m, const struct kind *k, const struct json_doc *d, int list)
{
	int v, r = 0;

	clear_kind(m, k);
	for (v = json_first(d, list); r == 0 && v != JSON_NONE; v = json_next(d, v))
		r = read_object(m, k, d, v);
	return r;
}

int model_snapshot(struct model *m, const char *json, size_t len, int64_t now_boot_ms, int64_t now_wall_ms, struct err *e)
{
	struct json_doc d;
	int64_t n;
	int root, r = json_parse(json, len, &d, e);
	int64_t newest = m->ended_count > 0 ? m->ended[m->ended_count - 1]->ended_wall_ms : m->loaded ? 0 : INT64_MAX;
	struct model_kept_found found = { 0 };
	size_t i;

	if (r < 0)
		return r;
	root = json_root(&d);
	if (!model_int(&d, json_get(&d, root, "seq"), &n) || json_get(&d, root, "actions") == JSON_NONE) {
		json_release(&d);
		return err_set(e, ERR_INVALID, "that is no snapshot of a gate");
	}
	m->seq = n;
	if (model_int(&d, json_get(&d, root, "now_boot_ms"), &n))
		m->boot_offset_ms = n - now_boot_ms;
	if (model_int(&d, json_get(&d, root, "now_wall_ms"), &n))
		m->wall_offset_ms = n - now_wall_ms;
	model_read_fields(&m->gate, &model_gate_fields, &d, json_get(&d, root, "gate"));
	r = model_keep_found(m, &found);
	for (i = 0; r == 0 && i < ARRAY_LEN(kinds); i++)
		r = read_list(m, kinds[i], &d, json_get(&d, root, kinds[i]->key));
	json_release(&d);
	model_restore_found(m, &found);
	/* What ended while no events came. */
	for (i = m->ended_count; i > 0 && m->ended[i - 1]->ended_wall_ms > newest; i--)
		model_ended_count(m, m->ended[i - 1]);
	forget_surplus(m);
	m->changes++;
	m->loaded = r == 0;
	return r == 0 ? 0 : err_set(e, r, "out of memory");
}

static void remove_object(struct model *m, const struct kind *k, const struct json_doc *d, int value)
{
	void **items = *(void ***)model_at(m, k->list);
	size_t *count = model_at(m, k->count), i = find_object(m, k, d, value);

	if (i == *count)
		return;
	if (k == &action_kind)
		model_ended_remove(m, items[i]);
	if (k == &session_kind) {
		struct model_session *s = items[i];
		size_t place = model_place_of_session(m, s->id);

		memmove(m->by_id + place, m->by_id + place + 1, (--m->by_id_count - place) * sizeof(*m->by_id));
	}
	free_object(k, items[i]);
	memmove(items + i, items + i + 1, (*count - i - 1) * sizeof(*items));
	(*count)--;
}

static void read_counts(struct model *m, const char *type, const struct json_doc *d)
{
	int root = json_root(d);
	char *id = model_text(d, json_get(d, root, "session"));
	struct model_session *s = id ? model_find_session(m, id) : NULL;

	if (s && strcmp(type, "log") == 0)
		model_int(d, json_get(d, root, "log_lines"), &s->log_lines);
	else if (s)
		model_int(d, json_get(d, root, "screen_seq"), &s->screen_seq);
	else if (json_str_is(d, json_get(d, root, "session"), "tenant"))
		model_int(d, json_get(d, root, "log_lines"), &m->gate.tenant_lines);
	free(id);
}

/* One that has ended with this event is counted; and then there may be one too many. */
static int apply_action(struct model *m, const struct json_doc *d)
{
	int64_t id;
	const struct model_action *a;
	bool had_ended;
	int r;

	if (!model_int(d, json_get(d, json_root(d), "id"), &id))
		return 0;
	a = model_find_action(m, id);
	had_ended = a && a->ended_wall_ms;
	r = read_action(m, d, json_root(d));
	a = model_find_action(m, id);
	if (r == 0 && a && a->ended_wall_ms && !had_ended)
		model_ended_count(m, a);
	forget_surplus(m);
	return r;
}

static int apply(struct model *m, const char *type, const struct json_doc *d)
{
	int root = json_root(d);
	int64_t n;
	size_t i;

	if (strcmp(type, "reset") == 0) {
		if (model_int(d, json_get(d, root, "missed"), &n) && n > 0)
			m->missed += n;
		return ERR_STATE;
	}
	if (strcmp(type, "gate") == 0)
		model_read_fields(&m->gate, &model_gate_fields, d, root);
	else if (strcmp(type, "presence") == 0)
		return read_list(m, &person_kind, d, root);	/* it comes whole */
	else if (strcmp(type, "log") == 0 || strcmp(type, "screen") == 0)
		read_counts(m, type, d);
	else if (strcmp(type, "action") == 0)
		return apply_action(m, d);
	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		if (strcmp(type, kinds[i]->type) == 0)
			return read_object(m, kinds[i], d, root);
		if (strcmp(type, "gone") == 0 && json_str_is(d, json_get(d, root, "kind"), kinds[i]->type))
			remove_object(m, kinds[i], d, json_get(d, root, "id"));
	}
	return 0;
}

int model_event(struct model *m, const char *type, const char *json, size_t len, int64_t seq, struct err *e)
{
	struct json_doc d;
	int r;

	/* A hole in the numbers: something was missed, and nobody knows what. */
	if (seq > 0 && m->seq > 0 && seq != m->seq + 1 && strcmp(type, "reset") != 0) {
		m->missed += seq > m->seq + 1 ? seq - m->seq - 1 : 0;
		return err_set(e, ERR_STATE, "events %lld to %lld are missing", (long long)m->seq + 1, (long long)seq - 1);
	}
	r = json_parse(json, len, &d, e);
	if (r < 0)
		return r;
	if (strcmp(type, "log") != 0 && strcmp(type, "screen") != 0)
		m->changes++;
	r = apply(m, type, &d);
	json_release(&d);
	if (seq > 0)
		m->seq = seq;
	return r == ERR_STATE ? err_set(e, r, "fell behind") : r;
}
