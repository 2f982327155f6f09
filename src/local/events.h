/* events: one stream of server-sent events: kept by id (trail.h), given to every subscriber, resumed by Last-Event-ID. */
#ifndef ASSENT_LOCAL_EVENTS_H
#define ASSENT_LOCAL_EVENTS_H

#include <stddef.h>
#include <uv.h>

#include "base/err.h"
#include "io/server.h"

struct events;
struct trail;

/* In memory. NULL when out of memory. */
struct events *events_new(uv_loop_t *loop);
/* On disk, in the segments PATH.1, PATH.2 and so on; what stands there goes on. NULL: e says why. */
struct events *events_open(uv_loop_t *loop, const char *path, struct err *e);
/* Subscribers' streams end; NULL is fine. */
void events_close(struct events *ev);
void events_add(struct events *ev, const char *type, const char *json, size_t len);	/* to every subscriber, and kept */
/* Takes the request over as a stream: what came after its Last-Event-ID, then what comes. `types` of its query: globs between commas. */
void events_subscribe(struct events *ev, struct server_req *r);
/* The same, but without a Last-Event-ID from the oldest event that is kept. */
void events_subscribe_all(struct events *ev, struct server_req *r);
/* Nothing comes any more: streams end once they are complete. */
void events_finish(struct events *ev);
const struct trail *events_trail(const struct events *ev);	/* borrowed */

#endif
