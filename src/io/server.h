/*
 * server: HTTP/1.1 listeners on libuv streams, TCP or unix, made of core/httpmsg's strict parser.
 *
 * A request is handed over when its head and its whole body are there. Malformed ones are answered
 * here (400, 408, 413, 431, 501; MIOSA's error envelope, connection closed) and never handed over. One request of a
 * connection is out at a time; bytes that a client sends past it wait, up to a small limit. The end of the
 * client's sending side, or of the connection, while a request is out counts as "gone". It knows no path and no token.
 */
#ifndef ASSENT_SERVER_H
#define ASSENT_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "base/err.h"
#include "core/httpmsg.h"

struct server;			/* a listener and its connections */
struct server_req;		/* one request that is out; gone after server_end() or on_gone */

struct server_config {
	uv_loop_t *loop;	/* borrowed */
	const char *host;	/* TCP: an address; NULL for unix */
	int port;		/* TCP; 0 takes a free one, see server_port() */
	const char *unix_path;	/* unix: made with mode 0600, an old dead socket file is replaced */
	size_t body_max;	/* bytes; more is 413 with the limit named */
	int connections_max;	/* 0: 1024 */
	int head_timeout_ms;	/* 0: 10,000: from the first byte to the end of head and body */
	bool check_host;	/* Host must be {127.0.0.1,localhost,[::1]}:port; Origin or cross-site Sec-Fetch-Site refused */
	void (*on_request)(struct server_req *r, void *arg);
	void (*on_refused)(const char *why, void *arg);	/* may be NULL: a malformed request was answered here */
	void *arg;		/* borrowed, for the callbacks */
};

/* 0, or ERR_IO with the address and what to do. *ret on success only; end with server_close(). */
int server_listen(const struct server_config *c, struct server **ret, struct err *e);
int server_port(const struct server *s);
/* Stops listening, drops connections without an answer; `closed` is called (later) when all is freed. NULL is fine. */
void server_close(struct server *s, void (*closed)(void *arg), void *arg);

/* The request, borrowed until it is gone. */
const struct http_head *server_head(const struct server_req *r);
const char *server_body(const struct server_req *r, size_t *ret_len);	/* never NULL; NUL-terminated */
struct ucred;
/* Unix only: the peer's pid, uid, gid from the kernel. false for TCP. */
bool server_peer(const struct server_req *r, pid_t *ret_pid, uid_t *ret_uid, gid_t *ret_gid);
void *server_user(const struct server_req *r);
/*
 * Called once when the asker goes before the answer is complete: the request is then gone, and r must not be used again
 * after the callback returns. on_gone may be NULL. May be set again at any time before.
 */
void server_set_user(struct server_req *r, void *user, void (*on_gone)(struct server_req *r, void *user));

/*
 * Answers. Header lines are "Name: value", NULL-terminated, may be NULL; Content-Length or chunked, Date and Connection
 * are added here. A whole answer: */
void server_reply(struct server_req *r, int status, const char *const *headers, const void *body, size_t len);
/* Or in pieces; length < 0: chunked. HEAD requests get the head alone. */
void server_begin(struct server_req *r, int status, const char *const *headers, int64_t length);
/* Copies the bytes. Returns the bytes now waiting for the client: above 256 KiB stop until on_drain. */
size_t server_write(struct server_req *r, const void *data, size_t len);
void server_set_drain(struct server_req *r, void (*on_drain)(struct server_req *r, void *user));
/* ok: the answer is complete and the connection may be used again; otherwise it is cut, so that the client sees the damage.
 * `flushed` (may be NULL) is told whether the last byte was written to an open connection. r is gone after the call. */
void server_end(struct server_req *r, bool ok, void (*flushed)(bool written, void *arg), void *arg);
/* Drops the connection without an answer. */
void server_drop(struct server_req *r);
/* Bounded bytes: this request's connection is closed after its answer. */
void server_close_after(struct server_req *r);

/* MIOSA's error envelope (miosa-api.md 1.6): {"error":{"code","message","request_id"}}; request_id may be NULL. */
void server_error(struct server_req *r, int status, const char *const *headers, const char *code,
		  const char *message, const char *request_id);

#endif
