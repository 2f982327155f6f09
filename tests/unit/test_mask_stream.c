/* test_mask_stream: each stream is cut at every two bytes, and comes out the same: masked where it has to be, byte for byte elsewhere. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/mask.h"
#include "core/mask_stream.h"

enum { EVENT_MAX = 120 };

#define LEFT_OUT MASK_EVENT_LEFT_OUT
#define X "\"" MASKED "\""
#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"

static const struct { const char *in, *want; int masked; } cases[] = {
	{ "", "", 0 },
	{ "data: {\"a\": 1}\n\n", "data: {\"a\": 1}\n\n", 0 },
	{ ": heartbeat\n\nid: 7\nevent: x\ndata:{ }\nretry: 5\n\n", ": heartbeat\n\nid: 7\nevent: x\ndata:{ }\nretry: 5\n\n", 0 },
	{ "id: 7\ndata: {\"vnc_url\":\"u\"}\nretry: 5\n\ndata: {}\n\n", "id: 7\ndata: {\"vnc_url\":" X "}\nretry: 5\n\ndata: {}\n\n", 1 },
	{ "data:{\"token\":\"u\"}\r\n\r\n: x\r\n", "data: {\"token\":" X "}\r\n\r\n: x\r\n", 1 },
	{ "data: {\"token\":\"u\"}\r\rdata: 1\r\r", "data: {\"token\":" X "}\r\rdata: 1\r\r", 1 },
	/* over several lines, none of which is JSON by itself */
	{ "data: {\ndata: \"token\":\ndata:  \"u\"}\nid: 1\n\n", "data: {\ndata: \"token\":\ndata:  " X "}\nid: 1\n\n", 1 },
	{ "data: {\"token\":\r\nid: 1\r\ndata: \"u\"}\r\n\r\n", "data: {\"token\":\r\ndata: " X "}\r\nid: 1\r\n\r\n", 1 },
	{ "data: {\"token\":\rdata: \"u\"}\n\ndata: 1\n\n", "data: {\"token\":\rdata: " X "}\r\n\ndata: 1\n\n", 1 },
	{ "data: {\"token\":\nid: 1\rdata: \"u\"}\n\ndata: 1\n\n", "data: {\"token\":\ndata: " X "}\nid: 1\r\n\ndata: 1\n\n", 1 },
	/* text */
	{ "data: [DONE]\n\n", "data: [DONE]\n\n", 0 },
	{ "data: plain msk text\n\ndata\n\ndata:\n\n", "data: plain msk text\n\ndata\n\ndata:\n\n", 0 },
	{ "data: your key is msk_live_1\n\n", "data: " MASKED "\n\n", 1 },
	{ "data: https://h/?\ndata: x https://h/?token=1\n\n", "data: " MASKED "\n\n", 1 },
	/* what cannot be looked through */
	{ "data: {\"token\":\"u\",}\n\ndata: {}\n\n", LEFT_OUT "data: {}\n\n", 1 },
	{ "id: 1\ndata: " LONG "\nid: 2\n\ndata: {}\n\n", "id: 1\n" LEFT_OUT "data: {}\n\n", 1 },
	{ "data: a\ndata: " LONG "\r\ndata: b\r\n\r\ndata: {}\n\n", LEFT_OUT "\ndata: {}\n\n", 1 },
	{ ": " LONG "\n\ndata: {}\n\n", LEFT_OUT "data: {}\n\n", 1 },
	/* names that are none */
	{ "Data: {\"token\":\"u\"}\ndatax: {\"token\":\"u\"}\n data: {\"token\":\"u\"}\n\n", "Data: {\"token\":\"u\"}\ndatax: {\"token\":\"u\"}\n data: {\"token\":\"u\"}\n\n", 0 },
	{ "\xef\xbb\xbf" "data: {\"token\":\"u\"}\n\n", "\xef\xbb\xbf" "data: {\"token\":" X "}\n\n", 1 },
	{ "\n\xef\xbb\xbf" "data: {\"token\":\"u\"}\n\n", "\n\xef\xbb\xbf" "data: {\"token\":\"u\"}\n\n", 0 },
	/* the end of the stream is the end of an event */
	{ "data: {\"token\":\"u\"}", "data: {\"token\":" X "}", 1 },
	{ "data: {\"token\":\ndata: \"u\"}", "data: {\"token\":\ndata: " X "}\n", 1 },
	{ "data: {\"token\":\"u\"}\nid: 1", "data: {\"token\":" X "}\nid: 1", 1 },
	{ "data: " LONG, LEFT_OUT, 1 },
	{ ": abc", ": abc", 0 },
};

static void feed(struct mask_stream *m, const char *text, size_t from, size_t to, struct buf *out)
{
	assert_int_equal(mask_stream_feed(m, text + from, to - from, out), 0);
}

static void cut_anywhere(void **state)
{
	size_t i, a, b, len;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		len = strlen(cases[i].in);
		for (a = 0; a <= len; a++)
			for (b = a; b <= len; b++) {
				struct mask_stream m;
				struct buf out;

				buf_init(&out, 65536);
				mask_stream_init(&m, EVENT_MAX);
				feed(&m, cases[i].in, 0, a, &out);
				feed(&m, cases[i].in, a, b, &out);
				feed(&m, cases[i].in, b, len, &out);
				assert_int_equal(mask_stream_end(&m, &out), 0);
				if (strcmp(buf_cstr(&out), cases[i].want) != 0 || m.masked != cases[i].masked)
					fail_msg("%s\ncut at %zu and %zu gives %d\n%s", cases[i].in, a, b, m.masked, buf_cstr(&out));
				mask_stream_release(&m);
				buf_release(&out);
			}
	}
}

/* Nobody waits longer than for the end of an event, and for a comment not longer than for its line. */
static void nothing_waits(void **state)
{
	static const char text[] = "id: 1\n: ping\ndata: {}\nretry: 1\n\n";
	struct mask_stream m;
	struct buf out;

	(void)state;
	buf_init(&out, 1024);
	mask_stream_init(&m, EVENT_MAX);
	feed(&m, text, 0, 13, &out);
	assert_int_equal(out.len, 13);
	feed(&m, text, 13, strlen(text) - 1, &out);
	assert_int_equal(out.len, 13);
	feed(&m, text, strlen(text) - 1, strlen(text), &out);
	assert_string_equal(buf_cstr(&out), text);
	mask_stream_release(&m);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(cut_anywhere), cmocka_unit_test(nothing_waits) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
