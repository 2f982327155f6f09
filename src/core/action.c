/* action: the table of legal moves, and the digest. See action.h. */
#include "config.h"

#include "core/action.h"

#include <ctype.h>
#include <stdio.h>
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
	[ACTION_HELD] = BIT(ACTION_HELD) | BIT(ACTION_APPROVED) | BIT(ACTION_DENIED) | BIT(ACTION_EXPIRED) | BIT(ACTION_WITHDRAWN),
	[ACTION_APPROVED] = BIT(ACTION_SENT) | BIT(ACTION_HELD),
	[ACTION_SENT] = BIT(ACTION_DONE) | BIT(ACTION_UPSTREAM_FAILED) | BIT(ACTION_NOT_SENT) | BIT(ACTION_UNKNOWN),
};

struct action *action_new(void)
{
	struct action *a = calloc(1, sizeof(*a));

	if (a) {
		a->version = 1;
		a->kind = "unknown";
		a->decided_kind = "";
		a->hold_ms = ACTION_HOLD_MS;
		a->screen_rule = (struct screen_rule)SCREEN_RULE_DEFAULT;
		a->require = 1;
	}
	return a;
}

static void forget_approvals(struct action *a)
{
	while (a->approval_count > 0)
		action_unapprove(a);
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
	free(a->body_file);
	free(a->original);
	free(a->edited_by);
	free(a->held_by);
	forget_approvals(a);
	free(a->agent_key);
	free(a->our_key);
	free(a->title);
	free(a->reason);
	free(a->turn);
	free(a->origin);
	free(a->plain);
	free(a->summary);
	free(a->text);
	free(a->decided_by);
	free(a->note);
	free(a->comes_back);
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
	if (to == ACTION_HELD && a->state != ACTION_NEW) {
		a->version++;
		forget_approvals(a);
		if (a->snapshot == SNAPSHOT_TAKEN)
			a->snapshot = SNAPSHOT_NONE;
		if (a->screen_check == SCREEN_CHECK_SAME)
			a->screen_check = SCREEN_CHECK_NONE;
	}
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
	a->decided_kind = "";
	a->ahead = a->responded = a->is_signed = false;
}

const char *action_decided_kind(const char *name)
{
	static const char *const kinds[] = { "person", "rule", "alike", "gate" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i], name) == 0)
			return kinds[i];
	return "";
}

int action_set(char **field, const char *value)
{
	char *own = value ? strdup(value) : NULL;

	if (value && !own)
		return ERR_NOMEM;
	free(*field);
	*field = own;
	return 0;
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

static const char *const answers[ANSWER_FORMS] = {
	[ANSWER_NONE] = "", [ANSWER_COMING] = "coming", [ANSWER_WHOLE] = "whole", [ANSWER_CUT] = "cut", [ANSWER_UNFINISHED] = "unfinished",
};

const char *action_answer_name(enum action_answer a)
{
	return answers[a];
}

enum action_answer action_answer_of(const char *name)
{
	int i;

	for (i = 0; i < ANSWER_FORMS; i++)
		if (strcmp(answers[i], name) == 0)
			break;
	return (enum action_answer)i;
}

static const char *const screen_names[] = { [SCREEN_AGENT] = "agent", [SCREEN_DECIDED] = "decided", [SCREEN_BEFORE] = "before", [SCREEN_AFTER] = "after" };

const char *action_screen_name(enum action_screen s)
{
	return screen_names[s];
}

enum action_screen action_screen_of(const char *name)
{
	int s;

	for (s = 0; s < ACTION_SCREENS && strcmp(screen_names[s], name) != 0; s++)
		;
	return (enum action_screen)s;
}

void action_set_screen(struct action *a, enum action_screen s, const char *sha256, const struct screen_changes *changed)
{
	if (s == SCREEN_DECIDED) {
		a->screens[SCREEN_BEFORE][0] = a->screens[SCREEN_AFTER][0] = '\0';
		a->changed.count = 0;
	}
	snprintf(a->screens[s], sizeof(a->screens[s]), "%s", sha256);
	if (s == SCREEN_BEFORE || s == SCREEN_AFTER)
		a->changed = *changed;
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

bool action_is_opaque(const struct action *a)
{
	return a->file_len > 0;
}

uint64_t action_size(const struct action *a)
{
	return a->file_len > 0 ? a->file_len : a->body_len;
}

struct digest_ctx *action_digest_begin(const struct action *a)
{
	struct digest_ctx *d = digest_new();
	int i;

	if (!d)
		return NULL;
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
	return d;
}

int action_digest(const struct action *a, const void *body, size_t body_len, char hex[DIGEST_HEX + 1])
{
	struct digest_ctx *d = action_digest_begin(a);

	if (!d)
		return ERR_NOMEM;
	digest_update(d, body, body_len);
	digest_final_hex(d, hex);
	return 0;
}

const char *action_asked(const struct action *a)
{
	return a->asked_digest[0] ? a->asked_digest : a->digest;
}

bool action_is_operators(const struct action *a)
{
	return a->agent[0] == '\0';
}

bool action_is_input(const struct action *a)
{
	return action_is_operators(a) && strstr(a->path, "/desktop/");
}

static char *copy_bytes(const char *from, size_t len)
{
	char *own = malloc(len + 1);

	if (own) {
		memcpy(own, from, len);
		own[len] = '\0';
	}
	return own;
}

/* What the agent sent, and what is known by it. */
static int copy_request(struct action *n, const struct action *a)
{
	int i, r = 0;

	n->id = a->id;
	n->version = a->version + 1;
	n->state = a->state;
	n->session_kind = a->session_kind;
	n->class = a->class;
	n->kind = a->kind;
	n->stream = a->stream;
	n->content = a->content;
	n->reveal = a->reveal;
	n->method = a->method;
	n->hold_ms = a->hold_ms;
	n->require = a->require;
	n->deny_unattended = a->deny_unattended;
	n->snapshot_before = a->snapshot_before;
	n->screen_rule = a->screen_rule;
	r |= action_set(&n->agent, a->agent) | action_set(&n->session, a->session) | action_set(&n->upstream, a->upstream) |
	     action_set(&n->path, a->path) | action_set(&n->query, a->query) | action_set(&n->held_by, a->held_by);
	for (i = 0; i < ACTION_HEADERS; i++)
		r |= action_set(&n->headers[i], a->headers[i]);
	return r;
}

struct action *action_edited(const struct action *a, const char *body, size_t body_len, const char *by)
{
	const char *asked = a->original ? a->original : a->body;
	size_t asked_len = a->original ? a->original_len : a->body_len;
	struct action *n = action_new();
	bool good = n && copy_request(n, a) == 0;

	if (good && (asked_len != body_len || memcmp(asked, body, body_len) != 0)) {
		n->original = copy_bytes(asked, asked_len);
		n->original_len = asked_len;
		memcpy(n->asked_digest, action_asked(a), sizeof(n->asked_digest));
		good = n->original && action_set(&n->edited_by, by) == 0;
	}
	if (good) {
		n->body = copy_bytes(body, body_len);
		n->body_len = body_len;
		good = n->body && action_digest(n, n->body, n->body_len, n->digest) == 0;
	}
	if (good)
		return n;
	action_free(n);
	return NULL;
}

static void swap(char **a, char **b)
{
	char *kept = *a;

	*a = *b;
	*b = kept;
}

void action_take_edit(struct action *a, struct action *n)
{
	swap(&a->body, &n->body);
	a->body_len = n->body_len;
	swap(&a->original, &n->original);
	a->original_len = n->original_len;
	swap(&a->edited_by, &n->edited_by);
	memcpy(a->digest, n->digest, sizeof(a->digest));
	memcpy(a->asked_digest, n->asked_digest, sizeof(a->asked_digest));
	swap(&a->plain, &n->plain);
	swap(&a->summary, &n->summary);
	swap(&a->text, &n->text);
	swap(&a->held_by, &n->held_by);
	a->has_point = n->has_point;
	a->has_second = n->has_second;
	a->x = n->x;
	a->y = n->y;
	a->x2 = n->x2;
	a->y2 = n->y2;
	memcpy(a->risks, n->risks, sizeof(a->risks));
	a->require = n->require;
	a->deny_unattended = n->deny_unattended;
	a->snapshot_before = n->snapshot_before;
	a->screen_rule = n->screen_rule;
	a->reveal = n->reveal;
	action_free(n);
}

int action_approve(struct action *a, const char *by, int64_t wall_ms)
{
	char *own = NULL;

	if (a->approval_count == ACTION_PERSONS_MAX)
		return ERR_STATE;
	if (action_set(&own, by) < 0)
		return ERR_NOMEM;
	a->approvals[a->approval_count++] = (struct approval){ .by = own, .wall_ms = wall_ms };
	return 0;
}

void action_unapprove(struct action *a)
{
	free(a->approvals[--a->approval_count].by);
}

void action_strip(struct action *a)
{
	char **const gone[] = { &a->original, &a->plain, &a->text, &a->title, &a->reason, &a->turn, &a->origin, &a->held_by };
	size_t i;

	if (a->stripped || action_set(&a->body, "") < 0)
		return;
	a->stripped = true;
	a->body_len = a->original_len = 0;
	for (i = 0; i < ARRAY_LEN(gone); i++)
		action_set(gone[i], NULL);
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
