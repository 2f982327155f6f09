/* sockets: see sockets.h. */
#include "config.h"

#include "io/sockets.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

bool sockets_add(struct sockets *s, int fd)
{
	size_t i;

	for (i = 0; i < s->count && s->items[i].fd != fd; i++)
		;
	if (i == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 16;
		struct socket_entry *more = realloc(s->items, cap * sizeof(*more));

		if (!more)
			return false;
		s->items = more;
		s->cap = cap;
	}
	if (i == s->count)
		s->count++;
	s->items[i] = (struct socket_entry){ .fd = fd, .port = -1 };
	return true;
}

void sockets_release(struct sockets *s)
{
	free(s->items);
	*s = (struct sockets){ 0 };
}

static int port_of(int fd)
{
	union { struct sockaddr any; struct sockaddr_in in; struct sockaddr_in6 in6; struct sockaddr_storage room; } a;
	socklen_t len = sizeof(a);

	if (getsockname(fd, &a.any, &len) < 0)
		return -1;
	return a.any.sa_family == AF_INET ? ntohs(a.in.sin_port) : a.any.sa_family == AF_INET6 ? ntohs(a.in6.sin6_port) : -1;
}

int sockets_find(struct sockets *s, int port)
{
	int found = -1;
	size_t i;

	for (i = 0; i < s->count; i++)
		if (s->items[i].port == port && port_of(s->items[i].fd) == port)
			return s->items[i].fd;
	for (i = 0; i < s->count && found < 0; i++) {
		s->items[i].port = port_of(s->items[i].fd);
		if (s->items[i].port == port)
			found = s->items[i].fd;
	}
	return found;
}

bool socket_has_bytes(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}
