/* turns: see turns.h. */
#include "config.h"

#include "ui/turns.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"

enum { MOST = 10000 };

static void free_texts(char **list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

void turns_release(struct turns *t)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		free(t->list[i].turn);
		free(t->list[i].session_name);
		free(t->list[i].what);
		free(t->list[i].result);
		free(t->list[i].by);
		free(t->list[i].note);
	}
	free(t->list);
	free_texts(t->files, t->file_count);
	free_texts(t->hosts, t->host_count);
	*t = (struct turns){ 0 };
}

/* Absent and null are "". */
static char *text_of(const struct json_doc *d, int v)
{
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	json_str(d, v, &b);
	return buf_take(&b);
}

static size_t room(const struct json_doc *d, int list)
{
	int n = json_type(d, list) == JSON_ARRAY ? json_size(d, list) : 0;

	return n < MOST ? (size_t)n : MOST;
}

static int read_texts(const struct json_doc *d, int list, char ***ret, size_t *ret_count)
{
	size_t n = room(d, list);
	int v;

	*ret = n ? calloc(n, sizeof(**ret)) : NULL;
	if (n && !*ret)
		return ERR_NOMEM;
	for (v = json_first(d, list); v != JSON_NONE && *ret_count < n; v = json_next(d, v))
		(*ret)[(*ret_count)++] = text_of(d, v);
	return 0;
}

static int read_list(const struct json_doc *d, int list, struct turns *t)
{
	size_t n = room(d, list);
	int v;

	t->list = n ? calloc(n, sizeof(*t->list)) : NULL;
	if (n && !t->list)
		return ERR_NOMEM;
	for (v = json_first(d, list); v != JSON_NONE && t->count < n; v = json_next(d, v)) {
		struct turn *one = &t->list[t->count++];

		json_int(d, json_get(d, v, "action"), &one->action);
		json_int(d, json_get(d, v, "wall_ms"), &one->wall_ms);
		one->turn = text_of(d, json_get(d, v, "turn"));
		one->session_name = text_of(d, json_get(d, v, "session_name"));
		one->what = text_of(d, json_get(d, v, "what"));
		one->result = text_of(d, json_get(d, v, "result"));
		one->by = text_of(d, json_get(d, v, "by"));
		one->note = text_of(d, json_get(d, v, "note"));
	}
	return 0;
}

int turns_read(struct turns *t, const char *json, size_t len, struct err *e)
{
	struct turns got = { 0 };
	struct json_doc d;
	int r = json_parse(json, len, &d, e), list;

	if (r < 0)
		return r;
	list = json_get(&d, json_root(&d), "turns");
	if (json_type(&d, list) != JSON_ARRAY)
		r = err_set(e, ERR_INVALID, "that is no list of turns");
	else if (read_list(&d, list, &got) < 0 || read_texts(&d, json_get(&d, json_root(&d), "files_written"), &got.files, &got.file_count) < 0 ||
		 read_texts(&d, json_get(&d, json_root(&d), "hosts"), &got.hosts, &got.host_count) < 0)
		r = err_set(e, ERR_NOMEM, "out of memory");
	json_release(&d);
	if (r == 0) {
		turns_release(t);
		*t = got;
	} else {
		turns_release(&got);
	}
	return r;
}
