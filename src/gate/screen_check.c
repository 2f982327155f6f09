/*
 * screen_check: what a person approved by a picture is sent only while the screen still is what that picture shows: round the target, and what has the focus.
 * Else it is held again, as a new version, and the person looks once more. What a rule let through was never looked at by anybody, and is not compared.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gate/look.h"
#include "gate/operator.h"
#include "gate/pictures.h"
#include "gate/place.h"
#include "gate/screens.h"
#include "io/log.h"
#include "io/png.h"

enum { STATE_AGAIN_MS = 10 };

/* What is under way: by id and version, since the action may change meanwhile. */
struct screen_check {
	struct screen_check *next, **prev;
	struct gate *gate;
	int64_t action;
	int version;
	int person;		/* whose picture it is compared with now, of those who approved it */
	char compared[160];	/* own words, for the record */
};

static void check_free(struct screen_check *k)
{
	*k->prev = k->next;
	if (k->next)
		k->next->prev = k->prev;
	free(k);
}

void screen_checks_release(struct gate *g)
{
	while (g->screen_checks)
		check_free(g->screen_checks);
}

bool screen_matters(const struct action *a)
{
	return a->session_kind == SESSION_COMPUTER && (a->has_point || desktop_lands_of(a->kind) != LANDS_NOWHERE);
}

static bool binds(const struct action *a)
{
	return screen_matters(a) && a->screen_rule.what != 0;
}

static int persons(const struct action *a)
{
	return a->approval_count > 1 ? a->approval_count : 1;
}

/* By which picture did this one say yes? What is not known any more counts as one: it cannot be sent unseen. */
static bool has_picture(const struct gate *g, const struct action *a, int person)
{
	const void *png;
	size_t len;

	return person == persons(a) - 1 ? a->screen_sha256[0] != '\0' : !screens_person(g, a, person, &png, &len) || png;
}

/* The first from there on who did so by a picture; persons() when there is none. */
static int next_person(const struct gate *g, const struct action *a, int from)
{
	while (from < persons(a) && !has_picture(g, a, from))
		from++;
	return from;
}

bool screen_is_compared(const struct gate *g, const struct action *a)
{
	return binds(a) && strcmp(a->decided_kind, "person") == 0 && next_person(g, a, 0) < persons(a);
}

/* ---- what is named, and kept ---- */

static void read_box(const struct json_doc *d, int box[4])
{
	int v = json_first(d, json_get(d, json_get(d, json_root(d), "screen"), "box")), i;
	int64_t n;

	for (i = 0; i < 4; i++, v = json_next(d, v))
		box[i] = v != JSON_NONE && json_int(d, v, &n) == 0 ? (int)n : 0;
}

bool screen_is_named(struct gate *g, struct server_req *r, const struct action *a, const struct json_doc *d)
{
	int screen = json_get(d, json_root(d), "screen"), box[4];
	const struct place at = gate_place(g, a);
	char *sha = json_strdup(d, json_get(d, screen, "sha256"));
	const char *why = NULL;

	read_box(d, box);
	if (!a->has_point && !(sha && binds(a)))
		why = NULL;	/* a picture that nobody asked for is in the record, and no more */
	else if (a->has_point && (at.x < box[0] || at.y < box[1] || at.x - box[0] >= box[2] || at.y - box[1] >= box[3]))
		why = "\"box\" of the screen is not round the target";
	else if (!sha || !screens_has(g, a->session, sha))
		why = "that picture was not taken through this gate, or too long ago: look again";
	free(sha);
	if (why)
		server_error(r, 422, NULL, "screen_missing", why, NULL);
	return !why;
}

void screen_keep_seen(struct gate *g, struct action *a)
{
	char sha256[DIGEST_HEX + 1];
	const void *png;
	int64_t at;
	size_t len;

	if (a->session_kind != SESSION_COMPUTER || !strstr(a->path, "/desktop/") || !screens_seen_by(g, a->session, a->agent, sha256, &at))
		return;
	png = screens_png(g, a->session, sha256, &len);
	picture_keep(g, a, SCREEN_AGENT, png, len, NULL, "", NULL);	/* where that fails it is held without: nobody decides on it */
}

int screen_write_decided(struct gate *g, const struct action *a, char ret[DIGEST_HEX + 1], struct err *e)
{
	size_t len;
	const void *png = a->screen_sha256[0] ? screens_png(g, a->session, a->screen_sha256, &len) : NULL;

	ret[0] = '\0';
	return png ? picture_write(g, a, png, len, ret, e) : 0;
}

/* ---- before it is sent ---- */

static void come_back(struct gate *g, struct action *a, const char *why)
{
	char text[400];

	snprintf(text, sizeof(text), "not sent: %.350s", why);
	a->screen_check = SCREEN_CHECK_NONE;
	if (action_set(&a->error, text) < 0)
		abort();
	gate_hold_again(g, a, text);
}

/* What was seen just now is kept first, whatever it shows: the record has it before the action is sent, or comes back. */
static bool keep_before(struct gate *g, struct action *a, const struct looked *k, const char *words, struct err *e)
{
	struct buf detail;
	int r;

	buf_init(&detail, 1024);
	buf_puts(&detail, words);
	if (k->pictures > 1)
		buf_printf(&detail, ", as the last of %d pictures", k->pictures);
	r = picture_keep(g, a, SCREEN_BEFORE, k->sight->png, k->sight->len, &k->changes, buf_cstr(&detail), e);
	buf_release(&detail);
	return r == 0;
}

/* Of several, since whose look. */
static void say_whose(const struct action *a, int person, const char *what, char *why, size_t size)
{
	if (persons(a) > 1)
		snprintf(why, size, "%.250s (as %.64s saw it)", what, a->approvals[person].by);
	else
		snprintf(why, size, "%.300s", what);
}

static void take_verdict(struct gate *g, struct action *a, const struct looked *k, const char *compared, int person)
{
	char why[400];
	struct err e;

	if (k->verdict == LOOK_UNKNOWN) {
		snprintf(why, sizeof(why), "its screen could not be looked at: %.300s", k->why);
		come_back(g, a, why);
	} else if (k->verdict == LOOK_CHANGED) {
		log_line("action %lld was decided on %.12s, now it is %.12s: %s", (long long)a->id, a->screen_sha256, k->sight->sha256, k->why);
		say_whose(a, person, k->why, why, sizeof(why));
		keep_before(g, a, k, why, NULL);	/* it is not sent in any case */
		come_back(g, a, why);
	} else if (!keep_before(g, a, k, compared, &e)) {
		snprintf(why, sizeof(why), "the picture before it could not be kept: %.300s", e.msg);
		come_back(g, a, why);
	} else {
		a->screen_check = SCREEN_CHECK_SAME;
	}
}

/* The action, as it was when this began. Else it was frozen or changed meanwhile: what is approved next time is looked at anew. */
static struct action *action_of(const struct screen_check *c)
{
	struct action *a = queue_find(&c->gate->queue, c->action);

	if (a && a->state == ACTION_APPROVED && a->version == c->version)
		return a;
	if (a)
		a->screen_check = SCREEN_CHECK_NONE;
	return NULL;
}

static void end_check(struct screen_check *c)
{
	struct gate *g = c->gate;
	struct action *a = queue_find(&g->queue, c->action);

	check_free(c);
	gate_pump(g);
	/* What could not be sent at once is looked at again before it is. */
	if (a && a->screen_check == SCREEN_CHECK_SAME && a->state == ACTION_APPROVED)
		a->screen_check = SCREEN_CHECK_NONE;
}

static void begin(void *arg);

static void on_looked(const struct looked *k, void *arg)
{
	struct screen_check *c = arg;
	struct action *a = action_of(c);
	int next = a ? next_person(c->gate, a, c->person + 1) : 0;

	if (a && k->verdict == LOOK_SAME && next < persons(a)) {
		c->person = next;
		sight_later(c->gate, 0, begin, c);
		return;
	}
	if (a)
		take_verdict(c->gate, a, k, c->compared, c->person);
	end_check(c);
}

static struct screen_rect round_point(int x, int y, int box)
{
	return (struct screen_rect){ x - box, y - box, 2 * box, 2 * box };
}

/* Where it would act: round its points; without any, round the cursor or in the focused window; where neither is known, anywhere. */
static void set_boxes(const struct gate *g, const struct action *a, const struct desktop_state *s, struct look_for *ret)
{
	const struct place at = gate_place(g, a);
	int box = a->screen_rule.box;

	ret->box_count = 1;
	ret->boxes[0] = (struct screen_rect){ 0 };	/* all of it */
	if (a->has_point && !at.known)
		return;
	if (a->has_point)
		ret->boxes[0] = round_point(at.x, at.y, box);
	else if (desktop_lands_of(a->kind) == LANDS_AT_CURSOR && s->cursor == DESKTOP_KNOWN && at.known)
		ret->boxes[0] = round_point(coordinates_pixel(g->config.coordinates, s->x, at.width), coordinates_pixel(g->config.coordinates, s->y, at.height), box);
	else if (s->focus == DESKTOP_KNOWN && s->window[0])
		ret->boxes[0] = s->at;
	/* Where a drag ends the person looked too. */
	if (a->has_second)
		ret->boxes[ret->box_count++] = round_point(at.x2, at.y2, box);
}

/* What is compared, and what would be if the substrate told of it. */
static void say_compared(const struct action *a, const struct look_for *f, char *text, size_t size)
{
	const struct desktop_state *s = &f->state;
	bool focus = f->what & SIGHT_FOCUS, cursor = f->what & SIGHT_CURSOR;

	snprintf(text, size, "as the person saw it: %s%s%s", f->box_count == 0 ? "the box is not compared" : a->has_point ? "the box round the target" : "where it acts",
		 !focus ? "" : s->focus == DESKTOP_ABSENT ? ", the focus is not told and not compared" : ", the focus",
		 !cursor ? "" : s->cursor == DESKTOP_ABSENT ? ", the cursor is not told and not compared" : ", the cursor");
}

static int get_picture(const struct gate *g, const struct action *a, int person, struct buf *out, struct err *e)
{
	const void *png;
	size_t len;

	if (person < persons(a) - 1)
		return screens_person(g, a, person, &png, &len) ? buf_append(out, png, len) : err_set(e, ERR_NOTFOUND, "the gate was restarted since %.64s saw it", a->approvals[person].by);
	if (strcmp(a->screens[SCREEN_DECIDED], a->screen_sha256) != 0)
		return err_set(e, ERR_NOTFOUND, "it was not kept");
	return picture_get(g, a, SCREEN_DECIDED, out, e);
}

/* 0, or an error that says why it cannot be looked at. */
static int begin_look(struct screen_check *c, const struct action *a, struct look_for *f, struct err *e)
{
	struct buf png;
	int r;

	buf_init(&png, PNG_BYTES_MAX);
	r = get_picture(c->gate, a, c->person, &png, e);
	if (r == 0) {
		f->session = a->session;
		f->png = png.data;
		f->len = png.len;
		f->wait_ms = a->screen_rule.wait_ms;
		if (a->screen_rule.what & SCREEN_WHAT_BOX)
			set_boxes(c->gate, a, &f->state, f);
		if (a->screen_rule.what & SCREEN_WHAT_FOCUS)
			f->what |= SIGHT_FOCUS;
		if ((a->screen_rule.what & SCREEN_WHAT_CURSOR) && !a->has_point && desktop_lands_of(a->kind) == LANDS_AT_CURSOR)
			f->what |= SIGHT_CURSOR;
		say_compared(a, f, c->compared, sizeof(c->compared));
		look(c->gate, f, on_looked, c);
	}
	buf_release(&png);
	return r;
}

/* What had the focus behind the picture of the yes may still be on its way here. */
static void begin(void *arg)
{
	struct screen_check *c = arg;
	struct action *a = action_of(c);
	struct look_for f = { 0 };
	char why[400];
	struct err e;

	if (a && !screens_state(c->gate, a, c->person, &f.state)) {
		sight_later(c->gate, STATE_AGAIN_MS, begin, c);
		return;
	}
	if (a && begin_look(c, a, &f, &e) == 0)
		return;
	if (a) {
		snprintf(why, sizeof(why), "the picture that it was decided on cannot be read: %.300s", e.msg);
		come_back(c->gate, a, why);
	}
	end_check(c);
}

bool screen_first(struct gate *g, struct action *a)
{
	struct screen_check *c;

	if (!screen_is_compared(g, a) || a->screen_check == SCREEN_CHECK_SAME)
		return false;
	c = calloc(1, sizeof(*c));
	if (!c)
		abort();
	*c = (struct screen_check){ .next = g->screen_checks, .prev = &g->screen_checks, .gate = g, .action = a->id, .version = a->version,
				    .person = next_person(g, a, 0) };
	if (c->next)
		c->next->prev = &c->next;
	g->screen_checks = c;
	a->screen_check = SCREEN_CHECK_UNDER_WAY;
	sight_later(g, 0, begin, c);	/* not from inside the pump, which end_check() calls */
	return true;
}
