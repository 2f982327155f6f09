/*
 * fuzz_sse: what comes of a stream does not depend on how its bytes were cut. The first byte sets the limit, the second the cuts; the same bytes
 * are read whole, one by one and in random pieces, and events, comments, faults and their places, retry and the last id are compared. What was read
 * is then written, and must be read the same again.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "core/sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct story {
	struct buf text;
	struct sse again;	/* reads what is written of the events */
	struct buf heard;
};

static void tell(struct buf *out, const struct sse_event *ev)
{
	if (strlen(ev->type) == 0 || ev->data[ev->data_len] != '\0')
		abort();
	buf_printf(out, "%s|%s|%zu|", ev->type, ev->id, ev->data_len);
	buf_append(out, ev->data, ev->data_len);
	buf_putc(out, '\n');
}

static void on_heard(const struct sse_event *ev, void *arg)
{
	struct story *s = arg;

	tell(&s->heard, ev);
}

/* A CR in it is not, of all that data can hold, told from a line's end; nor is a NUL in a type or id, which are C strings here. */
static void check_written(struct story *s, const struct sse_event *ev)
{
	struct buf wire, want;

	if (memchr(ev->data, '\r', ev->data_len))
		return;
	buf_init(&wire, SIZE_MAX - 1);
	buf_init(&want, SIZE_MAX - 1);
	buf_clear(&s->heard);
	sse_write(&wire, ev->type, ev->id, ev->data, ev->data_len);
	sse_feed(&s->again, wire.data, wire.len);
	tell(&want, ev);
	if (s->heard.len != want.len || memcmp(s->heard.data, want.data, want.len) != 0)
		abort();
	buf_release(&wire);
	buf_release(&want);
}

static void on_event(const struct sse_event *ev, void *arg)
{
	struct story *s = arg;

	tell(&s->text, ev);
	check_written(s, ev);
}

static void on_comment(const char *text, size_t len, void *arg)
{
	struct story *s = arg;

	buf_printf(&s->text, "comment %zu ", len);
	buf_append(&s->text, text, len);
	buf_putc(&s->text, '\n');
}

static void on_fault(const char *what, uint64_t byte, void *arg)
{
	struct story *s = arg;

	buf_printf(&s->text, "%llu %s\n", (unsigned long long)byte, what);
}

/* Pieces of 1 to `most` bytes, chosen by seed; whole where most is 0. Each is memory of its own: a byte too far is seen. */
static void read_stream(struct story *s, const uint8_t *data, size_t size, size_t limit, size_t most, uint32_t seed)
{
	struct sse sse;
	size_t i, n;
	char *piece;

	buf_init(&s->text, SIZE_MAX - 1);
	buf_init(&s->heard, SIZE_MAX - 1);
	sse_init(&s->again, SIZE_MAX / 4, on_heard, s);
	sse_init(&sse, limit, on_event, s);
	sse.on_comment = on_comment;
	sse.on_fault = on_fault;
	for (i = 0; i < size; i += n) {
		seed = seed * 1664525 + 1013904223;
		n = most == 0 ? size : 1 + (seed >> 8) % most;
		n = n < size - i ? n : size - i;
		piece = malloc(n);
		if (!piece)
			abort();
		memcpy(piece, data + i, n);
		sse_feed(&sse, piece, n);
		free(piece);
	}
	/* What it keeps has a bound, whatever came. */
	if (sse.data.cap > limit + 2 || sse.line.cap > 8192 || sse.type.cap + sse.id.cap + sse.id_next.cap > 3 * 12300)
		abort();
	buf_printf(&s->text, "id %s, retry %lld, dropped %llu\n", buf_cstr(&sse.id), (long long)sse.retry_ms, (unsigned long long)sse.dropped);
	sse_release(&sse);
	sse_release(&s->again);
	buf_release(&s->heard);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t most[] = { 1, 3, 16, 100, 4000 };
	struct story whole, cut;
	size_t limit, i;

	if (size < 2)
		return 0;
	limit = data[0] < 128 ? data[0] : 100000;
	read_stream(&whole, data + 2, size - 2, limit, 0, 0);
	for (i = 0; i < sizeof(most) / sizeof(most[0]); i++) {
		read_stream(&cut, data + 2, size - 2, limit, most[i], data[1] + 1u);
		if (whole.text.len != cut.text.len || memcmp(whole.text.data, cut.text.data, whole.text.len) != 0)
			abort();
		buf_release(&cut.text);
	}
	buf_release(&whole.text);
	return 0;
}
