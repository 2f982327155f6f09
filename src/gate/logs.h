/* logs: one session's lines on disk, their offsets in memory; what is old is dropped by whole segments. */
#ifndef ASSENT_LOGS_H
#define ASSENT_LOGS_H

#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

struct log;

/* dir/NAME.0 and .1 hold the newest lines, beginning anew with each gate. NULL: no memory or no file (*e tells). */
struct log *log_new(const char *dir, const char *session, struct err *e);
void log_free(struct log *l);
/*
 * stream: "out", "err", "log", "event", or "gap" (written by the gate itself: what may be missing). source: which of the session's streams it came by
 * ("events", "logs", ...); id: the event's, kept together with the line; NULL for none. Text is cut at 64 KiB a line. What cannot be written is counted as
 * a line that is not there.
 */
void log_add(struct log *l, int64_t wall_ms, const char *stream, const char *text, size_t len, const char *source, const char *id);
/* The id of the newest line of that source which had one; "" for none. Borrowed until the next line of it. */
const char *log_last_id(const struct log *l, const char *source);
int64_t log_count(const struct log *l);
/* Writes {"from","total","lines":[...]}; from < 0 counts from the end; lines which are gone are left out. */
void log_read(struct log *l, int64_t from, int64_t n, struct jsonw *w);

#endif
