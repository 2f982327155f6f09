/* approval: what MIOSA itself asks a person for: listed, and decided. See actions.h. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "cmd/actions.h"
#include "cmd/lines.h"
#include "core/httpmsg.h"

static const char prefix[] = "approval:";

bool approval_is(const char *name)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

void approval_print_json(const struct json_doc *d, int approval)
{
	struct buf b, name;
	const char *raw;
	struct jsonw w;
	size_t len;

	buf_init(&b, SIZE_MAX - 1);
	buf_init(&name, SIZE_MAX - 1);
	buf_puts(&name, prefix);
	json_str(d, json_get(d, approval, "id"), &name);
	jw_init(&w, &b);
	jw_begin(&w, '{');
	jw_kstr(&w, "kind", "miosa approval");
	jw_kstr(&w, "id", buf_cstr(&name));
	jw_key(&w, "approval");
	raw = json_raw(d, approval, &len);
	jw_raw(&w, raw, len);
	jw_end(&w, '}');
	print_lines(buf_cstr(&b), b.len);
	buf_release(&name);
	buf_release(&b);
}

/* The parameters are those of the action, where one is known; else nobody has them. */
void approval_print(const struct json_doc *d, int approval)
{
	int64_t action = read_number(d, approval, "action", 0);

	fputs(prefix, stdout);
	print_string(d, approval, "id", SAFETEXT_IDENT, 0);
	putchar(' ');
	print_string(d, approval, "status", SAFETEXT_IDENT, 0);
	putchar(' ');
	print_string(d, approval, json_type(d, json_get(d, approval, "agent")) == JSON_STRING ? "agent" : "principal", SAFETEXT_IDENT, 0);
	fputs(" miosa approval: ", stdout);
	print_string(d, approval, "capability", SAFETEXT_IDENT, 0);
	if (action > 0)
		printf(" of action %lld ", (long long)action);
	else
		fputs(" [hash only] ", stdout);
	print_string(d, approval, "fingerprint", SAFETEXT_IDENT, 0);
	putchar('\n');
}

static int check(const struct decision *q)
{
	bool approve = strcmp(q->verb, "approve") == 0;

	if (!q->id[strlen(prefix)])
		return complain("decide", EXIT_USAGE, "\"%s\" names no approval; assent queue lists them", q->id);
	if (!approve && strcmp(q->verb, "deny") != 0)
		return complain("decide", EXIT_USAGE, "\"%s\" is neither approve nor deny: an approval of MIOSA's knows no other word", q->verb);
	if (approve && !q->digest)
		return complain("decide", EXIT_USAGE, "approve needs --digest: the fingerprint that was looked at; assent queue prints it");
	if (q->version || q->note || q->body || q->screen || q->ahead)
		return complain("decide", EXIT_USAGE, "an approval of MIOSA's has no version, note, body or picture");
	return 0;
}

int approval_decide(struct ask *ask, const struct decision *q)
{
	struct buf path, body;
	struct jsonw w;
	int code = check(q);

	if (code != 0)
		return code;
	buf_init(&path, SIZE_MAX - 1);
	buf_init(&body, SIZE_MAX - 1);
	buf_puts(&path, "/v1/approvals/");
	http_encode(&path, q->id + strlen(prefix), strlen(q->id) - strlen(prefix), false);
	buf_puts(&path, "/decide");
	jw_init(&w, &body);
	jw_begin(&w, '{');
	jw_kstr(&w, "decision", q->verb);
	if (q->digest)
		jw_kstr(&w, "fingerprint", q->digest);
	jw_end(&w, '}');
	code = ask_gate(ask, "POST", buf_cstr(&path), buf_cstr(&body));
	if (code == 0)
		print_outcome(&ask->doc, json_get(&ask->doc, json_root(&ask->doc), "action"));
	buf_release(&path);
	buf_release(&body);
	return code;
}
