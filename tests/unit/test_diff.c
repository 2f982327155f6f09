/* test_diff: lines compared: by hand, at random against what must hold for any diff, and at its bounds. */
#include "config.h"

#include "tests/unit/unit.h"

#include "base/buf.h"
#include "ui/diff.h"

/* "+new", "-gone", " same", each with its line break; "\" stands behind a line without one. */
static void show(const struct diff *d, struct buf *out)
{
	size_t i;

	for (i = 0; i < d->count; i++) {
		buf_putc(out, " -+"[d->lines[i].kind]);
		buf_append(out, d->lines[i].text, d->lines[i].len);
		buf_puts(out, d->lines[i].open ? "\\\n" : "\n");
	}
}

static void by_hand(void **state)
{
	static const struct { const char *old, *new, *want; } rows[] = {
		{ "", "", "" },
		{ "", "a\n", "+a\n" },
		{ "a\n", "", "-a\n" },
		{ "a\nb\nc\n", "a\nb\nc\n", " a\n b\n c\n" },
		{ "a\nb\nc\n", "a\nx\nc\n", " a\n-b\n+x\n c\n" },
		{ "a\nb\nc\n", "b\nc\nd\n", "-a\n b\n c\n+d\n" },
		{ "a\n", "a", "-a\n+a\\\n" },
		{ "a", "a\nb", "-a\\\n+a\n+b\\\n" },
		{ "\n\n", "\n", " \n-\n" },
		{ "a\r\n", "a\n", "-a\r\n+a\n" },
		{ "a\nb\nc\na\nb\nb\na\n", "c\nb\na\nb\na\nc\n", "-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct diff d;
		struct buf b;

		buf_init(&b, SIZE_MAX - 1);
		assert_int_equal(diff_texts(rows[i].old, strlen(rows[i].old), rows[i].new, strlen(rows[i].new), &d), 0);
		show(&d, &b);
		assert_string_equal(buf_cstr(&b), rows[i].want);
		assert_false(d.coarse);
		buf_release(&b);
		diff_release(&d);
	}
}

/* What is same and gone is the old text, what is same and new is the new one; numbers count each from 1. */
static void holds(const struct buf *old, const struct buf *new, const struct diff *d)
{
	struct buf a, b;
	size_t i, old_line = 0, new_line = 0, added = 0, removed = 0;

	buf_init(&a, SIZE_MAX - 1);
	buf_init(&b, SIZE_MAX - 1);
	for (i = 0; i < d->count; i++) {
		const struct diff_line *l = &d->lines[i];

		if (l->kind != DIFF_NEW) {
			buf_append(&a, l->text, l->len);
			if (!l->open)
				buf_putc(&a, '\n');
			old_line++;
		}
		if (l->kind != DIFF_GONE) {
			buf_append(&b, l->text, l->len);
			if (!l->open)
				buf_putc(&b, '\n');
			new_line++;
		}
		assert_int_equal(l->number, l->kind == DIFF_GONE ? old_line : new_line);
		added += l->kind == DIFF_NEW;
		removed += l->kind == DIFF_GONE;
	}
	assert_string_equal(buf_cstr(&a), buf_cstr(old));
	assert_string_equal(buf_cstr(&b), buf_cstr(new));
	assert_true(added == d->added && removed == d->removed);
	buf_release(&a);
	buf_release(&b);
}

/* The length of the longest common list of lines, by the plain table: what the shortest diff keeps. */
static size_t kept(const char *a, size_t n, const char *b, size_t m)
{
	static size_t table[65][65];
	size_t i, k;

	for (i = 0; i <= n; i++)
		for (k = 0; k <= m; k++)
			table[i][k] = i == 0 || k == 0 ? 0 : a[i - 1] == b[k - 1] ? table[i - 1][k - 1] + 1 :
				      table[i - 1][k] > table[i][k - 1] ? table[i - 1][k] : table[i][k - 1];
	return table[n][m];
}

static void at_random(void **state)
{
	unsigned int seed = 7;
	int round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		char a[64], b[64];
		size_t n, m, i;
		struct buf old, new;
		struct diff d;

		seed = seed * 1103515245 + 12345;
		n = seed >> 16 & 63;
		seed = seed * 1103515245 + 12345;
		m = seed >> 16 & 63;
		buf_init(&old, SIZE_MAX - 1);
		buf_init(&new, SIZE_MAX - 1);
		for (i = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			a[i] = (char)('a' + (seed >> 16) % (2 + (unsigned int)round % 9));
			buf_printf(&old, "%c\n", a[i]);
		}
		for (i = 0; i < m; i++) {
			seed = seed * 1103515245 + 12345;
			b[i] = (char)('a' + (seed >> 16) % (2 + (unsigned int)round % 9));
			buf_printf(&new, "%c\n", b[i]);
		}
		assert_int_equal(diff_texts(buf_cstr(&old), old.len, buf_cstr(&new), new.len, &d), 0);
		holds(&old, &new, &d);
		assert_int_equal(n - d.removed, kept(a, n, b, m));
		buf_release(&old);
		buf_release(&new);
		diff_release(&d);
	}
}

/* Two texts with nothing in common, of half a million lines: told as one block, between what they have in common. */
static void too_different(void **state)
{
	struct buf old, new;
	struct diff d;
	int i;

	(void)state;
	buf_init(&old, SIZE_MAX - 1);
	buf_init(&new, SIZE_MAX - 1);
	buf_puts(&old, "head\n");
	buf_puts(&new, "head\n");
	for (i = 0; i < 250000; i++) {
		buf_printf(&old, "a%d\n", i);
		buf_printf(&new, "b%d\n", i);
	}
	buf_puts(&old, "tail");
	buf_puts(&new, "tail");
	assert_int_equal(diff_texts(buf_cstr(&old), old.len, buf_cstr(&new), new.len, &d), 0);
	assert_true(d.coarse);
	assert_int_equal(d.added, 250000);
	assert_int_equal(d.removed, 250000);
	assert_true(d.lines[0].kind == DIFF_SAME && d.lines[d.count - 1].kind == DIFF_SAME);
	holds(&old, &new, &d);
	diff_release(&d);
	buf_release(&old);
	buf_release(&new);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(by_hand), cmocka_unit_test(at_random), cmocka_unit_test(too_different) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
