/* json_write: writing. Only what is UTF-8 leaves, and no control character as it is. See json.h. */
#include "config.h"

#include "base/json.h"

#include <string.h>

#include "base/utf8.h"

void jw_init(struct jsonw *w, struct buf *out)
{
	*w = (struct jsonw){ .out = out };
}

static void before_value(struct jsonw *w)
{
	if (w->comma)
		buf_putc(w->out, ',');
	w->comma = true;
}

void jw_begin(struct jsonw *w, char bracket)
{
	before_value(w);
	buf_putc(w->out, bracket);
	w->comma = false;
}

void jw_end(struct jsonw *w, char bracket)
{
	buf_putc(w->out, bracket);
	w->comma = true;
}

static void put_string(struct buf *out, const char *s, size_t len)
{
	size_t i = 0, plain;

	buf_putc(out, '"');
	while (i < len) {
		uint32_t cp = 0;
		size_t n;

		for (plain = i; plain < len && (unsigned char)s[plain] >= 0x20 && (unsigned char)s[plain] < 0x7f &&
		     s[plain] != '"' && s[plain] != '\\'; plain++)
			;
		buf_append(out, s + i, plain - i);
		i = plain;
		if (i == len)
			break;
		n = utf8_decode(s + i, len - i, &cp);
		if (n == 0)
			buf_puts(out, "\xef\xbf\xbd");
		else if (cp == '"' || cp == '\\')
			buf_printf(out, "\\%c", (char)cp);
		else if (cp == '\n')
			buf_puts(out, "\\n");
		else if (cp == '\r')
			buf_puts(out, "\\r");
		else if (cp == '\t')
			buf_puts(out, "\\t");
		else if (cp < 0x20 || cp == 0x7f)
			buf_printf(out, "\\u%04x", (unsigned int)cp);
		else
			buf_append(out, s + i, n);
		i += n > 0 ? n : 1;
	}
	buf_putc(out, '"');
}

void jw_key(struct jsonw *w, const char *key)
{
	before_value(w);
	put_string(w->out, key, strlen(key));
	buf_putc(w->out, ':');
	w->comma = false;
}

void jw_strn(struct jsonw *w, const char *s, size_t len)
{
	before_value(w);
	put_string(w->out, s, len);
}

void jw_str(struct jsonw *w, const char *s)
{
	if (s)
		jw_strn(w, s, strlen(s));
	else
		jw_null(w);
}

void jw_int(struct jsonw *w, int64_t n)
{
	before_value(w);
	buf_printf(w->out, "%lld", (long long)n);
}

void jw_bool(struct jsonw *w, bool b)
{
	before_value(w);
	buf_puts(w->out, b ? "true" : "false");
}

void jw_null(struct jsonw *w)
{
	before_value(w);
	buf_puts(w->out, "null");
}

void jw_raw(struct jsonw *w, const char *json, size_t len)
{
	before_value(w);
	buf_append(w->out, json, len);
}

void jw_kstr(struct jsonw *w, const char *key, const char *s)
{
	jw_key(w, key);
	jw_str(w, s);
}

void jw_kint(struct jsonw *w, const char *key, int64_t n)
{
	jw_key(w, key);
	jw_int(w, n);
}

void jw_kbool(struct jsonw *w, const char *key, bool b)
{
	jw_key(w, key);
	jw_bool(w, b);
}
