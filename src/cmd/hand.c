/* hand: see hand.h. */
#include "config.h"

#include "cmd/hand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "core/httpmsg.h"
#include "core/miosa_envelope.h"
#include "ui/letters.h"
#include "ui/term.h"

enum { AGAIN_MS = 300, AGAIN_FOR_MS = 2500 };

static struct {
	struct hand_spec spec;
	uv_timer_t timer, again;
	int64_t alone_since_ms;		/* the stream has ended, and is asked for again; 0: it has not */
	bool open, backing;		/* DELETE is on its way */
} hand;

/* "/v1/takeover/ID" and what follows; own. */
static char *path_of(const char *before, const char *session, const char *after)
{
	struct buf path;

	buf_init(&path, 4096);
	buf_puts(&path, before);
	http_encode(&path, session, strlen(session), false);
	buf_puts(&path, after);
	return buf_take(&path);
}

/* ---- the lease ---- */

static void on_stream_ended(const char *why, void *arg);

static void attach(void)
{
	struct dashboard *d = hand.spec.dash;

	if (!client_attach(hand.spec.client, d->hand.session, d->hand.lease, on_stream_ended, NULL))
		hand_hang_up("out of memory");
}

static void on_again(uv_timer_t *t)
{
	(void)t;
	if (hand.spec.dash->hand.state == HAND_ON)
		attach();
}

/* A connection that only ended is made again, as long as the gate waits for that. */
static void on_stream_ended(const char *why, void *arg)
{
	struct dashboard *d = hand.spec.dash;
	int64_t now = clock_boot_ms();

	(void)arg;
	if (d->hand.state != HAND_ON || d->hand.back)
		return;
	if (hand.alone_since_ms == 0)
		hand.alone_since_ms = now;
	if (!why[0] && d->gate_up && now - hand.alone_since_ms < AGAIN_FOR_MS)
		uv_timer_start(&hand.again, on_again, AGAIN_MS, 0);
	else
		hand_hang_up(why[0] ? why : "the connection to the gate is lost");
	hand.spec.changed();
}

void hand_hang_up(const char *why)
{
	if (!hand.open || hand.spec.dash->hand.state == HAND_OFF)
		return;
	client_detach(hand.spec.client);
	uv_timer_stop(&hand.again);
	hand_ended(hand.spec.dash, why, clock_boot_ms());
	hand.spec.changed();
}

static void on_handed_back(int status, const struct json_doc *answer, const char *message, void *arg)
{
	struct dashboard *d = hand.spec.dash;
	int64_t now = clock_boot_ms();

	(void)answer;
	(void)arg;
	if (!hand.open)
		return;
	hand.backing = false;
	if (d->hand.state != HAND_ON)
		return;
	client_detach(hand.spec.client);
	if ((status >= 200 && status < 300) || status == 404 || status == 403)
		hand_handed_back(d, now);
	else
		hand_hang_up(message);	/* without its stream the lease ends all the same */
	hand.spec.changed();
}

static void hand_back(const char *session, const char *lease, const char *note)
{
	char *path = path_of("/v1/takeover/", session, "");
	struct buf body;
	struct jsonw w;

	buf_init(&body, 8192);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	jw_kstr(&w, "lease", lease);
	if (note[0])
		jw_kstr(&w, "note", note);
	jw_end(&w, '}');
	client_ask(hand.spec.client, "DELETE", path, buf_cstr(&body), false, on_handed_back, NULL);
	buf_release(&body);
	free(path);
}

static void on_taken(int status, const struct json_doc *answer, const char *message, void *arg)
{
	struct dashboard *d = hand.spec.dash;
	int64_t now = clock_boot_ms();
	char *lease;

	(void)arg;
	if (!hand.open || d->hand.state != HAND_ASKED)
		return;	/* without a stream it ends by itself */
	lease = status == 200 && answer ? json_strdup(answer, json_get(answer, json_root(answer), "lease")) : NULL;
	if (lease) {
		hand.alone_since_ms = 0;
		hand_taken(d, lease, json_size(answer, json_get(answer, json_root(answer), "sent")), now);
		attach();
	} else {
		hand_ended(d, status == 0 ? "the gate gave no answer" : message[0] ? message : "the gate gave no lease", now);
	}
	free(lease);
	hand.spec.changed();
}

/* ---- inputs ---- */

/* What became of it; "" when all is well. */
static void judge(int status, const struct json_doc *answer, const char *message, char *why, size_t size)
{
	int root = answer ? json_root(answer) : JSON_NONE;
	int64_t upstream = 0;
	char *state, *error;

	why[0] = '\0';
	if (status != 200 || !answer) {
		snprintf(why, size, "%s", status == 0 ? "the gate gave no answer: look before you go on" : message[0] ? message : "the gate refused it");
		return;
	}
	state = json_strdup(answer, json_get(answer, root, "state"));
	error = json_strdup(answer, json_get(answer, root, "error"));
	json_int(answer, json_get(answer, root, "status"), &upstream);
	if (!state || strcmp(state, "done") != 0)
		snprintf(why, size, "%s%s%s", state && strcmp(state, "unknown") == 0 ? "sent, no answer: look before you go on" : state ? state : "no answer", error && error[0] ? ": " : "",
			 error ? error : "");
	else if (upstream >= 300)
		snprintf(why, size, "the computer answered %lld", (long long)upstream);
	free(state);
	free(error);
}

static void on_input(int status, const struct json_doc *answer, const char *message, void *arg)
{
	struct dashboard *d = hand.spec.dash;
	char why[240];

	(void)arg;
	if (!hand.open || d->hand.state != HAND_ON)
		return;
	hand.alone_since_ms = status == 200 ? 0 : hand.alone_since_ms;
	judge(status, answer, message, why, sizeof(why));
	hand_answered(d, !why[0], why, clock_boot_ms());
	hand_pump();
	hand.spec.changed();
}

static void send_input(const struct hand_item *x)
{
	const struct dashboard *d = hand.spec.dash;
	char *path = path_of("/v1/input/", d->hand.session, "");
	struct buf body;
	struct jsonw w;

	buf_init(&body, SIZE_MAX - 1);
	jw_init(&w, &body);
	jw_begin(&w, '{');
	jw_kstr(&w, "lease", d->hand.lease);
	jw_kstr(&w, "do", x->verb);
	jw_key(&w, "body");
	jw_raw(&w, buf_cstr(&x->body), x->body.len);
	jw_end(&w, '}');
	client_ask(hand.spec.client, "POST", path, buf_cstr(&body), false, on_input, NULL);
	buf_release(&body);
	free(path);
}

static void on_timer(uv_timer_t *t)
{
	(void)t;
	hand_pump();
	hand.spec.changed();
}

void hand_pump(void)
{
	struct dashboard *d = hand.spec.dash;
	int64_t now = clock_boot_ms(), next;
	const struct hand_item *x;

	if (!hand.open || d->hand.state != HAND_ON)
		return;
	next = hand_due(d, now);
	x = hand_out_next(&d->hand.out, now);
	if (x) {
		send_input(x);
		next = hand_due(d, now);
	}
	/* What is on its way, and what lets go of keys, comes before the end. */
	if (d->hand.back && !hand.backing && (d->hand.out.count == 0 || hand_out_stuck(&d->hand.out, now))) {
		hand.backing = true;
		hand_back(d->hand.session, d->hand.lease, d->hand.note);
	}
	if (next == INT64_MAX)
		uv_timer_stop(&hand.timer);
	else
		uv_timer_start(&hand.timer, on_timer, next > now ? (uint64_t)(next - now) : 1, 0);
}

/* ---- what is asked of it ---- */

static void set_windows(const struct json_doc *d)
{
	struct hand_window *list = calloc(HAND_WINDOWS_MAX, sizeof(*list));
	size_t count = 0, len;
	const char *raw;
	char *title;
	int v;

	for (v = list ? json_first(d, miosa_list(d, "windows")) : JSON_NONE; v != JSON_NONE && count < HAND_WINDOWS_MAX; v = json_next(d, v)) {
		int id = json_get(d, v, "id"), focused = json_get(d, v, "is_focused");

		raw = json_raw(d, id, &len);
		if (id == JSON_NONE || !raw || len >= sizeof(list->id) || (json_type(d, id) != JSON_STRING && json_type(d, id) != JSON_NUMBER))
			continue;
		memcpy(list[count].id, raw, len);
		title = json_strdup(d, json_get(d, v, "title"));
		snprintf(list[count].title, sizeof(list->title), "%s", title && title[0] ? title : "(without a title)");
		free(title);
		if (focused == JSON_NONE)
			focused = json_get(d, v, "focused");
		list[count++].focused = json_type(d, focused) == JSON_TRUE;
	}
	if (list)
		hand_set_windows(hand.spec.dash, list, count);
}

void hand_read(enum client_reading what, int status, const char *body, size_t len)
{
	struct dashboard *d = hand.spec.dash;
	struct json_doc doc;
	char *text;

	if (d->hand.state != HAND_ON)
		return;
	if (status != 200 || json_parse(body, len, &doc, NULL) < 0) {
		dash_say(d, clock_boot_ms(), what == CLIENT_READ_WINDOWS ? "its windows are not told (%d)" : "its clipboard is not told (%d)", status);
		return;
	}
	if (what == CLIENT_READ_WINDOWS) {
		set_windows(&doc);
	} else {
		text = json_strdup(&doc, json_get(&doc, miosa_object(&doc), "text"));
		hand_set_clipboard(d, text ? text : "");
		free(text);
	}
	json_release(&doc);
}

bool hand_carry_out(const struct dash_request *q)
{
	struct dashboard *d = hand.spec.dash;
	char *path;

	if (q->type == REQUEST_TAKE) {
		path = path_of("/v1/takeover/", d->hand.session, "");
		client_ask(hand.spec.client, "POST", path, "{\"attached\":true}", true, on_taken, NULL);
	} else if (q->type == REQUEST_WINDOWS || q->type == REQUEST_CLIPBOARD) {
		path = path_of("/api/v1/computers/", d->hand.session, q->type == REQUEST_WINDOWS ? "/desktop/windows" : "/desktop/clipboard");
		client_read(hand.spec.client, q->type == REQUEST_WINDOWS ? CLIENT_READ_WINDOWS : CLIENT_READ_CLIPBOARD, path);
	} else {
		return q->type == REQUEST_HAND_BACK;	/* when nothing is on its way any more: hand_pump() */
	}
	free(path);
	return true;
}

/* ---- frames ---- */

void hand_frame(void)
{
	struct dashboard *d = hand.spec.dash;
	const struct detect *detect = hand.spec.detect;
	struct hand_pointer *p = &d->hand.pointer;
	struct term_hand modes = { .on = hand_is_on(d), .mouse = d->prompt == PROMPT_NONE, .keyboard = detect->keyboard,
				   .other_keys = !detect->keyboard && detect->terminal && detect->terminal->other_keys };

	if (p->columns != hand.spec.cells->width || p->rows != hand.spec.cells->height || p->cell_width != detect->cell_width || p->cell_height != detect->cell_height) {
		*p = (struct hand_pointer){ .columns = hand.spec.cells->width, .rows = hand.spec.cells->height, .cell_width = detect->cell_width, .cell_height = detect->cell_height };
		p->unit = detect->pixels && p->cell_width > 0 && p->cell_height > 0 ? HAND_PIXELS_SAID : HAND_CELLS;
	}
	modes.moves = p->unit == HAND_PIXELS_SAID;
	modes.pixels = p->unit != HAND_CELLS;
	term_hand(&modes);
}

void hand_letters(void)
{
	struct dashboard *d = hand.spec.dash;

	if (d->view == VIEW_HAND && d->blocks)
		letters_put(hand.spec.cells, &d->place, &d->hand.grid);
}

/* ---- start and end ---- */

void hand_open(const struct hand_spec *s)
{
	hand.spec = *s;
	hand.open = true;
	uv_timer_init(s->loop, &hand.timer);
	uv_timer_init(s->loop, &hand.again);
}

void hand_close(void)
{
	if (!hand.open)
		return;
	hand.open = false;
	uv_close((uv_handle_t *)&hand.timer, NULL);
	uv_close((uv_handle_t *)&hand.again, NULL);
}
