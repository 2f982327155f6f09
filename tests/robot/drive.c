/*
 * drive: a program in a pty before a terminal that watches each byte (grammar.h), moved by a script.
 *
 * usage: drive [-g COLUMNSxROWS] [-d DELAY_MS] [-t TERM] [-c CAPTURE] [-x TEXTS] [-s] SCRIPT PROGRAM [ARGUMENT...]
 * SCRIPT, one step a line; - is standard input:
 *   await SECONDS TEXT      until the text stands on the screen; a fault when it does not come
 *   type KEYS               \e \r \t \b \xNN are bytes
 *   repeat COUNT KEYS       typed so often; \p in it waits until that was drawn
 *   pause MS
 *   screen                  prints the screen, between lines of '-'
 *   resize COLUMNSxROWS
 *   size COLUMNSxROWS       the program is told so, and nothing else changes
 *   stall MS                nothing is read or answered for so long; what was typed just before arrives
 *   signal NUMBER           to the program in the foreground
 *   end SECONDS             until the program ends by itself; a fault when it does not
 * -s: this terminal answers no query. -x: of the texts in this file none may be in the output as it is; and counted is which were seen.
 * Prints faults, one a line, then: "bytes N pictures N bells N seen N status N". The exit status is 1 when there was a fault.
 */
#include "config.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "tests/robot/terminal.h"
#include "tests/robot/texts.h"

static struct text texts[TEXTS_MAX];
static bool seen[TEXTS_MAX];
static size_t text_count;
static int faults;

/* The words of the texts, wherever they stand. */
static void look(struct terminal *t, void *arg)
{
	char row[4096], *p;
	int y;

	(void)arg;
	for (y = 0; y < terminal_rows(t) && text_count > 0; y++) {
		terminal_row(t, y, row, sizeof(row));
		for (p = strchr(row, 'w'); p; p = strchr(p + 1, 'w')) {
			size_t n = strspn(p + 1, "0123456789") == 3 ? strtoul(p + 1, NULL, 10) : TEXTS_MAX;

			if (n < text_count)
				seen[n] = true;
		}
	}
}

/* Something was drawn since, and then nothing for a while; or nothing at all for longer. */
static void settle(struct terminal *t)
{
	int64_t start = clock_boot_ms(), now = start;

	while (now < start + 300 && (terminal_drawn_ms(t) < start ? now < start + 60 : now < terminal_drawn_ms(t) + 5)) {
		terminal_run(t, 2);
		now = clock_boot_ms();
	}
}

static void type(struct terminal *t, const char *p)
{
	char bytes[4096], digits[3];
	size_t len = 0;

	for (; *p && len + 1 < sizeof(bytes); p++) {
		if (*p != '\\') {
			bytes[len++] = *p;
			continue;
		}
		p++;
		if (*p == 'p') {
			terminal_type(t, bytes, len);
			len = 0;
			settle(t);
		} else if (*p == 'x') {
			snprintf(digits, sizeof(digits), "%.2s", p + 1);
			bytes[len++] = (char)strtoul(digits, NULL, 16);
			p += 2;
		} else {
			bytes[len++] = *p == 'e' ? '\033' : *p == 'r' ? '\r' : *p == 't' ? '\t' : *p == 'b' ? '\b' : *p;
		}
	}
	terminal_type(t, bytes, len);
}

static void screen(const struct terminal *t)
{
	char row[4096];
	int y;

	puts("----");
	for (y = 0; y < terminal_rows(t); y++) {
		terminal_row(t, y, row, sizeof(row));
		puts(row);
	}
	puts("----");
}

static void await(struct terminal *t, double seconds, const char *text)
{
	int64_t end = clock_boot_ms() + (int64_t)(seconds * 1000);

	while (!terminal_shows(t, text)) {
		if (!terminal_run(t, 10) || clock_boot_ms() > end) {
			printf("fault: \"%s\" does not come\n", text);
			screen(t);
			faults++;
			return;
		}
	}
}

static void step(struct terminal *t, const char *line)
{
	double seconds;
	int a = 0, b = 0, at = 0;

	if (sscanf(line, "await %lf %n", &seconds, &at) == 1 && at > 0) {
		await(t, seconds, line + at);
	} else if (strncmp(line, "type ", 5) == 0) {
		type(t, line + 5);
	} else if (sscanf(line, "repeat %d %n", &a, &at) == 1 && at > 0) {
		for (; a > 0; a--)
			type(t, line + at);
	} else if (sscanf(line, "pause %d", &a) == 1) {
		terminal_run(t, a);
	} else if (strcmp(line, "screen") == 0) {
		screen(t);
	} else if (sscanf(line, "resize %dx%d", &a, &b) == 2) {
		terminal_resize(t, a, b);
	} else if (sscanf(line, "size %dx%d", &a, &b) == 2) {
		terminal_tell_size(t, a, b);
	} else if (sscanf(line, "stall %d", &a) == 1) {
		terminal_stall(t, a);
	} else if (sscanf(line, "signal %d", &a) == 1) {
		terminal_signal(t, a);
	} else if (sscanf(line, "end %lf", &seconds) == 1) {
		if (terminal_run(t, (int)(seconds * 1000))) {
			puts("fault: it does not end");
			faults++;
		}
	} else if (line[0] && line[0] != '#') {
		fprintf(stderr, "drive: no step \"%s\"\n", line);
		exit(2);
	}
}

static void find_texts(const char *capture)
{
	FILE *f = fopen(capture, "re");
	char bytes[65536];
	struct buf b;
	size_t i, n;

	buf_init(&b, SIZE_MAX - 1);
	while (f && (n = fread(bytes, 1, sizeof(bytes), f)) > 0)
		buf_append(&b, bytes, n);
	for (i = 0; i < text_count && b.len > 0; i++) {
		if (!texts[i].harmless && memmem(b.data, b.len, texts[i].bytes, texts[i].len)) {
			printf("fault: %s (%s) came out as it is\n", texts[i].word, texts[i].family);
			faults++;
		}
	}
	if (f)
		fclose(f);
	buf_release(&b);
}

static void tell(const struct grammar *g, int status)
{
	size_t i, count = 0;

	for (i = 0; i < g->faults && i < GRAMMAR_TOLD; i++)
		printf("fault: %s\n", g->told[i]);
	faults += (int)g->faults;
	for (i = 0; i < text_count; i++)
		count += seen[i];
	printf("bytes %zu pictures %zu bells %zu seen %zu status %d\n", g->offset, g->pictures, g->bells, count, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}

int main(int argc, char **argv)
{
	struct terminal_spec spec = { .columns = 80, .rows = 24, .on_screen = look };
	struct terminal *t;
	struct grammar g;
	char line[4096];
	bool silent = false;
	FILE *script;
	int c;

	while ((c = getopt(argc, argv, "+g:d:t:c:x:s")) != -1) {
		switch (c) {
		case 'g':
			if (sscanf(optarg, "%dx%d", &spec.columns, &spec.rows) != 2)
				return 2;
			break;
		case 'd': spec.delay_ms = atoi(optarg); break;
		case 't': spec.name = optarg; break;
		case 'c': spec.capture = optarg; break;
		case 'x': text_count = texts_read(optarg, texts); break;
		case 's': silent = true; break;
		default: return 2;
		}
	}
	if (argc - optind < 2)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	script = strcmp(argv[optind], "-") == 0 ? stdin : fopen(argv[optind], "re");
	spec.argv = argv + optind + 1;
	if (!script)
		return 2;
	t = terminal_open(&spec);
	if (silent)
		terminal_be_silent(t);
	while (fgets(line, sizeof(line), script)) {
		line[strcspn(line, "\n")] = '\0';
		step(t, line);
	}
	fflush(stdout);
	g = *terminal_grammar(t);
	tell(&g, terminal_close(t));
	if (spec.capture)
		find_texts(spec.capture);
	return faults > 0;
}
