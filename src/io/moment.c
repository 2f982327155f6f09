/* moment: see moment.h. */
#include "config.h"

#include "io/moment.h"

#include <time.h>

#include "base/clock.h"

struct policy_moment policy_moment_now(void)
{
	time_t seconds = (time_t)(clock_wall_ms() / 1000);
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return (struct policy_moment){ .minute = tm.tm_hour * 60 + tm.tm_min, .date = (tm.tm_year + 1900) * 10000 + (tm.tm_mon + 1) * 100 + tm.tm_mday };
}
