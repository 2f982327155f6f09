/* lines: see lines.h. JSON keeps control characters of the C1 set and those that turn directions as they are, so it is foreign text too. */
#include "config.h"

#include "cmd/lines.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/charset.h"

void print_lines(const char *text, size_t len)
{
	const char *end = text + len, *next;
	struct buf out;

	if (!isatty(STDOUT_FILENO)) {
		fwrite(text, 1, len, stdout);
		return;
	}
	/* Line by line: what the terminal echoes meanwhile comes between two writes, and not between the bytes of a character. */
	buf_init(&out, SIZE_MAX - 1);
	for (; text < end; text = next) {
		next = memchr(text, '\n', (size_t)(end - text));
		safetext_line(&out, text, (size_t)((next ? next : end) - text), charset_kind(SAFETEXT_PROSE));
		if (next)
			buf_puts(&out, "\n");
		next = next ? next + 1 : end;
		fwrite(buf_cstr(&out), 1, out.len, stdout);
		buf_clear(&out);
	}
	buf_release(&out);
}
