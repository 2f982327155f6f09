/* test_trail: events kept on disk: ids that only grow, segments that go, and a torn end at every byte. */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local/trail.h"

static char top[] = "/tmp/assent-trail.XXXXXX";
static char path[64];

static struct trail *open_trail(size_t segment_max)
{
	struct trail *t = NULL;
	struct err e;

	assert_int_equal(trail_open(path, segment_max, &t, &e), 0);
	return t;
}

static void add(struct trail *t, int64_t ms, const char *json, char id[TRAIL_ID_SIZE])
{
	struct err e;

	assert_int_equal(trail_add(t, ms, "log", json, strlen(json), id, &e), 0);
}

/* The JSON of all from that place on, with "|" behind each. */
static void all_from(const struct trail *t, uint64_t at, size_t step, char *out, size_t size)
{
	struct trail_event event;
	struct buf lines;
	uint64_t next;
	const char *p, *end;
	size_t n = 0;

	out[0] = '\0';
	buf_init(&lines, SIZE_MAX - 1);
	while (at < trail_end(t)) {
		assert_int_equal(trail_read(t, at, step, &lines, &next, NULL), 0);
		assert_true(next > at);
		at = next;
	}
	for (p = lines.data; p && (end = memchr(p, '\n', lines.len - (size_t)(p - lines.data))) != NULL; p = end + 1) {
		assert_true(trail_parse(p, (size_t)(end - p), &event));
		assert_string_equal(event.type, "log");
		n += (size_t)snprintf(out + n, size - n, "%.*s|", (int)event.len, event.json);
	}
	buf_release(&lines);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(strcpy(top, "/tmp/assent-trail.XXXXXX")))
		return -1;
	snprintf(path, sizeof(path), "%s/events", top);
	return 0;
}

static int tear_down(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	return system(command) == 0 ? 0 : -1;
}

static void ids_only_grow(void **state)
{
	static const int64_t clock[] = { 1000, 1000, 1001, 5, 900, 1001, 2000, -7 };
	char last[TRAIL_ID_SIZE] = "", id[TRAIL_ID_SIZE];
	struct trail *t = open_trail(1 << 20);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(clock); i++) {
		add(t, clock[i], "{}", id);
		assert_int_equal(strlen(id), TRAIL_ID_SIZE - 1);
		assert_true(strcmp(id, last) > 0);
		strcpy(last, id);
		if (i % 3 == 2) {
			trail_close(t);	/* a restart changes nothing in that */
			t = open_trail(1 << 20);
		}
	}
	trail_close(t);
}

static void reads_from_any_id(void **state)
{
	struct trail *t = open_trail(1 << 20);
	char id[3][TRAIL_ID_SIZE], got[128];
	size_t step;

	(void)state;
	add(t, 1, "{\"n\":1}", id[0]);
	add(t, 1, "{\"n\":\n2}", id[1]);
	add(t, 1, "{\"n\":3}", id[2]);
	for (step = 1; step < 200; step++) {
		all_from(t, trail_first(t), step, got, sizeof(got));
		assert_string_equal(got, "{\"n\":1}|{\"n\": 2}|{\"n\":3}|");
	}
	all_from(t, trail_after(t, id[0]), 64, got, sizeof(got));
	assert_string_equal(got, "{\"n\": 2}|{\"n\":3}|");
	assert_true(trail_after(t, id[2]) == trail_end(t));
	assert_true(trail_after(t, "evt_00000000000000000000000000") == trail_first(t));
	assert_true(trail_after(t, "evt_7ZZZZZZZZZZZZZZZZZZZZZZZZZ") == trail_end(t));
	assert_true(trail_after(t, "evt_nonsense") == trail_first(t));
	assert_true(trail_after(t, "") == trail_first(t));
	trail_close(t);
}

static void old_segments_go(void **state)
{
	char id[40][TRAIL_ID_SIZE], json[32], got[1024];
	struct trail *t = open_trail(100);	/* two events of about 50 bytes each */
	uint64_t first;
	struct stat st;
	char name[80];
	struct err e;
	struct buf b;
	int i;

	(void)state;
	for (i = 0; i < 40; i++) {
		snprintf(json, sizeof(json), "{\"n\":%d}", i);
		add(t, i, json, id[i]);
	}
	first = trail_first(t);
	assert_true(first > 0);
	buf_init(&b, 4096);
	assert_int_equal(trail_read(t, 0, 100, &b, &first, &e), ERR_NOTFOUND);
	buf_release(&b);
	assert_true(trail_after(t, id[0]) == trail_first(t));
	all_from(t, trail_after(t, id[37]), 64, got, sizeof(got));
	assert_string_equal(got, "{\"n\":38}|{\"n\":39}|");
	snprintf(name, sizeof(name), "%s.1", path);
	assert_int_equal(stat(name, &st), -1);
	trail_close(t);
	t = open_trail(100);
	all_from(t, trail_after(t, id[35]), 64, got, sizeof(got));
	assert_string_equal(got, "{\"n\":36}|{\"n\":37}|{\"n\":38}|{\"n\":39}|");
	trail_close(t);
}

static void a_torn_end_is_cut_at_every_byte(void **state)
{
	char id[3][TRAIL_ID_SIZE], name[80], whole[512], got[256], next[TRAIL_ID_SIZE];
	struct trail *t = open_trail(1 << 20);
	ssize_t len, cut;
	int fd;

	(void)state;
	add(t, 1, "{\"n\":1}", id[0]);
	add(t, 2, "{\"n\":2}", id[1]);
	add(t, 3, "{\"n\":3}", id[2]);
	trail_close(t);
	snprintf(name, sizeof(name), "%s.1", path);
	fd = open(name, O_RDONLY);
	len = read(fd, whole, sizeof(whole));
	close(fd);
	assert_true(len > 0 && len % 3 == 0);
	for (cut = 0; cut <= len; cut++) {
		static const char *const want[] = { "", "{\"n\":1}|", "{\"n\":1}|{\"n\":2}|", "{\"n\":1}|{\"n\":2}|{\"n\":3}|" };

		fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		assert_int_equal(write(fd, whole, (size_t)cut), cut);
		if (cut % 2 && cut < len)
			assert_int_equal(write(fd, "\0\0\n", 3), 3);	/* and what a power cut may leave behind it */
		close(fd);
		t = open_trail(1 << 20);
		all_from(t, trail_first(t), 64, got, sizeof(got));
		assert_string_equal(got, want[cut * 3 / len]);
		add(t, 1, "{}", next);
		if (cut * 3 / len > 0)
			assert_true(strcmp(next, id[cut * 3 / len - 1]) > 0);
		trail_close(t);
	}
}

static void in_memory_too(void **state)
{
	struct trail *t = NULL;
	char id[TRAIL_ID_SIZE], got[64];
	struct err e;

	(void)state;
	assert_int_equal(trail_open(NULL, 100, &t, &e), 0);
	add(t, 1, "{\"a\":1}", id);
	all_from(t, trail_first(t), 64, got, sizeof(got));
	assert_string_equal(got, "{\"a\":1}|");
	trail_close(t);
}

static void what_is_too_long_is_not_kept(void **state)
{
	static char much[TRAIL_EVENT_MAX + 1];
	struct trail *t = open_trail(1 << 20);
	char id[TRAIL_ID_SIZE];
	struct err e;

	(void)state;
	memset(much, '1', sizeof(much));
	assert_int_equal(trail_add(t, 1, "log", much, sizeof(much), id, &e), ERR_TOOBIG);
	assert_true(trail_end(t) == 0);
	assert_int_equal(trail_add(t, 1, "log", much, sizeof(much) - 1, id, &e), 0);
	trail_close(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(ids_only_grow, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reads_from_any_id, set_up, tear_down),
		cmocka_unit_test_setup_teardown(old_segments_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_torn_end_is_cut_at_every_byte, set_up, tear_down),
		cmocka_unit_test_setup_teardown(in_memory_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_too_long_is_not_kept, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
