/*
 * peers: who is at the other end of the operator's socket, as the kernel says. Its own user and root; where there is a group of operators (strong mode) the
 * users who were in it when the gate began: being made a member later counts from the next start on. No process that is confined.
 */
#include "config.h"

#include <stdio.h>
#include <unistd.h>

#include "gate/operator.h"

/*
 * Did the process give up gaining rights, or some system calls? So do programs in a sandbox without namespaces, which have our own uid.
 * What cannot be read counts as confined.
 */
static bool is_confined(pid_t pid)
{
	char path[64], line[256];
	int n, found = 0;
	bool confined = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	while (f && found < 2 && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "NoNewPrivs: %d", &n) != 1 && sscanf(line, "Seccomp: %d", &n) != 1)
			continue;
		found++;
		confined |= n != 0;
	}
	if (f)
		fclose(f);
	return confined || found < 2;
}

/* group NULL: none. */
static bool uid_ok(const struct operator_group *group, uid_t own, uid_t uid)
{
	size_t i;

	if (uid == own || uid == 0)
		return true;
	for (i = 0; group && i < group->count; i++)
		if (group->uids[i] == uid)
			return true;
	return false;
}

bool peer_is_operator(const struct gate *g, const struct server_req *r)
{
	pid_t pid;
	uid_t uid;
	gid_t gid;

	if (!server_peer(r, &pid, &uid, &gid) || !uid_ok(g->config.group, geteuid(), uid))
		return false;
	/* Where everything is confined, as in some containers, it tells nothing. */
	return !is_confined(pid) || is_confined(getpid());
}
