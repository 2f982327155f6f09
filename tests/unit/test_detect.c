/* test_detect: what terminals really answered, recorded, and what pictures they get for it; the same cut, late, wrong and not at all. */
#include "config.h"

#include "tests/unit/unit.h"

#include "ui/detect.h"

enum { S = BACKEND_SIXEL, K = BACKEND_KITTY, B = BACKEND_BLOCKS, N = BACKEND_NONE };

/* Each answer as it came, to detect_query(); the kernel's sizes; and what follows. */
static const struct {
	const char *name, *bytes;
	int columns, rows, width, height;	/* of the kernel */
	int backend, cell_width, cell_height, max_width, max_height, colors, multiple, between;
	bool deltas;
} recorded[] = {
	{ "xterm 379 -ti vt340", "\033[?2;0;1000;680S\033P>|XTerm(379)\033\\\033[>41;379;0c\033[?1;0;1024S\033[?2;0;1000;1000S\033[?2026;0$y\033[?63;1;2;4;6;9;15;16;22;28c",
	  110, 34, 1100, 680, S, 10, 20, 1000, 1000, 128, 1, 14, true },
	{ "xterm, its border in the kernel's size", "\033[?2;0;1200;700S\033P>|XTerm(379)\033\\\033[>41;379;0c\033[?1;0;1024S\033[?2;0;4096;4096S\033[?2026;0$y\033[?63;1;2;4;6c",
	  120, 35, 1260, 760, S, 10, 20, 4096, 4096, 128, 1, 14, true },
	{ "xterm with 16 colours", "\033[?2;0;800;480S\033P>|XTerm(379)\033\\\033[?1;0;16S\033[?2;0;1000;1000S\033[?63;1;2;4c", 80, 24, 800, 480, S, 10, 20, 1000, 1000, 16, 1, 14, true },
	{ "xterm 379, as a vt420", "\033[?2;3S\033P>|XTerm(379)\033\\\033[>41;379;0c\033[?1;3S\033[?2;3S\033[?2026;0$y\033[?64;1;2;6;9;15;16;17;18;21;22;28c", 110, 34, 1100, 680, B,
	  10, 20, 0, 0, 128, 1, 0, false },
	{ "mlterm 3.9", "\033[6;19;10t\033[4;646;1100t\033[?1;3;0S\033[>24;279;0c\033[?1;0;1024S\033[?1;3;0S\033[?2026;0$y\033[?63;1;2;3;4;6;7;15;18;22;29c", 110, 34, 1100, 646, S,
	  10, 19, 4096, 4096, 128, 1, 0, true },
	{ "foot 1.13", "\033[6;17;8t\033[4;408;640t\033[?2;0;640;408S\033P>|foot(1.13.1)\033\\\033[>1;011301;0c\033[?1;0;1024S\033[?2;0;10000;10000S\033[?2026;2$y\033[?62;4;22c", 80, 24, 0, 0, S,
	  8, 17, 4096, 4096, 128, 1, 0, true },
	{ "Konsole 22.12", "\033[6;20;10t\033[4;480;800t\033[?2;0;16384;16384S\033P>|Konsole 22.12.3\033\\\033[>1;221203;0c\033[?1;0;256S\033[?2;0;16384;16384S\033_Gi=31;OK\033\\\033[?62;1;4c",
	  80, 24, 808, 488, S, 10, 20, 4096, 4096, 128, 6, 0, false },
	{ "tmux 3.3a", "\033P>|tmux 3.3a\033\\\033[>84;0;0c\033[?1;2c", 80, 24, 0, 0, B, 0, 0, 0, 0, 128, 1, 0, false },
	{ "tmux with sixel", "\033[6;20;10t\033[4;480;800t\033P>|tmux next-3.8\033\\\033[>84;0;0c\033[?1;0;1024S\033[?2026;2$y\033[?1;2;4c", 80, 24, 800, 480, S, 10, 20, 2000, 2000, 128, 1, 8,
	  true },
	{ "kitty 0.26.5", "\033[6;18;9t\033[4;594;999t\033P>|kitty(0.26.5)\033\\\033[>1;4000;26c\033[?2026;2$y\033_Gi=31;OK\033\\\033[?62;c", 111, 33, 999, 594, K, 9, 18, 4096, 4096, 128, 1, 0,
	  false },
	{ "one of tomorrow, with both", "\033[6;20;10t\033P>|Tomorrow 1\033\\\033[?2026;2$y\033_Gi=31;OK\033\\\033[?65;4c", 80, 24, 0, 0, S, 10, 20, 1000, 1000, 128, 1, 0, false },
	{ "another, with kitty's", "\033[4;480;800t\033_Gi=31;OK\033\\\033[?65;1c", 80, 24, 0, 0, K, 10, 20, 4096, 4096, 128, 1, 0, false },
	{ "sixel, and no size of a cell from anybody", "\033P>|foot(1.2)\033\\\033[?62;4c", 80, 24, 0, 0, B, 0, 0, 0, 0, 128, 1, 0, false },
	{ "the size of a cell by the kernel alone", "\033[?62;4c", 80, 24, 800, 480, S, 10, 20, 1000, 1000, 128, 1, 0, false },
	{ "a size that cannot be; the next way is taken", "\033[6;2000;1t\033[4;480;800t\033[?62;4c", 80, 24, 8, 8, S, 10, 20, 1000, 1000, 128, 1, 0, false },
	{ "cut off at the most that it takes: the kernel's width", "\033[?2;0;1000;480S\033[?2;0;1000;1000S\033[?62;4c", 120, 24, 1200, 500, S, 10, 20, 1000, 1000, 128, 1, 0, false },
	{ "one answer of that kind alone", "\033[?2;0;700;300S\033[?62;4c", 80, 24, 800, 480, S, 10, 20, 700, 300, 128, 1, 0, false },
	{ "nonsense", "\033[6;-5;t\033[4;t\033[?2;0;0;0S\033[?1;0;0S\033[?1;0;-3S\033P>|\033\\\033_Gi=31;\033\\\033[?4c", 80, 24, 0, 0, B, 0, 0, 0, 0, 128, 1, 0, false },
	{ "huge numbers", "\033[6;999999999999;99999999999t\033[?2;0;99999999;99999999S\033[?2;0;99999999;99999999S\033[?1;0;99999999S\033[?62;4c", 80, 24, 800, 480, S, 10, 20, 4096, 4096, 128,
	  1, 0, false },
	{ "it says no to kitty's", "\033_Gi=31;ENOSYS:no\033\\\033[?62c", 80, 24, 800, 480, B, 10, 20, 0, 0, 128, 1, 0, false },
};

static void on_event(const struct input_event *ev, void *arg)
{
	detect_answer(arg, ev);
}

static void feed(struct detect *d, const char *bytes, size_t len)
{
	struct input in;

	input_init(&in);
	input_feed(&in, bytes, len, on_event, d);
}

static void say(struct detect *d, const char *text)
{
	feed(d, text, strlen(text));
}

static void recorded_answers(void **state)
{
	struct picture_policy p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(recorded); i++) {
		struct detect d = { 0 };

		say(&d, recorded[i].bytes);
		assert_true(d.done);
		detect_finish(&d, recorded[i].columns, recorded[i].rows, recorded[i].width, recorded[i].height);
		detect_policy(&d, PICTURE_AUTO, true, &p);
		if ((int)p.backend != recorded[i].backend || d.cell_width != recorded[i].cell_width || d.cell_height != recorded[i].cell_height ||
		    p.max_width != recorded[i].max_width || p.max_height != recorded[i].max_height || p.colors != recorded[i].colors || p.height_multiple != recorded[i].multiple ||
		    p.max_images_between_keyframes != recorded[i].between || p.deltas != recorded[i].deltas)
			fail_msg("%s: backend %d, cells of %dx%d, at most %dx%d, %d colours, multiples of %d, keyframe after %d, deltas %d", recorded[i].name, (int)p.backend, d.cell_width,
				 d.cell_height, p.max_width, p.max_height, p.colors, p.height_multiple, p.max_images_between_keyframes, p.deltas);
	}
}

/* Wherever the answers end, what follows is no more than what was said; and the rest, however late, makes it whole. */
static void cut_answers(void **state)
{
	struct picture_policy p, whole;
	size_t i, cut;

	(void)state;
	for (i = 0; i < ARRAY_LEN(recorded); i++) {
		size_t len = strlen(recorded[i].bytes);

		for (cut = 0; cut <= len; cut++) {
			struct detect d = { 0 };
			struct input in;

			input_init(&in);
			input_feed(&in, recorded[i].bytes, cut, on_event, &d);
			assert_true(cut == len || !d.done);
			detect_finish(&d, recorded[i].columns, recorded[i].rows, recorded[i].width, recorded[i].height);
			detect_policy(&d, PICTURE_AUTO, true, &p);
			if (cut < len && p.backend == BACKEND_SIXEL)
				fail_msg("%s, cut at %zu: sixel, before its DA1", recorded[i].name, cut);
			input_feed(&in, recorded[i].bytes + cut, len - cut, on_event, &d);
			detect_finish(&d, recorded[i].columns, recorded[i].rows, recorded[i].width, recorded[i].height);
			detect_policy(&d, PICTURE_AUTO, true, &whole);
			assert_int_equal(whole.backend, recorded[i].backend);
			assert_int_equal(whole.max_width, recorded[i].max_width);
			assert_int_equal(d.cell_height, recorded[i].cell_height);
		}
	}
}

static void what_is_asked_for(void **state)
{
	struct detect d = { 0 };
	struct picture_policy p;

	(void)state;
	/* Nothing answers: half blocks, where the locale has them; and what is said on the command line is done. */
	detect_finish(&d, 80, 24, 0, 0);
	detect_policy(&d, PICTURE_AUTO, true, &p);
	assert_int_equal(p.backend, BACKEND_BLOCKS);
	detect_policy(&d, PICTURE_AUTO, false, &p);
	assert_int_equal(p.backend, BACKEND_NONE);
	detect_policy(&d, PICTURE_NONE, true, &p);
	assert_int_equal(p.backend, BACKEND_NONE);
	detect_policy(&d, PICTURE_SIXEL, true, &p);
	assert_true(p.backend == BACKEND_SIXEL && d.cell_width == 10 && d.cell_height == 20 && !p.deltas && p.max_width == 1000);
	detect_policy(&d, PICTURE_KITTY, true, &p);
	assert_int_equal(p.backend, BACKEND_KITTY);
	say(&d, "\033[6;20;10t\033[?62;4c");
	detect_finish(&d, 80, 24, 0, 0);
	detect_policy(&d, PICTURE_BLOCKS, true, &p);
	assert_int_equal(p.backend, BACKEND_BLOCKS);
	detect_policy(&d, PICTURE_BLOCKS, false, &p);
	assert_int_equal(p.backend, BACKEND_NONE);
}

static void another_window(void **state)
{
	struct detect d = { 0 };
	const char *first = recorded[0].bytes;

	(void)state;
	say(&d, first);
	detect_finish(&d, 110, 34, 1100, 680);
	assert_int_equal(d.cell_width, 10);
	/* A larger font, and the old answers are not taken for new ones; the most that it takes stays known. */
	assert_non_null(strstr(detect_again(&d, "xterm"), "\033[c"));
	assert_true(d.cell_width == 10 && d.max.width == 1000);
	say(&d, "\033[?2;0;960;600S\033[?63;1;2;4c");
	detect_finish(&d, 60, 20, 970, 610);
	assert_true(d.cell_width == 16 && d.cell_height == 30 && d.max.width == 1000 && d.sixel);
	assert_string_equal(detect_again(&d, "linux"), "");
}

static void questions(void **state)
{
	struct detect d = { 0 };
	const char *q = detect_query("xterm-256color", false);

	(void)state;
	assert_string_equal(q + strlen(q) - 3, "\033[c");	/* nothing behind the one that all answer */
	assert_non_null(strstr(q, "\033_G"));
	assert_non_null(strstr(q, "2026"));
	q = detect_query("tmux-256color", true);
	assert_null(strstr(q, "\033_"));	/* a title to it */
	assert_string_equal(q + strlen(q) - 3, "\033[c");
	/* What prints what it does not know is asked nothing of that kind. */
	assert_string_equal(detect_query("linux", false), "\033[c");
	assert_string_equal(detect_query("vt100", false), "\033[c");
	assert_string_equal(detect_query(NULL, false), "\033[c");	/* TERM is not set */
	assert_string_equal(detect_again(&d, NULL), "");
	/* More colours are asked for where there is sixel and there are few. */
	assert_null(detect_more_colors(&d));
	say(&d, "\033[?1;0;16S\033[?62;1c");
	assert_null(detect_more_colors(&d));
	say(&d, "\033[?62;4c");
	assert_non_null(detect_more_colors(&d));
	say(&d, "\033[?1;0;256S");
	assert_null(detect_more_colors(&d));
}

static void modes_and_ground(void **state)
{
	static const char *const not_offered[] = { "\033[?2026;0$y", "\033[?2026;3$y", "\033[?2026;4$y" };
	struct detect d = { 0 };
	size_t i;

	(void)state;
	assert_false(d.synchronized || d.ground);
	say(&d, "\033[?2026;2$y\033]11;rgb:ffff/ffff/eeee\033\\");
	assert_true(d.synchronized && d.ground && d.light);
	assert_false(d.pixels || d.keyboard);
	say(&d, "\033[?1016;2$y\033[?0u");
	assert_true(d.pixels && d.keyboard);
	say(&d, "\033[?1016;0$y");
	assert_false(d.pixels);
	/* Not known to it, for ever on, for ever off: not offered. */
	for (i = 0; i < ARRAY_LEN(not_offered); i++) {
		say(&d, not_offered[i]);
		assert_false(d.synchronized);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recorded_answers), cmocka_unit_test(cut_answers), cmocka_unit_test(what_is_asked_for), cmocka_unit_test(another_window), cmocka_unit_test(questions),
		cmocka_unit_test(modes_and_ground),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
