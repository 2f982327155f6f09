/*
 * exec_ticket: a command whose output is fetched by one reader, later, by a ticket: the POST starts it, the GET only watches. What it says until then is
 * kept, and when that is 256 KiB the command waits. Nobody came for 60 s: what it says is dropped, and it goes on.
 */
#ifndef ASSENT_LOCAL_EXEC_TICKET_H
#define ASSENT_LOCAL_EXEC_TICKET_H

#include "local/api.h"
#include "local/exec.h"
#include "local/tickets.h"

/* spec's callbacks and arg are set here. The ticket goes to out; until_ms: wall time. */
int exec_ticket_start(struct local *l, struct exec_spec *spec, char out[TICKET_SIZE], int64_t *ret_until_ms, struct err *e);
/* Takes the request over as the stream of that ticket. false: there is no such one in this machine, or it was used. */
bool exec_ticket_watch(struct local *l, const struct machine *m, const char *ticket, struct server_req *r);
/* At the end: nobody fetches anything any more. */
void exec_tickets_close(struct local *l);

#endif
