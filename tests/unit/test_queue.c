/* test_queue: the rules of waiting, repeating, deciding and going away, each with a clock of its own. */
#include "config.h"

#include "tests/unit/unit.h"

#include "core/queue.h"

static struct queue q;

static char digests[40][DIGEST_HEX + 1];

static struct action *add(int64_t id, const char *agent, const char *session, int digest, const char *key, int64_t now)
{
	struct action *a = action_new();

	assert_non_null(a);
	snprintf(digests[digest], sizeof(digests[digest]), "%064d", digest);
	a->id = id;
	a->agent = strdup(agent);
	a->session = strdup(session);
	a->session_kind = session[0] ? SESSION_COMPUTER : SESSION_NONE;
	a->agent_key = key ? strdup(key) : NULL;
	memcpy(a->digest, digests[digest], sizeof(a->digest));
	a->arrived_boot_ms = now;
	a->expires_boot_ms = now + ACTION_HOLD_MS;
	a->state = ACTION_HELD;
	assert_int_equal(queue_insert(&q, a), 0);
	queue_attach(a);
	return a;
}

static int start(void **state)
{
	(void)state;
	queue_init(&q);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	queue_release(&q);
	return 0;
}

static void end_as(struct action *a, enum action_state s, int64_t now)
{
	if (s == ACTION_DONE) {
		assert_int_equal(action_move(a, ACTION_APPROVED), 0);
		assert_int_equal(action_move(a, ACTION_SENT), 0);
	}
	assert_int_equal(action_move(a, s), 0);
	a->ended_boot_ms = now;
}

static void repeats_join(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *ret;

	(void)state;
	assert_int_equal(queue_arrive(&q, "ana", digests[1], NULL, 5, &ret), ARRIVAL_JOIN);
	assert_ptr_equal(ret, a);
	snprintf(digests[2], sizeof(digests[2]), "%064d", 2);
	assert_int_equal(queue_arrive(&q, "ana", digests[2], NULL, 5, &ret), ARRIVAL_NEW);
	assert_int_equal(queue_arrive(&q, "ben", digests[1], NULL, 5, &ret), ARRIVAL_NEW);	/* another agent's is another's */
	assert_int_equal(queue_arrive(&q, "ana", digests[1], "key", 5, &ret), ARRIVAL_NEW);	/* with a key: only that key's */
}

static void results_are_fetched_once(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *ret;

	(void)state;
	end_as(a, ACTION_DONE, 1000);
	assert_int_equal(queue_arrive(&q, "ana", digests[1], NULL, 1000 + QUEUE_UNFETCHED_MS, &ret), ARRIVAL_RECORDED);
	assert_int_equal(queue_arrive(&q, "ana", digests[1], NULL, 1001 + QUEUE_UNFETCHED_MS, &ret), ARRIVAL_NEW);
	assert_ptr_equal(ret, a);	/* the card says: same as 1 */
	a->delivered = true;
	assert_int_equal(queue_arrive(&q, "ana", digests[1], NULL, 1001, &ret), ARRIVAL_NEW);
}

static void keys_last_a_day(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, "k", 0), *ret;

	(void)state;
	snprintf(digests[2], sizeof(digests[2]), "%064d", 2);
	assert_int_equal(queue_arrive(&q, "ana", digests[1], "k", 5, &ret), ARRIVAL_JOIN);
	assert_int_equal(queue_arrive(&q, "ana", digests[2], "k", 5, &ret), ARRIVAL_MISMATCH);
	end_as(a, ACTION_DONE, 1000);
	a->delivered = true;
	assert_int_equal(queue_arrive(&q, "ana", digests[1], "k", 1000 + QUEUE_KEYED_MS, &ret), ARRIVAL_RECORDED);
	assert_int_equal(queue_arrive(&q, "ana", digests[2], "k", 1000 + QUEUE_KEYED_MS, &ret), ARRIVAL_MISMATCH);
	assert_int_equal(queue_arrive(&q, "ana", digests[1], "k", 1001 + QUEUE_KEYED_MS, &ret), ARRIVAL_NEW);
}

static void withdrawn_is_asked_anew(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ana", "c1", 2, "k", 0), *ret;

	(void)state;
	end_as(a, ACTION_WITHDRAWN, 1000);
	end_as(b, ACTION_WITHDRAWN, 1000);
	assert_int_equal(queue_arrive(&q, "ana", digests[1], NULL, 1001, &ret), ARRIVAL_NEW);
	assert_int_equal(queue_arrive(&q, "ana", digests[2], "k", 1001, &ret), ARRIVAL_RECORDED);
}

static void how_many_wait(void **state)
{
	struct action *sent = add(1, "ana", "c1", 1, NULL, 0);

	(void)state;
	action_move(sent, ACTION_APPROVED);
	add(2, "ana", "c1", 2, NULL, 0);
	add(3, "ana", "c2", 3, NULL, 0);
	end_as(add(4, "ana", "c1", 4, NULL, 0), ACTION_DENIED, 1);
	add(5, "ben", "c1", 5, NULL, 0);
	assert_int_equal(queue_waiting(&q, "ana", NULL), 2);
	assert_int_equal(queue_waiting(&q, NULL, "c1"), 2);
	assert_int_equal(queue_waiting(&q, "ana", "c1"), 1);
	assert_int_equal(queue_waiting(&q, "cid", NULL), 0);
}

static void time_ends_holds(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ana", "c2", 2, NULL, 0), *c = add(3, "ana", "c3", 3, NULL, 0);
	struct proposal p;

	(void)state;
	assert_false(queue_due(&q, ACTION_HOLD_MS - 1, &p));
	assert_true(queue_next_deadline(&q) == ACTION_HOLD_MS);
	queue_detach(a, 1000);
	assert_true(queue_next_deadline(&q) == 1000 + QUEUE_AWAY_MS);
	assert_false(queue_due(&q, 999 + QUEUE_AWAY_MS, &p));
	assert_true(queue_due(&q, 1000 + QUEUE_AWAY_MS, &p));
	assert_ptr_equal(p.action, a);
	assert_int_equal(p.to, ACTION_WITHDRAWN);
	end_as(a, ACTION_WITHDRAWN, 31000);
	b->deadline_answered = true;
	queue_detach(b, 1000);
	assert_false(queue_due(&q, 999 + QUEUE_AWAY_ANSWERED_MS, &p));
	assert_true(queue_due(&q, 1000 + QUEUE_AWAY_ANSWERED_MS, &p));
	assert_ptr_equal(p.action, b);
	queue_attach(b);	/* it is back */
	assert_false(queue_due(&q, 1000 + QUEUE_AWAY_ANSWERED_MS, &p));
	assert_true(queue_due(&q, ACTION_HOLD_MS, &p));
	assert_int_equal(p.to, ACTION_EXPIRED);
	end_as(b, ACTION_EXPIRED, ACTION_HOLD_MS);
	end_as(c, ACTION_DENIED, ACTION_HOLD_MS);
	assert_false(queue_due(&q, INT64_MAX, &p));
	assert_true(queue_next_deadline(&q) == INT64_MAX);
}

static void something_else_supersedes(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ana", "c1", 2, NULL, 0);
	struct proposal p;

	(void)state;
	assert_false(queue_superseded(&q, b, &p));	/* both wait on open connections */
	queue_detach(a, 10);
	assert_true(queue_superseded(&q, b, &p));
	assert_ptr_equal(p.action, a);
	assert_int_equal(p.to, ACTION_WITHDRAWN);
	free(a->session);
	a->session = strdup("c2");
	assert_false(queue_superseded(&q, b, &p));
}

static void one_at_a_time(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ben", "c1", 2, NULL, 0), *c = add(3, "ben", "c2", 3, NULL, 0);

	(void)state;
	assert_ptr_equal(queue_waits_for(&q, b), a);
	assert_null(queue_waits_for(&q, c));
	action_move(b, ACTION_APPROVED);
	assert_false(queue_may_send(&q, b));	/* one before it is held, perhaps again */
	assert_null(queue_next_to_send(&q));
	b->ahead = true;
	assert_true(queue_may_send(&q, b));
	action_move(a, ACTION_APPROVED);
	assert_false(queue_may_send(&q, b));
	assert_ptr_equal(queue_next_to_send(&q), a);
	action_move(a, ACTION_SENT);
	assert_null(queue_next_to_send(&q));
	action_move(c, ACTION_APPROVED);
	assert_ptr_equal(queue_next_to_send(&q), c);
	action_move(a, ACTION_DONE);
	assert_ptr_equal(queue_next_to_send(&q), b);
}

static void decisions(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ana", "c1", 2, NULL, 0), *ret;
	struct decision d = { .id = 2, .version = 1, .digest = digests[2], .by = "zoe" };
	char message[256];

	(void)state;
	d.id = 9;
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_NOT_FOUND);
	d.id = 2;
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_WAITS);
	d.ahead = true;
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_OK);
	b->has_point = true;
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_SCREEN);
	d.has_screen = true;
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_OK);
	d.version = 2;
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_STALE);
	d.version = 1;
	b->version = 2;
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_STALE);
	b->version = 1;
	d.digest = digests[1];
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_DIGEST);
	d.digest = digests[2];
	queue_detach(b, 5);
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_AWAY);
	d.verb = DECIDE_DENY;
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_OK);	/* a no needs nobody there */
	b->decided_by = strdup("ben");
	end_as(b, ACTION_DENIED, 10);
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_TOO_LATE);
	assert_non_null(strstr(message, "ben"));
	assert_non_null(strstr(message, "denied"));
	(void)a;
}

static void a_held_one_behind_a_sent_one_counts(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ana", "c1", 2, NULL, 0), *c = add(3, "ana", "c1", 3, NULL, 0), *ret;
	struct decision d = { .id = 3, .version = 1, .digest = digests[3], .by = "zoe" };
	char message[256];

	(void)state;
	action_move(a, ACTION_APPROVED);
	action_move(a, ACTION_SENT);
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_WAITS);
	assert_non_null(strstr(message, "action 2"));
	action_move(b, ACTION_APPROVED);
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_OK);	/* the order is kept when they are sent */
	action_move(c, ACTION_APPROVED);
	assert_null(queue_next_to_send(&q));
	action_move(a, ACTION_DONE);
	assert_ptr_equal(queue_next_to_send(&q), b);
	action_move(b, ACTION_HELD);
	assert_null(queue_next_to_send(&q));	/* 3 was not approved ahead of it */
}

static void the_old_goes(void **state)
{
	struct action *a;
	int i;

	(void)state;
	for (i = 1; i <= QUEUE_ENDED_KEPT + 10; i++) {
		a = add(i, "ana", i == QUEUE_ENDED_KEPT + 10 ? "c2" : "c1", i == 8 ? 3 : 1, i == 2 ? "k" : NULL, 0);
		if (i == 4)
			continue;	/* still held */
		action_move(a, ACTION_APPROVED);
		action_move(a, ACTION_SENT);
		action_move(a, i == 5 || i == 6 ? ACTION_UNKNOWN : ACTION_DONE);
		if (i != 3)
			queue_detach(a, 0);
	}
	queue_find(&q, 6)->seen_by = strdup("ana");
	queue_find(&q, 7)->delivered = true;
	queue_trim(&q, QUEUE_UNFETCHED_MS);
	assert_non_null(queue_find(&q, 1));	/* a repeat may still fetch its answer, for a minute */
	assert_true(queue_find(&q, 1)->stripped);
	assert_int_equal(queue_arrive(&q, "ana", queue_find(&q, 8)->digest, NULL, QUEUE_UNFETCHED_MS, &a), ARRIVAL_RECORDED);
	assert_null(queue_find(&q, 7));		/* it was delivered */
	assert_non_null(queue_find(&q, 8));
	assert_false(queue_find(&q, 11)->stripped);	/* one of the last 200 */
	queue_find(&q, 8)->answer = ANSWER_COMING;
	queue_trim(&q, QUEUE_UNFETCHED_MS + 1);
	assert_int_equal(queue_arrive(&q, "ana", queue_find(&q, 8)->digest, NULL, QUEUE_KEYED_MS, &a), ARRIVAL_RECORDED);	/* as long as it is streamed */
	queue_find(&q, 8)->answer = ANSWER_NONE;
	queue_trim(&q, QUEUE_UNFETCHED_MS + 1);
	assert_non_null(queue_find(&q, 2));	/* its key is asked for a day long */
	assert_true(queue_find(&q, 2)->stripped);	/* by its digest: its body is in the journal alone */
	assert_string_equal(queue_find(&q, 2)->body, "");
	assert_int_equal(queue_arrive(&q, "ana", queue_find(&q, 2)->digest, "k", QUEUE_KEYED_MS, &a), ARRIVAL_RECORDED);
	assert_int_equal(queue_arrive(&q, "ana", "other", "k", QUEUE_KEYED_MS, &a), ARRIVAL_MISMATCH);
	a = queue_find(&q, QUEUE_ENDED_KEPT + 10);
	assert_non_null(queue_find(&q, 3));	/* somebody waits for it */
	assert_non_null(queue_find(&q, 4));
	assert_non_null(queue_find(&q, 5));	/* a fault that nobody has seen */
	assert_false(queue_find(&q, 3)->stripped || queue_find(&q, 5)->stripped);
	assert_null(queue_find(&q, 1));
	assert_null(queue_find(&q, 6));
	assert_null(queue_find(&q, 10));
	assert_int_equal(q.count, QUEUE_ENDED_KEPT + 4);	/* of the 9 oldest that ended 6 are gone: 1 and 6 to 10 */
	assert_ptr_equal(queue_next_on_session(&q, a, 0), a);
}

/* Many a second, by hand: they are forgotten soon, and nothing else is because of them. */
static void inputs_push_nothing_out(void **state)
{
	struct action *a;
	int i, count = QUEUE_INPUTS_KEPT + QUEUE_ENDED_KEPT;

	(void)state;
	a = add(1, "ana", "c1", 1, NULL, 0);
	action_move(a, ACTION_DENIED);
	a->delivered = true;
	queue_detach(a, 0);
	for (i = 2; i <= count + 1; i++) {
		a = add(i, "", "c1", 2, NULL, 0);
		a->path = strdup(i == 3 ? "/api/v1/computers/c1/stop" : "/api/v1/computers/c1/desktop/move");
		action_move(a, ACTION_APPROVED);
		action_move(a, ACTION_SENT);
		action_move(a, i == 4 ? ACTION_UNKNOWN : ACTION_DONE);
		queue_detach(a, 0);
	}
	queue_trim(&q, 1);
	assert_non_null(queue_find(&q, 1));
	assert_non_null(queue_find(&q, 3));	/* by hand too, but no input */
	assert_non_null(queue_find(&q, 4));	/* a fault that nobody has seen */
	assert_null(queue_find(&q, 2));
	assert_null(queue_find(&q, count + 1 - QUEUE_INPUTS_KEPT));
	assert_non_null(queue_find(&q, count + 2 - QUEUE_INPUTS_KEPT));
	assert_int_equal(q.count, QUEUE_INPUTS_KEPT + 3);
}

static void a_no_takes_later_yeses_back(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ana", "c1", 2, NULL, 0), *c = add(3, "ben", "c1", 3, NULL, 0);
	struct proposal p;

	(void)state;
	action_move(b, ACTION_APPROVED);
	action_move(c, ACTION_APPROVED);
	end_as(a, ACTION_DENIED, 10);
	assert_true(queue_needs_new_yes(&q, a, &p));
	assert_ptr_equal(p.action, b);
	assert_int_equal(p.to, ACTION_HELD);
	action_move(b, ACTION_HELD);
	assert_int_equal(b->version, 2);
	assert_false(queue_needs_new_yes(&q, a, &p));	/* another agent's yes stands */
}

static void an_edit_is_known_by_what_was_asked(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ana", "c2", 2, "k", 0), *ret;
	int i;

	(void)state;
	for (i = 3; i <= 4; i++)
		snprintf(digests[i], sizeof(digests[i]), "%064d", i);
	/* 1 was edited to what has digest 3, and 2 to what has 4. */
	a->original = strdup("");
	memcpy(a->asked_digest, digests[1], sizeof(a->asked_digest));
	memcpy(a->digest, digests[3], sizeof(a->digest));
	b->original = strdup("");
	memcpy(b->asked_digest, digests[2], sizeof(b->asked_digest));
	memcpy(b->digest, digests[4], sizeof(b->digest));
	assert_int_equal(queue_arrive(&q, "ana", digests[1], NULL, 5, &ret), ARRIVAL_JOIN);
	assert_ptr_equal(ret, a);
	assert_int_equal(queue_arrive(&q, "ana", digests[3], NULL, 5, &ret), ARRIVAL_NEW);	/* the agent never asked this */
	assert_int_equal(queue_arrive(&q, "ana", digests[2], "k", 5, &ret), ARRIVAL_JOIN);
	assert_int_equal(queue_arrive(&q, "ana", digests[4], "k", 5, &ret), ARRIVAL_MISMATCH);
	end_as(b, ACTION_DONE, 10);
	assert_int_equal(queue_arrive(&q, "ana", digests[2], "k", 11, &ret), ARRIVAL_RECORDED);
	assert_int_equal(queue_arrive(&q, "ana", digests[4], "k", 11, &ret), ARRIVAL_MISMATCH);
}

static void two_persons(void **state)
{
	struct action *a = add(1, "clerk", "c1", 1, NULL, 0), *ret;
	struct decision d = { .id = 1, .version = 1, .digest = digests[1], .by = "ana" };
	char message[256];

	(void)state;
	assert_false(queue_needs_more(a));
	a->require = 2;
	assert_true(queue_needs_more(a));
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_OK);
	assert_int_equal(action_approve(a, "ana", 1000 * 3723), 0);
	assert_false(queue_needs_more(a));
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_SAME_PERSON);
	assert_non_null(strstr(message, "by ana at 01:02:03 UTC"));
	d.by = "ben";
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_OK);
	d.by = "ana";
	d.verb = DECIDE_DENY;
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_OK);	/* who said yes may say no */
	a->require = 3;
	assert_true(queue_needs_more(a));
}

static void nobody_at_the_desk(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ana", "c2", 2, NULL, 0);
	struct proposal p;

	(void)state;
	b->deny_unattended = true;
	assert_false(queue_due(&q, 5, &p));
	q.unattended = true;
	assert_true(queue_next_deadline(&q) <= 5);
	assert_true(queue_due(&q, 5, &p));
	assert_ptr_equal(p.action, b);
	assert_int_equal(p.to, ACTION_DENIED);
	end_as(b, ACTION_DENIED, 5);
	assert_false(queue_due(&q, 5, &p));
	(void)a;
}

static void a_freeze_stops_the_clock(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ana", "c2", 2, NULL, 0), *ret;
	struct decision d = { .id = 1, .version = 1, .digest = digests[1], .by = "ana" };
	struct proposal p;
	char message[256];

	(void)state;
	queue_freeze(&q, 1000);
	queue_freeze(&q, 9000);	/* frozen once */
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_FROZEN);
	d.verb = DECIDE_DENY;
	assert_int_equal(queue_judge(&q, &d, &ret, message), DECISION_OK);
	assert_false(queue_due(&q, 2 * ACTION_HOLD_MS, &p));
	assert_true(queue_next_deadline(&q) == INT64_MAX);
	queue_detach(b, 2000);	/* its asker's patience is its own */
	assert_true(queue_due(&q, 2000 + QUEUE_AWAY_MS, &p));
	assert_ptr_equal(p.action, b);
	assert_int_equal(p.to, ACTION_WITHDRAWN);
	end_as(b, ACTION_WITHDRAWN, 2000 + QUEUE_AWAY_MS);
	queue_unfreeze(&q, 2 * ACTION_HOLD_MS);
	assert_true(queue_next_deadline(&q) == 3 * ACTION_HOLD_MS - 1000);
	assert_false(queue_due(&q, 3 * ACTION_HOLD_MS - 1001, &p));
	assert_true(queue_due(&q, 3 * ACTION_HOLD_MS - 1000, &p));
	assert_ptr_equal(p.action, a);
	queue_unfreeze(&q, 99 * ACTION_HOLD_MS);	/* not frozen: nothing moves */
	assert_true(queue_next_deadline(&q) == 3 * ACTION_HOLD_MS - 1000);
}

static void nothing_is_sent_while_frozen(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ben", "c2", 2, NULL, 0), *mine = add(3, "", "c1", 3, NULL, 0);
	struct proposal p;

	(void)state;
	action_move(a, ACTION_APPROVED);
	action_move(b, ACTION_APPROVED);
	action_move(mine, ACTION_APPROVED);
	assert_false(queue_comes_back(&q, NULL, &p));
	assert_true(queue_comes_back(&q, "ben", &p));	/* one agent is stopped */
	assert_ptr_equal(p.action, b);
	assert_true(queue_may_send(&q, mine));	/* although 1 is before it: a person's own hand */
	queue_freeze(&q, 10);
	assert_false(queue_may_send(&q, a));
	assert_ptr_equal(queue_next_to_send(&q), mine);
	assert_true(queue_comes_back(&q, NULL, &p));
	assert_ptr_equal(p.action, a);
	assert_int_equal(p.to, ACTION_HELD);
	action_move(a, ACTION_HELD);
	action_move(b, ACTION_HELD);
	assert_false(queue_comes_back(&q, NULL, &p));
	assert_int_equal(a->version, 2);
}

/* A move that could not be written is owed: nothing is sent before it is made. */
static void what_has_to_come_back_is_not_sent(void **state)
{
	struct action *a = add(1, "ana", "c1", 1, NULL, 0), *b = add(2, "ana", "c1", 2, NULL, 0), *c = add(3, "ana", "c1", 3, NULL, 0);
	struct proposal p;

	(void)state;
	action_move(b, ACTION_APPROVED);
	action_move(c, ACTION_APPROVED);
	end_as(a, ACTION_DENIED, 10);
	assert_int_equal(action_set(&b->comes_back, "an earlier one was denied"), 0);
	assert_true(queue_needs_new_yes(&q, a, &p));
	assert_ptr_equal(p.action, c);	/* b is known to need one */
	action_move(c, ACTION_HELD);
	assert_false(queue_needs_new_yes(&q, a, &p));
	assert_false(queue_may_send(&q, b));
	assert_true(queue_comes_back(&q, NULL, &p));
	assert_ptr_equal(p.action, b);
	assert_string_equal(p.why, "an earlier one was denied");
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		CASE(repeats_join), CASE(results_are_fetched_once), CASE(keys_last_a_day), CASE(withdrawn_is_asked_anew), CASE(how_many_wait),
		CASE(time_ends_holds), CASE(something_else_supersedes), CASE(one_at_a_time), CASE(decisions),
		CASE(a_held_one_behind_a_sent_one_counts), CASE(the_old_goes), CASE(inputs_push_nothing_out), CASE(a_no_takes_later_yeses_back),
		CASE(an_edit_is_known_by_what_was_asked), CASE(two_persons), CASE(nobody_at_the_desk), CASE(a_freeze_stops_the_clock),
		CASE(nothing_is_sent_while_frozen), CASE(what_has_to_come_back_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
