/* test_base: buffers, UTF-8, digests, base64. */
#include "config.h"

#include "tests/unit/unit.h"

#include "base/digest.h"
#include "base/utf8.h"

static void buf_keeps_its_limit(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 5);
	assert_int_equal(buf_puts(&b, "abc"), 0);
	assert_int_equal(buf_puts(&b, "def"), ERR_TOOBIG);
	assert_string_equal(buf_cstr(&b), "abc");
	assert_true(buf_failed(&b));
	assert_int_not_equal(buf_putc(&b, 'x'), 0);	/* failed stays failed */
	buf_clear(&b);
	assert_int_equal(buf_puts(&b, "12345"), 0);
	assert_int_equal(buf_putc(&b, '6'), ERR_TOOBIG);
	buf_clear(&b);
	buf_printf(&b, "%d", 12345);
	buf_consume(&b, 2);
	assert_string_equal(buf_cstr(&b), "345");
	buf_consume(&b, 10);
	assert_string_equal(buf_cstr(&b), "");
	buf_release(&b);
}

static void utf8_is_strict(void **state)
{
	static const struct { const char *text; size_t len; bool valid; } cases[] = {
		{ "plain", 5, true }, { "\xc3\xa9", 2, true }, { "\xe2\x82\xac", 3, true }, { "\xf0\x9f\x98\x80", 4, true }, { "\xf4\x8f\xbf\xbf", 4, true },
		{ "\xc0\x80", 2, false }, { "\xc1\xbf", 2, false }, { "\xe0\x80\x80", 3, false }, { "\xed\xa0\x80", 3, false }, { "\xf4\x90\x80\x80", 4, false },
		{ "\xf5\x80\x80\x80", 4, false }, { "\x80", 1, false }, { "\xe2\x82", 2, false }, { "abcdefgh\xff", 9, false }, { "\xc3(", 2, false },
	};
	uint32_t cp;
	char out[4];
	size_t i, n;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(utf8_valid(cases[i].text, cases[i].len), cases[i].valid);
	for (cp = 0; cp <= 0x110000; cp += 7) {
		uint32_t back = 0;

		n = utf8_encode(cp, out);
		if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff)) {
			assert_int_equal(n, 0);
			continue;
		}
		assert_int_equal(utf8_decode(out, n, &back), n);
		assert_int_equal(back, cp);
	}
}

/* A fault, or a character, at each place of texts of each length: words, and what is left of them, are looked at differently. */
static void utf8_valid_up_to_the_fault(void **state)
{
	char text[80];
	size_t len, at;

	(void)state;
	for (len = 0; len < sizeof(text); len++) {
		memset(text, 'a', sizeof(text));
		assert_int_equal(utf8_valid_length(text, len), len);
		for (at = 0; at < len; at++) {
			memset(text, 'a', sizeof(text));
			text[at] = '\xff';
			assert_int_equal(utf8_valid_length(text, len), at);
			memcpy(text + at, "\xc3\xa9\xff", len - at < 3 ? len - at : 3);
			assert_int_equal(utf8_valid_length(text, len), len - at < 2 ? at : at + 2);
			if (len - at >= 2)
				assert_int_equal(utf8_valid_length(text, at + 2), at + 2);
		}
	}
}

static void digests_are_sha256(void **state)
{
	char hex[DIGEST_HEX + 1], random[9], other[9];
	struct digest_ctx *d = digest_new();

	(void)state;
	digest_hex("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_update(d, "a", 1);
	digest_update(d, "bc", 2);
	digest_final_hex(d, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(random_hex(random, 8), 0);
	assert_int_equal(random_hex(other, 8), 0);
	assert_string_not_equal(random, other);
	assert_true(bytes_equal_ct("same", "same", 4));
	assert_false(bytes_equal_ct("same", "sama", 4));
}

static void base64_is_strict(void **state)
{
	static const struct { const char *plain, *text; } good[] = {
		{ "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" },
	};
	static const char *const bad[] = { "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "====", "Zm9v Zm8=", "Zm8=Zm8=", "Zm9*" };
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(good); i++) {
		buf_init(&b, 100);
		assert_int_equal(base64_encode(&b, good[i].plain, strlen(good[i].plain)), 0);
		assert_string_equal(buf_cstr(&b), good[i].text);
		buf_clear(&b);
		assert_int_equal(base64_decode(&b, good[i].text, strlen(good[i].text)), 0);
		assert_string_equal(buf_cstr(&b), good[i].plain);
		buf_release(&b);
	}
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		buf_init(&b, 100);
		assert_int_equal(base64_decode(&b, bad[i], strlen(bad[i])), ERR_INVALID);
		buf_release(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_keeps_its_limit), cmocka_unit_test(utf8_is_strict), cmocka_unit_test(utf8_valid_up_to_the_fault), cmocka_unit_test(digests_are_sha256),
		cmocka_unit_test(base64_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
