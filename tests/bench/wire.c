/* wire: see wire.h. */
#include "config.h"

#include "wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "common.h"
#include "core/httpmsg.h"

int connect_gate(const char *path, int port)
{
	struct sockaddr_un u = { .sun_family = AF_UNIX };
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)port) };
	int fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM, 0), yes = 1;

	if (path) {
		snprintf(u.sun_path, sizeof(u.sun_path), "%s", path);
		if (connect(fd, (struct sockaddr *)&u, sizeof(u)) < 0)
			die("cannot reach the gate's socket");
		return fd;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		die("cannot reach the gate");
	return fd;
}

void send_request(int fd, const char *method, const char *host, const char *path, const char *token, const char *body)
{
	char text[4096];
	int n = snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			 method, path, host, token, strlen(body), body);

	if (n >= (int)sizeof(text) || write(fd, text, (size_t)n) != n)
		die("cannot write");
}

static struct buf in, body;

static void read_more(int fd)
{
	static char more[262144];
	ssize_t n = read(fd, more, sizeof(more));

	if (n <= 0)
		die("the gate closed the connection");
	if (buf_append(&in, more, (size_t)n) < 0)
		die("memory");
}

static void read_chunks(int fd, size_t at)
{
	struct http_chunks c;
	size_t used;
	int r;

	http_chunks_init(&c);
	while ((r = http_chunks_feed(&c, in.data + at, in.len - at, &used, &body, NULL)) == 0) {
		at = in.len;
		read_more(fd);
	}
	if (r < 0)
		die("no chunks");
}

const char *read_answer(int fd, int *ret_status, size_t *ret_len)
{
	const char *end, *length, *chunked;
	size_t head;

	if (in.max == 0) {
		buf_init(&in, SIZE_MAX - 1);
		buf_init(&body, SIZE_MAX - 1);
	}
	buf_clear(&in);
	buf_clear(&body);
	do
		read_more(fd);
	while (!(end = strstr(in.data, "\r\n\r\n")));
	head = (size_t)(end + 4 - in.data);
	*ret_status = atoi(in.data + 9);
	length = strcasestr(in.data, "\r\nContent-Length:");
	chunked = strcasestr(in.data, "\r\nTransfer-Encoding:");
	if (chunked && chunked < end) {
		read_chunks(fd, head);
	} else if (length && length < end) {
		size_t want = strtoul(length + 17, NULL, 10);

		while (in.len < head + want)
			read_more(fd);
		buf_append(&body, in.data + head, want);
	} else {
		die("no length");
	}
	if (ret_len)
		*ret_len = body.len;
	return buf_cstr(&body);
}
