/* miosa_envelope: objects, lists, pages and times. See miosa_envelope.h; errors are in miosa_error.c. */
#include "config.h"

#include "core/miosa_envelope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int miosa_object(const struct json_doc *d)
{
	int root = json_root(d), data = json_get(d, root, "data");

	return json_type(d, data) == JSON_OBJECT ? data : root;
}

int miosa_list(const struct json_doc *d, const char *plural)
{
	int root = json_root(d), data = json_get(d, root, "data");
	const int places[] = {
		root, data, plural ? json_get(d, root, plural) : JSON_NONE, json_get(d, root, "items"),
		plural ? json_get(d, data, plural) : JSON_NONE, json_get(d, data, "items"),
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(places); i++)
		if (json_type(d, places[i]) == JSON_ARRAY)
			return places[i];
	return JSON_NONE;
}

bool miosa_page_follows(const struct json_doc *d, int64_t got, int64_t read, int64_t asked)
{
	int root = json_root(d);
	const int places[] = { json_get(d, root, "page"), json_get(d, root, "meta"), root };
	int64_t total;
	size_t i;

	for (i = 0; i < ARRAY_LEN(places); i++)
		if (json_int(d, json_get(d, places[i], "total"), &total) == 0 && total >= 0)
			return got > 0 && read < total;
	return got > 0 && got == asked;
}

char *miosa_string(const struct json_doc *d, int v, const char *const *names)
{
	char *s = NULL;

	for (; *names && !s; names++)
		s = json_strdup(d, json_get(d, v, *names));
	return s;
}

/* The offset behind a time, in seconds; false when it is none. */
static bool read_offset(const char *text, long *ret)
{
	int hours, minutes, used = 0;
	char sign;

	*ret = 0;
	if (strcmp(text, "Z") == 0 || strcmp(text, "z") == 0 || !*text)
		return true;
	if (sscanf(text, "%c%2d:%2d%n", &sign, &hours, &minutes, &used) < 3 || text[used] || (sign != '+' && sign != '-') || hours > 23 || minutes > 59)
		return false;
	*ret = (sign == '-' ? -1 : 1) * (hours * 3600L + minutes * 60L);
	return true;
}

static int64_t read_iso(const char *text)
{
	struct tm tm = { 0 };
	int64_t ms = 0, unit = 100;
	int used = 0;
	long offset;

	if (sscanf(text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &used) != 6 || used == 0)
		return -1;
	text += used;
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9'; text++, unit /= 10)
			ms += (*text - '0') * unit;
	if (!read_offset(text, &offset) || tm.tm_year < 1970 || tm.tm_mon < 1 || tm.tm_mon > 12 || tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_hour > 23 ||
	    tm.tm_min > 59 || tm.tm_sec > 60 || tm.tm_hour < 0 || tm.tm_min < 0 || tm.tm_sec < 0)
		return -1;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	return ((int64_t)timegm(&tm) - offset) * 1000 + ms;
}

int64_t miosa_time(const struct json_doc *d, int v)
{
	const int64_t seconds_max = 100000000000, ms_max = seconds_max * 1000;	/* the year 5138 */
	char *text = json_strdup(d, v);
	double number;
	int64_t ms = -1;

	if (text)
		ms = read_iso(text);
	else if (json_double(d, v, &number) == 0 && number >= 0 && number < (double)ms_max)
		ms = number < (double)seconds_max ? (int64_t)(number * 1000) : (int64_t)number;
	free(text);
	return ms;
}
