/*
 * describe: one plain sentence of what a request would do, its coordinates, and risk words by fixed rules. Pure.
 *
 * Only from the request itself: what the agent says about it is never read here. The words come from risks.h.
 */
#ifndef ASSENT_DESCRIBE_H
#define ASSENT_DESCRIBE_H

#include "core/action.h"

#define DESCRIBE_BODY_MAX ACTION_OPAQUE_OVER	/* longer bodies are never parsed */

/*
 * Fills plain, summary, text, points and risks of a from its request. session_name is what the operator sees for the session
 * ("" when not known yet). 0 or ERR_NOMEM.
 */
int describe(struct action *a, const char *session_name);
/* Is a field of a body one of those that SDKs give a coordinate in? */
bool describe_is_coordinate(const char *field);

#endif
