/* test_sse: streams by table, each cut at every byte; a differential check that the cut does not matter; writing. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/sse.h"

static const struct { const char *text, *events; } cases[] = {
	{ "data: a\n\n", "[message||a]" }, { "data: a\r\n\r\n", "[message||a]" }, { "data: a\r\r", "[message||a]" }, { "data:a\n\n", "[message||a]" },
	{ "data:  a\n\n", "[message|| a]" }, { "data: a\ndata: b\n\n", "[message||a\nb]" }, { "data: a\r\ndata: b\r\n\r\n", "[message||a\nb]" }, { "data\n\n", "[message||]" }, { "data:\n\n", "[message||]" },
	{ "data\ndata\n\n", "[message||\n]" }, { "event: x\ndata: a\n\n", "[x||a]" }, { "event: x\n\ndata: a\n\n", "[message||a]" }, { "id: 7\ndata: a\n\ndata: b\n\n", "[message|7|a][message|7|b]" },
	{ "id: 7\n\ndata: b\n\n", "[message|7|b]" }, { "id\ndata: a\n\n", "[message||a]" }, { "id: 1\ndata: a\nid\n\n", "[message||a]" },
	{ ": comment\ndata: a\n\n", "[message||a]" }, { ":\n\n:\n\n", "" }, { "data: a\n", "" }, { "data: a", "" }, { "\n\n\n", "" }, { "foo: bar\ndata: a\n\n", "[message||a]" },
	{ "Data: a\n\n", "" }, { " data: a\n\n", "" }, { "data: a: b\n\n", "[message||a: b]" }, { "\xef\xbb\xbf" "data: a\n\n", "[message||a]" },
	{ "\xef\xbb" "data: a\n\n", "" }, { "data: a\n\n\xef\xbb\xbf" "data: b\n\n", "[message||a]" }, { "data: \xff\n\n", "[message||\xef\xbf\xbd]" },
	{ "data: \xe2\x82\n\n", "[message||\xef\xbf\xbd]" }, { "data: \xe2\x82\xac\n\n", "[message||\xe2\x82\xac]" }, { "data: a\r\n\n", "[message||a]" }, { "data: a\r\ndata: b\r\n\r\n", "[message||a\nb]" }, { "event: x\r\ndata: a\r\n\r\n", "[x||a]" },
	{ "data: a\rdata: b\r\r", "[message||a\nb]" }, { "data: a\n\rdata: b\n\n", "[message||a][message||b]" },
	{ "event: a\nevent: b\ndata: x\n\n", "[b||x]" }, { "retry: 50\ndata: a\n\n", "[message||a]" }, { "data: {\"x\":1}\nid: evt_1\nevent: tick\n\n", "[tick|evt_1|{\"x\":1}]" },
};

static void on_event(const struct sse_event *ev, void *arg)
{
	buf_printf(arg, "[%s|%s|%s]", ev->type, ev->id, ev->data);
	assert_int_equal(strlen(ev->data), ev->data_len);
}

static void every_split(void **state)
{
	size_t i, cut, second, len;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		len = strlen(cases[i].text);
		for (cut = 0; cut <= len; cut++) {
			for (second = cut; second <= len; second++) {
				struct buf out;
				struct sse s;

				buf_init(&out, 4096);
				sse_init(&s, 1000, on_event, &out);
				sse_feed(&s, cases[i].text, cut);
				sse_feed(&s, cases[i].text + cut, second - cut);
				sse_feed(&s, cases[i].text + second, len - second);
				if (strcmp(buf_cstr(&out), cases[i].events) != 0)
					fail_msg("case %zu cut at %zu and %zu: %s, not %s", i, cut, second, buf_cstr(&out), cases[i].events);
				sse_release(&s);
				buf_release(&out);
			}
		}
	}
}

static void limits_and_resuming(void **state)
{
	struct buf out, big;
	struct sse s;
	int i;

	(void)state;
	buf_init(&out, 4096);
	buf_init(&big, 65536);
	sse_init(&s, 100, on_event, &out);
	buf_puts(&big, "data: ");
	for (i = 0; i < 1000; i++)
		buf_putc(&big, 'x');
	buf_puts(&big, "\n\ndata: after\n\n");
	sse_feed(&s, big.data, big.len);
	assert_string_equal(buf_cstr(&out), "[message||after]");
	assert_int_equal(s.dropped, 1);
	buf_clear(&out);
	sse_feed(&s, "id: 9\ndata: a\n\ndata: half", 25);
	sse_reconnect(&s);
	sse_feed(&s, "data: b\n\n", 9);
	assert_string_equal(buf_cstr(&out), "[message|9|a][message|9|b]");
	sse_feed(&s, "retry: 1234\nretry: x\n", 21);
	assert_int_equal(s.retry_ms, 1234);
	sse_release(&s);
	buf_release(&out);
	buf_release(&big);
}

#define TEXT(t) t, sizeof(t) - 1	/* with the NULs in it */

/* What the rules leave to the last id and to retry. */
static void ids_and_retry(void **state)
{
	static const struct { const char *text; size_t len; const char *id; int64_t retry; } rows[] = {
		{ TEXT("id: 1\ndata: a\n\nid: a\0b\ndata: b\n\n"), "1", -1 },
		{ TEXT("id: 1\ndata: a\n\nid: 2\ndata: unfinished"), "1", -1 },
		{ TEXT("id: 1\n\nid\n\n"), "", -1 },
		{ TEXT("retry: +5\n"), "", -1 }, { TEXT("retry: 5 \n"), "", -1 }, { TEXT("retry: -5\n"), "", -1 }, { TEXT("retry:\n"), "", -1 }, { TEXT("retry: 0\n"), "", 0 },
		{ TEXT("retry: 7"), "", -1 },
	};
	char digits[400] = "retry: ";
	struct buf out;
	struct sse s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		buf_init(&out, 4096);
		sse_init(&s, 100, on_event, &out);
		sse_feed(&s, rows[i].text, rows[i].len);
		if (strcmp(buf_cstr(&s.id), rows[i].id) != 0 || s.retry_ms != rows[i].retry)
			fail_msg("row %zu: id \"%s\", retry %lld", i, buf_cstr(&s.id), (long long)s.retry_ms);
		sse_release(&s);
		buf_release(&out);
	}
	memset(digits + 7, '9', 300);
	strcpy(digits + 307, "\n");
	sse_init(&s, 1000, on_event, NULL);
	sse_feed(&s, digits, strlen(digits));
	assert_true(s.retry_ms > 1000000000);	/* large, not wrapped round */
	sse_release(&s);
}

static void two_returns_end_an_event_at_once(void **state)
{
	struct buf out;
	struct sse s;

	(void)state;
	buf_init(&out, 4096);
	sse_init(&s, 100, on_event, &out);
	sse_feed(&s, "data: a\r\r", 9);
	assert_string_equal(buf_cstr(&out), "[message||a]");	/* without a look at what follows */
	sse_feed(&s, "\ndata: b\r\n\r", 12);
	assert_string_equal(buf_cstr(&out), "[message||a][message||b]");
	sse_release(&s);
	buf_release(&out);
}

static void on_comment(const char *text, size_t len, void *arg)
{
	(void)text;
	buf_printf(arg, "(%zu)", len);
}

/* A line over the limit: what it is does not depend on how it was cut, and a long comment costs no event. */
static void long_lines(void **state)
{
	static const struct { const char *start, *events; } rows[] = {
		{ ":", "(1024)[message||b]" }, { "data: ", "" }, { "event: ", "" }, { "id: ", "" }, { "other: ", "" },
	};
	struct buf text, out;
	struct sse s;
	size_t i, cut;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		buf_init(&text, 65536);
		buf_puts(&text, rows[i].start);
		while (text.len < 9000)
			buf_putc(&text, 'x');
		buf_puts(&text, "\ndata: b\n\n");
		for (cut = 0; cut <= text.len; cut += cut < 20 ? 1 : 97) {
			buf_init(&out, 4096);
			sse_init(&s, 1500, on_event, &out);
			s.on_comment = on_comment;
			sse_feed(&s, text.data, cut);
			sse_feed(&s, text.data + cut, text.len - cut);
			if (strcmp(buf_cstr(&out), rows[i].events) != 0 || s.dropped != (rows[i].start[0] != ':'))
				fail_msg("\"%s\" cut at %zu: %s, %d dropped", rows[i].start, cut, buf_cstr(&out), (int)s.dropped);
			sse_release(&s);
			buf_release(&out);
		}
		buf_release(&text);
	}
}

/* A type or id longer than what is kept must not pass for another. */
static void long_names(void **state)
{
	static const char nul[] = "event: go\0on\ndata: a\n\nevent: \0\ndata: b\n\ndata: c\n\n";
	static const char *const starts[] = { "event: ", "id: " };
	struct buf text, out;
	struct sse s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(starts); i++) {
		buf_init(&text, 65536);
		buf_init(&out, 4096);
		buf_puts(&text, "id: 1\ndata: a\n\n");
		buf_puts(&text, starts[i]);
		while (text.len < 9000)
			buf_putc(&text, 'x');
		buf_puts(&text, "\ndata: b\n\ndata: c\n\n");
		sse_init(&s, 100000, on_event, &out);
		sse_feed(&s, text.data, text.len);
		assert_string_equal(buf_cstr(&out), "[message|1|a][message|1|c]");
		assert_int_equal(s.dropped, 1);
		sse_release(&s);
		buf_release(&text);
		buf_release(&out);
	}
	buf_init(&out, 4096);
	sse_init(&s, 100, on_event, &out);
	sse_feed(&s, nul, sizeof(nul) - 1);
	assert_string_equal(buf_cstr(&out), "[message||c]");
	assert_int_equal(s.dropped, 2);
	sse_release(&s);
	buf_release(&out);
}

static void written_is_read(void **state)
{
	static const char *const datas[] = { "", "a", "a\nb", "a\r\nb", "\n", "x\n" };
	static const char *const back[] = { "", "a", "a\nb", "a\nb", "\n", "x\n" };
	struct buf text, out;
	struct sse s;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(datas); i++) {
		char want[64];

		buf_init(&text, 1000);
		buf_init(&out, 1000);
		assert_int_equal(sse_write(&text, "t", "5", datas[i], strlen(datas[i])), 0);
		sse_init(&s, 100, on_event, &out);
		sse_feed(&s, text.data, text.len);
		snprintf(want, sizeof(want), "[t|5|%s]", back[i]);
		assert_string_equal(buf_cstr(&out), want);
		sse_release(&s);
		buf_release(&text);
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_split), cmocka_unit_test(limits_and_resuming), cmocka_unit_test(ids_and_retry),
					    cmocka_unit_test(two_returns_end_an_event_at_once), cmocka_unit_test(long_lines), cmocka_unit_test(long_names),
					    cmocka_unit_test(written_is_read) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
