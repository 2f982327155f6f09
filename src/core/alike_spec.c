/* alike: how a rule is kept: the part that never changes, as JSON. See alike.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "core/alike.h"

static const char *const points[] = { [ALIKE_POINT_SAME] = "same", [ALIKE_POINT_BOX] = "box", [ALIKE_POINT_ANY] = "any" };
static const char *const kinds[] = { [SESSION_NONE] = "", [SESSION_SANDBOX] = "sandbox", [SESSION_COMPUTER] = "computer" };

int alike_write_spec(const struct alike *r, struct buf *out)
{
	const struct alike_scope *s = &r->scope;
	struct jsonw w;

	jw_init(&w, out);
	jw_begin(&w, '{');
	jw_kstr(&w, "agent", r->agent);
	jw_kstr(&w, "session", r->session);
	jw_kstr(&w, "session_kind", kinds[r->session_kind]);
	jw_kstr(&w, "kind", r->kind);
	jw_kbool(&w, "any_session", s->any_session);
	jw_kstr(&w, "point", points[s->point]);
	jw_kint(&w, "x", s->x);
	jw_kint(&w, "y", s->y);
	jw_kint(&w, "width", s->width);
	jw_kint(&w, "height", s->height);
	jw_kbool(&w, "any_text", s->any_text);
	jw_kbool(&w, "words", s->words);
	jw_kstr(&w, "same", r->same);
	jw_kstr(&w, "risks", r->risks);
	jw_kstr(&w, "what", r->what);
	jw_end(&w, '}');
	return buf_failed(out) ? ERR_NOMEM : 0;
}

/* Which of the names it is; count for none. */
static size_t one_of(const struct json_doc *d, const char *key, const char *const *names, size_t count)
{
	int v = json_get(d, json_root(d), key);
	size_t i;

	for (i = 0; i < count && !json_str_is(d, v, names[i]); i++)
		;
	return i;
}

static bool get_bool(const struct json_doc *d, const char *key, bool *ret)
{
	int v = json_get(d, json_root(d), key);

	*ret = json_bool(d, v, false);
	return json_type(d, v) == JSON_TRUE || json_type(d, v) == JSON_FALSE;
}

static bool get_text(const struct json_doc *d, const char *key, char **ret)
{
	free(*ret);
	*ret = json_strdup(d, json_get(d, json_root(d), key));
	return *ret != NULL;
}

int alike_read_spec(struct alike *r, const char *spec)
{
	struct alike_scope *s = &r->scope;
	size_t point, kind;
	struct json_doc d;
	char *same = NULL;
	int root;
	bool good;

	if (json_parse(spec, strlen(spec), &d, NULL) < 0)
		return ERR_INVALID;
	root = json_root(&d);
	point = one_of(&d, "point", points, ARRAY_LEN(points));
	kind = one_of(&d, "session_kind", kinds, ARRAY_LEN(kinds));
	good = point < ARRAY_LEN(points) && kind < ARRAY_LEN(kinds) && get_text(&d, "agent", &r->agent) && get_text(&d, "session", &r->session) &&
	       get_text(&d, "kind", &r->kind) && get_text(&d, "risks", &r->risks) && get_text(&d, "what", &r->what) && get_text(&d, "same", &same) &&
	       strlen(same) == DIGEST_HEX && get_bool(&d, "any_session", &s->any_session) && get_bool(&d, "any_text", &s->any_text) &&
	       get_bool(&d, "words", &s->words) && json_int(&d, json_get(&d, root, "x"), &s->x) == 0 && json_int(&d, json_get(&d, root, "y"), &s->y) == 0 &&
	       json_int(&d, json_get(&d, root, "width"), &s->width) == 0 && json_int(&d, json_get(&d, root, "height"), &s->height) == 0;
	if (good) {
		s->point = (enum alike_point)point;
		r->session_kind = (enum session_kind)kind;
		memcpy(r->same, same, sizeof(r->same));
	}
	free(same);
	json_release(&d);
	return good ? 0 : ERR_INVALID;
}
