/* routes_files: what the API calls a computer's files, where it has calls that sandboxes have not. Each change is told on the computer's stream. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/api.h"
#include "local/multipart.h"

static void tell(struct api_call *c, const char *operation, const char *path, int64_t size)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 16384);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "operation", operation);
	jw_kstr(&w, "path", path);
	if (size >= 0)
		jw_kint(&w, "size", size);
	jw_kint(&w, "timestamp", clock_wall_ms());
	jw_end(&w, '}');
	machine_event(c->machine, "file", &b);
}

/* {"success":true,"path":...}, after the change was told; or the error. */
static void answer(struct api_call *c, int r, const struct err *e, const char *operation, const char *path, int64_t size)
{
	struct buf b;
	struct jsonw w;

	if (r < 0) {
		api_failed(c->req, r, e);
		return;
	}
	tell(c, operation, path, size);
	buf_init(&b, 16384);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kbool(&w, "success", true);
	jw_kstr(&w, "path", path);
	if (size >= 0)
		jw_kint(&w, "size", size);
	jw_end(&w, '}');
	api_json(c->req, 200, &b);
}

static void readdir_route(struct api_call *c)
{
	char *path = api_query(c, "path");
	struct buf b;
	struct jsonw w;
	struct err e;
	int r;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "data");
	r = files_list(&c->machine->files, path ? path : c->machine->files.root, 1, &w, &e);
	jw_end(&w, '}');
	free(path);
	if (r == 0) {
		api_json(c->req, 200, &b);
		return;
	}
	buf_release(&b);
	api_failed(c->req, r, &e);
}

static void download(struct api_call *c)
{
	static const char *const headers[] = { "Content-Type: application/octet-stream", NULL };
	char *path = api_query(c, "path");
	struct buf b;
	struct err e;
	int r;

	buf_init(&b, FILES_READ_MAX);
	r = path ? files_read(&c->machine->files, path, &b, &e) : err_set(&e, ERR_INVALID, "\"path\" is missing");
	if (r == 0) {
		tell(c, "read", path, (int64_t)b.len);
		server_reply(c->req, 200, headers, buf_cstr(&b), b.len);
	} else {
		api_failed(c->req, r, &e);
	}
	buf_release(&b);
	free(path);
}

static void put(struct api_call *c, const char *path, const char *data, size_t len)
{
	struct err e;
	int r = len > FILES_READ_MAX ? err_set(&e, ERR_TOOBIG, "a file has at most %d bytes here", FILES_READ_MAX) :
		files_write(&c->machine->files, path, data, len, &e);

	answer(c, r, &e, "write", path, (int64_t)len);
}

static void write_file(struct api_call *c)
{
	static const char *const fields[] = { "path", "content", "encoding", NULL };
	char *path, *encoding = NULL;
	struct buf text, data;

	if (!api_only(c, fields) || !api_string(c, "path", &path))
		return;
	buf_init(&text, SIZE_MAX - 1);
	buf_init(&data, SIZE_MAX - 1);
	if (!api_optional_string(c, "encoding", &encoding))
		;	/* answered */
	else if (encoding && strcmp(encoding, "utf8") != 0 && strcmp(encoding, "base64") != 0)
		api_error(c->req, 422, "VALIDATION_ERROR", "\"encoding\" must be utf8 or base64");
	else if (json_str(&c->body, json_get(&c->body, c->root, "content"), &text) < 0)
		api_error(c->req, 422, "VALIDATION_ERROR", "\"content\" must be a string");
	else if (!encoding || strcmp(encoding, "utf8") == 0)
		put(c, path, buf_cstr(&text), text.len);
	else if (base64_decode(&data, buf_cstr(&text), text.len) < 0)
		api_error(c->req, 422, "VALIDATION_ERROR", "\"content\" is not base64");
	else
		put(c, path, buf_cstr(&data), data.len);
	buf_release(&text);
	buf_release(&data);
	free(path);
	free(encoding);
}

/* The form's "file" and "path", or the path in a header. */
static void upload(struct api_call *c)
{
	const char *type = http_field(server_head(c->req), "content-type"), *remote = http_field(server_head(c->req), "x-remote-path"), *body;
	struct multipart_part part, file = { .data = NULL }, path = { .data = NULL };
	struct multipart m;
	char name[4096];
	size_t len;
	int r = -1;

	body = server_body(c->req, &len);
	if (multipart_begin(&m, type, body, len)) {
		while ((r = multipart_next(&m, &part)) == 1) {
			if (strcmp(part.name, "file") == 0)
				file = part;
			else if (strcmp(part.name, "path") == 0)
				path = part;
		}
	}
	if (remote)
		path = (struct multipart_part){ .data = remote, .len = strlen(remote) };
	if (r < 0 || !file.data || !path.data || path.len == 0 || path.len >= sizeof(name) || memchr(path.data, '\0', path.len)) {
		api_error(c->req, 422, "VALIDATION_ERROR", "this must be multipart/form-data with \"file\", and with \"path\" or the header X-Remote-Path");
		return;
	}
	memcpy(name, path.data, path.len);
	name[path.len] = '\0';
	put(c, name, file.data, file.len);
}

/* "0755", or the number 493; absent: *ret untouched. false: answered with 422. */
static bool read_mode(struct api_call *c, bool must, unsigned int *ret)
{
	int v = json_get(&c->body, c->root, "mode");
	char *text = json_strdup(&c->body, v), *rest = NULL;
	int64_t n = -1;
	bool absent = v == JSON_NONE || json_type(&c->body, v) == JSON_NULL;

	if (text && text[0] && strlen(text) <= 5)
		n = strtol(text, &rest, 8);
	else if (!text)
		json_int(&c->body, v, &n);
	if (rest && *rest)
		n = -1;
	free(text);
	if (absent && !must)
		return true;
	if (n < 0 || n > 0777) {
		api_error(c->req, 422, "VALIDATION_ERROR", "\"mode\" must be 0000 to 0777, as octal digits in a string");
		return false;
	}
	*ret = (unsigned int)n;
	return true;
}

static void make_folder(struct api_call *c)
{
	static const char *const fields[] = { "path", "recursive", "mode", NULL };
	bool above = json_bool(&c->body, json_get(&c->body, c->root, "recursive"), false);
	unsigned int mode = 0755;
	char *path, *slash;
	struct err e;
	int r = 0, fd;

	if (!api_only(c, fields) || !read_mode(c, false, &mode) || !api_string(c, "path", &path))
		return;
	slash = strrchr(path, '/');
	if (!above && slash && slash > path) {
		*slash = '\0';
		fd = files_open_below(&c->machine->files, path, O_PATH | O_DIRECTORY, 0, &e);
		*slash = '/';
		if (fd >= 0)
			close(fd);
		r = fd < 0 ? fd : 0;
	}
	if (r == 0)
		r = files_mkdir(&c->machine->files, path, &e);
	if (r == 0)
		r = files_chmod(&c->machine->files, path, mode, &e);
	answer(c, r, &e, "mkdir", path, -1);
	free(path);
}

static void two_names(struct api_call *c, const char *const *fields, int (*act)(const struct api_call *c, const char *from, const char *to, struct err *e),
		      const char *operation)
{
	char *from, *to = NULL;
	struct err e;
	int r;

	if (!api_only(c, fields) || !api_string(c, "from", &from))
		return;
	if (api_string(c, "to", &to)) {
		r = act(c, from, to, &e);
		answer(c, r, &e, operation, to, -1);
	}
	free(from);
	free(to);
}

static int do_rename(const struct api_call *c, const char *from, const char *to, struct err *e)
{
	return files_rename(&c->machine->files, from, to, e);
}

static int do_copy(const struct api_call *c, const char *from, const char *to, struct err *e)
{
	return files_copy(&c->machine->files, from, to, json_bool(&c->body, json_get(&c->body, c->root, "recursive"), false), e);
}

static void rename_file(struct api_call *c)
{
	static const char *const fields[] = { "from", "to", NULL };

	two_names(c, fields, do_rename, "rename");
}

/* For the stream a copy is a write. */
static void copy_file(struct api_call *c)
{
	static const char *const fields[] = { "from", "to", "recursive", NULL };

	two_names(c, fields, do_copy, "write");
}

static void change_mode(struct api_call *c)
{
	static const char *const fields[] = { "path", "mode", NULL };
	unsigned int mode = 0;
	char *path;
	struct err e;
	int r;

	if (!api_only(c, fields) || !read_mode(c, true, &mode) || !api_string(c, "path", &path))
		return;
	r = files_chmod(&c->machine->files, path, mode, &e);
	answer(c, r, &e, "write", path, -1);
	free(path);
}

static void delete_file(struct api_call *c)
{
	char *path = api_query(c, "path");
	struct err e;

	if (!path && !api_string(c, "path", &path))
		return;
	answer(c, files_delete(&c->machine->files, path, &e), &e, "delete", path, -1);
	free(path);
}

const struct api_route routes_files[] = {
	{ HTTP_GET, "/computers/{}/files/readdir", false, true, readdir_route },
	{ HTTP_GET, "/computers/{}/files/download", false, true, download },
	{ HTTP_POST, "/computers/{}/files/upload", false, true, upload },
	{ HTTP_POST, "/computers/{}/files/write", true, true, write_file },
	{ HTTP_POST, "/computers/{}/files/mkdir", true, true, make_folder },
	{ HTTP_POST, "/computers/{}/files/rename", true, true, rename_file },
	{ HTTP_POST, "/computers/{}/files/copy", true, true, copy_file },
	{ HTTP_POST, "/computers/{}/files/chmod", true, true, change_mode },
	{ HTTP_DELETE, "/computers/{}/files", true, true, delete_file },
};
const size_t routes_files_count = ARRAY_LEN(routes_files);
