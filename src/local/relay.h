/* relay: a connection from outside that leads byte for byte to a port inside a sandbox, which has no network. */
#ifndef ASSENT_LOCAL_RELAY_H
#define ASSENT_LOCAL_RELAY_H

#include <uv.h>

#include "local/sandbox.h"

/*
 * Takes the connection that waits at the listener. Each end is copied to the other until both have said all, or one breaks; who does not read holds the
 * other back. s NULL, or a port where nobody listens: it is closed.
 */
void relay_accept(uv_stream_t *listener, struct sandbox *s, int port);

#endif
