/* keymap: the tables of keys, keys of one's own in place of them, and what every error says. */
#include "config.h"

#include "tests/unit/unit.h"

#include "base/buf.h"
#include "ui/keymap.h"

static void keys_have_one_meaning(void **state)
{
	size_t n, i, k, m, l;
	int place;

	(void)state;
	for (place = 0; place < KEYMAP_PLACES; place++) {
		const struct keymap_row *rows = keymap_default()->rows[place];

		n = keymap_default()->count[place];
		for (i = 0; i < n; i++)
			for (k = 0; k < ARRAY_LEN(rows->keys) && rows[i].keys[k]; k++)
				for (m = 0; m < n; m++)
					for (l = 0; l < ARRAY_LEN(rows->keys) && rows[m].keys[l]; l++)
						assert_false((i != m || k != l) && rows[i].keys[k] == rows[m].keys[l]);
	}
	assert_int_equal(keymap_find(keymap_default(), KEYMAP_MAIN, 'a'), INTENT_APPROVE);
	assert_int_not_equal(keymap_find(keymap_default(), KEYMAP_MAIN, KEYS_ENTER), INTENT_APPROVE);
	assert_int_equal(keymap_find(keymap_default(), KEYMAP_MAIN, 'Y'), INTENT_NONE);
	/* In a log nothing is decided; freezing is as everywhere. */
	for (i = 0; i < 256; i++) {
		enum intent intent = keymap_find(keymap_default(), KEYMAP_LOG, (uint32_t)i);

		assert_false(intent == INTENT_APPROVE || intent == INTENT_DENY || intent == INTENT_DENY_WORDS || intent == INTENT_EDIT || intent == INTENT_ALIKE);
	}
	assert_int_equal(keymap_find(keymap_default(), KEYMAP_LOG, 'F'), INTENT_FREEZE);
	assert_int_equal(keymap_find(keymap_default(), KEYMAP_LOG, 's'), INTENT_STOP_AGENT);
	/* Nor in control of a computer; and the keys that decide do nothing there, since hands may not be off them yet when it is over. */
	for (i = 0; i < keymap_default()->count[KEYMAP_MAIN]; i++) {
		const struct keymap_row *row = &keymap_default()->rows[KEYMAP_MAIN][i];

		if (row->intent == INTENT_APPROVE || row->intent == INTENT_DENY || row->intent == INTENT_DECIDE_MARKED)
			assert_int_equal(keymap_find(keymap_default(), KEYMAP_HAND, row->keys[0]), INTENT_NONE);
	}
	assert_int_equal(keymap_find(keymap_default(), KEYMAP_HAND, 'F'), INTENT_FREEZE);
}

/* "a-b" as the manual's source has it. */
static void put_roff(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_printf(out, "%s%c", *text == '-' ? "\\" : "", *text);
}

static void the_manual_tells(const char *manual, enum keymap_place place)
{
	const struct keymap_row *rows = keymap_default()->rows[place];
	struct buf want;
	size_t i;

	for (i = 0; i < keymap_default()->count[place]; i++) {
		buf_init(&want, 1024);
		buf_puts(&want, ".TP\n.B ");
		put_roff(&want, rows[i].shown);
		buf_puts(&want, "\n");
		put_roff(&want, rows[i].help);
		buf_puts(&want, "\n");
		if (!strstr(manual, want.data))
			fail_msg("docs/assent.1 does not say:\n%s", want.data);
		buf_release(&want);
	}
}

static char *read_manual(const char *name)
{
	char path[1000], *manual = calloc(1, 1 << 20);
	FILE *f;

	snprintf(path, sizeof(path), "%s/docs/%s", getenv("ASSENT_SRC"), name);
	f = fopen(path, "r");
	assert_non_null(f);
	assert_true(fread(manual, 1, (1 << 20) - 1, f) > 0);
	fclose(f);
	return manual;
}

static void the_manual_tells_every_key(void **state)
{
	char *manual = read_manual("assent.1"), *of_the_log, *of_hand;

	(void)state;
	of_the_log = strstr(manual, ".SH KEYS OF THE LOG\n");
	assert_non_null(of_the_log);
	of_hand = strstr(of_the_log, ".SH KEYS IN CONTROL OF A COMPUTER\n");
	assert_non_null(of_hand);
	the_manual_tells(of_hand, KEYMAP_HAND);
	*of_hand = '\0';
	the_manual_tells(of_the_log, KEYMAP_LOG);
	*of_the_log = '\0';
	the_manual_tells(manual, KEYMAP_MAIN);
	free(manual);
}

/* The manual of assent.conf: each action by its name, what it does, and its keys. */
static void the_manual_names_every_action(void **state)
{
	char *manual = read_manual("assent.conf.5");
	struct buf want;
	int place;
	size_t i;

	(void)state;
	for (place = 0; place < KEYMAP_PLACES; place++) {
		static const char *const names[KEYMAP_PLACES] = { "keys", "log_keys", "hand_keys" };
		const char *section;
		char head[40];

		snprintf(head, sizeof(head), ".SS %s\n", names[place]);
		section = strstr(manual, head);

		assert_non_null(section);
		for (i = 0; i < keymap_default()->count[place]; i++) {
			const struct keymap_row *row = &keymap_default()->rows[place][i];

			buf_init(&want, 1024);
			buf_printf(&want, ".TP\n.B %s\n", keymap_action(row->intent));
			put_roff(&want, row->help);
			buf_puts(&want, " (");
			put_roff(&want, row->shown);
			buf_puts(&want, ")\n");
			if (!strstr(section, want.data))
				fail_msg("docs/assent.conf.5 does not say in %s:\n%s", names[place], want.data);
			buf_release(&want);
		}
	}
	free(manual);
}

static void every_row_has_a_name_and_its_first_key_in_the_bar(void **state)
{
	int place;
	size_t i, k;

	(void)state;
	for (place = 0; place < KEYMAP_PLACES; place++) {
		for (i = 0; i < keymap_default()->count[place]; i++) {
			const struct keymap_row *row = &keymap_default()->rows[place][i];
			struct keymap_name first = keymap_name(row->keys[0]);

			assert_non_null(keymap_action(row->intent));
			for (k = 0; k < i; k++)
				assert_string_not_equal(keymap_action(row->intent), keymap_action(keymap_default()->rows[place][k].intent));
			if (row->bar && row->intent != INTENT_STREAMS) {	/* these are digits, and stay */
				assert_memory_equal(row->bar, first.text, strlen(first.text));
				assert_int_equal(row->bar[strlen(first.text)], ' ');
			}
			if (row->intent != INTENT_STREAMS)
				assert_memory_equal(row->shown, first.text, strlen(first.text));
		}
	}
}

struct given {
	enum keymap_place place;
	const char *action, *keys[8];
};

static int make(const struct given *given, size_t count, struct keymap **ret, size_t *ret_wrong, struct err *e)
{
	struct keymap_own own[20];
	size_t i;

	for (i = 0; i < count; i++) {
		own[i] = (struct keymap_own){ given[i].place, given[i].action, given[i].keys, 0 };
		while (given[i].keys[own[i].count])
			own[i].count++;
	}
	return keymap_make(own, count, ret, ret_wrong, e);
}

static void own_keys(void **state)
{
	static const struct given own[] = {
		{ KEYMAP_MAIN, "approve", { "y" } }, { KEYMAP_MAIN, "deny", { "n", "F2", "\303\266" } }, { KEYMAP_MAIN, "next", { "N" } }, { KEYMAP_MAIN, "note", { "ctrl-n" } },
		{ KEYMAP_MAIN, "open", { "Z" } }, { KEYMAP_MAIN, "freeze", { "%" } }, { KEYMAP_MAIN, "quit", { "q" } }, { KEYMAP_MAIN, "page_down", { "f", "PgDn" } },
		{ KEYMAP_MAIN, "whole_log", { "Comma" } }, { KEYMAP_LOG, "found_next", { "v" } }, { KEYMAP_LOG, "choose", { "n" } },
	};
	struct keymap *m;
	struct err e;
	size_t wrong, i;

	(void)state;
	assert_int_equal(make(own, ARRAY_LEN(own), &m, &wrong, &e), 0);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 'y'), INTENT_APPROVE);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 'a'), INTENT_NONE);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 'n'), INTENT_DENY);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, KEYS_F1 + 1), INTENT_DENY);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 0xf6), INTENT_DENY);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 'd'), INTENT_NONE);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 'N'), INTENT_NEXT);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 'n' & 0x1f), INTENT_NOTE);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, ','), INTENT_WHOLE_LOG);
	assert_int_equal(keymap_find(m, KEYMAP_LOG, 'v'), INTENT_FOUND_NEXT);
	assert_int_equal(keymap_find(m, KEYMAP_LOG, 'n'), INTENT_CHOOSE);
	assert_int_equal(keymap_find(m, KEYMAP_LOG, 'N'), INTENT_FOUND_BEFORE);
	/* What stays in any case. */
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, KEYS_ENTER), INTENT_OPEN);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 'Z'), INTENT_OPEN);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, ' '), INTENT_PAGE_DOWN);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 'f'), INTENT_PAGE_DOWN);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 'f' & 0x1f), INTENT_NONE);
	assert_int_equal(keymap_find(m, KEYMAP_MAIN, 'c' & 0x1f), INTENT_QUIT);
	/* Bar and help tell the same. */
	for (i = 0; i < m->count[KEYMAP_MAIN]; i++) {
		const struct keymap_row *row = &m->rows[KEYMAP_MAIN][i];

		if (row->intent == INTENT_APPROVE)
			assert_string_equal(row->bar, "y approve");
		if (row->intent == INTENT_DENY)
			assert_string_equal(row->shown, "n, F2, \303\266");
		if (row->intent == INTENT_FREEZE)
			assert_string_equal(row->shown, "%, Ctrl-] F");
		if (row->intent == INTENT_PAGE_DOWN)
			assert_string_equal(row->shown, "f, PgDn, Space");
		if (row->intent == INTENT_DENY_WORDS)
			assert_string_equal(row->shown, "D");
	}
	assert_string_equal(keymap_first(m, KEYMAP_MAIN, INTENT_NOTE).text, "Ctrl-N");
	assert_string_equal(keymap_first(m, KEYMAP_MAIN, INTENT_COPY).text, "");
	keymap_free(m);
}

static const struct {
	struct given own[2];
	size_t wrong;
	const char *error;
} errors[] = {
	{ { { KEYMAP_MAIN, "aprove", { "y" } } }, 0, "no action is called \"aprove\" (did you mean \"approve\"?)" },
	{ { { KEYMAP_MAIN, "copy", { "y" } } }, 0, "no action is called \"copy\"" },
	{ { { KEYMAP_LOG, "approve", { "y" } } }, 0, "no action is called \"approve\"" },
	{ { { KEYMAP_MAIN, "approve", { "Y" } }, { KEYMAP_MAIN, "approve", { "y" } } }, 1, "\"approve\" stands here twice" },
	{ { { KEYMAP_MAIN, "deny", { NULL } } }, 0, "\"deny\" is left without a key" },
	{ { { KEYMAP_MAIN, "deny", { "B", "C", "E", "H", "I", "J", "O" } } }, 0, "\"deny\" has more than 6 keys" },
	{ { { KEYMAP_MAIN, "deny", { "B", "B" } } }, 0, "\"deny\" has \"B\" twice" },
	{ { { KEYMAP_MAIN, "deny", { "vv" } } }, 0, "\"vv\" names no key: one character, F1 to F12, or Ctrl- and a letter" },
	{ { { KEYMAP_MAIN, "deny", { "" } } }, 0, "\"\" names no key" },
	{ { { KEYMAP_MAIN, "deny", { "F13" } } }, 0, "\"F13\" names no key" },
	{ { { KEYMAP_MAIN, "deny", { "Ctrl-1" } } }, 0, "\"Ctrl-1\" names no key" },
	{ { { KEYMAP_MAIN, "deny", { "\342\200\256" } } }, 0, "\"\342\200\256\" names no key" },
	{ { { KEYMAP_MAIN, "deny", { "\314\201" } } }, 0, "\"\314\201\" names no key" },
	{ { { KEYMAP_MAIN, "approve", { "Enter" } } }, 0, "\"Enter\" cannot be the key of \"approve\": it always is that of \"open\"" },
	{ { { KEYMAP_MAIN, "open", { "Z" } }, { KEYMAP_MAIN, "approve", { "Enter" } } }, 1, "\"Enter\" cannot be the key of \"approve\": it always is that of \"open\"" },
	{ { { KEYMAP_MAIN, "approve", { "Ctrl-M" } } }, 0, "\"Ctrl-M\" cannot be the key of \"approve\": it stays free" },
	{ { { KEYMAP_MAIN, "approve", { "Ctrl-J" } } }, 0, "\"Ctrl-J\" cannot be the key of \"approve\"" },
	{ { { KEYMAP_MAIN, "approve", { "Space" } } }, 0, "\"Space\" cannot be the key of \"approve\": it always is that of \"page_down\"" },
	{ { { KEYMAP_MAIN, "approve", { "Tab" } } }, 0, "\"Tab\" cannot be the key of \"approve\"" },
	{ { { KEYMAP_MAIN, "deny", { "Down" } } }, 0, "\"Down\" cannot be the key of \"deny\": it always is that of \"down\"" },
	{ { { KEYMAP_MAIN, "deny", { "Esc" } } }, 0, "\"Esc\" cannot be the key of \"deny\": it always is that of \"back\"" },
	{ { { KEYMAP_MAIN, "deny", { "Ctrl-[" } } }, 0, "\"Ctrl-[\" cannot be the key of \"deny\"" },
	{ { { KEYMAP_MAIN, "deny", { "Ctrl-]" } } }, 0, "\"Ctrl-]\" cannot be the key of \"deny\": Ctrl-] F freezes, from everywhere" },
	{ { { KEYMAP_MAIN, "deny", { "1" } } }, 0, "\"1\" cannot be the key of \"deny\": digits are typed" },
	{ { { KEYMAP_LOG, "copy", { "1" } } }, 0, "\"1\" cannot be the key of \"copy\": it always is that of \"streams\"" },
	{ { { KEYMAP_MAIN, "deny", { "u" } } }, 0, "\"u\" cannot be the key of \"deny\": it lets a stopped agent go on, in the list of agents" },
	{ { { KEYMAP_MAIN, "up", { "i" } }, { KEYMAP_MAIN, "deny", { "k" } } }, 1, "\"k\" cannot be the key of \"deny\": it ends what still runs" },
	{ { { KEYMAP_MAIN, "deny", { "n" } } }, 0, "\"n\" cannot be the key of \"deny\": it is that of \"next\", which needs another one then" },
	{ { { KEYMAP_MAIN, "next", { "Z" } }, { KEYMAP_MAIN, "deny", { "Z" } } }, 0, "\"Z\" cannot be the key of \"next\": it is that of \"deny\"" },
	{ { { KEYMAP_MAIN, "down", { "Z" } }, { KEYMAP_MAIN, "approve", { "j" } } }, 1,
	  "\"j\" cannot be the key of \"approve\": it is that of \"down\" in the log, and what moves must not decide" },
	{ { { KEYMAP_LOG, "down", { "a" } } }, 0, "\"a\" cannot be the key of \"down\": it is that of \"approve\", and what decides must not move in the log" },
};

static void every_error(void **state)
{
	struct keymap *m;
	struct err e;
	size_t i, wrong;

	(void)state;
	for (i = 0; i < ARRAY_LEN(errors); i++) {
		int r = make(errors[i].own, errors[i].own[1].action ? 2 : 1, &m, &wrong, &e);

		if (r == 0)
			fail_msg("%s is taken", errors[i].error);
		if (strncmp(e.msg, errors[i].error, strlen(errors[i].error)) != 0)
			fail_msg("got  %s\nwant %s", e.msg, errors[i].error);
		assert_null(m);
		assert_int_equal(wrong, errors[i].wrong);
	}
}

/* Whatever is bound: no key that is fixed, and none that moves, ever decides. */
static void no_key_that_moves_can_be_bound_to_a_yes(void **state)
{
	static const enum keymap_place places[] = { KEYMAP_MAIN, KEYMAP_LOG };
	struct keymap *m;
	size_t i, k, p, wrong;
	struct err e;

	(void)state;
	for (p = 0; p < ARRAY_LEN(places); p++) {
		for (i = 0; i < keymap_default()->count[places[p]]; i++) {
			const struct keymap_row *row = &keymap_default()->rows[places[p]][i];

			if (row->intent > INTENT_UP && (row->intent < INTENT_OPEN || row->intent > INTENT_END))
				continue;
			for (k = 0; k < KEYMAP_KEYS_MAX && row->keys[k]; k++) {
				struct keymap_name name = keymap_name(row->keys[k]);
				const char *const names[] = { name.text };
				const struct keymap_own own = { KEYMAP_MAIN, "approve", names, 1 };

				if (keymap_make(&own, 1, &m, &wrong, &e) == 0 && row->keys[k] != 'q')
					fail_msg("%s approves", name.text);
				keymap_free(m);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_have_one_meaning), cmocka_unit_test(the_manual_tells_every_key), cmocka_unit_test(the_manual_names_every_action),
		cmocka_unit_test(every_row_has_a_name_and_its_first_key_in_the_bar), cmocka_unit_test(own_keys), cmocka_unit_test(every_error),
		cmocka_unit_test(no_key_that_moves_can_be_bound_to_a_yes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
