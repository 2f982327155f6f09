/* model_action: what an action has beside its plain fields: lists, and what follows from its fields. See model_own.h. */
#include "config.h"

#include "core/model_own.h"

#include <stdlib.h>
#include <string.h>

#include "core/likeness.h"

static void free_list(char **list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		free(list[i]);
		list[i] = NULL;
	}
}

static void read_lists(struct model_action *a, const struct json_doc *d, int v)
{
	int list = json_get(d, v, "risks"), k;
	size_t n = 0;
	struct buf b;

	free_list(a->risks, MODEL_RISKS);
	for (k = json_first(d, list); k != JSON_NONE && n < MODEL_RISKS; k = json_next(d, k))
		a->risks[n++] = model_text(d, k);
	free_list(a->approved_by, MODEL_APPROVERS);
	list = json_get(d, v, "approvals");
	n = 0;
	for (k = json_first(d, list); k != JSON_NONE && n < MODEL_APPROVERS; k = json_next(d, k)) {
		model_int(d, json_get(d, k, "wall_ms"), &a->approved_wall_ms[n]);
		a->approved_by[n++] = model_text(d, json_get(d, k, "by"));
	}
	free_list(a->headers, MODEL_HEADERS);
	list = json_get(d, v, "headers");
	n = 0;
	for (k = json_first(d, list); k != JSON_NONE && n < MODEL_HEADERS; k = json_next(d, k)) {
		int name = json_first(d, k);

		buf_init(&b, SIZE_MAX - 1);
		json_str(d, name, &b);
		buf_puts(&b, ": ");
		json_str(d, json_next(d, name), &b);
		a->headers[n++] = buf_take(&b);
	}
}

static bool has_nul(const struct json_doc *d, int v)
{
	struct buf b;
	bool found;

	buf_init(&b, SIZE_MAX - 1);
	json_str(d, v, &b);
	found = b.len > 0 && memchr(b.data, '\0', b.len);
	buf_release(&b);
	return found;
}

void model_read_action(struct model_action *a, const struct json_doc *d, int v)
{
	int64_t n;

	model_read_fields(a, &model_action_fields, d, v);
	read_lists(a, d, v);
	model_read_changed(a, d, v);
	a->body_cut = has_nul(d, json_get(d, v, "body"));
	a->has_point = model_int(d, json_get(d, v, "x"), &n) && model_int(d, json_get(d, v, "y"), &n);
	a->has_second = model_int(d, json_get(d, v, "x2"), &n) && model_int(d, json_get(d, v, "y2"), &n);
	a->needs_person = json_bool(d, json_get(d, v, "needs_person"), true);
	a->agent_hash = likeness_hash(a->agent);
	a->likeness = likeness_of(a);
}

void model_free_lists(struct model_action *a)
{
	free_list(a->headers, MODEL_HEADERS);
	free_list(a->risks, MODEL_RISKS);
	free_list(a->approved_by, MODEL_APPROVERS);
	free(a->changed);
}
