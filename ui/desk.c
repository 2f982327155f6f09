/* desk: see desk.h. */
#include "config.h"

#include "ui/desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOKED_AT = 200 };

static int64_t gaps_of(const struct model *m)
{
	int64_t gaps = 0;
	size_t i, k;

	for (i = 0; i < m->session_count; i++)
		for (k = 0; k < m->sessions[i]->stream_count; k++)
			gaps += m->sessions[i]->streams[k].gaps;
	return gaps;
}

static size_t put_count(char *out, size_t size, size_t len, int64_t count, const char *what)
{
	if (count == 0 || len >= size)
		return len;
	return len + (size_t)snprintf(out + len, size - len, "%s%lld %s", out[len - 1] == ':' ? " " : ", ", (long long)count, what);
}

/* Counts of ours alone: no foreign text. */
static void tell(struct desk *k, const struct model *m, int64_t away_ms)
{
	int64_t held = 0, gaps = gaps_of(m) - k->gaps, minutes = away_ms / 60000;
	size_t i, len;

	for (i = 0; i < m->action_count; i++)
		held += model_is_held(m->actions[i]);
	if (minutes >= 60)
		len = (size_t)snprintf(k->away, sizeof(k->away), "away %lldh%02lldm:", (long long)minutes / 60, (long long)minutes % 60);
	else
		len = (size_t)snprintf(k->away, sizeof(k->away), "away %lldm:", (long long)minutes);
	len = put_count(k->away, sizeof(k->away), len, held, "held");
	len = put_count(k->away, sizeof(k->away), len, m->tally.expired - k->tally.expired, "expired");
	len = put_count(k->away, sizeof(k->away), len, m->tally.gave_up - k->tally.gave_up, "gave up");
	len = put_count(k->away, sizeof(k->away), len, m->tally.by_rule - k->tally.by_rule, "by rule");
	len = put_count(k->away, sizeof(k->away), len, gaps, gaps == 1 ? "gap" : "gaps");
	if (k->away[len - 1] == ':')
		snprintf(k->away + len, sizeof(k->away) - len, " nothing happened");
}

void desk_key(struct desk *k, const struct model *m, int64_t now, int64_t wall)
{
	if (k->key_boot_ms && now - k->key_boot_ms >= DESK_AWAY_MS) {
		tell(k, m, now - k->key_boot_ms);
		k->away_until_ms = now + DESK_TOLD_MS;
	} else if (k->away[0] && now >= k->away_until_ms) {
		k->away[0] = '\0';
	}
	k->key_boot_ms = now;
	k->key_wall_ms = wall;
	k->gaps = gaps_of(m);
	k->tally = m->tally;
}

static int newest_first(const void *left, const void *right)
{
	const struct model_action *a = *(const struct model_action *const *)left, *b = *(const struct model_action *const *)right;

	if (a->decided_wall_ms != b->decided_wall_ms)
		return a->decided_wall_ms > b->decided_wall_ms ? -1 : 1;
	return a->id > b->id ? -1 : a->id < b->id;
}

static int by_length(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

int desk_yeses(const struct model *m, const char *person, int64_t *ret_median_ms)
{
	const struct model_action *mine[LOOKED_AT];
	int64_t took[LOOKED_AT];
	int count = 0, row = 0;
	size_t i;

	/* The latest in the list are the latest decided, but for some. */
	for (i = m->action_count; i-- > 0 && count < LOOKED_AT;) {
		const struct model_action *a = m->actions[i];

		if (a->decided_wall_ms && strcmp(a->decided_kind, "person") == 0 && strcmp(a->decided_by, person) == 0)
			mine[count++] = a;
	}
	qsort(mine, (size_t)count, sizeof(*mine), newest_first);
	while (row < count && strcmp(mine[row]->decision, "approve") == 0) {
		/* It was looked at since it came, or since the one before was decided. */
		int64_t since = mine[row]->arrived_wall_ms;

		if (row + 1 < count && mine[row + 1]->decided_wall_ms > since)
			since = mine[row + 1]->decided_wall_ms;
		took[row] = mine[row]->decided_wall_ms - since;
		row++;
	}
	qsort(took, (size_t)row, sizeof(*took), by_length);
	*ret_median_ms = row > 0 ? took[row / 2] : 0;
	return row;
}

void desk_look(struct desk *k, const struct model *m, const char *person)
{
	if (k->yeses_of == m->changes)
		return;
	k->yeses_of = m->changes;
	k->yeses = desk_yeses(m, person, &k->yeses_median_ms);
}

void desk_expired(struct desk *k, const struct model *m, int64_t now)
{
	int64_t from = now - DESK_EXPIRED_MS;
	size_t i;

	if (k->expired.of == m->changes && now >= k->expired.from_wall_ms && now < k->expired.until_wall_ms)
		return;
	k->expired.of = m->changes;
	k->expired.from_wall_ms = now;
	k->expired.until_wall_ms = INT64_MAX;
	k->expired.count = k->expired.id = 0;
	for (i = m->ended_count; i > 0 && m->ended[i - 1]->ended_wall_ms > from; i--) {
		const struct model_action *a = m->ended[i - 1];

		if (strcmp(a->state, "expired") != 0)
			continue;
		if (k->expired.count++ == 0)
			k->expired.id = a->id;
		k->expired.until_wall_ms = a->ended_wall_ms + DESK_EXPIRED_MS;
	}
}
