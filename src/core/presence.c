/* presence: see presence.h. */
#include "config.h"

#include "core/presence.h"

#include <stdio.h>
#include <string.h>

void presence_init(struct presence *p, int64_t now_boot_ms)
{
	*p = (struct presence){ .key_boot_ms = now_boot_ms + PRESENCE_SILENT_MS - PRESENCE_UNATTENDED_MS };
}

static struct presence_one *find(struct presence *p, int64_t process)
{
	size_t i;

	for (i = 0; i < p->count; i++)
		if (p->list[i].process == process)
			return &p->list[i];
	return NULL;
}

bool presence_heard(struct presence *p, int64_t process, const char *name, int64_t reads, int64_t key_ago_ms, int64_t now_boot_ms, int64_t now_wall_ms)
{
	struct presence_one *one = find(p, process);
	int64_t key = key_ago_ms >= 0 && key_ago_ms <= now_boot_ms ? now_boot_ms - key_ago_ms : now_boot_ms - PRESENCE_UNATTENDED_MS;
	bool changed = !one;

	if (key > p->key_boot_ms)
		p->key_boot_ms = key;
	if (!one) {
		if (p->count == PRESENCE_MAX)
			return false;
		one = &p->list[p->count++];
		*one = (struct presence_one){ .process = process, .since_wall_ms = now_wall_ms };
	}
	changed |= strncmp(one->name, name, PRESENCE_NAME_MAX) != 0 || one->reads != reads;
	if (one->reads != reads)
		one->reads_since_wall_ms = now_wall_ms;
	snprintf(one->name, sizeof(one->name), "%s", name);
	one->reads = reads;
	one->heard_boot_ms = now_boot_ms;
	one->key_boot_ms = key;
	return changed;
}

static void drop(struct presence *p, size_t i)
{
	p->count--;
	memmove(&p->list[i], &p->list[i + 1], (p->count - i) * sizeof(p->list[0]));
}

bool presence_gone(struct presence *p, int64_t process)
{
	struct presence_one *one = find(p, process);

	if (one)
		drop(p, (size_t)(one - p->list));
	return one != NULL;
}

bool presence_due(struct presence *p, int64_t now_boot_ms)
{
	size_t i = 0;
	bool any = false;

	while (i < p->count) {
		if (now_boot_ms - p->list[i].heard_boot_ms >= PRESENCE_SILENT_MS) {
			drop(p, i);
			any = true;
		} else {
			i++;
		}
	}
	return any;
}

bool presence_unattended(const struct presence *p, int64_t now_boot_ms)
{
	return now_boot_ms - p->key_boot_ms >= PRESENCE_UNATTENDED_MS;
}

int64_t presence_next(const struct presence *p, int64_t now_boot_ms)
{
	int64_t next = INT64_MAX;
	size_t i;

	if (!presence_unattended(p, now_boot_ms))
		next = p->key_boot_ms + PRESENCE_UNATTENDED_MS;
	for (i = 0; i < p->count; i++)
		if (p->list[i].heard_boot_ms + PRESENCE_SILENT_MS < next)
			next = p->list[i].heard_boot_ms + PRESENCE_SILENT_MS;
	return next;
}
