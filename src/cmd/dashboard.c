/* assent without a subcommand: wires the terminal, the dashboard and the gate's client together on one loop. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
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
#include "cmd/dashboard_args.h"
#include "cmd/hand.h"
#include "cmd/logsave.h"
#include "cmd/notice.h"
#include "cmd/inset.h"
#include "cmd/pictures.h"
#include "cmd/pixels.h"
#include "cmd/reading.h"
#include "cmd/sending.h"
#include "cmd/unlock.h"
#include "io/key.h"
#include "ui/term.h"

enum { FIRST_MS = 200, DETECT_MS = 1000 };

static struct {
	uv_loop_t loop;
	uv_timer_t frame, clock, detect_limit;
	struct model model;
	struct dashboard dash;
	struct cells cells;
	struct detect detect;
	struct client *client;
	struct unlock unlock;
	enum picture_mode mode;
	enum picture_backend backend;
	int colors;		/* the registers that the terminal had before it was asked for more; 0: it was not */
	int pixel_width, pixel_height;
	uint64_t frame_due_ms;	/* no frame before */
	int64_t card_asked;	/* the query behind the selected card */
	struct sending_screen seen;
	int64_t seen_for;	/* what was selected then */
	bool theme_said;	/* by a flag, a setting or NO_COLOR: the terminal is not asked */
	bool query, redraw, quitting, painted;
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

/* The terminal had as many before. */
static void give_colors_back(void)
{
	char text[40];

	snprintf(text, sizeof(text), "\033[?1;3;%dS", app.colors);
	if (app.colors > 0)
		term_write(text, strlen(text));
}

static void quit(void)
{
	if (app.quitting)
		return;
	app.quitting = true;
	hand_close();
	logsave_stop("the dashboard ended");
	notice_stop();
	client_free(app.client);
	pictures_close();
	give_colors_back();
	console_close();
	close_handle((uv_handle_t *)&app.frame, NULL);
	close_handle((uv_handle_t *)&app.clock, NULL);
	close_handle((uv_handle_t *)&app.detect_limit, NULL);
	reading_close();
	sending_close();
}

/* ---- frames ---- */

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

/* Cells of another size, perhaps: the old size counts until the answers are there. */
static void ask_sizes(void)
{
	const char *query = app.dash.pixels ? detect_again(&app.detect, getenv("TERM")) : "";

	term_write(query, strlen(query));
}

static void draw(void)
{
	struct dashboard *d = &app.dash;
	int64_t now = clock_boot_ms(), query;
	bool of_card;

	d->locked = app.model.gate.signing && strcmp(app.model.gate.signing, "signed") == 0 && unlock_has_identity(&app.unlock) &&
		    !unlock_is_open(&app.unlock, now);
	app.query |= dash_update(d, now);
	if (console_fit(&app.cells, &app.pixel_width, &app.pixel_height)) {
		app.redraw = true;
		ask_sizes();
	}
	if (console_silent())
		arm_silent(&d->arm, now);
	hand_frame();
	dash_draw(d, &app.cells, now, clock_wall_ms());
	notify(d, now);
	if (app.redraw) {
		term_forget();
		pixels_forget();
		inset_forget();
		app.redraw = false;
	}
	pictures_before_paint();
	hand_letters();
	term_paint(&app.cells);
	pictures_after_paint();
	/* A card without room for a picture, and the form of a rule, are about the one that stood there before for the same question. */
	if (d->picture.width > 0 || d->selected != app.seen_for) {
		pictures_seen(&app.seen);
		app.seen_for = d->selected;
	}
	of_card = app.query && !app.quitting && !pictures_late();
	query = console_frame(of_card || pixels_asks());
	if (of_card) {
		/* Behind the card and its picture: the terminal's answer means that both have been drawn. */
		arm_drawn(&d->arm, now);
		app.card_asked = query;
		app.query = false;
	}
	pixels_painted(query);
	app.painted = true;
	reading_drawn(now);
	uv_timer_start(&app.clock, on_clock, (uint64_t)(dash_next_ms(d, now) - now), 0);
}

/* 50 a second; but after a rest two may follow each other at once: that something came, and what was then asked for. */
static void pace(uint64_t now)
{
	uint64_t ms = (uint64_t)console_pace_ms();

	app.frame_due_ms = app.frame_due_ms + ms > now ? app.frame_due_ms + ms : now;
}

static void on_frame(uv_timer_t *t)
{
	(void)t;
	if (app.quitting || console_busy())
		return;
	pace(uv_now(&app.loop));
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
	int64_t now = clock_boot_ms();

	(void)arg;
	/* What is asked for now is on its way while the frame is drawn. But a picture is work for the whole machine: the first frame goes before it. */
	app.query |= dash_update(&app.dash, now);
	if (app.painted)
		reading_frame(now);
	draw_soon();
}

static void on_up(bool up, const char *why, void *arg)
{
	struct dashboard *d = &app.dash;

	(void)arg;
	if (d->gate_up && !up)
		d->gate_down_since_wall_ms = d->gate_silent_since_wall_ms ? d->gate_silent_since_wall_ms : clock_wall_ms();
	if (up && !d->gate_up)
		logview_again(&d->logs);
	d->gate_up = up;
	if (!up)
		hand_hang_up("the gate is gone");
	app.frame_due_ms = 0;	/* what the first frame waited for */
	snprintf(d->gate_why, sizeof(d->gate_why), "%s", why);
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

static void on_answer(int status, const char *message, void *arg)
{
	(void)arg;
	sending_answer(status, message);
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
	default:	/* what goes to the gate as it is is sending's */
		hand_carry_out(q);
		break;
	}
}

static void on_answer_of_terminal(int64_t number)
{
	struct arm *arm = &app.dash.arm;

	arm->must_answer = true;
	if (number >= app.card_asked)
		arm_answered(arm, clock_boot_ms());
	pixels_answered(number);
	sending_answered(number);
	draw_soon();
}

static void on_ready(void)
{
	sending_look();
	draw_soon();
}

static void on_leaving(void)
{
	hand_hang_up("the dashboard went to the background");
}

static void on_resumed(void)
{
	sending_drop();
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
	/* Within a frame that it takes as one kitty 0.26 loses pictures now and then. They are never half drawn there without that too. */
	term_synchronized(app.detect.synchronized && app.backend != BACKEND_KITTY);
}

static void choose_pictures(void)
{
	struct dashboard *d = &app.dash;
	struct picture_policy policy;

	detect_finish(&app.detect, app.cells.width, app.cells.height, app.pixel_width, app.pixel_height);
	detect_policy(&app.detect, app.mode, d->unicode, &policy);
	d->pixels = policy.backend == BACKEND_SIXEL || policy.backend == BACKEND_KITTY;
	d->blocks = policy.backend == BACKEND_BLOCKS;
	app.backend = policy.backend;
	pictures_policy(&policy);
	term_focus(d->pixels);
	uv_timer_stop(&app.detect_limit);
	draw_soon();
}

/* All its answers are there. */
static void on_detected(void)
{
	const char *more = detect_more_colors(&app.detect);

	choose_pictures();
	if (more && app.colors == 0) {
		app.colors = app.detect.colors;
		term_write(more, strlen(more));
	}
}

static void on_detect_limit(uv_timer_t *t)
{
	(void)t;
	choose_pictures();
}

static void on_key(const struct input_event *ev)
{
	int64_t now = clock_boot_ms();
	struct dash_request q;

	reading_key(now);
	unlock_key_pressed(&app.unlock, now);
	dash_key(&app.dash, ev, now, &q);
	sending_take(&q, &app.seen);
	hand_pump();
	app.frame_due_ms = uv_now(&app.loop);	/* it is not kept waiting for what came by itself */
}

static void on_event(const struct input_event *ev)
{
	enum intent intent = ev->type == INPUT_KEY && !hand_takes_all(&app.dash) ? keymap_find(app.dash.keys, KEYMAP_MAIN, ev->code) : INTENT_NONE;

	if (app.quitting)
		return;
	if (detect_answer(&app.detect, ev)) {
		if (ev->type == INPUT_ATTRIBUTES)
			on_detected();
		else if (ev->type == INPUT_GRAPHICS && app.detect.done)
			choose_pictures();	/* how many colours it has now */
		choose_theme();
	} else if (intent == INTENT_REDRAW && app.dash.prompt == PROMPT_NONE) {
		app.redraw = true;
	} else if (ev->type == INPUT_FOCUS) {
		if (ev->code) {
			pixels_renew();	/* another window may have stood before it */
			inset_forget();
		}
	} else if (intent == INTENT_SUSPEND) {
		console_suspend();
	} else {
		on_key(ev);
	}
	draw_soon();
}

/* ---- start and end ---- */

/* A gate listens at the socket, or one is started. One that listens and does not answer is no reason for another: the dashboard says so, and waits for it. */
static int find_gate(const struct dashboard_args *o, const char *socket, const char *state)
{
	struct err e;

	if (gate_listens(socket))
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

static int start(const char *socket, const struct dashboard_args *args, struct err *e)
{
	const struct console_spec terminal = { .loop = &app.loop, .on_event = on_event, .on_answer = on_answer_of_terminal, .on_ready = on_ready,
					       .on_leaving = on_leaving, .on_resumed = on_resumed, .on_end = on_end_of_terminal };
	const char *query = detect_query(getenv("TERM"), term_multiplexed());
	struct client_spec spec = { .loop = &app.loop, .socket = socket, .model = &app.model, .on_change = on_change, .on_up = on_up, .sign = on_sign, .on_answer = on_answer };
	struct sending_spec out = { .loop = &app.loop, .dash = &app.dash, .changed = draw_soon, .carry_out = carry_out, .on_end = quit };

	/* Both know the names alone that stand here. */
	picture_mode_named(args->picture ? args->picture : settings()->picture ? settings()->picture : "auto", &app.mode);
	uv_timer_init(&app.loop, &app.frame);
	uv_timer_init(&app.loop, &app.clock);
	uv_timer_init(&app.loop, &app.detect_limit);
	reading_open(&app.loop, &app.dash, draw_soon, &spec);
	app.client = client_new(&spec);	/* the gate answers while the terminal is made ready */
	if (console_open(&terminal, first_theme(args->theme), e) < 0)
		return ERR_IO;
	term_mouse(settings()->mouse);
	console_fit(&app.cells, &app.pixel_width, &app.pixel_height);
	if (pictures_open(&app.loop, &app.dash, &app.cells, &app.detect, args->encoder, draw_soon) < 0 || !app.client)
		return err_set(e, ERR_NOMEM, "out of memory");
	reading_client(app.client);
	out.client = app.client;
	sending_open(&out);
	hand_open(&(struct hand_spec){ &app.loop, &app.dash, app.client, &app.detect, &app.cells, draw_soon });
	term_write(query, strlen(query));
	console_ask();
	uv_timer_start(&app.detect_limit, on_detect_limit, DETECT_MS, 0);
	/* The first frame shows what the gate says, not an empty queue; a gate that is slow is not waited for. */
	app.frame_due_ms = uv_now(&app.loop) + FIRST_MS;
	draw_soon();
	return 0;
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
	struct dashboard_args o;
	struct err e = { "" };
	int code = dashboard_args(argc, argv, &o);

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
	arm_init(&app.dash.arm, !term_multiplexed());
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
		if (start(socket, &o, &e) < 0)
			quit();
		uv_run(&app.loop, UV_RUN_DEFAULT);
		uv_loop_close(&app.loop);
		console_leave();
		code = e.msg[0] ? complain("", EXIT_UNREACHABLE, "%s", e.msg) : app.code;
	}
	unlock_release(&app.unlock);
	dash_release(&app.dash);
	model_release(&app.model);
	cells_release(&app.cells);
	free(socket);
	free(state);
	return code;
}
