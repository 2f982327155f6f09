/*
 * png: decodes PNG in a child process that can do nothing else: no files, no sockets, no programs, little memory, one second for a picture.
 * The child is kept between pictures. On a libuv loop.
 */
#ifndef ASSENT_IO_PNG_H
#define ASSENT_IO_PNG_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/err.h"

#define PNG_BYTES_MAX (16 * 1024 * 1024)
#define PNG_SIDE_MAX 8192
#define PNG_PIXELS_MAX (16 * 1024 * 1024)

struct decoder;

struct decoder *decoder_new(uv_loop_t *loop);	/* NULL when out of memory */
void decoder_free(struct decoder *p);		/* memory goes when libuv has closed its handles */
/*
 * One picture at a time: ERR_STATE while one is under way. data is copied. done is called once, later: rgb (width * height * 3 bytes, own: to be
 * freed by the callee) or NULL and one line that says why.
 */
int decoder_decode(struct decoder *p, const void *data, size_t len, void (*done)(uint8_t *rgb, int width, int height, const char *error, void *arg), void *arg,
	       struct err *e);

/* The child's side: assent --decode-png FD. Does not return. */
_Noreturn void decoder_child(int fd);
/* Its box, from which there is no way back: but for fd nothing is open, and it may read, write that one, have some memory, and end. Ends where it cannot. */
void decoder_box(int fd);

#endif
