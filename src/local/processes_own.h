/* processes_own: what the files of the processes share. */
#ifndef ASSENT_LOCAL_PROCESSES_OWN_H
#define ASSENT_LOCAL_PROCESSES_OWN_H

#include "local/api.h"

struct process {
	struct process *next;
	struct machine *machine;
	struct server_req *req;		/* who started it, until its pid is known; NULL after */
	int64_t pid;			/* as seen inside; 0 until it is known */
	char *name, *command;
	int64_t started_wall_ms;
	bool ended;
	int status;			/* once it ended */
	struct buf line[2];		/* what has no end yet, of each stream */
	struct events *output;		/* its newest lines, and its end */
	struct sandbox_exec *running;	/* NULL once it ended */
};

/* The one that the rest of the path names, which must end with `tail`; NULL: answered with 404. */
struct process *process_named(struct api_call *c, const char *tail);
/* POST .../signal */
void processes_signal(struct api_call *c);

#endif
