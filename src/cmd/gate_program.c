/* gate_program: where assent-gate is. See cmd.h. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"

static const char name[] = "assent-gate";

bool path_beside(const char *program, char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - 1);
	char *slash;

	path[n > 0 ? n : 0] = '\0';
	slash = strrchr(path, '/');
	if (!slash || (size_t)(slash + 1 - path) + strlen(program) >= size)
		return false;
	memcpy(slash + 1, program, strlen(program) + 1);
	return access(path, X_OK) == 0;
}

void gate_program(char *path, size_t size)
{
	if (!path_beside(name, path, size))
		snprintf(path, size, "%s/%s", LIBEXECDIR, name);
}

int gate_program_exec(char **argv)
{
	char path[4096];

	gate_program(path, sizeof(path));
	execv(path, argv);
	return complain(argv[1], EXIT_REFUSED, "%s: %s; it belongs to assent: install it again", path, strerror(errno));
}
