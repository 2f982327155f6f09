/* trail: see trail.h. A line is an event: its id, its type, its JSON, with a blank between. */
#include "config.h"

#include "local/trail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

enum { ID_TIME = 10, ID_COUNT = 8, ID_TAG = 8, CHUNK = 256 * 1024 };

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";	/* Crockford's */

struct segment {
	int fd;
	unsigned int number;
	uint64_t start, size;		/* its place in the trail, bytes */
	char first_id[TRAIL_ID_SIZE];	/* "" while it is empty */
};

struct trail {
	char *path;			/* NULL: in memory */
	size_t segment_max;
	struct segment segments[TRAIL_SEGMENTS];	/* oldest first */
	int count;
	int64_t last_ms;		/* of the newest id */
	uint64_t events;		/* ever, as the ids say */
	char tag[ID_TAG + 1];		/* makes the ids of two streams different */
};

static void put_number(char *out, int width, uint64_t n)
{
	while (width-- > 0) {
		out[width] = digits[n & 31];
		n >>= 5;
	}
}

static uint64_t read_number(const char *text, int width)
{
	uint64_t n = 0;

	for (; width > 0; width--, text++)
		n = n << 5 | (uint64_t)(strchr(digits, *text) - digits);
	return n;
}

static bool is_id(const char *text, size_t len)
{
	size_t i;

	if (len != TRAIL_ID_SIZE - 1 || memcmp(text, "evt_", 4) != 0)
		return false;
	for (i = 4; i < len; i++)
		if (!memchr(digits, text[i], sizeof(digits) - 1))
			return false;
	return true;
}

bool trail_parse(const char *line, size_t len, struct trail_event *ret)
{
	const char *type = line + TRAIL_ID_SIZE, *end;

	if (len <= TRAIL_ID_SIZE || !is_id(line, TRAIL_ID_SIZE - 1) || line[TRAIL_ID_SIZE - 1] != ' ' || memchr(line, '\0', len))
		return false;
	end = memchr(type, ' ', len - TRAIL_ID_SIZE);
	if (!end || end == type || (size_t)(end - type) >= sizeof(ret->type))
		return false;
	snprintf(ret->id, sizeof(ret->id), "%.*s", TRAIL_ID_SIZE - 1, line);
	snprintf(ret->type, sizeof(ret->type), "%.*s", (int)(end - type), type);
	ret->json = end + 1;
	ret->len = len - (size_t)(end + 1 - line);
	return true;
}

static void segment_name(const struct trail *t, unsigned int number, char *out, size_t size)
{
	snprintf(out, size, "%s.%u", t->path, number);
}

static int segment_open(struct trail *t, unsigned int number, struct err *e)
{
	struct segment *s = &t->segments[t->count];
	struct stat st;
	char path[4300] = "memory";

	if (t->path)
		segment_name(t, number, path, sizeof(path));
	*s = (struct segment){ .fd = t->path ? open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600) : memfd_create("events", MFD_CLOEXEC), .number = number };
	if (s->fd < 0 || fstat(s->fd, &st) < 0) {
		int wrong = errno;

		if (s->fd >= 0)
			close(s->fd);
		return err_sys(e, ERR_IO, wrong, "%s", path);
	}
	s->size = (uint64_t)st.st_size;
	if (t->count > 0)
		s->start = t->segments[t->count - 1].start + t->segments[t->count - 1].size;
	t->count++;
	return 0;
}

static void segment_drop(struct trail *t, int i)
{
	char path[4300];

	close(t->segments[i].fd);
	if (t->path) {
		segment_name(t, t->segments[i].number, path, sizeof(path));
		unlink(path);
	}
	memmove(&t->segments[i], &t->segments[i + 1], (size_t)(t->count - i - 1) * sizeof(t->segments[0]));
	t->count--;
}

static ssize_t read_at(int fd, char *out, size_t len, uint64_t at)
{
	ssize_t n;

	do
		n = pread(fd, out, len, (off_t)at);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Goes through the newest segment up to the first thing that is no event of ours, and cuts there. */
static int cut_torn_end(struct trail *t, struct err *e)
{
	struct segment *s = &t->segments[t->count - 1];
	struct trail_event event = { .id = "" };
	char last[TRAIL_ID_SIZE] = "";
	uint64_t good = 0, next = 0;
	struct buf lines;
	bool fine = true;

	buf_init(&lines, SIZE_MAX - 1);
	while (fine && good < s->size && trail_read(t, s->start + good, CHUNK, &lines, &next, e) == 0) {
		const char *line = lines.data, *end;

		for (; fine && (end = memchr(line, '\n', lines.len - (size_t)(line - lines.data))) != NULL; line = end + 1) {
			fine = trail_parse(line, (size_t)(end - line), &event) && strcmp(event.id, last) > 0;
			if (!fine)
				break;
			snprintf(last, sizeof(last), "%s", event.id);
			good += (uint64_t)(end + 1 - line);
		}
		buf_clear(&lines);
	}
	buf_release(&lines);
	if (good < s->size && ftruncate(s->fd, (off_t)good) < 0)
		return err_sys(e, ERR_IO, errno, "%s.%u", t->path, s->number);
	s->size = good;
	if (last[0]) {
		t->last_ms = (int64_t)read_number(last + 4, ID_TIME);
		t->events = read_number(last + 4 + ID_TIME, ID_COUNT) + 1;
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return x < y ? -1 : x > y;
}

/* The numbers of the segments that are there, in order; of more than max the oldest are left out. */
static int list_segments(const char *path, unsigned int *numbers, int max)
{
	const char *slash = strrchr(path, '/');
	char folder[4200];
	size_t n = strlen(slash + 1);
	struct dirent *d;
	int count = 0;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%.*s", (int)(slash - path), path);
	dir = opendir(folder);
	while (dir && (d = readdir(dir)) != NULL) {
		char *rest = NULL;
		unsigned long number = strncmp(d->d_name, slash + 1, n) == 0 && d->d_name[n] == '.' ? strtoul(d->d_name + n + 1, &rest, 10) : 0;

		if (number == 0 || number > 0x7fffffffUL || *rest)
			continue;
		if (count == max) {
			qsort(numbers, (size_t)count, sizeof(*numbers), by_number);
			memmove(numbers, numbers + 1, (size_t)--count * sizeof(*numbers));
		}
		numbers[count++] = (unsigned int)number;
	}
	if (dir)
		closedir(dir);
	qsort(numbers, (size_t)count, sizeof(*numbers), by_number);
	return count;
}

static int open_kept(struct trail *t, struct err *e)
{
	unsigned int numbers[TRAIL_SEGMENTS];
	int n = list_segments(t->path, numbers, TRAIL_SEGMENTS), i, r = 0;

	for (i = 0; r == 0 && i < n; i++) {
		struct segment *s;
		ssize_t got;

		r = segment_open(t, numbers[i], e);
		if (r < 0)
			break;
		s = &t->segments[t->count - 1];
		got = read_at(s->fd, s->first_id, sizeof(s->first_id) - 1, 0);
		if (got < 0 || !is_id(s->first_id, (size_t)got))
			s->first_id[0] = '\0';
	}
	/* A segment that was begun, and no event in it came to be whole: the one before has the last id. */
	while (r == 0 && t->count > 0) {
		r = cut_torn_end(t, e);
		if (r < 0 || t->segments[t->count - 1].size > 0)
			break;
		segment_drop(t, t->count - 1);
	}
	return r;
}

int trail_open(const char *path, size_t segment_max, struct trail **ret, struct err *e)
{
	struct trail *t = calloc(1, sizeof(*t));
	uint64_t random;
	int r = 0;

	if (!t || (path && !(t->path = strdup(path)))) {
		free(t);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	t->segment_max = segment_max;
	if (random_bytes(&random, sizeof(random)) < 0)
		r = err_set(e, ERR_IO, "no random bytes");
	put_number(t->tag, ID_TAG, random);
	if (r == 0 && path)
		r = open_kept(t, e);
	if (r == 0 && t->count == 0)
		r = segment_open(t, 1, e);
	if (r < 0)
		trail_close(t);
	else
		*ret = t;
	return r;
}

void trail_close(struct trail *t)
{
	int i;

	if (!t)
		return;
	for (i = 0; i < t->count; i++)
		close(t->segments[i].fd);
	free(t->path);
	free(t);
}

uint64_t trail_first(const struct trail *t)
{
	return t->segments[0].start;
}

uint64_t trail_end(const struct trail *t)
{
	return t->segments[t->count - 1].start + t->segments[t->count - 1].size;
}

static int make_room(struct trail *t, struct err *e)
{
	struct segment *s = &t->segments[t->count - 1];

	if (s->size < t->segment_max)
		return 0;
	if (t->count == TRAIL_SEGMENTS)
		segment_drop(t, 0);
	return segment_open(t, t->segments[t->count - 1].number + 1, e);
}

static int write_line(struct segment *s, const struct buf *line, struct err *e)
{
	size_t done = 0;

	while (done < line->len) {
		ssize_t n = pwrite(s->fd, line->data + done, line->len - done, (off_t)(s->size + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int wrong = errno;

			if (done > 0 && ftruncate(s->fd, (off_t)s->size) < 0)
				wrong = errno;
			return err_sys(e, ERR_IO, wrong, "an event cannot be kept");
		}
		done += (size_t)n;
	}
	s->size += line->len;
	return 0;
}

int trail_add(struct trail *t, int64_t wall_ms, const char *type, const char *json, size_t len, char ret_id[TRAIL_ID_SIZE], struct err *e)
{
	struct segment *s;
	struct buf line;
	size_t at, i;
	int r;

	if (wall_ms > t->last_ms)
		t->last_ms = wall_ms;	/* a clock that is set back must not make ids go back */
	memcpy(ret_id, "evt_", 4);
	put_number(ret_id + 4, ID_TIME, (uint64_t)t->last_ms);
	put_number(ret_id + 4 + ID_TIME, ID_COUNT, t->events++);
	memcpy(ret_id + 4 + ID_TIME + ID_COUNT, t->tag, ID_TAG + 1);
	if (len > TRAIL_EVENT_MAX)
		return err_set(e, ERR_TOOBIG, "an event of %zu bytes is not kept", len);
	buf_init(&line, SIZE_MAX - 1);
	buf_printf(&line, "%s %s ", ret_id, type);
	at = line.len;
	buf_append(&line, json, len);
	buf_putc(&line, '\n');
	if (buf_failed(&line)) {
		buf_release(&line);
		return err_set(e, ERR_NOMEM, "out of memory");
	}
	for (i = at; i < at + len; i++)
		if (line.data[i] == '\n' || line.data[i] == '\r' || line.data[i] == '\0')
			line.data[i] = ' ';
	r = make_room(t, e);
	s = &t->segments[t->count - 1];
	if (r == 0)
		r = write_line(s, &line, e);
	if (r == 0 && !s->first_id[0])
		snprintf(s->first_id, sizeof(s->first_id), "%s", ret_id);
	buf_release(&line);
	return r;
}

int trail_read(const struct trail *t, uint64_t at, size_t max, struct buf *out, uint64_t *ret_next, struct err *e)
{
	const struct segment *s = t->segments, *last = t->segments + t->count - 1;
	size_t begin = out->len, want = max < CHUNK ? max : CHUNK, whole = 0;
	char piece[16384];

	if (at < trail_first(t) || at >= trail_end(t))
		return err_set(e, ERR_NOTFOUND, "it is not kept any more");
	while (s < last && at >= s->start + s->size)
		s++;
	/* Up to the last line end of what was asked for; on to the first, where one event is longer. */
	while (at + (out->len - begin) < s->start + s->size && (out->len - begin < want || whole == 0)) {
		size_t have = out->len - begin, most = have < want && want - have < sizeof(piece) ? want - have : sizeof(piece), i;
		ssize_t n = read_at(s->fd, piece, most, at + have - s->start);

		if (n <= 0)
			return err_sys(e, ERR_IO, n < 0 ? errno : EIO, "the kept events");
		if (buf_append(out, piece, (size_t)n) < 0)
			return err_set(e, ERR_NOMEM, "out of memory");
		for (i = (size_t)n; i > 0 && piece[i - 1] != '\n'; i--)
			;
		if (i > 0)
			whole = have + i;
	}
	out->len = begin + whole;
	if (out->data)
		out->data[out->len] = '\0';
	*ret_next = at + whole;
	return whole > 0 ? 0 : err_set(e, ERR_NOTFOUND, "it is not whole");
}

uint64_t trail_after(const struct trail *t, const char *id)
{
	uint64_t at = trail_first(t), next;
	struct trail_event event;
	struct buf lines;
	bool found = false;
	int i;

	if (!is_id(id, strlen(id)))
		return at;
	for (i = 0; i < t->count; i++)
		if (t->segments[i].first_id[0] && strcmp(t->segments[i].first_id, id) <= 0)
			at = t->segments[i].start;
	buf_init(&lines, SIZE_MAX - 1);
	while (!found && at < trail_end(t) && trail_read(t, at, CHUNK, &lines, &next, NULL) == 0) {
		const char *line = lines.data, *end;

		for (; (end = memchr(line, '\n', lines.len - (size_t)(line - lines.data))) != NULL; line = end + 1) {
			found = trail_parse(line, (size_t)(end - line), &event) && strcmp(event.id, id) > 0;
			if (found)
				break;
			at += (uint64_t)(end + 1 - line);
		}
		buf_clear(&lines);
	}
	buf_release(&lines);
	return at;
}
