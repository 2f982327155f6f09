/* queue: the rules of waiting and repeating. See queue.h. */
#include "config.h"

#include "core/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void queue_init(struct queue *q)
{
	*q = (struct queue){ 0 };
}

void queue_release(struct queue *q)
{
	size_t i;

	for (i = 0; i < q->count; i++)
		action_free(q->items[i]);
	free(q->items);
	free(q->tags);
	queue_init(q);
}

/* FNV-1a. Two names with one tag cost a look at the names, nothing else. */
static uint32_t tag_of(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return h;
}

static int make_room(struct queue *q)
{
	size_t cap = q->cap ? q->cap * 2 : 64;
	struct action **items = realloc(q->items, cap * sizeof(*items));
	struct queue_tag *tags;

	if (!items)
		return ERR_NOMEM;
	q->items = items;
	tags = realloc(q->tags, cap * sizeof(*tags));
	if (!tags)
		return ERR_NOMEM;
	q->tags = tags;
	q->cap = cap;
	return 0;
}

int queue_insert(struct queue *q, struct action *a)
{
	size_t i;

	if (q->count == q->cap && make_room(q) < 0)
		return ERR_NOMEM;
	for (i = q->count; i > 0 && q->items[i - 1]->id > a->id; i--) {
		q->items[i] = q->items[i - 1];
		q->tags[i] = q->tags[i - 1];
	}
	q->items[i] = a;
	q->tags[i] = (struct queue_tag){ .agent = tag_of(a->agent), .session = tag_of(a->session) };
	q->count++;
	if (a->id > q->last_id)
		q->last_id = a->id;
	return 0;
}

size_t queue_place(const struct queue *q, int64_t id)
{
	size_t low = 0, high = q->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (q->items[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct action *queue_find(const struct queue *q, int64_t id)
{
	size_t i = queue_place(q, id);

	return i < q->count && q->items[i]->id == id ? q->items[i] : NULL;
}

static bool same_session(const struct action *a, const struct action *b)
{
	return a->session_kind != SESSION_NONE && a->session_kind == b->session_kind && strcmp(a->session, b->session) == 0;
}

struct action *queue_next_on_session(const struct queue *q, const struct action *a, int64_t after)
{
	uint32_t tag = tag_of(a->session);
	size_t i;

	for (i = queue_place(q, after + 1); i < q->count; i++)
		if (q->tags[i].session == tag && same_session(q->items[i], a))
			return q->items[i];
	return NULL;
}

bool queue_needs_person(const struct action *a)
{
	return a->state == ACTION_HELD || (action_is_fault(a->state) && !a->seen_by);
}

/* May a repeat still get its recorded answer (or be told that it is streamed)? What was withdrawn because its asker stayed away is asked anew by its repeat. */
static bool is_asked_for(const struct action *a, int64_t now)
{
	int64_t ago = now - a->ended_boot_ms;

	if (a->answer == ANSWER_COMING)
		return true;
	if (action_is_operators(a))
		return false;
	return a->agent_key ? ago <= QUEUE_KEYED_MS : !a->delivered && a->state != ACTION_WITHDRAWN && ago <= QUEUE_UNFETCHED_MS;
}

void queue_trim(struct queue *q, int64_t now)
{
	size_t i, kept = 0, ended = 0, inputs = 0;

	for (i = 0; i < q->count; i++) {
		bool input = action_is_input(q->items[i]);

		ended += !input && action_ended(q->items[i]->state);
		inputs += input && action_ended(q->items[i]->state);
	}
	for (i = 0; i < q->count; i++) {
		struct action *a = q->items[i];
		bool over = action_ended(a->state) && (action_is_input(a) ? inputs-- > QUEUE_INPUTS_KEPT : ended-- > QUEUE_ENDED_KEPT);
		bool old = over && a->askers == 0 && !queue_needs_person(a);

		if (old && !is_asked_for(a, now)) {
			action_free(a);
			continue;
		}
		if (old)
			action_strip(a);
		q->tags[kept] = q->tags[i];
		q->items[kept++] = a;
	}
	q->count = kept;
}

enum queue_arrival queue_arrive(const struct queue *q, const char *agent, const char *digest, const char *agent_key, int64_t now,
				struct action **ret)
{
	uint32_t tag = tag_of(agent);
	struct action *same = NULL;
	size_t i;

	*ret = NULL;
	/* From the newest: a repeat means the last one. */
	for (i = q->count; i-- > 0;) {
		struct action *a = q->items[i];
		bool ended;

		if (q->tags[i].agent != tag || strcmp(a->agent, agent) != 0)
			continue;
		ended = action_ended(a->state);
		if (agent_key) {
			if (!a->agent_key || strcmp(a->agent_key, agent_key) != 0 || (ended && !is_asked_for(a, now)))
				continue;
			*ret = a;
			if (strcmp(action_asked(a), digest) != 0)
				return ARRIVAL_MISMATCH;
			return ended ? ARRIVAL_RECORDED : ARRIVAL_JOIN;
		}
		if (same || a->agent_key || strcmp(action_asked(a), digest) != 0)
			continue;
		*ret = same = a;
		if (!ended)
			return ARRIVAL_JOIN;
		if (is_asked_for(a, now))
			return ARRIVAL_RECORDED;
	}
	return ARRIVAL_NEW;
}

size_t queue_waiting(const struct queue *q, const char *agent, const char *session)
{
	uint32_t of_agent = agent ? tag_of(agent) : 0, of_session = session ? tag_of(session) : 0;
	size_t i, n = 0;

	for (i = 0; i < q->count; i++) {
		const struct action *a = q->items[i];

		if ((agent && q->tags[i].agent != of_agent) || (session && q->tags[i].session != of_session))
			continue;
		n += a->state == ACTION_HELD && (!agent || strcmp(a->agent, agent) == 0) && (!session || strcmp(a->session, session) == 0);
	}
	return n;
}

void queue_attach(struct action *a)
{
	a->askers++;
	a->away_since_boot_ms = 0;
}

void queue_detach(struct action *a, int64_t now)
{
	if (a->askers > 0)
		a->askers--;
	if (a->askers == 0)
		a->away_since_boot_ms = now;
}

/* " by ana at 12:03:04 UTC" */
static void put_who_and_when(const char *by, int64_t wall_ms, char *text, size_t size)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	text[0] = '\0';
	if (by && gmtime_r(&seconds, &tm))
		snprintf(text, size, " by %.64s at %02d:%02d:%02d UTC", by, tm.tm_hour, tm.tm_min, tm.tm_sec);
}

bool queue_needs_more(const struct action *a)
{
	return a->approval_count + 1 < a->require;
}

struct action *queue_waits_for(const struct queue *q, const struct action *a)
{
	struct action *other;

	for (other = queue_next_on_session(q, a, 0); other && other->id < a->id; other = queue_next_on_session(q, a, other->id))
		if (!action_ended(other->state))
			return other;
	return NULL;
}

bool queue_may_send(const struct queue *q, const struct action *a)
{
	const struct action *other;

	if (a->state != ACTION_APPROVED || a->comes_back || a->snapshot == SNAPSHOT_UNDER_WAY || a->screen_check == SCREEN_CHECK_UNDER_WAY)
		return false;
	if (action_is_operators(a))
		return true;
	if (q->frozen_since)
		return false;
	for (other = queue_next_on_session(q, a, 0); other; other = queue_next_on_session(q, a, other->id)) {
		if (other == a)
			continue;
		if (other->state == ACTION_SENT || (other->id < a->id && (other->state == ACTION_APPROVED || (other->state == ACTION_HELD && !a->ahead))))
			return false;
	}
	return true;
}

struct action *queue_next_to_send(const struct queue *q)
{
	size_t i;

	for (i = 0; i < q->count; i++)
		if (q->items[i]->state == ACTION_APPROVED && !q->items[i]->checking && queue_may_send(q, q->items[i]))
			return q->items[i];
	return NULL;
}

/* The earliest that a person has not decided, among those before a on its session. */
static struct action *held_before(const struct queue *q, const struct action *a)
{
	struct action *other;

	for (other = queue_next_on_session(q, a, 0); other && other->id < a->id; other = queue_next_on_session(q, a, other->id))
		if (other->state == ACTION_HELD)
			return other;
	return NULL;
}

enum decision_refusal queue_judge(const struct queue *q, const struct decision *d, struct action **ret, char message[256])
{
	struct action *a = queue_find(q, d->id), *before;
	char who[128];
	int i;

	*ret = a;
	message[0] = '\0';
	if (!a) {
		snprintf(message, 256, "there is no action %lld", (long long)d->id);
		return DECISION_NOT_FOUND;
	}
	if (a->state != ACTION_HELD) {
		put_who_and_when(a->decided_by, a->decided_wall_ms, who, sizeof(who));
		snprintf(message, 256, "action %lld was %s%s; it is %s now", (long long)a->id,
			 a->responded ? "answered" : a->state == ACTION_DENIED ? "denied" : a->decided_by ? "approved" : "not decided", who,
			 action_state_name(a->state));
		return DECISION_TOO_LATE;
	}
	if (d->version != a->version) {
		snprintf(message, 256, "action %lld is at version %d now, not %d%s%.64s: look again", (long long)a->id, a->version, d->version,
			 a->edited_by ? "; it was edited by " : "", a->edited_by ? a->edited_by : "");
		return DECISION_STALE;
	}
	if (strcmp(d->digest, a->digest) != 0) {
		snprintf(message, 256, "the digest is not that of action %lld", (long long)a->id);
		return DECISION_DIGEST;
	}
	if (d->verb != DECIDE_APPROVE)
		return DECISION_OK;
	if (q->frozen_since) {
		snprintf(message, 256, "everything is frozen: nothing is sent before it is unfrozen");
		return DECISION_FROZEN;
	}
	for (i = 0; i < a->approval_count; i++) {
		if (strcmp(a->approvals[i].by, d->by) != 0)
			continue;
		put_who_and_when(a->approvals[i].by, a->approvals[i].wall_ms, who, sizeof(who));
		snprintf(message, 256, "action %lld was approved%s; it needs %d persons: another one", (long long)a->id, who, a->require);
		return DECISION_SAME_PERSON;
	}
	if (a->askers == 0) {
		snprintf(message, 256, "agent %.100s is away: no connection waits for the answer", a->agent);
		return DECISION_AWAY;
	}
	if (a->has_point && !d->has_screen) {
		snprintf(message, 256, "action %lld has coordinates: name the picture that you saw", (long long)a->id);
		return DECISION_SCREEN;
	}
	before = held_before(q, a);
	if (before && !d->ahead) {
		snprintf(message, 256, "action %lld waits before this one on the same session", (long long)before->id);
		return DECISION_WAITS;
	}
	return DECISION_OK;
}

/* The time at which a held action ends by itself, and how. While all is frozen only the asker's own patience counts. */
static int64_t due_at(const struct queue *q, const struct action *a, struct proposal *ret)
{
	int64_t at = q->frozen_since ? INT64_MAX : a->expires_boot_ms, away;

	if (ret)
		*ret = (struct proposal){ .to = ACTION_EXPIRED, .why = "nobody decided in time" };
	if (q->unattended && a->deny_unattended) {
		if (ret)
			*ret = (struct proposal){ .to = ACTION_DENIED, .why = "Nobody is there to decide this. Do not retry now; say what you need." };
		return 0;
	}
	if (a->away_since_boot_ms == 0)
		return at;
	away = a->away_since_boot_ms + (a->deadline_answered ? QUEUE_AWAY_ANSWERED_MS : QUEUE_AWAY_MS);
	if (away >= at)
		return at;
	if (ret)
		*ret = (struct proposal){ .to = ACTION_WITHDRAWN, .why = "the agent stayed away" };
	return away;
}

bool queue_due(const struct queue *q, int64_t now, struct proposal *ret)
{
	size_t i;

	for (i = 0; i < q->count; i++) {
		if (q->items[i]->state != ACTION_HELD || due_at(q, q->items[i], ret) > now)
			continue;
		ret->action = q->items[i];
		return true;
	}
	return false;
}

int64_t queue_next_deadline(const struct queue *q)
{
	int64_t next = INT64_MAX;
	size_t i;

	for (i = 0; i < q->count; i++) {
		int64_t at = q->items[i]->state == ACTION_HELD ? due_at(q, q->items[i], NULL) : INT64_MAX;

		if (at < next)
			next = at;
	}
	return next;
}

bool queue_superseded(const struct queue *q, const struct action *a, struct proposal *ret)
{
	struct action *other;

	for (other = queue_next_on_session(q, a, 0); other && other->id < a->id; other = queue_next_on_session(q, a, other->id)) {
		if (other->state != ACTION_HELD || other->askers > 0 || strcmp(other->agent, a->agent) != 0 ||
		    strcmp(action_asked(other), action_asked(a)) == 0)
			continue;
		*ret = (struct proposal){ .action = other, .to = ACTION_WITHDRAWN, .why = "the agent asked for something else" };
		return true;
	}
	return false;
}

bool queue_needs_new_yes(const struct queue *q, const struct action *a, struct proposal *ret)
{
	struct action *other;

	for (other = queue_next_on_session(q, a, a->id); other; other = queue_next_on_session(q, a, other->id)) {
		if (other->state != ACTION_APPROVED || other->comes_back || strcmp(other->agent, a->agent) != 0)
			continue;
		*ret = (struct proposal){ .action = other, .to = ACTION_HELD, .why = "an earlier action of this agent was denied" };
		return true;
	}
	return false;
}

void queue_freeze(struct queue *q, int64_t now)
{
	if (!q->frozen_since)
		q->frozen_since = now;
}

void queue_unfreeze(struct queue *q, int64_t now)
{
	int64_t stood = q->frozen_since ? now - q->frozen_since : 0;
	size_t i;

	for (i = 0; i < q->count; i++)
		if (q->items[i]->state == ACTION_HELD)
			q->items[i]->expires_boot_ms += stood;
	q->frozen_since = 0;
}

bool queue_comes_back(const struct queue *q, const char *agent, struct proposal *ret)
{
	size_t i;

	for (i = 0; i < q->count; i++) {
		struct action *a = q->items[i];

		if (a->state != ACTION_APPROVED ||
		    (!a->comes_back && (action_is_operators(a) || (agent ? strcmp(a->agent, agent) != 0 : !q->frozen_since))))
			continue;
		*ret = (struct proposal){ .action = a, .to = ACTION_HELD,
					  .why = a->comes_back ? a->comes_back : agent ? "its agent was stopped" : "everything was frozen" };
		return true;
	}
	return false;
}
