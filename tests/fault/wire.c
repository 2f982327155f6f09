/* wire: HTTP/1.1 on blocking sockets, for robots. See storm.h. */
#include "config.h"

#include "tests/fault/storm.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/httpmsg.h"

int wire_tcp(int port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

int wire_unix(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

bool wire_send(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* The body as it is so far; 1 when all of it came. */
static int read_chunks(const char *data, size_t len, struct buf *out)
{
	struct http_chunks c;
	size_t used;

	http_chunks_init(&c);
	buf_clear(out);
	return http_chunks_feed(&c, data, len, &used, out, NULL);
}

/* Has all of the answer come? */
static bool is_whole(struct answer *a, const struct buf *in)
{
	const char *end = in->len > 0 ? strstr(in->data, "\r\n\r\n") : NULL, *line;
	size_t length, head;

	if (!end || sscanf(in->data, "HTTP/1.1 %d", &a->status) != 1)
		return false;
	head = (size_t)(end - in->data) + 4;
	line = memmem(in->data, head, "\r\nContent-Length: ", 18);
	length = line ? strtoul(line + 18, NULL, 10) : 0;
	line = memmem(in->data, head, "\r\nAssent-Action: ", 17);
	a->action = line ? strtoll(line + 17, NULL, 10) : 0;
	if (memmem(in->data, head, "\r\nTransfer-Encoding: chunked\r\n", 30))
		return read_chunks(in->data + head, in->len - head, &a->body) == 1;
	if (in->len < head + length)
		return false;
	buf_clear(&a->body);
	buf_append(&a->body, in->data + head, length);
	return true;
}

void wire_read(int fd, struct answer *a, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char more[65536];
	struct buf in;
	ssize_t n = 1;

	*a = (struct answer){ 0 };
	buf_init(&a->body, SIZE_MAX - 1);
	buf_init(&in, SIZE_MAX - 1);
	while (!a->whole && n > 0) {
		if (timeout_ms > 0 && poll(&p, 1, timeout_ms) <= 0)
			break;
		n = recv(fd, more, sizeof(more), 0);
		if (n > 0)
			buf_append(&in, more, (size_t)n);
		a->whole = is_whole(a, &in);
	}
	buf_release(&in);
}

void wire_operator(const char *socket, const char *method, const char *path, const char *body, struct answer *a)
{
	int fd = wire_unix(socket);
	struct buf out;

	*a = (struct answer){ 0 };
	buf_init(&a->body, SIZE_MAX - 1);
	if (fd < 0)
		return;
	buf_init(&out, SIZE_MAX - 1);
	buf_printf(&out, "%s %s HTTP/1.1\r\nHost: gate\r\n", method, path);
	if (body)
		buf_printf(&out, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
	buf_puts(&out, "\r\n");
	if (body)
		buf_puts(&out, body);
	if (wire_send(fd, out.data, out.len))
		wire_read(fd, a, 0);
	buf_release(&out);
	close(fd);
}
