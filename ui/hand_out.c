/* hand_out: see hand_out.h. */
#include "config.h"

#include "ui/hand_out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"

void hand_out_init(struct hand_out *o)
{
	*o = (struct hand_out){ 0 };
}

static void take_out(struct hand_out *o, int i)
{
	buf_release(&o->items[i].body);
	memmove(o->items + i, o->items + i + 1, (size_t)(--o->count - i) * sizeof(*o->items));
}

void hand_out_release(struct hand_out *o)
{
	while (o->count > 0)
		take_out(o, o->count - 1);
	o->sent = false;
}

bool hand_out_stuck(const struct hand_out *o, int64_t now)
{
	return o->sent && now - o->sent_ms >= HAND_LATE_MS;
}

bool hand_out_takes(const struct hand_out *o, int count, int64_t now)
{
	return !hand_out_stuck(o, now) && o->count + count <= HAND_OUT_MAX;
}

static struct hand_item *add(struct hand_out *o, const char *verb, int64_t now)
{
	struct hand_item *x = &o->items[o->count++];

	*x = (struct hand_item){ .verb = verb, .at_ms = now };
	buf_init(&x->body, 8 * HAND_TEXT_MAX);
	return x;
}

/* The last one, while it waits and is this; to be changed. NULL. */
static struct hand_item *last(struct hand_out *o, const char *verb)
{
	struct hand_item *x = o->count > o->sent ? &o->items[o->count - 1] : NULL;

	return x && strcmp(x->verb, verb) == 0 ? x : NULL;
}

bool hand_out_type(struct hand_out *o, const char *text, size_t len, int64_t now)
{
	struct hand_item *x = last(o, "type");

	if (hand_out_stuck(o, now))
		return false;
	if (!x || !x->typed || x->body.len + len > HAND_TEXT_MAX) {
		if (!hand_out_takes(o, 1, now))
			return false;
		x = add(o, "type", now);
		x->typed = true;
	}
	buf_append(&x->body, text, len);
	return true;
}

static void put_text(struct buf *body, const char *text)
{
	struct jsonw w;

	jw_init(&w, body);
	jw_begin(&w, '{');
	jw_kstr(&w, "text", text);
	jw_end(&w, '}');
}

bool hand_out_text(struct hand_out *o, const char *verb, const char *text, int64_t now)
{
	if (strlen(text) > HAND_TEXT_MAX || !hand_out_takes(o, 1, now))
		return false;
	put_text(&add(o, verb, now)->body, text);
	return true;
}

bool hand_out_put(struct hand_out *o, const char *verb, int pair, bool up, int64_t now, const char *fmt, ...)
{
	struct hand_item *x;
	char text[512];
	va_list ap;

	if (up ? o->count == HAND_OUT_MAX + HAND_OUT_UPS : !hand_out_takes(o, 1, now))
		return false;
	x = add(o, verb, now);
	x->pair = pair;
	x->up = up;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_puts(&x->body, text);
	return true;
}

const struct hand_item *hand_out_next(struct hand_out *o, int64_t now)
{
	struct hand_item *x = &o->items[0];
	struct buf body;

	if (o->count == 0 || o->sent || (x->typed && o->count == 1 && now - x->at_ms < HAND_BATCH_MS))
		return NULL;
	if (x->typed) {
		buf_init(&body, x->body.max);
		put_text(&body, buf_cstr(&x->body));
		buf_release(&x->body);
		x->body = body;
		x->typed = false;
	}
	o->sent = true;
	o->sent_ms = now;
	return x;
}

/* The other half of the i-th, which stands behind it, is not needed. */
static void take_out_up(struct hand_out *o, int i)
{
	int k;

	for (k = i + 1; k < o->count; k++) {
		if (o->items[k].pair == o->items[i].pair) {
			take_out(o, k);
			return;
		}
	}
}

/* From the i-th on nothing goes out, but what lets go of a key or button whose press did. Returns how many were dropped. */
static int drop_from(struct hand_out *o, int i)
{
	int dropped = 0;

	while (i < o->count) {
		if (o->items[i].up) {
			i++;
			continue;
		}
		if (o->items[i].pair)
			take_out_up(o, i);
		take_out(o, i);
		dropped++;
	}
	return dropped;
}

int hand_out_answered(struct hand_out *o, bool done)
{
	if (!o->sent)
		return 0;
	o->sent = false;
	take_out(o, 0);
	return done ? 0 : drop_from(o, 0);
}

int hand_out_late(struct hand_out *o, int64_t now)
{
	int i;

	for (i = o->sent; i < o->count; i++)
		if (!o->items[i].up && now - o->items[i].at_ms >= HAND_LATE_MS)
			return drop_from(o, i);
	return 0;
}

int64_t hand_out_due_ms(const struct hand_out *o)
{
	const struct hand_item *x = &o->items[o->sent];

	if (o->count <= o->sent)
		return INT64_MAX;
	if (o->sent)
		return x->up ? INT64_MAX : x->at_ms + HAND_LATE_MS;
	return x->typed && o->count == 1 ? x->at_ms + HAND_BATCH_MS : x->at_ms;
}
