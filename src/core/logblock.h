/*
 * logblock: lines of a log as bytes, in blocks of one size. Pure.
 *
 *     block   head LF, then lines, then zeros: no line goes over a block's end
 *     head    "assentL1", its length, the number of its first line, that line's place among the lines of all sessions,
 *             how many sources, and of each source its name and the id of the last event before this block
 *     line    head LF text LF; the head: length of the text, stream, time, place, lengths of source and id, source, id
 *
 * Numbers are big-endian digits of seven bits with the high bit set, names and ids have theirs turned over: so a head does not look like text to a
 * pattern that is matched over a whole block, and each text stands between two LF. Nothing of how a block is read depends on what a text has in it. A block
 * can be read without the one before: a log is entered anywhere, and has no index in memory.
 */
#ifndef ASSENT_LOGBLOCK_H
#define ASSENT_LOGBLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "core/logids.h"

enum { LOGBLOCK_BYTES = 128 * 1024, LOGBLOCK_PEEK = 26, LOG_TEXT_MAX = 64 * 1024 + 64 };

enum log_stream { LOG_OUT, LOG_ERR, LOG_LOG, LOG_EVENT, LOG_GAP, LOG_STREAMS };

const char *log_stream_name(enum log_stream s);	/* "out", "err", "log", "event", "gap" */
int log_stream_find(const char *name, size_t len);	/* an enum log_stream; -1 for none */

/* A line to write. source and id as log_ids_set() takes them; id NULL: neither is kept. */
struct log_line {
	int64_t seq, wall_ms;	/* its place among all sessions' lines; since 1970; both from 0 and below 2^49 */
	enum log_stream stream;
	const char *text;
	size_t len;		/* at most LOG_TEXT_MAX */
	const char *source, *id;
};

/* Append to out. Every line fits into a block behind any head. */
void logblock_begin(struct buf *out, int64_t first, int64_t seq, const struct log_ids *ids);
size_t logblock_line_size(const struct log_line *line);	/* bytes that logblock_add() appends */
void logblock_add(struct buf *out, const struct log_line *line);

/* A block that is read. */
struct logblock {
	const char *bytes;	/* borrowed */
	size_t len, at;		/* at: of the next line; of what is no line, at the end */
	int64_t first, seq;	/* of its first line */
	int64_t next;		/* number of the next line */
	int ids;
};

struct log_record {
	size_t at, text, len, end;	/* offsets in the block: of the line, of its text, behind its text's LF; bytes of the text */
	int64_t n, seq, wall_ms;
	enum log_stream stream;
	size_t source_len, id_len;
};

/* From its first LOGBLOCK_PEEK bytes alone. 0, or ERR_INVALID: no block. */
int logblock_peek(const char *bytes, size_t len, int64_t *ret_first, int64_t *ret_seq);
/* A block, or the begin of one. 0, or ERR_INVALID: no block. */
int logblock_open(const char *bytes, size_t len, struct logblock *ret);
/* false at the end, and where the rest is no whole line. */
bool logblock_next(struct logblock *k, struct log_record *ret);
/* What its head says, and what its lines say. */
void logblock_ids(const struct logblock *k, struct log_ids *ids);
void logblock_line_id(const struct logblock *k, const struct log_record *r, struct log_ids *ids);

#endif
