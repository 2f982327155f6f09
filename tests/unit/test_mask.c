/* test_mask: what is masked and what is not; every other byte stays; our own key is found cut at any byte. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/mask.h"

#define X "\"" MASKED "\""
#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

static void answers(void **state)
{
	static const struct { const char *text, *want; int count; } cases[] = {
		{ "{}", "{}", 0 },
		{ "{\"id\":\"cmp_1\",\"vnc_url\":\"https://v/1\"}", "{\"id\":\"cmp_1\",\"vnc_url\":" X "}", 1 },
		{ " {\n\t\"data\" : [ { \"VNC_URL\" : \"x\" , \"a\":1e5 } ] }\n", " {\n\t\"data\" : [ { \"VNC_URL\" : " X " , \"a\":1e5 } ] }\n", 1 },
		{ "{\"vnc_url\":null,\"token\":\"\",\"password\":5,\"secret\":{\"id\":\"b\"}}", "{\"vnc_url\":null,\"token\":\"\",\"password\":5,\"secret\":{\"id\":\"b\"}}", 0 },
		{ "{\"token\":{\"id\":\"a\",\"user_id\":\"b\",\"made_at\":\"c\",\"name\":\"d\",\"n\":1,\"value\":\"t\",\"x\":{\"y\":[\"t\"]}}}",
		  "{\"token\":{\"id\":\"a\",\"user_id\":\"b\",\"made_at\":\"c\",\"name\":\"d\",\"n\":1,\"value\":" X ",\"x\":{\"y\":[" X "]}}}", 2 },
		{ "{\"token\":[\"t\"],\"api_keys\":[\"t\",{\"id\":\"a\",\"host\":\"b\",\"key\":\"msk_1\"},[\"c\"]],\"keys\":[\"d\"]}",
		  "{\"token\":[" X "],\"api_keys\":[" X ",{\"id\":\"a\",\"host\":\"b\",\"key\":" X "},[\"c\"]],\"keys\":[\"d\"]}", 3 },
		{ "{\"a\":\"https://h/?tok%65n=1\",\"b\":\"https://h/?tok%6=1\",\"stream_url\":\"wss://h\",\"wsUrl\":\"w\"}", "{\"a\":" X ",\"b\":\"https://h/?tok%6=1\",\"stream_url\":" X ",\"wsUrl\":" X "}", 3 },
		{ "{\"token\":\"t\",\"url\":\"u\",\"key\":\"msk_u_1\"}", "{\"token\":" X ",\"url\":\"u\",\"key\":" X "}", 2 },
		{ "{\"t\\u006fken\":\"t\"}", "{\"t\\u006fken\":" X "}", 1 },		/* another spelling of the name */
		{ "{\"a\":\"m\\u0073k_live\"}", "{\"a\":" X "}", 1 },			/* and of the value */
		{ "[\"msk_x\",\"amsk_x\",[\"miosa_term_1\"]]", "[" X ",\"amsk_x\",[" X "]]", 2 },
		{ "{\"url\":\"https://stream.miosa.app/computer/1?ticket=abc\"}", "{\"url\":" X "}", 1 },
		{ "{\"url\":\"https://h/p?a=1&Token=abc\"}", "{\"url\":" X "}", 1 },
		{ "{\"url\":\"https://h/p#access_token=abc\"}", "{\"url\":" X "}", 1 },
		{ "{\"url\":\"wss://user:pw@h/p\"}", "{\"url\":" X "}", 1 },
		{ "{\"url\":\"https://80-web.sandbox.miosa.app/ticket=1\"}", "{\"url\":\"https://80-web.sandbox.miosa.app/ticket=1\"}", 0 },
		{ "{\"stream_url\":\"/api/v1/computers/1/exec/stream/events?ticket=a\"}", "{\"stream_url\":" X "}", 1 },
		{ "{\"a\":\"/lists?page_token=a\",\"b\":\"see /x?ticket=a\",\"c\":\"//h/?x=1#sse_ticket=b\"}", "{\"a\":\"/lists?page_token=a\",\"b\":\"see /x?ticket=a\",\"c\":" X "}", 1 },
		{ "\"msk_x\"", X, 1 },
		{ "{\"vncUrl\":\"x\",\"Stream-Ticket\":\"x\",\"new_api_key\":\"x\",\"url\":\"x\"}", "{\"vncUrl\":" X ",\"Stream-Ticket\":" X ",\"new_api_key\":" X ",\"url\":\"x\"}", 3 },
		{ "{\"next_page_token\":\"x\",\"tokens\":\"x\",\"token_count\":\"x\",\"password_set\":\"x\"}", "{\"next_page_token\":\"x\",\"tokens\":\"x\",\"token_count\":\"x\",\"password_set\":\"x\"}", 0 },
		{ "{\"a_very_long_name_" LONG "_token\":\"x\",\"token_" LONG "\":\"x\"}", "{\"a_very_long_name_" LONG "_token\":" X ",\"token_" LONG "\":\"x\"}", 1 },
		{ "{\"say\":\"curl -H 'Authorization: Bearer msk_u_1'\"}", "{\"say\":" X "}", 1 },
		{ "{\"jwt\":null,\"a\":\"eyJh.eyJz.c2ln\",\"b\":\"eyJh.eyJz\",\"c\":\"heyJh.b.c\",\"d\":\"eyJh..c\"}", "{\"jwt\":null,\"a\":" X ",\"b\":\"eyJh.eyJz\",\"c\":\"heyJh.b.c\",\"d\":\"eyJh..c\"}", 1 },
		{ "{\"a\":\"see https://h/a and https://h/b?x&sse_ticket=1\",\"b\":\"https://h/?page_token=1 ?token=2\"}", "{\"a\":" X ",\"b\":\"https://h/?page_token=1 ?token=2\"}", 1 },
		{ "{\"a\":\"https://h/ postgres://u:p@h/d\",\"b\":\"mailto:a@b http://h/u:p@x\"}", "{\"a\":" X ",\"b\":\"mailto:a@b http://h/u:p@x\"}", 1 },
		{ "{\"a\\u0000b\":\"x\",\"c\":\"\\u0000\"}", "{\"a\\u0000b\":" X ",\"c\":" X "}", 2 },
		{ "{\"n\":123456789012345678901234567890.50,\"u\":\"\\u00e4\\/\"}", "{\"n\":123456789012345678901234567890.50,\"u\":\"\\u00e4\\/\"}", 0 },
	};
	struct buf out;
	struct err e;
	size_t i;
	int count;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		buf_init(&out, 65536);
		assert_int_equal(mask_json(cases[i].text, strlen(cases[i].text), &out, &count, &e), 0);
		if (strcmp(buf_cstr(&out), cases[i].want) != 0 || count != cases[i].count)
			fail_msg("%s: %s, %d", cases[i].text, buf_cstr(&out), count);
		buf_release(&out);
	}
}

/* What cannot be read is not known to be harmless. */
static void unreadable(void **state)
{
	static const char *const texts[] = { "", "{", "{\"token\":\"t\",}", "{\"a\":1,\"a\":2}", "{\"token\":\"t\"} x", "\xff", "nul", "{\"a\":\"\xff\"}" };
	struct buf out;
	struct err e;
	size_t i;
	int count;

	(void)state;
	for (i = 0; i < ARRAY_LEN(texts); i++) {
		buf_init(&out, 65536);
		assert_int_equal(mask_json(texts[i], strlen(texts[i]), &out, &count, &e), ERR_INVALID);
		buf_release(&out);
	}
	assert_true(mask_is_json(" \n{", 3));
	assert_true(mask_is_json("[", 1));
	assert_true(mask_is_json("\"msk_x\"", 7));
	assert_false(mask_is_json("", 0));
	assert_false(mask_is_json("<html>", 6));
	assert_false(mask_is_json("\x89PNG", 4));
}

static void scrubbed(const char *key, const char *text, size_t a, size_t b, char *got, size_t size)
{
	struct scrub s;
	struct buf out;

	buf_init(&out, 65536);
	scrub_init(&s, key);
	assert_int_equal(scrub_feed(&s, text, a, &out), 0);
	assert_int_equal(scrub_feed(&s, text + a, b - a, &out), 0);
	assert_int_equal(scrub_feed(&s, text + b, strlen(text) - b, &out), 0);
	assert_int_equal(scrub_end(&s, &out), 0);
	snprintf(got, size, "%s", buf_cstr(&out));
	buf_release(&out);
}

static void our_key_never_comes_back(void **state)
{
	static const struct { const char *key, *text, *want; } cases[] = {
		{ "msk_k", "a msk_k b", "a ***** b" }, { "msk_k", "msk_kmsk_k", "**********" }, { "msk_k", "msk_msk_k", "msk_*****" }, { "msk_k", "mmsk_k", "m*****" },
		{ "msk_k", "msk_", "msk_" }, { "msk_k", "", "" }, { "aab", "aaab", "a***" }, { "aab", "aaaab aab", "aa*** ***" }, { "abab", "ababab", "****ab" },
		{ "abac", "ababac", "ab****" }, { "", "as it is", "as it is" }, { "x", "axx", "a**" },
	};
	char got[200];
	size_t i, a, b;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++)
		for (a = 0; a <= strlen(cases[i].text); a++)
			for (b = a; b <= strlen(cases[i].text); b++) {
				scrubbed(cases[i].key, cases[i].text, a, b, got, sizeof(got));
				if (strcmp(got, cases[i].want) != 0)
					fail_msg("\"%s\" in \"%s\", cut at %zu and %zu: \"%s\"", cases[i].key, cases[i].text, a, b, got);
			}
}

/* Nothing is held back that cannot be the key: an event goes out with its last byte. */
static void nothing_waits_without_need(void **state)
{
	struct scrub s;
	struct buf out;

	(void)state;
	buf_init(&out, 1024);
	scrub_init(&s, "msk_k");
	scrub_feed(&s, "data: hello\n\n", 13, &out);
	assert_string_equal(buf_cstr(&out), "data: hello\n\n");
	scrub_feed(&s, "data: m", 7, &out);
	assert_int_equal(out.len, 13 + 6);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers), cmocka_unit_test(unreadable), cmocka_unit_test(our_key_never_comes_back), cmocka_unit_test(nothing_waits_without_need),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
