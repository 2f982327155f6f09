/* The gate's logs: lines by their numbers, and what is dropped when segments turn over. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "gate/logs.h"

/* What log_read() gives, parsed. */
struct page {
	struct buf text;
	struct json_doc doc;
	int64_t from, total;
	int lines;
};

static void read_page(struct log *l, int64_t from, int64_t n, struct page *p)
{
	struct jsonw w;

	buf_init(&p->text, SIZE_MAX - 1);
	jw_init(&w, &p->text);
	log_read(l, from, n, &w);
	assert_int_equal(json_parse(p->text.data, p->text.len, &p->doc, NULL), 0);
	assert_int_equal(json_int(&p->doc, json_get(&p->doc, json_root(&p->doc), "from"), &p->from), 0);
	assert_int_equal(json_int(&p->doc, json_get(&p->doc, json_root(&p->doc), "total"), &p->total), 0);
	p->lines = json_size(&p->doc, json_get(&p->doc, json_root(&p->doc), "lines"));
}

static void free_page(struct page *p)
{
	json_release(&p->doc);
	buf_release(&p->text);
}

static int64_t first_number(const struct page *p)
{
	int64_t n = -1;

	json_int(&p->doc, json_get(&p->doc, json_first(&p->doc, json_get(&p->doc, json_root(&p->doc), "lines")), "n"), &n);
	return n;
}

static char *first_text(const struct page *p, const char *field)
{
	return json_strdup(&p->doc, json_get(&p->doc, json_first(&p->doc, json_get(&p->doc, json_root(&p->doc), "lines")), field));
}

static char dir[] = "/tmp/assent-logs.XXXXXX";

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	static const char *const names[] = { "a.0", "a.1", "..%2Fb.0", "%2E%2E.0" };
	char path[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	return rmdir(dir);
}

static void test_pages(void **state)
{
	static const struct { int64_t from, n, want_from; int lines; } table[] = {
		{ 0, 100, 0, 3 }, { 0, 1, 0, 1 }, { 1, 1, 1, 1 }, { 2, 5, 2, 1 }, { 3, 5, 3, 0 }, { -1, 5, 2, 1 }, { -3, 2, 0, 2 }, { -100, 100, 0, 3 },
		{ 0, 0, 0, 0 }, { INT64_MAX, INT64_MAX, 3, 0 }, { INT64_MIN, INT64_MAX, 0, 3 },
	};
	struct log *l = log_new(dir, "a", NULL);
	struct page p;
	char *text;
	size_t i;

	(void)state;
	assert_non_null(l);
	log_add(l, 1000, "out", "first", 5, "events", "1");
	log_add(l, 1001, "err", "two\nrows", 8, "logs", "x");
	log_add(l, 1002, "event", "", 0, "events", NULL);
	assert_string_equal(log_last_id(l, "events"), "1");
	assert_string_equal(log_last_id(l, "logs"), "x");
	assert_string_equal(log_last_id(l, "ready"), "");
	assert_int_equal(log_count(l), 3);
	for (i = 0; i < ARRAY_LEN(table); i++) {
		read_page(l, table[i].from, table[i].n, &p);
		assert_int_equal(p.total, 3);
		assert_int_equal(p.from, table[i].want_from);
		assert_int_equal(p.lines, table[i].lines);
		if (table[i].lines > 0)
			assert_int_equal(first_number(&p), table[i].want_from);
		free_page(&p);
	}
	read_page(l, 1, 1, &p);
	text = first_text(&p, "text");
	assert_string_equal(text, "two rows");
	free(text);
	text = first_text(&p, "stream");
	assert_string_equal(text, "err");
	free(text);
	free_page(&p);
	log_free(l);
}

/* Numbers go on when a segment is full; the newest two are kept. */
static void test_turn_over(void **state)
{
	enum { LINE = 60000, COUNT = 900 };
	struct log *l = log_new(dir, "a", NULL);
	char *line = malloc(2 * LINE), *text;
	struct page p;
	int i;

	(void)state;
	assert_non_null(l);
	assert_non_null(line);
	memset(line, 'x', 2 * LINE);
	for (i = 0; i < COUNT; i++)
		log_add(l, i, "out", line, LINE, "events", NULL);
	assert_int_equal(log_count(l), COUNT);
	read_page(l, 0, 1, &p);
	assert_int_equal(p.lines, 0);
	free_page(&p);
	read_page(l, -400, 400, &p);
	assert_int_equal(p.lines, 340);	/* 280 lines make a segment full: the whole one before, and 60 */
	assert_int_equal(first_number(&p), 560);
	free_page(&p);
	log_add(l, 0, "out", line, 2 * LINE, "events", NULL);
	read_page(l, -1, 1, &p);
	assert_int_equal(first_number(&p), COUNT);
	text = first_text(&p, "text");
	assert_int_equal(strlen(text), 65536);
	free(text);
	free_page(&p);
	free(line);
	log_free(l);
}

/* An id is never a path. */
static void test_names(void **state)
{
	char path[256];
	struct log *l = log_new(dir, "../b", NULL);

	(void)state;
	assert_non_null(l);
	log_free(l);
	snprintf(path, sizeof(path), "%s/..%%2Fb.0", dir);
	assert_int_equal(access(path, F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages), cmocka_unit_test(test_turn_over),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
