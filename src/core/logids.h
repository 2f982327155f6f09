/* logids: the last event id of each of a log's sources. Pure. */
#ifndef ASSENT_LOGIDS_H
#define ASSENT_LOGIDS_H

enum { LOG_SOURCE_MAX = 47, LOG_ID_MAX = 1024, LOG_SOURCES_MAX = 32 };	/* bytes, bytes, sources */

struct log_id {
	struct log_id *next;
	char *source, *id;	/* own */
};

/* The source that was set last comes first. All zero is none. */
struct log_ids {
	struct log_id *first;
};

/* What is over the limits above is not kept; when there is one source too many, that which was set longest ago goes. Aborts when out of memory. */
void log_ids_set(struct log_ids *ids, const char *source, const char *id);
const char *log_ids_get(const struct log_ids *ids, const char *source);	/* "" for none; borrowed until the next set */
int log_ids_count(const struct log_ids *ids);
void log_ids_release(struct log_ids *ids);

#endif
