/* reconnect: see reconnect.h. */
#include "config.h"

#include "core/reconnect.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { WAIT_MIN_MS = 1000, WAIT_MAX_MS = 30000, AFTER_MAX_MS = 300000, DAY_S = 86400, SHOWN = 60 };

void reconnect_init(struct reconnect *r)
{
	*r = (struct reconnect){ .backoff_ms = WAIT_MIN_MS };
}

void reconnect_heard(struct reconnect *r)
{
	reconnect_init(r);
}

void reconnect_opened(struct reconnect *r)
{
	r->ticket_tried = false;
}

bool reconnect_try_ticket(struct reconnect *r)
{
	bool first = !r->ticket_tried;

	r->ticket_tried = true;
	return first;
}

/* The value up to its parameters, without the blanks around it. */
static size_t bare(const char **value)
{
	size_t len;

	*value += strspn(*value, " \t");
	len = strcspn(*value, ";");
	while (len > 0 && ((*value)[len - 1] == ' ' || (*value)[len - 1] == '\t'))
		len--;
	return len;
}

static bool is(const char *value, size_t len, const char *name)
{
	return len == strlen(name) && strncasecmp(value, name, len) == 0;
}

/* Of status 200: is it a stream that can be read? */
static enum reconnect_do judge_stream(const char *type, const char *coding, char why[RECONNECT_WHY])
{
	size_t len = type ? bare(&type) : 0;

	if (!is(type ? type : "", len, "text/event-stream")) {
		snprintf(why, RECONNECT_WHY, len > 0 ? "it is %.*s, and no event stream" : "it does not say that it is an event stream", (int)(len < SHOWN ? len : SHOWN), type);
		return RECONNECT_RETRY;
	}
	len = coding ? bare(&coding) : 0;
	if (len > 0 && !is(coding, len, "identity")) {
		snprintf(why, RECONNECT_WHY, "it is packed (%.*s), which nobody asked for", (int)(len < SHOWN ? len : SHOWN), coding);
		return RECONNECT_RETRY;
	}
	return RECONNECT_LIVE;
}

enum reconnect_do reconnect_judge(int status, const char *type, const char *coding, char why[RECONNECT_WHY])
{
	why[0] = '\0';
	switch (status) {
	case 200:
		return judge_stream(type, coding, why);
	case 204:
		snprintf(why, RECONNECT_WHY, "it says that the stream has ended (204)");
		return RECONNECT_STOP;
	case 301: case 302: case 303: case 307: case 308:
		snprintf(why, RECONNECT_WHY, "it leads elsewhere (%d)", status);
		return RECONNECT_MOVED;
	case 401: case 403:
		snprintf(why, RECONNECT_WHY, "it is refused (%d)", status);
		return RECONNECT_REFUSED;
	case 404: case 405: case 406: case 501:
		snprintf(why, RECONNECT_WHY, "there is no such stream (%d)", status);
		return RECONNECT_ABSENT;
	default:
		snprintf(why, RECONNECT_WHY, "it is answered with %d", status);
		return RECONNECT_RETRY;
	}
}

static int64_t within(int64_t ms, int64_t least, int64_t most)
{
	return ms < least ? least : ms > most ? most : ms;
}

int64_t reconnect_wait(struct reconnect *r, enum reconnect_do what, int64_t wish_ms, int64_t after_ms, uint32_t random)
{
	int64_t wait, spread;

	if (what != RECONNECT_RETRY)	/* it does not get better by being asked soon */
		r->backoff_ms = WAIT_MAX_MS;
	wait = within(wish_ms, r->backoff_ms, WAIT_MAX_MS);
	spread = wait / 2;
	if (wait > WAIT_MAX_MS - spread)	/* room for it below */
		wait = WAIT_MAX_MS - spread;
	wait += random % (spread + 1);
	after_ms = within(after_ms, 0, AFTER_MAX_MS);
	if (after_ms > wait)
		wait = after_ms + random % (after_ms / 10 + 1);
	r->backoff_ms = within(r->backoff_ms * 2, WAIT_MIN_MS, WAIT_MAX_MS);
	return wait;
}

/* Mon, 02 Jan 2006 15:04:05 GMT; Monday, 02-Jan-06 15:04:05 GMT; Mon Jan  2 15:04:05 2006. -1: none of them. */
static int64_t read_date(const char *text, int this_year)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *found;
	struct tm tm = { 0 };
	char month[4] = "";
	int used = 0;
	bool short_year = false;

	if (sscanf(text, "%*[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &tm.tm_mday, month, &tm.tm_year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) == 6 && used > 0)
		;
	else if (sscanf(text, "%*[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &tm.tm_mday, month, &tm.tm_year, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) == 6 && used > 0)
		short_year = true;
	else if (sscanf(text, "%*[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", month, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &tm.tm_year, &used) != 6 || used == 0)
		return -1;
	found = strlen(month) == 3 ? strstr(months, month) : NULL;
	if (!found || (found - months) % 3 != 0 || text[used] || tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 || tm.tm_min > 59 || tm.tm_sec > 60 ||
	    tm.tm_hour < 0 || tm.tm_min < 0 || tm.tm_sec < 0 || tm.tm_year < 0)
		return -1;
	if (short_year)	/* two digits: not more than 50 years ahead */
		tm.tm_year += this_year - this_year % 100 - (tm.tm_year > this_year % 100 + 50 ? 100 : 0);
	if (tm.tm_year < 1970)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon = (int)(found - months) / 3;
	return (int64_t)timegm(&tm) * 1000;
}

int64_t reconnect_after(const char *value, int64_t now_wall_ms)
{
	int64_t s = 0, date;
	size_t len = value ? bare(&value) : 0, i;
	time_t now = (time_t)(now_wall_ms / 1000);
	char text[40];
	struct tm tm;

	for (i = 0; i < len && value[i] >= '0' && value[i] <= '9'; i++)
		s = within(s * 10 + (value[i] - '0'), 0, DAY_S);
	if (len == 0)
		return -1;
	if (i == len)
		return s * 1000;
	if (len >= sizeof(text) || !gmtime_r(&now, &tm))
		return -1;
	memcpy(text, value, len);
	text[len] = '\0';
	date = read_date(text, tm.tm_year + 1900);
	return date < 0 ? -1 : within(date - now_wall_ms, 0, DAY_S * 1000);
}
