/* history: see history.h. */
#include "config.h"

#include "local/history.h"

#include <string.h>

#include "local/trail.h"

enum { READ_MAX = 256 * 1024 };

static void put_line(const char *line, size_t len, struct jsonw *w)
{
	struct trail_event ev;
	struct buf row;

	if (!trail_parse(line, len, &ev) || ev.len < 2)
		return;
	buf_init(&row, SIZE_MAX - 1);
	buf_printf(&row, "{\"id\":\"%s\",", ev.id);
	buf_append(&row, ev.json + 1, ev.len - 1);
	if (!buf_failed(&row))
		jw_raw(w, row.data, row.len);
	buf_release(&row);
}

static void put_all(const struct trail *t, struct jsonw *w)
{
	uint64_t at = trail_first(t), next;
	const char *line, *end;
	struct buf lines;

	buf_init(&lines, SIZE_MAX - 1);
	for (; at < trail_end(t) && trail_read(t, at, READ_MAX, &lines, &next, NULL) == 0; at = next) {
		for (line = lines.data; (end = memchr(line, '\n', lines.len - (size_t)(line - lines.data))) != NULL; line = end + 1)
			put_line(line, (size_t)(end - line), w);
		buf_clear(&lines);
	}
	buf_release(&lines);
}

void history_reply(struct api_call *c, struct events *ev)
{
	struct buf b;
	struct jsonw w;

	if (api_wants_stream(c)) {
		events_subscribe_all(ev, c->req);
		return;
	}
	api_data(&b, &w);
	jw_begin(&w, '[');
	put_all(events_trail(ev), &w);
	jw_end(&w, ']');
	api_send_data(c, 200, &b, &w);
}
