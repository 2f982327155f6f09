/*
 * wallclock: order, expiry and deadlines go by boot time; wall time is shown to people and stands in the record. So a jump of the wall
 * clock changes nothing, and is recorded: who reads the record has to know that its times do not fit together there.
 */
#include "config.h"

#include <stdio.h>

#include "base/clock.h"
#include "gate/gate.h"
#include "io/log.h"

enum { JUMP_MS = 2000 };	/* a clock that is set slowly moves less from one look to the next */

void wallclock_look(struct gate *g)
{
	int64_t offset = clock_wall_ms() - clock_boot_ms(), jump = offset - g->wall_offset_ms;
	char detail[96];

	if (jump > -JUMP_MS && jump < JUMP_MS) {
		g->wall_offset_ms = offset;
		return;
	}
	snprintf(detail, sizeof(detail), "the wall clock jumped by %+lld.%03d s", (long long)(jump / 1000), (int)(jump < 0 ? -jump : jump) % 1000);
	if (g->wall_offset_ms != 0) {
		if (store_record(g->store, "clock", "gate", detail, NULL) < 0)
			return;		/* it is seen again with the next look */
		log_line("%s", detail);
	}
	g->wall_offset_ms = offset;
}
