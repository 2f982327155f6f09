/* op_budget: POST /v1/budgets: an operator says how much an agent, or all on a session, may ask for. */
#include "config.h"

#include <stdlib.h>

#include "gate/budgets.h"
#include "gate/operator.h"
#include "io/log.h"

static void put_cap(struct buf *out, enum budget_cap cap, int64_t most)
{
	char number[32];

	budget_write(number, cap, most);
	buf_printf(out, " %s=%s", budget_cap_name(cap), number);
}

/* The caps that the body names, into *l and as words for the record. ERR_INVALID. */
static int read_caps(const struct json_doc *d, struct budget_limits *l, struct buf *words, struct err *e)
{
	bool some = false;
	int i;

	for (i = 0; i < BUDGET_CAPS; i++) {
		const char *key = budget_cap_key((enum budget_cap)i);
		int v = json_get(d, json_root(d), key);
		int64_t most = BUDGET_UNSET;

		if (v == JSON_NONE)
			continue;
		if (json_type(d, v) != JSON_NULL && (json_int(d, v, &most) < 0 || most < 0 || most > BUDGET_MAX))
			return err_set(e, ERR_INVALID, "\"%s\" is neither null nor a number from 0 to %d", key, BUDGET_MAX);
		some = true;
		l->most[i] = most;
		if (most == BUDGET_UNSET)
			buf_printf(words, " %s as before", budget_cap_name((enum budget_cap)i));
		else
			put_cap(words, (enum budget_cap)i, most);
	}
	return some ? 0 : err_set(e, ERR_INVALID, "no cap is named: actions, per_minute, waiting, reads_per_minute, cost");
}

static void reply(struct gate *g, struct server_req *r, bool of_session, const char *name)
{
	const struct session *s = of_session ? feed_session(g, name) : NULL;
	const struct agent *a = of_session ? NULL : gate_agent(g, name);
	struct jsonw w;
	struct buf b;

	buf_init(&b, 65536);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	if (a) {
		jw_key(&w, "agent");
		view_agent(g, a, &w);
	} else if (s) {
		jw_key(&w, "session");
		view_session(g, s, &w);
	}
	jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

/* On disk first. */
static int set_budget(struct gate *g, const struct json_doc *d, bool of_session, const char *name, const char *who, struct err *e)
{
	struct budget_limits own;
	struct buf words;
	int result;

	budgets_own(g, of_session, name, &own);
	buf_init(&words, 1024);
	buf_printf(&words, "%s %s:", of_session ? "session" : "agent", name);
	result = read_caps(d, &own, &words, e);
	if (result == 0) {
		result = store_set_budget(g->store, of_session ? "session" : "agent", name, &own, who, buf_cstr(&words), e);
		gate_set_record_error(g, result < 0 ? e->msg : NULL);
	}
	if (result == 0) {
		log_line("the budget of %s, says %s", buf_cstr(&words), who);
		result = budgets_set_own(g, of_session, name, &own, e);
	}
	buf_release(&words);
	return result;
}

void operator_budget(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "kind", "name", "actions", "per_minute", "waiting", "reads_per_minute", "cost", "by", NULL };
	struct budget_limits own;
	struct json_doc d;
	struct err e;
	bool of_session;
	char *name, who[80];
	int kind, result;

	(void)rest;
	if (!operator_allows(g, r, "changing a budget") || !operator_read_body(r, &d, known))
		return;
	kind = json_get(&d, json_root(&d), "kind");
	of_session = json_str_is(&d, kind, "session");
	name = json_strdup(&d, json_get(&d, json_root(&d), "name"));
	if ((!of_session && !json_str_is(&d, kind, "agent")) || !name)
		server_error(r, 422, NULL, "invalid_budget", "\"kind\" is agent or session, and \"name\" says whose budget it is", NULL);
	else if (!of_session && !gate_agent(g, name))
		server_error(r, 404, NULL, "agent_not_found", "there is no such agent", NULL);
	else if (of_session && !feed_session(g, name) && !budgets_own(g, true, name, &own))
		server_error(r, 404, NULL, "session_not_found", "there is no such session; it is named by its id", NULL);
	else {
		operator_who(g, r, &d, who);
		result = set_budget(g, &d, of_session, name, who, &e);
		if (result == 0)
			reply(g, r, of_session, name);
		else
			server_error(r, result == ERR_INVALID ? 422 : 503, NULL, result == ERR_INVALID ? "invalid_budget" : "record_failed", e.msg, NULL);
	}
	free(name);
	json_release(&d);
}
