/* action: the table of legal moves, and the digest. See action.h. */
#include "config.h"

#include "core/action.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[ACTION_STATES] = {
	[ACTION_NEW] = "new", [ACTION_HELD] = "held", [ACTION_APPROVED] = "approved", [ACTION_SENT] = "sent", [ACTION_DONE] = "done",
	[ACTION_UPSTREAM_FAILED] = "upstream_failed", [ACTION_NOT_SENT] = "not_sent", [ACTION_UNKNOWN] = "unknown",
	[ACTION_DENIED] = "denied", [ACTION_EXPIRED] = "expired", [ACTION_WITHDRAWN] = "withdrawn",
};

#define BIT(s) (1U << (s))

/* From each state, the states that may follow. What ended has none. */
static const unsigned int moves[ACTION_STATES] = {
	[ACTION_NEW] = BIT(ACTION_HELD),
	[ACTION_HELD] = BIT(ACTION_APPROVED) | BIT(ACTION_DENIED) | BIT(ACTION_EXPIRED) | BIT(ACTION_WITHDRAWN),
	[ACTION_APPROVED] = BIT(ACTION_SENT) | BIT(ACTION_HELD),
	[ACTION_SENT] = BIT(ACTION_DONE) | BIT(ACTION_UPSTREAM_FAILED) | BIT(ACTION_NOT_SENT) | BIT(ACTION_UNKNOWN),
};

struct action *action_new(void)
{
	struct action *a = calloc(1, sizeof(*a));

	if (a) {
		a->version = 1;
		a->kind = "unknown";
	}
	return a;
}

void action_free(struct action *a)
{
	size_t i;

	if (!a)
		return;
	for (i = 0; i < ACTION_HEADERS; i++)
		free(a->headers[i]);
	free(a->agent);
	free(a->session);
	free(a->upstream);
	free(a->path);
	free(a->query);
	free(a->body);
	free(a->agent_key);
	free(a->our_key);
	free(a->title);
	free(a->reason);
	free(a->turn);
	free(a->plain);
	free(a->summary);
	free(a->text);
	free(a->decided_by);
	free(a->note);
	free(a->error);
	free(a->seen_by);
	free(a);
}

bool action_may_move(enum action_state from, enum action_state to)
{
	return from >= 0 && from < ACTION_STATES && to >= 0 && to < ACTION_STATES && (moves[from] & BIT(to));
}

int action_move(struct action *a, enum action_state to)
{
	if (!action_may_move(a->state, to))
		return ERR_STATE;
	if (to == ACTION_HELD && a->state != ACTION_NEW)
		a->version++;
	a->state = to;
	return 0;
}

void action_undecide(struct action *a)
{
	free(a->decided_by);
	free(a->note);
	a->decided_by = a->note = NULL;
	a->decided_wall_ms = a->ended_wall_ms = 0;
	a->screen_sha256[0] = '\0';
	a->ahead = false;
}

bool action_ended(enum action_state s)
{
	return moves[s] == 0;
}

bool action_is_fault(enum action_state s)
{
	return s == ACTION_UNKNOWN || s == ACTION_UPSTREAM_FAILED || s == ACTION_NOT_SENT;
}

const char *action_state_name(enum action_state s)
{
	return names[s];
}

enum action_state action_state_of(const char *name)
{
	int i;

	for (i = 0; i < ACTION_STATES; i++)
		if (strcmp(names[i], name) == 0)
			break;
	return (enum action_state)i;
}

const char *action_header_name(enum action_header h)
{
	static const char *const headers[ACTION_HEADERS] = { "accept", "content-type", "x-miosa-tenant", "x-miosa-workspace", "x-remote-path" };

	return headers[h];
}

static void add(struct digest_ctx *d, const char *text)
{
	digest_update(d, text, strlen(text));
}

int action_digest(const struct action *a, const void *body, size_t body_len, char hex[DIGEST_HEX + 1])
{
	struct digest_ctx *d = digest_new();
	int i;

	if (!d)
		return ERR_NOMEM;
	add(d, "assent-action/1\n");
	add(d, http_method_name(a->method));
	add(d, "\n");
	add(d, a->upstream);
	add(d, "\n");
	add(d, a->path);
	if (a->query[0]) {
		add(d, "?");
		add(d, a->query);
	}
	add(d, "\n");
	for (i = 0; i < ACTION_HEADERS; i++) {
		if (!a->headers[i])
			continue;
		add(d, action_header_name((enum action_header)i));
		add(d, ":");
		add(d, a->headers[i]);
		add(d, "\n");
	}
	add(d, "\n");
	digest_update(d, body, body_len);
	digest_final_hex(d, hex);
	return 0;
}

int action_make_key(struct action *a)
{
	char random[17];
	struct buf b;
	const char *p;

	if (random_hex(random, 16) < 0)
		return ERR_IO;
	buf_init(&b, 256);
	buf_printf(&b, "turn-%lld-", (long long)a->id);
	for (p = a->kind; *p; p++)
		buf_putc(&b, isalnum((unsigned char)*p) ? *p : '-');
	buf_printf(&b, "-%s", random);
	if (buf_failed(&b)) {
		buf_release(&b);
		return ERR_NOMEM;
	}
	free(a->our_key);
	a->our_key = buf_take(&b);
	return a->our_key ? 0 : ERR_NOMEM;
}
