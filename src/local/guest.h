/* guest: the supervisor inside a sandbox: runs commands with limits, reaps, and ends with its server. assent-local --guest FD. */
#ifndef ASSENT_LOCAL_GUEST_H
#define ASSENT_LOCAL_GUEST_H

#include <stdint.h>

#define GUEST_TEXT_MAX (64 * 1024)

enum guest_type { GUEST_HELLO = 1, GUEST_EXEC, GUEST_EXIT, GUEST_CONNECT, GUEST_CONNECTED, GUEST_PAUSE };

/* One packet over SOCK_SEQPACKET. EXEC carries two or three descriptors (out, err, in); CONNECTED one, or none with value = errno. */
struct guest_packet {
	uint32_t type, id;
	int32_t value;		/* EXEC: time limit in ms; EXIT: status; CONNECT: port; PAUSE: 1 stop, 0 go on */
	uint32_t flag;		/* EXIT: 1 = killed at its limit; EXEC: bytes of cwd in front of the command */
	char text[GUEST_TEXT_MAX];	/* EXEC: cwd, then command, neither with a NUL */
};
#define GUEST_HEAD (sizeof(struct guest_packet) - GUEST_TEXT_MAX)

/* The guest: ends with the sandbox. fd: to assent-local. */
int guest_main(int fd);

#endif
