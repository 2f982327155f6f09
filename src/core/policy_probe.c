/* policy: a request that nobody has sent, made to ask what the rules would say of it. See policy.h. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/describe.h"
#include "core/policy.h"

static int read_method(const char *name, enum http_method *ret, struct err *e)
{
	int m;

	for (m = 0; m < HTTP_METHODS && strcmp(http_method_name((enum http_method)m), name) != 0; m++)
		;
	*ret = (enum http_method)m;
	return m < HTTP_METHODS ? 0 : err_set(e, ERR_INVALID, "\"%.32s\" is no method, like POST", name);
}

/* path, which may stand below /api/v1 and have a query. */
static int set_target(struct action *a, const char *path, struct err *e)
{
	static const char prefix[] = "/api/v1/";
	const char *question = strchr(path, '?');
	struct buf whole;
	int r;

	buf_init(&whole, HTTP_LINE_MAX);
	buf_puts(&whole, strncmp(path, prefix, sizeof(prefix) - 1) == 0 ? "" : "/api/v1");
	buf_append(&whole, path, question ? (size_t)(question - path) : strlen(path));
	r = path[0] != '/' || buf_failed(&whole) ? err_set(e, ERR_INVALID, "a path begins with /, as in /sandboxes/sbx_1/exec") : http_path_check(buf_cstr(&whole), e);
	a->path = buf_take(&whole);
	a->query = strdup(question ? question + 1 : "");
	return r;
}

static int fill(struct action *a, const char *method, const char *path, const char *body, const char *agent, struct err *e)
{
	struct classified c;
	int r = read_method(method, &a->method, e);

	if (r == 0)
		r = set_target(a, path, e);
	if (r < 0)
		return r;
	classify(a->method, a->path, &c);
	a->class = c.class;
	a->kind = c.kind;
	a->session_kind = c.session_kind;
	a->session = strdup(c.session);
	a->agent = strdup(agent);
	if (strlen(body) > ACTION_OPAQUE_OVER)
		a->file_len = strlen(body);
	a->body = strdup(action_is_opaque(a) ? "" : body);
	a->body_len = a->body ? strlen(a->body) : 0;
	a->headers[HEADER_CONTENT_TYPE] = strdup("application/json");
	if (!a->path || !a->query || !a->session || !a->agent || !a->body || !a->headers[HEADER_CONTENT_TYPE] || describe(a, "") < 0)
		return err_set(e, ERR_NOMEM, "out of memory");
	return 0;
}

int policy_probe(const char *method, const char *path, const char *body, const char *agent, struct action **ret, struct err *e)
{
	struct action *a = action_new();
	int r = a ? fill(a, method, path, body, agent, e) : err_set(e, ERR_NOMEM, "out of memory");

	*ret = r == 0 ? a : NULL;
	if (r < 0)
		action_free(a);
	return r;
}
