/*
 * watch: what changes in a sandbox's workspace, by inotify: one watcher for each sandbox, begun when the first one asks for it. Each change is an event of the sandbox's own
 * stream ("file") and of every /files/watch whose path it is below.
 */
#ifndef ASSENT_LOCAL_WATCH_H
#define ASSENT_LOCAL_WATCH_H

#include <stdbool.h>

#include "base/err.h"

enum { WATCH_FOLDERS_MAX = 4096 };	/* of one sandbox; changes in others are not seen, and that is said */

struct api_call;
struct machine;
struct watch;

/* Begins to watch, if that was not done yet; ERR_IO: why it cannot be. */
int watch_begin(struct machine *m, struct err *e);
/* Readers are told that nothing follows. Fine where nobody watches. */
void watch_end(struct machine *m);
/* Its files are others now, all at once; readers are told. */
void watch_again(struct machine *m);
/* GET /files/watch?path=&recursive= */
void watch_route(struct api_call *c);

#endif
