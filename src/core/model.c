/* model: see model.h. */
#include "config.h"

#include "core/model.h"

#include <stdlib.h>
#include <string.h>

void model_init(struct model *m)
{
	*m = (struct model){ 0 };
}

/* The string fields of each kind: where they are, and their JSON names. */
struct text_field {
	const char *key;
	size_t offset;
};

#define TEXT(type, name) { #name, offsetof(struct type, name) }

static const struct text_field action_texts[] = {
	TEXT(model_action, state), TEXT(model_action, agent), TEXT(model_action, session), TEXT(model_action, session_kind),
	TEXT(model_action, session_name), TEXT(model_action, kind), TEXT(model_action, class), TEXT(model_action, method),
	TEXT(model_action, path), TEXT(model_action, query), TEXT(model_action, digest), TEXT(model_action, body),
	TEXT(model_action, body_base64), TEXT(model_action, plain), TEXT(model_action, summary), TEXT(model_action, text),
	TEXT(model_action, title), TEXT(model_action, reason), TEXT(model_action, turn), TEXT(model_action, held_by),
	TEXT(model_action, seen_by), TEXT(model_action, decided_by), TEXT(model_action, note), TEXT(model_action, result),
	TEXT(model_action, error),
};
static const struct text_field agent_texts[] = { TEXT(model_agent, name), TEXT(model_agent, session) };
static const struct text_field session_texts[] = {
	TEXT(model_session, id), TEXT(model_session, kind), TEXT(model_session, name), TEXT(model_session, state), TEXT(model_session, isolation),
};

static char **field(void *object, const struct text_field *f)
{
	return (char **)(void *)((char *)object + f->offset);
}

static void free_texts(void *object, const struct text_field *fields, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(*field(object, &fields[i]));
}

/* Absent and null become "", so that nobody has to ask. A text with U+0000 is cut there. */
static char *take_text(const struct json_doc *d, int v)
{
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	json_str(d, v, &b);
	return buf_take(&b);
}

static void read_texts(void *object, const struct text_field *fields, size_t count, const struct json_doc *d, int v)
{
	size_t i;

	for (i = 0; i < count; i++) {
		free(*field(object, &fields[i]));
		*field(object, &fields[i]) = take_text(d, json_get(d, v, fields[i].key));
	}
}

static void free_action(struct model_action *a)
{
	size_t i;

	free_texts(a, action_texts, ARRAY_LEN(action_texts));
	for (i = 0; i < MODEL_HEADERS; i++)
		free(a->headers[i]);
	for (i = 0; i < MODEL_RISKS; i++)
		free(a->risks[i]);
	free(a);
}

static void free_agent(struct model_agent *a)
{
	free_texts(a, agent_texts, ARRAY_LEN(agent_texts));
	free(a);
}

static void free_session(struct model_session *s)
{
	free_texts(s, session_texts, ARRAY_LEN(session_texts));
	free(s);
}

static void clear(struct model *m)
{
	size_t i;

	for (i = 0; i < m->action_count; i++)
		free_action(m->actions[i]);
	for (i = 0; i < m->agent_count; i++)
		free_agent(m->agents[i]);
	for (i = 0; i < m->session_count; i++)
		free_session(m->sessions[i]);
	m->action_count = m->agent_count = m->session_count = 0;
}

void model_release(struct model *m)
{
	clear(m);
	free(m->actions);
	free(m->agents);
	free(m->sessions);
	free(m->gate.base_url);
	free(m->gate.upstream);
	free(m->gate.upstream_name);
	free(m->gate.why);
	model_init(m);
}

/* A new zeroed object at the end of a list. */
static void *append(void *list, size_t *count, size_t *cap, size_t size)
{
	void ***items = list;
	void *object = calloc(1, size);

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

struct model_action *model_find_action(const struct model *m, int64_t id)
{
	size_t low = 0, high = m->action_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (m->actions[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->action_count && m->actions[low]->id == id ? m->actions[low] : NULL;
}

struct model_session *model_find_session(const struct model *m, const char *id)
{
	size_t i;

	for (i = 0; i < m->session_count; i++)
		if (strcmp(m->sessions[i]->id, id) == 0)
			return m->sessions[i];
	return NULL;
}

static bool get_int(const struct json_doc *d, int v, const char *key, int64_t *ret)
{
	*ret = 0;
	return json_int(d, json_get(d, v, key), ret) == 0;
}

static void read_lists(struct model_action *a, const struct json_doc *d, int v)
{
	int list = json_get(d, v, "risks"), k;
	size_t n = 0;
	struct buf b;

	for (k = 0; k < MODEL_RISKS; k++) {
		free(a->risks[k]);
		a->risks[k] = NULL;
	}
	for (k = json_first(d, list); k != JSON_NONE && n < MODEL_RISKS; k = json_next(d, k))
		a->risks[n++] = take_text(d, k);
	for (k = 0; k < MODEL_HEADERS; k++) {
		free(a->headers[k]);
		a->headers[k] = NULL;
	}
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

static int read_action(struct model *m, const struct json_doc *d, int v)
{
	struct model_action *a;
	int64_t id, other;
	size_t i;

	if (!get_int(d, v, "id", &id))
		return 0;
	a = model_find_action(m, id);
	if (!a) {
		a = append(&m->actions, &m->action_count, &m->action_cap, sizeof(*a));
		if (!a)
			return ERR_NOMEM;
		a->id = id;
		/* They come in order, but for a late one. */
		for (i = m->action_count - 1; i > 0 && m->actions[i - 1]->id > id; i--)
			m->actions[i] = m->actions[i - 1];
		m->actions[i] = a;
	}
	read_texts(a, action_texts, ARRAY_LEN(action_texts), d, v);
	read_lists(a, d, v);
	get_int(d, v, "version", &a->version);
	get_int(d, v, "body_len", &a->body_len);
	a->has_point = get_int(d, v, "x", &a->x) && get_int(d, v, "y", &a->y);
	a->has_second = get_int(d, v, "x2", &a->x2) && get_int(d, v, "y2", &a->y2);
	a->needs_person = json_bool(d, json_get(d, v, "needs_person"), true);
	get_int(d, v, "arrived_wall_ms", &a->arrived_wall_ms);
	get_int(d, v, "arrived_boot_ms", &a->arrived_boot_ms);
	get_int(d, v, "expires_boot_ms", &a->expires_boot_ms);
	get_int(d, v, "ended_wall_ms", &a->ended_wall_ms);
	get_int(d, v, "decided_wall_ms", &a->decided_wall_ms);
	get_int(d, v, "askers", &a->askers);
	get_int(d, v, "joined", &a->joined);
	get_int(d, v, "away_since_boot_ms", &a->away_since_boot_ms);
	get_int(d, v, "waits_for", &a->waits_for);
	get_int(d, v, "same_as", &a->same_as);
	get_int(d, v, "same_as_ended_ms_ago", &other);
	a->same_as_ms_ago = other;
	return 0;
}

static int read_agent(struct model *m, const struct json_doc *d, int v)
{
	struct model_agent *a = NULL;
	size_t i;

	for (i = 0; i < m->agent_count && !a; i++)
		if (json_str_is(d, json_get(d, v, "name"), m->agents[i]->name))
			a = m->agents[i];
	if (!a)
		a = append(&m->agents, &m->agent_count, &m->agent_cap, sizeof(*a));
	if (!a)
		return ERR_NOMEM;
	read_texts(a, agent_texts, ARRAY_LEN(agent_texts), d, v);
	get_int(d, v, "connections", &a->connections);
	get_int(d, v, "actions", &a->actions);
	get_int(d, v, "waiting", &a->waiting);
	get_int(d, v, "refused", &a->refused);
	return 0;
}

static int read_session(struct model *m, const struct json_doc *d, int v)
{
	struct model_session *s = NULL;
	size_t i;

	for (i = 0; i < m->session_count && !s; i++)
		if (json_str_is(d, json_get(d, v, "id"), m->sessions[i]->id))
			s = m->sessions[i];
	if (!s)
		s = append(&m->sessions, &m->session_count, &m->session_cap, sizeof(*s));
	if (!s)
		return ERR_NOMEM;
	read_texts(s, session_texts, ARRAY_LEN(session_texts), d, v);
	get_int(d, v, "width", &s->width);
	get_int(d, v, "height", &s->height);
	get_int(d, v, "log_lines", &s->log_lines);
	get_int(d, v, "screen_seq", &s->screen_seq);
	get_int(d, v, "not_live_since_wall_ms", &s->not_live_since_wall_ms);
	s->live = json_bool(d, json_get(d, v, "live"), false);
	return 0;
}

static int read_gate(struct model *m, const struct json_doc *d, int v)
{
	free(m->gate.base_url);
	free(m->gate.upstream);
	free(m->gate.upstream_name);
	free(m->gate.why);
	m->gate.base_url = take_text(d, json_get(d, v, "base_url"));
	m->gate.upstream = take_text(d, json_get(d, v, "upstream"));
	m->gate.upstream_name = take_text(d, json_get(d, v, "upstream_name"));
	m->gate.why = take_text(d, json_get(d, v, "not_live_why"));
	get_int(d, v, "pid", &m->gate.pid);
	get_int(d, v, "not_live_since_wall_ms", &m->gate.not_live_since_wall_ms);
	m->gate.live = json_bool(d, json_get(d, v, "live"), false);
	return 0;
}

static int read_all(struct model *m, const struct json_doc *d, const char *key, int (*read)(struct model *, const struct json_doc *, int))
{
	int list = json_get(d, json_root(d), key), v, r = 0;

	for (v = json_first(d, list); r == 0 && v != JSON_NONE; v = json_next(d, v))
		r = read(m, d, v);
	return r;
}

int model_snapshot(struct model *m, const char *json, size_t len, int64_t now_boot_ms, int64_t now_wall_ms, struct err *e)
{
	struct json_doc d;
	int64_t boot, wall;
	int r = json_parse(json, len, &d, e);

	if (r < 0)
		return r;
	if (!get_int(&d, json_root(&d), "seq", &m->seq) || json_get(&d, json_root(&d), "actions") == JSON_NONE) {
		json_release(&d);
		return err_set(e, ERR_INVALID, "that is no snapshot of a gate");
	}
	clear(m);
	if (get_int(&d, json_root(&d), "now_boot_ms", &boot))
		m->boot_offset_ms = boot - now_boot_ms;
	if (get_int(&d, json_root(&d), "now_wall_ms", &wall))
		m->wall_offset_ms = wall - now_wall_ms;
	r = read_gate(m, &d, json_get(&d, json_root(&d), "gate"));
	if (r == 0)
		r = read_all(m, &d, "agents", read_agent);
	if (r == 0)
		r = read_all(m, &d, "sessions", read_session);
	if (r == 0)
		r = read_all(m, &d, "actions", read_action);
	json_release(&d);
	m->loaded = r == 0;
	return r == 0 ? 0 : err_set(e, r, "out of memory");
}

static void remove_agent(struct model *m, const struct json_doc *d, int id)
{
	size_t i, n = 0;

	for (i = 0; i < m->agent_count; i++) {
		if (json_str_is(d, id, m->agents[i]->name))
			free_agent(m->agents[i]);
		else
			m->agents[n++] = m->agents[i];
	}
	m->agent_count = n;
}

static void remove_session(struct model *m, const struct json_doc *d, int id)
{
	size_t i, n = 0;

	for (i = 0; i < m->session_count; i++) {
		if (json_str_is(d, id, m->sessions[i]->id))
			free_session(m->sessions[i]);
		else
			m->sessions[n++] = m->sessions[i];
	}
	m->session_count = n;
}

static int apply(struct model *m, const char *type, const struct json_doc *d)
{
	int root = json_root(d), v;
	struct model_session *s;
	char *id;

	if (strcmp(type, "action") == 0)
		return read_action(m, d, root);
	if (strcmp(type, "agent") == 0)
		return read_agent(m, d, root);
	if (strcmp(type, "session") == 0)
		return read_session(m, d, root);
	if (strcmp(type, "gate") == 0)
		return read_gate(m, d, root);
	if (strcmp(type, "reset") == 0)
		return ERR_STATE;
	if (strcmp(type, "gone") == 0) {
		v = json_get(d, root, "id");
		if (json_str_is(d, json_get(d, root, "kind"), "agent"))
			remove_agent(m, d, v);
		else
			remove_session(m, d, v);
	} else if (strcmp(type, "log") == 0 || strcmp(type, "screen") == 0) {
		id = take_text(d, json_get(d, root, "session"));
		s = id ? model_find_session(m, id) : NULL;
		if (s && strcmp(type, "log") == 0)
			get_int(d, root, "log_lines", &s->log_lines);
		else if (s)
			get_int(d, root, "screen_seq", &s->screen_seq);
		free(id);
	}
	return 0;
}

int model_event(struct model *m, const char *type, const char *json, size_t len, int64_t seq, struct err *e)
{
	struct json_doc d;
	int r;

	/* A hole in the numbers: something was missed, and nobody knows what. */
	if (seq > 0 && m->seq > 0 && seq != m->seq + 1 && strcmp(type, "reset") != 0)
		return err_set(e, ERR_STATE, "events %lld to %lld are missing", (long long)m->seq + 1, (long long)seq - 1);
	r = json_parse(json, len, &d, e);
	if (r < 0)
		return r;
	r = apply(m, type, &d);
	json_release(&d);
	if (seq > 0)
		m->seq = seq;
	return r == ERR_STATE ? err_set(e, r, "fell behind") : r;
}

bool model_is_held(const struct model_action *a)
{
	return strcmp(a->state, "held") == 0;
}

bool model_is_risky(const struct model_action *a)
{
	return a->risks[0] != NULL;
}
