/* test_hand: control of a computer: what a terminal's bytes become, when nothing is sent, and how it ends. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/keyname.h"
#include "tests/unit/state.h"
#include "ui/dashboard.h"
#include "ui/hand_name.h"

static struct model model;
static struct dashboard d;
static struct cells cells;
static struct input in;
static struct buf sent;
static int64_t now;
static struct dash_request last;	/* what the last key asked for, and was no input */

static void on_event(const struct input_event *ev, void *arg)
{
	struct dash_request q;

	(void)arg;
	dash_key(&d, ev, now, &q);
	if (q.type != REQUEST_NONE) {
		dash_request_release(&last);
		last = q;
	}
	/* So that the next one, in the same bytes, is behind it in time. */
	now++;
}

static void frame(void)
{
	dash_update(&d, now);
	dash_draw(&d, &cells, now, 1);
	/* As the wiring does, with a terminal of 120x35 cells of 10x20 pixels. */
	d.place = (struct picture_place){ .at = d.picture, .cell_width = 10, .cell_height = 20, .width = d.picture.width > 0 ? 960 : 0, .height = 600, .part = { 0, 0, 1280, 800 } };
	if (d.picture_view.actual)
		picture_part(&d.screen, d.picture.width * 10, d.picture.height * 20, &d.picture_view, &(struct picture_mark){ 0 }, &d.place.part, &d.place.width, &d.place.height);
}

/* All that goes out from now on, each answered at once. */
static void drain(void)
{
	const struct hand_item *x;
	int i;

	for (i = 0; i < 40; i++) {
		now += 20;
		hand_due(&d, now);
		while ((x = hand_out_next(&d.hand.out, now)) != NULL) {
			buf_printf(&sent, "%s %s\n", x->verb, buf_cstr(&x->body));
			hand_answered(&d, true, "", now);
		}
	}
}

static void bytes(const char *text)
{
	input_feed(&in, text, strlen(text), on_event, NULL);
	input_idle(&in, on_event, NULL);
	frame();
}

static int start(void **state)
{
	(void)state;
	model_init(&model);
	assert_int_equal(model_snapshot(&model, state_json, strlen(state_json), 1000, 1, NULL), 0);
	dash_init(&d, &model);
	d.gate_up = d.pixels = true;
	cells_init(&cells, 120, 35);
	input_init(&in);
	buf_init(&sent, 1 << 20);
	now = 10000;
	d.hand.pointer = (struct hand_pointer){ HAND_PIXELS, 120, 35, 10, 20, 0 };
	frame();	/* which chooses the session */
	d.screen = (struct image){ .rgb = calloc((size_t)1280 * 800, 3), .width = 1280, .height = 800 };
	frame();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	dash_request_release(&last);
	buf_release(&sent);
	cells_release(&cells);
	dash_release(&d);
	model_release(&model);
	return 0;
}

static void take(void)
{
	bytes("t");
	assert_int_equal(last.type, REQUEST_TAKE);
	assert_int_equal(d.view, VIEW_HAND);
	assert_int_equal(d.hand.state, HAND_ASKED);
	hand_taken(&d, "0123456789abcdef0123456789abcdef", 0, now);
	dash_request_release(&last);
	frame();
}

/* The picture's upper left pixel is the terminal's 11,41, counted from 1; 960x600 for 1280x800: 4 of the screen are 3 there. */
static const struct { const char *name, *bytes, *sent; } rows[] = {
	{ "a click goes out when no second one came", "\033[<0;611;341M\033[<0;611;341m", "click {\"x\":800,\"y\":400,\"button\":\"left\"}\n" },
	{ "two are a double click", "\033[<0;611;341M\033[<0;611;341m\033[<0;612;341M\033[<0;612;341m", "double-click {\"x\":802,\"y\":400}\n" },
	{ "two at other places are two clicks", "\033[<0;611;341M\033[<0;611;341m\033[<0;711;341M\033[<0;711;341m",
	  "click {\"x\":800,\"y\":400,\"button\":\"left\"}\nclick {\"x\":934,\"y\":400,\"button\":\"left\"}\n" },
	{ "a drag", "\033[<0;11;41M\033[<32;300;300M\033[<0;970;640m", "drag {\"from_x\":0,\"from_y\":0,\"to_x\":1279,\"to_y\":799}\n" },
	{ "a drag that ends elsewhere is none", "\033[<0;11;41M\033[<32;1000;300M\033[<0;1000;640m", "" },
	{ "outside of the picture nothing", "\033[<0;10;41M\033[<0;10;41m\033[<2;971;41M\033[<64;11;641M", "" },
	{ "the right button", "\033[<2;11;41M\033[<2;11;41m", "click {\"x\":0,\"y\":0,\"button\":\"right\"}\n" },
	{ "the middle one", "\033[<1;11;41M\033[<1;11;41m", "click {\"x\":0,\"y\":0,\"button\":\"middle\"}\n" },
	{ "wheels", "\033[<64;11;41M\033[<65;11;41M\033[<66;11;41M\033[<67;11;41M",
	  "scroll {\"direction\":\"up\",\"clicks\":1,\"x\":0,\"y\":0}\nscroll {\"direction\":\"down\",\"clicks\":1,\"x\":0,\"y\":0}\n"
	  "scroll {\"direction\":\"left\",\"clicks\":1,\"x\":0,\"y\":0}\nscroll {\"direction\":\"right\",\"clicks\":1,\"x\":0,\"y\":0}\n" },
	{ "keys held with the mouse", "\033[<22;11;41M", "key-down {\"key\":\"ctrl\"}\nkey-down {\"key\":\"shift\"}\nclick {\"x\":0,\"y\":0,\"button\":\"right\"}\nkey-up {\"key\":\"shift\"}\nkey-up {\"key\":\"ctrl\"}\n" },
	{ "moves send nothing", "\033[<35;611;341M\033[<35;612;341M", "" },
	{ "the crosshair begins in the middle", "\r", "click {\"x\":640,\"y\":400,\"button\":\"left\"}\n" },
	{ "steps and pixels", "\033[C\033[1;2C\033[1;2Cll\033[Ak ", "click {\"x\":684,\"y\":359,\"button\":\"left\"}\n" },
	{ "buttons by key", "2rm", "double-click {\"x\":640,\"y\":400}\nclick {\"x\":640,\"y\":400,\"button\":\"right\"}\nclick {\"x\":640,\"y\":400,\"button\":\"middle\"}\n" },
	{ "the wheel by key", "un<>", "scroll {\"direction\":\"up\",\"clicks\":1,\"x\":640,\"y\":400}\nscroll {\"direction\":\"down\",\"clicks\":1,\"x\":640,\"y\":400}\n"
	  "scroll {\"direction\":\"left\",\"clicks\":1,\"x\":640,\"y\":400}\nscroll {\"direction\":\"right\",\"clicks\":1,\"x\":640,\"y\":400}\n" },
	{ "a drag by key", "v\033[Cv", "drag {\"from_x\":640,\"from_y\":400,\"to_x\":680,\"to_y\":400}\n" },
	{ "a drag that is given up", "v\033[C\033", "" },
	{ "nothing is typed while pointing", "abcdefV\033[200~words\033[201~", "" },
	/* 24 columns and 15 rows of boxes; the fine ones are a fifth of one */
	{ "letters: a box, its middle", "gaa\r\r", "click {\"x\":26,\"y\":26,\"button\":\"left\"}\n" },
	{ "letters: a place in it", "gaaa\r", "click {\"x\":5,\"y\":5,\"button\":\"left\"}\n" },
	{ "letters: the last one", "goxy\r", "click {\"x\":1274,\"y\":794,\"button\":\"left\"}\n" },
	{ "letters that are not there", "gpaza\033", "" },
	{ "letters, and all of the screen again", "gaaa\rgoxy\r", "click {\"x\":5,\"y\":5,\"button\":\"left\"}\nclick {\"x\":1274,\"y\":794,\"button\":\"left\"}\n" },
	/* typing */
	{ "text is one", "iAda Lovelace", "type {\"text\":\"Ada Lovelace\"}\n" },
	{ "any text", "i\xc3\x9c \xe2\x82\xac \xf0\x9f\x98\x80 e\xcc\x81", "type {\"text\":\"\xc3\x9c \xe2\x82\xac \xf0\x9f\x98\x80 e\xcc\x81\"}\n" },
	{ "keys between texts", "ia\tb\rc\x7f", "type {\"text\":\"a\"}\nkey {\"key\":\"Tab\"}\ntype {\"text\":\"b\"}\nkey {\"key\":\"Return\"}\ntype {\"text\":\"c\"}\nkey {\"key\":\"BackSpace\"}\n" },
	{ "named keys", "i\033[A\033OB\033[5~\033[2~\033[3~\033OP\033[24~\033[29~",
	  "key {\"key\":\"Up\"}\nkey {\"key\":\"Down\"}\nkey {\"key\":\"Page_Up\"}\nkey {\"key\":\"Insert\"}\nkey {\"key\":\"Delete\"}\nkey {\"key\":\"F1\"}\nkey {\"key\":\"F12\"}\nkey {\"key\":\"Menu\"}\n" },
	{ "Escape is its key", "i\033", "key {\"key\":\"Escape\"}\n" },
	{ "control characters", "i\001\003\032\014\x1f", "hotkey {\"keys\":[\"ctrl\",\"a\"]}\nhotkey {\"keys\":[\"ctrl\",\"c\"]}\nhotkey {\"keys\":[\"ctrl\",\"z\"]}\nhotkey {\"keys\":[\"ctrl\",\"l\"]}\nhotkey {\"keys\":[\"ctrl\",\"slash\"]}\n" },
	{ "modifiers of the old way", "i\033[1;5A\033[1;3S\033[Z\033x\033\x7f",
	  "hotkey {\"keys\":[\"ctrl\",\"Up\"]}\nhotkey {\"keys\":[\"alt\",\"F4\"]}\nhotkey {\"keys\":[\"shift\",\"Tab\"]}\nhotkey {\"keys\":[\"alt\",\"x\"]}\nhotkey {\"keys\":[\"alt\",\"BackSpace\"]}\n" },
	{ "kitty's keys", "i\033[105;5u\033[97;6u\033[97;9u\033[57361u\033[45;5u\033[27u\033[57414u\033[27;1:3u",
	  "hotkey {\"keys\":[\"ctrl\",\"i\"]}\nhotkey {\"keys\":[\"ctrl\",\"shift\",\"a\"]}\nhotkey {\"keys\":[\"super\",\"a\"]}\nkey {\"key\":\"Print\"}\nhotkey {\"keys\":[\"ctrl\",\"minus\"]}\nkey {\"key\":\"Escape\"}\nkey {\"key\":\"KP_Enter\"}\n" },
	{ "xterm's keys", "i\033[27;2;65~b\033[27;6;65~\033[27;5;105~\033[27;5;93~r",
	  "type {\"text\":\"Ab\"}\nhotkey {\"keys\":[\"ctrl\",\"shift\",\"a\"]}\nhotkey {\"keys\":[\"ctrl\",\"i\"]}\nclick {\"x\":640,\"y\":400,\"button\":\"right\"}\n" },
	{ "a paste is one text, whatever is in it", "i\033[200~a\r\nb\033[A\"\\\t\xe2\x82\xac\033[201~c", "type {\"text\":\"a\\n\\nb\\\"\\\\\\t\xe2\x82\xac\"}\ntype {\"text\":\"c\"}\n" },
	{ "keys that decide are text there", "iadDV", "type {\"text\":\"adDV\"}\n" },
	{ "the mouse works while typing, in order", "ia\033[<2;11;41Mb", "type {\"text\":\"a\"}\nclick {\"x\":0,\"y\":0,\"button\":\"right\"}\ntype {\"text\":\"b\"}\n" },
	{ "a click stays before what is typed behind it", "i\033[<0;11;41M\033[<0;11;41mx", "click {\"x\":0,\"y\":0,\"button\":\"left\"}\ntype {\"text\":\"x\"}\n" },
	{ "Ctrl-] leads back to pointing", "ia\035r", "type {\"text\":\"a\"}\nclick {\"x\":640,\"y\":400,\"button\":\"right\"}\n" },
	{ "kitty's Ctrl-] too", "ia\033[93;5ur", "type {\"text\":\"a\"}\nclick {\"x\":640,\"y\":400,\"button\":\"right\"}\n" },
	/* lines, lists */
	{ "a line goes at Enter, an empty one is Return", ":ls -l\x7f" "a\r\r", "type {\"text\":\"ls -a\"}\nkey {\"key\":\"Return\"}\n" },
	{ "a line that is given up", ":ls\033", "" },
	{ "a paste into the line is typed at once", ":\033[200~Leeds\033[201~", "type {\"text\":\"Leeds\"}\n" },
	{ "into its clipboard", "p\033[200~a\rb\033[201~", "clipboard {\"text\":\"a\\nb\"}\n" },
	{ "into its clipboard by key", "pab\r", "clipboard {\"text\":\"ab\"}\n" },
	{ "the menu of keys", "s\rsj\rs\033", "hotkey {\"keys\":[\"ctrl\",\"alt\",\"Delete\"]}\nhotkey {\"keys\":[\"alt\",\"Tab\"]}\n" },
	{ "a key that is held", "sjjjjjjjjjjj\rw 0.3\r", "key-down {\"key\":\"w\"}\nkey-up {\"key\":\"w\"}\n" },
	{ "what cannot be held", "sjjjjjjjjjjj\rescpe 3\r", "" },
	{ "not for so long", "sjjjjjjjjjjj\rw 31\r", "" },
};

static void what_is_sent(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		stop(NULL);
		start(NULL);
		take();
		bytes(rows[i].bytes);
		drain();
		if (strcmp(buf_cstr(&sent), rows[i].sent) != 0)
			fail_msg("%s:\n%sand not\n%s", rows[i].name, buf_cstr(&sent), rows[i].sent);
		assert_int_equal(d.view, VIEW_HAND);
		assert_int_equal(d.hand.out.count, 0);
	}
}

/* Where the computer counts 0 to 1000 across its screen, it is told so. */
static void normalised(void **state)
{
	struct model_session *s;

	(void)state;
	take();
	s = model_find_session(&model, d.hand.session);
	free(s->coordinates);
	s->coordinates = strdup("normalised");
	bytes("\033[<2;611;341M\033[<64;611;341M\033[<0;11;41M\033[<32;300;300M\033[<0;970;640m");
	drain();
	assert_string_equal(buf_cstr(&sent), "click {\"x\":625,\"y\":501,\"button\":\"right\"}\nscroll {\"direction\":\"up\",\"clicks\":1,\"x\":625,\"y\":501}\n"
					     "drag {\"from_x\":0,\"from_y\":1,\"to_x\":1000,\"to_y\":999}\n");
}

/* Only cells are told: the first click shows the place, the next one acts on its middle. */
static void cells_are_shown_first(void **state)
{
	(void)state;
	take();
	d.hand.pointer = (struct hand_pointer){ HAND_CELLS, 120, 35, 10, 20, 0 };
	bytes("\033[<0;62;18M\033[<0;62;18m");
	drain();
	assert_string_equal(buf_cstr(&sent), "");
	assert_true(d.picture_view.actual && d.place.width == d.place.part.width);
	bytes("\033[<0;62;18M\033[<0;62;18m");
	drain();
	assert_non_null(strstr(buf_cstr(&sent), "click {\"x\":"));
	assert_int_equal(d.hand.whole, 0);
}

/* A terminal that says it tells pixels, and never shows it. */
static void pixels_have_to_be_proven(void **state)
{
	int i;

	(void)state;
	take();
	d.hand.pointer = (struct hand_pointer){ HAND_PIXELS_SAID, 120, 35, 10, 20, 0 };
	bytes("\033[<0;62;18M\033[<0;62;18m\033[<2;62;18M");
	drain();
	assert_string_equal(buf_cstr(&sent), "");
	assert_non_null(strstr(d.message, "move the mouse"));
	bytes("\033[<35;200;300M\033[<2;11;41M");
	drain();
	assert_string_equal(buf_cstr(&sent), "click {\"x\":0,\"y\":0,\"button\":\"right\"}\n");
	d.hand.pointer = (struct hand_pointer){ HAND_PIXELS_SAID, 120, 35, 10, 20, 0 };
	for (i = 0; i < HAND_DOUBTS; i++)
		bytes("\033[<35;119;35M");
	assert_int_equal(d.hand.pointer.unit, HAND_CELLS);
}

/* Nothing is sent late: while the gate does not answer nothing is taken, and what waited is dropped. */
static void never_late(void **state)
{
	const struct hand_item *x;

	(void)state;
	take();
	bytes("r");
	x = hand_out_next(&d.hand.out, now);
	assert_string_equal(x->verb, "click");
	bytes("r");
	assert_int_equal(d.hand.out.count, 2);
	assert_null(hand_out_next(&d.hand.out, now));	/* one at a time */
	now += HAND_LATE_MS;
	hand_due(&d, now);
	assert_int_equal(d.hand.out.count, 1);
	assert_non_null(strstr(d.message, "nothing is sent late"));
	bytes("rim words");
	hand_due(&d, now);
	assert_int_equal(d.hand.out.count, 1);
	hand_answered(&d, true, "", now);
	bytes("\035");
	drain();
	assert_string_equal(buf_cstr(&sent), "");
	bytes("r");
	drain();
	assert_string_equal(buf_cstr(&sent), "click {\"x\":640,\"y\":400,\"button\":\"right\"}\n");
}

/* Where one fails what was meant for its outcome is not sent; a key that is down is let go all the same. */
static void what_fails_takes_the_rest_with_it(void **state)
{
	(void)state;
	take();
	bytes("\033[<18;11;41M\033[<2;11;41M");	/* Ctrl and the right button, then the right button */
	hand_out_next(&d.hand.out, now);
	hand_answered(&d, true, "", now);	/* Ctrl is down */
	hand_out_next(&d.hand.out, now);
	hand_answered(&d, false, "the computer answered 409", now);
	assert_non_null(strstr(d.message, "409"));
	assert_non_null(strstr(d.message, "1 behind it not sent"));
	drain();
	assert_string_equal(buf_cstr(&sent), "key-up {\"key\":\"ctrl\"}\n");
	/* The press itself fails: what it would have held is not sent, and it is let go. */
	buf_clear(&sent);
	bytes("\033[<18;11;41M");
	hand_out_next(&d.hand.out, now);
	hand_answered(&d, false, "x", now);
	drain();
	assert_string_equal(buf_cstr(&sent), "key-up {\"key\":\"ctrl\"}\n");
	/* And one that never left is not let go. */
	buf_clear(&sent);
	bytes("r\033[<18;11;41M");
	hand_out_next(&d.hand.out, now);
	hand_answered(&d, false, "x", now);
	drain();
	assert_string_equal(buf_cstr(&sent), "");
}

static void bounded(void **state)
{
	int i;

	(void)state;
	take();
	for (i = 0; i < 100; i++)
		bytes("r");
	assert_int_equal(d.hand.out.count, HAND_OUT_MAX);
	assert_non_null(strstr(d.message, "too much"));
	for (i = 0; i < 100; i++)
		bytes("\033[<30;11;41M");	/* with three keys held: all of it, or nothing */
	drain();
	assert_null(strstr(buf_cstr(&sent), "key-down"));
}

static void freezing(void **state)
{
	static const char *const everywhere[] = { "\035F", "F", "i\035F", "gab\035F", "sF", "pwords\035F", "twords\035F", "i\033[27;5;93~\033[27;2;70~" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(everywhere); i++) {
		stop(NULL);
		start(NULL);
		take();
		bytes(everywhere[i]);
		if (last.type != REQUEST_CALL || strcmp(last.path, "/v1/freeze") != 0)
			fail_msg("row %zu does not freeze", i);
		assert_int_equal(d.view, VIEW_HAND);	/* and one goes on seeing what one drives */
		assert_int_equal(d.hand.state, HAND_ON);
	}
}

/* It ends by itself in the middle of words: no key of them reaches what stands behind. */
static void dead_keys_after_its_end(void **state)
{
	(void)state;
	take();
	bytes("iad");
	hand_ended(&d, "nothing was done by hand for too long", now);
	frame();
	bytes("adDVFq\rt\033[<0;611;341M\033[<0;611;341m\033[200~a\033[201~");
	drain();
	assert_string_equal(buf_cstr(&sent), "");
	assert_int_equal(last.type, REQUEST_NONE);
	assert_int_equal(d.view, VIEW_HAND);
	bytes("\035");
	assert_int_equal(d.view, VIEW_OVERVIEW);
	/* What stands there again has to be seen anew. */
	bytes("a");
	assert_int_equal(last.type, REQUEST_NONE);
}

static void handing_back(void **state)
{
	(void)state;
	take();
	bytes("t\033");
	assert_int_equal(last.type, REQUEST_NONE);
	assert_false(d.hand.back);
	bytes("sjjjjjjjjjjj\rw 20\r");
	assert_true(d.hand.hold_until_ms > now);
	bytes("tlook at the form\r");
	assert_int_equal(last.type, REQUEST_HAND_BACK);
	assert_true(d.hand.back);
	assert_string_equal(d.hand.note, "look at the form");
	bytes("r");	/* not any more */
	assert_non_null(strstr(d.message, "handed back"));
	drain();
	assert_string_equal(buf_cstr(&sent), "key-down {\"key\":\"w\"}\nkey-up {\"key\":\"w\"}\n");
	hand_handed_back(&d, now);
	assert_int_equal(d.view, VIEW_OVERVIEW);
	assert_int_equal(d.hand.state, HAND_OFF);
}

static void refused(void **state)
{
	(void)state;
	bytes("t");
	hand_ended(&d, "ben has control of desk-1", now);
	assert_int_equal(d.view, VIEW_OVERVIEW);
	assert_non_null(strstr(d.message, "ben has control"));
	/* A locked key is asked for first. */
	d.locked = true;
	last.type = REQUEST_NONE;
	bytes("t");
	assert_int_equal(last.type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_PASSPHRASE);
}

/* The bar's word for it may be clicked; a click elsewhere takes nothing; and the line of keys. */
static void clicked(void **state)
{
	char text[40];

	(void)state;
	bytes("\033[<0;60;10M");
	assert_int_equal(last.type, REQUEST_NONE);
	assert_true(d.control_at.width > 0);
	snprintf(text, sizeof(text), "\033[<0;%d;%dM", d.control_at.x + 1, d.control_at.y + 1);
	bytes(text);
	assert_int_equal(last.type, REQUEST_TAKE);
	hand_taken(&d, "0", 0, now);
	d.message[0] = '\0';
	frame();
	/* "Enter click  g letters  i type": pixels 270 to 330 of the row before the last */
	bytes("\033[<0;275;670M\033[<0;275;670m");
	assert_int_equal(d.hand.mode, HAND_TYPE);
}

static void names(void **state)
{
	struct input_event ev = { .type = INPUT_CHORD };
	struct keychord chord;
	char name[HAND_NAME_MAX];
	struct err e;
	uint32_t code;
	int mods;

	(void)state;
	/* Whatever name we make, the gate and the computer know it. */
	for (code = 0; code < 0x1200; code++) {
		for (mods = 0; mods < 16; mods++) {
			ev.mods = (uint8_t)mods;
			ev.code = code < 0x400 ? code : code < 0x1000 ? 0xe000 - 0x400 + code : KEY_SPECIAL + code - 0x1000;
			if (hand_name(&ev, name) && keyname_parse(name, &chord, &e) < 0)
				fail_msg("%x with %d is called %s: %s", ev.code, mods, name, e.msg);
		}
	}
}

static void the_grid(void **state)
{
	struct picture_place p = { .at = { 1, 2, 118, 30 }, .cell_width = 10, .cell_height = 20, .width = 960, .height = 600, .part = { 0, 0, 1280, 800 } };
	struct mark_grid g;
	char label[3];
	int x, y;

	(void)state;
	hand_grid_make(&g, &p);
	assert_true(g.columns == 24 && g.rows == 15 && !g.fine);
	hand_grid_label(&g, 23, 14, label);
	assert_string_equal(label, "ox");
	assert_false(hand_grid_letter(&g, 'b', &x, &y));
	hand_grid_label(&g, 0, 0, label);
	assert_string_equal(label, "");	/* another row was chosen */
	assert_true(hand_grid_letter(&g, 'c', &x, &y));
	assert_true(x == 133 && y == 80 && g.fine && g.area.x == 106 && g.area.width == 54);
	hand_grid_label(&g, 4, 4, label);
	assert_string_equal(label, "y");
	assert_false(hand_grid_letter(&g, 'z', &x, &y));
	p.part.width = 0;
	hand_grid_make(&g, &p);
	assert_int_equal(g.area.width, 0);
}

static void a_command_in_a_sandbox(void **state)
{
	size_t i;

	(void)state;
	bytes("!");
	assert_int_equal(d.prompt, PROMPT_NONE);
	assert_non_null(strstr(d.message, "runs in a sandbox"));
	for (i = 0; i < model.session_count && strcmp(model.sessions[i]->kind, "sandbox") != 0; i++)
		;
	assert_true(i < model.session_count);
	d.view = VIEW_SESSIONS;
	snprintf(d.listed, sizeof(d.listed), "%s", model.sessions[i]->id);
	bytes("!\r");
	assert_int_equal(last.type, REQUEST_NONE);
	bytes("!echo \"a\"\r");
	assert_int_equal(last.type, REQUEST_CALL);
	assert_non_null(strstr(last.path, "/run"));
	assert_string_equal(last.body, "{\"command\":\"echo \\\"a\\\"\"}");
	assert_int_equal(d.view, VIEW_LOG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_sent, start, stop), cmocka_unit_test_setup_teardown(cells_are_shown_first, start, stop),
		cmocka_unit_test_setup_teardown(normalised, start, stop),
		cmocka_unit_test_setup_teardown(pixels_have_to_be_proven, start, stop), cmocka_unit_test_setup_teardown(never_late, start, stop),
		cmocka_unit_test_setup_teardown(what_fails_takes_the_rest_with_it, start, stop), cmocka_unit_test_setup_teardown(bounded, start, stop),
		cmocka_unit_test_setup_teardown(freezing, start, stop), cmocka_unit_test_setup_teardown(dead_keys_after_its_end, start, stop),
		cmocka_unit_test_setup_teardown(handing_back, start, stop), cmocka_unit_test_setup_teardown(refused, start, stop),
		cmocka_unit_test_setup_teardown(clicked, start, stop), cmocka_unit_test(names), cmocka_unit_test(the_grid),
		cmocka_unit_test_setup_teardown(a_command_in_a_sandbox, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
