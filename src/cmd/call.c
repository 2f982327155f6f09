/* call: one call of the operator API, for the commands that print and end. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/json.h"
#include "cmd/cmd.h"
#include "io/http.h"

struct call {
	struct buf *answer;
	int status, result;
	struct err *e;
};

static void on_data(struct http_call *c, const char *data, size_t len, void *arg)
{
	struct call *call = arg;

	(void)c;
	buf_append(call->answer, data, len);
}

static void on_done(struct http_call *c, const struct http_result *r, void *arg)
{
	struct call *call = arg;

	(void)c;
	call->status = r->status;
	call->result = r->outcome == HTTP_ANSWERED ? 0 : err_set(call->e, ERR_IO, "%s", r->error);
}

int call_gate(const char *socket, const char *method, const char *path, const char *body, int *ret_status, struct buf *answer, struct err *e)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	struct call call = { .answer = answer, .result = ERR_IO, .e = e };
	struct http_spec spec = { .method = method, .unix_path = socket, .headers = body ? headers : NULL, .body = body,
				  .body_len = body ? strlen(body) : 0, .once = true, .timeout_ms = 10000, .on_data = on_data, .on_done = on_done,
				  .arg = &call };
	struct buf url;
	struct http *http;
	uv_loop_t loop;

	err_set(e, ERR_IO, "out of memory");
	buf_init(&url, 8192);
	buf_printf(&url, "http://gate%s", path);
	spec.url = buf_cstr(&url);
	uv_loop_init(&loop);
	http = http_new(&loop);
	if (http && http_start(http, &spec)) {
		/* The client's timers do not keep a loop alive for ever: it ends with the call. */
		uv_run(&loop, UV_RUN_DEFAULT);
	}
	http_free(http, NULL, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	buf_release(&url);
	*ret_status = call.status;
	return call.result;
}

void call_error(const struct buf *answer, int status, struct err *e)
{
	struct json_doc d;
	char *message = NULL;

	if (json_parse(buf_cstr(answer), answer->len, &d, NULL) == 0) {
		message = json_strdup(&d, json_get(&d, json_get(&d, json_root(&d), "error"), "message"));
		json_release(&d);
	}
	if (message)
		err_set(e, ERR_IO, "%s", message);
	else
		err_set(e, ERR_IO, "the gate answered %d", status);
	free(message);
}
