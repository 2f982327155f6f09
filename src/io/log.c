/* log: one process, one log. See log.h. */
#include "config.h"

#include "io/log.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "core/safetext.h"
#include "io/charset.h"

/* A secret that starts within the line is whole within the slack, so that cutting the line cannot leave a part of it. */
enum { LINE_MAX_BYTES = 8192, SLACK_BYTES = 4096, SECRETS = 8 };

static const char key_prefix[] = "msk_";	/* keys, and our agents' tokens */

static struct {
	int fd;
	const char *name;
	const char *secrets[SECRETS];
	int secret_count;
} state = { .fd = STDERR_FILENO, .name = "assent" };

int log_open(const char *name, const char *file, struct err *e)
{
	state.name = name;
	if (!file)
		return 0;
	state.fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (state.fd < 0) {
		state.fd = STDERR_FILENO;
		return err_sys(e, ERR_IO, errno, "log file %s", file);
	}
	return 0;
}

void log_close(void)
{
	if (state.fd != STDERR_FILENO)
		close(state.fd);
	state.fd = STDERR_FILENO;
}

void log_secret(const char *secret)
{
	if (state.secret_count == SECRETS)
		abort();	/* better than a secret in a line */
	state.secrets[state.secret_count++] = secret;
}

static void mask(char *text)
{
	char *key = text;
	int i;

	for (i = 0; i < state.secret_count; i++) {
		size_t len = strlen(state.secrets[i]);
		char *p = len > 0 ? text : NULL;

		while (p && (p = strstr(p, state.secrets[i])) != NULL)
			p = memset(p, '*', len);
	}
	while ((key = strstr(key, key_prefix)) != NULL)
		for (key += strlen(key_prefix); isalnum((unsigned char)*key) || *key == '_' || *key == '-'; key++)
			*key = '*';
}

void log_line(const char *fmt, ...)
{
	char text[LINE_MAX_BYTES + SLACK_BYTES], date[32];
	time_t now = time(NULL);
	struct buf out;
	struct tm tm;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	mask(text);
	text[LINE_MAX_BYTES] = '\0';
	localtime_r(&now, &tm);
	strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", &tm);
	buf_init(&out, 16 * LINE_MAX_BYTES);
	buf_printf(&out, "%s %s: ", date, state.name);
	safetext_line(&out, text, strlen(text), state.fd == STDERR_FILENO ? charset_kind(SAFETEXT_PROSE) : SAFETEXT_PROSE);
	buf_putc(&out, '\n');
	/* A log that cannot be written stops nothing. */
	if (write(state.fd, buf_cstr(&out), out.len) < 0)
		errno = 0;
	buf_release(&out);
}
