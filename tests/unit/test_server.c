/* test_server: the listener and the client against each other and against raw sockets: held requests, hostile ones, one send only. */
#include "config.h"

#include "tests/unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/http.h"
#include "io/server.h"

static uv_loop_t loop;
static struct server *server;
static struct server_req *held;
static int requests, refused, gone, heads;
static char refused_peer[64], refused_why[256];
static struct spooled *spooled;

static void on_gone(struct server_req *r, void *user)
{
	(void)r;
	(void)user;
	held = NULL;
	gone++;
}

static void on_request(struct server_req *r, void *arg)
{
	size_t len;
	const char *body = server_body(r, &len);

	(void)arg;
	requests++;
	spooled_discard(spooled);
	spooled = server_take_spooled(r);
	if (strcmp(server_head(r)->path, "/hold") == 0) {
		held = r;
		server_set_user(r, &held, on_gone);
	} else {
		server_reply(r, 200, NULL, body, len);
	}
}

static void on_refused(const char *peer, const char *why, void *arg)
{
	snprintf(refused_peer, sizeof(refused_peer), "%s", peer);
	snprintf(refused_why, sizeof(refused_why), "%s", why);
	(void)arg;
	refused++;
}

static int head_ms = 20000;	/* a busy machine forgets a process for a while */

static int start(void **state)
{
	struct server_config c = { .loop = &loop, .host = "127.0.0.1", .body_max = 1000, .head_timeout_ms = head_ms, .check_sender = true, .on_request = on_request, .on_refused = on_refused };
	struct err e;

	(void)state;
	requests = refused = gone = 0;
	held = NULL;
	uv_loop_init(&loop);
	return server_listen(&c, &server, &e);
}

/* Where slowness itself is looked at. */
static int start_hasty(void **state)
{
	int r;

	head_ms = 300;
	r = start(state);
	head_ms = 20000;
	return r;
}

static int stop(void **state)
{
	(void)state;
	server_close(server, NULL, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	spooled_discard(spooled);
	spooled = NULL;
	return uv_loop_close(&loop);
}

static int dial(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

/* Lets the loop run, and reads what came, for some ms or until `until` is in it. */
static char *talk(int fd, const char *until, int ms)
{
	static char text[65536];
	size_t n = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < ms; i++) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got;

		uv_run(&loop, UV_RUN_NOWAIT);
		if (poll(&p, 1, 1) == 1) {
			got = recv(fd, text + n, sizeof(text) - 1 - n, 0);
			if (got <= 0) {
				strcat(text, "<EOF>");
				break;
			}
			n += (size_t)got;
			text[n] = '\0';
		}
		if (until && strstr(text, until))
			break;
	}
	return text;
}

static void say(int fd, const char *fmt, ...)
{
	char text[4096];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	assert_int_equal(send(fd, text, (size_t)n, MSG_NOSIGNAL), n);
}

static void kept_alive(void **state)
{
	int fd = dial(server_port(server));

	(void)state;
	say(fd, "POST /a HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 3\r\n\r\nabc", server_port(server));
	assert_non_null(strstr(talk(fd, "abc", 500), "abc"));
	say(fd, "POST /b HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n", server_port(server));
	assert_non_null(strstr(talk(fd, "de", 500), "de"));
	assert_int_equal(requests, 2);
	close(fd);
}

/* What comes behind a request that has no answer yet is never run: not with it, not while it is held, not while its answer is under way. */
static void nothing_is_read_ahead(void **state)
{
	static const char *const behind[] = { "GET /b HTTP/1.1\r\nHost: localhost\r\n\r\n", "\r\n", "x" };
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < ARRAY_LEN(behind); i++) {
		fd = dial(server_port(server));
		say(fd, "POST /a HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 3\r\n\r\nabc%s", server_port(server), behind[i]);
		assert_non_null(strstr(talk(fd, "<EOF>", 500), "HTTP/1.1 400"));
		close(fd);
		assert_int_equal(requests, 0);
	}
	for (i = 0; i < ARRAY_LEN(behind); i++) {
		fd = dial(server_port(server));
		say(fd, "GET /hold HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", server_port(server));
		talk(fd, NULL, 20);
		assert_non_null(held);
		say(fd, "%s", behind[i]);
		assert_non_null(strstr(talk(fd, "<EOF>", 500), "HTTP/1.1 400"));
		assert_null(held);
		assert_int_equal(gone, i + 1);
		close(fd);
	}
	assert_int_equal(requests, ARRAY_LEN(behind));
	fd = dial(server_port(server));
	say(fd, "GET /hold HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", server_port(server));
	talk(fd, NULL, 20);
	server_begin(held, 200, NULL, 10);
	server_write(held, "half", 4);
	say(fd, "GET /b HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", server_port(server));
	assert_non_null(strstr(talk(fd, "<EOF>", 500), "half<EOF>"));
	assert_int_equal(gone, ARRAY_LEN(behind) + 1);
	assert_int_equal(refused, 2 * ARRAY_LEN(behind) + 1);
	close(fd);
}

/* A client that has its whole answer may ask at once, even if we have not put the last request away yet. */
static void the_next_may_come_at_once(void **state)
{
	int fd = dial(server_port(server));

	(void)state;
	say(fd, "GET /hold HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", server_port(server));
	talk(fd, NULL, 20);
	server_begin(held, 200, NULL, 4);
	server_write(held, "done", 4);
	assert_non_null(strstr(talk(fd, "done", 500), "done"));
	say(fd, "POST /b HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 4\r\n\r\nnext", server_port(server));
	talk(fd, NULL, 20);
	assert_int_equal(requests, 1);
	server_end(held, true, NULL, NULL);
	assert_non_null(strstr(talk(fd, "next", 500), "next"));
	assert_int_equal(requests, 2);
	assert_int_equal(refused, 0);
	close(fd);
}

static void malformed_reaches_nobody(void **state)
{
	static const char *const texts[] = {
		"GET / HTTP/1.1\nHost: a\n\n", "GET /../x HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://evil.example\r\n\r\n", "GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nSec-Fetch-Site: cross-site\r\n\r\n",
		"POST / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n\r\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(texts); i++) {
		int fd = dial(server_port(server));
		char *text;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
		say(fd, texts[i], server_port(server));
#pragma GCC diagnostic pop
		text = talk(fd, "<EOF>", 500);
		if (!strstr(text, "HTTP/1.1 400") || !strstr(text, "\"code\":\"bad_request\"") || !strstr(text, "<EOF>"))
			fail_msg("%zu: %s", i, text);
		close(fd);
	}
	assert_int_equal(requests, 0);
	assert_int_equal(refused, (int)ARRAY_LEN(texts));
}

static void limits(void **state)
{
	int fd = dial(server_port(server));
	char *text;

	(void)state;
	say(fd, "POST /a HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 1001\r\n\r\n", server_port(server));
	text = talk(fd, "<EOF>", 500);
	assert_non_null(strstr(text, "HTTP/1.1 413"));
	assert_non_null(strstr(text, "limit of 1000 bytes"));
	close(fd);
	fd = dial(server_port(server));
	say(fd, "POST /a HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n", server_port(server));
	text = talk(fd, "<EOF>", 500);
	assert_non_null(strstr(text, "HTTP/1.1 413"));
	close(fd);
	fd = dial(server_port(server));
	say(fd, "POST /a HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTransfer-Encoding: chunked\r\n\r\n200\r\n%0512d\r\n200\r\n", server_port(server), 0);
	text = talk(fd, "<EOF>", 500);
	assert_non_null(strstr(text, "HTTP/1.1 413"));
	close(fd);
	/* A last chunk that comes whole, with its end, at once: no size of it is left to be looked at. */
	fd = dial(server_port(server));
	say(fd, "POST /a HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n%01000d\r\n1\r\na\r\n0\r\n\r\n", server_port(server), 0);
	text = talk(fd, "<EOF>", 500);
	assert_non_null(strstr(text, "HTTP/1.1 413"));
	close(fd);
	assert_int_equal(requests, 0);
}

static void a_departed_asker_is_seen(void **state)
{
	int fd = dial(server_port(server)), i;

	(void)state;
	say(fd, "POST /hold HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 0\r\n\r\n", server_port(server));
	talk(fd, NULL, 20);
	assert_non_null(held);
	shutdown(fd, SHUT_WR);	/* only its sending side: that counts */
	for (i = 0; i < 500 && !gone; i++)
		uv_run(&loop, UV_RUN_NOWAIT), usleep(1000);
	assert_int_equal(gone, 1);
	close(fd);
}

static void on_flushed(bool written, void *arg)
{
	*(int *)arg = written ? 1 : 0;
}

/* There is no memory for a part of an answer: whoever answers has the request in hand until they are through. */
static void an_answer_that_cannot_be_written(void **state)
{
	int fd = dial(server_port(server)), flushed = -1;

	(void)state;
	say(fd, "GET /hold HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", server_port(server));
	talk(fd, NULL, 20);
	assert_non_null(held);
	server_begin(held, 200, NULL, (int64_t)1 << 60);
	server_write(held, "some", (size_t)1 << 60);
	assert_int_equal(gone, 0);
	server_write(held, "more", 4);
	server_end(held, true, on_flushed, &flushed);
	assert_int_equal(flushed, 0);
	assert_int_equal(gone, 0);
	assert_null(strstr(talk(fd, NULL, 50), "more"));
	close(fd);
	/* While nobody is through, the asker is gone by the loop's next turn. */
	fd = dial(server_port(server));
	say(fd, "GET /hold HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", server_port(server));
	talk(fd, NULL, 20);
	server_begin(held, 200, NULL, (int64_t)1 << 60);
	server_write(held, "some", (size_t)1 << 60);
	talk(fd, NULL, 50);
	assert_int_equal(gone, 1);
	close(fd);
}

/* ---- who asks, and how much each may have ---- */

static struct server_owner ana = { .who = "ana" }, ben = { .who = "ben" };

/* Whose it is stands in the path; nobody's is refused before its body is read. */
static bool on_head(struct server_req *r, void *arg)
{
	const char *path = server_head(r)->path;
	struct server_owner *owner = strncmp(path, "/ana", 4) == 0 ? &ana : strncmp(path, "/ben", 4) == 0 ? &ben : NULL;

	(void)arg;
	heads++;
	if (!owner)
		server_refuse(r, 401, NULL, "invalid_token", "nobody");
	else if (!server_own(r, owner, 2))
		server_refuse(r, 403, NULL, "too_many_connections", "too many");
	else
		return true;
	return false;
}

/* Another server beside the one of start(), with owners and four connections. */
static struct server *start_owned(struct spool *spool)
{
	struct server_config c = { .loop = &loop, .host = "127.0.0.1", .body_max = 3 << 20, .spool = spool, .uploads_max = 1, .connections_max = 4, .head_timeout_ms = head_ms, .check_sender = true,
				   .on_head = on_head, .on_request = on_request, .on_refused = on_refused };
	struct server *s;
	struct err e;

	heads = 0;
	assert_int_equal(server_listen(&c, &s, &e), 0);
	return s;
}

static void end_owned(struct server *s)
{
	server_close(s, NULL, NULL);
	uv_run(&loop, UV_RUN_NOWAIT);
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(ana.connections + ben.connections + ana.uploads + ben.uploads, 0);
}

static int ask(int port, const char *path)
{
	int fd = dial(port);

	say(fd, "GET %s HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", path, port);
	return fd;
}

static void refused_before_the_body(void **state)
{
	struct server *s = start_owned(NULL);
	int fd = dial(server_port(s));
	char *text;

	(void)state;
	say(fd, "POST /nobody HTTP/1.1\r\nHost: localhost:%d\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n", server_port(s));
	text = talk(fd, "<EOF>", 500);
	assert_true(strncmp(text, "HTTP/1.1 401", 12) == 0);
	assert_string_equal(refused_why, "nobody");
	assert_true(strncmp(refused_peer, "127.0.0.1:", 10) == 0);
	assert_int_equal(requests, 0);
	close(fd);
	fd = dial(server_port(s));
	say(fd, "POST /ana HTTP/1.1\r\nHost: localhost:%d\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", server_port(s));
	assert_non_null(strstr(talk(fd, "Continue\r\n\r\n", 500), "HTTP/1.1 100"));
	say(fd, "hi");
	assert_non_null(strstr(talk(fd, "hi", 500), "HTTP/1.1 200"));
	close(fd);
	end_owned(s);
}

static void one_owner_does_not_starve_another(void **state)
{
	struct server *s = start_owned(NULL);
	int port = server_port(s), a1 = ask(port, "/ana"), a2 = ask(port, "/ana"), a3, b;

	(void)state;
	assert_non_null(strstr(talk(a1, "\r\n\r\n", 500), "200"));
	assert_non_null(strstr(talk(a2, "\r\n\r\n", 500), "200"));
	assert_int_equal(ana.connections, 2);
	a3 = ask(port, "/ana");
	assert_non_null(strstr(talk(a3, "<EOF>", 500), "HTTP/1.1 403"));
	b = ask(port, "/ben");
	assert_non_null(strstr(talk(b, "\r\n\r\n", 500), "200"));
	/* Who has one already may go on with it. */
	say(a1, "GET /ana HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", port);
	assert_non_null(strstr(talk(a1, "\r\n\r\n", 500), "200"));
	close(a2);
	talk(b, NULL, 20);
	assert_int_equal(ana.connections, 1);
	server_drop_owner(s, &ana);
	assert_non_null(strstr(talk(a1, "<EOF>", 500), "<EOF>"));
	assert_int_equal(ana.connections, 0);
	assert_int_equal(ben.connections, 1);
	close(a1);
	close(a3);
	close(b);
	end_owned(s);
}

/* Five strangers who say nothing, and one who asks: there is room for four. */
static void silence_keeps_nobody_out(void **state)
{
	struct server *s = start_owned(NULL);
	int port = server_port(s), silent[5], idle = ask(port, "/ben"), i, fd;

	(void)state;
	assert_non_null(strstr(talk(idle, "\r\n\r\n", 500), "200"));
	for (i = 0; i < 5; i++) {
		silent[i] = dial(port);
		talk(idle, NULL, 5);
	}
	fd = ask(port, "/ana");
	assert_non_null(strstr(talk(fd, "\r\n\r\n", 500), "200"));
	assert_non_null(strstr(talk(silent[0], "<EOF>", 50), "<EOF>"));	/* who waited longest is gone */
	assert_null(strstr(talk(silent[4], NULL, 20), "<EOF>"));
	assert_int_equal(ben.connections, 1);	/* and not the one we know */
	for (i = 0; i < 5; i++)
		close(silent[i]);
	close(idle);
	close(fd);
	end_owned(s);
}

static void all_busy(void **state)
{
	struct server *s = start_owned(NULL);
	int port = server_port(s), busy[4], i, fd;

	(void)state;
	for (i = 0; i < 4; i++) {
		busy[i] = dial(port);
		say(busy[i], "POST /%s HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: 5\r\n\r\n", i < 2 ? "ana" : "ben", port);
	}
	talk(busy[0], NULL, 20);
	fd = ask(port, "/ana");
	assert_non_null(strstr(talk(fd, "<EOF>", 200), "HTTP/1.1 403"));
	say(busy[3], "hello");
	assert_non_null(strstr(talk(busy[3], "hello", 200), "200"));
	for (i = 0; i < 4; i++)
		close(busy[i]);
	close(fd);
	end_owned(s);
}

static void say_many(int fd, size_t n)
{
	char piece[1000];

	memset(piece, 'x', sizeof(piece));
	for (; n > 0; n -= n < sizeof(piece) ? n : sizeof(piece)) {
		ssize_t sent = send(fd, piece, n < sizeof(piece) ? n : sizeof(piece), MSG_NOSIGNAL);

		assert_true(sent == (ssize_t)(n < sizeof(piece) ? n : sizeof(piece)));
		uv_run(&loop, UV_RUN_NOWAIT);
	}
}

static void long_bodies_go_to_a_file(void **state)
{
	char dir[300];
	struct spool *spool;
	struct server *s;
	int fd, other;
	char *text;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/spool", getenv("ASSENT_TMP") ? getenv("ASSENT_TMP") : "/tmp");
	assert_int_equal(spool_open(dir, &spool, NULL), 0);
	s = start_owned(spool);
	fd = dial(server_port(s));
	say(fd, "POST /ana HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: %d\r\n\r\n", server_port(s), 1 << 20);
	say_many(fd, 1 << 20);
	text = talk(fd, "HTTP/1.1 200", 500);
	assert_non_null(strstr(text, "Content-Length: 1048576"));	/* not longer than memory takes */
	assert_null(spooled);
	close(fd);
	fd = dial(server_port(s));
	say(fd, "POST /ana HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: %d\r\n\r\n", server_port(s), (1 << 20) + 1);
	say_many(fd, 1 << 20);
	talk(fd, NULL, 20);
	say_many(fd, 1);
	assert_non_null(strstr(talk(fd, "HTTP/1.1 200", 500), "Content-Length: 0"));
	assert_non_null(spooled);
	assert_true(spooled_len(spooled) == (1 << 20) + 1);
	spooled_discard(spooled);
	spooled = NULL;
	/* One at a time of each owner; another may; and what breaks off leaves nothing. */
	say(fd, "POST /ana HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: %d\r\n\r\n", server_port(s), 2 << 20);
	say_many(fd, (1 << 20) + 1000);
	talk(fd, NULL, 20);
	assert_int_equal(ana.uploads, 1);
	other = dial(server_port(s));
	say(other, "POST /ana HTTP/1.1\r\nHost: localhost:%d\r\nContent-Length: %d\r\n\r\n", server_port(s), 2 << 20);
	say_many(other, (1 << 20) + 1);
	assert_non_null(strstr(talk(other, "<EOF>", 500), "HTTP/1.1 403"));
	close(other);
	close(fd);
	talk(dial(server_port(s)), NULL, 20);
	assert_int_equal(ana.uploads, 0);
	end_owned(s);
	spool_close(spool);
	assert_int_equal(rmdir(dir), 0);
}

/* A head has its time, and so has a body: too little of it in each step, and it is over. */
static void too_slow(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		int fd = dial(server_port(server)), drops = 0;

		if (i == 0)
			say(fd, "GET / HT");
		else
			say(fd, "POST /a HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 1000\r\n\r\n", server_port(server));
		while (!strstr(talk(fd, "HTTP/1.1 408", 50), "HTTP/1.1 408")) {
			assert_true(drops++ < 400);
			assert_int_equal(send(fd, "x", 1, MSG_NOSIGNAL), 1);
		}
		close(fd);
	}
	assert_int_equal(requests, 0);
}

/* ---- the client ---- */

static struct http_result last;
static char last_error[300];
static int done;
static struct buf answer;

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	(void)c;
	(void)arg;
	buf_append(&answer, data, len);
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	(void)c;
	(void)arg;
	last = *r;
	snprintf(last_error, sizeof(last_error), "%s", r->error);
	done++;
}

static void call(struct http *h, const char *url, bool once)
{
	struct http_spec s = { .method = "POST", .url = url, .body = "body", .body_len = 4, .once = once, .timeout_ms = 2000, .on_data = on_data, .on_done = on_done };

	done = 0;
	assert_non_null(http_start(h, &s));
}

static void client_and_server(void **state)
{
	struct http *h = http_new(&loop);
	char url[80];
	int i;

	(void)state;
	buf_init(&answer, 1000);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/x%%20y?q=1", server_port(server));
	call(h, url, true);
	for (i = 0; i < 2000 && !done; i++)
		uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(last.outcome, HTTP_ANSWERED);
	assert_int_equal(last.status, 200);
	assert_string_equal(buf_cstr(&answer), "body");
	call(h, "http://10.1.2.3/x", true);
	while (!done)
		uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(last.outcome, HTTP_REFUSED);
	call(h, "http://127.0.0.1:1/x", true);
	while (!done)
		uv_run(&loop, UV_RUN_ONCE);
	assert_int_equal(last.outcome, HTTP_NOT_SENT);
	buf_release(&answer);
	http_free(h, NULL, NULL);
}

/* Every way in which an upstream can die once it has seen the request: it is sent once, and the outcome is unknown. */
static void never_sent_twice(void **state)
{
	static const char *const endings[] = { "", "RST", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "nonsense\r\n\r\n" };
	struct http *h = http_new(&loop);
	size_t k;

	(void)state;
	buf_init(&answer, 1000);
	for (k = 0; k < ARRAY_LEN(endings); k++) {
		struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
		socklen_t len = sizeof(a);
		int listener = socket(AF_INET, SOCK_STREAM, 0), seen = 0, i;
		char url[80], text[4096];

		bind(listener, (struct sockaddr *)&a, sizeof(a));
		listen(listener, 5);
		getsockname(listener, (struct sockaddr *)&a, &len);
		snprintf(url, sizeof(url), "http://127.0.0.1:%d/x", ntohs(a.sin_port));
		call(h, url, true);
		for (i = 0; i < 600; i++) {
			struct pollfd p = { .fd = listener, .events = POLLIN };

			uv_run(&loop, UV_RUN_NOWAIT);
			if (poll(&p, 1, 1) == 1) {
				int fd = accept(listener, NULL, NULL), n;

				for (n = 0; n < 50 && recv(fd, text, sizeof(text), MSG_PEEK | MSG_DONTWAIT) <= 0; n++)
					uv_run(&loop, UV_RUN_NOWAIT), usleep(1000);
				if (recv(fd, text, sizeof(text), MSG_DONTWAIT) > 0)
					seen++;
				if (strcmp(endings[k], "RST") == 0) {
					struct linger l = { 1, 0 };

					setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
				} else {
					send(fd, endings[k], strlen(endings[k]), MSG_NOSIGNAL);
				}
				close(fd);
			}
			if (done && i > 200)	/* a second one would have come by now */
				break;
		}
		assert_int_equal(done, 1);
		assert_int_equal(seen, 1);
		if (last.outcome != HTTP_UNKNOWN)
			fail_msg("ending %zu: outcome %d, %s", k, (int)last.outcome, last_error);
		close(listener);
	}
	buf_release(&answer);
	http_free(h, NULL, NULL);
}

static void unix_sockets(void **state)
{
	char path[300];
	struct server_config c = { .loop = &loop, .unix_path = path, .body_max = 10, .on_request = on_request };
	struct server *first, *second;
	struct stat st;
	struct err e;

	(void)state;
	snprintf(path, sizeof(path), "%s/s%d", getenv("ASSENT_TMP") ? getenv("ASSENT_TMP") : "/tmp", (int)getpid());
	assert_int_equal(server_listen(&c, &first, &e), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(server_listen(&c, &second, &e), ERR_IO);	/* a live one is not replaced */
	server_close(first, NULL, NULL);
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(server_listen(&c, &second, &e), 0);
	server_close(second, NULL, NULL);
	unlink(path);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		CASE(kept_alive), CASE(nothing_is_read_ahead), CASE(the_next_may_come_at_once), CASE(malformed_reaches_nobody), CASE(limits),
		CASE(a_departed_asker_is_seen), CASE(an_answer_that_cannot_be_written), CASE(refused_before_the_body), CASE(one_owner_does_not_starve_another), CASE(silence_keeps_nobody_out),
		CASE(all_busy), CASE(long_bodies_go_to_a_file), cmocka_unit_test_setup_teardown(too_slow, start_hasty, stop), CASE(client_and_server), CASE(never_sent_twice), CASE(unix_sockets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
