/*
 * answer: what agents are told: the substrate's answer of a done action, and words of the gate's own for all others, in the API's error
 * envelope and never with a status that makes a client send again (5xx, 429).
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/mask.h"
#include "gate/answer.h"
#include "gate/byhand.h"
#include "io/failpoint.h"
#include "io/log.h"

enum { NOTE_LINE_MAX = 4096 };	/* encoded */

static const char denied_words[] = "Denied by a person. Do not retry; say what you need.";

/* What an agent is told of an action that did not get an answer of the substrate. */
static void refusal(const struct action *a, int *ret_status, const char **ret_code, char *message, size_t size)
{
	static const struct { enum action_state state; int status; const char *code, *words; } table[] = {
		{ ACTION_DENIED, 403, "action_denied", denied_words },
		{ ACTION_EXPIRED, 403, "action_expired", "Nobody decided in time." },
		{ ACTION_WITHDRAWN, 403, "action_withdrawn", "The request was withdrawn: its asker stayed away, or asked for something else." },
		{ ACTION_NOT_SENT, 409, "substrate_unreachable", "It was approved, but the substrate could not be reached; nothing was sent." },
		{ ACTION_UNKNOWN, 409, "outcome_unknown", "It was sent, and no answer came. It may have happened. Look before you do anything else." },
		{ ACTION_UPSTREAM_FAILED, 409, "upstream_failed", "It was sent, and the substrate answered with a failure." },
	};
	const char *words = a->state == ACTION_DENIED && a->note && a->note[0] ? a->note : NULL;
	size_t i;

	*ret_status = 409;
	*ret_code = "outcome_unknown";
	message[0] = '\0';
	for (i = 0; i < ARRAY_LEN(table); i++) {
		if (table[i].state != a->state)
			continue;
		*ret_status = table[i].status;
		*ret_code = a->state == ACTION_DENIED && a->error && strcmp(a->error, TAKEOVER_ACTIVE) == 0 ? TAKEOVER_ACTIVE : table[i].code;
		snprintf(message, size, "%s", words ? words : table[i].words);
	}
}

void answer_flushed(bool written, void *arg)
{
	struct action *a = arg;

	if (written)
		a->delivered = true;
	a->askers--;
}

/* The decision's words, and behind them those of a person who had control of the session. */
static void put_note(struct gate *g, const struct action *a, struct buf *out)
{
	char with[64], *handed;

	if (a->note)
		http_encode(out, a->note, strlen(a->note), false);
	snprintf(with, sizeof(with), "the answer of action %lld", (long long)a->id);
	handed = out->len < NOTE_LINE_MAX / 4 ? handback_take(g, a->session, with) : NULL;
	if (handed && out->len > 0)
		buf_puts(out, "%0A");
	if (handed)
		http_encode(out, handed, strlen(handed), false);
	free(handed);
}

void answer_lines(struct gate *g, struct answer_lines *l, const struct action *a, const char *content_type)
{
	struct buf note;
	size_t n = 0;

	snprintf(l->id, sizeof(l->id), "Assent-Action: %lld", (long long)a->id);
	l->list[n++] = l->id;
	buf_init(&l->note, 16384);
	buf_init(&note, 16384);
	put_note(g, a, &note);
	if (!buf_failed(&note) && note.len > 0 && note.len < NOTE_LINE_MAX) {
		buf_printf(&l->note, "Assent-Note: %s", buf_cstr(&note));
		l->list[n++] = buf_cstr(&l->note);
	}
	buf_release(&note);
	if (a->edited_by)
		l->list[n++] = "Assent-Edited: 1";
	if (content_type && content_type[0]) {
		snprintf(l->type, sizeof(l->type), "Content-Type: %s", content_type);
		l->list[n++] = l->type;
	}
	l->list[n] = NULL;
}

/* What the substrate's failure was, for error.details. */
static void put_details(const struct action *a, const char *body, size_t len, struct buf *out)
{
	struct jsonw w;

	jw_init(&w, out);
	jw_begin(&w, '{');
	jw_kint(&w, "status", a->status);
	jw_key(&w, "body");
	jw_strn(&w, body, len);
	jw_end(&w, '}');
}

/* The words of the gate's own, and the status that goes with them. */
static int put_refusal(const struct action *a, const char *body, size_t len, struct buf *out)
{
	char message[2048] = "", id[32];
	struct buf details;
	const char *code;
	int status;

	refusal(a, &status, &code, message, sizeof(message));
	snprintf(id, sizeof(id), "%lld", (long long)a->id);
	buf_init(&details, SIZE_MAX - 1);
	if (a->state == ACTION_UPSTREAM_FAILED)
		put_details(a, body, len, &details);
	server_put_error(out, code, message, id, details.len > 0 ? &details : NULL);
	buf_release(&details);
	return status;
}

/* The whole answer of an ended action. The last byte's way is watched: until it is written, a repeat gets the same. */
static void reply(struct gate *g, struct action *a, struct server_req *r, const char *content_type, const char *body, size_t len)
{
	struct answer_lines l;
	struct buf out;
	int status = a->status;

	buf_init(&out, SIZE_MAX - 1);
	if (a->state == ACTION_DONE) {
		buf_append(&out, body, len);
	} else {
		status = put_refusal(a, body, len, &out);
		content_type = "application/json";
	}
	answer_lines(g, &l, a, content_type);
	server_set_user(r, NULL, NULL);
	a->askers++;	/* keeps the action in memory until answer_flushed */
	server_begin(r, status, l.list, (int64_t)out.len);
	server_write(r, out.data, out.len / 2);
	failpoint(14);
	server_write(r, out.data + out.len / 2, out.len - out.len / 2);
	server_end(r, true, answer_flushed, a);
	buf_release(&l.note);
	buf_release(&out);
}

void answer_one(struct gate *g, struct action *a, struct server_req *r)
{
	struct buf body, type;

	buf_init(&body, STORE_RESULT_MAX);
	buf_init(&type, 1024);
	if (a->streamed && a->state == ACTION_DONE)
		answer_error(a, r, 409, "outcome_streamed", "it was done; its answer was streamed once, and is given to nobody again");
	else if (store_result(g->store, a->id, &body, &type, NULL) < 0 && a->state == ACTION_DONE)
		answer_error(a, r, 409, "outcome_not_kept", "it was done; its answer was passed on once and not kept");
	else
		reply(g, a, r, buf_cstr(&type), buf_cstr(&body), body.len);
	buf_release(&body);
	buf_release(&type);
}

void answer_error(const struct action *a, struct server_req *r, int status, const char *code, const char *message)
{
	char line[48], id[32];
	const char *const headers[] = { line, NULL };

	snprintf(line, sizeof(line), "Assent-Action: %lld", (long long)a->id);
	snprintf(id, sizeof(id), "%lld", (long long)a->id);
	server_set_user(r, NULL, NULL);
	server_error(r, status, headers, code, message, id);
}

void answer_pending(struct action *a, struct server_req *r)
{
	answer_error(a, r, 409, "action_pending", a->state == ACTION_HELD ? "A person has not decided yet; send the same request again." :
		     "It was approved and waits for its turn; send the same request again.");
}

void answer_waiting(struct gate *g, struct action *a, const char *type, const char *body, size_t len)
{
	struct asker *k;
	struct server_req *r;

	if (action_is_operators(a))
		by_hand_ended(g, a, body, len);
	while ((k = asker_find(g, a->id, false)) != NULL) {
		r = k->req;
		a->askers--;
		asker_free(k);
		if (r)
			reply(g, a, r, type, body, len);
	}
}

void answer_ended(struct gate *g, struct action *a)
{
	answer_waiting(g, a, NULL, "", 0);
}

static const char unreadable[] =
	"{\"error\":{\"code\":\"answer_unreadable\",\"message\":\"It was done. The answer cannot be looked through for what leads past the gate, so it is not"
	" passed on; tell a person.\"}}";

void answer_clean(const struct gate *g, const struct action *a, int status, const char *type, bool packed, struct buf *body)
{
	bool plain = (!a->content || a->stream) && !a->reveal && status >= 200 && status < 300;	/* what comes as a stream is none here: it tells of one */
	bool lost = buf_failed(body);	/* a part of it would be another answer */
	struct scrub s;
	struct buf masked, scrubbed;
	int count = 0;

	buf_init(&masked, SIZE_MAX - 1);
	buf_init(&scrubbed, SIZE_MAX - 1);
	if (lost || (plain && (packed || mask_reads_json(type, buf_cstr(body), body->len)))) {
		if (lost || packed || body->len > MASK_BYTES_MAX || mask_json(buf_cstr(body), body->len, &masked, &count, NULL) < 0) {
			buf_clear(&masked);
			buf_puts(&masked, unreadable);
			count = 1;
		}
		if (count > 0)
			log_line("masked what the answer of action %lld hands out", (long long)a->id);
	}
	scrub_init(&s, g->config.key);
	if (scrub_feed(&s, count > 0 ? buf_cstr(&masked) : buf_cstr(body), count > 0 ? masked.len : body->len, &scrubbed) < 0 || scrub_end(&s, &scrubbed) < 0)
		buf_clear(&scrubbed);	/* out of memory: rather no answer than a key */
	buf_release(&masked);
	buf_release(body);
	*body = scrubbed;
}
