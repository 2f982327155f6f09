/* test_local_files: the workspace as the files API sees it, and every way out of it that we could think of. */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "local/files.h"

static char top[] = "/tmp/assent-files.XXXXXX";
static char workspace[64], secret[64];
static struct files files;
static bool harmless;	/* no link leads out of top any more */

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static bool is_file(const char *path, const char *text)
{
	char have[64] = "";
	FILE *f = fopen(path, "r");
	size_t n = f ? fread(have, 1, sizeof(have) - 1, f) : 0;

	if (f)
		fclose(f);
	return f && n == strlen(text) && strcmp(have, text) == 0;
}

/*
 * Before anything is deleted: if deleting should ever follow links, it must find only our own folder to destroy. So what leads out of it
 * goes first, by its own name and not by the code under test.
 */
static void make_harmless(void)
{
	static const char *const far[] = { "abs", "absdir", "proc" };
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_LEN(far); i++) {
		snprintf(path, sizeof(path), "%s/%s", workspace, far[i]);
		assert_int_equal(unlink(path), 0);
	}
	harmless = true;
}

/* top/secret, which nobody may reach, and top/ws with links of all kinds. */
static int set_up(void **state)
{
	static const struct { const char *name, *target; } links[] = {
		{ "out", "../secret" }, { "outdir", ".." }, { "abs", "/etc/passwd" }, { "absdir", "/" }, { "proc", "/proc/self/root" },
		{ "loop", "loop" }, { "inside", "a.txt" }, { "insideabs", "/sub/b.txt" }, { "sub/up", "../a.txt" },
	};
	char path[128];
	size_t i;

	(void)state;
	if (!mkdtemp(strcpy(top, "/tmp/assent-files.XXXXXX")))
		return -1;
	snprintf(secret, sizeof(secret), "%s/secret", top);
	snprintf(workspace, sizeof(workspace), "%s/ws", top);
	put(secret, "secret");
	snprintf(path, sizeof(path), "%s/sub", workspace);
	if (mkdir(workspace, 0755) < 0 || mkdir(path, 0755) < 0)
		return -1;
	snprintf(path, sizeof(path), "%s/a.txt", workspace);
	put(path, "a");
	snprintf(path, sizeof(path), "%s/sub/b.txt", workspace);
	put(path, "bb");
	for (i = 0; i < ARRAY_LEN(links); i++) {
		snprintf(path, sizeof(path), "%s/%s", workspace, links[i].name);
		if (symlink(links[i].target, path) < 0)
			return -1;
	}
	return files_open(&files, workspace, "/workspace", NULL);
}

static int tear_down(void **state)
{
	(void)state;
	files_close(&files);
	if (!harmless)
		make_harmless();
	harmless = false;
	files_erase(top);
	return access(top, F_OK) == 0 ? -1 : 0;
}

static int read_into(const char *path, struct buf *b)
{
	buf_init(b, 1024);
	return files_read(&files, path, b, NULL);
}

static void reads(void **state)
{
	static const struct { const char *path; int result; const char *text; } table[] = {
		{ "/workspace/a.txt", 0, "a" }, { "a.txt", 0, "a" }, { "/workspace/sub/b.txt", 0, "bb" }, { "/workspace//sub/./b.txt", 0, "bb" },
		{ "sub/../a.txt", 0, "a" }, { "inside", 0, "a" }, { "insideabs", 0, "bb" }, { "sub/up", 0, "a" },
		{ "/workspace", ERR_INVALID, NULL }, { "sub", ERR_INVALID, NULL }, { "", ERR_INVALID, NULL },
		{ "nothing", ERR_NOTFOUND, NULL }, { "a.txt/x", ERR_NOTFOUND, NULL }, { "loop", ERR_NOTFOUND, NULL },
		{ "/etc/passwd", ERR_INVALID, NULL }, { "/workspacex/a.txt", ERR_INVALID, NULL }, { "/", ERR_INVALID, NULL },
		/* ways out */
		{ "out", ERR_NOTFOUND, NULL }, { "../secret", ERR_NOTFOUND, NULL }, { "/workspace/../secret", ERR_NOTFOUND, NULL },
		{ "../../../../../../etc/passwd", ERR_NOTFOUND, NULL }, { "sub/../../secret", ERR_NOTFOUND, NULL }, { "outdir/secret", ERR_NOTFOUND, NULL },
		{ "outdir/ws/../secret", ERR_NOTFOUND, NULL }, { "abs", ERR_NOTFOUND, NULL }, { "absdir/etc/passwd", ERR_NOTFOUND, NULL },
		{ "proc/etc/passwd", ERR_NOTFOUND, NULL },
	};
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		int r = read_into(table[i].path, &b);

		if (r != table[i].result || (r == 0 && strcmp(buf_cstr(&b), table[i].text) != 0))
			fail_msg("\"%s\": %d \"%s\"", table[i].path, r, buf_cstr(&b));
		buf_release(&b);
	}
}

/* A link to a folder of /proc is no way to leave, even when it is one that the kernel follows by itself. */
static void magic_links(void **state)
{
	char path[128];
	struct buf b;

	(void)state;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/../secret", files.fd);
	assert_int_equal(read_into(path, &b), ERR_INVALID);
	buf_release(&b);
	/* The workspace itself moved to where a magic link is in reach. */
	files_close(&files);
	assert_int_equal(files_open(&files, "/proc/self", "/workspace", NULL), 0);
	assert_int_equal(read_into("root/etc/passwd", &b), ERR_NOTFOUND);
	buf_release(&b);
	assert_int_equal(read_into("cwd/secret", &b), ERR_NOTFOUND);
	buf_release(&b);
	files_close(&files);
	assert_int_equal(files_open(&files, workspace, "/workspace", NULL), 0);
}

static void writes(void **state)
{
	static const char *const outside[] = { "out", "../secret", "/workspace/../secret", "outdir/secret", "sub/../../secret", "/tmp/x", "/", "/workspace", "" };
	char path[128];
	struct buf b;
	size_t i;

	(void)state;
	assert_int_equal(files_write(&files, "/workspace/new/deep/c.txt", "ccc", 3, NULL), 0);
	assert_int_equal(read_into("new/deep/c.txt", &b), 0);
	assert_string_equal(buf_cstr(&b), "ccc");
	buf_release(&b);
	assert_int_equal(files_write(&files, "new/deep/c.txt", "d", 1, NULL), 0);
	snprintf(path, sizeof(path), "%s/new/deep/c.txt", workspace);
	assert_true(is_file(path, "d"));
	/* Through a link that stays inside it is the link's target. */
	assert_int_equal(files_write(&files, "sub/up", "A", 1, NULL), 0);
	snprintf(path, sizeof(path), "%s/a.txt", workspace);
	assert_true(is_file(path, "A"));
	/* What looks like the secret from inside may be made there, but the one outside stays. */
	for (i = 0; i < ARRAY_LEN(outside); i++) {
		files_write(&files, outside[i], "mine", 4, NULL);
		if (!is_file(secret, "secret"))
			fail_msg("\"%s\" wrote outside", outside[i]);
	}
	assert_int_equal(files_write(&files, "/tmp/x", "x", 1, NULL), ERR_INVALID);
	assert_int_equal(files_write(&files, "/workspace", "x", 1, NULL), ERR_INVALID);
	assert_true(files_write(&files, "sub", "x", 1, NULL) < 0);
	/* A link to / is a link to the workspace. */
	snprintf(path, sizeof(path), "absdir%s/planted", top);
	assert_int_equal(files_write(&files, path, "x", 1, NULL), 0);
	snprintf(path, sizeof(path), "%s/planted", top);
	assert_int_not_equal(access(path, F_OK), 0);
}

/* A pipe or a socket in the workspace must not make the server wait. */
static void special_files(void **state)
{
	char path[128];
	struct buf b;

	(void)state;
	snprintf(path, sizeof(path), "%s/pipe", workspace);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(read_into("pipe", &b), ERR_INVALID);
	buf_release(&b);
	assert_true(files_write(&files, "pipe", "x", 1, NULL) < 0);
}

static void limits(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1);
	assert_int_equal(files_read(&files, "sub/b.txt", &b, NULL), ERR_TOOBIG);
	buf_release(&b);
}

static void deletes(void **state)
{
	static const char *const refused[] = { "/workspace", "", ".", "..", "sub/..", "sub/.", "../secret", "/workspace/../secret", "outdir/secret", "/etc/passwd", "/", "x/" };
	char path[128];
	size_t i;

	(void)state;
	make_harmless();
	for (i = 0; i < ARRAY_LEN(refused); i++)
		if (files_delete(&files, refused[i], NULL) == 0)
			fail_msg("\"%s\" was deleted", refused[i]);
	assert_true(is_file(secret, "secret"));
	snprintf(path, sizeof(path), "%s/sub/b.txt", workspace);
	assert_true(is_file(path, "bb"));
	/* A link goes, not what it leads to. */
	assert_int_equal(files_delete(&files, "out", NULL), 0);
	assert_int_equal(files_delete(&files, "outdir", NULL), 0);
	assert_int_equal(access(workspace, F_OK), 0);
	assert_true(is_file(secret, "secret"));
	assert_int_equal(files_write(&files, "tree/x/y/z", "1", 1, NULL), 0);
	snprintf(path, sizeof(path), "%s/tree/x/out", workspace);
	assert_int_equal(symlink("../../..", path), 0);
	assert_int_equal(files_delete(&files, "tree", NULL), 0);
	assert_int_equal(files_delete(&files, "tree", NULL), ERR_NOTFOUND);
	assert_true(is_file(secret, "secret"));
}

static void makes_folders(void **state)
{
	static const char *const refused[] = { "../new", "new/../../new", "/etc/new", "a.txt/new" };
	char path[128];
	struct stat st;
	size_t i;

	(void)state;
	assert_int_equal(files_mkdir(&files, "/workspace/p/q/r", NULL), 0);
	assert_int_equal(files_mkdir(&files, "p/q/r/", NULL), 0);
	snprintf(path, sizeof(path), "%s/p/q/r", workspace);
	assert_true(stat(path, &st) == 0 && S_ISDIR(st.st_mode));
	for (i = 0; i < ARRAY_LEN(refused); i++)
		if (files_mkdir(&files, refused[i], NULL) == 0)
			fail_msg("\"%s\" was made", refused[i]);
	snprintf(path, sizeof(path), "%s/new", top);
	assert_int_not_equal(access(path, F_OK), 0);
}

/* The JSON of a walk; NULL when it failed. */
static bool walk(int (*how)(const struct files *f, const char *path, int depth, struct jsonw *w, struct err *e), const char *path, int depth, int *ret, struct buf *b,
		 struct json_doc *d)
{
	struct jsonw w;

	buf_init(b, SIZE_MAX - 1);
	jw_init(&w, b);
	*d = (struct json_doc){ 0 };
	*ret = how(&files, path, depth, &w, NULL);
	return *ret == 0 && json_parse(buf_cstr(b), b->len, d, NULL) == 0;
}

static int find(const struct json_doc *d, int list, const char *name)
{
	int v;

	for (v = json_first(d, list); v != JSON_NONE && !json_str_is(d, json_get(d, v, "name"), name); v = json_next(d, v))
		;
	return v;
}

static void lists(void **state)
{
	struct json_doc d;
	struct buf b;
	int r, entries, v;

	(void)state;
	assert_true(walk(files_list, "/workspace", 1, &r, &b, &d));
	entries = json_get(&d, json_root(&d), "entries");
	assert_int_equal(json_size(&d, entries), 10);	/* a.txt, sub and eight links */
	assert_true(json_str_is(&d, json_get(&d, find(&d, entries, "a.txt"), "path"), "/workspace/a.txt"));
	assert_true(json_bool(&d, json_get(&d, find(&d, entries, "sub"), "is_dir"), false));
	assert_false(json_bool(&d, json_get(&d, find(&d, entries, "outdir"), "is_dir"), true));
	assert_int_equal(find(&d, entries, "b.txt"), JSON_NONE);
	json_release(&d);
	buf_release(&b);

	assert_true(walk(files_list, "/workspace", 2, &r, &b, &d));
	entries = json_get(&d, json_root(&d), "entries");
	assert_int_equal(json_size(&d, entries), 12);
	assert_true(json_str_is(&d, json_get(&d, find(&d, entries, "b.txt"), "path"), "/workspace/sub/b.txt"));
	assert_int_equal(find(&d, entries, "secret"), JSON_NONE);
	json_release(&d);
	buf_release(&b);

	assert_true(walk(files_tree, "/workspace", 8, &r, &b, &d));
	v = find(&d, json_get(&d, json_root(&d), "children"), "sub");
	assert_true(json_str_is(&d, json_get(&d, v, "type"), "dir"));
	v = find(&d, json_get(&d, v, "children"), "b.txt");
	assert_true(json_str_is(&d, json_get(&d, v, "path"), "/workspace/sub/b.txt"));
	assert_true(json_str_is(&d, json_get(&d, v, "type"), "file"));
	json_release(&d);
	buf_release(&b);

	assert_false(walk(files_list, "a.txt", 1, &r, &b, &d));
	assert_int_equal(r, ERR_NOTFOUND);
	buf_release(&b);
	/* From inside, ".." of the workspace is the workspace. */
	assert_true(walk(files_list, "outdir", 1, &r, &b, &d));
	assert_int_equal(find(&d, json_get(&d, json_root(&d), "entries"), "secret"), JSON_NONE);
	json_release(&d);
	buf_release(&b);
}

static void long_lists_are_refused(void **state)
{
	char path[128];
	struct json_doc d;
	struct buf b;
	int i, r, fd;

	(void)state;
	for (i = 0; i < FILES_LIST_MAX; i++) {
		snprintf(path, sizeof(path), "%s/sub/%d", workspace, i);
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		assert_true(fd >= 0);
		close(fd);
	}
	assert_false(walk(files_list, "sub", 1, &r, &b, &d));
	assert_int_equal(r, ERR_TOOBIG);
	buf_release(&b);
}

static void tells_of_one(void **state)
{
	static const struct { const char *path; int result; bool dir, link; } table[] = {
		{ "/workspace", 0, true, false }, { "a.txt", 0, false, false }, { "out", 0, false, true }, { "loop", 0, false, true },
		{ "nothing", ERR_NOTFOUND, false, false }, { "../secret", ERR_NOTFOUND, false, false }, { "/etc/passwd", ERR_INVALID, false, false },
	};
	struct json_doc d;
	struct jsonw w;
	struct buf b;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		buf_init(&b, 4096);
		jw_init(&w, &b);
		if (files_stat(&files, table[i].path, &w, NULL) != table[i].result)
			fail_msg("\"%s\"", table[i].path);
		if (table[i].result == 0) {
			assert_int_equal(json_parse(buf_cstr(&b), b.len, &d, NULL), 0);
			assert_int_equal(json_bool(&d, json_get(&d, json_root(&d), "is_dir"), !table[i].dir), table[i].dir);
			assert_int_equal(json_bool(&d, json_get(&d, json_root(&d), "is_symlink"), !table[i].link), table[i].link);
			json_release(&d);
		}
		buf_release(&b);
	}
}

static bool has(const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", workspace, name);
	return is_file(path, text);
}

static void renames(void **state)
{
	static const char *const ends[] = { "../secret", "/workspace/../secret", "outdir/secret", "outdir/planted", "/etc/passwd", "", ".", "sub/..", "/workspace", "/" };
	char path[256];
	size_t i;

	(void)state;
	assert_int_equal(files_rename(&files, "/workspace/a.txt", "sub/c.txt", NULL), 0);
	assert_true(has("sub/c.txt", "a"));
	assert_int_equal(files_rename(&files, "a.txt", "d.txt", NULL), ERR_NOTFOUND);
	assert_int_equal(files_rename(&files, "sub/c.txt", "sub/b.txt", NULL), 0);	/* in its place */
	assert_true(has("sub/b.txt", "a"));
	/* A link is renamed itself. */
	assert_int_equal(files_rename(&files, "out", "sub/out", NULL), 0);
	assert_int_equal(files_rename(&files, "sub", "sub/below", NULL), ERR_INVALID);
	assert_int_equal(files_rename(&files, "sub/b.txt", "sub", NULL), ERR_INVALID);
	for (i = 0; i < ARRAY_LEN(ends); i++) {
		files_rename(&files, ends[i], "taken", NULL);
		if (has("taken", "secret"))
			fail_msg("\"%s\" was taken", ends[i]);
		files_rename(&files, "sub/b.txt", ends[i], NULL);
		if (!is_file(secret, "secret"))
			fail_msg("\"%s\" was written over", ends[i]);
	}
	snprintf(path, sizeof(path), "%s/planted", top);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void copies(void **state)
{
	char path[256], target[64] = "";

	(void)state;
	assert_int_equal(files_copy(&files, "sub", "copy", false, NULL), ERR_INVALID);
	assert_int_equal(files_copy(&files, "sub", "copy", true, NULL), 0);
	assert_true(has("copy/b.txt", "bb"));
	snprintf(path, sizeof(path), "%s/copy/up", workspace);
	assert_true(readlink(path, target, sizeof(target) - 1) > 0);	/* a link, not what it leads to */
	assert_int_equal(files_copy(&files, "a.txt", "copy/b.txt", false, NULL), 0);
	assert_true(has("copy/b.txt", "a"));
	/* What leads out is copied as it is, and leads nowhere still. */
	assert_int_equal(files_copy(&files, "out", "copy/out", false, NULL), 0);
	assert_false(has("taken", "secret"));
	assert_int_not_equal(files_copy(&files, "outdir/secret", "taken", false, NULL), 0);
	assert_int_not_equal(files_copy(&files, "a.txt", "/etc/passwd", false, NULL), 0);
	files_copy(&files, "a.txt", "out", false, NULL);
	files_copy(&files, "a.txt", "outdir/secret", false, NULL);
	assert_true(is_file(secret, "secret"));
	/* Into itself, by any name. */
	assert_int_equal(files_copy(&files, "a.txt", "/workspace/./a.txt", false, NULL), ERR_INVALID);
	assert_true(has("a.txt", "a"));
	assert_int_equal(files_copy(&files, "sub", "sub/below", true, NULL), ERR_INVALID);
	assert_int_equal(files_copy(&files, "sub", "sub/../sub/again", true, NULL), ERR_INVALID);
	assert_int_equal(files_copy(&files, "sub", "a.txt", true, NULL), ERR_INVALID);
	assert_int_equal(files_copy(&files, "a.txt", "sub", true, NULL), ERR_INVALID);
	assert_int_equal(files_copy(&files, "nothing", "x", true, NULL), ERR_NOTFOUND);
}

static void large_copies_are_refused(void **state)
{
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/big", workspace);
	put(path, "");
	assert_int_equal(truncate(path, FILES_COPY_MAX + 1L), 0);
	assert_int_equal(files_copy(&files, "big", "big2", false, NULL), ERR_TOOBIG);
	assert_int_equal(truncate(path, 0), 0);
}

static void changes_modes(void **state)
{
	struct stat st;
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/a.txt", workspace);
	assert_int_equal(files_chmod(&files, "sub/up", 06640, NULL), 0);	/* through a link inside; the rwx bits only */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(files_chmod(&files, "a.txt", 0, NULL), 0);
	assert_int_equal(files_chmod(&files, "a.txt", 0600, NULL), 0);
	assert_int_equal(stat(secret, &st), 0);
	assert_int_not_equal(files_chmod(&files, "out", 0777, NULL), 0);
	assert_int_not_equal(files_chmod(&files, "../secret", 0777, NULL), 0);
	assert_int_not_equal(files_chmod(&files, "/etc/passwd", 0777, NULL), 0);
	assert_true(stat(secret, &st) == 0 && (st.st_mode & 0111) == 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads), TEST(magic_links), TEST(writes), TEST(special_files), TEST(limits), TEST(deletes), TEST(makes_folders), TEST(lists),
		TEST(long_lists_are_refused), TEST(tells_of_one), TEST(renames), TEST(copies), TEST(large_copies_are_refused), TEST(changes_modes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
