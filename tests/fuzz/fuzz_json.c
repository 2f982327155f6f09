/* fuzz_json: what the validator accepts is read without leaving the text, and a second look finds the same. */
#include "config.h"

#include <stdlib.h>

#include "base/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static int walk(const struct json_doc *d, int v, int depth)
{
	enum json_type type = json_type(d, v);
	struct buf text;
	size_t raw_len;
	int n = 1, k;

	if (depth > JSON_DEPTH_MAX || type == JSON_NOTHING)
		abort();
	json_raw(d, v, &raw_len);
	if (raw_len > d->len)
		abort();
	buf_init(&text, d->len + 4);
	if ((json_str(d, v, &text) == 0) != (type == JSON_STRING))
		abort();
	buf_release(&text);
	for (k = json_first(d, v); k != JSON_NONE; k = json_next(d, k))
		n += type == JSON_OBJECT ? 1 + walk(d, json_value(d, k), depth + 1) : walk(d, k, depth + 1);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct json_doc d;

	if (json_parse((const char *)data, len, &d, NULL) == 0) {
		if (json_validate((const char *)data, len, NULL) != 0 || walk(&d, json_root(&d), 0) != d.count)
			abort();	/* every token is reached exactly once */
		json_release(&d);
	}
	return 0;
}
