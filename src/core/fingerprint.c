/* fingerprint: see fingerprint.h. */
#include "config.h"

#include "core/fingerprint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define EXACT_MAX 9007199254740991LL	/* 2^53 - 1 */

static void put_string(struct buf *out, const char *s, size_t len)
{
	size_t i;

	buf_putc(out, '"');
	for (i = 0; i < len; i++) {
		static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
		const char *found = s[i] ? strchr(from, s[i]) : NULL;

		if (found)
			buf_printf(out, "\\%c", to[found - from]);
		else if ((unsigned char)s[i] < 0x20)
			buf_printf(out, "\\u%04x", (unsigned int)s[i]);
		else
			buf_putc(out, s[i]);
	}
	buf_putc(out, '"');
}

/* A member and its key, unescaped. */
struct entry {
	struct buf key;
	int value;
};

/* By UTF-16 units: what has two of them begins with one from 0xd800 on, so it stands before U+E000 to U+FFFF. */
static uint32_t rank(uint32_t cp)
{
	return cp >= 0x10000 ? 0xd800 : cp >= 0xe000 ? cp + 0x110000 : cp;
}

static int compare(const void *pa, const void *pb)
{
	const struct buf *a = &((const struct entry *)pa)->key, *b = &((const struct entry *)pb)->key;
	size_t i = 0, k = 0;

	while (i < a->len && k < b->len) {
		uint32_t ca = 0, cb = 0;

		i += utf8_decode(a->data + i, a->len - i, &ca);
		k += utf8_decode(b->data + k, b->len - k, &cb);
		if (rank(ca) != rank(cb))
			return rank(ca) < rank(cb) ? -1 : 1;
		if (ca != cb)
			return ca < cb ? -1 : 1;
	}
	return (i < a->len) - (k < b->len);
}

static int check_key(const struct buf *key, struct err *e)
{
	if (key->len > 0 && strspn(buf_cstr(key), "0123456789") == key->len)
		return err_set(e, ERR_UNSUPPORTED, "a key that is a number has no certain place");
	if (strcmp(buf_cstr(key), "__proto__") == 0)
		return err_set(e, ERR_UNSUPPORTED, "the key __proto__ has no certain place");
	return 0;
}

static int put_number(const struct json_doc *d, int v, struct buf *out, struct err *e)
{
	size_t len;
	const char *raw = json_raw(d, v, &len);
	int64_t n;

	if (json_int(d, v, &n) < 0 || n > EXACT_MAX || n < -EXACT_MAX || (n == 0 && raw[0] == '-'))
		return err_set(e, ERR_UNSUPPORTED, "the number %.*s can be written in two ways", (int)(len > 40 ? 40 : len), raw);
	return buf_printf(out, "%lld", (long long)n);
}

static int put_value(const struct json_doc *d, int v, struct buf *out, struct err *e);

static int put_object(const struct json_doc *d, int v, struct buf *out, struct err *e)
{
	struct entry *entries = calloc((size_t)json_size(d, v) + 1, sizeof(*entries));
	size_t i, n = 0;
	int k, r = 0;

	if (!entries)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (k = json_first(d, v); k != JSON_NONE && r == 0; k = json_next(d, k)) {
		buf_init(&entries[n].key, d->len + 1);
		entries[n].value = json_value(d, k);
		r = json_str(d, k, &entries[n].key);
		if (r == 0)
			r = check_key(&entries[n].key, e);
		n++;
	}
	if (r == 0)
		qsort(entries, n, sizeof(*entries), compare);
	buf_putc(out, '{');
	for (i = 0; i < n && r == 0; i++) {
		if (i > 0)
			buf_putc(out, ',');
		put_string(out, buf_cstr(&entries[i].key), entries[i].key.len);
		buf_putc(out, ':');
		r = put_value(d, entries[i].value, out, e);
	}
	buf_putc(out, '}');
	for (i = 0; i < n; i++)
		buf_release(&entries[i].key);
	free(entries);
	return r;
}

/* As deep as the text, which is JSON_DEPTH_MAX at most. */
static int put_value(const struct json_doc *d, int v, struct buf *out, struct err *e)
{
	struct buf text;
	const char *raw;
	size_t len;
	int r = 0, k;

	switch (json_type(d, v)) {
	case JSON_OBJECT:
		return put_object(d, v, out, e);
	case JSON_NUMBER:
		return put_number(d, v, out, e);
	case JSON_STRING:
		buf_init(&text, d->len + 1);
		r = json_str(d, v, &text);
		put_string(out, buf_cstr(&text), text.len);
		buf_release(&text);
		return r;
	case JSON_ARRAY:
		buf_putc(out, '[');
		for (k = json_first(d, v); k != JSON_NONE && r == 0; k = json_next(d, k)) {
			if (k != json_first(d, v))
				buf_putc(out, ',');
			r = put_value(d, k, out, e);
		}
		buf_putc(out, ']');
		return r;
	default:
		raw = json_raw(d, v, &len);
		return buf_append(out, raw, len);
	}
}

int canonical_json(const struct json_doc *d, int v, struct buf *out, struct err *e)
{
	int r = put_value(d, v, out, e);

	return r == 0 && buf_failed(out) ? err_set(e, ERR_NOMEM, "out of memory") : r;
}

static void hash(const void *data, size_t len, char out[FINGERPRINT_SIZE])
{
	memcpy(out, "sha256:", 7);
	digest_hex(data, len, out + 7);
}

void fingerprint_capability(const char *name, const char *version, char out[FINGERPRINT_SIZE])
{
	char text[256];

	snprintf(text, sizeof(text), "miosa-capability/%s@%s", name, version);
	hash(text, strlen(text), out);
}

int fingerprint_params(const struct json_doc *d, int v, char out[FINGERPRINT_SIZE], struct err *e)
{
	struct buf text;
	int r;

	buf_init(&text, SIZE_MAX - 1);
	r = canonical_json(d, v, &text, e);
	hash(buf_cstr(&text), text.len, out);
	buf_release(&text);
	return r;
}

static void put_member(struct buf *out, const char *key, const char *value)
{
	buf_printf(out, "\"%s\":", key);
	if (value)
		put_string(out, value, strlen(value));
	else
		buf_puts(out, "null");
}

int fingerprint_request(const char *capability, const char *params, const char *workspace, const char *invocation, char out[FINGERPRINT_SIZE])
{
	struct buf text;
	int r;

	buf_init(&text, SIZE_MAX - 1);
	buf_putc(&text, '{');
	put_member(&text, "capability", capability);
	buf_putc(&text, ',');
	put_member(&text, "invocation_id", invocation);
	buf_putc(&text, ',');
	put_member(&text, "params", params);
	buf_putc(&text, ',');
	put_member(&text, "workspace_id", workspace);
	buf_putc(&text, '}');
	r = buf_failed(&text) ? ERR_NOMEM : 0;
	hash(buf_cstr(&text), text.len, out);
	buf_release(&text);
	return r;
}
