/* sending: see sending.h. */
#include "config.h"

#include "cmd/sending.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/console.h"

enum { SLOW_MS = 100 };

static struct {
	struct sending_spec spec;
	uv_timer_t limit;
	bool open, ends_gate;
	/* a decision, until the terminal has shown what it was about: with the screen as it was then */
	struct dash_request held;
	int64_t number;			/* of the query; 0: none */
	struct sending_screen screen;
	int64_t answered;		/* the newest query that was */
	struct dash_request *more;	/* own; of several that are decided together those not sent yet: each goes when the one before was answered */
	size_t more_count, more_sent;
	int unanswered;			/* on their way to the gate */
} out;

/* ---- several ---- */

static void send_more(void)
{
	struct rect nowhere = { 0 };

	if (out.more_sent == out.more_count) {
		out.more_sent = out.more_count = 0;
	} else {
		out.unanswered++;
		client_decide(out.spec.client, &out.more[out.more_sent++], "", 0, &nowhere);
	}
}

static void take_more(const struct dash_request *q)
{
	struct dash_request *grown = q->more_count ? realloc(out.more, (out.more_count + q->more_count) * sizeof(*grown)) : NULL;

	if (!grown)
		return;
	memcpy(grown + out.more_count, q->more, q->more_count * sizeof(*grown));
	out.more = grown;
	out.more_count += q->more_count;
}

void sending_answer(int status, const char *message)
{
	struct dashboard *d = out.spec.dash;

	out.unanswered--;
	if (out.ends_gate)
		out.spec.on_end();
	else if (status == 0)
		dash_say(d, clock_boot_ms(), "the gate gave no answer (%s): look before you try again", message);
	else if (status >= 300)
		dash_say(d, clock_boot_ms(), "not done: %s", message);
	/* Where one of several was refused, or nothing is known of it, the others are not sent. */
	if (status == 0 || status >= 300)
		out.more_sent = out.more_count = 0;
	else if (out.open)
		send_more();
	if (out.open && d->view == VIEW_FROZEN)
		client_look(out.spec.client);
	out.spec.changed();
}

bool sending_waits(void)
{
	return out.unanswered > 0;
}

/* ---- decisions wait for the terminal ---- */

static void carry_out(const struct dash_request *q)
{
	out.unanswered += q->type == REQUEST_DECIDE || q->type == REQUEST_CALL;
	if (q->type == REQUEST_DECIDE) {
		client_decide(out.spec.client, q, out.screen.sha256, out.screen.wall_ms, &out.screen.part);
		take_more(q);
	} else if (q->type == REQUEST_CALL) {
		out.ends_gate = q->ends_gate;
		client_call(out.spec.client, q->method, q->path, q->body);
	} else {
		out.spec.carry_out(q);
	}
}

/* Holding back needs nobody's eyes; whatever else changes something does. */
static bool is_decision(const struct dash_request *q)
{
	return q->type == REQUEST_DECIDE || (q->type == REQUEST_CALL && strcmp(q->path, "/v1/freeze") != 0 && strcmp(q->path, "/v1/running/end") != 0);
}

/* The held decision goes out, or not. */
static void end_held(bool goes)
{
	struct dash_request q = out.held;

	uv_timer_stop(&out.limit);
	out.held = (struct dash_request){ .type = REQUEST_NONE };
	if (goes)
		carry_out(&q);
	else
		dash_say(out.spec.dash, clock_boot_ms(), "not done: the terminal stood still, and may have shown something else. Look, and press it again");
	dash_request_release(&q);
	out.spec.changed();
}

void sending_look(void)
{
	if (out.held.type != REQUEST_NONE && out.answered >= out.number && !console_busy())
		end_held(true);
}

void sending_answered(int64_t number)
{
	out.answered = number;
	sending_look();
}

void sending_drop(void)
{
	if (out.held.type != REQUEST_NONE)
		end_held(false);
}

static void on_limit(uv_timer_t *t)
{
	(void)t;
	end_held(false);
}

void sending_take(struct dash_request *q, const struct sending_screen *seen)
{
	struct dashboard *d = out.spec.dash;

	if (!is_decision(q) || out.held.type != REQUEST_NONE) {
		if (is_decision(q))
			dash_say(d, clock_boot_ms(), "not done: the one before still waits for the terminal");
		else
			carry_out(q);
		dash_request_release(q);
		return;
	}
	out.held = *q;
	out.screen = *seen;
	out.number = 0;
	uv_timer_start(&out.limit, on_limit, (uint64_t)console_limit_ms(), 0);
	if (console_answers())
		out.number = console_ask();
	if (console_pace_ms() * 4 > SLOW_MS)
		dash_say(d, clock_boot_ms(), "it goes out when the terminal has answered");
	sending_look();
}

/* ---- start and end ---- */

void sending_open(const struct sending_spec *s)
{
	out.spec = *s;
	out.open = true;
	uv_timer_init(s->loop, &out.limit);
}

void sending_close(void)
{
	if (!out.open)
		return;
	out.open = false;
	uv_close((uv_handle_t *)&out.limit, NULL);
	dash_request_release(&out.held);
	free(out.more);
	out.more = NULL;
	out.more_count = out.more_sent = 0;
}
