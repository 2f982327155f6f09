/* sse: server-sent events by the WHATWG rules, read from bytes cut anywhere; and written. Pure. */
#ifndef ASSENT_SSE_H
#define ASSENT_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct sse_event {
	const char *type;	/* "message" by default; borrowed until the callback returns, as the rest */
	size_t type_len;	/* more than strlen(type) only where nul_types is set */
	const char *data;	/* NUL-terminated, with what NULs the stream has in it; invalid UTF-8 became U+FFFD, here and in type and id */
	size_t data_len;
	const char *id;		/* the last event id at this point, "" for none */
	bool own_id;		/* this event's own, and not that of one before */
};

struct sse {
	void (*on_event)(const struct sse_event *ev, void *arg);
	void (*on_comment)(const char *text, size_t len, void *arg);	/* may be NULL; the first KiB of a comment */
	/*
	 * May be NULL. Once for each event that is left out, for each id that is not used because of a NUL, for each event or comment in which
	 * UTF-8 is broken, and for each line of over 1 MiB that is no data. what: one line for a person. byte: where, counted from the begin of the connection.
	 */
	void (*on_fault)(const char *what, uint64_t byte, void *arg);
	bool nul_types;		/* who reads types by their length may have those with a NUL; for all others such an event is left out */
	void *arg;
	struct buf id;		/* the last event id */
	int64_t retry_ms;	/* -1 until told */
	uint64_t dropped;	/* events left out */

	/* sse.c's own */
	struct buf data, type, id_next;
	struct buf line;	/* the begin of a line that is not whole yet, and is not known for one of data */
	uint64_t at, line_at, value_at;	/* of the connection: where the bytes being read begin, the line, the value of a line of data */
	size_t value_from;	/* where in data that value begins */
	bool skip_lf, bom_done, in_data, id_changed, too_big, broken, said_long;
	unsigned char bom_seen;
};

/*
 * event_max: bytes of one event's data; more, or a type or id of over 4 KiB, or a type with a NUL (but for nul_types): that event is left out and counted. What is
 * kept of a stream is bounded by that, and after a large event it is given back.
 */
void sse_init(struct sse *s, size_t event_max, void (*on_event)(const struct sse_event *, void *), void *arg);
void sse_release(struct sse *s);
/* Not from inside a callback, as all of these. */
void sse_feed(struct sse *s, const char *bytes, size_t len);
/* A new connection: an unfinished event is dropped, the last id stays. */
void sse_reconnect(struct sse *s);
/* The last id, as it was kept elsewhere; before any bytes. */
void sse_set_id(struct sse *s, const char *id);

/* Writes one event; type, id may be NULL; data's line breaks become data: lines. */
int sse_write(struct buf *out, const char *type, const char *id, const char *data, size_t len);

#endif
