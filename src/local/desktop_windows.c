/* desktop_windows: the windows of a desktop, by what its window manager tells, and requests to it (EWMH, ICCCM). See desktop.h. */
#include "config.h"

#include "local/desktop_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* To be freed; NULL for none. */
static xcb_get_property_reply_t *property(struct desktop *d, xcb_window_t w, xcb_atom_t name, xcb_atom_t type)
{
	return xcb_get_property_reply(d->c, xcb_get_property(d->c, 0, w, name, type, 0, 4096), NULL);
}

/* The second of two names, which is the program's. */
static void put_class(struct desktop *d, xcb_window_t id, struct jsonw *w)
{
	xcb_get_property_reply_t *r = property(d, id, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING);
	const char *text = r ? xcb_get_property_value(r) : NULL;
	size_t len = r ? (size_t)xcb_get_property_value_length(r) : 0, first = text ? strnlen(text, len) : 0;

	if (first < len) {
		jw_key(w, "app");
		jw_strn(w, text + first + 1, strnlen(text + first + 1, len - first - 1));
	}
	free(r);
}

/* How many windows lie below it; -1 where the window manager does not tell. */
static int stacking_of(struct desktop *d, xcb_window_t id)
{
	xcb_get_property_reply_t *list = property(d, d->screen->root, d->atoms.stacking, XCB_ATOM_WINDOW);
	int i, n = list ? xcb_get_property_value_length(list) / 4 : 0;

	for (i = 0; i < n && ((xcb_window_t *)xcb_get_property_value(list))[i] != id; i++)
		;
	free(list);
	return i < n ? i : -1;
}

static void put_window(struct desktop *d, xcb_window_t id, xcb_window_t active, struct jsonw *w)
{
	xcb_get_geometry_reply_t *g = xcb_get_geometry_reply(d->c, xcb_get_geometry(d->c, id), NULL);
	xcb_translate_coordinates_reply_t *at = xcb_translate_coordinates_reply(d->c, xcb_translate_coordinates(d->c, id, d->screen->root, 0, 0), NULL);
	xcb_get_property_reply_t *title = property(d, id, d->atoms.net_name, d->atoms.utf8);
	int stacking = stacking_of(d, id);
	char number[16];

	if (!title || xcb_get_property_value_length(title) == 0) {
		free(title);
		title = property(d, id, XCB_ATOM_WM_NAME, XCB_ATOM_ANY);
	}
	if (g && at) {
		snprintf(number, sizeof(number), "%u", id);
		jw_begin(w, '{');
		jw_kstr(w, "id", number);
		jw_key(w, "title");
		jw_strn(w, title ? xcb_get_property_value(title) : "", title ? (size_t)xcb_get_property_value_length(title) : 0);
		put_class(d, id, w);
		jw_kint(w, "x", at->dst_x);
		jw_kint(w, "y", at->dst_y);
		jw_kint(w, "width", g->width);
		jw_kint(w, "height", g->height);
		/* Both names that servers of the API are known for. */
		jw_kbool(w, "focused", id == active);
		jw_kbool(w, "is_focused", id == active);
		if (stacking >= 0)
			jw_kint(w, "stacking", stacking);
		jw_end(w, '}');
	}
	free(g);
	free(at);
	free(title);
}

void desktop_windows(struct desktop *d, struct jsonw *w)
{
	xcb_get_property_reply_t *list = property(d, d->screen->root, d->atoms.client_list, XCB_ATOM_WINDOW);
	xcb_get_property_reply_t *active = property(d, d->screen->root, d->atoms.active, XCB_ATOM_WINDOW);
	xcb_window_t focused = active && xcb_get_property_value_length(active) >= 4 ? *(xcb_window_t *)xcb_get_property_value(active) : XCB_NONE;
	int i, n = list ? xcb_get_property_value_length(list) / 4 : 0;

	jw_begin(w, '[');
	for (i = 0; i < n; i++)
		put_window(d, ((xcb_window_t *)xcb_get_property_value(list))[i], focused, w);
	jw_end(w, ']');
	free(list);
	free(active);
}

int desktop_window(struct desktop *d, uint32_t window, struct desktop_rect *ret, struct err *e)
{
	xcb_get_geometry_reply_t *g = xcb_get_geometry_reply(d->c, xcb_get_geometry(d->c, window), NULL);
	xcb_translate_coordinates_reply_t *at = xcb_translate_coordinates_reply(d->c, xcb_translate_coordinates(d->c, window, d->screen->root, 0, 0), NULL);
	bool there = g && at;

	if (there)
		*ret = (struct desktop_rect){ at->dst_x, at->dst_y, g->width, g->height };
	free(g);
	free(at);
	return there ? 0 : err_set(e, ERR_INVALID, "there is no window %u", window);
}

/* To the window manager, about a window. */
static int ask_manager(struct desktop *d, uint32_t window, xcb_atom_t type, const uint32_t data[3], struct err *e)
{
	xcb_client_message_event_t m = { .response_type = XCB_CLIENT_MESSAGE, .format = 32, .window = window, .type = type };
	struct desktop_rect rect;
	int r = desktop_window(d, window, &rect, e);

	if (r < 0)
		return r;
	memcpy(m.data.data32, data, 3 * sizeof(*data));
	xcb_send_event(d->c, 0, d->screen->root, XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY, (const char *)&m);
	desktop_sync(d);
	return 0;
}

/* The first word where the message has a source: 2, a pager, which asks for its user. */
int desktop_focus(struct desktop *d, uint32_t window, struct err *e)
{
	return ask_manager(d, window, d->atoms.active, (const uint32_t[3]){ 2 }, e);
}

int desktop_close(struct desktop *d, uint32_t window, struct err *e)
{
	return ask_manager(d, window, d->atoms.close, (const uint32_t[3]){ XCB_CURRENT_TIME, 2 }, e);
}

int desktop_maximize(struct desktop *d, uint32_t window, struct err *e)
{
	return ask_manager(d, window, d->atoms.state, (const uint32_t[3]){ 1, d->atoms.horizontal, d->atoms.vertical }, e);
}

int desktop_minimize(struct desktop *d, uint32_t window, struct err *e)
{
	return ask_manager(d, window, d->atoms.change_state, (const uint32_t[3]){ 3 }, e);
}

static int configure(struct desktop *d, uint32_t window, uint16_t mask, const uint32_t values[2], struct err *e)
{
	struct desktop_rect rect;
	int r = desktop_window(d, window, &rect, e);

	if (r < 0)
		return r;
	xcb_configure_window(d->c, window, mask, values);
	desktop_sync(d);
	return 0;
}

int desktop_move_window(struct desktop *d, uint32_t window, int x, int y, struct err *e)
{
	return configure(d, window, XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y, (const uint32_t[2]){ (uint32_t)x, (uint32_t)y }, e);
}

int desktop_resize_window(struct desktop *d, uint32_t window, int width, int height, struct err *e)
{
	return configure(d, window, XCB_CONFIG_WINDOW_WIDTH | XCB_CONFIG_WINDOW_HEIGHT, (const uint32_t[2]){ (uint32_t)width, (uint32_t)height }, e);
}
