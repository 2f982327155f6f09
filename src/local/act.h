/* act: one operation on a computer's desktop, by a request or by a step of a session; the computer's stream tells of it. */
#ifndef ASSENT_LOCAL_ACT_H
#define ASSENT_LOCAL_ACT_H

#include <stdbool.h>
#include <stddef.h>

struct machine;

/*
 * op, body: as driver_call() has them; body is copied. done is called once, at once or later: status 200 with JSON or PNG (png), else an HTTP status
 * with a message for people; 502: the display cannot be reached.
 */
void act_desktop(struct machine *m, const char *op, const char *body, size_t len,
		 void (*done)(int status, bool png, const char *data, size_t len, void *arg), void *arg);

#endif
