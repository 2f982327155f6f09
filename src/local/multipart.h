/* multipart: the parts of a multipart/form-data body (RFC 7578), in place. Pure. */
#ifndef ASSENT_LOCAL_MULTIPART_H
#define ASSENT_LOCAL_MULTIPART_H

#include <stdbool.h>
#include <stddef.h>

enum { MULTIPART_BOUNDARY = 70, MULTIPART_NAME = 64 };

struct multipart {
	const char *at, *end;	/* what was not read yet */
	char line[4 + MULTIPART_BOUNDARY + 1];	/* CRLF, "--" and the boundary */
	size_t line_len;
};

struct multipart_part {
	char name[MULTIPART_NAME];	/* of the form's field, "" for none */
	const char *data;		/* borrowed from the body */
	size_t len;
};

/* false: the type is no multipart/form-data, or has no good boundary. */
bool multipart_begin(struct multipart *m, const char *content_type, const char *body, size_t len);
/* 1: *ret is the next part; 0: that was the last; -1: the body is damaged. */
int multipart_next(struct multipart *m, struct multipart_part *ret);

#endif
