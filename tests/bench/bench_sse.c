/*
 * bench_sse: how fast event streams are read in memory: core/sse, a floor, and memchr() alone, on the same bytes in the same chunks, in turns;
 * the least of several rounds of each, by this thread's CPU time. An event is three lines: id, event, and so many bytes of data.
 *
 * The floor is the least that could be called a reader: LF and CRLF, id, event and data, and nothing copied, as if each chunk was read in behind
 * what the one before left over. It checks no UTF-8, keeps no limits, ends no string, joins no lines of data and knows no lone CR.
 */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "core/sse.h"
#include "tests/bench/common.h"

enum { STREAM_BYTES = 1 << 20, ROUNDS = 60, READERS = 3 };

struct text { const char *at; size_t len; };

static uint64_t events, seen;	/* what was read, so that no compiler leaves it out */

static int64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* ---- the floor ---- */

static void floor_event(struct text type, struct text id, struct text data)
{
	events++;
	seen += type.len + id.len + data.len + (unsigned char)*data.at;
}

static struct text value(const char *line, size_t len, size_t name_len)
{
	struct text v = { line + name_len + 1, len - name_len - 1 };

	if (v.len > 0 && *v.at == ' ')
		v = (struct text){ v.at + 1, v.len - 1 };
	return v;
}

/* Whole events only: how many bytes they were. */
static size_t floor_read(const char *bytes, size_t len)
{
	struct text type = { "message", 7 }, id = { "", 0 }, data = { NULL, 0 };
	const char *p = bytes, *end = bytes + len, *done = bytes, *lf;
	size_t n;

	while (p < end && (lf = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n = (size_t)(lf - p);
		if (n > 0 && p[n - 1] == '\r')
			n--;
		if (n == 0) {
			if (data.at)
				floor_event(type, id, data);
			type = (struct text){ "message", 7 };
			data.at = NULL;
			done = lf + 1;
		} else if (n > 4 && memcmp(p, "data:", 5) == 0) {
			data = value(p, n, 4);
		} else if (n > 2 && memcmp(p, "id:", 3) == 0) {
			id = value(p, n, 2);
		} else if (n > 5 && memcmp(p, "event:", 6) == 0) {
			type = value(p, n, 5);
		}
		p = lf + 1;
	}
	return (size_t)(done - bytes);
}

/* ---- the readers: each reads all the bytes in chunks ---- */

static void read_memchr(const char *bytes, size_t len, size_t chunk)
{
	size_t i, n;

	for (i = 0; i < len; i += n) {
		const char *p = bytes + i, *end;

		n = chunk < len - i ? chunk : len - i;
		end = p + n;
		while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
			seen++;
			p++;
		}
	}
}

static void read_floor(const char *bytes, size_t len, size_t chunk)
{
	size_t i, n, from = 0;

	for (i = 0; i < len; i += n) {
		n = chunk < len - i ? chunk : len - i;
		from += floor_read(bytes + from, i + n - from);
	}
}

static void on_event(const struct sse_event *ev, void *arg)
{
	(void)arg;
	events++;
	seen += strlen(ev->type) + ev->data_len + (unsigned char)*ev->data;
}

static void read_sse(const char *bytes, size_t len, size_t chunk)
{
	struct sse s;
	size_t i, n;

	sse_init(&s, 1 << 20, on_event, NULL);
	for (i = 0; i < len; i += n) {
		n = chunk < len - i ? chunk : len - i;
		sse_feed(&s, bytes + i, n);
	}
	sse_release(&s);
}

static void (*const readers[READERS])(const char *bytes, size_t len, size_t chunk) = { read_memchr, read_floor, read_sse };

/* ---- the table ---- */

static uint64_t put_stream(struct buf *out, size_t data_len, const char *eol)
{
	static const char word[] = "{\"line\":\"compiled module 17 of 214 in 38 ms\"} ";
	uint64_t n;
	size_t i;

	for (n = 0; out->len < STREAM_BYTES; n++) {
		buf_printf(out, "id: evt_01J8Z3K%010llu%sevent: sandbox.exec.stdout%sdata: ", (unsigned long long)n, eol, eol);
		for (i = 0; i < data_len; i++)
			buf_putc(out, word[(i + n) % (sizeof(word) - 1)]);
		buf_printf(out, "%s%s", eol, eol);
	}
	return n;
}

static void measure(size_t data_len, const char *eol, size_t chunk)
{
	int64_t least[READERS] = { INT64_MAX, INT64_MAX, INT64_MAX }, t;
	uint64_t want;
	struct buf b;
	int i, k;

	buf_init(&b, 4 * STREAM_BYTES);
	want = put_stream(&b, data_len, eol);
	for (i = 0; i < ROUNDS; i++) {
		for (k = 0; k < READERS; k++) {
			events = 0;
			t = cpu_ns();
			readers[k](b.data, b.len, chunk);
			t = cpu_ns() - t;
			least[k] = t < least[k] ? t : least[k];
			if (k > 0 && events != want)
				die("bench_sse: a reader lost events");
		}
	}
	printf("  %5zu %6zu  %-4s %8.1f %8.1f %8.2f %9.0f %9.0f %8.2f %8.2f\n", data_len, chunk, eol[0] == '\r' ? "CRLF" : "LF", (double)b.len / (double)least[0],
	       (double)b.len / (double)least[1], (double)b.len / (double)least[2], (double)least[1] / (double)want, (double)least[2] / (double)want,
	       (double)least[1] / (double)least[2], (double)least[0] / (double)least[2]);
	buf_release(&b);
}

int main(void)
{
	static const size_t lengths[] = { 100, 300, 2000 }, chunks[] = { 16384, 1448 };
	static const char *const eols[] = { "\n", "\r\n" };
	size_t i, k, e;

	printf("  %5s %6s  %-4s %8s %8s %8s %9s %9s %8s %8s\n", "data", "chunk", "end", "memchr", "floor", "assent", "floor", "assent", "of the", "of");
	printf("  %5s %6s  %-4s %8s %8s %8s %9s %9s %8s %8s\n", "B", "B", "", "GB/s", "GB/s", "GB/s", "ns/event", "ns/event", "floor", "memchr");
	for (i = 0; i < ARRAY_LEN(lengths); i++)
		for (k = 0; k < ARRAY_LEN(chunks); k++)
			for (e = 0; e < ARRAY_LEN(eols); e++)
				measure(lengths[i], eols[e], chunks[k]);
	return seen == 0;
}
