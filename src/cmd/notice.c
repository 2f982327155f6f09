/* notice: see notice.h. */
#include "config.h"

#include "cmd/notice.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/term.h"

static uv_process_t child;
static bool runs;

static void on_closed(uv_handle_t *h)
{
	(void)h;
	runs = false;
}

static void on_ended(uv_process_t *p, int64_t status, int number)
{
	(void)status;
	(void)number;
	uv_close((uv_handle_t *)p, on_closed);
}

/* One at a time: the counts of one that is left out are in the next. */
static void start(uv_loop_t *loop, const char *command, const struct notice_counts *n)
{
	char needs[16], risky[16], urgent[16];
	char *args[] = { (char *)(uintptr_t)command, needs, risky, urgent, NULL };
	uv_process_options_t o = { .file = command, .args = args, .exit_cb = on_ended, .flags = UV_PROCESS_DETACHED };

	if (runs)
		return;
	snprintf(needs, sizeof(needs), "%d", n->needs);
	snprintf(risky, sizeof(risky), "%d", n->risky);
	snprintf(urgent, sizeof(urgent), "%d", n->urgent);
	runs = true;
	if (uv_spawn(loop, &child, &o) < 0)
		uv_close((uv_handle_t *)&child, on_closed);	/* what cannot be started is no reason to disturb who decides */
	else
		uv_unref((uv_handle_t *)&child);
}

/* The Linux console shows what it does not know. */
static bool takes_osc(void)
{
	const char *name = getenv("TERM");

	return name && strncmp(name, "linux", 5) != 0;
}

void notice_give(uv_loop_t *loop, const char *text, const char *command, const struct notice_counts *n)
{
	char bytes[200];

	if (takes_osc())
		snprintf(bytes, sizeof(bytes), "\a\033]9;%s\033\\", text);
	else
		snprintf(bytes, sizeof(bytes), "\a");
	term_write(bytes, strlen(bytes));
	if (command)
		start(loop, command, n);
}

void notice_stop(void)
{
	if (runs && !uv_is_closing((uv_handle_t *)&child))
		uv_close((uv_handle_t *)&child, on_closed);
}
