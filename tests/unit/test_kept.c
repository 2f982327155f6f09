/*
 * test_kept: what the dashboard keeps instead of making it for each frame: the list of what needs a person, after random changes of the model and of what is
 * asked of it, is the one that would be made now; and what ended long ago is forgotten.
 */
#include "config.h"

#include "tests/unit/unit.h"
#include "tests/unit/model_rig.h"

#include "core/model_ended.h"
#include "ui/desk.h"
#include "ui/needs.h"

enum { IDS = 60, STEPS = 20000 };

static struct needs kept, fresh;
static uint32_t seed;
static int now_ms;

static int start(void **state)
{
	(void)state;
	model_begin();
	needs_init(&kept);
	needs_init(&fresh);
	seed = 1;
	now_ms = 20000;
	return 0;
}

static int stop(void **state)
{
	(void)state;
	needs_release(&kept);
	needs_release(&fresh);
	model_release(&model);
	return 0;
}

static int chance(int n)
{
	seed = seed * 1664525u + 1013904223u;
	return (int)((seed >> 8) % (uint32_t)n);
}

static void random_action(void)
{
	static const char *const states[] = { "held", "held", "held", "denied", "unknown", "done", "expired", "withdrawn" };
	static const char *const risks[] = { "", "\"deletes\"", "\"network\"", "\"deletes\",\"network\"" };
	int id = 1 + chance(IDS), state = chance((int)ARRAY_LEN(states)), ended = state >= 3;

	event("action", "{\"id\":%d,\"version\":1,\"state\":\"%s\",\"agent\":\"a%d\",\"session\":\"s%d\",\"kind\":\"k%d\",\"class\":\"acts\",\"summary\":\"do %d\","
			"\"needs_person\":%s,\"risks\":[%s],\"arrived_wall_ms\":%d,\"ended_wall_ms\":%d,\"out_boot_ms\":%d}",
	      id, states[state], chance(3), chance(2), chance(2), id, !ended || (state == 4 && chance(3)) ? "true" : "false", risks[chance(4)],
	      1000 * id + chance(3), ended ? 1000 * id + 500 : 0, 60000 + chance(1000));
}

static void random_change(void)
{
	switch (chance(9)) {
	case 0:
		event("agent", "{\"name\":\"a%d\",\"at_cap\":\"%s\",\"refused\":1}", chance(3), chance(2) ? "waiting" : chance(2) ? "actions" : "");
		break;
	case 1:
		event("session", "{\"id\":\"s%d\",\"name\":\"n\",\"agent\":\"a0\",\"live\":%s,\"not_live_since_wall_ms\":%d}", chance(4), chance(2) ? "true" : "false", now_ms + chance(8000) - 6000);
		break;
	case 2:
		event("approval", "{\"id\":\"p%d\",\"status\":\"%s\",\"fingerprint\":\"f\",\"capability\":\"c\",\"principal\":\"q\",\"action\":%d}", chance(3), chance(2) ? "pending" : "denied",
		      chance(IDS));
		break;
	case 3:
		event("gone", "{\"kind\":\"%s\",\"id\":\"%s%d\"}", chance(2) ? "session" : "agent", chance(2) ? "s" : "a", chance(3));
		break;
	case 4:
		event("log", "{\"session\":\"s%d\",\"log_lines\":%d}", chance(4), chance(100));
		break;
	case 5:
		event("gate", "{\"live\":%s}", chance(4) ? "true" : "false");
		break;
	default:
		random_action();
	}
}

static char names[3][20];

static void random_spec(struct needs_spec *s, uint64_t open[NEEDS_OPEN])
{
	static const char *const filters[] = { "", "", "a1", "do 1", "k0" };
	const struct model_action *a = model.action_count ? model.actions[chance((int)model.action_count)] : NULL;
	size_t i;

	switch (chance(8)) {
	case 0: s->filter = filters[chance((int)ARRAY_LEN(filters))]; break;
	case 1: snprintf(names[0], sizeof(names[0]), "%s", chance(2) ? "p1" : ""); break;
	case 2: snprintf(names[1], sizeof(names[1]), "%s", chance(2) ? "a1" : ""); break;
	case 3: snprintf(names[2], sizeof(names[2]), "%s", chance(2) ? "s1" : ""); break;
	case 4:
		if (a && s->open_count < 3)
			open[s->open_count++] = a->likeness;
		else
			s->open_count = 0;
		break;
	case 5: s->now_wall_ms = now_ms += chance(3000) - 1000; break;
	default:
		/* As the dashboard does: where it stands when it is selected; now and then somewhere else. */
		s->selected = a && chance(5) ? a->id : chance(2) ? 0 : 1 + chance(IDS);
		i = needs_item_of_action(&kept, s->selected);
		s->selected_since_wall_ms = chance(6) == 0 ? 1000 * chance(60) : i == NEEDS_NONE ? 0 : kept.items[i].since_wall_ms;
	}
}

static void same_list(const struct needs_spec *s)
{
	size_t i, k, end, risky, count;

	assert_true(needs_refresh(&kept, &model, s));
	assert_true(needs_make(&fresh, &model, s));
	assert_int_equal(kept.count, fresh.count);
	assert_int_equal(kept.row_count, fresh.row_count);
	assert_int_equal(kept.hidden, fresh.hidden);
	assert_int_equal(kept.hidden_risky, fresh.hidden_risky);
	assert_true(kept.held == fresh.held && kept.risky == fresh.risky && kept.faults == fresh.faults && kept.approvals == fresh.approvals && kept.agents == fresh.agents &&
		    kept.streams == fresh.streams && kept.first_out_boot_ms == fresh.first_out_boot_ms);
	for (i = 0; i < kept.count; i++) {
		const struct need *a = &kept.items[i], *b = &fresh.items[i];

		assert_true(a->kind == b->kind && a->index == b->index && a->id == b->id && a->since_wall_ms == b->since_wall_ms && a->held == b->held &&
			    a->risky == b->risky && a->like == b->like && a->next == b->next && a->row == b->row);
		if (a->kind == NEED_ACTION)
			assert_int_equal(needs_item_of_action(&kept, a->id), i);
	}
	for (i = 0; i < kept.row_count; i++)
		assert_true(kept.rows[i].first == fresh.rows[i].first && kept.rows[i].count == fresh.rows[i].count && kept.rows[i].folded == fresh.rows[i].folded);
	/* What is asked of it, against the long way. */
	i = kept.row_count ? (size_t)chance((int)kept.row_count) : 0;
	end = i + (size_t)chance(5);
	for (count = risky = 0, k = 0; k < kept.count; k++) {
		count += kept.items[k].row >= i && kept.items[k].row < end;
		risky += kept.items[k].row >= i && kept.items[k].row < end && kept.items[k].risky;
	}
	assert_int_equal(needs_in_rows(&kept, i, end, &k), count);
	assert_int_equal(k, risky);
}

static void questions_of_each_agent(void)
{
	int64_t got[2], want[2];
	char name[20];
	int i, n;
	size_t k;

	for (i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		want[0] = want[1] = n = 0;
		for (k = 0; k < kept.count && n < 2; k++)
			if (kept.items[k].kind == NEED_ACTION && kept.items[k].held && strcmp(model.actions[kept.items[k].index]->agent, name) == 0)
				want[n++] = kept.items[k].id;
		assert_int_equal(needs_questions_of(&kept, name, got), n);
		assert_true(got[0] == want[0] && got[1] == want[1]);
	}
}

static void the_list_that_stands_is_the_one_that_would_be_made(void **state)
{
	struct needs_spec s = { .approval = names[0], .agent = names[1], .session = names[2], .filter = "", .now_wall_ms = now_ms };
	uint64_t open[NEEDS_OPEN];
	int i;

	(void)state;
	s.open = open;
	for (i = 0; i < STEPS; i++) {
		if (chance(3))
			random_spec(&s, open);
		else
			random_change();
		same_list(&s);
		questions_of_each_agent();
	}
	assert_true(kept.makings < STEPS);
}

static void nothing_is_made_anew_while_nothing_changes(void **state)
{
	struct needs_spec s = { .approval = "", .agent = "", .session = "", .filter = "", .now_wall_ms = 20000 };
	int64_t makings;
	int i;

	(void)state;
	for (i = 1; i <= IDS; i++)
		event("action", "{\"id\":%d,\"version\":1,\"state\":\"held\",\"agent\":\"a%d\",\"kind\":\"k%d\",\"arrived_wall_ms\":%d}", i, i % 7, i, i);
	assert_true(needs_refresh(&kept, &model, &s));
	makings = kept.makings;
	for (i = 1; i <= IDS; i++) {
		/* Another row; time; lines and pictures that come. */
		s.selected = i;
		s.selected_since_wall_ms = i;
		s.now_wall_ms += 1000;
		event("log", "{\"session\":\"s1\",\"log_lines\":%d}", i);
		event("screen", "{\"session\":\"s1\",\"screen_seq\":%d}", i);
		assert_true(needs_refresh(&kept, &model, &s));
	}
	assert_int_equal(kept.makings, makings);
	event("action", "{\"id\":1,\"version\":1,\"state\":\"denied\",\"agent\":\"a1\",\"kind\":\"k1\",\"needs_person\":false,\"arrived_wall_ms\":1,\"ended_wall_ms\":9}");
	assert_true(needs_refresh(&kept, &model, &s));
	assert_int_equal(kept.makings, makings + 1);
	assert_int_equal(kept.count, IDS - 1);
}

/* ---- what ended ---- */

static void ended(int id, const char *state, const char *person, const char *more)
{
	event("action", "{\"id\":%d,\"version\":1,\"state\":\"%s\",\"agent\":\"a\",\"kind\":\"k\",\"needs_person\":%s,\"arrived_wall_ms\":%d,\"ended_wall_ms\":%d%s}", id, state, person, id,
	      id * 10 + 5, more);
}

static void what_ended_long_ago_is_forgotten(void **state)
{
	int i;

	(void)state;
	ended(1, "unknown", "true", "");	/* a fault stays until a person has seen it */
	ended(2, "done", "false", "");
	event("action", "{\"id\":3,\"version\":1,\"state\":\"held\",\"agent\":\"a\",\"kind\":\"k\",\"arrived_wall_ms\":3}");
	model.kept = 2;				/* its card is open */
	for (i = 4; i < 4 + 2 * MODEL_ENDED; i++)
		ended(i, "done", "false", "");
	assert_int_equal(model.ended_count, MODEL_ENDED);
	assert_int_equal(model.action_count, MODEL_ENDED + 1);
	assert_non_null(model_find_action(&model, 1));
	assert_non_null(model_find_action(&model, 2));
	assert_non_null(model_find_action(&model, 3));
	assert_null(model_find_action(&model, 4));
	assert_non_null(model_find_action(&model, i - 1));
	/* Seen, and not looked at any more. */
	model.kept = 0;
	ended(1, "unknown", "false", "");
	ended(i, "done", "false", "");
	ended(i + 1, "done", "false", "");
	assert_null(model_find_action(&model, 1));
	assert_null(model_find_action(&model, 2));
	assert_int_equal(model.ended_count, MODEL_ENDED);
}

static void long_bodies_are_forgotten_earlier(void **state)
{
	size_t size = MODEL_ENDED_BYTES / 4;
	char *json = malloc(size + 400);
	int i, n;

	(void)state;
	for (i = 1; i <= 10; i++) {
		n = snprintf(json, 300, "{\"id\":%d,\"version\":1,\"state\":\"done\",\"agent\":\"a\",\"kind\":\"k\",\"needs_person\":false,\"ended_wall_ms\":%d,\"body\":\"", i, i);
		memset(json + n, 'x', size);
		memcpy(json + (size_t)n + size, "\"}", 3);
		assert_int_equal(model_event(&model, "action", json, (size_t)n + size + 2, 0, NULL), 0);
		assert_true(model.ended_bytes <= MODEL_ENDED_BYTES);
	}
	assert_int_equal(model.ended_count, 3);
	assert_non_null(model_find_action(&model, 10));
	free(json);
}

/* In order of its end, whatever came in which order; each once. */
static void in_order_of_its_end(void **state)
{
	size_t i, count;
	int k;

	(void)state;
	for (k = 0; k < 5000; k++) {
		random_action();
		for (i = count = 0; i < model.action_count; i++)
			count += model.actions[i]->ended_wall_ms != 0;
		assert_int_equal(model.ended_count, count);
		for (i = 1; i < model.ended_count; i++)
			assert_true(model.ended[i - 1]->ended_wall_ms < model.ended[i]->ended_wall_ms || model.ended[i - 1]->id < model.ended[i]->id);
	}
}

static void each_end_is_counted_once(void **state)
{
	static const char later[] = "{\"seq\":9,\"gate\":{\"live\":true},\"actions\":["
				    "{\"id\":2,\"state\":\"expired\",\"needs_person\":false,\"ended_wall_ms\":25},"
				    "{\"id\":7,\"state\":\"expired\",\"needs_person\":false,\"ended_wall_ms\":75},"
				    "{\"id\":8,\"state\":\"withdrawn\",\"needs_person\":false,\"ended_wall_ms\":85}]}";

	(void)state;
	ended(1, "expired", "false", "");
	ended(2, "expired", "false", "");
	ended(2, "expired", "false", "");	/* told of again */
	ended(3, "done", "false", ",\"decided_kind\":\"rule\"");
	ended(4, "done", "false", ",\"decided_kind\":\"person\"");
	assert_int_equal(model.tally.expired, 2);
	assert_int_equal(model.tally.by_rule, 1);
	/* After a hole in the events a snapshot: what ended since the last that was known. */
	assert_int_equal(model_snapshot(&model, later, strlen(later), 0, 0, NULL), 0);
	assert_int_equal(model.tally.expired, 3);
	assert_int_equal(model.tally.gave_up, 1);
	assert_int_equal(model.tally.by_rule, 1);
}

static void what_is_said_of_the_desk_is_counted_again_after_a_change(void **state)
{
	struct desk desk = { 0 };
	int i;

	(void)state;
	for (i = 1; i <= 30; i++) {
		ended(i, "done", "false", ",\"decision\":\"approve\",\"decided_kind\":\"person\",\"decided_by\":\"ana\",\"decided_wall_ms\":5");
		desk_look(&desk, &model, "ana");
		assert_int_equal(desk.yeses, i);
	}
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_list_that_stands_is_the_one_that_would_be_made), CASE(nothing_is_made_anew_while_nothing_changes), CASE(what_ended_long_ago_is_forgotten),
		CASE(long_bodies_are_forgotten_earlier), CASE(in_order_of_its_end), CASE(each_end_is_counted_once),
		CASE(what_is_said_of_the_desk_is_counted_again_after_a_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
