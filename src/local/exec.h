/* exec: a command in a session, told on its streams: its events, and each of its lines in the log. Who started it hears of both, too. */
#ifndef ASSENT_LOCAL_EXEC_H
#define ASSENT_LOCAL_EXEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

struct exec;
struct machine;

struct exec_spec {
	struct machine *machine;	/* running; borrowed */
	const char *command;		/* as it is told; copied */
	const char *script;		/* what is run: the command with what stands before it; borrowed for the call */
	const char *cwd;		/* as seen inside; NULL: the workspace */
	int timeout_ms;
	bool killable;			/* exec_kill() will do */
	void (*on_data)(int stream, const char *data, size_t len, void *arg);	/* may be NULL; 1 out, 2 err; any pieces */
	void (*on_line)(int stream, const char *text, size_t len, void *arg);	/* may be NULL; without its line break, at most 64 KiB */
	/* Last, once; the exec is gone after it. status: exit code, 128 + signal when killed, -1 when the session is gone. */
	void (*on_end)(int status, bool timed_out, int64_t took_ms, void *arg);
	void *arg;
};

/* ERR_TOOBIG: a script longer than 64 KiB. */
int exec_start(const struct exec_spec *s, struct exec **ret, struct err *e);
const char *exec_id(const struct exec *x);	/* as its events name it; borrowed */
/* hold: its output is not read for now, so that it waits when its pipes are full. */
void exec_hold(struct exec *x, bool hold);
/* {"line":TEXT}, as streams have a line; text: as it came, in UTF-8 or not. */
void exec_put_line(struct buf *out, const char *text, size_t len);
/* All of its process group, with SIGKILL. on_end comes later. */
void exec_kill(struct exec *x);

#endif
