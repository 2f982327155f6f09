/* test_input: keys, pastes and the terminal's answers, each cut at every byte. */
#include "config.h"

#include "tests/unit/unit.h"

#include "ui/input.h"
#include "ui/keymap.h"

static const struct { const char *bytes, *events; } cases[] = {
	{ "a", "k61 " }, { "\xc3\xa9", "ke9 " }, { "\xf0\x9f\x98\x80", "k1f600 " }, { "\r", "k110009 " }, { "\n", "k110009 " }, { "\x7f", "k11000b " }, { "\033[A", "k110001 " },
	{ "\033OA", "k110001 " }, { "\033[B", "k110002 " }, { "\033[5~", "k110005 " }, { "\033[6~", "k110006 " }, { "\033[H", "k110007 " }, { "\033[0n", "s " },
	{ "\033[?62;4;22c", "A3 " }, { "\033[?63;1;2c", "A3 " }, { "\033[?2;0;1000;1000S", "G4 " }, { "\033[6;20;10t", "C3 " }, { "\033[4;700;1200t", "P3 " },
	{ "\033[?2026;2$y", "M2 " }, { "\033[?1016;2$y", "M2 " }, { "\033[I", "f1 " }, { "\033[O", "f0 " }, { "\033[200~a\033[Ab\033[201~c", "o p61 o p62 e k63 " }, { "\033[201~a", "o k61 " }, { "\033Pjunk a d\033\\a", "k61 " },
	{ "\033]0;a\007d", "k64 " }, { "\033_Ga\033\\d", "k64 " }, { "\033[99;1;2Xa", "o k61 " }, { "a\033[0nd", "k61 s k64 " }, { "\xff" "a", "k61 " },
	/* DA2, DA3, XTVERSION, DECRQM without "?", DECRQSS, CPR, another DSR, kitty's keyboard and graphics, a window's size and title */
	{ "\033[>41;379;0c" "d", "D3 k64 " }, { "\033P!|7E565445\033\\d", "k64 " }, { "\033P>|XTerm(379)\033\\d", "V:XTerm(379) k64 " }, { "\033P>|\033\\d", "V: k64 " }, { "\033[12;2$yd", "o k64 " },
	{ "\033P1$r0;1m\033\\d", "k64 " }, { "\033[24;80Rd", "o k64 " }, { "\033[?0nd", "o k64 " }, { "\033[3nd", "o k64 " }, { "\033[?13nd", "o k64 " }, { "\033[?1ud", "K k64 " },
	{ "\033_Gi=1;OK\033\\d", "k64 " }, { "\033_Gi=31;OK\033\\d", "X1 k64 " }, { "\033_Gi=31;ENOTSUPP:d\033\\d", "X0 k64 " }, { "\033[8;24;80td", "o k64 " }, { "\033]lad\xe2\x80\x9c" "ad\033\\d", "k64 " }, { "\033[97;1ud", "c61 k64 " },
	/* colours, in each form */
	{ "\033]11;rgb:ffff/8080/0000\033\\d", "Lb:ff8000 k64 " }, { "\033]11;rgb:ff/80/0\007d", "Lb:ff8000 k64 " }, { "\033]10;rgba:f/8/0/f\007d", "La:ff8800 k64 " },
	{ "\033]11;red\007d", "k64 " }, { "\033]11;rgb:/a/d\007d", "k64 " }, { "\033]4;11;rgb:1/1/1\007d", "k64 " }, { "\033]110;rgb:1/1/1\007d", "k64 " },
	/* controls in one byte, and as characters */
	{ "\x9b" "0nd", "s k64 " }, { "\x9b?62;4cd", "A2 k64 " }, { "\xc2\x9b" "0nd", "s k64 " }, { "\x9d" "11;rgb:1/2/3\x9c" "d", "Lb:112233 k64 " }, { "\x90>|a d\x9c" "d", "V:a d k64 " },
	{ "\x8f" "Ad", "k110001 k64 " }, { "\xc2\x90" "ad\xc2\x9c" "d", "k64 " }, { "\xc3\x9b", "kdb " }, { "\x80" "d", "k64 " },
	/* mice: cells, the old one whose bytes are letters, another old one */
	{ "\033[<0;10;20M", "m0:0,10,20 " }, { "\033[<65;1000;2000M", "m41:65,1000,2000 " }, { "\033[<0;10;20m", "u0:0,10,20 " }, { "\033[<35;523;411M", "m23:35,523,411 " }, { "\033[<2;10md", "o k64 " }, { "\033[<0;10Md", "o k64 " }, { "\033[M adk", "o k6b " }, { "\033[32;10;20Md", "o k64 " },
	/* function keys of the Linux console, keys with modifiers */
	{ "\033[[Ad", "o k64 " }, { "\033O5Ad", "k110001 k64 " }, { "\033[1;5A", "k110001+4 " }, { "\033[1;2:1D", "k110003+1 " }, { "\033[1;2:3D", "o " }, { "\033[3;5~", "k11000c+4 " }, { "\033[27;5;97~d", "k1+4/61 k64 " },
	/* kitty's keyboard protocol and xterm's: what the old way has a code for is that key, all else is a chord; a release is nothing */
	{ "\033[27u", "k11000a " }, { "\033[27;1:3u", "o " }, { "\033[27;3u", "c11000a+2 " }, { "\033[13;5u", "c110009+4 " }, { "\033[9;1u", "k9 " }, { "\033[127;3u", "c11000b+2 " },
	{ "\033[93;5u", "k1d+4/5d " }, { "\033[53;5u", "k1d+4/35 " }, { "\033[105;5u", "k9+4/69 " }, { "\033[97;6u", "c61+5 " }, { "\033[97;9u", "c61+8 " }, { "\033[57361u", "ce011 " },
	{ "\033[97:65;69:2;65u", "k1+4/61 " }, { "\033[97;133u", "k1+4/61 " }, { "\033[128512;3u", "c1f600+2 " }, { "\033[99999999;3u", "c110000+2 " }, { "\033[ud", "c0 k64 " }, { "\033[27;5~d", "c0+4 k64 " },
	/* xterm's (modifyOtherKeys): a capital is that character, a blank with Shift is a key */
	{ "\033[27;2;65~\033[27;2;70~\033[27;2;64~\033[27;2;220~", "k41 k46 k40 kdc " }, { "\033[27;6;65~", "c61+5 " }, { "\033[27;2;32~\033[27;2;13~\033[27;2;133~\033[97;2u", "c20+1 c110009+1 c85+1 c61+1 " },
	{ "\033[27;5;93~\033[27;5;105~\033[27;5;32~\033[27;3;9~\033[27;6;95~", "k1d+4/5d k9+4/69 c20+4 c9+2 c5f+5 " },
	{ "\033a", "c61+2 " }, { "\033\x7f", "c7f+2 " }, { "\033\001", "c1+2 " }, { "\033[Z", "c9+1 " }, { "\033[1;3S", "k110011+2 " }, { "\033[1;2R", "o " }, { "\033[2~", "k11001a " }, { "\033[29~", "k11001b " },
	{ "\033OR", "k110010 " }, { "\033OS", "k110011 " },
	/* what was cut off, and goes on as something else */
	{ "\033]11;rg\033[0nd", "s k64 " }, { "\033Pab\033[Ad", "k110001 k64 " }, { "\033Pab\030d", "k64 " }, { "\033[12\032d", "k64 " }, { "\033O\033[0nd", "s k64 " },
	{ "\033[M\033[0nd", "o s k64 " }, { "\033[\r0nd", "s k64 " },
	/* nor an answer, which would say that something was drawn */
	{ "\033[200~\033[0n\033[?62;4cx\033[201~\033[0n", "o o o p78 e s " },
	/* in a paste nothing of it is a key, and its end is found */
	{ "\033[200~\033[M\033[201~d", "o o e k64 " }, { "\033[200~\033]a\033[201~d", "o e k64 " }, { "\033[200~\x9b" "a\x90" "d\033[201~d", "o p61 p64 e k64 " },
	{ "\033[200~\033[<0;1;1Ma\033[I\033[201~d", "o o p61 o e k64 " }, { "\033[200~\r\033[201~", "o p110009 e " },
	{ "\033[200~\033a\033[27u\033[97;3u\033[<0;1;1m\033[201~d", "o o o o o e k64 " },
};

static void on_event(const struct input_event *ev, void *arg)
{
	static const char letters[] = "kcpefsADVXGCPMLmuKo";

	if (ev->type == INPUT_KEY || ev->type == INPUT_CHORD) {
		buf_printf(arg, "%c%x", letters[ev->type], ev->code);
		if (ev->mods)
			buf_printf(arg, "+%d", ev->mods);
		buf_printf(arg, ev->plain ? "/%x " : " ", ev->plain);
	} else if (ev->type == INPUT_PASTE || ev->type == INPUT_FOCUS)
		buf_printf(arg, "%c%x ", letters[ev->type], ev->code);
	else if (ev->type == INPUT_COLOR)
		buf_printf(arg, "L%x:%02x%02x%02x ", ev->code, ev->params[0], ev->params[1], ev->params[2]);
	else if (ev->type == INPUT_MOUSE || ev->type == INPUT_MOUSE_UP)
		buf_printf(arg, "%c%x:%d,%d,%d ", letters[ev->type], ev->code, ev->params[0], ev->params[1], ev->params[2]);
	else if (ev->type == INPUT_VERSION)
		buf_printf(arg, "V:%s ", ev->text);
	else if (ev->type == INPUT_KITTY)
		buf_printf(arg, "X%x ", ev->code);
	else if (ev->type == INPUT_ATTRIBUTES || ev->type == INPUT_DEVICE || ev->type == INPUT_GRAPHICS || ev->type == INPUT_CELL_SIZE || ev->type == INPUT_AREA_SIZE || ev->type == INPUT_MODE)
		buf_printf(arg, "%c%d ", letters[ev->type], ev->count);
	else
		buf_printf(arg, "%c ", letters[ev->type]);
}

static void every_split(void **state)
{
	size_t i, cut;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		for (cut = 0; cut <= strlen(cases[i].bytes); cut++) {
			struct input in;
			struct buf out;

			buf_init(&out, 1000);
			input_init(&in);
			input_feed(&in, cases[i].bytes, cut, on_event, &out);
			input_feed(&in, cases[i].bytes + cut, strlen(cases[i].bytes) - cut, on_event, &out);
			if (strcmp(buf_cstr(&out), cases[i].events) != 0)
				fail_msg("case %zu cut at %zu: \"%s\", not \"%s\"", i, cut, buf_cstr(&out), cases[i].events);
			buf_release(&out);
		}
	}
}

static void escape_is_a_key_when_nothing_follows(void **state)
{
	struct input in;
	struct buf out;

	(void)state;
	buf_init(&out, 100);
	input_init(&in);
	input_feed(&in, "\033", 1, on_event, &out);
	assert_true(input_pending(&in));
	assert_int_equal(out.len, 0);
	input_idle(&in, on_event, &out);
	assert_string_equal(buf_cstr(&out), "k11000a ");
	/* A late answer behind it is still an answer: its letters are no keys. */
	input_feed(&in, "\033[?62;4c", 8, on_event, &out);
	assert_string_equal(buf_cstr(&out), "k11000a A2 ");
	buf_release(&out);
}

/* Each byte of it alone, and a while between them: no key comes of it but the Escape that its first one is. */
static void an_answer_in_single_bytes(void **state)
{
	static const char *const answers[] = { "\033[?62;4;22c", "\033[0n", "\033[6;20;10t", "\033]11;rgb:aaaa/dddd/aaaa\007", "\033]11;rgb:dddd/aaaa/dddd\033\\", "\033[?2026;2$y",
						"\033P>|XTerm(dad)\033\\", "\033_Gi=31;dad\033\\", "\033[<0;1;1M" };
	struct input in;
	struct buf out;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(answers); i++) {
		buf_init(&out, 1000);
		input_init(&in);
		for (k = 0; k < strlen(answers[i]); k++) {
			input_feed(&in, answers[i] + k, 1, on_event, &out);
			input_idle(&in, on_event, &out);
			input_idle(&in, on_event, &out);
		}
		assert_memory_equal(buf_cstr(&out), "k11000a ", 8);
		assert_null(strchr(buf_cstr(&out) + 8, 'k'));
		input_feed(&in, "n", 1, on_event, &out);
		assert_non_null(strstr(buf_cstr(&out), " k6e "));
		buf_release(&out);
	}
}

/* Behind the Escape key P and _ are keys, once the terminal has answered all: at once when something else follows, else when nothing does. */
static void letters_behind_escape_are_keys(void **state)
{
	static const struct { const char *bytes, *events; } late[] = { { "Pd", "k50 k64 " }, { "_[", "k5f k5b " }, { "P\033[A", "k50 k110001 " }, { "P", "k50 " }, { "_", "k5f " } };
	struct input in;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(late); i++) {
		buf_init(&out, 1000);
		input_init(&in);
		input_feed(&in, "\033[?62;4c\033", 9, on_event, &out);
		input_idle(&in, on_event, &out);
		buf_clear(&out);
		input_feed(&in, late[i].bytes, strlen(late[i].bytes), on_event, &out);
		input_idle(&in, on_event, &out);
		input_idle(&in, on_event, &out);
		assert_string_equal(buf_cstr(&out), late[i].events);
		input_feed(&in, "n", 1, on_event, &out);
		assert_non_null(strstr(buf_cstr(&out), " k6e "));
		buf_release(&out);
	}
}

static void no_answer_is_ever_a_deciding_key(void **state)
{
	static const char *const answers[] = { "\033[?62;4;22c", "\033[0n", "\033[6;20;10t", "\033P1$r0;1q\033\\", "\033[?1;0;256S", "\033[24;80R", "\033]11;rgb:aaaa/dddd/aaaa\033\\", "\033[>41;379;0c",
						"\033P!|00000000\033\\", "\033P>|da(a)\033\\", "\033[?2026;2$y", "\033[?1u", "\033[<0;1;1M", "\033[M  a", "\x9b?62;4;22c",
						"\x9d" "11;rgb:aaaa/dddd/aaaa\x9c", "\x90>|da\x9c" };
	struct input in;
	struct buf out;
	size_t i, cut;

	(void)state;
	for (i = 0; i < ARRAY_LEN(answers); i++) {
		for (cut = 2; cut < strlen(answers[i]); cut++) {
			buf_init(&out, 1000);
			input_init(&in);
			input_feed(&in, answers[i], cut, on_event, &out);
			input_idle(&in, on_event, &out);	/* however late the rest is */
			input_feed(&in, answers[i] + cut, strlen(answers[i]) - cut, on_event, &out);
			assert_null(strchr(buf_cstr(&out), 'k'));
			buf_release(&out);
		}
	}
}

/* Its ESC came alone, and was taken for the Escape key: the rest is no key all the same. */
static void an_answer_cut_behind_its_escape(void **state)
{
	static const char *const answers[] = { "[?62;4;22c", "[0n", "[6;20;10t", "]11;rgb:aaaa/dddd/aaaa\007", "[?2026;2$y", "[I", "[<0;1;1M", "P>|Term(d)\033\\", "_Gi=31;OK\033\\" };
	struct input in;
	struct buf out;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(answers); i++) {
		buf_init(&out, 1000);
		input_init(&in);
		input_feed(&in, "\033", 1, on_event, &out);
		input_idle(&in, on_event, &out);
		assert_string_equal(buf_cstr(&out), "k11000a ");
		input_feed(&in, answers[i], strlen(answers[i]), on_event, &out);
		assert_null(strchr(buf_cstr(&out) + 1, 'k'));
		input_feed(&in, "d", 1, on_event, &out);	/* and the next key is one */
		assert_non_null(strstr(buf_cstr(&out), " k64 "));
		buf_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_split), cmocka_unit_test(escape_is_a_key_when_nothing_follows), cmocka_unit_test(no_answer_is_ever_a_deciding_key),
		cmocka_unit_test(an_answer_cut_behind_its_escape), cmocka_unit_test(an_answer_in_single_bytes), cmocka_unit_test(letters_behind_escape_are_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
