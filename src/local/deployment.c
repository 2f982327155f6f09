/* deployment: see deployment.h. */
#include "config.h"

#include "local/deployment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "local/api.h"

static void serve_file(struct server_req *r, void *arg)
{
	const struct http_head *h = server_head(r);
	const char *path = h->path + 1, *dot = strrchr(path, '.');
	const char *type = !*path || (dot && strcmp(dot, ".html") == 0) ? "Content-Type: text/html; charset=utf-8" : "Content-Type: text/plain; charset=utf-8";
	const char *const headers[] = { type, NULL };
	struct deployment *d = arg;
	struct buf b;

	buf_init(&b, FILES_READ_MAX);
	if (h->method != HTTP_GET && h->method != HTTP_HEAD)
		api_error(r, 405, "METHOD_NOT_ALLOWED", "a deployment is read-only");
	else if (files_read(&d->files, *path ? path : "index.html", &b, NULL) < 0)
		api_error(r, 404, "NOT_FOUND", "no such page");
	else
		server_reply(r, 200, headers, buf_cstr(&b), b.len);
	buf_release(&b);
}

static int copy_tree(const struct files *from, const char *path, const struct files *to, const char *below, struct err *e)
{
	struct json_doc d;
	struct buf list, data;
	struct jsonw w;
	int r, entries, v;

	buf_init(&list, SIZE_MAX - 1);
	jw_init(&w, &list);
	r = files_list(from, path, 1, &w, e);
	if (r == 0)
		r = json_parse(list.data, list.len, &d, e);
	if (r < 0) {
		buf_release(&list);
		return r;
	}
	entries = json_get(&d, json_root(&d), "entries");
	for (v = json_first(&d, entries); r == 0 && v != JSON_NONE; v = json_next(&d, v)) {
		char *name = json_strdup(&d, json_get(&d, v, "name")), *full = json_strdup(&d, json_get(&d, v, "path")), target[4096];

		snprintf(target, sizeof(target), "%s%s%s", below, below[0] ? "/" : "", name ? name : "");
		buf_init(&data, FILES_READ_MAX);
		if (name && full && json_bool(&d, json_get(&d, v, "is_dir"), false))
			r = copy_tree(from, full, to, target, e);
		else if (name && full && files_read(from, full, &data, NULL) == 0)
			r = files_write(to, target, buf_cstr(&data), data.len, e);
		buf_release(&data);
		free(name);
		free(full);
	}
	json_release(&d);
	buf_release(&list);
	return r;
}

int deployment_start(struct deployment *d, uv_loop_t *loop, const struct files *from, const char *path, const char *dir, struct err *e)
{
	struct server_config config = { .loop = loop, .host = "127.0.0.1", .on_request = serve_file, .arg = d };
	int r;

	if (mkdir(dir, 0755) < 0)
		return err_set(e, ERR_IO, "cannot make %s", dir);
	r = files_open(&d->files, dir, "", e);
	if (r == 0)
		r = copy_tree(from, path, &d->files, "", e);
	return r == 0 ? server_listen(&config, &d->server, e) : r;
}

void deployment_end(struct deployment *d)
{
	files_close(&d->files);
	server_close(d->server, NULL, NULL);
}
