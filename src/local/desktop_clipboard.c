/* desktop_clipboard: the CLIPBOARD selection, read and owned, by the ICCCM; large texts come in pieces (INCR). See desktop.h. */
#include "config.h"

#include "local/desktop_own.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { ANSWER_MS = 1000, TEXT_MAX = 1024 * 1024 };

void desktop_clip_open(struct desktop *d)
{
	const uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;

	d->clip.window = xcb_generate_id(d->watch);
	xcb_create_window(d->watch, XCB_COPY_FROM_PARENT, d->clip.window, d->screen->root, 0, 0, 1, 1, 0, XCB_WINDOW_CLASS_INPUT_ONLY,
			  XCB_COPY_FROM_PARENT, XCB_CW_EVENT_MASK, &events);
	xcb_flush(d->watch);
}

static void forget(struct desktop *d)
{
	free(d->clip.text);
	d->clip.text = NULL;
	d->clip.len = 0;
}

/* Somebody wants our text: it goes into a property of his window, and he is told; property none: we cannot. */
static void give(struct desktop *d, const xcb_selection_request_event_t *q)
{
	xcb_selection_notify_event_t told = { .response_type = XCB_SELECTION_NOTIFY, .time = q->time, .requestor = q->requestor,
					      .selection = q->selection, .target = q->target, .property = q->property ? q->property : q->target };
	const xcb_atom_t targets[] = { d->atoms.targets, d->atoms.utf8 };

	if (d->clip.text && q->target == d->atoms.targets)
		xcb_change_property(d->watch, XCB_PROP_MODE_REPLACE, q->requestor, told.property, XCB_ATOM_ATOM, 32, ARRAY_LEN(targets), targets);
	else if (d->clip.text && q->target == d->atoms.utf8)
		xcb_change_property(d->watch, XCB_PROP_MODE_REPLACE, q->requestor, told.property, d->atoms.utf8, 8, (uint32_t)d->clip.len, d->clip.text);
	else
		told.property = XCB_ATOM_NONE;
	xcb_send_event(d->watch, 0, q->requestor, 0, (const char *)&told);
	xcb_flush(d->watch);
}

void desktop_clip_event(struct desktop *d, const xcb_generic_event_t *ev)
{
	switch (ev->response_type & 0x7f) {
	case XCB_SELECTION_REQUEST:
		give(d, (const xcb_selection_request_event_t *)(const void *)ev);
		break;
	case XCB_SELECTION_CLEAR:
		forget(d);
		break;
	default:
		break;
	}
}

int desktop_clipboard_set(struct desktop *d, const char *text, struct err *e)
{
	xcb_get_selection_owner_reply_t *r;
	size_t len = strlen(text);
	bool ours;

	if (len > TEXT_MAX)
		return err_set(e, ERR_INVALID, "\"text\" must be at most %d bytes", TEXT_MAX);
	forget(d);
	d->clip.text = strdup(text);
	if (!d->clip.text)
		return err_set(e, ERR_NOMEM, "out of memory");
	d->clip.len = len;
	xcb_set_selection_owner(d->watch, d->clip.window, d->atoms.clipboard, XCB_CURRENT_TIME);
	r = xcb_get_selection_owner_reply(d->watch, xcb_get_selection_owner(d->watch, d->atoms.clipboard), NULL);
	ours = r && r->owner == d->clip.window;
	free(r);
	return ours ? 0 : err_set(e, ERR_IO, "the X server does not give us the clipboard");
}

/* The next event of this type for our window; NULL: none came in time. Others are handled meanwhile. To be freed. */
static xcb_generic_event_t *await(struct desktop *d, uint8_t type, int64_t until_ms)
{
	struct pollfd p = { .fd = xcb_get_file_descriptor(d->watch), .events = POLLIN };
	xcb_generic_event_t *ev;
	int64_t left;

	xcb_flush(d->watch);
	for (;;) {
		while ((ev = xcb_poll_for_event(d->watch)) != NULL) {
			if ((ev->response_type & 0x7f) == type)
				return ev;
			desktop_event(d, ev);
		}
		left = until_ms - clock_boot_ms();
		if (left <= 0 || xcb_connection_has_error(d->watch) || poll(&p, 1, (int)left) < 0)
			return NULL;
	}
}

/* What is in our transfer property goes to out, and the property away. ret_incr (may be NULL): it only says that pieces will come. The bytes, or an error. */
static int take_property(struct desktop *d, struct buf *out, bool *ret_incr)
{
	xcb_get_property_reply_t *r = xcb_get_property_reply(d->watch, xcb_get_property(d->watch, 1, d->clip.window, d->atoms.transfer, XCB_ATOM_ANY,
										       0, TEXT_MAX), NULL);
	int n = r ? xcb_get_property_value_length(r) : ERR_IO, failed = 0;

	if (r && ret_incr && r->type == d->atoms.incr)
		*ret_incr = true;
	else if (n > 0)
		failed = buf_append(out, xcb_get_property_value(r), (size_t)n);
	free(r);
	return failed < 0 ? failed : n;
}

static int take_pieces(struct desktop *d, struct buf *out, struct err *e)
{
	int n = 1;

	while (n > 0) {
		xcb_generic_event_t *ev = await(d, XCB_PROPERTY_NOTIFY, clock_boot_ms() + ANSWER_MS);
		const xcb_property_notify_event_t *p = (const void *)ev;

		if (!ev)
			return err_set(e, ERR_IO, "the clipboard's owner stopped in the middle of its text");
		if (p->window == d->clip.window && p->atom == d->atoms.transfer && p->state == XCB_PROPERTY_NEW_VALUE)
			n = take_property(d, out, NULL);
		free(ev);
	}
	return n < 0 ? err_set(e, n, "the clipboard's text is longer than %d bytes", TEXT_MAX) : 0;
}

int desktop_clipboard_get(struct desktop *d, struct buf *out, struct err *e)
{
	xcb_get_selection_owner_reply_t *owner;
	xcb_generic_event_t *ev;
	bool nobody, given, pieces = false;
	struct buf text;
	int r;

	if (d->clip.text)
		return buf_append(out, d->clip.text, d->clip.len);
	owner = xcb_get_selection_owner_reply(d->watch, xcb_get_selection_owner(d->watch, d->atoms.clipboard), NULL);
	nobody = !owner || owner->owner == XCB_NONE;
	free(owner);
	if (nobody)
		return 0;
	xcb_delete_property(d->watch, d->clip.window, d->atoms.transfer);
	xcb_convert_selection(d->watch, d->clip.window, d->atoms.clipboard, d->atoms.utf8, d->atoms.transfer, XCB_CURRENT_TIME);
	ev = await(d, XCB_SELECTION_NOTIFY, clock_boot_ms() + ANSWER_MS);
	if (!ev)
		return err_set(e, ERR_IO, "the clipboard's owner does not answer");
	given = ((const xcb_selection_notify_event_t *)(const void *)ev)->property != XCB_ATOM_NONE;
	free(ev);
	if (!given)
		return 0;	/* what it has is no text */
	buf_init(&text, TEXT_MAX);
	r = take_property(d, &text, &pieces);
	r = r < 0 ? err_set(e, r, "the clipboard's text cannot be read") : pieces ? take_pieces(d, &text, e) : 0;
	if (r == 0)
		r = buf_append(out, buf_cstr(&text), text.len);
	buf_release(&text);
	return r;
}
