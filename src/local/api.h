/* api: the server of assent-local: its sessions, its routes, its answers. */
#ifndef ASSENT_LOCAL_API_H
#define ASSENT_LOCAL_API_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "base/json.h"
#include "core/classify.h"
#include "io/server.h"
#include "local/authority.h"
#include "local/driver.h"
#include "local/events.h"
#include "local/files.h"
#include "local/sandbox.h"
#include "local/tickets.h"

struct local_config {
	const char *host;
	int port;
	const char *state_dir, *apps_dir;	/* apps_dir NULL: none */
	int sandboxes, computers;
	int width, height;			/* of screens, pixels */
	bool no_namespaces;
};

/* A sandbox, or a computer: that is a sandbox with a screen. What it is stands in DIR/machine.json, so that it comes back after a restart. */
struct machine {
	struct machine *next;
	struct local *local;
	enum session_kind kind;
	char id[48], name[64];
	char state[16];			/* "provisioning", "running", "paused", "stopped", "error"; set by machine_set_state() */
	char dir[4096];			/* workspace/, and for computers home/, x11/, auth/ below; its events and log lines beside them */
	struct sandbox *sandbox;	/* NULL while nothing can run in it */
	struct events *events, *log_lines;
	struct events *agent_events;	/* computers: of their sessions; NULL until somebody asks */
	struct files files;
	struct driver *driver;		/* computers */
	struct preview *previews;
	struct process *processes;	/* own; also those that ended */
	int width, height;
	int64_t started_ms, created_wall_ms;
	struct snapshot *snapshots;	/* own */
	struct job *job;		/* a copy that is being made, of it or for it; NULL: none */
	struct watch *watch;		/* own; NULL: nobody asked yet */
	char *tags, *metadata, *env;	/* own; JSON; NULL: none */
	int64_t timeout_sec, idle_timeout_sec;	/* 0: none */
	int64_t deadline_ms, last_used_ms;	/* boot time; deadline 0: none */
	int busy;			/* commands and processes that run */
	bool said_idle;
	bool copying;			/* a fork that is not whole yet: after a restart it is none */
	uv_timer_t timer;		/* waits for the X server; at the end for the last processes */
	bool closing;
	int tries;
	int holds;			/* its memory goes with the last one */
};

struct local {
	uv_loop_t *loop;
	struct local_config config;
	struct server *server;
	char token[96];
	enum isolation isolation;
	char isolation_why[1024];	/* "" with namespaces */
	struct machine *machines;
	struct events *tenant;
	uv_timer_t tick;		/* lifecycle.c */
	struct authority *authority;
	struct tickets tickets;
	struct exec_ticket *exec_tickets;
	struct control *controls;	/* sessions on computers */
	struct run *runs;
	int made[2];			/* the highest number in a name: computers, sandboxes */
};

enum { API_IDS = 3 };

/* One request with what routes need of it. */
struct api_call {
	struct local *local;
	const struct api_route *route;
	struct server_req *req;
	struct machine *machine;	/* of the path; NULL for collections */
	char ids[API_IDS][128];		/* the path's {}, decoded, in order */
	const char *rest;		/* of the path behind the template's literal part, for files */
	struct json_doc body;		/* a parsed object, when the route wants one */
	int root;
};

struct api_route {
	enum http_method method;
	const char *template;		/* below /api/v1; {} an id, behind /computers and /sandboxes the session's; a last {*} the rest */
	bool wants_body;
	bool wants_running;
	void (*handle)(struct api_call *c);
};

extern const struct api_route routes_sandbox[], routes_computer[], routes_desktop[], routes_exec[], routes_files[], routes_control[], routes_runs[], routes_actions[], routes_tree[],
	routes_workspace[];
extern const size_t routes_sandbox_count, routes_computer_count, routes_desktop_count, routes_exec_count, routes_files_count, routes_control_count, routes_runs_count, routes_actions_count, routes_tree_count,
	routes_workspace_count;

void api_request(struct server_req *r, void *arg);	/* every request; arg: the struct local */
void api_json(struct server_req *r, int status, struct buf *b);	/* releases b */
/* An answer whose object or list stands under "data": begins it; what is written to w is that value; then it is sent. */
void api_data(struct buf *b, struct jsonw *w);
void api_send_data(struct api_call *c, int status, struct buf *b, struct jsonw *w);
void api_error(struct server_req *r, int status, const char *code, const char *fmt, ...) __attribute__((format(printf, 4, 5)));	/* in MIOSA's envelope */
/* By an error code: 404, 422, 413, 501, 500. */
void api_failed(struct server_req *r, int code, const struct err *e);
/* 422 VALIDATION_ERROR and false when the field is missing or no string / integer. own string. */
bool api_string(struct api_call *c, const char *key, char **ret);
bool api_int(struct api_call *c, const char *key, int64_t *ret);
/* true when the field is there; wrong types are answered with 422, *ret_bad tells. */
bool api_optional_int(struct api_call *c, const char *key, int64_t *ret, bool *ret_bad);
/* NULL and true when it is absent or null; own string. false: it was answered with 422. */
bool api_optional_string(struct api_call *c, const char *key, char **ret);
/* The body has no other fields than these, NULL-terminated; else false, and it was answered with 422. */
bool api_only(struct api_call *c, const char *const *keys);
char *api_query(struct api_call *c, const char *name);	/* own; NULL when absent */
/* A whole number of the query; *ret stays where it is absent. False: answered with 422. */
bool api_query_int(struct api_call *c, const char *name, int64_t least, int64_t most, int64_t *ret);
/* The asker takes event streams: its Accept says so. */
bool api_wants_stream(const struct api_call *c);
/* To the tenant's stream: {type, id, tenant_id, ts, and with more != NULL its own fields, as JSON without the braces}. */
void api_tenant_event(struct local *l, const char *type, const char *id, const struct buf *more);

/* routes_sandbox.c: what computers have too */
void routes_list(struct api_call *c, enum session_kind kind);
void routes_show(struct api_call *c, const struct machine *m, int status);	/* the machine as the answer */
void routes_create(struct api_call *c, enum session_kind kind);
void routes_logs(struct api_call *c);

/* machine.c */
struct machine *machine_find(const struct local *l, const char *id);
/* Makes one and starts it. name may be NULL. */
struct machine *machine_new(struct local *l, enum session_kind kind, const char *name, struct err *e);
/* A sandbox whose workspace is still to be copied to its place. */
struct machine *machine_empty(struct local *l, enum session_kind kind, const char *name, struct err *e);
/* One that was there before, of its kept file. Adds it to the list; it is not started. NULL: out of memory, or its files cannot be opened. */
struct machine *machine_again(struct local *l, enum session_kind kind, const char *id, struct err *e);
/* Its folders are made, and its files can be read. */
int machine_open_files(struct machine *m, struct err *e);
/* Starts what is not running: nothing of before runs in it. */
int machine_start(struct machine *m, struct err *e);
/* All that runs in it ends; its files stay. state: what it is then. */
void machine_stop(struct machine *m, const char *state);
/* Everything in it dies. erase: its files go too, a moment later; else they stay in the state folder. */
void machine_remove(struct machine *m, bool erase);
void machine_set_state(struct machine *m, const char *state);	/* and kept on disk, for a restart */
/* While something outside the loop works on it. */
void machine_hold(struct machine *m);
void machine_let_go(struct machine *m);	/* the memory of one that was removed goes with the last */
void machine_event(struct machine *m, const char *type, struct buf *json);	/* releases json */
/* stream: 1 out, 2 err. Whose line it is: a command's id (exec), a process's number (pid), or NULL and 0: nobody else tells it. */
void machine_log(struct machine *m, int stream, const char *exec, int64_t pid, const char *line, size_t len);
/* Its newest lines, as text. */
void machine_log_text(const struct machine *m, size_t lines, struct buf *out);
void machine_json(const struct machine *m, struct jsonw *w);	/* as GET /sandboxes/{id} and /computers/{id} have it */
void machine_time(const struct machine *m, char *out, size_t size);	/* when it was made, ISO 8601 */
void machine_tenant_event(struct machine *m, const char *type);

/* machine_keep.c */
int machine_save(const struct machine *m, struct err *e);
/* All that the state folder has comes back; those that ran run again. What cannot is said on standard error. */
void machines_load(struct local *l);
/* A folder goes away, with all below, outside the loop. */
void machines_erase(struct local *l, const char *dir);

bool computer_available(char *why, size_t size);	/* are the programs of a desktop here? why: what to install, where not */

/* lifecycle.c: names, labels, ends in time */
void lifecycle_begin(struct local *l);
void lifecycle_end(struct local *l);
/* Something was begun in it, or ended. */
void lifecycle_used(struct machine *m, int more);
struct labels {
	char *name, *tags, *metadata, *env;	/* own; NULL: not given */
	int64_t timeout_sec, idle_timeout_sec;
	bool timed, idles;		/* whether those were given */
};
/* Of a request's body. False: a field is wrong, and it was answered with 422. */
bool labels_read(struct api_call *c, struct labels *ret);
int labels_put_on(struct machine *m, struct labels *l, struct err *e);	/* releases l */
void labels_release(struct labels *l);
void lifecycle_json(const struct machine *m, struct jsonw *w);	/* labels and times, as keys of an object that is begun */
void lifecycle_patch(struct api_call *c);
void lifecycle_stop(struct api_call *c);
void lifecycle_extend(struct api_call *c);
void lifecycle_usage(struct api_call *c);

/* computer.c */
int computer_start(struct machine *m, struct err *e);

/* routes_exec.c */
/* Own string; NULL is fine: the workspace. False when it was answered with 422. */
bool exec_read_cwd(struct api_call *c, char **ret);

/* env.c */
/* What goes in front of a command, the session's variables and the request's: `export NAME='value'`. False when it was answered with 422. */
bool env_put(struct api_call *c, struct buf *out);
void env_put_quoted(struct buf *out, const char *text);	/* as one word of a shell */
/* What a new session is to keep; *ret own, JSON, NULL where the body has none. False when it was answered with 422. */
bool env_read(struct api_call *c, char **ret);
void env_show(struct api_call *c);
void env_set(struct api_call *c);
void env_delete(struct api_call *c);

/* processes.c: sandboxes' processes that nobody waits for */
void processes_start(struct api_call *c);
void processes_list(struct api_call *c);
void processes_get(struct api_call *c);		/* one of them, its /logs, its /stream */
void processes_post(struct api_call *c);	/* its /stdin, its /signal */
void processes_end(struct api_call *c);
void processes_free(struct machine *m);	/* their memory, once none runs */

/* preview.c */
/* Each answers its call; what they do stands in routes_sandbox.c, by method and path. */
void preview_expose(struct api_call *c);
void preview_list(struct api_call *c);
void preview_show(struct api_call *c);
void preview_delete(struct api_call *c);
void preview_share(struct api_call *c);
void preview_unshare(struct api_call *c);
void preview_deploy(struct api_call *c);
void preview_close_all(struct machine *m);	/* ports, shares and deployments; the copies of these stay */

#endif
