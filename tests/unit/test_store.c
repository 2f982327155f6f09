/* test_store: real SQLite in a folder of its own: reopening, locking, refusing, the chain. */
#include "config.h"

#include "tests/unit/unit.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/describe.h"
#include "io/store_sqlite.h"

static char dir[300];

static int start(void **state)
{
	static int n;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/store-%d-%d", getenv("ASSENT_TMP") ? getenv("ASSENT_TMP") : "/tmp", (int)getpid(), n++);
	return 0;
}

static struct action *make(int64_t id)
{
	struct action *a = action_new();

	a->id = id;
	a->agent = strdup("ana");
	a->session = strdup("c1");
	a->session_kind = SESSION_COMPUTER;
	a->method = HTTP_POST;
	a->kind = "click";
	a->upstream = strdup("http://u");
	a->path = strdup("/api/v1/computers/c1/desktop/click");
	a->query = strdup("");
	a->headers[HEADER_CONTENT_TYPE] = strdup("application/json");
	a->body = malloc(4);
	memcpy(a->body, "a\0b", 4);
	a->body_len = 3;
	a->our_key = strdup("turn-1-click-x");
	a->title = strdup("t");
	a->reason = strdup("");
	a->turn = strdup("");
	memset(a->digest, 'd', DIGEST_HEX);
	return a;
}

static struct action *loaded[8];
static size_t loaded_count;

static void on_loaded(struct action *a, void *arg)
{
	(void)arg;
	loaded[loaded_count++] = a;
}

static void forget(void)
{
	while (loaded_count > 0)
		action_free(loaded[--loaded_count]);
}

static void survives_reopening(void **state)
{
	struct store *s;
	struct action *a = make(1);
	struct store_move m = { .to = ACTION_APPROVED, .who = "person:ana", .detail = "" };
	struct buf body, type;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	a->state = ACTION_HELD;
	a->decided_by = strdup("ana");
	a->decided_wall_ms = 5;
	assert_int_equal(store_move(s, a, &m, &e), 0);
	action_move(a, ACTION_APPROVED);
	m.to = ACTION_DONE;
	assert_int_equal(store_move(s, a, &m, &e), ERR_STATE);	/* not without sent */
	m.to = ACTION_SENT;
	assert_int_equal(store_move(s, a, &m, &e), 0);
	action_move(a, ACTION_SENT);
	store_close(s);

	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_load(s, on_loaded, NULL, &e), 0);
	assert_int_equal(loaded_count, 1);
	assert_int_equal(loaded[0]->state, ACTION_SENT);
	assert_int_equal(loaded[0]->body_len, 3);
	assert_memory_equal(loaded[0]->body, "a\0b", 3);
	assert_string_equal(loaded[0]->decided_by, "ana");
	assert_string_equal(loaded[0]->our_key, "turn-1-click-x");
	assert_string_equal(loaded[0]->kind, "click");
	forget();
	m = (struct store_move){ .to = ACTION_DONE, .who = "gate", .detail = "", .content_type = "text/x", .body = "answer", .body_len = 6 };
	a->status = 200;
	assert_int_equal(store_move(s, a, &m, &e), 0);
	buf_init(&body, 100);
	buf_init(&type, 100);
	assert_int_equal(store_result(s, 1, &body, &type, &e), 0);
	assert_string_equal(buf_cstr(&body), "answer");
	assert_string_equal(buf_cstr(&type), "text/x");
	assert_int_equal(store_result(s, 2, &body, &type, &e), ERR_NOTFOUND);
	assert_int_equal(store_last_id(s), 1);
	assert_int_equal(store_verify(s, &e), 0);
	buf_release(&body);
	buf_release(&type);
	store_close(s);
	action_free(a);
}

static void one_owner(void **state)
{
	struct store *s, *other;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_open(dir, &other, &e), ERR_CONFLICT);
	assert_non_null(strstr(e.msg, dir));
	store_close(s);
	assert_int_equal(store_open(dir, &other, &e), 0);
	store_close(other);
}

static void refuses_what_is_not_its_own(void **state)
{
	struct store *s;
	char path[400];
	struct err e;
	FILE *f;

	(void)state;
	mkdir(dir, 0700);
	snprintf(path, sizeof(path), "%s/journal.db", dir);
	f = fopen(path, "w");
	fputs("this is a letter to a friend, and long enough to have a header's length and some more of it ...................", f);
	fclose(f);
	assert_int_equal(store_open(dir, &s, &e), ERR_INVALID);
	assert_non_null(strstr(e.msg, "journal.db"));
	f = fopen(path, "r");
	assert_int_equal(fgetc(f), 't');	/* and it is still there */
	fclose(f);
	if (geteuid() != 0) {
		unlink(path);
		chmod(dir, 0500);
		assert_int_equal(store_open(dir, &s, &e), ERR_IO);
		assert_non_null(strstr(e.msg, dir));
		chmod(dir, 0700);
	}
}

static void an_edited_row_shows(void **state)
{
	struct action *a = make(1), *b = make(2);
	char path[400];
	struct store *s;
	struct err e;
	sqlite3 *db;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_hold(s, a, &e), 0);
	assert_int_equal(store_hold(s, b, &e), 0);
	assert_int_equal(store_verify(s, &e), 0);
	store_close(s);
	snprintf(path, sizeof(path), "%s/journal.db", dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, "UPDATE moves SET who = 'person:eve' WHERE seq = 1", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_verify(s, &e), ERR_INVALID);
	assert_non_null(strstr(e.msg, "move 1"));
	store_close(s);
	action_free(a);
	action_free(b);
}

static void agents(void **state)
{
	struct store_agent a = { .name = "ana", .token_sha256 = "x", .answer_within_ms = 1000, .created_wall_ms = 7 };
	struct store *s;
	struct err e;

	(void)state;
	assert_int_equal(store_open(dir, &s, &e), 0);
	assert_int_equal(store_add_agent(s, &a, &e), 0);
	assert_int_equal(store_add_agent(s, &a, &e), ERR_CONFLICT);
	assert_int_equal(store_revoke_agent(s, "ben", &e), ERR_NOTFOUND);
	assert_int_equal(store_revoke_agent(s, "ana", &e), 0);
	assert_int_equal(store_add_agent(s, &a, &e), 0);
	store_close(s);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup(f, start)
	const struct CMUnitTest tests[] = {
		CASE(survives_reopening), CASE(one_owner), CASE(refuses_what_is_not_its_own), CASE(an_edited_row_shows), CASE(agents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
