/* model_parts: the lists inside of a session: its streams, previews and snapshots. See model_own.h. */
#include "config.h"

#include "core/model_own.h"

#include <stdlib.h>

/* A list inside of each session. */
struct part {
	const char *key;
	const struct model_table *table;
	size_t size, list, count;
};

#define PART(key, object, plural, singular) \
	{ key, &object##_fields, sizeof(struct object), offsetof(struct model_session, plural), offsetof(struct model_session, singular##_count) }

static const struct part parts[] = {
	PART("streams", model_stream, streams, stream), PART("previews", model_preview, previews, preview),
	PART("snapshots", model_snapshot_of, snapshots, snapshot),
};

void model_free_parts(struct model_session *s)
{
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(parts); i++) {
		char **list = model_at(s, parts[i].list);
		size_t *count = model_at(s, parts[i].count);

		for (k = 0; k < *count; k++)
			model_free_texts(*list + k * parts[i].size, parts[i].table);
		free(*list);
		*list = NULL;
		*count = 0;
	}
}

int model_read_parts(struct model_session *s, const struct json_doc *d, int v)
{
	size_t i;

	model_free_parts(s);
	for (i = 0; i < ARRAY_LEN(parts); i++) {
		int list = json_get(d, v, parts[i].key), k, n = json_type(d, list) == JSON_ARRAY ? json_size(d, list) : 0;
		size_t *count = model_at(s, parts[i].count);
		char *items;

		if (n == 0)
			continue;
		items = calloc((size_t)(n < MODEL_PARTS ? n : MODEL_PARTS), parts[i].size);
		if (!items)
			return ERR_NOMEM;
		*(char **)model_at(s, parts[i].list) = items;
		for (k = json_first(d, list); k != JSON_NONE && *count < MODEL_PARTS; k = json_next(d, k))
			model_read_fields(items + (*count)++ * parts[i].size, parts[i].table, d, k);
	}
	return 0;
}
