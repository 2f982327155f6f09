/* test_card: the card: its facts are read and asked for, its request is laid out without loss, and what comes late moves and arms nothing. */
#include "config.h"

#include "tests/unit/unit.h"

#include "tests/unit/card_state.h"
#include "tests/unit/dash_rig.h"

static int start(void **state)
{
	(void)state;
	dash_begin(card_json, 80, 24);
	return 0;
}

static void select_card(int64_t id)
{
	d.selected = id;
	d.view = VIEW_CARD;
	d.scroll = 0;
	d.seen_id = 0;
	if (dash_update(&d, now)) {
		arm_drawn(&d.arm, now);
		arm_answered(&d.arm, now);
	}
	dash_draw(&d, &cells, now, 1);
}

static struct dash_request press(uint32_t key)
{
	struct input_event ev = { .type = INPUT_KEY, .code = key };
	struct dash_request q;

	dash_key(&d, &ev, now, &q);
	return q;
}

static void type(const char *text)
{
	for (; *text; text++)
		press((uint32_t)*text);
}

static void event(const char *type, const char *json)
{
	assert_int_equal(model_event(&model, type, json, strlen(json), 0, NULL), 0);
}

/* All of the screen's text, one row after the other. */
static char *screen(void)
{
	struct buf b;

	buf_init(&b, SIZE_MAX - 1);
	dash_draw(&d, &cells, now, 1);
	cells_dump(&cells, &b);
	return buf_take(&b);
}

static bool shows(const char *text)
{
	char *all = screen();
	bool found = strstr(all, text) != NULL;

	free(all);
	return found;
}

static void answer(const char *facts)
{
	card_answer(&d.card, &model, dash_selected(&d), 200, facts, strlen(facts), now);
}

/* ---- facts ---- */

static void facts_are_read(void **state)
{
	struct card_facts f;

	(void)state;
	assert_int_equal(card_facts_read(card_exec_facts, strlen(card_exec_facts), &f, NULL), 0);
	assert_int_equal(f.part_count, 4);
	assert_string_equal(f.parts[1].effects[1].entries[2], "README.md");
	assert_null(f.parts[1].effects[1].entries[3]);
	assert_true(f.parts[1].effects[1].outside && f.parts[2].effects[0].first_time);
	assert_int_equal(f.parts[2].effects[0].files, -1);
	assert_true(f.like_count == 2 && f.turn_count == 5 && f.reader_count == 1 && f.order_count == 0);
	assert_false(f.has_write || f.has_screen);
	card_facts_release(&f);
	assert_int_equal(card_facts_read(card_click_facts, strlen(card_click_facts), &f, NULL), 0);
	assert_true(f.has_screen && f.screen_known && f.screen_same);
	assert_int_equal(f.saw_ms_before, 3000);
	assert_true(f.control.there && f.control.by_tree && !f.focus.there && !f.has_cursor && f.risk_count == 1);
	assert_string_equal(f.control.name, "Place order");
	assert_int_equal(f.control.bounds[3], 36);
	assert_string_equal(f.risks[0], "label \"order\"");
	card_facts_release(&f);
	assert_int_equal(card_facts_read(card_typed_facts, strlen(card_typed_facts), &f, NULL), 0);
	assert_true(!f.control.there && f.focus.there && !f.focus.by_tree && f.has_cursor && f.cursor_y == 447 && f.risk_count == 3);
	card_facts_release(&f);
}

/* Cut anywhere, and of any wrong shape, it is no answer, or one that knows nothing. */
static void broken_facts_say_nothing(void **state)
{
	static const char *const wrong[] = { "", "null", "[]", "7", "{}", "{\"action\":0}", "{\"action\":\"44\"}" };
	static const char odd[] = "{\"action\":44,\"version\":1,\"parts\":[7,null,{\"effects\":{\"a\":1}},{\"effects\":[null,7,{\"entries\":[1,{}]}]}],\"write\":[],\"undo\":7,"
				  "\"order\":[\"x\",null],\"readers\":[9],\"alike_before\":[],\"turns\":{\"a\":1},\"screen\":7}";
	struct card_facts f;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(wrong); i++)
		assert_int_equal(card_facts_read(wrong[i], strlen(wrong[i]), &f, NULL), ERR_INVALID);
	for (i = 0; i < strlen(card_exec_facts); i++)
		assert_int_equal(card_facts_read(card_exec_facts, i, &f, NULL), ERR_INVALID);
	assert_int_equal(card_facts_read(odd, strlen(odd), &f, NULL), 0);
	assert_int_equal(f.part_count, 4);
	assert_true(!f.has_write && !f.has_screen && f.order_count == 0);
	assert_string_equal(f.undo, "");
	card_facts_release(&f);
}

static void more_than_there_is_room_for(void **state)
{
	struct card_facts f;
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, SIZE_MAX - 1);
	buf_puts(&b, "{\"action\":1,\"parts\":[");
	for (i = 0; i < 100; i++)
		buf_printf(&b, "%s{\"text\":\"p%d\",\"effects\":[{\"entries\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}]}", i ? "," : "", i);
	buf_puts(&b, "],\"order\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17],\"turns\":[");
	for (i = 0; i < 30; i++)
		buf_printf(&b, "%s{\"action\":%d}", i ? "," : "", i);
	buf_puts(&b, "]}");
	assert_int_equal(card_facts_read(buf_cstr(&b), b.len, &f, NULL), 0);
	assert_true(f.part_count == CARD_PARTS && f.order_count == CARD_ORDER && f.turn_count == CARD_TURNS);
	assert_int_equal(f.turns[CARD_TURNS - 1].action, 29);	/* the newest */
	card_facts_release(&f);
	buf_release(&b);
}

static void they_are_asked_for_one_at_a_time(void **state)
{
	struct card *k = &d.card;

	(void)state;
	select_card(44);
	assert_int_equal(card_ask(k, dash_selected(&d), now), 44);
	assert_int_equal(card_ask(k, dash_selected(&d), now), 0);	/* under way */
	select_card(45);
	assert_int_equal(card_ask(k, dash_selected(&d), now), 0);
	answer(card_exec_facts);	/* of 44: not of what is selected now */
	assert_false(k->has_facts);
	assert_int_equal(card_ask(k, dash_selected(&d), now), 45);
	answer(card_write_facts);
	assert_true(k->has_facts && k->has_diff);
	now += 60000;
	assert_int_equal(card_ask(k, dash_selected(&d), now), 0);	/* known */
	d.view = VIEW_OVERVIEW;
	press(KEYS_ENTER);	/* opened anew: looked at anew, and what is known stays until then */
	assert_int_equal(card_ask(k, dash_selected(&d), now), 45);
	assert_true(k->has_facts);
	card_answer(k, &model, dash_selected(&d), 500, "", 0, now);
	assert_true(k->has_facts);
}

static void writing_nothing_empties_a_file(void **state)
{
	struct model_action *a = model_find_action(&model, 45);

	(void)state;
	free(a->text);
	free(a->body);
	a->text = strdup("");
	a->body = strdup("{\"path\":\"/workspace/site/a.conf\",\"content\":\"\"}");
	select_card(45);
	card_ask(&d.card, a, now);
	answer(card_write_facts);
	assert_true(shows("changes +0 -10 lines"));
	assert_true(shows("- ten"));
}

static void a_failure_is_said_and_tried_again(void **state)
{
	static const char why[] = "timed \033[2Jout";

	(void)state;
	select_card(44);
	assert_true(shows("looking ..."));
	card_ask(&d.card, dash_selected(&d), now);
	card_answer(&d.card, &model, dash_selected(&d), 0, why, strlen(why), now);
	assert_true(shows("not known: timed ^[[2Jout"));
	assert_int_equal(card_ask(&d.card, dash_selected(&d), now + CARD_AGAIN_MS - 1), 0);
	assert_int_equal(card_ask(&d.card, dash_selected(&d), now + CARD_AGAIN_MS), 44);
	answer("{\"action\":44,");
	assert_false(d.card.has_facts);
}

/* Facts of the version before are not of this one. */
static void another_version_is_looked_at_anew(void **state)
{
	struct model_action *a;

	(void)state;
	select_card(44);
	card_ask(&d.card, dash_selected(&d), now);
	answer(card_exec_facts);
	assert_true(d.card.has_facts);
	a = model_find_action(&model, 44);
	a->version = 2;
	select_card(44);
	assert_false(d.card.has_facts);
	assert_int_equal(card_ask(&d.card, a, now), 44);
	answer(card_exec_facts);
	assert_false(d.card.has_facts);
	assert_int_equal(card_ask(&d.card, a, now), 44);	/* at once: the answer was a good one */
}

/* What can be undone changes with the session's snapshots, while the card stands there. */
static void a_snapshot_is_looked_for(void **state)
{
	static const char *const sessions[] = {
		"{\"id\":\"sbx_7f2c\",\"kind\":\"sandbox\",\"name\":\"build-7\",\"snapshots\":[{\"id\":\"s-13\",\"status\":\"creating\"}]}",
		"{\"id\":\"sbx_7f2c\",\"kind\":\"sandbox\",\"name\":\"build-7\",\"snapshots\":[{\"id\":\"s-13\",\"status\":\"ready\"}]}",
	};
	size_t i;

	(void)state;
	select_card(44);
	card_ask(&d.card, dash_selected(&d), now);
	answer(card_exec_facts);
	assert_true(shows("s-12, "));
	for (i = 0; i < 2; i++) {
		now += CARD_AGAIN_MS;
		assert_int_equal(card_ask(&d.card, dash_selected(&d), now), 0);
		assert_int_equal(model_event(&model, "session", sessions[i], strlen(sessions[i]), 0, NULL), 0);
		shows("");
		assert_int_equal(card_ask(&d.card, dash_selected(&d), now), 44);
		answer(card_exec_facts);
	}
}

static void what_ended_is_not_asked_about(void **state)
{
	(void)state;
	select_card(48);
	assert_int_equal(card_ask(&d.card, dash_selected(&d), now), 0);
	assert_false(shows("looking"));
}

/* Whatever a gate tells, nothing of it acts on the terminal, in any row of the card at any size. */
static void hostile_facts_are_marked(void **state)
{
#define BAD "\\u001b[2J\\u009b1m\\u202egnp\\u0007\\n\\r"
	static char facts[] =
		"{\"action\":44,\"version\":1,\"parts\":[{\"text\":\"" BAD "\",\"joiner\":\"" BAD "\",\"effects\":[{\"verb\":\"" BAD "\",\"object\":\"..\" ,\"resolved\":\"" BAD "\","
		"\"known\":true,\"files\":1,\"bytes\":1,\"by_agent\":\"all\",\"turns\":\"" BAD "\",\"entries\":[\"" BAD "\"],\"entry_count\":1,\"note\":\"" BAD "\"},"
		"{\"verb\":\"NETWORK\",\"host\":\"" BAD "\"},{\"verb\":\"WRITES\",\"object\":\"" BAD "\",\"why\":\"" BAD "\"}]},{\"text\":\"\",\"joiner\":\"" BAD "\"}],\"unclear\":\"" BAD "\","
		"\"undo\":{\"snapshot\":\"" BAD "\",\"created_at\":\"" BAD "\"},\"readers\":[{\"name\":\"ben\"}],\"window\":\"" BAD "\",\"control_why\":\"" BAD "\","
		"\"control\":{\"how\":\"accessibility\",\"role\":\"" BAD "\",\"name\":\"" BAD "\",\"window\":\"" BAD "\",\"bounds\":[1e9,-1,\"x\"]},\"risks_now\":[\"" BAD "\",7],"
		"\"alike_before\":{\"denied\":1,\"last\":[{\"action\":1,\"state\":\"denied\",\"by\":\"" BAD "\",\"note\":\"" BAD "\"}]},"
		"\"turns\":[{\"action\":3,\"what\":\"" BAD "\",\"result\":\"" BAD "\",\"by\":\"" BAD "\",\"note\":\"" BAD "\"}]}";
	static const int sizes[][2] = { { 60, 18 }, { 80, 24 }, { 120, 35 }, { 200, 60 } };
	size_t i;

	(void)state;
	/* A command, then a click. */
	for (i = 0; i < 2 * ARRAY_LEN(sizes); i++) {
		facts[11] = i < ARRAY_LEN(sizes) ? '4' : '1';
		select_card(40 + facts[11] - '0');
		now += CARD_AGAIN_MS;
		card_ask(&d.card, dash_selected(&d), now);
		answer(facts);
		assert_true(d.card.has_facts);
		cells_release(&cells);
		cells_init(&cells, sizes[i % ARRAY_LEN(sizes)][0], sizes[i % ARRAY_LEN(sizes)][1]);
		for (d.scroll = 0; d.scroll < 60; d.scroll++) {
			char *all = screen(), *at;

			for (at = all; *at; at++)
				assert_true((unsigned char)*at >= 0x20 || *at == '\n');
			assert_null(strstr(all, "\xc2\x9b"));
			assert_null(strstr(all, "\xe2\x80\xae"));
			free(all);
		}
		d.scroll = 0;
	}
	assert_true(shows("^[[2J<U+009B>1m<U+202E>gnp^G^J^M"));
#undef BAD
}

/* ---- what comes late ---- */

/* The screen's rows; what they point into is one text. */
static char **rows_of(char *all)
{
	char **rows = calloc(200, sizeof(*rows)), *at = all;
	int n;

	for (n = 0; n < 199 && at; n++)
		rows[n] = strsep(&at, "\n");
	return rows;
}

/* The rows of the request stay where they are, and what was ready stays ready. */
static void facts_move_and_arm_nothing(void **state)
{
	static const struct { int64_t id; const char *facts, *behind; } cases[] = {
		{ 44, card_exec_facts, " parts " }, { 45, card_write_facts, " held by " }, { 41, card_click_facts, " hits " },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		char *before, *after, **was, **is;
		int64_t ready;
		int row;

		select_card(cases[i].id);
		ready = arm_ready_at(&d.arm);
		assert_true(ready < INT64_MAX);
		before = screen();
		card_ask(&d.card, dash_selected(&d), now);
		answer(cases[i].facts);
		assert_true(d.card.has_facts);
		assert_false(dash_update(&d, now));
		assert_int_equal(arm_ready_at(&d.arm), ready);
		after = screen();
		was = rows_of(before);
		is = rows_of(after);
		/* Below the top line, which counts what is risky. */
		for (row = 1; strncmp(was[row], cases[i].behind, strlen(cases[i].behind)) != 0; row++) {
			assert_true(row < 23);
			if (strncmp(was[row], "\xe2\x94\x80 41", 6) == 0)
				assert_memory_equal(was[row], is[row], 22);	/* the title names what is risky */
			else if (strncmp(was[row], " changes ", 9) == 0)
				assert_memory_equal(is[row], " changes +2 -2", 14);	/* in its place */
			else
				assert_string_equal(was[row], is[row]);
		}
		assert_true(row > 4);
		free(was);
		free(is);
		free(before);
		free(after);
	}
}

/* ---- the request ---- */

static void laid_out(const char *kind, const char *session_kind, const char *text, const char *body, const char *box, const char *rest, bool flat)
{
	struct model_action a = { .kind = (char *)kind, .session_kind = (char *)session_kind, .text = (char *)text, .body = (char *)body, .body_base64 = (char *)"", .body_hex = (char *)"" };
	struct card_body b;

	card_body_read(&a, &b);
	assert_int_equal(b.box_count, box != NULL);
	if (box)
		assert_string_equal(b.boxes[0].text, box);
	assert_string_equal(b.rest, rest);
	assert_int_equal(b.flat, flat);
	card_body_release(&b);
}

static void a_body_is_laid_out_without_loss(void **state)
{
	(void)state;
	laid_out("exec", "sandbox", "ls", "{\"command\":\"ls\",\"cwd\":\"/w\"}", "ls", "\"cwd\": \"/w\"", true);
	laid_out("exec", "sandbox", "ls", "{\"command\":\"ls\"}", "ls", "", true);
	/* A second member of the same text is not the one in the box; a name that is there twice is no JSON for us: all as it came. */
	laid_out("exec", "sandbox", "ls", "{\"command\":\"ls\",\"note\":\"ls\"}", "ls", "\"note\": \"ls\"", true);
	laid_out("exec", "sandbox", "ls", "{\"command\":\"ls\",\"command\":\"rm\"}", NULL, "{\"command\":\"ls\",\"command\":\"rm\"}", false);
	/* What is not the text to the byte is no box: all of it stands in the rest. */
	laid_out("exec", "sandbox", "ls -a", "{\"command\":[\"ls\",\"-a\"]}", NULL, "{\n  \"command\": [\n    \"ls\",\n    \"-a\"\n  ]\n}", false);
	laid_out("exec", "sandbox", "ls", "{\"command\":\"ls\\u0000; rm\"}", NULL, "\"command\": \"ls\\u0000; rm\"", true);
	/* Escapes stay as they were sent. */
	laid_out("click", "computer", "", "{\"x\":1e2,\"l\":\"\\u202e\"}", NULL, "\"x\": 1e2   \"l\": \"\\u202e\"", true);
	laid_out("exec", "sandbox", "ls", "{\"env\":{\"A\":\"b\"},\"command\":\"ls\"}", "ls", "{\n  \"env\": {\n    \"A\": \"b\"\n  },\n  \"command\": (as above)\n}", false);
	laid_out("x", "sandbox", "", "not json", NULL, "not json", false);
	laid_out("x", "sandbox", "", "", NULL, "", false);
	laid_out("x", "sandbox", "", "[]", NULL, "[]", false);
	laid_out("x", "sandbox", "", "{\"a\":{},\"b\":[]}", NULL, "{\n  \"a\": {},\n  \"b\": []\n}", false);
	/* Files. */
	laid_out("write", "sandbox", "aGk=", "{\"path\":\"a\",\"content\":\"aGk=\"}", "hi", "\"path\": \"a\"", true);
	laid_out("write", "computer", "aGk=", "{\"path\":\"a\",\"content\":\"aGk=\"}", "aGk=", "\"path\": \"a\"", true);
	laid_out("write", "computer", "aGk=", "{\"content\":\"aGk=\",\"encoding\":\"base64\"}", "hi", "\"encoding\": \"base64\"", true);
	laid_out("write", "sandbox", "aGk=", "{\"content\":\"aGk=\",\"encoding\":\"utf8\"}", "aGk=", "\"encoding\": \"utf8\"", true);
	laid_out("write", "sandbox", "//79AA==", "{\"content\":\"//79AA==\"}", "//79AA==", "", true);	/* no text */
	laid_out("write", "sandbox", "plain!", "{\"content\":\"plain!\"}", "plain!", "", true);
	laid_out("type", "computer", "aGk=", "{\"text\":\"aGk=\"}", "aGk=", "", true);
}

static void many_files_are_readable(void **state)
{
	struct model_action a = { .kind = (char *)"write files", .session_kind = (char *)"sandbox", .text = (char *)"", .body_base64 = (char *)"", .body_hex = (char *)"",
				  .body = (char *)"{\"files\":[{\"path\":\"a\",\"content_base64\":\"aGk=\"},{\"path\":\"b\",\"content\":\"//79AA==\",\"mode\":420},7]}" };
	struct card_body b;

	(void)state;
	card_body_read(&a, &b);
	assert_int_equal(b.box_count, 2);
	assert_string_equal(b.boxes[0].name, "a");
	assert_string_equal(b.boxes[0].text, "hi");
	assert_string_equal(b.boxes[1].text, "//79AA==");	/* no text: as it stands there */
	assert_false(b.boxes[1].decoded);
	assert_string_equal(b.rest, "{\n  \"files\": [\n    {\n      \"path\": \"a\",\n      \"content_base64\": (as above)\n    },\n    {\n      \"path\": \"b\",\n"
				    "      \"content\": (as above),\n      \"mode\": 420\n    },\n    7\n  ]\n}");
	card_body_release(&b);
}

/* Each byte that is not shown in the box stands in the laid out rest, or on the raw card. */
static void r_shows_the_bytes(void **state)
{
	(void)state;
	select_card(44);
	assert_true(shows("COMMAND") || shows("91 bytes, plain ASCII"));
	assert_false(shows("{\"command\":"));
	press('r');
	assert_true(shows("{\"command\":\"cd dist"));
	assert_true(shows("content-type: application/json"));
	press('r');
	assert_false(shows("{\"command\":"));
}

/* A tab of a file's text is no alarm; another control is, and a tab that is typed is told of. */
static void tabs_are_told_apart(void **state)
{
	struct model_action *a = model_find_action(&model, 45);

	(void)state;
	free(a->text);
	free(a->body);
	a->text = strdup("a:\n\tb\n");
	a->body = strdup("{\"content\":\"a:\\n\\tb\\n\"}");
	d.card.id = 0;
	select_card(45);
	assert_true(shows("6 bytes, plain ASCII, 2 line breaks, 1 tab"));
	assert_false(shows("CONTROL"));
	free(a->kind);
	a->kind = strdup("type");
	d.card.id = 0;
	select_card(45);
	assert_true(shows("2 line breaks, 1 TAB"));
}

static void the_end_of_the_request_is_what_counts(void **state)
{
	struct model_action *a = model_find_action(&model, 45);
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, SIZE_MAX - 1);
	for (i = 0; i < 1000; i++)
		buf_printf(&b, "line %d\\n", i);
	free(a->text);
	free(a->body);
	a->text = strdup("");
	a->body = malloc(b.len + 40);
	snprintf(a->body, b.len + 40, "{\"z\":{\"content\":\"%s\"}}", buf_cstr(&b));
	buf_release(&b);
	d.card.id = 0;
	select_card(45);
	assert_int_equal(d.seen_id, 0);
	d.seen_id = 0;
	for (i = 0; i < 1000 && d.seen_id != 45; i++) {
		press('j');
		dash_draw(&d, &cells, now, 1);
		/* Not before the last row of the request stands above the row that says that there is more. */
		assert_true(d.seen_id == 0 || shows("\n }\n") || shows("   }\n"));
	}
	assert_int_equal(d.seen_id, 45);
}

/* The last row of a card that does not fit is not shown: a request that ends there was not seen. */
static void a_request_that_ends_behind_the_last_row(void **state)
{
	bool some_hid = false;
	int rows;

	(void)state;
	for (rows = 18; rows < 30; rows++) {
		char *all, *end;

		cells_release(&cells);
		cells_init(&cells, 80, rows);
		select_card(45);
		all = screen();
		end = strstr(all, "\n with    \"path\"");
		some_hid |= !end;
		assert_int_equal(d.seen_id == 45, end != NULL);
		assert_true(end || strstr(all, "more: Space"));
		free(all);
	}
	assert_true(some_hid);
}

static void a_nul_cannot_be_approved(void **state)
{
	(void)state;
	event("action", "{\"id\":50,\"version\":1,\"state\":\"held\",\"agent\":\"shopper\",\"kind\":\"unknown\",\"method\":\"POST\",\"path\":\"/x\",\"digest\":\"1\",\"plain\":\"x\","
			"\"body\":\"a\\u0000b\",\"body_len\":3,\"askers\":1,\"out_boot_ms\":600000}");
	select_card(50);
	assert_true(shows("the body has a NUL"));
	assert_int_equal(d.seen_id, 0);
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);
}

/* What is drawn, without blanks. */
static void collect(const struct cells *c, struct buf *out)
{
	int i;

	for (i = 0; i < c->width * c->height; i++)
		if (strcmp(c->grid[i].text, " ") != 0)
			buf_puts(out, c->grid[i].text);
}

/* Of words that go over into the next rows each character is there, in order, inside of the clip, and no word that fits is broken. */
static void words_flow_without_loss(void **state)
{
	static const char *const pieces[] = { "a", "word", " ", "  ", ",", "longerthantherow-longerthantherow", "\033[2J", "\n", "\xe2\x80\xae", "\xe6\xbc\xa2\xe5\xad\x97", "\xff" };
	struct rect clip = { 3, 0, 20, 300 };
	unsigned int seed = 3;
	int round, i;

	(void)state;
	for (round = 0; round < 500; round++) {
		struct buf text, want, got;
		struct cells c;
		int y = 0;

		cells_init(&c, 26, 300);
		buf_init(&text, SIZE_MAX - 1);
		buf_init(&want, SIZE_MAX - 1);
		buf_init(&got, SIZE_MAX - 1);
		for (i = 0; i < 30; i++) {
			seed = seed * 1103515245 + 12345;
			buf_puts(&text, pieces[(seed >> 16) % ARRAY_LEN(pieces)]);
		}
		cells_foreign_flow(&c, &clip, 5, &y, STYLE_NORMAL, SAFETEXT_PROSE, buf_cstr(&text), text.len);
		safetext_line(&want, text.data, text.len, SAFETEXT_PROSE);
		collect(&c, &got);
		buf_clear(&text);
		for (i = 0; (size_t)i < want.len; i++)
			if (want.data[i] != ' ')
				buf_putc(&text, want.data[i]);
		assert_string_equal(buf_cstr(&got), buf_cstr(&text));
		for (i = 0; i < 300; i++)
			assert_true(c.grid[i * 26].text[0] == ' ' && c.grid[i * 26 + 24].text[0] == ' ');
		buf_release(&text);
		buf_release(&want);
		buf_release(&got);
		cells_release(&c);
	}
	{
		struct cells c;
		int y = 0;

		cells_init(&c, 10, 4);
		clip = (struct rect){ 0, 0, 10, 4 };
		assert_int_equal(cells_foreign_flow(&c, &clip, 0, &y, STYLE_NORMAL, SAFETEXT_PROSE, "one two three", 13), 5);
		assert_int_equal(y, 1);
		cells_release(&c);
	}
}

/* ---- after it ended ---- */

static void what_became_of_it_stands_across(void **state)
{
	static const struct { const char *state, *words; } cases[] = {
		{ "expired", "44 EXPIRED: nobody decided" }, { "withdrawn", "44 THE AGENT GAVE UP" }, { "denied", "44 DENIED" }, { "sent", "44 SENT, no answer yet" },
		{ "done", "44 DONE: done, 0.2s" }, { "unknown", "44 SENT, NO ANSWER: look" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++) {
		struct model_action *a = model_find_action(&model, 44);

		free(a->state);
		a->state = strdup(cases[i].state);
		free(a->result);
		a->result = strdup("done, 0.2s");
		select_card(44);
		assert_true(shows(cases[i].words));
		assert_int_equal(d.view, VIEW_CARD);
		assert_int_equal(d.selected, 44);
		now += 5000;
		assert_int_equal(press('a').type, REQUEST_NONE);
		assert_int_equal(press('d').type, REQUEST_NONE);
		assert_int_equal(press('D').type, REQUEST_NONE);
		assert_int_equal(d.prompt, PROMPT_NONE);
	}
}

static void words_of_an_ended_action_stay_and_go_nowhere(void **state)
{
	(void)state;
	select_card(44);
	press('D');
	type("not the cache");
	free(model_find_action(&model, 44)->state);
	model_find_action(&model, 44)->state = strdup("expired");
	dash_update(&d, now);
	assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
	assert_string_equal(d.line, "not the cache");
	assert_true(shows("not the cache"));
	assert_true(shows("these words go nowhere"));
	press(KEYS_ESCAPE);
	assert_int_equal(d.prompt, PROMPT_NONE);
}

/* What was typed for one that is gone is no word about another one; and none is selected in its place. */
static void what_is_gone_hands_nothing_on(void **state)
{
	struct dash_request q;

	(void)state;
	select_card(44);
	press('D');
	type("no");
	event("gone", "{\"kind\":\"action\",\"id\":44}");
	assert_null(model_find_action(&model, 44));
	dash_update(&d, now);
	assert_int_equal(d.selected, 0);
	q = press(KEYS_ENTER);
	assert_int_equal(q.type, REQUEST_NONE);
	press(KEYS_ESCAPE);
	assert_int_equal(press('d').type, REQUEST_NONE);
}

/* Whatever else is selected by then: words and names are about the one that they were begun for. */
static void what_is_typed_is_about_one(void **state)
{
	static const uint32_t keys[] = { 'D', 'a' };
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(keys); i++) {
		select_card(44);
		for (k = 0; k < 100 && d.seen_id != 44; k++) {
			press('j');
			dash_draw(&d, &cells, now, 1);
		}
		now += 5000;
		assert_int_equal(press(keys[i]).type, REQUEST_NONE);
		assert_true(d.prompt != PROMPT_NONE);
		type("build-7");
		select_card(47);	/* of the same session, and shown to its end */
		assert_int_equal(d.seen_id, 47);
		assert_int_equal(press(KEYS_ENTER).type, REQUEST_NONE);
		press(KEYS_ESCAPE);
		d.prompt = PROMPT_NONE;
	}
}

/* A click on a screen that is another one by now is asked about twice. */
static void a_changed_screen_is_a_doubt(void **state)
{
	static const char *const same[] = { "true", "false" };
	int i;

	(void)state;
	select_card(41);	/* another session's picture is gone by this */
	d.screen = (struct image){ .rgb = calloc(12, 1), .width = 2, .height = 2 };
	for (i = 0; i < 2; i++) {
		struct dash_request q;
		char facts[300];

		snprintf(facts, sizeof(facts), "{\"action\":41,\"version\":1,\"at_wall_ms\":1,\"screen\":{\"same\":%s,\"why\":\"\",\"agent_saw_ms_before\":3000}}", same[i]);
		select_card(41);
		d.card.has_facts = false;
		now += CARD_AGAIN_MS;
		card_ask(&d.card, dash_selected(&d), now);
		answer(facts);
		assert_true(shows(i ? "CHANGED round there" : "same round there"));
		now += 5000;
		q = press('a');
		assert_int_equal(q.type, i ? REQUEST_NONE : REQUEST_DECIDE);
		now += 5000;
		q = press('a');
		assert_int_equal(q.type, REQUEST_DECIDE);
	}
}

/* The version that the name was begun for, and no later one, although that one was shown too. */
static void a_name_is_for_the_version_it_was_begun_for(void **state)
{
	struct dash_request q;
	int i;

	(void)state;
	select_card(44);
	for (i = 0; i < 100 && d.seen_id != 44; i++) {
		press('j');
		dash_draw(&d, &cells, now, 1);
	}
	now += 5000;
	press('a');
	assert_int_equal(d.prompt, PROMPT_CONFIRM);
	type("build-7");
	model_find_action(&model, 44)->version = 2;
	dash_update(&d, now);
	dash_draw(&d, &cells, now, 1);
	assert_int_equal(d.seen_version, 2);
	q = press(KEYS_ENTER);
	assert_int_equal(q.type, REQUEST_NONE);
}

/* It stays risky when another is selected: in the list, in the counts, in the order of n. Of another version nothing is known. */
static void what_was_found_is_remembered(void **state)
{
	int risky;

	(void)state;
	select_card(41);
	d.view = VIEW_OVERVIEW;
	dash_draw(&d, &cells, now, 1);
	risky = d.needs.risky;
	card_ask(&d.card, dash_selected(&d), now);
	answer(card_click_facts);
	select_card(42);
	d.view = VIEW_OVERVIEW;
	dash_draw(&d, &cells, now, 1);
	assert_int_equal(d.needs.risky, risky + 1);
	assert_true(model_is_risky(model_find_action(&model, 41)));
	assert_true(shows(" !41 "));
	select_card(41);	/* its words are looked up once more, that it is risky is known */
	assert_true(shows("  RISKY"));
	card_ask(&d.card, dash_selected(&d), now);
	answer(card_changed_facts);
	assert_false(model_is_risky(model_find_action(&model, 41)));
	now += 60000;
	d.card.again = true;
	card_ask(&d.card, dash_selected(&d), now);
	answer(card_click_facts);
	assert_true(model_is_risky(model_find_action(&model, 41)));
	assert_int_equal(model_snapshot(&model, card_json, strlen(card_json), 1000, 1, NULL), 0);	/* the gate was lost, and is there again */
	dash_update(&d, now);
	assert_true(model_is_risky(model_find_action(&model, 41)));
	model_find_action(&model, 41)->version = 2;
	model.changes++;
	d.view = VIEW_OVERVIEW;
	dash_draw(&d, &cells, now, 1);
	assert_int_equal(d.needs.risky, risky);
}

/* What the gate found only now is as risky as what the request says: a yes asks for the name. Of another version it says nothing. */
static void what_was_found_now_asks_for_the_name(void **state)
{
	struct picture_mark mark;

	(void)state;
	select_card(41);	/* another session's picture is gone by this */
	d.screen = (struct image){ .rgb = calloc(12, 1), .width = 2, .height = 2 };
	card_ask(&d.card, dash_selected(&d), now);
	answer("{\"action\":41,\"version\":1}");
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_DECIDE);
	press(KEYS_ENTER);	/* looked at anew */
	card_ask(&d.card, dash_selected(&d), now);
	answer(card_click_facts);
	dash_draw(&d, &cells, now, 1);
	assert_true(model_is_risky(dash_selected(&d)));
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_int_equal(d.prompt, PROMPT_CONFIRM);
	press(KEYS_ESCAPE);
	model_find_action(&model, 41)->version = 2;
	assert_false(model_is_risky(dash_selected(&d)));
	/* Where it goes is on the picture: the cross at its place; the frame of what has the focus, and the cursor, once they are known. */
	snprintf(d.session, sizeof(d.session), "cmp_1");
	mark = dash_mark(&d);
	assert_true(mark.shape == MARK_CROSS && mark.point && mark.x == 812 && mark.y == 447);
	assert_string_equal(mark.label, "41 left click");
	select_card(42);
	mark = dash_mark(&d);
	assert_true(mark.shape == MARK_FRAME && !mark.point && mark.frame.width == 0 && !mark.cursor);
	assert_string_equal(mark.label, "42 type 22");
	now += 5000;
	card_ask(&d.card, dash_selected(&d), now);
	answer(card_typed_facts);
	mark = dash_mark(&d);
	assert_true(mark.frame.x == 660 && mark.frame.height == 242 && mark.cursor && mark.cursor_x == 812 && mark.cursor_y == 447);
}

/* The kept pictures, in turn; while one of them is there nothing on the screen is approved. Behind an action that ended by itself. */
static void what_the_screen_was(void **state)
{
	static const char held[] = "{\"id\":41,\"version\":2,\"state\":\"held\",\"session\":\"cmp_1\",\"session_kind\":\"computer\",\"kind\":\"click\",\"x\":5,\"y\":6,"
				   "\"askers\":1,\"out_boot_ms\":401000,\"screens\":{\"decided\":\"aa\",\"before\":\"bb\",\"after\":null,\"changed\":[[1,2,3,4],[1,2,0,4],7,[5]]}}";
	static const char done[] = "{\"id\":41,\"version\":2,\"state\":\"done\",\"session\":\"cmp_1\",\"session_kind\":\"computer\",\"kind\":\"click\",\"x\":5,\"y\":6,"
				   "\"ended_wall_ms\":1,\"screens\":{\"decided\":\"aa\",\"before\":\"aa\",\"after\":\"cc\",\"changed\":[[1,2,3,4]]}}";
	struct picture_mark mark;
	char path[128];

	(void)state;
	event("action", held);
	select_card(41);
	assert_string_equal(d.session, "cmp_1");
	d.screen = (struct image){ .rgb = calloc(12, 1), .width = 2, .height = 2 };
	assert_false(stills_path(&d, path, sizeof(path)));
	mark = dash_mark(&d);	/* on the screen as it is: what changed since the yes */
	assert_true(mark.changed_count == 1 && mark.changed[0].y == 2 && mark.changed[0].height == 4);
	press('c');
	assert_true(stills_path(&d, path, sizeof(path)));
	assert_string_equal(path, "/v1/actions/41/screen/decided");
	dash_draw(&d, &cells, now, 1);
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);
	assert_non_null(strstr(d.message, "c shows the screen as it is"));
	press('c');
	assert_true(stills_path(&d, path, sizeof(path)));
	assert_string_equal(path, "/v1/actions/41/screen/before");
	d.still.shown = STILL_BEFORE;
	press('c');
	assert_false(stills_path(&d, path, sizeof(path)));
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_NONE);	/* not there yet */
	d.still.shown = STILL_NONE;
	card_ask(&d.card, dash_selected(&d), now);
	answer("{\"action\":41,\"version\":2}");
	now += 5000;
	assert_int_equal(press('a').type, REQUEST_DECIDE);
	event("action", done);
	dash_update(&d, now);
	assert_true(stills_path(&d, path, sizeof(path)));
	assert_string_equal(path, "/v1/actions/41/screen/after");
	press('c');
	assert_false(stills_path(&d, path, sizeof(path)));
	press('c');
	assert_true(stills_path(&d, path, sizeof(path)));
	assert_string_equal(path, "/v1/actions/41/screen/decided");
	press('c');	/* what was there before was what was decided on: not twice */
	assert_true(stills_path(&d, path, sizeof(path)));
	assert_string_equal(path, "/v1/actions/41/screen/after");
	select_card(42);
	assert_false(stills_path(&d, path, sizeof(path)));
	press('c');
	assert_non_null(strstr(d.message, "no picture"));
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, dash_end)
	const struct CMUnitTest tests[] = {
		CASE(facts_are_read), CASE(broken_facts_say_nothing), CASE(more_than_there_is_room_for), CASE(they_are_asked_for_one_at_a_time),
		CASE(a_failure_is_said_and_tried_again), CASE(writing_nothing_empties_a_file), CASE(another_version_is_looked_at_anew), CASE(a_snapshot_is_looked_for), CASE(what_ended_is_not_asked_about), CASE(hostile_facts_are_marked),
		CASE(facts_move_and_arm_nothing), CASE(a_body_is_laid_out_without_loss), CASE(r_shows_the_bytes), CASE(many_files_are_readable), CASE(words_flow_without_loss), CASE(tabs_are_told_apart), CASE(the_end_of_the_request_is_what_counts),
		CASE(a_request_that_ends_behind_the_last_row), CASE(a_nul_cannot_be_approved), CASE(what_became_of_it_stands_across),
		CASE(words_of_an_ended_action_stay_and_go_nowhere), CASE(what_is_gone_hands_nothing_on), CASE(a_name_is_for_the_version_it_was_begun_for),
		CASE(what_is_typed_is_about_one), CASE(a_changed_screen_is_a_doubt), CASE(what_was_found_now_asks_for_the_name), CASE(what_was_found_is_remembered), CASE(what_the_screen_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
