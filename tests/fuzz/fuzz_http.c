/* fuzz_http: an accepted head, written out from its parts, parses to the same parts; its path passes its own check; only a GET is a read. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/classify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool ok)
{
	if (!ok)
		abort();
}

static void write_again(const struct http_head *h, struct buf *out)
{
	size_t i;

	buf_printf(out, "%s %s HTTP/1.1\r\n", http_method_name(h->method), h->target);
	for (i = 0; i < h->field_count; i++)
		buf_printf(out, "%s: %s\r\n", h->fields[i].name, h->fields[i].value);
	buf_puts(out, "\r\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct http_head h, again;
	struct http_chunks chunks;
	struct classified c;
	struct buf out;
	size_t used, used_again, i;

	buf_init(&out, 1 << 20);
	if (http_head_parse((const char *)data, len, &h, &used, NULL) == 1) {
		must(used <= len && http_path_check(h.path, NULL) == 0);
		must(!strchr(h.path, '?') && !strstr(h.path, "//") && h.path[0] == '/');
		must(!(h.chunked && h.content_length >= 0) && http_field_count(&h, "host") == 1);
		write_again(&h, &out);
		must(http_head_parse(out.data, out.len, &again, &used_again, NULL) == 1 && used_again == out.len);
		must(again.method == h.method && strcmp(again.target, h.target) == 0 && again.field_count == h.field_count);
		for (i = 0; i < h.field_count; i++)
			must(strcmp(h.fields[i].name, again.fields[i].name) == 0 && strcmp(h.fields[i].value, again.fields[i].value) == 0);
		classify(h.method, h.path, &c);
		must(c.class != CLASS_READ || h.method == HTTP_GET || h.method == HTTP_HEAD);
		http_head_release(&again);
		http_head_release(&h);
	}
	buf_clear(&out);
	http_chunks_init(&chunks);
	if (http_chunks_feed(&chunks, (const char *)data, len, &used, &out, NULL) >= 0)
		must(used <= len && out.len <= len);
	buf_release(&out);
	return 0;
}
