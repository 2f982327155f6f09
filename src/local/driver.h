/*
 * driver: a child process that owns the connection to one X display, so that a client which grabs the server blocks only this computer.
 * Requests are answered in order; one that takes too long is answered 502 and the driver is started anew.
 */
#ifndef ASSENT_LOCAL_DRIVER_H
#define ASSENT_LOCAL_DRIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/err.h"

struct driver;

struct driver_spec {
	uv_loop_t *loop;
	const char *socket_path;	/* of the X server; copied */
	uint8_t cookie[16];
	void (*on_ready)(int width, int height, void *arg);	/* once, after the first connection */
	void (*on_damage)(const char *json, size_t len, void *arg);	/* {"rects":[[x,y,w,h]]}; at most 30 a second */
	void (*on_end)(void *arg);	/* the X server is gone, or cannot be reached */
	void *arg;
};

/* 0 or ERR_IO: no child. That the X server is there is told by on_ready. */
int driver_start(const struct driver_spec *s, struct driver **ret, struct err *e);
void driver_stop(struct driver *d);	/* NULL is fine; waiting requests are answered -1 */
/*
 * op: "click", "window/close" and so on, as in driver_input.c and driver_screen.c; body: the request's JSON object. Answered once: status 200 with JSON or PNG (png), else an HTTP status with a
 * message; -1: the driver is gone.
 */
void driver_call(struct driver *d, const char *op, const char *body, size_t len,
		 void (*done)(int status, bool png, const char *data, size_t len, void *arg), void *arg);

/* The child's side: assent-local --driver FD. */
int driver_main(int fd);

#endif
