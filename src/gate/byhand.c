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

static struct action *make(const struct gate *g, const struct by_hand *h)
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
	a->headers[HEADER_ACCEPT] = h->accept ? gate_strdup(h->accept) : NULL;
	if (h->body[0])
		a->headers[HEADER_CONTENT_TYPE] = gate_strdup("application/json");
	a->body = gate_strdup(h->body);
	a->body_len = strlen(h->body);
	a->title = gate_strdup("");
	a->reason = gate_strdup("");
	a->turn = gate_strdup("");
	a->held_by = gate_strdup("a person's own hand");
	a->stream = c.stream;
	a->content = c.content;
	a->arrived_wall_ms = clock_wall_ms();
	a->arrived_boot_ms = clock_boot_ms();
	a->expires_boot_ms = a->arrived_boot_ms + a->hold_ms;
	if (action_digest(a, a->body, a->body_len, a->digest) < 0 || describe(a, s ? s->name : "") < 0 || action_make_key(a) < 0)
		abort();
	return a;
}

/* Who waits for the end of one. */
struct hand_wait {
	struct hand_wait *next;
	int64_t action;
	void (*ended)(struct gate *g, const struct action *a, const char *body, size_t len, void *arg);
	void *arg;
};

static void wait_for(struct gate *g, const struct action *a, const struct by_hand *h)
{
	struct hand_wait *w = h->ended ? calloc(1, sizeof(*w)) : NULL;

	if (!h->ended)
		return;
	if (!w)
		abort();
	*w = (struct hand_wait){ .next = g->hand_waits, .action = a->id, .ended = h->ended, .arg = h->arg };
	g->hand_waits = w;
}

static struct hand_wait *take_wait(struct gate *g, int64_t action)
{
	struct hand_wait **p = &g->hand_waits, *w;

	while (*p && (*p)->action != action)
		p = &(*p)->next;
	w = *p;
	if (w)
		*p = w->next;
	return w;
}

void by_hand_ended(struct gate *g, const struct action *a, const char *body, size_t len)
{
	struct hand_wait *w = take_wait(g, a->id);

	if (!w)
		return;
	w->ended(g, a, body, len, w->arg);
	free(w);
}

void by_hand_release(struct gate *g)
{
	struct hand_wait *w;

	while ((w = g->hand_waits) != NULL) {
		g->hand_waits = w->next;
		free(w);
	}
}

struct action *by_hand(struct gate *g, const struct by_hand *h, const char *by, struct err *e)
{
	struct action *a;
	char who[80];

	if (!gate_may_send(g)) {
		err_set(e, ERR_IO, "%s", g->record_error[0] ? g->record_error : "the journal cannot be written");
		return NULL;
	}
	a = make(g, h);
	snprintf(who, sizeof(who), "person:%.64s", by);
	a->decided_by = gate_strdup(by);
	a->decided_kind = "person";
	a->decided_wall_ms = clock_wall_ms();
	wait_for(g, a, h);
	if (executor_send_by_hand(g, a, h->typed, who, h->detail, e) == 0)
		return a;
	free(take_wait(g, a->id));
	action_free(a);
	return NULL;
}
