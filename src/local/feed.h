/*
 * feed: an answer that is a stream of server-sent events, with its heartbeats and, where tests ask for them, its faults (fault.h). Whoever
 * writes one waits while it is full, so that a slow reader costs 256 KiB and no more.
 */
#ifndef ASSENT_LOCAL_FEED_H
#define ASSENT_LOCAL_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "io/server.h"

struct feed;

/* True: a fault says 406, and it was answered. For what acts before it begins its stream; feed_begin() asks by itself. */
bool feed_refused(struct server_req *r);
/*
 * Begins the answer. on_ready (may be NULL): it is not full any more. on_gone: the reader is gone, or a fault cut the connection; the feed is gone with it.
 * NULL: the request was answered already (406, a HEAD, no memory), and nothing is called.
 */
struct feed *feed_begin(uv_loop_t *loop, struct server_req *r, void (*on_ready)(void *arg), void (*on_gone)(void *arg), void *arg);
/* type, id may be NULL. False: on_gone was called, the feed is gone. */
bool feed_event(struct feed *f, const char *type, const char *id, const char *json, size_t len);
bool feed_full(const struct feed *f);	/* who writes has to wait for on_ready */
/* The stream is complete, or (ok false) cut. The feed is gone; on_gone is not called. */
void feed_end(struct feed *f, bool ok);

#endif
