/*
 * sandbox: one set of namespaces by bubblewrap with our supervisor as PID 1 in it (guest.h); commands run in it one after the other or
 * side by side. Where namespaces are forbidden: Landlock and seccomp (fallback.h). On a libuv loop.
 */
#ifndef ASSENT_LOCAL_SANDBOX_H
#define ASSENT_LOCAL_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "base/err.h"

enum isolation { ISOLATION_NAMESPACES, ISOLATION_LANDLOCK };

struct sandbox_bind {
	const char *source, *target;
	bool writable;
};

struct sandbox_spec {
	uv_loop_t *loop;
	enum isolation isolation;
	const char *hostname;
	const char *workspace;		/* folder of ours; /workspace inside */
	const struct sandbox_bind *binds;	/* further ones, target NULL ends; may be NULL */
	const char *home;		/* inside; without namespaces: outside */
	const char *const *env;		/* "NAME=value", NULL-terminated; may be NULL */
	bool unix_sockets;		/* without namespaces: allowed (with them they lead nowhere) */
	void (*on_end)(void *arg);	/* the supervisor is gone, and with it all that ran */
	void *arg;
};

struct sandbox;
struct sandbox_exec;

/* 0 when the supervisor was started; it answers a moment later, and commands wait for it. */
int sandbox_start(const struct sandbox_spec *spec, struct sandbox **ret, struct err *e);
/* Kills everything in it, and its commands get their on_exit; on_end is not called any more. Memory goes when libuv has closed its handles. */
void sandbox_kill(struct sandbox *s);

struct sandbox_exec_spec {
	const char *command;		/* for /bin/sh -c */
	const char *cwd;		/* as seen inside; NULL: the workspace */
	int timeout_ms;			/* 0: none; then SIGKILL to its process group */
	bool input;			/* its standard input is ours to write; else it is empty */
	void (*on_output)(int stream, const char *data, size_t len, void *arg);	/* 1 out, 2 err; any pieces. NULL: nobody reads it */
	/* Last, once. timed_out: killed at its limit. status: exit code, 128 + signal when killed, -1 when the sandbox is gone. May be NULL. */
	void (*on_exit)(int status, bool timed_out, int64_t took_ms, void *arg);
	void *arg;
	struct sandbox_exec **ret;	/* may be NULL; valid until on_exit is called */
};
/* ERR_TOOBIG: longer than 64 KiB. */
int sandbox_exec(struct sandbox *s, const struct sandbox_exec_spec *spec, struct err *e);
/* hold: its output is not read for now, so that it waits when its pipes are full. */
void sandbox_exec_hold(struct sandbox_exec *x, bool hold);
/*
 * To its standard input. ERR_STATE: it has none, or closed it; ERR_TOOBIG: what it has not read yet is more than 256 KiB with this, and
 * nothing of it is written.
 */
int sandbox_exec_write(struct sandbox_exec *x, const char *data, size_t len, struct err *e);
/* Stops or goes on with all that runs in it. ERR_UNSUPPORTED without namespaces. */
int sandbox_pause(struct sandbox *s, bool pause, struct err *e);
/* A connection to 127.0.0.1:port inside: on_fd gets it (own), or -1 with what went wrong. */
int sandbox_connect(struct sandbox *s, int port, void (*on_fd)(int fd, void *arg), void *arg, struct err *e);

/* The uid and gid that sandboxes have outside: ours, or an unused one when we are root. */
uid_t sandbox_uid(void);

/* Whether that uid gets to this folder by itself. */
bool sandbox_reaches(const char *path);

#endif
