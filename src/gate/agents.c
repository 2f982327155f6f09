/* agents: who may ask, known by the SHA-256 of a token. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "gate/alikes.h"
#include "io/key.h"
#include "io/log.h"

enum { TOKEN_DIGITS = 48, TAG_DIGITS = 8, REFUSED_TOLD_MS = 1000, ANSWER_WITHIN_MS = 25000 };

static struct agent *append(struct gate *g, const struct store_agent *from)
{
	struct agent *a = calloc(1, sizeof(*a)), **end = &g->agents;

	if (!a)
		abort();
	a->owner.who = a;
	a->name = gate_strdup(from->name);
	a->token_sha256 = gate_strdup(from->token_sha256);
	a->session = gate_strdup("");
	a->answer_within_ms = from->answer_within_ms;
	a->created_wall_ms = from->created_wall_ms;
	a->stopped_by = from->stopped_by ? gate_strdup(from->stopped_by) : NULL;
	a->stopped_wall_ms = from->stopped_wall_ms;
	while (*end)
		end = &(*end)->next;
	*end = a;
	return a;
}

static void on_stored(const struct store_agent *a, void *arg)
{
	append(arg, a);
}

int agents_load(struct gate *g, struct err *e)
{
	return store_agents(g->store, on_stored, g, e);
}

static void agent_free(struct agent *a)
{
	free(a->name);
	free(a->token_sha256);
	free(a->session);
	free(a->stopped_by);
	free(a);
}

void agents_release(struct gate *g)
{
	struct agent *a, *next;

	for (a = g->agents; a; a = next) {
		next = a->next;
		agent_free(a);
	}
	g->agents = NULL;
}

bool agent_name_ok(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= 40 && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == len && name[0] != '-';
}

int agents_add(struct gate *g, const char *name, int64_t answer_within_ms, const char *who, char token[96], struct agent **ret, struct err *e)
{
	char random[TOKEN_DIGITS + 1], hash[DIGEST_HEX + 1];
	struct store_agent a = { .name = name, .token_sha256 = hash, .answer_within_ms = answer_within_ms, .created_wall_ms = clock_wall_ms() };
	int r;

	if (!agent_name_ok(name))
		return err_set(e, ERR_INVALID, "an agent's name has 1 to 40 letters, digits, '.', '_' or '-'");
	if (random_hex(random, TOKEN_DIGITS) < 0)
		return err_set(e, ERR_IO, "no random bytes for a token");
	snprintf(token, 96, "%s%s", AGENT_TOKEN_PREFIX, random);
	digest_hex(token, strlen(token), hash);
	r = store_add_agent(g->store, &a, who, e);
	if (r < 0)
		return r;
	*ret = append(g, &a);
	events_agent(g, *ret);
	return 0;
}

struct wanted_setting {
	const char *name;
	bool found;
};

static void on_setting(const char *name, const char *value, void *arg)
{
	struct wanted_setting *w = arg;

	(void)value;
	w->found |= strcmp(name, w->name) == 0;
}

struct agent *agents_of_uid(struct gate *g, uid_t uid)
{
	char name[32], setting[64], token[96];
	struct wanted_setting made = { .name = setting };
	struct agent *a;
	struct err e;

	snprintf(name, sizeof(name), "uid-%u", (unsigned)uid);
	snprintf(setting, sizeof(setting), "made:%s", name);
	a = gate_agent(g, name);
	if (a)
		return a;
	/* Made once: one that a person revoked does not come back by asking. Its token is told to nobody. */
	if (store_settings(g->store, setting, on_setting, &made, &e) < 0 || made.found)
		return NULL;
	if (store_set(g->store, setting, "yes", "default_agent", "gate", name, &e) < 0 || agents_add(g, name, ANSWER_WITHIN_MS, "gate", token, &a, &e) < 0) {
		log_line("no agent for uid %u: %s", (unsigned)uid, e.msg);
		return NULL;
	}
	return a;
}

/* Nobody is there any more for whom it would be done. */
static void call_back(struct gate *g, const char *agent)
{
	size_t i;

	for (i = 0; i < g->queue.count; i++) {
		struct action *a = g->queue.items[i];

		if (a->state == ACTION_APPROVED && strcmp(a->agent, agent) == 0 && action_set(&a->comes_back, "its agent was revoked") < 0)
			abort();
	}
}

int agents_revoke(struct gate *g, const char *name, const char *who, struct err *e)
{
	struct agent **p = &g->agents, *a;
	int r = store_revoke_agent(g->store, name, who, e);

	if (r < 0)
		return r;
	call_back(g, name);
	while (*p && strcmp((*p)->name, name) != 0)
		p = &(*p)->next;
	if (*p) {
		a = *p;
		*p = a->next;
		askers_drop_agent(g, a);
		listeners_drop(g, a);
		agent_free(a);
	}
	events_gone(g, "agent", name);
	alikes_end_of(g, name);
	gate_kick(g);
	return 0;
}

static void tell_refused(struct gate *g, struct agent *a, int64_t now)
{
	log_line("refused %d request%s of %s", a->refused_untold, a->refused_untold == 1 ? "" : "s", a->name);
	a->refused_untold = 0;
	a->refused_told_boot_ms = now;
	events_agent(g, a);
}

void agents_refused(struct gate *g, struct agent *a, const char *code)
{
	int64_t now = clock_boot_ms();

	a->refused++;
	if (a->refused_untold++ > 0)
		return;
	if (now - a->refused_told_boot_ms < REFUSED_TOLD_MS) {
		gate_kick(g);
		return;
	}
	log_line("refused a request of %s: %s", a->name, code);
	a->refused_untold = 0;
	a->refused_told_boot_ms = now;
	events_agent(g, a);
}

int64_t agents_tell_refused(struct gate *g, int64_t now)
{
	int64_t next = INT64_MAX, at;
	struct agent *a;

	for (a = g->agents; a; a = a->next) {
		if (a->refused_untold == 0)
			continue;
		at = a->refused_told_boot_ms + REFUSED_TOLD_MS;
		if (at <= now)
			tell_refused(g, a, now);
		else if (at < next)
			next = at;
	}
	return next;
}

struct agent *agents_find_token(const struct gate *g, const char *token)
{
	struct agent *a, *found = NULL;
	char hash[DIGEST_HEX + 1];

	digest_hex(token, strlen(token), hash);
	/* Where two hashes begin to differ says nothing of a token: most are passed over at once. */
	for (a = g->agents; a; a = a->next)
		if (memcmp(hash, a->token_sha256, TAG_DIGITS) == 0 && bytes_equal_ct(hash, a->token_sha256, DIGEST_HEX))
			found = a;
	return found;
}

struct agent *gate_agent(const struct gate *g, const char *name)
{
	struct agent *a;

	for (a = g->agents; a && strcmp(a->name, name) != 0; a = a->next)
		;
	return a;
}
