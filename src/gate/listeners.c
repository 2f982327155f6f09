/* listeners: where agents ask, by TCP and at a socket of this machine, and where operators do. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gate/gate.h"

enum { BODY_MAX = 64 * 1024 * 1024, UPLOADS_MAX = 8, OPERATOR_BODY_MAX = 8 * 1024 * 1024 /* a text of 1 MiB with each character escaped */ };

static bool is_host(const char *host, const char *name, bool whole)
{
	size_t len = strlen(name);

	return strncasecmp(host, name, len) == 0 && (!whole || host[len] == '\0' || host[len] == ':');
}

/* Any name of this machine's loopback, or one that was given to the listener, with our port: the gate would ask itself. */
static bool is_own_listener(const struct gate *g)
{
	static const char *const names[] = { "localhost", "127.", "0.0.0.0", "[::1]", "[::ffff:127.", "[::]" };
	bool tls = strncmp(g->origin, "https://", 8) == 0, own = false;
	const char *host = strstr(g->origin, "://") + 3, *colon = strrchr(host, ':');
	const char *const *given;
	int port = tls ? 443 : 80;
	size_t i;

	if (colon && colon[1] && strspn(colon + 1, "0123456789") == strlen(colon + 1))
		port = atoi(colon + 1);
	for (i = 0; i < ARRAY_LEN(names); i++)
		own |= is_host(host, names[i], false);
	for (given = g->config.allow_hosts; given && *given; given++)
		own |= is_host(host, *given, true);
	return own && port == server_port(g->agents_server);
}

/* What agents are told: a name that works where they are. */
static void set_base_url(struct gate *g)
{
	const char *host = g->config.allow_hosts && g->config.allow_hosts[0] ? g->config.allow_hosts[0] : g->config.listen_host;
	bool bare = strchr(host, ':') && host[0] != '[';	/* IPv6 */

	snprintf(g->base_url, sizeof(g->base_url), "http://%s%.200s%s:%d/api/v1", bare ? "[" : "", host, bare ? "]" : "", server_port(g->agents_server));
}

int listeners_open(struct gate *g, struct err *e)
{
	const struct gate_config *c = &g->config;
	struct server_config agents = { .loop = g->loop, .host = c->listen_host, .port = c->listen_port, .body_max = BODY_MAX, .spool = g->spool,
					.uploads_max = UPLOADS_MAX, .connections_max = c->connections_max, .check_sender = true, .hosts = c->allow_hosts,
					.on_head = entry_head, .on_request = intake_request, .on_refused = entry_refused, .arg = g };
	struct server_config operators = { .loop = g->loop, .unix_path = c->socket_path, .body_max = OPERATOR_BODY_MAX,
					   .unix_group = c->group ? &c->group->gid : NULL, .on_request = operator_request, .arg = g };
	struct server_config local = agents;
	int r;

	local.host = NULL;
	local.unix_path = c->agent_socket_path;
	r = server_listen(&operators, &g->operator_server, e);
	if (r == 0)
		r = server_listen(&agents, &g->agents_server, e);
	if (r == 0)
		r = server_listen(&local, &g->local_server, e);
	if (r < 0)
		return r;
	set_base_url(g);
	return is_own_listener(g) ? err_set(e, ERR_INVALID, "the upstream %s is this gate itself", g->origin) : 0;
}

void listeners_close(struct gate *g, void (*closed)(void *arg))
{
	server_close(g->agents_server, closed, g);
	server_close(g->local_server, closed, g);
	server_close(g->operator_server, closed, g);
}

void listeners_drop(struct gate *g, const struct agent *agent)
{
	server_drop_owner(g->agents_server, &agent->owner);
	server_drop_owner(g->local_server, &agent->owner);
}
