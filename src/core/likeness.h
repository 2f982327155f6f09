/* likeness: what makes two actions alike enough to stand in one row, as one number. Pure. Whether they are is asked of the texts (needs_alike). */
#ifndef ASSENT_CORE_LIKENESS_H
#define ASSENT_CORE_LIKENESS_H

#include <stdint.h>

struct model_action;

/* Of its agent, session, kind, class, state and risks, those that were looked up too. */
uint64_t likeness_of(const struct model_action *a);
uint64_t likeness_hash(const char *text);	/* of a name or another text; equal texts have equal ones */

#endif
