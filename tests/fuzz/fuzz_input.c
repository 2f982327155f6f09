/*
 * fuzz_input: a terminal's bytes. Input: one byte where they are cut, then the bytes.
 *
 * What they mean does not depend on the cut. Inside of a paste none of them is a key, and its end is found; inside of a string that the
 * terminal answers neither. Behind all of that, after Escape and a letter at the most, a key is a key again.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "ui/input.h"
#include "ui/keymap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void note(const struct input_event *ev, void *arg)
{
	int i;

	must(ev->count >= 0 && ev->count <= INPUT_PARAMS && ev->mods <= 15 && (ev->plain == 0 || (ev->type == INPUT_KEY && ev->code < ' ')));
	buf_printf(arg, "%d:%x:%x:%x", (int)ev->type, ev->code, ev->mods, ev->plain);
	for (i = 0; i < ev->count; i++)
		buf_printf(arg, ",%d", ev->params[i]);
	buf_putc(arg, ' ');
}

static void count_keys(const struct input_event *ev, void *arg)
{
	*(int *)arg += ev->type == INPUT_KEY;
}

static void check_cut(const char *bytes, size_t len, size_t cut)
{
	struct buf whole, pieces;
	struct input in;

	buf_init(&whole, 1 << 24);
	buf_init(&pieces, 1 << 24);
	input_init(&in);
	input_feed(&in, bytes, len, note, &whole);
	input_init(&in);
	input_feed(&in, bytes, cut, note, &pieces);
	input_feed(&in, bytes + cut, len - cut, note, &pieces);
	must(strcmp(buf_cstr(&whole), buf_cstr(&pieces)) == 0);
	buf_release(&whole);
	buf_release(&pieces);
}

static void check_paste(const char *bytes, size_t len)
{
	static const char end[] = "201";
	struct input in;
	int keys = 0;
	size_t i, at = 0;

	for (i = 0; i < len && end[at]; i++)
		at += bytes[i] == end[at];
	if (!end[at])
		return;	/* perhaps its end, in one of its forms */
	input_init(&in);
	input_feed(&in, "\033[200~", 6, count_keys, &keys);
	input_feed(&in, bytes, len, count_keys, &keys);
	must(keys == 0 && in.pasting);
	input_feed(&in, "\033[201~", 6, count_keys, &keys);
	must(keys == 0 && !in.pasting);
	input_feed(&in, "a", 1, count_keys, &keys);
	must(keys == 1);
}

static void check_string(const char *bytes, size_t len)
{
	struct input in;
	int keys = 0;
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)bytes[i] == 0x9c || strchr("\007\030\032\033", bytes[i]))
			return;	/* it ends there */
	input_init(&in);
	input_feed(&in, "\033]11;", 5, count_keys, &keys);
	input_feed(&in, bytes, len, count_keys, &keys);
	input_feed(&in, "\033\\", 2, count_keys, &keys);
	must(keys == 0);
	input_feed(&in, "a", 1, count_keys, &keys);
	must(keys == 1);
}

/* Nothing keeps the keyboard. */
static void check_recovery(const char *bytes, size_t len)
{
	struct input in;
	int keys = 0;

	input_init(&in);
	input_feed(&in, bytes, len, count_keys, &keys);
	if (in.pasting)
		return;
	input_feed(&in, "\033xx", 3, count_keys, &keys);
	keys = 0;
	input_feed(&in, "a", 1, count_keys, &keys);
	must(keys == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *bytes = (const char *)data + 1;

	if (len < 1)
		return 0;
	check_cut(bytes, len - 1, len > 1 ? data[0] % len : 0);
	check_paste(bytes, len - 1);
	check_string(bytes, len - 1);
	check_recovery(bytes, len - 1);
	return 0;
}
