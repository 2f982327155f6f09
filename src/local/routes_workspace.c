/* routes_workspace: the files of a sandbox; of a computer's those that are asked for in the same way (routes_files.c has the others). */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "local/api.h"
#include "local/watch.h"

enum { DEPTH_MAX = 8 };

static void show_files(struct api_call *c, int (*walk)(const struct files *f, const char *path, int depth, struct jsonw *w, struct err *e), int otherwise)
{
	int64_t depth = otherwise;
	struct buf b;
	struct jsonw w;
	struct err e;
	char *path;
	int r;

	if (!api_query_int(c, "depth", 1, INT32_MAX, &depth))
		return;
	path = api_query(c, "path");
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	r = walk(&c->machine->files, path ? path : c->machine->files.root, depth > DEPTH_MAX ? DEPTH_MAX : (int)depth, &w, &e);
	if (r == 0) {
		api_json(c->req, 200, &b);
	} else {
		buf_release(&b);
		api_failed(c->req, r, &e);
	}
	free(path);
}

static void list_files(struct api_call *c) { show_files(c, files_list, 1); }
static void tree(struct api_call *c) { show_files(c, files_tree, 3); }

static void reply_file(struct api_call *c, const char *path)
{
	static const char *const headers[] = { "Content-Type: application/octet-stream", NULL };
	struct buf b;
	struct err e;
	int r;

	buf_init(&b, FILES_READ_MAX);
	r = files_read(&c->machine->files, path, &b, &e);
	if (r == 0)
		server_reply(c->req, 200, headers, buf_cstr(&b), b.len);
	else
		api_failed(c->req, r, &e);
	buf_release(&b);
}

static void file_event(struct api_call *c, const char *operation, const char *path)
{
	struct buf b;
	struct jsonw w;

	if (c->machine->watch)
		return;		/* it sees it, too */
	buf_init(&b, 16384);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "operation", operation);
	jw_kstr(&w, "path", path);
	jw_end(&w, '}');
	machine_event(c->machine, "file", &b);
}

/* Told, and answered with 201. size < 0: it has none. */
static void made(struct api_call *c, const char *operation, const char *path, int64_t size)
{
	struct buf b;
	struct jsonw w;

	file_event(c, operation, path);
	buf_init(&b, 65536);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "path", path);
	if (size >= 0)
		jw_kint(&w, "size_bytes", size);
	jw_end(&w, '}');
	api_json(c->req, 201, &b);
}

static void erase(struct api_call *c, const char *path)
{
	struct err e;
	int r = files_delete(&c->machine->files, path, &e);

	if (r < 0) {
		api_failed(c->req, r, &e);
	} else {
		file_event(c, "delete", path);
		server_reply(c->req, 204, NULL, "", 0);
	}
}

/* The path is the rest of the URL, its segments decoded; a client may send its slashes encoded. */
static void with_path(struct api_call *c, void (*act)(struct api_call *c, const char *path))
{
	const char *rest = c->rest;
	struct buf path, segment;

	buf_init(&path, 4096);
	buf_init(&segment, 4096);
	while (http_path_segment(&rest, &segment)) {
		buf_putc(&path, '/');
		buf_append(&path, buf_cstr(&segment), segment.len);
	}
	if (buf_failed(&path) || memchr(buf_cstr(&path), '\0', path.len))
		api_error(c->req, 422, "VALIDATION_ERROR", "a bad path");
	else
		act(c, strncmp(path.data, c->machine->files.root, strlen(c->machine->files.root)) == 0 ? path.data : path.data + 1);
	buf_release(&path);
	buf_release(&segment);
}

static void read_file(struct api_call *c) { with_path(c, reply_file); }
static void delete_named(struct api_call *c) { with_path(c, erase); }

/* content_base64 or content; content is base64 by the API, and taken as text where it is none. */
static bool content(struct api_call *c, int v, struct buf *out)
{
	int encoded = json_get(&c->body, v, "content_base64"), plain = json_get(&c->body, v, "content");
	struct buf text;
	bool ok;

	buf_init(&text, FILES_READ_MAX * 2UL);
	ok = json_str(&c->body, encoded != JSON_NONE ? encoded : plain, &text) == 0;
	if (ok && base64_decode(out, buf_cstr(&text), text.len) < 0) {
		buf_clear(out);
		ok = encoded == JSON_NONE && buf_append(out, buf_cstr(&text), text.len) == 0;
	}
	buf_release(&text);
	return ok;
}

static void write_file(struct api_call *c)
{
	struct buf data;
	struct err e;
	char *path;
	int r;

	if (!api_string(c, "path", &path))
		return;
	buf_init(&data, FILES_READ_MAX);
	if (!content(c, c->root, &data)) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"content\" must be base64 or text");
	} else if ((r = files_write(&c->machine->files, path, buf_cstr(&data), data.len, &e)) < 0) {
		api_failed(c->req, r, &e);
	} else {
		made(c, "write", path, (int64_t)data.len);
	}
	buf_release(&data);
	free(path);
}

static void write_many(struct api_call *c)
{
	int files = json_get(&c->body, c->root, "files"), v;
	struct buf b, failed, data;
	struct jsonw w, wf;
	struct err e;

	if (json_type(&c->body, files) != JSON_ARRAY) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"files\" must be a list");
		return;
	}
	buf_init(&b, SIZE_MAX - 1);
	buf_init(&failed, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_init(&wf, &failed);
	jw_begin(&w, '{');
	jw_key(&w, "written");
	jw_begin(&w, '[');
	jw_begin(&wf, '[');
	for (v = json_first(&c->body, files); v != JSON_NONE; v = json_next(&c->body, v)) {
		char *path = json_strdup(&c->body, json_get(&c->body, v, "path"));
		bool ok;

		buf_init(&data, FILES_READ_MAX);
		err_set(&e, ERR_INVALID, "path or content is missing");
		ok = path && content(c, v, &data) && files_write(&c->machine->files, path, buf_cstr(&data), data.len, &e) == 0;
		jw_begin(ok ? &w : &wf, '{');
		jw_kstr(ok ? &w : &wf, "path", path);
		if (ok) {
			jw_kint(&w, "size_bytes", (int64_t)data.len);
			file_event(c, "write", path);
		} else {
			jw_kstr(&wf, "error", e.msg);
		}
		jw_end(ok ? &w : &wf, '}');
		buf_release(&data);
		free(path);
	}
	jw_end(&w, ']');
	jw_end(&wf, ']');
	jw_key(&w, "failed");
	jw_raw(&w, failed.data, failed.len);
	jw_end(&w, '}');
	buf_release(&failed);
	api_json(c->req, 200, &b);
}

static void stat_file(struct api_call *c)
{
	struct buf b;
	struct jsonw w;
	struct err e;
	char *path;
	int r;

	if (!api_string(c, "path", &path))
		return;
	buf_init(&b, 65536);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "data");
	r = files_stat(&c->machine->files, path, &w, &e);
	jw_end(&w, '}');
	if (r == 0) {
		api_json(c->req, 200, &b);
	} else {
		buf_release(&b);
		api_failed(c->req, r, &e);
	}
	free(path);
}

static void delete_file(struct api_call *c)
{
	char *path = api_query(c, "path");

	if (path || api_string(c, "path", &path))
		erase(c, path);
	free(path);
}

static void make_folder(struct api_call *c)
{
	struct err e;
	char *path;
	int r;

	if (!api_string(c, "path", &path))
		return;
	r = files_mkdir(&c->machine->files, path, &e);
	if (r < 0)
		api_failed(c->req, r, &e);
	else
		made(c, "mkdir", path, -1);
	free(path);
}

const struct api_route routes_workspace[] = {
	{ HTTP_GET, "/sandboxes/{}/files", false, false, list_files },
	{ HTTP_POST, "/sandboxes/{}/files", true, false, write_file },
	{ HTTP_DELETE, "/sandboxes/{}/files", true, false, delete_file },
	{ HTTP_POST, "/sandboxes/{}/files/write-many", true, false, write_many },
	{ HTTP_POST, "/sandboxes/{}/files/batch", true, false, write_many },
	{ HTTP_GET, "/sandboxes/{}/files/watch", false, false, watch_route },
	{ HTTP_POST, "/sandboxes/{}/files/stat", true, false, stat_file },
	{ HTTP_POST, "/sandboxes/{}/files/mkdir", true, false, make_folder },
	{ HTTP_GET, "/sandboxes/{}/files/tree", false, false, tree },
	{ HTTP_GET, "/sandboxes/{}/files/{*}", false, false, read_file },
	{ HTTP_DELETE, "/sandboxes/{}/files/{*}", false, false, delete_named },
	{ HTTP_GET, "/computers/{}/files", false, true, list_files },
	{ HTTP_GET, "/computers/{}/files/list", false, true, list_files },
	{ HTTP_POST, "/computers/{}/files/stat", true, true, stat_file },
};
const size_t routes_workspace_count = ARRAY_LEN(routes_workspace);
