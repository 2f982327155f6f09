/* lines: an upstream's event as one line of a session's log. Pure. */
#ifndef ASSENT_GATE_LINES_H
#define ASSENT_GATE_LINES_H

#include "base/buf.h"
#include "core/sse.h"

/* The event's name: its own, else the "type" of its data, else "message". Own string. */
char *line_type(const struct sse_event *ev);
/*
 * Appends the line: what a program printed, where the event is that; else its name and its fields as "name=value", without those
 * that no person reads. Returns "out", "err" or "event".
 */
const char *line_of_event(const char *type, const struct sse_event *ev, struct buf *text);

#endif
