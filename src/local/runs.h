/*
 * runs: a command in a sandbox or computer as the API's "run": with a status, an activity that is numbered, its output, and an end. The one runner
 * that is here is "custom", which runs the command; there are no coding agents. In memory: after a restart there are none.
 */
#ifndef ASSENT_LOCAL_RUNS_H
#define ASSENT_LOCAL_RUNS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/json.h"
#include "local/events.h"

struct local;
struct machine;
struct run;

enum { RUNS_KEPT = 64, RUN_OUTPUT_MAX = 256 * 1024, RUN_TIMEOUT_MAX_MS = 3600 * 1000 };

struct run_spec {
	struct machine *machine;	/* running */
	const char *instruction;	/* what it is for; told, not understood */
	const char *command;
	const char *script;		/* the command with what stands before it */
	const char *cwd;		/* NULL: the workspace */
	int timeout_ms;
	bool agent;			/* an "agent run": its rows say agent_run_id and prompt */
};

/* ERR_TOOBIG: RUNS_KEPT go on already, or the command is too long. Its activity begins with "run.started". */
int run_start(struct local *l, const struct run_spec *s, struct run **ret, struct err *e);
struct run *run_find(const struct local *l, bool agent, const char *id);	/* NULL: there is none */
void run_cancel(struct run *r);			/* killed; nothing happens when it has ended */
struct events *run_activity(const struct run *r);	/* borrowed; complete once it has ended */
void run_json(const struct run *r, struct jsonw *w);
void run_output_json(const struct run *r, struct jsonw *w);	/* {"output","truncated","exit_code"} */
void run_messages_json(const struct run *r, struct jsonw *w);	/* the instruction, and at its end what came of it */
void runs_list(const struct local *l, bool agent, int limit, struct jsonw *w);	/* newest first */
void runs_close(struct local *l);		/* at the end; no machine is left */

#endif
