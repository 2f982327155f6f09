/* lines: see lines.h. */
#include "config.h"

#include "gate/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"

char *line_type(const struct sse_event *ev)
{
	struct json_doc d;
	char *type = NULL;

	if (strcmp(ev->type, "message") == 0 && json_parse(ev->data, ev->data_len, &d, NULL) == 0) {
		type = json_strdup(&d, json_get(&d, json_root(&d), "type"));
		json_release(&d);
	}
	if (!type)
		type = strdup(ev->type);
	if (!type)
		abort();
	return type;
}

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), m = strlen(tail);

	return n >= m && strcmp(s + n - m, tail) == 0;
}

/* Times stand before each line anyway; pictures are no text; ids of calls only join events to each other. */
static bool is_for_machines(const struct json_doc *d, int key)
{
	static const char *const names[] = { "type", "timestamp", "ts", "data", "exec_id", "tenant_id" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (json_str_is(d, key, names[i]))
			return true;
	return false;
}

static void put_fields(const struct json_doc *d, struct buf *text)
{
	int key;

	for (key = json_first(d, json_root(d)); key != JSON_NONE; key = json_next(d, key)) {
		const char *raw;
		size_t len;

		if (is_for_machines(d, key))
			continue;
		buf_putc(text, ' ');
		json_str(d, key, text);
		buf_putc(text, '=');
		raw = json_raw(d, json_value(d, key), &len);
		/* A plain word needs no quotes. */
		if (len > 2 && raw[0] == '"' && !memchr(raw, ' ', len) && !memchr(raw, '\\', len))
			buf_append(text, raw + 1, len - 2);
		else
			buf_append(text, raw, len);
	}
}

static bool put_printed(const struct json_doc *d, struct buf *text)
{
	static const char *const fields[] = { "line", "message", "data", "text" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(fields); i++)
		if (json_str(d, json_get(d, json_root(d), fields[i]), text) == 0)
			return true;
	return false;
}

const char *line_of_event(const char *type, const struct sse_event *ev, struct buf *text)
{
	const char *stream = ends_with(type, "stderr") ? "err" : ends_with(type, "stdout") ? "out" : "event";
	bool printed = strcmp(stream, "event") != 0, object;
	struct json_doc d;

	object = json_parse(ev->data, ev->data_len, &d, NULL) == 0 && json_type(&d, json_root(&d)) == JSON_OBJECT;
	if (!printed)
		buf_puts(text, type);
	if (object && !printed) {
		put_fields(&d, text);
	} else if (!object || !put_printed(&d, text)) {
		if (!printed)
			buf_putc(text, ' ');
		buf_append(text, ev->data, ev->data_len);
	}
	json_release(&d);
	return stream;
}
