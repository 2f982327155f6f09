/* fault: see fault.h. */
#include "config.h"

#include "local/fault.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct faults faults;

static int parse_drop(const char *text, size_t len, struct faults *f)
{
	char *end;
	unsigned long long n;

	if (len == 0 || len > 12 || strspn(text, "0123456789") < len)
		return -1;
	n = strtoull(text, &end, 10);
	if (n < FAULT_DROP_MIN || n > SIZE_MAX / 2)
		return -1;
	f->drop_every = (size_t)n;
	return 0;
}

int fault_parse(const char *text, struct faults *ret, struct err *e)
{
	static const char drop[] = "drop-every=";
	struct faults f = { 0 };
	const struct { const char *name; bool *set; } plain[] = {
		{ "dup-ids", &f.dup_ids }, { "reorder", &f.reorder }, { "no-heartbeat", &f.no_heartbeat }, { "406", &f.not_acceptable }, { "429", &f.too_many },
	};
	size_t n, i;

	for (;; text += n + 1) {
		bool known = false;

		n = strcspn(text, ",");
		if (n > sizeof(drop) - 1 && memcmp(text, drop, sizeof(drop) - 1) == 0)
			known = f.drop_every == 0 && parse_drop(text + sizeof(drop) - 1, n - (sizeof(drop) - 1), &f) == 0;
		for (i = 0; !known && i < ARRAY_LEN(plain); i++) {
			known = strlen(plain[i].name) == n && memcmp(text, plain[i].name, n) == 0 && !*plain[i].set;
			if (known)
				*plain[i].set = true;
		}
		if (!known)
			return err_set(e, ERR_INVALID, "\"%.*s\" is no fault, or stands there twice: drop-every=BYTES (%d or more), dup-ids, reorder, no-heartbeat, 406, 429",
				       (int)n, text, FAULT_DROP_MIN);
		if (!text[n])
			break;
	}
	*ret = f;
	return 0;
}

static bool is_stream(const char *path)
{
	static const char *const ends[] = { "/stream", "/events", "/watch", "/activity" };
	size_t n = strlen(path), i;

	for (i = 0; i < ARRAY_LEN(ends); i++)
		if (n >= strlen(ends[i]) && strcmp(path + n - strlen(ends[i]), ends[i]) == 0)
			return true;
	return false;
}

bool fault_too_many(const struct http_head *h)
{
	static unsigned int count;

	return faults.too_many && !is_stream(h->path) && ++count % 5 == 0;
}

bool fault_not_acceptable(const struct http_head *h)
{
	const char *accept = http_field(h, "accept");

	return faults.not_acceptable && accept && strcmp(accept, "text/event-stream") == 0;
}
