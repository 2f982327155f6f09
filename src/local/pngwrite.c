/* pngwrite: see pngwrite.h. */
#include "config.h"

#include "local/pngwrite.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"

static void put_u32(uint8_t *p, uint32_t n)
{
	p[0] = (uint8_t)(n >> 24);
	p[1] = (uint8_t)(n >> 16);
	p[2] = (uint8_t)(n >> 8);
	p[3] = (uint8_t)n;
}

static void put_chunk(struct buf *out, const char *type, const void *data, size_t len)
{
	uint8_t word[4];
	uLong crc = crc32(crc32(0, (const Bytef *)type, 4), data, (uInt)len);

	put_u32(word, (uint32_t)len);
	buf_append(out, word, 4);
	buf_append(out, type, 4);
	buf_append(out, data, len);
	put_u32(word, (uint32_t)crc);
	buf_append(out, word, 4);
}

/* Filter Up: each byte less the one above; rows of a screen are much alike. */
static void filter(uint8_t *to, const uint8_t *bgrx, int width, int height)
{
	size_t row = (size_t)width * 4;
	int x, y;

	for (y = 0; y < height; y++) {
		const uint8_t *p = bgrx + (size_t)y * row, *up = y > 0 ? p - row : NULL;

		*to++ = up ? 2 : 0;
		for (x = 0; x < width; x++, p += 4) {
			to[0] = (uint8_t)(p[2] - (up ? up[2] : 0));
			to[1] = (uint8_t)(p[1] - (up ? up[1] : 0));
			to[2] = (uint8_t)(p[0] - (up ? up[0] : 0));
			to += 3;
			if (up)
				up += 4;
		}
	}
}

int pngwrite_bgrx(struct buf *out, const uint8_t *bgrx, int width, int height)
{
	size_t raw_len = ((size_t)width * 3 + 1) * (size_t)height;
	uLongf packed_len = compressBound((uLong)raw_len);
	uint8_t *raw = malloc(raw_len), *packed = malloc(packed_len), head[13];
	int r = raw && packed ? 0 : ERR_NOMEM;

	if (r == 0) {
		filter(raw, bgrx, width, height);
		if (compress2(packed, &packed_len, raw, (uLong)raw_len, 1) != Z_OK)
			r = ERR_NOMEM;
	}
	if (r == 0) {
		put_u32(head, (uint32_t)width);
		put_u32(head + 4, (uint32_t)height);
		memcpy(head + 8, "\x08\x02\x00\x00\x00", 5);
		buf_append(out, "\x89PNG\r\n\x1a\n", 8);
		put_chunk(out, "IHDR", head, sizeof(head));
		put_chunk(out, "IDAT", packed, packed_len);
		put_chunk(out, "IEND", "", 0);
		r = buf_failed(out) ? ERR_NOMEM : 0;
	}
	free(raw);
	free(packed);
	return r;
}
