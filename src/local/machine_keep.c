/* machine_keep: what a machine is, in its folder's machine.json, and how all of them come back after a restart. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/textfile.h"
#include "local/api.h"
#include "local/snapshots.h"

enum { FILE_MAX = 256 * 1024, MACHINES_MAX = 1024 };

/* A state that stays over a restart: it was put to rest, and nothing starts it but who asks for that. */
static bool rests(const struct machine *m)
{
	return strcmp(m->state, "paused") == 0 || strcmp(m->state, "stopped") == 0;
}

static int write_whole(const char *path, const struct buf *text, struct err *e)
{
	char part[4300];
	ssize_t n;
	int fd;

	snprintf(part, sizeof(part), "%s.new", path);
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "%s", part);
	n = write(fd, text->data, text->len);
	if (n != (ssize_t)text->len || fdatasync(fd) < 0) {
		int wrong = n >= 0 && n != (ssize_t)text->len ? ENOSPC : errno;

		close(fd);
		unlink(part);
		return err_sys(e, ERR_IO, wrong, "%s", part);
	}
	close(fd);
	return rename(part, path) == 0 ? 0 : err_sys(e, ERR_IO, errno, "%s", path);
}

int machine_save(const struct machine *m, struct err *e)
{
	char path[4200];
	struct buf b;
	struct jsonw w;
	int r;

	buf_init(&b, FILE_MAX);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "name", m->name);
	jw_kint(&w, "created_ms", m->created_wall_ms);
	jw_kint(&w, "width", m->width);
	jw_kint(&w, "height", m->height);
	if (rests(m) || m->copying)
		jw_kstr(&w, "state", m->copying ? "copying" : m->state);
	if (m->tags) {
		jw_key(&w, "tags");
		jw_raw(&w, m->tags, strlen(m->tags));
	}
	if (m->metadata) {
		jw_key(&w, "metadata");
		jw_raw(&w, m->metadata, strlen(m->metadata));
	}
	if (m->env) {
		jw_key(&w, "env");
		jw_raw(&w, m->env, strlen(m->env));
	}
	jw_kint(&w, "timeout_sec", m->timeout_sec);
	jw_kint(&w, "idle_timeout_sec", m->idle_timeout_sec);
	jw_end(&w, '}');
	buf_putc(&b, '\n');
	snprintf(path, sizeof(path), "%s/machine.json", m->dir);
	r = buf_failed(&b) ? err_set(e, ERR_TOOBIG, "%s: more than %d bytes", path, FILE_MAX) : write_whole(path, &b, e);
	buf_release(&b);
	return r;
}

/* ---- coming back ---- */

struct kept {
	char id[48];
	int64_t created_ms;
	struct buf text;
};

static char *raw(const struct json_doc *d, const char *key)
{
	size_t len;
	const char *text = json_raw(d, json_get(d, json_root(d), key), &len);

	return len > 0 ? strndup(text, len) : NULL;
}

static void read_fields(struct machine *m, const struct json_doc *d)
{
	int root = json_root(d);
	char *name = json_strdup(d, json_get(d, root, "name")), *state = json_strdup(d, json_get(d, root, "state"));
	int64_t n;

	if (name && name[0])
		snprintf(m->name, sizeof(m->name), "%s", name);
	snprintf(m->state, sizeof(m->state), "%s", state ? state : "provisioning");
	if (json_int(d, json_get(d, root, "created_ms"), &n) == 0)
		m->created_wall_ms = n;
	if (json_int(d, json_get(d, root, "width"), &n) == 0 && n >= 320 && n <= 4096)
		m->width = (int)n;
	if (json_int(d, json_get(d, root, "height"), &n) == 0 && n >= 200 && n <= 4096)
		m->height = (int)n;
	json_int(d, json_get(d, root, "timeout_sec"), &m->timeout_sec);
	json_int(d, json_get(d, root, "idle_timeout_sec"), &m->idle_timeout_sec);
	m->tags = raw(d, "tags");
	m->metadata = raw(d, "metadata");
	m->env = raw(d, "env");
	free(name);
	free(state);
}

/* "build-7": the next that gets no name of its own is build-8. */
static void count_name(struct local *l, const struct machine *m)
{
	bool computer = m->kind == SESSION_COMPUTER;
	const char *prefix = computer ? "desk-" : "build-";
	long n = strncmp(m->name, prefix, strlen(prefix)) == 0 ? strtol(m->name + strlen(prefix), NULL, 10) : 0;

	if (n > l->made[!computer] && n < 1000000)
		l->made[!computer] = (int)n;
}

/* What a run before this one left half done. */
static void clear_leftovers(struct local *l, const char *dir)
{
	char path[8400];
	struct dirent *d;
	DIR *list = opendir(dir);

	while (list && (d = readdir(list)) != NULL) {
		if (strncmp(d->d_name, "dep_", 4) != 0 && strcmp(d->d_name, "workspace.new") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, d->d_name);
		machines_erase(l, path);
	}
	if (list)
		closedir(list);
}

static void bring_back(struct local *l, enum session_kind kind, const struct kept *k)
{
	struct json_doc d;
	struct machine *m;
	char why[600];
	struct err e;

	if (json_parse(buf_cstr(&k->text), k->text.len, &d, &e) < 0) {
		fprintf(stderr, "assent-local: %s: machine.json: %s; it does not come back\n", k->id, e.msg);
		return;
	}
	m = machine_again(l, kind, k->id, &e);
	if (!m) {
		json_release(&d);
		fprintf(stderr, "assent-local: %s does not come back: %s\n", k->id, e.msg);
		return;
	}
	snprintf(m->name, sizeof(m->name), "%s", k->id);
	read_fields(m, &d);
	json_release(&d);
	if (strcmp(m->state, "copying") == 0) {
		machine_remove(m, true);	/* a fork that never was whole */
		return;
	}
	count_name(l, m);
	clear_leftovers(l, m->dir);
	snapshots_load(m);
	if (rests(m)) {
		if (machine_open_files(m, &e) < 0)
			fprintf(stderr, "assent-local: %s: %s\n", m->name, e.msg);
		return;
	}
	if (kind == SESSION_COMPUTER && !computer_available(why, sizeof(why))) {
		fprintf(stderr, "assent-local: %s does not start: %s\n", m->name, why);
		machine_set_state(m, "error");
	} else if (machine_start(m, &e) < 0) {
		fprintf(stderr, "assent-local: %s does not start: %s\n", m->name, e.msg);
	}
}

static bool read_kept(const char *folder, const char *id, struct kept *ret)
{
	char path[4600];
	struct json_doc d;
	struct err e;
	int r;

	snprintf(path, sizeof(path), "%s/%s/machine.json", folder, id);
	*ret = (struct kept){ .created_ms = 0 };
	snprintf(ret->id, sizeof(ret->id), "%s", id);
	r = textfile_read(path, FILE_MAX, &ret->text, &e);
	if (r == 0) {
		if (json_parse(buf_cstr(&ret->text), ret->text.len, &d, NULL) == 0) {
			json_int(&d, json_get(&d, json_root(&d), "created_ms"), &ret->created_ms);
			json_release(&d);
		}
		return true;
	}
	buf_release(&ret->text);
	/* No such file: the run that made the folder was killed before it told anybody of it. */
	if (r != ERR_NOTFOUND)
		fprintf(stderr, "assent-local: %s; it does not come back\n", e.msg);
	return false;
}

static int by_age(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	return x->created_ms != y->created_ms ? x->created_ms < y->created_ms ? -1 : 1 : strcmp(x->id, y->id);
}

static void load_kind(struct local *l, enum session_kind kind)
{
	const char *prefix = kind == SESSION_COMPUTER ? "cmp_" : "sbx_";
	char folder[4200], path[4600];
	struct kept *all = NULL, *more;
	size_t count = 0, i;
	struct dirent *d;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/%s", l->config.state_dir, kind == SESSION_COMPUTER ? "computers" : "sandboxes");
	dir = opendir(folder);
	while (dir && (d = readdir(dir)) != NULL) {
		if (strncmp(d->d_name, ".gone-", 6) == 0) {
			snprintf(path, sizeof(path), "%s/%s", folder, d->d_name);
			machines_erase(l, path);
		}
		if (strncmp(d->d_name, prefix, 4) != 0 || strlen(d->d_name) >= sizeof(all->id) || count == MACHINES_MAX)
			continue;
		more = realloc(all, (count + 1) * sizeof(*all));
		if (!more)
			break;
		all = more;
		count += read_kept(folder, d->d_name, &all[count]);
	}
	if (dir)
		closedir(dir);
	if (count > 0)
		qsort(all, count, sizeof(*all), by_age);
	for (i = 0; i < count; i++) {
		bring_back(l, kind, &all[i]);
		buf_release(&all[i].text);
	}
	free(all);
}

void machines_load(struct local *l)
{
	load_kind(l, SESSION_COMPUTER);
	load_kind(l, SESSION_SANDBOX);
}

/* ---- erasing ---- */

struct erasing {
	uv_work_t work;
	char dir[];
};

static void erase(uv_work_t *w)
{
	files_erase(((struct erasing *)w)->dir);
}

static void on_erased(uv_work_t *w, int status)
{
	(void)status;
	free(w);
}

void machines_erase(struct local *l, const char *dir)
{
	size_t n = strlen(dir) + 1;
	struct erasing *x = malloc(sizeof(*x) + n);

	if (!x)
		return;	/* a later start finds it */
	memcpy(x->dir, dir, n);
	if (uv_queue_work(l->loop, &x->work, erase, on_erased) < 0)
		free(x);
}
