/* prefer: preferences, told apart by commas outside quotes. See prefer.h. */
#include "config.h"

#include "core/prefer.h"

#include <string.h>
#include <strings.h>

enum { WAIT_MAX_S = 86400 };

/* Behind the preference that begins at p: at its comma, or at the end. */
static const char *skip(const char *p)
{
	bool quoted = false;

	for (; *p && (quoted || *p != ','); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (quoted && *p == '\\' && p[1])
			p++;
	}
	return p;
}

/* Where the preference of this name ends in the list, at its value or at what comes behind it; NULL: it is not there. */
static const char *find(const char *p, const char *preference)
{
	size_t len = strlen(preference);

	while (*p) {
		const char *end = skip(p);

		p += strspn(p, " \t");
		if (strncasecmp(p, preference, len) == 0 && strchr(" \t,;=", p[len]))	/* the NUL too */
			return p + len;
		p = *end ? end + 1 : end;
	}
	return NULL;
}

static bool list_has(const char *p, const char *preference)
{
	p = find(p, preference);
	return p && *p != '=';
}

bool prefer_has(const struct http_head *h, const char *preference)
{
	size_t i;

	for (i = 0; i < h->field_count; i++)
		if (strcasecmp(h->fields[i].name, "prefer") == 0 && list_has(h->fields[i].value, preference))
			return true;
	return false;
}

static int64_t wait_of(const char *p)
{
	int64_t n = 0;

	p += strspn(p, " \t");
	if (*p++ != '=')
		return 0;
	p += strspn(p, " \t");
	for (; *p >= '0' && *p <= '9' && n <= WAIT_MAX_S; p++)
		n = n * 10 + (*p - '0');
	p += strspn(p, " \t");
	return n <= WAIT_MAX_S && strchr(",;", *p) ? n * 1000 : 0;	/* the NUL too */
}

int64_t prefer_wait_ms(const struct http_head *h)
{
	const char *p = NULL;
	size_t i;

	for (i = 0; !p && i < h->field_count; i++)
		if (strcasecmp(h->fields[i].name, "prefer") == 0)
			p = find(h->fields[i].value, "wait");
	return p ? wait_of(p) : 0;
}
