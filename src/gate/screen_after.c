/*
 * screen_after: what an action that a person approved made of the screen: looked at behind its answer until nothing changes any more, or for a few seconds,
 * and kept, with what is not as it was before. Whoever asked has the answer already. Something else that is sent there ends it: the picture would show that too.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/pictures.h"
#include "gate/screens.h"
#include "gate/sight.h"
#include "io/log.h"
#include "io/png.h"

enum { STILL_MS = 150, WATCH_MS = 3000 };

struct screen_after {
	struct screen_after *next, **prev;
	struct gate *gate;
	int64_t action;
	char *session;		/* own */
	struct buf png;		/* the newest picture; empty for none yet */
	char sha256[DIGEST_HEX + 1];
	int64_t begun_boot_ms;
	bool over;		/* nothing more is to be looked at */
	char detail[80];
	uint8_t *was;		/* own: pixels of the one before, while the newest is decoded */
	int width, height;
};

static void after_free(struct screen_after *w)
{
	*w->prev = w->next;
	if (w->next)
		w->next->prev = w->prev;
	buf_release(&w->png);
	free(w->session);
	free(w->was);
	free(w);
}

void screen_afters_release(struct gate *g)
{
	while (g->screen_afters)
		after_free(g->screen_afters);
}

/* It may have ended long ago, as far as the queue is concerned; and while a person has control nothing of the screen is recorded. */
static void keep(struct screen_after *w, const struct screen_changes *changes)
{
	struct gate *g = w->gate;
	struct action *a = queue_find(&g->queue, w->action);

	if (a && !a->stripped && !takeover_of(g, w->session) && picture_keep(g, a, SCREEN_AFTER, w->png.data, w->png.len, changes, w->detail, NULL) == 0)
		gate_changed(g, a);
	after_free(w);
}

static void on_newest(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	struct screen_changes changes = { .count = 0 };
	struct screen_after *w = arg;

	if (!rgb)
		log_line("action %lld: what changed is not known: %s", (long long)w->action, error);
	else if (width != w->width || height != w->height)
		changes = (struct screen_changes){ .rects = { { 0, 0, width, height } }, .count = 1 };
	else
		screen_changes(w->was, rgb, width, height, &changes);
	free(rgb);
	keep(w, &changes);
}

static void on_was(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	const struct screen_changes none = { .count = 0 };
	struct screen_after *w = arg;

	w->was = rgb;
	w->width = width;
	w->height = height;
	if (rgb) {
		sight_decode(w->gate, w->png.data, w->png.len, on_newest, w);
		return;
	}
	log_line("action %lld: what changed is not known: %s", (long long)w->action, error);
	keep(w, &none);
}

/* The newest picture is the one. What changed: since the one before it was sent, else since the one that was decided on. */
static void finish(struct screen_after *w, const char *words)
{
	const struct action *a = queue_find(&w->gate->queue, w->action);
	const struct screen_changes none = { .count = 0 };
	enum action_screen from;
	struct buf was;

	w->over = true;
	snprintf(w->detail, sizeof(w->detail), "%s, %lld ms behind its answer", words, (long long)(clock_boot_ms() - w->begun_boot_ms));
	if (!a || w->png.len == 0) {
		after_free(w);
		return;
	}
	from = a->screens[SCREEN_BEFORE][0] ? SCREEN_BEFORE : SCREEN_DECIDED;
	buf_init(&was, PNG_BYTES_MAX);
	if (strcmp(a->screens[from], w->sha256) == 0 || picture_get(w->gate, a, from, &was, NULL) < 0)
		keep(w, &none);
	else
		sight_decode(w->gate, was.data, was.len, on_was, w);
	buf_release(&was);
}

static void take(void *arg);

static void on_taken(const struct sight *s, void *arg)
{
	struct screen_after *w = arg;

	if (w->over) {
		after_free(w);
		return;
	}
	if (!s->png) {
		log_line("action %lld: its screen could not be looked at behind it: %s", (long long)w->action, s->error);
		finish(w, "the last that came");
		return;
	}
	if (strcmp(s->sha256, w->sha256) == 0) {
		finish(w, "settled");
		return;
	}
	buf_clear(&w->png);
	buf_append(&w->png, s->png, s->len);
	snprintf(w->sha256, sizeof(w->sha256), "%s", s->sha256);
	if (clock_boot_ms() - w->begun_boot_ms >= WATCH_MS)
		finish(w, "not settled");
	else
		sight_later(w->gate, STILL_MS, take, w);
}

static void take(void *arg)
{
	struct screen_after *w = arg;

	if (w->over)
		after_free(w);
	else
		sight_take(w->gate, w->session, SIGHT_PICTURE, on_taken, w);
}

void screen_after(struct gate *g, const struct action *a)
{
	struct screen_after *w;

	if (!screen_matters(a) || strcmp(a->decided_kind, "person") != 0 || action_is_operators(a) || a->state == ACTION_NOT_SENT)
		return;
	w = calloc(1, sizeof(*w));
	if (!w)
		abort();
	*w = (struct screen_after){ .next = g->screen_afters, .prev = &g->screen_afters, .gate = g, .action = a->id, .session = gate_strdup(a->session),
				    .begun_boot_ms = clock_boot_ms() };
	if (w->next)
		w->next->prev = &w->next;
	g->screen_afters = w;
	buf_init(&w->png, PNG_BYTES_MAX);
	take(w);
}

/* A copy goes on with what was seen; what is on its way is of no use, and frees the rest when it comes. */
static void cut(struct screen_after *w)
{
	struct screen_after *copy = calloc(1, sizeof(*copy));

	if (!copy)
		abort();
	*copy = (struct screen_after){ .next = w->gate->screen_afters, .prev = &w->gate->screen_afters, .gate = w->gate, .action = w->action,
				       .session = gate_strdup(w->session), .png = w->png, .begun_boot_ms = w->begun_boot_ms };
	memcpy(copy->sha256, w->sha256, sizeof(copy->sha256));
	if (copy->next)
		copy->next->prev = &copy->next;
	w->gate->screen_afters = copy;
	buf_init(&w->png, PNG_BYTES_MAX);
	w->over = true;
	finish(copy, "the last before something else was sent");
}

void screen_after_cut(struct gate *g, const char *session)
{
	struct screen_after *w, *next;

	for (w = g->screen_afters; w; w = next) {
		next = w->next;
		if (!w->over && strcmp(w->session, session) == 0)
			cut(w);
	}
}
