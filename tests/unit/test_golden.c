/*
 * test_golden: whole screens (tests/screens) against tests/golden/NAME-COLUMNSxROWS.txt: the text, then a layer of style letters. GENERATE=1
 * rewrites them; read the difference before you commit it.
 */
#include "config.h"

#include "tests/unit/unit.h"

#include <dirent.h>

#include "tests/screens/screens.h"

static void path_of(const char *name, int columns, int rows, char path[1000])
{
	snprintf(path, 1000, "%s/tests/golden/%s-%dx%d.txt", getenv("ASSENT_SRC"), name, columns, rows);
}

static void rewrite(const char *path, const struct buf *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fwrite(text->data, 1, text->len, f);
	fclose(f);
}

/* How many differ; each is told. */
static int compare(const struct screen *s, int columns, int rows)
{
	char path[1000], *text;
	struct cells cells;
	struct buf got;
	size_t n = 0;
	FILE *f;
	int differs;

	screens_draw(s, columns, rows, &cells);
	buf_init(&got, SIZE_MAX - 1);
	assert_int_equal(cells_dump(&cells, &got), 0);
	path_of(s->name, columns, rows, path);
	if (getenv("GENERATE"))
		rewrite(path, &got);
	text = calloc(1, got.len + 2);
	f = fopen(path, "r");
	if (f) {
		n = fread(text, 1, got.len + 1, f);
		fclose(f);
	}
	differs = !f || n != got.len || memcmp(text, got.data, n) != 0;
	if (differs)
		print_error("%s %s; GENERATE=1 writes it; the screen is now:\n%s", path, f ? "differs" : "is missing", got.data);
	free(text);
	buf_release(&got);
	cells_release(&cells);
	return differs;
}

static void as_written(void **state)
{
	int differ = 0, k;
	size_t i;

	(void)state;
	for (i = 0; i < screens_count; i++) {
		if (screens[i].columns > 0)
			differ += compare(&screens[i], screens[i].columns, screens[i].rows);
		for (k = 0; k < SCREENS_SIZES && screens[i].columns == 0; k++)
			differ += compare(&screens[i], screens_sizes[k].columns, screens_sizes[k].rows);
	}
	assert_int_equal(differ, 0);
}

/* Its last row, or where a prompt is open and long the one above, tells how to freeze, or how to go on. */
static bool tells_freezing(const struct screen *s, int columns, int rows)
{
	struct cells cells;
	struct buf text;
	const char *line, *end;
	bool tells;
	int y;

	screens_draw(s, columns, rows, &cells);
	buf_init(&text, SIZE_MAX - 1);
	assert_int_equal(cells_dump(&cells, &text), 0);
	for (line = buf_cstr(&text), y = 0; y < rows - 2; y++)
		line = strchr(line, '\n') + 1;
	end = strchr(strchr(line, '\n') + 1, '\n');
	tells = memmem(line, (size_t)(end - line), "FREEZE", 6) || memmem(line, (size_t)(end - line), "unfreeze", 8);
	buf_release(&text);
	cells_release(&cells);
	return tells;
}

static void freezing(void **state)
{
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < screens_count; i++)
		for (k = 0; k < SCREENS_SIZES && screens[i].columns == 0; k++)
			if (!tells_freezing(&screens[i], screens_sizes[k].columns, screens_sizes[k].rows))
				fail_msg("%s at %dx%d does not tell how to freeze", screens[i].name, screens_sizes[k].columns, screens_sizes[k].rows);
}

/* A view or a prompt that has no row in the table has no golden screen. */
static void all_of_them(void **state)
{
	bool views[VIEW_COUNT] = { false }, prompts[PROMPT_COUNT] = { false };
	struct scene s;
	size_t i;

	(void)state;
	for (i = 0; i < screens_count; i++) {
		if (screens[i].columns > 0)
			continue;
		screens_make(&s, &screens[i]);
		views[s.dash.view] = prompts[s.dash.prompt] = true;
		screens_release(&s);
	}
	for (i = 0; i < VIEW_COUNT; i++)
		if (!views[i])
			fail_msg("view %zu of ui/dashboard.h has no golden screen", i);
	for (i = 0; i < PROMPT_COUNT; i++)
		if (!prompts[i])
			fail_msg("prompt %zu of ui/dashboard.h has no golden screen", i);
}

static bool is_made(const char *file)
{
	char name[200];
	size_t i;
	int k;

	for (i = 0; i < screens_count; i++) {
		for (k = 0; k < SCREENS_SIZES; k++) {
			bool own = screens[i].columns > 0;

			snprintf(name, sizeof(name), "%s-%dx%d.txt", screens[i].name, own ? screens[i].columns : screens_sizes[k].columns,
				 own ? screens[i].rows : screens_sizes[k].rows);
			if (strcmp(file, name) == 0)
				return true;
		}
	}
	return false;
}

/* A file that nothing makes any more would be compared with nothing. */
static void nothing_else(void **state)
{
	char path[1000];
	struct dirent *e;
	DIR *d;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/golden", getenv("ASSENT_SRC"));
	d = opendir(path);
	assert_non_null(d);
	while ((e = readdir(d)))
		if (e->d_name[0] != '.' && !is_made(e->d_name))
			fail_msg("tests/golden/%s is made by no row of tests/screens/screens.c", e->d_name);
	closedir(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(as_written), cmocka_unit_test(freezing), cmocka_unit_test(all_of_them), cmocka_unit_test(nothing_else) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
