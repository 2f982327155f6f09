/* files: a session's workspace as the files API sees it. No path and no link leads out of it. */
#ifndef ASSENT_LOCAL_FILES_H
#define ASSENT_LOCAL_FILES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

#define FILES_READ_MAX (64 * 1024 * 1024)
#define FILES_COPY_MAX (256 * 1024 * 1024)
#define FILES_DEPTH_MAX 64	/* of folders in a copy */
#define FILES_LIST_MAX 20000	/* entries of one list or tree; more: ERR_TOOBIG */

struct files {
	int fd;			/* the folder, O_PATH; own */
	const char *root;	/* its name inside, "/workspace"; borrowed */
};

/* dir: the folder outside; root: borrowed. ERR_IO; fd is -1 then, and closing is fine. */
int files_open(struct files *f, const char *dir, const char *root, struct err *e);
void files_close(struct files *f);
/* The part of a path below root, "." for root itself, without judging it; NULL: it is elsewhere. Points into path. */
const char *files_below(const struct files *f, const char *path);
/* path: absolute below root, or relative to it. ERR_NOTFOUND, ERR_INVALID (outside), ERR_TOOBIG, ERR_IO. */
int files_read(const struct files *f, const char *path, struct buf *out, struct err *e);
/* Folders above are made. */
int files_write(const struct files *f, const char *path, const void *data, size_t len, struct err *e);
int files_delete(const struct files *f, const char *path, struct err *e);	/* a folder with all below */
/* {"path","entries":[{name,path,size,is_dir,modified_at}]}, depth levels deep. */
int files_list(const struct files *f, const char *path, int depth, struct jsonw *w, struct err *e);
/* {"path","name","type":"dir"|"file","size","modified_at","children":[...]}, depth levels deep. */
int files_tree(const struct files *f, const char *path, int depth, struct jsonw *w, struct err *e);
/* {"path","size","mode","is_dir","is_symlink","modified_at"} */
int files_stat(const struct files *f, const char *path, struct jsonw *w, struct err *e);
int files_mkdir(const struct files *f, const char *path, struct err *e);	/* with those above */
/* files_change.c. A name that is there already is replaced, unless it is a folder with something in it. ERR_INVALID for what stands in the way. */
int files_rename(const struct files *f, const char *from, const char *to, struct err *e);
int files_chmod(const struct files *f, const char *path, unsigned int mode, struct err *e);	/* the rwx bits only */
/* Folders with recursive only; what is there already stays, and is written over where names meet. ERR_TOOBIG: over FILES_COPY_MAX or FILES_LIST_MAX. */
int files_copy(const struct files *f, const char *from, const char *to, bool recursive, struct err *e);
/* An open file or folder; own, or negative. */
int files_open_below(const struct files *f, const char *path, int flags, mode_t mode, struct err *e);
/* A session's folder that nobody lives in any more, with all below; follows no link. */
void files_erase(const char *dir);

#endif
