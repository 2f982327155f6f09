/* prefer: preferences, told apart by commas outside quotes. See prefer.h. */
#include "config.h"

#include "core/prefer.h"

#include <string.h>
#include <strings.h>

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

static bool list_has(const char *p, const char *preference)
{
	size_t len = strlen(preference);

	while (*p) {
		const char *end = skip(p);

		p += strspn(p, " \t");
		if (strncasecmp(p, preference, len) == 0 && strchr(" \t,;", p[len]))	/* the NUL too */
			return true;
		p = *end ? end + 1 : end;
	}
	return false;
}

bool prefer_has(const struct http_head *h, const char *preference)
{
	size_t i;

	for (i = 0; i < h->field_count; i++)
		if (strcasecmp(h->fields[i].name, "prefer") == 0 && list_has(h->fields[i].value, preference))
			return true;
	return false;
}
