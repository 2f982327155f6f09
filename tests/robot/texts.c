/* texts: see texts.h. */
#include "config.h"

#include "tests/robot/texts.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static _Noreturn void bad(const char *path, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", path, line, what);
	exit(2);
}

/* One escape behind its backslash; moves *p behind it. Returns how many bytes it made. */
static size_t escape(const char **p, char out[4])
{
	char digits[7] = "";
	size_t n;

	switch (*(*p)++) {
	case 'e': *out = 0x1b; return 1;
	case 'r': *out = '\r'; return 1;
	case 'n': *out = '\n'; return 1;
	case 't': *out = '\t'; return 1;
	case 'b': *out = '\b'; return 1;
	case 'a': *out = '\a'; return 1;
	case '\\': *out = '\\'; return 1;
	case 'x':
		snprintf(digits, 3, "%s", *p);
		*p += 2;
		*out = (char)strtoul(digits, NULL, 16);
		return 1;
	case 'u':
		n = strcspn(++*p, "}");
		snprintf(digits, sizeof(digits), "%.*s", (int)n, *p);
		*p += n + 1;
		return utf8_encode((uint32_t)strtoul(digits, NULL, 16), out);
	default:
		return 0;
	}
}

/* Escapes, and *COUNT{...} for what is repeated. */
static size_t unescape(const char *p, const char *end, char *out, size_t size)
{
	size_t len = 0, n, i, part;
	char one[4];

	while (p < end && len + 5 < size) {
		if (p[0] == '*' && p[1] >= '1' && p[1] <= '9' && strchr(p, '{')) {
			const char *open = strchr(p, '{'), *close = strrchr(open, '}');

			n = strtoul(p + 1, NULL, 10);
			part = unescape(open + 1, close, out + len, size - len);
			for (i = 1; i < n && len + (i + 1) * part < size; i++)
				memcpy(out + len + i * part, out + len, part);
			len += i * part;
			p = close + 1;
		} else if (*p == '\\') {
			p++;
			n = escape(&p, one);
			if (n == 0)
				return 0;
			memcpy(out + len, one, n);
			len += n;
		} else {
			out[len++] = *p++;
		}
	}
	return len;
}

size_t texts_read(const char *path, struct text texts[TEXTS_MAX])
{
	FILE *f = fopen(path, "re");
	char line[2048], body[TEXT_BYTES];
	size_t count = 0, n;
	int number = 0;

	if (!f)
		bad(path, 0, "cannot be read");
	while (fgets(line, sizeof(line), f)) {
		struct text *t = &texts[count];
		char *tab = strchr(line, '\t');

		number++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || !line[0])
			continue;
		if (!tab || count == TEXTS_MAX)
			bad(path, number, "FAMILY<tab>TEXT is wanted");
		*tab++ = '\0';
		t->harmless = line[0] == '+';
		snprintf(t->family, sizeof(t->family), "%s", line + t->harmless);
		snprintf(t->word, sizeof(t->word), "w%03zu", count);
		n = unescape(tab, tab + strlen(tab), body, sizeof(body) - 16);
		if (n == 0)
			bad(path, number, "the text is broken");
		memcpy(t->bytes, t->word, 4);
		memcpy(t->bytes + 4, body, n);
		memcpy(t->bytes + 4 + n, t->word, 4);
		t->len = n + 8;
		count++;
	}
	fclose(f);
	return count;
}
