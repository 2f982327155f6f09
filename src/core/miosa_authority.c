/* miosa_authority: see miosa_authority.h. */
#include "config.h"

#include "core/miosa_authority.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* "" for what is no string. */
static char *text(const struct json_doc *d, int v, const char *name)
{
	char *s = json_strdup(d, json_get(d, v, name));

	if (!s)
		s = strdup("");
	if (!s)
		abort();
	return s;
}

static char *principal(const struct json_doc *d, int v)
{
	char *type = text(d, v, "principal_type"), *id = text(d, v, "principal_id"), *both;
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	buf_printf(&b, "%s%s%s", type, type[0] && id[0] ? ":" : "", id);
	both = buf_take(&b);
	if (!both)
		abort();
	free(type);
	free(id);
	return both;
}

static bool is_set(const struct json_doc *d, int v, const char *name)
{
	enum json_type type = json_type(d, json_get(d, v, name));

	return type != JSON_NOTHING && type != JSON_NULL;
}

/* The words are not written down anywhere: what has been answered, used or run out says so by a time too, and an unknown word waits. */
static bool is_open(const struct json_doc *d, int v, const char *status)
{
	static const char *const over[] = { "approved", "denied", "rejected", "consumed", "expired", "revoked", "canceled", "cancelled", "resolved" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(over); i++)
		if (strcasecmp(status, over[i]) == 0)
			return false;
	return !is_set(d, v, "resolved_at") && !is_set(d, v, "consumed_at");
}

bool miosa_approval(const struct json_doc *d, int v, struct miosa_approval *ret)
{
	char *id = text(d, v, "id");

	*ret = (struct miosa_approval){ 0 };
	if (!id[0]) {
		free(id);
		return false;
	}
	*ret = (struct miosa_approval){
		.id = id, .capability = text(d, v, "capability_name"), .capability_fingerprint = text(d, v, "capability_fingerprint"),
		.fingerprint = text(d, v, "request_fingerprint"), .status = text(d, v, "status"), .principal = principal(d, v), .workspace = text(d, v, "workspace_id"),
		.inserted_at = text(d, v, "inserted_at"), .expires_at = text(d, v, "expires_at"),
	};
	ret->open = is_open(d, v, ret->status);
	return true;
}

void miosa_approval_release(struct miosa_approval *a)
{
	free(a->id);
	free(a->capability);
	free(a->capability_fingerprint);
	free(a->fingerprint);
	free(a->status);
	free(a->principal);
	free(a->workspace);
	free(a->inserted_at);
	free(a->expires_at);
	*a = (struct miosa_approval){ 0 };
}

bool miosa_approval_same(const struct miosa_approval *a, const struct miosa_approval *b)
{
	return strcmp(a->id, b->id) == 0 && strcmp(a->capability, b->capability) == 0 && strcmp(a->capability_fingerprint, b->capability_fingerprint) == 0 &&
	       strcmp(a->fingerprint, b->fingerprint) == 0 && strcmp(a->status, b->status) == 0 && strcmp(a->principal, b->principal) == 0 &&
	       strcmp(a->workspace, b->workspace) == 0 && strcmp(a->inserted_at, b->inserted_at) == 0 && strcmp(a->expires_at, b->expires_at) == 0 &&
	       a->open == b->open;
}
