/* ask: see ask.h. */
#include "config.h"

#include "cmd/ask.h"
#include "io/charset.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LEFT_MAX_S = 9999 * 3600 };

void ask_init(struct ask *a, const char *command)
{
	*a = (struct ask){ .command = command };
	buf_init(&a->answer, SIZE_MAX - 1);
}

void ask_release(struct ask *a)
{
	json_release(&a->doc);
	buf_release(&a->answer);
}

bool ask_option(struct ask *a, int option)
{
	if (option == 's')
		a->state = optarg;
	else if (option == 'o')
		a->socket = optarg;
	return option == 's' || option == 'o';
}

int ask_gate(struct ask *a, const char *method, const char *path, const char *body)
{
	char *dir = path_state_dir(a->state), *socket = path_socket(a->socket, dir);
	int status = 0, code = 0;
	struct err e;

	free(dir);
	json_release(&a->doc);
	a->doc = (struct json_doc){ 0 };
	buf_clear(&a->answer);
	if (!socket) {
		code = complain(a->command, EXIT_USAGE, "no home directory: name --socket");
	} else if (call_gate(socket, method, path, body, &status, &a->answer, &e) < 0) {
		code = complain(a->command, EXIT_UNREACHABLE, "no gate answers at %s (%s); start one with assent, or assent gate", socket, e.msg);
	} else if (status >= 400) {
		call_error(&a->answer, status, &e);
		code = complain(a->command, EXIT_NO, "%s", e.msg);
	} else {
		json_parse(buf_cstr(&a->answer), a->answer.len, &a->doc, NULL);
	}
	free(socket);
	return code;
}

int print_text(const char *text, enum safetext_kind kind, int cells)
{
	size_t len = text ? strlen(text) : 0, pos = 0, cut_at = 0;
	struct safetext_glyph glyph;
	struct buf out;
	int width = 0;
	bool cut = false;

	buf_init(&out, SIZE_MAX - 1);
	while (safetext_next(text, len, &pos, charset_kind(kind), &glyph)) {
		const char *shown = glyph.newline ? "^J" : glyph.text;
		int wide = glyph.newline ? 2 : glyph.cells;

		if (cells > 0 && width + wide > cells) {
			cut = true;
			break;
		}
		if (cells <= 0 || width + wide <= cells - 2)
			cut_at = out.len + strlen(shown);
		buf_puts(&out, shown);
		width += wide;
	}
	if (cut && cells >= 2) {
		printf("%.*s..", (int)cut_at, buf_cstr(&out));
		width = cells;
	} else {
		fputs(buf_cstr(&out), stdout);
	}
	buf_release(&out);
	return width;
}

int print_string(const struct json_doc *d, int object, const char *key, enum safetext_kind kind, int cells)
{
	char *text = json_strdup(d, json_get(d, object, key));
	int width = print_text(text, kind, cells);

	free(text);
	return width;
}

void format_left(int64_t ms, char out[16])
{
	unsigned int s = ms <= 0 ? 0 : ms >= LEFT_MAX_S * 1000LL ? LEFT_MAX_S : (unsigned int)((ms + 999) / 1000);

	if (s < 60)
		snprintf(out, 16, "%us", s);
	else if (s < 3600)
		snprintf(out, 16, "%um%02us", s / 60, s % 60);
	else
		snprintf(out, 16, "%uh%02um", s / 3600, s / 60 % 60);
}

void format_clock(int64_t wall_ms, char out[8])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (!localtime_r(&seconds, &tm) || strftime(out, 8, "%H:%M", &tm) == 0)
		out[0] = '\0';
}

int64_t read_number(const struct json_doc *d, int object, const char *key, int64_t otherwise)
{
	int64_t n = otherwise;

	json_int(d, json_get(d, object, key), &n);
	return n;
}
