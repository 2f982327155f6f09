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
#include "local/api.h"

enum { LOG_KEPT = 256 * 1024, ERASE_AFTER_MS = 200 };

struct machine *machine_find(const struct local *l, const char *id)
{
	struct machine *m;

	for (m = l->machines; m && strcmp(m->id, id) != 0; m = m->next)
		;
	return m;
}

void machine_tenant_event(struct machine *m, const char *type)
{
	struct buf b;
	struct jsonw w;

	buf_init(&b, 1024);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "type", type);
	jw_kstr(&w, "id", m->id);
	jw_end(&w, '}');
	events_add(m->local->tenant, type, b.data, b.len);
	buf_release(&b);
}

void machine_event(struct machine *m, const char *type, struct buf *json)
{
	if (!buf_failed(json))
		events_add(m->events, type, buf_cstr(json), json->len);
	buf_release(json);
}

void machine_log(struct machine *m, const char *line, size_t len)
{
	struct buf b;
	struct jsonw w;

	if (m->log.len + len + 1 > LOG_KEPT)
		buf_consume(&m->log, m->log.len / 2);
	buf_append(&m->log, line, len < LOG_KEPT / 4 ? len : LOG_KEPT / 4);
	buf_putc(&m->log, '\n');
	if (!m->log_lines)
		return;
	buf_init(&b, SIZE_MAX - 1);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_key(&w, "line");
	jw_strn(&w, line, len);
	jw_end(&w, '}');
	if (!buf_failed(&b))
		events_add(m->log_lines, "log", b.data, b.len);
	buf_release(&b);
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

static void on_end(void *arg)
{
	struct machine *m = arg;

	snprintf(m->state, sizeof(m->state), "stopped");
	driver_stop(m->driver);
	m->driver = NULL;
	machine_tenant_event(m, m->kind == SESSION_COMPUTER ? "computer.stopped" : "sandbox.destroyed");
}

static int start(struct machine *m, struct err *e)
{
	struct local *l = m->local;
	char workspace[4200], home[4200], x11[4200], auth[4200], authority[4400];
	struct sandbox_bind binds[5] = { 0 };
	const char *env[4] = { 0 };
	bool spaces = l->isolation == ISOLATION_NAMESPACES, computer = m->kind == SESSION_COMPUTER;
	struct sandbox_spec spec = { .loop = l->loop, .isolation = l->isolation, .hostname = computer ? "computer" : "sandbox", .workspace = workspace,
				     .binds = binds, .env = env, .unix_sockets = computer, .on_end = on_end, .arg = m };
	size_t n = 0;
	int r;

	r = make_folder(m->dir, "workspace", workspace, sizeof(workspace), e);
	if (r == 0 && computer)
		r = make_folder(m->dir, "home", home, sizeof(home), e);
	if (r == 0 && computer)
		r = make_folder(m->dir, "x11", x11, sizeof(x11), e);
	if (r == 0 && computer)
		r = make_folder(m->dir, "auth", auth, sizeof(auth), e);
	if (r == 0)
		r = files_open(&m->files, computer ? home : workspace, computer ? "/home/user" : "/workspace", e);
	if (r < 0)
		return r;
	spec.home = spaces ? computer ? "/home/user" : "/workspace" : computer ? home : workspace;
	if (l->config.apps_dir)
		binds[n++] = (struct sandbox_bind){ l->config.apps_dir, "/opt/apps", false };
	if (computer) {
		binds[n++] = (struct sandbox_bind){ home, "/home/user", true };
		binds[n++] = (struct sandbox_bind){ auth, "/run/auth", false };
		binds[n++] = (struct sandbox_bind){ spaces ? x11 : "/tmp", "/tmp/.X11-unix", true };
		snprintf(authority, sizeof(authority), "XAUTHORITY=%s/cookie", spaces ? "/run/auth" : auth);
		env[0] = authority;
	}
	return sandbox_start(&spec, &m->sandbox, e);
}

struct machine *machine_new(struct local *l, enum session_kind kind, const char *name, struct err *e)
{
	struct machine *m = calloc(1, sizeof(*m)), **last = &l->machines;
	bool computer = kind == SESSION_COMPUTER;
	char random[13], folder[4096];
	struct buf b;
	int r;

	if (!m) {
		err_set(e, ERR_NOMEM, "out of memory");
		return NULL;
	}
	m->local = l;
	m->kind = kind;
	m->files.fd = -1;
	m->width = l->config.width;
	m->height = l->config.height;
	m->created_wall_ms = clock_wall_ms();
	m->started_ms = clock_boot_ms();
	buf_init(&m->log, LOG_KEPT);
	random_hex(random, 12);
	snprintf(m->id, sizeof(m->id), "%s_%s", computer ? "cmp" : "sbx", random);
	l->made[!computer]++;
	if (name && name[0])
		snprintf(m->name, sizeof(m->name), "%s", name);
	else
		snprintf(m->name, sizeof(m->name), "%s-%d", computer ? "desk" : "build", l->made[!computer]);
	snprintf(m->state, sizeof(m->state), computer ? "provisioning" : "running");
	snprintf(folder, sizeof(folder), "%s/%s", l->config.state_dir, computer ? "computers" : "sandboxes");
	if (mkdir(folder, 0755) < 0 && errno != EEXIST) {
		err_sys(e, ERR_IO, errno, "%s", folder);
		free(m);
		return NULL;
	}
	r = make_folder(folder, m->id, m->dir, sizeof(m->dir), e);
	m->events = r == 0 ? events_new(l->loop) : NULL;
	m->log_lines = r == 0 ? events_new(l->loop) : NULL;
	uv_timer_init(l->loop, &m->timer);
	m->timer.data = m;
	while (*last)
		last = &(*last)->next;
	*last = m;
	if (r == 0 && (!m->events || !m->log_lines))
		r = err_set(e, ERR_NOMEM, "out of memory");
	if (r == 0)
		r = start(m, e);
	if (r == 0 && computer)
		r = computer_start(m, e);
	if (r < 0) {
		machine_remove(m, true);
		return NULL;
	}
	machine_tenant_event(m, computer ? "computer.created" : "sandbox.created");
	if (!computer) {
		buf_init(&b, 1024);
		buf_printf(&b, "{\"sandbox_id\":\"%s\",\"region\":\"local\"}", m->id);
		machine_event(m, "sandbox.started", &b);
	}
	return m;
}

static void on_timer_closed(uv_handle_t *h)
{
	struct machine *m = h->data;

	buf_release(&m->log);
	processes_free(m);
	free(m);
}

static void on_erase(uv_timer_t *t)
{
	struct machine *m = t->data;

	files_erase(m->dir);
	uv_close((uv_handle_t *)t, on_timer_closed);
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
	sandbox_kill(m->sandbox);
	files_close(&m->files);
	if (m->events) {
		machine_tenant_event(m, m->kind == SESSION_COMPUTER ? "computer.deleted" : "sandbox.destroyed");
		events_close(m->events);
	}
	events_close(m->log_lines);
	m->events = m->log_lines = NULL;
	/* What was killed may still write for a moment. */
	if (erase && m->dir[0])
		uv_timer_start(&m->timer, on_erase, ERASE_AFTER_MS, 0);
	else
		uv_close((uv_handle_t *)&m->timer, on_timer_closed);
}
