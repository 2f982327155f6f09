/* test_copytree: a folder copied as it is, and what stops a copy: a full disk, a folder nested too deep, somebody's word. */
#include "config.h"

#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "local/copytree.h"

static char top[] = "/tmp/assent-copy.XXXXXX";
static char from[64], to[64];

static int run(const char *command)
{
	char text[512];

	snprintf(text, sizeof(text), "cd '%s' && %s", top, command);
	return system(text);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(strcpy(top, "/tmp/assent-copy.XXXXXX")))
		return -1;
	snprintf(from, sizeof(from), "%s/from", top);
	snprintf(to, sizeof(to), "%s/to", top);
	return run("mkdir from from/d from/empty; echo text >from/d/f; chmod 640 from/d/f; head -c 100000 /dev/urandom >from/big; ln -s d/f from/link; ln -s /nowhere from/d/out;"
		   "mkfifo from/pipe; touch -d 2001-01-01 from/d; chmod 500 from/empty; ln from/big from/other");
}

static int tear_down(void **state)
{
	(void)state;
	return run("chmod -R u+w . && rm -rf from to small") == 0 && rmdir(top) == 0 ? 0 : -1;
}

static int copy(struct err *e)
{
	struct copytree c = { .from = from, .to = to };

	return copytree_run(&c, e);
}

static void all_of_it(void **state)
{
	struct copytree c = { .from = from, .to = to };
	struct err e;

	(void)state;
	assert_int_equal(copytree_run(&c, &e), 0);
	assert_int_equal(run("diff -r --no-dereference -x pipe from to && test -p to/pipe"), 0);
	assert_int_equal(run("(cd from && find . -printf '%p %y %m %t %l\n' | sed 's/\\.[0-9]*//' | sort) >a; (cd to && find . -printf '%p %y %m %t %l\n' | sed 's/\\.[0-9]*//' | sort) >b; cmp a b; r=$?; rm a b; exit $r"), 0);
	assert_int_equal(c.total, 200005);
	assert_int_equal(c.done, 200005);
	assert_int_equal(copytree_run(&c, &e), ERR_IO);	/* it is there already */
}

static void stopped(void **state)
{
	struct copytree c = { .from = from, .to = to, .stop = true };
	struct err e;

	(void)state;
	assert_int_equal(copytree_run(&c, &e), ERR_STATE);
}

static void what_is_not_there(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(run("chmod u+w from/empty && rm -r from"), 0);
	assert_int_equal(copy(&e), ERR_IO);
	assert_int_equal(run("mkdir small && ln -s small from"), 0);	/* nor is a link followed */
	assert_int_equal(copy(&e), ERR_IO);
	assert_int_equal(run("rm from && mkdir from"), 0);
}

static void too_deep(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(run("cd from && i=0 && while [ $i -le 256 ]; do mkdir x && cd -P x && i=$((i + 1)) || exit 1; done"), 0);
	assert_int_equal(copy(&e), ERR_TOOBIG);
}

/* In a mount namespace of its own; where there is none to be had this is not shown. */
static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

/* A namespace of our own, where we may mount and are still ourselves. */
static bool unshare_mounts(void)
{
	char users[64], groups[64];

	if (geteuid() == 0)
		return unshare(CLONE_NEWNS) == 0;
	snprintf(users, sizeof(users), "%u %u 1\n", (unsigned int)geteuid(), (unsigned int)geteuid());
	snprintf(groups, sizeof(groups), "%u %u 1\n", (unsigned int)getegid(), (unsigned int)getegid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && put("/proc/self/uid_map", users) && put("/proc/self/setgroups", "deny") &&
	       put("/proc/self/gid_map", groups);
}

static void a_full_disk(void **state)
{
	struct err e;
	int status;
	pid_t pid;

	(void)state;
	assert_int_equal(run("mkdir small"), 0);
	snprintf(to, sizeof(to), "%s/small/to", top);
	pid = fork();
	if (pid == 0) {
		char small[80];
		int r;

		snprintf(small, sizeof(small), "%s/small", top);
		if (!unshare_mounts() || mount("none", "/", "", MS_REC | MS_PRIVATE, NULL) < 0 ||
		    mount("small", small, "tmpfs", 0, "size=64k") < 0)
			_exit(77);
		r = copy(&e);
		_exit(r == ERR_IO && strstr(e.msg, "No space left") ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	snprintf(to, sizeof(to), "%s/to", top);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(all_of_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(stopped, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_not_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(too_deep, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_full_disk, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
