/* failpoint: see failpoint.h. A real SIGKILL: nothing is cleaned up, as in a crash. */
#include "config.h"

#include "gate/failpoint.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void failpoint(int n)
{
	const char *env = getenv("FAILPOINT");
	char *end;

	if (!env || strncmp(env, "FP", 2) != 0 || strtol(env + 2, &end, 10) != n)
		return;
	if (strcmp(end, ":kill") == 0)
		kill(getpid(), SIGKILL);
	else if (strcmp(end, ":stop") == 0)
		raise(SIGSTOP);
}
