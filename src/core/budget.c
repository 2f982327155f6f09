/* budget: caps, layers of them, and the sliding minute. See budget.h. */
#include "config.h"

#include "core/budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

static const struct {
	const char *name, *key, *what, *remedy;
} caps[BUDGET_CAPS] = {
	[BUDGET_ACTIONS] = { "actions", "actions", "actions in all", "Do not retry; an operator can raise it." },
	[BUDGET_PER_MINUTE] = { "per-minute", "per_minute", "actions a minute", "Ask again in a minute, or an operator can raise it." },
	[BUDGET_WAITING] = { "waiting", "waiting", "actions that wait for a person", "Wait for those first, or an operator can raise it." },
	[BUDGET_READS_PER_MINUTE] = { "reads-per-minute", "reads_per_minute", "reads a minute", "Ask again later, or an operator can raise it." },
	[BUDGET_COST] = { "max-cost", "cost", "cost, as the substrate tells it", "Do not retry; an operator can raise it." },
};

struct budget_limits budget_unset(void)
{
	struct budget_limits l;
	int i;

	for (i = 0; i < BUDGET_CAPS; i++)
		l.most[i] = BUDGET_UNSET;
	return l;
}

struct budget_limits budget_defaults(void)
{
	struct budget_limits l = budget_unset();

	l.most[BUDGET_ACTIONS] = 200;
	l.most[BUDGET_PER_MINUTE] = 30;
	l.most[BUDGET_WAITING] = 8;
	l.most[BUDGET_READS_PER_MINUTE] = 600;
	return l;
}

void budget_overlay(struct budget_limits *under, const struct budget_limits *over)
{
	int i;

	for (i = 0; i < BUDGET_CAPS; i++)
		if (over->most[i] != BUDGET_UNSET)
			under->most[i] = over->most[i];
}

bool budget_is_unset(const struct budget_limits *l)
{
	const struct budget_limits none = budget_unset();

	return memcmp(l, &none, sizeof(none)) == 0;
}

bool budget_has_room(const struct budget_limits *l, const struct budget_use *u, enum budget_cap cap)
{
	return l->most[cap] == BUDGET_UNSET || u->n[cap] < l->most[cap];
}

bool budget_counts(enum budget_for what, enum budget_cap cap)
{
	if (what == BUDGET_FOR_READ || cap == BUDGET_READS_PER_MINUTE)
		return what == BUDGET_FOR_READ && cap == BUDGET_READS_PER_MINUTE;
	return what == BUDGET_FOR_ACTION || cap == BUDGET_ACTIONS || cap == BUDGET_PER_MINUTE;
}

enum budget_cap budget_in_the_way(const struct budget_limits *l, const struct budget_use *u, enum budget_for what)
{
	int i;

	for (i = 0; i < BUDGET_CAPS; i++)
		if (budget_counts(what, (enum budget_cap)i) && !budget_has_room(l, u, (enum budget_cap)i))
			break;
	return (enum budget_cap)i;
}

const char *budget_cap_name(enum budget_cap cap)
{
	return caps[cap].name;
}

const char *budget_cap_key(enum budget_cap cap)
{
	return caps[cap].key;
}

enum budget_cap budget_cap_of(const char *name)
{
	int i;

	for (i = 0; i < BUDGET_CAPS; i++)
		if (strcmp(name, caps[i].name) == 0 || strcmp(name, caps[i].key) == 0)
			break;
	return (enum budget_cap)i;
}

int budget_read(enum budget_cap cap, const char *text, int64_t *ret)
{
	size_t whole = strspn(text, "0123456789"), part = 0;
	int64_t n;

	if (cap == BUDGET_COST && text[whole] == '.')
		part = strspn(text + whole + 1, "0123456789");
	if (whole == 0 || whole > 10 || part > 2 || text[whole + (part ? 1 + part : 0)])
		return ERR_INVALID;
	n = strtoll(text, NULL, 10);
	if (cap == BUDGET_COST)
		n = n * 100 + (part > 0 ? (text[whole + 1] - '0') * 10 : 0) + (part > 1 ? text[whole + 2] - '0' : 0);
	if (n > BUDGET_MAX)
		return ERR_INVALID;
	*ret = n;
	return 0;
}

void budget_write(char text[32], enum budget_cap cap, int64_t most)
{
	if (cap == BUDGET_COST)
		snprintf(text, 32, "%lld.%02lld", (long long)most / 100, (long long)most % 100);
	else
		snprintf(text, 32, "%lld", (long long)most);
}

void budget_say(char text[256], enum budget_cap cap, int64_t most, const char *whose)
{
	char number[32];

	budget_write(number, cap, most);
	snprintf(text, 256, "The budget of %.80s is used up: %s=%s (%s). %s", whose, caps[cap].name, number, caps[cap].what, caps[cap].remedy);
}

/* Brings it to now: the seconds that passed are empty. A clock that went back counts into the newest second. */
static void move_on(struct budget_window *w, int64_t now_ms)
{
	int64_t second = now_ms / 1000;

	if (second - w->second >= BUDGET_WINDOW_SECONDS) {
		memset(w->counts, 0, sizeof(w->counts));
		w->second = second;
	}
	while (w->second < second)
		w->counts[++w->second % BUDGET_WINDOW_SECONDS] = 0;
}

void budget_window_add(struct budget_window *w, int64_t now_ms)
{
	move_on(w, now_ms);
	w->counts[w->second % BUDGET_WINDOW_SECONDS]++;
}

int64_t budget_window_count(struct budget_window *w, int64_t now_ms)
{
	int64_t n = 0;
	int i;

	move_on(w, now_ms);
	for (i = 0; i < BUDGET_WINDOW_SECONDS; i++)
		n += w->counts[i];
	return n;
}

int64_t budget_window_frees(struct budget_window *w, int64_t now_ms)
{
	int64_t oldest;
	int i;

	move_on(w, now_ms);
	for (i = BUDGET_WINDOW_SECONDS - 1; i >= 0; i--) {
		oldest = w->second - i;
		if (oldest >= 0 && w->counts[oldest % BUDGET_WINDOW_SECONDS] > 0)
			return (oldest + BUDGET_WINDOW_SECONDS) * 1000 - now_ms;
	}
	return 0;
}
