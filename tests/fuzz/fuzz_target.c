/*
 * fuzz_target: a list of windows and an accessibility tree, both foreign. Input: two bytes that choose the point, a line of the list, then the tree.
 *
 * What is named lies at the point; what is not says why; the same is said twice.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/target.h"

static void must(bool ok)
{
	if (!ok)
		abort();
}

static bool holds(const struct target_rect *r, int64_t x, int64_t y)
{
	return r->width == 0 || (x >= r->x && y >= r->y && x < r->x + r->width && y < r->y + r->height);
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check(const struct json_doc *windows, const struct json_doc *tree, int64_t x, int64_t y)
{
	struct target one, two;

	target_at(windows, tree, "none", x, y, &one);
	target_at(windows, tree, "none", x, y, &two);
	must(same(one.window, two.window) && same(one.role, two.role) && same(one.name, two.name));
	must(!one.window || holds(&one.window_at, x, y));
	must(!one.role || (holds(&one.control_at, x, y) && one.name && tree && one.others == 0));
	must(one.why && (one.role != NULL) == (one.why[0] == '\0'));
	must(!one.name || strlen(one.name) <= TARGET_TEXT_MAX);
	target_release(&one);
	target_release(&two);
	target_focused(windows, tree, "none", &one);
	must(one.why && (one.role != NULL) == (one.why[0] == '\0'));
	target_release(&one);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct json_doc windows = { 0 }, tree = { 0 };
	const char *text = (const char *)data + 2, *line;
	bool has_windows, has_tree;
	int64_t x, y;

	if (size < 2)
		return 0;
	line = memchr(text, '\n', size - 2);
	if (!line)
		line = text + size - 2;
	has_windows = json_parse(text, (size_t)(line - text), &windows, NULL) == 0;
	has_tree = line < text + size - 2 && json_parse(line + 1, (size_t)(text + size - 2 - line - 1), &tree, NULL) == 0;
	if (has_tree && target_point(&tree, &x, &y))
		must(x >= -1000000 && x <= 1000000 && y >= -1000000 && y <= 1000000);
	check(has_windows ? &windows : NULL, has_tree ? &tree : NULL, data[0] * 4, data[1] * 4);
	json_release(&windows);
	json_release(&tree);
	return 0;
}
