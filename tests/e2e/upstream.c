/*
 * upstream: a fake substrate for faults that the real one cannot be made to show. It dies, delays or lies on request, and records
 * every request that it gets, so that a test can count what the gate sent.
 *
 * usage: upstream DIR [PORT | SOCKET]
 * Without PORT it takes one that is free. With SOCKET it is a fake gate at that unix socket instead, for what a gate may say that the real one does not: paths begin with /v1/ then.
 * DIR/port      written when it listens
 * DIR/mode      read when a connection comes in; one line, below. A body with "fault":"MODE" in it names its own.
 * DIR/requests  one line for each request that was read whole and is no read: METHOD TARGET BODY
 * DIR/record    one line for each request that is no read, whole or cut off:
 *                 BOOT_MS whole|cut METHOD TARGET IDEMPOTENCY_KEY DIGEST SHA256_OF_THE_BODY
 *               DIGEST is the action's digest (docs/ARCHITECTURE.md), made of what came over the wire
 * DIR/heads     the heads of all requests, as they came
 * DIR/bytes     every byte that came, when this file was there before
 * DIR/reads/N   the answer of a read, for a path below /api/v1/ which is N with '_' for '/'; without it: {"data":[]}
 * DIR/screen    what every screenshot is answered that has no answer of its own
 * DIR/read      what all other reads are answered, in two pieces; DIR/read.head more lines of its head
 * DIR/raw/N     what a GET of the path N (as above, or with its query) is sent, byte for byte, head and all. When there is a file N.open too the connection
 *               stays open behind it, and what is appended to N is sent as well. With a ticket in the query: DIR/raw/N.ticket
 *               Where there is a file N.1: the K-th time it is N.K, where that is there
 * DIR/events    what a GET of an event stream is sent before its connection is closed; without it there is no such stream
 *
 * A GET or HEAD without a segment "act" in its path is a read: answered at once, and its connection kept. For all others the mode is obeyed:
 *   answer STATUS BODY     (the default: answer 200 {"ok":true})
 *   busy STATUS SECONDS    with Retry-After
 *   delay MS               then as the default
 *   until NAME             as the default when there is a file DIR/NAME
 *   drop | reset           the request is read, then the connection is closed or reset
 *   unread                 the connection is closed before anything is read
 *   stall                  half of the body is read, and then nothing happens
 *   hang                   all is read, and then nothing happens
 *   half                   a head that promises more than comes
 *   long                   more comes than the head promises
 *   drip MS                the default, byte by byte, MS between them
 *   heads COUNT BYTES      so many header lines, each so long
 *   bomb                   the answer is packed (Content-Encoding) and would be much larger
 *   coding                 the same with Transfer-Encoding
 *   redirect URL           307
 *   echo                   {"sha256": of the body}
 *   leak                   the Authorization header as the answer's body
 *   stream MS              two events, MS between them
 *   flood MIB              a stream of so many MiB, without an end that was announced
 *   told LENGTH TEXT       a stream of TEXT that announces LENGTH bytes, and ends after it; of a longer LENGTH it is cut, when DIR/cut is there
 *   ticks COUNT MS         a stream of so many events, MS between them
 *   ticket                 no stream at all, but JSON that tells where one would be
 *
 * Each connection has a process of its own.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/err.h"

enum { HEAD_MAX = 65536, BODY_SHOWN = 512, MODE_MAX = 4096, UNPACKED_BYTES = 96 * 1024 * 1024 };

static const char *dir;
static int port;

struct request {
	int fd;
	char head[HEAD_MAX + 1];
	char method[16], target[8192];
	struct buf body;
	size_t length;		/* of the body, as it was announced */
	bool whole;
};

static void die(const char *what)
{
	fprintf(stderr, "upstream: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void append(const char *name, const char *text, size_t len)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		die(path);
	close(fd);
}

static void say_bytes(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n <= 0)
			exit(0);	/* the gate went away: some tests want that */
		data += n;
		len -= (size_t)n;
	}
}

static void say(int fd, const char *text)
{
	say_bytes(fd, text, strlen(text));
}

static void wait_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

/* A header's value, borrowed until the next call; "" when it is absent. */
static const char *header(const struct request *r, const char *name)
{
	static char value[8192];
	char pattern[64];
	const char *line;

	snprintf(pattern, sizeof(pattern), "\r\n%s:", name);
	line = strcasestr(r->head, pattern);
	value[0] = '\0';
	if (line) {
		line += strlen(pattern);
		line += strspn(line, " ");
		snprintf(value, sizeof(value), "%.*s", (int)strcspn(line, "\r"), line);
	}
	return value;
}

/* What the gate's promise is about, made of nothing but what came: see action_digest(). */
static void digest_of(const struct request *r, char hex[DIGEST_HEX + 1])
{
	static const char *const counted[] = { "accept", "content-type", "x-miosa-tenant", "x-miosa-workspace", "x-remote-path" };
	struct buf b;
	size_t i;

	buf_init(&b, SIZE_MAX - 1);
	buf_printf(&b, "assent-action/1\n%s\nhttp://127.0.0.1:%d\n%s\n", r->method, port, r->target);
	for (i = 0; i < ARRAY_LEN(counted); i++)
		if (header(r, counted[i])[0])
			buf_printf(&b, "%s:%s\n", counted[i], header(r, counted[i]));
	buf_puts(&b, "\n");
	buf_append(&b, r->body.data, r->body.len);
	digest_hex(b.data, b.len, hex);
	buf_release(&b);
}

static void record(struct request *r)
{
	char digest[DIGEST_HEX + 1] = "-", sha[DIGEST_HEX + 1] = "-", line[HEAD_MAX + 1024];
	const char *key = header(r, "idempotency-key");

	if (r->whole) {
		digest_of(r, digest);
		digest_hex(r->body.data, r->body.len, sha);
		append("requests", line, (size_t)snprintf(line, sizeof(line), "%s %s %.*s\n", r->method, r->target,
							  (int)(r->body.len < BODY_SHOWN ? r->body.len : BODY_SHOWN), buf_cstr(&r->body)));
		key = header(r, "idempotency-key");
	}
	append("record", line, (size_t)snprintf(line, sizeof(line), "%lld %s %s %s %s %s %s\n", (long long)clock_boot_ms(), r->whole ? "whole" : "cut",
						r->method, r->target, key[0] ? key : "-", digest, sha));
}

static ssize_t take(int fd, char *into, size_t size)
{
	ssize_t n = read(fd, into, size);
	char path[4096];

	snprintf(path, sizeof(path), "%s/bytes", dir);
	if (n > 0 && access(path, W_OK) == 0)
		append("bytes", into, (size_t)n);
	return n;
}

/* false: the connection ended before a request came. */
static bool read_head(struct request *r)
{
	size_t len = 0, first;
	char *end = NULL;
	ssize_t n;

	buf_clear(&r->body);
	while (!end) {
		n = len < HEAD_MAX ? take(r->fd, r->head + len, HEAD_MAX - len) : 0;
		if (n <= 0)
			return false;
		len += (size_t)n;
		r->head[len] = '\0';
		end = strstr(r->head, "\r\n\r\n");
	}
	end += 4;
	first = len - (size_t)(end - r->head);
	buf_append(&r->body, end, first);
	append("heads", r->head, (size_t)(end - r->head));
	*end = '\0';
	if (sscanf(r->head, "%15s %8191s", r->method, r->target) != 2)
		exit(1);
	r->length = strtoul(header(r, "content-length"), NULL, 10);
	r->whole = false;
	return true;
}

static void read_body(struct request *r, size_t until)
{
	char more[65536];
	ssize_t n = 1;

	while (r->body.len < until && n > 0) {
		n = take(r->fd, more, sizeof(more));
		if (n > 0)
			buf_append(&r->body, more, (size_t)n);
	}
	r->whole = r->body.len >= r->length;
}

static void answer(const struct request *r, int status, const char *lines, const char *body, size_t length)
{
	char head[8192];

	snprintf(head, sizeof(head), "HTTP/1.1 %d Told\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nX-Request-Id: req_fake\r\n%s\r\n",
		 status, length, lines);
	say(r->fd, head);
	if (strcmp(r->method, "HEAD") != 0)
		say(r->fd, body);
}

static void answer_ok(const struct request *r)
{
	answer(r, 200, "", "{\"ok\":true}", 11);
}

static bool is_there(const char *name, const char *tail)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s%s", dir, name, tail);
	return access(path, R_OK) == 0;
}

/* ---- the modes; args: what stands behind the mode's name ---- */

static void mode_answer(const struct request *r, const char *args)
{
	int status = 200, skip = 0;

	if (sscanf(args, "%d %n", &status, &skip) >= 1 && skip > 0)
		answer(r, status, "", args + skip, strlen(args + skip));
	else
		answer_ok(r);
}

static void mode_busy(const struct request *r, const char *args)
{
	int status = 503, seconds = 1;
	char line[64];

	sscanf(args, "%d %d", &status, &seconds);
	snprintf(line, sizeof(line), "Retry-After: %d\r\n", seconds);
	answer(r, status, line, "{\"busy\":true}", 13);
}

static void mode_delay(const struct request *r, const char *args)
{
	wait_ms(atol(args));
	answer_ok(r);
}

static void mode_until(const struct request *r, const char *args)
{
	while (!is_there(args, ""))
		wait_ms(20);
	answer_ok(r);
}

static void mode_drop(const struct request *r, const char *args)
{
	(void)r;
	(void)args;
}

static void mode_reset(const struct request *r, const char *args)
{
	struct linger reset = { 1, 0 };

	(void)args;
	setsockopt(r->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
}

static void mode_hang(const struct request *r, const char *args)
{
	char byte;

	(void)args;
	/* Until the gate gives up. */
	while (read(r->fd, &byte, 1) > 0)
		;
}

static void mode_half(const struct request *r, const char *args)
{
	(void)args;
	answer(r, 200, "", "{\"half\":", 4000);
}

static void mode_long(const struct request *r, const char *args)
{
	(void)args;
	answer(r, 200, "", "{\"ok\":true}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", 11);
}

static void mode_drip(const struct request *r, const char *args)
{
	static const char text[] = "HTTP/1.1 200 Told\r\nContent-Length: 11\r\n\r\n{\"ok\":true}";
	const char *p;

	for (p = text; *p; p++) {
		say_bytes(r->fd, p, 1);
		wait_ms(atol(args));
	}
}

static void mode_heads(const struct request *r, const char *args)
{
	int count = 0, bytes = 0, i;
	struct buf b;

	sscanf(args, "%d %d", &count, &bytes);
	buf_init(&b, SIZE_MAX - 1);
	buf_puts(&b, "HTTP/1.1 200 Told\r\nContent-Length: 11\r\n");
	for (i = 0; i < count; i++)
		buf_printf(&b, "X-%d: %0*d\r\n", i, bytes, 0);
	buf_puts(&b, "\r\n{\"ok\":true}");
	say_bytes(r->fd, b.data, b.len);
	buf_release(&b);
}

/* Zeros, of which a thousand become one. */
static void packed(const struct request *r, const char *line)
{
	static unsigned char zeros[65536], out[UNPACKED_BYTES / 512];
	z_stream z = { .next_out = out, .avail_out = sizeof(out) };
	char head[256];
	size_t i;

	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
		die("deflate");
	for (i = 0; i <= UNPACKED_BYTES / sizeof(zeros); i++) {
		z.next_in = zeros;
		z.avail_in = sizeof(zeros);
		deflate(&z, i < UNPACKED_BYTES / sizeof(zeros) ? Z_NO_FLUSH : Z_FINISH);
	}
	snprintf(head, sizeof(head), "HTTP/1.1 200 Told\r\n%s: gzip\r\nContent-Length: %lu\r\n\r\n", line, z.total_out);
	say(r->fd, head);
	say_bytes(r->fd, (const char *)out, z.total_out);
}

static void mode_bomb(const struct request *r, const char *args)
{
	(void)args;
	packed(r, "Content-Encoding");
}

static void mode_coding(const struct request *r, const char *args)
{
	(void)args;
	packed(r, "Transfer-Encoding");
}

static void mode_redirect(const struct request *r, const char *args)
{
	char line[MODE_MAX + 16];

	snprintf(line, sizeof(line), "Location: %s\r\n", args);
	answer(r, 307, line, "{}", 2);
}

static void mode_echo(const struct request *r, const char *args)
{
	char sha[DIGEST_HEX + 1], body[DIGEST_HEX + 32];

	(void)args;
	digest_hex(r->body.data, r->body.len, sha);
	snprintf(body, sizeof(body), "{\"sha256\":\"%s\"}", sha);
	answer(r, 200, "", body, strlen(body));
}

static void mode_leak(const struct request *r, const char *args)
{
	char body[8192 + 32];

	(void)args;
	snprintf(body, sizeof(body), "{\"leak\":\"%s\"}", header(r, "authorization"));
	answer(r, 200, "", body, strlen(body));
}

static void mode_stream(const struct request *r, const char *args)
{
	say(r->fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\nevent: stdout\ndata: {\"line\":\"one\"}\n\n");
	wait_ms(atol(args));
	say(r->fd, "event: exit\ndata: {\"exit_code\":0}\n\n");
	append("streamed", "to the end\n", 11);
}

static void mode_flood(const struct request *r, const char *args)
{
	char piece[65536];
	int i;

	memset(piece, 'x', sizeof(piece));
	say(r->fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
	for (i = 0; i < atoi(args) * 16; i++)
		say_bytes(r->fd, piece, sizeof(piece));
	append("flooded", "to the end\n", 11);
}

static void mode_told(const struct request *r, const char *args)
{
	char head[128], path[4096];
	int length = 0, skip = 0;

	sscanf(args, "%d %n", &length, &skip);
	snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n", length);
	say(r->fd, head);
	say(r->fd, args + skip);
	snprintf(path, sizeof(path), "%s/cut", dir);
	while ((size_t)length > strlen(args + skip) && access(path, F_OK) < 0)
		wait_ms(20);
}

static void mode_ticks(const struct request *r, const char *args)
{
	int count = 0, ms = 0, i;
	char text[64];

	sscanf(args, "%d %d", &count, &ms);
	say(r->fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
	for (i = 1; i <= count; i++) {
		snprintf(text, sizeof(text), "data: {\"line\":\"tick %d\"}\n\n", i);
		say(r->fd, text);
		wait_ms(ms);
	}
}

static void mode_ticket(const struct request *r, const char *args)
{
	static const char body[] = "{\"ticket\":\"opaque\",\"expires_at\":1,\"stream_url\":\"/api/v1/computers/c1/exec/stream/events?ticket=opaque\"}";

	(void)args;
	answer(r, 202, "", body, strlen(body));
}

static const struct { const char *name; void (*obey)(const struct request *r, const char *args); } modes[] = {
	{ "answer", mode_answer }, { "busy", mode_busy }, { "delay", mode_delay }, { "until", mode_until }, { "drop", mode_drop }, { "reset", mode_reset },
	{ "hang", mode_hang }, { "half", mode_half }, { "long", mode_long }, { "drip", mode_drip }, { "heads", mode_heads },
	{ "bomb", mode_bomb }, { "coding", mode_coding }, { "redirect", mode_redirect }, { "echo", mode_echo }, { "leak", mode_leak },
	{ "stream", mode_stream }, { "flood", mode_flood },
	{ "told", mode_told }, { "ticks", mode_ticks }, { "ticket", mode_ticket },
};

static void obey(const struct request *r, const char *mode)
{
	size_t i, len = strcspn(mode, " ");

	for (i = 0; i < ARRAY_LEN(modes); i++)
		if (strlen(modes[i].name) == len && strncmp(modes[i].name, mode, len) == 0) {
			modes[i].obey(r, mode + len + strspn(mode + len, " "));
			return;
		}
	fprintf(stderr, "upstream: no mode \"%s\"\n", mode);
	exit(1);
}

static size_t read_file(const char *name, char *into, size_t size)
{
	char path[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? 0 : read(fd, into, size - 1);
	if (fd >= 0)
		close(fd);
	into[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* A body may name its own. */
static void read_mode(const struct request *r, char mode[MODE_MAX])
{
	const char *own = r && r->body.len > 0 ? memmem(r->body.data, r->body.len, "\"fault\":\"", 9) : NULL;

	if (own) {
		snprintf(mode, MODE_MAX, "%.*s", (int)strcspn(own + 9, "\""), own + 9);
	} else {
		read_file("mode", mode, MODE_MAX);
		mode[strcspn(mode, "\n")] = '\0';
	}
	if (!mode[0])
		snprintf(mode, MODE_MAX, "answer");
}

/* A file of this folder for what is asked for: by the whole target, or without its query. */
static void name_of(const char *folder, const char *target, bool query, char *name, size_t size)
{
	const char *path = strncmp(target, "/api/v1/", 8) == 0 ? target + 8 : strncmp(target, "/v1/", 4) == 0 ? target + 4 : "";
	char *p;

	snprintf(name, size, "%s/%.*s", folder, query ? (int)strlen(path) : (int)strcspn(path, "?"), path);
	for (p = strchr(name, '/') + 1; *p; p++)
		if (*p == '/')
			*p = '_';
}

static size_t read_answer(const char *target, char *into, size_t size)
{
	char name[512];

	name_of("reads", target, false, name, sizeof(name));
	return read_file(name, into, size);
}

/* Where there is a file for the first time, the one for this time. */
static void choose_by_count(char *name, size_t size)
{
	char path[4096], number[32];
	struct stat st;

	if (!is_there(name, ".1"))
		return;
	snprintf(path, sizeof(path), "%s.count", name);
	append(path, "x", 1);
	snprintf(path, sizeof(path), "%s/%s.count", dir, name);
	if (stat(path, &st) < 0)
		die(path);
	snprintf(number, sizeof(number), ".%lld", (long long)st.st_size);
	if (is_there(name, number) && strlen(name) + strlen(number) < size)
		strcat(name, number);
}

/* Returns when there is no such file. */
static void serve_raw(const struct request *r)
{
	static char bytes[4 * 1024 * 1024];
	size_t len, sent = 0;
	char name[512], byte;
	bool open;

	name_of("raw", r->target, true, name, sizeof(name));
	if (!is_there(name, ""))
		name_of("raw", r->target, false, name, sizeof(name));
	if (strstr(r->target, "ticket=") && is_there(name, ".ticket"))
		strcat(name, ".ticket");
	choose_by_count(name, sizeof(name));
	if (!is_there(name, ""))
		return;
	do {
		open = is_there(name, ".open");
		len = read_file(name, bytes, sizeof(bytes));
		if (len > sent)
			say_bytes(r->fd, bytes + sent, len - sent);
		sent = len;
		wait_ms(20);
	} while (open && (recv(r->fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN));
	exit(0);
}

/* A read's answer, cut in the middle, so that nothing in it comes whole. */
static void answer_in_two(const struct request *r, const char *lines, const char *body, size_t length)
{
	char head[8192];

	snprintf(head, sizeof(head), "HTTP/1.1 200 Told\r\nContent-Type: application/json\r\nContent-Length: %zu\r\nX-Request-Id: req_fake\r\n%s\r\n", length, lines);
	say(r->fd, head);
	if (strcmp(r->method, "HEAD") == 0)
		return;
	say_bytes(r->fd, body, length / 2);
	if (length > 64)
		usleep(20000);
	say_bytes(r->fd, body + length / 2, length - length / 2);
}

static void serve_read(const struct request *r)
{
	static char events[4 * 1024 * 1024], body[12 * 1024 * 1024];
	size_t len;

	if (!strstr(r->target, "/events")) {
		char lines[1024];

		len = read_answer(r->target, body, sizeof(body));
		if (len == 0 && strstr(r->target, "/desktop/screenshot"))
			len = read_file("screen", body, sizeof(body));
		read_file("read.head", lines, sizeof(lines));
		if (len > 0 && strstr(r->target, "/desktop/screenshot"))
			answer_in_two(r, lines, body, len);	/* bytes, not text */
		else if (len == 0 && (len = read_file("read", body, sizeof(body))) > 0)
			answer_in_two(r, lines, body, len);
		else
			answer(r, 200, "", len > 0 ? body : "{\"data\":[]}", len > 0 ? len : 11);
		return;
	}
	len = read_file("events", events, sizeof(events));
	if (len == 0) {
		answer(r, 404, "", "{}", 2);
		return;
	}
	say(r->fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");
	say_bytes(r->fd, events, len);
	exit(0);
}

static bool has_act(const char *path)
{
	const char *at = strstr(path, "/act");

	return at && (at[4] == '\0' || at[4] == '/' || at[4] == '?');
}

static void serve(int fd)
{
	static struct request r;
	char mode[MODE_MAX];

	r.fd = fd;
	buf_init(&r.body, SIZE_MAX - 1);
	read_mode(NULL, mode);
	if (strcmp(mode, "unread") == 0)
		return;
	while (read_head(&r)) {
		if (strcmp(r.method, "GET") == 0)
			serve_raw(&r);
		if ((strcmp(r.method, "GET") == 0 || strcmp(r.method, "HEAD") == 0) && !has_act(r.target)) {
			serve_read(&r);
			continue;
		}
		read_mode(&r, mode);
		if (strcmp(mode, "stall") == 0) {
			read_body(&r, r.length / 2);
			record(&r);
			for (;;)
				wait_ms(1000);
		}
		read_body(&r, r.length);
		record(&r);
		if (!r.whole)
			return;
		read_mode(&r, mode);
		obey(&r, mode);
		return;
	}
}

static int listen_at(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (s < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(s, 64) < 0)
		die(path);
	return s;
}

int main(int argc, char **argv)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	char text[16];
	int s, fd, yes = 1;

	if (argc != 2 && argc != 3)
		return 2;
	dir = argv[1];
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (argc == 3 && argv[2][strspn(argv[2], "0123456789")]) {
		s = listen_at(argv[2]);
	} else {
		addr.sin_port = htons(argc == 3 ? (uint16_t)strtoul(argv[2], NULL, 10) : 0);
		s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 || bind(s, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
		    listen(s, 64) < 0 || getsockname(s, (struct sockaddr *)&addr, &len) < 0)
			die("listen");
		port = ntohs(addr.sin_port);
		append("port", text, (size_t)snprintf(text, sizeof(text), "%d\n", port));
	}
	while ((fd = accept4(s, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
		pid_t pid = fork();

		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);	/* a dead upstream keeps no connection */
			close(s);
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
			serve(fd);
			exit(0);
		}
		close(fd);
	}
	die("accept");
	return 1;
}
