/* dash_rig: a dashboard over a model, without a terminal, whose clock the test sets. For the one file of a test. */
#ifndef ASSENT_TESTS_DASH_RIG_H
#define ASSENT_TESTS_DASH_RIG_H

#include "ui/dashboard.h"

static struct model model;
static struct dashboard d;
static struct cells cells;
static int64_t now;

/* The gate's snapshot, and the screen's size. */
static void dash_begin(const char *json, int width, int height)
{
	model_init(&model);
	assert_int_equal(model_snapshot(&model, json, strlen(json), 1000, 1, NULL), 0);
	dash_init(&d, &model);
	d.gate_up = true;
	cells_init(&cells, width, height);
	now = 1000;
}

static int dash_end(void **state)
{
	(void)state;
	cells_release(&cells);
	dash_release(&d);
	model_release(&model);
	return 0;
}

/* Drawn, and on the terminal. */
static inline void frame(void)
{
	dash_update(&d, now);
	dash_draw(&d, &cells, now, 1);
	arm_drawn(&d.arm, now);
	arm_answered(&d.arm, now);
}

#endif
