/*
 * model_found: which actions were found risky by what was looked up about them. The gate does not tell it, so it has to outlive a new snapshot, in which
 * all actions are made anew. Pure.
 */
#ifndef ASSENT_CORE_MODEL_FOUND_H
#define ASSENT_CORE_MODEL_FOUND_H

#include "core/model.h"

struct model_found_one { int64_t id, version; };

struct model_kept_found {
	struct model_found_one *list;	/* own */
	size_t count;
};

/* Those that are so now. ERR_NOMEM: *ret is empty. */
int model_keep_found(const struct model *m, struct model_kept_found *ret);
/* They are so again, where they are there, in the version that was looked at. Releases *k. */
void model_restore_found(struct model *m, struct model_kept_found *k);

#endif
