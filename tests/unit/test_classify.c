/* test_classify: every row classifies to itself; what no row names is unknown; no spelling turns an act into a read. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/capability.h"
#include "core/classify.h"
#include "tests/unit/class_expectations.h"

static void fill(const char *template, char *path, size_t size)
{
	size_t n = (size_t)snprintf(path, size, "/api/v1");
	const char *p;

	for (p = template; *p && n < size - 12; p++) {
		if (strncmp(p, "{*}", 3) == 0) {
			n += (size_t)snprintf(path + n, size - n, "q1/q2");
			p += 2;
		} else if (strncmp(p, "{}", 2) == 0) {
			n += (size_t)snprintf(path + n, size - n, "id%%2D7");
			p++;
		} else {
			path[n++] = *p;
		}
	}
	path[n] = '\0';
}

static void row_by_row(void **state)
{
	const struct classify_row *rows;
	struct classified c;
	char path[256];
	size_t i, k, n;

	(void)state;
	rows = classify_rows(&n);
	assert_true(n > 400);
	for (i = 0; i < n; i++) {
		fill(rows[i].template, path, sizeof(path));
		classify(rows[i].method, path, &c);
		if (c.row != &rows[i])
			fail_msg("%s %s is classified as %s", http_method_name(rows[i].method), path, c.row ? c.row->template : "unknown");
		assert_int_equal(c.class, rows[i].class);
		if (rows[i].class == CLASS_READ)
			assert_int_equal(rows[i].method, HTTP_GET);	/* nothing that passes is anything but a GET */
		if (strncmp(rows[i].template, "/computers/{}", 13) == 0) {
			assert_int_equal(c.session_kind, SESSION_COMPUTER);
			assert_string_equal(c.session, "id-7");
		}
		for (k = 0; k < i; k++)
			assert_false(rows[k].method == rows[i].method && strcmp(rows[k].template, rows[i].template) == 0);
	}
}

static void not_listed(void **state)
{
	static const struct { enum http_method method; const char *path; } cases[] = {
		{ HTTP_GET, "/" }, { HTTP_GET, "/api/v1" }, { HTTP_GET, "/api/v1/" }, { HTTP_GET, "/api/v2/computers" }, { HTTP_GET, "/api/v1x/computers" },
		{ HTTP_GET, "/computers" }, { HTTP_GET, "/api/v1/computers/" }, { HTTP_GET, "/api/v1/computers/x/" }, { HTTP_GET, "/api/v1/computers/x/desktop/click" },
		{ HTTP_GET, "/api/v1/Computers" }, { HTTP_POST, "/api/v1/computers/x/desktop/screenshot" }, { HTTP_PUT, "/api/v1/computers" }, { HTTP_GET, "/api/v1/api-keys" }, { HTTP_GET, "/api/v1/workspaces" }, { HTTP_GET, "/api/v1/admin" }, { HTTP_GET, "/api/v1/computers/x/terminal" },
		{ HTTP_GET, "/api/v1/sandboxes/x/files/" }, { HTTP_GET, "/api/v1/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17/18/19" },
		{ HTTP_GET, "/api/v1/computers/x/desktop/screenshot/y" }, { HTTP_DELETE, "/api/v1/computers" }, { HTTP_PATCH, "/api/v1/computers/x/desktop/type" },
	};
	struct classified c;
	char path[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		classify(cases[i].method, cases[i].path, &c);
		if (c.class != CLASS_UNKNOWN)
			fail_msg("%s is known as %s", cases[i].path, c.kind);
	}
	classify(HTTP_HEAD, "/api/v1/computers", &c);
	assert_int_equal(c.class, CLASS_READ);
	classify(HTTP_GET, "/api/v1/sandboxes/x/files/tree", &c);
	assert_string_equal(c.row->template, "/sandboxes/{}/files/tree");
	classify(HTTP_GET, "/api/v1/computers/x/desktop/clipboard", &c);
	assert_int_equal(c.class, CLASS_SENSITIVE);
	classify(HTTP_POST, "/api/v1/computers/x/desktop/%63lick", &c);	/* by decoded segments */
	assert_string_equal(c.kind, "click");
	classify(HTTP_GET, "/api/v1/%63omputers/%63%31", &c);
	assert_int_equal(c.class, CLASS_READ);
	assert_string_equal(c.session, "c1");
	memset(path, 'x', sizeof(path));
	memcpy(path, "/api/v1/computers/", 18);
	path[18 + sizeof(c.session) - 1] = '\0';
	classify(HTTP_GET, path, &c);
	assert_int_equal(strlen(c.session), sizeof(c.session) - 1);
	path[18 + sizeof(c.session) - 1] = 'x';
	path[18 + sizeof(c.session)] = '\0';
	classify(HTTP_GET, path, &c);	/* an id too long to be kept is none, and no shorter one */
	assert_int_equal(c.session_kind, SESSION_NONE);
	assert_string_equal(c.session, "");
}

static void authority_is_a_person_s(void **state)
{
	static const struct { enum http_method method; const char *path; bool gives; } cases[] = {
		{ HTTP_POST, "/api/v1/actions/approvals/a/approve", true }, { HTTP_POST, "/api/v1/actions/approvals/a/%61pprove", true },
		{ HTTP_POST, "/api/v1/%61ctions/approvals/a/approve", true }, { HTTP_POST, "/api/v1/actions/grants", true },
		{ HTTP_POST, "/api/v1/actions/approvals/a/approve/", true }, { HTTP_PATCH, "/api/v1/actions/grants/g", true }, { HTTP_POST, "/api/v1/actions", true },
		{ HTTP_POST, "/api/v1/actions/approvals/a/deny", false }, { HTTP_DELETE, "/api/v1/actions/grants/g", false },
		{ HTTP_POST, "/api/v1/actions/authorize", false }, { HTTP_GET, "/api/v1/actions/approvals", false },
		{ HTTP_POST, "/api/v1/sandboxes/actions/exec", false }, { HTTP_POST, "/api/v1/actionsx", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++)
		if (classify_gives_authority(cases[i].method, cases[i].path) != cases[i].gives)
			fail_msg("%s", cases[i].path);
}

static void as_the_api_says(void **state)
{
	struct classified c;
	char path[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(class_expectations); i++) {
		snprintf(path, sizeof(path), "/api/v1%s", class_expectations[i].path);
		classify(class_expectations[i].method, path, &c);
		if (c.class != class_expectations[i].class)
			fail_msg("%s %s is %s, not %s", http_method_name(class_expectations[i].method), path, action_class_name(c.class),
				 action_class_name(class_expectations[i].class));
	}
}

/* docs/CLASSES.md is made from the table: GENERATE=1 rewrites it. */
static void the_page_tells_the_table(void **state)
{
	static const char *const answers[] = { [ANSWER_PLAIN] = "masked", [ANSWER_CONTENT] = "as it is", [ANSWER_EVENTS] = "masked stream", [ANSWER_STREAM] = "stream" };
	const struct capability_row *capabilities;
	const struct classify_row *rows;
	char path[1000], *text = calloc(1, 1 << 20);
	struct buf page;
	size_t i, n;
	FILE *f;

	(void)state;
	rows = classify_rows(&n);
	buf_init(&page, 1 << 20);
	buf_puts(&page, "# What each call is\n\nMade from `src/core/classify_table.c`. Reads pass; all else is judged (docs/POLICY.md) and, with no rule, held. What no row\n"
			"names is `unknown`, and held whatever its method. Paths are below `/api/v1`; `{}` is one segment, `{*}` one or more.\n"
			"HEAD is as GET. Answer: `masked` means that what would lead past the gate is masked in it (docs/GATE.md).\n\n"
			"| method | path | class | kind | answer |\n|---|---|---|---|---|\n");
	for (i = 0; i < n; i++)
		buf_printf(&page, "| %s | `%s` | %s | %s | %s |\n", http_method_name(rows[i].method), rows[i].template, action_class_name(rows[i].class), rows[i].kind,
			   answers[rows[i].answer]);
	buf_puts(&page, "\n## What MIOSA's action authority calls them\n\nMade from `src/core/capability.c`; all of version 1.0.0. An approval of MIOSA is told to be of an action by its\n"
			"fingerprint, which is made with this name (docs/GATE.md).\n\n| method | path | capability |\n|---|---|---|\n");
	capabilities = capability_rows(&n);
	for (i = 0; i < n; i++)
		buf_printf(&page, "| %s | `%s` | %s |\n", http_method_name(capabilities[i].method), capabilities[i].template, capabilities[i].name);
	snprintf(path, sizeof(path), "%s/docs/CLASSES.md", getenv("ASSENT_SRC"));
	if (getenv("GENERATE")) {
		f = fopen(path, "w");
		assert_non_null(f);
		fwrite(page.data, 1, page.len, f);
		fclose(f);
	}
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fread(text, 1, (1 << 20) - 1, f), page.len);
	fclose(f);
	assert_string_equal(text, page.data);
	free(text);
	buf_release(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(row_by_row), cmocka_unit_test(not_listed), cmocka_unit_test(as_the_api_says), cmocka_unit_test(authority_is_a_person_s),
					    cmocka_unit_test(the_page_tells_the_table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
