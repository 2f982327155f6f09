/* model_screens: where the screen of an action changed. See model_own.h. */
#include "config.h"

#include <stdlib.h>

#include "core/model_own.h"

enum { CHANGED_MAX = 64, FAR = 1000000 };

static int64_t number(const struct json_doc *d, int v)
{
	int64_t n = 0;

	json_int(d, v, &n);
	return n < -FAR ? -FAR : n > FAR ? FAR : n;
}

void model_read_changed(struct model_action *a, const struct json_doc *d, int v)
{
	int list = json_get(d, json_get(d, v, "screens"), "changed"), k, count = json_size(d, list);

	free(a->changed);
	a->changed_count = 0;
	a->changed = count > 0 ? calloc((size_t)(count < CHANGED_MAX ? count : CHANGED_MAX), sizeof(*a->changed)) : NULL;
	for (k = json_first(d, list); a->changed && k != JSON_NONE && a->changed_count < CHANGED_MAX; k = json_next(d, k)) {
		int x = json_first(d, k), y = json_next(d, x), width = json_next(d, y), height = json_next(d, width);
		struct model_rect r = { number(d, x), number(d, y), number(d, width), number(d, height) };

		if (json_type(d, k) == JSON_ARRAY && r.width > 0 && r.height > 0)
			a->changed[a->changed_count++] = r;
	}
}
