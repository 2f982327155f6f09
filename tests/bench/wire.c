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

#include "common.h"

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

const char *read_answer(int fd, int *ret_status, size_t *ret_len)
{
	static char *in;
	static size_t size;
	size_t len = 0, head = 0, want = 0;
	char *end, *length;

	while (!head || len < want) {
		size_t need = want > len + 65536 ? want + 1 : len + 65537;
		ssize_t n;

		if (size < need && !(in = realloc(in, size = need)))
			die("memory");
		n = read(fd, in + len, size - 1 - len);
		if (n <= 0)
			die("the gate closed the connection");
		len += (size_t)n;
		in[len] = '\0';
		if (!head && (end = strstr(in, "\r\n\r\n")) != NULL) {
			length = strcasestr(in, "\r\nContent-Length:");
			if (!length || length > end)
				die("no length");
			head = (size_t)(end + 4 - in);
			want = head + strtoul(length + 17, NULL, 10);
		}
	}
	*ret_status = atoi(in + 9);
	if (ret_len)
		*ret_len = len - head;
	return in + head;
}
