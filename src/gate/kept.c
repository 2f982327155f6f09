/* kept: see kept.h. */
#include "config.h"

#include "gate/kept.h"

#include <stdio.h>

#include "io/failpoint.h"

enum { PIECE_BYTES = 64 * 1024, PIECE_MS = 1000 };

/* The piece is on disk, or a is as it was. */
static int write_piece(struct kept *k, struct action *a, enum action_answer state, const char *detail, struct err *e)
{
	const enum action_answer before = a->answer;

	a->answer = state;
	a->answer_kept += (int64_t)k->pending.len;
	if (store_answer(k->gate->store, a, buf_cstr(&k->pending), k->pending.len, detail, e) == 0) {
		buf_clear(&k->pending);
		return 0;
	}
	a->answer = before;
	a->answer_kept -= (int64_t)k->pending.len;
	return ERR_IO;
}

static void next_piece(struct kept *k)
{
	struct gate *g = k->gate;
	struct err e;
	int r = write_piece(k, queue_find(&g->queue, k->action), ANSWER_COMING, "", &e);

	gate_set_record_error(g, r < 0 ? e.msg : NULL);
	if (r == 0)
		failpoint(FAILPOINT_PIECE);
}

static void on_second(uv_timer_t *t)
{
	struct gate *g = t->data;
	struct kept *k;

	for (k = g->kept.list; k; k = k->next) {
		if (k->pending.len > 0)
			next_piece(k);
		if (k->pending.len > 0)
			uv_timer_start(t, on_second, PIECE_MS, 0);	/* it could not be written */
	}
}

void kept_init(struct gate *g)
{
	uv_timer_init(g->loop, &g->kept.timer);
	g->kept.timer.data = g;
}

void kept_close(struct gate *g)
{
	uv_close((uv_handle_t *)&g->kept.timer, NULL);
}

void kept_begin(struct kept *k, struct gate *g, int64_t action)
{
	*k = (struct kept){ .gate = g, .action = action, .next = g->kept.list, .prev = &g->kept.list };
	if (k->next)
		k->next->prev = &k->next;
	g->kept.list = k;
	buf_init(&k->pending, STORE_RESULT_MAX);
}

void kept_add(struct kept *k, const char *data, size_t len)
{
	struct gate *g = k->gate;
	struct action *a = queue_find(&g->queue, k->action);
	size_t room = STORE_RESULT_MAX - (size_t)a->answer_kept - k->pending.len;

	a->answer_len += (int64_t)len;
	buf_append(&k->pending, data, len < room ? len : room);
	if (k->pending.len >= PIECE_BYTES && !g->record_error[0])
		next_piece(k);
	if (k->pending.len > 0 && !uv_is_active((uv_handle_t *)&g->kept.timer))
		uv_timer_start(&g->kept.timer, on_second, PIECE_MS, 0);
}

int kept_end(struct kept *k, enum action_answer end, struct err *e)
{
	struct action *a = queue_find(&k->gate->queue, k->action);
	int64_t kept = a->answer_kept + (int64_t)k->pending.len;
	char text[160];
	int n = snprintf(text, sizeof(text), "its answer: %s, %lld bytes", action_answer_name(end), (long long)a->answer_len);

	if (kept < a->answer_len)
		snprintf(text + n, sizeof(text) - (size_t)n, ", of which the first %lld are kept", (long long)kept);
	return write_piece(k, a, end, text, e);
}

void kept_release(struct kept *k)
{
	if (!k->prev)
		return;
	*k->prev = k->next;
	if (k->next)
		k->next->prev = k->prev;
	k->prev = NULL;
	buf_release(&k->pending);
}
