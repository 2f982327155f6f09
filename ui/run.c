/* run: a command of a person's own in a sandbox; what it prints comes with the sandbox's log, as that of any other. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/httpmsg.h"
#include "ui/dash.h"

void run_open(struct dashboard *d, int64_t now)
{
	const struct model_session *s = model_find_session(d->model, d->view == VIEW_SESSIONS ? d->listed : d->session);

	if (!s)
		dash_say(d, now, "no session is shown");
	else if (strcmp(s->kind, "sandbox") != 0)
		dash_say(d, now, "a command of your own runs in a sandbox; %s takes control of a computer", dash_key_of(d, INTENT_CONTROL).text);
	else if (dash_unlocked(d, now)) {
		snprintf(d->run_in, sizeof(d->run_in), "%s", s->id);
		dash_prompt_open(d, PROMPT_RUN);
	}
}

void run_end(struct dashboard *d, int64_t now, struct dash_request *ret)
{
	struct buf id;

	if (!d->line[0]) {
		dash_say(d, now, "no command: nothing was run");
		return;
	}
	buf_init(&id, 1024);
	if (http_encode(&id, d->run_in, strlen(d->run_in), false) == 0)
		dash_call(ret, "POST", dash_json("command", d->line, NULL), "/v1/sessions/%s/run", buf_cstr(&id));
	buf_release(&id);
	log_view_open(d, d->run_in);
}
