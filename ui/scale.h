/*
 * scale: part of a picture into another size by area average, so that text stays readable; and again only the rows that have changed. Pure.
 */
#ifndef ASSENT_UI_SCALE_H
#define ASSENT_UI_SCALE_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/picture.h"

/* Which source pixels a row or a column is made of: `count` of them from `first` on, their weights from `weights` on in its scaler. */
struct scale_span { int first, count; unsigned int weights; };

struct scaler {
	struct rect from;
	int source_width, source_height, width, height;
	struct scale_span *columns, *rows;	/* own */
	uint16_t *column_weights, *row_weights;	/* own; those of one span make 256 */
	uint16_t *line;				/* own; one row, averaged over its source rows, in 1/256 */
};

/*
 * From part `from` of a picture of that size to width x height. *ret_anew: that is another task than before, so all rows are to be made. 0, ERR_INVALID (not
 * within the picture, nothing to make) or ERR_NOMEM; then the scaler makes nothing until it is set again.
 */
int scaler_set(struct scaler *s, int source_width, int source_height, const struct rect *from, int width, int height, bool *ret_anew);
/* Makes those rows of `to` (of the size that was set) whose source rows are touched: a byte for each row of src, NULL: all. Returns how many. */
int scaler_rows(struct scaler *s, const struct image *src, const uint8_t *touched, struct image *to);
void scaler_release(struct scaler *s);

#endif
