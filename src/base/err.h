/*
 * err: one line for a person, and a code for the caller.
 *
 * Functions that can fail return 0 or one of these negative codes. `struct err *` may be NULL.
 */
#ifndef ASSENT_ERR_H
#define ASSENT_ERR_H

enum err_code {
	ERR_IO = -1,		/* the system refused; the message has errno's words */
	ERR_NOMEM = -2,
	ERR_INVALID = -3,	/* malformed input */
	ERR_TOOBIG = -4,	/* over a limit, which the message names */
	ERR_STATE = -5,		/* not a legal move */
	ERR_NOTFOUND = -6,
	ERR_TOONEW = -7,	/* written by a later version */
	ERR_DENIED = -8,	/* not allowed */
	ERR_CONFLICT = -9,	/* somebody else was first */
	ERR_UNSUPPORTED = -10,
};

struct err {
	char msg[512];
};

/* Fills e (if any) with one line, and returns `code`. */
int err_set(struct err *e, int code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* As err_set(), with ": " and strerror(errnum) behind the line. */
int err_sys(struct err *e, int code, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#endif
