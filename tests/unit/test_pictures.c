/* test_pictures: pictures in a real folder and the rows that name them: names, modes, what is swept, what is let go, what fails. */
#include "config.h"

#include "tests/unit/unit.h"
#include "tests/unit/click.h"
#include "tests/unit/failing_sync.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "gate/pictures.h"
#include "io/picstore.h"

static char dir[300];
static struct picstore *pictures;

static void empty_folder(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *f;

	while (d && (f = readdir(d)))
		unlinkat(dirfd(d), f->d_name, 0);
	if (d)
		closedir(d);
	rmdir(path);
}

static int start(void **state)
{
	static int n;
	struct err e;
	int r;

	(void)state;
	syncs.bad = 0;
	snprintf(dir, sizeof(dir), "%s/pictures-%d-%d", getenv("ASSENT_TMP") ? getenv("ASSENT_TMP") : "/tmp", (int)getpid(), n++);
	r = picstore_open(dir, &pictures, &e);
	syncs.count = 0;	/* its own name was one */
	return r;
}

static int stop(void **state)
{
	(void)state;
	picstore_close(pictures);
	empty_folder(dir);
	return 0;
}

/* Puts what the text says; its name. */
static const char *put(const char *text)
{
	static char names[8][DIGEST_HEX + 1];
	static int n;
	char *name = names[n++ % 8];

	digest_hex(text, strlen(text), name);
	assert_int_equal(picstore_put(pictures, name, text, strlen(text), NULL), 0);
	return name;
}

static bool is_there(const char *sha256)
{
	struct buf b;
	bool there;

	buf_init(&b, 1000);
	there = picstore_get(pictures, sha256, &b, NULL) == 0;
	buf_release(&b);
	return there;
}

static void kept_under_its_digest(void **state)
{
	const char *name = put("one");
	char path[500];
	struct stat st;
	struct buf b;

	(void)state;
	assert_int_equal(syncs.count, 2);	/* the file before it has its name, then the folder */
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	snprintf(path, sizeof(path), "%s/%s.png", dir, name);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	buf_init(&b, 1000);
	assert_int_equal(picstore_get(pictures, name, &b, NULL), 0);
	assert_string_equal(buf_cstr(&b), "one");
	put("one");
	assert_int_equal(syncs.count, 2);	/* it is there */
	assert_true(picstore_bytes(pictures) == 3);
	picstore_remove(pictures, name);
	assert_int_equal(picstore_get(pictures, name, &b, NULL), ERR_NOTFOUND);
	assert_true(picstore_bytes(pictures) == 0);
	assert_int_equal(picstore_get(pictures, "../../etc/passwd", &b, NULL), ERR_NOTFOUND);
	assert_int_equal(picstore_put(pictures, "../x", "x", 1, NULL), ERR_INVALID);
	buf_release(&b);
}

static void a_changed_one_is_not_given(void **state)
{
	const char *name = put("one");
	char path[500];
	struct buf b;
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "%s/%s.png", dir, name);
	fd = open(path, O_WRONLY);
	assert_int_equal(write(fd, "two", 3), 3);
	close(fd);
	buf_init(&b, 1000);
	assert_int_equal(picstore_get(pictures, name, &b, NULL), ERR_INVALID);
	buf_release(&b);
	assert_int_equal(truncate(path, 1), 0);
	put("one");	/* what somebody cut is written again */
	assert_true(is_there(name));
	assert_true(picstore_bytes(pictures) == 3 + 3 - 1);	/* it was counted as 3 when it was cut; the next start counts anew */
}

/* Whichever sync fails, no name is left that a later put would take for a whole picture. */
static void a_failed_sync_leaves_no_name(void **state)
{
	char name[DIGEST_HEX + 1];
	struct err e;
	int i;

	(void)state;
	digest_hex("one", 3, name);
	for (i = 1; i <= 2; i++) {
		syncs.count = 0;
		syncs.bad = i;
		assert_int_equal(picstore_put(pictures, name, "one", 3, &e), ERR_IO);
		assert_false(is_there(name));
		assert_true(picstore_bytes(pictures) == 0);
	}
	syncs.bad = 0;
	put("one");
	assert_true(is_there(name));
}

static bool this_one(const char *sha256, void *arg)
{
	return strcmp(sha256, arg) == 0;
}

static void sweeps_only_its_own(void **state)
{
	char kept[DIGEST_HEX + 1], path[400];
	const char *other = put("other");
	int fd;

	(void)state;
	snprintf(kept, sizeof(kept), "%s", put("kept"));
	snprintf(path, sizeof(path), "%s/.half", dir);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	snprintf(path, sizeof(path), "%s/notes.txt", dir);
	fd = open(path, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(picstore_sweep(pictures, this_one, kept), 2);
	assert_true(is_there(kept));
	assert_false(is_there(other));
	assert_int_equal(access(path, F_OK), 0);
	assert_true(picstore_bytes(pictures) == 4);
}

/* ---- the rows ---- */

static struct action *loaded[4];
static int loaded_count;

static void on_loaded(struct action *a, void *arg)
{
	(void)arg;
	loaded[loaded_count++] = a;
}

static void load(struct store *s)
{
	while (loaded_count > 0)
		action_free(loaded[--loaded_count]);
	assert_int_equal(store_load(s, on_loaded, NULL, NULL), 0);
}

static void count(const char *sha256, void *arg)
{
	(void)sha256;
	++*(int *)arg;
}

static struct store *open_store(char path[400])
{
	struct store *s;

	snprintf(path, 400, "%s-store", dir);
	assert_int_equal(store_open(path, &s, NULL), 0);
	return s;
}

static void rows_outlive_the_gate(void **state)
{
	const struct screen_changes changed = { .rects = { { 1, 2, 3, 4 }, { 50, 60, 7, 8 } }, .count = 2 };
	struct store_move m = { .to = ACTION_APPROVED, .who = "person:ana", .detail = "" };
	struct action *a = click_new(1);
	char path[400], two[DIGEST_HEX + 1];
	struct store *s = open_store(path);
	struct err e;

	(void)state;
	assert_int_equal(store_hold(s, a, &e), 0);
	action_move(a, ACTION_HELD);
	assert_int_equal(store_screen(s, a, SCREEN_AGENT, put("one"), NULL, "", &e), 0);
	m.screen = put("one");
	assert_int_equal(store_move(s, a, &m, &e), 0);
	action_move(a, ACTION_APPROVED);
	snprintf(two, sizeof(two), "%s", put("two"));
	assert_int_equal(store_screen(s, a, SCREEN_BEFORE, two, &changed, "why", &e), 0);
	load(s);
	assert_string_equal(loaded[0]->screens[SCREEN_AGENT], put("one"));
	assert_string_equal(loaded[0]->screens[SCREEN_DECIDED], put("one"));
	assert_string_equal(loaded[0]->screens[SCREEN_BEFORE], two);
	assert_string_equal(loaded[0]->screens[SCREEN_AFTER], "");
	assert_int_equal(loaded[0]->changed.count, 2);
	assert_int_equal(loaded[0]->changed.rects[1].height, 8);
	/* It comes back, and is decided on anew: what was before belongs to the yes of then. */
	m = (struct store_move){ .to = ACTION_HELD, .who = "gate", .detail = "" };
	assert_int_equal(store_move(s, a, &m, &e), 0);
	action_move(a, ACTION_HELD);
	load(s);
	assert_string_equal(loaded[0]->screens[SCREEN_BEFORE], two);
	m = (struct store_move){ .to = ACTION_APPROVED, .who = "person:ana", .detail = "", .screen = two };
	assert_int_equal(store_move(s, a, &m, &e), 0);
	action_move(a, ACTION_APPROVED);
	load(s);
	assert_string_equal(loaded[0]->screens[SCREEN_DECIDED], two);
	assert_string_equal(loaded[0]->screens[SCREEN_BEFORE], "");
	assert_int_equal(loaded[0]->changed.count, 0);
	assert_int_equal(store_verify(s, &e), 0);
	load(s);
	while (loaded_count > 0)
		action_free(loaded[--loaded_count]);
	store_close(s);
	action_free(a);
	empty_folder(path);
}

/* Over the bound the oldest go, first in the journal and then their files; not those of what is still to be decided. */
static void makes_room(void **state)
{
	struct action *first = click_new(1), *second = click_new(2), *third = click_new(3);
	struct store_move m = { .to = ACTION_DENIED, .who = "person:ana", .detail = "" };
	char path[400], one[DIGEST_HEX + 1], both[DIGEST_HEX + 1], three[DIGEST_HEX + 1];
	struct store *s = open_store(path);
	struct err e;
	int n = 0;

	(void)state;
	snprintf(one, sizeof(one), "%s", put("one"));
	snprintf(both, sizeof(both), "%s", put("both"));
	snprintf(three, sizeof(three), "%s", put("three"));
	assert_int_equal(store_hold(s, first, &e), 0);
	assert_int_equal(store_hold(s, second, &e), 0);
	assert_int_equal(store_hold(s, third, &e), 0);
	first->state = second->state = third->state = ACTION_HELD;
	assert_int_equal(store_screen(s, first, SCREEN_AGENT, one, NULL, "", &e), 0);
	assert_int_equal(store_screen(s, first, SCREEN_DECIDED, both, NULL, "", &e), 0);
	assert_int_equal(store_screen(s, second, SCREEN_AGENT, both, NULL, "", &e), 0);
	assert_int_equal(store_screen(s, third, SCREEN_AGENT, three, NULL, "", &e), 0);
	assert_int_equal(store_move(s, first, &m, &e), 0);
	assert_int_equal(store_move(s, third, &m, &e), 0);
	pictures_make_room(s, pictures, 12);
	assert_true(is_there(one));	/* there is room for all */
	pictures_make_room(s, pictures, 0);
	assert_false(is_there(one));
	assert_false(is_there(three));
	assert_true(is_there(both));	/* the second is held */
	load(s);
	assert_string_equal(loaded[0]->screens[SCREEN_AGENT], "");
	assert_string_equal(loaded[0]->screens[SCREEN_DECIDED], both);
	assert_int_equal(store_pictures(s, count, &n, &e), 0);
	assert_int_equal(n, 1);
	/* What was let go may be kept again. */
	assert_int_equal(store_screen(s, second, SCREEN_DECIDED, put("one"), NULL, "", &e), 0);
	n = 0;
	assert_int_equal(store_pictures(s, count, &n, &e), 0);
	assert_int_equal(n, 2);
	while (loaded_count > 0)
		action_free(loaded[--loaded_count]);
	action_free(first);
	action_free(second);
	action_free(third);
	store_close(s);
	empty_folder(path);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, start, stop)
	const struct CMUnitTest tests[] = {
		CASE(kept_under_its_digest), CASE(a_changed_one_is_not_given), CASE(a_failed_sync_leaves_no_name), CASE(sweeps_only_its_own),
		CASE(rows_outlive_the_gate), CASE(makes_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
