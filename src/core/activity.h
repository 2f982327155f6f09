/*
 * activity: what a session is at, as far as its events and its lists have told: what runs in it, when something happened last and how often,
 * previews, snapshots, cost, events that nothing here knows. Pure; the clocks are arguments.
 */
#ifndef ASSENT_ACTIVITY_H
#define ASSENT_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/miosa_event.h"
#include "core/miosa_object.h"

enum { ACTIVITY_RUNS_MAX = 16, ACTIVITY_LIST_MAX = 64, ACTIVITY_RATE_SECONDS = 60, ACTIVITY_ENDED = 4 };

/* A command that goes on. */
struct activity_run {
	char *exec, *what;	/* own; its id at the substrate, "" where it told none */
	int64_t since_wall_ms;
	bool listed;		/* from the list of processes */
	bool in_doubt;		/* its end may have been missed */
};

struct activity {
	struct activity_run *runs;	/* own; in order of their begin */
	struct miosa_preview *previews;	/* own */
	struct miosa_snapshot *snapshots;
	uint8_t run_count, preview_count, snapshot_count;
	char ended[ACTIVITY_ENDED][40];	/* ids of commands that ended last: their begin may be told after it */
	uint8_t ended_next;
	int64_t last_event_wall_ms;	/* 0: none yet */
	int64_t cost_cents;		/* -1: not told */
	int64_t unknown_events;
	char last_unknown[64];		/* a type, "" for none */
	int64_t rate_at_s;		/* the newest second of the rate, of the boot clock */
	uint16_t rate[ACTIVITY_RATE_SECONDS];	/* by second modulo 60 */
};

/* What an event did to it, and what is to be asked for again because of it. */
enum activity_effect {
	ACTIVITY_CHANGED = 1,		/* something that is shown besides times and rates */
	ACTIVITY_SCREEN = 2,		/* the picture changed */
	ACTIVITY_ASK_STATE = 4,
	ACTIVITY_ASK_PREVIEWS = 8,
	ACTIVITY_ASK_SNAPSHOTS = 16,
	ACTIVITY_ASK_PROCESSES = 32,
	ACTIVITY_ASK_AGENTS = 64,
};

void activity_init(struct activity *a);
void activity_release(struct activity *a);

/* Effects of the event, or'ed. A sign of life is no event. */
unsigned int activity_event(struct activity *a, const struct miosa_event *ev, int64_t wall_ms, int64_t boot_ms);

/* Events may have been missed: the end of what runs too. Such a run is not shown until an event names it. true: what is shown changed. */
bool activity_gap(struct activity *a);
/* None was missed, as it turned out. */
bool activity_no_gap(struct activity *a);
/* It does not run any more, and nothing in it does. */
bool activity_stopped(struct activity *a);

/* What a list said: the elements are taken over, also those for which there is no room. true: something changed. */
bool activity_set_previews(struct activity *a, struct miosa_preview *list, size_t count);
bool activity_set_snapshots(struct activity *a, struct miosa_snapshot *list, size_t count);
/* Processes, from the list: those that go on run, others do not. The list stays the caller's. */
bool activity_set_processes(struct activity *a, const struct miosa_job *list, size_t count, int64_t wall_ms);
bool activity_set_cost(struct activity *a, int64_t cents);	/* true: it is another one */

/* What it does now: of what runs, the newest; NULL for nothing. */
const struct activity_run *activity_doing(const struct activity *a);
int64_t activity_per_minute(const struct activity *a, int64_t boot_ms);	/* events in the last 60 s */
/* Is a snapshot of it under way? */
bool activity_snapshot_goes_on(const struct miosa_snapshot *s);

#endif
