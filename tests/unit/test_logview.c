/*
 * test_logview: the log view against a gate played here: a log of any length, asked by paths and answered page by page. What is on the screen
 * is what the log has there, whatever was asked for in between.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include "ui/logline.h"
#include "ui/logview.h"

enum { ROWS = 20, COLUMNS = 60 };

static struct logview v;
static int64_t first, total;	/* of the log; line n is "line n", err where n is a multiple of 10, and "needle" where it is one of 1000 */
static int64_t most;		/* lines in an answer; 0: as asked */
static size_t line_bytes;	/* padding of each line */
static int asked;

static int start(void **state)
{
	(void)state;
	logview_init(&v);
	logview_open(&v, "sbx 1");
	first = most = 0;
	line_bytes = 0;
	asked = 0;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	logview_release(&v);
	return 0;
}

static int64_t number(const char *path, const char *key, int64_t otherwise)
{
	const char *p = strstr(path, key);

	return p ? strtoll(p + strlen(key), NULL, 10) : otherwise;
}

static bool passes(const char *path, int64_t n)
{
	bool err = n % 10 == 0;

	if (strstr(path, "stream=err") && !err)
		return false;
	if (strstr(path, "stream=out") && err)
		return false;
	return !strstr(path, "match=needle") || n % 1000 == 0;
}

/* What a gate answers, by its documentation. */
static void answer(const char *path, struct buf *out)
{
	int64_t from = number(path, "from=", 0), n = number(path, "&n=", 100), next = -1, i;
	bool up = strstr(path, "dir=up");
	const char *comma = "";

	if (most > 0 && n > most)
		n = most;
	if (from < 0)
		from = total + from;
	buf_printf(out, "{\"from\":%lld,\"first\":%lld,\"total\":%lld,\"lines\":[", (long long)from, (long long)first, (long long)total);
	for (i = from; i >= first && i < total && (up || i >= from); i += up ? -1 : 1) {
		if (!passes(path, i))
			continue;
		if (n-- == 0) {
			next = i;
			break;
		}
		buf_printf(out, "%s{\"n\":%lld,\"wall_ms\":%lld,\"stream\":\"%s\",\"text\":\"line %lld%s%*s\"}", comma, (long long)i, (long long)i * 1000,
			   i % 10 ? "out" : "err", (long long)i, i % 1000 ? "" : " needle", (int)line_bytes, "");
		comma = ",";
	}
	if (next >= 0)
		buf_printf(out, "],\"next\":%lld}", (long long)next);
	else
		buf_puts(out, "],\"next\":null}");
}

/* Answers all that is asked for; false when it never has enough. */
static bool settle(void)
{
	int what, rounds = 0;
	bool more = true;

	for (; more && rounds < 200; rounds++) {
		more = false;
		logview_place(&v, ROWS, COLUMNS);
		for (what = 0; what < LOG_ASKS; what++) {
			struct buf path, body;

			buf_init(&path, 4096);
			buf_init(&body, SIZE_MAX - 1);
			if (logview_ask(&v, (enum log_ask)what, 0, &path)) {
				more = true;
				asked++;
				answer(buf_cstr(&path), &body);
				logview_answer(&v, (enum log_ask)what, 200, buf_cstr(&body), body.len, 0);
			}
			buf_release(&path);
			buf_release(&body);
		}
	}
	logview_place(&v, ROWS, COLUMNS);
	return rounds < 200;
}

static int64_t top(void)
{
	return v.top < v.window.count ? v.window.lines[v.top].n : -1;
}

static int64_t bottom(void)
{
	size_t i = v.top + ROWS - 1;

	return v.window.count == 0 ? -1 : v.window.lines[i < v.window.count ? i : v.window.count - 1].n;
}

/* The lines that are there are those of the log, without a hole. */
static void check_window(void)
{
	const struct logwindow *w = &v.window;
	size_t i;

	assert_true(w->count <= LOGWINDOW_LINES_MAX);
	assert_true(w->bytes <= LOGWINDOW_BYTES_MAX);
	for (i = 0; i + 1 < w->count; i++) {
		if (v.filter.streams == LOG_ALL)
			assert_int_equal(w->lines[i + 1].n, w->lines[i].n + 1);
		assert_true(w->lines[i].n >= w->low && w->lines[i + 1].n < w->high);
	}
}

static void grow(int64_t lines)
{
	total = lines;
	logview_tell(&v, lines);
	assert_true(settle());
	check_window();
}

static void it_follows(void **state)
{
	int64_t n;

	(void)state;
	grow(0);
	assert_int_equal(v.window.count, 0);
	grow(5);
	assert_int_equal(top(), 0);
	for (n = 10; n < 20000; n += 777) {
		grow(n);
		if (n > ROWS)
			assert_int_equal(bottom(), n - 1);
	}
	/* Far more at once: not all of it is read. */
	asked = 0;
	grow(1000000);
	assert_int_equal(bottom(), 999999);
	assert_true(asked < 10);
}

static void scrolling_up_ends_following(void **state)
{
	(void)state;
	grow(1000);
	logview_scroll(&v, -1);
	assert_false(v.follow);
	assert_true(settle());
	assert_int_equal(bottom(), 998);
	grow(2000);
	assert_int_equal(bottom(), 998);	/* what is new moves nothing */
	logview_end(&v);
	assert_true(settle());
	assert_int_equal(bottom(), 1999);
	grow(2010);
	assert_int_equal(bottom(), 2009);
}

static void the_whole_log_can_be_walked(void **state)
{
	int64_t i, last = -1;

	(void)state;
	grow(30000);
	logview_home(&v);
	assert_true(settle());
	assert_int_equal(top(), 0);
	for (i = 0; i < 2000 && bottom() < total - 1; i++) {
		assert_true(top() > last);
		last = top();
		logview_scroll(&v, ROWS - 1);
		assert_true(settle());
		check_window();
	}
	assert_int_equal(bottom(), total - 1);
	assert_false(v.follow);
	for (; i > 0 && top() > 0; i--) {
		logview_scroll(&v, -(ROWS - 1));
		assert_true(settle());
		check_window();
	}
	assert_int_equal(top(), 0);
}

/* What the oldest segments had is gone; and long lines do not fill the memory, nor are they asked for again and again. */
static void old_and_long_lines(void **state)
{
	int64_t i;

	(void)state;
	first = 12345;
	line_bytes = 60000;
	most = 60;
	v.wrap = false;
	grow(13000);
	logview_home(&v);
	assert_true(settle());
	assert_int_equal(top(), 12345);
	for (i = 0; i < 100 && bottom() < total - 1; i++) {
		logview_scroll(&v, ROWS - 1);
		assert_true(settle());
		check_window();
	}
	assert_int_equal(bottom(), total - 1);
	/* While it is looked at, its start goes. */
	first = 12990;
	grow(13001);
	logview_home(&v);
	assert_true(settle());
	assert_true(top() <= 12990);
}

static void streams_are_filtered(void **state)
{
	(void)state;
	grow(5000);
	logview_home(&v);
	assert_true(settle());
	logview_scroll(&v, 1234);
	assert_true(settle());
	assert_true(top() > 100);
	logview_home(&v);
	logview_set_streams(&v, LOG_ERR);
	assert_true(settle());
	assert_int_equal(top(), 0);
	assert_int_equal(bottom(), 190);
	logview_scroll(&v, 5);
	assert_int_equal(top(), 50);
	logview_set_streams(&v, LOG_ALL);
	assert_true(settle());
	assert_int_equal(top(), 50);	/* the same place */
	logview_set_streams(&v, 0);
	assert_true(settle());
	assert_int_equal(v.window.count, 0);
	logview_set_streams(&v, LOG_ERR | LOG_GAP);
	logview_end(&v);
	assert_true(settle());
	assert_int_equal(bottom(), 4990);
}

static void search(const char *text, bool up)
{
	struct log_search s = { .up = up };

	snprintf(s.text, sizeof(s.text), "%s", text);
	logview_search(&v, &s, 0);
	assert_true(settle());
}

static void it_is_found(void **state)
{
	(void)state;
	grow(100000);
	search("needle", true);
	assert_int_equal(v.found, 99000);
	assert_false(v.follow);
	assert_true(logview_sees(&v, logwindow_find(&v.window, 99000)));
	search("needle", true);
	assert_int_equal(v.found, 98000);
	search("needle", false);
	assert_int_equal(v.found, 99000);
	search("needle", false);
	assert_string_equal(v.outcome, "not found below: needle");
	assert_int_equal(v.found, 99000);
	logview_home(&v);
	assert_true(settle());
	search("needle", false);
	assert_int_equal(v.found, 0);
	search("needle", false);
	assert_int_equal(v.found, 1000);
	check_window();
	/* A third of the screen stands above it. */
	assert_int_equal(top(), 1000 - ROWS / 3);
	search("needle", true);
	search("needle", true);
	assert_string_equal(v.outcome, "not found above: needle");
}

/* What is asked, word by word: the paths are what the gate reads. */
static void paths(void **state)
{
	struct log_search s = { .text = "a b&c", .regex = true, .any_case = true };
	struct log_filter f = { .session = "sbx 1", .streams = LOG_OUT | LOG_GAP };
	struct buf path;

	(void)state;
	buf_init(&path, 4096);
	log_filter_path(&f, NULL, 0, 200, false, &path);
	assert_string_equal(path.data, "/v1/sessions/sbx%201/log?from=0&n=200&stream=out,gap");
	buf_clear(&path);
	f = (struct log_filter){ .only = "a,b", .streams = LOG_ALL };
	log_filter_path(&f, &s, -1, 1, true, &path);
	assert_string_equal(path.data, "/v1/log?from=-1&n=1&session=a%2Cb&dir=up&match=a%20b%26c&regex=1&case=0");
	buf_release(&path);
}

static void a_dead_gate_is_not_asked_in_a_loop(void **state)
{
	struct buf path;
	int i, n = 0;

	(void)state;
	logview_tell(&v, 100);
	buf_init(&path, 4096);
	for (i = 0; i < 10000; i++) {
		if (logview_ask(&v, LOG_ASK_LINES, i, &path)) {
			logview_answer(&v, LOG_ASK_LINES, 0, "refused", 7, i);
			n++;
		}
	}
	buf_release(&path);
	assert_true(n >= 2 && n <= 25);
	assert_string_equal(v.error, "refused");
	total = 100;
	logview_again(&v);
	assert_true(settle());
	assert_int_equal(bottom(), 99);
	assert_string_equal(v.error, "");
}

static void a_bad_pattern_is_said(void **state)
{
	static const char body[] = "{\"error\":{\"code\":\"invalid_pattern\",\"message\":\"at 3: missing )\"}}";
	struct log_search s = { .text = "(a", .regex = true };
	struct buf path;

	(void)state;
	grow(100);
	logview_search(&v, &s, 0);
	buf_init(&path, 4096);
	assert_true(logview_ask(&v, LOG_ASK_SEARCH, 0, &path));
	logview_answer(&v, LOG_ASK_SEARCH, 422, body, strlen(body), 0);
	buf_release(&path);
	assert_string_equal(v.outcome, "at 3: missing )");
	assert_false(v.searching);
}

/* An answer to what was asked before another filter, or another session, is none. */
static void late_answers_are_none(void **state)
{
	struct buf path, body;

	(void)state;
	total = 1000;
	logview_tell(&v, total);
	buf_init(&path, 4096);
	buf_init(&body, SIZE_MAX - 1);
	assert_true(logview_ask(&v, LOG_ASK_LINES, 0, &path));
	answer(buf_cstr(&path), &body);
	logview_open(&v, "other");
	logview_answer(&v, LOG_ASK_LINES, 200, buf_cstr(&body), body.len, 0);
	assert_int_equal(v.window.count, 0);
	buf_release(&path);
	buf_release(&body);
}

static void another_log_of_the_same_name(void **state)
{
	(void)state;
	grow(1000);
	grow(7);
	assert_int_equal(v.window.count, 7);
	assert_int_equal(bottom(), 6);
}

static void broken_answers_change_nothing(void **state)
{
	static const char *const bad[] = { "", "{", "[]", "{\"lines\":7}", "null", "{\"lines\":[{}],\"next\":\"x\"}", "{\"lines\":[7,null,[]],\"total\":-5,\"first\":-9}" };
	struct buf path;
	size_t i;

	(void)state;
	grow(1000);
	buf_init(&path, 4096);
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		logview_tell(&v, 1001 + (int64_t)i);
		assert_true(logview_ask(&v, LOG_ASK_LINES, 1000000 * (int64_t)i, &path));
		logview_answer(&v, LOG_ASK_LINES, 200, bad[i], strlen(bad[i]), 1000000 * (int64_t)i);
		check_window();
		logview_place(&v, ROWS, COLUMNS);
	}
	buf_release(&path);
}

static void wrapped_lines_scroll_by_rows(void **state)
{
	int64_t before;

	(void)state;
	line_bytes = 0;
	grow(300);
	/* One line of three rows at the end. */
	free(v.window.lines[v.window.count - 1].text);
	v.window.lines[v.window.count - 1].text = strdup("0123456789012345678901234567890123456789012345678901234567890123456789"
							 "0123456789012345678901234567890123456789012345678901234567890123456789");
	v.window.lines[v.window.count - 1].len = 140;
	v.window.lines[v.window.count - 1].columns = 0;
	logview_place(&v, ROWS, COLUMNS);
	assert_int_equal(logview_rows(&v, &v.window.lines[v.window.count - 1]), 3);
	logview_place(&v, ROWS, 20);
	assert_int_equal(logview_rows(&v, &v.window.lines[v.window.count - 1]), 7);
	logview_place(&v, ROWS, COLUMNS);
	assert_int_equal(top(), 300 - (ROWS - 2));
	before = top();
	logview_scroll(&v, -1);
	assert_int_equal(top(), before - 1);
	logview_scroll(&v, 1000);
	assert_int_equal(top(), before);
	v.wrap = false;
	logview_end(&v);
	logview_place(&v, ROWS, COLUMNS);
	assert_int_equal(bottom(), 299);
}

static void lines_are_copied(void **state)
{
	struct buf text;
	size_t n;

	(void)state;
	grow(100);
	buf_init(&text, 100);
	assert_int_equal(logview_copy(&v, &text, &n), ERR_NOTFOUND);
	logview_select(&v);
	logview_select_move(&v, 1);
	assert_int_equal(logview_copy(&v, &text, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(text.data, "line 80\nline 81\n");
	logview_select_move(&v, -3);
	buf_clear(&text);
	assert_int_equal(logview_copy(&v, &text, &n), 0);
	assert_string_equal(text.data, "line 78\nline 79\nline 80\n");
	assert_int_equal(top(), 78);
	logview_select_move(&v, 60);
	buf_clear(&text);
	assert_int_equal(logview_copy(&v, &text, &n), ERR_TOOBIG);
	buf_release(&text);
}

static const struct { const char *text, *copied; int rows; } lines[] = {
	{ "", "", 1 }, { "plain", "plain", 1 }, { "\033[31mred\033[0m", "red", 1 }, { "\033[2Jx", "^[[2Jx", 1 }, { "a\033]0;t\007", "a^[]0;t^G", 1 },
	{ "\033\033[31mx", "<2 times ^[>[31mx", 1 }, { "a\tb", "a        b", 1 }, { "a\t\tb", "a<2 times ^I>b", 1 }, { "x\xe2\x80\xaey", "x<U+202E>y", 1 },
	{ "0123456789\033[1m0123456789", "01234567890123456789", 1 }, { "0123456789\033[1m01234567890", "012345678901234567890", 2 }, { "a                    b", "a                    b", 1 }, { "\xff", "\\xFF", 1 },
	{ "\033[31", "^[[31", 1 }, { "\033[?25lx\033[m", "^[[?25lx", 1 },
};

/* Each line cut at every byte: nothing of a sequence ever reaches a cell but as a mark. */
static void lines_are_safe(void **state)
{
	struct rect r = { 0, 0, 20, 4 };
	struct cells cells;
	size_t i, n, k;

	(void)state;
	assert_int_equal(cells_init(&cells, 20, 4), 0);
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		size_t len = strlen(lines[i].text);
		struct buf copy;

		for (n = 0; n <= len; n++) {
			struct logline l = { .text = lines[i].text, .len = n, .own_colors = true, .wrap = true, .find = "x" };
			int rows = logline_draw(NULL, &r, 0, &l);

			cells_clear(&cells);
			assert_int_equal(logline_draw(&cells, &r, 0, &l), rows);
			for (k = 0; k < 80; k++)
				assert_true((unsigned char)cells.grid[k].text[0] >= 0x20 || cells.grid[k].width == 0);
			if (n == len)
				assert_int_equal(rows, lines[i].rows);
		}
		buf_init(&copy, 1000);
		assert_int_equal(logline_copy(&copy, lines[i].text, len), 0);
		assert_string_equal(buf_cstr(&copy), lines[i].copied);
		buf_release(&copy);
	}
	cells_release(&cells);
}

static void colors_are_colors(void **state)
{
	struct logline l = { .text = "\033[31mab\033[8mc\033[0md", .own_colors = true, .find = "d" };
	struct rect r = { 0, 0, 20, 1 };
	struct cells cells;

	(void)state;
	l.len = strlen(l.text);
	assert_int_equal(cells_init(&cells, 20, 1), 0);
	logline_draw(&cells, &r, 0, &l);
	assert_int_equal(cells.grid[0].front, 1);
	assert_int_equal(cells.grid[1].front, 1);
	assert_int_equal(cells.grid[2].style, STYLE_MARK);	/* to be hidden: shown all the more */
	assert_int_equal(cells.grid[3].style, STYLE_SELECTED);
	cells_release(&cells);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		CASE(it_follows), CASE(scrolling_up_ends_following), CASE(the_whole_log_can_be_walked), CASE(old_and_long_lines), CASE(streams_are_filtered),
		CASE(it_is_found), CASE(paths), CASE(a_dead_gate_is_not_asked_in_a_loop), CASE(a_bad_pattern_is_said), CASE(late_answers_are_none),
		CASE(another_log_of_the_same_name), CASE(broken_answers_change_nothing), CASE(wrapped_lines_scroll_by_rows), CASE(lines_are_copied),
		CASE(lines_are_safe), CASE(colors_are_colors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
