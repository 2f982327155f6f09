/*
 * hostile: sends each raw request of a table to a gate, and its twin, which is the same request without the flaw. See README in this folder.
 *
 * usage: hostile PORT TOKEN OPERATOR_SOCKET GATE_LOG UPSTREAM_BYTES TABLE...
 *
 * A flawed request must be answered with the status of the table, the connection closed, the reason in the gate's log with our port, and no
 * byte of it at the upstream. A twin must reach the upstream; where it is an action, it is approved here as soon as it is held. So a gate
 * that lets anything of a flawed one through is seen, and so is one that refuses for another reason than the flaw.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "core/httpmsg.h"

enum { ANSWER_MS = 5000, LATE_MS = 15000, PAUSE_MS = 60, LINE_BYTES = 4096, CASES = 1024 };

static int port;
static const char *token, *operator_socket, *log_path, *bytes_path;
static int failures, next_action = 1;

/* One request of a table. */
struct request {
	int number;
	bool twin;
	int status;
	char name[128], reason[128], marker[16];
	struct buf text;
	size_t pauses[4], pause_count;	/* where in the text the sender waits a moment */
	int fd, local_port;
	struct buf answer;
	bool closed;
};

static void die(const char *what)
{
	fprintf(stderr, "hostile: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void report(const struct request *r, const char *why)
{
	if (why) {
		printf("not ok - %s%s: %s; answer: %.120s\n", r->name, r->twin ? " (twin)" : "", why, buf_cstr(&r->answer));
		failures++;
	} else {
		printf("ok - %s%s\n", r->name, r->twin ? " (twin)" : "");
	}
}

/* ---- the table ---- */

/* What stands in braces: see README. */
static void put_word(struct request *r, const char *word)
{
	struct buf *t = &r->text;
	int n, i;

	if (strcmp(word, "end") == 0) {
		return;
	} else if (strcmp(word, "m") == 0) {
		buf_puts(t, r->marker);
	} else if (strcmp(word, "port") == 0) {
		buf_printf(t, "%d", port);
	} else if (strcmp(word, "token") == 0) {
		buf_puts(t, token);
	} else if (strcmp(word, "host") == 0) {
		buf_printf(t, "127.0.0.1:%d", port);
	} else if (strcmp(word, "std") == 0) {
		buf_printf(t, "Host: 127.0.0.1:%d\r\nAuthorization: Bearer %s", port, token);
	} else if (strcmp(word, "post") == 0) {
		buf_printf(t, "POST /api/v1/sandboxes/%s/exec HTTP/1.1", r->marker);
	} else if (strcmp(word, "get") == 0) {
		buf_printf(t, "GET /api/v1/sandboxes/%s/files HTTP/1.1", r->marker);
	} else if (sscanf(word, "fill %d", &n) == 1) {
		for (i = 0; i < n; i++)
			buf_putc(t, 'a');
	} else if (sscanf(word, "headers %d", &n) == 1) {
		for (i = 0; i < n; i++)
			buf_printf(t, "%sX-%d: y", i > 0 ? "\r\n" : "", i);
	} else if (strcmp(word, "pause") == 0 && r->pause_count < ARRAY_LEN(r->pauses)) {
		r->pauses[r->pause_count++] = t->len;
	} else {
		fprintf(stderr, "hostile: %s: unknown {%s}\n", r->name, word);
		exit(2);
	}
}

static void put_line(struct request *r, const char *line)
{
	char word[64];
	const char *p = line;
	size_t n;

	while (*p) {
		if (*p == '{' && (n = strcspn(p, "}")) < sizeof(word) && p[n] == '}' && p[1] >= 'a' && p[1] <= 'z') {
			snprintf(word, sizeof(word), "%.*s", (int)n - 1, p + 1);
			put_word(r, word);
			p += n + 1;
		} else if (*p == '\\' && p[1] == 'x') {
			buf_putc(&r->text, (char)(http_hex(p[2]) << 4 | http_hex(p[3])));
			p += 4;
		} else if (*p == '\\' && p[1]) {
			buf_putc(&r->text, p[1] == 'r' ? '\r' : p[1] == 'n' ? '\n' : p[1] == 't' ? '\t' : p[1] == '0' ? '\0' : p[1]);
			p += 2;
		} else if (*p == '\\') {
			return;		/* at the line's end: no line end is sent */
		} else {
			buf_putc(&r->text, *p++);
		}
	}
	buf_puts(&r->text, "\r\n");
}

/* ---- sending ---- */

static int dial(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		die("connect");
	return fd;
}

static void send_request(struct request *r)
{
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	size_t at = 0, i;

	r->fd = dial();
	if (getsockname(r->fd, (struct sockaddr *)&a, &len) < 0)
		die("getsockname");
	r->local_port = ntohs(a.sin_port);
	for (i = 0; i <= r->pause_count; i++) {
		size_t end = i < r->pause_count ? r->pauses[i] : r->text.len;

		/* A refused sender may find the connection closed; the answer is what counts. */
		while (at < end) {
			ssize_t n = send(r->fd, r->text.data + at, end - at, MSG_NOSIGNAL);

			if (n <= 0)
				return;
			at += (size_t)n;
		}
		if (i < r->pause_count)
			poll(NULL, 0, PAUSE_MS);
	}
}

static int status_of(const struct request *r)
{
	int status = 0;

	return sscanf(buf_cstr(&r->answer), "HTTP/1.1 %d ", &status) == 1 ? status : 0;
}

/* "Go on" is no answer yet. */
static void skip_continue(struct request *r)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n";

	if (strncmp(buf_cstr(&r->answer), text, strlen(text)) == 0)
		buf_consume(&r->answer, strlen(text));
}

/* Reads what is there within ms; true when there was something, or the end. */
static bool read_some(struct request *r, int ms)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };
	char piece[65536];
	ssize_t n;

	if (poll(&p, 1, ms) != 1)
		return false;
	n = recv(r->fd, piece, sizeof(piece), 0);
	if (n <= 0)
		r->closed = true;
	else
		buf_append(&r->answer, piece, (size_t)n);
	skip_continue(r);
	return true;
}

/* ---- what can be seen elsewhere ---- */

static bool file_has(const char *path, const char *text)
{
	static struct buf b;
	char piece[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	buf_clear(&b);
	b.max = SIZE_MAX - 1;
	while (fd >= 0 && (n = read(fd, piece, sizeof(piece))) > 0)
		buf_append(&b, piece, (size_t)n);
	if (fd < 0)
		die(path);
	close(fd);
	return b.len > 0 && memmem(b.data, b.len, text, strlen(text)) != NULL;
}

/* Asks the operator API; the answer is borrowed until the next call. */
static const char *operator_call(const char *method, const char *path, const char *body)
{
	static struct buf out;
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char request[1024], piece[65536];
	ssize_t n;
	int len;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", operator_socket);
	len = snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: gate\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", method, path, strlen(body), body);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || send(fd, request, (size_t)len, MSG_NOSIGNAL) != len)
		die(operator_socket);
	buf_clear(&out);
	out.max = SIZE_MAX - 1;
	while ((n = recv(fd, piece, sizeof(piece), 0)) > 0)
		buf_append(&out, piece, (size_t)n);
	close(fd);
	return buf_cstr(&out);
}

/* The twin's action, once it is held, is approved. */
static void approve(const struct request *r)
{
	char path[64], body[256], session[32];
	const char *text, *digest;

	snprintf(session, sizeof(session), "/%s/", r->marker);
	for (;; next_action++) {
		snprintf(path, sizeof(path), "/v1/actions/%d", next_action);
		text = operator_call("GET", path, "");
		if (!strstr(text, "\"id\":"))
			return;
		if (strstr(text, session) && strstr(text, "\"state\":\"held\""))
			break;
	}
	digest = strstr(text, "\"digest\":\"");
	snprintf(path, sizeof(path), "/v1/actions/%d/decision", next_action);
	snprintf(body, sizeof(body), "{\"version\":1,\"digest\":\"%.64s\",\"decision\":\"approve\"}", digest ? digest + 10 : "");
	operator_call("POST", path, body);
	next_action++;
}

/* ---- judging ---- */

static void judge_flawed(struct request *r, int ms)
{
	int64_t end = clock_boot_ms() + ms;
	char line[256];
	const char *why = NULL;

	while (!r->closed && clock_boot_ms() < end)
		read_some(r, 50);
	snprintf(line, sizeof(line), "refused 127.0.0.1:%d: %s", r->local_port, r->reason);
	if (!memmem(r->text.data, r->text.len, r->marker, strlen(r->marker)))
		why = "the table's request has no {m} in it";
	else if (status_of(r) != r->status)
		why = "another status";
	else if (!r->closed)
		why = "the connection stays open";
	else if (strstr(buf_cstr(&r->answer) + 9, "HTTP/1.1 "))
		why = "more than one answer";
	else if (!file_has(log_path, line))
		why = line;
	else if (file_has(bytes_path, r->marker))
		why = "bytes reached the upstream";
	report(r, why);
}

static void judge_twin(struct request *r)
{
	int64_t end = clock_boot_ms() + ANSWER_MS;
	const char *why = NULL;

	while (!r->closed && status_of(r) == 0 && clock_boot_ms() < end) {
		if (!read_some(r, 2))
			approve(r);
	}
	if (status_of(r) != 200)
		why = "it is not accepted";
	else if (!file_has(bytes_path, r->marker))
		why = "it did not reach the upstream";
	report(r, why);
}

static void request_init(struct request *r, int number, bool twin, const char *reason)
{
	*r = (struct request){ .number = number, .twin = twin };
	snprintf(r->marker, sizeof(r->marker), "%s%dx", twin ? "twin" : "flaw", number);
	snprintf(r->reason, sizeof(r->reason), "%s", reason);
	buf_init(&r->text, SIZE_MAX - 1);
	buf_init(&r->answer, 1 << 20);
}

static void request_free(struct request *r)
{
	if (r->fd > 0)
		close(r->fd);
	buf_release(&r->text);
	buf_release(&r->answer);
}

/* What is refused only when its time is over is sent first, and judged last. */
static struct request late[64];
static int late_count;

static void run_case(struct request *flawed, struct request *twin)
{
	send_request(flawed);
	if (flawed->status == 408 && late_count < (int)ARRAY_LEN(late)) {
		late[late_count++] = *flawed;
	} else {
		judge_flawed(flawed, ANSWER_MS);
		request_free(flawed);
	}
	if (twin->text.len > 0) {
		send_request(twin);
		judge_twin(twin);
	}
	request_free(twin);
}

static int run_table(const char *path, int number)
{
	struct request flawed, twin;
	char line[LINE_BYTES], reason[128] = "";
	FILE *f = fopen(path, "r");
	bool open = false, no_twin = false;
	int skip;

	if (!f)
		die(path);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "= ", 2) == 0) {
			if (open)
				run_case(&flawed, &twin);
			number++;
			request_init(&flawed, number, false, reason);
			request_init(&twin, number, true, "");
			skip = 0;
			sscanf(line, "= %d %n", &flawed.status, &skip);
			snprintf(flawed.name, sizeof(flawed.name), "%d %.100s", flawed.status, line + skip);
			snprintf(twin.name, sizeof(twin.name), "%s", flawed.name);
			open = true;
			no_twin = false;
		} else if (strncmp(line, "reason ", 7) == 0) {
			if (open)
				run_case(&flawed, &twin);
			open = false;
			snprintf(reason, sizeof(reason), "%.127s", line + 7);
		} else if (line[0] == '!') {
			no_twin = true;
		} else if (line[0] == '#' || line[0] == '\0') {
			continue;
		} else if (!open || !strchr(" -+", line[0]) || line[1] != ' ') {
			fprintf(stderr, "hostile: %s: cannot read \"%s\"\n", path, line);
			exit(2);
		} else {
			if (line[0] != '+')
				put_line(&flawed, line + 2);
			if (line[0] != '-' && !no_twin)
				put_line(&twin, line + 2);
		}
	}
	if (open)
		run_case(&flawed, &twin);
	fclose(f);
	return number;
}

int main(int argc, char **argv)
{
	int i, number = 0;
	int64_t end;

	if (argc < 7)
		return 2;
	port = atoi(argv[1]);
	token = argv[2];
	operator_socket = argv[3];
	log_path = argv[4];
	bytes_path = argv[5];
	for (i = 6; i < argc; i++)
		number = run_table(argv[i], number);
	end = clock_boot_ms() + LATE_MS;
	for (i = 0; i < late_count; i++) {
		judge_flawed(&late[i], (int)(end - clock_boot_ms()));
		request_free(&late[i]);
	}
	printf("%d requests with a flaw\n", number);
	return failures > 0;
}
