/* letgo: see letgo.h. */
#include "config.h"

#include "gate/letgo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "gate/input.h"
#include "gate/lease.h"

struct down {
	struct down *next;		/* pressed before */
	char *session, *by;
	char lease[LEASE_DIGITS + 1];	/* under which it was pressed */
	struct hand_input up;		/* what lets it go */
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
	*d = (struct down){ .next = g->downs, .session = gate_strdup(session), .by = gate_strdup(by) };
	snprintf(d->lease, sizeof(d->lease), "%s", lease);
	hand_input_up(in, &d->up);
	g->downs = d;
}

static bool has_to_be(const struct gate *g, const struct down *d)
{
	const struct takeover *t = takeover_of(g, d->session);

	return (g->frozen.by || !t || !lease_is(t->lease, d->lease)) && !input_on_the_wire(g, d->session);
}

void letgo_pump(struct gate *g)
{
	struct down *d;
	struct err e;

	/* Each one that is sent may change the list. One that cannot be written stays, and is tried again with the journal. */
	while (!g->stopping) {
		for (d = g->downs; d && !has_to_be(g, d); d = d->next)
			;
		if (!d)
			return;
		if (!input_by_hand(g, d->session, &d->up, d->by, "let go: it was still held when control ended, or all was frozen", NULL, NULL, &e))
			return;
		down_free(g, d);
	}
}
