/* card_facts: see card_facts.h. */
#include "config.h"

#include "ui/card_facts.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"

/* Absent and null are ""; a text with U+0000 is cut there. */
static char *text(const struct json_doc *d, int v, const char *key)
{
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	json_str(d, json_get(d, v, key), &b);
	return buf_take(&b);
}

static int64_t number(const struct json_doc *d, int v, const char *key, int64_t otherwise)
{
	json_int(d, json_get(d, v, key), &otherwise);
	return otherwise;
}

static bool flag(const struct json_doc *d, int v, const char *key)
{
	return json_bool(d, json_get(d, v, key), false);
}

/* The elements of a list of objects, at most so many. */
#define EACH(d, list, v, n, most) ((v) = json_first((d), (list))); (v) != JSON_NONE && (n) < (most); ((v) = json_next((d), (v)))

static void read_effect(const struct json_doc *d, int v, struct card_effect *ef)
{
	size_t n = 0, count;
	int k;

	*ef = (struct card_effect){
		.verb = text(d, v, "verb"), .object = text(d, v, "object"), .resolved = text(d, v, "resolved"), .by_agent = text(d, v, "by_agent"),
		.actions = text(d, v, "actions"), .why = text(d, v, "why"), .host = text(d, v, "host"), .note = text(d, v, "note"),
		.entry_count = number(d, v, "entry_count", 0), .files = number(d, v, "files", -1), .bytes = number(d, v, "bytes", -1),
		.from_part = number(d, v, "from_part", 0), .outside = flag(d, v, "outside"), .known = flag(d, v, "known"), .first_time = flag(d, v, "first_time"),
	};
	for (EACH(d, json_get(d, v, "entries"), k, n, CARD_ENTRIES)) {
		struct buf b;

		buf_init(&b, SIZE_MAX - 1);
		json_str(d, k, &b);
		ef->entry_files[n] = -1;
		ef->entries[n++] = buf_take(&b);
	}
	count = n;
	n = 0;
	for (EACH(d, json_get(d, v, "entry_files"), k, n, count))
		json_int(d, k, &ef->entry_files[n++]);
}

static int read_parts(const struct json_doc *d, int list, struct card_facts *f)
{
	size_t count = (size_t)json_size(d, list);
	int v, k;

	f->parts = calloc((count < CARD_PARTS ? count : CARD_PARTS) + 1, sizeof(*f->parts));
	if (!f->parts)
		return ERR_NOMEM;
	for (EACH(d, list, v, f->part_count, CARD_PARTS)) {
		struct card_part *p = &f->parts[f->part_count++];
		int effects = json_get(d, v, "effects");

		count = (size_t)json_size(d, effects);
		*p = (struct card_part){ .text = text(d, v, "text"), .joiner = text(d, v, "joiner") };
		p->effects = calloc((count < CARD_EFFECTS ? count : CARD_EFFECTS) + 1, sizeof(*p->effects));
		if (!p->effects)
			return ERR_NOMEM;
		for (EACH(d, effects, k, p->count, CARD_EFFECTS))
			read_effect(d, k, &p->effects[p->count++]);
	}
	return 0;
}

static void read_write(const struct json_doc *d, int v, struct card_facts *f)
{
	f->has_write = json_type(d, v) == JSON_OBJECT;
	f->write_exists = flag(d, v, "exists");
	f->write_path = text(d, v, "path");
	f->write_why = text(d, v, "why_no_diff");
	f->write_bytes = number(d, v, "old_bytes", 0);
	f->write_old = json_type(d, json_get(d, v, "old")) == JSON_STRING ? text(d, v, "old") : NULL;
}

static void read_around(const struct json_doc *d, int root, struct card_facts *f)
{
	int v, undo = json_get(d, root, "undo"), running = json_get(d, root, "running");

	f->undo = text(d, undo, "snapshot");
	f->undo_made = text(d, undo, "created_at");
	f->snapshot_before = flag(d, root, "snapshot_before");
	f->running = text(d, running, "what");
	f->running_for_ms = number(d, running, "for_ms", 0);
	for (EACH(d, json_get(d, root, "order"), v, f->order_count, CARD_ORDER))
		if (json_int(d, v, &f->order[f->order_count]) == 0)
			f->order_count++;
	for (EACH(d, json_get(d, root, "readers"), v, f->reader_count, CARD_READERS)) {
		f->readers[f->reader_count].name = text(d, v, "name");
		f->readers[f->reader_count++].for_ms = number(d, v, "for_ms", 0);
	}
}

static void read_screen(const struct json_doc *d, int v, struct card_facts *f)
{
	enum json_type same = json_type(d, json_get(d, v, "same"));

	f->has_screen = json_type(d, v) == JSON_OBJECT;
	f->screen_known = same == JSON_TRUE || same == JSON_FALSE;
	f->screen_same = same == JSON_TRUE;
	f->screen_why = text(d, v, "why");
	f->saw_ms_before = number(d, v, "agent_saw_ms_before", -1);
}

static void read_found(const struct json_doc *d, int v, struct card_found *ret)
{
	int64_t n;
	size_t i = 0;
	int k;

	*ret = (struct card_found){ .there = json_type(d, v) == JSON_OBJECT, .by_tree = json_str_is(d, json_get(d, v, "how"), "accessibility"),
				    .role = text(d, v, "role"), .name = text(d, v, "name"), .window = text(d, v, "window"), .others = number(d, v, "others", 0) };
	for (EACH(d, json_get(d, v, "bounds"), k, i, 4))
		ret->bounds[i++] = json_int(d, k, &n) == 0 ? n : 0;
}

static void read_target(const struct json_doc *d, int root, struct card_facts *f)
{
	int cursor = json_get(d, root, "cursor"), x = json_first(d, cursor), v;
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	json_str(d, json_first(d, json_get(d, root, "missing")), &b);
	f->missing = buf_take(&b);
	read_found(d, json_get(d, root, "control"), &f->control);
	read_found(d, json_get(d, root, "focus"), &f->focus);
	f->control_why = text(d, root, "control_why");
	f->has_cursor = json_type(d, cursor) == JSON_ARRAY && json_int(d, x, &f->cursor_x) == 0 && json_int(d, json_next(d, x), &f->cursor_y) == 0;
	for (EACH(d, json_get(d, root, "risks_now"), v, f->risk_count, CARD_RISKS)) {
		buf_init(&b, SIZE_MAX - 1);
		json_str(d, v, &b);
		f->risks[f->risk_count++] = buf_take(&b);
	}
}

static void read_record(const struct json_doc *d, int root, struct card_facts *f)
{
	int before = json_get(d, root, "alike_before"), turns = json_get(d, root, "turns"), v, skip = json_size(d, turns) - CARD_TURNS;

	f->approved_before = number(d, before, "approved", 0);
	f->denied_before = number(d, before, "denied", 0);
	for (EACH(d, json_get(d, before, "last"), v, f->like_count, CARD_LIKES))
		f->likes[f->like_count++] = (struct card_like){ .state = text(d, v, "state"), .by = text(d, v, "by"), .note = text(d, v, "note"),
								.action = number(d, v, "action", 0) };
	for (EACH(d, turns, v, f->turn_count, CARD_TURNS)) {
		if (skip-- > 0)
			continue;
		f->turns[f->turn_count++] = (struct card_turn){
			.turn = text(d, v, "turn"), .session_name = text(d, v, "session_name"), .what = text(d, v, "what"), .result = text(d, v, "result"),
			.by = text(d, v, "by"), .note = text(d, v, "note"), .action = number(d, v, "action", 0), .wall_ms = number(d, v, "wall_ms", 0),
		};
	}
}

int card_facts_read(const char *json, size_t len, struct card_facts *ret, struct err *e)
{
	struct json_doc d;
	int r = json_parse(json, len, &d, e), root;

	*ret = (struct card_facts){ 0 };
	if (r < 0)
		return r;
	root = json_root(&d);
	ret->action = number(&d, root, "action", 0);
	ret->version = number(&d, root, "version", 0);
	ret->at_wall_ms = number(&d, root, "at_wall_ms", 0);
	ret->unclear = text(&d, root, "unclear");
	read_write(&d, json_get(&d, root, "write"), ret);
	read_around(&d, root, ret);
	read_target(&d, root, ret);
	read_screen(&d, json_get(&d, root, "screen"), ret);
	read_record(&d, root, ret);
	r = read_parts(&d, json_get(&d, root, "parts"), ret);
	if (r == 0 && ret->action <= 0)
		r = err_set(e, ERR_INVALID, "these are no facts of an action");
	json_release(&d);
	if (r < 0)
		card_facts_release(ret);
	return r;
}

static void release_effect(struct card_effect *ef)
{
	char *own[] = { ef->verb, ef->object, ef->resolved, ef->by_agent, ef->actions, ef->why, ef->host, ef->note };
	size_t i;

	for (i = 0; i < ARRAY_LEN(own); i++)
		free(own[i]);
	for (i = 0; i < CARD_ENTRIES; i++)
		free(ef->entries[i]);
}

void card_facts_release(struct card_facts *f)
{
	char *own[] = { f->unclear, f->write_path, f->write_old, f->write_why, f->undo, f->undo_made, f->running, f->control_why, f->screen_why, f->missing,
			f->control.role, f->control.name, f->control.window, f->focus.role, f->focus.name, f->focus.window };
	size_t i, k;

	for (i = 0; i < f->part_count; i++) {
		for (k = 0; k < f->parts[i].count; k++)
			release_effect(&f->parts[i].effects[k]);
		free(f->parts[i].effects);
		free(f->parts[i].text);
		free(f->parts[i].joiner);
	}
	free(f->parts);
	for (i = 0; i < f->reader_count; i++)
		free(f->readers[i].name);
	for (i = 0; i < f->risk_count; i++)
		free(f->risks[i]);
	for (i = 0; i < f->like_count; i++) {
		free(f->likes[i].state);
		free(f->likes[i].by);
		free(f->likes[i].note);
	}
	for (i = 0; i < f->turn_count; i++) {
		char *turn[] = { f->turns[i].turn, f->turns[i].session_name, f->turns[i].what, f->turns[i].result, f->turns[i].by, f->turns[i].note };

		for (k = 0; k < ARRAY_LEN(turn); k++)
			free(turn[k]);
	}
	for (i = 0; i < ARRAY_LEN(own); i++)
		free(own[i]);
	*f = (struct card_facts){ 0 };
}
