/* png: the parent's side: sends a file, waits at most a second, takes pixels. See png.h. */
#include "config.h"

#include "io/png.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"

enum { LIMIT_MS = 1000 };

/* The connection to one child; a child that died takes its own with it. */
struct child {
	struct decoder *png;	/* NULL once it was given up */
	uv_pipe_t pipe;
	pid_t pid;
	struct buf in;
	char buffer[262144];
};

struct decoder {
	uv_loop_t *loop;
	uv_timer_t timer;
	struct child *child;
	void (*done)(uint8_t *rgb, int width, int height, const char *error, void *arg);
	void *arg;
};

struct out {
	uv_write_t write;
	char data[];
};

static void on_child_closed(uv_handle_t *h)
{
	struct child *c = h->data;

	buf_release(&c->in);
	free(c);
}

static void give_up(struct decoder *p)
{
	struct child *c = p->child;

	if (!c)
		return;
	p->child = NULL;
	c->png = NULL;
	kill(c->pid, SIGKILL);
	waitpid(c->pid, NULL, 0);
	uv_close((uv_handle_t *)&c->pipe, on_child_closed);
}

static void finish(struct decoder *p, uint8_t *rgb, int width, int height, const char *error)
{
	void (*done)(uint8_t *, int, int, const char *, void *) = p->done;

	uv_timer_stop(&p->timer);
	p->done = NULL;
	if (done)
		done(rgb, width, height, error, p->arg);
	else
		free(rgb);
}

static void on_timer(uv_timer_t *t)
{
	struct decoder *p = t->data;

	give_up(p);
	finish(p, NULL, 0, 0, "the picture took longer than a second to decode");
}

static void on_alloc(uv_handle_t *h, size_t hint, uv_buf_t *ret)
{
	struct child *c = h->data;

	(void)hint;
	*ret = uv_buf_init(c->buffer, sizeof(c->buffer));
}

/* What a child says is as foreign as the picture. */
static void one_line(char *to, size_t size, const char *words, size_t len)
{
	int at = snprintf(to, size, "bad picture: ");

	for (; len > 0 && (size_t)at + 1 < size; words++, len--)
		to[at++] = *words < ' ' || *words > '~' ? '?' : *words;
	to[at] = '\0';
}

static void take_answer(struct child *c, const uint32_t head[3])
{
	const char *data = c->in.data + 3 * sizeof(uint32_t);
	struct decoder *p = c->png;
	char error[200];
	uint8_t *rgb;

	if (head[0] == 0) {
		one_line(error, sizeof(error), data, head[2]);
		buf_clear(&c->in);
		finish(p, NULL, 0, 0, error);
		return;
	}
	rgb = malloc(head[2]);
	if (rgb)
		memcpy(rgb, data, head[2]);
	buf_clear(&c->in);
	finish(p, rgb, (int)head[0], (int)head[1], rgb ? "" : "out of memory");
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *buf)
{
	struct child *c = s->data;
	uint32_t head[3];

	if (n == 0 || !c->png)
		return;
	if (n < 0 || buf_append(&c->in, buf->base, (size_t)n) < 0) {
		struct decoder *p = c->png;

		give_up(p);
		finish(p, NULL, 0, 0, "bad picture: its decoder died of it");
		return;
	}
	if (c->in.len < sizeof(head))
		return;
	memcpy(head, c->in.data, sizeof(head));
	/* The child is not trusted either: what it claims must fit, and nothing comes unasked. */
	if (!c->png->done || head[0] > PNG_SIDE_MAX || head[1] > PNG_SIDE_MAX || (uint64_t)head[0] * head[1] > PNG_PIXELS_MAX ||
	    (head[0] > 0 && (head[1] == 0 || head[2] != head[0] * head[1] * 3)) || (head[0] == 0 && head[2] > 4096) || c->in.len > sizeof(head) + head[2]) {
		struct decoder *p = c->png;

		give_up(p);
		finish(p, NULL, 0, 0, "bad picture: its decoder answered nonsense");
		return;
	}
	if (c->in.len >= sizeof(head) + head[2])
		take_answer(c, head);
}

static int start_child(struct decoder *p, struct err *e)
{
	struct child *c = calloc(1, sizeof(*c));
	char number[16], exe[4096] = "";
	int pair[2];

	if (!c || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		free(c);
		return err_sys(e, ERR_IO, errno, "the picture decoder");
	}
	c->pid = fork();
	if (c->pid == 0) {
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		snprintf(number, sizeof(number), "%d", dup(pair[1]));
		/* By name first: under valgrind the link is valgrind itself. */
		if (readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0)
			execl(exe, "assent", "--decode-png", number, (char *)NULL);
		execl("/proc/self/exe", "assent", "--decode-png", number, (char *)NULL);
		_exit(126);
	}
	close(pair[1]);
	c->png = p;
	p->child = c;
	buf_init(&c->in, (size_t)PNG_PIXELS_MAX * 3 + 64);
	uv_pipe_init(p->loop, &c->pipe, 0);
	c->pipe.data = c;
	uv_pipe_open(&c->pipe, pair[0]);
	uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read);
	return 0;
}

struct decoder *decoder_new(uv_loop_t *loop)
{
	struct decoder *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->loop = loop;
	uv_timer_init(loop, &p->timer);
	p->timer.data = p;
	return p;
}

static void on_timer_closed(uv_handle_t *h)
{
	free(h->data);
}

void decoder_free(struct decoder *p)
{
	if (!p)
		return;
	p->done = NULL;
	give_up(p);
	uv_close((uv_handle_t *)&p->timer, on_timer_closed);
}

static void on_written(uv_write_t *w, int status)
{
	(void)status;	/* a dead child shows in on_read */
	free(w);
}

int decoder_decode(struct decoder *p, const void *data, size_t len, void (*done)(uint8_t *rgb, int width, int height, const char *error, void *arg), void *arg,
	       struct err *e)
{
	uint32_t size = (uint32_t)len;
	struct out *o;
	uv_buf_t buf;

	if (p->done)
		return err_set(e, ERR_STATE, "a picture is being decoded");
	if (len > PNG_BYTES_MAX)
		return err_set(e, ERR_TOOBIG, "the picture is longer than 16 MiB");
	if (!p->child && start_child(p, e) < 0)
		return ERR_IO;
	o = malloc(sizeof(*o) + sizeof(size) + len);
	if (!o)
		return err_set(e, ERR_NOMEM, "out of memory");
	memcpy(o->data, &size, sizeof(size));
	if (len > 0)
		memcpy(o->data + sizeof(size), data, len);
	buf = uv_buf_init(o->data, (unsigned int)(sizeof(size) + len));
	p->done = done;
	p->arg = arg;
	if (uv_write(&o->write, (uv_stream_t *)&p->child->pipe, &buf, 1, on_written) < 0) {
		free(o);
		p->done = NULL;
		give_up(p);
		return err_set(e, ERR_IO, "the picture decoder is gone");
	}
	uv_timer_start(&p->timer, on_timer, LIMIT_MS, 0);
	return 0;
}
