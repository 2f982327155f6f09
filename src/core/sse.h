/* sse: server-sent events by the WHATWG rules, read from bytes cut anywhere; and written. Pure. */
#ifndef ASSENT_SSE_H
#define ASSENT_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct sse_event {
	const char *type;	/* "message" by default; borrowed until the callback returns, as the rest */
	const char *data;	/* NUL-terminated; invalid UTF-8 became U+FFFD */
	size_t data_len;
	const char *id;		/* the last event id at this point, "" for none */
};

struct sse {
	void (*on_event)(const struct sse_event *ev, void *arg);
	void (*on_comment)(const char *text, size_t len, void *arg);	/* may be NULL; the first KiB of a comment */
	void *arg;
	struct buf line, data, type, id_next, id;
	int64_t retry_ms;	/* -1 until told */
	bool skip_lf, bom_done, has_data, too_big;
	uint64_t dropped;	/* events over the limit */
	unsigned char bom_seen;
};

/* event_max: bytes of one event's data; more, or a type or id of over 4 KiB, or a type with a NUL: that event is dropped and counted. */
void sse_init(struct sse *s, size_t event_max, void (*on_event)(const struct sse_event *, void *), void *arg);
void sse_release(struct sse *s);
void sse_feed(struct sse *s, const char *bytes, size_t len);
/* A new connection: an unfinished event is dropped, the last id stays. */
void sse_reconnect(struct sse *s);

/* Writes one event; type, id may be NULL; data's line breaks become data: lines. */
int sse_write(struct buf *out, const char *type, const char *id, const char *data, size_t len);

#endif
