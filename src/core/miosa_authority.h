/* miosa_authority: the rows of MIOSA's action authority: approvals. Pure; as miosa_object.h. */
#ifndef ASSENT_MIOSA_AUTHORITY_H
#define ASSENT_MIOSA_AUTHORITY_H

#include "base/json.h"

/* It has hashes where the parameters were. */
struct miosa_approval {
	char *id, *capability, *capability_fingerprint, *fingerprint, *status;
	char *principal;		/* "api_key:key_1" */
	char *workspace;		/* "" for none */
	char *inserted_at, *expires_at;	/* as they stand there; "" for none */
	bool open;			/* it waits for a person, as far as it says */
};

/* false: it has no id. */
bool miosa_approval(const struct json_doc *d, int v, struct miosa_approval *ret);
void miosa_approval_release(struct miosa_approval *a);
bool miosa_approval_same(const struct miosa_approval *a, const struct miosa_approval *b);	/* in every field */

#endif
