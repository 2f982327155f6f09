/*
 * judging: the order in which a new action is looked at: frozen, its agent stopped, and then what a person decides. What is refused here is
 * answered at once and makes no action: a flood must not fill the disk.
 */
#include "config.h"

#include "gate/judging.h"

#include <stdarg.h>
#include <stdio.h>

static void refuse(struct judgement *ret, const char *code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void refuse(struct judgement *ret, const char *code, const char *fmt, ...)
{
	va_list ap;

	ret->verdict = JUDGED_REFUSE;
	ret->code = code;
	va_start(ap, fmt);
	vsnprintf(ret->message, sizeof(ret->message), fmt, ap);
	va_end(ap);
}

void judge(const struct gate *g, const struct agent *agent, const struct action *a, struct judgement *ret)
{
	(void)a;
	*ret = (struct judgement){ .verdict = JUDGED_HOLD };
	if (g->frozen.by)
		refuse(ret, "gate_frozen", "A person (%.64s) froze everything: nothing new is taken. Do not retry; wait for a person.", g->frozen.by);
	else if (agent->stopped_by)
		refuse(ret, "agent_stopped", "A person (%.64s) stopped this agent: nothing new of it is taken. Do not retry; wait for a person.",
		       agent->stopped_by);
}
