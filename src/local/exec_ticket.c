/* exec_ticket: see exec_ticket.h. */
#include "config.h"

#include "local/exec_ticket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/feed.h"

enum { KEPT = 256 * 1024 };

struct exec_ticket {
	struct exec_ticket *next;
	struct local *local;
	struct exec *exec;		/* NULL: it ended */
	char machine[48];		/* the id */
	char text[TICKET_SIZE];		/* "" once it was used, or ran out */
	struct buf kept;		/* frames of nobody yet: each JSON on a line of its own, a letter for its type in front */
	struct feed *feed;		/* NULL: nobody reads */
	bool done;			/* its memory goes with its timer, a moment later */
	uv_timer_t timer;
};

static void on_closed(uv_handle_t *h)
{
	struct exec_ticket *t = h->data;

	buf_release(&t->kept);
	free(t);
}

/* Nothing is left to give, or nobody to give it to. */
static void finish(struct exec_ticket *t)
{
	struct exec_ticket **p = &t->local->exec_tickets;

	if (t->done || t->exec || t->feed || t->text[0])
		return;
	t->done = true;
	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	uv_close((uv_handle_t *)&t->timer, on_closed);
}

static void run_out(struct exec_ticket *t)
{
	wipe(t->text, sizeof(t->text));
	buf_release(&t->kept);
	if (t->exec)
		exec_hold(t->exec, false);
	finish(t);
}

static void on_timer(uv_timer_t *timer)
{
	run_out(timer->data);
}

static void on_ready(void *arg)
{
	struct exec_ticket *t = arg;

	if (t->exec)
		exec_hold(t->exec, false);
}

static void on_gone(void *arg)
{
	struct exec_ticket *t = arg;

	t->feed = NULL;
	on_ready(t);
	finish(t);
}

/* false: the reader is gone. */
static bool give(struct exec_ticket *t, char type, const char *json, size_t len)
{
	if (t->feed && !feed_event(t->feed, type == 'x' ? "exit" : "output", NULL, json, len))
		return false;
	if (t->feed && feed_full(t->feed) && t->exec)
		exec_hold(t->exec, true);
	if (!t->feed && t->text[0]) {
		buf_putc(&t->kept, type);
		buf_append(&t->kept, json, len);
		buf_putc(&t->kept, '\n');
		if (t->kept.len > KEPT && t->exec)
			exec_hold(t->exec, true);
	}
	return true;
}

static void end_feed(struct exec_ticket *t)
{
	struct feed *f = t->feed;

	t->feed = NULL;
	if (f)
		feed_end(f, true);
	finish(t);
}

static void on_line(int stream, const char *text, size_t len, void *arg)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "line");
	jw_strn(&w, text, len);
	jw_kstr(&w, "stream", stream == 1 ? "stdout" : "stderr");
	jw_end(&w, '}');
	give(arg, 'o', buf_cstr(&b), b.len);
	buf_release(&b);
}

static void on_end(int status, bool timed_out, int64_t took_ms, void *arg)
{
	struct exec_ticket *t = arg;
	bool read = t->feed != NULL;
	char data[96];
	int n = snprintf(data, sizeof(data), "{\"exit_code\":%d,\"duration_ms\":%lld%s}", status, (long long)took_ms, timed_out ? ",\"timed_out\":true" : "");

	t->exec = NULL;
	if (give(t, 'x', data, (size_t)n) && read)
		end_feed(t);
}

int exec_ticket_start(struct local *l, struct exec_spec *spec, char out[TICKET_SIZE], int64_t *ret_until_ms, struct err *e)
{
	struct exec_ticket *t = calloc(1, sizeof(*t));
	char path[160];
	int r;

	if (!t)
		return err_set(e, ERR_NOMEM, "out of memory");
	snprintf(path, sizeof(path), "/api/v1/computers/%s/exec/stream/events", spec->machine->id);
	if (!tickets_make(&l->tickets, path, t->text)) {
		free(t);
		return err_set(e, ERR_IO, "no random bytes for a ticket");
	}
	t->local = l;
	snprintf(t->machine, sizeof(t->machine), "%s", spec->machine->id);
	buf_init(&t->kept, SIZE_MAX - 1);
	spec->on_line = on_line;
	spec->on_end = on_end;
	spec->arg = t;
	r = exec_start(spec, &t->exec, e);
	if (r < 0) {
		tickets_take(&l->tickets, path, t->text, strlen(t->text));
		free(t);
		return r;
	}
	t->next = l->exec_tickets;
	l->exec_tickets = t;
	uv_timer_init(l->loop, &t->timer);
	t->timer.data = t;
	uv_timer_start(&t->timer, on_timer, TICKET_MS, 0);
	*ret_until_ms = clock_wall_ms() + TICKET_MS;
	memcpy(out, t->text, TICKET_SIZE);
	return 0;
}

bool exec_ticket_watch(struct local *l, const struct machine *m, const char *ticket, struct server_req *r)
{
	struct exec_ticket *t = l->exec_tickets;
	struct buf kept;
	const char *line, *end;

	while (t && (!t->text[0] || strlen(ticket) != strlen(t->text) || !bytes_equal_ct(t->text, ticket, strlen(ticket)) || strcmp(t->machine, m->id) != 0))
		t = t->next;
	if (!t)
		return false;
	uv_timer_stop(&t->timer);
	wipe(t->text, sizeof(t->text));
	kept = t->kept;
	buf_init(&t->kept, SIZE_MAX - 1);
	t->feed = feed_begin(l->loop, r, on_ready, on_gone, t);
	on_ready(t);
	for (line = kept.data; line && (end = memchr(line, '\n', kept.len - (size_t)(line - kept.data))) != NULL; line = end + 1)
		if (!give(t, line[0], line + 1, (size_t)(end - line - 1)))
			break;
	buf_release(&kept);
	if (!t->exec)
		end_feed(t);
	return true;
}

void exec_tickets_close(struct local *l)
{
	struct exec_ticket *t, *next;

	for (t = l->exec_tickets; t; t = next) {
		next = t->next;
		run_out(t);
	}
}
