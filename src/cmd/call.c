/* call: one call of the operator API, for the commands that print and end. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/unlock.h"
#include "io/key.h"
#include "io/wire.h"

enum { CALL_TIMEOUT_MS = 10000 };

struct call {
	uv_loop_t *loop;
	struct buf *answer;
	int status, result;
	struct err *e;
};

static void on_data(struct wire_call *c, const char *data, size_t len, void *arg)
{
	struct call *call = arg;

	(void)c;
	buf_append(call->answer, data, len);
}

static void on_done(struct wire_call *c, const struct wire_result *r, void *arg)
{
	struct call *call = arg;

	(void)c;
	call->status = r->status;
	call->result = r->answered ? 0 : err_set(call->e, ERR_IO, "%s", r->error);
	uv_stop(call->loop);	/* a connection that is kept would keep it running */
}

int call_gate_unsigned(const char *socket, const char *method, const char *path, const char *body, int *ret_status, struct buf *answer, struct err *e)
{
	struct call call = { .answer = answer, .result = ERR_IO, .e = e };
	const struct wire_spec spec = { .method = method, .path = path, .body = body, .body_len = body ? strlen(body) : 0, .timeout_ms = CALL_TIMEOUT_MS,
					.answer_max = WIRE_ANSWER_MAX, .on_data = on_data, .on_done = on_done, .arg = &call };
	struct wire *wire;
	uv_loop_t loop;

	err_set(e, ERR_IO, "out of memory");
	uv_loop_init(&loop);
	wire = wire_new(&loop, socket);
	call.loop = &loop;
	if (wire && wire_start(wire, &spec))
		uv_run(&loop, UV_RUN_DEFAULT);	/* until on_done */
	wire_free(wire, NULL, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	uv_loop_close(&loop);
	*ret_status = call.status;
	return call.result;
}

/* Does the gate ask for a signature? */
static bool is_asked_to_sign(int status, const struct buf *answer)
{
	struct json_doc d;
	bool yes;

	if (status != 403 || json_parse(buf_cstr(answer), answer->len, &d, NULL) < 0)
		return false;
	yes = json_str_is(&d, json_get(&d, json_get(&d, json_root(&d), "error"), "code"), "signature_required");
	json_release(&d);
	return yes;
}

/* Unlocks this person's key for one signature. */
static int sign(struct unlock *u, const char *method, const char *path, const char *body, struct buf *out, struct err *e)
{
	char passphrase[IDENTITY_PASSPHRASE_MAX + 2], prompt[128];
	int64_t now = clock_boot_ms();
	int r;

	key_harden_process();
	snprintf(prompt, sizeof(prompt), "Passphrase of operator %s", u->card.name);
	r = ask_passphrase(prompt, -1, passphrase, sizeof(passphrase), e);
	if (r == 0)
		r = unlock_open(u, passphrase, now, e);
	wipe(passphrase, sizeof(passphrase));
	return r < 0 ? r : unlock_sign(u, method, path, body, now, clock_wall_ms(), out, e);
}

int call_gate(const char *socket, const char *method, const char *path, const char *body, int *ret_status, struct buf *answer, struct err *e)
{
	struct unlock u;
	struct buf signed_body;
	struct jsonw w;
	int r = call_gate_unsigned(socket, method, path, body, ret_status, answer, e);

	if (r < 0 || !is_asked_to_sign(*ret_status, answer))
		return r;
	unlock_init(&u, NULL, 0);
	buf_init(&signed_body, SIZE_MAX - 1);
	if (unlock_has_identity(&u)) {
		buf_clear(answer);
		if (sign(&u, method, path, body, &signed_body, e) == 0) {
			r = call_gate_unsigned(socket, method, path, buf_cstr(&signed_body), ret_status, answer, e);
		} else {
			/* The refusal stays one, with the reason that is nearer. */
			jw_init(&w, answer);
			jw_begin(&w, '{');
			jw_key(&w, "error");
			jw_begin(&w, '{');
			jw_kstr(&w, "message", e->msg);
			jw_end(&w, '}');
			jw_end(&w, '}');
		}
	}
	buf_release(&signed_body);
	unlock_release(&u);
	return r;
}

void call_error(const struct buf *answer, int status, struct err *e)
{
	struct json_doc d;
	char *message = NULL;

	if (json_parse(buf_cstr(answer), answer->len, &d, NULL) == 0) {
		message = json_strdup(&d, json_get(&d, json_get(&d, json_root(&d), "error"), "message"));
		json_release(&d);
	}
	if (message)
		err_set(e, ERR_IO, "%s", message);
	else
		err_set(e, ERR_IO, "the gate answered %d", status);
	free(message);
}
