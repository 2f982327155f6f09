/* test_alike: what is the like of what, by each scope; what is never allowed; how a rule ends. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/alike.h"
#include "core/describe.h"

#define BOOT "boot-1"

static struct action *request(const char *agent, enum http_method method, const char *path, const char *type, const char *body)
{
	struct action *a = action_new();
	struct classified c;

	assert_non_null(a);
	classify(method, path, &c);
	a->id = 41;
	a->agent = strdup(agent);
	a->session = strdup(c.session);
	a->session_kind = c.session_kind;
	a->class = c.class;
	a->kind = c.kind;
	a->method = method;
	a->upstream = strdup("http://up");
	a->path = strdup(path);
	a->query = strdup("");
	a->headers[HEADER_CONTENT_TYPE] = type ? strdup(type) : NULL;
	a->body = strdup(body);
	a->body_len = strlen(body);
	assert_int_equal(action_digest(a, a->body, a->body_len, a->digest), 0);
	assert_int_equal(describe(a, ""), 0);
	return a;
}

static struct action *post(const char *path, const char *body)
{
	return request("clerk", HTTP_POST, path, "application/json", body);
}

static struct alike *make(struct action *a, const struct alike_wish *w)
{
	struct alike *r = NULL;
	struct err e = { { 0 } };
	int result = alike_make(a, w, 1000, BOOT, &r, &e);

	if (result < 0)
		print_message("%s\n", e.msg);
	assert_int_equal(result, 0);
	action_free(a);
	return r;
}

static char wrong[512];

static const char *why_not(struct action *a, const struct alike_wish *w)
{
	struct alike *r = NULL;
	struct err e;

	assert_int_equal(alike_make(a, w, 1000, BOOT, &r, &e), ERR_INVALID);
	assert_null(r);
	action_free(a);
	memcpy(wrong, e.msg, sizeof(wrong));
	return wrong;
}

static bool is_like(const struct alike *r, struct action *a)
{
	bool like = alike_matches(r, a, NULL);

	action_free(a);
	return like;
}

#define CLICK "/api/v1/computers/c1/desktop/click"
#define TYPE "/api/v1/computers/c1/desktop/type"
#define EXEC "/api/v1/sandboxes/s1/exec"

/* The measure, the scope, a request of the same agent, and whether it is its like. */
static const struct { const char *path, *body; struct alike_scope scope; const char *path2, *body2; bool like; } likes[] = {
	/* the very request */
	{ EXEC, "{\"command\":\"npm test\"}", { 0 }, EXEC, "{\"command\":\"npm test\"}", true },
	{ EXEC, "{\"command\":\"npm test\"}", { 0 }, EXEC, "{\"command\":\"npm  test\"}", false },
	{ EXEC, "{\"command\":\"npm test\"}", { 0 }, EXEC, "{\"command\":\"npm test\",\"cwd\":\"/\"}", false },
	{ EXEC, "{\"command\":\"npm test\"}", { 0 }, EXEC "/stream", "{\"command\":\"npm test\"}", false },
	{ EXEC, "{\"command\":\"npm test\"}", { 0 }, "/api/v1/sandboxes/s2/exec", "{\"command\":\"npm test\"}", false },
	{ EXEC, "{\"command\":\"npm test\"}", { 0 }, "/api/v1/sandboxes/s1/processes", "{\"command\":\"npm test\"}", false },
	/* any session of its kind */
	{ EXEC, "{\"command\":\"npm test\"}", { .any_session = true }, "/api/v1/sandboxes/s2/exec", "{\"command\":\"npm test\"}", true },
	{ EXEC, "{\"command\":\"npm test\"}", { .any_session = true }, "/api/v1/computers/c1/exec", "{\"command\":\"npm test\"}", false },
	{ EXEC, "{\"command\":\"npm test\"}", { .any_session = true }, "/api/v1/sandboxes/s2/exec/stream", "{\"command\":\"npm test\"}", false },
	/* the same words */
	{ EXEC, "{\"command\":\"npm test\"}", { .words = true }, EXEC, "{ \"command\" : \"npm  'test'\" }", true },
	{ EXEC, "{\"command\":\"npm test\"}", { .words = true }, EXEC, "{\"command\":\"npm test x\"}", false },
	{ EXEC, "{\"command\":\"npm test\"}", { .words = true }, EXEC, "{\"command\":\"npm 'test x'\"}", false },
	{ EXEC, "{\"command\":\"npm test\"}", { .words = true }, EXEC, "{\"command\":\"npm test; id\"}", false },
	{ EXEC, "{\"command\":\"npm test\"}", { .words = true }, EXEC, "{\"command\":\"npm test\",\"env\":{\"PATH\":\"/x\"}}", false },
	{ EXEC, "{\"command\":\"npm test\",\"timeout\":5}", { .words = true }, EXEC, "{\"timeout\":5,\"command\":\"npm  test\"}", true },
	{ EXEC, "{\"command\":\"npm test\",\"timeout\":5}", { .words = true }, EXEC, "{\"timeout\":6,\"command\":\"npm test\"}", false },
	/* this very point */
	{ CLICK, "{\"x\":100,\"y\":100}", { 0 }, CLICK, "{\"x\":101,\"y\":100}", false },
	{ CLICK, "{\"x\":100,\"y\":100}", { .point = ALIKE_POINT_ANY }, CLICK, "{\"x\":1,\"y\":2}", true },
	{ CLICK, "{\"x\":100,\"y\":100}", { .point = ALIKE_POINT_ANY }, CLICK, "{\"y\":1,\"x\":2}", true },
	{ CLICK, "{\"x\":100,\"y\":100}", { .point = ALIKE_POINT_ANY }, CLICK, "{\"x\":1,\"y\":2,\"button\":\"right\"}", false },
	{ CLICK, "{\"x\":100,\"y\":100,\"button\":\"right\"}", { .point = ALIKE_POINT_ANY }, CLICK, "{\"x\":1,\"y\":2,\"button\":\"right\"}", true },
	{ CLICK, "{\"x\":100,\"y\":100,\"button\":\"right\"}", { .point = ALIKE_POINT_ANY }, CLICK, "{\"x\":1,\"y\":2,\"button\":\"left\"}", false },
	{ CLICK, "{\"x\":100,\"y\":100}", { .point = ALIKE_POINT_ANY }, CLICK, "{}", false },
	{ CLICK, "{\"x\":100,\"y\":100}", { .point = ALIKE_POINT_ANY }, CLICK, "{\"x\":1,\"y\":2,\"x2\":3}", false },
	{ CLICK, "{\"x\":100,\"y\":100}", { .point = ALIKE_POINT_ANY }, CLICK, "{\"x\":1,\"y\":2,\"x1\":9}", false },	/* two values: hidden */
	{ CLICK, "{\"x\":100,\"y\":100}", { .point = ALIKE_POINT_ANY }, CLICK, "{\"x\":\"1\",\"y\":2}", false },
	{ CLICK, "{\"x\":100,\"y\":100}", { .point = ALIKE_POINT_ANY }, "/api/v1/computers/c1/desktop/double-click", "{\"x\":1,\"y\":2}", false },
	/* text without Return */
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"good-bye \\u00e4\\u20ac\"}", true },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"\"}", true },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\\n\"}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\\r\"}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\\tb\"}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\\u001bb\"}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\\u0000b\"}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\\u0085b\"}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\\u2028b\"}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\\u2029\"}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\\u202f\"}", true },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\",\"enter\":true}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":\"a\",\"delay\":5}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{\"text\":[\"a\"]}", false },
	{ TYPE, "{\"text\":\"hello\"}", { .any_text = true }, TYPE, "{}", false },
	{ TYPE, "{\"text\":\"hello\"}", { 0 }, TYPE, "{\"text\":\"hello!\"}", false },
};

static void scopes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(likes); i++) {
		struct alike_wish w = { .scope = likes[i].scope, .uses = 1 };
		struct alike *r = make(post(likes[i].path, likes[i].body), &w);
		if (is_like(r, post(likes[i].path2, likes[i].body2)) != likes[i].like)
			fail_msg("row %zu: %s %s", i, likes[i].path2, likes[i].body2);
		alike_free(r);
	}
}

static void the_box_has_edges(void **state)
{
	static const struct { const char *body; bool like; } table[] = {
		{ "{\"x\":80,\"y\":80}", true }, { "{\"x\":119,\"y\":119}", true }, { "{\"x\":79,\"y\":80}", false }, { "{\"x\":80,\"y\":79}", false },
		{ "{\"x\":120,\"y\":119}", false }, { "{\"x\":119,\"y\":120}", false }, { "{\"x\":-90,\"y\":90}", false }, { "{\"x\":1e99,\"y\":90}", false },
	};
	struct alike_wish w = { .scope = { .point = ALIKE_POINT_BOX, .x = 80, .y = 80, .width = 40, .height = 40 }, .uses = 1 };
	struct alike *r = make(post(CLICK, "{\"x\":100,\"y\":100}"), &w);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++)
		if (is_like(r, post(CLICK, table[i].body)) != table[i].like)
			fail_msg("%s", table[i].body);
	assert_string_equal(r->what, "Requests of clerk on c1: click inside 40x40 at 80,80; all else as in action 41.");
	alike_free(r);
	r = make(post("/api/v1/computers/c1/desktop/drag", "{\"start_x\":90,\"start_y\":90,\"end_x\":100,\"end_y\":100}"), &w);
	assert_true(is_like(r, post("/api/v1/computers/c1/desktop/drag", "{\"start_x\":95,\"start_y\":90,\"end_x\":101,\"end_y\":100}")));
	assert_false(is_like(r, post("/api/v1/computers/c1/desktop/drag", "{\"start_x\":95,\"start_y\":90,\"end_x\":201,\"end_y\":100}")));
	alike_free(r);
	assert_non_null(strstr(why_not(post(CLICK, "{\"x\":79,\"y\":100}"), &w), "outside the box"));
	assert_non_null(strstr(why_not(post(TYPE, "{\"text\":\"a\"}"), &w), "no coordinates"));
	w.scope.width = 0;
	assert_non_null(strstr(why_not(post(CLICK, "{\"x\":100,\"y\":100}"), &w), "box"));
}

static void who_and_how_is_always_the_same(void **state)
{
	struct alike_wish w = { .uses = 1, .scope = { .any_session = true } };
	struct alike *r = make(post(EXEC, "{\"command\":\"ls\"}"), &w);
	struct action *a;

	(void)state;
	assert_true(is_like(r, post(EXEC, "{\"command\":\"ls\"}")));
	assert_false(is_like(r, request("other", HTTP_POST, EXEC, "application/json", "{\"command\":\"ls\"}")));
	assert_false(is_like(r, request("clerk", HTTP_POST, EXEC, "text/plain", "{\"command\":\"ls\"}")));
	assert_false(is_like(r, request("clerk", HTTP_POST, EXEC, NULL, "{\"command\":\"ls\"}")));
	a = post(EXEC, "{\"command\":\"ls\"}");
	a->headers[HEADER_REMOTE_PATH] = strdup("/etc/passwd");
	assert_false(is_like(r, a));
	a = post(EXEC, "{\"command\":\"ls\"}");
	assert_int_equal(action_set(&a->query, "dry=0"), 0);
	assert_false(is_like(r, a));
	a = post(EXEC, "{\"command\":\"ls\"}");
	assert_int_equal(action_set(&a->upstream, "http://elsewhere"), 0);
	assert_false(is_like(r, a));
	a = post(EXEC, "{\"command\":\"ls\"}");
	assert_int_equal(action_set(&a->agent, ""), 0);
	assert_false(is_like(r, a));
	alike_free(r);
}

static void never_allowed(void **state)
{
	static const struct { enum http_method method; const char *path, *body; } table[] = {
		{ HTTP_DELETE, "/api/v1/sandboxes/s1", "" },			/* lifecycle */
		{ HTTP_POST, "/api/v1/sandboxes/s1/pause", "{}" },
		{ HTTP_POST, "/api/v1/sandboxes", "{}" },			/* money */
		{ HTTP_POST, "/api/v1/sandboxes/s1/expose", "{\"port\":80}" },
		{ HTTP_GET, "/api/v1/computers/c1/desktop/clipboard", "" },	/* sensitive */
		{ HTTP_POST, "/api/v1/frobnicate", "{}" },			/* unknown */
		{ HTTP_POST, EXEC, "{\"command\":\"ls\",\"command\":\"rm\"}" },	/* cannot be looked into */
		{ HTTP_POST, EXEC, "no JSON" },
	};
	struct alike_wish allow = { .uses = 1, .minutes = 1 }, refuse = { .verdict = ALIKE_REFUSE };
	struct action *a;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		struct alike *r;

		assert_non_null(strstr(why_not(request("clerk", table[i].method, table[i].path, "application/json", table[i].body), &allow), "never allowed alike"));
		r = make(request("clerk", table[i].method, table[i].path, "application/json", table[i].body), &refuse);
		assert_true(is_like(r, request("clerk", table[i].method, table[i].path, "application/json", table[i].body)));
		/* Not even by a rule that somebody wrote into the journal. */
		r->verdict = ALIKE_ALLOW;
		assert_false(is_like(r, request("clerk", table[i].method, table[i].path, "application/json", table[i].body)));
		alike_free(r);
	}
	a = post(EXEC, "{\"command\":\"ls\"}");
	a->require = 2;
	assert_non_null(strstr(why_not(a, &allow), "more than one person"));
	a = post(EXEC, "{\"command\":\"ls\"}");
	assert_int_equal(action_set(&a->agent, ""), 0);
	assert_non_null(strstr(why_not(a, &refuse), "no agent's"));
}

/* Its body is in no memory, and only the digest tells one from the other. */
static struct action *opaque(char digit)
{
	struct action *a = post(EXEC, "");

	a->file_len = 2 * ACTION_OPAQUE_OVER;
	memset(a->digest, digit, DIGEST_HEX);
	return a;
}

static void an_opaque_body(void **state)
{
	struct alike_wish allow = { .uses = 1 }, refuse = { .verdict = ALIKE_REFUSE };
	struct alike *r = make(opaque('1'), &refuse);

	(void)state;
	assert_non_null(strstr(why_not(opaque('1'), &allow), "cannot be looked into"));
	assert_true(is_like(r, opaque('1')));
	assert_false(is_like(r, opaque('2')));
	assert_false(is_like(r, post(EXEC, "")));
	r->verdict = ALIKE_ALLOW;
	assert_false(is_like(r, opaque('1')));
	alike_free(r);
}

static void never_riskier(void **state)
{
	struct alike_wish w = { .uses = 1, .scope = { .any_text = true } };
	struct alike *r = make(post(TYPE, "{\"text\":\"ls\"}"), &w);
	struct action *a = post(TYPE, "{\"text\":\"rm -rf x\"}");

	(void)state;
	a->risks[0] = "deletes";
	assert_false(alike_matches(r, a, NULL));
	r->verdict = ALIKE_REFUSE;
	assert_true(is_like(r, a));
	alike_free(r);
	a = post(TYPE, "{\"text\":\"rm -rf x\"}");
	a->risks[0] = "deletes";
	a->risks[1] = NULL;
	r = make(a, &w);
	a = post(TYPE, "{\"text\":\"rm y\"}");
	a->risks[0] = "deletes";
	assert_true(alike_matches(r, a, NULL));
	a->risks[1] = "network";
	assert_false(is_like(r, a));
	alike_free(r);
}

static void limits(void **state)
{
	static const struct { enum alike_verdict verdict; int64_t uses, minutes; bool good; } table[] = {
		{ ALIKE_ALLOW, 0, 0, false }, { ALIKE_ALLOW, 1, 0, true }, { ALIKE_ALLOW, 0, 1, true }, { ALIKE_ALLOW, 1000, 1440, true }, { ALIKE_ALLOW, 1001, 1, false },
		{ ALIKE_ALLOW, 1, 1441, false }, { ALIKE_ALLOW, -1, 1, false }, { ALIKE_ALLOW, 1, -1, false }, { ALIKE_REFUSE, 0, 0, true }, { ALIKE_REFUSE, 1001, 0, false },
	};
	char words[ALIKE_WORDS_MAX + 2];
	struct alike_wish w = { .uses = 1 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		struct alike_wish t = { .verdict = table[i].verdict, .uses = table[i].uses, .minutes = table[i].minutes };

		if (table[i].good)
			alike_free(make(post(EXEC, "{}"), &t));
		else
			why_not(post(EXEC, "{}"), &t);
	}
	memset(words, 'x', sizeof(words));
	words[sizeof(words) - 1] = '\0';
	w.words = words;
	why_not(post(EXEC, "{}"), &w);
	w = (struct alike_wish){ .uses = 1, .scope = { .any_text = true } };
	assert_non_null(strstr(why_not(post(EXEC, "{\"text\":\"a\"}"), &w), "typed text"));
	assert_non_null(strstr(why_not(post(TYPE, "{\"text\":\"a\\n\"}"), &w), "Return"));
	w.scope = (struct alike_scope){ .words = true };
	assert_non_null(strstr(why_not(post(EXEC, "{\"command\":\"a | b\"}"), &w), "does not split"));
	assert_non_null(strstr(why_not(post(EXEC, "{\"script\":\"a\"}"), &w), "no command"));
	w.scope = (struct alike_scope){ .any_session = true };
	assert_non_null(strstr(why_not(post("/api/v1/sandboxes", "{}"), &(struct alike_wish){ .verdict = ALIKE_REFUSE, .scope.any_session = true }), "no session"));
}

static void how_it_ends(void **state)
{
	struct alike_wish w = { .uses = 2, .minutes = 1 };
	struct alike *r = make(post(EXEC, "{}"), &w);
	int i;

	(void)state;
	assert_int_equal(r->expires_boot_ms, 61000);
	assert_null(alike_ended(r, 1000, BOOT));
	assert_null(alike_ended(r, 60999, BOOT));
	assert_string_equal(alike_ended(r, 61000, BOOT), "its time is over");
	assert_string_equal(alike_ended(r, 1000, "boot-2"), "the machine was started again");
	assert_string_equal(alike_ended(r, 1000, ""), "the machine was started again");
	alike_used(r, 50, 5);
	assert_null(alike_ended(r, 1000, BOOT));
	alike_used(r, 51, 6);
	assert_string_equal(alike_ended(r, 1000, BOOT), "used up");
	for (i = 52; i < 60; i++)
		alike_remember(r, i, i);
	assert_int_equal(r->last_count, ALIKE_LAST);
	assert_int_equal(r->last[0].action, 59);
	assert_int_equal(r->last[4].action, 55);
	assert_int_equal(r->uses, 2);
	alike_free(r);
	w = (struct alike_wish){ .verdict = ALIKE_REFUSE };
	r = make(post(EXEC, "{}"), &w);
	assert_null(alike_ended(r, INT64_MAX, BOOT));
	r->boot_id[0] = '\0';
	assert_string_equal(alike_ended(r, 1000, ""), "the machine was started again");	/* no boot is known: none is the same */
	alike_free(r);
}

static void it_is_kept_as_it_is(void **state)
{
	struct alike_wish w = { .uses = 1, .scope = { .point = ALIKE_POINT_BOX, .x = 80, .y = -80, .width = 40, .height = 400, .any_session = true } };
	struct alike *r = make(post(CLICK, "{\"x\":100,\"y\":100}"), &w), *back = calloc(1, sizeof(*back));
	struct buf spec, again;
	char *cut;
	size_t i;

	(void)state;
	buf_init(&spec, 65536);
	buf_init(&again, 65536);
	assert_int_equal(alike_write_spec(r, &spec), 0);
	assert_int_equal(alike_read_spec(back, buf_cstr(&spec)), 0);
	assert_int_equal(alike_write_spec(back, &again), 0);
	assert_string_equal(buf_cstr(&again), buf_cstr(&spec));
	assert_true(is_like(back, post(CLICK, "{\"x\":80,\"y\":0}")));
	for (i = 0; i < spec.len; i++) {
		cut = strndup(spec.data, i);
		assert_int_equal(alike_read_spec(back, cut), ERR_INVALID);
		free(cut);
	}
	alike_free(r);
	alike_free(back);
	buf_release(&spec);
	buf_release(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scopes), cmocka_unit_test(the_box_has_edges), cmocka_unit_test(who_and_how_is_always_the_same), cmocka_unit_test(never_allowed), cmocka_unit_test(an_opaque_body),
		cmocka_unit_test(never_riskier), cmocka_unit_test(limits), cmocka_unit_test(how_it_ends), cmocka_unit_test(it_is_kept_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
