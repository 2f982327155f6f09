/* lease: see lease.h. */
#include "config.h"

#include "gate/lease.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "core/sse.h"

/* A dashboard that lost its connection has ALONE_MS to come again; one that has just got the lease, a little longer for the first time. */
enum { ALONE_MS = 3000, FIRST_MS = 10000, ALIVE_MS = 5000 };

struct lease {
	char text[LEASE_DIGITS + 1];
	struct gate *gate;		/* of its stream */
	struct server_req *stream;	/* NULL: none */
	int64_t used_boot_ms;		/* when the last input came, or it began */
	int64_t alone_until_boot_ms;	/* without a stream: over then */
	int64_t alive_boot_ms;		/* when its stream was written to */
};

struct lease *lease_new(void)
{
	struct lease *l = calloc(1, sizeof(*l));

	if (!l || random_hex(l->text, LEASE_DIGITS) < 0)
		abort();	/* a lease that can be guessed is none */
	l->used_boot_ms = clock_boot_ms();
	l->alone_until_boot_ms = l->used_boot_ms + FIRST_MS;
	return l;
}

static void end_stream(struct lease *l, const char *why)
{
	struct server_req *r = l->stream;
	struct buf out, data;
	struct jsonw w;

	if (!r)
		return;
	l->stream = NULL;
	buf_init(&out, 4096);
	buf_init(&data, 2048);
	jw_init(&w, &data);
	jw_begin(&w, '{');
	jw_kstr(&w, "why", why);
	jw_end(&w, '}');
	sse_write(&out, "end", NULL, buf_cstr(&data), data.len);
	server_set_user(r, NULL, NULL);
	server_write(r, buf_cstr(&out), out.len);
	server_end(r, true, NULL, NULL);
	buf_release(&out);
	buf_release(&data);
}

void lease_end(struct lease *l, const char *why)
{
	if (!l)
		return;
	end_stream(l, why);
	free(l);
}

const char *lease_text(const struct lease *l)
{
	return l->text;
}

bool lease_is(const struct lease *l, const char *text)
{
	return l && text && strlen(text) == LEASE_DIGITS && bytes_equal_ct(l->text, text, LEASE_DIGITS);
}

void lease_used(struct lease *l)
{
	l->used_boot_ms = clock_boot_ms();
}

static void on_gone(struct server_req *r, void *user)
{
	struct lease *l = user;

	(void)r;
	l->stream = NULL;
	l->alone_until_boot_ms = clock_boot_ms() + ALONE_MS;
	gate_kick(l->gate);
}

void lease_attach(struct gate *g, struct lease *l, struct server_req *r)
{
	static const char *const headers[] = { "Content-Type: text/event-stream", "Cache-Control: no-store", NULL };

	end_stream(l, "another connection took its place");
	l->gate = g;
	l->stream = r;
	l->alive_boot_ms = clock_boot_ms();
	server_set_user(r, l, on_gone);
	server_begin(r, 200, headers, -1);
	server_write(r, ": attached\n\n", 12);
	gate_kick(g);
}

static int64_t idle_at(const struct gate *g, const struct lease *l)
{
	return l->used_boot_ms + g->config.takeover_idle_ms;
}

const char *lease_over(const struct gate *g, const struct lease *l, int64_t now)
{
	if (now >= idle_at(g, l))
		return "nothing was done by hand for too long";
	return !l->stream && now >= l->alone_until_boot_ms ? "the dashboard hung up" : NULL;
}

int64_t lease_tick(const struct gate *g, struct lease *l, int64_t now)
{
	int64_t idle = idle_at(g, l), next;

	if (l->stream && now >= l->alive_boot_ms + ALIVE_MS) {
		l->alive_boot_ms = now;
		server_write(l->stream, ": here\n\n", 8);	/* which may find that nobody is there any more */
	}
	next = l->stream ? l->alive_boot_ms + ALIVE_MS : l->alone_until_boot_ms;
	return idle < next ? idle : next;
}
