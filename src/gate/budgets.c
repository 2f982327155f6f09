/*
 * budgets: what each agent, and each session that has a budget, has used, and whether there is room for more. Counts come from the journal when the gate
 * starts, so a restart gives nothing back.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "gate/budgets.h"
#include "gate/costs.h"
#include "io/log.h"

enum { MINUTE_MS = BUDGET_WINDOW_SECONDS * 1000 };

struct meter {
	struct meter *next;
	bool of_session;
	char *name;			/* an agent's name, or a session's id */
	struct budget_limits own;	/* what an operator said */
	int64_t actions;
	char **sandboxes;		/* of an agent: where it acted */
	size_t sandbox_count;
	struct budget_window made, reads;
	bool met[BUDGET_CAPS];		/* something was refused, and there was no room since */
};

struct budgets {
	struct meter *meters;
};

static struct meter *find(const struct gate *g, bool of_session, const char *name)
{
	struct meter *m;

	for (m = g->budgets->meters; m && (m->of_session != of_session || strcmp(m->name, name) != 0); m = m->next)
		;
	return m;
}

static struct meter *find_or_add(struct gate *g, bool of_session, const char *name)
{
	struct meter *m = find(g, of_session, name);

	if (m)
		return m;
	m = calloc(1, sizeof(*m));
	if (!m)
		abort();
	*m = (struct meter){ .next = g->budgets->meters, .of_session = of_session, .name = gate_strdup(name), .own = budget_unset() };
	g->budgets->meters = m;
	return m;
}

void budgets_release(struct gate *g)
{
	struct meter *m;
	size_t i;

	while (g->budgets && (m = g->budgets->meters) != NULL) {
		g->budgets->meters = m->next;
		for (i = 0; i < m->sandbox_count; i++)
			free(m->sandboxes[i]);
		free(m->sandboxes);
		free(m->name);
		free(m);
	}
	free(g->budgets);
	g->budgets = NULL;
}

/* ---- caps and use ---- */

static void overlay_policy(const struct gate *g, struct budget_limits *l, enum policy_budget_of of, const struct meter *m)
{
	size_t i;

	for (i = 0; g->policy && i < g->policy->budget_count; i++) {
		const struct policy_budget *b = &g->policy->budgets[i];

		if (b->of == of && (of == BUDGET_OF_ALL ? !m->of_session : strcmp(b->name, m->name) == 0))
			budget_overlay(l, &b->limits);
	}
}

static struct budget_limits limits_of(const struct gate *g, const struct meter *m)
{
	struct budget_limits l = m->of_session ? budget_unset() : budget_defaults();

	overlay_policy(g, &l, BUDGET_OF_ALL, m);
	overlay_policy(g, &l, m->of_session ? BUDGET_OF_SESSION : BUDGET_OF_AGENT, m);
	budget_overlay(&l, &m->own);
	return l;
}

/* What is known of it. An agent pays for each sandbox that it acted in, whoever acts there too. */
static int64_t cost_of(const struct gate *g, const struct meter *m)
{
	int64_t sum = BUDGET_UNKNOWN, n;
	size_t i;

	if (m->of_session)
		return costs_of(g, m->name);
	for (i = 0; i < m->sandbox_count; i++) {
		n = costs_of(g, m->sandboxes[i]);
		if (n != BUDGET_UNKNOWN)
			sum = sum == BUDGET_UNKNOWN ? n : sum + n;
	}
	return sum;
}

/* What waits is counted by looking at all, which reads need not. */
static struct budget_use use_of(const struct gate *g, struct meter *m, bool read)
{
	int64_t now = clock_boot_ms();
	struct budget_use u;

	u.n[BUDGET_ACTIONS] = m->actions;
	u.n[BUDGET_PER_MINUTE] = budget_window_count(&m->made, now);
	u.n[BUDGET_WAITING] = read ? 0 : (int64_t)queue_waiting(&g->queue, m->of_session ? NULL : m->name, m->of_session ? m->name : NULL);
	u.n[BUDGET_READS_PER_MINUTE] = budget_window_count(&m->reads, now);
	u.n[BUDGET_COST] = read ? BUDGET_UNKNOWN : cost_of(g, m);
	return u;
}

/* The cap that a person should know of: one that ends all, or one that something was refused for. BUDGET_CAPS for none. */
static enum budget_cap at_cap(const struct budget_limits *l, const struct budget_use *u, const struct meter *m)
{
	int i;

	for (i = 0; i < BUDGET_CAPS; i++)
		if ((m->met[i] || i == BUDGET_ACTIONS || i == BUDGET_COST) && !budget_has_room(l, u, (enum budget_cap)i))
			break;
	return (enum budget_cap)i;
}

static void tell(struct gate *g, const struct meter *m)
{
	const struct session *s = m->of_session ? feed_session(g, m->name) : NULL;
	const struct agent *a = m->of_session ? NULL : gate_agent(g, m->name);

	if (s)
		events_session(g, s);
	if (a)
		events_agent(g, a);
}

/* ---- asking for room ---- */

static bool has_room(struct gate *g, struct meter *m, enum budget_for what, struct budget_refusal *ret)
{
	struct budget_limits l = limits_of(g, m);
	struct budget_use u = use_of(g, m, what == BUDGET_FOR_READ);
	enum budget_cap cap = budget_in_the_way(&l, &u, what);
	int i;

	for (i = 0; i < BUDGET_CAPS; i++)
		if (budget_counts(what, (enum budget_cap)i) && budget_has_room(&l, &u, (enum budget_cap)i))
			m->met[i] = false;
	if (cap == BUDGET_CAPS)
		return true;
	budget_say(ret->message, cap, l.most[cap], m->of_session ? "all agents on this session" : "this agent");
	ret->again_ms = budget_window_frees(&m->reads, clock_boot_ms());
	if (!m->met[cap]) {
		m->met[cap] = true;
		log_line("%s %s: %s", m->of_session ? "session" : "agent", m->name, ret->message);
		tell(g, m);
		gate_kick(g);	/* a minute that is full will not be for long */
	}
	return false;
}

bool budgets_have_room(struct gate *g, const char *agent, const char *session, enum budget_for what, struct budget_refusal *ret)
{
	struct meter *of_session = session[0] ? find(g, true, session) : NULL;

	return has_room(g, find_or_add(g, false, agent), what, ret) && (!of_session || has_room(g, of_session, what, ret));
}

static void acted_in(struct meter *m, enum session_kind kind, const char *session)
{
	size_t i;

	for (i = m->sandbox_count; i > 0 && strcmp(m->sandboxes[i - 1], session) != 0; i--)
		;
	if (i > 0 || kind != SESSION_SANDBOX)
		return;
	m->sandboxes = realloc(m->sandboxes, (m->sandbox_count + 1) * sizeof(*m->sandboxes));
	if (!m->sandboxes)
		abort();
	m->sandboxes[m->sandbox_count++] = gate_strdup(session);
}

void budgets_count_action(struct gate *g, const struct action *a)
{
	struct meter *of_agent = find_or_add(g, false, a->agent), *of_session = a->session[0] ? find(g, true, a->session) : NULL;
	int64_t now = clock_boot_ms();

	of_agent->actions++;
	budget_window_add(&of_agent->made, now);
	acted_in(of_agent, a->session_kind, a->session);
	if (of_session) {
		of_session->actions++;
		budget_window_add(&of_session->made, now);
	}
}

void budgets_count_read(struct gate *g, const char *agent, const char *session)
{
	struct meter *of_session = session[0] ? find(g, true, session) : NULL;
	int64_t now = clock_boot_ms();

	budget_window_add(&find_or_add(g, false, agent)->reads, now);
	if (of_session)
		budget_window_add(&of_session->reads, now);
}

/* A window that is full: when it frees; else 0. */
static int64_t frees_at(const struct gate *g, struct meter *m, enum budget_cap cap, int64_t now)
{
	struct budget_limits l = limits_of(g, m);
	struct budget_use u = use_of(g, m, true);

	return budget_has_room(&l, &u, cap) ? 0 : now + budget_window_frees(cap == BUDGET_PER_MINUTE ? &m->made : &m->reads, now);
}

int64_t budgets_tell(struct gate *g, int64_t now)
{
	static const enum budget_cap windows[] = { BUDGET_PER_MINUTE, BUDGET_READS_PER_MINUTE };
	int64_t next = INT64_MAX, at;
	struct meter *m;
	size_t i;

	for (m = g->budgets->meters; m; m = m->next) {
		for (i = 0; i < ARRAY_LEN(windows); i++) {
			if (!m->met[windows[i]])
				continue;
			at = frees_at(g, m, windows[i], now);
			if (at == 0) {
				m->met[windows[i]] = false;
				tell(g, m);
			} else if (at < next) {
				next = at;
			}
		}
	}
	return next;
}

bool budgets_want_costs(struct gate *g)
{
	const struct meter *m;
	bool some = false;
	size_t i;

	for (m = g->budgets->meters; m; m = m->next) {
		if (limits_of(g, m).most[BUDGET_COST] == BUDGET_UNSET)
			continue;
		some = true;
		if (m->of_session)
			costs_want(g, m->name);
		for (i = 0; i < m->sandbox_count; i++)
			costs_want(g, m->sandboxes[i]);
	}
	return some;
}

void budgets_cost_changed(struct gate *g, const char *sandbox)
{
	const struct meter *m;
	bool concerned;
	size_t i;

	for (m = g->budgets->meters; m; m = m->next) {
		concerned = m->of_session && strcmp(m->name, sandbox) == 0;
		for (i = 0; i < m->sandbox_count; i++)
			concerned |= strcmp(m->sandboxes[i], sandbox) == 0;
		if (concerned && limits_of(g, m).most[BUDGET_COST] != BUDGET_UNSET)
			tell(g, m);
	}
}

void budgets_changed(struct gate *g, const struct action *a)
{
	const struct meter *m = a->session[0] ? find(g, true, a->session) : NULL;

	if (m)
		tell(g, m);
}

/* ---- from the journal ---- */

/* What is read for: all, or the one meter of a session that has just got a budget. */
struct recount {
	struct gate *g;
	struct meter *only;
	int64_t now_boot_ms, now_wall_ms;
};

/* An agent whose token was revoked may get another: it goes on where it was. */
static struct meter *wanted(const struct recount *c, bool of_session, const char *name)
{
	struct meter *m = !name[0] ? NULL : of_session || c->only ? find(c->g, of_session, name) : find_or_add(c->g, false, name);

	return !c->only || c->only == m ? m : NULL;
}

static void on_count(const char *agent, const char *path, int64_t n, void *arg)
{
	const struct recount *c = arg;
	struct meter *of_session, *of_agent = wanted(c, false, agent);
	struct classified what;

	classify(HTTP_GET, path, &what);
	of_session = wanted(c, true, what.session);
	if (of_agent) {
		of_agent->actions += n;
		acted_in(of_agent, what.session_kind, what.session);
	}
	if (of_session)
		of_session->actions += n;
}

static void on_arrival(const char *agent, const char *path, int64_t wall_ms, void *arg)
{
	const struct recount *c = arg;
	int64_t ago = wall_ms < c->now_wall_ms ? c->now_wall_ms - wall_ms : 0, at = ago < c->now_boot_ms ? c->now_boot_ms - ago : 0;
	struct meter *of_session, *of_agent = wanted(c, false, agent);
	struct classified what;

	classify(HTTP_GET, path, &what);
	of_session = wanted(c, true, what.session);
	if (of_agent)
		budget_window_add(&of_agent->made, at);
	if (of_session)
		budget_window_add(&of_session->made, at);
}

static int recount(struct gate *g, struct meter *only, struct err *e)
{
	struct recount c = { .g = g, .only = only, .now_boot_ms = clock_boot_ms(), .now_wall_ms = clock_wall_ms() };
	int r = store_count_actions(g->store, on_count, &c, e);

	return r < 0 ? r : store_arrivals(g->store, c.now_wall_ms - MINUTE_MS, on_arrival, &c, e);
}

static void on_stored(const char *kind, const char *name, enum budget_cap cap, int64_t most, void *arg)
{
	find_or_add(arg, strcmp(kind, "session") == 0, name)->own.most[cap] = most;
}

int budgets_load(struct gate *g, struct err *e)
{
	size_t i;
	int r;

	g->budgets = calloc(1, sizeof(*g->budgets));
	if (!g->budgets)
		abort();
	r = store_budgets(g->store, on_stored, g, e);
	for (i = 0; g->policy && i < g->policy->budget_count; i++)
		if (g->policy->budgets[i].of == BUDGET_OF_SESSION)
			find_or_add(g, true, g->policy->budgets[i].name);
	return r < 0 ? r : recount(g, NULL, e);
}

void budgets_policy_changed(struct gate *g)
{
	const struct session *s;
	const struct agent *a;
	struct meter *m;
	struct err e;
	size_t i;

	for (i = 0; g->policy && i < g->policy->budget_count; i++) {
		const struct policy_budget *b = &g->policy->budgets[i];

		if (b->of != BUDGET_OF_SESSION || find(g, true, b->name))
			continue;
		m = find_or_add(g, true, b->name);
		if (recount(g, m, &e) < 0)
			gate_set_record_error(g, e.msg);
	}
	for (a = g->agents; a; a = a->next)
		events_agent(g, a);
	for (s = g->sessions; s; s = s->next)
		events_session(g, s);
	costs_soon(g);
}

int64_t budgets_actions(const struct gate *g, const char *agent)
{
	const struct meter *m = find(g, false, agent);

	return m ? m->actions : 0;
}

bool budgets_own(const struct gate *g, bool of_session, const char *name, struct budget_limits *ret)
{
	const struct meter *m = find(g, of_session, name);

	*ret = m ? m->own : budget_unset();
	return m != NULL;
}

int budgets_set_own(struct gate *g, bool of_session, const char *name, const struct budget_limits *own, struct err *e)
{
	bool is_new = !find(g, of_session, name);
	struct meter *m = find_or_add(g, of_session, name);
	int r = is_new ? recount(g, m, e) : 0;

	m->own = *own;
	memset(m->met, 0, sizeof(m->met));
	tell(g, m);
	costs_soon(g);
	gate_kick(g);
	return r;
}

/* ---- shown ---- */

static void put(struct jsonw *w, const char *key, const int64_t values[BUDGET_CAPS])
{
	int i;

	jw_key(w, key);
	jw_begin(w, '{');
	for (i = 0; i < BUDGET_CAPS; i++) {
		jw_key(w, budget_cap_key((enum budget_cap)i));
		if (values[i] < 0)
			jw_null(w);
		else
			jw_int(w, values[i]);
	}
	jw_end(w, '}');
}

void view_budget(const struct gate *g, bool of_session, const char *name, struct jsonw *w)
{
	struct meter *m = find(g, of_session, name), none = { .of_session = of_session, .name = (char *)name, .own = budget_unset() };
	struct budget_limits l = limits_of(g, m ? m : &none);
	struct budget_use u = use_of(g, m ? m : &none, false);
	enum budget_cap cap = at_cap(&l, &u, m ? m : &none);

	if (of_session && budget_is_unset(&l)) {
		jw_kstr(w, "budget", NULL);
		jw_kstr(w, "used", NULL);
		jw_kstr(w, "at_cap", NULL);
		return;
	}
	put(w, "budget", l.most);
	put(w, "used", u.n);
	jw_kstr(w, "at_cap", cap == BUDGET_CAPS ? NULL : budget_cap_name(cap));
}
