/*
 * authority: who may do what (the action authority of the API): it is asked before an action and records a receipt of each answer. It sees fingerprints,
 * never what they stand for, and it is only asked: the calls themselves do not look here.
 *
 * A read is allowed. A write is allowed by a grant, else a person is asked. A destructive action is allowed by a person only, each time. A
 * person's yes is for one request fingerprint, is used up by asking again with the same one, and counts for 15 minutes, as his no does.
 *
 * The rows are kept in STATE/actions.json: after each change the whole file is written anew beside the old one and put in its place. What could not
 * be written did not happen.
 */
#ifndef ASSENT_LOCAL_AUTHORITY_H
#define ASSENT_LOCAL_AUTHORITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "local/catalog.h"

enum {
	AUTHORITY_ID = 24,
	AUTHORITY_WORD = 128,		/* surface, workspace, principal: bytes with the NUL */
	APPROVALS_MAX = 256, GRANTS_MAX = 256, RECEIPTS_MAX = 512,	/* the oldest that are done with make room */
	APPROVAL_MS = 15 * 60 * 1000,
};

struct authority;

enum approval_status { APPROVAL_PENDING, APPROVAL_APPROVED, APPROVAL_DENIED, APPROVAL_CONSUMED, APPROVAL_EXPIRED, APPROVAL_STATUSES };

struct approval {
	char id[AUTHORITY_ID], capability[64], fingerprint[FINGERPRINT_SIZE], request[FINGERPRINT_SIZE];
	char workspace[AUTHORITY_WORD];		/* "": none */
	enum approval_status status;
	int64_t inserted_ms, expires_ms, resolved_ms, consumed_ms;	/* wall time; 0: not yet */
};

struct grant {
	char id[AUTHORITY_ID], capability[64], fingerprint[FINGERPRINT_SIZE];
	char principal_type[24], principal_id[AUTHORITY_WORD], workspace[AUTHORITY_WORD];
	int64_t inserted_ms, expires_ms, revoked_ms;
};

/* What is asked. Borrowed. */
struct authority_question {
	const char *capability, *fingerprint, *request, *params, *surface;
	const char *workspace;		/* NULL: none */
};

enum authority_decision { AUTHORITY_ALLOW, AUTHORITY_DENY, AUTHORITY_PENDING };
extern const char *const authority_decision_words[3];

struct authority_answer {
	enum authority_decision decision;
	char receipt[AUTHORITY_ID];
	char approval[AUTHORITY_ID];	/* "": none */
	const char *reason;		/* NULL: none; static */
	bool made;			/* the approval is new */
};

/* Everybody who has the token is this one principal. */
#define AUTHORITY_PRINCIPAL_TYPE "api_key"
#define AUTHORITY_PRINCIPAL_ID "local"

/* Reads the rows of an earlier run. ERR_INVALID: the file is damaged, and left as it is. */
int authority_open(const char *state_dir, struct authority **ret, struct err *e);
void authority_close(struct authority *a);	/* NULL is fine */

/* ERR_IO: not written, so not answered. ERR_TOOBIG: APPROVALS_MAX wait already. */
int authority_ask(struct authority *a, const struct authority_question *q, struct authority_answer *ret, struct err *e);
/* ERR_NOTFOUND; ERR_STATE: it does not wait any more. *ret borrowed until the next call. */
int authority_resolve(struct authority *a, const char *id, bool approve, const struct approval **ret, struct err *e);
/* expires_ms 0: never. ERR_INVALID: no such capability, or another fingerprint; ERR_TOOBIG: GRANTS_MAX hold. */
int authority_grant(struct authority *a, const struct grant *g, const struct grant **ret, struct err *e);
int authority_revoke(struct authority *a, const char *id, const struct grant **ret, struct err *e);

/* Lists, newest first; status NULL: all. */
void authority_approvals(struct authority *a, const char *status, struct jsonw *w);
void authority_grants(struct authority *a, const char *status, struct jsonw *w);
void authority_receipts(struct authority *a, int limit, struct jsonw *w);
void approval_json(const struct approval *p, struct jsonw *w);
void grant_json(const struct grant *g, struct jsonw *w);

#endif
