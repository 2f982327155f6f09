/* authority_own: what authority.c and authority_file.c share. */
#ifndef ASSENT_LOCAL_AUTHORITY_OWN_H
#define ASSENT_LOCAL_AUTHORITY_OWN_H

#include <stddef.h>

#include "local/authority.h"

struct receipt {
	char id[AUTHORITY_ID], capability[64], fingerprint[FINGERPRINT_SIZE], params[FINGERPRINT_SIZE];
	char surface[AUTHORITY_WORD], grant[AUTHORITY_ID], approval[AUTHORITY_ID];
	enum authority_decision decision;
	int64_t occurred_ms;
};

/* Oldest first. */
struct authority_rows {
	struct approval approvals[APPROVALS_MAX];
	struct grant grants[GRANTS_MAX];
	struct receipt receipts[RECEIPTS_MAX];
	size_t approval_count, grant_count, receipt_count;
};

struct authority {
	char path[4200];
	struct authority_rows rows, before;	/* before: as they are on disk */
};

extern const char *const approval_status_words[APPROVAL_STATUSES];
void receipt_json(const struct receipt *r, struct jsonw *w);
const char *grant_status(const struct grant *g);	/* "active", "revoked", "expired" */

int authority_load(struct authority *a, struct err *e);	/* no file: no rows */
/* rows go to disk, or become again what is there. */
int authority_save(struct authority *a, struct err *e);

#endif
