/* watch_own: what the files of the watcher share: watch.c takes inotify's events, watch_folders.c knows the folders, watch_readers.c tells. */
#ifndef ASSENT_LOCAL_WATCH_OWN_H
#define ASSENT_LOCAL_WATCH_OWN_H

#include "local/api.h"
#include "local/watch.h"

enum { SCANNED_MAX = 1024 };

struct reader;		/* of /files/watch */

struct folder {
	struct folder *next;
	int wd;
	char *path;		/* below the root, "" for itself, else "a/b/" */
};

struct watch {
	struct machine *machine;
	int fd;
	uv_poll_t poll;
	uv_timer_t settle;	/* a name that was moved away, and nobody says where to */
	int handles;
	struct folder *folders[256];	/* by wd */
	int count;
	bool said_many;
	struct reader *readers;
	uint32_t cookie;
	char *moved, *last;	/* the name that was moved away; what was told last as modified */
	bool moved_dir;
	char *scanned[SCANNED_MAX];	/* told as created while a new folder was looked through */
	int scanned_count;
};

/* watch_readers.c. type: created, modified, deleted, renamed (then with the old name). Paths are below the root, as "a/b". A second "modified" in a row is left out. */
void watch_tell(struct watch *w, const char *type, const char *path, const char *old, bool dir);
/* To all readers and on the sandbox's stream: something was not seen. */
void watch_tell_gap(struct watch *w, const char *message);
void watch_end_readers(struct watch *w);	/* their streams end as whole ones */

/* watch_folders.c. Own; NULL: out of memory. */
char *watch_join(const char *folder, const char *name, const char *end);
/* Where inotify's number stands: what it points to is NULL for one that is not watched. */
struct folder **watch_slot(struct watch *w, int wd);
/* Watches it and all below. path: "" or "a/b/". tell_all: what is in it is told as created. depth: 0. Where it cannot be watched, that is told once. */
void watch_add(struct watch *w, const char *path, bool tell_all, int depth);
/* A folder got another name, and all that is below it (to NULL: it is gone). */
void watch_move(struct watch *w, const char *from, const char *to);
/* One that inotify watches no more, as watch_slot() found it. */
void watch_forget(struct watch *w, struct folder **at);
void watch_forget_all(struct watch *w);
/* Was it told as created when its folder was looked through? Asked once for each. */
bool watch_was_scanned(struct watch *w, const char *path);
void watch_clear_scanned(struct watch *w);

#endif
