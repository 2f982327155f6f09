/* driver_input: what a hand does: pointer, buttons, wheel, keys, and waiting. See driver_own.h. */
#include "config.h"

#include "local/driver_own.h"

#include <stdlib.h>
#include <time.h>

enum { DRAG_STEPS = 12, DRAG_STEP_MS = 8, DOUBLE_MS = 40, WAIT_MAX_MS = 60000 };

static void sleep_ms(int ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&t, NULL);
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
	int x, y, r = driver_point(q, "x", "y", &x, &y, e);

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
	int x, y, r = driver_point(q, "x", "y", &x, &y, e);

	if (r == 0) {
		desktop_move(q->desktop, x, y);
		desktop_sync(q->desktop);
	}
	return r;
}

static int mouse(struct request *q, bool down, struct err *e)
{
	int x, y, which, r = driver_point(q, "x", "y", &x, &y, e);

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
	int x, y, x2, y2, i, r = driver_point(q, "from_x", "from_y", &x, &y, e);

	if (r == 0)
		r = driver_point(q, "to_x", "to_y", &x2, &y2, e);
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
	r = driver_optional_int(q, "clicks", 1, 100, &clicks, e);
	if (r == 0 && json_get(&q->doc, q->body, "x") != JSON_NONE) {
		r = driver_point(q, "x", "y", &x, &y, e);
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
	r = driver_optional_int(q, "delay", 0, 1000, &delay, e);
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
	for (v = json_type(&q->doc, keys) == JSON_ARRAY ? json_first(&q->doc, keys) : JSON_NONE; v != JSON_NONE; v = json_next(&q->doc, v)) {
		if (text.len > 0)
			buf_putc(&text, '+');
		if (json_str(&q->doc, v, &text) < 0) {	/* without it, it would be another chord */
			buf_release(&text);
			return err_set(e, ERR_INVALID, "\"keys\" must be a list of strings");
		}
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
	int ms = 0, r = driver_optional_int(q, "ms", 0, WAIT_MAX_MS, &ms, e);

	if (r < 0)
		return r;
	if (json_double(&q->doc, json_get(&q->doc, q->body, "seconds"), &seconds) == 0)
		ms = seconds < 0 || seconds * 1000 > WAIT_MAX_MS ? -1 : (int)(seconds * 1000);
	if (ms < 0)
		return err_set(e, ERR_INVALID, "\"seconds\" must be 0 to %d", WAIT_MAX_MS / 1000);
	sleep_ms(ms);
	return 0;
}

const struct driver_op driver_input[] = {
	{ "click", op_click }, { "double-click", op_double }, { "right-click", op_right }, { "move", op_move }, { "drag", op_drag },
	{ "scroll", op_scroll }, { "mouse-down", op_mouse_down }, { "mouse-up", op_mouse_up }, { "type", op_type }, { "key", op_key },
	{ "hotkey", op_key }, { "key-down", op_key_down }, { "key-up", op_key_up }, { "wait", op_wait }, { NULL, NULL },
};
