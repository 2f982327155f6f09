/* sessions: the upstream's sandboxes and computers, found by id in constant time. */
#ifndef ASSENT_GATE_SESSIONS_H
#define ASSENT_GATE_SESSIONS_H

#include "gate/gate.h"

struct sessions *sessions_new(struct gate *g);
void sessions_free(struct gate *g);	/* after the loop has ended; all that is left in it too */
/* What the upstream says of one, in a list or alone (v); made when it is new. NULL: it has no id, or a session of the other kind has it. */
struct session *sessions_read(struct gate *g, enum session_kind kind, const struct json_doc *d, int v);
int64_t sessions_count(const struct gate *g);
/* It is not there any more: its streams are closed, its log is kept on disk. */
void sessions_remove(struct gate *g, struct session *s);

#endif
