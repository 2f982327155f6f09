/*
 * many: several decided together. Each was seen in full first, with the deciding key ready, and is marked as it was then; all are of one kind; and how
 * many they are is typed. What changed since it was marked is not marked any more.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/dash.h"

enum { MARKED_MAX = 1000 };

static struct keymap_name key_of(const struct dashboard *d, enum intent intent)
{
	return keymap_first(d->keys, KEYMAP_MAIN, intent);
}

static size_t find(const struct dashboard *d, int64_t id)
{
	size_t i;

	for (i = 0; i < d->marked_count && d->marked[i].id != id; i++)
		;
	return i;
}

bool many_is_marked(const struct dashboard *d, int64_t id)
{
	return find(d, id) < d->marked_count;
}

static void unmark(struct dashboard *d, size_t i)
{
	memmove(d->marked + i, d->marked + i + 1, (--d->marked_count - i) * sizeof(*d->marked));
}

/* The marked action, if it is still what was marked. */
static const struct model_action *still(const struct dashboard *d, const struct dash_marked *x)
{
	const struct model_action *a = model_find_action(d->model, x->id);

	return a && model_is_held(a) && a->version == x->version && strcmp(a->digest, x->digest) == 0 ? a : NULL;
}

void many_refresh(struct dashboard *d)
{
	size_t i;

	for (i = 0; i < d->marked_count;)
		if (still(d, &d->marked[i]))
			i++;
		else
			unmark(d, i);
}

static void mark(struct dashboard *d, const struct model_action *a)
{
	struct dash_marked *grown = realloc(d->marked, (d->marked_count + 1) * sizeof(*grown));

	if (!grown)
		return;
	d->marked = grown;
	grown[d->marked_count] = (struct dash_marked){ .id = a->id, .version = a->version };
	snprintf(grown[d->marked_count].digest, sizeof(grown->digest), "%s", a->digest);
	d->marked_count++;
}

void many_mark(struct dashboard *d, int64_t now)
{
	const struct model_action *a = dash_selected(d), *first;
	size_t i = a ? find(d, a->id) : 0;
	char why[160];

	many_refresh(d);
	first = d->marked_count > 0 ? model_find_action(d->model, d->marked[0].id) : NULL;
	if (!a || !model_is_held(a)) {
		dash_say(d, now, "only a question can be marked");
	} else if (i < d->marked_count) {
		unmark(d, i);
		dash_say(d, now, "%lld is not marked any more, %zu are", (long long)a->id, d->marked_count);
	} else if (d->seen_id != a->id || d->seen_version != a->version) {
		dash_say(d, now, "not all of it was shown: Enter, then Space to its end; then %s marks it", key_of(d, INTENT_MARK).text);
	} else if (!arm_ready(&d->arm, now)) {
		dash_say(d, now, "%s was too early for %lld: look first", key_of(d, INTENT_MARK).text, (long long)a->id);
	} else if (card_lacks(&d->card, a, why, sizeof(why))) {
		dash_say(d, now, "%lld: %s. It can be marked when that is known", (long long)a->id, why);
	} else if (first && !needs_alike(first, a)) {
		dash_say(d, now, "%lld is of another kind than %lld: only alike ones are decided together", (long long)a->id, (long long)first->id);
	} else if (d->marked_count == MARKED_MAX) {
		dash_say(d, now, "no more than %d are decided together", MARKED_MAX);
	} else {
		mark(d, a);
		dash_say(d, now, "%zu marked: %s decides them together, %s takes %lld out again", d->marked_count, key_of(d, INTENT_DECIDE_MARKED).text,
			 key_of(d, INTENT_MARK).text, (long long)a->id);
	}
}

void many_open(struct dashboard *d, int64_t now)
{
	many_refresh(d);
	if (d->marked_count < 2)
		dash_say(d, now, "mark two or more of a kind with %s, each when you have seen it; then %s", key_of(d, INTENT_MARK).text,
			 key_of(d, INTENT_DECIDE_MARKED).text);
	else
		dash_prompt_open(d, PROMPT_MANY);
}

/* What stands in the way of a yes to this one with the others. */
static bool may_approve(struct dashboard *d, const struct model_action *a, int64_t now)
{
	struct model_action alone = *a;		/* what it waits for is decided before it, with the others */
	char why[160];

	if (many_is_marked(d, a->waits_for))
		alone.waits_for = 0;
	if (model_is_risky(a))
		snprintf(why, sizeof(why), "it is risky");
	else if (a->has_point)
		snprintf(why, sizeof(why), "it is judged by its picture");
	else if (a->askers == 0)
		snprintf(why, sizeof(why), "its agent is away");
	else
		decide_doubt_text(d, &alone, decide_doubts(d, &alone), why, sizeof(why));
	if (why[0])
		dash_say(d, now, "%lld: %s. Decide that one by itself; nothing was decided", (long long)a->id, why);
	return !why[0];
}

static bool may_all(struct dashboard *d, int64_t now)
{
	size_t i;

	if (!decide_gate_answers(d, now))
		return false;
	if (d->model->gate.frozen_by && d->model->gate.frozen_by[0]) {
		dash_say(d, now, "all is frozen: nothing can be approved until F lets things go on");
		return false;
	}
	for (i = 0; i < d->marked_count; i++)
		if (!may_approve(d, model_find_action(d->model, d->marked[i].id), now))
			return false;
	return dash_unlocked(d, now);
}

static int by_id(const void *left, const void *right)
{
	const struct dash_marked *a = left, *b = right;

	return a->id < b->id ? -1 : a->id > b->id;
}

/* "5a": yes to five, "5d": no. The number is the one of those that are marked when Enter is pressed. */
void many_end(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	char *end;
	unsigned long count = strtoul(d->line, &end, 10);
	enum dash_decision decision = strcmp(end, "a") == 0 ? DECIDE_APPROVE : DECIDE_DENY;
	size_t i, before = d->marked_count;

	many_refresh(d);
	if (d->marked_count != before) {
		dash_say(d, now, "%zu of them changed meanwhile: nothing was decided", before - d->marked_count);
		return;
	}
	if (d->line[0] < '1' || d->line[0] > '9' || count != d->marked_count || (strcmp(end, "a") != 0 && strcmp(end, "d") != 0)) {
		dash_say(d, now, "that is not %zua or %zud: nothing was decided", d->marked_count, d->marked_count);
		return;
	}
	if (decision == DECIDE_APPROVE && !may_all(d, now))
		return;
	ret->more = calloc(d->marked_count - 1, sizeof(*ret->more));
	if (!ret->more) {
		dash_say(d, now, "out of memory: nothing was decided");
		return;
	}
	qsort(d->marked, d->marked_count, sizeof(*d->marked), by_id);	/* in the order in which they came */
	for (i = 0; i < d->marked_count; i++) {
		const struct model_action *a = model_find_action(d->model, d->marked[i].id);
		struct dash_request *more = ret->more;

		decide_ask(a, decision, i == 0 ? ret : &more[i - 1]);
		ret->more = more;	/* the first one is made anew, with nothing behind it */
	}
	ret->more_count = d->marked_count - 1;
	dash_say(d, now, "%s to %zu together", decision == DECIDE_APPROVE ? "yes" : "no", d->marked_count);
	d->marked_count = 0;
}
