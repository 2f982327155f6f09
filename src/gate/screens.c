/* screens: see screens.h. */
#include "config.h"

#include "gate/screens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "core/miosa_screenshot.h"
#include "gate/sight.h"
#include "io/png.h"

/* A dashboard takes up to seven pictures a second: what is on screen when a person says yes must still be here then. */
enum { OF_OPERATORS = 32, OF_AN_AGENT = 1, BYTES_MAX = 64 * 1024 * 1024 };

/* What had the focus is asked for when a picture is new, and of one that is seen again not more often than this. */
enum { STATE_AGAIN_MS = 250 };

/* Does it wait for what had the focus? Only an answer that was asked for behind the picture is that. */
enum awaits { AWAITS_NOTHING, AWAITS_ANSWER, AWAITS_QUESTION };

struct screen {
	struct screen *next;		/* older */
	char *session, *agent;		/* own; agent "" for operators */
	char sha256[DIGEST_HEX + 1];
	void *png;			/* own */
	size_t len;
	int64_t boot_ms;
	enum awaits awaits;		/* an operator's only, like what follows */
	struct desktop_state state;
	int64_t state_boot_ms;
};

/* What is asked of a session's focus and cursor now. */
struct asking {
	struct asking *next, **prev;
	struct gate *gate;
	char *session;			/* own */
	bool again;			/* another picture came meanwhile */
};

/* What belongs to a picture that an action was approved by. */
struct decided {
	struct decided *next;
	int64_t action;
	int version, person;		/* which of those who approved it, from 0 */
	char *session;			/* own */
	void *png;			/* own; NULL: no picture was named, or it is kept with the action (the last person's) */
	size_t len;
	enum awaits awaits;
	struct desktop_state state;
};

struct screens {
	struct gate *gate;
	struct screen *newest;
	size_t bytes;
	struct asking *askings;
	struct decided *decided;
};

struct screens *screens_new(struct gate *g)
{
	struct screens *s = calloc(1, sizeof(*s));

	if (s)
		s->gate = g;
	return s;
}

static void screen_free(struct screens *s, struct screen *k)
{
	s->bytes -= k->len;
	free(k->session);
	free(k->agent);
	free(k->png);
	free(k);
}

static void asking_free(struct asking *k)
{
	*k->prev = k->next;
	if (k->next)
		k->next->prev = k->prev;
	free(k->session);
	free(k);
}

static void decided_free(struct decided **p)
{
	struct decided *d = *p;

	*p = d->next;
	free(d->session);
	free(d->png);
	free(d);
}

void screens_free(struct screens *s)
{
	struct screen *k;

	if (!s)
		return;
	while (s->askings)
		asking_free(s->askings);
	while (s->decided)
		decided_free(&s->decided);
	while ((k = s->newest) != NULL) {
		s->newest = k->next;
		screen_free(s, k);
	}
	free(s);
}

/* ---- keeping ---- */

static bool is_of(const struct screen *k, const char *session, const char *agent)
{
	return strcmp(k->session, session) == 0 && strcmp(k->agent, agent) == 0;
}

static void forget_old(struct screens *s, const char *session, const char *agent)
{
	int left = agent[0] ? OF_AN_AGENT : OF_OPERATORS;
	struct screen **p = &s->newest, *k;
	size_t bytes = 0;

	while ((k = *p) != NULL) {
		bool over = is_of(k, session, agent) && left-- <= 0;

		bytes += k->len;
		if (over || (bytes > BYTES_MAX && k != s->newest)) {
			bytes -= k->len;
			*p = k->next;
			screen_free(s, k);
		} else {
			p = &k->next;
		}
	}
}

/* ---- the focus and the cursor ---- */

static void ask(struct asking *k);

static void on_state(const struct sight *now, void *arg)
{
	struct asking *k = arg;
	struct screens *s = k->gate->screens;
	struct screen *p;
	struct decided *d;

	for (p = s->newest; p; p = p->next) {
		if (p->awaits != AWAITS_ANSWER || strcmp(p->session, k->session) != 0)
			continue;
		p->state = now->state;
		p->state_boot_ms = clock_boot_ms();
		p->awaits = AWAITS_NOTHING;
	}
	for (d = s->decided; d; d = d->next) {
		if (d->awaits != AWAITS_ANSWER || strcmp(d->session, k->session) != 0)
			continue;
		d->state = now->state;
		d->awaits = AWAITS_NOTHING;
	}
	gate_kick(k->gate);
	if (k->again)
		ask(k);
	else
		asking_free(k);
}

static void ask(struct asking *k)
{
	struct screens *s = k->gate->screens;
	struct screen *p;
	struct decided *d;

	k->again = false;
	for (p = s->newest; p; p = p->next)
		if (p->awaits == AWAITS_QUESTION && strcmp(p->session, k->session) == 0)
			p->awaits = AWAITS_ANSWER;
	for (d = s->decided; d; d = d->next)
		if (d->awaits == AWAITS_QUESTION && strcmp(d->session, k->session) == 0)
			d->awaits = AWAITS_ANSWER;
	sight_take(k->gate, k->session, SIGHT_FOCUS | SIGHT_CURSOR, on_state, k);
}

/* Of the newest picture, right behind it. One that is seen again, several times a second, is not asked about each time. */
static void ask_state(struct screens *s, struct screen *p)
{
	struct asking *k;

	if (p->awaits != AWAITS_NOTHING || (p->state_boot_ms && clock_boot_ms() - p->state_boot_ms < STATE_AGAIN_MS))
		return;
	p->awaits = AWAITS_QUESTION;
	for (k = s->askings; k && strcmp(k->session, p->session) != 0; k = k->next)
		;
	if (k) {
		k->again = true;
		return;
	}
	k = calloc(1, sizeof(*k));
	if (!k)
		abort();
	*k = (struct asking){ .next = s->askings, .prev = &s->askings, .gate = s->gate, .session = gate_strdup(p->session) };
	if (k->next)
		k->next->prev = &k->next;
	s->askings = k;
	ask(k);
}

/* ---- what went through ---- */

void screens_saw(struct gate *g, const char *session, const char *agent, const void *body, size_t len)
{
	struct screens *s = g->screens;
	char hex[DIGEST_HEX + 1];
	struct screen **p, *k;
	struct buf png;

	buf_init(&png, PNG_BYTES_MAX);
	if (miosa_screenshot(body, len, 200, &png, NULL) < 0) {
		buf_release(&png);
		return;
	}
	digest_hex(png.data, png.len, hex);
	for (p = &s->newest; (k = *p) != NULL && !(is_of(k, session, agent) && strcmp(k->sha256, hex) == 0); p = &k->next)
		;
	if (k) {
		*p = k->next;	/* seen again: to the front */
		buf_release(&png);
	} else {
		k = calloc(1, sizeof(*k));
		if (!k)
			abort();
		k->session = gate_strdup(session);
		k->agent = gate_strdup(agent);
		k->len = png.len;
		k->png = buf_take(&png);
		snprintf(k->sha256, sizeof(k->sha256), "%s", hex);
		s->bytes += k->len;
	}
	k->boot_ms = clock_boot_ms();
	k->next = s->newest;
	s->newest = k;
	forget_old(s, session, agent);
	if (!agent[0])
		ask_state(s, k);
}

static const struct screen *find(const struct screens *s, const char *session, const char *sha256)
{
	const struct screen *k;

	for (k = s->newest; k && (strcmp(k->session, session) != 0 || strcmp(k->sha256, sha256) != 0); k = k->next)
		;
	return k;
}

bool screens_has(const struct gate *g, const char *session, const char *sha256)
{
	const struct screen *k;

	for (k = g->screens->newest; k && (!is_of(k, session, "") || strcmp(k->sha256, sha256) != 0); k = k->next)
		;
	return k != NULL;
}

const void *screens_png(const struct gate *g, const char *session, const char *sha256, size_t *ret_len)
{
	const struct screen *k = find(g->screens, session, sha256);

	*ret_len = k ? k->len : 0;
	return k ? k->png : NULL;
}

bool screens_seen_by(const struct gate *g, const char *session, const char *agent, char sha256[DIGEST_HEX + 1], int64_t *ret_boot_ms)
{
	const struct screen *k;

	for (k = g->screens->newest; k && !is_of(k, session, agent); k = k->next)
		;
	if (!k || !agent[0])
		return false;
	snprintf(sha256, DIGEST_HEX + 1, "%s", k->sha256);
	*ret_boot_ms = k->boot_ms;
	return true;
}

/* ---- what was decided on ---- */

/* Is it of an action that still is as it was decided on? */
static bool is_in_force(const struct gate *g, const struct decided *d)
{
	const struct action *a = queue_find(&g->queue, d->action);

	return a && a->version == d->version && (a->state == ACTION_APPROVED || (a->state == ACTION_HELD && d->person < a->approval_count));
}

static void keep_bytes(struct decided *d, const struct screen *k)
{
	d->png = malloc(k->len);
	if (!d->png)
		abort();
	memcpy(d->png, k->png, k->len);
	d->len = k->len;
}

void screens_decided(struct gate *g, const struct action *a, const char *sha256)
{
	const int person = a->approval_count > 0 ? a->approval_count - 1 : 0;
	struct screens *s = g->screens;
	const struct screen *k;
	struct decided *d, **p;

	for (p = &s->decided; *p;) {
		if (!is_in_force(g, *p) || ((*p)->action == a->id && (*p)->person == person))
			decided_free(p);
		else
			p = &(*p)->next;
	}
	for (k = s->newest; k && (!is_of(k, a->session, "") || strcmp(k->sha256, sha256) != 0); k = k->next)
		;
	if (!k && sha256[0])
		return;		/* it is not known what that was */
	d = calloc(1, sizeof(*d));
	if (!d)
		abort();
	*d = (struct decided){ .next = s->decided, .action = a->id, .version = a->version, .person = person, .session = gate_strdup(a->session) };
	if (k) {
		d->awaits = k->awaits;
		d->state = k->state;
	}
	if (k && a->state == ACTION_HELD)
		keep_bytes(d, k);
	s->decided = d;
}

static const struct decided *find_decided(const struct gate *g, const struct action *a, int person)
{
	const struct decided *d;

	for (d = g->screens->decided; d && (d->action != a->id || d->version != a->version || d->person != person); d = d->next)
		;
	return d;
}

bool screens_state(struct gate *g, const struct action *a, int person, struct desktop_state *ret)
{
	const struct decided *d = find_decided(g, a, person);

	*ret = (struct desktop_state){ 0 };
	if (!d)
		return true;
	*ret = d->state;
	return d->awaits == AWAITS_NOTHING;
}

bool screens_person(const struct gate *g, const struct action *a, int person, const void **ret_png, size_t *ret_len)
{
	const struct decided *d = find_decided(g, a, person);

	*ret_png = d ? d->png : NULL;
	*ret_len = d ? d->len : 0;
	return d != NULL;
}
