/* test_identity: the operator's key: its file, what happens to it when anything in it is changed, and its signatures. */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "cmd/unlock.h"
#include "io/identity.h"
#include "io/private.h"

#define PASSPHRASE "correct horse"

/* The least cost: the tests try hundreds of files. */
#define COST IDENTITY_COST_MIN

static char dir[] = "/tmp/assent-identity-XXXXXX";
static char file[64];

static void make(struct identity_card *card)
{
	struct err e;

	unlink(file);
	if (identity_make(file, "ana", PASSPHRASE, COST, card, &e) < 0)
		fail_msg("%s", e.msg);
}

static size_t slurp(char text[4096])
{
	int fd = open(file, O_RDONLY);
	ssize_t n = read(fd, text, 4095);

	assert_true(n > 0);
	close(fd);
	text[n] = '\0';
	return (size_t)n;
}

static void spit(const char *text, size_t len)
{
	int fd = open(file, O_WRONLY | O_TRUNC);

	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static void made_and_opened(void **state)
{
	unsigned char value[SIGNATURE_BYTES];
	struct identity_card card, again;
	struct identity *i = NULL;
	struct stat st;
	char text[4096];

	(void)state;
	make(&card);
	assert_string_equal(card.name, "ana");
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	slurp(text);
	assert_memory_equal(text, "assent-operator-key 1\nname ana\npublic ", 38);
	assert_non_null(strstr(text, "\nscrypt 16384 8 1 "));
	assert_int_equal(identity_card_of(file, &again, NULL), 0);
	assert_string_equal(again.public_key, card.public_key);
	assert_int_equal(identity_open(file, PASSPHRASE, &i, NULL), 0);
	assert_string_equal(identity_card(i)->public_key, card.public_key);
	assert_int_equal(identity_sign(i, "yes", 3, value, NULL), 0);
	assert_true(identity_verify(card.public_key, "yes", 3, value));
	assert_false(identity_verify(card.public_key, "yet", 3, value));
	assert_false(identity_verify(card.public_key, "yes", 2, value));
	value[63] ^= 1;
	assert_false(identity_verify(card.public_key, "yes", 3, value));
	assert_false(identity_verify("AAAA", "yes", 3, value));
	identity_close(i);
}

/* RFC 8032 7.1, test 2: others' signatures are ours. */
static void as_others_sign(void **state)
{
	static const unsigned char value[] = {
		0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b, 0x5f, 0x64, 0x25, 0x40, 0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50,
		0x3f, 0x8f, 0xb3, 0x76, 0x22, 0x23, 0xeb, 0xdb, 0x69, 0xda, 0x08, 0x5a, 0xc1, 0xe4, 0x3e, 0x15, 0x99, 0x6e, 0x45, 0x8f, 0x36, 0x13,
		0xd0, 0xf1, 0x1d, 0x8c, 0x38, 0x7b, 0x2e, 0xae, 0xb4, 0x30, 0x2a, 0xee, 0xb0, 0x0d, 0x29, 0x16, 0x12, 0xbb, 0x0c, 0x00,
	};

	(void)state;
	assert_true(identity_verify("PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=", "\x72", 1, value));
	assert_false(identity_verify("PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=", "\x73", 1, value));
}

static void wrong_passphrases(void **state)
{
	static const char *const wrong[] = { "", "correct hors", "correct horse ", "Correct horse", "battery staple" };
	struct identity_card card;
	struct identity *i = NULL;
	struct err e, first = { "" };
	size_t k;

	(void)state;
	make(&card);
	for (k = 0; k < ARRAY_LEN(wrong); k++) {
		assert_int_equal(identity_open(file, wrong[k], &i, &e), ERR_DENIED);
		assert_null(i);
		assert_non_null(strstr(e.msg, "wrong passphrase"));
		/* One form, which tells nothing of how wrong. */
		if (k > 0)
			assert_string_equal(e.msg, first.msg);
		first = e;
	}
}

/* Each byte of the file, in two ways, and each length but its own. In memcheck, where each passphrase takes a second, some of them. */
static void anything_changed(void **state)
{
	struct identity_card card;
	struct identity *i = NULL;
	char text[4096], changed[4096];
	const char *kind = getenv("ASSENT_KIND");
	size_t len, k, step = kind && strcmp(kind, "memcheck") == 0 ? 37 : 1;
	int r;

	(void)state;
	make(&card);
	len = slurp(text);
	for (k = 0; k < 2 * len; k += step) {
		memcpy(changed, text, len);
		changed[k / 2] = (char)(changed[k / 2] ^ (k % 2 ? 0x20 : 1));
		spit(changed, len);
		r = identity_open(file, PASSPHRASE, &i, NULL);
		if (r != ERR_DENIED && r != ERR_INVALID)
			fail_msg("byte %zu changed: %d", k / 2, r);
	}
	for (k = 0; k < len; k += step) {
		spit(text, k);
		assert_int_equal(identity_open(file, PASSPHRASE, &i, NULL), ERR_INVALID);
	}
	memcpy(changed, text, len);
	changed[len] = '\n';
	spit(changed, len + 1);
	assert_int_equal(identity_open(file, PASSPHRASE, &i, NULL), ERR_INVALID);
	spit(text, len);
	assert_int_equal(identity_open(file, PASSPHRASE, &i, NULL), 0);
	identity_close(i);
}

/* A file that asks for more memory than there is, or for none. */
static void other_costs(void **state)
{
	static const char *const costs[] = { "1073741824 8 1", "8192 8 1", "16383 8 1", "-16384 8 1", "16384 9 1", "16384 8 2", "016384 8 1", "0 8 1" };
	struct identity_card card;
	struct identity *i = NULL;
	char text[4096], changed[4096], *at;
	size_t k;

	(void)state;
	make(&card);
	slurp(text);
	at = strstr(text, "16384 8 1");
	for (k = 0; k < ARRAY_LEN(costs); k++) {
		snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - text), text, costs[k], at + 9);
		spit(changed, strlen(changed));
		if (identity_open(file, PASSPHRASE, &i, NULL) != ERR_INVALID)
			fail_msg("%s", costs[k]);
	}
}

static void what_is_not_made(void **state)
{
	struct identity_card card;
	char text[4096], again[4096], long_one[1100], path[80];
	struct err e;

	(void)state;
	make(&card);
	slurp(text);
	assert_int_equal(identity_make(file, "ben", PASSPHRASE, COST, &card, &e), ERR_CONFLICT);
	slurp(again);
	assert_string_equal(again, text);	/* what is there is never written over */
	unlink(file);
	assert_int_equal(identity_make(file, "ben", "short", COST, &card, &e), ERR_INVALID);
	memset(long_one, 'x', sizeof(long_one) - 1);
	long_one[sizeof(long_one) - 1] = '\0';
	assert_int_equal(identity_make(file, "ben", long_one, COST, &card, &e), ERR_INVALID);
	assert_int_equal(identity_make(file, "ben\nname", PASSPHRASE, COST, &card, &e), ERR_INVALID);
	assert_int_equal(identity_make(file, "", PASSPHRASE, COST, &card, &e), ERR_INVALID);
	assert_int_equal(access(file, F_OK), -1);
	snprintf(path, sizeof(path), "%s/none/key", dir);
	assert_int_equal(identity_make(path, "ben", PASSPHRASE, COST, &card, &e), ERR_IO);
	assert_int_equal(identity_card_of(file, &card, &e), ERR_NOTFOUND);
}

static void whose_file(void **state)
{
	struct identity_card card;
	struct identity *i = NULL;
	char link[80];

	(void)state;
	make(&card);
	chmod(file, 0640);
	assert_int_equal(identity_open(file, PASSPHRASE, &i, NULL), ERR_DENIED);
	chmod(file, 0600);
	snprintf(link, sizeof(link), "%s/link", dir);
	assert_int_equal(symlink(file, link), 0);
	assert_int_equal(identity_open(link, PASSPHRASE, &i, NULL), ERR_DENIED);
	unlink(link);
}

/* What a dashboard does with it. */
static void locked_and_unlocked(void **state)
{
	struct identity_card card;
	struct signature s;
	struct json_doc d;
	struct unlock u;
	struct buf out, text;

	(void)state;
	make(&card);
	buf_init(&out, 4096);
	buf_init(&text, 4096);
	unlock_init(&u, file, 1000);
	assert_true(unlock_has_identity(&u));
	assert_false(unlock_is_open(&u, 0));
	assert_true(unlock_until(&u) == INT64_MAX);
	assert_int_equal(unlock_sign(&u, "POST", "/v1/x", "{}", 0, 77, &out, NULL), ERR_DENIED);
	assert_int_equal(unlock_open(&u, "wrong passphrase", 0, NULL), ERR_DENIED);
	assert_false(unlock_is_open(&u, 0));
	assert_int_equal(unlock_open(&u, PASSPHRASE, 5000, NULL), 0);
	assert_true(unlock_is_open(&u, 5999));
	unlock_key_pressed(&u, 5999);
	assert_true(unlock_until(&u) == 6999);
	assert_int_equal(unlock_sign(&u, "POST", "/v1/x", "{\"a\":1}", 6998, 77, &out, NULL), 0);
	assert_int_equal(json_parse(buf_cstr(&out), out.len, &d, NULL), 0);
	assert_int_equal(signed_read(&d, &s, NULL), 0);
	assert_string_equal(s.name, "ana");
	assert_true(s.time_ms == 77);
	assert_int_equal(signed_text(&text, "POST", "/v1/x", 77, &d, NULL), 0);
	assert_true(identity_verify(card.public_key, buf_cstr(&text), text.len, s.value));
	json_release(&d);
	assert_int_equal(unlock_sign(&u, "POST", "/v1/x", "{}", 6999, 77, &out, NULL), ERR_DENIED);	/* nobody pressed a key */
	assert_null(u.identity);
	unlock_key_pressed(&u, 7000);
	assert_false(unlock_is_open(&u, 7000));		/* a key does not open it again */
	assert_int_equal(unlock_open(&u, PASSPHRASE, 8000, NULL), 0);
	unlock_lock(&u);
	assert_false(unlock_is_open(&u, 8000));
	unlock_release(&u);
	buf_release(&out);
	buf_release(&text);
	unlink(file);
	unlock_init(&u, file, 1000);
	assert_false(unlock_has_identity(&u));
	unlock_release(&u);
}

/* With these "public keys" libcrypto takes a signature that was made without any secret; and the same key in two spellings would be two persons. */
static void weak_keys(void **state)
{
	static const char *const weak[] = {
		"0000000000000000000000000000000000000000000000000000000000000000", "0000000000000000000000000000000000000000000000000000000000000080",
		"0100000000000000000000000000000000000000000000000000000000000000", "0100000000000000000000000000000000000000000000000000000000000080",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	static const unsigned char by_nobody[SIGNATURE_BYTES] = { 1 };
	struct identity_card card;
	unsigned int byte;
	struct buf text;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(weak); i++) {
		unsigned char key[IDENTITY_PUBLIC_BYTES];

		for (k = 0; k < sizeof(key); k++) {
			assert_int_equal(sscanf(weak[i] + 2 * k, "%2x", &byte), 1);
			key[k] = (unsigned char)byte;
		}
		buf_init(&text, 64);
		base64_encode(&text, key, sizeof(key));
		if (identity_public_ok(buf_cstr(&text)) || identity_verify(buf_cstr(&text), "yes", 3, by_nobody))
			fail_msg("taken: %s", weak[i]);
		buf_release(&text);
	}
	make(&card);
	assert_true(identity_public_ok(card.public_key));
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(file, sizeof(file), "%s/operator.key", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(file);
	return rmdir(dir);	/* nothing else was left behind */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_and_opened), cmocka_unit_test(as_others_sign), cmocka_unit_test(wrong_passphrases), cmocka_unit_test(anything_changed),
		cmocka_unit_test(other_costs), cmocka_unit_test(what_is_not_made), cmocka_unit_test(whose_file), cmocka_unit_test(locked_and_unlocked),
		cmocka_unit_test(weak_keys),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
