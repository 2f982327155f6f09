/* test_activity: what a session is at, by its events; and which events of a stream are known already (core/recent). */
#include "config.h"

#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/activity.h"
#include "core/recent.h"

static unsigned int give(struct activity *a, const char *type, const char *json, int64_t wall_ms)
{
	struct miosa_event ev;
	unsigned int effects;

	miosa_event_init(&ev);
	miosa_event_read(&ev, type, json, strlen(json));
	effects = activity_event(a, &ev, wall_ms, wall_ms);
	miosa_event_release(&ev);
	return effects;
}

static const char *doing(const struct activity *a)
{
	const struct activity_run *r = activity_doing(a);

	return r ? r->what : "";
}

/* Each event in turn: what it does, and what the session is at then. */
static void test_doing(void **state)
{
	static const struct { const char *type, *json; unsigned int effects; const char *doing; } table[] = {
		{ "sandbox.exec.started", "{\"exec_id\":\"e1\",\"command\":\"make\"}", ACTIVITY_CHANGED, "make" },
		{ "sandbox.exec.stdout", "{\"exec_id\":\"e1\",\"line\":\"cc\"}", 0, "make" },
		{ "sandbox.exec.started", "{\"exec_id\":\"e1\",\"command\":\"make\"}", 0, "make" },	/* told twice under two ids */
		{ "sandbox.exec.started", "{\"exec_id\":\"e2\",\"command\":\"ls\"}", ACTIVITY_CHANGED, "ls" },
		{ "heartbeat", "{}", 0, "ls" },
		{ "sandbox.exec.completed", "{\"exec_id\":\"e2\",\"exit_code\":0}", ACTIVITY_CHANGED, "make" },
		{ "sandbox.exec.completed", "{\"exec_id\":\"e2\",\"exit_code\":0}", 0, "make" },
		{ "sandbox.exec.completed", "{\"exec_id\":\"e1\",\"exit_code\":2}", ACTIVITY_CHANGED, "" },
		/* Its end is told before its begin: it does not run. */
		{ "sandbox.exec.completed", "{\"exec_id\":\"e3\",\"exit_code\":0}", 0, "" },
		{ "sandbox.exec.started", "{\"exec_id\":\"e3\",\"command\":\"late\"}", 0, "" },
		/* A computer: one name for both, and no id. */
		{ "exec", "{\"command\":\"id\"}", ACTIVITY_CHANGED, "id" },
		{ "exec", "{\"command\":\"other\",\"exit_code\":0}", 0, "id" },
		{ "exec", "{\"command\":\"id\",\"exit_code\":0}", ACTIVITY_CHANGED, "" },
		{ "desktop_action", "{\"kind\":\"click\"}", ACTIVITY_SCREEN, "" },
		{ "screen.changed", "{}", ACTIVITY_SCREEN, "" },
		{ "screenshot", "{\"width\":1280,\"height\":800}", 0, "" },	/* or who reads it would read it again for ever */
		{ "sandbox.ready", "{\"status\":\"running\"}", ACTIVITY_ASK_STATE, "" },
		{ "sandbox.running", "{}", ACTIVITY_ASK_STATE, "" },
		{ "sandbox.started", "{}", ACTIVITY_ASK_STATE, "" },
		{ "process.started", "{\"pid\":12,\"cmd\":\"serve\"}", ACTIVITY_CHANGED | ACTIVITY_ASK_PROCESSES, "serve" },
		{ "process.stopped", "{\"pid\":12,\"cmd\":\"serve\"}", ACTIVITY_CHANGED | ACTIVITY_ASK_PROCESSES, "" },
		/* It began anew: nothing of before runs. */
		{ "sandbox.exec.started", "{\"exec_id\":\"e9\",\"command\":\"make\"}", ACTIVITY_CHANGED, "make" },
		{ "sandbox.resumed", "{}", ACTIVITY_ASK_STATE, "make" },
		{ "sandbox.started", "{}", ACTIVITY_CHANGED | ACTIVITY_ASK_STATE | ACTIVITY_ASK_PROCESSES, "" },
		{ "thinking", "{\"content\":\"hm\"}", 0, "" },
		{ "session_started", "{\"session_id\":\"a1\"}", ACTIVITY_ASK_AGENTS, "" },
		{ "snapshot_progress", "{\"snapshot_id\":\"s1\",\"status\":\"creating\"}", ACTIVITY_ASK_SNAPSHOTS, "" },
	};
	struct activity a;
	size_t i;

	(void)state;
	activity_init(&a);
	for (i = 0; i < ARRAY_LEN(table); i++) {
		assert_int_equal(give(&a, table[i].type, table[i].json, 1000), table[i].effects);
		assert_string_equal(doing(&a), table[i].doing);
	}
	assert_true(a.unknown_events == 0);
	activity_release(&a);
}

static void test_times(void **state)
{
	struct activity a;

	(void)state;
	activity_init(&a);
	assert_true(activity_per_minute(&a, 5000) == 0);
	give(&a, "sandbox.exec.started", "{\"exec_id\":\"e\",\"command\":\"x\",\"timestamp\":\"2026-11-25T20:31:58Z\"}", 5000);
	assert_true(activity_doing(&a)->since_wall_ms == 1795638718000);	/* its own word */
	give(&a, "sandbox.exec.started", "{\"exec_id\":\"f\",\"command\":\"y\"}", 5900);
	assert_true(activity_doing(&a)->since_wall_ms == 5900);
	give(&a, "ping", "{}", 60000);
	assert_true(a.last_event_wall_ms == 5900);	/* a sign of life is no event */
	give(&a, "screenshot", "{}", 60000);
	assert_true(a.last_event_wall_ms == 5900);	/* nor that somebody looked */
	assert_true(activity_per_minute(&a, 60000) == 2);
	give(&a, "odd", "{}", 64999);
	assert_true(activity_per_minute(&a, 64999) == 3);
	assert_true(activity_per_minute(&a, 65000) == 1);
	assert_true(activity_per_minute(&a, 124000) == 0);
	give(&a, "odd", "{}", 1000000);		/* what is older than a minute is not counted again */
	assert_true(activity_per_minute(&a, 1000000) == 1);
	activity_release(&a);
}

static void test_gap(void **state)
{
	static const struct miosa_job jobs[] = { { .id = (char *)(uintptr_t)"12", .name = (char *)(uintptr_t)"", .what = (char *)(uintptr_t)"serve", .started_wall_ms = 7, .goes_on = true } };
	struct activity a;

	(void)state;
	activity_init(&a);
	assert_false(activity_gap(&a));
	give(&a, "sandbox.exec.started", "{\"exec_id\":\"e\",\"command\":\"x\"}", 1000);
	assert_true(activity_gap(&a));
	assert_string_equal(doing(&a), "");	/* its end may have been missed */
	assert_int_equal(give(&a, "sandbox.exec.stdout", "{\"exec_id\":\"other\",\"line\":\"\"}", 1000), 0);
	assert_string_equal(doing(&a), "");
	assert_int_equal(give(&a, "sandbox.exec.stdout", "{\"exec_id\":\"e\",\"line\":\"\"}", 1000), ACTIVITY_CHANGED);
	assert_string_equal(doing(&a), "x");	/* it prints, so it runs */
	activity_gap(&a);
	assert_true(activity_no_gap(&a));
	assert_string_equal(doing(&a), "x");
	activity_gap(&a);
	give(&a, "sandbox.exec.completed", "{\"exec_id\":\"e\",\"exit_code\":0}", 1000);
	assert_false(activity_no_gap(&a));
	assert_string_equal(doing(&a), "");
	/* The list is read again after each gap: it is never in doubt. */
	assert_true(activity_set_processes(&a, jobs, 1, 1000));
	assert_false(activity_gap(&a));
	assert_string_equal(doing(&a), "serve");
	assert_true(activity_doing(&a)->since_wall_ms == 7);
	assert_false(activity_set_processes(&a, jobs, 1, 1000));
	assert_true(activity_stopped(&a));
	assert_string_equal(doing(&a), "");
	activity_set_processes(&a, jobs, 1, 1000);
	assert_true(activity_set_processes(&a, jobs, 0, 1000));
	assert_string_equal(doing(&a), "");
	activity_release(&a);
}

static void test_unknown(void **state)
{
	char type[200];
	struct activity a;

	(void)state;
	activity_init(&a);
	assert_int_equal(give(&a, "webhook.delivered", "{\"a\":1}", 1), ACTIVITY_CHANGED);	/* the first is told at once */
	assert_int_equal(give(&a, "odd.one", "no json", 1), 0);
	assert_true(a.unknown_events == 2);
	assert_string_equal(a.last_unknown, "odd.one");
	memset(type, 'x', sizeof(type));
	type[sizeof(type) - 1] = '\0';
	give(&a, type, "{}", 1);
	assert_int_equal(strlen(a.last_unknown), sizeof(a.last_unknown) - 1);
	activity_release(&a);
}

static char *own(const char *s)
{
	char *c = strdup(s);

	assert_non_null(c);
	return c;
}

static bool set_previews(struct activity *a, size_t count, int port)
{
	struct miosa_preview list[100];
	size_t i;

	for (i = 0; i < count; i++)
		list[i] = (struct miosa_preview){ .id = own("p"), .url = own("u"), .port = port };
	return activity_set_previews(a, list, count);
}

static bool set_snapshots(struct activity *a, const char *status)
{
	struct miosa_snapshot s = { .id = own("s1"), .status = own(status), .comment = own(""), .created_at = own("") };

	return activity_set_snapshots(a, &s, 1);
}

static void test_lists(void **state)
{
	struct activity a;

	(void)state;
	activity_init(&a);
	assert_int_equal(give(&a, "sandbox.preview.ready", "{\"preview_id\":\"p\",\"url\":\"u\",\"port\":3000}", 1), ACTIVITY_CHANGED | ACTIVITY_ASK_PREVIEWS);
	assert_int_equal(a.preview_count, 1);
	assert_false(set_previews(&a, 1, 3000));	/* as the event said */
	assert_true(set_previews(&a, 1, 3001));
	give(&a, "sandbox.preview.ready", "{\"preview_id\":\"p\",\"url\":\"v\",\"port\":3000}", 1);
	assert_int_equal(a.preview_count, 1);
	assert_string_equal(a.previews[0].url, "v");
	assert_true(set_previews(&a, 100, 1));
	assert_int_equal(a.preview_count, ACTIVITY_LIST_MAX);
	assert_int_equal(give(&a, "sandbox.preview.ready", "{\"preview_id\":\"q\",\"url\":\"v\",\"port\":3000}", 1), ACTIVITY_ASK_PREVIEWS);
	assert_int_equal(give(&a, "sandbox.preview.ready", "{}", 1), ACTIVITY_ASK_PREVIEWS);
	assert_true(set_previews(&a, 0, 0));
	assert_int_equal(a.preview_count, 0);

	assert_true(set_snapshots(&a, "creating"));
	assert_true(activity_snapshot_goes_on(&a.snapshots[0]));
	assert_false(set_snapshots(&a, "creating"));
	assert_int_equal(give(&a, "snapshot_progress", "{\"snapshot_id\":\"s1\",\"status\":\"uploading\"}", 1), ACTIVITY_CHANGED);
	assert_string_equal(a.snapshots[0].status, "uploading");
	assert_int_equal(give(&a, "snapshot_progress", "{\"snapshot_id\":\"s1\",\"status\":\"uploading\",\"progress\":50}", 1), 0);
	assert_int_equal(give(&a, "snapshot_progress", "{\"snapshot_id\":\"s1\",\"status\":\"ready\"}", 1), ACTIVITY_CHANGED | ACTIVITY_ASK_SNAPSHOTS);
	assert_false(activity_snapshot_goes_on(&a.snapshots[0]));

	/* A process that an event named, and the list says that it has ended. */
	give(&a, "process.started", "{\"pid\":12,\"cmd\":\"serve\"}", 1);
	assert_string_equal(doing(&a), "serve");
	assert_false(activity_set_processes(&a, &(struct miosa_job){ .id = "13", .name = "", .what = "other" }, 1, 1));
	assert_string_equal(doing(&a), "serve");
	assert_true(activity_set_processes(&a, &(struct miosa_job){ .id = "12", .name = "", .what = "serve" }, 1, 1));
	assert_string_equal(doing(&a), "");

	assert_true(activity_set_cost(&a, 0));
	assert_false(activity_set_cost(&a, 0));
	activity_release(&a);
}

/* As many at once as nobody runs. */
static void test_many_runs(void **state)
{
	char json[80];
	struct activity a;
	int i;

	(void)state;
	activity_init(&a);
	for (i = 0; i < 100; i++) {
		snprintf(json, sizeof(json), "{\"exec_id\":\"e%d\",\"command\":\"c%d\"}", i, i);
		give(&a, "sandbox.exec.started", json, 1);
	}
	assert_int_equal(a.run_count, ACTIVITY_RUNS_MAX);
	assert_string_equal(doing(&a), "c99");
	activity_release(&a);
}

/* ---- core/recent ---- */

static void add(struct recent *r, int from, int to)
{
	char id[32];

	for (; from <= to; from++) {
		snprintf(id, sizeof(id), "evt_%08d", from);
		recent_add(r, id);
	}
}

static void test_recent(void **state)
{
	char long_id[RECENT_ID_BYTES + 10];
	struct recent r = { .ids = NULL };

	(void)state;
	assert_string_equal(recent_resume(&r), "");
	assert_true(recent_add(&r, "a"));
	assert_false(recent_add(&r, "a"));
	assert_string_equal(recent_resume(&r), "a");	/* there is none before it */
	recent_release(&r);

	add(&r, 1, 1000);
	assert_false(recent_add(&r, "evt_00000873"));	/* 1000 less 127 */
	assert_true(recent_add(&r, "evt_00000872"));	/* too long ago */
	recent_release(&r);

	memset(long_id, 'x', sizeof(long_id));
	long_id[sizeof(long_id) - 1] = '\0';
	assert_true(recent_add(&r, long_id));
	assert_false(recent_add(&r, long_id));
	assert_string_equal(recent_resume(&r), "");
	recent_release(&r);
}

/* From where to go on, break after break. */
static void test_resume(void **state)
{
	struct recent r = { .ids = NULL };

	(void)state;
	add(&r, 1, 20);
	assert_string_equal(recent_resume(&r), "evt_00000012");
	assert_string_equal(recent_resume(&r), "evt_00000012");		/* a connection that brought nothing tells nothing */
	add(&r, 13, 15);	/* what was asked for again, in part */
	assert_string_equal(recent_resume(&r), "evt_00000012");
	add(&r, 13, 20);	/* and whole: nothing was lost among it */
	assert_string_equal(recent_resume(&r), "evt_00000016");
	add(&r, 17, 23);
	assert_string_equal(recent_resume(&r), "evt_00000020");
	recent_release(&r);

	/* A stream that never gives more than one event of what is asked for again still moves on. */
	add(&r, 1, 3);
	assert_string_equal(recent_resume(&r), "evt_00000001");
	add(&r, 2, 2);
	assert_string_equal(recent_resume(&r), "evt_00000001");
	add(&r, 2, 2);
	assert_string_equal(recent_resume(&r), "evt_00000001");
	add(&r, 2, 2);
	assert_string_equal(recent_resume(&r), "evt_00000002");
	add(&r, 3, 3);
	assert_string_equal(recent_resume(&r), "evt_00000003");
	recent_release(&r);
}

/*
 * A stream that is cut after each n events, and gives each two of them in the wrong order: all are had, each once. (Cut after each single one, it would
 * never give the first of two.)
 */
static void test_reordered_and_cut(void **state)
{
	enum { EVENTS = 300 };
	unsigned int cut, shift;

	(void)state;
	for (cut = 2; cut <= 30; cut++) {
		for (shift = 0; shift < 2; shift++) {
			struct recent r = { .ids = NULL };
			int had[EVENTS + 2] = { 0 }, at = 1, connections = 0, i, all = 0;
			char id[32];

			while (all < EVENTS && connections++ < 5000) {
				const char *from = recent_resume(&r);

				at = from[0] ? atoi(from + 4) + 1 : 1;
				for (i = 0; i < (int)cut && at + i <= EVENTS; i++) {
					int n = at + i;

					/* Pairs, by their number: the later comes first. */
					n = (n + (int)shift) % 2 == 0 ? n - 1 : n + 1;
					if (n < at || n > EVENTS)
						n = at + i;
					snprintf(id, sizeof(id), "evt_%08d", n);
					if (recent_add(&r, id)) {
						had[n]++;
						all++;
					}
				}
			}
			for (i = 1; i <= EVENTS; i++)
				assert_int_equal(had[i], 1);
			recent_release(&r);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_doing), cmocka_unit_test(test_times), cmocka_unit_test(test_gap), cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_lists), cmocka_unit_test(test_many_runs), cmocka_unit_test(test_recent), cmocka_unit_test(test_resume),
		cmocka_unit_test(test_reordered_and_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
