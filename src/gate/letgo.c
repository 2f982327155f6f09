/* letgo: see letgo.h. */
#include "config.h"

#include "gate/letgo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "gate/input.h"
#include "gate/lease.h"
#include "io/log.h"

enum { AGAIN_MS = 5000, TRIES = 12 };

struct down {
	struct down *next;		/* pressed before */
	uint64_t number;
	char *session, *by;
	char lease[LEASE_DIGITS + 1];	/* under which it was pressed; "": by a gate before this one */
	struct hand_input up;		/* what lets it go */
	bool on_the_way;
	int tries;			/* that never reached the computer */
	int64_t again_boot_ms;		/* not before */
};

static void down_free(struct gate *g, struct down *d)
{
	struct down **p = &g->downs;

	while (*p != d)
		p = &(*p)->next;
	*p = d->next;
	hand_input_release(&d->up);
	free(d->session);
	free(d->by);
	free(d);
}

void letgo_release(struct gate *g)
{
	while (g->downs)
		down_free(g, g->downs);
}

void letgo_note(struct gate *g, const char *session, const char *lease, const char *by, struct hand_input *in)
{
	static uint64_t numbers;
	struct down *d;

	if (in->hold == HAND_NEITHER)
		return;
	for (d = g->downs; d && (strcmp(d->session, session) != 0 || !hand_input_same_key(&d->up, in)); d = d->next)
		;
	if (d)
		down_free(g, d);
	if (in->hold == HAND_LETS_GO)
		return;
	d = calloc(1, sizeof(*d));
	if (!d)
		abort();
	*d = (struct down){ .next = g->downs, .number = ++numbers, .session = gate_strdup(session), .by = gate_strdup(by) };
	snprintf(d->lease, sizeof(d->lease), "%s", lease);
	hand_input_up(in, &d->up);
	g->downs = d;
}

/* ---- what a gate that was killed has left pressed ---- */

/*
 * In order of sending. What may have been pressed counts, and only what was answered is let go. Of a key that types its name is kept nowhere: nothing can let go of
 * that.
 */
static void on_press(const struct action *a, void *arg)
{
	const struct hand_screen anywhere = { .coordinates = COORDINATES_PIXELS };
	const char *verb = strstr(a->path, "/desktop/");
	struct gate *g = arg;
	struct hand_input in;
	struct json_doc d;

	if (!verb || strcmp(a->upstream, g->origin) != 0 || json_parse(a->body, a->body_len, &d, NULL) < 0)
		return;
	if (hand_input_read(verb + strlen("/desktop/"), &d, json_root(&d), &anywhere, &in, NULL) == 0) {
		if (in.hold == HAND_PRESSES || a->state == ACTION_DONE)
			letgo_note(g, a->session, "", a->decided_by ? a->decided_by : "", &in);
		hand_input_release(&in);
	}
	json_release(&d);
}

int letgo_load(struct gate *g, struct err *e)
{
	return store_presses(g->store, on_press, g, e);
}

/* ---- letting go ---- */

static bool has_to_be(const struct gate *g, const struct down *d, int64_t now)
{
	const struct takeover *t = takeover_of(g, d->session);

	return !d->on_the_way && now >= d->again_boot_ms && (g->frozen.by || !t || !lease_is(t->lease, d->lease)) && !input_on_the_wire(g, d->session);
}

/* What never reached the computer is still pressed there. */
static void on_ended(struct gate *g, const struct action *a, const char *body, size_t len, void *arg)
{
	struct down *d;

	(void)body;
	(void)len;
	for (d = g->downs; d && d->number != (uintptr_t)arg; d = d->next)
		;
	if (!d)
		return;		/* it was pressed anew meanwhile */
	d->on_the_way = false;
	d->again_boot_ms = clock_boot_ms() + AGAIN_MS;
	if (a->state == ACTION_NOT_SENT && ++d->tries < TRIES)
		return;
	if (a->state == ACTION_NOT_SENT)
		log_line("computer %s cannot be reached: something that was pressed there by hand may still be held", d->session);
	down_free(g, d);
}

/* A copy goes out: it may be needed again. */
static bool send_up(struct gate *g, struct down *d, struct err *e)
{
	struct hand_input once = { 0 };
	bool sent;

	buf_init(&once.path, d->up.path.max);
	buf_init(&once.body, d->up.body.max);
	buf_init(&once.record, d->up.record.max);
	buf_append(&once.path, d->up.path.data, d->up.path.len);
	buf_append(&once.body, d->up.body.data, d->up.body.len);
	buf_append(&once.record, d->up.record.data, d->up.record.len);
	d->on_the_way = true;
	sent = input_by_hand(g, d->session, &once, d->by,
			     d->lease[0] ? "let go: it was still held when control ended, or all was frozen" : "let go: it was still held when the gate before ended", on_ended,
			     (void *)(uintptr_t)d->number, e);
	hand_input_release(&once);
	return sent;
}

void letgo_pump(struct gate *g)
{
	int64_t now = clock_boot_ms();
	struct down *d;
	struct err e;

	/* Each one that is sent may change the list. One that cannot be written stays, and is tried again with the journal. */
	while (!g->stopping) {
		for (d = g->downs; d && !has_to_be(g, d, now); d = d->next)
			;
		if (!d)
			return;
		if (!send_up(g, d, &e)) {
			d->on_the_way = false;
			return;
		}
	}
}

int64_t letgo_next(const struct gate *g, int64_t now)
{
	const struct down *d;
	int64_t next = INT64_MAX;

	for (d = g->downs; d; d = d->next)
		if (!d->on_the_way && d->again_boot_ms > now && d->again_boot_ms < next)
			next = d->again_boot_ms;
	return next;
}
