/*
 * fuzz_classify: a path by the table, and the same path by a matcher of another kind. Input: one byte for the method, then the path.
 *
 * "Read" is said of a GET or HEAD alone, and of a path which a row that says so names when each segment is decoded first.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/classify.h"

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* The segments of a path, each decoded, as a list of strings with their lengths. */
struct parts {
	struct buf items[64];
	size_t count;
};

static void take_apart(const char *path, struct parts *p)
{
	p->count = 0;
	while (*path && p->count < 64) {
		buf_init(&p->items[p->count], 1 << 16);
		if (!http_path_segment(&path, &p->items[p->count]))
			break;
		p->count++;
	}
}

static bool same(const struct buf *b, const char *word, size_t len)
{
	return b->len == len && memcmp(buf_cstr(b), word, len) == 0;
}

/* How many of the template's segments are words, -1 when it does not fit. From the back, and over whole segments. */
static int fits(const char *template, const struct parts *p)
{
	const char *words[32];
	size_t lens[32], n = 0, i;
	int literal = 0;

	for (; *template; template += strcspn(template, "/")) {
		words[n] = ++template;
		lens[n++] = strcspn(template, "/");
	}
	if (n > 0 && lens[n - 1] == 3 && strncmp(words[n - 1], "{*}", 3) == 0) {
		if (p->count < n || p->items[n - 1].len == 0)
			return -1;
		n--;
	} else if (p->count != n) {
		return -1;
	}
	for (i = n; i-- > 0;) {
		if (lens[i] == 2 && strncmp(words[i], "{}", 2) == 0) {
			if (p->items[i].len == 0)
				return -1;
		} else if (same(&p->items[i], words[i], lens[i])) {
			literal++;
		} else {
			return -1;
		}
	}
	return literal;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum http_method method;
	const struct classify_row *rows, *best = NULL;
	struct classified c;
	struct parts parts;
	char path[512];
	int best_literal = -1;
	size_t n, i;

	if (size < 2 || size > sizeof(path) - 8)
		return 0;
	method = (enum http_method)(data[0] % HTTP_METHODS);
	memcpy(path, "/api/v1", 7);
	memcpy(path + 7, data + 1, size - 1);
	path[7 + size - 1] = '\0';
	if (strlen(path) != 7 + size - 1 || http_path_check(path, NULL) < 0)
		return 0;
	classify(method, path, &c);
	take_apart(path + 7, &parts);
	rows = classify_rows(&n);
	for (i = 0; i < n && path[7] == '/'; i++) {
		int literal = rows[i].method == (method == HTTP_HEAD ? HTTP_GET : method) ? fits(rows[i].template, &parts) : -1;

		if (literal > best_literal) {
			best = &rows[i];
			best_literal = literal;
		}
	}
	for (i = 0; i < parts.count; i++)
		buf_release(&parts.items[i]);
	must(c.row == best);
	must(c.class == (best ? best->class : CLASS_UNKNOWN));
	if (c.class == CLASS_READ)
		must(method == HTTP_GET || method == HTTP_HEAD);
	must((c.session_kind == SESSION_NONE) == (c.session[0] == '\0'));
	return 0;
}
