/* routes_tree: GET /computers/{}/desktop/accessibility-tree: what the programs there tell over AT-SPI, where they do (accessible.h). */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "local/accessible.h"
#include "local/api.h"

enum { TIMEOUT_MS = 2600, BYTES_MAX = 4 * 1024 * 1024 + 4096 };

struct tree_call {
	struct server_req *req;		/* NULL: gone */
	struct buf out;
};

static void on_gone(struct server_req *r, void *user)
{
	struct tree_call *q = user;

	(void)r;
	q->req = NULL;
}

static void on_output(int stream, const char *data, size_t len, void *arg)
{
	struct tree_call *q = arg;

	if (stream == 1)
		buf_append(&q->out, data, len);
}

static void on_exit_of(int status, bool timed_out, int64_t took_ms, void *arg)
{
	static const char *const json[] = { "Content-Type: application/json", NULL };
	struct tree_call *q = arg;

	(void)took_ms;
	if (q->req) {
		server_set_user(q->req, NULL, NULL);
		if (status == 0 && !buf_failed(&q->out))
			server_reply(q->req, 200, json, q->out.data, q->out.len);
		else
			api_error(q->req, 502, "DESKTOP_UNREACHABLE", "%.*s", (int)strcspn(buf_cstr(&q->out), "\n"),
				  status == 1 && !timed_out && q->out.len > 0 ? buf_cstr(&q->out) : "the accessibility tree could not be read");
	}
	buf_release(&q->out);
	free(q);
}

static void tree(struct api_call *c)
{
	struct sandbox_exec_spec spec = { .command = "exec /.guest --accessible", .cwd = "/", .timeout_ms = TIMEOUT_MS, .on_output = on_output, .on_exit = on_exit_of };
	struct tree_call *q;
	struct err e;

	if (c->machine->local->isolation != ISOLATION_NAMESPACES || !accessible_available()) {
		api_error(c->req, 501, "NOT_IMPLEMENTED", "this computer has no accessibility bus%s", c->machine->local->isolation != ISOLATION_NAMESPACES ?
			  ": it has no namespaces" : "; run: apt-get install -y --no-install-recommends at-spi2-core dbus-daemon");
		return;
	}
	q = calloc(1, sizeof(*q));
	if (!q)
		abort();
	q->req = c->req;
	buf_init(&q->out, BYTES_MAX);
	spec.arg = q;
	server_set_user(c->req, q, on_gone);
	if (sandbox_exec(c->machine->sandbox, &spec, &e) < 0) {
		server_set_user(c->req, NULL, NULL);
		api_error(c->req, 502, "SANDBOX_GONE", "%s", e.msg);
		buf_release(&q->out);
		free(q);
	}
}

const struct api_route routes_tree[] = { { HTTP_GET, "/computers/{}/desktop/accessibility-tree", false, true, tree } };
const size_t routes_tree_count = ARRAY_LEN(routes_tree);
