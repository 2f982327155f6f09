/* logscan: see logscan.h. */
#include "config.h"

#include "gate/logscan.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_LINES_MAX = LOGBLOCK_BYTES / 16 };

/* A log as it was. */
struct old_log {
	char *session, *name;		/* own */
	struct segment *segments;	/* own */
	size_t count;
	int64_t last_seq;
	char *tail;			/* own; the bytes of the last segment that were not written yet */
	uint32_t tail_at, tail_len;
};

/* A line that is in the answer. key: its number, by which the answer is in order. */
struct hit {
	int64_t key;
	size_t log, segment;
	uint32_t block, at;
};

struct line_found {
	int64_t key;
	uint32_t at;
};

struct logscan {
	int dir;			/* borrowed */
	struct old_log *logs;
	size_t log_count;
	bool merged, up;
	int64_t from, n, first, total;
	unsigned int streams;
	struct pattern *pattern;
	size_t log, segment;		/* where it is; log == log_count: done */
	uint32_t block;
	bool entered;
	int file;			/* of the log and segment below; -1: none, or it is gone */
	size_t file_log, file_segment;
	char *bytes;			/* the block */
	struct line_found *found;	/* in the block */
	size_t found_count;
	struct hit *hits;		/* a heap, the worst first */
	size_t hit_count;
};

/* ---- the logs as they are now ---- */

static void *copy(const void *from, size_t size)
{
	void *to = malloc(size + 1);

	if (!to)
		abort();
	memcpy(to, from, size);
	return to;
}

static void take_log(struct logscan *k, const struct log *l)
{
	struct old_log *o = &k->logs[k->log_count++];

	*o = (struct old_log){ .count = l->count, .last_seq = l->last_seq, .tail_len = (uint32_t)l->unwritten.len };
	o->session = copy(l->session, strlen(l->session) + 1);
	o->name = copy(l->name, strlen(l->name) + 1);
	o->segments = copy(l->segments ? l->segments : &(struct segment){ 0 }, l->count * sizeof(*l->segments));
	if (o->tail_len > 0) {
		o->tail = copy(l->unwritten.data, o->tail_len);
		o->tail_at = l->segments[l->count - 1].size - o->tail_len;
	}
}

/* The logs named in "a,b". */
static void take_named(struct logscan *k, const struct logs *ls, const char *names)
{
	while (*names) {
		size_t len = strcspn(names, ","), i;
		char *name = copy(names, len);
		struct log *l;

		name[len] = '\0';
		l = logs_find(ls, name);
		for (i = 0; l && i < k->log_count; i++)
			if (strcmp(k->logs[i].session, name) == 0)
				l = NULL;
		if (l)
			take_log(k, l);
		free(name);
		names += len + (names[len] == ',');
	}
}

static int newest_first(const void *a, const void *b)
{
	const struct old_log *x = a, *y = b;

	return (x->last_seq < y->last_seq) - (x->last_seq > y->last_seq);
}

static void take_all(struct logscan *k, const struct logs *ls, const char *sessions)
{
	size_t i;

	k->total = k->first = ls->next_seq;
	for (i = 0; i < ls->count; i++)
		if (ls->items[i]->count > 0 && ls->items[i]->segments[0].seq < k->first)
			k->first = ls->items[i]->segments[0].seq;
	if (sessions)
		take_named(k, ls, sessions);
	else
		for (i = 0; i < ls->count; i++)
			take_log(k, ls->items[i]);
	/* The sooner the newest are known, the less has to be read of the others. */
	if (k->log_count > 0)
		qsort(k->logs, k->log_count, sizeof(*k->logs), newest_first);
}

static int64_t within(int64_t from, int64_t total, bool up)
{
	int64_t last = up ? total - 1 : total;

	if (from < 0)
		from = total + from < 0 ? (up ? -1 : 0) : total + from;
	return from > last ? last : from;
}

struct logscan *logscan_new(struct logs *ls, const struct logscan_spec *spec)
{
	struct log *l = spec->session ? logs_find(ls, spec->session) : NULL;
	struct logscan *k = calloc(1, sizeof(*k));

	if (!k)
		abort();
	*k = (struct logscan){ .dir = ls->fd, .merged = !spec->session, .up = spec->up, .n = spec->n, .streams = spec->streams, .pattern = spec->pattern, .file = -1 };
	if (spec->session && !l) {
		logscan_free(k);
		return NULL;
	}
	k->n = k->n < 0 ? 0 : k->n > LOGSCAN_LINES_MAX ? LOGSCAN_LINES_MAX : k->n;
	k->logs = calloc(l ? 1 : ls->count + 1, sizeof(*k->logs));
	k->bytes = malloc(LOGBLOCK_BYTES);
	k->found = malloc(BLOCK_LINES_MAX * sizeof(*k->found));
	k->hits = malloc((size_t)(k->n + 1) * sizeof(*k->hits));
	if (!k->logs || !k->bytes || !k->found || !k->hits)
		abort();
	if (l) {
		k->total = l->total;
		k->first = l->count > 0 ? l->segments[0].first : l->total;
		take_log(k, l);
	} else {
		take_all(k, ls, spec->sessions);
	}
	k->from = within(spec->from, k->total, k->up);
	return k;
}

void logscan_free(struct logscan *k)
{
	size_t i;

	if (!k)
		return;
	for (i = 0; i < k->log_count; i++) {
		free(k->logs[i].session);
		free(k->logs[i].name);
		free(k->logs[i].segments);
		free(k->logs[i].tail);
	}
	if (k->file >= 0)
		close(k->file);
	pattern_free(k->pattern);
	free(k->logs);
	free(k->bytes);
	free(k->found);
	free(k->hits);
	free(k);
}

/* ---- reading ---- */

static int open_file(struct logscan *k, size_t log, size_t segment)
{
	char name[256];

	if (k->file >= 0 && k->file_log == log && k->file_segment == segment)
		return k->file;
	if (k->file >= 0)
		close(k->file);
	log_segment_name(k->logs[log].name, k->logs[log].segments[segment].first, name);
	k->file = openat(k->dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	k->file_log = log;
	k->file_segment = segment;
	return k->file;
}

/* The first `max` bytes of a block; what cannot be read is zeros, and so no line. Returns how many there are. */
static size_t read_block(struct logscan *k, size_t log, size_t segment, uint32_t block, char *bytes, size_t max)
{
	const struct old_log *o = &k->logs[log];
	uint32_t at = block * LOGBLOCK_BYTES, size = o->segments[segment].size, written = size;
	size_t len = size - at < max ? size - at : max, got = 0;

	if (segment + 1 == o->count && o->tail)
		written = o->tail_at;
	if (written > at) {
		size_t want = written - at < len ? written - at : len;
		int fd = open_file(k, log, segment);
		ssize_t n = fd < 0 ? 0 : pread(fd, bytes, want, at);

		got = n > 0 ? (size_t)n : 0;
	}
	memset(bytes + got, 0, len - got);
	if (written < size && at + len > written) {
		uint32_t start = at > written ? at : written;

		memcpy(bytes + (start - at), o->tail + (start - written), at + len - start);
	}
	return len;
}

static uint32_t last_block(const struct old_log *o, size_t segment)
{
	return o->segments[segment].size > 0 ? (o->segments[segment].size - 1) / LOGBLOCK_BYTES : 0;
}

static int64_t segment_key(const struct logscan *k, const struct segment *s)
{
	return k->merged ? s->seq : s->first;
}

/* Puts the place to where line k->from is, or is nearest. false: there is nothing in that direction. */
static bool enter(struct logscan *k)
{
	const struct old_log *o = &k->logs[k->log];
	char head[LOGBLOCK_PEEK];
	int64_t first, seq;
	size_t i = o->count;

	k->entered = true;
	while (i > 0 && segment_key(k, &o->segments[i - 1]) > k->from)
		i--;
	if (o->count == 0 || (i == 0 && k->up))
		return false;
	k->segment = i > 0 ? i - 1 : 0;
	for (k->block = last_block(o, k->segment); k->block > 0; k->block--) {
		read_block(k, k->log, k->segment, k->block, head, sizeof(head));
		if (logblock_peek(head, sizeof(head), &first, &seq) == 0 && (k->merged ? seq : first) <= k->from)
			break;
	}
	return true;
}

static bool go_on(struct logscan *k)
{
	const struct old_log *o = &k->logs[k->log];

	if (!k->up && k->block < last_block(o, k->segment)) {
		k->block++;
	} else if (!k->up && k->segment + 1 < o->count) {
		k->segment++;
		k->block = 0;
	} else if (k->up && k->block > 0) {
		k->block--;
	} else if (k->up && k->segment > 0) {
		k->segment--;
		k->block = last_block(o, k->segment);
	} else {
		return false;
	}
	return true;
}

/* ---- the best n ---- */

static bool is_worse(const struct logscan *k, int64_t a, int64_t b)
{
	return k->up ? a < b : a > b;
}

static void swap(struct hit *a, struct hit *b)
{
	struct hit c = *a;

	*a = *b;
	*b = c;
}

static void sink(struct logscan *k, size_t i, size_t count)
{
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < count && is_worse(k, k->hits[child + 1].key, k->hits[child].key))
			child++;
		if (child >= count || !is_worse(k, k->hits[child].key, k->hits[i].key))
			return;
		swap(&k->hits[i], &k->hits[child]);
		i = child;
	}
}

/* Are there n that are all better than what has this key, or is behind it? */
static bool is_too_late(const struct logscan *k, int64_t key)
{
	return k->hit_count == (size_t)k->n && !is_worse(k, k->hits[0].key, key);
}

static void keep(struct logscan *k, const struct line_found *f)
{
	struct hit hit = { .key = f->key, .log = k->log, .segment = k->segment, .block = k->block, .at = f->at };
	size_t i = k->hit_count;

	if (i == (size_t)k->n) {
		k->hits[0] = hit;
		sink(k, 0, k->hit_count);
		return;
	}
	k->hits[k->hit_count++] = hit;
	for (; i > 0 && is_worse(k, k->hits[i].key, k->hits[(i - 1) / 2].key); i = (i - 1) / 2)
		swap(&k->hits[i], &k->hits[(i - 1) / 2]);
}

/* The best first. */
static void sort_hits(struct logscan *k)
{
	size_t i;

	for (i = k->hit_count; i > 1; i--) {
		swap(&k->hits[0], &k->hits[i - 1]);
		sink(k, 0, i - 1);
	}
}

/* ---- one block ---- */

static int too_costly(const struct logscan *k, const struct log_record *r, struct err *e)
{
	struct err why = *e;

	return err_set(e, ERR_TOOBIG, "line %lld of %s: %s", (long long)r->n, k->logs[k->log].session, why.msg);
}

/* Looks at one line. 0, or ERR_TOOBIG. */
static int look(struct logscan *k, const struct log_record *r, struct err *e)
{
	int64_t key = k->merged ? r->seq : r->n;
	int m = 1;

	if ((k->up ? key > k->from : key < k->from) || (k->streams && !(k->streams >> r->stream & 1)))
		return 0;
	if (k->pattern)
		m = pattern_match(k->pattern, k->bytes + r->text, r->len, e);
	if (m < 0)
		return too_costly(k, r, e);
	if (m > 0)
		k->found[k->found_count++] = (struct line_found){ .key = key, .at = (uint32_t)r->at };
	return 0;
}

/* Gathers the block's lines that are wanted, in their order. */
static int gather(struct logscan *k, struct logblock *b, struct err *e)
{
	struct log_record r;
	ssize_t at;

	k->found_count = 0;
	while (k->pattern && (at = pattern_find(k->pattern, b->bytes, b->len, b->at)) != -2) {
		if (at < 0)
			return 0;
		do {
			if (!logblock_next(b, &r))
				return 0;
		} while (r.end <= (size_t)at);
		if (look(k, &r, e) < 0)
			return ERR_TOOBIG;
	}
	while (logblock_next(b, &r))
		if (look(k, &r, e) < 0)
			return ERR_TOOBIG;
	return 0;
}

/* 1: on to the next block; 0: this log has nothing more; ERR_TOOBIG. */
static int scan_block(struct logscan *k, struct err *e)
{
	size_t len = read_block(k, k->log, k->segment, k->block, k->bytes, LOGBLOCK_BYTES), i;
	struct logblock b;
	int64_t first;

	if (logblock_open(k->bytes, len, &b) < 0)
		return 1;	/* damaged, or never written: its lines are left out */
	first = k->merged ? b.seq : b.first;
	if (!k->up && is_too_late(k, first))
		return 0;
	if (gather(k, &b, e) < 0)
		return ERR_TOOBIG;
	for (i = 0; i < k->found_count; i++) {
		const struct line_found *f = &k->found[k->up ? k->found_count - 1 - i : i];

		if (is_too_late(k, f->key))
			return 0;
		keep(k, f);
	}
	return k->up && is_too_late(k, first) ? 0 : 1;
}

int logscan_run(struct logscan *k, int64_t ms, struct err *e)
{
	uint64_t end = uv_hrtime() + (uint64_t)ms * 1000000;
	int more;

	while (k->n > 0 && k->log < k->log_count) {
		if (k->up && k->merged && !k->entered && is_too_late(k, k->logs[k->log].last_seq))
			more = 0;
		else
			more = k->entered || enter(k) ? scan_block(k, e) : 0;
		if (more < 0)
			return more;
		if (!more || !go_on(k)) {
			k->log++;
			k->entered = false;
		}
		if (k->log < k->log_count && uv_hrtime() >= end)
			return 1;
	}
	return 0;
}

/* ---- the answer ---- */

static void write_line(const struct logscan *k, const struct hit *h, struct jsonw *w)
{
	struct logblock b = { .bytes = k->bytes, .len = LOGBLOCK_BYTES, .at = h->at };
	struct log_record r;

	if (!logblock_next(&b, &r))
		return;		/* its segment went meanwhile */
	jw_begin(w, '{');
	jw_kint(w, "n", h->key);
	if (k->merged)
		jw_kstr(w, "session", k->logs[h->log].session);
	jw_kint(w, "wall_ms", r.wall_ms);
	jw_kstr(w, "stream", log_stream_name(r.stream));
	jw_key(w, "text");
	jw_strn(w, k->bytes + r.text, r.len);
	jw_end(w, '}');
}

static void write_next(const struct logscan *k, size_t written, struct jsonw *w)
{
	int64_t next = -1;

	if (written < k->hit_count)
		next = k->hits[written].key;
	else if (written > 0 && written == (size_t)k->n)
		next = k->hits[written - 1].key + (k->up ? -1 : 1);
	jw_key(w, "next");
	if (next >= k->first && next < k->total)
		jw_int(w, next);
	else
		jw_null(w);
}

void logscan_write(struct logscan *k, struct buf *out)
{
	const struct hit *before = NULL, *h;
	struct jsonw w;
	size_t i, len;

	sort_hits(k);
	jw_init(&w, out);
	jw_begin(&w, '{');
	jw_kint(&w, "from", k->from);
	jw_kint(&w, "first", k->first);
	jw_kint(&w, "total", k->total);
	jw_key(&w, "lines");
	jw_begin(&w, '[');
	for (i = 0; i < k->hit_count && (i == 0 || out->len < LOGSCAN_BYTES_MAX); i++, before = h) {
		h = &k->hits[i];
		if (!before || before->log != h->log || before->segment != h->segment || before->block != h->block) {
			len = read_block(k, h->log, h->segment, h->block, k->bytes, LOGBLOCK_BYTES);
			memset(k->bytes + len, 0, LOGBLOCK_BYTES - len);
		}
		write_line(k, h, &w);
	}
	jw_end(&w, ']');
	write_next(k, i, &w);
	jw_end(&w, '}');
}
