/* driver_child: the driver's own process: reads requests, has them carried out, reports damage. See driver.h. */
#include "config.h"

#include "local/driver_own.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/clock.h"

enum { REQUEST_MAX = 4 * 1024 * 1024, DAMAGE_MS = 33 };

static int channel;

static void write_all(const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(channel, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0);
		p += n;
		len -= (size_t)n;
	}
}

static void read_all(void *data, size_t len)
{
	char *p = data;

	while (len > 0) {
		ssize_t n = read(channel, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0);
		p += n;
		len -= (size_t)n;
	}
}

/* kind: 0 damage, else an HTTP status; 1000 more for a PNG. */
static void send_message(uint32_t kind, const char *data, size_t len)
{
	uint32_t head[2] = { (uint32_t)len, kind };

	write_all(head, sizeof(head));
	write_all(data, len);
}

int driver_int(const struct request *q, const char *key, int least, int most, int *ret, struct err *e)
{
	int v = json_get(&q->doc, q->body, key);
	int64_t n;

	if (v == JSON_NONE)
		return err_set(e, ERR_NOTFOUND, "\"%s\" is missing", key);
	if (json_int(&q->doc, v, &n) < 0)
		return err_set(e, ERR_INVALID, "\"%s\" must be a whole number", key);
	if (n < least || n > most)
		return err_set(e, ERR_INVALID, "\"%s\" must be %d to %d", key, least, most);
	*ret = (int)n;
	return 0;
}

int driver_optional_int(const struct request *q, const char *key, int least, int most, int *ret, struct err *e)
{
	int r = driver_int(q, key, least, most, ret, e);

	return r == ERR_NOTFOUND ? 0 : r;
}

int driver_point(const struct request *q, const char *kx, const char *ky, int *x, int *y, struct err *e)
{
	int width, height, r;

	desktop_size(q->desktop, &width, &height);
	r = driver_int(q, kx, 0, width - 1, x, e);
	return r < 0 ? r : driver_int(q, ky, 0, height - 1, y, e);
}

static const struct driver_op *find_op(const char *name)
{
	static const struct driver_op *const tables[] = { driver_input, driver_screen };
	const struct driver_op *o;
	size_t i;

	for (i = 0; i < ARRAY_LEN(tables); i++)
		for (o = tables[i]; o->name; o++)
			if (strcmp(o->name, name) == 0)
				return o;
	return NULL;
}

static void run_op(struct request *q, const char *op)
{
	const struct driver_op *o = find_op(op);
	struct err e;
	int r = o ? o->run(q, &e) : err_set(&e, ERR_NOTFOUND, "no such operation");

	if (r == 0 && q->answer->len == 0)
		buf_puts(q->answer, "{\"success\":true}");
	if (r == 0)
		send_message(q->png ? 1200 : 200, q->answer->data, q->answer->len);
	else
		send_message(r == ERR_IO ? 502 : 422, e.msg, strlen(e.msg));
}

/* A request: its length, then op, NUL, JSON. */
static void take_request(struct desktop *d)
{
	struct request q = { .desktop = d };
	struct buf answer;
	uint32_t len;
	char *text;
	struct err e;

	read_all(&len, sizeof(len));
	text = len <= REQUEST_MAX ? malloc(len + 1) : NULL;
	if (!text)
		_exit(1);
	read_all(text, len);
	text[len] = '\0';
	buf_init(&answer, SIZE_MAX - 1);
	q.answer = &answer;
	if (json_parse(text + strlen(text) + 1, len - strlen(text) - 1, &q.doc, &e) < 0)
		send_message(422, e.msg, strlen(e.msg));
	else
		run_op(&q, text);
	json_release(&q.doc);
	buf_release(&answer);
	free(text);
}

static void send_damage(const struct desktop_rect *r)
{
	char text[128];
	int n = snprintf(text, sizeof(text), "{\"rects\":[[%d,%d,%d,%d]],\"extension\":\"assent-local\"}", r->x, r->y, r->width, r->height);

	send_message(0, text, (size_t)n);
}

int driver_main(int fd)
{
	struct desktop_rect dirty = { 0 }, rect;
	int64_t last = 0, now;
	struct desktop *d;
	struct pollfd polls[2];
	uint32_t len;
	char hello[400];
	int width, height;
	bool pending = false, dead = false;
	struct err e;

	channel = fd;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* The first message: 16 bytes of cookie, then the path of the socket. */
	read_all(&len, sizeof(len));
	if (len <= 16 || len >= sizeof(hello))
		return 1;
	read_all(hello, len);
	hello[len] = '\0';
	if (desktop_open(hello + 16, (const uint8_t *)hello, &d, &e) < 0) {
		send_message(502, e.msg, strlen(e.msg));
		return 1;
	}
	desktop_size(d, &width, &height);
	snprintf(hello, sizeof(hello), "{\"width\":%d,\"height\":%d}", width, height);
	send_message(200, hello, strlen(hello));
	polls[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	polls[1] = (struct pollfd){ .fd = desktop_fd(d), .events = POLLIN };
	while (!dead) {
		now = clock_boot_ms();
		if (desktop_damage(d, &rect, &dead)) {
			dirty = rect;
			pending = true;
		}
		if (pending && now - last >= DAMAGE_MS) {
			send_damage(&dirty);
			pending = false;
			last = now;
		}
		/* While a report waits its turn the display's own events wait too: the server adds them up. */
		polls[1].events = (short)(pending ? 0 : POLLIN);
		if (poll(polls, 2, pending ? (int)(DAMAGE_MS - (now - last)) : -1) < 0 && errno != EINTR)
			return 1;
		if (polls[0].revents & (POLLIN | POLLHUP))
			take_request(d);
	}
	return 0;
}
