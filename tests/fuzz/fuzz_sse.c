/*
 * fuzz_sse: the events of a stream do not depend on how its bytes were cut. The first byte sets the limit, the second the cuts; the same
 * bytes are read whole and in pieces, and what comes of them is compared. What was read is then written, and must be read the same again.
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
}

static void read_stream(struct story *s, const uint8_t *data, size_t size, size_t limit, unsigned int step)
{
	struct sse sse;
	size_t i = 0, n;

	buf_init(&s->text, SIZE_MAX - 1);
	buf_init(&s->heard, SIZE_MAX - 1);
	sse_init(&s->again, SIZE_MAX / 4, on_heard, s);
	sse_init(&sse, limit, on_event, s);
	sse.on_comment = on_comment;
	while (i < size) {
		n = step == 0 ? size : 1 + (i * 31 + step) % step;
		n = n < size - i ? n : size - i;
		sse_feed(&sse, (const char *)data + i, n);
		i += n;
	}
	buf_printf(&s->text, "id %s, retry %lld, dropped %llu\n", buf_cstr(&sse.id), (long long)sse.retry_ms, (unsigned long long)sse.dropped);
	sse_release(&sse);
	sse_release(&s->again);
	buf_release(&s->heard);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct story whole, cut;
	size_t limit;

	if (size < 2)
		return 0;
	limit = data[0] < 128 ? data[0] : 100000;
	read_stream(&whole, data + 2, size - 2, limit, 0);
	read_stream(&cut, data + 2, size - 2, limit, 1u + data[1] % 32);
	if (whole.text.len != cut.text.len || memcmp(whole.text.data, cut.text.data, whole.text.len) != 0)
		abort();
	buf_release(&whole.text);
	buf_release(&cut.text);
	return 0;
}
