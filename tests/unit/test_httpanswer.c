/* test_httpanswer: answers of a gate by table, good and broken; each cut at every byte. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/httpanswer.h"

#define OK "HTTP/1.1 200 OK\r\n"
#define NOTHING "Content-Length: 0\r\n\r\n"

enum { BODY_MAX = 20 };

static const struct {
	const char *text;
	int status;
	const char *body;
	bool keep_alive, is_events;
	size_t behind;	/* bytes that are none of the answer */
} good[] = {
	{ OK NOTHING, 200, "", true, false, 0 },
	{ "HTTP/1.1 599\r\n" NOTHING, 599, "", true, false, 0 },
	{ "HTTP/1.1 200 \r\n" NOTHING, 200, "", true, false, 0 },
	{ OK "Content-Length: 5\r\n\r\nhello", 200, "hello", true, false, 0 },
	{ OK "content-LENGTH:\t5 \r\nX: y\r\nX: y\r\n\r\nhello", 200, "hello", true, false, 0 },
	{ OK "Content-Length: 20\r\n\r\n01234567890123456789", 200, "01234567890123456789", true, false, 0 },
	{ OK "Content-Length: 5\r\nConnection: close\r\n\r\nhello", 200, "hello", false, false, 0 },
	{ OK "Content-Length: 5\r\nConnection: x, Close\r\n\r\nhelloHTTP/1.1", 200, "hello", false, false, 8 },
	{ OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\n\r\n!\r\n0\r\n\r\n", 200, "hello\r\n!", true, false, 0 },
	{ OK "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n\n", 200, "", true, false, 1 },
	{ "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", 404, "{}", true, false, 0 },
	{ "HTTP/1.1 204 No Content\r\n\r\n", 204, "", true, false, 0 },
	{ "HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\n\r\nx", 304, "", true, false, 1 },
	{ OK "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n:\n\r\n0\r\n\r\n", 200, ":\n", true, true, 0 },
	{ OK "content-type: Text/Event-Stream; charset=utf-8\r\n" NOTHING, 200, "", true, true, 0 },
	{ OK "Content-Type: text/event-streams\r\n" NOTHING, 200, "", true, false, 0 },
};

static const struct {
	const char *text;
	int code;
} bad[] = {
	{ "", 0 }, { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", 0 }, { OK "Content-Length: 5\r\n", 0 }, { OK "Transfer-Encoding: chunked\r\n\r\n0\r\n", 0 },
	{ "HTTP/1.0 200 OK\r\n" NOTHING, ERR_INVALID }, { "HTTP/1.2 200 OK\r\n" NOTHING, ERR_INVALID }, { "HTTP/2 200\r\n" NOTHING, ERR_INVALID },
	{ "http/1.1 200 OK\r\n" NOTHING, ERR_INVALID }, { "HTTP/1.1  200 OK\r\n" NOTHING, ERR_INVALID }, { " HTTP/1.1 200 OK\r\n" NOTHING, ERR_INVALID },
	{ "HTTP/1.1 20 OK\r\n" NOTHING, ERR_INVALID }, { "HTTP/1.1 2000 OK\r\n" NOTHING, ERR_INVALID }, { "HTTP/1.1 +20 OK\r\n" NOTHING, ERR_INVALID },
	{ "HTTP/1.1 100 Continue\r\n\r\n" OK NOTHING, ERR_INVALID }, { "HTTP/1.1 101 Switching\r\n" NOTHING, ERR_INVALID }, { "HTTP/1.1 600 X\r\n" NOTHING, ERR_INVALID },
	{ "HTTP/1.1 000 X\r\n" NOTHING, ERR_INVALID }, { "HTTP/1.1 999 X\r\n" NOTHING, ERR_INVALID }, { "HTTP/1.1 200OK\r\n" NOTHING, ERR_INVALID },
	{ "HTTP/1.1\r\n" NOTHING, ERR_INVALID }, { "{\"error\":1}\r\n\r\n", ERR_INVALID }, { "\r\n" OK NOTHING, ERR_INVALID }, { "SSH-2.0-x\r\n", 0 }, { "SSH-2.0-x\r\n\r\n", ERR_INVALID },
	{ "HTTP/1.1 200 OK\n" NOTHING, ERR_INVALID }, { OK "Content-Length: 0\n\r\n", ERR_INVALID }, { OK "Content-Length: 0\r\n\n", ERR_INVALID },
	{ OK "X: a\r\n b\r\n" NOTHING, ERR_INVALID }, { OK "X: a\x01\r\n" NOTHING, ERR_INVALID }, { OK "X: \xc3\xa9\r\n" NOTHING, ERR_INVALID }, { OK "X : a\r\n" NOTHING, ERR_INVALID },
	{ OK "no colon\r\n" NOTHING, ERR_INVALID }, { OK ": a\r\n" NOTHING, ERR_INVALID },
	{ OK "\r\n", ERR_INVALID }, { OK "Content-Type: text/event-stream\r\n\r\n", ERR_INVALID },
	{ OK "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx", ERR_INVALID }, { OK "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx", ERR_INVALID },
	{ OK "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\nx", ERR_INVALID }, { OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", ERR_INVALID },
	{ OK "Transfer-Encoding: Chunked\r\n\r\n", ERR_INVALID }, { OK "Transfer-Encoding: gzip, chunked\r\n\r\n", ERR_INVALID }, { OK "Transfer-Encoding:\r\n\r\n", ERR_INVALID },
	{ OK "Content-Length: +1\r\n\r\nx", ERR_INVALID }, { OK "Content-Length: -1\r\n\r\nx", ERR_INVALID }, { OK "Content-Length: 01\r\n\r\nx", ERR_INVALID },
	{ OK "Content-Length: 1, 1\r\n\r\nx", ERR_INVALID }, { OK "Content-Length:\r\n\r\nx", ERR_INVALID }, { OK "Content-Length: 0x1\r\n\r\nx", ERR_INVALID },
	{ OK "Content-Length: 99999999999999999999\r\n\r\nx", ERR_INVALID }, { OK "Content-Length: 21\r\n\r\n", ERR_TOOBIG }, { OK "Content-Length: 999999999999999\r\n\r\n", ERR_TOOBIG },
	{ OK "Content-Encoding: gzip\r\n" NOTHING, ERR_INVALID }, { OK "Trailer: X\r\nTransfer-Encoding: chunked\r\n\r\n", ERR_INVALID },
	{ "HTTP/1.1 204 No Content\r\nContent-Length: 1\r\n\r\nx", ERR_INVALID }, { "HTTP/1.1 304 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ERR_INVALID },
	{ OK "Transfer-Encoding: chunked\r\n\r\n15\r\n012345678901234567890\r\n0\r\n\r\n", ERR_TOOBIG }, { OK "Transfer-Encoding: chunked\r\n\r\nx\r\n", ERR_INVALID },
	{ OK "Transfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n0\r\n\r\n", ERR_INVALID }, { OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX", ERR_INVALID },
	{ OK "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n\r\n", ERR_INVALID }, { OK "Transfer-Encoding: chunked\r\n\r\n-1\r\n", ERR_INVALID },
	{ OK "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", ERR_INVALID },
};

/* In pieces of the sizes first, 1 and the rest; each piece a memory of its own, so that a read past it is found. */
static int feed(struct http_answer *a, const char *text, size_t first, struct buf *out, size_t *ret_used)
{
	size_t len = strlen(text), at = 0, piece, used;
	int r = 0, i;

	*ret_used = 0;
	for (i = 0; r == 0 && at < len; i++, at += piece) {
		char *copy;

		piece = i == 0 ? first : i == 1 ? 1 : len - at;
		piece = piece < len - at ? piece : len - at;
		copy = malloc(piece + 1);
		assert_non_null(copy);
		memcpy(copy, text + at, piece);
		r = http_answer_feed(a, copy, piece, &used, out, NULL);
		free(copy);
		if (r == 0)
			assert_int_equal(used, piece);
		*ret_used = at + used;
	}
	return r;
}

static void good_ones(void **state)
{
	struct http_answer a;
	struct buf out;
	size_t i, cut, used;

	(void)state;
	buf_init(&out, 4096);
	for (i = 0; i < ARRAY_LEN(good); i++)
		for (cut = 0; cut <= strlen(good[i].text); cut++) {
			http_answer_init(&a, BODY_MAX);
			buf_clear(&out);
			if (feed(&a, good[i].text, cut, &out, &used) != 1 || a.status != good[i].status || strcmp(buf_cstr(&out), good[i].body) != 0)
				fail_msg("row %zu, cut at %zu: status %d, body \"%s\"", i, cut, a.status, buf_cstr(&out));
			assert_int_equal(a.keep_alive, good[i].keep_alive);
			assert_int_equal(a.is_events, good[i].is_events);
			/* What stands behind it is not taken; in which piece it came is another matter. */
			assert_int_equal(used, strlen(good[i].text) - good[i].behind);
			http_answer_release(&a);
		}
	buf_release(&out);
}

static void bad_ones(void **state)
{
	struct http_answer a;
	struct buf out;
	size_t i, cut, used;

	(void)state;
	buf_init(&out, 4096);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		for (cut = 0; cut <= strlen(bad[i].text); cut++) {
			int r;

			http_answer_init(&a, BODY_MAX);
			buf_clear(&out);
			r = feed(&a, bad[i].text, cut, &out, &used);
			if (r != bad[i].code)
				fail_msg("row %zu, cut at %zu: %d in place of %d: %s", i, cut, r, bad[i].code, bad[i].text);
			http_answer_release(&a);
		}
	/* None of the good ones is whole before its end. */
	for (i = 0; i < ARRAY_LEN(good); i++)
		for (cut = 0; cut < strlen(good[i].text) - good[i].behind; cut++) {
			http_answer_init(&a, BODY_MAX);
			buf_clear(&out);
			assert_int_equal(http_answer_feed(&a, good[i].text, cut, &used, &out, NULL), 0);
			http_answer_release(&a);
		}
	http_answer_init(&a, BODY_MAX);
	assert_int_equal(http_answer_feed(&a, "HTTP/1.1 200 O\0K\r\n", 18, &used, &out, NULL), ERR_INVALID);
	http_answer_release(&a);
	buf_release(&out);
}

/* A head that never ends is given up, however it comes, and costs no more than its limit. */
static void endless_heads(void **state)
{
	static const char *const lines[] = { "X: y\r\n", "X: 0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\r\n", "aaaaaaaa" };
	struct http_answer a;
	struct buf out;
	size_t i, used, fed;
	int r;

	(void)state;
	buf_init(&out, 4096);
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		http_answer_init(&a, BODY_MAX);
		r = http_answer_feed(&a, OK, sizeof(OK) - 1, &used, &out, NULL);
		for (fed = 0; r == 0 && fed < 10 * HTTP_HEAD_MAX; fed += strlen(lines[i])) {
			r = http_answer_feed(&a, lines[i], strlen(lines[i]), &used, &out, NULL);
			assert_true(a.head.cap <= HTTP_HEAD_MAX + 1);
		}
		assert_int_equal(r, ERR_TOOBIG);
		http_answer_release(&a);
	}
	buf_release(&out);
}

/* Without a limit, as of an event stream: what is given on is all that is kept. */
static void streams(void **state)
{
	static const char head[] = OK "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
	struct http_answer a;
	struct buf out;
	size_t i, used;

	(void)state;
	buf_init(&out, 64);
	http_answer_init(&a, 0);
	assert_int_equal(http_answer_feed(&a, head, sizeof(head) - 1, &used, &out, NULL), 0);
	assert_true(a.whole_head && a.is_events && a.chunked);
	for (i = 0; i < 100000; i++) {
		buf_clear(&out);
		assert_int_equal(http_answer_feed(&a, "7\r\nid: 1\n\n\r\n", 12, &used, &out, NULL), 0);
		assert_string_equal(buf_cstr(&out), "id: 1\n\n");
		assert_null(a.head.data);
	}
	http_answer_release(&a);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(good_ones), cmocka_unit_test(bad_ones), cmocka_unit_test(endless_heads), cmocka_unit_test(streams) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
