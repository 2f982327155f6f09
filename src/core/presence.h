/*
 * presence: who sits at a dashboard, and what is open there. Pure: clocks are arguments.
 *
 * A dashboard is known by its process. It says every few seconds that it is there; one that is silent for 15 s, or whose connection closed, is gone.
 * Where nobody has pressed a key at any dashboard for 10 minutes, the gate is unattended.
 */
#ifndef ASSENT_CORE_PRESENCE_H
#define ASSENT_CORE_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRESENCE_SILENT_MS 15000
#define PRESENCE_UNATTENDED_MS (10 * 60 * 1000)
#define PRESENCE_MAX 64			/* dashboards; what comes after is not shown */
#define PRESENCE_NAME_MAX 64		/* bytes */

struct presence_one {
	int64_t process;		/* the dashboard's pid */
	char name[PRESENCE_NAME_MAX + 1];
	int64_t since_wall_ms, heard_boot_ms, key_boot_ms;
	int64_t reads, reads_since_wall_ms;	/* the action whose card is open; 0 for none */
};

struct presence {
	struct presence_one list[PRESENCE_MAX];	/* in order of arrival */
	size_t count;
	int64_t key_boot_ms;		/* the last key at any dashboard, of those that are gone too */
};

/* A gate that was just started gives dashboards the time of one silence to say that somebody is there. */
void presence_init(struct presence *p, int64_t now_boot_ms);
/* A dashboard says that it is there. true when the list looks different now. reads 0 for none. */
bool presence_heard(struct presence *p, int64_t process, const char *name, int64_t reads, int64_t key_ago_ms, int64_t now_boot_ms, int64_t now_wall_ms);
/* Its connection closed. true when it was in the list. */
bool presence_gone(struct presence *p, int64_t process);
/* Forgets the silent. true when there were any. */
bool presence_due(struct presence *p, int64_t now_boot_ms);
bool presence_unattended(const struct presence *p, int64_t now_boot_ms);	/* is nobody at any dashboard? */
/* When the next of these changes by itself; INT64_MAX: not before something is heard. */
int64_t presence_next(const struct presence *p, int64_t now_boot_ms);

#endif
