/* test_action: the transition table by all pairs; the digest by hand. */
#include "config.h"

#include "tests/unit/unit.h"

#include "base/digest.h"
#include "core/action.h"

static void all_pairs(void **state)
{
	static const struct { enum action_state from, to; } legal[] = {
		{ ACTION_NEW, ACTION_HELD }, { ACTION_HELD, ACTION_APPROVED }, { ACTION_HELD, ACTION_DENIED }, { ACTION_HELD, ACTION_EXPIRED },
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
			assert_int_equal(a.version, may && from == ACTION_APPROVED && to == ACTION_HELD ? 4 : 3);
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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(all_pairs), cmocka_unit_test(digest) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
