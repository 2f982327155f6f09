/* byhand: see byhand.h. */
#include "config.h"

#include "gate/byhand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/describe.h"

void by_hand_segment(struct buf *path, const char *text)
{
	buf_putc(path, '/');
	http_encode(path, text, strlen(text), false);
}

bool by_hand_segment_ok(const char *text)
{
	return text[0] && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

static struct action *make(struct gate *g, const struct by_hand *h)
{
	struct action *a = action_new();
	const struct session *s;
	struct classified c;

	if (!a)
		abort();
	classify(h->method, h->path, &c);
	s = feed_session(g, c.session);
	a->id = g->queue.last_id + 1;
	a->agent = gate_strdup("");
	a->session = gate_strdup(c.session);
	a->session_kind = c.session_kind;
	a->class = c.class;
	a->kind = c.kind;
	a->method = h->method;
	a->upstream = gate_strdup(g->origin);
	a->path = gate_strdup(h->path);
	a->query = gate_strdup("");
	if (h->body[0])
		a->headers[HEADER_CONTENT_TYPE] = gate_strdup("application/json");
	a->body = gate_strdup(h->body);
	a->body_len = strlen(h->body);
	a->title = gate_strdup("");
	a->reason = gate_strdup("");
	a->turn = gate_strdup("");
	a->held_by = gate_strdup("a person's own hand");
	a->arrived_wall_ms = clock_wall_ms();
	a->arrived_boot_ms = clock_boot_ms();
	a->expires_boot_ms = a->arrived_boot_ms + a->hold_ms;
	if (action_digest(a, a->body, a->body_len, a->digest) < 0 || describe(a, s ? s->name : "") < 0 || action_make_key(a) < 0)
		abort();
	return a;
}

struct action *by_hand(struct gate *g, const struct by_hand *h, const char *by, struct err *e)
{
	struct store_move m = { .to = ACTION_APPROVED, .detail = h->detail };
	struct action *a = make(g, h);
	struct err local;
	char who[80];

	snprintf(who, sizeof(who), "person:%.64s", by);
	m.who = who;
	if (store_hold(g->store, a, &local) < 0) {
		gate_set_record_error(g, local.msg);
		err_set(e, ERR_IO, "%s", local.msg);
		action_free(a);
		return NULL;
	}
	if (queue_insert(&g->queue, a) < 0)
		abort();
	action_move(a, ACTION_HELD);
	a->decided_by = gate_strdup(by);
	a->decided_kind = "person";
	a->decided_wall_ms = clock_wall_ms();
	if (gate_move(g, a, &m, e) == 0)
		return a;
	/* It stays held without an asker, and is withdrawn in a while. */
	action_undecide(a);
	a->away_since_boot_ms = clock_boot_ms();
	return NULL;
}
