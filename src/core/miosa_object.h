/*
 * miosa_object: the things of the MIOSA API: sessions, processes, agent sessions, previews, snapshots, usage, in all spellings that its servers are known
 * for. Pure. Each reader takes one object (an element of a list, or miosa_object()); strings of what it fills are own and never NULL.
 */
#ifndef ASSENT_MIOSA_OBJECT_H
#define ASSENT_MIOSA_OBJECT_H

#include "base/json.h"
#include "core/classify.h"

struct miosa_session {
	char *id, *name, *state, *isolation;
	int width, height;	/* of a computer's screen; 0: not told */
	bool running;		/* its state is one of the two words for it */
};

/* false: it has no id, and nothing is to be released. */
bool miosa_session(const struct json_doc *d, int v, enum session_kind kind, struct miosa_session *ret);
void miosa_session_release(struct miosa_session *s);

/* A process of a sandbox, or an agent session of a computer. */
struct miosa_job {
	char *id;		/* of a process: its number */
	char *name, *what;	/* what: the command, or the goal */
	int64_t started_wall_ms;	/* -1: not told */
	bool goes_on;		/* what does not say that it has ended does */
};

/* false: it has no id, or a process has none that is a number. */
bool miosa_process(const struct json_doc *d, int v, struct miosa_job *ret);
bool miosa_agent_session(const struct json_doc *d, int v, struct miosa_job *ret);
void miosa_job_release(struct miosa_job *j);

struct miosa_preview {
	char *id, *url;
	int port;		/* 0: not told */
};

/* false: it has neither id nor port. */
bool miosa_preview(const struct json_doc *d, int v, struct miosa_preview *ret);
void miosa_preview_release(struct miosa_preview *p);

struct miosa_snapshot {
	char *id, *status, *comment, *created_at;
	bool failed;
};

/* false: it has no id. */
bool miosa_snapshot(const struct json_doc *d, int v, struct miosa_snapshot *ret);
void miosa_snapshot_release(struct miosa_snapshot *s);

/* What a session has cost so far, in cents, a part of a cent being one; -1: it does not say. */
int64_t miosa_cost_cents(const struct json_doc *d, int v);

#endif
