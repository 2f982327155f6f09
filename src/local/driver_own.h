/* driver_own: what the files of the driver's own process share. */
#ifndef ASSENT_LOCAL_DRIVER_OWN_H
#define ASSENT_LOCAL_DRIVER_OWN_H

#include "base/json.h"
#include "local/desktop.h"
#include "local/driver.h"

struct request {
	struct json_doc doc;
	int body;		/* a value of doc */
	struct desktop *desktop;
	struct buf *answer;	/* JSON, or a PNG; left empty where there is nothing to say but that it is done */
	bool png;
};

/* 0; ERR_INVALID, ERR_NOTFOUND: the request's fault, said to who asked (422); ERR_IO: the display's (502). */
struct driver_op {
	const char *name;
	int (*run)(struct request *q, struct err *e);
};

/* Each ends with a row without a name. */
extern const struct driver_op driver_input[], driver_screen[];

/* A whole number of the request, least to most. ERR_NOTFOUND: it is not there. */
int driver_int(const struct request *q, const char *key, int least, int most, int *ret, struct err *e);
/* The same; *ret stays as it is where it is not there. */
int driver_optional_int(const struct request *q, const char *key, int least, int most, int *ret, struct err *e);
/* Two numbers that are a pixel of the display. */
int driver_point(const struct request *q, const char *kx, const char *ky, int *x, int *y, struct err *e);

#endif
