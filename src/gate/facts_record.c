/* facts_record: what the journal knows of an agent's earlier actions. See facts.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "core/describe.h"
#include "gate/facts.h"

enum { SINCE_MS = 24 * 60 * 60 * 1000, LIKE_SHOWN = 5 };

struct facts_record {
	struct gate *gate;
	struct action **items;	/* own; the newest first */
	size_t count, cap;
	int64_t self;		/* the action that is asked about; 0 for none */
	char *like;		/* own; its summary and kind */
	const char *kind, *session;
};

static void keep(struct action *a, void *arg)
{
	struct facts_record *r = arg;
	const struct session *s = feed_session(r->gate, a->session);

	if (r->count == r->cap) {
		size_t cap = r->cap ? r->cap * 2 : 64;
		struct action **more = realloc(r->items, cap * sizeof(*more));

		if (!more)
			abort();
		r->items = more;
		r->cap = cap;
	}
	if (describe(a, s ? s->name : "") < 0)
		abort();
	r->items[r->count++] = a;
}

static struct facts_record *load(struct gate *g, const char *agent)
{
	struct facts_record *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->gate = g;
	store_actions_of(g->store, agent, clock_wall_ms() - SINCE_MS, keep, r, NULL);
	return r;
}

struct facts_record *facts_record_new(struct gate *g, const struct action *a)
{
	struct facts_record *r = load(g, a->agent);

	r->self = a->id;
	r->like = gate_strdup(a->summary);
	r->kind = a->kind;
	r->session = a->session;
	return r;
}

void facts_record_free(struct facts_record *r)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		action_free(r->items[i]);
	free(r->items);
	free(r->like);
	free(r);
}

static bool was_sent(const struct action *a)
{
	return a->state == ACTION_SENT || a->state == ACTION_DONE || a->state == ACTION_UPSTREAM_FAILED || a->state == ACTION_UNKNOWN;
}

/* Calls for each path that the action writes by name. */
static void each_written(const struct action *a, void (*call)(const char *path, void *arg), void *arg)
{
	struct json_doc d;
	int files, f;
	char *path;

	if (!strstr(a->kind, "write") || json_parse(a->body, a->body_len, &d, NULL) < 0)
		return;
	path = json_strdup(&d, json_get(&d, json_root(&d), "path"));
	if (path)
		call(path, arg);
	free(path);
	files = json_get(&d, json_root(&d), "files");
	for (f = json_type(&d, files) == JSON_ARRAY ? json_first(&d, files) : JSON_NONE; f != JSON_NONE; f = json_next(&d, f)) {
		path = json_strdup(&d, json_get(&d, f, "path"));
		if (path)
			call(path, arg);
		free(path);
	}
	json_release(&d);
}

struct writer {
	const char *path;
	size_t len;
	int64_t first, last, files;
	const struct action *at;
};

static void look_at_write(const char *path, void *arg)
{
	struct writer *w = arg;

	if (strncmp(path, w->path, w->len) != 0 || (path[w->len] != '/' && path[w->len] != '\0'))
		return;
	w->files++;
	if (w->first == 0 || w->at->id < w->first)
		w->first = w->at->id;
	if (w->at->id > w->last)
		w->last = w->at->id;
}

/* Commands write too, and nothing tells which: so fewer writes by name than files means that it is not known. */
const char *facts_record_writer(const struct facts_record *r, const char *path, int64_t files, char turns[48])
{
	struct writer w = { .path = path, .len = strlen(path) };
	bool ran = false;
	size_t i;

	turns[0] = '\0';
	for (i = 0; i < r->count; i++) {
		if (r->items[i]->id == r->self || !was_sent(r->items[i]) || strcmp(r->items[i]->session, r->session) != 0)
			continue;
		w.at = r->items[i];
		ran |= strncmp(w.at->kind, "exec", 4) == 0;
		each_written(w.at, look_at_write, &w);
	}
	if (w.first > 0)
		snprintf(turns, 48, w.first == w.last ? "%lld" : "%lld to %lld", (long long)w.first, (long long)w.last);
	if (files > 0 && w.files >= files)
		return "all";
	return w.files == 0 && !ran ? "none" : NULL;
}

static bool names_host(const struct action *a, const char *host)
{
	struct command_parts p;
	bool found = false;
	size_t i, k;

	if (!a->text || strncmp(a->kind, "exec", 4) != 0 || command_parts(a->text, "", &p, NULL) < 0)
		return false;
	for (i = 0; i < p.count; i++)
		for (k = 0; k < p.parts[i].count; k++)
			found |= strcmp(p.parts[i].effects[k].host, host) == 0;
	command_parts_release(&p);
	return found;
}

bool facts_record_knows_host(const struct facts_record *r, const char *host)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (r->items[i]->id != r->self && was_sent(r->items[i]) && names_host(r->items[i], host))
			return true;
	return false;
}

void facts_record_put_alike(const struct facts_record *r, struct jsonw *w)
{
	int64_t approved = 0, denied = 0;
	size_t i, shown = 0;

	jw_begin(w, '{');
	jw_key(w, "last");
	jw_begin(w, '[');
	for (i = 0; i < r->count; i++) {
		const struct action *a = r->items[i];

		if (a->id == r->self || strcmp(a->kind, r->kind) != 0 || strcmp(a->session, r->session) != 0 || strcmp(a->summary, r->like) != 0)
			continue;
		approved += was_sent(a);
		denied += a->state == ACTION_DENIED;
		if ((!was_sent(a) && a->state != ACTION_DENIED) || shown++ >= LIKE_SHOWN)
			continue;
		jw_begin(w, '{');
		jw_kint(w, "action", a->id);
		jw_kstr(w, "state", action_state_name(a->state));
		jw_kstr(w, "by", a->decided_by);
		jw_kstr(w, "note", a->note);
		jw_kint(w, "wall_ms", a->decided_wall_ms ? a->decided_wall_ms : a->arrived_wall_ms);
		jw_end(w, '}');
	}
	jw_end(w, ']');
	jw_kint(w, "approved", approved);
	jw_kint(w, "denied", denied);
	jw_end(w, '}');
}

void facts_record_put_turns(const struct facts_record *r, size_t most, struct jsonw *w)
{
	size_t i = r->count < most ? r->count : most;

	jw_begin(w, '[');
	while (i-- > 0) {
		const struct action *a = r->items[i];
		const struct session *s = feed_session(r->gate, a->session);
		struct buf result;

		if (a->id == r->self)
			continue;
		buf_init(&result, 4096);
		buf_puts(&result, action_state_name(a->state));
		if (a->status)
			buf_printf(&result, " %d", a->status);
		if (a->took_ms)
			buf_printf(&result, ", %lld.%llds", (long long)a->took_ms / 1000, (long long)(a->took_ms / 100 % 10));
		jw_begin(w, '{');
		jw_kint(w, "action", a->id);
		jw_kstr(w, "turn", a->turn);
		jw_kint(w, "wall_ms", a->arrived_wall_ms);
		jw_kstr(w, "session", a->session);
		jw_kstr(w, "session_name", s ? s->name : a->session);
		jw_kstr(w, "what", a->summary);
		jw_kstr(w, "result", buf_cstr(&result));
		jw_kstr(w, "by", a->decided_by);
		jw_kstr(w, "note", a->note);
		jw_end(w, '}');
		buf_release(&result);
	}
	jw_end(w, ']');
}

/* ---- all that an agent wrote and reached ---- */

struct names {
	char **items;
	size_t count;
};

static void add_name(const char *name, void *arg)
{
	struct names *n = arg;
	char **more;
	size_t i;

	for (i = 0; i < n->count; i++)
		if (strcmp(n->items[i], name) == 0)
			return;
	more = realloc(n->items, (n->count + 1) * sizeof(*more));
	if (!more)
		abort();
	n->items = more;
	n->items[n->count++] = gate_strdup(name);
}

static void add_hosts(const struct action *a, struct names *n)
{
	struct command_parts p;
	size_t i, k;

	if (!a->text || strncmp(a->kind, "exec", 4) != 0 || command_parts(a->text, "", &p, NULL) < 0)
		return;
	for (i = 0; i < p.count; i++)
		for (k = 0; k < p.parts[i].count; k++)
			if (p.parts[i].effects[k].host[0])
				add_name(p.parts[i].effects[k].host, n);
	command_parts_release(&p);
}

static void put_names(struct names *n, const char *key, struct jsonw *w)
{
	size_t i;

	jw_key(w, key);
	jw_begin(w, '[');
	for (i = 0; i < n->count; i++) {
		jw_str(w, n->items[i]);
		free(n->items[i]);
	}
	jw_end(w, ']');
	free(n->items);
}

void facts_record_put_files_and_hosts(const struct facts_record *r, struct jsonw *w)
{
	struct names files = { 0 }, hosts = { 0 };
	size_t i = r->count;

	while (i-- > 0) {
		if (!was_sent(r->items[i]))
			continue;
		each_written(r->items[i], add_name, &files);
		add_hosts(r->items[i], &hosts);
	}
	put_names(&files, "files_written", w);
	put_names(&hosts, "hosts", w);
}

void operator_get_turns(struct gate *g, struct server_req *r, const char *name)
{
	struct facts_record *record;
	struct jsonw w;
	struct buf b;

	if (!gate_agent(g, name)) {
		server_error(r, 404, NULL, "agent_not_found", "there is no such agent", NULL);
		return;
	}
	record = load(g, name);
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "turns");
	facts_record_put_turns(record, 200, &w);
	facts_record_put_files_and_hosts(record, &w);
	jw_end(&w, '}');
	facts_record_free(record);
	operator_reply_json(r, 200, &b);
}
