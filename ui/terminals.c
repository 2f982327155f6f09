/* terminals: see terminals.h. */
#include "config.h"

#include "ui/terminals.h"

#include <string.h>

#include "base/err.h"

/*
 * xterm keeps 16 pictures and forgets the oldest one, tmux 10 of all its clients; a whole picture in between makes holes impossible. foot and mlterm
 * keep what is seen, cell by cell. Konsole shows rubbish below a height that is no multiple of six, and rectangles go wrong there.
 */
static const struct terminal table[] = {
	{ .name = "a terminal that nothing is known of", .version = "", .height_multiple = 1, .max_side = 1000 },
	{ .name = "xterm", .version = "XTerm(", .deltas = true, .height_multiple = 1, .between_keyframes = 14, .other_keys = true, .max_side = 1000 },
	{ .name = "foot", .version = "foot(", .deltas = true, .height_multiple = 1 },
	{ .name = "mlterm", .version = "mlterm", .device = 24, .deltas = true, .height_multiple = 1 },
	{ .name = "Konsole", .version = "Konsole ", .height_multiple = 6 },
	{ .name = "tmux", .version = "tmux ", .device = 84, .deltas = true, .height_multiple = 1, .between_keyframes = 8, .max_side = 2000 },
	{ .name = "kitty", .version = "kitty(", .kitty = true, .height_multiple = 1 },
	{ .name = "Ghostty", .version = "ghostty ", .kitty = true, .height_multiple = 1 },
	{ .name = "WezTerm", .version = "WezTerm ", .height_multiple = 1 },
	{ .name = "contour", .version = "contour ", .height_multiple = 1 },
	{ .name = "iTerm2", .version = "iTerm2 ", .height_multiple = 1 },
};

const struct terminal *terminal_unknown(void)
{
	return table;
}

const struct terminal *terminal_by_version(const char *version)
{
	size_t i;

	for (i = 1; i < ARRAY_LEN(table); i++)
		if (strncmp(version, table[i].version, strlen(table[i].version)) == 0)
			return &table[i];
	return table;
}

const struct terminal *terminal_by_device(int device)
{
	size_t i;

	for (i = 1; i < ARRAY_LEN(table); i++)
		if (table[i].device != 0 && table[i].device == device)
			return &table[i];
	return table;
}
