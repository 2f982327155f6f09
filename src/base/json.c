/*
 * json: reading, by jsmn. See json.h.
 *
 * jsmn alone accepts much that is not JSON; so it only ever sees texts that the
 * validator has accepted, and is then a plain tokenizer. jsmn's own strict mode refuses valid texts.
 */
#include "config.h"

#include "base/json_own.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define JSMN_PARENT_LINKS
#define JSMN_STATIC
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wunused-function"
#include <jsmn.h>
#pragma GCC diagnostic pop

struct tokens {
	int *after;		/* the number of the first token behind this one's subtree */
	jsmntok_t tok[];
};

int json_parse(const char *text, size_t len, struct json_doc *ret_doc, struct err *e)
{
	jsmn_parser p;
	struct tokens *t;
	int r, n, i;

	*ret_doc = (struct json_doc){ 0 };
	r = json_validate(text, len, e);
	if (r < 0)
		return r;
	jsmn_init(&p);
	n = jsmn_parse(&p, text, len, NULL, 0);
	if (n <= 0)
		return err_set(e, ERR_INVALID, "byte 0: no value");
	t = malloc(sizeof(*t) + (size_t)n * (sizeof(t->tok[0]) + sizeof(int)));
	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	t->after = (int *)(void *)(t->tok + n);
	jsmn_init(&p);
	if (jsmn_parse(&p, text, len, t->tok, (unsigned int)n) != n) {
		free(t);
		return err_set(e, ERR_INVALID, "byte 0: not tokenised");
	}
	for (i = 0; i < n; i++)
		t->after[i] = i + 1;
	for (i = n - 1; i > 0; i--)
		if (t->tok[i].parent >= 0 && t->after[i] > t->after[t->tok[i].parent])
			t->after[t->tok[i].parent] = t->after[i];
	*ret_doc = (struct json_doc){ .text = text, .len = len, .tokens = t, .count = n };
	return 0;
}

void json_release(struct json_doc *d)
{
	free(d->tokens);
	*d = (struct json_doc){ 0 };
}

static const jsmntok_t *token(const struct json_doc *d, int v)
{
	const struct tokens *t = d->tokens;

	return v >= 0 && v < d->count ? &t->tok[v] : NULL;
}

enum json_type json_type(const struct json_doc *d, int v)
{
	const jsmntok_t *t = token(d, v);

	if (!t)
		return JSON_NOTHING;
	if (t->type == JSMN_OBJECT)
		return JSON_OBJECT;
	if (t->type == JSMN_ARRAY)
		return JSON_ARRAY;
	if (t->type == JSMN_STRING)
		return JSON_STRING;
	switch (d->text[t->start]) {
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	default:
		return JSON_NUMBER;
	}
}

int json_size(const struct json_doc *d, int v)
{
	enum json_type type = json_type(d, v);

	return type == JSON_OBJECT || type == JSON_ARRAY ? token(d, v)->size : 0;
}

int json_first(const struct json_doc *d, int container)
{
	return json_size(d, container) > 0 ? container + 1 : JSON_NONE;
}

int json_next(const struct json_doc *d, int v)
{
	const struct tokens *tokens = d->tokens;
	const jsmntok_t *t = token(d, v), *n;
	int next;

	if (!t)
		return JSON_NONE;
	next = tokens->after[v];
	n = token(d, next);
	return n && n->parent == t->parent ? next : JSON_NONE;
}

int json_value(const struct json_doc *d, int key)
{
	const jsmntok_t *t = token(d, key), *v = token(d, key + 1);

	return t && v && v->parent == key ? key + 1 : JSON_NONE;
}

int json_get(const struct json_doc *d, int object, const char *key)
{
	int k;

	if (json_type(d, object) != JSON_OBJECT)
		return JSON_NONE;
	for (k = json_first(d, object); k != JSON_NONE; k = json_next(d, k))
		if (json_str_is(d, k, key))
			return json_value(d, k);
	return JSON_NONE;
}

int json_str(const struct json_doc *d, int v, struct buf *out)
{
	const jsmntok_t *t = token(d, v);
	size_t i, n, len;
	const char *s;
	int r = 0;

	if (!t || t->type != JSMN_STRING)
		return ERR_INVALID;
	s = d->text + t->start;
	len = (size_t)(t->end - t->start);
	for (i = 0; i < len && r == 0; i += n) {
		const char *escape = memchr(s + i, '\\', len - i);
		uint32_t cp = 0;
		char utf8[4];

		n = escape ? (size_t)(escape - s) - i : len - i;
		if (n > 0) {
			r = buf_append(out, s + i, n);
			continue;
		}
		n = json_char(s + i, len - i, &cp);
		if (n == 0)
			return ERR_INVALID;
		r = buf_append(out, utf8, utf8_encode(cp, utf8));
	}
	return r < 0 ? r : buf_append(out, "", 0);
}

char *json_strdup(const struct json_doc *d, int v)
{
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	if (json_str(d, v, &b) < 0 || memchr(buf_cstr(&b), '\0', b.len)) {
		buf_release(&b);
		return NULL;
	}
	return buf_take(&b);
}

bool json_str_is(const struct json_doc *d, int v, const char *s)
{
	const jsmntok_t *t = token(d, v);
	size_t i, len, n, k = 0, want = strlen(s);
	const char *text;

	if (!t || t->type != JSMN_STRING)
		return false;
	text = d->text + t->start;
	len = (size_t)(t->end - t->start);
	for (i = 0; i < len; i += n) {
		uint32_t cp = 0;
		char utf8[4];
		size_t bytes;

		n = json_char(text + i, len - i, &cp);
		if (n == 0)
			return false;
		bytes = utf8_encode(cp, utf8);
		if (want - k < bytes || memcmp(s + k, utf8, bytes) != 0)
			return false;
		k += bytes;
	}
	return k == want;
}

/* A number's text with a NUL; false when it is none, or longer than any number that we take. */
static bool number_text(const struct json_doc *d, int v, char out[64])
{
	const jsmntok_t *t = token(d, v);
	size_t len;

	if (json_type(d, v) != JSON_NUMBER)
		return false;
	len = (size_t)(t->end - t->start);
	if (len >= 64)
		return false;
	memcpy(out, d->text + t->start, len);
	out[len] = '\0';
	return true;
}

int json_int(const struct json_doc *d, int v, int64_t *ret)
{
	char text[64];
	long long n;

	if (!number_text(d, v, text) || strpbrk(text, ".eE"))
		return ERR_INVALID;
	errno = 0;
	n = strtoll(text, NULL, 10);
	if (errno != 0)
		return ERR_INVALID;
	*ret = n;
	return 0;
}

int json_double(const struct json_doc *d, int v, double *ret)
{
	char text[64];
	double n;

	if (!number_text(d, v, text))
		return ERR_INVALID;
	n = strtod(text, NULL);
	if (!isfinite(n))
		return ERR_INVALID;
	*ret = n;
	return 0;
}

bool json_bool(const struct json_doc *d, int v, bool otherwise)
{
	enum json_type type = json_type(d, v);

	return type == JSON_TRUE ? true : type == JSON_FALSE ? false : otherwise;
}

const char *json_raw(const struct json_doc *d, int v, size_t *ret_len)
{
	const jsmntok_t *t = token(d, v);
	int quotes;

	if (!t) {
		*ret_len = 0;
		return "";
	}
	quotes = t->type == JSMN_STRING;
	*ret_len = (size_t)(t->end - t->start + 2 * quotes);
	return d->text + t->start - quotes;
}
