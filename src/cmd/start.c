/* start: what both programs, assent and assent-gate, begin with, and how they complain. */
#include "config.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "core/safetext.h"
#include "io/charset.h"
#include "io/png.h"
#include "io/standard.h"

int complain(const char *command, int code, const char *fmt, ...)
{
	char text[2048];
	struct buf safe;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_init(&safe, 65536);
	safetext_line(&safe, text, strlen(text), charset_kind(SAFETEXT_PROSE));
	fprintf(stderr, "assent%s%s: %s\n", command[0] ? " " : "", command, buf_cstr(&safe));
	buf_release(&safe);
	return code;
}

void program_start(int argc, char **argv)
{
	charset_choose();
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "--decode-png") == 0)
		decoder_child(atoi(argv[2]));	/* the boxed picture decoder: see io/png.h */
	standard_open();
}
