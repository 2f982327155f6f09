/* faults: see faults.h. */
#include "config.h"

#include "gate/faults.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "io/log.h"

enum { AT_ONCE = 20, EACH_MS = 1000 };

void fault_line(struct gate *g, const char *fmt, ...)
{
	int64_t now = clock_boot_ms(), earned = (now - g->faults.at_boot_ms) / EACH_MS;
	char text[1024];
	va_list ap;

	if (earned > 0) {
		g->faults.room = earned > AT_ONCE - g->faults.room ? AT_ONCE : g->faults.room + (int)earned;
		g->faults.at_boot_ms = now;
	}
	if (g->faults.room == 0) {
		g->faults.left_out++;
		return;
	}
	g->faults.room--;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (g->faults.left_out > 0)
		log_line("%s (and %lld more lines about streams)", text, (long long)g->faults.left_out);
	else
		log_line("%s", text);
	g->faults.left_out = 0;
}
