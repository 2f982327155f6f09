/* test_httpmsg: hostile requests by table, valid ones cut at every byte, paths, queries, chunks. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/httpmsg.h"
#include "core/override.h"

#define H "Host: a\r\n"

static const char *const bad[] = {
	"GET /x HTTP/1.1\n" H "\r\n", "GET /x HTTP/1.1\r\nHost: a\n\r\n", "GET /x HTTP/1.1\r\nHost: a\r\n\n", "\r\nGET /x HTTP/1.1\r\n" H "\r\n",
	"GET  /x HTTP/1.1\r\n" H "\r\n", "GET /x  HTTP/1.1\r\n" H "\r\n", "GET /x HTTP/1.1 \r\n" H "\r\n", " GET /x HTTP/1.1\r\n" H "\r\n",
	"get /x HTTP/1.1\r\n" H "\r\n", "Get /x HTTP/1.1\r\n" H "\r\n", "OPTIONS /x HTTP/1.1\r\n" H "\r\n", "TRACE /x HTTP/1.1\r\n" H "\r\n",
	"CONNECT a:1 HTTP/1.1\r\n" H "\r\n", "BREW /x HTTP/1.1\r\n" H "\r\n", "GET http://a/x HTTP/1.1\r\n" H "\r\n", "GET * HTTP/1.1\r\n" H "\r\n",
	"GET x HTTP/1.1\r\n" H "\r\n", "GET /x HTTP/2.0\r\n" H "\r\n", "GET /x HTTP/1.2\r\n" H "\r\n", "GET /x http/1.1\r\n" H "\r\n", "GET /x\r\n" H "\r\n",
	"GET /x HTTP/1.1\r\n\r\n", "GET /x HTTP/1.1\r\n" H H "\r\n", "GET /x HTTP/1.1\r\nHost:\r\n\r\n", "GET /x HTTP/1.1\r\nHost: a b\r\n\r\n",
	"GET /x HTTP/1.1\r\nHost: a,b\r\n\r\n", "GET /x HTTP/1.1\r\nHost : a\r\n\r\n", "GET /x HTTP/1.1\r\n Host: a\r\n\r\n",
	"GET /x HTTP/1.1\r\n" H "X: 1\r\n 2\r\n\r\n", "GET /x HTTP/1.1\r\n" H "X: 1\r\n\t2\r\n\r\n", "GET /x HTTP/1.1\r\n" H "X: a\rb\r\n\r\n", "GET /x HTTP/1.1\r\n" H "X: a\nY: b\r\n\r\n",
	"GET /x HTTP/1.1\r\n" H "X: a\x01" "b\r\n\r\n", "GET /x HTTP/1.1\r\n" H "X: \x7f\r\n\r\n", "GET /x HTTP/1.1\r\n" H "X: \xc3\xa9\r\n\r\n",
	"GET /x HTTP/1.1\r\n" H "no colon\r\n\r\n", "GET /x HTTP/1.1\r\n" H ": empty\r\n\r\n", "GET /x HTTP/1.1\r\n" H "X(: a\r\n\r\n", "GET /x HTTP/1.1\r\n" H "X\t: a\r\n\r\n",
	"POST /x HTTP/1.1\r\n" H "Content-Length: 1\r\nContent-Length: 1\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
	"POST /x HTTP/1.1\r\n" H "Content-Length: 1, 1\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Content-Length: +1\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Content-Length: -1\r\n\r\n",
	"POST /x HTTP/1.1\r\n" H "Content-Length: 0x1\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Content-Length: 1 2\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Content-Length:\r\n\r\n",
	"POST /x HTTP/1.1\r\n" H "Content-Length: 99999999999999999999\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
	"POST /x HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
	"POST /x HTTP/1.1\r\n" H "Transfer-Encoding: gzip, chunked\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Transfer-Encoding: chunked, identity\r\n\r\n",
	"POST /x HTTP/1.1\r\n" H "Transfer-Encoding: Chunked\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Transfer-Encoding: xchunked\r\n\r\n",
	"POST /x HTTP/1.1\r\n" H "Transfer-Encoding: identity\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Transfer-Encoding:\r\n\r\n", "POST /x HTTP/1.0\r\n" H "Transfer-Encoding: chunked\r\n\r\n",
	"GET /x HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\n", "GET /x HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\n\r\n", "HEAD /x HTTP/1.1\r\n" H "Content-Length: 5\r\n\r\n",
	"GET /x HTTP/1.1\r\n" H "Upgrade: websocket\r\n\r\n", "GET /x HTTP/1.1\r\n" H "Connection: Upgrade\r\n\r\n", "GET /x HTTP/1.1\r\n" H "Connection: keep-alive, upgrade\r\n\r\n",
	"POST /x HTTP/1.1\r\n" H "X-HTTP-Method-Override: DELETE\r\n\r\n", "GET /x HTTP/1.1\r\n" H "x-http-method: POST\r\n\r\n", "GET /x HTTP/1.1\r\n" H "X-Method-Override: POST\r\n\r\n",
	"GET /x HTTP/1.1\r\n" H "X-Original-URL: /y\r\n\r\n", "GET /x HTTP/1.1\r\n" H "X-Rewrite-URL: /y\r\n\r\n", "GET /x?_method=DELETE HTTP/1.1\r\n" H "\r\n",
	"GET /x?a=1&_method=DELETE HTTP/1.1\r\n" H "\r\n", "POST /x HTTP/1.1\r\n" H "Expect: 200-ok\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Transfer-Encoding: chunked\r\nTrailer: X\r\n\r\n",
	"GET /x#f HTTP/1.1\r\n" H "\r\n", "GET /x?a#f HTTP/1.1\r\n" H "\r\n", "GET /x?%zz HTTP/1.1\r\n" H "\r\n", "GET /x?%00 HTTP/1.1\r\n" H "\r\n", "GET /x?a\\b HTTP/1.1\r\n" H "\r\n",
	"GET /x HTTP/1.0\r\n" H "\r\n", "POST /x HTTP/1.1\r\n" H "Content-Length: 01\r\n\r\n", "POST /x HTTP/1.1\r\n" H "Content-Encoding: gzip\r\n\r\n", "GET /x HTTP/1.1\r\n" H "Authorization: a\r\nAuthorization: a\r\n\r\n",
	"GET /x HTTP/1.1\r\n" H "HTTP2-Settings: a\r\n\r\n", "GET /x HTTP/1.1\r\n" H "Sec-WebSocket-Key: a\r\n\r\n", "GET /x?%5fMethod=a HTTP/1.1\r\n" H "\r\n",
};
static const char *const bad_paths[] = {
	"", "x", "//", "/a//b", "//a", "/a/", "/.", "/..", "/a/.", "/a/..", "/a/../b", "/./a", "/%2e", "/%2E%2e/a", "/a/%2e%2e", "/.%2e/", "/a%00", "/%00", "/a%0ab", "/a%0d", "/a%1f",
	"/a%7f", "/a\\b", "/a%5cb", "/a%5Cb", "/%25", "/a%252e", "/%2525", "/%zz", "/%2", "/%", "/a%2fb", "/%2f", "/a%2Fb", "/a b", "/a\tb", "/a\x7f", "/\xc3\xa9", "/a<b", "/a>b", "/a\"b",
	"/a{b", "/a|b", "/a^b", "/a`b", "/a[b]", "/a?b", "/a#b", "/api/v1/sandboxes/x/files/%2e%2e%2fetc", "/api/v1/sandboxes/x/files/a%2f..%2fb", "/api/v1/sandboxes/x/files/a%2f.%2fb",
	"/api/v1/sandboxes/x/files/a%2f%2fb", "/api/v1/sandboxes/x%2ffiles/a", "/api/v1/sandboxes%2fx/files/a%2fb", "/api/v1/computers/x/files/a%2fb", "/api/v1/sandboxes/x/files%2fa",
	"/..;", "/.;a/b", "/%2e.%3bx", "/%c0%ae%c0%ae", "/%ff", "/%ed%a0%80",
};
static const char *const good_paths[] = {
	"/", "/a", "/a/b/c", "/a.b", "/...", "/a..b", "/%41", "/a%20b", "/a+b", "/a:b@c", "/a;b=c,d", "/%c3%a9", "/..x;y", "/a;..", "/~a-_.!$&'()*", "/api/v1/sandboxes/x/files/a%2fb", "/api/v1/sandboxes/x/files/workspace/a.txt",
};

static void refused(void **state)
{
	struct http_head h;
	struct err e;
	size_t i, used;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++)
		if (http_head_parse(bad[i], strlen(bad[i]), &h, &used, &e) >= 0)
			fail_msg("accepted: %s", bad[i]);
	assert_int_equal(http_head_parse("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", 28, &h, &used, &e), ERR_INVALID);
	for (i = 0; i < ARRAY_LEN(bad_paths); i++)
		if (http_path_check(bad_paths[i], &e) != ERR_INVALID && strcmp(bad_paths[i], "/a/") != 0)
			fail_msg("accepted path %s", bad_paths[i]);
	for (i = 0; i < ARRAY_LEN(good_paths); i++)
		if (http_path_check(good_paths[i], &e) != 0)
			fail_msg("refused path %s: %s", good_paths[i], e.msg);
}

static void too_big(void **state)
{
	struct http_head h;
	struct buf b;
	size_t used, i;

	(void)state;
	buf_init(&b, SIZE_MAX - 1);
	buf_puts(&b, "GET /");
	for (i = 0; i < HTTP_LINE_MAX; i++)
		buf_putc(&b, 'a');
	assert_int_equal(http_head_parse(b.data, b.len, &h, &used, NULL), ERR_TOOBIG);
	buf_clear(&b);
	buf_puts(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (i = 0; i < HTTP_HEADERS_MAX; i++)
		buf_printf(&b, "X%zu: y\r\n", i);
	buf_puts(&b, "\r\n");
	assert_int_equal(http_head_parse(b.data, b.len, &h, &used, NULL), ERR_TOOBIG);
	buf_clear(&b);
	buf_puts(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
	while (b.len < HTTP_HEAD_MAX) {
		buf_puts(&b, "X: ");
		for (i = 0; i < 4000; i++)
			buf_putc(&b, 'a');
		buf_puts(&b, "\r\n");
	}
	assert_int_equal(http_head_parse(b.data, b.len, &h, &used, NULL), ERR_TOOBIG);
	buf_release(&b);
}

static void cut_at_every_byte(void **state)
{
	static const char text[] = "POST /api/v1/x%20y/z?a=%41+b&c HTTP/1.1\r\nHost: 127.0.0.1:7717\r\nContent-Length: 5\r\nX-Y:  \t padded \t\r\nConnection: close\r\n\r\nhello";
	struct http_head h;
	struct buf b;
	size_t used, i, head = sizeof(text) - 1 - 5;

	(void)state;
	for (i = 0; i < head; i++) {
		char *exact = malloc(i + 1);	/* of this very length: a read past it is found */
		int r;

		assert_non_null(exact);
		memcpy(exact, text, i);
		r = http_head_parse(exact, i, &h, &used, NULL);
		free(exact);
		assert_int_equal(r, 0);
	}
	assert_int_equal(http_head_parse(text, sizeof(text) - 1, &h, &used, NULL), 1);
	assert_int_equal(used, head);
	assert_int_equal(h.method, HTTP_POST);
	assert_string_equal(h.target, "/api/v1/x%20y/z?a=%41+b&c");
	assert_string_equal(h.path, "/api/v1/x%20y/z");
	assert_string_equal(h.query, "a=%41+b&c");
	assert_string_equal(http_field(&h, "x-y"), "padded");
	assert_int_equal(h.content_length, 5);
	assert_false(h.keep_alive);
	buf_init(&b, 100);
	assert_true(http_query_get(h.query, "a", &b));
	assert_string_equal(buf_cstr(&b), "A b");
	assert_false(http_query_get(h.query, "b", &b));
	buf_release(&b);
	http_head_release(&h);
}

static void chunks(void **state)
{
	static const char text[] = "5\r\nhello\r\nA\r\n0123456789\r\n000\r\n\r\nREST";
	static const char *const broken[] = { "\r\n", "g\r\n", "5;x=1\r\nhello\r\n0\r\n\r\n", "5\nhello", "5\r\nhelloX", "5 \r\nhello", "0\r\nTrailer: x\r\n\r\n", "-1\r\n", "0x5\r\n", "1111111111111111\r\n" };
	size_t i, cut, used;

	(void)state;
	for (cut = 0; cut < sizeof(text) - 5; cut++) {
		struct http_chunks c;
		struct buf out;

		http_chunks_init(&c);
		buf_init(&out, 100);
		assert_int_equal(http_chunks_feed(&c, text, cut, &used, &out, NULL), 0);
		assert_int_equal(used, cut);
		assert_int_equal(http_chunks_feed(&c, text + cut, sizeof(text) - 1 - cut, &used, &out, NULL), 1);
		assert_int_equal(used, sizeof(text) - 5 - cut);
		assert_string_equal(buf_cstr(&out), "hello0123456789");
		buf_release(&out);
	}
	for (i = 0; i < ARRAY_LEN(broken); i++) {
		struct http_chunks c;
		struct buf out;

		http_chunks_init(&c);
		buf_init(&out, 100);
		if (http_chunks_feed(&c, broken[i], strlen(broken[i]), &used, &out, NULL) != ERR_INVALID)
			fail_msg("accepted chunk %s", broken[i]);
		buf_release(&out);
	}
}

/* What is sent as it is must not lead elsewhere; names that only look like it may. */
static void climbing(void **state)
{
	static const char *const climbs[] = { "/..", "/.", "/a/../b", "/a/./b", "/a/%2e%2e/b", "/a/%2E", "/..%2fa", "/a%2f..", "/a\\..", "/a%5c..%5cb", "/a/..;x/b", "/a/.;", "..", "/a/..?b" };
	static const char *const stays[] = { "", "/", "/a", "/a/...", "/..a", "/a..", "/.a", "/a.", "/a?b=/../c", "/a?..", "/%252e%252e", "/a/%2", "/a//b" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(climbs); i++)
		if (!http_path_climbs(climbs[i]))
			fail_msg("not seen: %s", climbs[i]);
	for (i = 0; i < ARRAY_LEN(stays); i++)
		if (http_path_climbs(stays[i]))
			fail_msg("seen: %s", stays[i]);
}

static void other_methods(void **state)
{
	static const char *const bad_names[] = { "_method", "_Method", " _method", "+_method", ".method", "-METHOD", "_method[]", "_method[0]", "X-HTTP-Method-Override", "x_http.method override", "_method ", "_method+\t" };
	static const char *const good_names[] = { "", "method", "_methods", "a_method", "x-method", "http_method", "_", "_method_of_something_that_is_longer_than_any" };
	static const char *const bad_queries[] = { "_method", "_method=", "a&_method=b", "a;_method=b", "%5fmethod=b", "%5F%6d%45thod=b", "_method%5b%5d=b", "&&;_method", "_method+=b", "_method%20=b" };
	static const char *const good_queries[] = { "", "a=_method", "a=b&c=_method", "%255fmethod=a", "_methods=a", "=_method", "%5method=a", "%", "a&&b" };
	static const struct { bool found; const char *type, *body; } bodies[] = {
		{ true, "application/x-www-form-urlencoded", "_method=a" }, { true, "Application/X-WWW-Form-Urlencoded; charset=x", "a=b&%5fmethod=a" },
		{ false, "application/x-www-form-urlencoded", "a=_method" }, { true, NULL, "{\"_method\":1}" }, { true, "a/b", "{\"a\":1,\"\\u005fMETHOD\":1}" },
		{ false, NULL, "{\"method\":1}" }, { false, NULL, "{\"a\":{\"_method\":1}}" }, { false, NULL, "[\"_method\"]" }, { false, NULL, "_method=a" }, { false, NULL, "{\"_method\"" },
		{ true, "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"_method\"\r\n\r\na" },
		{ true, "multipart/form-data; boundary=x", "--x\r\ncontent-disposition:form-data;NAME=_method\r\n\r\na" }, { true, "multipart/mixed", "content-disposition: x; name*=_method" },
		{ true, "multipart/mixed", "--x\r\nContent-Disposition: form-data;\r\n name=\"_method\"\r\n\r\na" }, { true, "multipart/mixed", "--x\nContent-Disposition: form-data;\n\tname=_method\n\na" },
		{ true, "multipart/mixed", "--x\r\nContent-Disposition \t: form-data; name=\r\n _method\r\n\r\na" }, { true, "multipart/mixed", "--x\rContent-Disposition: form-data; name=_method\r\ra" },
		{ false, "multipart/mixed", "--x\r\nContent-Disposition: form-data; name\r\n\r\n_method" }, { false, "multipart/mixed", "--x\r\nContent-Disposition form-data; name=_method\r\n\r\na" },
		{ false, "multipart/mixed", "--x\r\nContent-Disposition" }, { false, "multipart/mixed", "--x\r\nContent-Disposition:" },
		{ false, "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"_method\"\r\n\r\nname=\"_method\"" }, { false, "multipart/form-data", "content-disposition:" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad_names); i++)
		if (!override_name(bad_names[i], strlen(bad_names[i])))
			fail_msg("not seen: %s", bad_names[i]);
	for (i = 0; i < ARRAY_LEN(good_names); i++)
		if (override_name(good_names[i], strlen(good_names[i])))
			fail_msg("seen: %s", good_names[i]);
	for (i = 0; i < ARRAY_LEN(bad_queries); i++)
		if (!override_query(bad_queries[i]))
			fail_msg("not seen: ?%s", bad_queries[i]);
	for (i = 0; i < ARRAY_LEN(good_queries); i++)
		if (override_query(good_queries[i]))
			fail_msg("seen: ?%s", good_queries[i]);
	for (i = 0; i < ARRAY_LEN(bodies); i++) {
		char *exact = strdup(bodies[i].body);	/* of this very length: a read past it is found */

		assert_non_null(exact);
		if (override_body(bodies[i].type, exact, strlen(exact)) != bodies[i].found)
			fail_msg("%s: %s", bodies[i].found ? "not seen" : "seen", exact);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused), cmocka_unit_test(too_big), cmocka_unit_test(cut_at_every_byte), cmocka_unit_test(chunks),
		cmocka_unit_test(climbing), cmocka_unit_test(other_methods),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
