/* fault: what assent-local does wrong because it was told to: `--fault`, for tests of its clients. */
#ifndef ASSENT_LOCAL_FAULT_H
#define ASSENT_LOCAL_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "core/httpmsg.h"

struct faults {
	size_t drop_every;	/* a stream's connection is cut behind so many bytes; 0: never */
	bool dup_ids;		/* each event is sent twice */
	bool reorder;		/* of two events within 50 ms the later is sent first */
	bool no_heartbeat;
	bool not_acceptable;	/* 406: streams want more than a bare `Accept: text/event-stream` */
	bool too_many;		/* 429: each fifth request that is no stream */
};

#define FAULT_DROP_MIN 64	/* bytes; less would never get through an event */

/* "drop-every=4096,dup-ids,429": each name once. ERR_INVALID with the name that is wrong. */
int fault_parse(const char *text, struct faults *ret, struct err *e);
/* Those of this process; none until they are set. */
extern struct faults faults;
/* Whether this request is to be answered 429; counts it, unless its path is that of a stream. */
bool fault_too_many(const struct http_head *h);
/* Whether this request for a stream is to be answered 406. */
bool fault_not_acceptable(const struct http_head *h);

#endif
