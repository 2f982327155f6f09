/* facts_record: what the journal knows of an agent's earlier actions. See facts.h. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "core/describe.h"
#include "gate/facts.h"

enum { LIKE_SHOWN = 5, TURNS_SHOWN = 200, NAMES_MAX = 2048 };

/* A file that was written by name, or a host that a command named; of what was let through, and not of the action that is asked about. */
struct named {
	char *name;		/* own */
	int64_t action;		/* the newest that did */
};

struct names {
	struct named *items;	/* own; each name once */
	size_t count;
	bool full;		/* there were more */
};

struct facts_record {
	struct gate *gate;
	struct action *items[FACT_ACTIONS_MAX];	/* own; the newest first, without their bodies */
	size_t count;
	int64_t self;		/* the action that is asked about; 0 for none */
	char *like, *session;	/* own; its summary and session; session NULL: of all */
	const char *kind;
	struct names files, hosts;
	bool ran;		/* a command ran where the action would, which may have written anything */
};

static bool was_sent(const struct action *a)
{
	return a->state == ACTION_SENT || a->state == ACTION_DONE || a->state == ACTION_UPSTREAM_FAILED || a->state == ACTION_UNKNOWN;
}

static const struct named *find_name(const struct names *n, const char *name)
{
	size_t i;

	for (i = 0; i < n->count; i++)
		if (strcmp(n->items[i].name, name) == 0)
			return &n->items[i];
	return NULL;
}

static void add_name(struct names *n, const char *name, int64_t action)
{
	struct named *more;

	if (find_name(n, name))
		return;
	n->full |= n->count == NAMES_MAX;
	if (n->full)
		return;
	more = realloc(n->items, (n->count + 1) * sizeof(*more));
	if (!more)
		abort();
	n->items = more;
	n->items[n->count++] = (struct named){ .name = gate_strdup(name), .action = action };
}

static void names_release(struct names *n)
{
	while (n->count > 0)
		free(n->items[--n->count].name);
	free(n->items);
}

static void add_file(struct facts_record *r, const struct json_doc *d, int v, int64_t action)
{
	char *path = json_strdup(d, v);

	if (path)
		add_name(&r->files, path, action);
	free(path);
}

static void take_files(struct facts_record *r, const struct action *a)
{
	struct json_doc d;
	int files, f;

	if (json_parse(a->body, a->body_len, &d, NULL) < 0)
		return;
	add_file(r, &d, json_get(&d, json_root(&d), "path"), a->id);
	files = json_get(&d, json_root(&d), "files");
	for (f = json_type(&d, files) == JSON_ARRAY ? json_first(&d, files) : JSON_NONE; f != JSON_NONE; f = json_next(&d, f))
		add_file(r, &d, json_get(&d, f, "path"), a->id);
	json_release(&d);
}

static void take_hosts(struct facts_record *r, const struct action *a)
{
	struct command_parts p;
	size_t i, k;

	if (!a->text || command_parts(a->text, "", &p, NULL) < 0)
		return;
	for (i = 0; i < p.count; i++)
		for (k = 0; k < p.parts[i].count; k++)
			if (p.parts[i].effects[k].host[0])
				add_name(&r->hosts, p.parts[i].effects[k].host, a->id);
	command_parts_release(&p);
}

/* What is to be known of it is taken out of its body, which may be long, and goes. */
static bool keep(struct action *a, void *arg)
{
	struct facts_record *r = arg;
	const struct session *s = feed_session(r->gate, a->session);
	bool here = !r->session || strcmp(a->session, r->session) == 0, runs = strncmp(a->kind, "exec", 4) == 0 || strcmp(a->kind, "start process") == 0;

	if (describe(a, s ? s->name : "") < 0)
		abort();
	if (was_sent(a) && a->id != r->self) {
		if (here && strstr(a->kind, "write"))
			take_files(r, a);
		if (runs)
			take_hosts(r, a);
		r->ran |= here && runs;
	}
	if (action_set(&a->body, "") < 0 || action_set(&a->original, NULL) < 0 || action_set(&a->text, NULL) < 0)
		abort();
	a->body_len = a->original_len = 0;
	r->items[r->count++] = a;
	return r->count < FACT_ACTIONS_MAX;
}

static struct facts_record *load(struct gate *g, const char *agent, const struct action *self)
{
	struct facts_record *r = calloc(1, sizeof(*r));

	if (!r)
		abort();
	r->gate = g;
	if (self) {
		r->self = self->id;
		r->like = gate_strdup(self->summary);
		r->kind = self->kind;
		r->session = gate_strdup(self->session);
	}
	store_actions_of(g->store, agent, 0, keep, r, NULL);
	return r;
}

struct facts_record *facts_record_new(struct gate *g, const struct action *a)
{
	return load(g, a->agent, a);
}

void facts_record_free(struct facts_record *r)
{
	size_t i;

	if (!r)
		return;
	for (i = 0; i < r->count; i++)
		action_free(r->items[i]);
	names_release(&r->files);
	names_release(&r->hosts);
	free(r->like);
	free(r->session);
	free(r);
}

int64_t facts_record_wrote(const struct facts_record *r, const char *path)
{
	const struct named *n = find_name(&r->files, path);

	return n ? n->action : 0;
}

bool facts_record_wrote_all(const struct facts_record *r)
{
	return !r->ran && !r->files.full && r->count < FACT_ACTIONS_MAX;
}

bool facts_record_knows_host(const struct facts_record *r, const char *host)
{
	return find_name(&r->hosts, host) != NULL;
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

static void put_names(const struct names *n, const char *key, struct jsonw *w)
{
	size_t i = n->count;

	jw_key(w, key);
	jw_begin(w, '[');
	while (i-- > 0)		/* the oldest first */
		jw_str(w, n->items[i].name);
	jw_end(w, ']');
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
	record = load(g, name, NULL);
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "turns");
	facts_record_put_turns(record, TURNS_SHOWN, &w);
	put_names(&record->files, "files_written", &w);
	put_names(&record->hosts, "hosts", &w);
	jw_end(&w, '}');
	facts_record_free(record);
	operator_reply_json(r, 200, &b);
}
