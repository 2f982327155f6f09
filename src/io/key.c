/* key: reads the API key, keeps it out of swap and core files. See key.h. */
#include "config.h"

#include "io/key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"

#define KEY_MAX 4096	/* one page: the unit of mlock */

static int read_file(const char *file, char *into, struct err *e)
{
	struct stat st;
	ssize_t n;
	int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);	/* a FIFO must not make us wait */

	if (fd < 0 && errno == ELOOP)
		return err_set(e, ERR_DENIED, "key file %s: a symbolic link; name the file itself", file);
	if (fd < 0)
		return err_sys(e, ERR_IO, errno, "key file %s", file);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(e, ERR_INVALID, "key file %s: not a regular file", file);
	}
	if (st.st_uid != geteuid()) {
		close(fd);
		return err_set(e, ERR_DENIED, "key file %s belongs to user %u, not to you", file, (unsigned int)st.st_uid);
	}
	if ((st.st_mode & 077) != 0) {
		close(fd);
		return err_set(e, ERR_DENIED, "key file %s is open to others; run: chmod 600 %s", file, file);
	}
	n = read(fd, into, KEY_MAX);
	close(fd);
	if (n < 0)
		return err_sys(e, ERR_IO, errno, "key file %s", file);
	if (n == KEY_MAX || memchr(into, '\0', (size_t)n))	/* part of a key is none */
		return err_set(e, ERR_INVALID, "key file %s: too long, or no text", file);
	into[n] = '\0';
	return 0;
}

static int check(char *text, const char *from, struct err *e)
{
	size_t len = strlen(text), i;

	while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == '\r'))
		text[--len] = '\0';
	if (len == 0)
		return err_set(e, ERR_INVALID, "%s: no key in it", from);
	for (i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] >= 0x7f)
			return err_set(e, ERR_INVALID, "%s: the key has a blank or a character that no key has", from);
	if (strncmp(text, AGENT_TOKEN_PREFIX, strlen(AGENT_TOKEN_PREFIX)) == 0)
		return err_set(e, ERR_INVALID, "%s: that is the token of an agent of assent, not an API key of the upstream", from);
	return 0;
}

/* unsetenv() takes the name away and leaves the bytes, which /proc/PID/environ shows. */
static void wipe_environment(void)
{
	static const char name[] = "MIOSA_API_KEY=";
	char **p;

	for (p = environ; p && *p; p++)
		if (strncmp(*p, name, strlen(name)) == 0)
			wipe(*p + strlen(name), strlen(*p + strlen(name)));
	unsetenv("MIOSA_API_KEY");
}

int key_load(struct key *k, const char *file, int *ret_from_env, struct err *e)
{
	char *env = getenv("MIOSA_API_KEY");
	int r = 0;

	*ret_from_env = 0;
	k->size = KEY_MAX;
	k->text = mmap(NULL, KEY_MAX, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (k->text == MAP_FAILED) {
		k->text = NULL;
		return err_sys(e, ERR_NOMEM, errno, "memory for the key");
	}
	/* Where locking is not permitted the key still works; it may then reach swap. */
	(void)mlock(k->text, KEY_MAX);
	(void)madvise(k->text, KEY_MAX, MADV_DONTDUMP);
	if (file) {
		r = read_file(file, k->text, e);
	} else if (env && strlen(env) < KEY_MAX) {
		memcpy(k->text, env, strlen(env) + 1);
		*ret_from_env = 1;
	} else if (env) {
		r = err_set(e, ERR_INVALID, "MIOSA_API_KEY: too long");
	} else {
		r = err_set(e, ERR_NOTFOUND, "no API key: name its file with --key-file (mode 0600), or set MIOSA_API_KEY");
	}
	wipe_environment();
	if (r == 0)
		r = check(k->text, file ? file : "MIOSA_API_KEY", e);
	if (r < 0)
		key_release(k);
	return r;
}

void key_release(struct key *k)
{
	if (!k->text)
		return;
	wipe(k->text, k->size);
	munmap(k->text, k->size);
	k->text = NULL;
}

void key_harden_process(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}
