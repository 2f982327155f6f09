/* mask: see mask.h. */
#include "config.h"

#include "core/mask.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "core/httpmsg.h"

/* Without case, '_' and '-', so that vncUrl is vnc_url. */
static const char *const names[] = { "vncurl", "desktopurl", "terminalurl", "viewerurl", "streamurl", "wsurl", "websocketurl" };
static const char *const endings[] = { "token", "ticket", "password", "secret", "apikey", "privatekey", "jwt" };
static const char *const harmless[] = { "pagetoken", "nexttoken", "continuationtoken" };	/* where a list goes on */
static const char *const credentials[] = { "msk_", "miosa_term_", "sset_" };

bool mask_is_json(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && (text[i] == ' ' || text[i] == '\t' || text[i] == '\r' || text[i] == '\n'))
		i++;
	return i < len && (text[i] == '{' || text[i] == '[' || text[i] == '"');
}

bool mask_reads_json(const char *type, const char *text, size_t len)
{
	return mask_is_json(text, len) || (len > 0 && type && strcasestr(type, "json"));
}

static bool ends_with(const char *text, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && strncasecmp(text + len - n, end, n) == 0;
}

static bool is_name(const char *name, size_t len)
{
	char plain[64];		/* the end of a longer one */
	size_t i, n = sizeof(plain);

	while (len > 0 && n > 0)
		if (name[--len] != '_' && name[len] != '-')
			plain[--n] = name[len];
	name = plain + n;
	len = sizeof(plain) - n;
	for (i = 0; i < ARRAY_LEN(harmless); i++)
		if (ends_with(name, len, harmless[i]))
			return false;
	for (i = 0; i < ARRAY_LEN(endings); i++)
		if (ends_with(name, len, endings[i]))
			return true;
	for (i = 0; i < ARRAY_LEN(names); i++)
		if (len == strlen(names[i]) && strncasecmp(name, names[i], len) == 0)
			return true;
	return false;
}

/* How much of what a field holds its name gives away: all of it, or (of several, as "tokens") the texts of a list alone. */
enum reach { REACH_NONE, REACH_LIST, REACH_ALL };

static enum reach reach_of(const struct json_doc *d, int key)
{
	char *name = json_strdup(d, key);
	size_t len = name ? strlen(name) : 0;
	enum reach reach = REACH_NONE;

	if (!name || is_name(name, len))	/* a name with a NUL is nobody's friend */
		reach = REACH_ALL;
	else if (len > 0 && (name[len - 1] == 's' || name[len - 1] == 'S') && is_name(name, len - 1))
		reach = REACH_LIST;
	free(name);
	return reach;
}

/* The name of a parameter, which may be percent-encoded. */
static bool is_parameter(const char *name, size_t len)
{
	char plain[128];
	size_t n = http_decode_loosely(name, len, plain, sizeof(plain));

	return n > sizeof(plain) || is_name(plain, n);	/* one that is so long is no friend either */
}

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Behind the base64url at p. */
static const char *skip_part(const char *p)
{
	while (is_alnum(*p) || *p == '_' || *p == '-')
		p++;
	return p;
}

/* Is what begins here a credential? */
static bool credential_at(const char *p)
{
	const char *second;
	size_t i;

	for (i = 0; i < ARRAY_LEN(credentials); i++)
		if (strncmp(p, credentials[i], strlen(credentials[i])) == 0)
			return true;
	if (strncmp(p, "eyJ", 3) != 0)
		return false;
	/* A JWT, which MIOSA takes in place of a key: three parts with dots between them. */
	second = skip_part(p);
	return second[0] == '.' && skip_part(second + 1) > second + 1 && *skip_part(second + 1) == '.';
}

static bool has_credential(const char *value)
{
	const char *p;

	for (p = value; *p; p++)
		if ((p == value || !is_alnum(p[-1])) && credential_at(p))
			return true;
	return false;
}

/* Has the query or fragment that begins at p a parameter with such a name? It ends at a blank. */
static bool has_open_parameter(const char *p)
{
	while (*p == '?' || *p == '#' || *p == '&') {
		size_t name = strcspn(p + 1, "=?#& \t\r\n");

		if (p[1 + name] == '=' && is_parameter(p + 1, name))
			return true;
		p += 1 + name;
		p += strcspn(p, "?#& \t\r\n");
	}
	return false;
}

/* An address with such a parameter, or with a name and a password before its host; one without a host stands alone. */
static bool has_open_address(const char *value)
{
	const char *host = value, *p, *end;

	if (value[0] == '/' && has_open_parameter(value + strcspn(value, "?# \t\r\n")))
		return true;
	while ((host = strstr(host, "://")) != NULL) {
		host += 3;
		end = host + strcspn(host, "/?# \t\r\n");
		p = memchr(host, '@', (size_t)(end - host));
		if (p && memchr(host, ':', (size_t)(p - host)))
			return true;
		if (has_open_parameter(end + strcspn(end, "?# \t\r\n")))
			return true;
	}
	return false;
}

bool mask_is_way_past(const char *value)
{
	return has_credential(value) || has_open_address(value);
}

struct masking {
	const struct json_doc *d;
	struct buf *out;
	size_t done;		/* bytes of the text that stand in out */
	int count;
};

static void replace(struct masking *m, int v)
{
	size_t len;
	const char *raw = json_raw(m->d, v, &len);

	buf_append(m->out, m->d->text + m->done, (size_t)(raw - m->d->text) - m->done);
	buf_puts(m->out, "\"" MASKED "\"");
	m->done = (size_t)(raw - m->d->text) + len;
	m->count++;
}

static bool is_filled(const struct json_doc *d, int v)
{
	return json_type(d, v) == JSON_STRING && !json_str_is(d, v, "");
}

/* What is said about a secret, and is none. */
static bool is_about(const struct json_doc *d, int key)
{
	static const char *const about[] = { "id", "name", "type", "kind", "scope", "status" };
	char *name = json_strdup(d, key);
	size_t i, len = name ? strlen(name) : 0;
	bool found = ends_with(name ? name : "", len, "_id") || ends_with(name ? name : "", len, "_at");

	for (i = 0; i < ARRAY_LEN(about) && name; i++)
		found |= strcmp(name, about[i]) == 0;
	free(name);
	return found;
}

/* named: what the name gives away in which it stands. The depth is the reader's: at most JSON_DEPTH_MAX. */
static void look_through(struct masking *m, int v, enum reach named)
{
	int item;

	if (json_type(m->d, v) == JSON_OBJECT) {
		for (item = json_first(m->d, v); item != JSON_NONE; item = json_next(m->d, item))
			look_through(m, json_value(m->d, item), named == REACH_ALL && !is_about(m->d, item) ? REACH_ALL : reach_of(m->d, item));
	} else if (json_type(m->d, v) == JSON_ARRAY) {
		for (item = json_first(m->d, v); item != JSON_NONE; item = json_next(m->d, item))
			look_through(m, item, named == REACH_LIST ? (json_type(m->d, item) == JSON_STRING ? REACH_ALL : REACH_NONE) : named);
	} else if (json_type(m->d, v) == JSON_STRING) {
		char *value = json_strdup(m->d, v);

		if (!value || mask_is_way_past(value) || (named == REACH_ALL && is_filled(m->d, v)))	/* one with a NUL is not known to be harmless */
			replace(m, v);
		free(value);
	}
}

int mask_json(const char *text, size_t len, struct buf *out, int *ret_count, struct err *e)
{
	struct json_doc d;
	struct masking m = { .d = &d, .out = out };
	int r = json_parse(text, len, &d, e);

	if (r < 0)
		return r;
	look_through(&m, json_root(&d), REACH_NONE);
	buf_append(out, text + m.done, len - m.done);
	json_release(&d);
	*ret_count = m.count;
	return buf_failed(out) ? err_set(e, ERR_NOMEM, "out of memory") : 0;
}

void scrub_init(struct scrub *s, const char *key)
{
	*s = (struct scrub){ .key = key, .len = strlen(key) };
}

/* How much of the key is still matched when `matched` bytes of it and then c came; bytes that are out of it go into out. */
static size_t next_match(const struct scrub *s, size_t matched, char c, struct buf *out)
{
	size_t keep;

	if (s->key[matched] == c)
		return matched + 1;
	/* The longest start of the key that ends here: the key is short, and this is rare. */
	for (keep = matched; keep > 0; keep--)
		if (s->key[keep - 1] == c && memcmp(s->key, s->key + matched - (keep - 1), keep - 1) == 0)
			break;
	if (keep > 0) {
		buf_append(out, s->key, matched - (keep - 1));
		return keep;
	}
	buf_append(out, s->key, matched);
	buf_putc(out, c);
	return 0;
}

int scrub_feed(struct scrub *s, const char *data, size_t len, struct buf *out)
{
	size_t i = 0, k;

	while (i < len) {
		if (s->matched == 0) {
			const char *start = s->len > 0 ? memchr(data + i, s->key[0], len - i) : NULL;
			size_t plain = start ? (size_t)(start - data) - i : len - i;

			buf_append(out, data + i, plain);
			i += plain;
			if (i == len)
				break;
		}
		s->matched = next_match(s, s->matched, data[i++], out);
		if (s->matched == s->len) {
			for (k = 0; k < s->len; k++)
				buf_putc(out, '*');
			s->matched = 0;
		}
	}
	return buf_failed(out) ? ERR_NOMEM : 0;
}

int scrub_end(struct scrub *s, struct buf *out)
{
	int r = buf_append(out, s->key, s->matched);

	s->matched = 0;
	return r;
}
