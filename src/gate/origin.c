/* origin: which program of this machine asks at the agents' socket, as the kernel says: never what it says of itself. */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gate/gate.h"

enum { TEXT_MAX = 8192, NAME_BYTES = 64, PATH_BYTES = 4096, STAT_BYTES = 1024 };

static ssize_t read_proc(pid_t pid, const char *name, char *into, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, into, size - 1);
	if (fd >= 0)
		close(fd);
	into[n > 0 ? n : 0] = '\0';
	return n;
}

static void put_process(struct buf *out, pid_t pid)
{
	char name[NAME_BYTES];

	read_proc(pid, "comm", name, sizeof(name));
	name[strcspn(name, "\n")] = '\0';
	buf_printf(out, "pid %d", (int)pid);
	if (name[0])
		buf_printf(out, " (%s)", name);
}

/* The fourth field of /proc/PID/stat; the second is the name, in which anything may stand, blanks and brackets too. */
static pid_t parent_of(pid_t pid)
{
	char text[STAT_BYTES], *end;
	int parent = 0;

	read_proc(pid, "stat", text, sizeof(text));
	end = strrchr(text, ')');
	return end && sscanf(end + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

char *origin_of(const struct server_req *r)
{
	char path[64], folder[PATH_BYTES];
	struct buf out;
	ssize_t n;
	pid_t pid, parent;
	uid_t uid;
	gid_t gid;

	if (!server_peer(r, &pid, &uid, &gid))
		return NULL;
	buf_init(&out, TEXT_MAX);
	buf_printf(&out, "uid %u, ", (unsigned)uid);
	put_process(&out, pid);
	snprintf(path, sizeof(path), "/proc/%d/cwd", (int)pid);
	n = readlink(path, folder, sizeof(folder) - 1);
	if (n > 0)
		buf_printf(&out, " in %.*s", (int)n, folder);
	parent = parent_of(pid);
	if (parent > 0) {
		buf_puts(&out, ", started by ");
		put_process(&out, parent);
	}
	return buf_take(&out);
}
