/* machine: sandboxes and computers: their folders, their start and end, their events. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "local/accessible.h"
#include "local/api.h"
#include "local/control.h"
#include "local/snapshots.h"
#include "local/trail.h"
#include "local/watch.h"

enum { LOG_TEXT_MAX = 1024 * 1024, LINE_MAX_BYTES = 64 * 1024, ERASE_AFTER_MS = 200 };

struct machine *machine_find(const struct local *l, const char *id)
{
	struct machine *m;

	for (m = l->machines; m && strcmp(m->id, id) != 0; m = m->next)
		;
	return m;
}

void machine_tenant_event(struct machine *m, const char *type)
{
	struct buf more;

	buf_init(&more, 1024);
	if (strstr(type, ".created"))
		buf_puts(&more, m->kind == SESSION_COMPUTER ? "\"size\":\"local\",\"workspace_id\":\"local\"" : "\"image\":\"miosa-sandbox\",\"workspace_id\":\"local\"");
	else if (strstr(type, ".ready") || strstr(type, ".running"))
		buf_printf(&more, "\"status\":\"%s\"", m->state);
	else if (strstr(type, ".error"))
		buf_puts(&more, "\"error\":\"ended\",\"reason\":\"its supervisor ended, and all that ran in it\"");
	api_tenant_event(m->local, type, m->id, more.len > 0 ? &more : NULL);
	buf_release(&more);
}

void machine_event(struct machine *m, const char *type, struct buf *json)
{
	if (!buf_failed(json))
		events_add(m->events, type, buf_cstr(json), json->len);
	buf_release(json);
}

void machine_log(struct machine *m, int stream, const char *exec, int64_t pid, const char *line, size_t len)
{
	struct buf b;
	struct jsonw w;

	if (!m->log_lines)
		return;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "line");
	jw_strn(&w, line, len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES);
	jw_kstr(&w, "stream", stream == 2 ? "stderr" : "stdout");
	if (exec)
		jw_kstr(&w, "exec_id", exec);
	if (pid > 0)
		jw_kint(&w, "pid", pid);
	jw_kint(&w, "timestamp", clock_wall_ms());
	jw_end(&w, '}');
	if (!buf_failed(&b))
		events_add(m->log_lines, "log", b.data, b.len);
	buf_release(&b);
}

/* From so far back that the lines may be there, in steps that grow. */
void machine_log_text(const struct machine *m, size_t lines, struct buf *out)
{
	const struct trail *t = m->log_lines ? events_trail(m->log_lines) : NULL;
	uint64_t end = t ? trail_end(t) : 0, at = t && end > trail_first(t) + LOG_TEXT_MAX ? end - LOG_TEXT_MAX : t ? trail_first(t) : 0, next;
	struct trail_event event;
	struct json_doc d;
	struct buf kept;
	size_t total = 0;
	const char *p, *stop;

	buf_init(&kept, SIZE_MAX - 1);
	while (at < end && trail_read(t, at, LOG_TEXT_MAX, &kept, &next, NULL) == 0)
		at = next;
	for (p = kept.data; p && (p = memchr(p, '\n', kept.len - (size_t)(p - kept.data))) != NULL; p++)
		total++;
	for (p = kept.data; p && (stop = memchr(p, '\n', kept.len - (size_t)(p - kept.data))) != NULL; p = stop + 1, total--) {
		/* The first may be the rest of a line. */
		if (total > lines || !trail_parse(p, (size_t)(stop - p), &event) || json_parse(event.json, event.len, &d, NULL) < 0)
			continue;
		json_str(&d, json_get(&d, json_root(&d), "line"), out);
		buf_putc(out, '\n');
		json_release(&d);
	}
	buf_release(&kept);
}

void machine_time(const struct machine *m, char *out, size_t size)
{
	time_t t = (time_t)(m->created_wall_ms / 1000);
	struct tm tm;

	gmtime_r(&t, &tm);
	if (strftime(out, size, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
}

void machine_json(const struct machine *m, struct jsonw *w)
{
	char created[40];

	machine_time(m, created, sizeof(created));
	jw_begin(w, '{');
	jw_kstr(w, "id", m->id);
	jw_kstr(w, "name", m->name);
	jw_kstr(w, m->kind == SESSION_COMPUTER ? "status" : "state", m->state);
	jw_kbool(w, "ready", strcmp(m->state, "running") == 0);
	jw_kstr(w, "template_id", m->kind == SESSION_COMPUTER ? "miosa-desktop" : "miosa-sandbox");
	if (m->kind == SESSION_COMPUTER) {
		jw_kint(w, "width", m->width);
		jw_kint(w, "height", m->height);
	}
	jw_kstr(w, "isolation", m->local->isolation == ISOLATION_NAMESPACES ? "namespaces" : "landlock");
	if (m->local->isolation_why[0])
		jw_kstr(w, "isolation_why", m->local->isolation_why);
	jw_kstr(w, "limits", "rlimit");
	jw_kbool(w, "persistent", true);
	if (m->kind == SESSION_SANDBOX)
		lifecycle_json(m, w);
	jw_kstr(w, "created_at", created);
	jw_end(w, '}');
}

/* The sandbox's uid owns what is inside; nobody else looks in. */
static int make_folder(const char *dir, const char *name, char *path, size_t size, struct err *e)
{
	snprintf(path, size, "%s/%s", dir, name);
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return err_sys(e, ERR_IO, errno, "%s", path);
	if (geteuid() == 0 && chown(path, sandbox_uid(), sandbox_uid()) < 0)
		return err_sys(e, ERR_IO, errno, "%s", path);
	return 0;
}

void machine_set_state(struct machine *m, const char *state)
{
	struct err e;

	if (strcmp(m->state, state) == 0)
		return;
	snprintf(m->state, sizeof(m->state), "%s", state);
	if (machine_save(m, &e) < 0)
		fprintf(stderr, "assent-local: %s is %s, which cannot be kept: %s\n", m->name, state, e.msg);
}

/* NULL first: who hears of a command's end there sees that the whole ends. */
static void end_sandbox(struct machine *m)
{
	struct sandbox *s = m->sandbox;

	m->sandbox = NULL;
	sandbox_kill(s);
}

void machine_stop(struct machine *m, const char *state)
{
	preview_close_all(m);
	driver_stop(m->driver);
	m->driver = NULL;
	uv_timer_stop(&m->timer);
	end_sandbox(m);
	m->deadline_ms = 0;
	machine_set_state(m, state);
}

/* Its supervisor ended by itself, and with it all that ran. */
static void on_end(void *arg)
{
	struct machine *m = arg;
	bool computer = m->kind == SESSION_COMPUTER;

	fprintf(stderr, "assent-local: %s ended by itself: its supervisor is gone, and with it all that ran there\n", m->name);
	machine_stop(m, computer ? "stopped" : "error");
	machine_tenant_event(m, computer ? "computer.stopped" : "sandbox.error");
}

int machine_open_files(struct machine *m, struct err *e)
{
	static const char *const more[] = { "home", "x11", "auth" };
	bool computer = m->kind == SESSION_COMPUTER;
	char workspace[4200], home[4200], path[4200];
	size_t i;
	int r;

	r = make_folder(m->dir, "workspace", workspace, sizeof(workspace), e);
	for (i = 0; r == 0 && computer && i < ARRAY_LEN(more); i++)
		r = make_folder(m->dir, more[i], i == 0 ? home : path, sizeof(path), e);
	if (r < 0)
		return r;
	files_close(&m->files);
	return files_open(&m->files, computer ? home : workspace, m->files.root, e);
}

static int start_sandbox(struct machine *m, struct err *e)
{
	struct local *l = m->local;
	char workspace[4200], home[4200], x11[4200], auth[4200], authority[4400];
	struct sandbox_bind binds[5] = { 0 };
	const char *env[5] = { 0 };
	bool spaces = l->isolation == ISOLATION_NAMESPACES, computer = m->kind == SESSION_COMPUTER;
	struct sandbox_spec spec = { .loop = l->loop, .isolation = l->isolation, .hostname = computer ? "computer" : "sandbox", .workspace = workspace,
				     .binds = binds, .env = env, .unix_sockets = computer, .on_end = on_end, .arg = m };
	size_t n = 0;
	int r = machine_open_files(m, e);

	if (r < 0)
		return r;
	snprintf(workspace, sizeof(workspace), "%s/workspace", m->dir);
	snprintf(home, sizeof(home), "%s/home", m->dir);
	snprintf(x11, sizeof(x11), "%s/x11", m->dir);
	snprintf(auth, sizeof(auth), "%s/auth", m->dir);
	spec.home = spaces ? computer ? "/home/user" : "/workspace" : computer ? home : workspace;
	if (l->config.apps_dir)
		binds[n++] = (struct sandbox_bind){ l->config.apps_dir, "/opt/apps", false };
	if (computer) {
		binds[n++] = (struct sandbox_bind){ home, "/home/user", true };
		binds[n++] = (struct sandbox_bind){ auth, "/run/auth", false };
		binds[n++] = (struct sandbox_bind){ spaces ? x11 : "/tmp", "/tmp/.X11-unix", true };
		snprintf(authority, sizeof(authority), "XAUTHORITY=%s/cookie", spaces ? "/run/auth" : auth);
		env[0] = authority;
		/* Programs that can tell what they show do so when they find this; Qt and Firefox want to be told besides. */
		if (spaces && accessible_available()) {
			env[1] = "AT_SPI_BUS_ADDRESS=" ACCESSIBLE_BUS;
			env[2] = "QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1";
			env[3] = "GNOME_ACCESSIBILITY=1";
		}
	}
	return sandbox_start(&spec, &m->sandbox, e);
}

int machine_start(struct machine *m, struct err *e)
{
	bool computer = m->kind == SESSION_COMPUTER;
	struct buf b;
	int r;

	m->tries = 0;
	m->started_ms = m->last_used_ms = clock_boot_ms();
	m->deadline_ms = m->timeout_sec > 0 ? m->started_ms + m->timeout_sec * 1000 : 0;
	m->said_idle = false;
	r = start_sandbox(m, e);
	if (r == 0 && computer)
		r = computer_start(m, e);
	if (r < 0) {
		machine_stop(m, "error");
		return r;
	}
	machine_set_state(m, computer ? "provisioning" : "running");
	if (!computer) {
		machine_tenant_event(m, "sandbox.ready");
		buf_init(&b, 1024);
		buf_printf(&b, "{\"sandbox_id\":\"%s\",\"region\":\"local\"}", m->id);
		machine_event(m, "sandbox.started", &b);
	}
	return 0;
}

static struct machine *make(struct local *l, enum session_kind kind, const char *id, struct err *e)
{
	struct machine *m = calloc(1, sizeof(*m)), **last = &l->machines;
	char folder[4096], path[4200];
	struct err wrong;
	int r;

	if (!m) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	m->local = l;
	m->kind = kind;
	m->holds = 1;
	m->files = (struct files){ .fd = -1, .root = kind == SESSION_COMPUTER ? "/home/user" : "/workspace" };
	m->width = l->config.width;
	m->height = l->config.height;
	m->created_wall_ms = clock_wall_ms();
	m->started_ms = clock_boot_ms();
	snprintf(m->id, sizeof(m->id), "%s", id);
	snprintf(folder, sizeof(folder), "%s/%s", l->config.state_dir, kind == SESSION_COMPUTER ? "computers" : "sandboxes");
	r = mkdir(folder, 0755) < 0 && errno != EEXIST ? err_sys(&wrong, ERR_IO, errno, "%s", folder) : 0;
	if (r == 0)
		r = make_folder(folder, m->id, m->dir, sizeof(m->dir), &wrong);
	snprintf(path, sizeof(path), "%s/events", m->dir);
	m->events = r == 0 ? events_open(l->loop, path, &wrong) : NULL;
	snprintf(path, sizeof(path), "%s/log", m->dir);
	m->log_lines = m->events ? events_open(l->loop, path, &wrong) : NULL;
	if (!m->log_lines) {
		if (e)
			*e = wrong;
		events_close(m->events);
		free(m);
		return NULL;
	}
	uv_timer_init(l->loop, &m->timer);
	m->timer.data = m;
	while (*last)
		last = &(*last)->next;
	*last = m;
	return m;
}

struct machine *machine_again(struct local *l, enum session_kind kind, const char *id, struct err *e)
{
	return make(l, kind, id, e);
}

static struct machine *make_named(struct local *l, enum session_kind kind, const char *name, bool copying, struct err *e)
{
	bool computer = kind == SESSION_COMPUTER;
	char random[13], id[48];
	struct machine *m;

	random_hex(random, 12);
	snprintf(id, sizeof(id), "%s_%s", computer ? "cmp" : "sbx", random);
	m = make(l, kind, id, e);
	if (!m)
		return NULL;
	if (name && name[0])
		snprintf(m->name, sizeof(m->name), "%s", name);
	else
		snprintf(m->name, sizeof(m->name), "%s-%d", computer ? "desk" : "build", ++l->made[!computer]);
	snprintf(m->state, sizeof(m->state), "provisioning");
	m->copying = copying;
	if (machine_save(m, e) < 0) {
		machine_remove(m, true);
		return NULL;
	}
	machine_tenant_event(m, computer ? "computer.created" : "sandbox.created");
	return m;
}

struct machine *machine_empty(struct local *l, enum session_kind kind, const char *name, struct err *e)
{
	return make_named(l, kind, name, true, e);
}

struct machine *machine_new(struct local *l, enum session_kind kind, const char *name, struct err *e)
{
	struct machine *m = make_named(l, kind, name, false, e);

	if (m && machine_start(m, e) < 0) {
		machine_remove(m, true);
		return NULL;
	}
	return m;
}

void machine_hold(struct machine *m)
{
	m->holds++;
}

void machine_let_go(struct machine *m)
{
	if (--m->holds > 0)
		return;
	processes_free(m);
	free(m->tags);
	free(m->metadata);
	free(m->env);
	free(m);
}

static void on_timer_closed(uv_handle_t *h)
{
	machine_let_go(h->data);
}

/* What was killed may have written until now; what works on it outside the loop has still to end. */
static void on_erase(uv_timer_t *t)
{
	struct machine *m = t->data;

	if (m->holds > 1)
		return;
	uv_timer_stop(t);
	machines_erase(m->local, m->dir);
	uv_close((uv_handle_t *)t, on_timer_closed);
}

/* Under another name at once: should we be killed before it is erased, it does not come back. */
static void rename_away(struct machine *m)
{
	const char *slash = strrchr(m->dir, '/');
	char gone[sizeof(m->dir)];

	if (snprintf(gone, sizeof(gone), "%.*s/.gone-%s", (int)(slash - m->dir), m->dir, m->id) < (int)sizeof(gone) && rename(m->dir, gone) == 0)
		memcpy(m->dir, gone, sizeof(gone));
	else
		fprintf(stderr, "assent-local: %s: %s\n", m->dir, strerror(errno));
}

void machine_remove(struct machine *m, bool erase)
{
	struct machine **p = &m->local->machines;

	while (*p != m)
		p = &(*p)->next;
	*p = m->next;
	m->closing = true;
	preview_close_all(m);
	driver_stop(m->driver);
	end_sandbox(m);
	snapshots_close(m);
	watch_end(m);
	files_close(&m->files);
	control_forget(m);
	if (erase)
		machine_tenant_event(m, m->kind == SESSION_COMPUTER ? "computer.deleted" : "sandbox.destroyed");
	events_close(m->events);
	events_close(m->log_lines);
	m->events = m->log_lines = NULL;
	if (erase) {
		rename_away(m);
		uv_timer_start(&m->timer, on_erase, ERASE_AFTER_MS, ERASE_AFTER_MS);
	} else {
		uv_close((uv_handle_t *)&m->timer, on_timer_closed);
	}
}
