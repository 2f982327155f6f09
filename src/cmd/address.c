/* address: where the gate listens for agents, and by which names beyond this machine; and how many of them its descriptors allow. */
#include "config.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "cmd/cmd.h"

enum { FILES_MIN = 128, FILES_OWN = 64, FILES_EACH = 3 /* its connection, one to the upstream, a long body */, CONNECTIONS_MAX = 16384 };

static bool is_loopback(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcmp(host, "::1") == 0;
}

int address_read(const char *text, bool has_names, char host[64], int *port, struct err *e)
{
	const char *colon = strrchr(text, ':'), *digits = colon ? colon + 1 : text;
	unsigned char bytes[16];
	char *rest;
	long n = strtol(digits, &rest, 10);
	size_t len;

	if (colon && text[0] == '[' && colon[-1] == ']')
		snprintf(host, 64, "%.*s", (int)(colon - text) - 2, text + 1);
	else
		snprintf(host, 64, "%.*s", colon ? (int)(colon - text) : 9, colon ? text : "127.0.0.1");
	if (strcmp(host, "localhost") == 0)
		snprintf(host, 64, "127.0.0.1");
	len = strspn(digits, "0123456789");
	if (len == 0 || *rest || n > 65535 || (inet_pton(AF_INET, host, bytes) != 1 && inet_pton(AF_INET6, host, bytes) != 1))
		return err_set(e, ERR_INVALID, "--listen %s: not ADDRESS:PORT", text);
	if (!is_loopback(host) && !has_names)
		return err_set(e, ERR_INVALID, "--listen %s: beyond this machine the gate answers only to names that you give it: add --allow-host NAME, or lead agents to 127.0.0.1 by ssh -L", text);
	*port = (int)n;
	return 0;
}

int address_check_name(const char *name, struct err *e)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t len = strlen(name);
	bool bracketed = len > 2 && name[0] == '[' && name[len - 1] == ']' && strspn(name + 1, "0123456789abcdefABCDEF:.") == len - 2;

	if (len == 0 || len > 200 || (!bracketed && strspn(name, letters) != len))
		return err_set(e, ERR_INVALID, "--allow-host %s: a name or address as it stands in agents' URLs, without a port", name);
	return 0;
}

int address_connections(int *ret, struct err *e)
{
	struct rlimit l;
	rlim_t most;

	if (getrlimit(RLIMIT_NOFILE, &l) < 0)
		return err_set(e, ERR_IO, "the limit of open files cannot be read");
	l.rlim_cur = l.rlim_max;
	setrlimit(RLIMIT_NOFILE, &l);
	getrlimit(RLIMIT_NOFILE, &l);
	if (l.rlim_cur != RLIM_INFINITY && l.rlim_cur < FILES_MIN)
		return err_set(e, ERR_IO, "only %llu files may be open, and the gate needs %d: raise the limit (ulimit -n)", (unsigned long long)l.rlim_cur, FILES_MIN);
	most = l.rlim_cur == RLIM_INFINITY ? CONNECTIONS_MAX : (l.rlim_cur - FILES_OWN) / FILES_EACH;
	*ret = most > CONNECTIONS_MAX ? CONNECTIONS_MAX : (int)most;
	return 0;
}
