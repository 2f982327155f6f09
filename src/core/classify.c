/*
 * classify: the table of methods and path templates, and the search in it. See classify.h.
 *
 * One row for each method and full template, one class each; where the API's description names two, the stricter stands here:
 * money, lifecycle, acts, sensitive, harmless, read. What no row names is CLASS_UNKNOWN, and held.
 */
#include "config.h"

#include "core/classify.h"

#include <string.h>

#define GET HTTP_GET
#define POST HTTP_POST
#define PUT HTTP_PUT
#define PATCH HTTP_PATCH
#define DELETE HTTP_DELETE
#define R CLASS_READ
#define H CLASS_HARMLESS
#define S CLASS_SENSITIVE
#define V CLASS_ACTS
#define L CLASS_LIFECYCLE
#define M CLASS_MONEY

static const struct classify_row rows[] = {
	/* computers: reads */
	{ GET, "/computers", R, "read", false },
	{ GET, "/computers/{}", R, "read", false },
	{ GET, "/computers/{}/apps", R, "read", false },
	{ GET, "/computers/{}/urls", R, "read", false },
	{ GET, "/computers/{}/metrics", R, "read", false },
	{ GET, "/computers/{}/logs", R, "read", false },
	{ GET, "/computers/{}/logs/stream", R, "read", true },
	{ GET, "/computers/{}/ports", R, "read", false },
	{ GET, "/computers/{}/volumes", R, "read", false },
	{ GET, "/computers/{}/services", R, "read", false },
	{ GET, "/computers/{}/domains", R, "read", false },
	{ GET, "/computers/{}/network-policy", R, "read", false },
	{ GET, "/computers/{}/auto-stop", R, "read", false },
	{ GET, "/computers/{}/osa/status", R, "read", false },
	{ GET, "/computers/{}/inbox", R, "read", false },
	{ GET, "/computers/{}/events", R, "read", true },
	{ GET, "/computers/{}/agent/events", R, "read", true },
	{ GET, "/computers/{}/cua/sessions/{}/events", R, "read", true },
	{ GET, "/computers/{}/control/sessions/{}/events", R, "read", true },
	{ GET, "/computers/{}/snapshots", R, "read", false },
	{ GET, "/computers/{}/snapshots/{}/events", R, "read", true },
	{ GET, "/computers/{}/exec/stream/events", R, "read", true },
	{ GET, "/computers/{}/files", R, "read", false },
	{ GET, "/computers/{}/files/readdir", R, "read", false },
	{ GET, "/computers/{}/files/download", R, "read", false },
	{ GET, "/computers/{}/desktop/screenshot", R, "screenshot", false },
	{ GET, "/computers/{}/desktop/cursor", R, "read", false },
	{ GET, "/computers/{}/desktop/screen-size", R, "read", false },
	{ GET, "/computers/{}/desktop/windows", R, "read", false },
	{ GET, "/computers/{}/desktop/window/{}/size", R, "read", false },
	{ GET, "/computers/{}/desktop/window/{}/position", R, "read", false },
	{ GET, "/computers/{}/desktop/environment", R, "read", false },
	{ GET, "/computers/{}/desktop/accessibility-tree", R, "read", false },
	/* computers: reads that reveal secrets */
	{ GET, "/computers/{}/desktop/clipboard", S, "read clipboard", false },
	{ GET, "/computers/{}/vnc-credentials", S, "read credentials", false },
	{ GET, "/computers/{}/viewer-password", S, "read password", false },
	{ GET, "/computers/{}/env", S, "read env", false },
	/* computers: no effect inside */
	{ POST, "/computers/{}/desktop/screenshot/region", H, "screenshot region", false },
	{ POST, "/computers/{}/desktop/wait", H, "wait", false },
	{ POST, "/computers/{}/files/stat", H, "stat", false },
	{ POST, "/computers/{}/cua/sessions/{}/pause", H, "pause session", false },
	{ POST, "/computers/{}/control/sessions/{}/pause", H, "pause session", false },
	{ DELETE, "/computers/{}/cua/sessions/{}", H, "cancel session", false },
	{ DELETE, "/computers/{}/control/sessions/{}", H, "cancel session", false },
	/* computers: acts */
	{ POST, "/computers/{}/desktop/move", V, "move", false },
	{ POST, "/computers/{}/desktop/click", V, "click", false },
	{ POST, "/computers/{}/desktop/double-click", V, "double click", false },
	{ POST, "/computers/{}/desktop/right-click", V, "right click", false },
	{ POST, "/computers/{}/desktop/drag", V, "drag", false },
	{ POST, "/computers/{}/desktop/mouse-down", V, "mouse down", false },
	{ POST, "/computers/{}/desktop/mouse-up", V, "mouse up", false },
	{ POST, "/computers/{}/desktop/scroll", V, "scroll", false },
	{ POST, "/computers/{}/desktop/type", V, "type", false },
	{ POST, "/computers/{}/desktop/key", V, "key", false },
	{ POST, "/computers/{}/desktop/hotkey", V, "hotkey", false },
	{ POST, "/computers/{}/desktop/key-down", V, "key down", false },
	{ POST, "/computers/{}/desktop/key-up", V, "key up", false },
	{ POST, "/computers/{}/desktop/launch", V, "launch", false },
	{ POST, "/computers/{}/desktop/clipboard", V, "set clipboard", false },
	{ POST, "/computers/{}/desktop/wallpaper", V, "wallpaper", false },
	{ POST, "/computers/{}/desktop/window/focus", V, "focus window", false },
	{ POST, "/computers/{}/desktop/window/{}/resize", V, "resize window", false },
	{ POST, "/computers/{}/desktop/window/{}/move", V, "move window", false },
	{ POST, "/computers/{}/desktop/window/{}/maximize", V, "maximize window", false },
	{ POST, "/computers/{}/desktop/window/{}/minimize", V, "minimize window", false },
	{ POST, "/computers/{}/desktop/window/{}/close", V, "close window", false },
	{ POST, "/computers/{}/exec", V, "exec", false },
	{ POST, "/computers/{}/exec/python", V, "exec python", false },
	{ POST, "/computers/{}/exec/stream", V, "exec", true },
	{ POST, "/computers/{}/terminal", V, "terminal", false },
	{ POST, "/computers/{}/files/upload", V, "write", false },
	{ POST, "/computers/{}/files/write", V, "write", false },
	{ POST, "/computers/{}/files/mkdir", V, "mkdir", false },
	{ POST, "/computers/{}/files/rename", V, "rename", false },
	{ POST, "/computers/{}/files/copy", V, "copy", false },
	{ POST, "/computers/{}/files/chmod", V, "chmod", false },
	{ DELETE, "/computers/{}/files", V, "delete files", false },
	{ POST, "/computers/{}/osa/task", V, "start task", false },
	{ DELETE, "/computers/{}/osa/task", V, "cancel task", false },
	{ POST, "/computers/{}/osa/configure", V, "configure", false },
	{ POST, "/computers/{}/cua/sessions", V, "start agent", false },
	{ POST, "/computers/{}/cua/sessions/{}/task", V, "start task", false },
	{ POST, "/computers/{}/cua/sessions/{}/resume", V, "resume session", false },
	{ POST, "/computers/{}/control/sessions", V, "start agent", false },
	{ POST, "/computers/{}/control/sessions/{}/task", V, "start task", false },
	{ POST, "/computers/{}/control/sessions/{}/resume", V, "resume session", false },
	/* computers: lifecycle */
	{ POST, "/computers/{}/stop", L, "stop", false },
	{ DELETE, "/computers/{}", L, "delete", false },
	{ POST, "/computers/{}/snapshots", L, "snapshot", false },
	{ DELETE, "/computers/{}/snapshots/{}", L, "delete snapshot", false },
	{ POST, "/computers/{}/checkpoints/{}/restore", L, "restore", false },
	{ POST, "/computers/{}/env", L, "set env", false },
	{ PATCH, "/computers/{}/env", L, "set env", false },
	{ DELETE, "/computers/{}/env", L, "delete env", false },
	{ POST, "/computers/{}/services", L, "add service", false },
	{ POST, "/computers/{}/volumes", L, "add volume", false },
	{ PATCH, "/computers/{}/auto-stop", L, "set auto-stop", false },
	{ PATCH, "/computers/{}/inbox", L, "set inbox", false },
	/* computers: money, access, publishing */
	{ POST, "/computers", M, "create computer", false },
	{ POST, "/computers/{}/start", M, "start", false },
	{ POST, "/computers/{}/restart", M, "restart", false },
	{ POST, "/computers/{}/clone", M, "clone", false },
	{ POST, "/computers/{}/resize", M, "resize", false },
	{ POST, "/computers/{}/move", M, "move computer", false },
	{ POST, "/computers/{}/snapshots/{}/restore", M, "restore", false },
	{ POST, "/computers/{}/files/export", M, "share files", false },
	{ PATCH, "/computers/{}", M, "change computer", false },
	{ POST, "/computers/{}/ports", M, "open port", false },
	{ PATCH, "/computers/{}/ports", M, "change port", false },
	{ DELETE, "/computers/{}/ports", M, "close port", false },
	{ POST, "/computers/{}/domains", M, "add domain", false },
	{ PATCH, "/computers/{}/domains", M, "change domain", false },
	{ DELETE, "/computers/{}/domains", M, "delete domain", false },
	{ PUT, "/computers/{}/network-policy", M, "network policy", false },
	{ DELETE, "/computers/{}/network-policy", M, "network policy", false },
	{ POST, "/computers/{}/viewer-password/rotate", M, "rotate password", false },
	{ POST, "/computers/{}/stream-token", M, "make token", false },
	/* sandboxes: reads */
	{ GET, "/sandboxes", R, "read", false },
	{ GET, "/sandboxes/{}", R, "read", false },
	{ GET, "/sandboxes/{}/readiness", R, "read", false },
	{ GET, "/sandboxes/{}/readiness/stream", R, "read", true },
	{ GET, "/sandboxes/{}/usage", R, "read", false },
	{ GET, "/sandboxes/{}/logs", R, "read", false },
	{ GET, "/sandboxes/{}/logs/stream", R, "read", true },
	{ GET, "/sandboxes/{}/events", R, "read", true },
	{ GET, "/sandboxes/{}/files", R, "read", false },
	{ GET, "/sandboxes/{}/files/tree", R, "read", false },
	{ GET, "/sandboxes/{}/files/watch", R, "read", true },
	{ GET, "/sandboxes/{}/files/{*}", R, "read", false },
	{ GET, "/sandboxes/{}/processes", R, "read", false },
	{ GET, "/sandboxes/{}/processes/{}", R, "read", false },
	{ GET, "/sandboxes/{}/processes/{}/output", R, "read", true },
	{ GET, "/sandboxes/{}/previews", R, "read", false },
	{ GET, "/sandboxes/{}/snapshots", R, "read", false },
	{ GET, "/sandboxes/{}/metrics", R, "read", false },
	{ GET, "/sandboxes/{}/artifacts", R, "read", false },
	{ GET, "/sandboxes/{}/shares", R, "read", false },
	{ GET, "/sandboxes/{}/env", S, "read env", false },
	{ POST, "/sandboxes/{}/files/stat", H, "stat", false },
	/* sandboxes: acts */
	{ POST, "/sandboxes/{}/exec", V, "exec", false },
	{ POST, "/sandboxes/{}/exec/stream", V, "exec", true },
	{ POST, "/sandboxes/{}/processes", V, "start process", false },
	{ POST, "/sandboxes/{}/processes/{}/stdin", V, "write stdin", false },
	{ POST, "/sandboxes/{}/processes/{}/signal", V, "signal", false },
	{ DELETE, "/sandboxes/{}/processes/{}", V, "kill process", false },
	{ POST, "/sandboxes/{}/terminal", V, "terminal", false },
	{ POST, "/sandboxes/{}/template/start", V, "start template", false },
	{ POST, "/sandboxes/{}/files", V, "write", false },
	{ POST, "/sandboxes/{}/files/write-many", V, "write files", false },
	{ POST, "/sandboxes/{}/files/batch", V, "change files", false },
	{ POST, "/sandboxes/{}/files/mkdir", V, "mkdir", false },
	{ PUT, "/sandboxes/{}/files/{*}", V, "write", false },
	{ DELETE, "/sandboxes/{}/files", V, "delete files", false },
	{ DELETE, "/sandboxes/{}/files/{*}", V, "delete files", false },
	{ PUT, "/sandboxes/{}/env", V, "set env", false },
	{ DELETE, "/sandboxes/{}/env", V, "delete env", false },
	/* sandboxes: lifecycle */
	{ POST, "/sandboxes/{}/pause", L, "pause", false },
	{ POST, "/sandboxes/{}/stop", L, "stop", false },
	{ DELETE, "/sandboxes/{}", L, "delete", false },
	{ POST, "/sandboxes/{}/snapshots", L, "snapshot", false },
	{ PATCH, "/sandboxes/{}", L, "change sandbox", false },
	{ POST, "/sandboxes/{}/tags", L, "tag", false },
	{ PATCH, "/sandboxes/{}/tags", L, "tag", false },
	{ POST, "/sandboxes/{}/restore/{}", L, "restore", false },
	{ DELETE, "/sandboxes/{}/snapshots/{}", L, "delete snapshot", false },
	{ DELETE, "/snapshots/{}", L, "delete snapshot", false },
	/* sandboxes: money, access, publishing */
	{ POST, "/sandboxes", M, "create sandbox", false },
	{ POST, "/sandboxes/{}/fork", M, "fork", false },
	{ POST, "/sandboxes/{}/resume", M, "resume", false },
	{ POST, "/sandboxes/{}/extend", M, "extend", false },
	{ POST, "/sandboxes/{}/expose", M, "expose", false },
	{ POST, "/sandboxes/{}/previews", M, "expose", false },
	{ POST, "/sandboxes/{}/previews/{}/share", M, "share preview", false },
	{ POST, "/sandboxes/{}/shares", M, "share", false },
	{ POST, "/sandboxes/{}/preview-token", M, "make token", false },
	{ POST, "/sandboxes/{}/exports", M, "export", false },
	{ POST, "/sandboxes/{}/deploy", M, "deploy", false },
	{ POST, "/bulk/sandboxes/destroy", M, "delete sandboxes", false },
	{ POST, "/bulk/sandboxes/pause", M, "pause sandboxes", false },
	{ POST, "/bulk/sandboxes/resume", M, "resume sandboxes", false },
	/* the tenant: reads */
	{ GET, "/runs", R, "read", false },
	{ GET, "/runs/{}", R, "read", false },
	{ GET, "/runs/{}/events", R, "read", true },
	{ GET, "/agent-runs", R, "read", false },
	{ GET, "/agent-runs/{}", R, "read", false },
	{ GET, "/agent-runs/{}/events", R, "read", true },
	{ GET, "/command-center/{*}", R, "read", false },
	{ GET, "/actions/catalog", R, "read", false },
	{ GET, "/actions/approvals", R, "read", false },
	{ GET, "/actions/grants", R, "read", false },
	{ GET, "/actions/receipts", R, "read", false },
	{ GET, "/egress/policies", R, "read", false },
	{ GET, "/egress/allowlist", R, "read", false },
	{ GET, "/egress/audit", R, "read", false },
	{ GET, "/events/stream", R, "read", true },
	{ GET, "/audit-log", R, "read", false },
	{ GET, "/credits/{*}", R, "read", false },
	{ GET, "/billing/{*}", R, "read", false },
	{ GET, "/usage", R, "read", false },
	{ GET, "/usage/{*}", R, "read", false },
	{ GET, "/compute/{*}", R, "read", false },
	{ GET, "/templates", R, "read", false },
	{ GET, "/sandbox-templates", R, "read", false },
	{ GET, "/sandbox-templates/{}", R, "read", false },
	/* the tenant: the rest */
	{ POST, "/auth/sse-ticket", H, "stream ticket", false },
	{ POST, "/actions/authorize", H, "authorize", false },
	{ POST, "/actions/approvals/{}/deny", H, "deny", false },
	{ POST, "/runs/{}/cancel", H, "cancel run", false },
	{ POST, "/agent-runs/{}/cancel", H, "cancel run", false },
	{ POST, "/opencomputers/hosts/{}/exec", V, "exec on a host", false },
	{ POST, "/opencomputers/hosts/{}/jobs", V, "job on a host", false },
	{ POST, "/opencomputers/hosts/{}/agent/dispatch", V, "agent on a host", false },
	{ POST, "/mcp", M, "mcp call", false },
	{ DELETE, "/actions/grants/{}", M, "revoke grant", false },
	{ POST, "/actions/approvals/{}/approve", M, "approve", false },
	{ POST, "/actions/grants", M, "grant", false },
	{ POST, "/runs", M, "start run", false },
	{ POST, "/agent-runs", M, "start agent", false },
	{ POST, "/egress/policies", M, "egress", false },
	{ PATCH, "/egress/policies", M, "egress", false },
	{ DELETE, "/egress/policies", M, "egress", false },
	{ POST, "/egress/allowlist", M, "egress", false },
	{ POST, "/egress/secrets", M, "egress secret", false },
	{ POST, "/egress/bindings", M, "egress", false },
	{ POST, "/egress/oauth/start", M, "egress", false },
	{ POST, "/api-keys", M, "make key", false },
	{ DELETE, "/api-keys/{}", M, "delete key", false },
	{ POST, "/tokens/scoped", M, "make token", false },
	{ POST, "/webhooks", M, "webhook", false },
	{ POST, "/deployments", M, "deploy", false },
	{ POST, "/deployments/{}/publish", M, "publish", false },
	{ POST, "/databases", M, "database", false },
	{ POST, "/volumes", M, "volume", false },
	{ POST, "/functions", M, "function", false },
	{ POST, "/cron-jobs", M, "cron job", false },
	{ POST, "/custom-domains", M, "domain", false },
};

#undef GET
#undef POST
#undef PUT
#undef PATCH
#undef DELETE
#undef R
#undef H
#undef S
#undef V
#undef L
#undef M

const struct classify_row *classify_rows(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(rows);
	return rows;
}

const char *action_class_name(enum action_class c)
{
	static const char *const names[CLASS_COUNT] = {
		[CLASS_UNKNOWN] = "unknown", [CLASS_READ] = "read", [CLASS_HARMLESS] = "harmless", [CLASS_SENSITIVE] = "sensitive",
		[CLASS_ACTS] = "acts", [CLASS_LIFECYCLE] = "lifecycle", [CLASS_MONEY] = "money",
	};

	return c >= 0 && c < CLASS_COUNT ? names[c] : "unknown";
}

/* The row with more literal segments is the better one, so that /files/tree is not taken for a file named "tree". */
bool classify_fits(const char *template, const char *path, int *ret_literal)
{
	struct buf segment;
	bool match = true;

	*ret_literal = 0;
	buf_init(&segment, 512);
	while (match && *template) {
		size_t len = strcspn(++template, "/");	/* behind the slash */
		bool any = len == 2 && memcmp(template, "{}", 2) == 0, rest = len == 3 && memcmp(template, "{*}", 3) == 0;

		match = http_path_segment(&path, &segment) && !buf_failed(&segment);
		if (match && rest) {
			while (http_path_segment(&path, &segment))
				;
		} else if (match && any) {
			match = segment.len > 0;
		} else if (match) {
			match = segment.len == len && memcmp(segment.data, template, len) == 0;
			(*ret_literal)++;
		}
		template += len;
	}
	match = match && *path == '\0';
	buf_release(&segment);
	return match;
}

static void fill_session(const char *path, struct classified *ret)
{
	struct buf segment;

	buf_init(&segment, sizeof(ret->session) - 1);
	if (http_path_segment(&path, &segment) && !buf_failed(&segment) && segment.len > 0) {
		if (strcmp(segment.data, "sandboxes") == 0)
			ret->session_kind = SESSION_SANDBOX;
		else if (strcmp(segment.data, "computers") == 0)
			ret->session_kind = SESSION_COMPUTER;
	}
	if (ret->session_kind != SESSION_NONE && http_path_segment(&path, &segment) && !buf_failed(&segment) && segment.len > 0 &&
	    !memchr(segment.data, '\0', segment.len))
		memcpy(ret->session, segment.data, segment.len + 1);
	else
		ret->session_kind = SESSION_NONE;
	buf_release(&segment);
}

void classify(enum http_method method, const char *path, struct classified *ret)
{
	static const char prefix[] = "/api/v1";
	enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
	int best = -1, literal;
	size_t i;

	*ret = (struct classified){ .class = CLASS_UNKNOWN, .kind = "unknown" };
	if (strncmp(path, prefix, sizeof(prefix) - 1) != 0 || path[sizeof(prefix) - 1] != '/')
		return;
	path += sizeof(prefix) - 1;
	fill_session(path, ret);
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].method != wanted || !classify_fits(rows[i].template, path, &literal) || literal <= best)
			continue;
		best = literal;
		ret->row = &rows[i];
	}
	if (ret->row) {
		ret->class = ret->row->class;
		ret->kind = ret->row->kind;
		ret->stream = ret->row->stream;
	}
}
