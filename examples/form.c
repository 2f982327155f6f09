/*
 * assent-form: a small window with an order form: three fields, two buttons, a list that scrolls and a box to drag. It is what the
 * demo's clerk fills in; and since it writes every event that it gets as one line into a file, it is the tests' witness of what arrived.
 *
 * usage: assent-form [--log FILE]      (default $HOME/form.log)
 */
#include "config.h"

#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xcb/xcb.h>

#include "base/err.h"
#include "base/utf8.h"
#include "form_access.h"

enum { WIDTH = 460, HEIGHT = 300, FIELD_X = 100, FIELD_W = 240, FIELD_H = 24, TEXT_BYTES = 1024, LIST_LINES = 40 };
enum { WHITE = 0xffffff, PANEL = 0xf2f4f7, INK = 0x1d2330, LINE = 0xa9b2c0, BLUE = 0x2563c9, GREEN = 0x1c7d45, GREY = 0x5b6472 };

static struct field {
	const char *name;
	int y;
	char text[TEXT_BYTES];
} fields[] = { { .name = "name", .y = 50 }, { .name = "address", .y = 90 }, { .name = "item", .y = 130 } };

static const struct button {
	const char *name, *label;
	int x, y, width, height, colour;
} buttons[] = { { "send", "Send", 50, 234, 80, 32, BLUE }, { "draft", "Save draft", 155, 234, 110, 32, GREY } };

static struct {
	xcb_connection_t *c;
	xcb_screen_t *screen;
	xcb_window_t window;
	xcb_gcontext_t gc;
	xcb_get_keyboard_mapping_reply_t *keymap;
	FILE *log;
	int focus, scrolled, box_x, box_y;
	bool dragging;
	const char *status;
	int status_colour;
} form = { .box_x = 370, .box_y = 240, .status = "not sent yet", .status_colour = GREY };

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(form.log, fmt, ap);
	va_end(ap);
	fputc('\n', form.log);
	fflush(form.log);
}

static void colours(uint32_t front, uint32_t back)
{
	uint32_t values[] = { front, back };

	xcb_change_gc(form.c, form.gc, XCB_GC_FOREGROUND | XCB_GC_BACKGROUND, values);
}

static void fill(int x, int y, int width, int height, uint32_t colour)
{
	xcb_rectangle_t r = { (int16_t)x, (int16_t)y, (uint16_t)width, (uint16_t)height };

	colours(colour, colour);
	xcb_poly_fill_rectangle(form.c, form.window, form.gc, 1, &r);
}

static void frame(int x, int y, int width, int height, uint32_t colour)
{
	xcb_rectangle_t r = { (int16_t)x, (int16_t)y, (uint16_t)(width - 1), (uint16_t)(height - 1) };

	colours(colour, colour);
	xcb_poly_rectangle(form.c, form.window, form.gc, 1, &r);
}

/* The server's built-in font has Latin-1; other characters show as a block. The log has them as they are. */
static void text(int x, int y, const char *s, uint32_t front, uint32_t back)
{
	char latin[128];
	size_t n = 0, i, len = strlen(s), step;
	uint32_t cp = 0;

	for (i = 0; i < len && n < sizeof(latin); i += step) {
		step = utf8_decode(s + i, len - i, &cp);
		if (step == 0)
			break;
		latin[n++] = cp < 0x100 ? (char)cp : (char)0xb7;
	}
	colours(front, back);
	xcb_image_text_8(form.c, (uint8_t)n, form.window, form.gc, (int16_t)x, (int16_t)y, latin);
}

static const char *const labels[] = { "Name", "Address", "Item" };

static void draw(void)
{
	char line[32];
	size_t i;
	int k;

	fill(0, 0, WIDTH, HEIGHT, PANEL);
	text(20, 26, "Hemingway Books: new order", INK, PANEL);
	for (i = 0; i < ARRAY_LEN(fields); i++) {
		size_t len = strlen(fields[i].text), skip = len > 38 ? len - 38 : 0;

		text(20, fields[i].y + 16, labels[i], INK, PANEL);
		fill(FIELD_X, fields[i].y, FIELD_W, FIELD_H, WHITE);
		frame(FIELD_X, fields[i].y, FIELD_W, FIELD_H, form.focus == (int)i ? BLUE : LINE);
		text(FIELD_X + 6, fields[i].y + 16, fields[i].text + skip, INK, WHITE);
		if (form.focus == (int)i)
			fill(FIELD_X + 7 + 6 * (int)(len - skip), fields[i].y + 4, 1, FIELD_H - 8, INK);
	}
	for (i = 0; i < ARRAY_LEN(buttons); i++) {
		const struct button *b = &buttons[i];

		fill(b->x, b->y, b->width, b->height, (uint32_t)b->colour);
		text(b->x + (b->width - 6 * (int)strlen(b->label)) / 2, b->y + 20, b->label, WHITE, (uint32_t)b->colour);
	}
	text(50, 210, form.status, (uint32_t)form.status_colour, PANEL);
	fill(360, 50, 86, 140, WHITE);
	frame(360, 50, 86, 140, LINE);
	for (k = 0; k < 10 && form.scrolled + k < LIST_LINES; k++) {
		snprintf(line, sizeof(line), "book %d", form.scrolled + k + 1);
		text(366, 64 + 13 * k, line, INK, WHITE);
	}
	fill(form.box_x, form.box_y, 40, 30, GREEN);
	text(form.box_x + 8, form.box_y + 19, "drag", WHITE, GREEN);
	xcb_flush(form.c);
}

static void set_focus(int n)
{
	form.focus = n;
	say("focus %s", fields[n].name);
}

static void press_button(const struct button *b)
{
	say("button %s name=%s|address=%s|item=%s", b->name, fields[0].text, fields[1].text, fields[2].text);
	form.status = strcmp(b->name, "send") == 0 ? "Sent: thank you for your order." : "Saved as a draft.";
	form.status_colour = strcmp(b->name, "send") == 0 ? GREEN : GREY;
}

static bool inside(int x, int y, int left, int top, int width, int height)
{
	return x >= left && x < left + width && y >= top && y < top + height;
}

static void on_press(const xcb_button_press_event_t *e)
{
	size_t i;

	say("raw press %d %d,%d", e->detail, e->event_x, e->event_y);
	if (e->detail == 4 || e->detail == 5) {
		form.scrolled += e->detail == 4 ? -1 : 1;
		form.scrolled = form.scrolled < 0 ? 0 : form.scrolled > LIST_LINES - 10 ? LIST_LINES - 10 : form.scrolled;
		say("scroll %s %d", e->detail == 4 ? "up" : "down", form.scrolled);
	}
	if (e->detail != 1)
		return;
	for (i = 0; i < ARRAY_LEN(fields); i++)
		if (inside(e->event_x, e->event_y, FIELD_X, fields[i].y, FIELD_W, FIELD_H))
			set_focus((int)i);
	form.dragging = inside(e->event_x, e->event_y, form.box_x, form.box_y, 40, 30);
	for (i = 0; i < ARRAY_LEN(buttons); i++)
		if (inside(e->event_x, e->event_y, buttons[i].x, buttons[i].y, buttons[i].width, buttons[i].height))
			press_button(&buttons[i]);
}

static void on_release(const xcb_button_release_event_t *e)
{
	say("raw release %d %d,%d", e->detail, e->event_x, e->event_y);
	if (form.dragging && e->detail == 1) {
		form.box_x = e->event_x - 20;
		form.box_y = e->event_y - 15;
		form.dragging = false;
		say("drag %d,%d", e->event_x, e->event_y);
	}
}

static void load_keymap(void)
{
	const xcb_setup_t *s = xcb_get_setup(form.c);

	free(form.keymap);
	form.keymap = xcb_get_keyboard_mapping_reply(form.c, xcb_get_keyboard_mapping(form.c, s->min_keycode, (uint8_t)(s->max_keycode - s->min_keycode + 1)), NULL);
}

static uint32_t keysym_of(int keycode, int state)
{
	const xcb_setup_t *s = xcb_get_setup(form.c);
	xcb_keysym_t *syms = form.keymap ? xcb_get_keyboard_mapping_keysyms(form.keymap) : NULL;
	int per = form.keymap ? form.keymap->keysyms_per_keycode : 0;
	uint32_t plain, shifted;

	if (!syms)
		return 0;
	plain = syms[(keycode - s->min_keycode) * per];
	shifted = per > 1 ? syms[(keycode - s->min_keycode) * per + 1] : 0;
	return (state & XCB_MOD_MASK_SHIFT) && shifted ? shifted : plain;
}

static void backspace(struct field *f)
{
	size_t n = strlen(f->text);

	while (n > 0 && ((unsigned char)f->text[--n] & 0xc0) == 0x80)
		;
	f->text[n] = '\0';
}

static void on_key(const xcb_key_press_event_t *e)
{
	uint32_t sym = keysym_of(e->detail, e->state), cp = sym < 0x100 ? sym : (sym & 0xff000000U) == 0x01000000U ? sym & 0xffffffU : 0;
	struct field *f = &fields[form.focus];
	char utf8[4];
	size_t n;

	say("raw key 0x%x state %d", (unsigned int)sym, e->state);
	if (sym == 0xff09) {
		set_focus((form.focus + 1) % (int)ARRAY_LEN(fields));
	} else if (sym == 0xff0d) {
		say("return");
	} else if (sym == 0xff08) {
		backspace(f);
		say("text %s=%s", f->name, f->text);
	} else if (cp >= 0x20 && !(e->state & (XCB_MOD_MASK_CONTROL | XCB_MOD_MASK_1))) {
		n = utf8_encode(cp, utf8);
		if (strlen(f->text) + n < TEXT_BYTES)
			strncat(f->text, utf8, n);
		say("text %s=%s", f->name, f->text);
	}
}

static int open_window(void)
{
	static const char title[] = "Order form", font[] = "fixed";
	uint32_t values[] = { PANEL, XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_KEY_PRESS | XCB_EVENT_MASK_BUTTON_PRESS | XCB_EVENT_MASK_BUTTON_RELEASE };
	/* WM_NORMAL_HINTS: the user's own position and size, fixed size. */
	uint32_t hints[18] = { 1 | 2 | 16 | 32, 80, 70, WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT };
	xcb_font_t f;

	form.c = xcb_connect(NULL, NULL);
	if (xcb_connection_has_error(form.c))
		return -1;
	form.screen = xcb_setup_roots_iterator(xcb_get_setup(form.c)).data;
	form.window = xcb_generate_id(form.c);
	xcb_create_window(form.c, XCB_COPY_FROM_PARENT, form.window, form.screen->root, 80, 70, WIDTH, HEIGHT, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
			  form.screen->root_visual, XCB_CW_BACK_PIXEL | XCB_CW_EVENT_MASK, values);
	xcb_change_property(form.c, XCB_PROP_MODE_REPLACE, form.window, XCB_ATOM_WM_NAME, XCB_ATOM_STRING, 8, sizeof(title) - 1, title);
	xcb_change_property(form.c, XCB_PROP_MODE_REPLACE, form.window, XCB_ATOM_WM_NORMAL_HINTS, XCB_ATOM_WM_SIZE_HINTS, 32, 18, hints);
	f = xcb_generate_id(form.c);
	xcb_open_font(form.c, f, sizeof(font) - 1, font);
	form.gc = xcb_generate_id(form.c);
	xcb_create_gc(form.c, form.gc, form.window, XCB_GC_FONT, &f);
	xcb_map_window(form.c, form.window);
	load_keymap();
	xcb_flush(form.c);
	return 0;
}

/* Where the window is; its upper left corner, without what the window manager draws round it. */
static void origin(int *x, int *y)
{
	xcb_translate_coordinates_reply_t *r = xcb_translate_coordinates_reply(form.c, xcb_translate_coordinates(form.c, form.window, form.screen->root, 0, 0), NULL);

	*x = r ? r->dst_x : 0;
	*y = r ? r->dst_y : 0;
	free(r);
}

static size_t controls(struct access_control *ret)
{
	size_t n = 0, i;

	for (i = 0; i < ARRAY_LEN(fields); i++)
		ret[n++] = (struct access_control){ ACCESS_ENTRY, labels[i], FIELD_X, fields[i].y, FIELD_W, FIELD_H, form.focus == (int)i };
	for (i = 0; i < ARRAY_LEN(buttons); i++)
		ret[n++] = (struct access_control){ ACCESS_BUTTON, buttons[i].label, buttons[i].x, buttons[i].y, buttons[i].width, buttons[i].height, false };
	ret[n++] = (struct access_control){ ACCESS_LABEL, form.status, 50, 196, 300, 20, false };
	ret[n++] = (struct access_control){ ACCESS_LIST, "Books", 360, 50, 86, 140, false };
	ret[n++] = (struct access_control){ ACCESS_PANEL, "drag", form.box_x, form.box_y, 40, 30, false };
	return n;
}

static void on_event(const xcb_generic_event_t *e)
{
	switch (e->response_type & 0x7f) {
	case XCB_BUTTON_PRESS:
		on_press((const xcb_button_press_event_t *)e);
		break;
	case XCB_BUTTON_RELEASE:
		on_release((const xcb_button_release_event_t *)e);
		break;
	case XCB_KEY_PRESS:
		on_key((const xcb_key_press_event_t *)e);
		break;
	case XCB_MAPPING_NOTIFY:
		load_keymap();
		break;
	default:
		break;
	}
}

int main(int argc, char **argv)
{
	static const struct access_source source = { "Order form", WIDTH, HEIGHT, origin, controls };
	struct pollfd polls[2];
	xcb_generic_event_t *e;
	char path[4096];

	snprintf(path, sizeof(path), "%s/form.log", getenv("HOME") ? getenv("HOME") : ".");
	form.log = fopen(argc == 3 && strcmp(argv[1], "--log") == 0 ? argv[2] : path, "w");
	if (!form.log || open_window() < 0) {
		fprintf(stderr, "assent-form: no display, or no log at %s\n", path);
		return 1;
	}
	say("open");
	polls[0] = (struct pollfd){ .fd = xcb_get_file_descriptor(form.c), .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = access_open(&source), .events = POLLIN };
	while (!xcb_connection_has_error(form.c)) {
		while ((e = xcb_poll_for_event(form.c)) != NULL) {
			on_event(e);
			free(e);
			draw();
		}
		poll(polls, 2, -1);
		if (polls[1].revents)
			access_handle();
		if (polls[1].revents & (POLLHUP | POLLERR))
			polls[1].fd = -1;
	}
	return 0;
}
