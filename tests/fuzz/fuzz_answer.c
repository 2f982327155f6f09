/*
 * fuzz_answer: what comes back from the substrate, on its way to an agent: masked, and our key taken out. Input: one byte where it is cut, then the
 * answer.
 *
 * What was masked is masked for good (again: nothing changes), and is JSON still. A key is found wherever it is cut,
 * and the length stays.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "core/mask.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;

	if (size < 1)
		return 0;
	check_masked(text, size - 1);
	check_scrubbed(text, size - 1, size > 1 ? data[0] % size : 0);
	return 0;
}
