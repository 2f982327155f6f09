/*
 * entry: who asks, known at a request's head, before its body is read; and the log of what was refused. A token says it, or, at the agents'
 * socket of this machine, the kernel.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "gate/gate.h"
#include "io/failpoint.h"
#include "io/log.h"

enum { KEY_MAX = 255, AGENT_CONNECTIONS_MAX = 128, REFUSED_BURST = 1000, REFUSED_PER_SECOND = 5 };

/* To the log, but no more than a disk and a reader can take: a thousand at once, then five a second. */
void entry_refused(const char *peer, const char *why, void *arg)
{
	struct gate *g = arg;
	struct refused_log *l = &g->refused_log;
	int64_t now = clock_boot_ms(), spent = l->spent_ms - (now - l->at_boot_ms);

	l->at_boot_ms = now;
	l->spent_ms = spent > 0 ? spent : 0;
	if (l->spent_ms + 1000 / REFUSED_PER_SECOND > REFUSED_BURST * 1000 / REFUSED_PER_SECOND) {
		l->left_out++;
		return;
	}
	l->spent_ms += 1000 / REFUSED_PER_SECOND;
	if (l->left_out > 0)
		log_line("refused %lld more, which are not listed", (long long)l->left_out);
	l->left_out = 0;
	log_line("refused %s: %s", peer, why);
}

/* Who asks without a token at this machine's socket is known by the uid. */
static struct agent *agent_of_peer(struct gate *g, const struct server_req *r)
{
	pid_t pid;
	uid_t uid;
	gid_t gid;

	return server_peer(r, &pid, &uid, &gid) ? agents_of_uid(g, uid) : NULL;
}

/* Whose token is it? NULL when the request was refused. */
static struct agent *authenticate(struct gate *g, struct server_req *r)
{
	static const char *const challenge[] = { "WWW-Authenticate: Bearer", NULL };
	const char *value = http_field(server_head(r), "authorization");
	struct agent *agent = NULL;

	if (value && strncasecmp(value, "Bearer ", 7) == 0)
		agent = agents_find_token(g, value + 7 + strspn(value + 7, " "));
	else if (!value)
		agent = agent_of_peer(g, r);
	if (!agent)
		server_refuse(r, 401, challenge, "invalid_token", "this is no token of an agent of this gate; make one with: assent agent add NAME");
	return agent;
}

/* The headers of which two would leave it open which one counts. */
static bool has_twins(const struct http_head *h)
{
	static const char *const others[] = { "idempotency-key", "last-event-id", "range", "if-none-match" };
	size_t i;

	for (i = 0; i < ACTION_HEADERS; i++)
		if (http_field_count(h, action_header_name((enum action_header)i)) > 1)
			return true;
	for (i = 0; i < ARRAY_LEN(others); i++)
		if (http_field_count(h, others[i]) > 1)
			return true;
	return http_field(h, "idempotency-key") && strlen(http_field(h, "idempotency-key")) > KEY_MAX;
}

bool entry_head(struct server_req *r, void *arg)
{
	struct gate *g = arg;
	struct agent *agent;
	bool first;

	failpoint(1);
	agent = authenticate(g, r);
	if (!agent)
		return false;
	if (!server_own(r, &agent->owner, AGENT_CONNECTIONS_MAX)) {
		agents_refused(g, agent, "too_many_connections");
		server_refuse(r, 403, NULL, "too_many_connections", "this agent has too many connections open; close some first");
		return false;
	}
	if (has_twins(server_head(r))) {
		server_refuse(r, 400, NULL, "bad_request", "a header which counts stands twice, or an Idempotency-Key is too long");
		return false;
	}
	first = agent->last_seen_boot_ms == 0;
	agent->last_seen_boot_ms = clock_boot_ms();
	if (first)
		events_agent(g, agent);
	return true;
}
