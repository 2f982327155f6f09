/* client_own: what the files of the dashboard's client share. Not for others: client.h. */
#ifndef ASSENT_CMD_CLIENT_OWN_H
#define ASSENT_CMD_CLIENT_OWN_H

#include "cmd/client.h"
#include "core/sse.h"
#include "io/wire.h"

enum { CALL_TIMEOUT_MS = 15000, HAND_TIMEOUT_MS = 60000, FETCHES = 5 + CLIENT_READS };

struct fetch {
	struct client *client;
	struct wire_call *call;
	struct buf body;
	char session[128];
};

struct post;	/* client_post.c */

struct client {
	struct client_spec spec;
	struct wire *wire;
	struct fetch state, log, screen, running, changed, readings[CLIENT_READS];
	struct post *posts;	/* on their way */
	struct wire_call *events;
	struct wire_call *presence;	/* what the gate was told of it, unanswered as far as was looked; NULL: nothing is */
	struct sse sse;
	struct {
		struct wire_call *call;
		struct sse sse;
		char why[240];
		void (*ended)(const char *why, void *arg);
		void *arg;
	} lease;
	uv_timer_t retry;
	bool up, told, stale;
	int64_t heard_ms, asked_ms;	/* when the gate last said anything; the first time that it was told of presence since */
};

typedef void fetch_done(struct wire_call *call, const struct wire_result *r, void *arg);	/* arg: the fetch */
/* GET; max: bytes of the answer. false: one is under way, or out of memory. */
bool fetch_start(struct client *c, struct fetch *f, const char *path, size_t max, int timeout_ms, fetch_done *done);

/* client_post.c */
void client_posts_release(struct client *c);	/* after the loop has done with their connections */

/* client_hand.c */
void client_hand_init(struct client *c);
void client_hand_release(struct client *c);

#endif
