/* events: one stream of server-sent events: kept for a while by id, given to every subscriber, resumed by Last-Event-ID. */
#ifndef ASSENT_LOCAL_EVENTS_H
#define ASSENT_LOCAL_EVENTS_H

#include <stddef.h>
#include <uv.h>

#include "io/server.h"

struct events;

struct events *events_new(uv_loop_t *loop);	/* NULL when out of memory */
/* Subscribers' streams end. Memory goes when libuv has closed its timer. */
void events_close(struct events *ev);
void events_add(struct events *ev, const char *type, const char *json, size_t len);
/* Takes the request over as a stream. */
void events_subscribe(struct events *ev, struct server_req *r);

#endif
