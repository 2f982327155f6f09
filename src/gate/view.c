/* view: actions, agents, sessions and the gate as the operator API shows them (docs/OPERATOR.md). */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "gate/approvals.h"
#include "gate/bodies.h"
#include "gate/budgets.h"
#include "gate/logs.h"
#include "gate/pictures.h"
#include "gate/stream.h"

enum { BODY_BASE64_MAX = 65536 };

static void int_or_null(struct jsonw *w, const char *key, bool there, int64_t n)
{
	jw_key(w, key);
	if (there)
		jw_int(w, n);
	else
		jw_null(w);
}

void view_who(struct jsonw *w, const char *key, const char *by, int64_t wall_ms)
{
	jw_key(w, key);
	if (!by) {
		jw_null(w);
		return;
	}
	jw_begin(w, '{');
	jw_kstr(w, "by", by);
	jw_kint(w, "wall_ms", wall_ms);
	jw_end(w, '}');
}

void view_sent(const struct gate *g, const char *session, struct jsonw *w)
{
	size_t i;

	jw_key(w, "sent");
	jw_begin(w, '[');
	for (i = 0; i < g->queue.count; i++)
		if (g->queue.items[i]->state == ACTION_SENT && (!session || strcmp(g->queue.items[i]->session, session) == 0))
			jw_int(w, g->queue.items[i]->id);
	jw_end(w, ']');
}

/* As text, or as the start of it in base64; an opaque one only as the start of its bytes. */
static void put_body(const struct gate *g, const struct action *a, struct jsonw *w)
{
	bool opaque = action_is_opaque(a), text = !opaque && utf8_valid(a->body, a->body_len);
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	if (opaque)
		bodies_start_hex(g, a, &b);
	else if (!text)
		base64_encode(&b, a->body, a->body_len < BODY_BASE64_MAX ? a->body_len : BODY_BASE64_MAX);
	jw_kbool(w, "opaque", opaque);
	jw_key(w, "body");
	if (text)
		jw_strn(w, a->body, a->body_len);
	else
		jw_null(w);
	jw_kstr(w, "body_base64", opaque || text ? NULL : buf_cstr(&b));
	jw_kstr(w, "body_hex", opaque ? buf_cstr(&b) : NULL);
	buf_release(&b);
}

static void put_request(const struct gate *g, const struct action *a, struct jsonw *w)
{
	int i;

	jw_kstr(w, "method", http_method_name(a->method));
	jw_kstr(w, "path", a->path);
	jw_kstr(w, "query", a->query);
	jw_key(w, "headers");
	jw_begin(w, '[');
	for (i = 0; i < ACTION_HEADERS; i++) {
		if (!a->headers[i])
			continue;
		jw_begin(w, '[');
		jw_str(w, action_header_name((enum action_header)i));
		jw_str(w, a->headers[i]);
		jw_end(w, ']');
	}
	jw_end(w, ']');
	jw_kstr(w, "digest", a->digest);
	jw_kint(w, "body_len", (int64_t)action_size(a));
	put_body(g, a, w);
}

static void put_found(const struct gate *g, const struct action *a, struct jsonw *w)
{
	const struct session *s = feed_session(g, a->session);
	size_t i;

	jw_kstr(w, "agent", a->agent);
	jw_kstr(w, "session", a->session);
	jw_kstr(w, "session_kind", a->session_kind == SESSION_COMPUTER ? "computer" : a->session_kind == SESSION_SANDBOX ? "sandbox" : "");
	jw_kstr(w, "session_name", s ? s->name : a->session);
	jw_kstr(w, "kind", a->kind);
	jw_kstr(w, "class", action_class_name(a->class));
	jw_kstr(w, "plain", a->plain);
	jw_kstr(w, "summary", a->summary);
	int_or_null(w, "x", a->has_point, a->x);
	int_or_null(w, "y", a->has_point, a->y);
	int_or_null(w, "x2", a->has_second, a->x2);
	int_or_null(w, "y2", a->has_second, a->y2);
	jw_kstr(w, "text", a->text);
	jw_kstr(w, "title", a->title);
	jw_kstr(w, "reason", a->reason);
	jw_kstr(w, "turn", a->turn);
	jw_kstr(w, "origin", a->origin);
	jw_kstr(w, "held_by", a->held_by ? a->held_by : ACTION_HELD_BY_DEFAULT);
	jw_key(w, "risks");
	jw_begin(w, '[');
	for (i = 0; i < ACTION_RISKS && a->risks[i]; i++)
		jw_str(w, a->risks[i]);
	jw_end(w, ']');
}

/* What a person made of it, and who has said yes so far. */
static void put_edit_and_approvals(const struct action *a, struct jsonw *w)
{
	int i;

	jw_key(w, "edited");
	if (a->edited_by) {
		jw_begin(w, '{');
		jw_kstr(w, "by", a->edited_by);
		jw_key(w, "original");
		jw_strn(w, a->original, a->original_len);
		jw_end(w, '}');
	} else {
		jw_null(w);
	}
	jw_kint(w, "require", a->require);
	jw_key(w, "approvals");
	jw_begin(w, '[');
	for (i = 0; i < a->approval_count; i++) {
		jw_begin(w, '{');
		jw_kstr(w, "by", a->approvals[i].by);
		jw_kint(w, "wall_ms", a->approvals[i].wall_ms);
		jw_end(w, '}');
	}
	jw_end(w, ']');
}

static void put_result(const struct action *a, struct jsonw *w)
{
	char text[160] = "";

	switch (a->state) {
	case ACTION_SENT:
		snprintf(text, sizeof(text), "sent");
		break;
	case ACTION_DONE:
		if (a->answer == ANSWER_COMING)
			snprintf(text, sizeof(text), "done, its answer is coming");
		else if (a->status < 400)
			snprintf(text, sizeof(text), "done, %.1fs%s", (double)a->took_ms / 1000, a->answer == ANSWER_CUT ? ", its answer was cut off" :
				 a->answer == ANSWER_UNFINISHED ? ", its answer was not read to its end" : "");
		else
			snprintf(text, sizeof(text), "answered %d, %.1fs", a->status, (double)a->took_ms / 1000);
		break;
	case ACTION_UPSTREAM_FAILED:
		snprintf(text, sizeof(text), "FAILED: it answered %d", a->status);
		break;
	case ACTION_NOT_SENT:
		snprintf(text, sizeof(text), "NOT SENT");
		break;
	case ACTION_UNKNOWN:
		snprintf(text, sizeof(text), "SENT, NO ANSWER");
		break;
	case ACTION_DENIED:
		snprintf(text, sizeof(text), "denied");
		break;
	case ACTION_EXPIRED:
		snprintf(text, sizeof(text), "expired: nobody decided");
		break;
	case ACTION_WITHDRAWN:
		snprintf(text, sizeof(text), "agent gave up");
		break;
	default:
		break;
	}
	jw_kstr(w, "result", text);
	jw_kstr(w, "error", a->error ? a->error : "");
	jw_key(w, "answer");
	if (a->answer == ANSWER_NONE) {
		jw_null(w);
		return;
	}
	jw_begin(w, '{');
	jw_kstr(w, "end", action_answer_name(a->answer));
	jw_kint(w, "len", a->answer_len);
	jw_kint(w, "kept", a->answer_kept);
	jw_kbool(w, "streamed", a->streamed);
	jw_end(w, '}');
}

/* When it is over if nobody decides, and by what. */
static void put_out(const struct action *a, struct jsonw *w)
{
	bool leaves = a->askers > 0 && a->patience_boot_ms != 0 && a->patience_boot_ms < a->expires_boot_ms;

	jw_kint(w, "out_boot_ms", leaves ? a->patience_boot_ms : a->expires_boot_ms);
	jw_kstr(w, "out_by", !leaves ? "hold" : a->patience_stated ? "stated" : "seen");
}

void view_action(const struct gate *g, const struct action *a, struct jsonw *w)
{
	struct action *before = a->state == ACTION_HELD ? queue_waits_for(&g->queue, a) : NULL;
	bool approved = a->decided_wall_ms && a->state != ACTION_DENIED && a->state != ACTION_HELD;

	jw_begin(w, '{');
	jw_kint(w, "id", a->id);
	jw_kint(w, "version", a->version);
	jw_kstr(w, "state", action_state_name(a->state));
	put_found(g, a, w);
	put_request(g, a, w);
	put_edit_and_approvals(a, w);
	jw_kint(w, "arrived_wall_ms", a->arrived_wall_ms);
	jw_kint(w, "arrived_boot_ms", a->arrived_boot_ms);
	jw_kint(w, "expires_boot_ms", a->expires_boot_ms);
	put_out(a, w);
	int_or_null(w, "decided_wall_ms", a->decided_wall_ms != 0, a->decided_wall_ms);
	int_or_null(w, "ended_wall_ms", a->ended_wall_ms != 0, a->ended_wall_ms);
	jw_kint(w, "askers", a->askers);
	int_or_null(w, "away_since_boot_ms", a->away_since_boot_ms != 0, a->away_since_boot_ms);
	jw_kint(w, "joined", a->joined);
	int_or_null(w, "waits_for", before != NULL, before ? before->id : 0);
	int_or_null(w, "same_as", a->same_as != 0, a->same_as);
	int_or_null(w, "same_as_ended_ms_ago", a->same_as != 0, a->same_as_ended_ms_ago);
	jw_kbool(w, "needs_person", queue_needs_person(a));
	jw_kstr(w, "seen_by", a->seen_by);
	jw_kstr(w, "decision", approved ? "approve" : a->responded ? "respond" : a->state == ACTION_DENIED ? "deny" : NULL);
	jw_kstr(w, "decided_kind", a->decided_kind);
	jw_kstr(w, "decided_by", a->decided_by);
	jw_kstr(w, "signed_by", a->is_signed ? a->decided_by : NULL);
	jw_kstr(w, "note", a->note);
	int_or_null(w, "sent_wall_ms", a->sent_wall_ms != 0, a->sent_wall_ms);
	int_or_null(w, "status", a->status != 0, a->status);
	int_or_null(w, "took_ms", a->status != 0, a->took_ms);
	put_result(a, w);
	jw_key(w, "approval");
	view_approval_of(g, a, w);
	jw_kstr(w, "screen_sha256", a->screen_sha256[0] ? a->screen_sha256 : NULL);
	view_screens(a, w);
	jw_end(w, '}');
}

void view_agent(const struct gate *g, const struct agent *a, struct jsonw *w)
{
	jw_begin(w, '{');
	jw_kstr(w, "name", a->name);
	jw_kint(w, "created_wall_ms", a->created_wall_ms);
	int_or_null(w, "last_seen_boot_ms", a->last_seen_boot_ms != 0, a->last_seen_boot_ms);
	jw_kint(w, "connections", a->connections);
	jw_kint(w, "actions", budgets_actions(g, a->name));
	jw_kint(w, "waiting", (int64_t)queue_waiting(&g->queue, a->name, NULL));
	jw_kint(w, "refused", a->refused);
	int_or_null(w, "answer_within_ms", a->answer_within_ms != 0, a->answer_within_ms);
	jw_kstr(w, "session", a->session);
	view_who(w, "stopped", a->stopped_by, a->stopped_wall_ms);
	view_budget(g, false, a->name, w);
	jw_end(w, '}');
}

static void put_activity(const struct activity *a, struct jsonw *w)
{
	const struct activity_run *r = activity_doing(a);
	size_t i;

	jw_key(w, "doing");
	if (r) {
		jw_begin(w, '{');
		jw_kstr(w, "what", r->what);
		jw_kstr(w, "exec", r->exec);
		jw_kint(w, "since_wall_ms", r->since_wall_ms);
		jw_end(w, '}');
	} else {
		jw_null(w);
	}
	int_or_null(w, "last_event_wall_ms", a->last_event_wall_ms != 0, a->last_event_wall_ms);
	jw_kint(w, "events_per_minute", activity_per_minute(a, clock_boot_ms()));
	jw_key(w, "previews");
	jw_begin(w, '[');
	for (i = 0; i < a->preview_count; i++) {
		jw_begin(w, '{');
		jw_kstr(w, "id", a->previews[i].id);
		jw_kint(w, "port", a->previews[i].port);
		jw_kstr(w, "url", a->previews[i].url);
		jw_end(w, '}');
	}
	jw_end(w, ']');
	jw_key(w, "snapshots");
	jw_begin(w, '[');
	for (i = 0; i < a->snapshot_count; i++) {
		jw_begin(w, '{');
		jw_kstr(w, "id", a->snapshots[i].id);
		jw_kstr(w, "status", a->snapshots[i].status);
		jw_kstr(w, "comment", a->snapshots[i].comment);
		jw_kstr(w, "created_at", a->snapshots[i].created_at);
		jw_end(w, '}');
	}
	jw_end(w, ']');
	int_or_null(w, "cost_cents", a->cost_cents >= 0, a->cost_cents);
	jw_kint(w, "unknown_events", a->unknown_events);
	jw_kstr(w, "last_unknown", a->last_unknown);
}

static void put_streams(const struct session *s, struct jsonw *w)
{
	const struct stream *st;

	jw_key(w, "streams");
	jw_begin(w, '[');
	for (st = s->streams; st; st = stream_next(st)) {
		struct stream_view v = stream_view(st);

		jw_begin(w, '{');
		jw_kstr(w, "name", v.name);
		jw_kstr(w, "state", stream_state_name(v.state));
		jw_kint(w, "since_wall_ms", v.since_wall_ms);
		jw_kstr(w, "why", v.why);
		jw_kint(w, "gaps", v.gaps);
		jw_end(w, '}');
	}
	jw_end(w, ']');
}

void view_session(const struct gate *g, const struct session *s, struct jsonw *w)
{
	jw_begin(w, '{');
	jw_kstr(w, "id", s->id);
	jw_kstr(w, "kind", s->kind == SESSION_COMPUTER ? "computer" : "sandbox");
	jw_kstr(w, "name", s->name);
	jw_kstr(w, "state", s->state);
	jw_kstr(w, "isolation", s->isolation);
	jw_kint(w, "width", s->width);
	jw_kint(w, "height", s->height);
	if (s->kind == SESSION_COMPUTER)
		jw_kstr(w, "coordinates", coordinates_name(g->config.coordinates));
	jw_kbool(w, "live", s->live);
	int_or_null(w, "not_live_since_wall_ms", !s->live, s->not_live_since_wall_ms);
	jw_kint(w, "log_lines", s->log ? log_count(s->log) : 0);
	jw_kint(w, "screen_seq", s->screen_seq);
	jw_kstr(w, "agent", s->agent);
	jw_kstr(w, "label", gate_label(g, s->id) ? gate_label(g, s->id) : "");
	jw_key(w, "takeover");
	view_takeover(g, s->id, w);
	jw_key(w, "controls");
	jw_begin(w, '[');
	jw_end(w, ']');
	put_activity(&s->activity, w);
	put_streams(s, w);
	view_budget(g, true, s->id, w);
	jw_end(w, '}');
}

void view_gate(const struct gate *g, struct jsonw *w)
{
	char listen[80];
	int by_rule, by_hand;

	snprintf(listen, sizeof(listen), strchr(g->config.listen_host, ':') ? "[%s]:%d" : "%s:%d", g->config.listen_host, server_port(g->agents_server));
	jw_begin(w, '{');
	jw_kstr(w, "version", PACKAGE_VERSION);
	jw_kint(w, "pid", uv_os_getpid());
	jw_kstr(w, "listen", listen);
	jw_kstr(w, "base_url", g->base_url);
	jw_kstr(w, "agent_socket", g->config.agent_socket_path);
	jw_kstr(w, "upstream", g->origin);
	jw_kstr(w, "upstream_name", strstr(g->origin, "//127.0.0.1") || strstr(g->origin, "//localhost") ? "local" : "MIOSA");
	jw_kbool(w, "live", g->live && !g->record_error[0]);
	int_or_null(w, "not_live_since_wall_ms", !g->live || g->record_error[0], g->live ? g->record_error_since_wall_ms : g->not_live_since_wall_ms);
	jw_kstr(w, "not_live_why", g->record_error[0] ? g->record_error : g->not_live_why);
	jw_kstr(w, "state_dir", g->config.state_dir);
	view_who(w, "frozen", g->frozen.by, g->frozen.wall_ms);
	jw_key(w, "policy");
	view_policy(g, w);
	rates_now(g, &by_rule, &by_hand);
	jw_kint(w, "by_rule_per_minute", by_rule);
	jw_kint(w, "by_hand_per_minute", by_hand);
	jw_kbool(w, "unattended", g->queue.unattended);
	jw_kint(w, "tenant_lines", log_count(g->tenant_log));
	jw_kstr(w, "signing", operators_count(g) > 0 ? "signed" : "unsigned");
	jw_end(w, '}');
}
