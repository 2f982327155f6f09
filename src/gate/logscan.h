/*
 * logscan: lines of one log or of all, some that match or all of them, in order. It looks at the logs as they were when it began, and touches nothing that
 * the loop changes: so it may run beside the loop.
 */
#ifndef ASSENT_LOGSCAN_H
#define ASSENT_LOGSCAN_H

#include "base/json.h"
#include "gate/logs.h"
#include "io/pattern.h"

enum { LOGSCAN_LINES_MAX = 1000, LOGSCAN_BYTES_MAX = 4 * 1024 * 1024 };	/* of one answer; a line more where that is the first */

struct logscan_spec {
	const char *session;		/* one log, by its own numbers; NULL: by their place among all lines */
	const char *sessions;		/* then: these alone, "a,b"; NULL: all */
	int64_t from;			/* the first line that is looked at; < 0: from the end */
	int64_t n;			/* lines, at most LOGSCAN_LINES_MAX */
	bool up;			/* from there to older ones, the newest first */
	unsigned int streams;		/* a bit for each enum log_stream; 0: all */
	struct pattern *pattern;	/* given away; NULL: all lines */
};

struct logscan;

/* In the loop. NULL: there is no such log. Aborts when out of memory. */
struct logscan *logscan_new(struct logs *ls, const struct logscan_spec *spec);
void logscan_free(struct logscan *k);
/* Beside the loop, or in it: goes on for about so many ms. 1: there is more to do; 0: done; ERR_TOOBIG: a line is too much for the pattern, e (not
 * NULL) says which. */
int logscan_run(struct logscan *k, int64_t ms, struct err *e);
/* When it is done, beside the loop or in it: {"from","first","total","lines":[{"n","wall_ms","stream","text"}],"next"}. */
void logscan_write(struct logscan *k, struct buf *out);

#endif
