/* model_fields: one row for each field that is read as it stands. See model_own.h. */
#include "config.h"

#include "core/model_own.h"

#include <stdlib.h>
#include <string.h>

#define TEXT(type, name) { #name, TEXT_FIELD, offsetof(struct type, name) }
#define TEXT_AT(type, name, key) { key, TEXT_FIELD, offsetof(struct type, name) }
#define INT(type, name) { #name, INT_FIELD, offsetof(struct type, name) }
#define INT_AT(type, name, key) { key, INT_FIELD, offsetof(struct type, name) }
#define BOOL(type, name) { #name, BOOL_FIELD, offsetof(struct type, name) }
#define BOOL_AT(type, name, key) { key, BOOL_FIELD, offsetof(struct type, name) }

static const struct model_field action_fields[] = {
	INT(model_action, id), INT(model_action, version),
	TEXT(model_action, state), TEXT(model_action, agent), TEXT(model_action, session), TEXT(model_action, session_kind),
	TEXT(model_action, session_name), TEXT(model_action, kind), TEXT(model_action, class), TEXT(model_action, method),
	TEXT(model_action, path), TEXT(model_action, query), TEXT(model_action, digest), TEXT(model_action, body),
	TEXT(model_action, body_base64), TEXT(model_action, body_hex), TEXT(model_action, plain), TEXT(model_action, summary), TEXT(model_action, text),
	TEXT(model_action, title), TEXT(model_action, reason), TEXT(model_action, turn), TEXT(model_action, origin), TEXT(model_action, held_by),
	TEXT(model_action, seen_by), TEXT(model_action, decision), TEXT(model_action, decided_kind), TEXT(model_action, decided_by), TEXT(model_action, signed_by),
	TEXT(model_action, note), TEXT(model_action, result), TEXT(model_action, error),
	TEXT(model_action, out_by), TEXT_AT(model_action, edited_by, "edited.by"), TEXT_AT(model_action, original, "edited.original"),
	TEXT_AT(model_action, screen_decided, "screens.decided"), TEXT_AT(model_action, screen_before, "screens.before"), TEXT_AT(model_action, screen_after, "screens.after"),
	INT(model_action, body_len), INT(model_action, require), BOOL(model_action, opaque),
	INT(model_action, x), INT(model_action, y), INT(model_action, x2), INT(model_action, y2),
	INT(model_action, arrived_wall_ms), INT(model_action, arrived_boot_ms), INT(model_action, out_boot_ms),
	INT(model_action, ended_wall_ms), INT(model_action, decided_wall_ms), INT(model_action, askers), INT(model_action, joined),
	INT(model_action, away_since_boot_ms), INT(model_action, waits_for), INT(model_action, same_as),
	INT_AT(model_action, same_as_ms_ago, "same_as_ended_ms_ago"),
};
static const struct model_field agent_fields[] = {
	TEXT(model_agent, name), TEXT(model_agent, session), TEXT_AT(model_agent, stopped_by, "stopped.by"), TEXT(model_agent, at_cap),
	INT(model_agent, connections), INT(model_agent, actions), INT(model_agent, waiting), INT(model_agent, refused),
	INT_AT(model_agent, stopped_wall_ms, "stopped.wall_ms"), INT_AT(model_agent, used_actions, "used.actions"),
	INT_AT(model_agent, cap_actions, "budget.actions"), INT(model_agent, last_seen_boot_ms),
};
static const struct model_field session_fields[] = {
	TEXT(model_session, id), TEXT(model_session, kind), TEXT(model_session, name), TEXT(model_session, state), TEXT(model_session, isolation),
	TEXT(model_session, label), TEXT(model_session, agent), TEXT(model_session, coordinates), TEXT_AT(model_session, taken_by, "takeover.by"),
	TEXT_AT(model_session, doing, "doing.what"), TEXT_AT(model_session, doing_exec, "doing.exec"),
	INT_AT(model_session, doing_since_wall_ms, "doing.since_wall_ms"), TEXT(model_session, last_unknown), INT(model_session, last_event_wall_ms),
	INT(model_session, events_per_minute), INT(model_session, cost_cents), INT(model_session, unknown_events),
	INT(model_session, width), INT(model_session, height), INT(model_session, log_lines), INT(model_session, screen_seq),
	INT(model_session, not_live_since_wall_ms), BOOL(model_session, live),
	BOOL_AT(model_session, taken_attached, "takeover.attached"),
};
static const struct model_field stream_fields[] = {
	TEXT(model_stream, name), TEXT(model_stream, state), TEXT(model_stream, why), INT(model_stream, since_wall_ms), INT(model_stream, gaps),
};
static const struct model_field preview_fields[] = {
	TEXT(model_preview, id), TEXT(model_preview, url), INT(model_preview, port),
};
static const struct model_field snapshot_of_fields[] = {
	TEXT(model_snapshot_of, id), TEXT(model_snapshot_of, status), TEXT(model_snapshot_of, comment), TEXT(model_snapshot_of, created_at),
};
static const struct model_field approval_fields[] = {
	TEXT(model_approval, id), TEXT(model_approval, capability), TEXT(model_approval, fingerprint), TEXT(model_approval, status),
	TEXT(model_approval, principal), TEXT(model_approval, agent), TEXT(model_approval, decision), TEXT(model_approval, inserted_at), TEXT(model_approval, expires_at), INT(model_approval, action),
};
static const struct model_field alike_fields[] = {
	INT(model_alike, id), INT(model_alike, uses), INT(model_alike, uses_max), INT(model_alike, expires_boot_ms), INT(model_alike, made_wall_ms),
	TEXT(model_alike, verdict), TEXT(model_alike, what), TEXT(model_alike, made_by), TEXT(model_alike, words),
};
static const struct model_field note_fields[] = {
	INT(model_note, id), TEXT(model_note, kind), TEXT(model_note, target), TEXT(model_note, text), TEXT(model_note, by),
};
static const struct model_field person_fields[] = {
	TEXT(model_person, name), INT(model_person, reads),
};
static const struct model_field gate_fields[] = {
	TEXT(model_gate, base_url), TEXT(model_gate, upstream), TEXT(model_gate, upstream_name), TEXT_AT(model_gate, why, "not_live_why"),
	TEXT_AT(model_gate, frozen_by, "frozen.by"), TEXT(model_gate, signing),
	TEXT_AT(model_gate, policy_error, "policy.error"), INT(model_gate, pid), INT(model_gate, not_live_since_wall_ms),
	INT_AT(model_gate, frozen_wall_ms, "frozen.wall_ms"), INT(model_gate, by_rule_per_minute), INT(model_gate, by_hand_per_minute),
	INT(model_gate, tenant_lines), BOOL(model_gate, live), BOOL(model_gate, unattended),
};

#define TABLE(name) const struct model_table model_##name##_fields = { name##_fields, ARRAY_LEN(name##_fields) }

TABLE(action);
TABLE(agent);
TABLE(session);
TABLE(stream);
TABLE(preview);
TABLE(snapshot_of);
TABLE(approval);
TABLE(alike);
TABLE(note);
TABLE(person);
TABLE(gate);

char *model_text(const struct json_doc *d, int v)
{
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	json_str(d, v, &b);
	return buf_take(&b);
}

static int find_value(const struct json_doc *d, int v, const char *key)
{
	const char *dot = strchr(key, '.');
	char head[32];

	if (!dot)
		return json_get(d, v, key);
	memcpy(head, key, (size_t)(dot - key));
	head[dot - key] = '\0';
	return json_get(d, json_get(d, v, head), dot + 1);
}

bool model_int(const struct json_doc *d, int v, int64_t *ret)
{
	*ret = 0;
	return json_int(d, v, ret) == 0;
}

void model_read_fields(void *object, const struct model_table *t, const struct json_doc *d, int v)
{
	const struct model_field *f;

	for (f = t->fields; f < t->fields + t->count; f++) {
		int value = find_value(d, v, f->key);
		void *to = model_at(object, f->offset);

		if (f->type == TEXT_FIELD) {
			free(*(char **)to);
			*(char **)to = model_text(d, value);
		} else if (f->type == INT_FIELD) {
			model_int(d, value, to);
		} else {
			*(bool *)to = json_bool(d, value, false);
		}
	}
}

void model_free_texts(void *object, const struct model_table *t)
{
	const struct model_field *f;

	for (f = t->fields; f < t->fields + t->count; f++)
		if (f->type == TEXT_FIELD)
			free(*(char **)model_at(object, f->offset));
}
