/* test_fingerprint: canonical JSON, the fingerprints of the action authority, and which of them a request may have. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/capability.h"
#include "core/fingerprint.h"

static const struct { const char *text, *canonical; } forms[] = {
	{ "{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}" },
	{ " { \"x\" : [ 1 , { \"d\" : null , \"c\" : true } , false ] } ", "{\"x\":[1,{\"c\":true,\"d\":null},false]}" },
	{ "{}", "{}" },
	{ "[]", "[]" },
	{ "{\"a\":{},\"\":[]}", "{\"\":[],\"a\":{}}" },
	{ "{\"ab\":1,\"a\":2,\"B\":3,\"a-\":4}", "{\"B\":3,\"a\":2,\"a-\":4,\"ab\":1}" },
	/* by UTF-16 units, not by bytes: U+10000 before U+FFFF, and U+D7FF before both */
	{ "{\"\xef\xbf\xbf\":1,\"\xf0\x90\x80\x80\":2,\"\xed\x9f\xbf\":3}", "{\"\xed\x9f\xbf\":3,\"\xf0\x90\x80\x80\":2,\"\xef\xbf\xbf\":1}" },
	{ "{\"\\ue000\":1,\"\\ud800\\udc00\":2,\"\\ud800\\udc01\":3}", "{\"\xf0\x90\x80\x80\":2,\"\xf0\x90\x80\x81\":3,\"\xee\x80\x80\":1}" },
	/* strings as JavaScript writes them */
	{ "\"\\u0061\\/\\u00e9\\u2028\\u007f\"", "\"a/\xc3\xa9\xe2\x80\xa8\x7f\"" },
	{ "\"\\u0008\\u000c\\u000a\\u000d\\u0009\\u0022\\u005c\\u0000\\u001f\"", "\"\\b\\f\\n\\r\\t\\\"\\\\\\u0000\\u001f\"" },
	{ "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"" },
	{ "[0,-1,9007199254740991,-9007199254740991]", "[0,-1,9007199254740991,-9007199254740991]" },
	/* no certain form */
	{ "1.0", NULL }, { "1.5", NULL }, { "1e3", NULL }, { "-0", NULL }, { "9007199254740992", NULL }, { "-9007199254740992", NULL },
	{ "99999999999999999999", NULL }, { "{\"a\":[{\"b\":0.1}]}", NULL }, { "{\"1\":1}", NULL }, { "{\"007\":1}", NULL }, { "{\"__proto__\":1}", NULL },
};

static void canonical_or_not_at_all(void **state)
{
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(forms); i++) {
		struct json_doc d;
		struct buf out;
		int r;

		assert_int_equal(json_parse(forms[i].text, strlen(forms[i].text), &d, NULL), 0);
		buf_init(&out, 65536);
		r = canonical_json(&d, json_root(&d), &out, &e);
		if (forms[i].canonical ? r != 0 || strcmp(buf_cstr(&out), forms[i].canonical) != 0 : r != ERR_UNSUPPORTED)
			fail_msg("%s: %d %s", forms[i].text, r, buf_cstr(&out));
		buf_release(&out);
		json_release(&d);
	}
}

static void vectors(void **state)
{
	static const char params[] = "{\"x\":100,\"y\":200,\"button\":\"left\",\"computer_id\":\"cmp_1\"}";
	char capability[FINGERPRINT_SIZE], hash[FINGERPRINT_SIZE];
	struct json_doc d;
	struct err e;

	(void)state;
	fingerprint_capability("computer.destroy", "1.0.0", capability);
	assert_string_equal(capability, "sha256:1d1211165a9ece144cd7164e6b71d1c2818aaffa69d17595ddebe729214e855e");
	fingerprint_capability("computer.click", "1.0.0", capability);
	assert_string_equal(capability, "sha256:ee0de626a7903700a88d56e5bac49c340598b7395c5ac70c786766d652829999");
	assert_int_equal(json_parse(params, strlen(params), &d, NULL), 0);
	assert_int_equal(fingerprint_params(&d, json_root(&d), hash, &e), 0);
	assert_string_equal(hash, "sha256:d3811ecffbdafeb21cd94d37c955de25b328809cb550a4b6f2ff89bb72bf0c6e");
	assert_int_equal(fingerprint_request(capability, "sha256:d3811ecffbdafeb21cd94d37c955de25b328809cb550a4b6f2ff89bb72bf0c6e", NULL, "inv-1", hash), 0);
	assert_string_equal(hash, "sha256:6216cebaed58d689cd6b5689ea82bc577975f8ba3ffe7c8c1890e89b5c00980f");
	json_release(&d);
}

/* params: the canonical text that one of the ways must be the hash of; NULL: no way at all. */
static const struct { enum http_method method; const char *path, *body; int ways; const char *name, *params; } requests[] = {
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/click", "{\"x\":1,\"y\":2}", 2, "computer.click", "{\"computer_id\":\"cmp_1\",\"x\":1,\"y\":2}" },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/click", "{\"x\":1,\"y\":2}", 2, "computer.click", "{\"button\":\"left\",\"computer_id\":\"cmp_1\",\"x\":1,\"y\":2}" },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/click", "{\"x\":1,\"y\":2,\"button\":\"left\"}", 2, "computer.click", "{\"computer_id\":\"cmp_1\",\"x\":1,\"y\":2}" },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/click", "{\"x\":1,\"button\":\"right\"}", 3, "computer.click", "{\"button\":\"right\",\"computer_id\":\"cmp_1\",\"x\":1}" },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/click", "{\"x\":1,\"button\":\"right\"}", 3, "computer.right.click", "{\"computer_id\":\"cmp_1\",\"x\":1}" },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/click", "{\"button\":\"middle\"}", 1, "computer.click", "{\"button\":\"middle\",\"computer_id\":\"cmp_1\"}" },
	{ HTTP_POST, "/api/v1/computers/c%6Dp_1/desktop/%63lick", "{\"button\":\"middle\"}", 1, "computer.click", "{\"button\":\"middle\",\"computer_id\":\"cmp_1\"}" },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/type", "{\"text\":\"a\\u00e9\",\"computer_id\":\"cmp_1\"}", 1, "computer.type", "{\"computer_id\":\"cmp_1\",\"text\":\"a\xc3\xa9\"}" },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/type", "{\"text\":\"a\",\"computer_id\":\"cmp_2\"}", 0, NULL, NULL },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/window/w7/close", "", 1, "computer.close.window", "{\"computer_id\":\"cmp_1\",\"window_id\":\"w7\"}" },
	{ HTTP_DELETE, "/api/v1/computers/cmp_1", "", 1, "computer.destroy", "{\"computer_id\":\"cmp_1\"}" },
	{ HTTP_POST, "/api/v1/sandboxes/s1/exec", "{\"command\":\"npm test\"}", 1, "sandbox.exec", "{\"command\":\"npm test\",\"sandbox_id\":\"s1\"}" },
	{ HTTP_POST, "/api/v1/sandboxes", "{\"name\":\"a\"}", 2, "sandbox.create", "{\"name\":\"a\",\"template_id\":\"miosa-sandbox\"}" },
	{ HTTP_POST, "/api/v1/runs/r1/cancel", "", 1, "run.cancel", "{\"run_id\":\"r1\"}" },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/wait", "{\"seconds\":0.5}", 0, NULL, NULL },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/click", "{\"x\":1,\"x\":2}", 0, NULL, NULL },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/click", "[1]", 0, NULL, NULL },
	{ HTTP_POST, "/api/v1/computers/cmp_1/desktop/click", "x=1", 0, NULL, NULL },
	{ HTTP_POST, "/api/v1/computers/cmp_1/nowhere", "{}", 0, NULL, NULL },
	{ HTTP_POST, "/api/v1/mcp", "{}", 0, NULL, NULL },
};

static void ways_of_requests(void **state)
{
	struct capability_way ways[CAPABILITY_WAYS_MAX];
	char want[FINGERPRINT_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(requests); i++) {
		struct action *a = action_new();
		bool found = false;
		int n, k;

		a->method = requests[i].method;
		action_set(&a->path, requests[i].path);
		action_set(&a->body, requests[i].body);
		a->body_len = strlen(requests[i].body);
		n = capability_ways(a, ways);
		if (n != requests[i].ways)
			fail_msg("%s %s: %d ways", requests[i].path, requests[i].body, n);
		if (requests[i].params) {
			memcpy(want, "sha256:", 7);
			digest_hex(requests[i].params, strlen(requests[i].params), want + 7);
			for (k = 0; k < n; k++)
				found |= strcmp(ways[k].name, requests[i].name) == 0 && strcmp(ways[k].params, want) == 0;
			if (!found)
				fail_msg("%s %s: %s", requests[i].path, requests[i].body, requests[i].params);
		}
		action_free(a);
	}
}

/* Each row is one of the table of classes, and nothing that only reads. */
static void rows_are_there(void **state)
{
	const struct classify_row *classes;
	const struct capability_row *rows;
	size_t i, k, count, class_count;

	(void)state;
	rows = capability_rows(&count);
	classes = classify_rows(&class_count);
	for (i = 0; i < count; i++) {
		for (k = 0; k < class_count && (classes[k].method != rows[i].method || strcmp(classes[k].template, rows[i].template) != 0); k++)
			;
		if (k == class_count || classes[k].class == CLASS_READ)
			fail_msg("%s %s", rows[i].template, rows[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(canonical_or_not_at_all), cmocka_unit_test(vectors), cmocka_unit_test(ways_of_requests),
					    cmocka_unit_test(rows_are_there) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
