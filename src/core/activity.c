/* activity: see activity.h. */
#include "config.h"

#include "core/activity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

void activity_init(struct activity *a)
{
	*a = (struct activity){ .cost_cents = -1 };
}

static void release_run(struct activity_run *r)
{
	free(r->exec);
	free(r->what);
}

void activity_release(struct activity *a)
{
	size_t i;

	for (i = 0; i < a->run_count; i++)
		release_run(&a->runs[i]);
	for (i = 0; i < a->preview_count; i++)
		miosa_preview_release(&a->previews[i]);
	for (i = 0; i < a->snapshot_count; i++)
		miosa_snapshot_release(&a->snapshots[i]);
	free(a->runs);
	free(a->previews);
	free(a->snapshots);
	activity_init(a);
}

static char *copy(const char *s)
{
	char *c = strdup(s);

	if (!c)
		abort();
	return c;
}

/* The array with room for `count` elements: it has what it needs and no more, as most sessions have few of anything. */
static void *sized(void *array, size_t count, size_t size)
{
	void *a = realloc(array, count * size);

	if (!a)
		abort();
	return a;
}

/* ---- how often ---- */

static void count(struct activity *a, int64_t boot_ms)
{
	int64_t now = boot_ms / 1000, s;
	uint16_t *slot = &a->rate[now % ACTIVITY_RATE_SECONDS];

	if (now - a->rate_at_s >= ACTIVITY_RATE_SECONDS)
		memset(a->rate, 0, sizeof(a->rate));
	else
		for (s = a->rate_at_s + 1; s <= now; s++)
			a->rate[s % ACTIVITY_RATE_SECONDS] = 0;
	a->rate_at_s = now;
	if (*slot < UINT16_MAX)
		++*slot;
}

int64_t activity_per_minute(const struct activity *a, int64_t boot_ms)
{
	int64_t now = boot_ms / 1000, s, n = 0;

	for (s = now < ACTIVITY_RATE_SECONDS ? 0 : now - ACTIVITY_RATE_SECONDS + 1; s <= a->rate_at_s; s++)
		n += a->rate[s % ACTIVITY_RATE_SECONDS];
	return n;
}

/* ---- what runs ---- */

static void remove_run(struct activity *a, size_t i)
{
	release_run(&a->runs[i]);
	a->run_count--;
	memmove(&a->runs[i], &a->runs[i + 1], (a->run_count - i) * sizeof(a->runs[0]));
}

/* By its id, or, where the substrate tells none, by its command: the oldest such. */
static struct activity_run *find_run(struct activity *a, const char *exec, const char *what)
{
	size_t i;

	for (i = 0; i < a->run_count; i++)
		if (exec[0] ? strcmp(a->runs[i].exec, exec) == 0 : !a->runs[i].exec[0] && strcmp(a->runs[i].what, what) == 0)
			return &a->runs[i];
	return NULL;
}

static void add_run(struct activity *a, const char *exec, const char *what, int64_t since_wall_ms, bool listed)
{
	if (a->run_count == ACTIVITY_RUNS_MAX)
		remove_run(a, 0);
	a->runs = sized(a->runs, a->run_count + 1U, sizeof(a->runs[0]));
	a->runs[a->run_count++] = (struct activity_run){ .exec = copy(exec), .what = copy(what), .since_wall_ms = since_wall_ms, .listed = listed };
}

static bool has_ended(const struct activity *a, const char *exec)
{
	size_t i;

	for (i = 0; i < ACTIVITY_ENDED; i++)
		if (exec[0] && strcmp(a->ended[i], exec) == 0)
			return true;
	return false;
}

/* Nothing of before says anything of what comes: ids are given anew. */
static void forget_ended(struct activity *a)
{
	memset(a->ended, 0, sizeof(a->ended));
}

static unsigned int began(struct activity *a, const struct miosa_event *ev, int64_t wall_ms)
{
	struct activity_run *r = ev->exec[0] ? find_run(a, ev->exec, "") : NULL;

	if (!r && has_ended(a, ev->exec))
		return 0;
	if (!r)
		add_run(a, ev->exec, ev->command, ev->wall_ms >= 0 ? ev->wall_ms : wall_ms, false);
	else if (r->in_doubt)
		r->in_doubt = false;
	else
		return 0;
	return ACTIVITY_CHANGED;
}

static unsigned int ended(struct activity *a, const struct miosa_event *ev)
{
	struct activity_run *r = find_run(a, ev->exec, ev->command);

	if (strlen(ev->exec) < sizeof(a->ended[0])) {
		snprintf(a->ended[a->ended_next], sizeof(a->ended[0]), "%s", ev->exec);
		a->ended_next = (uint8_t)((a->ended_next + 1) % ACTIVITY_ENDED);
	}
	if (!r)
		return 0;
	remove_run(a, (size_t)(r - a->runs));
	return ACTIVITY_CHANGED;
}

/* A process of the list, not a command that is waited for. */
static unsigned int ask_processes(const struct miosa_event *ev)
{
	return strncmp(ev->type, "process.", 8) == 0 ? ACTIVITY_ASK_PROCESSES : 0;
}

/* It prints, so it runs. */
static unsigned int printed(struct activity *a, const struct miosa_event *ev)
{
	struct activity_run *r = ev->exec[0] && a->run_count > 0 ? find_run(a, ev->exec, "") : NULL;

	if (!r || !r->in_doubt)
		return 0;
	r->in_doubt = false;
	return ACTIVITY_CHANGED;
}

static bool set_doubt(struct activity *a, bool doubt)
{
	bool changed = false;
	size_t i;

	for (i = 0; i < a->run_count; i++) {
		if (a->runs[i].listed)
			continue;	/* the list is read again */
		changed |= a->runs[i].in_doubt != doubt;
		a->runs[i].in_doubt = doubt;
	}
	return changed;
}

bool activity_gap(struct activity *a)
{
	return set_doubt(a, true);
}

bool activity_no_gap(struct activity *a)
{
	return set_doubt(a, false);
}

bool activity_stopped(struct activity *a)
{
	bool changed = a->run_count > 0;

	forget_ended(a);
	while (a->run_count > 0)
		remove_run(a, a->run_count - 1U);
	return changed;
}

const struct activity_run *activity_doing(const struct activity *a)
{
	size_t i;

	for (i = a->run_count; i-- > 0;)
		if (!a->runs[i].in_doubt)
			return &a->runs[i];
	return NULL;
}

bool activity_set_processes(struct activity *a, const struct miosa_job *list, size_t n, int64_t wall_ms)
{
	bool changed = false, there;
	size_t i, k;

	for (i = a->run_count; i-- > 0;) {
		there = !a->runs[i].listed;
		for (k = 0; k < n; k++)
			if (strcmp(list[k].id, a->runs[i].exec) == 0)
				there = list[k].goes_on;
		if (!there)
			remove_run(a, i);
		changed |= !there;
	}
	for (k = 0; k < n; k++) {
		struct activity_run *r = list[k].goes_on ? find_run(a, list[k].id, "") : NULL;

		if (r)
			r->listed = true;
		if (r || !list[k].goes_on)
			continue;
		add_run(a, list[k].id, list[k].what[0] ? list[k].what : list[k].name, list[k].started_wall_ms >= 0 ? list[k].started_wall_ms : wall_ms, true);
		changed = true;
	}
	return changed;
}

/* ---- what it has ---- */

static bool same(const struct miosa_preview *p, const struct miosa_preview *q)
{
	return strcmp(p->id, q->id) == 0 && strcmp(p->url, q->url) == 0 && p->port == q->port;
}

bool activity_set_previews(struct activity *a, struct miosa_preview *list, size_t n)
{
	bool changed = false;
	size_t i, kept = n < ACTIVITY_LIST_MAX ? n : ACTIVITY_LIST_MAX;

	changed = kept != a->preview_count;
	for (i = 0; i < kept && !changed; i++)
		changed = !same(&list[i], &a->previews[i]);
	for (i = 0; i < a->preview_count; i++)
		miosa_preview_release(&a->previews[i]);
	for (i = kept; i < n; i++)
		miosa_preview_release(&list[i]);
	if (kept > 0) {
		a->previews = sized(a->previews, kept, sizeof(list[0]));
		memcpy(a->previews, list, kept * sizeof(list[0]));
	}
	a->preview_count = (uint8_t)kept;
	return changed;
}

static unsigned int preview(struct activity *a, const struct miosa_event *ev)
{
	size_t i;

	for (i = 0; i < a->preview_count && strcmp(a->previews[i].id, ev->item) != 0; i++)
		;
	if (i == ACTIVITY_LIST_MAX || (!ev->item[0] && ev->port == 0))
		return ACTIVITY_ASK_PREVIEWS;
	if (i < a->preview_count) {
		miosa_preview_release(&a->previews[i]);
	} else {
		a->previews = sized(a->previews, i + 1, sizeof(a->previews[0]));
		a->preview_count++;
	}
	a->previews[i] = (struct miosa_preview){ .id = copy(ev->item), .url = copy(ev->url), .port = ev->port };
	return ACTIVITY_CHANGED | ACTIVITY_ASK_PREVIEWS;
}

static bool same_snapshot(const struct miosa_snapshot *s, const struct miosa_snapshot *t)
{
	return strcmp(s->id, t->id) == 0 && strcmp(s->status, t->status) == 0 && strcmp(s->comment, t->comment) == 0 && strcmp(s->created_at, t->created_at) == 0;
}

bool activity_set_snapshots(struct activity *a, struct miosa_snapshot *list, size_t n)
{
	bool changed = false;
	size_t i, kept = n < ACTIVITY_LIST_MAX ? n : ACTIVITY_LIST_MAX;

	changed = kept != a->snapshot_count;
	for (i = 0; i < kept && !changed; i++)
		changed = !same_snapshot(&list[i], &a->snapshots[i]);
	for (i = 0; i < a->snapshot_count; i++)
		miosa_snapshot_release(&a->snapshots[i]);
	for (i = kept; i < n; i++)
		miosa_snapshot_release(&list[i]);
	if (kept > 0) {
		a->snapshots = sized(a->snapshots, kept, sizeof(list[0]));
		memcpy(a->snapshots, list, kept * sizeof(list[0]));
	}
	a->snapshot_count = (uint8_t)kept;
	return changed;
}

bool activity_snapshot_goes_on(const struct miosa_snapshot *s)
{
	static const char *const ends[] = { "ready", "failed", "deleted", "available", "completed", "" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++)
		if (strcmp(s->status, ends[i]) == 0)
			return false;
	return true;
}

/* One that is in the list is as the event says; another is in the list that is asked for. */
static unsigned int snapshot(struct activity *a, const struct miosa_event *ev)
{
	size_t i;

	for (i = 0; i < a->snapshot_count; i++) {
		struct miosa_snapshot *s = &a->snapshots[i];

		if (strcmp(s->id, ev->item) != 0 || !ev->status[0])
			continue;
		if (strcmp(s->status, ev->status) == 0)
			return 0;
		free(s->status);
		s->status = copy(ev->status);
		return ACTIVITY_CHANGED | (activity_snapshot_goes_on(s) ? 0U : ACTIVITY_ASK_SNAPSHOTS);
	}
	return ACTIVITY_ASK_SNAPSHOTS;
}

bool activity_set_cost(struct activity *a, int64_t cents)
{
	bool changed = a->cost_cents != cents;

	a->cost_cents = cents;
	return changed;
}

static unsigned int unknown(struct activity *a, const struct miosa_event *ev)
{
	a->unknown_events++;
	snprintf(a->last_unknown, sizeof(a->last_unknown), "%s", ev->type);
	return a->unknown_events == 1 ? ACTIVITY_CHANGED : 0;
}

/* It began or ended: whatever ran in it before does not any more. */
static unsigned int new_state(struct activity *a, const struct miosa_event *ev)
{
	static const char *const words[] = { "started", "stopped", "deleted", "destroyed" };
	const char *dot = strrchr(ev->type, '.'), *word = dot ? dot + 1 : ev->type;
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (strcmp(word, words[i]) == 0 && activity_stopped(a))
			return ACTIVITY_CHANGED | ACTIVITY_ASK_STATE | ACTIVITY_ASK_PROCESSES;
	return ACTIVITY_ASK_STATE;
}

unsigned int activity_event(struct activity *a, const struct miosa_event *ev, int64_t wall_ms, int64_t boot_ms)
{
	if (ev->kind == MIOSA_ALIVE || ev->kind == MIOSA_LOOK)
		return 0;
	count(a, boot_ms);
	a->last_event_wall_ms = wall_ms;
	switch (ev->kind) {
	case MIOSA_OUT:
	case MIOSA_ERR:
		return printed(a, ev);
	case MIOSA_EXEC_BEGAN:
		return began(a, ev, wall_ms) | ask_processes(ev);
	case MIOSA_EXEC_ENDED:
		return ended(a, ev) | ask_processes(ev);
	case MIOSA_STATE:
		return new_state(a, ev);
	case MIOSA_READY:
		return ACTIVITY_ASK_STATE;
	case MIOSA_PREVIEW:
		return preview(a, ev);
	case MIOSA_SNAPSHOT:
		return snapshot(a, ev);
	case MIOSA_INPUT:
	case MIOSA_SCREEN:
		return ACTIVITY_SCREEN;
	case MIOSA_AGENT:	/* its begin and its end, not each of its words */
		return strncmp(ev->type, "session_", 8) == 0 ? ACTIVITY_ASK_AGENTS : 0;
	case MIOSA_OTHER:
		return unknown(a, ev);
	default:
		return 0;
	}
}
