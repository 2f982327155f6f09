/* test_redirect: where a Location leads, and where nobody follows. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/redirect.h"

static void leads(void **state)
{
	static const struct { const char *from, *location, *to; bool same; } rows[] = {
		{ "http://h/a/b?q", "http://h/c", "http://h/c", true }, { "http://h/a/b?q", "/c", "http://h/c", true }, { "http://h/a/b?q", "c", "http://h/a/c", true },
		{ "http://h/a/b?q", "c/d?e=/../f", "http://h/a/c/d?e=/../f", true }, { "http://h/a/b?q", "?r", "http://h/a/b?r", true }, { "http://h/a/b?q", "#f", "http://h/a/b?q", true },
		{ "http://h/a/b?q", "/c#f?g", "http://h/c", true }, { "http://h/a/b?q", "//i/c", "http://i/c", false }, { "http://h/a/b?q", "/", "http://h/", true },
		{ "http://h/a/b/c", "../d", "http://h/a/d", true }, { "http://h/a/b/c", "../../../../d", "http://h/d", true }, { "http://h/a/b/c", "./d/.", "http://h/a/b/d/", true },
		{ "http://h/a/b/c", "..", "http://h/a/", true }, { "http://h/a/b/c", ".", "http://h/a/b/", true }, { "http://h/a", "/x/../../y/./z", "http://h/y/z", true },
		{ "http://h/a", "/..x/...", "http://h/..x/...", true }, { "http://h/a", "/x//y", "http://h/x//y", true }, { "http://h/a", "/x/", "http://h/x/", true },
		{ "http://h/a", "b:c", NULL, false }, { "http://h/a", "./b:c", "http://h/b:c", true }, { "http://h/a", "/b@c", "http://h/b@c", true },
		{ "http://h/a", "http://i", "http://i/", false }, { "http://h/a", "http://i?x", "http://i/?x", false }, { "http://h/a", "HTTP://H/b", "HTTP://H/b", true },
		{ "http://h/a", "http://h:80/b", "http://h:80/b", true }, { "http://h:80/a", "http://h/b", "http://h/b", true }, { "http://h/a", "http://h:81/b", "http://h:81/b", false },
		{ "http://h:82/a", "http://h:81/b", "http://h:81/b", false }, { "http://h:81/a", "//h:81/b", "http://h:81/b", true },
		{ "http://h/a", "http://h:/b", "http://h:/b", false }, { "http://h/a", "https://h/b", "https://h/b", false }, { "https://h/a", "https://h:443/b", "https://h:443/b", true },
		{ "https://h:80/a", "https://h/b", "https://h/b", false }, { "https://h/a", "//h:80/b", "https://h:80/b", false }, { "http://h/a", "http://h.i/b", "http://h.i/b", false },
		{ "http://h/a", "/b \t", "http://h/b", true },
		{ "http://h/a", NULL, NULL, false }, { "http://h/a", "", NULL, false }, { "http://h/a", "  ", NULL, false }, { "http://h/a", "/b c", NULL, false },
		{ "http://h/a", "/\xc3\xa9", NULL, false }, { "http://h/a", "/a\x01", NULL, false }, { "http://h/a", "\\\\i\\b", NULL, false }, { "http://h/a", "/\\i", NULL, false },
		{ "http://h/a", "file:///etc/passwd", NULL, false }, { "http://h/a", "ftp://i/", NULL, false }, { "http://h/a", "httpx://i/", NULL, false },
		{ "http://h/a", "javascript:1", NULL, false }, { "http://h/a", "http:/b", NULL, false }, { "http://h/a", "http:b", NULL, false }, { "http://h/a", "http:///b", NULL, false },
		{ "http://h/a", "///b", NULL, false }, { "http://h/a", "//", NULL, false }, { "https://h/a", "http://h/b", NULL, false }, { "https://h/a", "HTTP://h/b", NULL, false },
		{ "http://h/a", "http://u@h/b", NULL, false }, { "http://h/a", "//u:p@i/b", NULL, false },
	};
	struct buf to;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		bool same = !rows[i].same;
		int r;

		buf_init(&to, 4096);
		e.msg[0] = '\0';
		r = redirect_target(rows[i].from, rows[i].location, &to, &same, &e);
		if (rows[i].to ? r != 0 || strcmp(buf_cstr(&to), rows[i].to) != 0 || same != rows[i].same : r != ERR_INVALID || !e.msg[0])
			fail_msg("%s, %s: %d \"%s\" %d %s", rows[i].from, rows[i].location ? rows[i].location : "nothing", r, buf_cstr(&to), same, e.msg);
		buf_release(&to);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(leads) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
