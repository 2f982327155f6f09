/* driver_child: the driver's own process: reads requests, drives the desktop, reports damage. See driver.h. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/desktop.h"
#include "local/driver.h"

enum { REQUEST_MAX = 4 * 1024 * 1024, DAMAGE_MS = 33, DRAG_STEPS = 12, DRAG_STEP_MS = 8, DOUBLE_MS = 40, WAIT_MAX_MS = 60000, SIZE_MAX_PX = 8192 };

struct request {
	struct json_doc doc;
	int body;
	struct desktop *desktop;
	struct buf *answer;
	bool png;
};

static int channel;

static void write_all(const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(channel, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0);
		p += n;
		len -= (size_t)n;
	}
}

static void read_all(void *data, size_t len)
{
	char *p = data;

	while (len > 0) {
		ssize_t n = read(channel, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0);
		p += n;
		len -= (size_t)n;
	}
}

/* kind: 0 damage, else an HTTP status; 1000 more for a PNG. */
static void send_message(uint32_t kind, const char *data, size_t len)
{
	uint32_t head[2] = { (uint32_t)len, kind };

	write_all(head, sizeof(head));
	write_all(data, len);
}

static void sleep_ms(int ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&t, NULL);
}

static int whole(const struct request *q, const char *key, int least, int most, int *ret, struct err *e)
{
	int v = json_get(&q->doc, q->body, key);
	int64_t n;

	if (v == JSON_NONE)
		return err_set(e, ERR_NOTFOUND, "\"%s\" is missing", key);
	if (json_int(&q->doc, v, &n) < 0)
		return err_set(e, ERR_INVALID, "\"%s\" must be a whole number", key);
	if (n < least || n > most)
		return err_set(e, ERR_INVALID, "\"%s\" must be %d to %d", key, least, most);
	*ret = (int)n;
	return 0;
}

static int optional(const struct request *q, const char *key, int least, int most, int *ret, struct err *e)
{
	int r = whole(q, key, least, most, ret, e);

	return r == ERR_NOTFOUND ? 0 : r;
}

static int point(const struct request *q, const char *kx, const char *ky, int *x, int *y, struct err *e)
{
	int width, height, r;

	desktop_size(q->desktop, &width, &height);
	r = whole(q, kx, 0, width - 1, x, e);
	return r < 0 ? r : whole(q, ky, 0, height - 1, y, e);
}

static int button(const struct request *q, int *ret, struct err *e)
{
	int v = json_get(&q->doc, q->body, "button");

	if (v == JSON_NONE || json_str_is(&q->doc, v, "left"))
		*ret = 1;
	else if (json_str_is(&q->doc, v, "middle"))
		*ret = 2;
	else if (json_str_is(&q->doc, v, "right"))
		*ret = 3;
	else
		return err_set(e, ERR_INVALID, "\"button\" must be left, middle or right");
	return 0;
}

static void press(struct desktop *d, int which)
{
	desktop_button(d, which, true);
	desktop_button(d, which, false);
	desktop_sync(d);
}

static int click(struct request *q, int which, int times, struct err *e)
{
	int x, y, r = point(q, "x", "y", &x, &y, e);

	if (r == 0 && which == 0)
		r = button(q, &which, e);
	if (r < 0)
		return r;
	desktop_move(q->desktop, x, y);
	while (times-- > 0) {
		press(q->desktop, which);
		if (times > 0)
			sleep_ms(DOUBLE_MS);
	}
	return 0;
}

static int op_click(struct request *q, struct err *e) { return click(q, 0, 1, e); }
static int op_double(struct request *q, struct err *e) { return click(q, 1, 2, e); }
static int op_right(struct request *q, struct err *e) { return click(q, 3, 1, e); }

static int op_move(struct request *q, struct err *e)
{
	int x, y, r = point(q, "x", "y", &x, &y, e);

	if (r == 0) {
		desktop_move(q->desktop, x, y);
		desktop_sync(q->desktop);
	}
	return r;
}

static int mouse(struct request *q, bool down, struct err *e)
{
	int x, y, which, r = point(q, "x", "y", &x, &y, e);

	if (r == 0)
		r = button(q, &which, e);
	if (r < 0)
		return r;
	desktop_move(q->desktop, x, y);
	desktop_button(q->desktop, which, down);
	desktop_sync(q->desktop);
	return 0;
}

static int op_mouse_down(struct request *q, struct err *e) { return mouse(q, true, e); }
static int op_mouse_up(struct request *q, struct err *e) { return mouse(q, false, e); }

static int op_drag(struct request *q, struct err *e)
{
	int x, y, x2, y2, i, r = point(q, "from_x", "from_y", &x, &y, e);

	if (r == 0)
		r = point(q, "to_x", "to_y", &x2, &y2, e);
	if (r < 0)
		return r;
	desktop_move(q->desktop, x, y);
	desktop_button(q->desktop, 1, true);
	for (i = 1; i <= DRAG_STEPS; i++) {
		desktop_move(q->desktop, x + (x2 - x) * i / DRAG_STEPS, y + (y2 - y) * i / DRAG_STEPS);
		desktop_sync(q->desktop);
		sleep_ms(DRAG_STEP_MS);
	}
	desktop_button(q->desktop, 1, false);
	desktop_sync(q->desktop);
	return 0;
}

static int op_scroll(struct request *q, struct err *e)
{
	static const char *const directions[] = { "up", "down", "left", "right" };
	int v = json_get(&q->doc, q->body, "direction"), clicks = 3, which, x, y, r;

	for (which = 0; which < 4 && !json_str_is(&q->doc, v, directions[which]); which++)
		;
	if (which == 4)
		return err_set(e, ERR_INVALID, "\"direction\" must be up, down, left or right");
	r = optional(q, "clicks", 1, 100, &clicks, e);
	if (r == 0 && json_get(&q->doc, q->body, "x") != JSON_NONE) {
		r = point(q, "x", "y", &x, &y, e);
		if (r == 0)
			desktop_move(q->desktop, x, y);
	}
	while (r == 0 && clicks-- > 0)
		press(q->desktop, 4 + which);
	return r;
}

static int op_type(struct request *q, struct err *e)
{
	char *text = json_strdup(&q->doc, json_get(&q->doc, q->body, "text"));
	int delay = 0, r;

	if (!text)
		return err_set(e, ERR_INVALID, "\"text\" must be a string without U+0000");
	r = optional(q, "delay", 0, 1000, &delay, e);
	if (r == 0)
		r = desktop_type(q->desktop, text, delay, e);
	free(text);
	return r;
}

static int chord(struct request *q, bool down, bool up, struct err *e)
{
	int keys = json_get(&q->doc, q->body, "keys"), v;
	struct keychord c;
	struct buf text;
	int r;

	buf_init(&text, 1024);
	if (keys == JSON_NONE)
		json_str(&q->doc, json_get(&q->doc, q->body, "key"), &text);
	else if (json_type(&q->doc, keys) == JSON_STRING)
		json_str(&q->doc, keys, &text);
	for (v = json_first(&q->doc, keys); v != JSON_NONE; v = json_next(&q->doc, v)) {
		if (text.len > 0)
			buf_putc(&text, '+');
		json_str(&q->doc, v, &text);
	}
	r = buf_failed(&text) || text.len == 0 ? err_set(e, ERR_INVALID, "\"key\" or \"keys\" must name a key") : keyname_parse(text.data, &c, e);
	buf_release(&text);
	return r < 0 ? r : desktop_chord(q->desktop, &c, down, up, e);
}

static int op_key(struct request *q, struct err *e) { return chord(q, true, true, e); }
static int op_key_down(struct request *q, struct err *e) { return chord(q, true, false, e); }
static int op_key_up(struct request *q, struct err *e) { return chord(q, false, true, e); }

static int op_wait(struct request *q, struct err *e)
{
	double seconds = 0;
	int ms = 0, r = optional(q, "ms", 0, WAIT_MAX_MS, &ms, e);

	if (r < 0)
		return r;
	if (json_double(&q->doc, json_get(&q->doc, q->body, "seconds"), &seconds) == 0)
		ms = seconds < 0 || seconds * 1000 > WAIT_MAX_MS ? -1 : (int)(seconds * 1000);
	if (ms < 0)
		return err_set(e, ERR_INVALID, "\"seconds\" must be 0 to %d", WAIT_MAX_MS / 1000);
	sleep_ms(ms);
	return 0;
}

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
	int width, height, r = point(q, "x", "y", &rect.x, &rect.y, e);

	desktop_size(q->desktop, &width, &height);
	if (r == 0)
		r = whole(q, "width", 1, width - rect.x, &rect.width, e);
	if (r == 0)
		r = whole(q, "height", 1, height - rect.y, &rect.height, e);
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
		r = point(q, "x", "y", &x, &y, e);
	return r < 0 ? r : desktop_move_window(q->desktop, id, x, y, e);
}

static int op_resize_window(struct request *q, struct err *e)
{
	uint32_t id;
	int width, height, r = window_id(q, &id, e);

	if (r == 0)
		r = whole(q, "width", 1, SIZE_MAX_PX, &width, e);
	if (r == 0)
		r = whole(q, "height", 1, SIZE_MAX_PX, &height, e);
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

static const struct { const char *op; int (*run)(struct request *q, struct err *e); } ops[] = {
	{ "click", op_click }, { "double-click", op_double }, { "right-click", op_right }, { "move", op_move }, { "drag", op_drag },
	{ "scroll", op_scroll }, { "mouse-down", op_mouse_down }, { "mouse-up", op_mouse_up }, { "type", op_type }, { "key", op_key },
	{ "hotkey", op_key }, { "key-down", op_key_down }, { "key-up", op_key_up }, { "wait", op_wait }, { "screenshot", op_screenshot },
	{ "screenshot/region", op_region }, { "cursor", op_cursor }, { "screen-size", op_size }, { "windows", op_windows },
	{ "window/focus", op_focus }, { "window/maximize", op_maximize }, { "window/minimize", op_minimize }, { "window/close", op_close },
	{ "window/move", op_move_window }, { "window/resize", op_resize_window }, { "window/size", op_window_size },
	{ "window/position", op_window_position }, { "clipboard/get", op_get_clipboard }, { "clipboard", op_set_clipboard },
	{ "environment", op_environment },
};

static void run_op(struct request *q, const char *op)
{
	uint32_t status = 422;
	struct err e;
	size_t i;
	int r = ERR_NOTFOUND;

	err_set(&e, ERR_NOTFOUND, "no such operation");
	for (i = 0; i < ARRAY_LEN(ops); i++)
		if (strcmp(ops[i].op, op) == 0)
			r = ops[i].run(q, &e);
	if (r == 0 && q->answer->len == 0)
		buf_puts(q->answer, "{\"success\":true}");
	if (r == 0)
		send_message(q->png ? 1200 : 200, q->answer->data, q->answer->len);
	else
		send_message(r == ERR_IO ? 502 : status, e.msg, strlen(e.msg));
}

/* A request: its length, then op, NUL, JSON. */
static void take_request(struct desktop *d)
{
	struct request q = { .desktop = d };
	struct buf answer;
	uint32_t len;
	char *text;
	struct err e;

	read_all(&len, sizeof(len));
	text = len <= REQUEST_MAX ? malloc(len + 1) : NULL;
	if (!text)
		_exit(1);
	read_all(text, len);
	text[len] = '\0';
	buf_init(&answer, SIZE_MAX - 1);
	q.answer = &answer;
	if (json_parse(text + strlen(text) + 1, len - strlen(text) - 1, &q.doc, &e) < 0)
		send_message(422, e.msg, strlen(e.msg));
	else
		run_op(&q, text);
	json_release(&q.doc);
	buf_release(&answer);
	free(text);
}

static void send_damage(const struct desktop_rect *r)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "{\"rects\":[[%d,%d,%d,%d]],\"extension\":\"assent-local\"}", r->x, r->y, r->width, r->height);

	send_message(0, text, (size_t)n);
}

int driver_main(int fd)
{
	struct desktop_rect dirty = { 0 }, rect;
	int64_t last = 0, now;
	struct desktop *d;
	struct pollfd polls[2];
	uint32_t len;
	char hello[400];
	int width, height;
	bool pending = false, dead = false;
	struct err e;

	channel = fd;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The first message: 16 bytes of cookie, then the path of the socket. */
	read_all(&len, sizeof(len));
	if (len <= 16 || len >= sizeof(hello))
		return 1;
	read_all(hello, len);
	hello[len] = '\0';
	if (desktop_open(hello + 16, (const uint8_t *)hello, &d, &e) < 0) {
		send_message(502, e.msg, strlen(e.msg));
		return 1;
	}
	desktop_size(d, &width, &height);
	snprintf(hello, sizeof(hello), "{\"width\":%d,\"height\":%d}", width, height);
	send_message(200, hello, strlen(hello));
	polls[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = desktop_fd(d), .events = POLLIN };
	while (!dead) {
		now = clock_boot_ms();
		if (desktop_damage(d, &rect, &dead)) {
			dirty = rect;
			pending = true;
		}
		if (pending && now - last >= DAMAGE_MS) {
			send_damage(&dirty);
			pending = false;
			last = now;
		}
		/* While a report waits its turn the display's own events wait too: the server adds them up. */
		polls[1].events = (short)(pending ? 0 : POLLIN);
		if (poll(polls, 2, pending ? (int)(DAMAGE_MS - (now - last)) : -1) < 0 && errno != EINTR)
			return 1;
		if (polls[0].revents & (POLLIN | POLLHUP))
			take_request(d);
	}
	return 0;
}
