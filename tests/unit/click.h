/* click: an action for tests of what keeps actions: new, a click by "ana" on computer c1, with nothing in it that a test does not ask for. */
#ifndef ASSENT_TESTS_CLICK_H
#define ASSENT_TESTS_CLICK_H

#include <string.h>

#include "core/action.h"

/* Own: action_free(). */
static struct action *click_new(int64_t id)
{
	struct action *a = action_new();

	a->id = id;
	a->agent = strdup("ana");
	a->session = strdup("c1");
	a->session_kind = SESSION_COMPUTER;
	a->method = HTTP_POST;
	a->kind = "click";
	a->upstream = strdup("http://u");
	a->path = strdup("/api/v1/computers/c1/desktop/click");
	a->query = strdup("");
	a->body = strdup("");
	a->our_key = strdup("k");
	a->title = strdup("");
	a->reason = strdup("");
	a->turn = strdup("");
	memset(a->digest, 'd', DIGEST_HEX);
	return a;
}

#endif
