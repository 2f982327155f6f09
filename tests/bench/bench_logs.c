/*
 * bench_logs: the gate's logs beside their floors in one run: lines in, against reading them by memchr; what stays in memory; a gate that starts again; and rare
 * regular expressions over all of them, against PCRE2 JIT alone on the same lines in memory.
 *
 * usage: bench_logs DIR LINES      makes DIR/lines.log for others to read, and DIR/logs
 * prints one line "name value..." for each figure; times are CPU ms, the least of 3 where that is possible
 */
#include "config.h"

#include <fcntl.h>
#include <malloc.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common.h"
#include "gate/logscan.h"

enum { ROUNDS = 3, STREAMS = 1000, STREAM_SECONDS = 5, LINES_A_SECOND = 10 };

static const char *const patterns[] = { "NEEDLE[0-9]+QX", "dur=4[0-9]+9ms.*id=b4", "^x[^q]*QX$" };
static char *text;
static size_t text_len;

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void make_lines(const char *dir, int lines)
{
	static const char *const tools[] = { "exec", "files.read", "desktop.click", "browser.open" };
	char path[4096];
	FILE *f;
	int i;

	snprintf(path, sizeof(path), "%s/lines.log", dir);
	f = fopen(path, "w+");
	if (!f)
		die("cannot write the lines");
	for (i = 0; i < lines; i++) {
		unsigned int r = (unsigned int)i * 2654435761U;

		fprintf(f, "2026-11-25T%02d:%02d:%02d.%06u INFO agent=builder-%u session=sbx_%04x tool=%s step=%u dur=%ums status=ok id=b%08x", i / 3600 % 24, i / 60 % 60, i % 60,
			r % 1000000, r % 7, r >> 16, tools[r % 4], r % 977, r % 5000, r);
		if (i % (lines / 4) == lines / 8)
			fprintf(f, " NEEDLE%dQX", i);
		fputs(" the build goes on\n", f);
	}
	fflush(f);
	text_len = (size_t)ftell(f);
	text = mmap(NULL, text_len, PROT_READ, MAP_PRIVATE, fileno(f), 0);
	if (text == MAP_FAILED)
		die("cannot map the lines");
	fclose(f);
}

/* The least that reads lines. */
static double floor_memchr(int *lines)
{
	const char *p = text, *end = text + text_len, *lf;
	double start = cpu_ms();

	for (*lines = 0; p < end && (lf = memchr(p, '\n', (size_t)(end - p))) != NULL; p = lf + 1)
		++*lines;
	return cpu_ms() - start;
}

static double add_all(struct log *l)
{
	const char *p = text, *end = text + text_len, *lf;
	double start = cpu_ms();
	char id[32];
	int i;

	for (i = 0; p < end && (lf = memchr(p, '\n', (size_t)(end - p))) != NULL; p = lf + 1, i++) {
		snprintf(id, sizeof(id), "evt_%026d", i);	/* as long as a ULID with its name */
		log_add(l, 1763900000000 + i, "out", p, (size_t)(lf - p), "events", id);
	}
	return cpu_ms() - start;
}

/* PCRE2 alone: each line by itself, and the whole text at once. */
static void pcre2_alone(const char *pattern, double *by_line, double *whole)
{
	const char *p, *end = text + text_len, *lf;
	int code, round;
	PCRE2_SIZE at;
	pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, PCRE2_MULTILINE, &code, &at, NULL);
	pcre2_match_data *match = pcre2_match_data_create(1, NULL);
	double start, took;

	if (!re || !match || pcre2_jit_compile(re, PCRE2_JIT_COMPLETE) < 0)
		die("PCRE2 has no JIT here");
	*by_line = *whole = 1e9;
	for (round = 0; round < ROUNDS; round++) {
		start = cpu_ms();
		for (p = text; p < end && (lf = memchr(p, '\n', (size_t)(end - p))) != NULL; p = lf + 1)
			pcre2_match(re, (PCRE2_SPTR)p, (size_t)(lf - p), 0, 0, match, NULL);
		took = cpu_ms() - start;
		*by_line = took < *by_line ? took : *by_line;
		start = cpu_ms();
		for (at = 0; pcre2_match(re, (PCRE2_SPTR)text, text_len, at, 0, match, NULL) >= 0; at = pcre2_get_ovector_pointer(match)[1])
			;
		took = cpu_ms() - start;
		*whole = took < *whole ? took : *whole;
	}
	pcre2_match_data_free(match);
	pcre2_code_free(re);
}

/* The whole way of an operator's search but the socket: from the pattern to the answer. */
static double search(struct logs *ls, const char *session, const char *pattern, bool ignore_case, size_t *ret_len)
{
	double least = 1e9, took;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		struct logscan_spec spec = { .session = session, .n = 1000 };
		double start = cpu_ms();
		struct logscan *k;
		struct buf out;
		struct err e;

		if (pattern_new(pattern, strlen(pattern), true, ignore_case, &spec.pattern, NULL) < 0)
			die("a pattern is none");
		k = logscan_new(ls, &spec);
		while (logscan_run(k, 20, &e) == 1)
			;
		buf_init(&out, SIZE_MAX - 1);
		logscan_write(k, &out);
		logscan_free(k);
		took = cpu_ms() - start;
		least = took < least ? took : least;
		*ret_len = out.len;
		buf_release(&out);
	}
	return least;
}

static void end(uv_loop_t *loop, struct logs *ls)
{
	logs_close(ls);
	uv_run(loop, UV_RUN_DEFAULT);
	logs_free(ls);
}

struct many {
	struct log *logs[STREAMS];
	int rounds;
	double cpu_ms;		/* when the files were made, and */
	int64_t start_ns;
};

static void on_round(uv_timer_t *t)
{
	static char line[150];
	struct many *m = t->data;
	int i;

	memset(line, 'x', sizeof(line));
	for (i = 0; i < STREAMS; i++)
		log_add(m->logs[i], 0, "out", line, sizeof(line), "events", "evt_01M8AKRRSZ00000002JQ25PPXN");
	if (++m->rounds == 2 * LINES_A_SECOND) {
		m->cpu_ms = cpu_ms();
		m->start_ns = now_ns();
	} else if (m->rounds == (2 + STREAM_SECONDS) * LINES_A_SECOND)
		uv_close((uv_handle_t *)t, NULL);
}

/* So many streams with so many lines a second each, in real time: the part of a core that they cost. */
static void many_streams(uv_loop_t *loop, const char *dir)
{
	struct logs *ls = logs_new(loop, dir);
	static struct many m;
	uv_timer_t timer;
	char name[32];
	int i;

	for (i = 0; i < STREAMS; i++) {
		snprintf(name, sizeof(name), "sbx_%d", i);
		m.logs[i] = log_new(ls, name, NULL);
	}
	uv_timer_init(loop, &timer);
	timer.data = &m;
	uv_timer_start(&timer, on_round, 0, 1000 / LINES_A_SECOND);
	uv_run(loop, UV_RUN_DEFAULT);
	printf("streams %.2f\n", (cpu_ms() - m.cpu_ms) * 1e8 / (double)(now_ns() - m.start_ns));
	end(loop, ls);
}

int main(int argc, char **argv)
{
	char dir[4096];
	double floor, added, by_line, whole, start;
	struct mallinfo2 before, after;
	struct logs *ls;
	struct log *l;
	uv_loop_t loop;
	int lines, counted;
	size_t i, len;

	if (argc != 3 || (lines = atoi(argv[2])) < 1000)
		return 2;
	make_lines(argv[1], lines);
	floor_memchr(&counted);		/* so that all is in memory */
	floor = floor_memchr(&counted);
	printf("lines %d %.0f\nmemchr %.1f\n", counted, (double)text_len / 1e6, floor);
	uv_loop_init(&loop);
	snprintf(dir, sizeof(dir), "%s/logs", argv[1]);
	ls = logs_new(&loop, dir);
	l = log_new(ls, "sbx_1", NULL);
	before = mallinfo2();
	added = add_all(l);
	start = cpu_ms();
	uv_run(&loop, UV_RUN_ONCE);
	added += cpu_ms() - start;
	after = mallinfo2();
	printf("added %.1f %.2f %.1f\n", added, added * 1000 / counted, (double)ls->bytes / 1e6);
	printf("memory %.3f\n", ((double)(after.uordblks + after.hblkhd) - (double)(before.uordblks + before.hblkhd)) / counted);
	end(&loop, ls);
	start = cpu_ms();
	ls = logs_new(&loop, dir);
	printf("restart %.2f %lld\n", cpu_ms() - start, (long long)log_count(log_new(ls, "sbx_1", NULL)));
	for (i = 0; i < ARRAY_LEN(patterns); i++) {
		double one, all;

		pcre2_alone(patterns[i], &by_line, &whole);
		one = search(ls, "sbx_1", patterns[i], false, &len);
		all = search(ls, NULL, patterns[i], false, &len);
		printf("search %s %.1f %.1f %.1f %.1f\n", patterns[i], one, all, by_line, whole);
	}
	printf("case %.1f\n", search(ls, NULL, patterns[0], true, &len));
	end(&loop, ls);
	snprintf(dir, sizeof(dir), "%s/streams", argv[1]);
	many_streams(&loop, dir);
	return 0;
}
