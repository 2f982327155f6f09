/*
 * buf: bytes that grow, born with the most they may ever hold.
 *
 * A failed append (over the limit, or out of memory) leaves the contents as they were and marks the
 * buffer failed; further appends do nothing. So a caller may write many pieces and look once, with
 * buf_failed(). data is NUL-terminated one past len, whenever data is not NULL.
 */
#ifndef ASSENT_BUF_H
#define ASSENT_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;		/* own; NULL while nothing was ever appended */
	size_t len, cap, max;	/* bytes */
	bool failed;
};

void buf_init(struct buf *b, size_t max);	/* empty, without memory yet; it never has more than max bytes */
void buf_release(struct buf *b);	/* frees; the buffer is as after buf_init() */
void buf_clear(struct buf *b);		/* len = 0 and not failed; keeps the memory */
/* Append all or nothing: 0, ERR_TOOBIG, ERR_NOMEM, and for a format ERR_INVALID. After an error the buffer has failed, and takes no more. */
int buf_append(struct buf *b, const void *data, size_t len);
int buf_puts(struct buf *b, const char *s);
int buf_putc(struct buf *b, char c);
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_consume(struct buf *b, size_t n);	/* drops the first n bytes */
bool buf_failed(const struct buf *b);
const char *buf_cstr(const struct buf *b);	/* "" while empty; borrowed until the next change */
char *buf_take(struct buf *b);	/* gives the memory away (never NULL but when out of memory); buffer empty after */

#endif
