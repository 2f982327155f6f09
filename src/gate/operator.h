/* operator: what its calls share. */
#ifndef ASSENT_GATE_OPERATOR_H
#define ASSENT_GATE_OPERATOR_H

#include "gate/gate.h"

/* Takes the buffer. */
void operator_reply_json(struct server_req *r, int status, struct buf *b);
/* wrapped: {"action": Action} */
void operator_reply_action(struct gate *g, struct server_req *r, const struct action *a, bool wrapped);
/* 0, which no action has, for what is no number. */
int64_t operator_read_id(const char *text);
/*
 * The name of the person: of the enrolled operator who signed this call; else, while nobody is enrolled, what the client says for display; else the
 * account's, with " (unsigned)" behind it where signatures are asked for. Own string.
 */
char *operator_person(const struct gate *g, const struct server_req *r, const struct json_doc *d);
/* The same as "person:NAME", as the record has it. */
void operator_who(const struct gate *g, const struct server_req *r, const struct json_doc *d, char who[80]);
/* The body as one object of the known keys, and perhaps a signature; answers 422 itself otherwise. */
bool operator_read_body(struct server_req *r, struct json_doc *d, const char *const *known);

/* peers.c: may the process at the other end be heard at all? */
bool peer_is_operator(const struct gate *g, const struct server_req *r);
/* operators.c: before and after each call that is no read: who signed it is known in between. */
void operators_begin(struct gate *g, const struct server_req *r);
void operators_end(struct gate *g);	/* the call is over: nobody has signed any more */
/* The enrolled operator who signed the call that is being handled; NULL for nobody. Borrowed. */
const char *operator_signer(const struct gate *g);
/*
 * May this call widen what agents may do? Yes while nobody is enrolled, and when an enrolled operator signed it; else answers 403 signature_required or
 * signature_invalid itself. what: for the message, as "approving".
 */
bool operator_allows(struct gate *g, struct server_req *r, const char *what);
/*
 * The handlers: each answers its call, or keeps it. rest, id, name: what stands in the path where the route leaves room, decoded; else "".
 * operators.c: GET and POST /v1/operators, DELETE /v1/operators/{name}
 */
void operators_get(struct gate *g, struct server_req *r, const char *rest);
void operators_post(struct gate *g, struct server_req *r, const char *rest);
void operators_delete(struct gate *g, struct server_req *r, const char *name);

/* state.c: GET /v1/state */
void operator_get_state(struct gate *g, struct server_req *r, const char *rest);
/* presence.c: POST /v1/presence; notes.c: POST /v1/notes, /v1/labels */
void operator_presence(struct gate *g, struct server_req *r, const char *rest);
void operator_note(struct gate *g, struct server_req *r, const char *rest);
void operator_label(struct gate *g, struct server_req *r, const char *rest);
/* decision.c: POST /v1/actions/{id}/decision */
void operator_decide(struct gate *g, struct server_req *r, const char *id);
/* op_log.c: GET /v1/sessions/{id}/log, GET /v1/log */
void operator_log(struct gate *g, struct server_req *r, const char *id);
void operator_merged_log(struct gate *g, struct server_req *r, const char *rest);
/* op_policy.c: GET /v1/policy; POST /v1/policy/reload and /test */
void operator_get_policy(struct gate *g, struct server_req *r, const char *rest);
void operator_reload_policy(struct gate *g, struct server_req *r, const char *rest);
void operator_test_policy(struct gate *g, struct server_req *r, const char *rest);
/* freeze.c: POST /v1/freeze; GET and POST /v1/unfreeze */
void operator_freeze(struct gate *g, struct server_req *r, const char *rest);
void operator_get_unfreeze(struct gate *g, struct server_req *r, const char *rest);
void operator_unfreeze(struct gate *g, struct server_req *r, const char *rest);
/* takeover.c: POST and DELETE /v1/takeover/{session}, GET .../attached; input.c: POST /v1/input/{session} */
void operator_take_control(struct gate *g, struct server_req *r, const char *id);
void operator_hand_back(struct gate *g, struct server_req *r, const char *id);
void operator_attach(struct gate *g, struct server_req *r, const char *id);
void operator_input(struct gate *g, struct server_req *r, const char *id);
/* op_hand.c: POST /v1/sessions/{id}/run and /snapshot */
void operator_run(struct gate *g, struct server_req *r, const char *id);
void operator_snapshot(struct gate *g, struct server_req *r, const char *id);
/* running.c: GET /v1/running; ending.c: POST /v1/running/end */
void operator_get_running(struct gate *g, struct server_req *r, const char *rest);
void operator_end_running(struct gate *g, struct server_req *r, const char *rest);
/* op_session.c: POST /v1/sessions; POST /v1/sessions/{id}/start and the like */
void operator_create_session(struct gate *g, struct server_req *r, const char *rest);
void operator_change_session(struct gate *g, struct server_req *r, const char *id);
/* approvals.c: POST /v1/approvals/{id}/decide */
void operator_decide_approval(struct gate *g, struct server_req *r, const char *id);
/* op_alike.c: POST /v1/alikes, POST /v1/alikes/preview, DELETE /v1/alikes/{id} */
void operator_alike(struct gate *g, struct server_req *r, const char *rest);
void operator_alike_preview(struct gate *g, struct server_req *r, const char *rest);
void operator_alike_revoke(struct gate *g, struct server_req *r, const char *id);
/* op_budget.c: POST /v1/budgets */
void operator_budget(struct gate *g, struct server_req *r, const char *rest);
/* edit.c: the "body" of a decision in place of a held action's. ERR_INVALID with what is wrong with it; ERR_IO. */
int edit_action(struct gate *g, struct action *a, const struct json_doc *doc, const char *by, struct err *e);

#endif
