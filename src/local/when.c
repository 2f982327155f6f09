/* when: see when.h. */
#include "config.h"

#include "local/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void when_text(int64_t wall_ms, char out[WHEN_SIZE])
{
	time_t t = (time_t)(wall_ms / 1000);
	struct tm tm;
	size_t n;

	gmtime_r(&t, &tm);
	n = strftime(out, WHEN_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, WHEN_SIZE - n, ".%03dZ", (int)(wall_ms % 1000));
}

bool when_read(const char *text, int64_t *ret_wall_ms)
{
	struct tm tm = { 0 };
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	int64_t ms = 0;
	size_t n;

	if (rest && *rest == '.') {
		n = strspn(++rest, "0123456789");
		if (n < 1 || n > 9)
			return false;
		ms = atoi(rest);
		for (rest += n; n < 3; n++)
			ms *= 10;
		for (; n > 3; n--)
			ms /= 10;
	}
	if (!rest || strcmp(rest, "Z") != 0)
		return false;
	*ret_wall_ms = (int64_t)timegm(&tm) * 1000 + ms;
	return *ret_wall_ms > 0;
}
