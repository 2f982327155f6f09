/* driver: the server's side: a queue of requests to the child, answered in order. See driver.h. */
#include "config.h"

#include "local/driver.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"

enum { WATCHDOG_MS = 2000, TYPE_MS_PER_BYTE = 4, ANSWER_MAX = 64 * 1024 * 1024 };

struct waiting {
	struct waiting *next;
	int limit_ms;
	void (*done)(int status, bool png, const char *data, size_t len, void *arg);
	void *arg;
};

struct driver {
	struct driver_spec spec;
	char *socket_path;
	uv_pipe_t pipe;
	uv_timer_t watchdog;
	pid_t pid;
	struct buf in;
	struct waiting *first, **last;
	bool ready, stopped;
	int handles;
	char buffer[65536];
};

struct out {
	uv_write_t write;
	char data[];
};

static void answer_first(struct driver *d, int status, bool png, const char *data, size_t len)
{
	struct waiting *w = d->first;

	d->first = w->next;
	if (!d->first)
		d->last = &d->first;
	uv_timer_stop(&d->watchdog);
	w->done(status, png, data, len, w->arg);
	free(w);
}

static void on_closed(uv_handle_t *h)
{
	struct driver *d = h->data;

	if (--d->handles > 0)
		return;
	buf_release(&d->in);
	free(d->socket_path);
	free(d);
}

void driver_stop(struct driver *d)
{
	if (!d || d->stopped)
		return;
	d->stopped = true;
	kill(d->pid, SIGKILL);
	while (d->first)
		answer_first(d, -1, false, "", 0);
	uv_close((uv_handle_t *)&d->pipe, on_closed);
	uv_close((uv_handle_t *)&d->watchdog, on_closed);
}

static void gone(struct driver *d)
{
	if (d->stopped)
		return;
	kill(d->pid, SIGKILL);
	d->spec.on_end(d->spec.arg);
}

static void on_watchdog(uv_timer_t *t)
{
	struct driver *d = t->data;

	if (d->first)
		answer_first(d, 502, false, "the display does not answer: a program on it may have grabbed it", 64);
	gone(d);
}

static void watch(struct driver *d)
{
	if (d->first && !uv_is_active((uv_handle_t *)&d->watchdog))
		uv_timer_start(&d->watchdog, on_watchdog, (uint64_t)d->first->limit_ms, 0);
}

static void hello(struct driver *d, const char *data, size_t len)
{
	struct json_doc doc;
	int64_t width = 0, height = 0;

	d->ready = true;
	if (json_parse(data, len, &doc, NULL) == 0) {
		json_int(&doc, json_get(&doc, 0, "width"), &width);
		json_int(&doc, json_get(&doc, 0, "height"), &height);
		json_release(&doc);
	}
	d->spec.on_ready((int)width, (int)height, d->spec.arg);
}

static void take_message(struct driver *d, uint32_t kind, const char *data, size_t len)
{
	if (!d->ready) {
		if (kind == 200)
			hello(d, data, len);
		else
			gone(d);
	} else if (kind == 0) {
		d->spec.on_damage(data, len, d->spec.arg);
	} else if (d->first) {
		answer_first(d, (int)(kind % 1000), kind >= 1000, data, len);
		watch(d);
	}
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret)
{
	struct driver *d = h->data;

	(void)hint;
	*ret = uv_buf_init(d->buffer, sizeof(d->buffer));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct driver *d = s->data;
	uint32_t head[2];
	size_t pos = 0;

	if (n == 0)
		return;
	if (n < 0 || buf_append(&d->in, buf->base, (size_t)n) < 0) {
		uv_read_stop(s);
		gone(d);
		return;
	}
	while (!d->stopped && d->in.len - pos >= sizeof(head)) {
		memcpy(head, d->in.data + pos, sizeof(head));
		if (d->in.len - pos - sizeof(head) < head[0])
			break;
		take_message(d, head[1], d->in.data + pos + sizeof(head), head[0]);
		pos += sizeof(head) + head[0];
	}
	if (!d->stopped)
		buf_consume(&d->in, pos);
}

static void on_written(uv_write_t *w, int status)
{
	(void)status;	/* a broken pipe shows in on_read too */
	free(w);
}

static void send_bytes(struct driver *d, const void *a, size_t a_len, const void *b, size_t b_len)
{
	uint32_t len = (uint32_t)(a_len + b_len);
	struct out *o = malloc(sizeof(*o) + sizeof(len) + len);
	uv_buf_t buf;

	if (!o)
		return;
	memcpy(o->data, &len, sizeof(len));
	memcpy(o->data + sizeof(len), a, a_len);
	memcpy(o->data + sizeof(len) + a_len, b, b_len);
	buf = uv_buf_init(o->data, (unsigned int)(sizeof(len) + len));
	if (uv_write(&o->write, (uv_stream_t *)&d->pipe, &buf, 1, on_written) < 0)
		free(o);
}

int driver_start(const struct driver_spec *s, struct driver **ret, struct err *e)
{
	struct driver *d = calloc(1, sizeof(*d));
	int pair[2];

	if (!d || !(d->socket_path = strdup(s->socket_path)) || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		if (d)
			free(d->socket_path);
		free(d);
		return err_sys(e, ERR_IO, errno, "driver");
	}
	d->spec = *s;
	d->last = &d->first;
	buf_init(&d->in, ANSWER_MAX);
	d->pid = fork();
	if (d->pid == 0) {
		char number[16];
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		snprintf(number, sizeof(number), "%d", dup(pair[1]));
		execl("/proc/self/exe", "assent-local", "--driver", number, (char *)NULL);
		_exit(126);
	}
	close(pair[1]);
	uv_pipe_init(s->loop, &d->pipe, 0);
	uv_timer_init(s->loop, &d->watchdog);
	d->pipe.data = d->watchdog.data = d;
	d->handles = 2;
	uv_pipe_open(&d->pipe, pair[0]);
	uv_read_start((uv_stream_t *)&d->pipe, on_alloc, on_read);
	send_bytes(d, s->cookie, sizeof(s->cookie), d->socket_path, strlen(d->socket_path));
	*ret = d;
	return 0;
}

void driver_call(struct driver *d, const char *op, const char *body, size_t len,
		 void (*done)(int status, bool png, const char *data, size_t len, void *arg), void *arg)
{
	struct waiting *w = calloc(1, sizeof(*w));
	char head[64];

	if (!w) {
		done(-1, false, "", 0, arg);
		return;
	}
	*w = (struct waiting){ .done = done, .arg = arg, .limit_ms = WATCHDOG_MS };
	/* What takes long by its nature has longer. */
	if (strcmp(op, "type") == 0)
		w->limit_ms += (int)(len < 1000000 ? len : 1000000) * TYPE_MS_PER_BYTE + 30000;
	else if (strcmp(op, "wait") == 0)
		w->limit_ms += 61000;
	*d->last = w;
	d->last = &w->next;
	snprintf(head, sizeof(head), "%s", op);
	send_bytes(d, head, strlen(head) + 1, body, len);
	watch(d);
}
