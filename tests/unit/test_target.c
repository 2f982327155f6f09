/* What lies under a point, or has the focus: each row is a list of windows, a tree, a question, and what is answered. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/coordinates.h"
#include "core/target.h"
#include "unit.h"

#define FORM "{\"id\":\"1\",\"title\":\"Order form\",\"app\":\"Form\",\"x\":80,\"y\":70,\"width\":460,\"height\":300,\"is_focused\":true}"
#define TERM "{\"id\":\"2\",\"title\":\"xterm\",\"app\":\"XTerm\",\"x\":300,\"y\":200,\"width\":500,\"height\":300,\"focused\":false}"
#define TREE(inner) "{\"role\":\"desktop frame\",\"name\":\"main\",\"children\":[{\"role\":\"application\",\"name\":\"form\",\"children\":[" \
	"{\"role\":\"frame\",\"name\":\"Order form\",\"bounds\":{\"x\":80,\"y\":70,\"width\":460,\"height\":300},\"children\":[" inner "]}]}]}"
#define SEND "{\"role\":\"push button\",\"name\":\"Send\",\"bounds\":{\"x\":130,\"y\":304,\"width\":80,\"height\":32}}"

static const struct row {
	const char *windows, *tree;
	int x, y;		/* x < 0: what has the focus */
	const char *answer;
} rows[] = {
	/* the plain case, in several spellings */
	{ "[" FORM "]", TREE(SEND), 140, 310, "Form \"Order form\" button \"Send\" 130,304 80x32" },
	{ "{\"windows\":[" FORM "]}", TREE(SEND), 209, 335, "Form \"Order form\" button \"Send\" 130,304 80x32" },
	{ "{\"data\":[" FORM "]}", TREE(SEND), 210, 336, "Form \"Order form\" - the accessibility tree has no control there" },
	{ "[" FORM "]", "{\"data\":{\"tree\":" TREE(SEND) "}}", 140, 310, "Form \"Order form\" button \"Send\" 130,304 80x32" },
	{ "[" FORM "]", "[" TREE(SEND) "]", 140, 310, "Form \"Order form\" button \"Send\" 130,304 80x32" },
	{ "[{\"title\":\"Order form\",\"x\":80.0,\"y\":70.5,\"width\":460,\"height\":300,\"focused\":true}]",
	  TREE("{\"roleName\":\"ROLE_PUSH_BUTTON\",\"label\":\"Send\",\"extents\":[130,304,80,32]}"), 140, 310, "? \"Order form\" button \"Send\" 130,304 80x32" },
	{ "[" FORM "]", TREE("{\"role\":\"PUSH-BUTTON\",\"name\":\"Send\",\"rect\":{\"left\":130,\"top\":304,\"right\":210,\"bottom\":336}}"), 140, 310,
	  "Form \"Order form\" button \"Send\" 130,304 80x32" },
	{ "[" FORM "]", TREE("{\"role\":43,\"name\":\"Send\",\"x\":130,\"y\":304,\"width\":80,\"height\":32}"), 140, 310,
	  "Form \"Order form\" role 43 \"Send\" 130,304 80x32" },
	/* a button is named, not the words in it; one without a name by them */
	{ "[" FORM "]", TREE("{\"role\":\"push button\",\"name\":\"\",\"bounds\":[130,304,80,32],\"children\":[{\"role\":\"label\",\"name\":\"Place order\","
			     "\"bounds\":[140,310,60,20]}]}"), 150, 320, "Form \"Order form\" button \"Place order\" 130,304 80x32" },
	{ "[" FORM "]", TREE("{\"role\":\"panel\",\"bounds\":[80,70,460,300],\"children\":[{\"role\":\"list item\",\"name\":\"row\",\"bounds\":[100,100,200,50],"
			     "\"children\":[{\"role\":\"push button\",\"name\":\"Delete\",\"bounds\":[200,100,40,50]}]}]}"), 210, 110,
	  "Form \"Order form\" button \"Delete\" 200,100 40x50" },
	/* what lies above counts: a later one, a menu; not what is scrolled away or hidden */
	{ "[" FORM "]", TREE(SEND ",{\"role\":\"dialog\",\"name\":\"Sure?\",\"bounds\":[100,280,300,80]}"), 140, 310, "Form \"Order form\" dialog \"Sure?\" 100,280 300x80" },
	{ "[" FORM "]", TREE("{\"role\":\"menu\",\"name\":\"File\",\"bounds\":[80,70,40,20],\"children\":[{\"role\":\"menu item\",\"name\":\"Delete all\","
			     "\"bounds\":[130,300,90,40],\"states\":[\"showing\"]}]}," SEND), 140, 310, "Form \"Order form\" menu item \"Delete all\" 130,300 90x40" },
	{ "[" FORM "]", TREE("{\"role\":\"menu item\",\"name\":\"Delete all\",\"bounds\":[130,300,90,40],\"states\":[\"enabled\"]}," SEND), 140, 310,
	  "Form \"Order form\" button \"Send\" 130,304 80x32" },
	{ "[" FORM "]", TREE(SEND ",{\"role\":\"list\",\"bounds\":[360,120,86,100],\"children\":[{\"role\":\"list item\",\"name\":\"book 40\",\"bounds\":[130,300,90,40]}]}"),
	  140, 310, "Form \"Order form\" button \"Send\" 130,304 80x32" },
	{ "[" FORM "]", TREE(SEND ",{\"role\":\"panel\",\"name\":\"\",\"visible\":false,\"bounds\":[100,280,300,80]}"), 140, 310,
	  "Form \"Order form\" button \"Send\" 130,304 80x32" },
	/* as GTK tells it: an open menu hangs on a bar where it is not, a page lies beside its tab, and the other page is only not hidden */
	{ "[" FORM "]", TREE("{\"role\":\"menu bar\",\"bounds\":[80,70,460,25],\"children\":[{\"role\":\"menu\",\"name\":\"File\",\"bounds\":[80,70,40,25],\"children\":["
			     "{\"role\":\"menu\",\"children\":[{\"role\":\"menu item\",\"name\":\"Delete everything\",\"bounds\":[81,120,180,25],\"states\":[\"showing\"]}]}]}]},"
			     "{\"role\":\"text\",\"name\":\"\",\"bounds\":[81,100,400,60]}"), 90, 130, "Form \"Order form\" menu item \"Delete everything\" 81,120 180x25" },
	{ "[" FORM "]", TREE("{\"role\":\"page tab list\",\"bounds\":[80,70,460,300],\"children\":[{\"role\":\"page tab\",\"name\":\"one\",\"bounds\":[80,70,60,30],\"children\":["
			     "{\"role\":\"push button\",\"name\":\"Pay now\",\"bounds\":[90,110,300,34],\"states\":[\"visible\",\"showing\"]}]},{\"role\":\"page tab\",\"name\":\"two\","
			     "\"bounds\":[140,70,60,30],\"children\":[{\"role\":\"push button\",\"name\":\"Remove\",\"bounds\":[90,110,300,34],\"states\":[\"visible\"]}]}]}"), 100, 120,
	  "Form \"Order form\" button \"Pay now\" 90,110 300x34" },
	{ "[" FORM "]", TREE("{\"role\":\"list\",\"bounds\":[360,120,86,100],\"children\":[{\"role\":\"panel\",\"children\":[{\"role\":\"push button\",\"name\":\"far\","
			     "\"bounds\":[130,304,80,32]}]}]}"), 140, 310, "Form \"Order form\" - the accessibility tree has no control there" },
	/* a window over another: only what is told counts */
	{ "[" FORM "," TERM "]", TREE("{\"role\":\"push button\",\"name\":\"Send\",\"bounds\":[310,210,80,32]}"), 320, 220, "Form \"Order form\" button \"Send\" 310,210 80x32" },
	{ "[{\"title\":\"Order form\",\"x\":80,\"y\":70,\"width\":460,\"height\":300},{\"title\":\"xterm\",\"app\":\"XTerm\",\"x\":300,\"y\":200,\"width\":500,\"height\":300}]",
	  TREE("{\"role\":\"push button\",\"name\":\"Send\",\"bounds\":[310,210,80,32]}"), 320, 220,
	  "? \"Order form\" +1 - several windows lie there, and it is not told which is on top" },
	{ "[{\"title\":\"Order form\",\"stacking\":0,\"x\":80,\"y\":70,\"width\":460,\"height\":300,\"focused\":true},"
	  "{\"title\":\"xterm\",\"app\":\"XTerm\",\"stacking\":1,\"x\":300,\"y\":200,\"width\":500,\"height\":300}]",
	  TREE("{\"role\":\"push button\",\"name\":\"Send\",\"bounds\":[310,210,80,32]}"), 320, 220,
	  "XTerm \"xterm\" TERMINAL - its window is not in the accessibility tree" },
	{ "[" FORM ",{\"title\":\"gone\",\"minimized\":true,\"x\":0,\"y\":0,\"width\":2000,\"height\":2000,\"stacking\":9}]", TREE(SEND), 140, 310,
	  "Form \"Order form\" button \"Send\" 130,304 80x32" },
	/* what does not fit together names nothing */
	{ "[" FORM "]", "{\"role\":\"frame\",\"name\":\"Order form\",\"bounds\":[0,0,460,300],\"children\":[{\"role\":\"push button\",\"name\":\"Send\","
			"\"bounds\":[130,280,80,20]}]}", 140, 290, "Form \"Order form\" - the accessibility tree has its window in another place" },
	{ "[" FORM "]", "{\"children\":[{\"role\":\"frame\",\"name\":\"Order form\",\"bounds\":[80,70,460,300]},{\"role\":\"frame\",\"name\":\"Order form\","
			"\"bounds\":[82,72,460,300],\"children\":[" SEND "]}]}", 140, 310, "Form \"Order form\" - the accessibility tree has more than one such window" },
	{ "[" FORM "]", "{\"role\":\"frame\",\"name\":\"Other\",\"bounds\":[0,0,9,9]}", 140, 310, "Form \"Order form\" - its window is not in the accessibility tree" },
	{ "[" FORM "]", "{\"children\":[{\"role\":\"frame\",\"name\":\"Order form\",\"bounds\":[80,70,460,300],\"children\":[" SEND "]},"
			"{\"role\":\"window\",\"name\":\"\",\"bounds\":[120,300,90,90]}]}", 140, 310, "Form \"Order form\" - something may hang over the window there" },
	{ "[" FORM "]", "{\"children\":[{\"role\":\"window\",\"name\":\"\",\"bounds\":[120,300,90,90],\"states\":[\"showing\"],\"children\":[{\"role\":\"list item\","
			"\"name\":\"Everything\",\"bounds\":[130,304,60,20]}]},{\"role\":\"frame\",\"name\":\"Order form\",\"bounds\":[80,70,460,300],\"children\":[" SEND "]}]}",
	  140, 310, "Form \"Order form\" list item \"Everything\" 130,304 60x20" },
	{ "[" FORM "]", TREE(SEND), 10, 10, "- no window lies there" },
	{ "[" FORM "]", NULL, 140, 310, "Form \"Order form\" - no tree" },
	{ NULL, TREE(SEND), 140, 310, "button \"Send\" 130,304 80x32" },
	{ NULL, NULL, 140, 310, "- no tree" },
	{ "[" FORM "]", "{\"error\":{}}", 140, 310, "Form \"Order form\" - its window is not in the accessibility tree" },
	{ "17", "\"x\"", 140, 310, "- its window is not in the accessibility tree" },
	{ "[" FORM ",5,null,{\"title\":7,\"x\":\"y\"}]", TREE("9,{},[],{\"role\":[],\"bounds\":[1,2,3]}," SEND), 140, 310, "Form \"Order form\" button \"Send\" 130,304 80x32" },
	/* the focus */
	{ "[" FORM "," TERM "]", TREE("{\"role\":\"entry\",\"name\":\"Address\",\"bounds\":[180,160,240,24],\"states\":[\"showing\",\"focused\"]}," SEND), -1, 0,
	  "Form \"Order form\" entry \"Address\" 180,160 240x24" },
	{ "[" FORM "]", TREE("{\"role\":\"entry\",\"name\":\"Address\",\"focused\":true},{\"role\":\"entry\",\"name\":\"Item\",\"state\":{\"focused\":true}}"), -1, 0,
	  "Form \"Order form\" - more than one control says that it has the focus" },
	{ "[" FORM "]", TREE(SEND), -1, 0, "Form \"Order form\" - no control says that it has the focus" },
	{ "[" TERM "]", TREE(SEND), -1, 0, "- no window has the focus" },
	{ "[{\"title\":\"~\",\"app\":\"gnome-terminal-server\",\"x\":0,\"y\":0,\"width\":9,\"height\":9,\"focused\":true}]", NULL, -1, 0,
	  "gnome-terminal-server \"~\" TERMINAL - no tree" },
	{ "[{\"title\":\"Terminal\",\"x\":0,\"y\":0,\"width\":9,\"height\":9,\"focused\":true}]", NULL, -1, 0, "? \"Terminal\" TERMINAL - no tree" },
	{ "[{\"title\":\"IDE\",\"app\":\"code\",\"x\":0,\"y\":0,\"width\":9,\"height\":9,\"focused\":true}]",
	  "{\"role\":\"frame\",\"name\":\"IDE\",\"children\":[{\"role\":\"terminal\",\"name\":\"zsh\",\"focused\":true}]}", -1, 0, "code \"IDE\" TERMINAL terminal \"zsh\"" },
};

static void tell(const struct target *t, struct buf *out)
{
	if (t->window)
		buf_printf(out, "%s \"%s\" ", t->app ? t->app : "?", t->window);
	if (t->others)
		buf_printf(out, "+%d ", t->others);
	if (t->terminal)
		buf_puts(out, "TERMINAL ");
	if (t->role)
		buf_printf(out, "%s \"%s\"", t->role, t->name);
	else
		buf_printf(out, "- %s", t->why);
	if (t->control_at.width)
		buf_printf(out, " %d,%d %dx%d", (int)t->control_at.x, (int)t->control_at.y, (int)t->control_at.width, (int)t->control_at.height);
}

static void is_named(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		struct json_doc windows = { 0 }, tree = { 0 };
		struct target t;
		struct buf out;

		buf_init(&out, 4096);
		if (r->windows)
			assert_int_equal(json_parse(r->windows, strlen(r->windows), &windows, NULL), 0);
		if (r->tree)
			assert_int_equal(json_parse(r->tree, strlen(r->tree), &tree, NULL), 0);
		if (r->x < 0)
			target_focused(r->windows ? &windows : NULL, r->tree ? &tree : NULL, "no tree", &t);
		else
			target_at(r->windows ? &windows : NULL, r->tree ? &tree : NULL, "no tree", r->x, r->y, &t);
		tell(&t, &out);
		if (strcmp(buf_cstr(&out), r->answer) != 0)
			fail_msg("row %zu: got [%s], not [%s]", i, buf_cstr(&out), r->answer);
		target_release(&t);
		json_release(&windows);
		json_release(&tree);
		buf_release(&out);
	}
}

/* A tree of very many nodes is not walked to its end, and nothing is said of it. */
static void is_bounded(void **state)
{
	struct json_doc tree;
	struct target t;
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, 8 * 1024 * 1024);
	buf_puts(&b, "{\"role\":\"frame\",\"name\":\"w\",\"bounds\":[0,0,100,100],\"children\":[");
	for (i = 0; i <= TARGET_NODES_MAX; i++)
		buf_puts(&b, "{\"role\":\"push button\",\"name\":\"a\",\"bounds\":[0,0,9,9]},");
	buf_puts(&b, "{}]}");
	assert_int_equal(json_parse(b.data, b.len, &tree, NULL), 0);
	target_at(NULL, &tree, "", 5, 5, &t);
	assert_null(t.role);
	assert_string_equal(t.why, "the accessibility tree is too large");
	target_release(&t);
	json_release(&tree);
	buf_release(&b);
	buf_init(&b, 65536);
	buf_puts(&b, "{\"role\":\"frame\",\"bounds\":[0,0,9,9],\"children\":[{\"role\":\"push button\",\"bounds\":[0,0,9,9],\"name\":\"");
	for (i = 0; i < 300; i++)
		buf_puts(&b, "\xc3\xa9");
	buf_puts(&b, "\"}]}");
	assert_int_equal(json_parse(b.data, b.len, &tree, NULL), 0);
	target_at(NULL, &tree, "", 5, 5, &t);
	assert_int_equal(strlen(t.name), TARGET_TEXT_MAX);
	target_release(&t);
	json_release(&tree);
	buf_release(&b);
}

static void points(void **state)
{
	static const struct { const char *json; int x, y; bool there; } table[] = {
		{ "{\"x\":3,\"y\":4}", 3, 4, true }, { "{\"data\":{\"x\":3.9,\"y\":4}}", 3, 4, true }, { "{\"success\":true,\"position\":[3,4]}", 3, 4, true },
		{ "[3,4]", 3, 4, true }, { "{\"x\":3}", 0, 0, false }, { "{\"x\":\"3\",\"y\":4}", 0, 0, false }, { "[1,2,3]", 0, 0, false }, { "{\"x\":1e99,\"y\":0}", 0, 0, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		struct json_doc d;
		int64_t x = 0, y = 0;

		assert_int_equal(json_parse(table[i].json, strlen(table[i].json), &d, NULL), 0);
		assert_int_equal(target_point(&d, &x, &y), table[i].there);
		assert_true(x == table[i].x && y == table[i].y);
		json_release(&d);
	}
}

static void terminals(void **state)
{
	static const char *const yes[] = { "XTerm", "UXTerm", "kitty", "Alacritty", "org.wezfurlong.wezterm", "URxvt", "st", "foot", "xfce4-terminal", "Konsole" };
	static const char *const no[] = { "", "Firefox", "Gedit", "steam", "Footnotes", "Form", "l3afpad", "rioja" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(yes); i++)
		if (!target_is_terminal(yes[i]))
			fail_msg("%s", yes[i]);
	for (i = 0; i < ARRAY_LEN(no); i++)
		if (target_is_terminal(no[i]))
			fail_msg("%s", no[i]);
	assert_false(target_is_terminal(NULL));
}

static void numbers_mean(void **state)
{
	enum coordinates c = COORDINATES_PIXELS;
	int i;

	(void)state;
	assert_int_equal(coordinates_pixel(c, 812, 1280), 812);
	assert_true(coordinates_read("normalised", &c));
	assert_string_equal(coordinates_name(c), "normalised");
	assert_int_equal(coordinates_pixel(c, 500, 1280), 640);
	assert_int_equal(coordinates_pixel(c, 0, 1280), 0);
	assert_int_equal(coordinates_pixel(c, 1000, 1280), 1279);
	assert_int_equal(coordinates_pixel(c, 1001, 1280), 1281);
	assert_int_equal(coordinates_pixel(c, -1, 1280), -1);
	assert_int_equal(coordinates_pixel(c, 500, 0), 500);
	/* And back: as near as 1001 numbers come. */
	for (i = 0; i < 1280; i++) {
		assert_in_range(coordinates_number(c, i, 1280), 0, COORDINATES_FULL);
		assert_in_range(coordinates_pixel(c, coordinates_number(c, i, 1280), 1280) - i + 1, 0, 2);
		assert_int_equal(coordinates_number(COORDINATES_PIXELS, i, 1280), i);
	}
	for (i = 0; i < 800; i++)
		assert_int_equal(coordinates_pixel(c, coordinates_number(c, i, 800), 800), i);
	assert_int_equal(coordinates_number(c, 812, 1280), 635);
	assert_int_equal(coordinates_number(c, 7, 0), 7);
	assert_false(coordinates_read("percent", &c));
	assert_int_equal(c, COORDINATES_NORMALISED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_named),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(points),
		cmocka_unit_test(terminals),
		cmocka_unit_test(numbers_mean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
