/* model_rig: a dashboard's model for a test, empty at first, and events for it. For the one file of a test. */
#ifndef ASSENT_TESTS_MODEL_RIG_H
#define ASSENT_TESTS_MODEL_RIG_H

#include "core/model.h"

static struct model model;

static void model_begin(void)
{
	static const char empty[] = "{\"seq\":1,\"now_boot_ms\":0,\"now_wall_ms\":0,\"gate\":{\"live\":true},\"agents\":[],\"sessions\":[],\"actions\":[]}";

	model_init(&model);
	assert_int_equal(model_snapshot(&model, empty, strlen(empty), 0, 0, NULL), 0);
}

/* One event, of up to 4,000 bytes of JSON. */
static void event(const char *type, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void event(const char *type, const char *fmt, ...)
{
	char json[4000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(json, sizeof(json), fmt, ap);
	va_end(ap);
	assert_int_equal(model_event(&model, type, json, strlen(json), 0, NULL), 0);
}

#endif
