/*
 * op_policy: the rules' file: loaded at the start, loaded anew when an operator says so, asked and shown by the operator API. A bad file at the start
 * stops the gate; a bad file later changes nothing but what the top line says.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "gate/budgets.h"
#include "gate/judging.h"
#include "gate/operator.h"
#include "io/log.h"
#include "io/moment.h"
#include "io/textfile.h"

static int check_persons(const struct gate *g, const struct policy *p, struct err *e)
{
	if (p->require_most <= 1 || p->require_most <= operators_count(g))
		return 0;
	return err_set(e, ERR_INVALID, "%s:%d:1: require=%d needs as many enrolled operators; there are %d: see assent operator", g->config.policy_path,
		       p->require_line, p->require_most, operators_count(g));
}

/* Reads, checks and records; only then it takes effect. */
static int load(struct gate *g, const char *who, struct err *e)
{
	char hex[DIGEST_HEX + 1], detail[512];
	struct policy *p = NULL;
	struct buf text;
	int r = textfile_read(g->config.policy_path, POLICY_FILE_MAX, &text, e);

	if (r == 0)
		r = policy_parse(g->config.policy_path, buf_cstr(&text), text.len, &p, e);
	if (r == 0)
		r = check_persons(g, p, e);
	if (r == 0) {
		digest_hex(buf_cstr(&text), text.len, hex);
		snprintf(detail, sizeof(detail), "%zu lines, sha256 %s, %.300s", p->rule_count + p->budget_count, hex, g->config.policy_path);
		r = store_record(g->store, "policy", who, detail, e) < 0 ? ERR_IO : 0;
	}
	if (r < 0) {
		policy_free(p);
		buf_release(&text);
		return r;
	}
	policy_free(g->policy);
	free(g->policy_text);
	g->policy = p;
	g->policy_text = buf_take(&text);
	g->policy_loaded_wall_ms = clock_wall_ms();
	g->policy_error[0] = '\0';
	log_line("policy: %s", detail);
	return 0;
}

int rules_load(struct gate *g, struct err *e)
{
	int r = g->config.policy_path ? load(g, "gate", e) : 0;

	return r == ERR_NOTFOUND && !g->config.policy_asked ? 0 : r;
}

void rules_release(struct gate *g)
{
	policy_free(g->policy);
	free(g->policy_text);
}

void view_policy(const struct gate *g, struct jsonw *w)
{
	jw_begin(w, '{');
	jw_kstr(w, "file", g->policy ? g->config.policy_path : NULL);
	jw_kint(w, "rules", g->policy ? (int64_t)(g->policy->rule_count + g->policy->budget_count) : 0);
	jw_kint(w, "loaded_wall_ms", g->policy_loaded_wall_ms);
	jw_kstr(w, "error", g->policy_error);
	jw_end(w, '}');
}

void operator_get_policy(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const headers[] = { "Content-Type: text/plain; charset=utf-8", NULL };

	(void)rest;
	server_reply(r, 200, headers, g->policy_text ? g->policy_text : "", g->policy_text ? strlen(g->policy_text) : 0);
}

void operator_reload_policy(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "by", NULL };
	struct json_doc d = { 0 };
	struct jsonw w;
	struct buf b;
	struct err e;
	char who[80];
	size_t len;
	int result;

	(void)rest;
	server_body(r, &len);
	if (len > 0 && !operator_read_body(r, &d, known))
		return;
	operator_who(g, r, &d, who);
	json_release(&d);
	if (!operator_allows(g, r, "loading the rules anew"))
		return;
	result = g->config.policy_path ? load(g, who, &e) : err_set(&e, ERR_NOTFOUND, "there is no policy file: start the gate with --policy FILE");
	if (result < 0) {
		snprintf(g->policy_error, sizeof(g->policy_error), "%s", e.msg);
		log_line("the rules stay as they were: %s", e.msg);
		events_gate(g);
		server_error(r, result == ERR_IO ? 503 : 422, NULL, result == ERR_IO ? "record_failed" : "invalid_policy", e.msg, NULL);
		return;
	}
	events_gate(g);
	budgets_policy_changed(g);
	buf_init(&b, 256);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kint(&w, "rules", (int64_t)(g->policy->rule_count + g->policy->budget_count));
	jw_end(&w, '}');
	operator_reply_json(r, 200, &b);
}

static void reply_found(const struct gate *g, struct server_req *r, const struct policy_found *f)
{
	struct jsonw w;
	struct buf b, rule;

	buf_init(&rule, 2 * POLICY_LINE_MAX);
	policy_held_by(g->policy, f, &rule);
	buf_init(&b, 65536);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "verdict", policy_verdict_name(f->verdict));
	jw_kstr(&w, "rule", f->rule ? buf_cstr(&rule) : NULL);
	jw_kstr(&w, "why", f->why);
	jw_end(&w, '}');
	buf_release(&rule);
	operator_reply_json(r, 200, &b);
}

void operator_test_policy(struct gate *g, struct server_req *r, const char *rest)
{
	static const char *const known[] = { "method", "path", "body", "agent", NULL };
	const struct policy_moment now = policy_moment_now();
	char *values[4] = { NULL };
	struct policy_found found;
	struct action *a;
	struct json_doc d;
	struct err e;
	int i;

	(void)rest;
	if (!operator_read_body(r, &d, known))
		return;
	for (i = 0; i < 4; i++)
		values[i] = json_strdup(&d, json_get(&d, json_root(&d), known[i]));
	json_release(&d);
	if (!values[0] || !values[1]) {
		server_error(r, 422, NULL, "invalid_request", "\"method\" and \"path\" are missing, or no texts", NULL);
	} else if (policy_probe(values[0], values[1], values[2] ? values[2] : "", values[3] ? values[3] : "", &a, &e) < 0) {
		server_error(r, 422, NULL, "invalid_request", e.msg, NULL);
	} else {
		policy_judge(g->policy, a, gate_label(g, a->session), &now, &found);
		reply_found(g, r, &found);
		action_free(a);
	}
	for (i = 0; i < 4; i++)
		free(values[i]);
}
