/* likeness: see likeness.h. */
#include "config.h"

#include "core/likeness.h"

#include "core/model.h"

/* FNV-1a; the end of a text counts too, so that "ab", "c" is not "a", "bc". */
static uint64_t mix(uint64_t hash, const char *text)
{
	do {
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	} while (*text++);
	return hash;
}

uint64_t likeness_hash(const char *text)
{
	return mix(0xcbf29ce484222325u, text);
}

uint64_t likeness_of(const struct model_action *a)
{
	uint64_t hash = mix(mix(mix(mix(likeness_hash(a->agent), a->session), a->kind), a->class), a->state);
	int i;

	for (i = 0; i < MODEL_RISKS && a->risks[i]; i++)
		hash = mix(hash, a->risks[i]);
	return model_is_found_risky(a) ? mix(hash, "found") : hash;
}
