/*
 * repeats: Idempotency-Key. The first answer to a POST with a key is kept for 24 h, also over a restart, and is the answer to the same request with that key;
 * another request with it is refused. On the routes that make or begin something as a whole; not on commands, input and files.
 */
#ifndef ASSENT_LOCAL_REPEATS_H
#define ASSENT_LOCAL_REPEATS_H

#include <stdbool.h>
#include <stddef.h>

struct local;
struct server_req;

/* Before its route runs. True: it is a repeat, and it was answered. */
bool repeats_answer(struct local *l, struct server_req *r, const char *route);
/* Every answer that is JSON passes here, before it is sent. */
void repeats_keep(const struct server_req *r, int status, const char *body, size_t len);
/* What is older than 24 h goes. */
void repeats_sweep(struct local *l);

#endif
