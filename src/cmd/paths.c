/* paths: what assent.conf says, and where things are when neither that nor an option does. */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "ui/keymap.h"

enum { ACTIONS_MAX = 100 };

static struct settings from_file;
static struct keymap *own_keys;	/* NULL: those of the program */

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

static size_t list_actions(enum keymap_place place, const char *names[ACTIONS_MAX])
{
	const struct keymap *m = keymap_default();
	size_t i;

	for (i = 0; i < m->count[place] && i < ACTIONS_MAX; i++)
		names[i] = keymap_action(m->rows[place][i].intent);
	return i;
}

/* What the keys of the file mean, and whether they may. */
static int bind_keys(const char *path, struct err *e)
{
	struct keymap_own *own = calloc(from_file.key_count + 1, sizeof(*own));
	struct err why;
	size_t i, wrong;
	int r;

	if (!own)
		return err_set(e, ERR_NOMEM, "out of memory");
	for (i = 0; i < from_file.key_count; i++) {
		const struct settings_keys *k = &from_file.keys[i];

		own[i] = (struct keymap_own){ (enum keymap_place)k->section, k->action, (const char *const *)k->names, k->count };
	}
	r = keymap_make(own, from_file.key_count, &own_keys, &wrong, &why);
	if (r < 0)
		err_set(e, r, "%s:%d: %s", path, from_file.keys[wrong].line, why.msg);
	free(own);
	return r;
}

int settings_load(struct err *e)
{
	_Static_assert((int)KEYMAP_PLACES == (int)SETTINGS_SECTIONS, "each table of keys has its section");
	const char *names[KEYMAP_PLACES][ACTIONS_MAX];
	struct settings_actions a;
	char *path = path_config("assent.conf");
	int r, place;

	for (place = 0; place < KEYMAP_PLACES; place++) {
		a.names[place] = names[place];
		a.counts[place] = list_actions((enum keymap_place)place, names[place]);
	}
	settings_init(&from_file);
	r = path ? settings_read(path, &a, &from_file, e) : 0;
	if (r == 0 && from_file.key_count > 0)
		r = bind_keys(path, e);
	free(path);
	return r == ERR_NOTFOUND ? 0 : r;
}

const struct keymap *settings_keymap(void)
{
	return own_keys ? own_keys : keymap_default();
}

void settings_forget(void)
{
	settings_release(&from_file);
	keymap_free(own_keys);
	own_keys = NULL;
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
