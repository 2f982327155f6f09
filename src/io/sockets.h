/* sockets: sockets that somebody else owns (curl), found again by their local port. What was closed meanwhile is not found. */
#ifndef ASSENT_SOCKETS_H
#define ASSENT_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

struct sockets {
	struct socket_entry { int fd, port; } *items;	/* own; one for each number that was ever added */
	size_t count, cap;
};

/* false when out of memory. */
bool sockets_add(struct sockets *s, int fd);
void sockets_release(struct sockets *s);
/* The TCP socket with this local port; -1 for none. */
int sockets_find(struct sockets *s, int port);
/* Has it bytes that nobody read? */
bool socket_has_bytes(int fd);

#endif
