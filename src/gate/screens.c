/* screens: see screens.h. */
#include "config.h"

#include "gate/screens.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "core/miosa_screenshot.h"
#include "io/png.h"

/* A dashboard takes up to seven pictures a second: what is on screen when a person says yes must still be here then. */
enum { OF_OPERATORS = 32, OF_AN_AGENT = 1, BYTES_MAX = 64 * 1024 * 1024, LOOK_MS = 5000 };

struct screen {
	struct screen *next;		/* older */
	char *session, *agent;		/* own; agent "" for operators */
	char sha256[DIGEST_HEX + 1];
	void *png;			/* own */
	size_t len;
	int64_t boot_ms;
};

/* One comparison. */
struct look {
	struct look *next;
	struct gate *gate;
	struct http_call *call;
	struct buf body, png, kept;	/* png: the new picture */
	struct screen_box boxes[2];
	size_t box_count;
	uint8_t *pixels;		/* own; of the kept one, once it is decoded */
	int width, height;
	char sha256[DIGEST_HEX + 1];
	void (*done)(enum screen_verdict v, const char *why, const char *sha256_now, void *arg);
	void *arg;
};

struct screens {
	struct gate *gate;
	struct screen *newest;
	size_t bytes;
	struct decoder *decoder;
	struct look *looks;		/* all of them */
	struct look *decoding;		/* whose pictures are being decoded now */
};

struct screens *screens_new(struct gate *g)
{
	struct screens *s = calloc(1, sizeof(*s));

	if (s) {
		s->gate = g;
		s->decoder = decoder_new(g->loop);
	}
	if (s && !s->decoder) {
		free(s);
		s = NULL;
	}
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

static void look_free(struct look *l)
{
	struct look **p;

	for (p = &l->gate->screens->looks; *p != l; p = &(*p)->next)
		;
	*p = l->next;
	buf_release(&l->body);
	buf_release(&l->png);
	buf_release(&l->kept);
	free(l->pixels);
	free(l);
}

void screens_close(struct screens *s)
{
	struct look *l;

	for (l = s->looks; l; l = l->next) {
		if (l->call)
			http_cancel(l->call);
		l->call = NULL;
	}
	decoder_free(s->decoder);
	s->decoder = NULL;
}

void screens_free(struct screens *s)
{
	struct screen *k;

	if (!s)
		return;
	while (s->looks)
		look_free(s->looks);
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

/* ---- looking ---- */

static void decode_next(struct screens *s);

static void end_look(struct look *l, enum screen_verdict v, const char *why)
{
	void (*done)(enum screen_verdict v, const char *why, const char *sha256_now, void *arg) = l->done;
	struct screens *s = l->gate->screens;
	char sha256[DIGEST_HEX + 1];
	void *arg = l->arg;

	snprintf(sha256, sizeof(sha256), "%s", l->sha256);
	if (s->decoding == l)
		s->decoding = NULL;
	look_free(l);
	done(v, why, sha256, arg);
	decode_next(s);
}

/* Inside the box, where it lies in both; every pixel counts: a figure of a price is a few. */
static bool same_in(const struct look *l, const struct screen_box *b, const uint8_t *now)
{
	int64_t right = (int64_t)b->x + b->width, bottom = (int64_t)b->y + b->height;
	int x = b->x < 0 ? 0 : b->x, y = b->y < 0 ? 0 : b->y, row;

	if (right > l->width)
		right = l->width;
	if (bottom > l->height)
		bottom = l->height;
	if (right <= x || bottom <= y) {
		x = y = 0;
		right = l->width;
		bottom = l->height;
	}
	for (row = y; row < bottom; row++) {
		size_t at = ((size_t)row * (size_t)l->width + (size_t)x) * 3;

		if (memcmp(l->pixels + at, now + at, (size_t)(right - x) * 3) != 0)
			return false;
	}
	return true;
}

static bool same_pixels(const struct look *l, const uint8_t *now)
{
	size_t i;

	for (i = 0; i < l->box_count; i++)
		if (!same_in(l, &l->boxes[i], now))
			return false;
	return true;
}

static void on_now(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	struct look *l = arg;

	if (!rgb)
		end_look(l, SCREEN_UNKNOWN, error);
	else if (width != l->width || height != l->height)
		end_look(l, SCREEN_CHANGED, "the screen has another size now");
	else
		end_look(l, same_pixels(l, rgb) ? SCREEN_SAME : SCREEN_CHANGED, "the screen changed round the target");
	free(rgb);
}

static void on_kept(uint8_t *rgb, int width, int height, const char *error, void *arg)
{
	struct look *l = arg;
	struct err e;

	l->pixels = rgb;
	l->width = width;
	l->height = height;
	if (!rgb)
		end_look(l, SCREEN_UNKNOWN, error);
	else if (decoder_decode(l->gate->screens->decoder, l->png.data, l->png.len, on_now, l, &e) < 0)
		end_look(l, SCREEN_UNKNOWN, e.msg);
}

static void decode_next(struct screens *s)
{
	struct look *l;
	struct err e;

	for (l = s->looks; l && !(l->png.len > 0 && !l->call); l = l->next)
		;
	if (!l || s->decoding || !s->decoder)
		return;
	s->decoding = l;
	if (decoder_decode(s->decoder, l->kept.data, l->kept.len, on_kept, l, &e) < 0)
		end_look(l, SCREEN_UNKNOWN, e.msg);
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct look *l = arg;

	(void)c;
	buf_append(&l->body, data, len);
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct look *l = arg;
	char was[DIGEST_HEX + 1];
	struct err e;

	(void)c;
	l->call = NULL;
	if (r->outcome != HTTP_ANSWERED) {
		end_look(l, SCREEN_UNKNOWN, r->error);
	} else if (buf_failed(&l->body) || miosa_screenshot(buf_cstr(&l->body), l->body.len, r->status, &l->png, &e) < 0) {
		end_look(l, SCREEN_UNKNOWN, buf_failed(&l->body) ? "the picture is too large" : e.msg);
	} else {
		digest_hex(l->png.data, l->png.len, l->sha256);
		digest_hex(l->kept.data, l->kept.len, was);
		if (strcmp(was, l->sha256) == 0)
			end_look(l, SCREEN_SAME, "");
		else
			decode_next(l->gate->screens);
	}
}

void screens_look(struct gate *g, const char *session, const char *sha256, const struct screen_box *boxes, size_t count,
		  void (*done)(enum screen_verdict v, const char *why, const char *sha256_now, void *arg), void *arg)
{
	const struct screen *k = find(g->screens, session, sha256);
	struct look *l = calloc(1, sizeof(*l));
	struct http_spec spec = { .timeout_ms = LOOK_MS, .answer_max = 2 * PNG_BYTES_MAX, .on_data = on_data, .on_done = on_done, .arg = l };
	struct buf path;

	if (!l)
		abort();
	*l = (struct look){ .next = g->screens->looks, .gate = g, .done = done, .arg = arg };
	g->screens->looks = l;
	for (; l->box_count < count && l->box_count < ARRAY_LEN(l->boxes); l->box_count++)
		l->boxes[l->box_count] = boxes[l->box_count];
	buf_init(&l->body, 2 * PNG_BYTES_MAX);
	buf_init(&l->png, PNG_BYTES_MAX);
	buf_init(&l->kept, PNG_BYTES_MAX);
	if (k)
		buf_append(&l->kept, k->png, k->len);
	buf_init(&path, 4096);
	buf_puts(&path, "/computers/");
	http_encode(&path, session, strlen(session), false);
	buf_puts(&path, "/desktop/screenshot");
	l->call = feed_get(g, buf_cstr(&path), NULL, &spec);
	buf_release(&path);
	if (!l->call)
		abort();
}
