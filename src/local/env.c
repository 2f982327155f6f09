/* env: the variables of commands: those that their session keeps, and those of one request. See api.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "local/api.h"

enum { ENV_MAX = 64 * 1024 };	/* bytes of what a session keeps */

void env_put_quoted(struct buf *out, const char *text)
{
	buf_putc(out, '\'');
	for (; *text; text++)
		*text == '\'' ? buf_puts(out, "'\\''") : buf_putc(out, *text);
	buf_putc(out, '\'');
}

static bool is_name(const char *name)
{
	return name[0] && !strchr("0123456789", name[0]) && strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

/* False: a name is none, or a value no string. */
static bool put_exports(const struct json_doc *d, int object, struct buf *out)
{
	bool good = true;
	int key;

	for (key = json_first(d, object); good && key != JSON_NONE; key = json_next(d, key)) {
		char *name = json_strdup(d, key), *value = json_strdup(d, json_value(d, key));

		good = name && value && is_name(name);
		if (good) {
			buf_printf(out, "export %s=", name);
			env_put_quoted(out, value);
			buf_putc(out, '\n');
		}
		free(name);
		free(value);
	}
	return good;
}

/* What the session keeps goes before what the request has, which is the stronger. */
static void put_kept(const struct machine *m, struct buf *out)
{
	struct json_doc d;

	if (!m || !m->env || json_parse(m->env, strlen(m->env), &d, NULL) < 0)
		return;
	put_exports(&d, json_root(&d), out);
	json_release(&d);
}

/* The request's own, as `export` lines, which may be none. False: answered with 422. */
static bool put_given(struct api_call *c, struct buf *out)
{
	int env = json_get(&c->body, c->root, "env");
	enum json_type type = json_type(&c->body, env);

	if (env == JSON_NONE || type == JSON_NULL || (type == JSON_OBJECT && put_exports(&c->body, env, out)))
		return true;
	api_error(c->req, 422, "VALIDATION_ERROR", "\"env\" must be an object of names and strings");
	return false;
}

bool env_put(struct api_call *c, struct buf *out)
{
	put_kept(c->machine, out);
	return put_given(c, out);
}

bool env_read(struct api_call *c, char **ret)
{
	int env = json_get(&c->body, c->root, "env");
	const char *raw;
	struct buf lines;
	size_t len;
	bool good;

	*ret = NULL;
	buf_init(&lines, SIZE_MAX - 1);
	good = put_given(c, &lines);
	buf_release(&lines);
	if (!good || json_type(&c->body, env) != JSON_OBJECT)
		return good;
	raw = json_raw(&c->body, env, &len);
	if (len <= ENV_MAX)
		*ret = strndup(raw, len);
	else
		api_error(c->req, 422, "VALIDATION_ERROR", "\"env\" must be of at most %d bytes", ENV_MAX);
	return *ret != NULL;
}

/* ---- the routes ---- */

static void reply(struct api_call *c)
{
	const struct machine *m = c->machine;
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	jw_raw(&w, m->env ? m->env : "{}", m->env ? strlen(m->env) : 2);
	api_send_data(c, 200, &b, &w);
}

/* Takes text over. */
static void keep(struct api_call *c, struct buf *text)
{
	struct machine *m = c->machine;
	char *before = m->env;
	struct err e;

	if (buf_failed(text) || text->len > ENV_MAX) {
		buf_release(text);
		api_error(c->req, 422, "VALIDATION_ERROR", "all variables together must be of at most %d bytes", ENV_MAX);
		return;
	}
	m->env = buf_take(text);
	if (machine_save(m, &e) < 0) {
		free(m->env);
		m->env = before;
		api_error(c->req, 500, "INTERNAL_ERROR", "it cannot be kept: %s", e.msg);
		return;
	}
	free(before);
	reply(c);
}

/* The members of what is kept, but for those of these names. */
static void put_others(const struct machine *m, struct jsonw *w, const struct json_doc *d, int vars, const char *name)
{
	struct json_doc kept;
	int key, v;

	if (!m->env || json_parse(m->env, strlen(m->env), &kept, NULL) < 0)
		return;
	for (key = json_first(&kept, json_root(&kept)); key != JSON_NONE; key = json_next(&kept, key)) {
		char *k = json_strdup(&kept, key), *value = json_strdup(&kept, json_value(&kept, key));
		bool stays = k && value && !(name && strcmp(k, name) == 0);

		for (v = stays && d ? json_first(d, vars) : JSON_NONE; stays && v != JSON_NONE; v = json_next(d, v))
			stays = !json_str_is(d, json_get(d, v, "key"), k);
		if (stays)
			jw_kstr(w, k, value);
		free(k);
		free(value);
	}
	json_release(&kept);
}

void env_show(struct api_call *c)
{
	reply(c);
}

/* {"vars": [{"key", "value"}]}: of the same name, the last one counts. */
void env_set(struct api_call *c)
{
	int vars = json_get(&c->body, c->root, "vars"), v, later;
	bool good = json_type(&c->body, vars) == JSON_ARRAY;
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	put_others(c->machine, &w, &c->body, vars, NULL);
	for (v = json_first(&c->body, vars); good && v != JSON_NONE; v = json_next(&c->body, v)) {
		char *name = json_strdup(&c->body, json_get(&c->body, v, "key")), *value = json_strdup(&c->body, json_get(&c->body, v, "value"));
		bool last = true;

		good = name && value && is_name(name);
		for (later = good ? json_next(&c->body, v) : JSON_NONE; later != JSON_NONE; later = json_next(&c->body, later))
			last = last && !json_str_is(&c->body, json_get(&c->body, later, "key"), name);
		if (good && last)
			jw_kstr(&w, name, value);
		free(name);
		free(value);
	}
	jw_end(&w, '}');
	if (good) {
		keep(c, &b);
		return;
	}
	buf_release(&b);
	api_error(c->req, 422, "VALIDATION_ERROR", "\"vars\" must be a list of {\"key\", \"value\"}, with names and strings");
}

void env_delete(struct api_call *c)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	put_others(c->machine, &w, NULL, JSON_NONE, c->ids[1]);
	jw_end(&w, '}');
	keep(c, &b);
}
