/* key: reads the API key into locked memory. See key.h. */
#include "config.h"

#include "io/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/digest.h"
#include "io/private.h"

enum { KEY_MAX = 4096, PAGES = 8192 };	/* bytes of a key with its NUL; of the locked memory */

static const char name[] = "MIOSA_API_KEY", scheme[] = "Authorization: Bearer ", what[] = "key file";

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
void key_wipe_environment(void)
{
	const size_t n = strlen(name);
	char **p;

	for (p = environ; p && *p; p++)
		if (strncmp(*p, name, n) == 0 && (*p)[n] == '=')
			wipe(*p + n + 1, strlen(*p + n + 1));
	unsetenv(name);
}

/* The file of systemd's credential; false when there is none. */
static bool credential(char path[4096])
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	return folder && folder[0] == '/' && snprintf(path, 4096, "%s/miosa-key", folder) < 4096 && access(path, F_OK) == 0;
}

static int read_key(char *text, const struct key_source *from, bool *ret_from_env, char place[4200], struct err *e)
{
	const char *env = getenv(name);
	char path[4096];
	int r;

	*ret_from_env = false;
	if (from->file && from->fd >= 0)
		return err_set(e, ERR_INVALID, "--key-file and --key-fd: name one of them");
	if (from->file) {
		snprintf(place, 4200, "%s", from->file);
		return private_read(what, from->file, text, KEY_MAX, e);
	}
	if (from->fd >= 0) {
		snprintf(place, 4200, "descriptor %d", from->fd);
		r = private_read_fd("key from", from->fd, text, KEY_MAX, e);
		close(from->fd);
		return r;
	}
	if (credential(path)) {
		snprintf(place, 4200, "credential %s", path);
		return private_read_credential("credential", path, text, KEY_MAX, e);
	}
	if (!env)
		return err_set(e, ERR_NOTFOUND, "no API key: name its file with --key-file (mode 0600), or set %s", name);
	snprintf(place, 4200, "%s", name);
	if (strlen(env) >= KEY_MAX)
		return err_set(e, ERR_INVALID, "%s: too long", name);
	memcpy(text, env, strlen(env) + 1);
	*ret_from_env = true;
	return 0;
}

int key_load(struct key *k, const struct key_source *from, bool *ret_from_env, struct err *e)
{
	char place[4200] = "";
	int r;

	*k = (struct key){ .header = locked_new(PAGES), .size = PAGES };
	if (!k->header)
		return err_set(e, ERR_NOMEM, "no memory for the key");
	memcpy(k->header, scheme, sizeof(scheme));
	k->text = k->header + strlen(scheme);
	r = read_key(k->text, from, ret_from_env, place, e);
	key_wipe_environment();
	if (r == 0)
		r = check(k->text, place, e);
	if (r < 0)
		key_release(k);
	return r;
}

void key_release(struct key *k)
{
	locked_free(k->header, k->size);
	*k = (struct key){ 0 };
}

void key_harden_process(void)
{
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}
