/* group: the users of a group: those whose first group it is, and those whom it lists. */
#include "config.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "gate/gate.h"

static int add(struct operator_group *g, uid_t uid)
{
	uid_t *more;
	size_t i;

	for (i = 0; i < g->count; i++)
		if (g->uids[i] == uid)
			return 0;
	more = realloc(g->uids, (g->count + 1) * sizeof(*more));
	if (!more)
		return -1;
	g->uids = more;
	g->uids[g->count++] = uid;
	return 0;
}

int group_read(const char *name, struct operator_group *ret, struct err *e)
{
	char *rest, **member, **names = NULL;
	unsigned long number = strtoul(name, &rest, 10);
	struct group *group;
	struct passwd *pw;
	size_t count = 0, i;
	int r = 0;

	errno = 0;
	group = *rest || rest == name ? getgrnam(name) : getgrgid((gid_t)number);
	if (!group)
		return err_set(e, ERR_NOTFOUND, "--operator-group %s: there is no such group", name);
	*ret = (struct operator_group){ .gid = group->gr_gid };
	for (member = group->gr_mem; *member; member++)
		count++;
	names = calloc(count + 1, sizeof(*names));
	for (i = 0; names && i < count; i++)
		names[i] = strdup(group->gr_mem[i]);
	setpwent();
	while (names && r == 0 && (pw = getpwent()) != NULL) {
		bool in = pw->pw_gid == ret->gid;

		for (i = 0; i < count; i++)
			in |= names[i] && strcmp(names[i], pw->pw_name) == 0;
		if (in)
			r = add(ret, pw->pw_uid);
	}
	endpwent();
	if (!names)
		r = -1;
	for (i = 0; names && i < count; i++)
		free(names[i]);
	free(names);
	if (r == 0)
		return 0;
	free(ret->uids);
	*ret = (struct operator_group){ 0 };
	return err_set(e, ERR_NOMEM, "out of memory");
}
