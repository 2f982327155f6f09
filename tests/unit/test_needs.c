/* test_needs: the one list of what needs a person: its order, its rows, the next one; what is said of the desk; an agent's turns. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tests/unit/model_rig.h"

#include "ui/desk.h"
#include "ui/needs.h"
#include "ui/turns.h"

static struct needs needs;

static int start(void **state)
{
	(void)state;
	model_begin();
	needs_init(&needs);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	needs_release(&needs);
	model_release(&model);
	return 0;
}

/* One action: times are made of its id, so that the order of arrival is the order of ids. */
static void action(int id, const char *agent, const char *kind, const char *state, const char *more)
{
	bool ended = strcmp(state, "held") != 0;

	event("action", "{\"id\":%d,\"version\":1,\"state\":\"%s\",\"agent\":\"%s\",\"session\":\"s-%s\",\"kind\":\"%s\",\"class\":\"acts\",\"digest\":\"d%d\","
			"\"summary\":\"%s %d\",\"needs_person\":%s,\"arrived_wall_ms\":%d,\"ended_wall_ms\":%d,\"out_boot_ms\":600000,\"askers\":1%s}",
	      id, state, agent, agent, kind, id, kind, id, ended && strcmp(state, "unknown") != 0 ? "false" : "true", id * 1000, ended ? id * 1000 + 500 : 0, more);
}

static struct needs_spec spec(void)
{
	return (struct needs_spec){ .approval = "", .agent = "", .session = "", .filter = "", .now_wall_ms = 1000000 };
}

/* The rows as text: ids; of a row of several alike "5x4"; MIOSA's m, an agent's name, a session's id. */
static const char *rows(const struct needs_spec *s)
{
	static char text[20000];
	size_t i, n = 0;

	assert_true(needs_make(&needs, &model, s));
	text[0] = '\0';
	for (i = 0; i < needs.row_count; i++) {
		const struct need *x = &needs.items[needs.rows[i].first];

		if (x->kind == NEED_ACTION && needs.rows[i].folded)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%lldx%zu ", (long long)x->id, needs.rows[i].count);
		else if (x->kind == NEED_ACTION)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%lld ", (long long)x->id);
		else if (x->kind == NEED_APPROVAL)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "m:%s ", model.approvals[x->index]->id);
		else if (x->kind == NEED_AGENT)
			n += (size_t)snprintf(text + n, sizeof(text) - n, "a:%s ", model.agents[x->index]->name);
		else
			n += (size_t)snprintf(text + n, sizeof(text) - n, "s:%s ", model.sessions[x->index]->id);
	}
	return text;
}

static void all_that_needs_a_person_in_order_of_arrival(void **state)
{
	struct needs_spec s = spec();

	(void)state;
	assert_string_equal(rows(&s), "");
	action(41, "shopper", "click", "held", "");
	action(42, "clerk", "type", "held", "");
	action(38, "mailer", "click", "unknown", "");
	action(39, "mailer", "click", "done", "");
	action(43, "builder", "exec", "held", ",\"risks\":[\"deletes\"]");
	event("session", "{\"id\":\"sbx_3\",\"kind\":\"sandbox\",\"name\":\"build-3\",\"live\":false,\"not_live_since_wall_ms\":41500,\"agent\":\"builder\"}");
	event("agent", "{\"name\":\"mailer\",\"at_cap\":\"actions\"}");
	event("agent", "{\"name\":\"scraper\",\"at_cap\":\"per-minute\",\"refused\":312}");
	event("approval", "{\"id\":\"apr_1\",\"status\":\"pending\",\"fingerprint\":\"sha256:00\",\"action\":null}");
	event("approval", "{\"id\":\"apr_2\",\"status\":\"pending\",\"fingerprint\":\"sha256:00\",\"action\":41}");	/* stands with 41 */
	event("approval", "{\"id\":\"apr_3\",\"status\":\"denied\",\"fingerprint\":\"sha256:00\",\"action\":null}");
	/* What nobody says the time of comes last. */
	assert_string_equal(rows(&s), "38 41 s:sbx_3 42 43 m:apr_1 a:mailer a:scraper ");
	assert_int_equal(needs.held, 3);
	assert_int_equal(needs.risky, 1);
	assert_int_equal(needs.faults, 1);
	assert_int_equal(needs.approvals, 1);
	assert_int_equal(needs.streams, 1);
	assert_int_equal(needs.agents, 2);
	assert_int_equal(needs.first_out_boot_ms, 600000);
	/* While MIOSA itself does not answer, no session's streams are told of. */
	event("gate", "{\"live\":false}");
	assert_string_equal(rows(&s), "38 41 42 43 m:apr_1 a:mailer a:scraper ");
	event("gate", "{\"live\":true}");
	/* A stream that has just broken off is no news; a session without an agent neither. */
	s.now_wall_ms = 41500 + NEEDS_STREAM_MS - 1;
	assert_string_equal(rows(&s), "38 41 42 43 m:apr_1 a:mailer a:scraper ");
	s.now_wall_ms++;
	assert_string_equal(rows(&s), "38 41 s:sbx_3 42 43 m:apr_1 a:mailer a:scraper ");
	/* Stopped, it needs nobody any more. */
	event("agent", "{\"name\":\"scraper\",\"at_cap\":\"per-minute\",\"stopped\":{\"by\":\"ana\",\"wall_ms\":1}}");
	assert_string_equal(rows(&s), "38 41 s:sbx_3 42 43 m:apr_1 a:mailer ");
	/* What is selected stays, and where it was. */
	s.selected = 39;
	s.selected_since_wall_ms = 38700;
	s.approval = "apr_3";
	assert_string_equal(rows(&s), "38 39 41 s:sbx_3 42 43 m:apr_1 m:apr_3 a:mailer ");
}

static void more_than_three_of_a_kind_are_one_row(void **state)
{
	struct needs_spec s = spec();
	uint64_t open[1];

	(void)state;
	action(1, "a", "exec", "held", "");
	action(2, "b", "exec", "held", "");
	action(3, "a", "exec", "held", "");
	action(4, "a", "exec", "held", "");
	assert_string_equal(rows(&s), "1 2 3 4 ");	/* three are three rows */
	action(5, "a", "exec", "held", "");
	assert_string_equal(rows(&s), "1x4 2 ");
	assert_int_equal(needs_row_of_action(&needs, 4), 0);
	assert_int_equal(needs_row_of_action(&needs, 2), 1);
	assert_true(needs_row_of_action(&needs, 9) == NEEDS_NONE);
	/* Another kind, another agent, another session, a risk, another state: never in the same row. */
	action(6, "a", "write", "held", "");
	action(7, "a", "exec", "held", ",\"risks\":[\"deletes\"]");
	action(8, "a", "exec", "unknown", "");
	assert_string_equal(rows(&s), "1x4 2 6 7 8 ");
	/* A flood has a row of its own only where no such row tells of it. */
	event("agent", "{\"name\":\"a\",\"at_cap\":\"waiting\",\"refused\":3}");
	assert_string_equal(rows(&s), "1x4 2 6 7 8 ");
	assert_int_equal(needs.agents, 1);
	/* Opened: each where it arrived. */
	open[0] = model_find_action(&model, 3)->likeness;
	s.open = open;
	s.open_count = 1;
	assert_string_equal(rows(&s), "1 2 3 4 5 6 7 8 a:a ");
	s.open_count = 0;
	/* The selected one that was decided is not one of them any more. */
	s.selected = 1;
	action(1, "a", "exec", "denied", "");
	assert_string_equal(rows(&s), "1 2 3 4 5 6 7 8 a:a ");
	action(9, "a", "exec", "held", "");
	assert_string_equal(rows(&s), "1 2 3x4 6 7 8 ");
}

static void risks_are_compared_whole(void **state)
{
	(void)state;
	action(1, "a", "exec", "held", ",\"risks\":[\"deletes\"]");
	action(2, "a", "exec", "held", ",\"risks\":[\"deletes\",\"network\"]");
	action(3, "a", "exec", "held", ",\"risks\":[\"deletes\"]");
	assert_false(needs_alike(model.actions[0], model.actions[1]));
	assert_false(needs_alike(model.actions[1], model.actions[0]));
	assert_true(needs_alike(model.actions[0], model.actions[2]));
	/* One that was found risky by what was looked up about it is not decided with the others either, nor does it stand in their row. */
	model_found(&model, model.actions[2], true);
	assert_false(needs_alike(model.actions[0], model.actions[2]));
	assert_true(model.actions[0]->likeness != model.actions[2]->likeness);
	model_found(&model, model.actions[2], false);
	assert_true(needs_alike(model.actions[0], model.actions[2]));
	assert_true(model.actions[0]->likeness == model.actions[2]->likeness);
}

static void the_filter_hides_and_says_how_many(void **state)
{
	struct needs_spec s = spec();

	(void)state;
	action(1, "Shopper", "click", "held", "");
	action(2, "b", "exec", "held", ",\"risks\":[\"deletes\"]");
	action(3, "b", "exec", "held", "");
	s.filter = "SHOP";
	assert_string_equal(rows(&s), "1 ");
	assert_int_equal(needs.hidden, 2);
	assert_int_equal(needs.hidden_risky, 1);
	assert_int_equal(needs.held, 3);	/* counts are of all */
	s.selected = 3;
	assert_string_equal(rows(&s), "1 3 ");
	s.filter = "exec 2";
	s.selected = 0;
	assert_string_equal(rows(&s), "2 ");
	s.filter = "zz";
	assert_string_equal(rows(&s), "");
}

static int64_t next_of(struct needs_turns *t, int64_t selected, const int64_t *read, size_t read_count)
{
	struct needs_spec s = spec();

	s.selected = selected;
	assert_true(needs_make(&needs, &model, &s));
	return needs_next(&needs, t, selected, read, read_count, 0);
}

static void the_next_is_the_most_urgent(void **state)
{
	struct needs_turns t = { 0 };
	int64_t read[] = { 4 };

	(void)state;
	assert_int_equal(next_of(&t, 0, NULL, 0), 0);
	action(1, "a", "exec", "held", "");
	action(2, "b", "exec", "held", ",\"risks\":[\"deletes\"]");
	action(3, "c", "exec", "held", "");
	action(4, "d", "exec", "held", ",\"risks\":[\"deletes\"]");
	model_find_action(&model, 3)->out_boot_ms = 60000;
	model_find_action(&model, 4)->out_boot_ms = 59000;
	action(5, "e", "exec", "unknown", "");	/* a fault is no question */
	assert_int_equal(next_of(&t, 0, NULL, 0), 4);	/* little time and risky */
	assert_int_equal(next_of(&t, 4, NULL, 0), 3);	/* little time */
	action(3, "c", "exec", "done", "");
	action(4, "d", "exec", "held", "");
	assert_int_equal(next_of(&t, 0, read, 1), 2);	/* risky; what another reads is left out */
	action(2, "b", "exec", "denied", "");
	assert_int_equal(next_of(&t, 0, read, 1), 1);
	assert_int_equal(next_of(&t, 1, read, 1), 0);
}

static void agents_have_their_turns(void **state)
{
	static const int64_t order[] = { 1, 5, 6, 2, 5, 6, 3, 5, 6, 4, 5, 6, 1 };
	struct needs_turns t = { 0 };
	int64_t id = 0;
	size_t i;

	(void)state;
	for (i = 1; i <= 4; i++)
		action((int)i, "loud", "exec", "held", "");
	action(5, "b", "exec", "held", "");
	action(6, "c", "exec", "held", "");
	for (i = 0; i < ARRAY_LEN(order); i++) {
		id = next_of(&t, 0, NULL, 0);
		assert_int_equal(id, order[i]);
	}
}

static void many_agents_have_turns_too(void **state)
{
	enum { MANY = NEEDS_TURNS + 50 };
	static bool had[MANY + 1];
	struct needs_turns t = { 0 };
	char name[20];
	int i, left = MANY;

	(void)state;
	for (i = 1; i <= MANY; i++) {
		snprintf(name, sizeof(name), "agent-%d", i);
		action(i, name, "exec", "held", "");
	}
	for (i = 0; i < 5 * MANY && left > 0; i++) {
		int64_t id = next_of(&t, 0, NULL, 0);

		left -= !had[id];
		had[id] = true;
	}
	assert_int_equal(left, 0);
}

/* Ten thousand: of each thing right, and nothing in squares. The time is looked at by tests/bench, not here. */
static void ten_thousand(void **state)
{
	struct needs_spec s = spec();
	size_t risky;
	int i;

	(void)state;
	for (i = 1; i <= 10000; i++)
		action(i, i % 40 == 0 ? "loud" : i % 3 ? "a" : "b", i % 2 ? "exec" : "write", "held", i % 100 == 7 ? ",\"risks\":[\"deletes\"]" : "");
	assert_true(needs_make(&needs, &model, &s));
	assert_int_equal(needs.count, 10000);
	assert_int_equal(needs.held, 10000);
	assert_int_equal(needs.risky, 100);
	assert_int_equal(needs.row_count, 7);	/* a exec, b exec, b write, a write, loud write, and the risky of a and of b */
	assert_int_equal(needs_in_rows(&needs, 0, needs.row_count, &risky), 10000);
	assert_int_equal(risky, 100);
	s.selected = 5000;
	s.filter = "b";
	assert_true(needs_make(&needs, &model, &s));
	assert_true(needs_row_of_action(&needs, 5000) != NEEDS_NONE);
	assert_int_equal(needs.count + needs.hidden, 10000);
}

static void yeses_in_a_row(void **state)
{
	char more[200];
	int64_t median;
	int i;

	(void)state;
	assert_int_equal(desk_yeses(&model, "ana", &median), 0);
	for (i = 1; i <= 25; i++) {
		snprintf(more, sizeof(more), ",\"decision\":\"approve\",\"decided_kind\":\"person\",\"decided_by\":\"ana\",\"decided_wall_ms\":%d", i * 1000 + i * 1100);
		action(i, "a", "exec", "done", more);
	}
	/* Between two of them 2.1 s, but each came only 1 s after the one before. */
	assert_int_equal(desk_yeses(&model, "ana", &median), 25);
	assert_int_equal(median, 2100);
	assert_int_equal(desk_yeses(&model, "ben", &median), 0);
	/* A no ends the row; so does nothing that a rule or another decided. */
	action(24, "a", "exec", "denied", ",\"decision\":\"deny\",\"decided_kind\":\"person\",\"decided_by\":\"ana\",\"decided_wall_ms\":50400");
	assert_int_equal(desk_yeses(&model, "ana", &median), 1);
	action(24, "a", "exec", "denied", ",\"decision\":\"deny\",\"decided_kind\":\"person\",\"decided_by\":\"ben\",\"decided_wall_ms\":50400");
	assert_int_equal(desk_yeses(&model, "ana", &median), 24);
	action(24, "a", "exec", "denied", ",\"decision\":\"deny\",\"decided_kind\":\"rule\",\"decided_by\":\"ana\",\"decided_wall_ms\":50400");
	assert_int_equal(desk_yeses(&model, "ana", &median), 24);
}

static void the_first_key_back_tells_what_went_on(void **state)
{
	struct desk desk = { 0 };
	int64_t away = 49 * 60000 + 5000;

	(void)state;
	event("session", "{\"id\":\"s-a\",\"kind\":\"sandbox\",\"name\":\"b\",\"live\":true,\"streams\":[{\"name\":\"events\",\"state\":\"live\",\"gaps\":2}]}");
	action(1, "a", "exec", "expired", "");	/* before */
	desk_key(&desk, &model, 1, 5000);
	desk_key(&desk, &model, 1 + DESK_AWAY_MS - 1, 6000);
	assert_string_equal(desk.away, "");	/* never away */
	action(10, "a", "exec", "held", "");
	action(11, "a", "exec", "held", "");
	action(12, "a", "exec", "expired", "");
	action(13, "a", "exec", "withdrawn", "");
	action(14, "a", "exec", "done", ",\"decided_kind\":\"rule\"");
	action(15, "a", "exec", "done", ",\"decided_kind\":\"alike\"");
	action(16, "a", "exec", "done", ",\"decided_kind\":\"person\"");
	event("session", "{\"id\":\"s-a\",\"kind\":\"sandbox\",\"name\":\"b\",\"live\":true,\"streams\":[{\"name\":\"events\",\"state\":\"live\",\"gaps\":3}]}");
	desk_key(&desk, &model, DESK_AWAY_MS + away, 20000);
	assert_string_equal(desk.away, "away 49m: 2 held, 1 expired, 1 gave up, 2 by rule, 1 gap");
	desk_key(&desk, &model, DESK_AWAY_MS + away + DESK_TOLD_MS - 1, 20000);
	assert_true(desk.away[0]);
	desk_key(&desk, &model, DESK_AWAY_MS + away + DESK_TOLD_MS, 20000);
	assert_false(desk.away[0]);
	event("gone", "{\"kind\":\"action\",\"id\":10}");
	action(10, "a", "exec", "done", "");
	action(11, "a", "exec", "done", "");
	desk_key(&desk, &model, DESK_AWAY_MS + away + DESK_TOLD_MS + 125 * 60000, 30000);
	assert_string_equal(desk.away, "away 2h05m: nothing happened");
}

static void turns_are_read(void **state)
{
	static const char good[] = "{\"turns\":[{\"action\":40,\"turn\":\"13\",\"wall_ms\":5,\"session\":\"s\",\"session_name\":\"build-7\",\"what\":\"write a\","
				   "\"result\":\"done\",\"by\":\"ana\",\"note\":null},{}],\"files_written\":[\"/w/a\"],\"hosts\":[\"get.example\",3]}";
	static const char *const bad[] = { "", "{", "[]", "{}", "{\"turns\":3}", "{\"turns\":null}", "\xff" };
	struct turns t = { 0 };
	struct err e;
	size_t i;

	(void)state;
	assert_int_equal(turns_read(&t, good, strlen(good), &e), 0);
	assert_int_equal(t.count, 2);
	assert_string_equal(t.list[0].turn, "13");
	assert_string_equal(t.list[0].session_name, "build-7");
	assert_string_equal(t.list[0].note, "");
	assert_string_equal(t.list[1].what, "");
	assert_int_equal(t.file_count, 1);
	assert_int_equal(t.host_count, 2);
	assert_string_equal(t.hosts[1], "");
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		assert_true(turns_read(&t, bad[i], strlen(bad[i]), &e) < 0);
		assert_int_equal(t.count, 2);	/* what was there stays */
	}
	turns_release(&t);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(all_that_needs_a_person_in_order_of_arrival), CASE(more_than_three_of_a_kind_are_one_row), CASE(risks_are_compared_whole),
		CASE(the_filter_hides_and_says_how_many), CASE(the_next_is_the_most_urgent), CASE(agents_have_their_turns),
		CASE(many_agents_have_turns_too), CASE(ten_thousand), CASE(yeses_in_a_row), CASE(the_first_key_back_tells_what_went_on),
		CASE(turns_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
