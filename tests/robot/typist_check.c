/* typist_check: see typist_check.h. */
#include "config.h"

#include "tests/robot/typist_check.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/robot/typist.h"

enum { SHOWN_MS = 500, LATE_MS = 15000, PIECES_MS = 50, AROUND_MS = 8000, RECORDS = 400000 };

struct moment {
	long long ms, id;
	bool card;
	size_t screens;		/* of a key: how many screens stand before it in the record; a millisecond has more than one of either */
};

static struct moment screens[RECORDS], presses[RECORDS], claims[RECORDS];
static bool used[RECORDS], kept[RECORDS];
static size_t screen_count, press_count, claim_count, never_ready, moved;

/* A row that is written anew may be read in two pieces: for that moment nothing stood there. */
static void add_screen(long long ms, long long id, bool card)
{
	size_t i;

	if (screen_count > 1 && screens[screen_count - 1].id == 0 && screens[screen_count - 2].id == id && ms - screens[screen_count - 1].ms < PIECES_MS) {
		screens[--screen_count - 1].card |= card;
		for (i = press_count; i > 0 && presses[i - 1].screens > screen_count; i--)
			presses[i - 1].screens = screen_count;
		return;
	}
	if (screen_count < RECORDS)
		screens[screen_count++] = (struct moment){ .ms = ms, .id = id, .card = card };
}

static void read_log(const char *path)
{
	FILE *f = fopen(path, "re");
	long long ms, what;
	int card = 0;
	char kind;

	if (!f)
		exit(2);
	while (fscanf(f, " %c %lld %lld", &kind, &ms, &what) == 3) {
		if (kind == 'S' && fscanf(f, "%d", &card) == 1)
			add_screen(ms, what, card != 0);
		else if (kind == 'K' && strchr("aAdD\r\nlyY", (int)what) && press_count < RECORDS)
			presses[press_count++] = (struct moment){ ms, what, false, screen_count };
		else if (kind == 'C' && claim_count < RECORDS)
			claims[claim_count++] = (struct moment){ .ms = ms, .id = what };
		never_ready += kind == 'L';
		moved += kind == 'M';
	}
	fclose(f);
}

/*
 * A key that can have decided this; takes it. What is missing is said. On a loaded machine a gate is seconds behind the keys; that matters little, as only
 * a key counts that was pressed while this very one was shown.
 */
static const char *find_key(long long at, long long id, bool yes, int delay)
{
	const char *why = "no key was pressed while it was shown";
	size_t i;

	for (i = 0; i < press_count; i++) {
		const struct moment *s = presses[i].screens > 0 ? &screens[presses[i].screens - 1] : NULL;

		if (used[i] || presses[i].ms < at - delay - LATE_MS || presses[i].ms > at - delay || !s)
			continue;
		if (s->id == TYPIST_TOGETHER)	/* one Enter for several; which, the number that was typed does not tell */
			return NULL;
		if (s->id != id)
			continue;
		if (!s->card) {
			why = "its card was not shown";
		} else if (yes && presses[i].ms - s->ms < SHOWN_MS) {
			why = "it had been shown for less than 500 ms";
		} else {
			used[i] = true;
			return NULL;
		}
	}
	return why;
}

/* What stood on the screen and was pressed in the seconds before, for whoever looks for the reason. */
static void tell_around(long long ms)
{
	size_t i;

	for (i = 0; i < screen_count; i++)
		if (screens[i].ms > ms - AROUND_MS && screens[i].ms < ms + PIECES_MS)
			printf("  %lld ms: shows %lld%s\n", screens[i].ms - ms, screens[i].id, screens[i].card ? "" : ", no card");
	for (i = 0; i < press_count; i++)
		if (presses[i].ms > ms - AROUND_MS && presses[i].ms < ms + PIECES_MS)
			printf("  %lld ms: key %lld%s\n", presses[i].ms - ms, presses[i].id, used[i] ? ", taken" : "");
}

/* The claims that this yes keeps. */
static void keep_claims(long long at, long long id)
{
	size_t i;

	for (i = 0; i < claim_count; i++)
		kept[i] |= claims[i].id == id && at >= claims[i].ms;
}

static int check_claims(void)
{
	int faults = 0;
	size_t i;

	for (i = 0; i < claim_count; i++) {
		if (kept[i])
			continue;
		printf("fault: %lld was READY at %lld, its agent waited, and the yes did nothing\n", claims[i].id, claims[i].ms);
		faults++;
	}
	if (never_ready) {
		printf("fault: %zu times a selected action never got READY\n", never_ready);
		faults++;
	}
	if (moved) {
		printf("fault: %zu times another one was selected by itself\n", moved);
		faults++;
	}
	return faults;
}

int typist_check(char **argv)
{
	int delay = atoi(argv[3]), faults = 0, approved = 0, denied = 0;
	long long ms, id;
	char what[16];

	read_log(argv[2]);
	while (scanf("%lld %lld %15s", &ms, &id, what) == 3) {
		bool yes = strcmp(what, "approved") == 0;
		const char *why = find_key(ms, id, yes, delay);

		if (yes)
			keep_claims(ms, id);
		approved += yes;
		denied += !yes;
		if (why) {
			printf("fault: %lld was %s at %lld: %s\n", id, what, ms, why);
			tell_around(ms);
			faults++;
		}
	}
	faults += check_claims();
	if (claim_count < (size_t)atoi(argv[6])) {
		puts("fault: too few were waited for");
		faults++;
	}
	if (approved < atoi(argv[4]) || denied < atoi(argv[5])) {
		puts("fault: too few were decided for this to say anything");
		faults++;
	}
	printf("approved %d denied %d waited for %zu screens %zu faults %d\n", approved, denied, claim_count, screen_count, faults);
	return faults > 0;
}
