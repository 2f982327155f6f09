/*
 * json: the validator, reading by jsmn behind it, and writing. See json.h.
 *
 * jsmn alone accepts much that is not JSON (performance.md 6); so it only ever sees texts that the
 * validator has accepted, and is then a plain tokenizer. jsmn's own strict mode refuses valid texts.
 */
#include "config.h"

#include "base/json.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
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

/* One object's key, for finding it twice. */
struct key {
	uint32_t object;
	uint32_t hash;
	const char *s;		/* between the quotes, escaped */
	size_t len;
};

struct check {
	const char *text;
	size_t len, pos;
	struct err *e;
	struct key *keys;
	size_t key_count, key_cap;
};

static int bad(struct check *c, const char *what)
{
	return err_set(c->e, ERR_INVALID, "byte %zu: %s", c->pos, what);
}

static void skip_blanks(struct check *c)
{
	while (c->pos < c->len && (c->text[c->pos] == ' ' || c->text[c->pos] == '\t' || c->text[c->pos] == '\n' || c->text[c->pos] == '\r'))
		c->pos++;
}

static int hex_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	return ch >= 'A' && ch <= 'F' ? ch - 'A' + 10 : -1;
}

static bool hex4(const char *s, size_t len, uint32_t *ret)
{
	size_t i;

	if (len < 4)
		return false;
	*ret = 0;
	for (i = 0; i < 4; i++) {
		int v = hex_value(s[i]);

		if (v < 0)
			return false;
		*ret = *ret << 4 | (uint32_t)v;
	}
	return true;
}

/*
 * The next code point of a string's inside; 0 when it is malformed. Lone surrogates are malformed: they have no UTF-8.
 */
static size_t next_char(const char *s, size_t len, uint32_t *ret)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *found;
	uint32_t low;

	if (s[0] != '\\') {
		size_t n = utf8_decode(s, len, ret);

		return n > 0 && *ret >= 0x20 && *ret != '"' ? n : 0;
	}
	if (len < 2)
		return 0;
	if (s[1] != 'u') {
		found = s[1] ? strchr(from, s[1]) : NULL;
		if (!found)
			return 0;
		*ret = (unsigned char)to[found - from];
		return 2;
	}
	if (!hex4(s + 2, len - 2, ret) || (*ret >= 0xdc00 && *ret <= 0xdfff))
		return 0;
	if (*ret < 0xd800 || *ret > 0xdbff)
		return 6;
	if (len < 12 || s[6] != '\\' || s[7] != 'u' || !hex4(s + 8, len - 8, &low) || low < 0xdc00 || low > 0xdfff)
		return 0;
	*ret = 0x10000 + ((*ret - 0xd800) << 10) + (low - 0xdc00);
	return 12;
}

/* At the opening quote; moves behind the closing one. */
static int check_string(struct check *c, const char **ret_s, size_t *ret_len)
{
	size_t start = ++c->pos;

	while (c->pos < c->len && c->text[c->pos] != '"') {
		unsigned char ch = (unsigned char)c->text[c->pos];
		uint32_t cp;
		size_t n;

		if (ch >= 0x20 && ch < 0x80 && ch != '\\') {
			c->pos++;
			continue;
		}
		n = next_char(c->text + c->pos, c->len - c->pos, &cp);
		if (n == 0)
			return bad(c, ch < 0x20 ? "a control character in a string" : ch == '\\' ? "a bad escape" : "bytes that are not UTF-8");
		c->pos += n;
	}
	if (c->pos >= c->len)
		return bad(c, "the text ends in a string");
	*ret_s = c->text + start;
	*ret_len = c->pos - start;
	c->pos++;
	return 0;
}

static size_t digits(struct check *c)
{
	size_t n = 0;

	while (c->pos < c->len && c->text[c->pos] >= '0' && c->text[c->pos] <= '9') {
		c->pos++;
		n++;
	}
	return n;
}

static int check_number(struct check *c)
{
	if (c->text[c->pos] == '-')
		c->pos++;
	if (c->pos < c->len && c->text[c->pos] == '0')
		c->pos++;
	else if (digits(c) == 0)
		return bad(c, "a number without digits");
	if (c->pos < c->len && c->text[c->pos] == '.') {
		c->pos++;
		if (digits(c) == 0)
			return bad(c, "a fraction without digits");
	}
	if (c->pos < c->len && (c->text[c->pos] == 'e' || c->text[c->pos] == 'E')) {
		c->pos++;
		if (c->pos < c->len && (c->text[c->pos] == '+' || c->text[c->pos] == '-'))
			c->pos++;
		if (digits(c) == 0)
			return bad(c, "an exponent without digits");
	}
	return 0;
}

static int check_word(struct check *c, const char *word)
{
	size_t n = strlen(word);

	if (c->len - c->pos < n || memcmp(c->text + c->pos, word, n) != 0)
		return bad(c, "not a JSON value");
	c->pos += n;
	return 0;
}

static int check_scalar(struct check *c)
{
	const char *s;
	size_t len;

	switch (c->text[c->pos]) {
	case '"':
		return check_string(c, &s, &len);
	case 't':
		return check_word(c, "true");
	case 'f':
		return check_word(c, "false");
	case 'n':
		return check_word(c, "null");
	case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
		return check_number(c);
	default:
		return bad(c, "not a JSON value");
	}
}

static int remember_key(struct check *c, uint32_t object, const char *s, size_t len)
{
	struct key *k;
	uint32_t cp, hash = 2166136261U;
	size_t i;

	if (c->key_count == c->key_cap) {
		size_t cap = c->key_cap ? c->key_cap * 2 : 32;
		struct key *more = realloc(c->keys, cap * sizeof(*more));

		if (!more)
			return err_set(c->e, ERR_NOMEM, "out of memory");
		c->keys = more;
		c->key_cap = cap;
	}
	for (i = 0; i < len; i += next_char(s + i, len - i, &cp), hash = (hash ^ cp) * 16777619U)
		;
	k = &c->keys[c->key_count++];
	*k = (struct key){ .object = object, .hash = hash, .s = s, .len = len };
	return 0;
}

/* A total order of keys by object, hash and unescaped text, so that equal ones meet. */
static int compare_keys(const void *pa, const void *pb)
{
	const struct key *a = pa, *b = pb;
	size_t i = 0, k = 0;

	if (a->object != b->object)
		return a->object < b->object ? -1 : 1;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	while (i < a->len && k < b->len) {
		uint32_t ca = 0, cb = 0;

		i += next_char(a->s + i, a->len - i, &ca);
		k += next_char(b->s + k, b->len - k, &cb);
		if (ca != cb)
			return ca < cb ? -1 : 1;
	}
	return (i < a->len) - (k < b->len);
}

static int check_duplicates(struct check *c)
{
	size_t i;

	if (c->key_count < 2)
		return 0;
	qsort(c->keys, c->key_count, sizeof(*c->keys), compare_keys);
	for (i = 1; i < c->key_count; i++) {
		if (compare_keys(&c->keys[i - 1], &c->keys[i]) != 0)
			continue;
		c->pos = (size_t)((c->keys[i].s > c->keys[i - 1].s ? c->keys[i].s : c->keys[i - 1].s) - c->text);
		return bad(c, "a key twice in one object");
	}
	return 0;
}

/* What may come next inside a container. */
enum expect { VALUE, FIRST_VALUE, FIRST_KEY, KEY, AFTER };

static int check_text(struct check *c)
{
	struct { char close; uint32_t object; } stack[JSON_DEPTH_MAX];
	enum expect expect = VALUE;
	uint32_t objects = 0;
	int depth = 0, r;
	const char *s;
	size_t len;

	for (;;) {
		char ch;

		skip_blanks(c);
		if (c->pos >= c->len)
			return expect == AFTER && depth == 0 ? 0 : bad(c, "the text ends too soon");
		ch = c->text[c->pos];
		if (expect == AFTER) {
			if (depth == 0)
				return bad(c, "something behind the value");
			if (ch == stack[depth - 1].close) {
				depth--;
			} else if (ch == ',') {
				expect = stack[depth - 1].close == '}' ? KEY : VALUE;
			} else {
				return bad(c, "a comma or the end of the container is missing");
			}
			c->pos++;
			continue;
		}
		if ((expect == FIRST_KEY && ch == '}') || (expect == FIRST_VALUE && ch == ']')) {
			depth--;
			c->pos++;
			expect = AFTER;
			continue;
		}
		if (expect == KEY || expect == FIRST_KEY) {
			if (ch != '"')
				return bad(c, "a key is missing");
			r = check_string(c, &s, &len);
			if (r == 0)
				r = remember_key(c, stack[depth - 1].object, s, len);
			if (r < 0)
				return r;
			skip_blanks(c);
			if (c->pos >= c->len || c->text[c->pos] != ':')
				return bad(c, "a colon is missing");
			c->pos++;
			expect = VALUE;
			continue;
		}
		if (ch == '{' || ch == '[') {
			if (depth == JSON_DEPTH_MAX)
				return bad(c, "nested deeper than 64");
			stack[depth].close = ch == '{' ? '}' : ']';
			stack[depth++].object = ++objects;
			expect = ch == '{' ? FIRST_KEY : FIRST_VALUE;
			c->pos++;
			continue;
		}
		r = check_scalar(c);
		if (r < 0)
			return r;
		expect = AFTER;
	}
}

int json_validate(const char *text, size_t len, struct err *e)
{
	struct check c = { .text = text, .len = len, .e = e };
	int r;

	if (len > INT32_MAX)
		return err_set(e, ERR_INVALID, "byte 0: longer than 2 GiB");
	r = check_text(&c);
	if (r == 0)
		r = check_duplicates(&c);
	free(c.keys);
	return r;
}

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
		n = next_char(s + i, len - i, &cp);
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

		n = next_char(text + i, len - i, &cp);
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

void jw_init(struct jsonw *w, struct buf *out)
{
	*w = (struct jsonw){ .out = out };
}

static void before_value(struct jsonw *w)
{
	if (w->comma)
		buf_putc(w->out, ',');
	w->comma = true;
}

void jw_begin(struct jsonw *w, char bracket)
{
	before_value(w);
	buf_putc(w->out, bracket);
	w->comma = false;
}

void jw_end(struct jsonw *w, char bracket)
{
	buf_putc(w->out, bracket);
	w->comma = true;
}

static void put_string(struct buf *out, const char *s, size_t len)
{
	size_t i = 0, plain;

	buf_putc(out, '"');
	while (i < len) {
		uint32_t cp = 0;
		size_t n;

		for (plain = i; plain < len && (unsigned char)s[plain] >= 0x20 && (unsigned char)s[plain] < 0x7f &&
		     s[plain] != '"' && s[plain] != '\\'; plain++)
			;
		buf_append(out, s + i, plain - i);
		i = plain;
		if (i == len)
			break;
		n = utf8_decode(s + i, len - i, &cp);
		if (n == 0)
			buf_puts(out, "\xef\xbf\xbd");
		else if (cp == '"' || cp == '\\')
			buf_printf(out, "\\%c", (char)cp);
		else if (cp == '\n')
			buf_puts(out, "\\n");
		else if (cp == '\r')
			buf_puts(out, "\\r");
		else if (cp == '\t')
			buf_puts(out, "\\t");
		else if (cp < 0x20 || cp == 0x7f)
			buf_printf(out, "\\u%04x", (unsigned int)cp);
		else
			buf_append(out, s + i, n);
		i += n > 0 ? n : 1;
	}
	buf_putc(out, '"');
}

void jw_key(struct jsonw *w, const char *key)
{
	before_value(w);
	put_string(w->out, key, strlen(key));
	buf_putc(w->out, ':');
	w->comma = false;
}

void jw_strn(struct jsonw *w, const char *s, size_t len)
{
	before_value(w);
	put_string(w->out, s, len);
}

void jw_str(struct jsonw *w, const char *s)
{
	if (s)
		jw_strn(w, s, strlen(s));
	else
		jw_null(w);
}

void jw_int(struct jsonw *w, int64_t n)
{
	before_value(w);
	buf_printf(w->out, "%lld", (long long)n);
}

void jw_bool(struct jsonw *w, bool b)
{
	before_value(w);
	buf_puts(w->out, b ? "true" : "false");
}

void jw_null(struct jsonw *w)
{
	before_value(w);
	buf_puts(w->out, "null");
}

void jw_raw(struct jsonw *w, const char *json, size_t len)
{
	before_value(w);
	buf_append(w->out, json, len);
}

void jw_kstr(struct jsonw *w, const char *key, const char *s)
{
	jw_key(w, key);
	jw_str(w, s);
}

void jw_kint(struct jsonw *w, const char *key, int64_t n)
{
	jw_key(w, key);
	jw_int(w, n);
}

void jw_kbool(struct jsonw *w, const char *key, bool b)
{
	jw_key(w, key);
	jw_bool(w, b);
}
