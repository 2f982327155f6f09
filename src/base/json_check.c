/* json_check: the validator: RFC 8259 to the letter, in linear time. See json.h. */
#include "config.h"

#include "base/json_own.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

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

size_t json_char(const char *s, size_t len, uint32_t *ret)
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
		n = json_char(c->text + c->pos, c->len - c->pos, &cp);
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
	for (i = 0; i < len; i += json_char(s + i, len - i, &cp), hash = (hash ^ cp) * 16777619U)
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

		i += json_char(a->s + i, a->len - i, &ca);
		k += json_char(b->s + k, b->len - k, &cb);
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
