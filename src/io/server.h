/*
 * server: HTTP/1.1 listeners on libuv streams, TCP or unix, made of core/httpmsg's strict parser.
 *
 * A request is handed over when its head and its whole body are there. Malformed ones are answered
 * here (400, 403, 408, 413, 431; MIOSA's error envelope, connection closed) and never handed over. One request of a
 * connection is out at a time; bytes that a client sends behind it before it has its whole answer are refused with 400, and the connection
 * is closed: nothing is run later that was sent unseen. The end of the client's sending side, or of the connection, while a request is
 * out counts as "gone". It knows no path and no token; who asks it is told (server_own), so that each may have only so many connections.
 *
 * Nobody makes others wait: a head has 10 s from its first byte; of a body at least 64 KiB come in each 10 s, and all of it in 5 min; an
 * answer of which nothing leaves for a minute is given up. When there is no room for a new connection, the one that is idle longest goes,
 * and of strangers first.
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
#include "io/spool.h"

struct server;			/* a listener and its connections */
struct server_req;		/* one request that is out; gone after server_end() or on_gone */

struct server_config {
	uv_loop_t *loop;	/* borrowed */
	const char *host;	/* TCP: an address; NULL for unix */
	int port;		/* TCP; 0 takes a free one, see server_port() */
	const char *unix_path;	/* unix: made with mode 0600, an old dead socket file is replaced */
	const gid_t *unix_group;	/* NULL: none; else mode 0660 for this group; borrowed until server_listen() returns */
	size_t body_max;	/* bytes; more is 413 with the limit named */
	struct spool *spool;	/* borrowed; where bodies over 1 MiB go as they come; NULL: they stay in memory */
	int uploads_max;	/* of one owner at a time, of those; 0: no limit */
	int connections_max;	/* 0: 1024 */
	int head_timeout_ms;	/* 0: 10,000: from the first byte to the end of the head, and for each 64 KiB of a body */
	bool check_sender;	/* Origin or cross-site Sec-Fetch-Site refused; TCP: Host must be {127.0.0.1,localhost,[::1]}:port, or of hosts */
	const char *const *hosts;	/* borrowed; names that are ours too, NULL-terminated; may be NULL */
	/* May be NULL: a head came, its body was not read yet. false: it was refused there, with server_refuse(). */
	bool (*on_head)(struct server_req *r, void *arg);
	void (*on_request)(struct server_req *r, void *arg);
	/* May be NULL: a request was refused; peer is the other end ("127.0.0.1:4711", "pid 12 of uid 1000"). */
	void (*on_refused)(const char *peer, const char *why, void *arg);
	void *arg;		/* borrowed, for the callbacks */
};

/* 0, or ERR_IO with the address and what to do. *ret on success only; end with server_close(). */
int server_listen(const struct server_config *c, struct server **ret, struct err *e);
int server_port(const struct server *s);	/* of TCP: the one that the kernel gave, too */
/* Stops listening, drops connections without an answer; `closed` is called (later) when all is freed. NULL is fine. */
void server_close(struct server *s, void (*closed)(void *arg), void *arg);

/* The request, borrowed until it is gone. */
const struct http_head *server_head(const struct server_req *r);
const char *server_body(const struct server_req *r, size_t *ret_len);	/* never NULL; NUL-terminated; "" when it was spooled */
char *server_take_body(struct server_req *r, size_t *ret_len);	/* own, NUL-terminated; NULL when out of memory. Once. */
/* Unix only: the peer's pid, uid, gid from the kernel. false for TCP. */
bool server_peer(const struct server_req *r, pid_t *ret_pid, uid_t *ret_uid, gid_t *ret_gid);
/* The body where it was spooled, not synced yet; own, NULL when it is in memory. Once. */
struct spooled *server_take_spooled(struct server_req *r);
/* Whose connections these are: lives with the caller until server_drop_owner(). */
struct server_owner {
	void *who;		/* borrowed; the caller's */
	int connections, uploads;	/* open; of those, with a body that is being spooled; counted by the server */
};
/* Only from on_head. false: it has connections_max already. */
bool server_own(struct server_req *r, struct server_owner *owner, int connections_max);
struct server_owner *server_owner(const struct server_req *r);	/* NULL for none */
/* Closes the owner's connections; who waits there is gone. */
void server_drop_owner(struct server *s, const struct server_owner *owner);
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
/* Called when all of it has left, each time; NULL: not any more. */
void server_set_drain(struct server_req *r, void (*on_drain)(struct server_req *r, void *user));
/* ok: the answer is complete and the connection may be used again; otherwise it is cut, so that the client sees the damage.
 * `flushed` (may be NULL) is told whether the last byte was written to an open connection. r is gone after the call. */
void server_end(struct server_req *r, bool ok, void (*flushed)(bool written, void *arg), void *arg);
/* Drops the connection without an answer. */
void server_drop(struct server_req *r);
/* Refuses a request of which no answer was begun: to the log, answered in the error envelope, and the connection is closed. r is gone. */
void server_refuse(struct server_req *r, int status, const char *const *headers, const char *code, const char *message);

/* MIOSA's error envelope: {"error":{"code","message","request_id"}}, and "details", which is JSON; request_id and details may be NULL. */
void server_put_error(struct buf *out, const char *code, const char *message, const char *request_id, const struct buf *details);
/* An answer with it. */
void server_error(struct server_req *r, int status, const char *const *headers, const char *code,
		  const char *message, const char *request_id);

#endif
