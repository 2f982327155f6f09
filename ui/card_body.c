/* card_body: a request's body laid out: the text that matters by itself, all other members beside it. See card.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"
#include "ui/card.h"

enum { FLAT_MAX = 200 };	/* bytes of members in one row */

static void put_raw(const struct json_doc *d, int v, struct buf *out)
{
	size_t len;
	const char *raw = json_raw(d, v, &len);

	buf_append(out, raw, len);
}

static void put_break(struct buf *out, int depth)
{
	buf_putc(out, '\n');
	while (depth-- > 0)
		buf_puts(out, "  ");
}

/* A value as its own tokens, one member or element in a row. skip: a member that is told elsewhere. */
static void lay_out(const struct json_doc *d, int v, int skip, int depth, struct buf *out)
{
	bool object = json_type(d, v) == JSON_OBJECT;
	int k;

	if ((!object && json_type(d, v) != JSON_ARRAY) || json_size(d, v) == 0) {
		put_raw(d, v, out);
		return;
	}
	buf_putc(out, object ? '{' : '[');
	for (k = json_first(d, v); k != JSON_NONE; k = json_next(d, k)) {
		put_break(out, depth + 1);
		if (object) {
			put_raw(d, k, out);
			buf_puts(out, ": ");
		}
		if (k == skip)
			buf_puts(out, "(as above)");
		else
			lay_out(d, object ? json_value(d, k) : k, JSON_NONE, depth + 1, out);
		if (json_next(d, k) != JSON_NONE)
			buf_putc(out, ',');
	}
	put_break(out, depth);
	buf_putc(out, object ? '}' : ']');
}

/* All members but one, in one row; false where they do not fit into one. */
static bool put_flat(const struct json_doc *d, int root, int skip, struct buf *out)
{
	int k;

	for (k = json_first(d, root); k != JSON_NONE; k = json_next(d, k)) {
		enum json_type type = json_type(d, json_value(d, k));

		if (k == skip)
			continue;
		if (type == JSON_OBJECT || type == JSON_ARRAY)
			return false;
		if (out->len > 0)
			buf_puts(out, "   ");
		put_raw(d, k, out);
		buf_puts(out, ": ");
		put_raw(d, json_value(d, k), out);
	}
	return out->len <= FLAT_MAX;
}

/* The key of the member that is this text, to the byte. */
static int find_member(const struct json_doc *d, int root, const char *text)
{
	int k;

	for (k = json_type(d, root) == JSON_OBJECT && text[0] ? json_first(d, root) : JSON_NONE; k != JSON_NONE; k = json_next(d, k)) {
		char *value = json_strdup(d, json_value(d, k));
		bool found = value && strcmp(value, text) == 0;

		free(value);
		if (found)
			return k;
	}
	return JSON_NONE;
}

/* What is written is base64: always in a sandbox (docs of the API), on a computer where the body says so. */
static bool is_base64(const struct model_action *a, const struct json_doc *d, int root)
{
	int encoding = json_get(d, root, "encoding");

	if (strcmp(a->kind, "write") != 0)
		return false;
	return strcmp(a->session_kind, "sandbox") == 0 ? !json_str_is(d, encoding, "utf8") : json_str_is(d, encoding, "base64");
}

static void take_box(const struct model_action *a, const struct json_doc *d, int root, struct card_body *ret)
{
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	if (is_base64(a, d, root) && base64_decode(&b, a->text, strlen(a->text)) == 0 && b.len > 0 && utf8_valid(b.data, b.len) && !memchr(b.data, '\0', b.len)) {
		ret->decoded = true;
		ret->box_len = b.len;
		ret->box = buf_take(&b);
	} else {
		ret->box = strdup(a->text);
		ret->box_len = strlen(a->text);
	}
	buf_release(&b);
}

void card_body_read(const struct model_action *a, struct card_body *ret)
{
	struct json_doc d;
	struct buf b;
	int root, k;

	*ret = (struct card_body){ 0 };
	buf_init(&b, SIZE_MAX - 1);
	if (a->opaque || a->body_base64[0] || json_parse(a->body, strlen(a->body), &d, NULL) < 0) {
		ret->rest = strdup(a->opaque ? a->body_hex : a->body_base64[0] ? a->body_base64 : a->body);
		return;
	}
	root = json_root(&d);
	ret->json = true;
	k = find_member(&d, root, a->text);
	if (k != JSON_NONE)
		take_box(a, &d, root, ret);
	ret->flat = json_type(&d, root) == JSON_OBJECT && put_flat(&d, root, k, &b);
	if (!ret->flat) {
		buf_clear(&b);
		lay_out(&d, root, k, 0, &b);
	}
	ret->rest = buf_take(&b);
	json_release(&d);
}

void card_body_release(struct card_body *b)
{
	free(b->box);
	free(b->rest);
	*b = (struct card_body){ 0 };
}
