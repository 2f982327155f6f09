/* facts_ask: what the substrate says of paths, of a file as it is, of a screen. Reads only, by the gate's own key. See facts.h. */
#include "config.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "core/miosa_envelope.h"
#include "gate/facts.h"

enum { TIMEOUT_MS = 3000, LIST_MAX = 1024 * 1024, WALK_DEPTH = 8 };

/* One question. */
struct fact_question {
	struct fact_question *next, **prev;
	struct facts *facts;
	struct fact_place *place;	/* NULL: not about one */
	char *folder;			/* own; whose list it is, NULL for none */
	int entry;			/* of the place's: which it is; -1 none of those that are kept */
	struct buf body;
	void (*take)(struct fact_question *q, const struct json_doc *d);
	void (*took)(struct facts *f, int status, const char *body, size_t len, const char *error);	/* neither: the bytes are a file that is there */
};

static void question_free(struct fact_question *q)
{
	*q->prev = q->next;
	if (q->next)
		q->next->prev = q->prev;
	buf_release(&q->body);
	free(q->folder);
	free(q);
}

void facts_forget_questions(struct facts *f)
{
	while (f->questions)
		question_free(f->questions);
}

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct fact_question *q = arg;

	(void)c;
	buf_append(&q->body, data, len);
}

static void take_old(struct facts *f, const struct http_result *r, const struct buf *body);

/* entry: which of its entries that is about; -1: none. */
static void not_known(struct fact_place *p, int entry, const char *why)
{
	p->known = false;
	snprintf(p->why, sizeof(p->why), "%s", why);
	if (entry >= 0)
		p->entry_files[entry] = -1;
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct fact_question *q = arg;
	struct facts *f = q->facts;
	struct miosa_error error;
	struct json_doc d;

	(void)c;
	if (q->took) {
		q->took(f, r->outcome == HTTP_ANSWERED ? r->status : 0, buf_cstr(&q->body), q->body.len, r->error);
	} else if (!q->take) {
		take_old(f, r, &q->body);
	} else if (r->outcome == HTTP_ANSWERED && r->status == 200 && json_parse(buf_cstr(&q->body), q->body.len, &d, NULL) == 0) {
		q->take(q, &d);
		json_release(&d);
	} else if (q->place) {
		not_known(q->place, q->entry, "");
		miosa_error(buf_cstr(&q->body), q->body.len, r->status, NULL, -1, &error);
		snprintf(q->place->why, sizeof(q->place->why), "%.150s", r->outcome == HTTP_ANSWERED ? error.message : r->error);
	}
	question_free(q);
	facts_answered(f);
}

static struct fact_question *ask(struct facts *f, struct fact_place *place, const char *folder, const char *path, size_t max, void (*take)(struct fact_question *q, const struct json_doc *d))
{
	struct fact_question *q = calloc(1, sizeof(*q));
	struct http_spec spec = { .timeout_ms = TIMEOUT_MS, .answer_max = max, .on_data = on_data, .on_done = on_done, .arg = q };

	if (!q)
		abort();
	*q = (struct fact_question){ .next = f->questions, .prev = &f->questions, .facts = f, .place = place, .folder = folder ? gate_strdup(folder) : NULL,
				      .entry = -1, .take = take };
	if (q->next)
		q->next->prev = &q->next;
	f->questions = q;
	buf_init(&q->body, max);
	f->pending++;
	if (!feed_get(f->gate, path, NULL, &spec))
		abort();
	return q;
}

static void put_session(struct buf *path, const struct action *a)
{
	buf_puts(path, a->session_kind == SESSION_COMPUTER ? "/computers/" : "/sandboxes/");
	http_encode(path, a->session, strlen(a->session), false);
}

/* ---- files ---- */

static void ask_list(struct facts *f, const struct action *a, struct fact_place *place, const char *folder, bool walk, int entry);

static int64_t number(const struct json_doc *d, int v, const char *key)
{
	int64_t n = 0;

	return json_int(d, json_get(d, v, key), &n) == 0 && n > 0 ? n : 0;
}

static bool is_folder(const struct json_doc *d, int v)
{
	return json_bool(d, json_get(d, v, "is_dir"), false) || json_str_is(d, json_get(d, v, "type"), "dir") || json_str_is(d, json_get(d, v, "type"), "directory");
}

/* Its number, where it is kept. */
static int add_entry(struct fact_place *p, const char *name, bool folder)
{
	struct buf b;

	if (p->entry_count++ >= FACT_ENTRIES_MAX)
		return -1;
	buf_init(&b, 4096);
	buf_printf(&b, "%s%s", name, folder ? "/" : "");
	p->entries[p->entry_count - 1] = buf_take(&b);
	p->entry_files[p->entry_count - 1] = folder ? 0 : -1;
	return p->entry_count - 1;
}

static void count_file(struct facts *f, struct fact_place *p, int entry, const struct json_doc *d, int v, const char *path)
{
	int64_t by = facts_record_wrote(f->record, path);

	p->files++;
	if (entry >= 0 && p->entry_files[entry] >= 0)
		p->entry_files[entry]++;
	p->bytes += number(d, v, "size");
	if (by == 0)
		return;
	p->own++;
	p->first = p->first == 0 || by < p->first ? by : p->first;
	p->last = by > p->last ? by : p->last;
}

/* The folder above the place: what of it is meant. */
static void take_above(struct fact_question *q, const struct json_doc *d)
{
	const struct action *a = queue_find(&q->facts->gate->queue, q->facts->action);
	struct fact_place *p = q->place;
	const char *last = strrchr(p->path, '/') + 1;
	int list = miosa_list(d, "entries"), v;
	struct buf path;
	char *name;

	for (v = json_first(d, list); a && v != JSON_NONE; v = json_next(d, v)) {
		bool folder = is_folder(d, v);

		name = json_strdup(d, json_get(d, v, "name"));
		if (name && (p->pattern ? fnmatch(last, name, FNM_PERIOD) == 0 : strcmp(last, name) == 0)) {
			int entry = add_entry(p, name, folder);

			buf_init(&path, 8192);
			buf_printf(&path, "%.*s%s", (int)(last - p->path), p->path, name);
			if (folder)
				ask_list(q->facts, a, p, buf_cstr(&path), true, entry);
			else
				count_file(q->facts, p, -1, d, v, buf_cstr(&path));
			buf_release(&path);
		}
		free(name);
	}
}

/* How many folders below `folder` something is; 1 for what lies in it. */
static int depth_of(const char *path, const char *folder)
{
	int depth = 0;

	for (path += strlen(path) < strlen(folder) ? strlen(path) : strlen(folder); *path; path++)
		depth += *path == '/';
	return depth;
}

static void take_below(struct fact_question *q, const struct json_doc *d)
{
	int v;

	for (v = json_first(d, miosa_list(d, "entries")); v != JSON_NONE; v = json_next(d, v)) {
		char *path = json_strdup(d, json_get(d, v, "path"));

		if (!path)
			not_known(q->place, q->entry, "an entry has no path: what lies below is not known");
		else if (!is_folder(d, v))
			count_file(q->facts, q->place, q->entry, d, v, path);
		else if (depth_of(path, q->folder) >= WALK_DEPTH)
			not_known(q->place, q->entry, "its folders are too deep: not all were looked into");
		free(path);
	}
}

static void ask_list(struct facts *f, const struct action *a, struct fact_place *place, const char *folder, bool walk, int entry)
{
	struct buf path;

	if (f->asked++ == FACT_QUESTIONS_MAX) {
		f->asked--;
		not_known(place, entry, "there are too many folders: not all were looked into");
		return;
	}
	buf_init(&path, 16384);
	put_session(&path, a);
	buf_puts(&path, "/files?path=");
	http_encode(&path, folder, strlen(folder), false);
	if (walk)
		buf_printf(&path, "&depth=%d", WALK_DEPTH);
	ask(f, place, folder, buf_cstr(&path), LIST_MAX, walk ? take_below : take_above)->entry = entry;
	buf_release(&path);
}

void facts_ask_places(struct facts *f, const struct action *a)
{
	size_t i;

	for (i = 0; i < f->place_count; i++) {
		struct fact_place *p = &f->places[i];
		const char *last = strrchr(p->path, '/');
		char *folder;

		p->known = true;
		if (strpbrk(p->path, "*?[{") && strpbrk(p->path, "*?[{") < last) {
			not_known(p, -1, "a folder above it is a pattern too: not looked up");
			continue;
		}
		if (!last[1]) {		/* the root */
			ask_list(f, a, p, "/", true, -1);
			continue;
		}
		folder = strndup(p->path, last == p->path ? 1 : (size_t)(last - p->path));
		if (!folder)
			abort();
		ask_list(f, a, p, folder, false, -1);
		free(folder);
	}
}

/* ---- a file that would be overwritten ---- */

static void take_old(struct facts *f, const struct http_result *r, const struct buf *body)
{
	struct fact_write *w = &f->write;

	if (r->outcome != HTTP_ANSWERED) {
		snprintf(w->why, sizeof(w->why), "%.150s", r->error);
	} else if (r->status == 404) {
		w->exists = false;
	} else if (r->status != 200) {
		snprintf(w->why, sizeof(w->why), "the substrate answered %d", r->status);
	} else {
		w->exists = true;
		w->old_bytes = (int64_t)body->len;
		if (!utf8_valid(buf_cstr(body), body->len) || memchr(buf_cstr(body), '\0', body->len))
			snprintf(w->why, sizeof(w->why), "it is no text");
		else
			w->old = gate_strdup(buf_cstr(body));
	}
}

void facts_ask_old(struct facts *f, const struct action *a)
{
	struct buf path;
	const char *p = f->write.path;

	f->write.asked = true;
	buf_init(&path, 16384);
	put_session(&path, a);
	if (a->session_kind == SESSION_COMPUTER) {
		buf_puts(&path, "/files/download?path=");
		http_encode(&path, p, strlen(p), false);
	} else {
		buf_puts(&path, "/files/");
		p += strspn(p, "/");
		http_encode(&path, p, strlen(p), true);
	}
	ask(f, NULL, NULL, buf_cstr(&path), FACT_OLD_MAX, NULL);
	buf_release(&path);
}

/* ---- what is on a screen ---- */

void facts_ask_desktop(struct facts *f, const struct action *a, const char *what, size_t max,
		       void (*took)(struct facts *f, int status, const char *body, size_t len, const char *error))
{
	struct buf path;

	buf_init(&path, 4096);
	put_session(&path, a);
	buf_printf(&path, "/desktop/%s", what);
	ask(f, NULL, NULL, buf_cstr(&path), max, NULL);
	f->questions->took = took;
	buf_release(&path);
}
