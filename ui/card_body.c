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

/* The keys whose values stand in boxes. */
struct boxed {
	int keys[CARD_BOXES];
	size_t count;
};

static bool is_boxed(const struct boxed *x, int key)
{
	size_t i;

	for (i = 0; i < x->count && x->keys[i] != key; i++)
		;
	return i < x->count;
}

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

/* A value as its own tokens, one member or element in a row. */
static void lay_out(const struct json_doc *d, int v, const struct boxed *boxed, int depth, struct buf *out)
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
		if (object && is_boxed(boxed, k))
			buf_puts(out, "(as above)");
		else
			lay_out(d, object ? json_value(d, k) : k, boxed, depth + 1, out);
		if (json_next(d, k) != JSON_NONE)
			buf_putc(out, ',');
	}
	put_break(out, depth);
	buf_putc(out, object ? '}' : ']');
}

/* All members that have no box, in one row; false where they do not fit into one. */
static bool put_flat(const struct json_doc *d, int root, const struct boxed *boxed, struct buf *out)
{
	int k;

	for (k = json_first(d, root); k != JSON_NONE; k = json_next(d, k)) {
		enum json_type type = json_type(d, json_value(d, k));

		if (is_boxed(boxed, k))
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
static bool is_base64(const struct model_action *a, const struct json_doc *d, int object)
{
	int encoding = json_get(d, object, "encoding");

	if (strncmp(a->kind, "write", 5) != 0)
		return false;
	return strcmp(a->session_kind, "sandbox") == 0 ? !json_str_is(d, encoding, "utf8") : json_str_is(d, encoding, "base64");
}

/* Takes the text of this member into a box of its own; text: own, moved. */
static void add_box(struct card_body *ret, struct boxed *boxed, int key, char *name, char *text, bool base64)
{
	struct card_box *more = realloc(ret->boxes, (ret->box_count + 1) * sizeof(*more)), *box;
	struct buf b;
	size_t i;

	buf_init(&b, SIZE_MAX - 1);
	if (!more) {
		free(name);
		free(text);
		return;
	}
	ret->boxes = more;
	box = &more[ret->box_count++];
	*box = (struct card_box){ .name = name, .text = text, .len = strlen(text) };
	if (base64 && base64_decode(&b, text, box->len) == 0 && b.len > 0 && utf8_valid(b.data, b.len) && !memchr(b.data, '\0', b.len)) {
		free(text);
		box->decoded = true;
		box->len = b.len;
		box->text = buf_take(&b);
	}
	buf_release(&b);
	for (i = 0; i < box->len; i++) {
		box->breaks += box->text[i] == '\n';
		box->tabs += box->text[i] == '\t';
	}
	safetext_count(box->text, box->len, &box->counts);
	boxed->keys[boxed->count++] = key;
}

static int key_of(const struct json_doc *d, int object, const char *name)
{
	int k;

	for (k = json_first(d, object); k != JSON_NONE && !json_str_is(d, k, name); k = json_next(d, k))
		;
	return k;
}

/* Many files in one body: the text of each. What is no base64 of a text stays where it is. */
static void add_files(const struct model_action *a, const struct json_doc *d, int root, struct card_body *ret, struct boxed *boxed)
{
	static const char *const names[] = { "content_base64", "content" };
	int list = json_get(d, root, "files"), f;
	size_t i;

	for (f = json_type(d, list) == JSON_ARRAY ? json_first(d, list) : JSON_NONE; f != JSON_NONE; f = json_next(d, f)) {
		for (i = 0; i < ARRAY_LEN(names) && json_type(d, f) == JSON_OBJECT && boxed->count < CARD_BOXES; i++) {
			int key = key_of(d, f, names[i]);
			char *text = key == JSON_NONE ? NULL : json_strdup(d, json_value(d, key)), *path = json_strdup(d, json_get(d, f, "path"));

			if (text && text[0])
				add_box(ret, boxed, key, path ? path : strdup(""), text, is_base64(a, d, f));
			else {
				free(text);
				free(path);
			}
		}
	}
}

void card_body_read(const struct model_action *a, struct card_body *ret)
{
	struct boxed boxed = { .count = 0 };
	struct safetext_counts n;
	struct json_doc d;
	struct buf b;
	int root, k;

	*ret = (struct card_body){ 0 };
	buf_init(&b, SIZE_MAX - 1);
	safetext_count(a->body, strlen(a->body), &n);
	ret->unusual = n.controls || n.invisible;
	if (a->opaque || a->body_base64[0] || json_parse(a->body, strlen(a->body), &d, NULL) < 0) {
		ret->rest = strdup(a->opaque ? a->body_hex : a->body_base64[0] ? a->body_base64 : a->body);
		return;
	}
	root = json_root(&d);
	ret->json = true;
	k = find_member(&d, root, a->text);
	if (k != JSON_NONE)
		add_box(ret, &boxed, k, strdup(""), strdup(a->text), is_base64(a, &d, root));
	else if (strcmp(a->kind, "write files") == 0)
		add_files(a, &d, root, ret, &boxed);
	ret->empties = strcmp(a->kind, "write") == 0 && json_str_is(&d, json_get(&d, root, "content"), "");
	ret->flat = json_type(&d, root) == JSON_OBJECT && put_flat(&d, root, &boxed, &b);
	if (!ret->flat) {
		buf_clear(&b);
		lay_out(&d, root, &boxed, 0, &b);
	}
	ret->rest = buf_take(&b);
	json_release(&d);
}

void card_body_release(struct card_body *b)
{
	size_t i;

	for (i = 0; i < b->box_count; i++) {
		free(b->boxes[i].name);
		free(b->boxes[i].text);
	}
	free(b->boxes);
	free(b->rest);
	*b = (struct card_body){ 0 };
}
