/* server_body: the body of a request, within its length and its time; a long one goes on in a file. See server_conn.h. */
#include "config.h"

#include "io/server_conn.h"

#include <stdio.h>

enum {
	BODY_TIMEOUT_MS = 300000,
	BODY_STEP_MIN = 65536,		/* bytes that must come within each head_timeout_ms */
	SPOOL_OVER = 1024 * 1024,	/* longer ones do not stay in memory */
};

void conn_end_upload(struct conn *c)
{
	if (c->uploading && c->owner)
		c->owner->uploads--;
	c->uploading = false;
}

void conn_drop_body(struct conn *c)
{
	conn_end_upload(c);
	buf_release(&c->body);
	spooled_discard(c->file);
	c->file = NULL;
	c->body_len = 0;
}

bool conn_body_is_late(struct conn *c)
{
	uint64_t came = c->body_len - c->body_mark;

	c->body_mark = c->body_len;
	return came < BODY_STEP_MIN || uv_now(c->server->config.loop) - c->body_started_ms > BODY_TIMEOUT_MS;
}

void conn_refuse_long_body(struct conn *c)
{
	char message[96];

	snprintf(message, sizeof(message), "the body is longer than the limit of %zu bytes", c->server->config.body_max);
	conn_refuse(c, 413, NULL, "payload_too_large", message);
}

/* Goes on in a file. 0, or it was refused. */
static int begin_upload(struct conn *c)
{
	const struct server_config *config = &c->server->config;
	struct err e;

	if (c->owner && config->uploads_max > 0 && c->owner->uploads >= config->uploads_max) {
		conn_refuse(c, 403, NULL, "too_many_connections", "this agent sends too many long bodies at once; send one after the other");
		return ERR_TOOBIG;
	}
	if (spool_create(config->spool, &c->file, &e) < 0 || spooled_append(c->file, c->body.data, c->body.len, &e) < 0) {
		conn_refuse(c, 403, NULL, "record_failed", e.msg);
		return ERR_IO;
	}
	buf_release(&c->body);
	c->uploading = c->owner != NULL;
	if (c->uploading)
		c->owner->uploads++;
	return 0;
}

/* 0, or it was refused. */
static int keep_body(struct conn *c, const char *data, size_t len)
{
	const struct server_config *config = &c->server->config;
	struct err e;

	if (len > config->body_max - c->body_len) {
		conn_refuse_long_body(c);
		return ERR_TOOBIG;
	}
	if (config->spool && !c->file && c->body_len + len > SPOOL_OVER && begin_upload(c) < 0)
		return ERR_IO;
	if (!c->file && buf_append(&c->body, data, len) < 0) {
		conn_close(c);
		return ERR_NOMEM;
	}
	if (c->file && spooled_append(c->file, data, len, &e) < 0) {
		conn_refuse(c, 403, NULL, "record_failed", e.msg);
		return ERR_IO;
	}
	c->body_len += len;
	return 0;
}

static int take_plain(struct conn *c)
{
	uint64_t want = c->head.content_length > 0 ? (uint64_t)c->head.content_length - c->body_len : 0;
	size_t n = want < c->in.len ? (size_t)want : c->in.len;
	int r = keep_body(c, c->in.data, n);

	if (r < 0)
		return r;
	buf_consume(&c->in, n);
	return n == want;
}

static int take_chunks(struct conn *c)
{
	struct buf piece;
	struct err e;
	size_t used;
	int r, kept;

	buf_init(&piece, SIZE_MAX - 1);
	r = http_chunks_feed(&c->chunks, buf_cstr(&c->in), c->in.len, &used, &piece, &e);
	if (r < 0) {
		conn_refuse(c, 400, NULL, "bad_request", e.msg);
	} else {
		kept = keep_body(c, piece.data, piece.len);
		if (kept == 0 && c->chunks.left > c->server->config.body_max - c->body_len) {
			conn_refuse_long_body(c);	/* as it says itself: no need to wait for it */
			kept = ERR_TOOBIG;
		}
		if (kept == 0)
			buf_consume(&c->in, used);
		r = kept < 0 ? kept : r;
	}
	buf_release(&piece);
	return r;
}

int conn_take_body(struct conn *c)
{
	return c->head.chunked ? take_chunks(c) : take_plain(c);
}
