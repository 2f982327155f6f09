/* doctor_record: assent-gate's look at the record, for assent doctor. See cmd.h. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "io/picstore.h"
#include "io/png.h"
#include "io/store.h"

static void say(const char *what, const char *finding, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void say(const char *what, const char *finding, const char *fmt, ...)
{
	va_list ap;

	printf("%s\t%s\t", finding, what);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

/* The pictures that the record names. */
struct picture_look {
	struct picstore *store;
	int count, bad;
	struct err e;			/* of the first that is bad */
};

static void look_at_picture(const char *sha256, void *arg)
{
	struct picture_look *l = arg;
	struct buf png;
	struct err e;

	buf_init(&png, PNG_BYTES_MAX);
	l->count++;
	if (picstore_get(l->store, sha256, &png, &e) < 0 && l->bad++ == 0)
		l->e = e;
	buf_release(&png);
}

static void look_at_pictures(const char *dir, struct store *s)
{
	struct picture_look l = { 0 };
	char path[4200];
	struct err e;

	snprintf(path, sizeof(path), "%s/pictures", dir);
	if (access(path, F_OK) < 0 || picstore_open(path, &l.store, &e) < 0)
		snprintf(l.e.msg, sizeof(l.e.msg), "%.500s: not there", path);
	else if (store_pictures(s, look_at_picture, &l, &e) < 0)
		say("screens", "bad", "%s", e.msg);
	if (!l.store)
		say("screens", "note", "%s", l.e.msg);
	else if (l.bad > 0)
		say("screens", "bad", "%d of %d are not what the record names: %s", l.bad, l.count, l.e.msg);
	else
		say("screens", "ok", "%s: %d, each as the record names it", path, l.count);
	picstore_close(l.store);
}

int cmd_look_at_record(int argc, char **argv)
{
	struct store *s = NULL;
	struct err e;

	if (argc != 2)
		return complain("doctor", EXIT_USAGE, "--look-at-record takes a state folder");
	if (store_open(argv[1], &s, &e) < 0 || store_verify(s, &e) < 0)
		say("record", "bad", "%s", e.msg);
	else
		say("record", "ok", "%s/journal.db: the chain is whole", argv[1]);
	if (s)
		look_at_pictures(argv[1], s);
	store_close(s);
	return EXIT_YES;
}
