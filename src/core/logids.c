/* logids: see logids.h. */
#include "config.h"

#include "core/logids.h"

#include <stdlib.h>
#include <string.h>

static void free_id(struct log_id *k)
{
	free(k->source);
	free(k->id);
	free(k);
}

/* Takes it out of the list; NULL for none. */
static struct log_id *take(struct log_ids *ids, const char *source)
{
	struct log_id **p, *k;

	for (p = &ids->first; (k = *p) != NULL; p = &k->next) {
		if (strcmp(k->source, source) == 0) {
			*p = k->next;
			return k;
		}
	}
	return NULL;
}

static void drop_oldest(struct log_ids *ids)
{
	struct log_id **p = &ids->first;

	while ((*p)->next)
		p = &(*p)->next;
	free_id(*p);
	*p = NULL;
}

void log_ids_set(struct log_ids *ids, const char *source, const char *id)
{
	struct log_id *k;
	char *copy;

	if (strlen(source) > LOG_SOURCE_MAX || strlen(id) > LOG_ID_MAX)
		return;
	k = take(ids, source);
	if (!k && (k = calloc(1, sizeof(*k))) != NULL)
		k->source = strdup(source);
	copy = strdup(id);
	if (!k || !k->source || !copy)
		abort();
	free(k->id);
	k->id = copy;
	k->next = ids->first;
	ids->first = k;
	if (log_ids_count(ids) > LOG_SOURCES_MAX)
		drop_oldest(ids);
}

const char *log_ids_get(const struct log_ids *ids, const char *source)
{
	const struct log_id *k;

	for (k = ids->first; k && strcmp(k->source, source) != 0; k = k->next)
		;
	return k ? k->id : "";
}

int log_ids_count(const struct log_ids *ids)
{
	const struct log_id *k;
	int n = 0;

	for (k = ids->first; k; k = k->next)
		n++;
	return n;
}

void log_ids_release(struct log_ids *ids)
{
	struct log_id *k;

	while ((k = ids->first) != NULL) {
		ids->first = k->next;
		free_id(k);
	}
}
