/*
 * fuzz_text: whatever comes in, only safe characters come out of the filter, and reach the cells as a line of a log; and no bytes of a terminal make
 * the input reader stumble.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "core/safetext.h"
#include "ui/input.h"
#include "ui/logline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void on_event(const struct input_event *ev, void *arg)
{
	(void)arg;
	if (ev->count > INPUT_PARAMS)
		abort();
}

static void check(const char *data, size_t len, enum safetext_kind kind)
{
	struct safetext_glyph g;
	size_t pos = 0, before = 0, i, n;
	uint32_t cp;

	while (safetext_next(data, len, &pos, kind, &g)) {
		if (pos <= before || pos > len)
			abort();
		before = pos;
		for (i = 0; g.text[i]; i += n) {
			n = utf8_decode(g.text + i, strlen(g.text + i), &cp);
			if (n == 0 || cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || (kind == SAFETEXT_IDENT && cp >= 0x80) || (cp >= 0x202a && cp <= 0x202e))
				abort();
		}
	}
	if (pos != len)
		abort();
}

static void check_line(const char *data, size_t len)
{
	struct logline l = { .text = data, .len = len, .own_colors = true, .wrap = true, .find = "a" };
	struct rect r = { 0, 0, 20, 4 };
	struct cells cells;
	uint32_t cp;
	int i, rows = logline_draw(NULL, &r, 0, &l);

	if (cells_init(&cells, 20, 4) < 0)
		abort();
	if (logline_draw(&cells, &r, 0, &l) != rows)
		abort();
	for (i = 0; i < 80; i++) {
		const struct cell *cell = &cells.grid[i];

		if (cell->front < -1 || cell->front > 255 || cell->back < -1 || cell->back > 255)
			abort();
		if (cell->width > 0 && (utf8_decode(cell->text, strlen(cell->text), &cp) == 0 || cp < 0x20 || (cp >= 0x7f && cp <= 0x9f)))
			abort();
	}
	cells_release(&cells);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct input in;

	check((const char *)data, len, SAFETEXT_PROSE);
	check((const char *)data, len, SAFETEXT_IDENT);
	check_line((const char *)data, len);
	input_init(&in);
	input_feed(&in, (const char *)data, len / 2, on_event, NULL);
	input_idle(&in, on_event, NULL);
	input_feed(&in, (const char *)data + len / 2, len - len / 2, on_event, NULL);
	return 0;
}
