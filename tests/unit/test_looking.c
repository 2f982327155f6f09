/* test_looking: the keys for how a picture is looked at. */
#include "config.h"

#include "tests/unit/unit.h"

#include "ui/dash.h"

static struct model model;
static struct dashboard d;

static void press_with(uint32_t code, uint8_t mods)
{
	struct input_event ev = { .type = INPUT_KEY, .code = code, .mods = mods };
	struct dash_request q;

	dash_key(&d, &ev, 1000, &q);
	assert_int_equal(q.type, REQUEST_NONE);
	dash_request_release(&q);
}

static void press(uint32_t code)
{
	press_with(code, 0);
}

/* As a frame does: a picture of 1280x800 in 64x20 cells of 10x20. */
static void frame(int columns)
{
	struct picture_mark none = { 0 };

	dash_update(&d, 1000);
	d.screen.width = 1280;	/* no session, so no picture is kept */
	d.screen.height = 800;
	looking_choose(&d, columns);
	d.picture = (struct rect){ 55, 2, 64, 20 };
	d.place = (struct picture_place){ .at = d.picture, .cell_width = 10, .cell_height = 20 };
	picture_part(&d.screen, 640, 400, &d.picture_view, &none, &d.place.part, &d.place.width, &d.place.height);
}

static int setup(void **state)
{
	(void)state;
	model_init(&model);
	dash_init(&d, &model);
	d.pixels = true;
	frame(120);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	dash_release(&d);
	model_release(&model);
	return 0;
}

static void closer_and_farther(void **state)
{
	static const int steps[] = { 2, 3, 4, 6, 8, 8 }, back[] = { 6, 4, 3, 2, 1, 1 };
	char note[80];
	size_t i;

	(void)state;
	assert_int_equal(d.place.part.width, 1280);
	for (i = 0; i < ARRAY_LEN(steps); i++) {
		press('=');
		frame(120);
		assert_int_equal(d.picture_view.zoom, steps[i]);
		assert_int_equal(d.place.part.width, 1280 / steps[i]);
	}
	looking_note(&d, 60, note, sizeof(note));
	assert_string_equal(note, " 8x, - farther ");
	for (i = 0; i < ARRAY_LEN(back); i++) {
		press('-');
		frame(120);
		assert_int_equal(d.picture_view.zoom, back[i]);
	}
	assert_int_equal(d.place.part.width, 1280);
	looking_note(&d, 60, note, sizeof(note));
	assert_string_equal(note, "");
}

static void at_its_own_size(void **state)
{
	char note[80];

	(void)state;
	press('=');
	press('#');
	frame(120);
	assert_true(d.picture_view.actual && d.place.part.width == 640 && d.place.width == 640);
	looking_note(&d, 60, note, sizeof(note));
	assert_string_equal(note, " 1:1 part, # whole ");
	press('#');
	frame(120);
	assert_true(!d.picture_view.actual && d.place.part.width == 1280);
	/* Where there is little room a part is shown by itself; the same key shows all of it, and again the part. */
	frame(80);
	press(KEYS_ESCAPE);
	frame(80);
	assert_true(d.picture_view.actual);
	press('#');
	frame(80);
	assert_false(d.picture_view.actual);
	press('#');
	frame(80);
	assert_true(d.picture_view.actual);
}

static void arrows_with_shift_move_it(void **state)
{
	(void)state;
	press('=');
	press('=');
	press('=');
	frame(120);
	assert_true(d.place.part.x == 0 && d.place.part.width == 320);
	press_with(KEYS_RIGHT, INPUT_SHIFT);
	frame(120);
	assert_int_equal(d.place.part.x, 80);
	press_with(KEYS_DOWN, INPUT_SHIFT);
	frame(120);
	assert_true(d.place.part.x == 80 && d.place.part.y == 50);
	press_with(KEYS_LEFT, INPUT_SHIFT);
	press_with(KEYS_UP, INPUT_SHIFT);
	frame(120);
	assert_true(d.place.part.y == 0);
	/* Without Shift they are what they always were; and without a picture there is nothing to look at. */
	press(KEYS_RIGHT);
	frame(120);
	assert_true(d.look.moved);
	press(KEYS_ESCAPE);
	assert_true(d.look.zoom == 1 && !d.look.moved);
	d.picture.width = 0;
	press('=');
	assert_int_equal(d.look.zoom, 1);
}

/* What was moved to is about what was selected then. */
static void another_question_is_looked_at_anew(void **state)
{
	(void)state;
	press('=');
	frame(120);
	press_with(KEYS_RIGHT, INPUT_SHIFT);
	frame(120);
	assert_true(d.look.moved);
	snprintf(d.looked_session, sizeof(d.looked_session), "cmp_other");
	frame(120);
	assert_false(d.look.moved);
	assert_int_equal(d.look.zoom, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(closer_and_farther, setup, teardown), cmocka_unit_test_setup_teardown(at_its_own_size, setup, teardown),
		cmocka_unit_test_setup_teardown(arrows_with_shift_move_it, setup, teardown),
		cmocka_unit_test_setup_teardown(another_question_is_looked_at_anew, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
