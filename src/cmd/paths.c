/* paths: what assent.conf says, and where things are when neither that nor an option does. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cmd.h"

static struct settings from_file;

const struct settings *settings(void)
{
	return &from_file;
}

static char *join(const char *a, const char *b)
{
	struct buf path;

	buf_init(&path, 4096);
	buf_printf(&path, "%s%s", a, b);
	return buf_failed(&path) ? NULL : buf_take(&path);
}

char *path_state_dir(const char *option)
{
	const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (option || settings()->state)
		return strdup(option ? option : settings()->state);
	if (xdg && xdg[0] == '/')
		return join(xdg, "/assent");
	return home && home[0] == '/' ? join(home, "/.local/state/assent") : NULL;
}

char *path_agent_socket(const char *operator_socket)
{
	static const char usual[] = "/operator.sock";
	size_t len = strlen(operator_socket), end = strlen(usual);
	struct buf path;

	if (len < end || strcmp(operator_socket + len - end, usual) != 0)
		return join(operator_socket, ".agent");
	buf_init(&path, 4096);
	buf_append(&path, operator_socket, len - end);
	buf_puts(&path, "/agent.sock");
	return buf_failed(&path) ? NULL : buf_take(&path);
}

char *path_own_socket(const char *option, const char *state_dir)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");

	if (option)
		return strdup(option);
	if (xdg && xdg[0] == '/')
		return join(xdg, "/assent/operator.sock");
	return state_dir ? join(state_dir, "/run/operator.sock") : NULL;
}

char *path_socket(const char *option, const char *state_dir)
{
	static const char strong[] = "/run/assent/operator.sock";	/* only root can make one there */
	char *own = path_own_socket(option, state_dir);

	if (option || !own || access(own, F_OK) == 0 || access(strong, F_OK) < 0)
		return own;
	free(own);
	return strdup(strong);
}

char *path_config(const char *name)
{
	const char *xdg = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
	bool named = xdg && xdg[0] == '/';
	char tail[64];

	if (!named && (!home || home[0] != '/'))
		return NULL;
	snprintf(tail, sizeof(tail), "%s/assent/%s", named ? "" : "/.config", name);
	return join(named ? xdg : home, tail);
}

int settings_load(struct err *e)
{
	char *path = path_config("assent.conf");
	int r;

	settings_init(&from_file);
	r = path ? settings_read(path, &from_file, e) : 0;
	free(path);
	return r == ERR_NOTFOUND ? 0 : r;
}

void settings_forget(void)
{
	settings_release(&from_file);
}

char *path_policy(const char *option)
{
	if (option || settings()->policy)
		return strdup(option ? option : settings()->policy);
	return path_config("policy.conf");
}

int path_make_parent(const char *path, struct err *e)
{
	char part[4096];
	char *p;

	if (snprintf(part, sizeof(part), "%s", path) >= (int)sizeof(part))
		return err_set(e, ERR_INVALID, "%s: too long", path);
	for (p = strchr(part + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		if (mkdir(part, 0700) < 0 && errno != EEXIST)
			return err_sys(e, ERR_IO, errno, "%s", part);
		*p = '/';
	}
	return 0;
}
