/*
 * snapshots: copies of a sandbox's workspace, or a computer's home, kept beside it; put back, or the beginning of another one (fork). What is copied stands still meanwhile: all that runs in the
 * sandbox is stopped and goes on afterwards, where it can be stopped (not without namespaces). Nobody waits for a copy but who asked for it.
 */
#ifndef ASSENT_LOCAL_SNAPSHOTS_H
#define ASSENT_LOCAL_SNAPSHOTS_H

struct api_call;
struct machine;

/* From the disk; what was never whole, or is half erased, goes. */
void snapshots_load(struct machine *m);
/* Those whose time is over go. */
void snapshots_expire(struct machine *m);
/* Copies under way give up; the memory of all goes. */
void snapshots_close(struct machine *m);

/* Routes (routes_snapshots.c); each answers its call. */
void snapshots_create(struct api_call *c);
void snapshots_list(struct api_call *c);
void snapshots_show(struct api_call *c);
void snapshots_delete(struct api_call *c);
void snapshots_events(struct api_call *c);
void snapshots_restore(struct api_call *c);	/* processes in it are ended first */
void snapshots_fork(struct api_call *c);
void snapshots_restore_as_new(struct api_call *c);	/* the snapshot stays what it is, and another one begins with it */

#endif
