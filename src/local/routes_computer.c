/* routes_computer: /computers and what is below, but for the desktop and the files. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "local/api.h"

static void list(struct api_call *c) { routes_list(c, SESSION_COMPUTER); }
static void show(struct api_call *c) { routes_show(c, c->machine, 200); }

static void create(struct api_call *c)
{
	char why[600];

	if (computer_available(why, sizeof(why)))
		routes_create(c, SESSION_COMPUTER);
	else
		api_error(c->req, 501, "NOT_IMPLEMENTED", "%s", why);
}

static void destroy(struct api_call *c)
{
	machine_remove(c->machine, true);
	server_reply(c->req, 204, NULL, "", 0);
}

static void events(struct api_call *c)
{
	events_subscribe(c->machine->events, c->req);
}

const struct api_route routes_computer[] = {
	{ HTTP_GET, "/computers", false, false, list },
	{ HTTP_POST, "/computers", true, false, create },
	{ HTTP_GET, "/computers/{}", false, false, show },
	{ HTTP_DELETE, "/computers/{}", false, false, destroy },
	{ HTTP_GET, "/computers/{}/events", false, false, events },
	{ HTTP_GET, "/computers/{}/logs", false, false, routes_logs },
	{ HTTP_POST, "/computers/{}/exec", true, true, exec_route },
};
const size_t routes_computer_count = ARRAY_LEN(routes_computer);
