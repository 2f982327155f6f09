/* desktop: XTEST for input, GetImage for pictures, DAMAGE for changes. See desktop.h. */
#include "config.h"

#include "local/desktop_own.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <xcb/xfixes.h>
#include <xcb/xtest.h>

#include "base/utf8.h"
#include "local/pngwrite.h"

enum { SETTLE_MS = 40, BETWEEN_BATCHES_MS = 120 };

static void sleep_ms(int ms)
{
	struct timespec t = { ms / 1000, (ms % 1000) * 1000000L };

	nanosleep(&t, NULL);
}

static void load_atoms(xcb_connection_t *c, struct desktop_atoms *ret)
{
	const struct { const char *name; xcb_atom_t *to; } wanted[] = {
		{ "_NET_CLIENT_LIST", &ret->client_list }, { "_NET_CLIENT_LIST_STACKING", &ret->stacking }, { "_NET_ACTIVE_WINDOW", &ret->active }, { "_NET_WM_NAME", &ret->net_name },
		{ "UTF8_STRING", &ret->utf8 }, { "_NET_CLOSE_WINDOW", &ret->close }, { "_NET_WM_STATE", &ret->state },
		{ "_NET_WM_STATE_MAXIMIZED_HORZ", &ret->horizontal }, { "_NET_WM_STATE_MAXIMIZED_VERT", &ret->vertical },
		{ "WM_CHANGE_STATE", &ret->change_state }, { "CLIPBOARD", &ret->clipboard }, { "TARGETS", &ret->targets }, { "INCR", &ret->incr },
		{ "ASSENT_TRANSFER", &ret->transfer },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(wanted); i++) {
		xcb_intern_atom_reply_t *r = xcb_intern_atom_reply(c, xcb_intern_atom(c, 0, (uint16_t)strlen(wanted[i].name), wanted[i].name), NULL);

		*wanted[i].to = r ? r->atom : XCB_ATOM_NONE;
		free(r);
	}
}

static int connect_socket(const char *path, struct err *e)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(sun.sun_path) || fd < 0) {
		if (fd >= 0)
			close(fd);
		return err_set(e, ERR_IO, "%s: no socket for it", path);
	}
	memcpy(sun.sun_path, path, strlen(path) + 1);
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) < 0) {
		err_sys(e, ERR_IO, errno, "%s", path);
		close(fd);
		return ERR_IO;
	}
	return fd;
}

static void load_keymap(struct desktop *d)
{
	const xcb_setup_t *setup = xcb_get_setup(d->c);
	xcb_get_keyboard_mapping_reply_t *r;

	d->min_keycode = setup->min_keycode;
	r = xcb_get_keyboard_mapping_reply(d->c, xcb_get_keyboard_mapping(d->c, setup->min_keycode, (uint8_t)(setup->max_keycode - setup->min_keycode + 1)), NULL);
	if (!r)
		return;
	d->per_keycode = r->keysyms_per_keycode;
	d->keymap_len = (size_t)xcb_get_keyboard_mapping_keysyms_length(r);
	d->keymap = malloc(d->keymap_len * sizeof(*d->keymap));
	if (d->keymap)
		memcpy(d->keymap, xcb_get_keyboard_mapping_keysyms(r), d->keymap_len * sizeof(*d->keymap));
	free(r);
}

static void watch_damage(struct desktop *d)
{
	const xcb_query_extension_reply_t *x = xcb_get_extension_data(d->watch, &xcb_damage_id);

	if (!x || !x->present)
		return;
	free(xcb_damage_query_version_reply(d->watch, xcb_damage_query_version(d->watch, 1, 1), NULL));
	d->damage_event = x->first_event;
	d->damage = xcb_generate_id(d->watch);
	xcb_damage_create(d->watch, d->damage, d->screen->root, XCB_DAMAGE_REPORT_LEVEL_BOUNDING_BOX);
	xcb_flush(d->watch);
}

/* Pictures never have the cursor in them; but taking it away for a picture counts as damage, and so each picture would ask for the next. */
static void hide_cursor(struct desktop *d)
{
	const xcb_query_extension_reply_t *x = xcb_get_extension_data(d->c, &xcb_xfixes_id);

	if (!x || !x->present)
		return;
	free(xcb_xfixes_query_version_reply(d->c, xcb_xfixes_query_version(d->c, 4, 0), NULL));
	xcb_xfixes_hide_cursor(d->c, d->screen->root);
}

static xcb_connection_t *connect_display(const char *path, const uint8_t cookie[16], struct err *e)
{
	char name[] = "MIT-MAGIC-COOKIE-1", data[16];
	xcb_auth_info_t auth = { .namelen = sizeof(name) - 1, .name = name, .datalen = 16, .data = data };
	xcb_connection_t *c;
	int fd = connect_socket(path, e);

	if (fd < 0)
		return NULL;
	memcpy(data, cookie, 16);
	c = xcb_connect_to_fd(fd, &auth);
	if (!xcb_connection_has_error(c))
		return c;
	xcb_disconnect(c);
	err_set(e, ERR_IO, "the X server refuses the connection");
	return NULL;
}

int desktop_open(const char *socket_path, const uint8_t cookie[16], struct desktop **ret, struct err *e)
{
	struct desktop *d = calloc(1, sizeof(*d));

	if (!d)
		return err_set(e, ERR_NOMEM, "out of memory");
	d->c = connect_display(socket_path, cookie, e);
	d->watch = d->c ? connect_display(socket_path, cookie, e) : NULL;
	if (!d->watch) {
		if (d->c)
			xcb_disconnect(d->c);
		free(d);
		return ERR_IO;
	}
	d->screen = xcb_setup_roots_iterator(xcb_get_setup(d->c)).data;
	load_atoms(d->c, &d->atoms);
	load_keymap(d);
	watch_damage(d);
	desktop_clip_open(d);
	hide_cursor(d);
	xcb_flush(d->c);
	*ret = d;
	return d->keymap ? 0 : err_set(e, ERR_IO, "the X server has no keymap");
}

int desktop_fd(const struct desktop *d)
{
	return xcb_get_file_descriptor(d->watch);
}

void desktop_size(const struct desktop *d, int *width, int *height)
{
	*width = d->screen->width_in_pixels;
	*height = d->screen->height_in_pixels;
}

int desktop_screenshot(struct desktop *d, const struct desktop_rect *r, struct buf *png, struct err *e)
{
	xcb_get_image_reply_t *image = xcb_get_image_reply(d->c, xcb_get_image(d->c, XCB_IMAGE_FORMAT_Z_PIXMAP, d->screen->root, (int16_t)r->x, (int16_t)r->y,
							   (uint16_t)r->width, (uint16_t)r->height, ~0U), NULL);
	int result;

	if (!image)
		return err_set(e, ERR_IO, "the X server gives no picture");
	result = image->depth == 24 && xcb_get_image_data_length(image) >= r->width * r->height * 4 ?
		 pngwrite_bgrx(png, xcb_get_image_data(image), r->width, r->height) : ERR_IO;
	free(image);
	return result == 0 ? 0 : err_set(e, result, "the picture cannot be written");
}

void desktop_move(struct desktop *d, int x, int y)
{
	xcb_test_fake_input(d->c, XCB_MOTION_NOTIFY, 0, 0, d->screen->root, (int16_t)x, (int16_t)y, 0);
}

void desktop_button(struct desktop *d, int button, bool down)
{
	xcb_test_fake_input(d->c, down ? XCB_BUTTON_PRESS : XCB_BUTTON_RELEASE, (uint8_t)button, 0, XCB_NONE, 0, 0, 0);
}

static void fake_key(struct desktop *d, int keycode, bool down)
{
	xcb_test_fake_input(d->c, down ? XCB_KEY_PRESS : XCB_KEY_RELEASE, (uint8_t)keycode, 0, XCB_NONE, 0, 0, 0);
}

void desktop_sync(struct desktop *d)
{
	free(xcb_get_input_focus_reply(d->c, xcb_get_input_focus(d->c), NULL));
}

/* The keyboard's own key for a keysym, without Shift; 0 for none. Keycodes that we took are not its own any more. */
static int native_keycode(const struct desktop *d, uint32_t keysym)
{
	size_t i;

	for (i = 0; i < d->keymap_len; i += (size_t)d->per_keycode) {
		int keycode = d->min_keycode + (int)(i / (size_t)d->per_keycode);

		if (d->keymap[i] == keysym && (keycode < OWN_FIRST || keycode >= OWN_FIRST + OWN_COUNT))
			return keycode;
	}
	return 0;
}

static int own_keycode(const struct desktop *d, uint32_t keysym)
{
	int i;

	for (i = 0; i < d->own_used; i++)
		if (d->own[i] == keysym)
			return OWN_FIRST + i;
	return 0;
}

/* One ChangeKeyboardMapping for all of them: each makes every client read the keymap anew. */
static void publish_own(struct desktop *d)
{
	uint32_t *syms = calloc((size_t)OWN_COUNT * (size_t)d->per_keycode, sizeof(*syms));
	int i, k;

	if (!syms)
		return;
	for (i = 0; i < d->own_used; i++)
		for (k = 0; k < d->per_keycode; k++)
			syms[i * d->per_keycode + k] = d->own[i];
	xcb_change_keyboard_mapping(d->c, OWN_COUNT, OWN_FIRST, (uint8_t)d->per_keycode, syms);
	desktop_sync(d);
	free(syms);
	sleep_ms(SETTLE_MS);
}

/* Makes sure that every keysym has a keycode. How many of the list have one: the rest is a batch of its own. */
static int map_keysyms(struct desktop *d, const uint32_t *keysyms, int count)
{
	bool fresh = false;
	int i, k, missing = 0;

	for (i = 0; i < count; i++) {
		for (k = 0; k < i && keysyms[k] != keysyms[i]; k++)
			;
		missing += k == i && !own_keycode(d, keysyms[i]);
	}
	if (missing == 0)
		return count;
	if (d->own_used + missing > OWN_COUNT) {
		sleep_ms(BETWEEN_BATCHES_MS);	/* slow clients still read the old meanings */
		d->own_used = 0;
	}
	for (i = 0; i < count; i++) {
		if (own_keycode(d, keysyms[i]))
			continue;
		if (d->own_used == OWN_COUNT)
			break;
		d->own[d->own_used++] = keysyms[i];
		fresh = true;
	}
	if (fresh)
		publish_own(d);
	return i;
}

int desktop_type(struct desktop *d, const char *text, int delay_ms, struct err *e)
{
	uint32_t batch[512];
	size_t len = strlen(text), pos = 0, n;

	while (pos < len) {
		int count = 0, done = 0, mapped, i;

		while (pos < len && count < (int)ARRAY_LEN(batch)) {
			uint32_t cp;

			n = utf8_decode(text + pos, len - pos, &cp);
			if (n == 0)
				return err_set(e, ERR_INVALID, "the text is not UTF-8");
			pos += n;
			if (cp == '\r' && text[pos] == '\n')
				continue;
			batch[count++] = keyname_of_char(cp);
		}
		while (done < count) {
			mapped = map_keysyms(d, batch + done, count - done);
			for (i = 0; i < mapped; i++) {
				int keycode = own_keycode(d, batch[done + i]);

				fake_key(d, keycode, true);
				fake_key(d, keycode, false);
				if (delay_ms > 0) {
					desktop_sync(d);
					sleep_ms(delay_ms);
				}
			}
			done += mapped;
			desktop_sync(d);
		}
	}
	return 0;
}

int desktop_chord(struct desktop *d, const struct keychord *c, bool down, bool up, struct err *e)
{
	int keycodes[KEYNAME_CHORD_MAX], i;

	for (i = 0; i < c->count; i++) {
		keycodes[i] = native_keycode(d, c->keysyms[i]);
		if (!keycodes[i] && map_keysyms(d, &c->keysyms[i], 1) == 1)
			keycodes[i] = own_keycode(d, c->keysyms[i]);
		if (!keycodes[i])
			return err_set(e, ERR_INVALID, "the keyboard has no such key");
	}
	for (i = 0; down && i < c->count; i++)
		fake_key(d, keycodes[i], true);
	for (i = c->count; up && i-- > 0;)
		fake_key(d, keycodes[i], false);
	desktop_sync(d);
	return 0;
}

void desktop_cursor(struct desktop *d, int *x, int *y)
{
	xcb_query_pointer_reply_t *r = xcb_query_pointer_reply(d->c, xcb_query_pointer(d->c, d->screen->root), NULL);

	*x = r ? r->root_x : 0;
	*y = r ? r->root_y : 0;
	free(r);
}

static void add_dirty(struct desktop *d, const xcb_rectangle_t *a)
{
	int right = a->x + a->width, bottom = a->y + a->height;

	if (d->changed) {
		int old_right = d->dirty.x + d->dirty.width, old_bottom = d->dirty.y + d->dirty.height;

		right = right > old_right ? right : old_right;
		bottom = bottom > old_bottom ? bottom : old_bottom;
		d->dirty.x = a->x < d->dirty.x ? a->x : d->dirty.x;
		d->dirty.y = a->y < d->dirty.y ? a->y : d->dirty.y;
	} else {
		d->dirty.x = a->x;
		d->dirty.y = a->y;
	}
	d->dirty.width = right - d->dirty.x;
	d->dirty.height = bottom - d->dirty.y;
	d->changed = true;
}

void desktop_event(struct desktop *d, xcb_generic_event_t *ev)
{
	if (d->damage && (ev->response_type & 0x7f) == d->damage_event + XCB_DAMAGE_NOTIFY) {
		add_dirty(d, &((xcb_damage_notify_event_t *)ev)->area);
		d->damaged = true;
	} else {
		desktop_clip_event(d, ev);
	}
	free(ev);
}

bool desktop_damage(struct desktop *d, struct desktop_rect *ret, bool *dead)
{
	xcb_generic_event_t *ev;
	bool changed;

	while ((ev = xcb_poll_for_event(d->watch)) != NULL)
		desktop_event(d, ev);
	if (d->damaged)
		xcb_damage_subtract(d->watch, d->damage, XCB_NONE, XCB_NONE);
	d->damaged = false;
	xcb_flush(d->watch);
	*dead = xcb_connection_has_error(d->watch) != 0;
	changed = d->changed;
	*ret = d->dirty;
	d->changed = false;
	return changed && !*dead;
}
