/* miosa_screenshot: see miosa_screenshot.h. */
#include "config.h"

#include "core/miosa_screenshot.h"

#include <string.h>

#include "base/digest.h"
#include "core/miosa_envelope.h"

static const char magic[8] = "\x89PNG\r\n\x1a\n";

bool miosa_is_png(const void *data, size_t len)
{
	return len >= sizeof(magic) && memcmp(data, magic, sizeof(magic)) == 0;
}

/* The base64 text: "image", "data" or "screenshot", at the root or below "data"; without the head of a data: URL. */
static bool find_text(const struct json_doc *d, struct buf *text)
{
	static const char *const names[] = { "image", "data", "screenshot" };
	static const char head[] = "data:image/png;base64,";
	int places[] = { miosa_object(d), json_root(d) };
	size_t i, k;

	for (i = 0; i < ARRAY_LEN(places); i++)
		for (k = 0; k < ARRAY_LEN(names); k++) {
			if (json_str(d, json_get(d, places[i], names[k]), text) < 0)
				continue;
			if (text->len >= sizeof(head) - 1 && memcmp(text->data, head, sizeof(head) - 1) == 0)
				buf_consume(text, sizeof(head) - 1);
			return true;
		}
	return false;
}

int miosa_screenshot(const char *body, size_t len, int status, struct buf *png, struct err *e)
{
	size_t before = png->len;
	struct miosa_error error;
	struct json_doc d;
	struct buf text;
	int r = ERR_INVALID;

	if (miosa_is_png(body, len))
		return buf_append(png, body, len) < 0 ? err_set(e, ERR_TOOBIG, "the picture has over %zu bytes", png->max) : 0;
	buf_init(&text, len + 1);
	if (json_parse(body, len, &d, NULL) == 0) {
		if (find_text(&d, &text))
			r = base64_decode(png, buf_cstr(&text), text.len);
		json_release(&d);
	}
	buf_release(&text);
	if (r == 0 && miosa_is_png(png->data + before, png->len - before))
		return 0;
	if (buf_failed(png))
		return err_set(e, ERR_TOOBIG, "the picture has over %zu bytes", png->max);
	png->len = before;
	if (status >= 200 && status < 300)
		return err_set(e, ERR_INVALID, "the answer is no picture");
	miosa_error(body, len, status, NULL, -1, &error);
	return err_set(e, ERR_INVALID, "it answered %d: %s", status, error.message);
}
