/* server: listeners, the room for their connections, and what is known of a request. See server.h. */
#include "config.h"

#include "io/server_conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	CONNECTIONS_MAX = 1024,
	HEAD_TIMEOUT_MS = 10000,
	BACKLOG = 511,
};

bool server_is_unix(const struct server *s)
{
	return s->unix_path != NULL;
}

void server_finish_close(struct server *s)
{
	if (!s->closing || !s->listener_closed || s->conns)
		return;
	if (s->closed)
		s->closed(s->closed_arg);
	free(s->unix_path);
	free(s);
}

/* Room for one more: whoever is idle longest goes, strangers first. So nobody can keep others out by connecting and saying nothing. */
static bool make_room(struct server *s)
{
	int kind;

	if (s->connection_count <= s->config.connections_max)
		return true;
	for (kind = 0; kind < IDLE_KINDS; kind++) {
		if (s->idle_first[kind]) {
			conn_close(s->idle_first[kind]);
			return true;
		}
	}
	return false;
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct server *s = listener->data;
	struct conn *c;
	socklen_t len = sizeof(c->peer);
	uv_os_fd_t fd;

	if (status < 0 || s->closing)
		return;
	c = calloc(1, sizeof(*c));
	if (!c)
		return;
	c->server = s;
	c->idle = -1;
	if (server_is_unix(s))
		uv_pipe_init(s->config.loop, &c->u.pipe, 0);
	else
		uv_tcp_init(s->config.loop, &c->u.tcp);
	uv_timer_init(s->config.loop, &c->timer);
	c->u.handle.data = c;
	c->timer.data = c;
	c->handles = 2;
	c->next = s->conns;
	c->prev = &s->conns;
	if (c->next)
		c->next->prev = &c->next;
	s->conns = c;
	s->connection_count++;
	if (uv_accept(listener, &c->u.stream) < 0) {
		conn_close(c);
		return;
	}
	if (!server_is_unix(s))
		uv_tcp_nodelay(&c->u.tcp, 1);
	else if (uv_fileno(&c->u.handle, &fd) < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c->peer, &len) < 0) {
		conn_close(c);
		return;
	}
	if (make_room(s))
		conn_start(c);
	else
		conn_refuse(c, 403, NULL, "too_many_connections", "too many connections; close some and try again");
}

static void on_listener_closed(uv_handle_t *h)
{
	struct server *s = h->data;

	s->listener_closed = true;
	server_finish_close(s);
}

/* A socket file that nobody answers at is a dead server's: it is removed. One that answers is another server's. */
static int clear_unix_path(const char *path, struct err *e)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct stat st;
	int fd, r;

	if (strlen(path) >= sizeof(sun.sun_path))
		return err_set(e, ERR_IO, "%s: a socket's path is at most %zu bytes; choose a shorter one", path, sizeof(sun.sun_path) - 1);
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : err_sys(e, ERR_IO, errno, "%s", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_IO, "%s is not a socket; move it away", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "socket");
	memcpy(sun.sun_path, path, strlen(path) + 1);
	r = connect(fd, (struct sockaddr *)&sun, sizeof(sun));
	close(fd);
	if (r == 0)
		return err_set(e, ERR_IO, "%s: a server answers there already", path);
	return unlink(path) == 0 || errno == ENOENT ? 0 : err_sys(e, ERR_IO, errno, "%s", path);
}

static int listen_unix(struct server *s, struct err *e)
{
	mode_t mask;
	int r;

	uv_pipe_init(s->config.loop, &s->u.pipe, 0);
	r = clear_unix_path(s->unix_path, e);
	if (r < 0)
		return r;
	/* The mode is right from the first moment: bind makes the file under this mask. */
	mask = umask(0177);
	r = uv_pipe_bind(&s->u.pipe, s->unix_path);
	umask(mask);
	if (r == 0 && s->config.unix_group && (chown(s->unix_path, (uid_t)-1, *s->config.unix_group) < 0 || chmod(s->unix_path, 0660) < 0))
		return err_sys(e, ERR_IO, errno, "%s cannot be given to group %u", s->unix_path, (unsigned int)*s->config.unix_group);
	if (r == 0)
		r = uv_listen(&s->u.stream, BACKLOG, on_connection);
	return r == 0 ? 0 : err_set(e, ERR_IO, "%s: %s", s->unix_path, uv_strerror(r));
}

static int listen_tcp(struct server *s, struct err *e)
{
	struct sockaddr_storage addr = { 0 };
	int len = sizeof(addr), r;

	uv_tcp_init(s->config.loop, &s->u.tcp);
	r = uv_ip4_addr(s->config.host, s->config.port, (struct sockaddr_in *)&addr);
	if (r < 0)
		r = uv_ip6_addr(s->config.host, s->config.port, (struct sockaddr_in6 *)&addr);
	if (r == 0)
		r = uv_tcp_bind(&s->u.tcp, (struct sockaddr *)&addr, 0);
	if (r == 0)
		r = uv_listen(&s->u.stream, BACKLOG, on_connection);
	if (r == 0)
		r = uv_tcp_getsockname(&s->u.tcp, (struct sockaddr *)&addr, &len);
	if (r < 0)
		return err_set(e, ERR_IO, "cannot listen at %s:%d: %s%s", s->config.host, s->config.port, uv_strerror(r),
			       r == UV_EADDRINUSE ? "; end the other program or choose another port" : "");
	s->port = ntohs(addr.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&addr)->sin6_port : ((struct sockaddr_in *)&addr)->sin_port);
	return 0;
}

int server_listen(const struct server_config *config, struct server **ret, struct err *e)
{
	struct server *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return err_set(e, ERR_NOMEM, "out of memory");
	s->config = *config;
	if (s->config.connections_max == 0)
		s->config.connections_max = CONNECTIONS_MAX;
	if (s->config.head_timeout_ms == 0)
		s->config.head_timeout_ms = HEAD_TIMEOUT_MS;
	if (config->unix_path) {
		s->unix_path = strdup(config->unix_path);
		if (!s->unix_path) {
			free(s);
			return err_set(e, ERR_NOMEM, "out of memory");
		}
	}
	r = server_is_unix(s) ? listen_unix(s, e) : listen_tcp(s, e);
	s->u.handle.data = s;
	if (r < 0) {
		server_close(s, NULL, NULL);
		return r;
	}
	*ret = s;
	return 0;
}

int server_port(const struct server *s)
{
	return s->port;
}

void server_close(struct server *s, void (*closed)(void *arg), void *arg)
{
	struct conn *c, *next;

	if (!s || s->closing) {
		if (!s && closed)
			closed(arg);
		return;
	}
	s->closing = true;
	s->closed = closed;
	s->closed_arg = arg;
	uv_close(&s->u.handle, on_listener_closed);
	for (c = s->conns; c; c = next) {
		next = c->next;
		conn_close(c);
	}
}

const struct http_head *server_head(const struct server_req *r)
{
	return &r->conn->head;
}

struct spooled *server_take_spooled(struct server_req *r)
{
	struct spooled *f = r->conn->file;

	r->conn->file = NULL;
	return f;
}

char *server_take_body(struct server_req *r, size_t *ret_len)
{
	*ret_len = r->conn->body.len;
	return buf_take(&r->conn->body);
}

const char *server_body(const struct server_req *r, size_t *ret_len)
{
	*ret_len = r->conn->body.len;
	return buf_cstr(&r->conn->body);
}

bool server_own(struct server_req *r, struct server_owner *owner, int connections_max)
{
	struct conn *c = r->conn;

	if (c->owner == owner)
		return true;
	if (owner->connections >= connections_max)
		return false;
	if (c->owner)
		c->owner->connections--;
	c->owner = owner;
	owner->connections++;
	return true;
}

struct server_owner *server_owner(const struct server_req *r)
{
	return r->conn->owner;
}

void server_drop_owner(struct server *s, const struct server_owner *owner)
{
	struct conn *c, *next;

	for (c = s->conns; c; c = next) {
		next = c->next;
		if (c->owner == owner)
			conn_close(c);
	}
}

void server_refuse(struct server_req *r, int status, const char *const *headers, const char *code, const char *message)
{
	conn_refuse(r->conn, status, headers, code, message);
}

bool server_peer(const struct server_req *r, pid_t *ret_pid, uid_t *ret_uid, gid_t *ret_gid)
{
	if (!server_is_unix(r->conn->server))
		return false;
	*ret_pid = r->conn->peer.pid;
	*ret_uid = r->conn->peer.uid;
	*ret_gid = r->conn->peer.gid;
	return true;
}

void server_set_user(struct server_req *r, void *user, void (*on_gone)(struct server_req *r, void *user))
{
	r->user = user;
	r->on_gone = on_gone;
}

void server_set_drain(struct server_req *r, void (*on_drain)(struct server_req *r, void *user))
{
	r->on_drain = on_drain;
}

