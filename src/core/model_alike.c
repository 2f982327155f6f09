/* model_alike: when a rule that was made from a decision was used last. See model_own.h. */
#include "config.h"

#include "core/model_own.h"

void model_read_uses(struct model_alike *a, const struct json_doc *d, int v)
{
	int k;

	a->last_count = 0;
	for (k = json_first(d, json_get(d, v, "last_uses")); k != JSON_NONE && a->last_count < MODEL_USES; k = json_next(d, k)) {
		int64_t action = 0, wall_ms = 0;

		json_int(d, json_get(d, k, "action"), &action);
		json_int(d, json_get(d, k, "wall_ms"), &wall_ms);
		if (action > 0) {
			a->last[a->last_count].action = action;
			a->last[a->last_count++].wall_ms = wall_ms;
		}
	}
}
