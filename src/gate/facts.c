/* facts: gathers them, and answers. See facts.h. */
#include "config.h"

#include "gate/facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/look.h"
#include "gate/place.h"
#include "gate/screens.h"

enum { TURNS = 12, LOOK_AGAIN_MS = 700 /* a caret is back by then, and the person should know before he says yes */ };

static void facts_free(struct facts *f)
{
	size_t i;
	int k;

	for (i = 0; i < f->place_count; i++) {
		for (k = 0; k < f->places[i].entry_count && k < FACT_ENTRIES_MAX; k++)
			free(f->places[i].entries[k]);
		free(f->places[i].path);
	}
	facts_forget_questions(f);
	facts_record_free(f->record);
	command_parts_release(&f->parts);
	free(f->write.path);
	free(f->write.old);
	facts_target_free(f->target);
	*f->prev = f->next;
	if (f->next)
		f->next->prev = f->prev;
	free(f);
}

void facts_release(struct gate *g)
{
	while (g->facts)
		facts_free(g->facts);
}

/* ---- what is asked ---- */

static const struct fact_place *place_of(const struct facts *f, const char *path)
{
	size_t i;

	for (i = 0; path[0] && i < f->place_count; i++)
		if (strcmp(f->places[i].path, path) == 0)
			return &f->places[i];
	return NULL;
}

static void add_place(struct facts *f, const struct command_effect *ef)
{
	if (!ef->path[0] || ef->verb == EFFECT_NETWORK || f->place_count == FACT_PLACES_MAX || place_of(f, ef->path))
		return;
	f->places[f->place_count++] = (struct fact_place){ .path = gate_strdup(ef->path), .pattern = ef->pattern };
}

static char *folder_of(const struct json_doc *d)
{
	static const char *const fields[] = { "cwd", "working_dir", "dir" };
	char *text = NULL;
	size_t i;

	for (i = 0; !text && i < ARRAY_LEN(fields); i++)
		text = json_strdup(d, json_get(d, json_root(d), fields[i]));
	return text;
}

/* A command begins in the workspace where its body names no folder; of a computer that is not known. */
static void take_apart(struct facts *f, const struct action *a, const struct json_doc *d)
{
	char *folder = folder_of(d);
	const char *begins = folder ? folder : a->session_kind == SESSION_SANDBOX ? "/workspace" : "";
	size_t i, k;

	if (command_parts(a->text, begins[0] == '/' ? begins : "", &f->parts, NULL) < 0)
		abort();
	free(folder);
	for (i = 0; i < f->parts.count; i++)
		for (k = 0; k < f->parts.parts[i].count; k++)
			add_place(f, &f->parts.parts[i].effects[k]);
}

static void on_looked(const struct looked *k, void *arg)
{
	struct facts *f = arg;

	f->screen_same = k->verdict == LOOK_UNKNOWN ? -1 : k->verdict == LOOK_SAME;
	snprintf(f->screen_why, sizeof(f->screen_why), "%.190s", k->why);
	facts_answered(f);
}

/* Is the screen round the target what the agent saw, when it looked last? */
static void compare_with_seen(struct facts *f, const struct action *a)
{
	const struct place place = gate_place(f->gate, a);
	const int box = a->screen_rule.box;
	struct look_for like = { .session = a->session, .box_count = 1, .wait_ms = LOOK_AGAIN_MS };
	char sha256[DIGEST_HEX + 1];

	f->agent_saw = screens_seen_by(f->gate, a->session, a->agent, sha256, &f->agent_saw_boot_ms);
	if (!f->agent_saw)
		return;
	if (place.known)	/* else all of it */
		like.boxes[0] = (struct screen_rect){ place.x - box, place.y - box, 2 * box, 2 * box };
	like.png = screens_png(f->gate, a->session, sha256, &like.len);
	f->pending++;
	look(f->gate, &like, on_looked, f);
}

static void ask(struct facts *f, const struct action *a)
{
	struct json_doc d = { 0 };
	bool parsed = a->body_len > 0 && json_parse(a->body, a->body_len, &d, NULL) == 0;

	if (parsed && a->text && strcmp(a->kind, "exec python") != 0 && (strncmp(a->kind, "exec", 4) == 0 || strcmp(a->kind, "start process") == 0))
		take_apart(f, a, &d);
	if (parsed && strcmp(a->kind, "write") == 0)
		f->write.path = json_strdup(&d, json_get(&d, json_root(&d), "path"));
	json_release(&d);
	if (a->session_kind == SESSION_SANDBOX)
		facts_ask_places(f, a);
	if (f->write.path && f->write.path[0] && a->session_kind != SESSION_NONE)
		facts_ask_old(f, a);
	facts_ask_target(f, a);
	if (a->has_point)
		compare_with_seen(f, a);
}

/* ---- the answer ---- */

static void put_effect(const struct facts *f, const struct command_effect *ef, struct jsonw *w)
{
	const struct fact_place *p = place_of(f, ef->path);
	char actions[48] = "";
	int i;

	jw_begin(w, '{');
	jw_kstr(w, "verb", effect_word(ef->verb));
	jw_kstr(w, "object", ef->object);
	jw_kstr(w, "resolved", ef->path);
	jw_kbool(w, "outside", ef->outside);
	jw_kbool(w, "known", p && p->known);
	if (p && p->known) {
		jw_kint(w, "files", p->files);
		jw_kint(w, "bytes", p->bytes);
		jw_kstr(w, "by_agent", p->files == 0 ? NULL : p->own == p->files ? "all" : p->own == 0 && facts_record_wrote_all(f->record) ? "none" : NULL);
		if (p->own > 0)
			snprintf(actions, sizeof(actions), p->first == p->last ? "%lld" : "%lld to %lld", (long long)p->first, (long long)p->last);
	}
	jw_kstr(w, "actions", actions);
	jw_key(w, "entries");
	jw_begin(w, '[');
	for (i = 0; p && p->pattern && i < p->entry_count && i < FACT_ENTRIES_MAX; i++)
		jw_str(w, p->entries[i]);
	jw_end(w, ']');
	jw_key(w, "entry_files");
	jw_begin(w, '[');
	for (i = 0; p && p->pattern && i < p->entry_count && i < FACT_ENTRIES_MAX; i++)
		if (p->entry_files[i] >= 0)
			jw_int(w, p->entry_files[i]);
		else
			jw_null(w);
	jw_end(w, ']');
	jw_kint(w, "entry_count", p ? p->entry_count : 0);
	jw_kstr(w, "why", p ? p->why : "");
	jw_kstr(w, "host", ef->host);
	if (ef->host[0])
		jw_kbool(w, "first_time", !facts_record_knows_host(f->record, ef->host));
	jw_kint(w, "from_part", ef->from_part);
	jw_kstr(w, "note", ef->note);
	jw_end(w, '}');
}

static void put_parts(const struct facts *f, struct jsonw *w)
{
	size_t i, k;

	jw_key(w, "parts");
	jw_begin(w, '[');
	for (i = 0; i < f->parts.count; i++) {
		const struct command_part *p = &f->parts.parts[i];

		jw_begin(w, '{');
		jw_kstr(w, "text", p->text);
		jw_kstr(w, "joiner", p->joiner);
		jw_key(w, "effects");
		jw_begin(w, '[');
		for (k = 0; k < p->count; k++)
			put_effect(f, &p->effects[k], w);
		jw_end(w, ']');
		jw_end(w, '}');
	}
	jw_end(w, ']');
	jw_kstr(w, "unclear", f->parts.unclear);
}

static void put_write(const struct facts *f, struct jsonw *w)
{
	jw_key(w, "write");
	if (!f->write.asked) {
		jw_null(w);
		return;
	}
	jw_begin(w, '{');
	jw_kstr(w, "path", f->write.path);
	jw_kbool(w, "exists", f->write.exists);
	jw_kstr(w, "old", f->write.old);
	jw_kint(w, "old_bytes", f->write.old_bytes);
	jw_kstr(w, "why_no_diff", f->write.why);
	jw_end(w, '}');
}

/* The newest snapshot that can be gone back to. */
static void put_undo(const struct action *a, const struct session *s, struct jsonw *w)
{
	const struct miosa_snapshot *best = NULL;
	size_t i;

	for (i = 0; s && i < s->activity.snapshot_count; i++) {
		const struct miosa_snapshot *k = &s->activity.snapshots[i];

		if (!k->failed && !activity_snapshot_goes_on(k) && (!best || strcmp(k->created_at, best->created_at) > 0))
			best = k;
	}
	jw_key(w, "undo");
	if (best) {
		jw_begin(w, '{');
		jw_kstr(w, "snapshot", best->id);
		jw_kstr(w, "comment", best->comment);
		jw_kstr(w, "created_at", best->created_at);
		jw_end(w, '}');
	} else {
		jw_null(w);
	}
	jw_kbool(w, "snapshot_before", a->snapshot_before);
}

static void put_around(const struct gate *g, const struct action *a, const struct session *s, struct jsonw *w)
{
	const struct activity_run *run = s ? activity_doing(&s->activity) : NULL;
	int64_t now = clock_wall_ms();
	size_t i;

	jw_key(w, "order");
	jw_begin(w, '[');
	for (i = 0; i < g->queue.count; i++) {
		const struct action *k = g->queue.items[i];

		if (a->session[0] && k->id < a->id && !action_ended(k->state) && strcmp(k->session, a->session) == 0)
			jw_int(w, k->id);
	}
	jw_end(w, ']');
	jw_key(w, "running");
	if (run) {
		jw_begin(w, '{');
		jw_kstr(w, "what", run->what);
		jw_kint(w, "for_ms", now > run->since_wall_ms ? now - run->since_wall_ms : 0);
		jw_end(w, '}');
	} else {
		jw_null(w);
	}
	jw_key(w, "readers");
	jw_begin(w, '[');
	for (i = 0; i < g->presence.count; i++) {
		const struct presence_one *p = &g->presence.list[i];

		if (p->reads != a->id)
			continue;
		jw_begin(w, '{');
		jw_kstr(w, "name", p->name);
		jw_kint(w, "for_ms", now > p->reads_since_wall_ms ? now - p->reads_since_wall_ms : 0);
		jw_end(w, '}');
	}
	jw_end(w, ']');
}

static void put_screen(const struct facts *f, const struct action *a, struct jsonw *w)
{
	jw_key(w, "screen");
	if (!a->has_point) {
		jw_null(w);
		return;
	}
	jw_begin(w, '{');
	jw_key(w, "same");
	if (f->agent_saw && f->screen_same >= 0)
		jw_bool(w, f->screen_same > 0);
	else
		jw_null(w);
	jw_kstr(w, "why", f->screen_why);
	jw_key(w, "agent_saw_ms_before");
	if (f->agent_saw && a->arrived_boot_ms >= f->agent_saw_boot_ms)
		jw_int(w, a->arrived_boot_ms - f->agent_saw_boot_ms);
	else
		jw_null(w);
	jw_end(w, '}');
}

static void answer(struct facts *f, const struct action *a)
{
	const struct session *s = feed_session(f->gate, a->session);
	struct jsonw w;
	struct buf b;

	if (f->target)
		facts_target_find(f, a);
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kint(&w, "action", a->id);
	jw_kint(&w, "version", a->version);
	jw_kint(&w, "at_wall_ms", clock_wall_ms());
	put_parts(f, &w);
	put_write(f, &w);
	put_undo(a, s, &w);
	put_around(f->gate, a, s, &w);
	facts_put_target(f, a, &w);
	put_screen(f, a, &w);
	jw_key(&w, "alike_before");
	facts_record_put_alike(f->record, &w);
	jw_key(&w, "turns");
	facts_record_put_turns(f->record, TURNS, &w);
	jw_end(&w, '}');
	operator_reply_json(f->req, 200, &b);
}

void facts_answered(struct facts *f)
{
	const struct action *a;

	if (--f->pending > 0)
		return;
	a = queue_find(&f->gate->queue, f->action);
	if (f->req) {
		server_set_user(f->req, NULL, NULL);
		if (a)
			answer(f, a);
		else
			server_error(f->req, 404, NULL, "action_not_found", "there is no such action any more", NULL);
	}
	facts_free(f);
}

static void on_gone(struct server_req *r, void *user)
{
	struct facts *f = user;

	(void)r;
	f->req = NULL;
}

void operator_get_facts(struct gate *g, struct server_req *r, const char *id)
{
	const struct action *a = queue_find(&g->queue, operator_read_id(id));
	struct facts *f = a ? calloc(1, sizeof(*f)) : NULL;

	if (!a) {
		server_error(r, 404, NULL, "action_not_found", "there is no such action", NULL);
		return;
	}
	if (!f)
		abort();
	*f = (struct facts){ .gate = g, .req = r, .action = a->id, .pending = 1, .screen_same = -1, .next = g->facts, .prev = &g->facts };
	if (f->next)
		f->next->prev = &f->next;
	g->facts = f;
	server_set_user(r, f, on_gone);
	f->record = facts_record_new(g, a);
	ask(f, a);
	facts_answered(f);
}
