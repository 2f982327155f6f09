/* place: see place.h. */
#include "config.h"

#include "gate/place.h"

struct place gate_place(const struct gate *g, const struct action *a)
{
	const struct session *s = feed_session(g, a->session);
	enum coordinates c = g->config.coordinates;
	struct place p = { .width = s ? s->width : 0, .height = s ? s->height : 0 };

	p.x = coordinates_pixel(c, a->x, p.width);
	p.y = coordinates_pixel(c, a->y, p.height);
	p.x2 = coordinates_pixel(c, a->x2, p.width);
	p.y2 = coordinates_pixel(c, a->y2, p.height);
	p.known = c == COORDINATES_PIXELS || (p.width > 0 && p.height > 0);
	return p;
}
