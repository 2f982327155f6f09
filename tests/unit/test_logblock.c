/* A log's lines as bytes: what is written is read, at every cut, and what is no block is none. */
#include "config.h"

#include "unit.h"

#include "core/logblock.h"

static const struct log_line lines[] = {
	{ .seq = 7, .wall_ms = 1763900000000, .stream = LOG_OUT, .text = "first", .len = 5, .source = "events", .id = "01ABC" },
	{ .seq = 9, .wall_ms = 0, .stream = LOG_ERR, .text = "", .len = 0, .source = "logs", .id = NULL },
	{ .seq = 1000, .wall_ms = 1, .stream = LOG_LOG, .text = "two\nrows\0and\r\x1b[31mred\x80\xff", .len = 24, .source = "logs", .id = "id \xc3\xa9" },
	{ .seq = (INT64_C(1) << 49) - 1, .wall_ms = (INT64_C(1) << 49) - 1, .stream = LOG_EVENT, .text = "\n\n\n", .len = 3, .source = "events", .id = "" },
	{ .seq = 1001, .wall_ms = 2, .stream = LOG_GAP, .text = "assentL1", .len = 8, .source = "", .id = "without a source" },
};

static void write_block(struct buf *out, const struct log_ids *ids)
{
	size_t i, before;

	buf_init(out, SIZE_MAX - 1);
	logblock_begin(out, 120, 7, ids);
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		before = out->len;
		logblock_add(out, &lines[i]);
		assert_int_equal(out->len - before, logblock_line_size(&lines[i]));
	}
}

static void test_there_and_back(void **state)
{
	struct log_ids ids = { 0 }, read = { 0 };
	struct logblock k;
	struct log_record r;
	struct buf b;
	int64_t first, seq;
	size_t i;

	(void)state;
	log_ids_set(&ids, "events", "before");
	log_ids_set(&ids, "other", "x");
	write_block(&b, &ids);
	assert_int_equal(logblock_peek(b.data, LOGBLOCK_PEEK, &first, &seq), 0);
	assert_int_equal(first, 120);
	assert_int_equal(seq, 7);
	assert_int_equal(logblock_open(b.data, b.len, &k), 0);
	logblock_ids(&k, &read);
	assert_string_equal(log_ids_get(&read, "events"), "before");
	assert_string_equal(log_ids_get(&read, "other"), "x");
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		assert_true(logblock_next(&k, &r));
		assert_int_equal(r.n, 120 + (int64_t)i);
		assert_int_equal(r.seq, lines[i].seq);
		assert_int_equal(r.wall_ms, lines[i].wall_ms);
		assert_int_equal(r.stream, lines[i].stream);
		assert_int_equal(r.len, lines[i].len);
		assert_memory_equal(k.bytes + r.text, lines[i].text, r.len);
		assert_int_equal(k.bytes[r.text - 1], '\n');	/* what pattern_find() counts on */
		assert_int_equal(k.bytes[r.end - 1], '\n');
		logblock_line_id(&k, &r, &read);
	}
	assert_false(logblock_next(&k, &r));
	assert_int_equal(k.at, b.len);
	assert_int_equal(k.next, 120 + ARRAY_LEN(lines));
	assert_string_equal(log_ids_get(&read, "events"), "");
	assert_string_equal(log_ids_get(&read, "logs"), "id \xc3\xa9");
	assert_string_equal(log_ids_get(&read, ""), "");
	log_ids_release(&ids);
	log_ids_release(&read);
	buf_release(&b);
}

/* Cut at every byte: the whole lines before the cut are read, and nothing else. */
static void test_cuts(void **state)
{
	struct log_ids ids = { 0 };
	size_t ends[ARRAY_LEN(lines)], head, cut, i, n;
	struct logblock k;
	struct log_record r;
	struct buf b;

	(void)state;
	log_ids_set(&ids, "events", "before");
	write_block(&b, &ids);
	assert_int_equal(logblock_open(b.data, b.len, &k), 0);
	head = k.at;
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		assert_true(logblock_next(&k, &r));
		ends[i] = r.end;
	}
	for (cut = 0; cut < b.len; cut++) {
		char *exact = malloc(cut + 1);	/* so that reading one byte too many is seen */

		assert_non_null(exact);
		memcpy(exact, b.data, cut);
		exact = realloc(exact, cut ? cut : 1);
		if (cut < head) {
			assert_int_equal(logblock_open(exact, cut, &k), ERR_INVALID);
		} else {
			assert_int_equal(logblock_open(exact, cut, &k), 0);
			for (n = 0; logblock_next(&k, &r); n++)
				;
			for (i = 0; i < ARRAY_LEN(lines) && ends[i] <= cut; i++)
				;
			assert_int_equal(n, i);
			assert_int_equal(k.at, i > 0 ? ends[i - 1] : head);
		}
		free(exact);
	}
	log_ids_release(&ids);
	buf_release(&b);
}

/* Every byte damaged, in eight ways: nothing is read that is not there, and no text is other than it was. */
static void test_damage(void **state)
{
	struct log_ids ids = { 0 }, read = { 0 };
	struct logblock k;
	struct log_record r;
	struct buf b;
	size_t at;
	int bit;

	(void)state;
	log_ids_set(&ids, "events", "before");
	write_block(&b, &ids);
	/* Without the LF on either side of a text there is no line. */
	assert_int_equal(logblock_open(b.data, b.len, &k), 0);
	assert_true(logblock_next(&k, &r));
	for (at = r.text - 1; at < r.end; at += r.len + 1) {
		b.data[at] = 'x';
		assert_int_equal(logblock_open(b.data, b.len, &k), 0);
		assert_false(logblock_next(&k, &r));
		b.data[at] = '\n';
	}
	for (at = 0; at < b.len; at++) {
		for (bit = 0; bit < 8; bit++) {
			b.data[at] = (char)(b.data[at] ^ 1 << bit);
			if (logblock_open(b.data, b.len, &k) == 0) {
				logblock_ids(&k, &read);
				while (logblock_next(&k, &r)) {
					assert_true(r.end <= b.len && r.text + r.len + 1 == r.end);
					logblock_line_id(&k, &r, &read);
				}
			}
			b.data[at] = (char)(b.data[at] ^ 1 << bit);
		}
	}
	log_ids_release(&ids);
	log_ids_release(&read);
	buf_release(&b);
}

/* The longest line fits behind the longest head. */
static void test_longest(void **state)
{
	char *text = malloc(LOG_TEXT_MAX), id[LOG_ID_MAX + 1], source[LOG_SOURCE_MAX + 1];
	struct log_line line = { .text = text, .len = LOG_TEXT_MAX, .source = source, .id = id };
	struct log_ids ids = { 0 };
	struct logblock k;
	struct log_record r;
	struct buf b;
	int i;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', LOG_TEXT_MAX);
	memset(id, 'i', LOG_ID_MAX);
	id[LOG_ID_MAX] = '\0';
	memset(source, 's', LOG_SOURCE_MAX);
	source[LOG_SOURCE_MAX] = '\0';
	for (i = 0; i < LOG_SOURCES_MAX; i++) {
		source[0] = (char)('A' + i);
		log_ids_set(&ids, source, id);
	}
	buf_init(&b, LOGBLOCK_BYTES);
	logblock_begin(&b, 0, 0, &ids);
	logblock_add(&b, &line);
	assert_false(buf_failed(&b));
	assert_int_equal(logblock_open(b.data, b.len, &k), 0);
	assert_true(logblock_next(&k, &r));
	assert_int_equal(r.len, LOG_TEXT_MAX);
	assert_int_equal(r.id_len, LOG_ID_MAX);
	log_ids_release(&ids);
	buf_release(&b);
	free(text);
}

static void test_ids(void **state)
{
	char name[32], longer[LOG_ID_MAX + 2];
	struct log_ids ids = { 0 };
	int i;

	(void)state;
	assert_string_equal(log_ids_get(&ids, "events"), "");
	log_ids_set(&ids, "events", "1");
	log_ids_set(&ids, "logs", "a");
	log_ids_set(&ids, "events", "2");
	assert_string_equal(log_ids_get(&ids, "events"), "2");
	assert_int_equal(log_ids_count(&ids), 2);
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	log_ids_set(&ids, "events", longer);
	assert_string_equal(log_ids_get(&ids, "events"), "2");
	/* The one that was set longest ago goes. */
	for (i = 0; i < LOG_SOURCES_MAX - 1; i++) {
		snprintf(name, sizeof(name), "process:%d", i);
		log_ids_set(&ids, name, "p");
	}
	assert_int_equal(log_ids_count(&ids), LOG_SOURCES_MAX);
	assert_string_equal(log_ids_get(&ids, "logs"), "");
	assert_string_equal(log_ids_get(&ids, "events"), "2");
	log_ids_release(&ids);
	assert_int_equal(log_ids_count(&ids), 0);
}

static void test_streams(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < LOG_STREAMS; i++)
		assert_int_equal(log_stream_find(log_stream_name((enum log_stream)i), strlen(log_stream_name((enum log_stream)i))), i);
	assert_int_equal(log_stream_find("ou", 2), -1);
	assert_int_equal(log_stream_find("outer", 5), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_cuts), cmocka_unit_test(test_damage), cmocka_unit_test(test_longest),
		cmocka_unit_test(test_ids), cmocka_unit_test(test_streams),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
