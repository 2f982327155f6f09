/* driver_screen: what is seen on a display, its windows and its clipboard. See driver_own.h. */
#include "config.h"

#include "local/driver_own.h"

#include <stdlib.h>

enum { SIZE_MAX_PX = 8192 };

static int op_screenshot(struct request *q, struct err *e)
{
	struct desktop_rect r = { 0 };

	q->png = true;
	desktop_size(q->desktop, &r.width, &r.height);
	return desktop_screenshot(q->desktop, &r, q->answer, e);
}

static int op_region(struct request *q, struct err *e)
{
	struct desktop_rect rect;
	int width, height, r = driver_point(q, "x", "y", &rect.x, &rect.y, e);

	desktop_size(q->desktop, &width, &height);
	if (r == 0)
		r = driver_int(q, "width", 1, width - rect.x, &rect.width, e);
	if (r == 0)
		r = driver_int(q, "height", 1, height - rect.y, &rect.height, e);
	q->png = true;
	return r < 0 ? r : desktop_screenshot(q->desktop, &rect, q->answer, e);
}

static int op_cursor(struct request *q, struct err *e)
{
	int x, y;

	(void)e;
	desktop_cursor(q->desktop, &x, &y);
	buf_printf(q->answer, "{\"x\":%d,\"y\":%d}", x, y);
	return 0;
}

static int op_size(struct request *q, struct err *e)
{
	int width, height;

	(void)e;
	desktop_size(q->desktop, &width, &height);
	buf_printf(q->answer, "{\"width\":%d,\"height\":%d}", width, height);
	return 0;
}

static int op_windows(struct request *q, struct err *e)
{
	struct jsonw w;

	(void)e;
	jw_init(&w, q->answer);
	desktop_windows(q->desktop, &w);
	return 0;
}

static int window_id(const struct request *q, uint32_t *ret, struct err *e)
{
	int v = json_get(&q->doc, q->body, "window_id");
	char *text = json_strdup(&q->doc, v), *rest = NULL;
	int64_t id = text ? strtoll(text, &rest, 10) : 0;

	if (rest && *rest)
		id = 0;
	free(text);
	if (!rest)
		json_int(&q->doc, v, &id);
	if (id <= 0 || id > UINT32_MAX)
		return err_set(e, ERR_INVALID, "\"window_id\" must be a window's id");
	*ret = (uint32_t)id;
	return 0;
}

static int on_window(const struct request *q, int (*act)(struct desktop *d, uint32_t window, struct err *e), struct err *e)
{
	uint32_t id;
	int r = window_id(q, &id, e);

	return r < 0 ? r : act(q->desktop, id, e);
}

static int op_focus(struct request *q, struct err *e) { return on_window(q, desktop_focus, e); }
static int op_maximize(struct request *q, struct err *e) { return on_window(q, desktop_maximize, e); }
static int op_minimize(struct request *q, struct err *e) { return on_window(q, desktop_minimize, e); }
static int op_close(struct request *q, struct err *e) { return on_window(q, desktop_close, e); }

static int op_move_window(struct request *q, struct err *e)
{
	uint32_t id;
	int x, y, r = window_id(q, &id, e);

	if (r == 0)
		r = driver_point(q, "x", "y", &x, &y, e);
	return r < 0 ? r : desktop_move_window(q->desktop, id, x, y, e);
}

static int op_resize_window(struct request *q, struct err *e)
{
	uint32_t id;
	int width, height, r = window_id(q, &id, e);

	if (r == 0)
		r = driver_int(q, "width", 1, SIZE_MAX_PX, &width, e);
	if (r == 0)
		r = driver_int(q, "height", 1, SIZE_MAX_PX, &height, e);
	return r < 0 ? r : desktop_resize_window(q->desktop, id, width, height, e);
}

static int window_rect(const struct request *q, struct desktop_rect *ret, struct err *e)
{
	uint32_t id;
	int r = window_id(q, &id, e);

	return r < 0 ? r : desktop_window(q->desktop, id, ret, e);
}

static int op_window_size(struct request *q, struct err *e)
{
	struct desktop_rect rect;
	int r = window_rect(q, &rect, e);

	return r < 0 ? r : buf_printf(q->answer, "{\"width\":%d,\"height\":%d}", rect.width, rect.height);
}

static int op_window_position(struct request *q, struct err *e)
{
	struct desktop_rect rect;
	int r = window_rect(q, &rect, e);

	return r < 0 ? r : buf_printf(q->answer, "{\"x\":%d,\"y\":%d}", rect.x, rect.y);
}

static int op_get_clipboard(struct request *q, struct err *e)
{
	struct jsonw w;
	struct buf text;
	int r;

	buf_init(&text, SIZE_MAX - 1);
	r = desktop_clipboard_get(q->desktop, &text, e);
	if (r == 0) {
		jw_init(&w, q->answer);
		jw_begin(&w, '{');
		jw_key(&w, "text");
		jw_strn(&w, buf_cstr(&text), text.len);
		jw_end(&w, '}');
	}
	buf_release(&text);
	return r;
}

static int op_set_clipboard(struct request *q, struct err *e)
{
	char *text = json_strdup(&q->doc, json_get(&q->doc, q->body, "text"));
	int r = text ? desktop_clipboard_set(q->desktop, text, e) : err_set(e, ERR_INVALID, "\"text\" must be a string without U+0000");

	free(text);
	return r;
}

static int op_environment(struct request *q, struct err *e)
{
	int width, height;

	(void)e;
	desktop_size(q->desktop, &width, &height);
	return buf_printf(q->answer, "{\"name\":\"blackbox\",\"session_type\":\"x11\",\"resolution\":\"%dx%d\",\"width\":%d,\"height\":%d,\"color_depth\":24}",
			  width, height, width, height);
}

const struct driver_op driver_screen[] = {
	{ "screenshot", op_screenshot }, { "screenshot/region", op_region }, { "cursor", op_cursor }, { "screen-size", op_size }, { "windows", op_windows },
	{ "window/focus", op_focus }, { "window/maximize", op_maximize }, { "window/minimize", op_minimize }, { "window/close", op_close },
	{ "window/move", op_move_window }, { "window/resize", op_resize_window }, { "window/size", op_window_size },
	{ "window/position", op_window_position }, { "clipboard/get", op_get_clipboard }, { "clipboard", op_set_clipboard },
	{ "environment", op_environment }, { NULL, NULL },
};
