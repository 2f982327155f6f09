/*
 * fuzz_http: requests, as the gate reads them. What must hold for any bytes:
 *
 * - an accepted head, written out from its parts, parses to the same parts, and its path passes its own check;
 * - where the bytes are cut makes no difference, for heads and for chunks: too short is "more", never another answer;
 * - only an exact GET or HEAD without a body, with a canonical path and no other method in its query, is a read.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/classify.h"
#include "core/override.h"

enum { CUTS_ALL = 300 };	/* shorter inputs are cut at every byte, longer ones at some */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void write_again(const struct http_head *h, struct buf *out)
{
	size_t i;

	buf_printf(out, "%s %s HTTP/1.1\r\n", http_method_name(h->method), h->target);
	for (i = 0; i < h->field_count; i++)
		buf_printf(out, "%s: %s\r\n", h->fields[i].name, h->fields[i].value);
	buf_puts(out, "\r\n");
}

/* A second, simple reading of what a canonical path is: nothing here is shared with the parser. */
static bool is_canonical(const char *path)
{
	const char *p;

	for (p = path; *p; p++) {
		if (*p == '/' && (p[1] == '/' || (p[1] == '.' && (p[2] == '/' || p[2] == '\0')) ||
				  (p[1] == '.' && p[2] == '.' && (p[3] == '/' || p[3] == '\0'))))
			return false;
		if (strncasecmp(p, "%00", 3) == 0 || strncasecmp(p, "%25", 3) == 0 || strncasecmp(p, "%5c", 3) == 0 || *p == '\\')
			return false;
		if (strncasecmp(p, "/%2e", 4) == 0 && (p[4] == '/' || p[4] == '\0' || strncasecmp(p + 4, "%2e", 3) == 0 || p[4] == '.') &&
		    (p[4] != '.' || p[5] == '/' || p[5] == '\0') && (p[4] != '%' || p[7] == '/' || p[7] == '\0'))
			return false;
		if (strncasecmp(p, "%2f", 3) == 0 && (strncmp(path, "/api/v1/sandboxes/", 18) != 0 || !strstr(path, "/files/") || strstr(path, "/files/") > p))
			return false;
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f || *p == '?' || *p == '#')
			return false;
	}
	return path[0] == '/';
}

static bool names_a_method(const char *query)
{
	while (*query) {
		if (strcspn(query, "=&;") == 7 && strncasecmp(query, "_method", 7) == 0)
			return true;
		query += strcspn(query, "&;");
		query += *query != '\0';
	}
	return false;
}

static void check_class(const struct http_head *h)
{
	struct classified c;

	classify(h->method, h->path, &c);
	if (c.class != CLASS_READ)
		return;
	must(h->method == HTTP_GET || h->method == HTTP_HEAD);
	must(!h->chunked && h->content_length <= 0);
	must(strncmp(h->path, "/api/v1/", 8) == 0 && is_canonical(h->path));
	must(!names_a_method(h->query));
	must(http_field_count(h, "x-http-method-override") == 0 && http_field_count(h, "upgrade") == 0);
}

static void check_head(const struct http_head *h)
{
	struct http_head again;
	struct buf out;
	size_t used, i;

	must(http_path_check(h->path, NULL) == 0 && http_query_check(h->query, NULL) == 0 && !override_query(h->query));
	must(!strchr(h->path, '?') && !strstr(h->path, "//") && h->path[0] == '/');
	must(!(h->chunked && h->content_length >= 0) && http_field_count(h, "host") == 1);
	buf_init(&out, 1 << 20);
	write_again(h, &out);
	must(http_head_parse(out.data, out.len, &again, &used, NULL) == 1 && used == out.len);
	must(again.method == h->method && strcmp(again.target, h->target) == 0 && again.field_count == h->field_count);
	must(again.chunked == h->chunked && again.content_length == h->content_length && again.keep_alive == h->keep_alive);
	for (i = 0; i < h->field_count; i++)
		must(strcmp(h->fields[i].name, again.fields[i].name) == 0 && strcmp(h->fields[i].value, again.fields[i].value) == 0);
	http_head_release(&again);
	buf_release(&out);
	check_class(h);
}

static size_t next_cut(size_t cut, size_t len)
{
	return cut + (len <= CUTS_ALL ? 1 : len / 50);
}

/* Every start of the same bytes: more is wanted, or what the whole says; and once it is refused it stays so. */
static void cut_head(const char *data, size_t len, int whole, size_t whole_used)
{
	bool refused = false;
	size_t cut, used;

	for (cut = 0; cut < len; cut = next_cut(cut, len)) {
		struct http_head h;
		char *exact = malloc(cut + 1);
		int r;

		must(exact != NULL);
		memcpy(exact, data, cut);
		r = http_head_parse(exact, cut, &h, &used, NULL);
		free(exact);
		must(!refused || r < 0);
		refused = r < 0;
		if (r == 1) {
			must(whole == 1 && used == whole_used && cut >= used);
			http_head_release(&h);
		} else if (r == 0) {
			must(whole != 1 || cut < whole_used);
		} else {
			must(whole < 0);
		}
	}
}

static void cut_chunks(const char *data, size_t len)
{
	struct http_chunks c;
	struct buf whole, parts;
	size_t used, again, cut;
	int r, part;

	buf_init(&whole, 1 << 20);
	buf_init(&parts, 1 << 20);
	http_chunks_init(&c);
	r = http_chunks_feed(&c, data, len, &used, &whole, NULL);
	must(r < 0 || (used <= len && whole.len <= len && (r == 1 || used == len)));
	for (cut = 0; cut < len; cut = next_cut(cut, len)) {
		buf_clear(&parts);
		http_chunks_init(&c);
		part = http_chunks_feed(&c, data, cut, &again, &parts, NULL);
		if (part == 0) {
			must(again == cut);
			part = http_chunks_feed(&c, data + cut, len - cut, &again, &parts, NULL);
			again += cut;
		}
		must(part == r && (r < 0 || again == used));
		must(parts.len == whole.len && (whole.len == 0 || memcmp(parts.data, whole.data, whole.len) == 0));
	}
	buf_release(&whole);
	buf_release(&parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *data = (const char *)bytes;
	struct http_head h;
	size_t used = 0;
	int r = http_head_parse(data, len, &h, &used, NULL);
	char *body;

	if (r == 1) {
		must(used <= len);
		check_head(&h);
		body = strndup(data + used, len - used);
		must(body != NULL);
		override_body(http_field(&h, "content-type"), body, strlen(body));
		free(body);
		http_head_release(&h);
	}
	cut_head(data, len, r, used);
	cut_chunks(data + used, len - used);
	return 0;
}
