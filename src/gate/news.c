/* news: see news.h. */
#include "config.h"

#include "gate/news.h"

#include <stdlib.h>

#include "base/clock.h"
#include "gate/logs.h"

enum { EACH_MS = 20, ALL_MS = 5, SOFT_MS = 5000 };

struct news {
	struct gate *gate;
	struct session *first, **end;	/* those with something to tell, in order */
	int64_t told_boot_ms, tenant_told_boot_ms;
	bool tenant;			/* its log has more lines than were told */
	uv_timer_t timer, soft;
};

static void put_count(struct gate *g, const char *type, const char *id, const char *key, int64_t n)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "session", id);
	jw_kint(&w, key, n);
	jw_end(&w, '}');
	events_publish(g->events, type, b.data, b.len);
	buf_release(&b);
}

static void tell(struct gate *g, struct session *s)
{
	unsigned int news = s->news;

	s->news = 0;
	if (news & NEWS_SESSION)
		events_session(g, s);	/* with its counts */
	if ((news & NEWS_LOG) && s->log)
		put_count(g, "log", s->id, "log_lines", log_count(s->log));
	if (news & NEWS_SCREEN)
		put_count(g, "screen", s->id, "screen_seq", s->screen_seq);
}

static void on_timer(uv_timer_t *t)
{
	struct news *n = t->data;
	struct session **p = &n->first, *s;

	n->told_boot_ms = clock_boot_ms();
	events_hold(n->gate->events);
	while ((s = *p) != NULL) {
		if (n->told_boot_ms - s->told_boot_ms < EACH_MS) {
			p = &s->next_with_news;
			continue;
		}
		*p = s->next_with_news;
		s->next_with_news = NULL;
		s->told_boot_ms = n->told_boot_ms;
		tell(n->gate, s);
	}
	n->end = p;
	if (n->tenant && n->told_boot_ms - n->tenant_told_boot_ms >= EACH_MS) {
		n->tenant = false;
		n->tenant_told_boot_ms = n->told_boot_ms;
		put_count(n->gate, "log", LOG_TENANT, "log_lines", log_count(n->gate->tenant_log));
	}
	events_flow(n->gate->events);
	if (n->first || n->tenant)
		uv_timer_start(t, on_timer, ALL_MS, 0);
}

static void tell_soon(struct news *n)
{
	int64_t since = clock_boot_ms() - n->told_boot_ms;

	if (!uv_is_active((uv_handle_t *)&n->timer))
		uv_timer_start(&n->timer, on_timer, since >= ALL_MS ? 0 : (uint64_t)(ALL_MS - since), 0);
}

void news_of(struct gate *g, struct session *s, unsigned int kinds)
{
	struct news *n = g->news;

	if (!s->news && kinds) {
		*n->end = s;
		n->end = &s->next_with_news;
		tell_soon(n);
	}
	s->news |= kinds;
}

void news_tenant(struct gate *g)
{
	g->news->tenant = true;
	tell_soon(g->news);
}

void news_forget(struct gate *g, struct session *s)
{
	struct news *n = g->news;
	struct session **p = &n->first;

	if (!s->news)
		return;
	while (*p != s)
		p = &(*p)->next_with_news;
	*p = s->next_with_news;
	if (!*p)
		n->end = p;
	s->news = 0;
}

/* How often something happens changes all the time, and without an event too: told every few seconds, where it did. */
static void on_soft(uv_timer_t *t)
{
	struct news *n = t->data;
	int64_t now = clock_boot_ms(), rate;
	struct session *s;

	for (s = n->gate->sessions; s; s = s->next) {
		rate = activity_per_minute(&s->activity, now);
		if (rate == s->told_per_minute && s->activity.last_event_wall_ms == s->told_event_wall_ms)
			continue;
		s->told_per_minute = rate;
		s->told_event_wall_ms = s->activity.last_event_wall_ms;
		news_of(n->gate, s, NEWS_SESSION);
	}
}

struct news *news_new(struct gate *g)
{
	struct news *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->gate = g;
	n->end = &n->first;
	uv_timer_init(g->loop, &n->timer);
	uv_timer_init(g->loop, &n->soft);
	n->timer.data = n->soft.data = n;
	uv_timer_start(&n->soft, on_soft, SOFT_MS, SOFT_MS);
	return n;
}

void news_close(struct news *n)
{
	uv_close((uv_handle_t *)&n->timer, NULL);
	uv_close((uv_handle_t *)&n->soft, NULL);
}

void news_free(struct news *n)
{
	free(n);
}
