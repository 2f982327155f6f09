/* logs_load: what an earlier gate left in the folder of logs. Nothing that is found there keeps the gate from starting. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/httpmsg.h"
#include "gate/logs.h"
#include "io/log.h"

struct found {
	char *name;		/* own; of the file */
	size_t name_len;	/* without the number behind it */
	int64_t first;
};

struct list {
	struct found *items;
	size_t count, cap;
};

/* NAME.NUMBER, with all digits. */
static bool is_segment(const char *file, struct found *f)
{
	size_t len = strlen(file);
	const char *digits = file + len - LOG_SEGMENT_DIGITS;

	if (len < LOG_SEGMENT_DIGITS + 2 || digits[-1] != '.' || strspn(digits, "0123456789") != LOG_SEGMENT_DIGITS)
		return false;
	f->first = strtoll(digits, NULL, 10);
	f->name_len = len - LOG_SEGMENT_DIGITS - 1;
	return true;
}

/* By session, then by number. */
static int compare(const void *a, const void *b)
{
	const struct found *x = a, *y = b;
	size_t shorter = x->name_len < y->name_len ? x->name_len : y->name_len;
	int r = memcmp(x->name, y->name, shorter);

	if (r == 0)
		r = (x->name_len > y->name_len) - (x->name_len < y->name_len);
	return r ? r : (x->first > y->first) - (x->first < y->first);
}

static void find_all(struct logs *ls, struct list *list)
{
	int fd = openat(ls->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct found f;

	if (!d) {
		log_line("%s: %s: what an earlier gate wrote there is not shown", ls->dir, strerror(errno));
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(d)) != NULL) {
		if (!is_segment(entry->d_name, &f))
			continue;
		if (list->count == list->cap) {
			list->cap = list->cap ? list->cap * 2 : 64;
			list->items = realloc(list->items, list->cap * sizeof(*list->items));
		}
		f.name = strdup(entry->d_name);
		if (!list->items || !f.name)
			abort();
		list->items[list->count++] = f;
	}
	closedir(d);
	if (list->count > 0)
		qsort(list->items, list->count, sizeof(*list->items), compare);
}

static void set_aside(struct logs *ls, const char *name, const char *why)
{
	char to[512];

	snprintf(to, sizeof(to), "%s.damaged", name);
	if (renameat(ls->fd, name, ls->fd, to) == 0)
		log_line("%s/%s: %s: set aside as %s; nothing of it is shown", ls->dir, name, why, to);
	else
		log_line("%s/%s: %s: nothing of it is shown", ls->dir, name, why);
}

/* ---- one file ---- */

struct opened {
	int fd;
	uint32_t size;
	int64_t seq;		/* of the first line of its first good block */
};

/* NULL, or why it is no segment. */
static const char *open_segment(struct logs *ls, const struct found *f, struct opened *o)
{
	char bytes[LOGBLOCK_PEEK];
	int64_t first;
	struct stat st;
	uint32_t at;

	o->fd = openat(ls->fd, f->name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (o->fd < 0)
		return strerror(errno);
	if (fstat(o->fd, &st) < 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode) || st.st_size > LOG_SEGMENT_BYTES)
		return "this is no log";
	o->size = (uint32_t)st.st_size;
	for (at = 0; at < o->size; at += LOGBLOCK_BYTES)
		if (pread(o->fd, bytes, sizeof(bytes), at) == sizeof(bytes) && logblock_peek(bytes, sizeof(bytes), &first, &o->seq) == 0)
			return first < f->first ? "its lines have other numbers than its name says" : NULL;
	return "there is no line in it";
}

/* Reads the end of a log's last segment: how many lines there are, and the ids; cuts off what is no whole line. */
static bool read_end(struct logs *ls, struct log *l, const struct found *f, struct opened *o, char *bytes)
{
	struct log_record r = { .seq = -1 };
	struct logblock k;
	uint32_t at = (o->size - 1) / LOGBLOCK_BYTES * LOGBLOCK_BYTES;
	ssize_t n;

	for (;; at -= LOGBLOCK_BYTES) {
		n = pread(o->fd, bytes, LOGBLOCK_BYTES, at);
		if (n > 0 && logblock_open(bytes, (size_t)n, &k) == 0)
			break;
		if (at == 0)
			return false;
	}
	logblock_ids(&k, &l->ids);
	while (logblock_next(&k, &r))
		logblock_line_id(&k, &r, &l->ids);
	l->total = k.next;
	l->last_seq = r.seq >= 0 ? r.seq : k.seq;
	if (at + k.at < o->size) {
		log_line("%s/%s: its last %u bytes are no whole line, and are cut off", ls->dir, f->name, o->size - at - (uint32_t)k.at);
		o->size = at + (uint32_t)k.at;
		if (ftruncate(o->fd, o->size) < 0)
			log_line("%s/%s: %s", ls->dir, f->name, strerror(errno));
	}
	return true;
}

static void load_file(struct logs *ls, struct log *l, const struct found *f, bool last, char *bytes)
{
	struct opened o = { .fd = -1 };
	const char *why = open_segment(ls, f, &o);

	if (!why && last && !read_end(ls, l, f, &o, bytes))
		why = "no line of it can be read";
	if (!why)
		log_add_segment(l, f->first, o.seq, o.size);
	else
		set_aside(ls, f->name, why);
	if (o.fd >= 0)
		close(o.fd);
}

/* ---- one session ---- */

/* The session whose files have this name. Own; NULL: the name is none that we give. */
static char *session_of(const char *name)
{
	struct buf path, session, again;
	const char *p;
	char *ret = NULL;

	buf_init(&path, 512);
	buf_init(&session, 512);
	buf_init(&again, 512);
	buf_printf(&path, "/%s", name);
	p = buf_cstr(&path);
	if (http_path_segment(&p, &session) && session.len > 0 && http_encode(&again, session.data, session.len, false) == 0 &&
	    strcmp(buf_cstr(&again), name) == 0 && strlen(session.data) == session.len)
		ret = buf_take(&session);
	buf_release(&path);
	buf_release(&session);
	buf_release(&again);
	return ret;
}

/* The files of one session, oldest first. Where the last one is set aside, the one before is the last. */
static void load_session(struct logs *ls, const struct found *files, size_t count, char *bytes)
{
	char *session, name[256];
	struct log *l;
	size_t i, before;

	snprintf(name, sizeof(name), "%.*s", (int)files[0].name_len, files[0].name);
	session = session_of(name);
	if (!session) {
		log_line("%s/%s: no session has this name: left alone", ls->dir, files[0].name);
		return;
	}
	l = logs_add(ls, session, name);
	free(session);
	for (i = count; i > 0; i--) {
		before = l->count;
		load_file(ls, l, &files[i - 1], before == 0, bytes);
	}
	for (i = 0; i < l->count / 2; i++) {	/* they came newest first */
		struct segment s = l->segments[i];

		l->segments[i] = l->segments[l->count - 1 - i];
		l->segments[l->count - 1 - i] = s;
	}
	if (l->last_seq >= ls->next_seq)
		ls->next_seq = l->last_seq + 1;
}

void logs_load(struct logs *ls)
{
	char *bytes = malloc(LOGBLOCK_BYTES);
	struct list list = { 0 };
	size_t i, n;

	if (!bytes)
		abort();
	find_all(ls, &list);
	for (i = 0; i < list.count; i += n) {
		for (n = 1; i + n < list.count && list.items[i + n].name_len == list.items[i].name_len &&
			    memcmp(list.items[i + n].name, list.items[i].name, list.items[i].name_len) == 0; n++)
			;
		load_session(ls, list.items + i, n, bytes);
	}
	for (i = 0; i < list.count; i++)
		free(list.items[i].name);
	free(list.items);
	free(bytes);
}

/* ---- the newest ids ---- */

enum { FEW_BYTES = 16 * 1024 };	/* of a block that has just begun: the one before is read too */

static void give_ids(const char *bytes, size_t len, const char *source, void (*give)(const char *id, void *arg), void *arg)
{
	struct log_ids ids = { 0 };
	struct log_record r;
	struct logblock k;

	if (logblock_open(bytes, len, &k) < 0)
		return;
	while (logblock_next(&k, &r)) {
		logblock_line_id(&k, &r, &ids);
		if (log_ids_get(&ids, source)[0])
			give(log_ids_get(&ids, source), arg);
		log_ids_release(&ids);
	}
}

void log_each_id(const struct log *l, const char *source, void (*give)(const char *id, void *arg), void *arg)
{
	char name[256], *bytes = l->count > 0 ? malloc(LOGBLOCK_BYTES) : NULL;
	const struct segment *last = bytes ? &l->segments[l->count - 1] : NULL;
	uint32_t end, at;
	ssize_t n;
	int fd;

	if (!bytes)
		return;
	log_segment_name(l->name, last->first, name);
	fd = openat(l->logs->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	end = last->size - (uint32_t)l->unwritten.len;
	at = end > 0 ? (end - 1) / LOGBLOCK_BYTES * LOGBLOCK_BYTES : 0;
	if (at > 0 && end - at < FEW_BYTES)
		at -= LOGBLOCK_BYTES;
	for (; fd >= 0 && at < end; at += LOGBLOCK_BYTES) {
		n = pread(fd, bytes, LOGBLOCK_BYTES, at);
		if (n > 0)
			give_ids(bytes, (size_t)n, source, give, arg);
	}
	if (fd >= 0)
		close(fd);
	free(bytes);
}
