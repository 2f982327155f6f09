/* catalog: the capabilities that assent-local really has, under the names and in the form of the API's action catalog. */
#ifndef ASSENT_LOCAL_CATALOG_H
#define ASSENT_LOCAL_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "core/fingerprint.h"

/* What an action may do; from it follows when it needs a person: reads never, writes by policy, destructive ones always. */
enum risk { RISK_READ, RISK_WRITE, RISK_DESTRUCTIVE };

struct capability {
	const char *name;
	enum risk risk;
	const char *scope;	/* "tenant", "workspace", "computer", "deployment" */
};

const struct capability *catalog_find(const char *name);	/* NULL: there is none */
void catalog_fingerprint(const struct capability *c, char out[FINGERPRINT_SIZE]);
/* "sha256:" and 64 lower-case hex digits. */
bool catalog_is_fingerprint(const char *text);
void catalog_json(struct jsonw *w);	/* a list of all */

#endif
