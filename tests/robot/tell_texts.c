/*
 * tell_texts FILE: the hostile texts as JSON: [{"word","family","text","percent"}]; text is null where the bytes are no UTF-8, percent has all bytes.
 */
#include "config.h"

#include <stdio.h>

#include "base/json.h"
#include "base/utf8.h"
#include "tests/robot/texts.h"

int main(int argc, char **argv)
{
	static struct text texts[TEXTS_MAX];
	size_t i, k, count;
	struct jsonw w;
	struct buf b, percent;

	if (argc != 2)
		return 2;
	count = texts_read(argv[1], texts);
	buf_init(&b, 16 * 1024 * 1024);
	jw_init(&w, &b);
	jw_begin(&w, '[');
	for (i = 0; i < count; i++) {
		buf_init(&percent, 16384);
		for (k = 0; k < texts[i].len; k++)
			buf_printf(&percent, "%%%02X", (unsigned char)texts[i].bytes[k]);
		jw_begin(&w, '{');
		jw_kstr(&w, "word", texts[i].word);
		jw_kstr(&w, "family", texts[i].family);
		jw_kstr(&w, "percent", buf_cstr(&percent));
		jw_key(&w, "text");
		if (utf8_valid(texts[i].bytes, texts[i].len))
			jw_strn(&w, texts[i].bytes, texts[i].len);
		else
			jw_null(&w);
		jw_end(&w, '}');
		buf_release(&percent);
	}
	jw_end(&w, ']');
	fwrite(b.data, 1, b.len, stdout);
	buf_release(&b);
	return 0;
}
