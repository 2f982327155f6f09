/* picture: which part of a screen is shown. See picture.h. */
#include "config.h"

#include "ui/picture.h"

#include <stdlib.h>
#include <string.h>

void image_release(struct image *im)
{
	free(im->rgb);
	*im = (struct image){ 0 };
}

static int between(int n, int least, int most)
{
	return n < least ? least : n > most ? most : n;
}

/* As much of it as there is room for, with what is to be looked at in the middle. */
static struct rect part_of(const struct image *src, int width, int height, const struct picture_view *view, const struct picture_mark *mark)
{
	struct rect part = { 0, 0, between(width, 1, src->width), between(height, 1, src->height) };
	int x = view->x, y = view->y;

	if (view->moved || mark_centre(mark, &x, &y)) {
		part.x = between(x - part.width / 2, 0, src->width - part.width);
		part.y = between(y - part.height / 2, 0, src->height - part.height);
	}
	return part;
}

void picture_part(const struct image *src, int width, int height, const struct picture_view *view, const struct picture_mark *mark, struct rect *ret_part,
		  int *ret_width, int *ret_height)
{
	/* The whole in the room that there is, never enlarged: in so many of these for so many of those. */
	int64_t to = 1, of = 1, zoom = between(view->zoom, 1, PICTURE_ZOOM_MAX);

	if ((int64_t)width * src->height < (int64_t)height * src->width && width < src->width)
		to = width, of = src->width;
	else if (height < src->height)
		to = height, of = src->height;
	if (view->actual)
		zoom = to = of = 1;
	*ret_part = part_of(src, (int)(width * of / (to * zoom)), (int)(height * of / (to * zoom)), view, mark);
	*ret_width = between((int)(ret_part->width * to * zoom / of), 1, width);
	*ret_height = between((int)(ret_part->height * to * zoom / of), 1, height);
}

void picture_pan(struct picture_view *view, const struct rect *part, int screen_width, int screen_height, int dx, int dy)
{
	view->moved = true;
	view->x = between(part->x + part->width / 2 + dx * (part->width + 3) / 4, part->width / 2, screen_width - part->width + part->width / 2);
	view->y = between(part->y + part->height / 2 + dy * (part->height + 3) / 4, part->height / 2, screen_height - part->height + part->height / 2);
}

bool picture_point(const struct picture_place *p, int x, int y, int *ret_x, int *ret_y)
{
	x -= p->at.x * p->cell_width;
	y -= p->at.y * p->cell_height;
	if (x < 0 || y < 0 || x >= p->width || y >= p->height)
		return false;
	/* The middle of the pixel that is shown. */
	*ret_x = p->part.x + (int)((2 * (int64_t)x + 1) * p->part.width / (2 * (int64_t)p->width));
	*ret_y = p->part.y + (int)((2 * (int64_t)y + 1) * p->part.height / (2 * (int64_t)p->height));
	return true;
}
