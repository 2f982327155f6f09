/* logs: see logs.h. A line on disk is "wall_ms stream text\n", the text with its line breaks taken out. */
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

enum { LINE_BYTES_MAX = 65536, SEGMENT_BYTES = 16 * 1024 * 1024 };

struct segment {
	int fd;
	int64_t first;		/* number of its first line */
	int64_t count, cap;
	uint32_t *offsets;	/* of each line */
	uint32_t size;		/* bytes */
};

/* The last id of each source. */
struct last_id {
	struct last_id *next;
	char *source, *id;
};

struct log {
	struct last_id *ids;
	char *path;		/* without the segment's number */
	struct segment old, now;
	int64_t total;
};

static int open_segment(struct log *l, struct segment *s, int number, struct err *e)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s.%d", l->path, number);
	*s = (struct segment){ .first = l->total };
	s->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	return s->fd >= 0 ? 0 : err_sys(e, ERR_IO, errno, "%s", path);
}

static void close_segment(struct segment *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->offsets);
	*s = (struct segment){ .fd = -1 };
}

struct log *log_new(const char *dir, const char *session, struct err *e)
{
	struct log *l = calloc(1, sizeof(*l));
	struct buf path;

	if (!l)
		return NULL;
	l->old.fd = l->now.fd = -1;
	buf_init(&path, 4000);
	buf_puts(&path, dir);
	buf_putc(&path, '/');
	http_encode(&path, session, strlen(session), false);	/* an id never names another file */
	l->path = buf_failed(&path) ? NULL : buf_take(&path);
	buf_release(&path);
	if (!l->path || open_segment(l, &l->now, 0, e) < 0) {
		log_free(l);
		return NULL;
	}
	return l;
}

void log_free(struct log *l)
{
	struct last_id *last;

	if (!l)
		return;
	while ((last = l->ids) != NULL) {
		l->ids = last->next;
		free(last->source);
		free(last->id);
		free(last);
	}
	close_segment(&l->old);
	close_segment(&l->now);
	free(l->path);
	free(l);
}

static void rotate(struct log *l)
{
	char from[4096], to[4096];

	snprintf(from, sizeof(from), "%s.0", l->path);
	snprintf(to, sizeof(to), "%s.1", l->path);
	close_segment(&l->old);
	rename(from, to);
	l->old = l->now;
	if (open_segment(l, &l->now, 0, NULL) < 0)
		l->now.fd = -1;
}

static bool add_offset(struct segment *s)
{
	if (s->count == s->cap) {
		int64_t cap = s->cap ? s->cap * 2 : 256;
		uint32_t *more = realloc(s->offsets, (size_t)cap * sizeof(*more));

		if (!more)
			return false;
		s->offsets = more;
		s->cap = cap;
	}
	s->offsets[s->count++] = s->size;
	return true;
}

static struct last_id *find_last(const struct log *l, const char *source)
{
	struct last_id *last;

	for (last = l->ids; last && strcmp(last->source, source) != 0; last = last->next)
		;
	return last;
}

static void set_last(struct log *l, const char *source, const char *id)
{
	struct last_id *last = find_last(l, source);
	char *copy = strdup(id);

	if (!last && (last = calloc(1, sizeof(*last))) != NULL) {
		last->source = strdup(source);
		last->next = l->ids;
		l->ids = last;
	}
	if (!copy || !last || !last->source)
		abort();
	free(last->id);
	last->id = copy;
}

const char *log_last_id(const struct log *l, const char *source)
{
	const struct last_id *last = find_last(l, source);

	return last ? last->id : "";
}

void log_add(struct log *l, int64_t wall_ms, const char *stream, const char *text, size_t len, const char *source, const char *id)
{
	struct buf line;
	size_t i, start;

	if (l->now.size > SEGMENT_BYTES)
		rotate(l);
	buf_init(&line, 2 * LINE_BYTES_MAX);
	buf_printf(&line, "%lld %s ", (long long)wall_ms, stream);
	start = line.len;
	buf_append(&line, text, len < LINE_BYTES_MAX ? len : LINE_BYTES_MAX);
	for (i = start; i < line.len; i++)
		if (line.data[i] == '\n')
			line.data[i] = ' ';
	buf_putc(&line, '\n');
	if (add_offset(&l->now)) {
		if (l->now.fd >= 0 && pwrite(l->now.fd, line.data, line.len, l->now.size) == (ssize_t)line.len)
			l->now.size += (uint32_t)line.len;
		l->total++;
	}
	if (id)
		set_last(l, source, id);
	buf_release(&line);
}

int64_t log_count(const struct log *l)
{
	return l->total;
}

static void read_line(const struct segment *s, int64_t n, struct jsonw *w)
{
	int64_t k = n - s->first;
	uint32_t end = k + 1 < s->count ? s->offsets[k + 1] : s->size;
	size_t len = end - s->offsets[k];
	char *line = malloc(len + 1), *stream, *text;

	if (line && len > 0 && pread(s->fd, line, len, s->offsets[k]) == (ssize_t)len) {
		line[len - 1] = '\0';
		stream = strchr(line, ' ');
		text = stream ? strchr(stream + 1, ' ') : NULL;
		if (text) {
			*stream++ = *text++ = '\0';
			jw_begin(w, '{');
			jw_kint(w, "n", n);
			jw_kint(w, "wall_ms", strtoll(line, NULL, 10));
			jw_kstr(w, "stream", stream);
			jw_key(w, "text");
			jw_strn(w, text, len - 1 - (size_t)(text - line));
			jw_end(w, '}');
		}
	}
	free(line);
}

void log_read(struct log *l, int64_t from, int64_t n, struct jsonw *w)
{
	int64_t i;

	if (from < 0)
		from = l->total + from < 0 ? 0 : l->total + from;
	if (from > l->total)
		from = l->total;
	if (n > l->total - from)
		n = l->total - from;
	jw_begin(w, '{');
	jw_kint(w, "from", from);
	jw_kint(w, "first", l->old.fd >= 0 ? l->old.first : l->now.first);
	jw_kint(w, "total", l->total);
	jw_key(w, "lines");
	jw_begin(w, '[');
	for (i = from; i < from + n; i++) {
		if (i >= l->now.first)
			read_line(&l->now, i, w);
		else if (l->old.fd >= 0 && i >= l->old.first)
			read_line(&l->old, i, w);
	}
	jw_end(w, ']');
	jw_end(w, '}');
}
