/* sight: see sight.h. */
#include "config.h"

#include "gate/sight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/miosa_screenshot.h"
#include "io/png.h"

enum { PARTS = 3, TIMEOUT_MS = 5000, LIST_MAX = 1024 * 1024 };

struct taking;

/* One of the reads. */
struct part {
	struct taking *taking;
	unsigned int what;
	struct buf body;
};

struct taking {
	struct taking *next, **prev;
	struct gate *gate;
	struct part parts[PARTS];
	int pending;
	struct sight sight;
	struct buf png;
	char error[320];
	void (*done)(const struct sight *s, void *arg);
	void *arg;
};

struct decoding {
	struct decoding *next;
	struct gate *gate;
	struct buf png;
	void (*done)(uint8_t *rgb, int width, int height, const char *error, void *arg);
	void *arg;
};

struct later {
	struct later *next, **prev;
	uv_timer_t timer;
	void (*done)(void *arg);
	void *arg;
};

struct sights {
	struct gate *gate;
	struct taking *takings;
	struct decoding *first, **end;	/* the first is under way */
	struct later *laters;
	struct decoder *decoder;
	struct err error;		/* why the first could not be begun */
	bool busy, closed;
};

struct sights *sights_new(struct gate *g)
{
	struct sights *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->gate = g;
	s->end = &s->first;
	s->decoder = decoder_new(g->loop);
	if (s->decoder)
		return s;
	free(s);
	return NULL;
}

static void taking_free(struct taking *t)
{
	int i;

	*t->prev = t->next;
	if (t->next)
		t->next->prev = t->prev;
	for (i = 0; i < PARTS; i++)
		buf_release(&t->parts[i].body);
	buf_release(&t->png);
	free(t);
}

static void on_later_closed(uv_handle_t *h)
{
	free(h->data);
}

static void later_end(struct later *l)
{
	*l->prev = l->next;
	if (l->next)
		l->next->prev = l->prev;
	uv_close((uv_handle_t *)&l->timer, on_later_closed);
}

void sights_close(struct sights *s)
{
	s->closed = true;
	while (s->laters)
		later_end(s->laters);
	decoder_free(s->decoder);
	s->decoder = NULL;
}

void sights_free(struct sights *s)
{
	struct decoding *d;

	if (!s)
		return;
	while (s->takings)
		taking_free(s->takings);
	while ((d = s->first) != NULL) {
		s->first = d->next;
		buf_release(&d->png);
		free(d);
	}
	free(s);
}

/* ---- reads ---- */

static void finish(struct taking *t)
{
	t->sight.png = t->png.len > 0 ? t->png.data : NULL;
	t->sight.len = t->png.len;
	t->sight.error = t->error;
	t->done(&t->sight, t->arg);
	taking_free(t);
}

static void take_picture(struct taking *t, const struct buf *body, const struct http_result *r)
{
	struct err e;

	if (r->outcome != HTTP_ANSWERED)
		snprintf(t->error, sizeof(t->error), "%.300s", r->error);
	else if (buf_failed(body))
		snprintf(t->error, sizeof(t->error), "the picture is too large");
	else if (miosa_screenshot(buf_cstr(body), body->len, r->status, &t->png, &e) < 0)
		snprintf(t->error, sizeof(t->error), "%.300s", e.msg);
	else
		digest_hex(t->png.data, t->png.len, t->sight.sha256);
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct part *p = arg;

	(void)c;
	buf_append(&p->body, data, len);
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct part *p = arg;
	struct taking *t = p->taking;
	int status = r->outcome == HTTP_ANSWERED && !buf_failed(&p->body) ? r->status : 0;

	(void)c;
	if (p->what == SIGHT_PICTURE)
		take_picture(t, &p->body, r);
	else if (p->what == SIGHT_FOCUS)
		desktop_read_windows(&t->sight.state, status, buf_cstr(&p->body), p->body.len);
	else
		desktop_read_cursor(&t->sight.state, status, buf_cstr(&p->body), p->body.len);
	if (--t->pending == 0)
		finish(t);
}

static void ask(struct taking *t, struct part *p, const char *session)
{
	static const struct { const char *path; size_t max; } table[] = {
		[SIGHT_PICTURE] = { "/desktop/screenshot", 2 * PNG_BYTES_MAX }, [SIGHT_FOCUS] = { "/desktop/windows", LIST_MAX },
		[SIGHT_CURSOR] = { "/desktop/cursor", LIST_MAX },
	};
	struct http_spec spec = { .timeout_ms = TIMEOUT_MS, .answer_max = table[p->what].max, .on_data = on_data, .on_done = on_done, .arg = p };
	struct buf path;

	buf_init(&p->body, table[p->what].max);
	buf_init(&path, 4096);
	buf_puts(&path, "/computers/");
	http_encode(&path, session, strlen(session), false);
	buf_puts(&path, table[p->what].path);
	t->pending++;
	if (!feed_get(t->gate, buf_cstr(&path), NULL, &spec))
		abort();
	buf_release(&path);
}

void sight_take(struct gate *g, const char *session, unsigned int what, void (*done)(const struct sight *s, void *arg), void *arg)
{
	static const unsigned int parts[PARTS] = { SIGHT_FOCUS, SIGHT_CURSOR, SIGHT_PICTURE };
	struct sights *s = g->sights;
	struct taking *t = calloc(1, sizeof(*t));
	int i;

	if (!t)
		abort();
	*t = (struct taking){ .next = s->takings, .prev = &s->takings, .gate = g, .done = done, .arg = arg };
	if (t->next)
		t->next->prev = &t->next;
	s->takings = t;
	buf_init(&t->png, PNG_BYTES_MAX);
	for (i = 0; i < PARTS; i++) {
		t->parts[i] = (struct part){ .taking = t, .what = parts[i] };
		if (what & parts[i])
			ask(t, &t->parts[i], session);
	}
}

/* ---- decoding ---- */

static void decode_first(struct sights *s);

static void end_decoding(struct sights *s, uint8_t *rgb, int width, int height, const char *error)
{
	struct decoding *d = s->first;

	s->first = d->next;
	if (!s->first)
		s->end = &s->first;
	s->busy = false;
	d->done(rgb, width, height, error, d->arg);
	buf_release(&d->png);
	free(d);
	decode_first(s);
}

static void on_decoded(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	end_decoding(arg, rgb, width, height, error);
}

static void on_not_begun(void *arg)
{
	struct sights *s = arg;

	end_decoding(s, NULL, 0, 0, s->error.msg);
}

static void decode_first(struct sights *s)
{
	if (!s->first || s->busy || s->closed)
		return;
	s->busy = true;
	if (decoder_decode(s->decoder, s->first->png.data, s->first->png.len, on_decoded, s, &s->error) < 0)
		sight_later(s->gate, 0, on_not_begun, s);
}

void sight_decode(struct gate *g, const void *png, size_t len, void (*done)(uint8_t *rgb, int width, int height, const char *error, void *arg), void *arg)
{
	struct sights *s = g->sights;
	struct decoding *d = calloc(1, sizeof(*d));

	if (!d)
		abort();
	*d = (struct decoding){ .gate = g, .done = done, .arg = arg };
	buf_init(&d->png, PNG_BYTES_MAX);
	buf_append(&d->png, png, len);
	*s->end = d;
	s->end = &d->next;
	decode_first(s);
}

/* ---- waiting ---- */

static void on_time(uv_timer_t *t)
{
	struct later *l = t->data;

	later_end(l);
	l->done(l->arg);
}

void sight_later(struct gate *g, int ms, void (*done)(void *arg), void *arg)
{
	struct sights *s = g->sights;
	struct later *l = calloc(1, sizeof(*l));

	if (!l)
		abort();
	l->done = done;
	l->arg = arg;
	l->next = s->laters;
	l->prev = &s->laters;
	if (l->next)
		l->next->prev = &l->next;
	s->laters = l;
	uv_timer_init(g->loop, &l->timer);
	l->timer.data = l;
	uv_timer_start(&l->timer, on_time, (uint64_t)ms, 0);
}
