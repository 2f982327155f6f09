/* sandbox_own: what the files of the sandbox share. */
#ifndef ASSENT_LOCAL_SANDBOX_OWN_H
#define ASSENT_LOCAL_SANDBOX_OWN_H

#include "local/guest.h"
#include "local/sandbox.h"

struct connect_wait {
	struct connect_wait *next;
	uint32_t id;
	void (*on_fd)(int fd, void *arg);
	void *arg;
};

struct sandbox {
	struct sandbox_spec spec;	/* of its strings only workspace and home, which are our own */
	pid_t pid;			/* bubblewrap; without namespaces the keeper (guest.c) */
	int fd;
	uv_poll_t poll;
	bool ended;
	uint32_t last_id;
	struct sandbox_exec *execs;
	struct connect_wait *connects;
	char buffer[65536];
};

/* To fill in and to send: one for all, so between the two nothing else may be sent. */
struct guest_packet *sandbox_packet(void);
/* To the supervisor, with text_len bytes of its text and up to three descriptors, which stay ours. Never waits; -1: it is going, or does not read. */
int sandbox_send(struct sandbox *s, const struct guest_packet *p, size_t text_len, const int *fds, size_t count);

/* In the child of a fork: returns only where there can be no sandbox, and has said why on standard error. channel: to the supervisor, open over exec. */
void sandbox_enter(const struct sandbox_spec *s, int channel);

/* The supervisor says that a command has ended. */
void sandbox_exec_exited(struct sandbox *s, const struct guest_packet *p);
/* The sandbox is gone: each command gets its on_exit. */
void sandbox_exec_end_all(struct sandbox *s);

#endif
