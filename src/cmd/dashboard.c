/* assent without a subcommand: wires the terminal, the dashboard and the gate's client together on one loop. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "cmd/client.h"
#include "cmd/cmd.h"
#include "cmd/console.h"
#include "cmd/logsave.h"
#include "cmd/notice.h"
#include "cmd/pictures.h"
#include "cmd/unlock.h"
#include "io/key.h"
#include "ui/term.h"

enum { FRAME_MS = 20, FIRST_MS = 200, SCREEN_MS = 150, SLOW_MS = 100, DETECT_MS = 1000, PRESENCE_MS = 10000 };

enum picture_mode { PICTURE_AUTO, PICTURE_SIXEL, PICTURE_BLOCKS, PICTURE_NONE };

static const char help[] =
	"usage: assent [OPTION...]\n\n"
	"The dashboard: what waits for you, where it would act, and the keys to decide. Starts a gate where none runs.\n\n"
	"  --socket PATH   the gate's operator socket ($XDG_RUNTIME_DIR/assent/operator.sock, else DIR/run/operator.sock)\n"
	"  --state DIR     the gate's state folder\n"
	"  --upstream URL, --key-file FILE, --listen ADDRESS:PORT   for a gate that is started: see assent gate --help\n"
	"  --picture=auto|sixel|blocks|none   how screens are drawn (auto: what the terminal answers)\n"
	"  --theme=dark|light|mono   colours for a dark or a light ground, or none (what the terminal says of its ground, else dark)\n"
	"  --plain         as lines, for screen readers and terminals that can do little: lists, shows, decides\n";

/* The picture that stands on the terminal; in the form of a rule, which shows none: the one that stood there before. */
struct seen {
	char sha256[65];
	int64_t wall_ms;
	struct rect part;
};

/* A decision, until the terminal has shown what it was about: with the screen as it was then. */
struct held {
	struct dash_request request;
	int64_t number;		/* of the query; 0: none */
	struct seen screen;
};

static struct {
	uv_loop_t loop;
	uv_timer_t frame, clock, detect_limit, screen_again, held_limit;
	struct model model;
	struct dashboard dash;
	struct cells cells;
	struct detect detect;
	struct client *client;
	struct unlock unlock;
	enum picture_mode mode;
	int pixel_width, pixel_height;
	int64_t screen_seq, screen_asked_ms, log_lines;
	uint64_t frame_ms, frame_due_ms;	/* the last frame; no other one before */
	int64_t card_asked, answered;	/* the query behind the selected card, and the newest that was answered */
	struct held held;
	struct seen seen;
	bool theme_said;	/* by a flag, a setting or NO_COLOR: the terminal is not asked */
	char screen_session[128], log_session[128];
	int64_t key_ms, presence_ms, presence_reads;	/* the last key; when the gate was told that somebody is here, and what is read */
	bool query, redraw, quitting, ends_gate;
	struct dash_request *more;	/* own; of several that are decided together those not sent yet: each goes when the one before was answered */
	size_t more_count, more_sent;
	int code;
} app;

static void draw_soon(void);

static void on_handle_closed(uv_handle_t *h)
{
	(void)h;
}

static void close_handle(uv_handle_t *h, void *arg)
{
	(void)arg;
	if (!uv_is_closing(h))
		uv_close(h, on_handle_closed);
}

static void quit(void)
{
	if (app.quitting)
		return;
	app.quitting = true;
	logsave_stop("the dashboard ended");
	notice_stop();
	client_free(app.client);
	pictures_close();
	console_close();
	close_handle((uv_handle_t *)&app.frame, NULL);
	close_handle((uv_handle_t *)&app.clock, NULL);
	close_handle((uv_handle_t *)&app.detect_limit, NULL);
	close_handle((uv_handle_t *)&app.screen_again, NULL);
	close_handle((uv_handle_t *)&app.held_limit, NULL);
}

static void on_screen(const char *session, const char *png, size_t len, const char *error, void *arg)
{
	(void)arg;
	pictures_came(session, png, len, error);
}

static void fetch(void);

static void on_screen_again(uv_timer_t *t)
{
	(void)t;
	fetch();
}

/* What the log view wants; what it does not want any more is not waited for. */
static void fetch_log_view(void)
{
	static const enum client_reading readings[] = { [LOG_ASK_LINES] = CLIENT_READ_LINES, [LOG_ASK_SEARCH] = CLIENT_READ_SEARCH };
	static const char gone[] = "the gate does not answer";
	struct logview *v = &app.dash.logs;
	struct buf path;
	int i;

	if (v->asked[LOG_ASK_SEARCH].open && !v->searching) {
		client_read_stop(app.client, CLIENT_READ_SEARCH);
		v->asked[LOG_ASK_SEARCH].open = false;
	}
	for (i = 0; i < LOG_ASKS && app.dash.view == VIEW_LOG && app.dash.gate_up; i++) {
		buf_init(&path, 16384);
		if (logview_ask(v, (enum log_ask)i, clock_boot_ms(), &path) && !client_read(app.client, readings[i], buf_cstr(&path)))
			logview_answer(v, (enum log_ask)i, 0, gone, strlen(gone), clock_boot_ms());
		buf_release(&path);
	}
}

/* The turns of an agent, when they are opened, and again when it did something. */
static void fetch_turns(void)
{
	struct buf path;

	if (!app.dash.gate_up)
		return;
	buf_init(&path, 2048);
	if (turns_wanted(&app.dash, &path) && client_read(app.client, CLIENT_READ_TURNS, buf_cstr(&path)))
		turns_asked(&app.dash);
	buf_release(&path);
}

/* Asks for what is shown and has changed. */
static void fetch(void)
{
	const struct model_session *s = model_find_session(&app.model, app.dash.session);
	int64_t now = clock_boot_ms();

	if (!s)
		return;
	if (app.dash.view == VIEW_LOG)
		return;
	if (strcmp(app.log_session, s->id) != 0 || app.log_lines != s->log_lines) {
		if (client_get_log(app.client, s->id)) {
			snprintf(app.log_session, sizeof(app.log_session), "%s", s->id);
			app.log_lines = s->log_lines;
		}
	}
	if (strcmp(s->kind, "computer") != 0 || (strcmp(app.screen_session, s->id) == 0 && app.screen_seq == s->screen_seq && app.dash.screen.rgb))
		return;
	if (strcmp(app.screen_session, s->id) == 0 && now - app.screen_asked_ms < SCREEN_MS) {
		uv_timer_start(&app.screen_again, on_screen_again, SCREEN_MS, 0);
		return;
	}
	if (client_get_screen(app.client, s->id)) {
		snprintf(app.screen_session, sizeof(app.screen_session), "%s", s->id);
		app.screen_seq = s->screen_seq;
		app.screen_asked_ms = now;
		/* What failed is tried again, more slowly. */
		uv_timer_start(&app.screen_again, on_screen_again, 2000, 0);
	} else {
		uv_timer_start(&app.screen_again, on_screen_again, SCREEN_MS, 0);
	}
}

/* What the gate can find out about the selected action: asked once it is there, and not waited for. */
static void fetch_facts(int64_t now)
{
	static const char gone[] = "the gate does not answer";
	struct dashboard *d = &app.dash;
	char path[64];
	int64_t id;

	if (!d->gate_up || (id = card_ask(&d->card, dash_selected(d), now)) == 0)
		return;
	snprintf(path, sizeof(path), "/v1/actions/%lld/facts", (long long)id);
	if (!client_read(app.client, CLIENT_READ_FACTS, path))
		card_answer(&d->card, dash_selected(d), 0, gone, strlen(gone), now);
}

/* ---- frames ---- */

/* Tells the gate that a person is here, and which card is open: with the clock's tick, so that it costs no wake-up of its own. */
static void tell_presence(int64_t now)
{
	struct dashboard *d = &app.dash;
	int64_t reads = d->view == VIEW_CARD ? d->selected : 0;

	if (!d->gate_up || (reads == app.presence_reads && now - app.presence_ms < PRESENCE_MS))
		return;
	app.presence_ms = now;
	app.presence_reads = reads;
	client_presence(app.client, d->person, reads, now - app.key_ms);
}

static void preview(struct dashboard *d)
{
	char *alike;

	if (d->view != VIEW_ALIKE || d->form.asked)
		return;
	d->form.asked = true;
	alike = alike_form_json(&d->form);
	client_preview(app.client, d->form.id, alike);
	free(alike);
}

static void on_clock(uv_timer_t *t)
{
	(void)t;
	draw_soon();
}

/* What came since the last frame may have to be told. */
static void notify(struct dashboard *d, int64_t now)
{
	struct notice_counts n;
	char text[120];

	if (dash_notice(d, now, text, sizeof(text), &n.needs, &n.risky, &n.urgent))
		notice_give(&app.loop, text, settings()->notice_command, &n);
}

static void draw(void)
{
	struct dashboard *d = &app.dash;
	int64_t now = clock_boot_ms();

	d->locked = app.model.gate.signing && strcmp(app.model.gate.signing, "signed") == 0 && unlock_has_identity(&app.unlock) &&
		    !unlock_is_open(&app.unlock, now);
	app.query |= dash_update(d, now);
	fetch();
	fetch_log_view();
	fetch_turns();
	fetch_facts(now);
	preview(d);
	tell_presence(now);
	if (console_fit(&app.cells, &app.pixel_width, &app.pixel_height))
		app.redraw = true;
	dash_draw(d, &app.cells, now, clock_wall_ms());
	notify(d, now);
	if (app.redraw) {
		term_forget();
		pictures_forget();
		app.redraw = false;
	}
	pictures_before_paint();
	term_paint(&app.cells);
	pictures_after_paint();
	if (d->view != VIEW_ALIKE) {
		app.seen = (struct seen){ .wall_ms = d->screen_wall_ms, .part = pictures_part() };
		snprintf(app.seen.sha256, sizeof(app.seen.sha256), "%s", d->screen_sha256);
	}
	console_frame();
	if (app.query && !app.quitting) {
		/* Behind the card and its picture: the terminal's answer means that both have been drawn. */
		arm_drawn(&d->arm, now);
		app.card_asked = console_ask();
		app.query = false;
	}
	uv_timer_start(&app.clock, on_clock, (uint64_t)(dash_next_ms(d, now) - now), 0);
}

static void on_frame(uv_timer_t *t)
{
	(void)t;
	if (app.quitting || console_busy())
		return;
	app.frame_ms = uv_now(&app.loop);
	app.frame_due_ms = app.frame_ms + (uint64_t)console_pace_ms();
	draw();
}

/* With the loop's next turn; in a storm of changes 50 times a second, and over a slow link less often. */
static void draw_soon(void)
{
	uint64_t now = uv_now(&app.loop), wait = app.frame_due_ms > now ? app.frame_due_ms - now : 0;

	if (!app.quitting && (!uv_is_active((uv_handle_t *)&app.frame) || uv_timer_get_due_in(&app.frame) > wait))
		uv_timer_start(&app.frame, on_frame, wait, 0);
}

/* ---- the gate ---- */

static void on_change(void *arg)
{
	(void)arg;
	draw_soon();
}

static void on_up(bool up, const char *why, void *arg)
{
	struct dashboard *d = &app.dash;

	(void)arg;
	if (d->gate_up && !up)
		d->gate_down_since_wall_ms = clock_wall_ms();
	if (up && !d->gate_up)
		logview_again(&d->logs);
	d->gate_up = up;
	app.frame_due_ms = 0;	/* what the first frame waited for */
	snprintf(d->gate_why, sizeof(d->gate_why), "%s", why);
	draw_soon();
}

static void on_log(const char *session, struct log_line *lines, size_t count, int64_t total, void *arg)
{
	(void)arg;
	if (strcmp(session, app.dash.session) == 0)
		dash_set_log(&app.dash, lines, count, total);
	else
		log_lines_free(lines, count);
	draw_soon();
}

static void on_read(enum client_reading what, int status, const char *body, size_t len, void *arg)
{
	int64_t now = clock_boot_ms();

	(void)arg;
	if (what == CLIENT_READ_FACTS)
		card_answer(&app.dash.card, dash_selected(&app.dash), status, body, len, now);
	else if (what == CLIENT_READ_FILE)
		logsave_page(status, body, len);
	else if (what == CLIENT_READ_TURNS)
		turns_answer(&app.dash, status, body, len);
	else
		logview_answer(&app.dash.logs, what == CLIENT_READ_SEARCH ? LOG_ASK_SEARCH : LOG_ASK_LINES, status, body, len, now);
	draw_soon();
}

static bool on_sign(const char *method, const char *path, const char *body, struct buf *out, void *arg)
{
	int64_t now = clock_boot_ms();
	struct err e;

	(void)arg;
	if (!unlock_is_open(&app.unlock, now))
		return false;
	if (unlock_sign(&app.unlock, method, path, body, now, clock_wall_ms(), out, &e) == 0)
		return true;
	dash_say(&app.dash, now, "not signed: %s", e.msg);
	return false;
}

static void send_more(void)
{
	struct rect nowhere = { 0 };

	if (app.more_sent == app.more_count)
		app.more_sent = app.more_count = 0;
	else
		client_decide(app.client, &app.more[app.more_sent++], "", 0, &nowhere);
}

static void take_more(const struct dash_request *q)
{
	struct dash_request *grown = q->more_count ? realloc(app.more, (app.more_count + q->more_count) * sizeof(*grown)) : NULL;

	if (!grown)
		return;
	memcpy(grown + app.more_count, q->more, q->more_count * sizeof(*grown));
	app.more = grown;
	app.more_count += q->more_count;
}

static void on_answer(int status, const char *message, void *arg)
{
	(void)arg;
	if (app.ends_gate)
		quit();
	else if (status == 0)
		dash_say(&app.dash, clock_boot_ms(), "the gate gave no answer (%s): look before you try again", message);
	else if (status >= 300)
		dash_say(&app.dash, clock_boot_ms(), "not done: %s", message);
	/* Where one of several was refused, or nothing is known of it, the others are not sent. */
	if (status == 0 || status >= 300)
		app.more_sent = app.more_count = 0;
	else if (!app.quitting)
		send_more();
	if (!app.quitting && app.dash.view == VIEW_FROZEN)
		client_look(app.client);
	draw_soon();
}

static void on_running(struct dash_running *list, size_t count, void *arg)
{
	(void)arg;
	dash_set_running(&app.dash, list, count);
	draw_soon();
}

static void on_changed(char **lines, size_t count, void *arg)
{
	(void)arg;
	dash_set_changed(&app.dash, lines, count);
	draw_soon();
}

static void on_preview(const char *text, void *arg)
{
	(void)arg;
	snprintf(app.dash.form.preview, sizeof(app.dash.form.preview), "%s", text);
	draw_soon();
}

/* ---- keys ---- */

/* The passphrase stands in the dashboard's line: tried, and wiped. */
static void unlock_now(struct dashboard *d)
{
	int64_t now = clock_boot_ms();
	struct err e;

	if (unlock_open(&app.unlock, d->line, now, &e) < 0)
		dash_say(d, now, "%s", e.msg);
	else
		dash_say(d, now, "unlocked: %s signs; press the key again", app.unlock.card.name);
	wipe(d->line, sizeof(d->line));
}

static void carry_out(const struct dash_request *q)
{
	struct dashboard *d = &app.dash;

	switch (q->type) {
	case REQUEST_DECIDE:
		client_decide(app.client, q, app.held.screen.sha256, app.held.screen.wall_ms, &app.held.screen.part);
		take_more(q);
		break;
	case REQUEST_CALL:
		app.ends_gate = q->ends_gate;
		client_call(app.client, q->method, q->path, q->body);
		break;
	case REQUEST_LOOK:
		client_look(app.client);
		break;
	case REQUEST_SAVE_PICTURE:
		pictures_save();
		break;
	case REQUEST_COPY:
		term_copy(q->body, strlen(q->body));
		break;
	case REQUEST_SAVE_LOG:
		logsave_begin(d, app.client, q->note);
		break;
	case REQUEST_STOP_SAVING:
		logsave_stop(NULL);
		break;
	case REQUEST_QUIT:
		quit();
		break;
	case REQUEST_UNLOCK:
		unlock_now(d);
		break;
	case REQUEST_NONE:
		break;
	}
}

/* ---- decisions wait for the terminal ---- */

/* Holding back needs nobody's eyes; whatever else changes something does. */
static bool is_decision(const struct dash_request *q)
{
	return q->type == REQUEST_DECIDE || (q->type == REQUEST_CALL && strcmp(q->path, "/v1/freeze") != 0 && strcmp(q->path, "/v1/running/end") != 0);
}

/* The held decision goes out, or not. */
static void end_held(bool goes)
{
	struct dash_request q = app.held.request;

	uv_timer_stop(&app.held_limit);
	app.held.request = (struct dash_request){ .type = REQUEST_NONE };
	if (goes)
		carry_out(&q);
	else
		dash_say(&app.dash, clock_boot_ms(), "not done: the terminal stood still, and may have shown something else. Look, and press it again");
	dash_request_release(&q);
	draw_soon();
}

static void look_at_held(void)
{
	if (app.held.request.type != REQUEST_NONE && app.answered >= app.held.number && !console_busy())
		end_held(true);
}

static void on_held_limit(uv_timer_t *t)
{
	(void)t;
	end_held(false);
}

/*
 * Takes q. A terminal that has answered before is asked once more, and the decision goes out with its answer: so nothing that was typed at a
 * terminal which stands still decides anything.
 */
static void take(struct dash_request *q)
{
	struct dashboard *d = &app.dash;

	if (!is_decision(q) || app.held.request.type != REQUEST_NONE) {
		if (is_decision(q))
			dash_say(d, clock_boot_ms(), "not done: the one before still waits for the terminal");
		else
			carry_out(q);
		dash_request_release(q);
		return;
	}
	app.held = (struct held){ .request = *q, .screen = app.seen };
	uv_timer_start(&app.held_limit, on_held_limit, (uint64_t)console_limit_ms(), 0);
	if (console_answers())
		app.held.number = console_ask();
	if (console_pace_ms() * 4 > SLOW_MS)
		dash_say(d, clock_boot_ms(), "it goes out when the terminal has answered");
	look_at_held();
}

static void on_answer_of_terminal(int64_t number)
{
	struct arm *arm = &app.dash.arm;

	app.answered = number;
	arm->must_answer = true;
	if (number >= app.card_asked)
		arm_answered(arm, clock_boot_ms());
	look_at_held();
	draw_soon();
}

static void on_ready(void)
{
	look_at_held();
	draw_soon();
}

static void on_resumed(void)
{
	if (app.held.request.type != REQUEST_NONE)
		end_held(false);
	arm_select(&app.dash.arm, 0, 0);	/* what is selected has to be shown anew */
	app.redraw = true;
	app.frame_due_ms = 0;
	draw_soon();
}

static void on_end_of_terminal(void)
{
	app.code = EXIT_NO;
	quit();
}

/* ---- what it can do, and its keys ---- */

static void choose_theme(void)
{
	if (!app.theme_said && app.detect.ground)
		term_theme(app.detect.light ? THEME_LIGHT : THEME_DARK);
	if (app.detect.synchronized)
		term_synchronized();
}

static void choose_pictures(void)
{
	struct dashboard *d = &app.dash;

	detect_finish(&app.detect, app.cells.width, app.cells.height, app.pixel_width, app.pixel_height);
	if (app.mode == PICTURE_SIXEL && app.detect.cell_width == 0) {
		/* Asked for, and the size of a cell is not known: the most common one. */
		app.detect.cell_width = 10;
		app.detect.cell_height = 20;
	}
	d->sixel = app.mode == PICTURE_SIXEL || (app.mode == PICTURE_AUTO && app.detect.sixel);
	d->blocks = !d->sixel && app.mode != PICTURE_NONE && d->unicode && term_deep();
	uv_timer_stop(&app.detect_limit);
	draw_soon();
}

static void on_detect_limit(uv_timer_t *t)
{
	(void)t;
	choose_pictures();
}

static void on_key(const struct input_event *ev)
{
	struct dash_request q;

	if (clock_boot_ms() - app.key_ms > PRESENCE_MS)
		app.presence_ms = 0;	/* back at the desk: the gate is told with the next frame */
	app.key_ms = clock_boot_ms();
	unlock_key_pressed(&app.unlock, app.key_ms);
	dash_key(&app.dash, ev, app.key_ms, &q);
	take(&q);
	/* A key is not kept waiting for what came by itself. */
	if (app.frame_due_ms > app.frame_ms + FRAME_MS)
		app.frame_due_ms = app.frame_ms + FRAME_MS;
}

static void on_event(const struct input_event *ev)
{
	enum intent intent = ev->type == INPUT_KEY ? keymap_find(app.dash.keys, KEYMAP_MAIN, ev->code) : INTENT_NONE;

	if (app.quitting)
		return;
	if (detect_answer(&app.detect, ev)) {
		if (ev->type == INPUT_ATTRIBUTES)
			choose_pictures();
		choose_theme();
	} else if (intent == INTENT_REDRAW && app.dash.prompt == PROMPT_NONE) {
		app.redraw = true;
	} else if (intent == INTENT_SUSPEND) {
		console_suspend();
	} else {
		on_key(ev);
	}
	draw_soon();
}

/* ---- start and end ---- */

static int read_picture(const char *text, enum picture_mode *ret)
{
	static const char *const modes[] = { "auto", "sixel", "blocks", "none" };
	int i;

	for (i = 0; i < (int)ARRAY_LEN(modes); i++) {
		if (strcmp(text, modes[i]) == 0) {
			*ret = (enum picture_mode)i;
			return 0;
		}
	}
	return -1;
}

struct options {
	const char *socket, *state, *theme;
	const char *gate[8];	/* passed on to a gate that is started */
	size_t gate_count;
	bool plain;
};

/* -1: go on; else an exit code. */
static int read_options(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "socket", required_argument, NULL, 'o' }, { "state", required_argument, NULL, 's' }, { "picture", required_argument, NULL, 'p' },
		{ "upstream", required_argument, NULL, 'u' }, { "key-file", required_argument, NULL, 'k' }, { "listen", required_argument, NULL, 'l' },
		{ "theme", required_argument, NULL, 't' }, { "plain", no_argument, NULL, 'P' }, { "help", no_argument, NULL, 'h' }, { 0 },
	};
	enum theme theme;
	int c;

	*o = (struct options){ 0 };
	optind = 1;
	while ((c = getopt_long(argc, argv, "h", known, NULL)) != -1) {
		switch (c) {
		case 'o': o->socket = optarg; break;
		case 's': o->state = optarg; break;
		case 'p':
			if (read_picture(optarg, &app.mode) < 0)
				return complain("", EXIT_USAGE, "--picture=%s: one of auto, sixel, blocks, none", optarg);
			break;
		case 't':
			o->theme = optarg;
			if (!theme_named(optarg, &theme))
				return complain("", EXIT_USAGE, "--theme=%s: one of dark, light, mono", optarg);
			break;
		case 'u': case 'k': case 'l':
			if (o->gate_count + 2 >= ARRAY_LEN(o->gate))
				return complain("", EXIT_USAGE, "too many options for the gate");
			o->gate[o->gate_count++] = c == 'u' ? "--upstream" : c == 'k' ? "--key-file" : "--listen";
			o->gate[o->gate_count++] = optarg;
			break;
		case 'P': o->plain = true; break;
		case 'h': fputs(help, stdout); return EXIT_YES;
		default: return EXIT_USAGE;
		}
	}
	return optind < argc ? complain("", EXIT_USAGE, "unknown argument \"%s\"; see assent --help", argv[optind]) : -1;
}

/* A gate answers at the socket, or one is started. */
static int find_gate(const struct options *o, const char *socket, const char *state)
{
	struct buf answer;
	struct err e;
	int status, r;

	buf_init(&answer, SIZE_MAX - 1);
	r = call_gate(socket, "GET", "/v1/state", NULL, &status, &answer, &e);
	buf_release(&answer);
	if (r == 0)
		return 0;
	fprintf(stderr, "assent: no gate runs at %s; starting one ...\n", socket);
	if (spawn_gate(socket, state, o->gate, &e) < 0)
		return complain("", EXIT_UNREACHABLE, "%s", e.msg);
	app.dash.own_gate = true;
	return 0;
}

/* What was said of it; else what the terminal says of itself, once it has. */
static enum theme first_theme(const char *flag)
{
	const char *no_color = getenv("NO_COLOR"), *name = flag;
	enum theme theme = THEME_DARK;

	if (!name)
		name = no_color && no_color[0] ? "mono" : settings()->theme;
	app.theme_said = name && theme_named(name, &theme);
	return theme;
}

static int start(const char *socket, const char *theme, struct err *e)
{
	const struct console_spec terminal = { .loop = &app.loop, .on_event = on_event, .on_answer = on_answer_of_terminal, .on_ready = on_ready,
					       .on_resumed = on_resumed, .on_end = on_end_of_terminal };
	const char *query = detect_query(getenv("TERM"));
	struct client_spec spec = { .loop = &app.loop, .socket = socket, .model = &app.model, .on_change = on_change, .on_up = on_up, .on_log = on_log,
				    .on_read = on_read, .on_screen = on_screen, .on_running = on_running, .on_changed = on_changed, .on_preview = on_preview, .sign = on_sign, .on_answer = on_answer };

	uv_timer_init(&app.loop, &app.frame);
	uv_timer_init(&app.loop, &app.clock);
	uv_timer_init(&app.loop, &app.detect_limit);
	uv_timer_init(&app.loop, &app.screen_again);
	uv_timer_init(&app.loop, &app.held_limit);
	if (console_open(&terminal, first_theme(theme), e) < 0)
		return ERR_IO;
	term_mouse(settings()->mouse);
	console_fit(&app.cells, &app.pixel_width, &app.pixel_height);
	app.client = client_new(&spec);
	if (pictures_open(&app.loop, &app.dash, &app.cells, &app.detect, draw_soon) < 0 || !app.client)
		return err_set(e, ERR_NOMEM, "out of memory");
	term_write(query, strlen(query));
	console_ask();
	uv_timer_start(&app.detect_limit, on_detect_limit, DETECT_MS, 0);
	/* The first frame shows what the gate says, not an empty queue; a gate that is slow is not waited for. */
	app.frame_due_ms = uv_now(&app.loop) + FIRST_MS;
	app.key_ms = clock_boot_ms();	/* somebody started it */
	draw_soon();
	return 0;
}

/* tmux and screen answer for themselves: they say nothing of the terminal behind them. */
static bool under_multiplexer(void)
{
	const char *name = getenv("TERM");

	return getenv("TMUX") || getenv("STY") || (name && (strncmp(name, "screen", 6) == 0 || strncmp(name, "tmux", 4) == 0));
}

/* As the gate names a peer that says nothing else. */
static const char *user_name(void)
{
	const struct passwd *pw = getpwuid(getuid());

	return pw ? pw->pw_name : "";
}

int cmd_dashboard(int argc, char **argv)
{
	char *socket, *state;
	struct options o;
	struct err e = { "" };
	int code = read_options(argc, argv, &o);

	if (code >= 0)
		return code;
	model_init(&app.model);
	dash_init(&app.dash, &app.model);
	app.dash.keys = settings_keymap();
	if (settings()->phrase_count > 0) {
		app.dash.phrases = (const char *const *)settings()->phrases;
		app.dash.phrase_count = settings()->phrase_count;
	}
	app.dash.unicode = term_lines();
	arm_init(&app.dash.arm, !under_multiplexer());
	app.dash.arm.unanswered_ms = settings()->arming_ms;
	app.dash.gate_up = true;
	unlock_init(&app.unlock, NULL, settings()->lock_ms);
	snprintf(app.dash.person, sizeof(app.dash.person), "%s", unlock_has_identity(&app.unlock) ? app.unlock.card.name : user_name());
	state = path_state_dir(o.state);
	socket = path_socket(o.socket, state);
	if (!socket || !state)
		code = complain("", EXIT_USAGE, "no home directory: name --state and --socket");
	else if (!o.plain && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		code = complain("", EXIT_USAGE, "the dashboard needs a terminal; for scripts there are assent status and docs/OPERATOR.md");
	else
		code = find_gate(&o, socket, state);
	/* The gate has the key, if any; here nobody needs it. And what is unlocked here is not for other programs of this user. */
	key_wipe_environment();
	key_harden_process();
	if (code == 0 && o.plain) {
		code = plain_run(socket);
	} else if (code == 0) {
		uv_loop_init(&app.loop);
		if (start(socket, o.theme, &e) < 0)
			quit();
		uv_run(&app.loop, UV_RUN_DEFAULT);
		uv_loop_close(&app.loop);
		console_leave();
		code = e.msg[0] ? complain("", EXIT_UNREACHABLE, "%s", e.msg) : app.code;
	}
	unlock_release(&app.unlock);
	free(app.more);
	dash_request_release(&app.held.request);
	dash_release(&app.dash);
	model_release(&app.model);
	cells_release(&app.cells);
	free(socket);
	free(state);
	return code;
}
