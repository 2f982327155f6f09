/*
 * logs: the sessions' lines, in segment files of the state folder. What is old goes by whole segments.
 *
 * STATE/logs/SESSION.FIRST are one session's lines from number FIRST on, in blocks (core/logblock.h), at most 8 MiB; at most 32 of them for a session, and
 * 4 GiB for all: the oldest goes first. Nothing of a line stays in memory but what is not written yet. That is written within 20 ms, and within a second when so
 * many sessions have something that writing would take more than one part in 200 of the time; nothing is synced: this is no journal. Files are opened where they are
 * needed, so a session that says nothing has no descriptor.
 *
 * A restarted gate goes on where the one before ended; a last line that is not whole is cut off. A file that is no log, or is damaged, is set aside as
 * NAME.damaged, and the gate's log says so. What is damaged inside is left out when it is read.
 */
#ifndef ASSENT_LOGS_H
#define ASSENT_LOGS_H

#include <stdint.h>
#include <uv.h>

#include "base/buf.h"
#include "base/err.h"
#include "core/logblock.h"

enum {
	LOG_SEGMENT_BYTES = 8 * 1024 * 1024, LOG_SEGMENTS_MAX = 32, LOG_BYTES_MAX = 64 * 1024,	/* the last: of a line's text */
	LOG_SEGMENT_DIGITS = 15,	/* of a segment's number in its name */
	LOGS_MAX = 10000,		/* sessions, of which those that are gone go first */
};
#define LOGS_BYTES_MAX (INT64_C(4) * 1024 * 1024 * 1024)

struct segment {
	int64_t first, seq;		/* number of its first line, and that line's place among all sessions' */
	uint32_t size;			/* bytes, with those that are not written yet */
};

struct log {
	struct logs *logs;
	char *session, *name;		/* own; as part of a file's name */
	struct segment *segments;	/* own; oldest first */
	size_t count;
	int64_t total, last_seq;	/* numbers given; place of the newest line, -1 for none */
	struct log_ids ids;
	struct buf unwritten;		/* the last bytes of the last segment */
	struct log *next_unwritten;
	bool is_unwritten, in_use;	/* the latter: between log_new() and log_free() */
};

struct logs {
	int fd;				/* of the folder; -1: it cannot be used */
	char *dir;
	struct log **items;		/* own; by session */
	size_t count;
	int64_t next_seq, bytes;
	struct log *unwritten;
	uv_timer_t tick;
	uint64_t wait_ms;		/* from one writing to the next */
	bool failing;			/* the last writing, as the gate's log says */
};

/* Makes the folder, and reads what it has. A folder that cannot be used is said, and keeps nothing. NULL: out of memory. */
struct logs *logs_new(uv_loop_t *loop, const char *dir);
void logs_close(struct logs *ls);	/* its timer; NULL is fine */
void logs_free(struct logs *ls);	/* after the loop has ended: writes what is left */
struct log *logs_find(const struct logs *ls, const char *session);	/* also of one that is gone; NULL for none */

/* This session's, with what an earlier gate wrote. NULL: its id is too long for a name of a file. Borrowed from ls. */
struct log *log_new(struct logs *ls, const char *session, struct err *e);
void log_free(struct log *l);		/* the session is gone: its lines stay; NULL is fine */
/*
 * stream: "out", "err", "log", "event", or "gap" (written by the gate itself: what may be missing). source: which of the session's streams it came by
 * ("events", "logs", ...); id: the event's, kept together with the line; NULL for none. Text is kept byte for byte, and cut at 64 KiB, with how much is left out
 * behind it. What cannot be written is counted as a line that is not there.
 */
void log_add(struct log *l, int64_t wall_ms, const char *stream, const char *text, size_t len, const char *source, const char *id);
/* In place of a session: whose log is that of what happened to the tenant and to no session. No session may be called that. */
#define LOG_TENANT "tenant"

/* The id of the newest line of that source which had one; "" for none. Borrowed until the next line. */
const char *log_last_id(const struct log *l, const char *source);
/* Ids of its newest lines that an earlier gate, or this one, wrote to the disk: the last 16 KiB of lines and more, oldest first. Borrowed until give() returns. */
void log_each_id(const struct log *l, const char *source, void (*give)(const char *id, void *arg), void *arg);
int64_t log_count(const struct log *l);

/* The name of a segment's file in the folder. */
void log_segment_name(const char *name, int64_t first, char out[256]);
/* logs_load.c: what is in the folder. */
void logs_load(struct logs *ls);
struct log *logs_add(struct logs *ls, const char *session, const char *name);	/* aborts when out of memory */
void log_add_segment(struct log *l, int64_t first, int64_t seq, uint32_t size);

#endif
