/* Reading logs: pages and searches in both directions, over one log and over all, against what a plain loop over all lines says. */
#include "config.h"

#include "unit.h"

#include <unistd.h>

#include "logs_folder.h"

enum { LINES = 6000, SESSIONS = 5 };

static struct folder f;
static struct { int session, number; enum log_stream stream; char text[400]; } all[LINES];

/* Lines over several blocks, of sessions that come and go; some are long, so that blocks end at odd places. */
static int setup(void **state)
{
	int i, session, counts[SESSIONS] = { 0 };
	unsigned int random = 7;
	char name[8];

	(void)state;
	folder_make(&f);
	for (i = 0; i < LINES; i++) {
		random = random * 1103515245 + 12345;
		session = i < 3000 ? (int)(random >> 16) % 3 : (int)(random >> 16) % SESSIONS;
		all[i].session = session;
		all[i].number = counts[session]++;
		all[i].stream = (enum log_stream)((random >> 20) % LOG_STREAMS);
		snprintf(all[i].text, sizeof(all[i].text), "line %d%s%s%.*s", i, i % 7 == 0 ? " seven" : "", i % 1000 == 13 ? " RARE" : "", (int)((random >> 8) % 300),
			 "................................................................................................................................"
			 "................................................................................................................................"
			 "............................................");
		snprintf(name, sizeof(name), "s%d", session);
		log_add(log_new(f.logs, name, NULL), i, log_stream_name(all[i].stream), all[i].text, strlen(all[i].text), "events", "id");
		if (i == LINES / 2 || i == LINES - 100)
			uv_run(&f.loop, UV_RUN_ONCE);
	}
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	folder_remove(&f);
	return 0;
}

struct query {
	int session;		/* -1: all */
	const char *sessions;	/* then: "0,2" */
	int64_t from, n;
	bool up;
	unsigned int streams;
	const char *word, *regex;	/* the latter: it means the same as the word, which is all that a plain loop knows */
};

static bool is_named(const char *sessions, int session)
{
	return !sessions || strchr(sessions, '0' + session);
}

/* What the answer has to be. */
static void expect(const struct query *q, char out[8192])
{
	const char *word = q->word ? q->word : "";
	int64_t total = LINES, from, key, next = -1, last = -1;
	struct buf b;
	int i, n = 0;

	for (i = 0, total = q->session < 0 ? LINES : 0; q->session >= 0 && i < LINES; i++)
		total += all[i].session == q->session;
	from = q->from < 0 ? q->from + total : q->from;
	buf_init(&b, 8000);
	for (i = q->up ? LINES - 1 : 0; i >= 0 && i < LINES; i += q->up ? -1 : 1) {
		key = q->session < 0 ? i : all[i].number;
		if ((q->session >= 0 && all[i].session != q->session) || !is_named(q->sessions, all[i].session) || (q->up ? key > from : key < from) ||
		    (q->streams && !(q->streams >> all[i].stream & 1)) || !strstr(all[i].text, word))
			continue;
		if (n++ == q->n)
			break;
		buf_printf(&b, "%lld ", (long long)key);
		last = key;
	}
	if (n >= q->n && q->n > 0)
		next = last + (q->up ? -1 : 1);
	buf_printf(&b, ">%lld", next >= 0 && next < total ? (long long)next : -1);
	snprintf(out, 8192, "%s", buf_cstr(&b));
	buf_release(&b);
}

static void check(const struct query *q)
{
	struct logscan_spec spec = { .from = q->from, .n = q->n, .up = q->up, .streams = q->streams };
	char session[8], want[8192], got[8192], names[64] = "";
	struct page p;
	const char *c;

	if (q->word) {
		const char *pattern = q->regex ? q->regex : q->word;

		assert_int_equal(pattern_new(pattern, strlen(pattern), q->regex != NULL, false, &spec.pattern, NULL), 0);
	}
	snprintf(session, sizeof(session), "s%d", q->session);
	if (q->session >= 0)
		spec.session = session;
	for (c = q->sessions; c && *c; c++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%ss%c", names[0] ? "," : "", *c);
	if (q->sessions)
		spec.sessions = names;
	page_read(&f, &spec, &p);
	expect(q, want);
	if (strcmp(page_numbers(&p, got), want) != 0)
		fail_msg("session %d (%s) from %lld n %lld %s streams %x %s:\nwant %s\ngot  %s", q->session, names, (long long)q->from, (long long)q->n, q->up ? "up" : "down",
			 q->streams, q->word ? q->word : "", want, got);
	page_free(&p);
}

static void test_all_ways(void **state)
{
	static const int64_t froms[] = { 0, 1, 499, 500, 1500, 2999, 5987, -1, -2, -100, -3000, 100000 }, ns[] = { 1, 2, 100, 1000 };
	static const struct { const char *word, *regex; } matches[] = {
		{ NULL, NULL }, { NULL, NULL }, { "line", NULL }, { "seven", NULL }, { "RARE", NULL }, { "absent", NULL }, { "seven", "line \\d+ seven" },
		{ "RARE", "(?=RARE)R" }, { ".....", "[.]{5}" },
	};
	static const unsigned int streams[] = { 0, 0, 1 << LOG_OUT, 1 << LOG_ERR | 1 << LOG_GAP };
	static const char *const sessions[] = { NULL, NULL, "4", "013" };
	unsigned int random = 1;
	int i;

	(void)state;
	for (i = 0; i < 1500; i++) {
		struct query q = { 0 };
		unsigned int dice;

		random = random * 1103515245 + 12345;
		dice = random >> 8;
		q.from = froms[dice % ARRAY_LEN(froms)];
		q.n = ns[dice / 12 % ARRAY_LEN(ns)];
		q.word = matches[dice / 48 % ARRAY_LEN(matches)].word;
		q.regex = matches[dice / 48 % ARRAY_LEN(matches)].regex;
		q.streams = streams[dice / 432 % ARRAY_LEN(streams)];
		q.session = (int)(dice / 1728 % (SESSIONS + 3)) - 3;
		if (q.session < 0) {
			q.session = -1;
			q.sessions = sessions[dice / 13824 % ARRAY_LEN(sessions)];
		}
		q.up = dice / 55296 % 2;
		check(&q);
	}
}

/* From next to next nothing is passed over and nothing comes twice, whichever way. */
static void test_from_page_to_page(void **state)
{
	bool up;
	int i, seen, dir;
	struct page p;

	(void)state;
	for (dir = 0; dir < 2; dir++) {
		struct logscan_spec spec = { .n = 97, .up = dir == 1 };

		up = spec.up;
		seen = 0;
		for (spec.from = up ? -1 : 0;; spec.from = p.next) {
			page_read(&f, &spec, &p);
			for (i = 0; i < p.count; i++, seen++)
				assert_int_equal(page_number(&p, i), up ? LINES - 1 - seen : seen);
			page_free(&p);
			if (p.next < 0)
				break;
		}
		assert_int_equal(seen, LINES);
	}
}

/* An answer is not longer than 4 MiB and a line, and says where to go on. */
static void test_long_answers(void **state)
{
	char *longer = malloc(60000);
	struct page p;
	int64_t next;
	int i;

	(void)state;
	assert_non_null(longer);
	memset(longer, '\1', 60000);	/* six bytes each in JSON */
	for (i = 0; i < 30; i++)
		log_add(log_new(f.logs, "long", NULL), 0, "out", longer, 60000, "events", NULL);
	page_read(&f, &(struct logscan_spec){ .session = "long", .n = 1000 }, &p);
	assert_in_range(p.text.len, LOGSCAN_BYTES_MAX, LOGSCAN_BYTES_MAX + 400000);
	assert_in_range(p.count, 11, 12);
	assert_int_equal(p.next, p.count);
	next = p.next;
	page_free(&p);
	page_read(&f, &(struct logscan_spec){ .session = "long", .n = 1000, .from = next }, &p);
	assert_int_equal(page_number(&p, 0), next);
	page_free(&p);
	free(longer);
}

/* A search sees the logs as they were when it began, whatever comes and goes meanwhile. */
static void test_as_it_was(void **state)
{
	struct logscan_spec spec = { .session = "s0", .n = 1000 };
	char path[512];
	struct logscan *k;
	struct json_doc d;
	struct err e;
	struct buf b;
	int64_t before = log_count(logs_find(f.logs, "s0"));
	int i;

	(void)state;
	pattern_new("seven", 5, false, false, &spec.pattern, NULL);
	k = logscan_new(f.logs, &spec);
	for (i = 0; i < 3000; i++)
		log_add(logs_find(f.logs, "s0"), 0, "out", "later seven", 11, "events", NULL);
	while (logscan_run(k, 0, &e) == 1)
		;
	buf_init(&b, SIZE_MAX - 1);
	logscan_write(k, &b);
	assert_null(strstr(b.data, "later"));
	assert_int_equal(json_parse(b.data, b.len, &d, NULL), 0);
	json_int(&d, json_get(&d, json_root(&d), "total"), &before);
	assert_int_equal(before, log_count(logs_find(f.logs, "s0")) - 3000);
	json_release(&d);
	buf_release(&b);
	logscan_free(k);
	/* A segment that goes meanwhile is left out, and no fault. */
	k = logscan_new(f.logs, &(struct logscan_spec){ .session = "s0", .n = 10 });
	assert_int_equal(unlink(folder_path(&f, "s0.000000000000000", path)), 0);
	assert_int_equal(logscan_run(k, 1000, &e), 0);
	buf_init(&b, SIZE_MAX - 1);
	logscan_write(k, &b);
	assert_int_equal(json_validate(b.data, b.len, NULL), 0);
	buf_release(&b);
	logscan_free(k);
}

static void test_too_costly(void **state)
{
	struct logscan_spec spec = { .session = "heavy", .n = 10 };
	struct logscan *k;
	char line[200];
	struct err e;

	(void)state;
	memset(line, 'a', sizeof(line) - 1);
	line[sizeof(line) - 1] = '!';
	log_add(log_new(f.logs, "heavy", NULL), 0, "out", "fine", 4, "events", NULL);
	log_add(log_new(f.logs, "heavy", NULL), 0, "out", line, sizeof(line), "events", NULL);
	assert_int_equal(pattern_new("^(a|a)+$", 8, true, false, &spec.pattern, NULL), 0);
	k = logscan_new(f.logs, &spec);
	assert_int_equal(logscan_run(k, 1000, &e), ERR_TOOBIG);
	assert_non_null(strstr(e.msg, "line 1 of heavy: the pattern takes too many steps"));
	logscan_free(k);
	assert_null(logscan_new(f.logs, &(struct logscan_spec){ .session = "absent" }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_ways), cmocka_unit_test(test_from_page_to_page), cmocka_unit_test(test_long_answers),
		cmocka_unit_test(test_as_it_was), cmocka_unit_test(test_too_costly),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
