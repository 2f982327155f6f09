/*
 * model: what the dashboard knows: the gate's snapshot, and each change since (docs/OPERATOR.md). Pure.
 * All strings are foreign text: they reach the screen through core/safetext only.
 */
#ifndef ASSENT_MODEL_H
#define ASSENT_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"

#define MODEL_RISKS 16
#define MODEL_HEADERS 5
#define MODEL_APPROVERS 4
#define MODEL_ENDED 1000		/* so many actions that ended are kept, with what needs a person or is looked at; older ones the gate knows */
#define MODEL_ENDED_BYTES ((size_t)16 << 20)	/* and no more than this of what they hold */
#define MODEL_USES 5
#define MODEL_PARTS 64		/* of each list inside a session; more are not kept */

/* Pixels of a screen. */
struct model_rect { int64_t x, y, width, height; };

struct model_action {
	int64_t id, version;
	char *state, *agent, *session, *session_kind, *session_name, *kind, *class;
	char *method, *path, *query, *digest, *body, *body_base64, *body_hex, *plain, *summary, *text, *title, *reason, *turn, *origin, *held_by;
	char *headers[MODEL_HEADERS];	/* "name: value" */
	char *risks[MODEL_RISKS];
	char *seen_by, *decision, *decided_kind, *decided_by, *signed_by, *note, *result, *error;	/* decided_kind: person, rule, alike, gate */
	char *out_by;			/* what ends it at out_boot_ms if nobody decides: hold, or its agent leaves: stated (by it), seen (as it did before) */
	char *screen_decided, *screen_before, *screen_after;	/* hashes of the pictures that are kept with it; "" for none */
	struct model_rect *changed;	/* own; where the screen changed between them */
	size_t changed_count;
	char *edited_by, *original;	/* who changed the body, and what it was; "" when nobody did */
	char *approved_by[MODEL_APPROVERS];
	int64_t approved_wall_ms[MODEL_APPROVERS];
	int64_t body_len, require;
	bool has_point, has_second, needs_person, opaque;
	bool body_cut;			/* the body has a NUL, and body ends there */
	int64_t x, y, x2, y2;
	int64_t arrived_wall_ms, arrived_boot_ms, out_boot_ms, ended_wall_ms, decided_wall_ms;
	int64_t askers, joined, away_since_boot_ms, waits_for, same_as, same_as_ms_ago;
	uint64_t agent_hash, likeness;	/* of its agent's name, and of all that makes it alike (core/likeness.h) */
	int64_t risky_version;		/* in which what was looked up about it was found risky, as it was looked at last; 0: in none */
	size_t weight;			/* of one that ended: bytes that it holds */
};

struct model_agent {
	char *name, *session;
	char *stopped_by;		/* "" while it may act */
	char *at_cap;			/* which cap it has reached; "" for none */
	int64_t connections, actions, waiting, refused, stopped_wall_ms, used_actions, cap_actions, last_seen_boot_ms;
};

/* One upstream stream of a session. */
struct model_stream {
	char *name, *state, *why;	/* state: live, polling, down, absent */
	int64_t since_wall_ms, gaps;
};

struct model_preview {
	char *id, *url;
	int64_t port;
};

struct model_snapshot_of {
	char *id, *status, *comment, *created_at;
};

struct model_session {
	char *id, *kind, *name, *state, *isolation, *label, *agent;
	char *taken_by;			/* who has taken control; "" for nobody */
	char *doing, *doing_exec;	/* what runs in it now; "" for nothing that is known */
	char *coordinates;		/* of a computer: what its actions' numbers mean: "pixels", "normalised" */
	char *last_unknown;		/* the type of the newest event that nobody here knows */
	int64_t width, height, log_lines, screen_seq, not_live_since_wall_ms;
	int64_t doing_since_wall_ms, last_event_wall_ms, events_per_minute, cost_cents, unknown_events;
	bool live, has_cost, taken_attached;	/* taken_attached: control hangs on somebody's dashboard */
	struct model_stream *streams;		/* own, as the two below */
	struct model_preview *previews;
	struct model_snapshot_of *snapshots;
	size_t stream_count, preview_count, snapshot_count;
};

/* What MIOSA itself wants to have approved. It tells a fingerprint, no parameters. */
struct model_approval {
	char *id, *capability, *fingerprint, *status, *principal, *agent, *inserted_at, *expires_at;
	char *decision;			/* a person's word that is on its way to MIOSA, or was taken there; "" for none */
	int64_t action;			/* the action here that has this fingerprint; 0: none */
};

/* A rule made from a decision. */
struct model_alike {
	int64_t id, uses, uses_max, expires_boot_ms, made_wall_ms;	/* 0: no end by that */
	char *verdict, *what, *made_by, *words;	/* words: what a refusal tells the agent */
	struct { int64_t action, wall_ms; } last[MODEL_USES];	/* uses, the newest first */
	size_t last_count;
};

struct model_note {
	int64_t id;
	char *kind, *target, *text, *by;
};

/* A person at a dashboard. */
struct model_person {
	char *name;
	int64_t reads;		/* the action whose card is open; 0 for none */
};

struct model_gate {
	char *base_url, *upstream, *upstream_name, *why, *frozen_by, *signing, *policy_error;
	int64_t pid, not_live_since_wall_ms, frozen_wall_ms, by_rule_per_minute, by_hand_per_minute;
	int64_t tenant_lines;	/* of the log of what happened to no session */
	bool live, unattended;
};

/* How many ended in all since the first snapshot, so far as the gate told. */
struct model_tally { int64_t expired, gave_up, by_rule; };

struct model {
	int64_t seq;
	int64_t changes;		/* grows with each change, but not with those of lines and screens alone */
	int64_t boot_offset_ms, wall_offset_ms;	/* the gate's clocks less ours, when the snapshot came */
	bool loaded;
	struct model_gate gate;		/* frozen_by "": not frozen */
	struct model_action **actions;	/* by id */
	size_t action_count, action_cap;
	struct model_action **ended;	/* those of them that ended, in order of their end */
	size_t ended_count, ended_cap, ended_bytes;
	struct model_tally tally;
	int64_t kept;			/* an action that stays, however long ago it ended; 0 for none */
	struct model_agent **agents;	/* in order of arrival */
	size_t agent_count, agent_cap;
	struct model_session **sessions;
	size_t session_count, session_cap;
	struct model_session **by_id;	/* the same, in order of id: there may be thousands, and each count names one */
	size_t by_id_count, by_id_cap;
	struct model_alike **alikes;
	size_t alike_count, alike_cap;
	struct model_note **notes;
	size_t note_count, note_cap;
	struct model_person **persons;
	size_t person_count, person_cap;
	struct model_approval **approvals;
	size_t approval_count, approval_cap;
	int64_t missed;			/* events that never came, in all: the gate said so, or their numbers did */
};

/* Empty, and not loaded. */
void model_init(struct model *m);
void model_release(struct model *m);
/* The answer of GET /v1/state: everything anew. now_*: our clocks. */
int model_snapshot(struct model *m, const char *json, size_t len, int64_t now_boot_ms, int64_t now_wall_ms, struct err *e);
/* One event. ERR_STATE: take a new snapshot. Unknown types are fine. */
int model_event(struct model *m, const char *type, const char *json, size_t len, int64_t seq, struct err *e);
/* By what they are known by; NULL: there is none. Borrowed until the next snapshot or event. */
struct model_action *model_find_action(const struct model *m, int64_t id);
struct model_session *model_find_session(const struct model *m, const char *id);
struct model_agent *model_find_agent(const struct model *m, const char *name);
struct model_approval *model_find_approval(const struct model *m, const char *id);
/* The one that waits for this action; NULL for none. */
struct model_approval *model_approval_of(const struct model *m, int64_t action);
bool model_is_pending(const struct model_approval *p);	/* does it wait for a person, as far as is known? */
bool model_is_held(const struct model_action *a);	/* does it wait for a decision? */
/* By its request, or by what was found out about this version of it. */
bool model_is_risky(const struct model_action *a);
bool model_is_found_risky(const struct model_action *a);	/* by the latter */
/* What was looked up about it as it is: it counts until there is another version, or it is looked up again. */
void model_found(struct model *m, struct model_action *a, bool risky);

#endif
