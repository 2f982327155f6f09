/* sgr: see sgr.h. */
#include "config.h"

#include "core/sgr.h"

#include <stdlib.h>

enum { PARAMS_MAX = 32, BRIGHTEST = 255, ALIKE = 96, DARK = 150, LIGHT = 660, BLACK = 16, WHITE = 231 };

/* Numbers of a sequence, and how each is joined to the one before: ';' or ':'. */
struct params {
	int n[PARAMS_MAX], count;
	char joint[PARAMS_MAX];
};

struct rgb { int r, g, b; };

/* ESC [ digits ; : m, and nothing else; its length, 0 for none. An empty number is -1. */
static size_t scan(const char *text, size_t len, struct params *p)
{
	size_t i;

	*p = (struct params){ .n = { -1 }, .count = 1 };
	if (len < 3 || text[0] != '\033' || text[1] != '[')
		return 0;
	for (i = 2; i < len && i < SGR_BYTES_MAX; i++) {
		char c = text[i];
		int *n = &p->n[p->count - 1];

		if (c == 'm')
			return i + 1;
		if (c >= '0' && c <= '9') {
			*n = (*n < 0 ? 0 : *n) * 10 + (c - '0');
			if (*n > 9999)
				return 0;
		} else if ((c == ';' || c == ':') && p->count < PARAMS_MAX) {
			p->joint[p->count] = c;
			p->n[p->count++] = -1;
		} else {
			return 0;
		}
	}
	return 0;
}

static struct rgb rgb_of(int color)
{
	static const int steps[] = { 0, 95, 135, 175, 215, 255 };
	struct rgb c;

	if (color >= 232)
		return (struct rgb){ 8 + 10 * (color - 232), 8 + 10 * (color - 232), 8 + 10 * (color - 232) };
	if (color >= 16)
		return (struct rgb){ steps[(color - 16) / 36], steps[(color - 16) / 6 % 6], steps[(color - 16) % 6] };
	/* The first 16 as most terminals have them. */
	c = (struct rgb){ color & 1 ? 205 : 0, color & 2 ? 205 : 0, color & 4 ? 238 : 0 };
	if (color == 7)
		return (struct rgb){ 229, 229, 229 };
	if (color == 8)
		return (struct rgb){ 127, 127, 127 };
	if (color > 8)
		return (struct rgb){ color & 1 ? 255 : 92, color & 2 ? 255 : 92, color & 4 ? 255 : 92 };
	return c;
}

static int distance(struct rgb a, struct rgb b)
{
	return abs(a.r - b.r) + abs(a.g - b.g) + abs(a.b - b.b);
}

/* Of the cube and the greys: the first 16 are whatever the terminal's owner made of them. */
static int16_t nearest(struct rgb c)
{
	int best = 16, i;

	for (i = 17; i < 256; i++)
		if (distance(rgb_of(i), c) < distance(rgb_of(best), c))
			best = i;
	return (int16_t)best;
}

static bool is_byte(int n)
{
	return n >= 0 && n <= 255;
}

/* 38 or 48 at i: its colour into *ret. How many parameters it took; 0: not understood. */
static int read_color(const struct params *p, int i, int16_t *ret)
{
	bool colons = i + 1 < p->count && p->joint[i + 1] == ':';
	int left = p->count - i, at, k;

	if (colons) {
		/* All that belongs to it is joined by colons. */
		for (left = 1; i + left < p->count && p->joint[i + left] == ':'; left++)
			;
	} else {
		for (k = 1; k < left && k < 5; k++)
			if (p->joint[i + k] == ':')
				left = k;
	}
	if (left >= 3 && p->n[i + 1] == 5 && is_byte(p->n[i + 2]) && (!colons || left == 3)) {
		*ret = (int16_t)p->n[i + 2];
		return 3;
	}
	if (left < 5 || p->n[i + 1] != 2)
		return 0;
	/* With colons a colour space may stand before the three. */
	at = colons && left == 6 ? i + 3 : i + 2;
	if ((colons && left > 6) || !is_byte(p->n[at]) || !is_byte(p->n[at + 1]) || !is_byte(p->n[at + 2]))
		return 0;
	*ret = nearest((struct rgb){ p->n[at], p->n[at + 1], p->n[at + 2] });
	return colons ? left : 5;
}

static bool set_weight(struct sgr *s, int n)
{
	static const uint8_t on[] = { 0, SGR_BOLD, SGR_DIM, SGR_ITALIC, SGR_UNDERLINE, 0, 0, SGR_REVERSE, SGR_CONCEALED, SGR_STRUCK };
	static const uint8_t off[] = { SGR_BOLD | SGR_DIM, SGR_ITALIC, SGR_UNDERLINE, 0, 0, SGR_REVERSE, SGR_CONCEALED, SGR_STRUCK };

	if (n >= 1 && n <= 9)
		s->weights |= on[n];
	else if (n >= 22 && n <= 29)
		s->weights &= (uint8_t)~off[n - 22];
	else
		return false;
	return true;
}

static bool set_color(struct sgr *s, int n)
{
	if (n >= 30 && n <= 37)
		s->front = (int16_t)(n - 30);
	else if (n == 39)
		s->front = -1;
	else if (n >= 40 && n <= 47)
		s->back = (int16_t)(n - 40);
	else if (n == 49)
		s->back = -1;
	else if (n >= 90 && n <= 97)
		s->front = (int16_t)(n - 90 + 8);
	else if (n >= 100 && n <= 107)
		s->back = (int16_t)(n - 100 + 8);
	else
		return false;
	return true;
}

/* The underline's kind, 4:N: a line or none. */
static int read_underline(const struct params *p, int i, struct sgr *s)
{
	int kind = p->n[i + 1];

	if (kind < 0 || kind > 5 || (i + 2 < p->count && p->joint[i + 2] == ':'))
		return 0;
	s->weights = kind ? s->weights | SGR_UNDERLINE : s->weights & (uint8_t)~SGR_UNDERLINE;
	return 2;
}

size_t sgr_read(const char *text, size_t len, struct sgr *s)
{
	struct sgr now = *s;
	struct params p;
	size_t size = scan(text, len, &p);
	int i, took;

	for (i = 0; size > 0 && i < p.count; i += took) {
		bool colon = i + 1 < p.count && p.joint[i + 1] == ':';

		took = 1;
		if (p.n[i] == 38 || p.n[i] == 48)
			took = read_color(&p, i, p.n[i] == 38 ? &now.front : &now.back);
		else if (p.n[i] == 4 && colon)
			took = read_underline(&p, i, &now);
		else if (colon)
			took = 0;
		else if (p.n[i] <= 0)
			now = SGR_PLAIN;
		else if (!set_weight(&now, p.n[i]) && !set_color(&now, p.n[i]))
			took = 0;
		if (took == 0)
			return 0;
	}
	if (size > 0)
		*s = now;
	return size;
}

static int brightness(int color)
{
	struct rgb c = rgb_of(color);

	return c.r + c.g + c.b;
}

bool sgr_look(const struct sgr *s, struct sgr *ret)
{
	int16_t front = s->front, back = s->back;

	*ret = (struct sgr){ .front = -1, .back = -1, .weights = s->weights & (uint8_t)~(SGR_REVERSE | SGR_CONCEALED) };
	if (s->weights & SGR_CONCEALED || (front >= 0 && back >= 0 && distance(rgb_of(front), rgb_of(back)) < ALIKE)) {
		ret->weights = 0;
		return true;
	}
	if (s->weights & SGR_REVERSE) {
		if (front < 0 && back < 0) {
			ret->weights |= SGR_REVERSE;	/* the terminal's own two, swapped */
			return false;
		}
		front = s->back;
		back = s->front;
	}
	/* Of two colours one is the terminal's, and nobody knows which that is. */
	if (back < 0 && front >= 0 && (brightness(front) < DARK || brightness(front) > LIGHT))
		front = -1;
	if (back >= 0 && front < 0)
		front = brightness(back) * 2 > 3 * BRIGHTEST ? BLACK : WHITE;
	ret->front = front;
	ret->back = back;
	return false;
}
