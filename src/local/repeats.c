/* repeats: see repeats.h. One file for each key below STATE/repeats: the digest of the request, the status, the answer. */
#include "config.h"

#include "local/repeats.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "io/textfile.h"
#include "local/api.h"

enum { KEPT_SEC = 24 * 3600, KEY_MAX = 255, ANSWER_MAX = 1024 * 1024, HEAD = DIGEST_HEX + 5 };

/* The request that is being answered; routes that take a key answer before they return. */
static struct {
	const struct server_req *req;
	char path[4200], digest[DIGEST_HEX + 1];
} current;

static bool honours(const char *route)
{
	static const char *const all[] = {
		"/sandboxes", "/sandboxes/{}/pause", "/sandboxes/{}/resume", "/sandboxes/{}/stop", "/sandboxes/{}/extend", "/sandboxes/{}/fork", "/sandboxes/{}/deploy",
		"/sandboxes/{}/snapshots", "/sandboxes/{}/previews", "/sandboxes/{}/expose", "/computers",
		"/computers/{}/clone", "/computers/{}/snapshots", "/computers/{}/snapshots/{}/restore", "/computers/{}/checkpoints", "/computers/{}/cua/sessions",
		"/computers/{}/control/sessions", "/runs", "/agent-runs", "/actions/grants",
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(all); i++)
		if (strcmp(all[i], route) == 0)
			return true;
	return false;
}

static void file_of(const struct local *l, const struct server_req *r, const char *key, char *out, size_t size)
{
	struct digest_ctx *d = digest_new();
	const char *path = server_head(r)->path;
	char hex[DIGEST_HEX + 1];

	if (!d)
		abort();
	digest_update(d, path, strlen(path) + 1);
	digest_update(d, key, strlen(key));
	digest_final_hex(d, hex);
	snprintf(out, size, "%s/repeats/%s", l->config.state_dir, hex);
}

static bool fresh(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_mtime + KEPT_SEC > time(NULL);
}

bool repeats_answer(struct local *l, struct server_req *r, const char *route)
{
	static const char *const json[] = { "Content-Type: application/json", NULL };
	const char *key = http_field(server_head(r), "idempotency-key"), *body;
	struct buf kept;
	size_t len;
	bool done;

	current.req = NULL;
	if (!key || server_head(r)->method != HTTP_POST || !honours(route))
		return false;
	if (!key[0] || strlen(key) > KEY_MAX) {
		api_error(r, 422, "VALIDATION_ERROR", "Idempotency-Key must have 1 to %d bytes", KEY_MAX);
		return true;
	}
	body = server_body(r, &len);
	digest_hex(body, len, current.digest);
	file_of(l, r, key, current.path, sizeof(current.path));
	done = fresh(current.path) && textfile_read(current.path, ANSWER_MAX + HEAD, &kept, NULL) == 0;
	if (!done) {
		current.req = r;
		return false;
	}
	if (kept.len < HEAD || memcmp(kept.data, current.digest, DIGEST_HEX) != 0)
		api_error(r, 409, "IDEMPOTENCY_PAYLOAD_MISMATCH", "this Idempotency-Key came with another body before");
	else
		server_reply(r, atoi(kept.data + DIGEST_HEX + 1), json, kept.data + HEAD, kept.len - HEAD);
	buf_release(&kept);
	return true;
}

void repeats_keep(const struct server_req *r, int status, const char *body, size_t len)
{
	char part[4300], head[HEAD + 16], *slash;
	int fd;

	if (current.req != r || !r)
		return;
	current.req = NULL;
	if (status >= 500 || len > ANSWER_MAX)
		return;		/* it may be tried again */
	snprintf(part, sizeof(part), "%s", current.path);
	slash = strrchr(part, '/');
	*slash = '\0';
	mkdir(part, 0700);
	snprintf(part, sizeof(part), "%s.new", current.path);
	snprintf(head, sizeof(head), "%s %03d\n", current.digest, status);
	fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, head, HEAD) != HEAD || write(fd, body, len) != (ssize_t)len || rename(part, current.path) < 0)
		fprintf(stderr, "assent-local: %s: %s; a repeat of this request acts again\n", part, strerror(errno));
	if (fd >= 0)
		close(fd);
}

void repeats_sweep(struct local *l)
{
	char folder[4200], path[4600];
	struct dirent *d;
	DIR *dir;

	snprintf(folder, sizeof(folder), "%s/repeats", l->config.state_dir);
	dir = opendir(folder);
	while (dir && (d = readdir(dir)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", folder, d->d_name);
		if (d->d_name[0] != '.' && !fresh(path))
			unlink(path);
	}
	if (dir)
		closedir(dir);
}
