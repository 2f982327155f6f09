/* tickets: see tickets.h. They are in memory only, and in no log. */
#include "config.h"

#include "local/tickets.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"

#define PREFIX "sset_"

bool tickets_make(struct tickets *t, const char *path, char out[TICKET_SIZE])
{
	memcpy(out, PREFIX, sizeof(PREFIX) - 1);
	if (random_hex(out + sizeof(PREFIX) - 1, 40) < 0)
		return false;
	memcpy(t->all[t->next].text, out, TICKET_SIZE);
	snprintf(t->all[t->next].path, TICKET_PATH, "%s", path);
	t->all[t->next].until_ms = clock_boot_ms() + TICKET_MS;
	t->next = (t->next + 1) % TICKETS_MAX;
	return true;
}

bool tickets_take(struct tickets *t, const char *path, const char *text, size_t len)
{
	bool good;
	size_t i;

	if (len != sizeof(PREFIX) - 1 + 40)
		return false;
	for (i = 0; i < TICKETS_MAX; i++) {
		if (t->all[i].until_ms == 0 || !bytes_equal_ct(t->all[i].text, text, len))
			continue;
		if (t->all[i].path[0] && strcmp(t->all[i].path, path) != 0)
			return false;
		good = t->all[i].until_ms > clock_boot_ms();
		t->all[i].until_ms = 0;
		wipe(t->all[i].text, TICKET_SIZE);
		return good;
	}
	return false;
}
