/*
 * fuzz_answer: what comes back from the substrate, on its way to an agent: masked, and our key taken out. Input: one byte where it is cut, then the
 * answer, or the event stream.
 *
 * What was masked is masked for good (again: nothing changes), and is JSON still. A key is found wherever it is cut,
 * and the length stays. Of an event stream a reader (core/sse.h) gets nothing that leads past the gate, however it is cut.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "core/mask.h"
#include "core/mask_stream.h"
#include "core/sse.h"

static void must(bool ok)
{
	if (!ok)
		abort();
}

static const char key[] = "msk_k";

static void check_masked(const char *text, size_t len)
{
	struct buf once, twice;
	int first = 0, second = 0;

	buf_init(&once, 1 << 24);
	buf_init(&twice, 1 << 24);
	if (mask_json(text, len, &once, &first, NULL) == 0) {
		must(json_validate(buf_cstr(&once), once.len, NULL) == 0);
		must(mask_json(buf_cstr(&once), once.len, &twice, &second, NULL) == 0);
		must(twice.len == once.len && memcmp(buf_cstr(&once), buf_cstr(&twice), once.len) == 0);
		if (first == 0)
			must(once.len == len && memcmp(buf_cstr(&once), text, len) == 0);
	}
	buf_release(&once);
	buf_release(&twice);
}

static void check_scrubbed(const char *text, size_t len, size_t cut)
{
	struct scrub s;
	struct buf whole, pieces;

	buf_init(&whole, 1 << 24);
	buf_init(&pieces, 1 << 24);
	scrub_init(&s, key);
	must(scrub_feed(&s, text, len, &whole) == 0 && scrub_end(&s, &whole) == 0);
	scrub_init(&s, key);
	must(scrub_feed(&s, text, cut, &pieces) == 0 && scrub_feed(&s, text + cut, len - cut, &pieces) == 0 && scrub_end(&s, &pieces) == 0);
	must(whole.len == len && pieces.len == len);
	must(memcmp(buf_cstr(&whole), buf_cstr(&pieces), len) == 0);
	must(!memmem(buf_cstr(&whole), len, key, sizeof(key) - 1));
	buf_release(&whole);
	buf_release(&pieces);
}

static void on_event(const struct sse_event *ev, void *arg)
{
	struct buf masked;
	int count = 0;

	(void)arg;
	if (strcmp(ev->data, "[DONE]") == 0 || strcmp(ev->data, MASKED) == 0)
		return;
	buf_init(&masked, 1 << 24);
	if (mask_is_json(ev->data, ev->data_len))
		must(mask_json(ev->data, ev->data_len, &masked, &count, NULL) == 0 && masked.len == ev->data_len && memcmp(buf_cstr(&masked), ev->data, masked.len) == 0);
	else
		must(!mask_is_way_past(ev->data));
	buf_release(&masked);
}

static void mask_in_two(const char *text, size_t len, size_t cut, struct buf *out)
{
	struct mask_stream m;

	buf_init(out, 1 << 24);
	mask_stream_init(&m, 256);
	must(mask_stream_feed(&m, text, cut, out) == 0 && mask_stream_feed(&m, text + cut, len - cut, out) == 0 && mask_stream_end(&m, out) == 0);
	mask_stream_release(&m);
}

static void check_stream(const char *text, size_t len, size_t cut)
{
	struct buf whole, pieces;
	struct sse sse;

	mask_in_two(text, len, 0, &whole);
	mask_in_two(text, len, cut, &pieces);
	must(whole.len == pieces.len && memcmp(buf_cstr(&whole), buf_cstr(&pieces), whole.len) == 0);
	sse_init(&sse, 1 << 20, on_event, NULL);
	sse_feed(&sse, buf_cstr(&whole), whole.len);
	sse_feed(&sse, "\n\n", 2);	/* some readers take the end of the stream for the end of an event */
	sse_release(&sse);
	buf_release(&whole);
	buf_release(&pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;

	if (size < 1)
		return 0;
	check_masked(text, size - 1);
	check_scrubbed(text, size - 1, size > 1 ? data[0] % size : 0);
	check_stream(text, size - 1, data[0] % size);
	return 0;
}
