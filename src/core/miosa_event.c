/* miosa_event: see miosa_event.h. What a frame is goes by its name, in a table; what it says goes by members' names, wherever they stand. */
#include "config.h"

#include "core/miosa_event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "core/keyname.h"
#include "core/miosa_envelope.h"

/*
 * Names of events. A name fits what ends with it behind a dot, or is it: "exec.started" is "sandbox.exec.started" too. The first that fits counts.
 * Sessions' own events are known by their whole name, or by the bare word.
 */
static const struct { const char *name; enum miosa_kind kind; } names[] = {
	{ "heartbeat", MIOSA_ALIVE }, { "ping", MIOSA_ALIVE }, { "keepalive", MIOSA_ALIVE },
	{ "done", MIOSA_END },
	{ "stdout", MIOSA_OUT }, { "output", MIOSA_OUT }, { "stderr", MIOSA_ERR },
	{ "log", MIOSA_LOG }, { "build_event", MIOSA_LOG }, { "message", MIOSA_LOG },
	{ "exec.started", MIOSA_EXEC_BEGAN }, { "exec.completed", MIOSA_EXEC_ENDED }, { "exit", MIOSA_EXEC_ENDED },
	{ "process.started", MIOSA_EXEC_BEGAN }, { "process.stopped", MIOSA_EXEC_ENDED }, { "process.exited", MIOSA_EXEC_ENDED },
	{ "exec", MIOSA_EXEC_BEGAN },
	{ "preview.ready", MIOSA_PREVIEW },
	{ "snapshot_progress", MIOSA_SNAPSHOT }, { "checkpoint_created", MIOSA_SNAPSHOT },
	{ "file", MIOSA_FILE }, { "file.created", MIOSA_FILE }, { "file.modified", MIOSA_FILE }, { "file.deleted", MIOSA_FILE }, { "file.renamed", MIOSA_FILE },
	{ "desktop_action", MIOSA_INPUT },
	{ "screenshot", MIOSA_LOOK }, { "screen.changed", MIOSA_SCREEN },
	{ "idle.inactive", MIOSA_IDLE }, { "idle.active", MIOSA_IDLE }, { "sandbox.idle", MIOSA_IDLE },
	{ "sandbox.created", MIOSA_STATE }, { "sandbox.ready", MIOSA_STATE }, { "sandbox.running", MIOSA_STATE }, { "sandbox.started", MIOSA_STATE },
	{ "sandbox.paused", MIOSA_STATE }, { "sandbox.resumed", MIOSA_STATE }, { "sandbox.stopped", MIOSA_STATE }, { "sandbox.destroyed", MIOSA_STATE },
	{ "sandbox.error", MIOSA_STATE }, { "computer.created", MIOSA_STATE }, { "computer.running", MIOSA_STATE }, { "computer.started", MIOSA_STATE },
	{ "computer.stopped", MIOSA_STATE }, { "computer.deleted", MIOSA_STATE }, { "computer.error", MIOSA_STATE },
	{ "thinking", MIOSA_AGENT }, { "thought", MIOSA_AGENT }, { "tool_call", MIOSA_AGENT }, { "tool_result", MIOSA_AGENT },
	{ "streaming_token", MIOSA_AGENT }, { "agent_response", MIOSA_AGENT }, { "turn_started", MIOSA_AGENT }, { "turn_completed", MIOSA_AGENT },
	{ "session_started", MIOSA_AGENT }, { "session_completed", MIOSA_AGENT }, { "session_failed", MIOSA_AGENT }, { "action", MIOSA_AGENT },
	{ "result", MIOSA_AGENT },
}, bare[] = {	/* only as the whole name */
	{ "error", MIOSA_ERROR }, { "ready", MIOSA_READY }, { "timeout", MIOSA_READY },
	{ "created", MIOSA_STATE }, { "running", MIOSA_STATE }, { "started", MIOSA_STATE }, { "stopped", MIOSA_STATE }, { "deleted", MIOSA_STATE },
	{ "status_changed", MIOSA_STATE }, { "status_change", MIOSA_STATE },
};

static const char *const watch_words[] = { "created", "modified", "deleted", "renamed", NULL };

/* Whose id it is; not that of a call, a preview or the tenant. */
static const char *const resources[] = { "sandbox_id", "computer_id", "session_id", "run_id", "agent_run_id", "host_id", "job_id", "deployment_id", NULL };

static bool is_one_of(const char *s, const char *const *list)
{
	for (; *list; list++)
		if (strcmp(s, *list) == 0)
			return true;
	return false;
}

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);

	return n >= m && strcmp(s + n - m, tail) == 0 && (n == m || s[n - m - 1] == '.');
}

static enum miosa_kind kind_of(const char *type)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(bare); i++)
		if (strcmp(type, bare[i].name) == 0)
			return bare[i].kind;
	for (i = 0; i < ARRAY_LEN(names); i++)
		if (ends_with(type, names[i].name))
			return names[i].kind;
	return MIOSA_OTHER;
}

/* Strings are put behind each other; where one begins is a number until all are there, because the buffer may move. */
enum { FIELDS_MAX = 10 };

struct reader {
	struct miosa_event *ev;
	int outer, inner;	/* inner: the object with the members, when they stand in one of their own */
	struct { const char **field; size_t at; } fixes[FIELDS_MAX];
	size_t fix_count;
};

static int member(const struct reader *r, const char *name)
{
	int v = r->inner == JSON_NONE ? JSON_NONE : json_get(&r->ev->doc, r->inner, name);

	return v != JSON_NONE ? v : json_get(&r->ev->doc, r->outer, name);
}

static void remember(struct reader *r, const char **field, size_t at)
{
	r->fixes[r->fix_count].field = field;
	r->fixes[r->fix_count++].at = at;
}

static void fix(struct reader *r)
{
	size_t i;

	for (i = 0; i < r->fix_count; i++)
		*r->fixes[i].field = r->ev->strings.data + r->fixes[i].at;
}

/* A string, or a number as it stands; false for anything else. The text is kept with its NULs and its length, another with one is not there. */
static bool take(struct reader *r, const char **field, int v, size_t *ret_len)
{
	struct buf *b = &r->ev->strings;
	size_t at = b->len, len;
	const char *raw;

	if (json_type(&r->ev->doc, v) == JSON_STRING) {
		json_str(&r->ev->doc, v, b);
	} else if (json_type(&r->ev->doc, v) == JSON_NUMBER) {
		raw = json_raw(&r->ev->doc, v, &len);
		buf_append(b, raw, len);
	} else {
		return false;
	}
	if (buf_failed(b))
		abort();
	if (ret_len) {
		*ret_len = b->len - at;
	} else if (b->len == at || memchr(b->data + at, '\0', b->len - at)) {
		b->len = at;
		return false;
	}
	remember(r, field, at);
	if (buf_append(b, "", 1) < 0)
		abort();
	return true;
}

static bool take_first(struct reader *r, const char **field, const char *const *list)
{
	for (; *list; list++)
		if (take(r, field, member(r, *list), NULL))
			return true;
	return false;
}

static void take_copy(struct reader *r, const char **field, const char *s)
{
	remember(r, field, r->ev->strings.len);
	if (buf_append(&r->ev->strings, s, strlen(s) + 1) < 0)
		abort();
}

static void take_text(struct reader *r)
{
	static const char *const printed[] = { "line", "data", "output", "text", "message", NULL };
	static const char *const said[] = { "line", "message", "data", "text", "content", "thought", "output", "result", "error", "reason", NULL };
	struct miosa_event *ev = r->ev;
	const char *const *list = ev->kind == MIOSA_OUT || ev->kind == MIOSA_ERR ? printed : said;

	for (; *list; list++) {
		int v = member(r, *list);

		if (json_type(&ev->doc, v) == JSON_STRING && take(r, &ev->text, v, &ev->text_len)) {
			ev->has_text = true;
			return;
		}
	}
}

/* The resource's own id where one is named so; the id of the object inside; else of the frame, unless that is the event's own. */
static void take_resource(struct reader *r)
{
	struct miosa_event *ev = r->ev;
	int id = json_get(&ev->doc, r->inner, "id");

	if (take_first(r, &ev->resource, resources) || take(r, &ev->resource, id, NULL))
		return;
	id = json_get(&ev->doc, r->outer, "id");
	if (take(r, &ev->resource, id, NULL) && strncmp(ev->strings.data + r->fixes[r->fix_count - 1].at, "evt_", 4) == 0) {
		ev->strings.len = r->fixes[--r->fix_count].at;
	}
}

static int64_t time_of(const struct reader *r)
{
	static const char *const list[] = { "ts", "timestamp", "created_at", "inserted_at" };
	int64_t ms;
	size_t i;

	for (i = 0; i < ARRAY_LEN(list); i++) {
		ms = miosa_time(&r->ev->doc, json_get(&r->ev->doc, r->outer, list[i]));
		if (ms < 0)
			ms = miosa_time(&r->ev->doc, json_get(&r->ev->doc, r->inner, list[i]));
		if (ms >= 0)
			return ms;
	}
	return -1;
}

static int64_t code_of(const struct reader *r)
{
	static const char *const list[] = { "exit_code", "exitCode", "code", "exit" };
	const struct json_doc *d = &r->ev->doc;
	int64_t code;
	size_t i;

	if (json_int(d, r->outer, &code) == 0)	/* the code alone */
		return code;
	for (i = 0; i < ARRAY_LEN(list); i++)
		if (json_int(d, member(r, list[i]), &code) == 0)
			return code;
	return MIOSA_NO_CODE;
}

static int small(const struct reader *r, const char *name, int max, int otherwise)
{
	int64_t n;

	return json_int(&r->ev->doc, member(r, name), &n) == 0 && n >= 0 && n <= max ? (int)n : otherwise;
}

/* The last part of a name with dots. */
static const char *tail_of(const char *type)
{
	const char *dot = strrchr(type, '.');

	return dot ? dot + 1 : type;
}

/* What the name alone does not tell. */
static void refine(struct reader *r, const char *type)
{
	struct miosa_event *ev = r->ev;
	const struct json_doc *d = &ev->doc;
	int stream = member(r, "stream");

	if (is_one_of(type, watch_words) && json_type(d, member(r, "path")) == JSON_STRING)
		ev->kind = MIOSA_FILE;
	if (ev->kind == MIOSA_EXEC_BEGAN && strcmp(type, "exec") == 0 && code_of(r) != MIOSA_NO_CODE)
		ev->kind = MIOSA_EXEC_ENDED;
	if (ev->kind == MIOSA_LOG && json_str_is(d, stream, "stdout"))
		ev->kind = MIOSA_OUT;
	if (ev->kind == MIOSA_LOG && json_str_is(d, stream, "stderr"))
		ev->kind = MIOSA_ERR;
}

static void take_type(struct reader *r, const char *name, const char **ret_type)
{
	static const char *const members[] = { "type", "event", NULL };
	struct miosa_event *ev = r->ev;
	size_t before = r->fix_count;

	/* Of the frame itself, not of what is in it. */
	if (strcmp(name, "message") == 0 && !take(r, &ev->type, json_get(&ev->doc, r->outer, members[0]), NULL))
		take(r, &ev->type, json_get(&ev->doc, r->outer, members[1]), NULL);
	if (r->fix_count == before)
		take_copy(r, &ev->type, name);
	*ret_type = ev->strings.data + r->fixes[before].at;
}

static void read_object(struct reader *r)
{
	static const char *const command[] = { "command", "cmd", NULL }, *const exec[] = { "exec_id", "pid", NULL }, *const url[] = { "url", "preview_url", NULL };
	static const char *const item[] = { "preview_id", "snapshot_id", "id", NULL }, *const path[] = { "path", NULL };
	static const char *const status[] = { "status", "state", "operation", NULL };
	struct miosa_event *ev = r->ev;
	char type[32];

	snprintf(type, sizeof(type), "%s", tail_of(ev->strings.data + r->fixes[0].at));
	take_text(r);
	take_resource(r);
	take_first(r, &ev->exec, exec);
	take_first(r, &ev->command, command);
	take_first(r, &ev->url, url);
	take_first(r, &ev->path, path);
	if (ev->kind == MIOSA_PREVIEW || ev->kind == MIOSA_SNAPSHOT)
		take_first(r, &ev->item, item);
	if (!take_first(r, &ev->status, status) && (ev->kind == MIOSA_FILE || ev->kind == MIOSA_READY || ev->kind == MIOSA_STATE))
		take_copy(r, &ev->status, type);
	ev->port = small(r, "port", 65535, 0);
	ev->progress = small(r, "progress", 100, -1);
	ev->wall_ms = time_of(r);
}

void miosa_event_init(struct miosa_event *ev)
{
	*ev = (struct miosa_event){ 0 };
	buf_init(&ev->strings, SIZE_MAX - 1);
}

void miosa_event_release(struct miosa_event *ev)
{
	json_release(&ev->doc);
	buf_release(&ev->strings);
	*ev = (struct miosa_event){ 0 };
}

void miosa_event_read(struct miosa_event *ev, const char *name, const char *data, size_t len)
{
	struct buf strings = ev->strings;
	struct reader r = { .ev = ev };
	const char *type;

	json_release(&ev->doc);
	buf_clear(&strings);
	*ev = (struct miosa_event){ .type = "", .resource = "", .exec = "", .command = "", .status = "", .item = "", .url = "", .path = "", .text = "",
				    .wall_ms = -1, .exit_code = MIOSA_NO_CODE, .progress = -1, .data = data, .data_len = len, .strings = strings };
	json_parse(data, len, &ev->doc, NULL);	/* what is no JSON has no members */
	r.outer = json_root(&ev->doc);
	r.inner = json_get(&ev->doc, r.outer, "data");
	if (json_type(&ev->doc, r.inner) != JSON_OBJECT)
		r.inner = json_get(&ev->doc, r.outer, "payload");
	if (json_type(&ev->doc, r.inner) != JSON_OBJECT)
		r.inner = JSON_NONE;
	ev->object = json_type(&ev->doc, r.outer) == JSON_OBJECT;
	take_type(&r, name, &type);
	ev->kind = kind_of(type);
	refine(&r, type);
	if (ev->kind == MIOSA_EXEC_ENDED)
		ev->exit_code = code_of(&r);
	if (ev->object) {
		read_object(&r);
	} else if (len == 6 && memcmp(data, "[DONE]", 6) == 0) {
		ev->kind = MIOSA_END;
	} else if (json_type(&ev->doc, r.outer) == JSON_STRING) {
		ev->has_text = take(&r, &ev->text, r.outer, &ev->text_len);
	}
	fix(&r);
	/* Where a line is expected, whatever stands there is one. */
	if (!ev->object && !ev->has_text) {
		ev->has_text = true;
		ev->text = data;
		ev->text_len = len;
	}
	if (ev->kind == MIOSA_LOG && strcmp(ev->type, "message") == 0 && !ev->has_text)
		ev->kind = MIOSA_OTHER;
}

/* Times stand before each line anyway; pictures are no text; ids of calls only join events to each other. */
static bool is_for_machines(const struct json_doc *d, int key)
{
	static const char *const list[] = { "type", "timestamp", "ts", "data", "payload", "exec_id", "tenant_id" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(list); i++)
		if (json_str_is(d, key, list[i]))
			return true;
	return false;
}

/* What somebody typed on a desktop may be a password: of that a line has the length, and of keys those that type nothing. */
static bool put_typed(const struct json_doc *d, int key, struct buf *out)
{
	int v = json_value(d, key), k;
	struct keychord chord;
	struct buf text;
	size_t i, n = 0;
	bool hidden = false, is_text = json_str_is(d, key, "text") || json_str_is(d, key, "content") || json_str_is(d, key, "value");

	if (!is_text && !json_str_is(d, key, "key") && !json_str_is(d, key, "keys"))
		return false;
	buf_init(&text, SIZE_MAX - 1);
	json_str(d, v, &text);
	for (k = json_first(d, v); k != JSON_NONE; k = json_next(d, k)) {
		if (text.len > 0)
			buf_putc(&text, '+');
		json_str(d, k, &text);
	}
	if (is_text || keyname_parse(buf_cstr(&text), &chord, NULL) < 0 || keyname_types(&chord)) {
		for (i = 0; i < text.len; i++)
			n += ((unsigned char)text.data[i] & 0xc0) != 0x80;
		buf_printf(out, " characters=%zu", is_text ? n : 1);
		hidden = true;
	}
	if (text.data)
		wipe(text.data, text.cap);
	buf_release(&text);
	return hidden;
}

static void put_members(const struct json_doc *d, int object, bool input, struct buf *out)
{
	int key;

	for (key = json_first(d, object); key != JSON_NONE; key = json_next(d, key)) {
		const char *raw;
		size_t len;

		if (is_for_machines(d, key) || (input && put_typed(d, key, out)))
			continue;
		if (input && json_type(d, json_value(d, key)) == JSON_OBJECT) {
			put_members(d, json_value(d, key), true, out);
			continue;
		}
		buf_putc(out, ' ');
		json_str(d, key, out);
		buf_putc(out, '=');
		raw = json_raw(d, json_value(d, key), &len);
		/* A plain word needs no quotes. */
		if (len > 2 && raw[0] == '"' && !memchr(raw, ' ', len) && !memchr(raw, '\\', len))
			buf_append(out, raw + 1, len - 2);
		else
			buf_append(out, raw, len);
	}
}

void miosa_event_line(const struct miosa_event *ev, struct buf *out)
{
	bool printed = ev->kind == MIOSA_OUT || ev->kind == MIOSA_ERR || ev->kind == MIOSA_LOG, input = ev->kind == MIOSA_INPUT;
	int root = json_root(&ev->doc), inner = json_get(&ev->doc, root, "data");

	if (printed && ev->has_text) {
		buf_append(out, ev->text, ev->text_len);
		return;
	}
	if (!printed)
		buf_puts(out, ev->type);
	if (!printed && ev->object && ev->kind != MIOSA_OTHER) {
		put_members(&ev->doc, root, input, out);
		put_members(&ev->doc, json_type(&ev->doc, inner) == JSON_OBJECT ? inner : json_get(&ev->doc, root, "payload"), input, out);
	} else if ((!printed && !input) || ev->object) {
		if (!printed)
			buf_putc(out, ' ');
		buf_append(out, ev->data, ev->data_len);
	}
}
