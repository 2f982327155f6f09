/* authority_file: the authority's rows as JSON: in answers, and in the one file that keeps them, in the same words. See authority.h. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "io/textfile.h"
#include "local/authority_own.h"
#include "local/when.h"

enum { FILE_MAX = 4 * 1024 * 1024 };

const char *const approval_status_words[APPROVAL_STATUSES] = { "pending", "approved", "denied", "consumed", "expired" };
const char *const authority_decision_words[3] = { "allow", "deny", "pending_approval" };

static void put_time(struct jsonw *w, const char *key, int64_t wall_ms)
{
	char text[WHEN_SIZE];

	if (wall_ms > 0)
		when_text(wall_ms, text);
	jw_kstr(w, key, wall_ms > 0 ? text : NULL);
}

static void put_word(struct jsonw *w, const char *key, const char *word)
{
	jw_kstr(w, key, word[0] ? word : NULL);
}

static void put_capability(struct jsonw *w, const char *id, const char *name, const char *fingerprint)
{
	jw_begin(w, '{');
	jw_kstr(w, "id", id);
	jw_kstr(w, "capability_name", name);
	jw_kstr(w, "capability_fingerprint", fingerprint);
}

void approval_json(const struct approval *p, struct jsonw *w)
{
	put_capability(w, p->id, p->capability, p->fingerprint);
	jw_kstr(w, "request_fingerprint", p->request);
	jw_kstr(w, "principal_type", AUTHORITY_PRINCIPAL_TYPE);
	jw_kstr(w, "principal_id", AUTHORITY_PRINCIPAL_ID);
	jw_kstr(w, "status", approval_status_words[p->status]);
	put_word(w, "workspace_id", p->workspace);
	put_time(w, "expires_at", p->expires_ms);
	put_time(w, "resolved_at", p->resolved_ms);
	put_time(w, "consumed_at", p->consumed_ms);
	put_time(w, "inserted_at", p->inserted_ms);
	jw_end(w, '}');
}

void grant_json(const struct grant *g, struct jsonw *w)
{
	put_capability(w, g->id, g->capability, g->fingerprint);
	jw_kstr(w, "principal_type", g->principal_type);
	jw_kstr(w, "principal_id", g->principal_id);
	jw_kstr(w, "status", grant_status(g));
	put_word(w, "workspace_id", g->workspace);
	jw_key(w, "constraints");
	jw_begin(w, '{');
	jw_end(w, '}');
	put_time(w, "expires_at", g->expires_ms);
	put_time(w, "revoked_at", g->revoked_ms);
	put_time(w, "inserted_at", g->inserted_ms);
	jw_end(w, '}');
}

void receipt_json(const struct receipt *r, struct jsonw *w)
{
	put_capability(w, r->id, r->capability, r->fingerprint);
	jw_kstr(w, "principal_type", AUTHORITY_PRINCIPAL_TYPE);
	jw_kstr(w, "principal_id", AUTHORITY_PRINCIPAL_ID);
	jw_kstr(w, "surface", r->surface);
	jw_kstr(w, "decision", authority_decision_words[r->decision]);
	jw_kstr(w, "params_fingerprint", r->params);
	put_word(w, "grant_id", r->grant);
	put_word(w, "approval_request_id", r->approval);
	put_time(w, "occurred_at", r->occurred_ms);
	jw_end(w, '}');
}

/* ---- reading them back ---- */

struct reader {
	struct json_doc doc;
	int row;
	bool bad;
};

static void get_text(struct reader *r, const char *key, char *out, size_t size)
{
	int v = json_get(&r->doc, r->row, key);
	char *text = json_strdup(&r->doc, v);

	out[0] = '\0';
	if (text && strlen(text) < size)
		memcpy(out, text, strlen(text) + 1);
	else if (json_type(&r->doc, v) != JSON_NULL)
		r->bad = true;
	free(text);
}

static int64_t get_time(struct reader *r, const char *key)
{
	char text[WHEN_SIZE];
	int64_t ms = 0;

	get_text(r, key, text, sizeof(text));
	if (text[0] && !when_read(text, &ms))
		r->bad = true;
	return ms;
}

static int get_choice(struct reader *r, const char *key, const char *const *words, int count)
{
	int v = json_get(&r->doc, r->row, key), i;

	for (i = 0; i < count; i++)
		if (json_str_is(&r->doc, v, words[i]))
			return i;
	r->bad = true;
	return 0;
}

static void get_capability(struct reader *r, char *id, char *name, char *fingerprint)
{
	get_text(r, "id", id, AUTHORITY_ID);
	get_text(r, "capability_name", name, sizeof(((struct approval *)0)->capability));
	get_text(r, "capability_fingerprint", fingerprint, FINGERPRINT_SIZE);
}

static void read_approval(struct reader *r, struct authority_rows *rows)
{
	struct approval *p = &rows->approvals[rows->approval_count++];

	get_capability(r, p->id, p->capability, p->fingerprint);
	get_text(r, "request_fingerprint", p->request, sizeof(p->request));
	get_text(r, "workspace_id", p->workspace, sizeof(p->workspace));
	p->status = (enum approval_status)get_choice(r, "status", approval_status_words, APPROVAL_STATUSES);
	p->inserted_ms = get_time(r, "inserted_at");
	p->expires_ms = get_time(r, "expires_at");
	p->resolved_ms = get_time(r, "resolved_at");
	p->consumed_ms = get_time(r, "consumed_at");
}

static void read_grant(struct reader *r, struct authority_rows *rows)
{
	struct grant *g = &rows->grants[rows->grant_count++];

	get_capability(r, g->id, g->capability, g->fingerprint);
	get_text(r, "principal_type", g->principal_type, sizeof(g->principal_type));
	get_text(r, "principal_id", g->principal_id, sizeof(g->principal_id));
	get_text(r, "workspace_id", g->workspace, sizeof(g->workspace));
	g->inserted_ms = get_time(r, "inserted_at");
	g->expires_ms = get_time(r, "expires_at");
	g->revoked_ms = get_time(r, "revoked_at");
}

static void read_receipt(struct reader *r, struct authority_rows *rows)
{
	struct receipt *p = &rows->receipts[rows->receipt_count++];

	get_capability(r, p->id, p->capability, p->fingerprint);
	get_text(r, "surface", p->surface, sizeof(p->surface));
	get_text(r, "params_fingerprint", p->params, sizeof(p->params));
	get_text(r, "grant_id", p->grant, sizeof(p->grant));
	get_text(r, "approval_request_id", p->approval, sizeof(p->approval));
	p->decision = (enum authority_decision)get_choice(r, "decision", authority_decision_words, 3);
	p->occurred_ms = get_time(r, "occurred_at");
}

static void read_rows(struct reader *r, const char *key, int most, void (*read_one)(struct reader *r, struct authority_rows *rows), struct authority_rows *rows)
{
	int list = json_get(&r->doc, json_root(&r->doc), key);

	if (json_type(&r->doc, list) != JSON_ARRAY || json_size(&r->doc, list) > most) {
		r->bad = true;
		return;
	}
	for (r->row = json_first(&r->doc, list); r->row != JSON_NONE; r->row = json_next(&r->doc, r->row))
		read_one(r, rows);
}

int authority_load(struct authority *a, struct err *e)
{
	struct reader r = { 0 };
	struct buf text;
	int got = textfile_read(a->path, FILE_MAX, &text, e);

	if (got == 0 && json_parse(buf_cstr(&text), text.len, &r.doc, NULL) == 0) {
		read_rows(&r, "approvals", APPROVALS_MAX, read_approval, &a->rows);
		read_rows(&r, "grants", GRANTS_MAX, read_grant, &a->rows);
		read_rows(&r, "receipts", RECEIPTS_MAX, read_receipt, &a->rows);
		a->before = a->rows;
	} else if (got == 0) {
		r.bad = true;
	}
	json_release(&r.doc);
	buf_release(&text);
	if (got == 0 && r.bad)
		return err_set(e, ERR_INVALID, "%.400s: this is not what assent-local wrote there; remove the file", a->path);
	return got == ERR_NOTFOUND ? 0 : got;
}

/* ---- writing ---- */

static void put_rows(const struct authority_rows *rows, struct jsonw *w)
{
	size_t i;

	jw_begin(w, '{');
	jw_key(w, "approvals");
	jw_begin(w, '[');
	for (i = 0; i < rows->approval_count; i++)
		approval_json(&rows->approvals[i], w);
	jw_end(w, ']');
	jw_key(w, "grants");
	jw_begin(w, '[');
	for (i = 0; i < rows->grant_count; i++)
		grant_json(&rows->grants[i], w);
	jw_end(w, ']');
	jw_key(w, "receipts");
	jw_begin(w, '[');
	for (i = 0; i < rows->receipt_count; i++)
		receipt_json(&rows->receipts[i], w);
	jw_end(w, ']');
	jw_end(w, '}');
}

static int replace_file(const char *path, const struct buf *text, struct err *e)
{
	char part[4300];
	size_t done = 0;
	int fd, r = 0;

	snprintf(part, sizeof(part), "%s.new", path);
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "%s", part);
	while (r == 0 && done < text->len) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n < 0)
			r = err_sys(e, ERR_IO, errno, "%s", part);
		else
			done += (size_t)n;
	}
	close(fd);
	if (r == 0 && rename(part, path) < 0)
		r = err_sys(e, ERR_IO, errno, "%s", path);
	return r;
}

int authority_save(struct authority *a, struct err *e)
{
	struct buf text;
	struct jsonw w;
	int r;

	buf_init(&text, FILE_MAX);
	jw_init(&w, &text);
	put_rows(&a->rows, &w);
	buf_putc(&text, '\n');
	r = buf_failed(&text) ? err_set(e, ERR_NOMEM, "out of memory") : replace_file(a->path, &text, e);
	buf_release(&text);
	if (r == 0)
		a->before = a->rows;
	else
		a->rows = a->before;
	return r;
}
