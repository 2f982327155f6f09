/* test_local_multipart: form bodies, good ones, damaged ones, and every good one cut short at each byte. */
#include "config.h"

#include "tests/unit/unit.h"

#include "local/multipart.h"

#define TYPE "multipart/form-data; boundary=XX"
#define PATH "--XX\r\nContent-Disposition: form-data; name=\"path\"\r\n\r\n/home/user/a\r\n"
#define FILE_PART "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: text/plain\r\n\r\none\r\n--X\r\ntwo\r\n"

/* "name=data;" for each part; "!" when the body is damaged, "?" when it is no form. */
static const char *parts(const char *type, const char *body, size_t len)
{
	static char out[256];
	struct multipart_part p;
	struct multipart m;
	size_t n = 0;
	int r;

	out[0] = '\0';
	if (!multipart_begin(&m, type, body, len))
		return "?";
	while ((r = multipart_next(&m, &p)) == 1)
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s=%.*s;", p.name, (int)p.len, p.data);
	if (r < 0)
		snprintf(out + n, sizeof(out) - n, "!");
	return out;
}

static void forms(void **state)
{
	static const struct { const char *type, *body, *want; } table[] = {
		{ TYPE, PATH FILE_PART "--XX--\r\n", "path=/home/user/a;file=one\r\n--X\r\ntwo;" },
		{ "Multipart/Form-Data;charset=utf-8; boundary=\"XX\"", PATH "--XX--", "path=/home/user/a;" },
		{ TYPE, "--XX\r\ncontent-disposition: form-data; name=file\r\n\r\n\r\n--XX--", "file=;" },
		{ TYPE, "--XX\r\nX: y\r\n\r\nz\r\n--XX--", "=z;" },
		{ TYPE, "--XX--", "" },
		/* damaged */
		{ TYPE, PATH, "!" }, { TYPE, PATH "--XX", "path=/home/user/a;!" }, { TYPE, "--XXpath\r\n\r\nx\r\n--XX--", "!" },
		{ TYPE, "--XX\r\nContent-Disposition: form-data; name=\"path\r\n\r\nx\r\n--XX--", "!" },
		{ TYPE, "--XX\r\nContent-Disposition: form-data; name=\"a\\\"b\"\r\n\r\nx\r\n--XX--", "!" },
		{ TYPE, "--XX\r\nContent-Disposition: form-data; name=path\r\n--XX--", "!" },
		/* no form */
		{ NULL, PATH, "?" }, { "application/json", PATH, "?" }, { "multipart/form-data", PATH, "?" }, { "multipart/form-data; boundary=", PATH, "?" },
		{ "multipart/form-data; boundary=\"XX", PATH, "?" }, { TYPE, "", "?" }, { TYPE, "x" PATH, "?" }, { TYPE, "--XY--", "?" },
		{ "multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789X", PATH, "?" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++)
		if (strcmp(parts(table[i].type, table[i].body, strlen(table[i].body)), table[i].want) != 0)
			fail_msg("row %zu: \"%s\"", i, parts(table[i].type, table[i].body, strlen(table[i].body)));
}

/* A body that ends early is damaged, or has no part that it did not have; memory behind it is not read. */
static void cut_anywhere(void **state)
{
	static const char whole[] = PATH FILE_PART "--XX--";
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(whole) - 1; len++) {
		char *body = malloc(len > 0 ? len : 1);
		const char *got;

		memcpy(body, whole, len);
		got = parts(TYPE, body, len);
		if (strchr(got, '!') == NULL && strchr(got, '?') == NULL)
			fail_msg("cut at %zu: \"%s\"", len, got);
		free(body);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(forms), cmocka_unit_test(cut_anywhere) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
