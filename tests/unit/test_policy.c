/* policy: what each key means, which line decides, and what every error says. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/describe.h"
#include "core/policy.h"

static struct policy *parse(const char *text)
{
	struct policy *p;
	struct err e;

	if (policy_parse("/etc/x/policy.conf", text, strlen(text), &p, &e) < 0)
		fail_msg("%s\n%s", text, e.msg);
	return p;
}

struct request {
	const char *method, *path, *body, *agent, *label, *type;	/* NULL: POST, "", clerk, none, application/json */
};

static struct action *make(const struct request *q)
{
	const char *body = q->body ? q->body : "", *question = strchr(q->path, '?');
	struct action *a = action_new();
	struct classified c;
	int m;

	for (m = 0; strcmp(http_method_name((enum http_method)m), q->method ? q->method : "POST") != 0; m++)
		;
	a->method = (enum http_method)m;
	a->agent = strdup(q->agent ? q->agent : "clerk");
	a->upstream = strdup("http://127.0.0.1:1");
	a->path = question ? strndup(q->path, (size_t)(question - q->path)) : strdup(q->path);
	a->query = strdup(question ? question + 1 : "");
	if (strlen(body) > ACTION_OPAQUE_OVER)
		a->file_len = strlen(body);
	a->body = strdup(action_is_opaque(a) ? "" : body);
	a->body_len = strlen(a->body);
	a->headers[HEADER_CONTENT_TYPE] = strdup(q->type ? q->type : "application/json");
	classify(a->method, a->path, &c);
	a->class = c.class;
	a->kind = c.kind;
	a->session_kind = c.session_kind;
	a->session = strdup(c.session);
	a->title = strdup("");
	assert_int_equal(describe(a, ""), 0);
	return a;
}

static const struct policy_moment noon = { 12 * 60, 20260701 };

static int line_of(const char *rules, const struct request *q, const struct policy_moment *now, char why[256])
{
	struct policy *p = parse(rules);
	struct action *a = make(q);
	struct policy_found f;
	int line;

	policy_judge(p, a, q->label, now, &f);
	line = f.rule ? f.rule->line : 0;
	if (why)
		memcpy(why, f.why, sizeof(f.why));
	assert_int_equal(f.verdict, f.rule ? f.rule->verdict : POLICY_HOLD);
	action_free(a);
	policy_free(p);
	return line;
}

#define EXEC "/api/v1/sandboxes/sbx_1/exec"
#define CLICK "/api/v1/computers/cmp_1/desktop/click"
#define KEY "/api/v1/computers/cmp_1/desktop/key"
#define HOTKEY "/api/v1/computers/cmp_1/desktop/hotkey"
#define TYPE "/api/v1/computers/cmp_1/desktop/type"
#define DRAG "/api/v1/computers/cmp_1/desktop/drag"

/* One line, one request: does it match? And when it does not, though it comes near: why. */
static const struct {
	const char *rule;
	struct request q;
	bool match;
	const char *why;	/* NULL: not looked at */
} matches[] = {
	/* kind, class, method */
	{ "allow exec session=sbx_1", { .path = EXEC, .body = "{\"command\":\"ls\"}" }, true, "line 1 names it" },
	{ "allow kind=exec,click", { .path = CLICK, .body = "{\"x\":1,\"y\":1}" }, true, NULL },
	{ "allow click,type", { .path = TYPE, .body = "{\"text\":\"a\"}" }, true, NULL },
	{ "allow click", { .path = TYPE, .body = "{\"text\":\"a\"}" }, false, "no line names it" },
	{ "allow \"double click\"", { .path = "/api/v1/computers/cmp_1/desktop/double-click", .body = "{\"x\":1,\"y\":1}" }, true, NULL },
	{ "allow class=harmless", { .path = "/api/v1/sandboxes/sbx_1/files/stat", .body = "{}" }, true, NULL },
	{ "allow class=harmless,acts", { .path = TYPE, .body = "{\"text\":\"a\"}" }, true, NULL },
	{ "allow class=harmless", { .path = TYPE, .body = "{\"text\":\"a\"}" }, false, NULL },
	{ "deny class=lifecycle,money", { .method = "DELETE", .path = "/api/v1/sandboxes/sbx_1" }, true, NULL },
	{ "deny class=unknown", { .path = "/api/v1/frobnicate" }, true, NULL },
	{ "deny unknown", { .path = "/api/v1/frobnicate" }, true, NULL },
	{ "allow path=/frobnicate", { .path = "/api/v1/frobnicate" }, false, "line 1 does not allow it: assent does not know this request" },
	{ "allow class=money", { .path = "/api/v1/actions/approvals/a/approve" }, false, "line 1 does not allow it: what gives authority is a person's to approve" },
	{ "allow grant path=/actions/grants", { .path = "/api/v1/actions/grants", .body = "{}" }, false, NULL },
	{ "allow class=money", { .path = "/api/v1/actions/approvals/a/deny" }, true, NULL },
	{ "deny method=DELETE,PUT", { .method = "PUT", .path = "/api/v1/sandboxes/s/env" }, true, NULL },
	{ "deny method=DELETE", { .path = EXEC }, false, NULL },
	/* agent, session */
	{ "deny agent=clerk,shopper", { .path = EXEC }, true, NULL },
	{ "deny agent=clerk", { .path = EXEC, .agent = "clerk2" }, false, NULL },
	{ "deny session=sbx_1", { .path = EXEC }, true, NULL },
	{ "deny session=sbx_2", { .path = EXEC }, false, NULL },
	{ "deny session=\"the shop\"", { .path = EXEC, .label = "the shop" }, true, NULL },
	{ "deny session=shop", { .path = EXEC, .label = "the shop" }, false, NULL },
	{ "deny session=sbx_1", { .path = "/api/v1/sandboxes" }, false, NULL },
	/* path */
	{ "deny path=/sandboxes/{}/exec", { .path = EXEC }, true, NULL },
	{ "deny path=/sandboxes/sbx_1/exec", { .path = EXEC }, true, NULL },
	{ "deny path=/sandboxes/sbx_2/exec", { .path = EXEC }, false, NULL },
	{ "deny path=/sandboxes/{}", { .path = EXEC }, false, NULL },
	{ "deny path=/sandboxes/{*}", { .path = EXEC }, true, NULL },
	{ "deny path=/sandboxes/{}/exec", { .path = "/api/v1/sandboxes/a/%65xec" }, true, NULL },
	{ "allow path=/sandboxes/{}/files", { .method = "DELETE", .path = "/api/v1/sandboxes/s/files?path=/etc" }, false,
	  "line 1 does not allow it: the request has a query, which the line does not name" },
	{ "allow path=/sandboxes/{}/files?path=/tmp/a", { .method = "DELETE", .path = "/api/v1/sandboxes/s/files?path=/tmp/a" }, true, NULL },
	{ "allow path=/sandboxes/{}/files?path=/tmp/a", { .method = "DELETE", .path = "/api/v1/sandboxes/s/files?path=/tmp/b" }, false, "no line names it" },
	{ "deny path=/sandboxes/{}/files", { .method = "DELETE", .path = "/api/v1/sandboxes/s/files?path=/etc" }, true, NULL },
	{ "allow \"delete files\"", { .method = "DELETE", .path = "/api/v1/sandboxes/s/files?path=/etc" }, true, NULL },
	/* command */
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm  'test'\"}" }, true, NULL },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm test x\"}" }, false, "no line names it" },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm\"}" }, false, NULL },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm test; rm x\"}" }, false,
	  "line 1 does not allow it: the command does not split into words: \";\" at byte 9" },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"cd /w && npm test\"}" }, false, NULL },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm test\",\"env\":{\"A\":\"b\"}}" }, false,
	  "line 1 does not allow it: the body has the field \"env\", which the line does not name" },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm test\",\"Command\":\"x\"}" }, false, NULL },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm test\",\"env\":null}" }, true, NULL },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":[\"npm\",\"test\"]}" }, false,
	  "line 1 does not allow it: the body has no command that is one text" },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm test\",\"command\":\"npm test\"}" }, false, NULL },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "npm test" }, false, NULL },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "[\"npm test\"]" }, false, "line 1 does not allow it: the body is no object" },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm test\"}", .type = "text/plain" }, false,
	  "line 1 does not allow it: the body says that it is no JSON" },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm test\"}", .type = "Application/JSON; charset=UTF-8" }, true, NULL },
	{ "allow exec command=\"npm test\"", { .path = EXEC "?as=root", .body = "{\"command\":\"npm test\"}" }, false,
	  "line 1 does not allow it: the request has a query, which the line does not name" },
	{ "allow exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm test\\u0000; rm\"}" }, false, NULL },
	{ "deny exec command=\"npm test\"", { .path = EXEC, .body = "{\"command\":\"npm test\",\"env\":{}}" }, true, NULL },
	/* where a line that denies cannot tell what the body says, it is not another request */
	{ "deny key=Return", { .path = "/api/v1/computers/c/desktop/key", .body = "{\"key\":[\"Return\"]}" }, false, "whether line 1 names it cannot be told: its keys are in no known form" },
	{ "deny key=Return", { .path = "/api/v1/computers/c/desktop/key", .body = "{\"key\":\"\\n\"}" }, false, "whether line 1 names it cannot be told: its keys are in no known form" },
	{ "deny key=Return", { .path = "/api/v1/computers/c/desktop/key", .body = "{\"key\":\"Return\",\"keys\":[\"a\"]}" }, false, "whether line 1 names it cannot be told: its keys are in no known form" },
	{ "deny key=Return", { .path = "/api/v1/computers/c/desktop/key", .body = "{\"keys\":[]}" }, false, "whether line 1 names it cannot be told: its keys are in no known form" },
	{ "deny key=Return", { .path = "/api/v1/computers/c/desktop/key", .body = "{\"key\":13}" }, false, "whether line 1 names it cannot be told: its keys are in no known form" },
	{ "deny key=Return", { .path = "/api/v1/computers/c/desktop/key", .body = "{\"combo\":\"Return\"}" }, false, "whether line 1 names it cannot be told: its keys are in no known form" },
	{ "deny key=Return", { .path = "/api/v1/computers/c/desktop/key", .body = "{}" }, false, "whether line 1 names it cannot be told: its keys are in no known form" },
	{ "deny key=Return", { .path = "/api/v1/computers/c/desktop/hotkey", .body = "{\"keys\":[\"No_Such_Key\"]}" }, false, "whether line 1 names it cannot be told: its keys are in no known form" },
	{ "deny key=Return", { .path = "/api/v1/computers/c/desktop/click", .body = "{\"x\":1,\"y\":1}" }, false, "no line names it" },
	{ "deny text=a", { .path = "/api/v1/computers/c/desktop/type", .body = "{\"text\":[\"a\"]}" }, false, "whether line 1 names it cannot be told: its text is in no known form" },
	{ "deny text=a", { .path = "/api/v1/computers/c/desktop/type", .body = "{\"value\":\"a\"}" }, false, "whether line 1 names it cannot be told: its text is in no known form" },
	{ "deny text=a", { .path = "/api/v1/computers/c/desktop/key", .body = "{\"key\":\"a\"}" }, false, NULL },
	{ "deny text=a", { .path = "/api/v1/computers/c/desktop/type", .body = "{\"text\":\"b\"}" }, false, NULL },
	{ "deny exec cwd=/w", { .path = "/api/v1/sandboxes/sbx_1/exec", .body = "{\"command\":\"ls\",\"cwd\":[\"/w\"]}" }, false, "whether line 1 names it cannot be told: its folder is in no known form" },
	{ "deny exec cwd=/w", { .path = "/api/v1/sandboxes/sbx_1/exec", .body = "{\"command\":\"ls\",\"cwd\":\"/x\",\"dir\":\"/w\"}" }, false, "whether line 1 names it cannot be told: its folder is in no known form" },
	{ "deny exec cwd=/w", { .path = "/api/v1/sandboxes/sbx_1/exec", .body = "{\"command\":\"ls\"}" }, false, NULL },
	{ "deny exec command=ls timeout=5", { .path = "/api/v1/sandboxes/sbx_1/exec", .body = "{\"command\":\"ls\",\"timeout\":\"5\"}" }, false, "whether line 1 names it cannot be told: its timeout is no number" },
	{ "deny exec command=ls timeout=5", { .path = "/api/v1/sandboxes/sbx_1/exec", .body = "{\"command\":\"ls\",\"timeout\":6}" }, false, NULL },
	{ "deny exec command=ls", { .path = "/api/v1/sandboxes/sbx_1/exec", .body = "{\"command\":\"ls\",\"timeout\":\"x\"}" }, true, NULL },
	{ "deny exec command=ls", { .path = "/api/v1/sandboxes/sbx_1/exec", .body = "{\"command\":\"ls\",\"timeout\":99999999999}" }, true, NULL },
	{ "deny exec command=ls timeout=5 cwd=/w", { .path = "/api/v1/sandboxes/sbx_1/exec", .body = "{\"command\":\"ls\",\"timeout\":\"5\",\"cwd\":\"/x\"}" }, false, NULL },
	{ "deny box=0,0,9,9", { .path = "/api/v1/computers/c/desktop/click", .body = "{}" }, false, "whether line 1 names it cannot be told: it names no point, and acts where the cursor is" },
	{ "deny box=0,0,9,9", { .path = "/api/v1/computers/c/desktop/click", .body = "{\"x\":1}" }, false, "whether line 1 names it cannot be told: it names no point, and acts where the cursor is" },
	{ "deny box=0,0,9,9", { .path = "/api/v1/computers/c/desktop/scroll", .body = "{\"clicks\":3}" }, false, "whether line 1 names it cannot be told: it names no point, and acts where the cursor is" },
	{ "deny box=0,0,9,9", { .path = "/api/v1/computers/c/desktop/mouse-down", .body = "{}" }, false, "whether line 1 names it cannot be told: it names no point, and acts where the cursor is" },
	{ "deny box=0,0,9,9", { .path = "/api/v1/computers/c/desktop/double-click", .body = "{\"coordinate\":[1,1]}" }, false, "whether line 1 names it cannot be told: it names no point, and acts where the cursor is" },
	{ "deny box=0,0,9,9", { .path = "/api/v1/computers/c/desktop/type", .body = "{\"text\":\"a\"}" }, false, NULL },
	{ "allow type text=a box=0,0,9,9", { .path = "/api/v1/computers/c/desktop/type", .body = "{\"text\":\"a\",\"x\":1,\"y\":2}" }, true, NULL },
	{ "allow type text=a box=0,0,9,9", { .path = "/api/v1/computers/c/desktop/type", .body = "{\"text\":\"a\",\"x\":1,\"y\":2,\"submit\":true}" }, false,
	  "line 1 does not allow it: the body has the field \"submit\", which the line does not name" },
	{ "allow type text=a", { .path = "/api/v1/computers/c/desktop/type", .body = "{\"text\":\"a\",\"x\":1,\"y\":2}" }, false,
	  "line 1 does not allow it: the body has the field \"x\", which the line does not name" },
	{ "allow exec", { .path = EXEC, .body = "{\"command\":\"cd x && ls\"}" }, false,
	  "line 1 does not allow it: the command does not split into words: \"&\" at byte 6" },
	{ "allow exec", { .path = EXEC, .body = "{\"command\":\"ls -l\",\"env\":{}}" }, true, NULL },
	{ "allow exec", { .path = EXEC, .body = "{}" }, false, NULL },
	{ "allow class=acts", { .path = "/api/v1/sandboxes/s/processes", .body = "{\"command\":\"a | b\"}" }, false, NULL },
	/* timeout, cwd */
	{ "allow exec command=ls timeout=60", { .path = EXEC, .body = "{\"command\":\"ls\",\"timeout\":60}" }, true, NULL },
	{ "allow exec command=ls timeout=60", { .path = EXEC, .body = "{\"command\":\"ls\"}" }, true, NULL },
	{ "allow exec command=ls timeout=60", { .path = EXEC, .body = "{\"command\":\"ls\",\"timeout\":61}" }, false, NULL },
	{ "allow exec command=ls timeout=60", { .path = EXEC, .body = "{\"command\":\"ls\",\"timeout\":\"60\"}" }, false, NULL },
	{ "allow exec command=ls", { .path = EXEC, .body = "{\"command\":\"ls\",\"timeout\":1}" }, false, NULL },
	{ "allow exec command=ls cwd=/w", { .path = EXEC, .body = "{\"command\":\"ls\",\"cwd\":\"/w\"}" }, true, NULL },
	{ "allow exec command=ls cwd=/w", { .path = EXEC, .body = "{\"command\":\"ls\",\"cwd\":\"/w\",\"dir\":\"/w\"}" }, true, NULL },
	{ "allow exec command=ls cwd=/w", { .path = EXEC, .body = "{\"command\":\"ls\",\"cwd\":\"/w\",\"dir\":\"/x\"}" }, false, NULL },
	{ "allow exec command=ls cwd=/w", { .path = EXEC, .body = "{\"command\":\"ls\"}" }, false, NULL },
	{ "allow exec command=ls cwd=/w", { .path = EXEC, .body = "{\"command\":\"ls\",\"cwd\":\"/w/\"}" }, false, NULL },
	/* text, key */
	{ "allow type text=\"a \\\"b\\\" \\\\\"", { .path = TYPE, .body = "{\"text\":\"a \\\"b\\\" \\\\\"}" }, true, NULL },
	{ "allow type text=ab", { .path = TYPE, .body = "{\"text\":\"ab\\n\"}" }, false, NULL },
	{ "allow type text=ab", { .path = TYPE, .body = "{\"text\":\"ab\",\"delay\":5}" }, false, NULL },
	{ "allow key key=Tab,Escape", { .path = KEY, .body = "{\"key\":\"esc\"}" }, true, NULL },
	{ "allow key key=Tab", { .path = KEY, .body = "{\"key\":\"Return\"}" }, false, NULL },
	{ "allow key key=ctrl+shift+t", { .path = KEY, .body = "{\"key\":\"shift+ctrl+t\"}" }, true, NULL },
	{ "allow key key=ctrl+t", { .path = KEY, .body = "{\"key\":\"t+ctrl\"}" }, false, NULL },
	{ "allow key key=ctrl+t", { .path = KEY, .body = "{\"key\":\"shift+t\"}" }, false, NULL },
	{ "allow hotkey key=ctrl+s", { .path = HOTKEY, .body = "{\"keys\":[\"ctrl\",\"s\"]}" }, true, NULL },
	{ "allow hotkey key=ctrl+s", { .path = HOTKEY, .body = "{\"keys\":[\"ctrl\",\"q\"]}" }, false, NULL },
	{ "allow hotkey key=ctrl+s", { .path = HOTKEY, .body = "{\"keys\":[\"ctrl\",\"s\"],\"key\":\"q\"}" }, false, NULL },
	{ "allow hotkey key=ctrl+s", { .path = HOTKEY, .body = "{\"keys\":[]}" }, false, NULL },
	/* box: x and y from the first pixel on, to before the last */
	{ "allow click box=10,20,5,5", { .path = CLICK, .body = "{\"x\":10,\"y\":20}" }, true, NULL },
	{ "allow click box=10,20,5,5", { .path = CLICK, .body = "{\"x\":14,\"y\":24,\"button\":\"left\"}" }, true, NULL },
	{ "allow click box=10,20,5,5", { .path = CLICK, .body = "{\"x\":15,\"y\":24}" }, false, NULL },
	{ "allow click box=10,20,5,5", { .path = CLICK, .body = "{\"x\":14,\"y\":25}" }, false, NULL },
	{ "allow click box=10,20,5,5", { .path = CLICK, .body = "{\"x\":9,\"y\":20}" }, false, NULL },
	{ "allow click box=10,20,5,5", { .path = CLICK, .body = "{\"x\":10,\"y\":19}" }, false, NULL },
	{ "allow click box=0,0,5,5", { .path = CLICK, .body = "{\"x\":-0.5,\"y\":1}" }, false, "line 1 does not allow it: a coordinate is no whole number" },
	{ "allow click box=0,0,5,5", { .path = CLICK, .body = "{\"x\":1,\"y\":1,\"start_x\":900}" }, false, "line 1 does not allow it: the body cannot be inspected" },
	{ "allow click box=0,0,5,5", { .path = CLICK, .body = "{\"x\":1}" }, false, NULL },
	{ "allow drag box=0,0,9,9", { .path = DRAG, .body = "{\"from_x\":1,\"from_y\":1,\"to_x\":8,\"to_y\":8}" }, true, NULL },
	{ "allow drag box=0,0,9,9", { .path = DRAG, .body = "{\"from_x\":1,\"from_y\":1,\"to_x\":9,\"to_y\":8}" }, false, NULL },
	/* what is put together all has to fit */
	{ "allow exec session=sbx_1 agent=clerk command=ls cwd=/w", { .path = EXEC, .body = "{\"command\":\"ls\",\"cwd\":\"/w\"}", .agent = "eve" }, false, NULL },
};

static void one_line(void **state)
{
	char rule[512], why[256];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(matches); i++) {
		snprintf(rule, sizeof(rule), "%s\n", matches[i].rule);
		if ((line_of(rule, &matches[i].q, &noon, why) == 1) != matches[i].match)
			fail_msg("%s  %s %s: %s", matches[i].rule, matches[i].q.path, matches[i].q.body ? matches[i].q.body : "", why);
		if (matches[i].why && strcmp(matches[i].why, why) != 0)
			fail_msg("%s  %s: \"%s\"", matches[i].rule, matches[i].q.body ? matches[i].q.body : "", why);
	}
}

static void opaque(void **state)
{
	struct request q = { .path = TYPE };
	char *body = malloc(ACTION_OPAQUE_OVER + 64), why[256];

	(void)state;
	memset(body, ' ', ACTION_OPAQUE_OVER + 63);
	memcpy(body, "{\"text\":\"a\"}", 12);
	body[ACTION_OPAQUE_OVER] = '\0';
	q.body = body;
	assert_int_equal(line_of("allow type text=a\n", &q, &noon, why), 1);
	body[ACTION_OPAQUE_OVER] = ' ';
	body[ACTION_OPAQUE_OVER + 1] = '\0';
	assert_int_equal(line_of("allow type text=a\n", &q, &noon, why), 0);
	assert_string_equal(why, "line 1 does not allow it: the body is longer than 1 MiB");
	assert_int_equal(line_of("allow type\n", &q, &noon, NULL), 1);
	free(body);
}

static void clocks(void **state)
{
	static const struct { const char *rule; int hour, minute, date; bool match; } cases[] = {
		{ "deny exec time=09:00-17:30", 9, 0, 20260701, true }, { "deny exec time=09:00-17:30", 8, 59, 20260701, false },
		{ "deny exec time=09:00-17:30", 17, 29, 20260701, true }, { "deny exec time=09:00-17:30", 17, 30, 20260701, false },
		{ "deny exec time=22:00-06:00", 22, 0, 20260701, true }, { "deny exec time=22:00-06:00", 23, 59, 20260701, true },
		{ "deny exec time=22:00-06:00", 0, 0, 20260701, true }, { "deny exec time=22:00-06:00", 5, 59, 20260701, true },
		{ "deny exec time=22:00-06:00", 6, 0, 20260701, false }, { "deny exec time=22:00-06:00", 12, 0, 20260701, false },
		{ "deny exec time=00:00-24:00", 23, 59, 20260701, true }, { "deny exec time=18:00-00:00", 23, 59, 20260701, true },
		{ "deny exec time=18:00-00:00", 0, 0, 20260701, false },
		{ "deny exec until=2026-07-01", 23, 59, 20260701, true }, { "deny exec until=2026-07-01", 0, 0, 20260702, false },
		{ "deny exec until=2026-06-30", 0, 0, 20260701, false },
	};
	const struct request q = { .path = EXEC, .body = "{}" };
	char rule[64];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy_moment now = { cases[i].hour * 60 + cases[i].minute, cases[i].date };

		snprintf(rule, sizeof(rule), "%s\n", cases[i].rule);
		if ((line_of(rule, &q, &now, NULL) == 1) != cases[i].match)
			fail_msg("%s at %02d:%02d", cases[i].rule, cases[i].hour, cases[i].minute);
	}
}

static void first_match(void **state)
{
	static const char rules[] = "# the order is what counts\n\n"
				    "deny  exec                        command=\"rm -r x\"  because \"No.\"   # and this is a comment\n"
				    "hold  click box=0,0,10,10\n"
				    "allow exec,click\r\n"
				    "\tdeny  class=acts\n";
	static const struct { struct request q; int line; } cases[] = {
		{ { .path = EXEC, .body = "{\"command\":\"rm -r x\"}" }, 3 }, { { .path = EXEC, .body = "{\"command\":\"ls\"}" }, 5 },
		{ { .path = CLICK, .body = "{\"x\":1,\"y\":1}" }, 4 }, { { .path = CLICK, .body = "{\"x\":11,\"y\":1}" }, 5 },
		{ { .path = TYPE, .body = "{\"text\":\"a\"}" }, 6 }, { { .method = "DELETE", .path = "/api/v1/sandboxes/s" }, 0 },
		/* Whether line 4 holds it cannot be told: line 5 may not allow it then; line 6 may deny it. */
		{ { .path = CLICK, .body = "{\"x\":1.5,\"y\":1}" }, 6 }, { { .path = CLICK, .body = "{\"x\":20,\"y\":1,\"from_x\":1}" }, 6 },
		{ { .path = EXEC, .body = "no json" }, 6 },
	};
	struct policy *p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++)
		if (line_of(rules, &cases[i].q, &noon, NULL) != cases[i].line)
			fail_msg("case %zu: line %d", i, line_of(rules, &cases[i].q, &noon, NULL));
	p = parse(rules);
	assert_int_equal(p->rule_count, 4);
	assert_string_equal(p->rules[0].text, "deny  exec                        command=\"rm -r x\"  because \"No.\"");
	assert_string_equal(p->rules[0].because, "No.");
	assert_string_equal(p->rules[2].text, "allow exec,click");
	policy_free(p);
}

static void unclear_restricts(void **state)
{
	const struct request q = { .path = CLICK, .body = "{\"x\":20,\"y\":1,\"from_x\":1}" };
	char why[256];

	(void)state;
	assert_int_equal(line_of("deny click box=0,0,10,10\nallow click\n", &q, &noon, why), 0);
	assert_string_equal(why, "whether line 1 names it cannot be told: the body cannot be inspected");
	assert_int_equal(line_of("allow click\n", &q, &noon, why), 1);
}

static void held_by(void **state)
{
	static const struct { const char *rules, *text; } cases[] = {
		{ "\nhold  exec  expires=5m\n", "policy.conf:2: hold  exec  expires=5m" },
		{ "hold click\n", "default: no rule names it" },
		{ "allow exec command=ls\n", "default: no rule names it (policy.conf: line 1 does not allow it: the body has the field \"env\", which the line does not name)" },
	};
	const struct request q = { .path = EXEC, .body = "{\"command\":\"ls\",\"env\":{}}" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy *p = parse(cases[i].rules);
		struct action *a = make(&q);
		struct policy_found f;
		struct buf b;

		buf_init(&b, 8192);
		policy_judge(p, a, NULL, &noon, &f);
		policy_held_by(p, &f, &b);
		assert_string_equal(buf_cstr(&b), cases[i].text);
		buf_release(&b);
		action_free(a);
		policy_free(p);
	}
}

static void reveals(void **state)
{
	static const struct { const char *rules; struct request q; bool reveal; } cases[] = {
		{ "allow class=read agent=clerk reveal=yes\n", { .method = "GET", .path = "/api/v1/computers/c" }, true },
		{ "allow class=read agent=clerk reveal=yes\n", { .method = "GET", .path = "/api/v1/computers/c", .agent = "eve" }, false },
		{ "allow path=/computers/{} reveal=yes\n", { .method = "GET", .path = "/api/v1/computers/c" }, true },
		{ "hold agent=clerk\nallow class=read reveal=yes\n", { .method = "GET", .path = "/api/v1/computers/c" }, false },
		{ "hold \"make token\" reveal=yes\n", { .path = "/api/v1/computers/c/stream-token", .body = "{}" }, true },
		{ "hold \"make token\"\n", { .path = "/api/v1/computers/c/stream-token", .body = "{}" }, false },
		{ "", { .method = "GET", .path = "/api/v1/computers/c" }, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct policy *p = parse(cases[i].rules);
		struct action *a = make(&cases[i].q);

		if (policy_reveals(p, a, NULL, &noon) != cases[i].reveal)
			fail_msg("case %zu", i);
		action_free(a);
		policy_free(p);
	}
}

static void no_policy(void **state)
{
	const struct request q = { .path = "/api/v1/sandboxes/s/files/stat", .body = "{}" };
	struct action *a = make(&q);
	struct policy_found f;

	(void)state;
	policy_judge(NULL, a, NULL, &noon, &f);
	assert_int_equal(f.verdict, POLICY_HOLD);
	assert_null(f.rule);
	action_free(a);
	assert_int_equal(line_of("", &q, &noon, NULL), 0);
}

static void what_lines_ask(void **state)
{
	struct policy *p = parse("hold type expires=5m require=2 snapshot=before unattended=deny reveal=yes because \"Look.\"\n"
				 "hold exec expires=30s unattended=wait\n"
				 "hold key expires=24h require=3\n"
				 "allow exec command=ls snapshot=\"every 10 turns\"\n"
				 "allow class=read reveal=yes\n"
				 "budget shopper actions=200 per-minute=30 waiting=8 reads-per-minute=600\n"
				 "budget session=sbx_7f2c max-cost=2.5\n"
				 "budget * actions=0 max-cost=7\n"
				 "hold click screen=box,cursor screen-box=2000 screen-wait=10s\n"
				 "hold drag screen=off\n"
				 "hold move screen-box=8 screen-wait=0ms\n");

	(void)state;
	assert_int_equal(p->rules[0].screen.what, SCREEN_WHAT_ALL);
	assert_int_equal(p->rules[0].screen.box, 64);
	assert_int_equal(p->rules[0].screen.wait_ms, 1300);
	assert_int_equal(p->rules[5].screen.what, SCREEN_WHAT_BOX | SCREEN_WHAT_CURSOR);
	assert_int_equal(p->rules[5].screen.box, 2000);
	assert_int_equal(p->rules[5].screen.wait_ms, 10000);
	assert_int_equal(p->rules[6].screen.what, 0);
	assert_int_equal(p->rules[7].screen.what, SCREEN_WHAT_ALL);
	assert_int_equal(p->rules[7].screen.box, 8);
	assert_int_equal(p->rules[7].screen.wait_ms, 0);
	assert_int_equal(p->rules[0].expires_ms, 300000);
	assert_int_equal(p->rules[0].require, 2);
	assert_true(p->rules[0].snapshot == 1 && p->rules[0].deny_unattended && p->rules[0].reveal);
	assert_int_equal(p->rules[1].expires_ms, 30000);
	assert_false(p->rules[1].snapshot || p->rules[1].deny_unattended || p->rules[1].reveal);
	assert_int_equal(p->rules[2].expires_ms, 86400000);
	assert_int_equal(p->rules[3].require, 1);
	assert_int_equal(p->rules[3].snapshot, 10);
	assert_int_equal(p->require_most, 3);
	assert_int_equal(p->require_line, 3);
	assert_int_equal(p->budget_count, 3);
	assert_int_equal(p->budgets[0].of, BUDGET_OF_AGENT);
	assert_string_equal(p->budgets[0].name, "shopper");
	assert_int_equal(p->budgets[0].limits.most[BUDGET_ACTIONS], 200);
	assert_int_equal(p->budgets[0].limits.most[BUDGET_READS_PER_MINUTE], 600);
	assert_int_equal(p->budgets[0].limits.most[BUDGET_COST], -1);
	assert_int_equal(p->budgets[1].of, BUDGET_OF_SESSION);
	assert_string_equal(p->budgets[1].name, "sbx_7f2c");
	assert_int_equal(p->budgets[1].limits.most[BUDGET_COST], 250);
	assert_int_equal(p->budgets[2].of, BUDGET_OF_ALL);
	assert_int_equal(p->budgets[2].limits.most[BUDGET_ACTIONS], 0);
	assert_int_equal(p->budgets[2].limits.most[BUDGET_COST], 700);
	policy_free(p);
}

/* What stands behind "FILE:". The line is the only one, but for those with a line break in them. */
static const struct { const char *text, *error; } errors[] = {
	{ "alow exec", "1:1: unknown word \"alow\" (did you mean \"allow\"?)" },
	{ "ALLOW exec", "1:1: unknown word \"ALLOW\"" },
	{ "\n  permit exec", "2:3: unknown word \"permit\"" },
	{ "allow exec comand=ls", "1:12: unknown key \"comand\" (did you mean \"command\"?)" },
	{ "allow execc", "1:7: unknown kind \"execc\" (did you mean \"exec\"?)" },
	{ "allow exec type", "1:12: here stands key=value or because \"words\"; a kind stands right behind allow" },
	{ "allow class=harmles", "1:13: unknown class \"harmles\" (did you mean \"harmless\"?)" },
	{ "allow class=acts,acts", "1:18: \"acts\" stands here twice" },
	{ "allow exec,exec", "1:12: \"exec\" stands here twice" },
	{ "allow agent=a,a", "1:15: \"a\" stands here twice" },
	{ "deny method=DELET", "1:13: unknown method \"DELET\" (did you mean \"DELETE\"?)" },
	{ "allow exec cwd=/a cwd=/b", "1:19: \"cwd\" stands on this line twice" },
	{ "allow exec kind=exec", "1:12: \"kind\" stands on this line twice" },
	{ "deny exec because \"a\" because \"b\"", "1:23: \"because\" stands on this line twice" },
	{ "deny exec because no", "1:19: behind because stand words in quotes, as in because \"Ask a person.\"" },
	{ "deny exec because", "1:18: behind because stand words in quotes, as in because \"Ask a person.\"" },
	{ "deny exec because \"\"", "1:19: a value is missing" },
	{ "deny exec cwd=", "1:15: a value is missing" },
	{ "deny agent=a,", "1:14: a value is missing" },
	{ "deny agent=,a", "1:12: a value is missing" },
	{ "allow exec command=\"npm test", "1:20: a quote without its end" },
	{ "allow exec command=\"npm\"test", "1:25: behind a quoted value stands a blank" },
	{ "allow exec command=a\"b", "1:21: \" inside a value: put the whole value in double quotes" },
	{ "allow exec command='ls'", "1:20: ' inside a value: put the whole value in double quotes" },
	{ "allow exec command=a#b", "1:21: # inside a value: put the whole value in double quotes" },
	{ "allow exec command=\"a\\nb\"", "1:22: behind \\ in quotes stands \" or \\, nothing else" },
	{ "allow exec command=\"a; b\"", "1:20: the command does not split into words: \";\" at byte 2; no line can name it" },
	{ "allow exec timeout=60", "1:1: \"timeout\" goes with \"command\"" },
	{ "allow exec command=ls timeout=0", "1:31: \"timeout\" is the most that the body's timeout may be, a whole number" },
	{ "allow exec command=ls timeout=1m", "1:31: \"timeout\" is the most that the body's timeout may be, a whole number" },
	{ "allow exec cwd=site", "1:16: a folder begins with /" },
	{ "deny path=sandboxes", "1:11: a path begins with / and stands below /api/v1, as in path=/sandboxes/{}/exec" },
	{ "deny path=/api/v1/sandboxes", "1:11: a path begins with / and stands below /api/v1, as in path=/sandboxes/{}/exec" },
	{ "deny path=/sandboxes//x", "1:11: a path has segments between single slashes; {} is one of any name, {*} at the end one or more" },
	{ "deny path=/sandboxes/", "1:11: a path has segments between single slashes; {} is one of any name, {*} at the end one or more" },
	{ "deny path=/sandboxes/{id}", "1:11: a path has segments between single slashes; {} is one of any name, {*} at the end one or more" },
	{ "deny path=/{*}/x", "1:11: a path has segments between single slashes; {} is one of any name, {*} at the end one or more" },
	{ "deny path=/x?", "1:11: nothing behind the ? of the path" },
	{ "allow key key=Retrun", "1:15: " },
	{ "deny click box=1,2,3", "1:16: \"box\" is x,y,width,height in pixels, as in box=0,0,640,480" },
	{ "deny click box=1,2,3,4,5", "1:16: \"box\" is x,y,width,height in pixels, as in box=0,0,640,480" },
	{ "deny click box=1,2,0,4", "1:16: \"box\" is x,y,width,height in pixels, as in box=0,0,640,480" },
	{ "deny click box=-1,2,3,4", "1:16: \"box\" is x,y,width,height in pixels, as in box=0,0,640,480" },
	{ "deny click box=1,2,3,x", "1:16: \"box\" is x,y,width,height in pixels, as in box=0,0,640,480" },
	{ "deny exec time=25:00-26:00", "1:16: \"time\" is two times of the day, as in time=09:00-17:30 or time=22:00-06:00" },
	{ "deny exec time=09:60-10:00", "1:16: \"time\" is two times of the day, as in time=09:00-17:30 or time=22:00-06:00" },
	{ "deny exec time=24:00-10:00", "1:16: \"time\" is two times of the day, as in time=09:00-17:30 or time=22:00-06:00" },
	{ "deny exec time=09:00-24:01", "1:16: \"time\" is two times of the day, as in time=09:00-17:30 or time=22:00-06:00" },
	{ "deny exec time=9:00-10:00", "1:16: \"time\" is two times of the day, as in time=09:00-17:30 or time=22:00-06:00" },
	{ "deny exec time=09:00", "1:16: \"time\" is two times of the day, as in time=09:00-17:30 or time=22:00-06:00" },
	{ "deny exec time=09:00-09:00", "1:16: \"time\" is empty: it ends when it begins" },
	{ "deny exec until=2026-02-29", "1:17: \"until\" is a day that there is, as in until=2026-12-31" },
	{ "deny exec until=2026-13-01", "1:17: \"until\" is a day that there is, as in until=2026-12-31" },
	{ "deny exec until=31.12.2026", "1:17: \"until\" is a day that there is, as in until=2026-12-31" },
	{ "hold exec expires=5", "1:19: \"expires\" is a time of at most a day, as in expires=30s, expires=5m or expires=2h" },
	{ "hold exec expires=0m", "1:19: \"expires\" is a time of at most a day, as in expires=30s, expires=5m or expires=2h" },
	{ "hold exec expires=25h", "1:19: \"expires\" is a time of at most a day, as in expires=30s, expires=5m or expires=2h" },
	{ "hold exec require=0", "1:19: \"require\" is a number of persons, 1 to 8" },
	{ "hold exec require=9", "1:19: \"require\" is a number of persons, 1 to 8" },
	{ "hold exec snapshot=after", "1:20: it is snapshot=before, or snapshot=\"every 10 turns\": 2 to 100" },
	{ "hold exec snapshot=\"every 1 turns\"", "1:20: it is snapshot=before, or snapshot=\"every 10 turns\": 2 to 100" },
	{ "hold exec snapshot=\"every 101 turns\"", "1:20: it is snapshot=before, or snapshot=\"every 10 turns\": 2 to 100" },
	{ "hold exec snapshot=\"every turns\"", "1:20: it is snapshot=before, or snapshot=\"every 10 turns\": 2 to 100" },
	{ "hold exec snapshot=\"every 12345678910 turns\"", "1:20: it is snapshot=before, or snapshot=\"every 10 turns\": 2 to 100" },
	{ "hold exec unattended=allow", "1:22: it is unattended=wait or unattended=deny" },
	{ "allow exec reveal=no", "1:19: it is reveal=yes" },
	{ "allow exec expires=5m", "1:12: \"expires\" means nothing on a line that begins with allow" },
	{ "deny exec require=2", "1:11: \"require\" means nothing on a line that begins with deny" },
	{ "hold click screen=window", "1:19: \"screen\" is off, or some of box, focus and cursor, as in screen=box,focus" },
	{ "hold click screen=box,box", "1:23: \"box\" stands here twice" },
	{ "hold click screen=off,box", "1:23: \"off\" stands alone" },
	{ "hold click screen=box,off", "1:23: \"off\" stands alone" },
	{ "hold click screen=off,off", "1:23: \"off\" stands alone" },
	{ "hold click screen-box=7", "1:23: \"screen-box\" is so many pixels to each side of the target, 8 to 2000" },
	{ "hold click screen-box=2001", "1:23: \"screen-box\" is so many pixels to each side of the target, 8 to 2000" },
	{ "hold click screen-wait=5", "1:24: \"screen-wait\" is a time of at most 10 s, as in screen-wait=1300ms, screen-wait=2s or screen-wait=0s" },
	{ "hold click screen-wait=11s", "1:24: \"screen-wait\" is a time of at most 10 s, as in screen-wait=1300ms, screen-wait=2s or screen-wait=0s" },
	{ "hold click screen-wait=ms", "1:24: \"screen-wait\" is a time of at most 10 s, as in screen-wait=1300ms, screen-wait=2s or screen-wait=0s" },
	{ "hold click screen=focus screen-box=9", "1:1: \"screen-box\" and \"screen-wait\" mean nothing where \"screen\" does not name the box" },
	{ "hold click screen-wait=1s screen=off", "1:1: \"screen-box\" and \"screen-wait\" mean nothing where \"screen\" does not name the box" },
	{ "allow click screen=box", "1:13: \"screen\" means nothing on a line that begins with allow" },
	{ "deny exec snapshot=before", "1:11: \"snapshot\" means nothing on a line that begins with deny" },
	{ "allow", "1:1: this line would allow everything: say what, as in allow class=harmless" },
	{ "allow because \"x\"", "1:1: this line would allow everything: say what, as in allow class=harmless" },
	{ "allow time=09:00-10:00", "1:1: this line would allow everything: say what, as in allow class=harmless" },
	{ "allow class=unknown", "1:1: what assent does not know is always held: no line can allow it" },
	{ "allow exec,unknown", "1:1: what assent does not know is always held: no line can allow it" },
	{ "deny class=read", "1:1: reads are not judged, they pass: without reveal=yes this line does nothing" },
	{ "deny screenshot", "1:1: reads are not judged, they pass: without reveal=yes this line does nothing" },
	{ "budget", "1:7: whose budget? As in budget shopper actions=200; * for all agents" },
	{ "budget shopper", "1:15: a budget without a limit, as in actions=200" },
	{ "budget actions=5", "1:8: a budget is of an agent, of session=ID, or of * for all agents" },
	{ "budget shopper action=5", "1:16: unknown limit \"action\" (did you mean \"actions\"?)" },
	{ "budget shopper actions=5 actions=6", "1:26: \"actions\" stands on this line twice" },
	{ "budget shopper actions=-5", "1:24: \"actions\" is a number without a sign or a point" },
	{ "budget shopper actions=1.5", "1:24: \"actions\" is a number without a sign or a point" },
	{ "budget shopper actions=9999999999", "1:24: \"actions\" is a number without a sign or a point" },
	{ "budget shopper max-cost=1.555", "1:25: \"max-cost\" is a number, with at most two digits behind the point" },
	{ "budget shopper max-cost=.5", "1:25: \"max-cost\" is a number, with at most two digits behind the point" },
	{ "budget shopper max-cost=5.", "1:25: \"max-cost\" is a number, with at most two digits behind the point" },
	{ "budget shopper 5", "1:16: here stands a limit, as in actions=200" },
	{ "budget a actions=1\nbudget a actions=2", "2:1: line 1 has this budget already" },
	{ "deny exec\x01", "1:10: ^A cannot stand in a policy: it acts, it hides, or it is no UTF-8" },
	{ "deny exec because \"\xc3\xbc\xff\"", "1:21: \\xFF cannot stand in a policy: it acts, it hides, or it is no UTF-8" },
	{ "deny exec because \"\xe2\x80\xae\"", "1:20: <U+202E> cannot stand in a policy: it acts, it hides, or it is no UTF-8" },
	{ "deny exec\r ", "1:10: ^M cannot stand in a policy: it acts, it hides, or it is no UTF-8" },
	{ "\xef\xbb\xbf" "deny exec", "1:1: <U+FEFF> cannot stand in a policy: it acts, it hides, or it is no UTF-8" },
};

static void every_error(void **state)
{
	char text[512], want[512];
	struct policy *p;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(errors); i++) {
		int r;

		snprintf(text, sizeof(text), "%s\n", errors[i].text);
		snprintf(want, sizeof(want), "a/policy.conf:%s", errors[i].error);
		r = policy_parse("a/policy.conf", text, strlen(text), &p, &e);
		if (r != ERR_INVALID || p)
			fail_msg("%s is taken", errors[i].text);
		/* What the key names' own parser says is its business. */
		if (strncmp(e.msg, want, strlen(want)) != 0 || (errors[i].error[strlen(errors[i].error) - 1] != ' ' && strcmp(e.msg, want) != 0))
			fail_msg("%s\n got %s\nwant %s", errors[i].text, e.msg, want);
	}
}

static void refuses(const char *text, size_t len, int code, const char *want)
{
	struct policy *p;
	struct err e;

	assert_int_equal(policy_parse("p", text, len, &p, &e), code);
	assert_null(p);
	assert_string_equal(e.msg, want);
}

static void ends_and_limits(void **state)
{
	char *big = malloc(POLICY_FILE_MAX + 2);
	struct policy *p;
	struct buf b;
	int i;

	(void)state;
	refuses("deny exec", 9, ERR_INVALID, "p:1:10: the last line has no end: the file may have been cut");
	refuses("deny exec\0\n", 11, ERR_INVALID, "p:1:10: ^@ cannot stand in a policy: it acts, it hides, or it is no UTF-8");
	memset(big, '\n', POLICY_FILE_MAX + 1);
	refuses(big, POLICY_FILE_MAX + 1, ERR_TOOBIG, "p: more than 262144 bytes");
	assert_int_equal(policy_parse("p", big, POLICY_FILE_MAX, &p, NULL), 0);
	policy_free(p);
	memset(big, '#', POLICY_LINE_MAX + 1);
	refuses(big, POLICY_LINE_MAX + 2, ERR_INVALID, "p:1:4097: a line of more than 4096 bytes");
	assert_int_equal(policy_parse("p", big + 1, POLICY_LINE_MAX + 1, &p, NULL), 0);
	policy_free(p);
	free(big);
	buf_init(&b, POLICY_FILE_MAX);
	for (i = 0; i < POLICY_LINES_MAX; i++)
		buf_puts(&b, "deny exec\n");
	assert_int_equal(policy_parse("p", b.data, b.len, &p, NULL), 0);
	policy_free(p);
	buf_puts(&b, "deny exec\n");
	refuses(b.data, b.len, ERR_INVALID, "p:4097:1: more than 4096 lines of rules");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line), cmocka_unit_test(opaque), cmocka_unit_test(clocks), cmocka_unit_test(first_match),
		cmocka_unit_test(unclear_restricts), cmocka_unit_test(held_by), cmocka_unit_test(no_policy), cmocka_unit_test(reveals), cmocka_unit_test(what_lines_ask),
		cmocka_unit_test(every_error), cmocka_unit_test(ends_and_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
