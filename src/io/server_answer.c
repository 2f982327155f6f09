/* server_answer: answers, whole or in pieces. See server.h. */
#include "config.h"

#include "io/server_conn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/json.h"

struct out {
	uv_write_t write;
	struct conn *conn;
	void (*flushed)(bool written, void *arg);
	void *arg;
	char data[];
};

static void on_written(uv_write_t *w, int status)
{
	struct out *o = (struct out *)w;
	struct conn *c = o->conn;

	if (c->last_out == o)
		c->last_out = NULL;
	if (o->flushed)
		o->flushed(status == 0, o->arg);
	free(o);
	if (c->closing)
		return;
	if (status < 0) {
		conn_close(c);
		return;
	}
	if (c->req && c->req->on_drain && uv_stream_get_write_queue_size(&c->u.stream) == 0)
		c->req->on_drain(c->req, c->req->user);
}

void conn_write(struct conn *c, const void *a, size_t a_len, const void *b, size_t b_len)
{
	struct out *o;
	uv_buf_t buf;

	if (c->closing || c->failed || a_len + b_len == 0)
		return;
	o = malloc(sizeof(*o) + a_len + b_len);
	if (!o) {
		conn_fail(c);
		return;
	}
	*o = (struct out){ .conn = c };
	if (a_len > 0)
		memcpy(o->data, a, a_len);
	if (b_len > 0)
		memcpy(o->data + a_len, b, b_len);
	buf = uv_buf_init(o->data, (unsigned int)(a_len + b_len));
	c->last_out = o;
	c->queued += a_len + b_len;
	if (uv_write(&o->write, &c->u.stream, &buf, 1, on_written) < 0) {
		c->last_out = NULL;
		free(o);
		conn_fail(c);
		return;
	}
	if (uv_stream_get_write_queue_size(&c->u.stream) > 0)
		conn_watch_writing(c);
}

static const char *reason(int status)
{
	static const struct { int status; const char *text; } table[] = {
		{ 200, "OK" }, { 201, "Created" }, { 202, "Accepted" }, { 204, "No Content" }, { 206, "Partial Content" }, { 304, "Not Modified" },
		{ 400, "Bad Request" }, { 401, "Unauthorized" }, { 402, "Payment Required" }, { 403, "Forbidden" }, { 404, "Not Found" },
		{ 405, "Method Not Allowed" }, { 406, "Not Acceptable" }, { 408, "Request Timeout" }, { 409, "Conflict" },
		{ 413, "Content Too Large" }, { 422, "Unprocessable Content" }, { 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" }, { 500, "Internal Server Error" }, { 501, "Not Implemented" },
		{ 502, "Bad Gateway" }, { 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].status == status)
			return table[i].text;
	return "Status";
}

static bool bodiless(int status)
{
	return status == 204 || status == 304 || status < 200;
}

static void put_head(struct buf *out, int status, const char *const *headers, int64_t length, bool chunked, bool close)
{
	char date[64];
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
	buf_printf(out, "HTTP/1.1 %d %s\r\nDate: %s\r\n", status, reason(status), date);
	for (; headers && *headers; headers++)
		buf_printf(out, "%s\r\n", *headers);
	if (chunked)
		buf_puts(out, "Transfer-Encoding: chunked\r\n");
	else if (!bodiless(status) && length >= 0)
		buf_printf(out, "Content-Length: %lld\r\n", (long long)length);
	buf_puts(out, close ? "Connection: close\r\n\r\n" : "\r\n");
}

void server_put_error(struct buf *out, const char *code, const char *message, const char *request_id, const struct buf *details)
{
	struct jsonw w;

	jw_init(&w, out);
	jw_begin(&w, '{');
	jw_key(&w, "error");
	jw_begin(&w, '{');
	jw_kstr(&w, "code", code);
	jw_kstr(&w, "message", message);
	jw_kstr(&w, "request_id", request_id);
	if (details) {
		jw_key(&w, "details");
		jw_raw(&w, buf_cstr(details), details->len);
	}
	jw_end(&w, '}');
	jw_end(&w, '}');
}

/* Their own header lines, behind the content type. */
static void error_lines(const char *all[32], const char *const *headers)
{
	size_t n = 0;

	all[n++] = "Content-Type: application/json";
	for (; headers && *headers && n < 31; headers++)
		all[n++] = *headers;
	all[n] = NULL;
}

void conn_put_error(struct conn *c, int status, const char *const *headers, const char *code, const char *message)
{
	struct buf body, head;
	const char *all[32];

	buf_init(&body, SIZE_MAX - 1);
	buf_init(&head, SIZE_MAX - 1);
	server_put_error(&body, code, message, NULL, NULL);
	error_lines(all, headers);
	put_head(&head, status, all, (int64_t)body.len, false, true);
	conn_write(c, head.data, head.len, body.data, body.len);
	buf_release(&body);
	buf_release(&head);
}

static bool is_head(const struct server_req *r)
{
	return r->conn->head.method == HTTP_HEAD;
}

/* r's answer is over: its memory goes, the connection goes on. */
static void release_request(struct server_req *r)
{
	struct conn *c = r->conn;

	c->req = NULL;
	free(r);
	conn_next_request(c);
}

void server_reply(struct server_req *r, int status, const char *const *headers, const void *body, size_t len)
{
	struct conn *c = r->conn;
	struct buf head;

	r->on_gone = NULL;	/* the answer was given: a failing write is nobody's news */
	r->on_drain = NULL;
	buf_init(&head, SIZE_MAX - 1);
	put_head(&head, status, headers, (int64_t)len, false, c->close_after);
	conn_write(c, head.data, head.len, body, is_head(r) || bodiless(status) ? 0 : len);
	buf_release(&head);
	if (c->req == r)
		release_request(r);
}

void server_begin(struct server_req *r, int status, const char *const *headers, int64_t length)
{
	struct conn *c = r->conn;
	struct buf head;

	r->begun = true;
	r->chunked = length < 0 && !bodiless(status);
	r->left = is_head(r) || bodiless(status) ? 0 : length;
	buf_init(&head, SIZE_MAX - 1);
	put_head(&head, status, headers, length, r->chunked, c->close_after);
	conn_write(c, head.data, head.len, NULL, 0);
	buf_release(&head);
}

size_t server_write(struct server_req *r, const void *data, size_t len)
{
	struct conn *c = r->conn;
	struct buf piece;

	if (c->closing)
		return 0;
	if (len > 0 && !is_head(r)) {
		if (r->chunked) {
			buf_init(&piece, SIZE_MAX - 1);
			buf_printf(&piece, "%zx\r\n", len);
			buf_append(&piece, data, len);
			buf_append(&piece, "\r\n", 2);
			if (buf_failed(&piece))
				conn_fail(c);	/* a part of it would be a damaged answer */
			else
				conn_write(c, piece.data, piece.len, NULL, 0);
			buf_release(&piece);
		} else {
			r->left -= (int64_t)len < r->left ? (int64_t)len : r->left;
			conn_write(c, data, len, NULL, 0);
		}
	}
	return c->closing ? 0 : uv_stream_get_write_queue_size(&c->u.stream);
}

void server_end(struct server_req *r, bool ok, void (*flushed)(bool written, void *arg), void *arg)
{
	struct conn *c = r->conn;

	r->on_gone = NULL;
	r->on_drain = NULL;
	if (ok && r->chunked && !is_head(r))
		conn_write(c, "0\r\n\r\n", 5, NULL, 0);
	if (!ok || c->closing || c->failed) {
		if (flushed)
			flushed(false, arg);
		if (c->req == r)
			conn_close(c);	/* frees r */
		return;
	}
	if (flushed && c->last_out) {
		c->last_out->flushed = flushed;
		c->last_out->arg = arg;
	} else if (flushed) {
		flushed(true, arg);
	}
	release_request(r);
}

void server_drop(struct server_req *r)
{
	r->on_gone = NULL;
	conn_close(r->conn);
}

void server_error(struct server_req *r, int status, const char *const *headers, const char *code,
		  const char *message, const char *request_id)
{
	const char *all[32];
	struct buf body;

	buf_init(&body, SIZE_MAX - 1);
	server_put_error(&body, code, message, request_id, NULL);
	error_lines(all, headers);
	server_reply(r, status, all, body.data, body.len);
	buf_release(&body);
}
