/*
 * miosa_event: one frame of any event stream of the MIOSA API (tenant, sandbox, computer, logs, exec, processes, files, snapshots, agents), in all spellings
 * that its servers are known for. Pure. What no rule names keeps its type and its raw data: MIOSA_OTHER.
 */
#ifndef ASSENT_MIOSA_EVENT_H
#define ASSENT_MIOSA_EVENT_H

#include "base/json.h"

enum miosa_kind {
	MIOSA_OTHER,
	MIOSA_ALIVE,		/* only a sign of life */
	MIOSA_END,		/* nothing follows on this stream */
	MIOSA_OUT, MIOSA_ERR, MIOSA_LOG,	/* a line of text */
	MIOSA_EXEC_BEGAN,	/* exec, command */
	MIOSA_EXEC_ENDED,	/* exec, exit_code where it is told; the same for a process */
	MIOSA_STATE,		/* a session began, ended or is another state: to be asked for; resource, status */
	MIOSA_READY,		/* it takes commands now; a stream of readiness says so, or that it gave up (status "timeout", text) */
	MIOSA_PREVIEW,		/* item, url, port */
	MIOSA_SNAPSHOT,		/* item, status, progress */
	MIOSA_FILE,		/* status: what became of it; path */
	MIOSA_INPUT,		/* a click, a key ... on a desktop */
	MIOSA_SCREEN,		/* the screen changed */
	MIOSA_LOOK,		/* a picture was made of it, perhaps for us: that changes nothing, and is no news */
	MIOSA_IDLE,
	MIOSA_AGENT,		/* what an agent of the substrate thinks and does: text */
	MIOSA_ERROR		/* text */
};

/* Strings are never NULL, "" where the frame has none, and borrowed until the next read. */
struct miosa_event {
	enum miosa_kind kind;
	const char *type;		/* the event's name: of the event line, else of the data, else "message" */
	const char *resource;		/* id of the session or other thing it is about */
	const char *exec;		/* id of the call, joins the events of one command */
	const char *command, *status, *item, *url, *path;
	const char *text;		/* what was printed, or said */
	size_t text_len;		/* it may have a NUL */
	bool has_text;			/* an empty line is one too */
	int64_t wall_ms;		/* when it happened, as it says; -1: it does not */
	int64_t exit_code;		/* MIOSA_NO_CODE: not told */
	int port, progress;		/* 0 and -1: not told */
	bool object;			/* its data is an object */

	struct json_doc doc;		/* own; of the data, which is borrowed */
	const char *data;
	size_t data_len;
	struct buf strings;		/* own */
};

#define MIOSA_NO_CODE INT64_MIN

void miosa_event_init(struct miosa_event *ev);
void miosa_event_release(struct miosa_event *ev);
/* name: of the event line, "message" when there was none. Both have to stay until the next read. */
void miosa_event_read(struct miosa_event *ev, const char *name, const char *data, size_t len);
/* One line for a log: what was printed, else the type and "key=value" for all that is not only for machines, or the raw data; of what
 * was typed on a desktop (MIOSA_INPUT) its length. */
void miosa_event_line(const struct miosa_event *ev, struct buf *out);

#endif
