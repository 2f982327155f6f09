/* bodies: opaque bodies of actions: in STATE/bodies/ as long as they are needed, read and synced beside the loop. */
#ifndef ASSENT_GATE_BODIES_H
#define ASSENT_GATE_BODIES_H

#include "gate/gate.h"
#include "io/spool.h"

/* Opens the folder and removes what no action needs any more: after the journal is open and its actions are loaded. 0, ERR_IO, ERR_NOMEM. */
int bodies_start(struct gate *g, struct err *e);
/*
 * Makes the digest of a with the bytes of f; with sync, f is on the disk first. `done` is called later, once; r is 0, or ERR_IO with digest "". f is
 * borrowed until then. 0, or ERR_NOMEM: it is not called.
 */
int bodies_read(struct gate *g, struct spooled *f, const struct action *a, bool sync,
		void (*done)(int r, const char *digest, void *arg), void *arg);
/* An action ended, was seen, or was not taken after all: its body goes when nothing can need it any more. */
void bodies_tidy(struct gate *g, struct action *a);
void bodies_drop(struct gate *g, struct action *a);
/* The first bytes as hexadecimal digits; "" when they are not there. */
void bodies_start_hex(const struct gate *g, const struct action *a, struct buf *out);
/* The whole body to the operator, piece by piece. */
void bodies_give(struct gate *g, const struct action *a, struct server_req *r);

#endif
