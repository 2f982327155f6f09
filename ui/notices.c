/* notices: see notices.h. */
#include "config.h"

#include "ui/notices.h"

#include <stdio.h>
#include <stdlib.h>

void notices_init(struct notices *n)
{
	*n = (struct notices){ .empty = true };
}

void notices_release(struct notices *n)
{
	free(n->urgent);
	notices_init(n);
}

static int by_id(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

/* One that has 60 s left, and had more when it was last looked at. Both lists are in order of id, so each is gone through once. */
static bool look_at_urgent(struct notices *n, const struct needs *needs, int64_t now)
{
	size_t i, count = 0, at = 0;
	int64_t *list;
	bool fresh = false;

	for (i = 0; i < needs->count && needs->first_out_boot_ms - now <= NEEDS_URGENT_MS; i++)
		count += needs_is_urgent(&needs->items[i], now);
	list = count ? calloc(count, sizeof(*list)) : NULL;
	if (count && !list)
		return false;
	for (i = 0, count = 0; list && i < needs->count; i++)
		if (needs_is_urgent(&needs->items[i], now))
			list[count++] = needs->items[i].id;
	if (count)
		qsort(list, count, sizeof(*list), by_id);
	for (i = 0; i < count && !fresh; i++) {
		while (at < n->urgent_count && n->urgent[at] < list[i])
			at++;
		fresh = at == n->urgent_count || n->urgent[at] != list[i];
	}
	free(n->urgent);
	n->urgent = list;
	n->urgent_count = count;
	return fresh;
}

static bool look_at_risky(struct notices *n, const struct needs *needs)
{
	int64_t newest = n->risky_id;
	bool fresh;
	size_t i;

	for (i = 0; i < needs->count; i++)
		if (needs->items[i].kind == NEED_ACTION && needs->items[i].risky && needs->items[i].id > newest)
			newest = needs->items[i].id;
	fresh = newest > n->risky_id;
	n->risky_id = newest;
	return fresh;
}

static bool is_empty(const struct needs *needs)
{
	return needs->held + needs->faults + needs->approvals + needs->agents + needs->streams == 0;
}

unsigned int notices_look(struct notices *n, const struct needs *needs, int64_t now, int64_t gate_now)
{
	bool empty = is_empty(needs);
	unsigned int why = (look_at_risky(n, needs) ? NOTICE_RISKY : 0u) | (look_at_urgent(n, needs, gate_now) ? NOTICE_URGENT : 0u);

	if (n->empty && !empty)
		why |= NOTICE_FIRST;
	n->empty = empty;
	if (!n->began || notices_muted(n, now)) {
		n->began = true;
		n->wanted = 0;
		return 0;
	}
	n->wanted |= why;
	if (empty)
		n->wanted = 0;	/* it was seen to meanwhile */
	if (n->wanted == 0 || (n->last_ms && now - n->last_ms < NOTICES_EVERY_MS))
		return 0;
	why = n->wanted;
	n->wanted = 0;
	n->last_ms = now;
	return why;
}

int64_t notices_next_ms(const struct notices *n)
{
	return n->wanted ? n->last_ms + NOTICES_EVERY_MS : INT64_MAX;
}

bool notices_muted(const struct notices *n, int64_t now)
{
	return now < n->muted_until_ms;
}

void notices_toggle(struct notices *n, int64_t now)
{
	n->muted_until_ms = notices_muted(n, now) ? 0 : now + NOTICES_MUTE_MS;
}

int notices_text(const struct needs *needs, int64_t gate_now, char *out, size_t size)
{
	int urgent = 0, all = needs->held + needs->faults + needs->approvals + needs->agents + needs->streams, len;
	size_t i;

	for (i = 0; i < needs->count; i++)
		urgent += needs_is_urgent(&needs->items[i], gate_now);
	len = snprintf(out, size, "assent: %d need%s you", all, all == 1 ? "s" : "");
	if (needs->risky)
		len += snprintf(out + len, size - (size_t)len, ", %d risky", needs->risky);
	if (urgent)
		snprintf(out + len, size - (size_t)len, ", %d with at most 60 s left", urgent);
	return urgent;
}
