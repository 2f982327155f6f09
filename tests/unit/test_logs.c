/* Logs on disk: what is added is read, also after the gate ended or was killed; what is old goes; what is damaged or foreign hurts nothing. */
#include "config.h"

#include "unit.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "logs_folder.h"

static struct folder f;

static int setup(void **state)
{
	(void)state;
	folder_make(&f);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	folder_remove(&f);
	return 0;
}

static void restart(void)
{
	folder_close(&f);
	folder_open(&f);
}

static void add(const char *session, const char *text)
{
	log_add(log_new(f.logs, session, NULL), 1000, "out", text, strlen(text), "events", NULL);
}

static void read_all(const char *session, struct page *p)
{
	struct logscan_spec spec = { .session = session, .n = LOGSCAN_LINES_MAX };

	page_read(&f, &spec, p);
}

/* The texts of all lines kept, each behind its number. */
static void assert_lines(const char *session, const char *want)
{
	struct page p;
	struct buf b;
	char *text;
	int i;

	read_all(session, &p);
	buf_init(&b, SIZE_MAX - 1);
	for (i = 0; i < p.count; i++) {
		text = page_text(&p, i, "text");
		buf_printf(&b, "%s%lld %s", i > 0 ? "," : "", (long long)page_number(&p, i), text);
		free(text);
	}
	assert_string_equal(buf_cstr(&b), want);
	buf_release(&b);
	page_free(&p);
}

static void test_pages(void **state)
{
	static const struct { int64_t from, n, want_from; int lines; int64_t next; } table[] = {
		{ 0, 100, 0, 3, -1 }, { 0, 1, 0, 1, 1 }, { 1, 1, 1, 1, 2 }, { 2, 5, 2, 1, -1 }, { 2, 1, 2, 1, -1 }, { 3, 5, 3, 0, -1 }, { -1, 5, 2, 1, -1 }, { -3, 2, 0, 2, 2 },
		{ -100, 100, 0, 3, -1 }, { 0, 0, 0, 0, -1 }, { 0, -5, 0, 0, -1 }, { INT64_MAX, INT64_MAX, 3, 0, -1 }, { INT64_MIN, INT64_MAX, 0, 3, -1 },
	};
	struct log *l = log_new(f.logs, "a", NULL);
	struct page p;
	char *text;
	size_t i;
	int again;

	(void)state;
	log_add(l, 1000, "out", "first", 5, "events", "1");
	log_add(l, 1001, "err", "two\nrows\x1b[31m\r", 14, "logs", "x");
	log_add(l, 1002, "event", "", 0, "events", NULL);
	for (again = 0; again < 2; again++) {	/* as it is, and from the disk */
		assert_int_equal(log_count(l), 3);
		assert_string_equal(log_last_id(l, "events"), "1");
		assert_string_equal(log_last_id(l, "logs"), "x");
		assert_string_equal(log_last_id(l, "ready"), "");
		for (i = 0; i < ARRAY_LEN(table); i++) {
			struct logscan_spec spec = { .session = "a", .from = table[i].from, .n = table[i].n };

			page_read(&f, &spec, &p);
			assert_int_equal(p.total, 3);
			assert_int_equal(p.first, 0);
			assert_int_equal(p.from, table[i].want_from);
			assert_int_equal(p.count, table[i].lines);
			assert_int_equal(p.next, table[i].next);
			if (table[i].lines > 0)
				assert_int_equal(page_number(&p, 0), table[i].want_from);
			page_free(&p);
		}
		read_all("a", &p);
		text = page_text(&p, 1, "text");
		assert_string_equal(text, "two\nrows\x1b[31m\r");
		free(text);
		text = page_text(&p, 1, "stream");
		assert_string_equal(text, "err");
		free(text);
		page_free(&p);
		restart();
		l = log_new(f.logs, "a", NULL);
		assert_non_null(l);
	}
}

/* Text that is none, and text that is too long. */
static void test_texts(void **state)
{
	struct log *l = log_new(f.logs, "a", NULL);
	const char *want;
	struct buf out;
	struct page p;
	char *longer = malloc(70000), *text;

	(void)state;
	assert_non_null(longer);
	log_add(l, 0, "log", "a\0b\xff\xc3\xa9\xed\xa0\x80", 9, "logs", NULL);
	memset(longer, 'x', 70000);
	memcpy(longer + 65535, "\xc3\xa9", 2);	/* a character across the end */
	log_add(l, 0, "log", longer, 65536, "logs", NULL);
	log_add(l, 0, "log", longer, 70000, "logs", NULL);
	log_add(l, 0, "no such stream", "x", 1, "logs", NULL);
	restart();
	read_all("a", &p);
	assert_int_equal(p.count, 4);
	/* Valid JSON, whatever came: the page was parsed. */
	buf_init(&out, SIZE_MAX - 1);
	want = strstr(p.text.data, "\"text\":");
	assert_non_null(want);
	assert_memory_equal(want, "\"text\":\"a\\u0000b\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd", 24);
	text = page_text(&p, 1, "text");
	assert_int_equal(strlen(text), 65535 + 3);	/* cut in the middle of a character by the sender: that byte is U+FFFD */
	free(text);
	text = page_text(&p, 2, "text");
	assert_int_equal(strspn(text, "x"), 65535);
	assert_string_equal(text + 65535, " [4465 bytes more are left out]");
	free(text);
	text = page_text(&p, 3, "stream");
	assert_string_equal(text, "log");
	free(text);
	page_free(&p);
	buf_release(&out);
	free(longer);
}

/* Numbers and places go on over restarts; ids are those of the newest lines. */
static void put_id(const char *id, void *arg)
{
	buf_printf(arg, "%s ", id);
}

/* The newest ids of a source, from the disk alone, and of the block before where the last one has just begun. */
static void test_each_id(void **state)
{
	struct log *l = log_new(f.logs, "a", NULL);
	char id[16], *long_line = calloc(1, 1000);
	struct buf b;
	int i;

	(void)state;
	buf_init(&b, SIZE_MAX - 1);
	log_each_id(l, "events", put_id, &b);
	assert_int_equal(b.len, 0);
	log_add(l, 1000, "out", "one", 3, "events", "e1");
	log_add(l, 1001, "out", "two", 3, "logs", "l1");
	log_add(l, 1002, "out", "three", 5, NULL, NULL);
	log_add(l, 1003, "out", "four", 4, "events", "e2");
	restart();
	l = log_new(f.logs, "a", NULL);
	log_each_id(l, "events", put_id, &b);
	assert_string_equal(buf_cstr(&b), "e1 e2 ");
	log_add(l, 1004, "out", "not on the disk yet", 19, "events", "e3");
	buf_clear(&b);
	log_each_id(l, "events", put_id, &b);
	assert_string_equal(buf_cstr(&b), "e1 e2 ");
	memset(long_line, 'x', 999);
	for (i = 0; i < 128; i++) {	/* over the end of a block, by a little */
		snprintf(id, sizeof(id), "i%d", i);
		log_add(l, 1005, "out", long_line, 999, "events", id);
	}
	free(long_line);
	restart();
	l = log_new(f.logs, "a", NULL);
	buf_clear(&b);
	log_each_id(l, "events", put_id, &b);
	assert_non_null(strstr(buf_cstr(&b), "e2 e3 i0 i1 "));
	assert_non_null(strstr(buf_cstr(&b), " i126 i127 "));
	buf_release(&b);
}

static void test_restarts(void **state)
{
	struct page p;
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		struct log *a = log_new(f.logs, "a", NULL), *b = log_new(f.logs, "b", NULL);
		char id[16];

		assert_int_equal(log_count(a), 2 * i);
		snprintf(id, sizeof(id), i > 0 ? "id%d" : "", i);
		assert_string_equal(log_last_id(a, "events"), id);
		snprintf(id, sizeof(id), "id%d", i + 1);
		log_add(a, 0, "out", "x", 1, "events", id);
		log_add(b, 0, "out", "y", 1, "events", NULL);
		log_add(a, 0, "out", "z", 1, "events", NULL);
		restart();
	}
	page_read(&f, &(struct logscan_spec){ .n = 100 }, &p);
	assert_int_equal(p.count, 15);
	for (i = 0; i < 15; i++) {
		char *session = page_text(&p, i, "session");

		assert_int_equal(page_number(&p, i), i);
		assert_string_equal(session, i % 3 == 1 ? "b" : "a");
		free(session);
	}
	page_free(&p);
}

/* What was written when the gate is killed is there; the rest never came. */
static void test_killed(void **state)
{
	(void)state;
	add("a", "one");
	uv_run(&f.loop, UV_RUN_ONCE);	/* the timer writes it */
	add("a", "two");
	folder_kill(&f);
	folder_open(&f);
	assert_lines("a", "0 one");
	add("a", "three");
	restart();
	assert_lines("a", "0 one,1 three");
}

/* The file cut at each byte: whole lines stay, the torn one goes, and what comes next has its number. */
static void test_torn(void **state)
{
	static const char *const want[] = { NULL, "0 one", "0 one,1 two", "0 one,1 two,2 three" };
	char path[512], bytes[1024];
	struct log *l;
	struct err e;
	ssize_t len, cut;
	int fd, whole, before = 0;

	(void)state;
	add("a", "one");
	add("a", "two");
	add("a", "three");
	folder_close(&f);
	folder_path(&f, "a.000000000000000", path);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	len = read(fd, bytes, sizeof(bytes));
	assert_in_range(len, 100, 200);
	for (cut = len; cut > 0; cut--) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, bytes, (size_t)cut, 0), cut);
		folder_open(&f);
		l = log_new(f.logs, "a", &e);
		assert_non_null(l);
		whole = (int)log_count(l);
		if (before > 0)
			assert_in_range(before - whole, 0, 1);
		before = whole;
		assert_in_range(whole, 0, 3);
		if (whole > 0)
			assert_lines("a", want[whole]);
		if (folder_files(&f, ".damaged") > 0) {
			folder_close(&f);
			break;		/* cut in the block's head: there is nothing to be kept */
		}
		log_add(l, 0, "out", "more", 4, "events", NULL);
		assert_int_equal(log_count(l), whole + 1);
		restart();
		assert_int_equal(log_count(log_new(f.logs, "a", NULL)), whole + 1);
		folder_close(&f);
	}
	assert_int_equal(before, 0);
	assert_true(cut > 20);
	close(fd);
}

static void fill(const char *session, int lines, size_t len)
{
	struct log *l = log_new(f.logs, session, NULL);
	char *line = malloc(len);
	int i;

	assert_non_null(line);
	for (i = 0; i < lines; i++) {
		memset(line, 'a' + i % 26, len);
		log_add(l, i, "out", line, len, "events", NULL);
	}
	free(line);
}

/* Segments turn over, the newest 32 are kept, numbers go on. */
static void test_turn_over(void **state)
{
	enum { LINE = 60000, IN_SEGMENT = 2 * 64, COUNT = (LOG_SEGMENTS_MAX + 3) * IN_SEGMENT + 5 };
	struct page p;
	char *text;
	int again;

	(void)state;
	fill("a", COUNT, LINE);
	assert_int_equal(log_count(logs_find(f.logs, "a")), COUNT);
	for (again = 0; again < 2; again++) {
		assert_int_equal(logs_find(f.logs, "a")->count, LOG_SEGMENTS_MAX);
		assert_int_equal(folder_files(&f, ""), LOG_SEGMENTS_MAX);
		page_read(&f, &(struct logscan_spec){ .session = "a", .from = 0, .n = 3 }, &p);
		assert_int_equal(p.total, COUNT);
		assert_int_equal(p.first, 4 * IN_SEGMENT);
		assert_int_equal(p.count, 3);
		assert_int_equal(page_number(&p, 0), p.first);
		text = page_text(&p, 0, "text");
		assert_int_equal(text[0], 'a' + 4 * IN_SEGMENT % 26);
		free(text);
		page_free(&p);
		/* Over the border of two segments. */
		page_read(&f, &(struct logscan_spec){ .session = "a", .from = 5 * IN_SEGMENT - 1, .n = 2 }, &p);
		assert_int_equal(p.count, 2);
		assert_int_equal(page_number(&p, 1), 5 * IN_SEGMENT);
		page_free(&p);
		restart();
	}
}

/* All logs together have a bound too: here it is a smaller one, by making the others look larger. */
static void test_bound_of_all(void **state)
{
	(void)state;
	fill("old", 300, 60000);
	fill("new", 300, 60000);
	assert_int_equal(logs_find(f.logs, "old")->count, 3);
	f.logs->bytes = LOGS_BYTES_MAX - 5000000;
	fill("new", 130, 60000);	/* another segment: one too many */
	assert_int_equal(logs_find(f.logs, "old")->count, 2);
	assert_int_equal(logs_find(f.logs, "new")->count, 4);
	/* A session that is gone may lose all; one that is there keeps what it writes to. */
	log_free(logs_find(f.logs, "old"));
	f.logs->bytes += LOGS_BYTES_MAX;
	fill("new", 130, 60000);
	assert_null(logs_find(f.logs, "old"));
	assert_int_equal(logs_find(f.logs, "new")->count, 1);
	assert_int_equal(folder_files(&f, ""), 1);
}

/* So many sessions are known and no more: of those that are gone, the one that was silent longest goes with its file. */
static void test_bound_of_sessions(void **state)
{
	char session[32];
	int i;

	(void)state;
	add("x", "older");
	add("y", "newer");
	uv_run(&f.loop, UV_RUN_ONCE);
	log_free(logs_find(f.logs, "x"));
	log_free(logs_find(f.logs, "y"));
	for (i = 2; i < LOGS_MAX; i++) {
		snprintf(session, sizeof(session), "s%d", i);
		assert_non_null(log_new(f.logs, session, NULL));
	}
	assert_int_equal(f.logs->count, LOGS_MAX);
	assert_int_equal(folder_files(&f, ""), 2);
	assert_non_null(log_new(f.logs, "one more", NULL));
	assert_null(logs_find(f.logs, "x"));
	assert_non_null(logs_find(f.logs, "y"));
	assert_int_equal(folder_files(&f, ""), 1);
	add("another", "it has something to be written");
	log_free(logs_find(f.logs, "another"));
	assert_null(logs_find(f.logs, "y"));
	assert_non_null(log_new(f.logs, "the last", NULL));	/* "another" goes, unwritten */
	assert_null(logs_find(f.logs, "another"));
	assert_int_equal(f.logs->count, LOGS_MAX);
	assert_non_null(log_new(f.logs, "beyond", NULL));	/* all are there: none goes */
	assert_int_equal(f.logs->count, LOGS_MAX + 1);
	uv_run(&f.loop, UV_RUN_ONCE);
	assert_int_equal(folder_files(&f, ""), 0);
}

/* Each byte of a log's line that stays in memory, once it is written. */
static void test_nothing_stays_in_memory(void **state)
{
	const struct log *l;

	(void)state;
	fill("a", 1000000 / 8, 150);	/* the same for a million */
	l = logs_find(f.logs, "a");
	assert_true(l->unwritten.cap <= 256 * 1024);
	uv_run(&f.loop, UV_RUN_ONCE);
	assert_int_equal(l->unwritten.len, 0);
	assert_int_equal(l->count, 3);
	assert_true(l->unwritten.cap <= 8 * 1024);
}

/* More sessions than there may be open files. */
static void test_descriptors(void **state)
{
	struct rlimit all, few;
	char session[32];
	struct page p;
	int i;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &all);
	few = all;
	few.rlim_cur = 40;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (i = 0; i < 400; i++) {
		snprintf(session, sizeof(session), "s%d", i);
		add(session, "x");
	}
	uv_run(&f.loop, UV_RUN_ONCE);
	assert_false(f.logs->failing);
	page_read(&f, &(struct logscan_spec){ .n = 1000 }, &p);
	assert_int_equal(p.count, 400);
	page_free(&p);
	restart();
	page_read(&f, &(struct logscan_spec){ .n = 1000 }, &p);
	assert_int_equal(p.count, 400);
	page_free(&p);
	setrlimit(RLIMIT_NOFILE, &all);
}

/* An id is never a path; one too long for a name is refused. */
static void test_names(void **state)
{
	char path[512], name[300];
	struct err e;

	(void)state;
	add("../b", "x");
	add("..", "y");
	add("a", "z");
	add("a.000000000000001", "w");
	restart();
	assert_int_equal(access(folder_path(&f, "..%2Fb.000000000000000", path), F_OK), 0);
	assert_lines("../b", "0 x");
	assert_lines("..", "0 y");
	assert_lines("a", "0 z");
	assert_lines("a.000000000000001", "0 w");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_null(log_new(f.logs, name, &e));
	assert_non_null(strstr(e.msg, "too long for the name of a file"));
	assert_null(log_new(f.logs, "", &e));
}

static void put_file(const char *name, const char *bytes, size_t len)
{
	char path[512];
	int fd = open(folder_path(&f, name, path), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	close(fd);
}

/* What is no log of ours hurts nothing: it is set aside, or left alone. */
static void test_foreign(void **state)
{
	static const char zeros[200000];
	char path[512];

	(void)state;
	add("a", "one");
	add("good", "here");
	folder_close(&f);
	put_file("b.000000000000000", "not a log\n", 10);
	put_file("c.000000000000000", "", 0);
	put_file("d.000000000000007", zeros, sizeof(zeros));
	put_file("a.000000000000001", "torn", 4);	/* a's next segment: a goes on behind the one before */
	put_file("a.0", "of an earlier version\n", 22);
	put_file("%2e.000000000000000", "no name that we give", 20);
	put_file("notes.txt", "mine", 4);
	assert_int_equal(symlink("good.000000000000000", folder_path(&f, "e.000000000000000", path)), 0);
	assert_int_equal(mkfifo(folder_path(&f, "f.000000000000000", path), 0600), 0);
	folder_open(&f);
	assert_int_equal(folder_files(&f, ".damaged"), 6);
	assert_int_equal(access(folder_path(&f, "a.0", path), F_OK), 0);
	assert_int_equal(access(folder_path(&f, "%2e.000000000000000", path), F_OK), 0);
	assert_lines("good", "0 here");
	assert_lines("a", "0 one");
	add("a", "two");
	add("b", "new");
	add("e", "own");
	restart();
	assert_lines("a", "0 one,1 two");
	assert_lines("b", "0 new");
	assert_lines("e", "0 own");
	assert_lines("good", "0 here");
	unlink(folder_path(&f, "f.000000000000000.damaged", path));
}

/* Damage in the middle of a file: its block is left out from there on, all else is read. */
static void test_damaged(void **state)
{
	char path[512];
	struct page p;
	int fd, i;

	(void)state;
	fill("a", 200, 10000);	/* 13 to a block */
	folder_close(&f);
	fd = open(folder_path(&f, "a.000000000000000", path), O_WRONLY);
	assert_int_equal(pwrite(fd, "XXXX", 4, 2 * LOGBLOCK_BYTES), 4);			/* a block's head */
	assert_int_equal(pwrite(fd, "\0\0\0\0", 4, 4 * LOGBLOCK_BYTES + 50000), 4);	/* a text: it is what it is */
	assert_int_equal(pwrite(fd, "XXXX", 4, 27 + 3 * (10000 + 23)), 4);		/* a line's head */
	close(fd);
	folder_open(&f);
	read_all("a", &p);
	assert_int_equal(p.total, 200);
	assert_int_equal(p.count, 200 - 13 - 10);
	for (i = 0; i < p.count; i++)
		assert_int_equal(page_number(&p, i), i < 3 ? i : i < 16 ? i + 10 : i + 23);
	page_free(&p);
}

/* The disk refuses: numbers go on, what came meanwhile is not there, what comes afterwards is. */
static void test_cannot_write(void **state)
{
	struct rlimit all, none;
	struct page p;
	int i;

	(void)state;
	add("a", "before");
	uv_run(&f.loop, UV_RUN_ONCE);
	getrlimit(RLIMIT_NOFILE, &all);
	none = all;
	none.rlim_cur = 0;
	for (i = 0; i < 3; i++) {
		add("a", "lost");
		add("new", "lost");
		setrlimit(RLIMIT_NOFILE, &none);
		uv_run(&f.loop, UV_RUN_ONCE);
		setrlimit(RLIMIT_NOFILE, &all);
		assert_true(f.logs->failing);
	}
	add("a", "after");
	add("new", "after");
	uv_run(&f.loop, UV_RUN_ONCE);
	assert_false(f.logs->failing);
	for (i = 0; i < 2; i++) {
		assert_lines("a", "0 before,4 after");
		assert_lines("new", "3 after");
		page_read(&f, &(struct logscan_spec){ .session = "a", .from = -1, .n = 1, .up = true }, &p);
		assert_int_equal(p.total, 5);
		page_free(&p);
		restart();
	}
}

/* No folder: the gate goes on, and keeps nothing. */
static void test_no_folder(void **state)
{
	struct page p;
	int fd;

	(void)state;
	folder_remove(&f);
	fd = open(f.dir, O_WRONLY | O_CREAT | O_EXCL, 0600);	/* a file where the folder should be */
	assert_true(fd >= 0);
	close(fd);
	folder_open(&f);
	add("a", "x");
	read_all("a", &p);
	assert_int_equal(p.count, 1);	/* as long as it is in memory */
	page_free(&p);
	uv_run(&f.loop, UV_RUN_ONCE);
	read_all("a", &p);
	assert_int_equal(p.count, 0);
	assert_int_equal(p.total, 1);
	page_free(&p);
	folder_close(&f);
	unlink(f.dir);
	folder_make(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pages, setup, teardown), cmocka_unit_test_setup_teardown(test_texts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_restarts, setup, teardown), cmocka_unit_test_setup_teardown(test_each_id, setup, teardown), cmocka_unit_test_setup_teardown(test_killed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_torn, setup, teardown), cmocka_unit_test_setup_teardown(test_turn_over, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bound_of_all, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bound_of_sessions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_stays_in_memory, setup, teardown),
		cmocka_unit_test_setup_teardown(test_descriptors, setup, teardown), cmocka_unit_test_setup_teardown(test_names, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign, setup, teardown), cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cannot_write, setup, teardown), cmocka_unit_test_setup_teardown(test_no_folder, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
