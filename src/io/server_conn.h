/* server_conn: what the files of the server share. Not for others: the server is used through server.h. */
#ifndef ASSENT_SERVER_CONN_H
#define ASSENT_SERVER_CONN_H

#include <sys/socket.h>

#include "base/buf.h"
#include "io/server.h"

/*
 * A connection waits for a head, for a body, for the answer to the request that is out, or it lingers after its last answer so that the
 * client can read it. Memory for one is bounded in each of them.
 */
enum conn_state { CONN_HEAD, CONN_BODY, CONN_OUT, CONN_LINGER };

union stream_handle {
	uv_handle_t handle;
	uv_stream_t stream;
	uv_tcp_t tcp;
	uv_pipe_t pipe;
};

struct conn {
	union stream_handle u;
	uv_timer_t timer;		/* of the state: server_conn.c, on_time() */
	struct server *server;
	struct conn *next, **prev;	/* all of the server */
	struct conn *idle_next, *idle_prev;
	int idle;			/* which of the server's lists of idle ones; -1: none */
	enum conn_state state;
	struct buf in, body;
	struct spooled *file;		/* the body, when it is too long for memory */
	uint64_t body_len;
	bool uploading;			/* counted with the owner */
	struct http_head head;
	bool has_head, processing, closing, close_after, shut;
	bool failed;			/* nothing can be written any more; it closes when nobody has its request in hand */
	struct http_chunks chunks;
	uint64_t body_mark, body_started_ms;	/* bytes at the last look at the clock; when the body began */
	struct server_req *req;
	struct server_owner *owner;
	struct out *last_out;		/* the newest write under way */
	uint64_t queued, out_mark;	/* bytes ever given to be written; how many had left at the last look */
	struct ucred peer;
	int handles;			/* still open of u and timer */
};

struct server_req {
	struct conn *conn;
	void *user;
	void (*on_gone)(struct server_req *r, void *user);
	void (*on_drain)(struct server_req *r, void *user);
	bool begun, chunked;
	int64_t left;			/* bytes of a begun answer that are still to come; -1: until its end */
};

/* Idle connections, the one that waits longest first: closed when there is no room for a new one. */
enum idle_kind {
	IDLE_STRANGER,			/* nobody knows whose it is, or it lingers */
	IDLE_KNOWN,			/* of an owner, between two requests */
	IDLE_KINDS
};

struct server {
	struct server_config config;
	union stream_handle u;
	char *unix_path;
	int port, connection_count;
	struct conn *conns;
	struct conn *idle_first[IDLE_KINDS], *idle_last[IDLE_KINDS];
	bool closing, listener_closed;
	void (*closed)(void *arg);
	void *closed_arg;
	char read_buffer[65536];	/* libuv reads one stream at a time */
};

/* server.c */
bool server_is_unix(const struct server *s);
void server_finish_close(struct server *s);

/* server_conn.c */
/* Closes; a request that is out is told that its asker is gone. */
void conn_close(struct conn *c);
/* The same soon: for what goes wrong while somebody answers, and goes on to. */
void conn_fail(struct conn *c);
/* The answer is whole: the next request, or the end. */
void conn_next_request(struct conn *c);
/* Refuses what this connection asks: the reason to the log, the answer, the end. */
void conn_refuse(struct conn *c, int status, const char *const *headers, const char *code, const char *message);
/* To the log alone: what came from it and was not taken. */
void conn_tell_refused(struct conn *c, const char *message);
void conn_set_idle(struct conn *c, int kind);	/* -1: it is not */
/* What the state of the connection allows is over in so many milliseconds; again: it is looked at anew after as many more. */
void conn_start_timer(struct conn *c, int ms, bool again);
/* Bytes wait to be written: gives up when none of them leaves for a minute. */
void conn_watch_writing(struct conn *c);

/* server_read.c */
/* Begins to read, as a new connection. */
void conn_start(struct conn *c);
/* Takes from c->in what is whole. Re-entered by answers that are given from inside on_request; the loop then goes on. */
void conn_process(struct conn *c);

/* server_body.c */
/* From c->in. 1 when the body is whole, 0 for more, negative when it was refused. */
int conn_take_body(struct conn *c);
/* Did too little of it come since the last look, or does it take too long in all? */
bool conn_body_is_late(struct conn *c);
/* It comes no more, and does not count with its owner's. */
void conn_end_upload(struct conn *c);
/* The same, and what came of it goes, its file too. */
void conn_drop_body(struct conn *c);
/* With 413: it is longer than the listener takes. */
void conn_refuse_long_body(struct conn *c);

/* server_answer.c */
/* Two pieces, one write; either may be empty. */
void conn_write(struct conn *c, const void *a, size_t a_len, const void *b, size_t b_len);
/* An answer in the API's error envelope that ends the connection. */
void conn_put_error(struct conn *c, int status, const char *const *headers, const char *code, const char *message);

#endif
