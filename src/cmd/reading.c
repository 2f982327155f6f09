/* reading: see reading.h. */
#include "config.h"

#include "cmd/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/hand.h"
#include "cmd/logsave.h"
#include "cmd/pictures.h"
#include "cmd/sending.h"
#include "ui/live.h"

enum { ACTIVE_MS = 5000, PRESENCE_MS = 10000, PULSE_MS = 900, BEHIND_MS = 1 };

static struct {
	struct dashboard *dash;
	struct client *client;
	void (*changed)(void);
	uv_timer_t screen_again, behind;
	bool typed;			/* the next frame is a key's answer */
	struct live live;
	char still[128];		/* the path of the kept picture that was asked for last, in place of the screen; "": none */
	int64_t log_lines;
	char log_session[128];
	int64_t key_ms, presence_ms, presence_reads;	/* the last key; when the gate was told that somebody is here, and what is read */
} rd;

/* ---- asked for ---- */

/* What the log view wants; what it does not want any more is not waited for. */
static void fetch_log_view(void)
{
	static const enum client_reading readings[] = { [LOG_ASK_LINES] = CLIENT_READ_LINES, [LOG_ASK_SEARCH] = CLIENT_READ_SEARCH };
	static const char gone[] = "the gate does not answer";
	struct logview *v = &rd.dash->logs;
	struct buf path;
	int i;

	if (v->asked[LOG_ASK_SEARCH].open && !v->searching) {
		client_read_stop(rd.client, CLIENT_READ_SEARCH);
		v->asked[LOG_ASK_SEARCH].open = false;
	}
	for (i = 0; i < LOG_ASKS && rd.dash->view == VIEW_LOG && rd.dash->gate_up; i++) {
		buf_init(&path, 16384);
		if (logview_ask(v, (enum log_ask)i, clock_boot_ms(), &path) && !client_read(rd.client, readings[i], buf_cstr(&path)))
			logview_answer(v, (enum log_ask)i, 0, gone, strlen(gone), clock_boot_ms());
		buf_release(&path);
	}
}

/* The turns of an agent, when they are opened, and again when it did something. */
static void fetch_turns(void)
{
	struct buf path;

	if (!rd.dash->gate_up)
		return;
	buf_init(&path, 2048);
	if (turns_wanted(rd.dash, &path) && client_read(rd.client, CLIENT_READ_TURNS, buf_cstr(&path)))
		turns_asked(rd.dash);
	buf_release(&path);
}

static void fetch(void);

static void on_screen_again(uv_timer_t *t)
{
	(void)t;
	fetch();
}

/* Of a computer nobody sees it but in the tape's place and on the card: that a screen was read is a line too. */
static void fetch_log(const struct model_session *s)
{
	if (strcmp(s->kind, "computer") == 0 && !rd.dash->show_log && !dash_selected(rd.dash))
		return;
	if (strcmp(rd.log_session, s->id) == 0 && rd.log_lines == s->log_lines)
		return;
	if (client_get_log(rd.client, s->id)) {
		snprintf(rd.log_session, sizeof(rd.log_session), "%s", s->id);
		rd.log_lines = s->log_lines;
	}
}

/* Something goes on there, or a person drives it. */
static bool is_active(const struct model_session *s)
{
	return s->taken_by[0] || rd.dash->wall_ms + rd.dash->model->wall_offset_ms - s->last_event_wall_ms < ACTIVE_MS;
}

/* A picture that is kept with the selected action, once. true: there is to be one, and the screen is not read. */
static bool fetch_still(void)
{
	char path[128];

	if (!stills_path(rd.dash, path, sizeof(path))) {
		if (rd.still[0])
			rd.live.session[0] = '\0';	/* the screen as it is, at once */
		rd.still[0] = '\0';
		return false;
	}
	if (strcmp(rd.still, path) == 0)
		return true;
	if (!pictures_busy() && client_get_still(rd.client, path))
		snprintf(rd.still, sizeof(rd.still), "%s", path);
	else
		uv_timer_start(&rd.screen_again, on_screen_again, LIVE_LEAST_MS, 0);
	return true;
}

/* Where one is shown, or belongs to what is decided; and not faster than the terminal takes them: when it can take one a frame comes. */
static void fetch_screen(const struct model_session *s)
{
	int64_t now = clock_boot_ms(), wait;

	if (strcmp(s->kind, "computer") != 0 || (rd.dash->view != VIEW_OVERVIEW && rd.dash->view != VIEW_CARD && rd.dash->view != VIEW_HAND) || fetch_still() || pictures_busy())
		return;
	wait = live_due_ms(&rd.live, s->id, s->screen_seq, is_active(s), now);
	if (wait == 0 && client_get_screen(rd.client, s->id)) {
		live_asked(&rd.live, s->id, s->screen_seq, now);
		wait = live_due_ms(&rd.live, s->id, s->screen_seq, is_active(s), now);
	}
	if (wait < LIVE_TICK_MS)
		uv_timer_start(&rd.screen_again, on_screen_again, (uint64_t)(wait > 0 ? wait : LIVE_LEAST_MS), 0);
	else
		uv_timer_stop(&rd.screen_again);
}

/* Asks for what is shown and has changed. */
static void fetch(void)
{
	const struct model_session *s = model_find_session(rd.dash->model, rd.dash->session);

	if (!s || rd.dash->view == VIEW_LOG)
		return;
	fetch_log(s);
	fetch_screen(s);
}

/* What the gate can find out about the selected action: asked once it is there, and not waited for. */
static void fetch_facts(int64_t now)
{
	static const char gone[] = "the gate does not answer";
	struct dashboard *d = rd.dash;
	char path[64];
	int64_t id;

	card_screen(&d->card, dash_selected(d), d->model);
	if (!d->gate_up || (id = card_ask(&d->card, dash_selected(d), now)) == 0)
		return;
	snprintf(path, sizeof(path), "/v1/actions/%lld/facts", (long long)id);
	if (!client_read(rd.client, CLIENT_READ_FACTS, path))
		card_answer(&d->card, d->model, dash_selected(d), 0, gone, strlen(gone), now);
}

/*
 * Tells the gate that a person is here, and which card is open: with the clock's tick, so that it costs no wake-up of its own. Each tick where somebody presses
 * keys or something waits for a decision: the answer is how a gate that stands still is known to before its stream is silent for too long.
 */
static void tell_presence(int64_t now)
{
	struct dashboard *d = rd.dash;
	int64_t reads = d->view == VIEW_CARD ? d->selected : 0;
	bool matters = !d->gate_silent_since_wall_ms && (now - rd.key_ms < PRESENCE_MS || d->needs.held + d->needs.approvals > 0);

	if (!d->gate_up || (reads == rd.presence_reads && now - rd.presence_ms < (matters ? PULSE_MS : PRESENCE_MS)))
		return;
	rd.presence_ms = now;
	rd.presence_reads = reads;
	client_presence(rd.client, d->person, reads, now - rd.key_ms);
}

/* A gate that stands still is told of. A no goes out all the same: holding back does not wait; but neither that nor what was just decided looks taken. */
static void tell_silence(int64_t now)
{
	int64_t since = client_silent_since(rd.client, now);

	if (since && sending_waits())
		dash_say(rd.dash, now, "not taken yet: the gate does not answer. It may take it later: look before you press it again");
	if ((since != 0) == (rd.dash->gate_silent_since_wall_ms != 0))
		return;
	rd.dash->gate_silent_since_wall_ms = since ? clock_wall_ms() - (now - since) : 0;
	rd.changed();
}

static void preview(struct dashboard *d)
{
	char *alike;

	if (d->view != VIEW_ALIKE || d->form.asked)
		return;
	d->form.asked = true;
	alike = alike_form_json(&d->form);
	client_preview(rd.client, d->form.id, alike);
	free(alike);
}

/* ---- answers ---- */

static void on_screen(const char *session, const char *png, size_t len, const char *error, void *arg)
{
	char path[128];
	bool still = session[0] == '/', wanted = stills_path(rd.dash, path, sizeof(path)), changed;

	(void)arg;
	/* What is not wanted any more: the screen while a kept picture is to be there, a kept one while another is, or the screen. */
	if (still != wanted || (still && strcmp(session, path) != 0))
		return;
	if (still || (png && rd.dash->still.shown != STILL_NONE)) {
		rd.dash->still.shown = rd.dash->still.wanted;
		rd.changed();
	}
	changed = pictures_came(still ? rd.dash->session : session, png, len, error);
	if (still)
		return;
	rd.dash->screen_seq = rd.live.seq;
	if (png)
		live_came(&rd.live, changed);
	else
		live_failed(&rd.live);
}

static void on_log(const char *session, struct log_line *lines, size_t count, int64_t total, void *arg)
{
	(void)arg;
	if (strcmp(session, rd.dash->session) == 0)
		dash_set_log(rd.dash, lines, count, total);
	else
		log_lines_free(lines, count);
	rd.changed();
}

static void on_read(enum client_reading what, int status, const char *body, size_t len, void *arg)
{
	int64_t now = clock_boot_ms();

	(void)arg;
	if (what == CLIENT_READ_FACTS)
		card_answer(&rd.dash->card, rd.dash->model, dash_selected(rd.dash), status, body, len, now);
	else if (what == CLIENT_READ_FILE)
		logsave_page(status, body, len);
	else if (what == CLIENT_READ_WINDOWS || what == CLIENT_READ_CLIPBOARD)
		hand_read(what, status, body, len);
	else if (what == CLIENT_READ_TURNS)
		turns_answer(rd.dash, status, body, len);
	else
		logview_answer(&rd.dash->logs, what == CLIENT_READ_SEARCH ? LOG_ASK_SEARCH : LOG_ASK_LINES, status, body, len, now);
	rd.changed();
}

static void on_running(struct dash_running *list, size_t count, void *arg)
{
	(void)arg;
	dash_set_running(rd.dash, list, count);
	rd.changed();
}

static void on_changed(char **lines, size_t count, void *arg)
{
	(void)arg;
	dash_set_changed(rd.dash, lines, count);
	rd.changed();
}

static void on_preview(const char *text, void *arg)
{
	(void)arg;
	snprintf(rd.dash->form.preview, sizeof(rd.dash->form.preview), "%s", text);
	rd.changed();
}

/* ---- start and end ---- */

void reading_open(uv_loop_t *loop, struct dashboard *d, void (*changed)(void), struct client_spec *s)
{
	rd.dash = d;
	rd.changed = changed;
	rd.key_ms = clock_boot_ms();	/* somebody started it */
	uv_timer_init(loop, &rd.screen_again);
	uv_timer_init(loop, &rd.behind);
	s->on_log = on_log;
	s->on_read = on_read;
	s->on_screen = on_screen;
	s->on_running = on_running;
	s->on_changed = on_changed;
	s->on_preview = on_preview;
}

void reading_client(struct client *c)
{
	rd.client = c;
}

void reading_close(void)
{
	if (!rd.dash)
		return;
	uv_close((uv_handle_t *)&rd.screen_again, NULL);
	uv_close((uv_handle_t *)&rd.behind, NULL);
}

void reading_key(int64_t now)
{
	tell_silence(now);	/* what the key does is about the gate as it is now */
	if (now - rd.key_ms > PRESENCE_MS)
		rd.presence_ms = 0;	/* back at the desk: the gate is told with the next frame */
	rd.key_ms = now;
	rd.typed = true;
}

void reading_frame(int64_t now)
{
	fetch();
	fetch_log_view();
	fetch_turns();
	fetch_facts(now);
	preview(rd.dash);
	tell_silence(now);
	tell_presence(now);
}

static void on_behind(uv_timer_t *t)
{
	(void)t;
	reading_frame(clock_boot_ms());
}

void reading_drawn(int64_t now)
{
	/* The kernel brings what was written to the terminal when this program rests, and not before: a key's answer is not kept waiting. */
	if (!rd.typed)
		reading_frame(now);
	else if (!uv_is_active((uv_handle_t *)&rd.behind))
		uv_timer_start(&rd.behind, on_behind, BEHIND_MS, 0);
	rd.typed = false;
}
