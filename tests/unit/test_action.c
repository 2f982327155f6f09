/* test_action: the transition table by all pairs; the digest by hand. */
#include "config.h"

#include "tests/unit/unit.h"

#include "base/digest.h"
#include "core/action.h"

static void all_pairs(void **state)
{
	static const struct { enum action_state from, to; } legal[] = {
		{ ACTION_NEW, ACTION_HELD }, { ACTION_HELD, ACTION_HELD }, { ACTION_HELD, ACTION_APPROVED }, { ACTION_HELD, ACTION_DENIED }, { ACTION_HELD, ACTION_EXPIRED },
		{ ACTION_HELD, ACTION_WITHDRAWN }, { ACTION_APPROVED, ACTION_SENT }, { ACTION_APPROVED, ACTION_HELD }, { ACTION_SENT, ACTION_DONE },
		{ ACTION_SENT, ACTION_UPSTREAM_FAILED }, { ACTION_SENT, ACTION_NOT_SENT }, { ACTION_SENT, ACTION_UNKNOWN },
	};
	int from, to;
	size_t i;

	(void)state;
	for (from = 0; from < ACTION_STATES; from++) {
		for (to = 0; to < ACTION_STATES; to++) {
			struct action a = { .state = (enum action_state)from, .version = 3 };
			bool may = false;

			for (i = 0; i < ARRAY_LEN(legal); i++)
				may |= (int)legal[i].from == from && (int)legal[i].to == to;
			assert_int_equal(action_may_move((enum action_state)from, (enum action_state)to), may);
			assert_int_equal(action_move(&a, (enum action_state)to), may ? 0 : ERR_STATE);
			assert_int_equal((int)a.state, may ? to : from);
			assert_int_equal(a.version, may && from != ACTION_NEW && to == ACTION_HELD ? 4 : 3);
		}
		assert_int_equal((int)action_state_of(action_state_name((enum action_state)from)), from);
	}
	assert_int_equal((int)action_state_of("nonsense"), ACTION_STATES);
}

static void digest(void **state)
{
	char upstream[] = "http://127.0.0.1:1", path[] = "/api/v1/a%20b", query[] = "x=1", type[] = "application/json", empty[] = "";
	struct action a = { .method = HTTP_POST, .upstream = upstream, .path = path, .query = query };
	static const char text[] = "assent-action/1\nPOST\nhttp://127.0.0.1:1\n/api/v1/a%20b?x=1\ncontent-type:application/json\n\n{\"a\":1}";
	char hex[DIGEST_HEX + 1], want[DIGEST_HEX + 1], other[DIGEST_HEX + 1];

	(void)state;
	a.headers[HEADER_CONTENT_TYPE] = type;
	digest_hex(text, sizeof(text) - 1, want);
	assert_int_equal(action_digest(&a, "{\"a\":1}", 7, hex), 0);
	assert_string_equal(hex, want);
	assert_int_equal(action_digest(&a, "{\"a\":2}", 7, other), 0);
	assert_string_not_equal(hex, other);
	a.query = empty;
	assert_int_equal(action_digest(&a, "{\"a\":1}", 7, other), 0);
	assert_string_not_equal(hex, other);
	a.query = query;
	a.method = HTTP_PUT;
	assert_int_equal(action_digest(&a, "{\"a\":1}", 7, other), 0);
	assert_string_not_equal(hex, other);
}

static struct action *asked(const char *body)
{
	struct action *a = action_new();

	assert_non_null(a);
	assert_int_equal(action_set(&a->agent, "clerk") | action_set(&a->session, "s1") | action_set(&a->upstream, "http://u") |
			 action_set(&a->path, "/api/v1/x") | action_set(&a->query, ""), 0);
	a->method = HTTP_POST;
	a->body = strdup(body);
	a->body_len = strlen(body);
	assert_int_equal(action_digest(a, a->body, a->body_len, a->digest), 0);
	assert_int_equal(action_move(a, ACTION_HELD), 0);
	return a;
}

/* Edits as the gate does. */
static void edit(struct action *a, const char *body, const char *by)
{
	struct action *edited = action_edited(a, body, strlen(body), by);

	assert_non_null(edited);
	assert_int_equal(edited->version, a->version + 1);
	edited->reveal = false;		/* so says the rule of the other body */
	a->reveal = true;
	action_take_edit(a, edited);
	assert_false(a->reveal);
	assert_int_equal(action_move(a, ACTION_HELD), 0);
}

static void edits_keep_what_was_asked(void **state)
{
	struct action *a = asked("one");
	char first[DIGEST_HEX + 1], now[DIGEST_HEX + 1];

	(void)state;
	memcpy(first, a->digest, sizeof(first));
	assert_string_equal(action_asked(a), first);
	assert_int_equal(action_approve(a, "ana", 5), 0);
	a->snapshot = SNAPSHOT_TAKEN;
	edit(a, "two", "ben");
	assert_int_equal(a->snapshot, SNAPSHOT_NONE);	/* that one was before another version */
	assert_string_equal(a->body, "two");
	assert_string_equal(a->original, "one");
	assert_string_equal(a->edited_by, "ben");
	assert_string_equal(action_asked(a), first);
	assert_string_not_equal(a->digest, first);
	assert_int_equal(action_digest(a, "two", 3, now), 0);
	assert_string_equal(a->digest, now);
	assert_int_equal(a->version, 2);
	assert_int_equal(a->approval_count, 0);	/* nobody said yes to this */
	edit(a, "three", "ana");
	assert_string_equal(a->original, "one");
	assert_int_equal(a->original_len, 3);
	assert_string_equal(action_asked(a), first);
	edit(a, "one", "ana");	/* as the agent had it: nothing is edited any more */
	assert_null(a->original);
	assert_null(a->edited_by);
	assert_string_equal(a->digest, first);
	assert_string_equal(action_asked(a), first);
	assert_int_equal(a->version, 4);
	action_free(a);
}

static void approvals_are_counted(void **state)
{
	struct action *a = asked("x");
	int i;

	(void)state;
	for (i = 0; i < ACTION_PERSONS_MAX; i++)
		assert_int_equal(action_approve(a, "p", i), 0);
	assert_int_equal(action_approve(a, "p", i), ERR_STATE);
	action_unapprove(a);
	assert_int_equal(a->approval_count, ACTION_PERSONS_MAX - 1);
	assert_int_equal(action_move(a, ACTION_APPROVED), 0);
	assert_int_equal(a->approval_count, ACTION_PERSONS_MAX - 1);
	assert_int_equal(action_move(a, ACTION_HELD), 0);
	assert_int_equal(a->approval_count, 0);
	action_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_pairs), cmocka_unit_test(digest), cmocka_unit_test(edits_keep_what_was_asked),
					   cmocka_unit_test(approvals_are_counted) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
