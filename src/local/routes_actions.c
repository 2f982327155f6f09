/* routes_actions: /actions and what is below: the authority over HTTP. Bodies are read strictly: an unknown field is refused. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "local/api.h"
#include "local/when.h"

enum { RECEIPTS_LISTED = 100 };

static const char name_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

static bool refuse(struct api_call *c, const char *what)
{
	api_error(c->req, 422, "VALIDATION_ERROR", "%s", what);
	return false;
}

static void failed(struct api_call *c, int r, const struct err *e)
{
	if (r == ERR_STATE)
		api_error(c->req, 409, "APPROVAL_NOT_PENDING", "%s", e->msg);
	else if (r == ERR_TOOBIG)
		api_error(c->req, 429, "TOO_MANY_ROWS", "%s", e->msg);
	else
		api_failed(c->req, r, e);
}

/* {"data": ...} around what put writes. */
static void reply_list(struct api_call *c, const char *status, void (*put)(struct authority *a, const char *status, struct jsonw *w))
{
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	put(c->local->authority, status, &w);
	api_send_data(c, 200, &b, &w);
}

static void put_catalog(struct authority *a, const char *status, struct jsonw *w)
{
	(void)a;
	(void)status;
	catalog_json(w);
}

static void catalog(struct api_call *c)
{
	reply_list(c, NULL, put_catalog);
}

static void approvals(struct api_call *c)
{
	char *status = api_query(c, "status");

	reply_list(c, status, authority_approvals);
	free(status);
}

static void grants(struct api_call *c)
{
	char *status = api_query(c, "status");

	reply_list(c, status, authority_grants);
	free(status);
}

static void receipts(struct api_call *c)
{
	int64_t limit = RECEIPTS_LISTED;
	struct buf b;
	struct jsonw w;

	if (!api_query_int(c, "limit", 1, RECEIPTS_MAX, &limit))
		return;
	api_data(&b, &w);
	authority_receipts(c->local->authority, (int)limit, &w);
	api_send_data(c, 200, &b, &w);
}

/* The tenant hears of it; the row's own fields are read, so the event has only what does not change. */
static void tell(struct api_call *c, const char *type, const char *id, const char *capability, const char *status)
{
	struct buf more;

	buf_init(&more, 1024);
	buf_printf(&more, "\"capability_name\":\"%s\",\"status\":\"%s\",\"extension\":\"assent-local\"", capability, status);
	api_tenant_event(c->local, type, id, &more);
	buf_release(&more);
}

/* A name or fingerprint that was read into `out`. */
static bool read_text(struct api_call *c, int object, const char *key, char *out, size_t size)
{
	char *text = json_strdup(&c->body, json_get(&c->body, object, key));
	bool good = text && text[0] && strlen(text) < size;

	if (good)
		memcpy(out, text, strlen(text) + 1);
	else
		api_error(c->req, 422, "VALIDATION_ERROR", "\"%s\" must be a string of 1 to %zu bytes", key, size - 1);
	free(text);
	return good;
}

static bool read_fingerprint(struct api_call *c, int object, const char *key, char out[FINGERPRINT_SIZE])
{
	char *text = json_strdup(&c->body, json_get(&c->body, object, key));
	bool good = text && catalog_is_fingerprint(text);

	if (good)
		memcpy(out, text, FINGERPRINT_SIZE);
	else
		api_error(c->req, 422, "VALIDATION_ERROR", "\"%s\" must be \"sha256:\" and 64 lower-case hex digits", key);
	free(text);
	return good;
}

static bool read_capability(struct api_call *c, char name[64], char fingerprint[FINGERPRINT_SIZE])
{
	int v = json_get(&c->body, c->root, "capability");

	if (json_type(&c->body, v) != JSON_OBJECT || json_size(&c->body, v) != 2)
		return refuse(c, "\"capability\" must be an object with \"name\" and \"fingerprint\"");
	if (!read_text(c, v, "name", name, 64) || !read_fingerprint(c, v, "fingerprint", fingerprint))
		return false;
	return strspn(name, name_chars) == strlen(name) || refuse(c, "\"name\" has only a-z, 0-9, dot, underscore and hyphen");
}

/* out "" when there is none. */
static bool read_workspace(struct api_call *c, char out[AUTHORITY_WORD])
{
	int v = json_get(&c->body, c->root, "workspace_id");

	out[0] = '\0';
	return v == JSON_NONE || json_type(&c->body, v) == JSON_NULL || read_text(c, c->root, "workspace_id", out, AUTHORITY_WORD);
}

static void reply_decision(struct api_call *c, const struct authority_question *q, const struct authority_answer *a)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 4096);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "decision", authority_decision_words[a->decision]);
	jw_key(&w, "capability");
	jw_begin(&w, '{');
	jw_kstr(&w, "name", q->capability);
	jw_kstr(&w, "fingerprint", q->fingerprint);
	jw_end(&w, '}');
	jw_kstr(&w, "receipt_id", a->receipt);
	if (a->approval[0])
		jw_kstr(&w, "approval_request_id", a->approval);
	if (a->reason)
		jw_kstr(&w, "reason", a->reason);
	jw_end(&w, '}');
	api_json(c->req, a->decision == AUTHORITY_PENDING ? 202 : 200, &b);
}

static void authorize(struct api_call *c)
{
	static const char *const fields[] = { "capability", "request_fingerprint", "params_fingerprint", "surface", "workspace_id", NULL };
	char name[64], fingerprint[FINGERPRINT_SIZE], request[FINGERPRINT_SIZE], params[FINGERPRINT_SIZE];
	char surface[AUTHORITY_WORD], workspace[AUTHORITY_WORD];
	struct authority_question q = { .capability = name, .fingerprint = fingerprint, .request = request, .params = params, .surface = surface };
	struct authority_answer a;
	struct err e;
	int r;

	if (!api_only(c, fields) || !read_capability(c, name, fingerprint) || !read_fingerprint(c, c->root, "request_fingerprint", request) ||
	    !read_fingerprint(c, c->root, "params_fingerprint", params) || !read_text(c, c->root, "surface", surface, sizeof(surface)) ||
	    !read_workspace(c, workspace))
		return;
	q.workspace = workspace[0] ? workspace : NULL;
	r = authority_ask(c->local->authority, &q, &a, &e);
	if (r < 0) {
		failed(c, r, &e);
		return;
	}
	if (a.made)
		tell(c, "approval.requested", a.approval, name, "pending");
	else if (a.approval[0] && a.decision == AUTHORITY_ALLOW)
		tell(c, "approval.consumed", a.approval, name, "consumed");
	reply_decision(c, &q, &a);
}

static void resolve(struct api_call *c, bool approve)
{
	static const char *const none[] = { NULL };
	const struct approval *p;
	struct buf b;
	struct jsonw w;
	struct err e;
	int r;

	if (!api_only(c, none))
		return;
	r = authority_resolve(c->local->authority, c->ids[0], approve, &p, &e);
	if (r < 0) {
		failed(c, r, &e);
		return;
	}
	tell(c, approve ? "approval.approved" : "approval.denied", p->id, p->capability, approve ? "approved" : "denied");
	api_data(&b, &w);
	approval_json(p, &w);
	api_send_data(c, 200, &b, &w);
}

static void approve(struct api_call *c) { resolve(c, true); }
static void deny(struct api_call *c) { resolve(c, false); }

static void reply_grant(struct api_call *c, const struct grant *g, int status)
{
	struct buf b;
	struct jsonw w;

	api_data(&b, &w);
	grant_json(g, &w);
	api_send_data(c, status, &b, &w);
}

/* Only fingerprints are seen when it is used, so there is nothing that a constraint could be held against. */
static bool no_constraints(struct api_call *c)
{
	int v = json_get(&c->body, c->root, "constraints");

	return v == JSON_NONE || json_type(&c->body, v) == JSON_NULL || (json_type(&c->body, v) == JSON_OBJECT && json_size(&c->body, v) == 0) ||
	       refuse(c, "\"constraints\" cannot be kept here: a grant covers every request for its capability");
}

static bool read_expiry(struct api_call *c, int64_t *ret_ms)
{
	char *text;
	bool good;

	*ret_ms = 0;
	if (!api_optional_string(c, "expires_at", &text))
		return false;
	good = !text || (when_read(text, ret_ms) && *ret_ms > clock_wall_ms());
	free(text);
	return good || refuse(c, "\"expires_at\" must be a moment to come, as 2030-01-31T12:00:00Z");
}

static bool read_principal(struct api_call *c, struct grant *g)
{
	static const char *const types[] = { "user", "api_key", "osa", "optimal", "schedule", "opencomputer", "mcp", "service" };
	size_t i;

	if (!read_text(c, c->root, "principal_type", g->principal_type, sizeof(g->principal_type)) ||
	    !read_text(c, c->root, "principal_id", g->principal_id, sizeof(g->principal_id)))
		return false;
	for (i = 0; i < ARRAY_LEN(types); i++)
		if (strcmp(types[i], g->principal_type) == 0)
			return true;
	return refuse(c, "\"principal_type\" must be user, api_key, osa, optimal, schedule, opencomputer, mcp or service");
}

static void grant(struct api_call *c)
{
	static const char *const fields[] = { "capability", "principal_type", "principal_id", "workspace_id", "expires_at", "constraints", NULL };
	struct grant wanted = { 0 };
	const struct grant *g;
	struct err e;
	int r;

	if (!api_only(c, fields) || !read_capability(c, wanted.capability, wanted.fingerprint) || !read_principal(c, &wanted) ||
	    !read_workspace(c, wanted.workspace) || !read_expiry(c, &wanted.expires_ms) || !no_constraints(c))
		return;
	r = authority_grant(c->local->authority, &wanted, &g, &e);
	if (r < 0) {
		failed(c, r, &e);
		return;
	}
	tell(c, "grant.created", g->id, g->capability, "active");
	reply_grant(c, g, 201);
}

static void revoke_grant(struct api_call *c)
{
	const struct grant *g;
	struct err e;
	int r = authority_revoke(c->local->authority, c->ids[0], &g, &e);

	if (r < 0) {
		failed(c, r, &e);
		return;
	}
	tell(c, "grant.revoked", g->id, g->capability, "revoked");
	reply_grant(c, g, 200);
}

const struct api_route routes_actions[] = {
	{ HTTP_GET, "/actions/catalog", false, false, catalog },
	{ HTTP_POST, "/actions/authorize", true, false, authorize },
	{ HTTP_GET, "/actions/approvals", false, false, approvals },
	{ HTTP_POST, "/actions/approvals/{}/approve", true, false, approve },
	{ HTTP_POST, "/actions/approvals/{}/deny", true, false, deny },
	{ HTTP_GET, "/actions/grants", false, false, grants },
	{ HTTP_POST, "/actions/grants", true, false, grant },
	{ HTTP_DELETE, "/actions/grants/{}", false, false, revoke_grant },
	{ HTTP_GET, "/actions/receipts", false, false, receipts },
};
const size_t routes_actions_count = ARRAY_LEN(routes_actions);
