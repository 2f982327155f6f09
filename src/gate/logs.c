/* logs: see logs.h. */
#include "config.h"

#include "gate/logs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/httpmsg.h"
#include "io/log.h"

enum { UNWRITTEN_MAX = 64 * 1024, KEPT_MEMORY = 8 * 1024, TICK_MIN_MS = 20, TICK_MAX_MS = 1000, PART_OF_TIME = 200, NAME_BYTES_MAX = 230 };

void log_segment_name(const char *name, int64_t first, char out[256])
{
	snprintf(out, 256, "%s.%0*lld", name, LOG_SEGMENT_DIGITS, (long long)first);
}

/* ---- the list of logs ---- */

/* Where it is, or where it belongs. */
static size_t place_of(const struct logs *ls, const char *session)
{
	size_t low = 0, high = ls->count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (strcmp(ls->items[mid]->session, session) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

struct log *logs_find(const struct logs *ls, const char *session)
{
	size_t i = place_of(ls, session);

	return i < ls->count && strcmp(ls->items[i]->session, session) == 0 ? ls->items[i] : NULL;
}

struct log *logs_add(struct logs *ls, const char *session, const char *name)
{
	struct log *l = calloc(1, sizeof(*l)), **more = realloc(ls->items, (ls->count + 1) * sizeof(*more));
	size_t i;

	if (!l || !more || !(l->session = strdup(session)) || !(l->name = strdup(name)))
		abort();
	ls->items = more;
	i = place_of(ls, session);
	memmove(ls->items + i + 1, ls->items + i, (ls->count - i) * sizeof(*ls->items));
	ls->items[i] = l;
	ls->count++;
	l->logs = ls;
	l->last_seq = -1;
	buf_init(&l->unwritten, SIZE_MAX - 1);
	return l;
}

static void free_log(struct log *l)
{
	buf_release(&l->unwritten);
	log_ids_release(&l->ids);
	free(l->segments);
	free(l->session);
	free(l->name);
	free(l);
}

void log_add_segment(struct log *l, int64_t first, int64_t seq, uint32_t size)
{
	struct segment *more = realloc(l->segments, (l->count + 1) * sizeof(*more));

	if (!more)
		abort();
	l->segments = more;
	l->segments[l->count++] = (struct segment){ .first = first, .seq = seq, .size = size };
	l->logs->bytes += size;
}

/* From the list alone. */
static void log_drop_segment(struct log *l, size_t i)
{
	l->logs->bytes -= l->segments[i].size;
	l->count--;
	memmove(l->segments + i, l->segments + i + 1, (l->count - i) * sizeof(*l->segments));
}

/* ---- what is old goes ---- */

static void remove_oldest(struct log *l)
{
	char name[256];

	log_segment_name(l->name, l->segments[0].first, name);
	unlinkat(l->logs->fd, name, 0);
	log_drop_segment(l, 0);
}

/* One that no session has any more. */
static void remove_log(struct log *l)
{
	struct logs *ls = l->logs;
	size_t i = place_of(ls, l->session);
	struct log **p;

	for (p = &ls->unwritten; l->is_unwritten && *p; p = &(*p)->next_unwritten) {
		if (*p == l) {
			*p = l->next_unwritten;
			break;
		}
	}
	while (l->count > 0)
		remove_oldest(l);
	ls->count--;
	memmove(ls->items + i, ls->items + i + 1, (ls->count - i) * sizeof(*ls->items));
	free_log(l);
}

static void keep_within_bytes(struct logs *ls)
{
	while (ls->bytes > LOGS_BYTES_MAX) {
		struct log *oldest = NULL;
		size_t i;

		for (i = 0; i < ls->count; i++) {
			struct log *l = ls->items[i];

			if (l->count > (l->in_use ? 1 : 0) && (!oldest || l->segments[0].seq < oldest->segments[0].seq))
				oldest = l;
		}
		if (!oldest)
			return;
		if (oldest->count == 1)
			remove_log(oldest);
		else
			remove_oldest(oldest);
	}
}

static void keep_within_count(struct logs *ls)
{
	struct log *oldest = NULL;
	size_t i;

	for (i = 0; ls->count >= LOGS_MAX && i < ls->count; i++)
		if (!ls->items[i]->in_use && (!oldest || ls->items[i]->last_seq < oldest->last_seq))
			oldest = ls->items[i];
	if (oldest)
		remove_log(oldest);
}

/* ---- writing ---- */

static int write_all(int fd, const char *p, size_t len, off_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, p, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : ENOSPC;
		p += n;
		len -= (size_t)n;
		at += n;
	}
	return 0;
}

static void tell(struct logs *ls, const char *name, int why)
{
	if (ls->fd < 0)
		return;		/* that was said when the gate began */
	if (why && !ls->failing)
		log_line("%s/%s: %s: lines of logs are lost until it can be written", ls->dir, name, strerror(why));
	else if (!why && ls->failing)
		log_line("%s: logs are written again", ls->dir);
	ls->failing = why != 0;
}

/* Takes nothing off the list of those with something unwritten. */
static void write_out(struct log *l)
{
	struct logs *ls = l->logs;
	struct segment *s;
	char name[256];
	int fd, why;

	if (l->unwritten.len == 0)
		return;
	s = &l->segments[l->count - 1];
	log_segment_name(l->name, s->first, name);
	fd = openat(ls->fd, name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	why = fd < 0 ? errno : write_all(fd, l->unwritten.data, l->unwritten.len, (off_t)(s->size - l->unwritten.len));
	if (fd >= 0)
		close(fd);
	tell(ls, name, why);
	/* The numbers of lines that are lost are given: what comes next begins a block of its own, which says its number. */
	if (why) {
		uint32_t size = (s->size + LOGBLOCK_BYTES - 1) / LOGBLOCK_BYTES * LOGBLOCK_BYTES;

		ls->bytes += size - s->size;
		s->size = size;
	}
	if (l->unwritten.cap > KEPT_MEMORY)
		buf_release(&l->unwritten);
	else
		buf_clear(&l->unwritten);
}

static void write_unwritten(struct logs *ls)
{
	struct log *l;

	while ((l = ls->unwritten) != NULL) {
		ls->unwritten = l->next_unwritten;
		l->is_unwritten = false;
		write_out(l);
	}
}

static void on_tick(uv_timer_t *t)
{
	struct logs *ls = t->data;
	uint64_t start = uv_hrtime(), wait;

	write_unwritten(ls);
	wait = (uv_hrtime() - start) * PART_OF_TIME / 1000000;
	ls->wait_ms = wait < TICK_MIN_MS ? TICK_MIN_MS : wait > TICK_MAX_MS ? TICK_MAX_MS : wait;
}

static void will_write(struct log *l)
{
	struct logs *ls = l->logs;

	if (l->is_unwritten)
		return;
	if (!ls->unwritten && !uv_is_closing((uv_handle_t *)&ls->tick))
		uv_timer_start(&ls->tick, on_tick, ls->wait_ms, 0);
	l->is_unwritten = true;
	l->next_unwritten = ls->unwritten;
	ls->unwritten = l;
}

/* ---- adding ---- */

/* Behind the last block, and in a new segment where the last one is full. */
static void begin_block(struct log *l, int64_t seq)
{
	struct segment *s = l->count > 0 ? &l->segments[l->count - 1] : NULL;
	size_t before;

	if (s && s->size % LOGBLOCK_BYTES != 0) {
		uint32_t gap = LOGBLOCK_BYTES - s->size % LOGBLOCK_BYTES;

		write_out(l);
		if (s->size % LOGBLOCK_BYTES != 0) {	/* not when that failed */
			s->size += gap;
			l->logs->bytes += gap;
		}
	}
	if (!s || s->size >= LOG_SEGMENT_BYTES) {
		write_out(l);
		log_add_segment(l, l->total, seq, 0);
		if (l->count > LOG_SEGMENTS_MAX)
			remove_oldest(l);
		keep_within_bytes(l->logs);
		s = &l->segments[l->count - 1];
	}
	before = l->unwritten.len;
	logblock_begin(&l->unwritten, l->total, seq, &l->ids);
	s->size += (uint32_t)(l->unwritten.len - before);
	l->logs->bytes += (int64_t)(l->unwritten.len - before);
}

/* A text that is too long: its begin, and how much is left out. Not in the middle of a character. */
static void cut(const char *text, size_t len, struct buf *out)
{
	size_t keep = LOG_BYTES_MAX, back;

	for (back = 0; back < 4 && ((unsigned char)text[keep - back] & 0xc0) == 0x80; back++)
		;
	keep -= back < 4 ? back : 0;
	buf_append(out, text, keep);
	buf_printf(out, " [%zu bytes more are left out]", len - keep);
}

void log_add(struct log *l, int64_t wall_ms, const char *stream, const char *text, size_t len, const char *source, const char *id)
{
	struct logs *ls = l->logs;
	int kind = log_stream_find(stream, strlen(stream));
	struct log_line line = {
		.seq = ls->next_seq, .wall_ms = wall_ms, .stream = kind < 0 ? LOG_LOG : (enum log_stream)kind, .text = text, .len = len, .source = source, .id = id,
	};
	struct segment *s = l->count > 0 ? &l->segments[l->count - 1] : NULL;
	struct buf shorter;
	size_t size;

	buf_init(&shorter, LOG_TEXT_MAX);
	if (len > LOG_BYTES_MAX) {
		cut(text, len, &shorter);
		line.text = shorter.data;
		line.len = shorter.len;
	}
	size = logblock_line_size(&line);
	if (!s || s->size % LOGBLOCK_BYTES == 0 || size > LOGBLOCK_BYTES - s->size % LOGBLOCK_BYTES) {
		begin_block(l, line.seq);
		s = &l->segments[l->count - 1];
	}
	logblock_add(&l->unwritten, &line);
	buf_release(&shorter);
	s->size += (uint32_t)size;
	ls->bytes += (int64_t)size;
	l->total++;
	l->last_seq = ls->next_seq++;
	if (id)
		log_ids_set(&l->ids, source, id);
	if (l->unwritten.len >= UNWRITTEN_MAX)
		write_out(l);
	else
		will_write(l);
}

const char *log_last_id(const struct log *l, const char *source)
{
	return log_ids_get(&l->ids, source);
}

int64_t log_count(const struct log *l)
{
	return l->total;
}

/* ---- life ---- */

struct log *log_new(struct logs *ls, const char *session, struct err *e)
{
	struct log *l = logs_find(ls, session);
	struct buf name;

	if (l) {
		l->in_use = true;
		return l;
	}
	keep_within_count(ls);
	buf_init(&name, NAME_BYTES_MAX);
	http_encode(&name, session, strlen(session), false);	/* an id never names another file */
	if (buf_failed(&name) || name.len == 0)
		err_set(e, ERR_INVALID, "the id of the session is empty, or too long for the name of a file");
	else
		l = logs_add(ls, session, buf_cstr(&name));
	buf_release(&name);
	if (l)
		l->in_use = true;
	return l;
}

void log_free(struct log *l)
{
	if (l)
		l->in_use = false;
}

struct logs *logs_new(uv_loop_t *loop, const char *dir)
{
	struct logs *ls = calloc(1, sizeof(*ls));

	if (!ls || !(ls->dir = strdup(dir))) {
		free(ls);
		return NULL;
	}
	uv_timer_init(loop, &ls->tick);
	ls->tick.data = ls;
	ls->wait_ms = TICK_MIN_MS;
	if (mkdir(dir, 0700) < 0 && errno != EEXIST)
		ls->fd = -1;
	else
		ls->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (ls->fd < 0)
		log_line("%s: %s: no logs are kept until it is a folder of ours and the gate was started again", dir, strerror(errno));
	else
		logs_load(ls);
	keep_within_bytes(ls);
	return ls;
}

void logs_close(struct logs *ls)
{
	if (ls)
		uv_close((uv_handle_t *)&ls->tick, NULL);
}

void logs_free(struct logs *ls)
{
	size_t i;

	if (!ls)
		return;
	write_unwritten(ls);
	for (i = 0; i < ls->count; i++)
		free_log(ls->items[i]);
	if (ls->fd >= 0)
		close(ls->fd);
	free(ls->items);
	free(ls->dir);
	free(ls);
}
