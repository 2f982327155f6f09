/* model: see model.h. What an object has is data: one table of fields for each kind. */
#include "config.h"

#include "core/model.h"

#include <stdlib.h>
#include <string.h>

#include "core/likeness.h"
#include "core/model_ended.h"
#include "core/model_found.h"

/* A field of a JSON object: "a.b" is b of the object a. */
struct field {
	const char *key;
	enum { TEXT_FIELD, INT_FIELD, BOOL_FIELD } type;
	size_t offset;
};

#define TEXT(type, name) { #name, TEXT_FIELD, offsetof(struct type, name) }
#define TEXT_AT(type, name, key) { key, TEXT_FIELD, offsetof(struct type, name) }
#define INT(type, name) { #name, INT_FIELD, offsetof(struct type, name) }
#define INT_AT(type, name, key) { key, INT_FIELD, offsetof(struct type, name) }
#define BOOL(type, name) { #name, BOOL_FIELD, offsetof(struct type, name) }
#define BOOL_AT(type, name, key) { key, BOOL_FIELD, offsetof(struct type, name) }

static const struct field action_fields[] = {
	INT(model_action, id), INT(model_action, version),
	TEXT(model_action, state), TEXT(model_action, agent), TEXT(model_action, session), TEXT(model_action, session_kind),
	TEXT(model_action, session_name), TEXT(model_action, kind), TEXT(model_action, class), TEXT(model_action, method),
	TEXT(model_action, path), TEXT(model_action, query), TEXT(model_action, digest), TEXT(model_action, body),
	TEXT(model_action, body_base64), TEXT(model_action, body_hex), TEXT(model_action, plain), TEXT(model_action, summary), TEXT(model_action, text),
	TEXT(model_action, title), TEXT(model_action, reason), TEXT(model_action, turn), TEXT(model_action, origin), TEXT(model_action, held_by),
	TEXT(model_action, seen_by), TEXT(model_action, decision), TEXT(model_action, decided_kind), TEXT(model_action, decided_by), TEXT(model_action, signed_by),
	TEXT(model_action, note), TEXT(model_action, result), TEXT(model_action, error),
	TEXT(model_action, out_by), TEXT_AT(model_action, edited_by, "edited.by"), TEXT_AT(model_action, original, "edited.original"),
	TEXT_AT(model_action, screen_decided, "screens.decided"), TEXT_AT(model_action, screen_before, "screens.before"), TEXT_AT(model_action, screen_after, "screens.after"),
	INT(model_action, body_len), INT(model_action, require), BOOL(model_action, opaque),
	INT(model_action, x), INT(model_action, y), INT(model_action, x2), INT(model_action, y2),
	INT(model_action, arrived_wall_ms), INT(model_action, arrived_boot_ms), INT(model_action, out_boot_ms),
	INT(model_action, ended_wall_ms), INT(model_action, decided_wall_ms), INT(model_action, askers), INT(model_action, joined),
	INT(model_action, away_since_boot_ms), INT(model_action, waits_for), INT(model_action, same_as),
	INT_AT(model_action, same_as_ms_ago, "same_as_ended_ms_ago"),
};
static const struct field agent_fields[] = {
	TEXT(model_agent, name), TEXT(model_agent, session), TEXT_AT(model_agent, stopped_by, "stopped.by"), TEXT(model_agent, at_cap),
	INT(model_agent, connections), INT(model_agent, actions), INT(model_agent, waiting), INT(model_agent, refused),
	INT_AT(model_agent, stopped_wall_ms, "stopped.wall_ms"), INT_AT(model_agent, used_actions, "used.actions"),
	INT_AT(model_agent, cap_actions, "budget.actions"), INT(model_agent, last_seen_boot_ms),
};
static const struct field session_fields[] = {
	TEXT(model_session, id), TEXT(model_session, kind), TEXT(model_session, name), TEXT(model_session, state), TEXT(model_session, isolation),
	TEXT(model_session, label), TEXT(model_session, agent), TEXT(model_session, coordinates), TEXT_AT(model_session, taken_by, "takeover.by"),
	TEXT_AT(model_session, doing, "doing.what"), TEXT_AT(model_session, doing_exec, "doing.exec"),
	INT_AT(model_session, doing_since_wall_ms, "doing.since_wall_ms"), TEXT(model_session, last_unknown), INT(model_session, last_event_wall_ms),
	INT(model_session, events_per_minute), INT(model_session, cost_cents), INT(model_session, unknown_events),
	INT(model_session, width), INT(model_session, height), INT(model_session, log_lines), INT(model_session, screen_seq),
	INT(model_session, not_live_since_wall_ms), BOOL(model_session, live),
	BOOL_AT(model_session, taken_attached, "takeover.attached"),
};
static const struct field stream_fields[] = {
	TEXT(model_stream, name), TEXT(model_stream, state), TEXT(model_stream, why), INT(model_stream, since_wall_ms), INT(model_stream, gaps),
};
static const struct field preview_fields[] = {
	TEXT(model_preview, id), TEXT(model_preview, url), INT(model_preview, port),
};
static const struct field snapshot_fields[] = {
	TEXT(model_snapshot_of, id), TEXT(model_snapshot_of, status), TEXT(model_snapshot_of, comment), TEXT(model_snapshot_of, created_at),
};
static const struct field approval_fields[] = {
	TEXT(model_approval, id), TEXT(model_approval, capability), TEXT(model_approval, fingerprint), TEXT(model_approval, status),
	TEXT(model_approval, principal), TEXT(model_approval, agent), TEXT(model_approval, decision), TEXT(model_approval, inserted_at), TEXT(model_approval, expires_at), INT(model_approval, action),
};
static const struct field alike_fields[] = {
	INT(model_alike, id), INT(model_alike, uses), INT(model_alike, uses_max), INT(model_alike, expires_boot_ms), INT(model_alike, made_wall_ms),
	TEXT(model_alike, verdict), TEXT(model_alike, what), TEXT(model_alike, made_by), TEXT(model_alike, words),
};
static const struct field note_fields[] = {
	INT(model_note, id), TEXT(model_note, kind), TEXT(model_note, target), TEXT(model_note, text), TEXT(model_note, by),
};
static const struct field person_fields[] = {
	TEXT(model_person, name), INT(model_person, reads),
};
static const struct field gate_fields[] = {
	TEXT(model_gate, base_url), TEXT(model_gate, upstream), TEXT(model_gate, upstream_name), TEXT_AT(model_gate, why, "not_live_why"),
	TEXT_AT(model_gate, frozen_by, "frozen.by"), TEXT(model_gate, signing),
	TEXT_AT(model_gate, policy_error, "policy.error"), INT(model_gate, pid), INT(model_gate, not_live_since_wall_ms),
	INT_AT(model_gate, frozen_wall_ms, "frozen.wall_ms"), INT(model_gate, by_rule_per_minute), INT(model_gate, by_hand_per_minute),
	BOOL(model_gate, live), BOOL(model_gate, unattended),
};

/* A list of the model: its event's type, its key in the snapshot, and what one of it is known by (the first field of the table, or "name"). */
struct kind {
	const char *type, *key, *known_by;
	const struct field *fields;
	size_t field_count, size, list, count, cap;
};

/* A list inside of each session. */
struct part {
	const char *key;
	const struct field *fields;
	size_t field_count, size, list, count;
};

#define PART(key, table, object, plural, singular) \
	{ key, table, ARRAY_LEN(table), sizeof(struct object), offsetof(struct model_session, plural), offsetof(struct model_session, singular##_count) }

static const struct part parts[] = {
	PART("streams", stream_fields, model_stream, streams, stream), PART("previews", preview_fields, model_preview, previews, preview),
	PART("snapshots", snapshot_fields, model_snapshot_of, snapshots, snapshot),
};

#define KIND(type, key, known_by, table, object, plural, singular)                                                                                     \
	{ type, key, known_by, table, ARRAY_LEN(table), sizeof(struct object), offsetof(struct model, plural), offsetof(struct model, singular##_count), \
	  offsetof(struct model, singular##_cap) }

static const struct kind action_kind = KIND("action", "actions", "id", action_fields, model_action, actions, action);
static const struct kind agent_kind = KIND("agent", "agents", "name", agent_fields, model_agent, agents, agent);
static const struct kind session_kind = KIND("session", "sessions", "id", session_fields, model_session, sessions, session);
static const struct kind alike_kind = KIND("alike", "alikes", "id", alike_fields, model_alike, alikes, alike);
static const struct kind note_kind = KIND("note", "notes", "id", note_fields, model_note, notes, note);
static const struct kind person_kind = KIND("presence", "presence", "name", person_fields, model_person, persons, person);
static const struct kind approval_kind = KIND("approval", "approvals", "id", approval_fields, model_approval, approvals, approval);
static const struct kind *const kinds[] = { &action_kind, &agent_kind, &session_kind, &alike_kind, &note_kind, &person_kind, &approval_kind };

void model_init(struct model *m)
{
	*m = (struct model){ 0 };
}

static void *at(void *object, size_t offset)
{
	return (char *)object + offset;
}

/* Absent and null become "", so that nobody has to ask. A text with U+0000 is cut there. */
static char *take_text(const struct json_doc *d, int v)
{
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	json_str(d, v, &b);
	return buf_take(&b);
}

static int find_value(const struct json_doc *d, int v, const char *key)
{
	const char *dot = strchr(key, '.');
	char head[32];

	if (!dot)
		return json_get(d, v, key);
	memcpy(head, key, (size_t)(dot - key));
	head[dot - key] = '\0';
	return json_get(d, json_get(d, v, head), dot + 1);
}

static bool get_int(const struct json_doc *d, int v, int64_t *ret)
{
	*ret = 0;
	return json_int(d, v, ret) == 0;
}

static void read_fields(void *object, const struct field *fields, size_t count, const struct json_doc *d, int v)
{
	size_t i;

	for (i = 0; i < count; i++) {
		int value = find_value(d, v, fields[i].key);
		void *to = at(object, fields[i].offset);

		if (fields[i].type == TEXT_FIELD) {
			free(*(char **)to);
			*(char **)to = take_text(d, value);
		} else if (fields[i].type == INT_FIELD) {
			get_int(d, value, to);
		} else {
			*(bool *)to = json_bool(d, value, false);
		}
	}
}

static void free_texts(void *object, const struct field *fields, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (fields[i].type == TEXT_FIELD)
			free(*(char **)at(object, fields[i].offset));
}

static void free_list(char **list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		free(list[i]);
		list[i] = NULL;
	}
}

static void free_parts(struct model_session *s)
{
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(parts); i++) {
		char **list = at(s, parts[i].list);
		size_t *count = at(s, parts[i].count);

		for (k = 0; k < *count; k++)
			free_texts(*list + k * parts[i].size, parts[i].fields, parts[i].field_count);
		free(*list);
		*list = NULL;
		*count = 0;
	}
}

static void free_object(const struct kind *k, void *object)
{
	struct model_action *a = object;

	free_texts(object, k->fields, k->field_count);
	if (k == &action_kind) {
		free_list(a->headers, MODEL_HEADERS);
		free_list(a->risks, MODEL_RISKS);
		free_list(a->approved_by, MODEL_APPROVERS);
		free(a->changed);
	} else if (k == &session_kind) {
		free_parts(object);
	}
	free(object);
}

static void clear_kind(struct model *m, const struct kind *k)
{
	void **items = *(void ***)at(m, k->list);
	size_t *count = at(m, k->count), i;

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
		free(*(void **)at(m, kinds[i]->list));
	}
	free(m->by_id);
	free(m->ended);
	free_texts(&m->gate, gate_fields, ARRAY_LEN(gate_fields));
	model_init(m);
}

/* A new zeroed object at the end of a list. */
static void *append(struct model *m, const struct kind *k)
{
	void ***items = at(m, k->list);
	size_t *count = at(m, k->count), *cap = at(m, k->cap);
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

/* Where an action of this id stands, or would. */
static size_t place_of_action(const struct model *m, int64_t id)
{
	size_t low = 0, high = m->action_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->actions[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct model_action *model_find_action(const struct model *m, int64_t id)
{
	size_t i = place_of_action(m, id);

	return i < m->action_count && m->actions[i]->id == id ? m->actions[i] : NULL;
}

/* Where a session of this id stands in by_id, or would. */
static size_t place_of(const struct model *m, const char *id)
{
	size_t low = 0, high = m->by_id_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(m->by_id[middle]->id, id) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct model_session *model_find_session(const struct model *m, const char *id)
{
	size_t i = place_of(m, id);

	return i < m->by_id_count && strcmp(m->by_id[i]->id, id) == 0 ? m->by_id[i] : NULL;
}

struct model_approval *model_find_approval(const struct model *m, const char *id)
{
	size_t i;

	for (i = 0; i < m->approval_count; i++)
		if (strcmp(m->approvals[i]->id, id) == 0)
			return m->approvals[i];
	return NULL;
}

struct model_approval *model_approval_of(const struct model *m, int64_t action)
{
	size_t i;

	for (i = 0; i < m->approval_count; i++)
		if (m->approvals[i]->action == action && model_is_pending(m->approvals[i]))
			return m->approvals[i];
	return NULL;
}

struct model_agent *model_find_agent(const struct model *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->agent_count; i++)
		if (strcmp(m->agents[i]->name, name) == 0)
			return m->agents[i];
	return NULL;
}

/* Is it known by this value? */
static bool is_known_by(const struct kind *k, void *object, const struct json_doc *d, int value)
{
	int64_t n;
	size_t i;

	for (i = 0; i < k->field_count && strcmp(k->fields[i].key, k->known_by) != 0; i++)
		;
	if (k->fields[i].type == TEXT_FIELD)
		return json_str_is(d, value, *(char **)at(object, k->fields[i].offset));
	return get_int(d, value, &n) && n == *(int64_t *)at(object, k->fields[i].offset);
}

/* Where it stands in its list; the list's length when it is not there. */
static size_t find_object(struct model *m, const struct kind *k, const struct json_doc *d, int value)
{
	void **items = *(void ***)at(m, k->list);
	size_t count = *(size_t *)at(m, k->count), i;

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

static void read_lists(struct model_action *a, const struct json_doc *d, int v)
{
	int list = json_get(d, v, "risks"), k;
	size_t n = 0;
	struct buf b;

	free_list(a->risks, MODEL_RISKS);
	for (k = json_first(d, list); k != JSON_NONE && n < MODEL_RISKS; k = json_next(d, k))
		a->risks[n++] = take_text(d, k);
	free_list(a->approved_by, MODEL_APPROVERS);
	list = json_get(d, v, "approvals");
	n = 0;
	for (k = json_first(d, list); k != JSON_NONE && n < MODEL_APPROVERS; k = json_next(d, k)) {
		get_int(d, json_get(d, k, "wall_ms"), &a->approved_wall_ms[n]);
		a->approved_by[n++] = take_text(d, json_get(d, k, "by"));
	}
	free_list(a->headers, MODEL_HEADERS);
	list = json_get(d, v, "headers");
	n = 0;
	for (k = json_first(d, list); k != JSON_NONE && n < MODEL_HEADERS; k = json_next(d, k)) {
		int name = json_first(d, k);

		buf_init(&b, SIZE_MAX - 1);
		json_str(d, name, &b);
		buf_puts(&b, ": ");
		json_str(d, json_next(d, name), &b);
		a->headers[n++] = buf_take(&b);
	}
}

static bool has_nul(const struct json_doc *d, int v)
{
	struct buf b;
	bool found;

	buf_init(&b, SIZE_MAX - 1);
	json_str(d, v, &b);
	found = b.len > 0 && memchr(b.data, '\0', b.len);
	buf_release(&b);
	return found;
}

/* Ended long ago, and needed by nobody. */
static void forget_surplus(struct model *m)
{
	struct model_action *a;
	size_t i;

	while ((a = model_ended_surplus(m)) != NULL) {
		model_ended_remove(m, a);
		i = place_of_action(m, a->id);
		free_object(&action_kind, a);
		memmove(m->actions + i, m->actions + i + 1, (--m->action_count - i) * sizeof(*m->actions));
	}
}

static int read_action(struct model *m, const struct json_doc *d, int v)
{
	struct model_action *a;
	int64_t n;

	if (!get_int(d, json_get(d, v, "id"), &n))
		return 0;
	a = action_of(m, n);
	if (!a)
		return ERR_NOMEM;
	if (a->ended_wall_ms)
		model_ended_remove(m, a);
	read_fields(a, action_fields, ARRAY_LEN(action_fields), d, v);
	read_lists(a, d, v);
	model_read_changed(a, d, v);
	a->body_cut = has_nul(d, json_get(d, v, "body"));
	a->has_point = get_int(d, json_get(d, v, "x"), &n) && get_int(d, json_get(d, v, "y"), &n);
	a->has_second = get_int(d, json_get(d, v, "x2"), &n) && get_int(d, json_get(d, v, "y2"), &n);
	a->needs_person = json_bool(d, json_get(d, v, "needs_person"), true);
	a->agent_hash = likeness_hash(a->agent);
	a->likeness = likeness_of(a);
	return a->ended_wall_ms ? model_ended_add(m, a) : 0;
}

/* The session of this id, new where there was none; NULL: out of memory. */
static struct model_session *session_of(struct model *m, const struct json_doc *d, int v)
{
	char *id = take_text(d, json_get(d, v, "id"));
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
	i = place_of(m, id);
	memmove(m->by_id + i + 1, m->by_id + i, (m->by_id_count++ - i) * sizeof(*m->by_id));
	m->by_id[i] = s;
	return s;
}

static int read_session(struct model *m, const struct json_doc *d, int v)
{
	struct model_session *s = session_of(m, d, v);
	int64_t cents;
	size_t i;

	if (!s)
		return ERR_NOMEM;
	read_fields(s, session_fields, ARRAY_LEN(session_fields), d, v);
	s->has_cost = get_int(d, json_get(d, v, "cost_cents"), &cents);
	free_parts(s);
	for (i = 0; i < ARRAY_LEN(parts); i++) {
		int list = json_get(d, v, parts[i].key), k, n = json_type(d, list) == JSON_ARRAY ? json_size(d, list) : 0;
		size_t *count = at(s, parts[i].count);
		char *items;

		if (n == 0)
			continue;
		items = calloc((size_t)(n < MODEL_PARTS ? n : MODEL_PARTS), parts[i].size);
		if (!items)
			return ERR_NOMEM;
		*(char **)at(s, parts[i].list) = items;
		for (k = json_first(d, list); k != JSON_NONE && *count < MODEL_PARTS; k = json_next(d, k))
			read_fields(items + (*count)++ * parts[i].size, parts[i].fields, parts[i].field_count, d, k);
	}
	return 0;
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
	object = i < *(size_t *)at(m, k->count) ? (*(void ***)at(m, k->list))[i] : append(m, k);
	if (!object)
		return ERR_NOMEM;
	read_fields(object, k->fields, k->field_count, d, v);
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
	if (!get_int(&d, json_get(&d, root, "seq"), &n) || json_get(&d, root, "actions") == JSON_NONE) {
		json_release(&d);
		return err_set(e, ERR_INVALID, "that is no snapshot of a gate");
	}
	m->seq = n;
	if (get_int(&d, json_get(&d, root, "now_boot_ms"), &n))
		m->boot_offset_ms = n - now_boot_ms;
	if (get_int(&d, json_get(&d, root, "now_wall_ms"), &n))
		m->wall_offset_ms = n - now_wall_ms;
	read_fields(&m->gate, gate_fields, ARRAY_LEN(gate_fields), &d, json_get(&d, root, "gate"));
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
	void **items = *(void ***)at(m, k->list);
	size_t *count = at(m, k->count), i = find_object(m, k, d, value);

	if (i == *count)
		return;
	if (k == &action_kind)
		model_ended_remove(m, items[i]);
	if (k == &session_kind) {
		struct model_session *s = items[i];
		size_t place = place_of(m, s->id);

		memmove(m->by_id + place, m->by_id + place + 1, (--m->by_id_count - place) * sizeof(*m->by_id));
	}
	free_object(k, items[i]);
	memmove(items + i, items + i + 1, (*count - i - 1) * sizeof(*items));
	(*count)--;
}

static void read_counts(struct model *m, const char *type, const struct json_doc *d)
{
	int root = json_root(d);
	char *id = take_text(d, json_get(d, root, "session"));
	struct model_session *s = id ? model_find_session(m, id) : NULL;

	if (s && strcmp(type, "log") == 0)
		get_int(d, json_get(d, root, "log_lines"), &s->log_lines);
	else if (s)
		get_int(d, json_get(d, root, "screen_seq"), &s->screen_seq);
	free(id);
}

/* One that has ended with this event is counted; and then there may be one too many. */
static int apply_action(struct model *m, const struct json_doc *d)
{
	int64_t id;
	const struct model_action *a;
	bool had_ended;
	int r;

	if (!get_int(d, json_get(d, json_root(d), "id"), &id))
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
		if (get_int(d, json_get(d, root, "missed"), &n) && n > 0)
			m->missed += n;
		return ERR_STATE;
	}
	if (strcmp(type, "gate") == 0)
		read_fields(&m->gate, gate_fields, ARRAY_LEN(gate_fields), d, root);
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

/* MIOSA writes its words down nowhere: what is not known to be over may still wait for a person. */
bool model_is_pending(const struct model_approval *p)
{
	static const char *const over[] = { "approved", "denied", "rejected", "consumed", "expired", "cancelled" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(over); i++)
		if (strcmp(p->status, over[i]) == 0)
			return false;
	return !p->decision[0];
}

bool model_is_held(const struct model_action *a)
{
	return strcmp(a->state, "held") == 0;
}
