/* redirect: see redirect.h. RFC 3986, chapter 5, for the two schemes there are. */
#include "config.h"

#include "core/redirect.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* Pieces of an address, borrowed from it. */
struct address {
	const char *scheme, *authority, *path, *query;	/* query with its "?" */
	size_t scheme_len, authority_len, path_len, query_len;
};

/* scheme://authority/path?query, any of which may be absent: then it is of length 0. */
static struct address split(const char *text)
{
	struct address a = { .scheme = text };
	const char *end = text + strcspn(text, "#"), *p = text;
	size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	if (n > 0 && p[n] == ':') {
		a.scheme_len = n;
		p += n + 1;
	}
	if (strncmp(p, "//", 2) == 0) {
		p += 2;
		a.authority = p;
		a.authority_len = strcspn(p, "/?#");
		p += a.authority_len;
	}
	a.path = p;
	a.path_len = strcspn(p, "?#");
	a.query = p + a.path_len;
	a.query_len = (size_t)(end - a.query);
	return a;
}

static bool is_scheme(const struct address *a, const char *name)
{
	return a->scheme_len == strlen(name) && strncasecmp(a->scheme, name, a->scheme_len) == 0;
}

/* Without the port that goes without saying. */
static size_t host_length(const struct address *a)
{
	const char *port = is_scheme(a, "https") ? ":443" : ":80";
	size_t n = strlen(port), len = a->authority_len;

	return len > n && memcmp(a->authority + len - n, port, n) == 0 ? len - n : len;
}

static bool same_origin(const struct address *a, const struct address *b)
{
	size_t len = host_length(a);

	return a->scheme_len == b->scheme_len && strncasecmp(a->scheme, b->scheme, a->scheme_len) == 0 && len == host_length(b) &&
	       strncasecmp(a->authority, b->authority, len) == 0;
}

/* Appends a path that begins with "/", without its segments "." and "..". */
static void put_path(struct buf *to, const char *path, size_t len)
{
	size_t begin = to->len, i = 0, n;

	while (i < len) {
		const char *segment = path + i + 1;
		bool last;

		for (n = 0; i + 1 + n < len && segment[n] != '/'; n++)
			;
		i += 1 + n;
		last = i >= len;
		if (n == 1 && segment[0] == '.') {
			if (last)
				buf_putc(to, '/');
		} else if (n == 2 && segment[0] == '.' && segment[1] == '.') {
			while (to->len > begin && to->data[--to->len] != '/')
				;
			if (last)
				buf_putc(to, '/');
		} else {
			buf_putc(to, '/');
			buf_append(to, segment, n);
		}
	}
	if (to->len == begin)
		buf_putc(to, '/');
}

static int check(const struct address *from, const struct address *to, const char *location, struct err *e)
{
	if (to->scheme_len > 0 && !is_scheme(to, "http") && !is_scheme(to, "https"))
		return err_set(e, ERR_INVALID, "it leads to something that is neither http nor https: %.150s", location);
	if (to->scheme_len > 0 && is_scheme(from, "https") && is_scheme(to, "http"))
		return err_set(e, ERR_INVALID, "it leads from https to http: %.150s", location);
	if (to->scheme_len > 0 && !to->authority)
		return err_set(e, ERR_INVALID, "it leads to an address without a host: %.150s", location);
	if (to->authority && to->authority_len == 0)
		return err_set(e, ERR_INVALID, "it leads to an address without a host: %.150s", location);
	if (to->authority && memchr(to->authority, '@', to->authority_len))
		return err_set(e, ERR_INVALID, "it leads to an address that names a user: %.150s", location);
	return 0;
}

int redirect_target(const char *from, const char *location, struct buf *to, bool *ret_same_origin, struct err *e)
{
	struct address base = split(from), l;
	struct buf path, bare;
	const char *p;
	size_t len;
	int r = 0;

	len = location ? strlen(location) : 0;
	while (len > 0 && (location[len - 1] == ' ' || location[len - 1] == '\t'))
		len--;
	if (len == 0)
		return err_set(e, ERR_INVALID, "it leads elsewhere and does not say where");
	for (p = location; p < location + len; p++)
		if (*p <= ' ' || *p >= 0x7f || *p == '\\')
			return err_set(e, ERR_INVALID, "it leads to what is no address: %.150s", location);
	buf_init(&path, SIZE_MAX - 1);
	buf_init(&bare, SIZE_MAX - 1);
	buf_append(&bare, location, len);
	l = split(buf_cstr(&bare));
	r = check(&base, &l, buf_cstr(&bare), e);
	if (r == 0) {
		if (l.scheme_len == 0) {
			l.scheme = base.scheme;
			l.scheme_len = base.scheme_len;
		}
		if (!l.authority) {
			l.authority = base.authority;
			l.authority_len = base.authority_len;
			if (l.path_len == 0 && l.query_len == 0) {
				l.query = base.query;
				l.query_len = base.query_len;
			}
			if (l.path_len == 0) {
				l.path = base.path;
				l.path_len = base.path_len;
			} else if (l.path[0] != '/') {	/* beside the one that answered */
				for (len = base.path_len; len > 0 && base.path[len - 1] != '/'; len--)
					;
				buf_append(&path, base.path, len);
			}
		}
		buf_append(&path, l.path, l.path_len);
		buf_append(to, l.scheme, l.scheme_len);
		buf_puts(to, "://");
		buf_append(to, l.authority, l.authority_len);
		put_path(to, buf_cstr(&path), path.len);
		buf_append(to, l.query, l.query_len);
		*ret_same_origin = same_origin(&base, &l);
		r = buf_failed(to) || buf_failed(&path) ? err_set(e, ERR_NOMEM, "out of memory") : 0;
	}
	buf_release(&path);
	buf_release(&bare);
	return r;
}
