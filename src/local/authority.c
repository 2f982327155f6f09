/* authority: the rules, and the rows that they look at. See authority.h. */
#include "config.h"

#include "local/authority_own.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

int authority_open(const char *state_dir, struct authority **ret, struct err *e)
{
	struct authority *a = calloc(1, sizeof(*a));
	int r;

	if (!a)
		return err_set(e, ERR_NOMEM, "out of memory");
	snprintf(a->path, sizeof(a->path), "%s/actions.json", state_dir);
	r = authority_load(a, e);
	if (r == 0)
		*ret = a;
	else
		free(a);
	return r;
}

void authority_close(struct authority *a)
{
	free(a);
}

static bool make_id(const char *prefix, char out[AUTHORITY_ID])
{
	char random[17];

	if (random_hex(random, 16) < 0)
		return false;
	snprintf(out, AUTHORITY_ID, "%s_%s", prefix, random);
	return true;
}

/* What has run out says so from now on. */
static void expire(struct authority_rows *rows)
{
	int64_t now = clock_wall_ms();
	size_t i;

	for (i = 0; i < rows->approval_count; i++) {
		struct approval *p = &rows->approvals[i];

		if ((p->status == APPROVAL_PENDING || p->status == APPROVAL_APPROVED) && p->expires_ms <= now)
			p->status = APPROVAL_EXPIRED;
	}
}

const char *grant_status(const struct grant *g)
{
	return g->revoked_ms > 0 ? "revoked" : g->expires_ms > 0 && g->expires_ms <= clock_wall_ms() ? "expired" : "active";
}

/* A row that counts for this very question; NULL for none. */
static struct approval *find_approval(struct authority_rows *rows, const struct authority_question *q, const char *workspace)
{
	int64_t now = clock_wall_ms();
	size_t i;

	for (i = rows->approval_count; i-- > 0;) {
		struct approval *p = &rows->approvals[i];

		if (strcmp(p->request, q->request) == 0 && strcmp(p->capability, q->capability) == 0 && strcmp(p->workspace, workspace) == 0 &&
		    p->expires_ms > now && p->status <= APPROVAL_DENIED)
			return p;
	}
	return NULL;
}

static const struct grant *find_grant(const struct authority_rows *rows, const char *capability, const char *workspace)
{
	size_t i;

	for (i = 0; i < rows->grant_count; i++) {
		const struct grant *g = &rows->grants[i];

		if (strcmp(g->capability, capability) == 0 && strcmp(g->principal_type, AUTHORITY_PRINCIPAL_TYPE) == 0 &&
		    strcmp(g->principal_id, AUTHORITY_PRINCIPAL_ID) == 0 && (!g->workspace[0] || strcmp(g->workspace, workspace) == 0) &&
		    strcmp(grant_status(g), "active") == 0)
			return g;
	}
	return NULL;
}

static struct approval *add_approval(struct authority_rows *rows, const struct authority_question *q, const char *workspace)
{
	struct approval *p;
	size_t i;

	if (rows->approval_count == APPROVALS_MAX) {
		for (i = 0; i < APPROVALS_MAX && rows->approvals[i].status <= APPROVAL_APPROVED; i++)
			;
		if (i == APPROVALS_MAX)
			return NULL;
		memmove(&rows->approvals[i], &rows->approvals[i + 1], (APPROVALS_MAX - 1 - i) * sizeof(*p));
		rows->approval_count--;
	}
	p = &rows->approvals[rows->approval_count];
	*p = (struct approval){ .inserted_ms = clock_wall_ms() };
	p->expires_ms = p->inserted_ms + APPROVAL_MS;
	snprintf(p->capability, sizeof(p->capability), "%s", q->capability);
	snprintf(p->fingerprint, sizeof(p->fingerprint), "%s", q->fingerprint);
	snprintf(p->request, sizeof(p->request), "%s", q->request);
	snprintf(p->workspace, sizeof(p->workspace), "%s", workspace);
	if (!make_id("apr", p->id))
		return NULL;
	rows->approval_count++;
	return p;
}

/* By an approval, old or new. */
static int ask_person(struct authority_rows *rows, const struct authority_question *q, const char *workspace, struct authority_answer *ret, struct err *e)
{
	struct approval *p = find_approval(rows, q, workspace);

	ret->made = !p;
	if (!p)
		p = add_approval(rows, q, workspace);
	if (!p)
		return err_set(e, ERR_TOOBIG, "%d actions wait for an approval already", APPROVALS_MAX);
	memcpy(ret->approval, p->id, sizeof(ret->approval));
	if (p->status == APPROVAL_APPROVED) {
		ret->decision = AUTHORITY_ALLOW;
		p->status = APPROVAL_CONSUMED;
		p->consumed_ms = clock_wall_ms();
	} else if (p->status == APPROVAL_DENIED) {
		ret->decision = AUTHORITY_DENY;
		ret->reason = "a person denied this request";
	} else {
		ret->decision = AUTHORITY_PENDING;
		ret->reason = "a person has to approve it: ask again with the same request fingerprint once that is done";
	}
	return 0;
}

static int write_receipt(struct authority_rows *rows, const struct authority_question *q, const struct grant *g, struct authority_answer *ret, struct err *e)
{
	struct receipt *r;

	if (rows->receipt_count == RECEIPTS_MAX)
		memmove(rows->receipts, rows->receipts + 1, --rows->receipt_count * sizeof(*r));
	r = &rows->receipts[rows->receipt_count++];
	*r = (struct receipt){ .decision = ret->decision, .occurred_ms = clock_wall_ms() };
	if (!make_id("rcp", r->id))
		return err_set(e, ERR_IO, "no random bytes");
	snprintf(r->capability, sizeof(r->capability), "%s", q->capability);
	snprintf(r->fingerprint, sizeof(r->fingerprint), "%s", q->fingerprint);
	snprintf(r->params, sizeof(r->params), "%s", q->params);
	snprintf(r->surface, sizeof(r->surface), "%s", q->surface);
	snprintf(r->grant, sizeof(r->grant), "%s", g ? g->id : "");
	snprintf(r->approval, sizeof(r->approval), "%s", ret->approval);
	memcpy(ret->receipt, r->id, sizeof(ret->receipt));
	return 0;
}

int authority_ask(struct authority *a, const struct authority_question *q, struct authority_answer *ret, struct err *e)
{
	const struct capability *c = catalog_find(q->capability);
	const char *workspace = q->workspace ? q->workspace : "";
	char fingerprint[FINGERPRINT_SIZE] = "";
	const struct grant *g = NULL;
	int r = 0;

	*ret = (struct authority_answer){ .decision = AUTHORITY_ALLOW };
	expire(&a->rows);
	if (c)
		catalog_fingerprint(c, fingerprint);
	if (!c || strcmp(fingerprint, q->fingerprint) != 0) {
		ret->decision = AUTHORITY_DENY;
		ret->reason = c ? "the fingerprint is not the one of this capability in the catalog" : "the catalog has no such capability";
	} else if (c->risk != RISK_READ) {
		g = c->risk == RISK_WRITE ? find_grant(&a->rows, q->capability, workspace) : NULL;
		r = g ? 0 : ask_person(&a->rows, q, workspace, ret, e);
	}
	if (r == 0)
		r = write_receipt(&a->rows, q, g, ret, e);
	if (r < 0) {
		a->rows = a->before;
		return r;
	}
	return authority_save(a, e);
}

int authority_resolve(struct authority *a, const char *id, bool approve, const struct approval **ret, struct err *e)
{
	struct approval *p = a->rows.approvals, *end = p + a->rows.approval_count;
	int r;

	expire(&a->rows);
	while (p < end && strcmp(p->id, id) != 0)
		p++;
	if (p == end)
		return err_set(e, ERR_NOTFOUND, "there is no approval %.60s", id);
	if (p->status != APPROVAL_PENDING)
		return err_set(e, ERR_STATE, "it is %s already", approval_status_words[p->status]);
	p->status = approve ? APPROVAL_APPROVED : APPROVAL_DENIED;
	p->resolved_ms = clock_wall_ms();
	r = authority_save(a, e);
	*ret = p;
	return r;
}

int authority_grant(struct authority *a, const struct grant *g, const struct grant **ret, struct err *e)
{
	const struct capability *c = catalog_find(g->capability);
	struct authority_rows *rows = &a->rows;
	char fingerprint[FINGERPRINT_SIZE];
	struct grant *p;
	size_t i;

	if (!c)
		return err_set(e, ERR_INVALID, "the catalog has no capability \"%s\"", g->capability);
	catalog_fingerprint(c, fingerprint);
	if (strcmp(g->fingerprint, fingerprint) != 0)
		return err_set(e, ERR_INVALID, "the fingerprint is not the one of %s in the catalog", c->name);
	if (c->risk == RISK_DESTRUCTIVE)
		return err_set(e, ERR_INVALID, "%s is destructive: a person approves it each time, and no grant covers it", c->name);
	if (rows->grant_count == GRANTS_MAX) {
		for (i = 0; i < GRANTS_MAX && strcmp(grant_status(&rows->grants[i]), "active") == 0; i++)
			;
		if (i == GRANTS_MAX)
			return err_set(e, ERR_TOOBIG, "there are %d grants already", GRANTS_MAX);
		memmove(&rows->grants[i], &rows->grants[i + 1], (GRANTS_MAX - 1 - i) * sizeof(*p));
		rows->grant_count--;
	}
	p = &rows->grants[rows->grant_count++];
	*p = *g;
	p->inserted_ms = clock_wall_ms();
	if (!make_id("grt", p->id)) {
		*rows = a->before;
		return err_set(e, ERR_IO, "no random bytes");
	}
	*ret = p;
	return authority_save(a, e);
}

int authority_revoke(struct authority *a, const char *id, const struct grant **ret, struct err *e)
{
	struct grant *g = a->rows.grants, *end = g + a->rows.grant_count;

	while (g < end && strcmp(g->id, id) != 0)
		g++;
	if (g == end)
		return err_set(e, ERR_NOTFOUND, "there is no grant %.60s", id);
	*ret = g;
	if (g->revoked_ms > 0)
		return 0;
	g->revoked_ms = clock_wall_ms();
	return authority_save(a, e);
}

void authority_approvals(struct authority *a, const char *status, struct jsonw *w)
{
	size_t i;

	expire(&a->rows);
	jw_begin(w, '[');
	for (i = a->rows.approval_count; i-- > 0;)
		if (!status || strcmp(approval_status_words[a->rows.approvals[i].status], status) == 0)
			approval_json(&a->rows.approvals[i], w);
	jw_end(w, ']');
}

void authority_grants(struct authority *a, const char *status, struct jsonw *w)
{
	size_t i;

	jw_begin(w, '[');
	for (i = a->rows.grant_count; i-- > 0;)
		if (!status || strcmp(grant_status(&a->rows.grants[i]), status) == 0)
			grant_json(&a->rows.grants[i], w);
	jw_end(w, ']');
}

void authority_receipts(struct authority *a, int limit, struct jsonw *w)
{
	size_t i;

	jw_begin(w, '[');
	for (i = a->rows.receipt_count; i-- > 0 && limit-- > 0;)
		receipt_json(&a->rows.receipts[i], w);
	jw_end(w, ']');
}
