/* snapshots_own: what the files of the snapshots share. */
#ifndef ASSENT_LOCAL_SNAPSHOTS_OWN_H
#define ASSENT_LOCAL_SNAPSHOTS_OWN_H

#include "local/api.h"
#include "local/snapshots.h"

struct snapshot {
	struct snapshot *next;
	char id[32];
	const char *status;		/* "creating", "ready", "restoring", "failed" */
	char *comment;			/* own; NULL: none */
	char error[sizeof(((struct err *)NULL)->msg)];
	bool keep;			/* it has no end */
	int64_t created_ms, updated_ms, retention_sec, expires_ms;	/* wall time; expires_ms 0: never */
	uint64_t size;
	struct events *progress;
};

/* NULL: there is none. */
struct snapshot *snapshot_find(const struct machine *m, const char *id);
/* A new one, without a status and not on disk. NULL: out of memory. */
struct snapshot *snapshot_add(struct machine *m, const char *id);
/* Out of the list, and freed. */
void snapshot_drop(struct machine *m, struct snapshot *s);
/* Own: where it stands on disk; "" for the folder above, or for itself. */
char *snapshot_path(const struct machine *m, const char *id, const char *what);
/* Own: what is copied, a sandbox's workspace or a computer's home, with `end` behind its name. */
char *snapshot_workspace(const struct machine *m, const char *end);
/* Its workspace is whole: from now on it outlives assent-local. ERR_IO. */
int snapshot_save(const struct machine *m, const struct snapshot *s, struct err *e);
/* From the disk. */
void snapshot_erase(struct machine *m, const char *id);
void snapshot_put(const struct machine *m, const struct snapshot *s, struct jsonw *w);	/* as the API has it */
/* On its own stream, and on its sandbox's. percent < 0: not known. */
void snapshot_tell(struct machine *m, struct snapshot *s, int percent);
/* status: a text that stays. It is told too. */
void snapshot_set_status(struct machine *m, struct snapshot *s, const char *status);

enum job_kind { JOB_SNAPSHOT, JOB_RESTORE, JOB_FORK };

/*
 * Copies `from` to `to` (both own), for m, out of source; and what has to follow. freeze: the source stands still until it is done. id: of the snapshot, ""
 * for none. asker: who waits for it, and is answered; or NULL.
 */
void snapshot_copy(struct machine *m, enum job_kind kind, struct machine *source, bool freeze, char *from, char *to, const char *id, struct server_req *asker);
/* It gives up soon, as one that failed. */
void snapshot_copy_stop(struct job *j);

#endif
