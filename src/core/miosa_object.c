/* miosa_object: see miosa_object.h. */
#include "config.h"

#include "core/miosa_object.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/miosa_envelope.h"

enum { SIDE_MAX = 65535, PORT_MAX = 65535 };

#define CENTS_MAX 1000000000000LL

/* The first of these members that is a string, "" for none. */
static char *text(const struct json_doc *d, int v, const char *first, const char *second)
{
	char *s = miosa_string(d, v, (const char *const[]){ first, second, NULL });

	if (!s)
		s = strdup("");
	if (!s)
		abort();
	return s;
}

/* An id stands there as text or as a number. */
static char *id_text(const struct json_doc *d, int v)
{
	char *s = json_strdup(d, v), number[32];
	int64_t n;

	if (!s && json_int(d, v, &n) == 0) {
		snprintf(number, sizeof(number), "%lld", (long long)n);
		s = strdup(number);
	}
	if (s && s[0])
		return s;
	free(s);
	return NULL;
}

static int small_int(const struct json_doc *d, int v, int max)
{
	int64_t n;

	return json_int(d, v, &n) == 0 && n > 0 && n <= max ? (int)n : 0;
}

bool miosa_session(const struct json_doc *d, int v, enum session_kind kind, struct miosa_session *ret)
{
	char *id = id_text(d, json_get(d, v, "id"));
	bool computer = kind == SESSION_COMPUTER;

	*ret = (struct miosa_session){ 0 };
	if (!id)
		return false;
	ret->id = id;
	ret->name = text(d, v, "name", "slug");
	ret->state = text(d, v, computer ? "status" : "state", computer ? "state" : "status");
	ret->isolation = text(d, v, "isolation", NULL);
	ret->width = small_int(d, json_get(d, v, "width"), SIDE_MAX);
	ret->height = small_int(d, json_get(d, v, "height"), SIDE_MAX);
	ret->running = strcmp(ret->state, "running") == 0 || strcmp(ret->state, "active") == 0;
	return true;
}

void miosa_session_release(struct miosa_session *s)
{
	free(s->id);
	free(s->name);
	free(s->state);
	free(s->isolation);
	*s = (struct miosa_session){ 0 };
}

static bool goes_on(const struct json_doc *d, int v)
{
	static const char *const ended[] = { "exited", "stopped", "finished", "completed", "succeeded", "done", "failed", "canceled", "cancelled", "killed",
					     "terminated" };
	int status = json_get(d, v, "status"), code = json_get(d, v, "exit_code");
	size_t i;

	if (json_type(d, status) != JSON_STRING)
		return json_type(d, code) != JSON_NUMBER;
	for (i = 0; i < ARRAY_LEN(ended); i++)
		if (json_str_is(d, status, ended[i]))
			return false;
	return true;
}

static void fill_job(const struct json_doc *d, int v, const char *what, char *id, struct miosa_job *ret)
{
	*ret = (struct miosa_job){ .id = id, .name = text(d, v, "name", NULL), .what = text(d, v, what, "name"), .goes_on = goes_on(d, v),
				   .started_wall_ms = miosa_time(d, json_get(d, v, "started_at")) };
}

bool miosa_process(const struct json_doc *d, int v, struct miosa_job *ret)
{
	char *id = id_text(d, json_get(d, v, "pid"));

	*ret = (struct miosa_job){ 0 };
	if (!id || strspn(id, "0123456789") != strlen(id) || id[0] == '0') {
		free(id);
		return false;
	}
	fill_job(d, v, "command", id, ret);
	return true;
}

bool miosa_agent_session(const struct json_doc *d, int v, struct miosa_job *ret)
{
	char *id = id_text(d, json_get(d, v, "id"));

	*ret = (struct miosa_job){ 0 };
	if (id)
		fill_job(d, v, "goal", id, ret);
	return id != NULL;
}

void miosa_job_release(struct miosa_job *j)
{
	free(j->id);
	free(j->name);
	free(j->what);
	*j = (struct miosa_job){ 0 };
}

bool miosa_preview(const struct json_doc *d, int v, struct miosa_preview *ret)
{
	char *id = id_text(d, json_get(d, v, "id"));
	int port = small_int(d, json_get(d, v, "port"), PORT_MAX);

	*ret = (struct miosa_preview){ 0 };
	if (!id)
		id = id_text(d, json_get(d, v, "preview_id"));
	if (!id && port == 0)
		return false;
	*ret = (struct miosa_preview){ .id = id ? id : text(d, v, "id", NULL), .url = text(d, v, "url", "preview_url"), .port = port };
	return true;
}

void miosa_preview_release(struct miosa_preview *p)
{
	free(p->id);
	free(p->url);
	*p = (struct miosa_preview){ 0 };
}

bool miosa_snapshot(const struct json_doc *d, int v, struct miosa_snapshot *ret)
{
	char *id = id_text(d, json_get(d, v, "id"));

	*ret = (struct miosa_snapshot){ 0 };
	if (!id)
		return false;
	*ret = (struct miosa_snapshot){ .id = id, .status = text(d, v, "status", "state"), .comment = text(d, v, "comment", NULL),
					.created_at = text(d, v, "created_at", "inserted_at") };
	ret->failed = strcmp(ret->status, "failed") == 0;
	return true;
}

void miosa_snapshot_release(struct miosa_snapshot *s)
{
	free(s->id);
	free(s->status);
	free(s->comment);
	free(s->created_at);
	*s = (struct miosa_snapshot){ 0 };
}

int64_t miosa_cost_cents(const struct json_doc *d, int v)
{
	double cents;
	int64_t whole;

	if (json_double(d, json_get(d, v, "estimated_cost_cents"), &cents) < 0 || cents < 0 || cents > (double)CENTS_MAX)
		return -1;
	whole = (int64_t)cents;
	return whole + ((double)whole < cents);
}
