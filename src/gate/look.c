/* look: see look.h. */
#include "config.h"

#include "gate/look.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "io/png.h"

enum { AGAIN_MS = 90 };		/* a caret is to be seen for 300 ms at least */

struct look {
	struct look *next, **prev;
	struct gate *gate;
	struct look_for for_what;	/* its session and png stand below */
	char session[256], sha256[DIGEST_HEX + 1];
	struct buf kept;
	uint8_t *was;			/* own; the kept one's pixels, once they are decoded */
	int width, height;
	struct sight sight;		/* the last one, its png in `now` */
	struct buf now;
	char error[320];
	const char *differs;		/* literal: what of the focus or the cursor is not as it was; no waiting makes that the same */
	struct screen_changes changes;
	int64_t until_boot_ms;
	int pictures;
	void (*done)(const struct looked *k, void *arg);
	void *arg;
};

static void look_free(struct look *l)
{
	*l->prev = l->next;
	if (l->next)
		l->next->prev = l->prev;
	buf_release(&l->kept);
	buf_release(&l->now);
	free(l->was);
	free(l);
}

void looks_release(struct gate *g)
{
	while (g->looks)
		look_free(g->looks);
}

static void end(struct look *l, enum look_verdict v, const char *why)
{
	struct looked k = { .verdict = v, .why = why, .sight = &l->sight, .changes = l->changes, .pictures = l->pictures };

	l->done(&k, l->arg);
	look_free(l);
}

static void take(void *arg);

/* The picture is not the same. It may be in a moment, where it is a caret's. */
static void not_the_same(struct look *l)
{
	if (clock_boot_ms() < l->until_boot_ms)
		sight_later(l->gate, AGAIN_MS, take, l);
	else
		end(l, LOOK_CHANGED, "the screen changed round the target");
}

static bool is_same(const struct look *l, const uint8_t *now)
{
	size_t i;

	for (i = 0; i < l->for_what.box_count; i++)
		if (!screen_same_in(l->was, now, l->width, l->height, &l->for_what.boxes[i]))
			return false;
	return true;
}

static void end_same(struct look *l)
{
	end(l, l->differs ? LOOK_CHANGED : LOOK_SAME, l->differs ? l->differs : "");
}

static void on_now(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	struct look *l = arg;
	bool same;

	if (!rgb) {
		end(l, LOOK_UNKNOWN, error);
		return;
	}
	if (width != l->width || height != l->height) {
		free(rgb);
		l->changes = (struct screen_changes){ .rects = { { 0, 0, width, height } }, .count = 1 };
		end(l, LOOK_CHANGED, "the screen has another size now");
		return;
	}
	same = is_same(l, rgb);
	screen_changes(l->was, rgb, width, height, &l->changes);
	free(rgb);
	if (!same && !l->differs)
		not_the_same(l);
	else
		end_same(l);
}

static void decode_now(struct look *l)
{
	sight_decode(l->gate, l->now.data, l->now.len, on_now, l);
}

static void on_was(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	struct look *l = arg;

	l->was = rgb;
	l->width = width;
	l->height = height;
	if (rgb)
		decode_now(l);
	else
		end(l, LOOK_UNKNOWN, error);
}

static void compare_pictures(struct look *l)
{
	l->changes.count = 0;
	if (strcmp(l->sha256, l->sight.sha256) == 0)
		end_same(l);
	else if (l->was)
		decode_now(l);
	else
		sight_decode(l->gate, l->kept.data, l->kept.len, on_was, l);
}

static const char *state_differs(const struct look *l)
{
	const char *why = NULL;

	if (l->for_what.what & SIGHT_FOCUS)
		why = desktop_focus_differs(&l->for_what.state, &l->sight.state);
	if (!why && (l->for_what.what & SIGHT_CURSOR))
		why = desktop_cursor_differs(&l->for_what.state, &l->sight.state);
	return why;
}

static void on_taken(const struct sight *s, void *arg)
{
	struct look *l = arg;

	l->sight = *s;
	snprintf(l->error, sizeof(l->error), "%s", s->error);
	l->sight.error = l->error;
	buf_clear(&l->now);
	buf_append(&l->now, s->png, s->len);
	l->sight.png = s->png ? l->now.data : NULL;
	l->pictures++;
	l->differs = state_differs(l);
	if (s->png)
		compare_pictures(l);
	else
		end(l, LOOK_UNKNOWN, l->error);
}

static void take(void *arg)
{
	struct look *l = arg;

	sight_take(l->gate, l->session, SIGHT_PICTURE | l->for_what.what, on_taken, l);
}

void look(struct gate *g, const struct look_for *for_what, void (*done)(const struct looked *k, void *arg), void *arg)
{
	struct look *l = calloc(1, sizeof(*l));

	if (!l)
		abort();
	*l = (struct look){ .next = g->looks, .prev = &g->looks, .gate = g, .for_what = *for_what, .done = done, .arg = arg,
			    .until_boot_ms = for_what->wait_ms > 0 ? clock_boot_ms() + for_what->wait_ms : 0 };
	if (l->next)
		l->next->prev = &l->next;
	g->looks = l;
	snprintf(l->session, sizeof(l->session), "%s", for_what->session);
	buf_init(&l->kept, PNG_BYTES_MAX);
	buf_init(&l->now, PNG_BYTES_MAX);
	buf_append(&l->kept, for_what->png, for_what->len);
	digest_hex(l->kept.data, l->kept.len, l->sha256);
	take(l);
}
