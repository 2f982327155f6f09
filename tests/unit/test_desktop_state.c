/* test_desktop_state: the focus and the cursor out of all spellings that are known, and what is not the same. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/classify.h"
#include "core/desktop_state.h"

static struct desktop_state windows(int status, const char *body)
{
	struct desktop_state s = { 0 };

	desktop_read_windows(&s, status, body, strlen(body));
	return s;
}

static struct desktop_state cursor(int status, const char *body)
{
	struct desktop_state s = { 0 };

	desktop_read_cursor(&s, status, body, strlen(body));
	return s;
}

#define WINDOW(id, title, focused) "{\"id\":" id ",\"title\":\"" title "\",\"x\":1,\"y\":2,\"width\":30,\"height\":40,\"" focused "\":true}"
#define OTHER "{\"id\":\"9\",\"title\":\"other\",\"x\":0,\"y\":0,\"width\":9,\"height\":9,\"is_focused\":false}"

static void reads_the_focus(void **state)
{
	static const char *const same[] = {
		"[" WINDOW("\"7\"", "a", "is_focused") "]", "[" OTHER "," WINDOW("\"7\"", "a", "focused") "]",
		"{\"windows\":[" WINDOW("\"7\"", "a", "focused") "," OTHER "]}", "{\"data\":[" WINDOW("\"7\"", "a", "is_focused") "]}",
	};
	static const char *const differs[] = {
		"[" WINDOW("\"8\"", "a", "is_focused") "]", "[" WINDOW("\"7\"", "b", "is_focused") "]", "[" OTHER "]", "[]",
		"[{\"id\":\"7\",\"title\":\"a\",\"x\":1,\"y\":3,\"width\":30,\"height\":40,\"is_focused\":true}]",
		"[{\"id\":\"7\",\"title\":\"a\",\"x\":1,\"y\":2,\"width\":30,\"height\":41,\"is_focused\":true}]",
		"[{\"id\":\"7\",\"title\":\"a\",\"is_focused\":true}]", "{\"ok\":true}", "[",
	};
	struct desktop_state was = windows(200, same[0]), now;
	size_t i;

	(void)state;
	assert_int_equal(was.focus, DESKTOP_KNOWN);
	assert_true(was.at.x == 1 && was.at.y == 2 && was.at.width == 30 && was.at.height == 40);
	for (i = 0; i < ARRAY_LEN(same); i++) {
		now = windows(200, same[i]);
		assert_null(desktop_focus_differs(&was, &now));
	}
	for (i = 0; i < ARRAY_LEN(differs); i++) {
		now = windows(200, differs[i]);
		assert_non_null(desktop_focus_differs(&was, &now));
		assert_non_null(desktop_focus_differs(&now, &was));
	}
	/* Without a window that has the focus, twice. */
	was = windows(200, "[]");
	now = windows(200, "[" OTHER "]");
	assert_null(desktop_focus_differs(&was, &now));
}

static void what_is_not_told(void **state)
{
	static const int absent[] = { 404, 405, 406, 410, 501 }, failed[] = { 0, 401, 403, 429, 500, 502, 302 };
	const struct desktop_state known = windows(200, "[" WINDOW("1", "a", "focused") "]"), none = windows(200, "{\"ok\":true}"), broken = windows(200, "{\"windows\":[");
	struct desktop_state s, never = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(none.focus, DESKTOP_ABSENT);
	assert_int_equal(broken.focus, DESKTOP_NOT_KNOWN);
	for (i = 0; i < ARRAY_LEN(absent); i++) {
		s = windows(absent[i], "[]");
		assert_int_equal(s.focus, DESKTOP_ABSENT);
		assert_null(desktop_focus_differs(&s, &none));
		assert_non_null(desktop_focus_differs(&s, &known));
		s = cursor(absent[i], "{}");
		assert_int_equal(s.cursor, DESKTOP_ABSENT);
	}
	/* What could not be learned is never the same as anything, itself included. */
	for (i = 0; i < ARRAY_LEN(failed); i++) {
		s = windows(failed[i], "[]");
		assert_int_equal(s.focus, DESKTOP_NOT_KNOWN);
		assert_non_null(desktop_focus_differs(&s, &s));
		assert_non_null(desktop_focus_differs(&known, &s));
		assert_non_null(desktop_focus_differs(&s, &known));
		s = cursor(failed[i], "{\"x\":1,\"y\":2}");
		assert_non_null(desktop_cursor_differs(&s, &s));
	}
	assert_non_null(desktop_focus_differs(&never, &never));
	assert_non_null(desktop_cursor_differs(&never, &never));
}

static void reads_the_cursor(void **state)
{
	struct desktop_state was = cursor(200, "{\"x\":5,\"y\":6}"), now = cursor(200, "{\"data\":{\"x\":5.0,\"y\":6}}");

	(void)state;
	assert_int_equal(was.cursor, DESKTOP_KNOWN);
	assert_true(was.x == 5 && was.y == 6);
	assert_null(desktop_cursor_differs(&was, &now));
	now = cursor(200, "{\"x\":5,\"y\":7}");
	assert_non_null(desktop_cursor_differs(&was, &now));
	now = cursor(200, "{\"x\":\"5\",\"y\":6}");
	assert_int_equal(now.cursor, DESKTOP_ABSENT);
	assert_non_null(desktop_cursor_differs(&was, &now));
	now = cursor(200, "{\"x\":1e300,\"y\":6}");
	assert_int_equal(now.cursor, DESKTOP_ABSENT);
}

/* Every kind of the table that takes a place on a desktop, or the focus, is known here by its name. */
static void knows_the_kinds(void **state)
{
	static const char *const elsewhere[] = { "launch", "set clipboard", "wallpaper", "focus window", "resize window", "move window", "maximize window", "minimize window",
						 "close window" };
	const struct classify_row *rows;
	size_t count, i, k;
	int found = 0;

	(void)state;
	rows = classify_rows(&count);
	for (i = 0; i < count; i++) {
		if (strncmp(rows[i].template, "/computers/{}/desktop/", 22) != 0 || rows[i].class != CLASS_ACTS)
			continue;
		for (k = 0; k < ARRAY_LEN(elsewhere) && strcmp(elsewhere[k], rows[i].kind) != 0; k++)
			;
		assert_int_equal(k == ARRAY_LEN(elsewhere), desktop_lands_of(rows[i].kind) != LANDS_NOWHERE);
		found++;
	}
	assert_true(found > 20);
	assert_int_equal(desktop_lands_of("exec"), LANDS_NOWHERE);
	assert_int_equal(desktop_lands_of("type"), LANDS_AT_FOCUS);
	assert_int_equal(desktop_lands_of("scroll"), LANDS_AT_CURSOR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_focus), cmocka_unit_test(what_is_not_told), cmocka_unit_test(reads_the_cursor), cmocka_unit_test(knows_the_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
