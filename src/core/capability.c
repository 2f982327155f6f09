/* capability: see capability.h. docs/CLASSES.md is made from these rows too. */
#include "config.h"

#include "core/capability.h"

#include <string.h>

/* clang-format off */
static const struct capability_row rows[] = {
	{ HTTP_POST, "/computers", "computer.create", NULL },
	{ HTTP_POST, "/computers/{}/start", "computer.start", NULL },
	{ HTTP_POST, "/computers/{}/stop", "computer.stop", NULL },
	{ HTTP_POST, "/computers/{}/restart", "computer.restart", NULL },
	{ HTTP_DELETE, "/computers/{}", "computer.destroy", NULL },
	{ HTTP_PATCH, "/computers/{}", "computer.update", NULL },
	{ HTTP_PUT, "/computers/{}", "computer.update", NULL },
	{ HTTP_POST, "/computers/{}/desktop/screenshot/region", "computer.screenshot", NULL },
	{ HTTP_POST, "/computers/{}/desktop/wait", "computer.wait", NULL },
	{ HTTP_POST, "/computers/{}/desktop/move", "computer.move.cursor", NULL },
	{ HTTP_POST, "/computers/{}/desktop/click", "computer.click", NULL },
	{ HTTP_POST, "/computers/{}/desktop/click", "computer.right.click", NULL },
	{ HTTP_POST, "/computers/{}/desktop/double-click", "computer.double.click", NULL },
	{ HTTP_POST, "/computers/{}/desktop/right-click", "computer.right.click", NULL },
	{ HTTP_POST, "/computers/{}/desktop/drag", "computer.drag", NULL },
	{ HTTP_POST, "/computers/{}/desktop/mouse-down", "computer.mouse.down", NULL },
	{ HTTP_POST, "/computers/{}/desktop/mouse-up", "computer.mouse.up", NULL },
	{ HTTP_POST, "/computers/{}/desktop/scroll", "computer.scroll", NULL },
	{ HTTP_POST, "/computers/{}/desktop/type", "computer.type", NULL },
	{ HTTP_POST, "/computers/{}/desktop/key", "computer.key", NULL },
	{ HTTP_POST, "/computers/{}/desktop/hotkey", "computer.hotkey", NULL },
	{ HTTP_POST, "/computers/{}/desktop/key-down", "computer.key.down", NULL },
	{ HTTP_POST, "/computers/{}/desktop/key-up", "computer.key.up", NULL },
	{ HTTP_POST, "/computers/{}/desktop/launch", "computer.launch", NULL },
	{ HTTP_GET, "/computers/{}/desktop/clipboard", "computer.get.clipboard", NULL },
	{ HTTP_POST, "/computers/{}/desktop/clipboard", "computer.set.clipboard", NULL },
	{ HTTP_POST, "/computers/{}/desktop/wallpaper", "computer.set.wallpaper", NULL },
	{ HTTP_POST, "/computers/{}/desktop/window/focus", "computer.focus.window", NULL },
	{ HTTP_POST, "/computers/{}/desktop/window/{}/resize", "computer.set.window.size", "window_id" },
	{ HTTP_POST, "/computers/{}/desktop/window/{}/move", "computer.set.window.position", "window_id" },
	{ HTTP_POST, "/computers/{}/desktop/window/{}/maximize", "computer.maximize.window", "window_id" },
	{ HTTP_POST, "/computers/{}/desktop/window/{}/minimize", "computer.minimize.window", "window_id" },
	{ HTTP_POST, "/computers/{}/desktop/window/{}/close", "computer.close.window", "window_id" },
	{ HTTP_POST, "/computers/{}/exec", "computer.bash", NULL },
	{ HTTP_POST, "/computers/{}/exec/stream", "computer.bash", NULL },
	{ HTTP_POST, "/computers/{}/files/upload", "computer.upload.file", NULL },
	{ HTTP_POST, "/computers/{}/files/write", "computer.write.file", NULL },
	{ HTTP_POST, "/computers/{}/files/stat", "computer.stat.file", NULL },
	{ HTTP_POST, "/computers/{}/files/mkdir", "computer.mkdir", NULL },
	{ HTTP_POST, "/computers/{}/files/rename", "computer.rename.file", NULL },
	{ HTTP_POST, "/computers/{}/files/copy", "computer.copy.file", NULL },
	{ HTTP_DELETE, "/computers/{}/files", "computer.delete.file", NULL },
	{ HTTP_POST, "/computers/{}/checkpoints", "computer.checkpoint.create", NULL },
	{ HTTP_DELETE, "/computers/{}/checkpoints/{}", "computer.checkpoint.delete", "checkpoint_id" },
	{ HTTP_POST, "/computers/{}/checkpoints/{}/restore", "computer.checkpoint.restore", "checkpoint_id" },
	{ HTTP_GET, "/computers/{}/env", "computer.env.list", NULL },
	{ HTTP_POST, "/computers/{}/env", "computer.env.set", NULL },
	{ HTTP_DELETE, "/computers/{}/env/{}", "computer.env.delete", "name" },
	{ HTTP_POST, "/computers/{}/services", "computer.service.create", NULL },
	{ HTTP_DELETE, "/computers/{}/services/{}", "computer.service.delete", "service_id" },
	{ HTTP_POST, "/computers/{}/ports", "computer.expose.port", NULL },
	{ HTTP_POST, "/computers/{}/domains", "computer.domain.add", NULL },
	{ HTTP_DELETE, "/computers/{}/domains/{}", "computer.domain.delete", "domain" },
	{ HTTP_PUT, "/computers/{}/network-policy", "computer.network.policy.set", NULL },
	{ HTTP_DELETE, "/computers/{}/network-policy", "computer.network.policy.reset", NULL },
	{ HTTP_GET, "/computers/{}/viewer-password", "computer.viewer.password", NULL },
	{ HTTP_POST, "/computers/{}/viewer-password/rotate", "computer.rotate.viewer.password", NULL },
	{ HTTP_POST, "/sandboxes", "sandbox.create", NULL },
	{ HTTP_DELETE, "/sandboxes/{}", "sandbox.destroy", NULL },
	{ HTTP_POST, "/sandboxes/{}/exec", "sandbox.exec", NULL },
	{ HTTP_POST, "/sandboxes/{}/exec/stream", "sandbox.exec", NULL },
	{ HTTP_POST, "/sandboxes/{}/files", "sandbox.write.file", NULL },
	{ HTTP_POST, "/sandboxes/{}/pause", "sandbox.pause", NULL },
	{ HTTP_POST, "/sandboxes/{}/resume", "sandbox.resume", NULL },
	{ HTTP_POST, "/sandboxes/{}/expose", "sandbox.expose", NULL },
	{ HTTP_POST, "/sandboxes/{}/deploy", "sandbox.deploy", NULL },
	{ HTTP_POST, "/sandboxes/{}/snapshots", "sandbox.snapshot.create", NULL },
	{ HTTP_POST, "/sandboxes/{}/restore/{}", "sandbox.snapshot.restore", "snapshot_id" },
	{ HTTP_POST, "/runs", "run.create", NULL },
	{ HTTP_POST, "/runs/{}/cancel", "run.cancel", "run_id" },
};
/* clang-format on */

/* A member that says what the API takes when it is not there; for another name of the request, what the name says already. */
static const struct { const char *name, *member, *value; } implied[] = {
	{ "computer.click", "button", "\"left\"" },
	{ "computer.right.click", "button", "\"right\"" },
	{ "computer.mouse.down", "button", "\"left\"" },
	{ "computer.mouse.up", "button", "\"left\"" },
	{ "computer.scroll", "clicks", "3" },
	{ "computer.bash", "timeout", "30" },
	{ "computer.create", "size", "\"small\"" },
	{ "computer.create", "template_type", "\"miosa-desktop\"" },
	{ "sandbox.create", "template_id", "\"miosa-sandbox\"" },
};

const struct capability_row *capability_rows(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(rows);
	return rows;
}

/* The nth {} of the template, as it stands in the path, decoded; false when there is none. */
static bool put_hole(const char *template, const char *path, int nth, struct buf *out)
{
	struct buf word;
	bool found = false;

	buf_init(&word, 8192);
	while (!found && *template && http_path_segment(&path, &word)) {
		size_t len = strcspn(++template, "/");

		found = len == 2 && memcmp(template, "{}", 2) == 0 && nth-- == 1;
		if (!found)
			buf_clear(&word);
		template += len;
	}
	if (found)
		buf_append(out, buf_cstr(&word), word.len);
	buf_release(&word);
	return found;
}

/* Adds the member, or takes it as it is when it says the same; false when it says something else. */
static bool add_text(struct jsonw *w, const struct json_doc *body, int root, const char *name, const struct buf *value)
{
	int v = json_get(body, root, name);

	if (v != JSON_NONE)
		return json_str_is(body, v, buf_cstr(value));
	jw_key(w, name);
	jw_strn(w, buf_cstr(value), value->len);
	return true;
}

/* What the path says and the body need not: the session's id, and the second thing. */
static bool add_path(struct jsonw *w, const struct json_doc *body, int root, const struct capability_row *row, const char *path)
{
	const char *first = strncmp(row->template, "/computers/", 11) == 0 ? "computer_id" : strncmp(row->template, "/sandboxes/", 11) == 0 ? "sandbox_id" : NULL;
	struct buf value;
	bool ok = true;

	buf_init(&value, 8192);
	if (first && put_hole(row->template, path, 1, &value))
		ok = add_text(w, body, root, first, &value);
	buf_clear(&value);
	if (ok && row->second && put_hole(row->template, path, first ? 2 : 1, &value))
		ok = add_text(w, body, root, row->second, &value);
	buf_release(&value);
	return ok;
}

/* The parameters with the body's members but this one, and with what is added; the fingerprint of that. */
static bool make_way(const struct capability_row *row, const char *path, const struct json_doc *body, int root, const char *without, const char *with,
		     const char *with_value, struct capability_way *ret)
{
	struct json_doc d;
	struct jsonw w;
	struct buf text;
	const char *raw;
	size_t len;
	bool ok;
	int k;

	buf_init(&text, SIZE_MAX - 1);
	jw_init(&w, &text);
	jw_begin(&w, '{');
	for (k = json_first(body, root); k != JSON_NONE; k = json_next(body, k)) {
		if (without && json_str_is(body, k, without))
			continue;
		raw = json_raw(body, k, &len);
		jw_raw(&w, raw, len);
		buf_putc(&text, ':');
		raw = json_raw(body, json_value(body, k), &len);
		buf_append(&text, raw, len);
	}
	if (with) {
		jw_key(&w, with);
		jw_raw(&w, with_value, strlen(with_value));
	}
	ok = add_path(&w, body, root, row, path);
	jw_end(&w, '}');
	ok = ok && json_parse(buf_cstr(&text), text.len, &d, NULL) == 0;
	if (ok) {
		ret->name = row->name;
		ok = fingerprint_params(&d, json_root(&d), ret->params, NULL) == 0;
		json_release(&d);
	}
	buf_release(&text);
	return ok;
}

static bool is_value(const struct json_doc *d, int v, const char *raw)
{
	size_t len;
	const char *text = json_raw(d, v, &len);

	return len == strlen(raw) && memcmp(text, raw, len) == 0;
}

/* The ways of one row: the parameters as they are, and each implied member written or left out. */
static int add_ways(const struct capability_row *row, const char *path, const struct json_doc *body, int root, struct capability_way *ways, int room)
{
	int n = 0, v;
	size_t i;

	if (n < room && make_way(row, path, body, root, NULL, NULL, NULL, &ways[n]))
		n++;
	for (i = 0; i < ARRAY_LEN(implied) && n < room; i++) {
		if (strcmp(implied[i].name, row->name) != 0)
			continue;
		v = json_get(body, root, implied[i].member);
		if (v == JSON_NONE ? make_way(row, path, body, root, NULL, implied[i].member, implied[i].value, &ways[n]) :
				     is_value(body, v, implied[i].value) && make_way(row, path, body, root, implied[i].member, NULL, NULL, &ways[n]))
			n++;
	}
	return n;
}

/* A click is the right button's own capability only when that is what it is. */
static bool names(const struct capability_row *row, const char *kind, const struct json_doc *body, int root)
{
	bool right = json_str_is(body, json_get(body, root, "button"), "right");

	return strcmp(row->name, "computer.right.click") != 0 || strcmp(kind, "click") != 0 || right;
}

int capability_ways(const struct action *a, struct capability_way ways[CAPABILITY_WAYS_MAX])
{
	const char *path = a->path + strlen("/api/v1");
	struct json_doc body = { 0 };
	struct classified c;
	int n = 0, root;
	size_t i;

	classify(a->method, a->path, &c);
	if (!c.row || action_is_opaque(a))
		return 0;
	if (json_parse(a->body_len > 0 ? a->body : "{}", a->body_len > 0 ? a->body_len : 2, &body, NULL) < 0)
		return 0;
	root = json_root(&body);
	for (i = 0; json_type(&body, root) == JSON_OBJECT && i < ARRAY_LEN(rows); i++)
		if (rows[i].method == c.row->method && strcmp(rows[i].template, c.row->template) == 0 && names(&rows[i], c.kind, &body, root))
			n += add_ways(&rows[i], path, &body, root, ways + n, CAPABILITY_WAYS_MAX - n);
	json_release(&body);
	return n;
}
