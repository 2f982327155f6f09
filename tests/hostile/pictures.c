/* pictures: see pictures.h. Written from the specification of the format, with nothing of libpng. */
#include "config.h"

#include "tests/hostile/pictures.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"

enum { WIDTH = 64, HEIGHT = 48, GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGBA = 6 };

/* ---- parts ---- */

static const char signature[] = "\x89PNG\r\n\x1a\n";

static void sign(struct buf *b)
{
	buf_append(b, signature, 8);
}

static void put32(struct buf *b, uint32_t n)
{
	char bytes[4] = { (char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n };

	buf_append(b, bytes, 4);
}

/* claimed: the length as it is written; wrong: what the checksum is spoilt with. */
static void lying_chunk(struct buf *b, const char *type, const void *data, size_t len, uint32_t claimed, uint32_t wrong)
{
	uLong crc = crc32(crc32(0, (const Bytef *)type, 4), data ? data : (const Bytef *)"", (uInt)len);

	put32(b, claimed);
	buf_append(b, type, 4);
	if (len > 0)
		buf_append(b, data, len);
	put32(b, (uint32_t)crc ^ wrong);
}

static void chunk(struct buf *b, const char *type, const void *data, size_t len)
{
	lying_chunk(b, type, data, len, (uint32_t)len, 0);
}

struct header { uint32_t width, height; uint8_t depth, color, packing, filter, interlace; };

static void put_header(struct buf *b, const struct header *h)
{
	struct buf data;
	char rest[5] = { (char)h->depth, (char)h->color, (char)h->packing, (char)h->filter, (char)h->interlace };

	buf_init(&data, SIZE_MAX - 1);
	put32(&data, h->width);
	put32(&data, h->height);
	buf_append(&data, rest, 5);
	chunk(b, "IHDR", data.data, data.len);
	buf_release(&data);
}

static size_t row_bytes(uint32_t width, int depth, int color)
{
	static const int channels[] = { 1, 0, 3, 1, 2, 0, 4 };

	return ((size_t)width * (size_t)channels[color] * (size_t)depth + 7) / 8;
}

/* Rows of that filter, packed. Their content is all zero but for a few bytes. */
static void pack_rows(struct buf *packed, size_t rows, size_t bytes, int filter)
{
	uint8_t *row = calloc(bytes + 1, 1), out[16384];
	z_stream z = { 0 };
	size_t i;

	deflateInit(&z, 1);
	row[0] = (uint8_t)filter;
	for (i = 0; i <= rows; i++) {
		row[1 + i % (bytes ? bytes : 1)] = (uint8_t)i;
		z.next_in = row;
		z.avail_in = i < rows ? (uInt)(bytes + 1) : 0;
		do {
			z.next_out = out;
			z.avail_out = sizeof(out);
			deflate(&z, i < rows ? Z_NO_FLUSH : Z_FINISH);
			buf_append(packed, out, sizeof(out) - z.avail_out);
		} while (z.avail_out == 0);
	}
	deflateEnd(&z);
	free(row);
}

/* The rows of all seven passes. */
static void interlaced_rows(uint32_t width, uint32_t height, int depth, int color, struct buf *packed)
{
	static const uint32_t x0[] = { 0, 4, 0, 2, 0, 1, 0 }, dx[] = { 8, 8, 4, 4, 2, 2, 1 }, y0[] = { 0, 0, 4, 0, 2, 0, 1 }, dy[] = { 8, 8, 8, 4, 4, 2, 2 };
	Bytef *rows, *bytes;
	uLongf room;
	size_t n = 0;
	int i;

	for (i = 0; i < 7; i++) {
		uint32_t w = width > x0[i] ? (width - x0[i] + dx[i] - 1) / dx[i] : 0, h = height > y0[i] ? (height - y0[i] + dy[i] - 1) / dy[i] : 0;

		n += w > 0 ? h * (row_bytes(w, depth, color) + 1) : 0;
	}
	rows = calloc(n, 1);
	room = compressBound(n);
	bytes = malloc(room);
	compress2(bytes, &room, rows, n, 1);
	buf_append(packed, bytes, room);
	free(rows);
	free(bytes);
}

static void data_of(struct buf *packed, const struct header *h)
{
	buf_init(packed, SIZE_MAX - 1);
	if (h->interlace)
		interlaced_rows(h->width, h->height, h->depth, h->color, packed);
	else
		pack_rows(packed, h->height, row_bytes(h->width, h->depth, h->color), 0);
}

static void put_colors(struct buf *b, int count)
{
	uint8_t colors[3 * 300];
	int i;

	for (i = 0; i < count * 3; i++)
		colors[i] = (uint8_t)(i * 5);
	chunk(b, "PLTE", colors, (size_t)count * 3);
}

static void whole(struct buf *b, const struct header *h)
{
	struct buf packed;

	sign(b);
	put_header(b, h);
	if (h->color == PALETTE)
		put_colors(b, 1 << h->depth);
	data_of(&packed, h);
	chunk(b, "IDAT", packed.data, packed.len);
	chunk(b, "IEND", NULL, 0);
	buf_release(&packed);
}

static const struct header plain = { WIDTH, HEIGHT, 8, RGB, 0, 0, 0 };

/* Between header and data, or behind it. */
static void with(struct buf *b, const char *type, const void *data, size_t len, bool behind)
{
	struct buf packed;

	sign(b);
	put_header(b, &plain);
	if (!behind)
		chunk(b, type, data, len);
	data_of(&packed, &plain);
	chunk(b, "IDAT", packed.data, packed.len);
	if (behind)
		chunk(b, type, data, len);
	chunk(b, "IEND", NULL, 0);
	buf_release(&packed);
}

/* ---- what is no PNG ---- */

static void nothing(struct buf *b, int arg)
{
	int i;

	for (i = 0; i < arg; i++)
		buf_append(b, "", 1);
}

static void other_format(struct buf *b, int arg)
{
	static const struct { const char *bytes; size_t len; } formats[] = {
		{ "GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;", 43 },
		{ "\xff\xd8\xff\xe0\0\20JFIF\0\1\1\0\0\1\0\1\0\0\xff\xd9", 22 },
		{ "BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0\1\0\x18\0\0\0\0\0\4\0\0\0", 38 },
		{ "RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\7\20\x11\x11\x88\x88\xfe\7\0", 34 },
		{ "II*\0\x08\0\0\0\0\0\0\0\0\0", 14 }, { "8BPS\0\1\0\0\0\0\0\0\0\3\0\0\0\1\0\0\0\1\0\x08\0\3", 26 }, { "qoif\0\0\0\1\0\0\0\1\3\0\xff\0\0\0\0\0\0\0\1", 23 },
		{ "<svg xmlns=\"http://www.w3.org/2000/svg\"><image href=\"file:///etc/passwd\"/></svg>", 81 }, { "{\"error\":{\"code\":\"unavailable\"}}", 32 },
		{ "<!DOCTYPE html><title>504</title>", 33 }, { "\033]0;title\a\033[2J\033P0;1;0q\"1;1;9;9#0!9~\033\\", 38 }, { "\x8aMNG\r\n\x1a\n\0\0\0\x1cMHDR", 16 }, { "\x8bJNG\r\n\x1a\n\0\0\0\20JHDR", 16 },
		{ "\x89PNG\n\x1a\n\0\0\0\rIHDR", 15 }, { "\x89PNG\r\r\n\x1a\r\n\0\0\0\rIHDR", 18 }, { "\x1f\x8b\x08\0\0\0\0\0\0\3", 10 },
	};

	buf_append(b, formats[arg].bytes, formats[arg].len);
}

/* ---- cut, changed ---- */

/* In sixteenths of a whole one; from 16 on so many bytes of it. */
static void cut(struct buf *b, int arg)
{
	whole(b, &plain);
	b->len = arg <= 16 ? b->len * (size_t)arg / 17 : (size_t)arg;
}

/* Its last bytes are missing. */
static void cut_end(struct buf *b, int arg)
{
	whole(b, &plain);
	b->len -= (size_t)arg;
}

static void size_lies(struct buf *b, int arg)
{
	static const struct { uint32_t width, height; } sizes[] = {
		{ 0, HEIGHT }, { WIDTH, 0 }, { 0x7fffffff, 1 }, { 1, 0x7fffffff }, { 0xffffffff, 0xffffffff }, { 0x80000000, 2 }, { 8193, 1 }, { 1, 8193 }, { 8192, 8192 }, { 4097, 4097 },
		{ WIDTH + 1, HEIGHT }, { WIDTH, HEIGHT + 1 }, { 4096, 4096 }, { WIDTH, HEIGHT / 2 }, { WIDTH / 2, HEIGHT },
	};
	struct header h = plain;
	struct buf packed;

	h.width = sizes[arg].width;
	h.height = sizes[arg].height;
	sign(b);
	put_header(b, &h);
	data_of(&packed, &plain);
	chunk(b, "IDAT", packed.data, packed.len);
	chunk(b, "IEND", NULL, 0);
	buf_release(&packed);
}

static void header_lies(struct buf *b, int arg)
{
	static const struct header headers[] = {
		{ WIDTH, HEIGHT, 3, RGB, 0, 0, 0 }, { WIDTH, HEIGHT, 1, RGB, 0, 0, 0 }, { WIDTH, HEIGHT, 16, PALETTE, 0, 0, 0 }, { WIDTH, HEIGHT, 8, 1, 0, 0, 0 }, { WIDTH, HEIGHT, 8, 5, 0, 0, 0 },
		{ WIDTH, HEIGHT, 8, 7, 0, 0, 0 }, { WIDTH, HEIGHT, 8, RGB, 1, 0, 0 }, { WIDTH, HEIGHT, 8, RGB, 0, 1, 0 }, { WIDTH, HEIGHT, 8, RGB, 0, 64, 0 }, { WIDTH, HEIGHT, 8, RGB, 0, 0, 2 },
		{ WIDTH, HEIGHT, 0, GREY, 0, 0, 0 }, { WIDTH, HEIGHT, 255, RGBA, 0, 0, 0 },
	};
	struct buf packed;

	sign(b);
	put_header(b, &headers[arg]);
	data_of(&packed, &plain);
	chunk(b, "IDAT", packed.data, packed.len);
	chunk(b, "IEND", NULL, 0);
	buf_release(&packed);
}

static void header_length(struct buf *b, int arg)
{
	sign(b);
	chunk(b, "IHDR", "\0\0\0\x40\0\0\0\x30\x08\2\0\0\0\0\0\0", (size_t)arg);
	chunk(b, "IEND", NULL, 0);
}

static void wrong_sum(struct buf *b, int arg)
{
	struct buf packed;

	sign(b);
	lying_chunk(b, "IHDR", "\0\0\0\x40\0\0\0\x30\x08\2\0\0\0", 13, 13, arg == 0);
	lying_chunk(b, "tEXt", "Comment\0x", 9, 9, arg == 1);
	data_of(&packed, &plain);
	lying_chunk(b, "IDAT", packed.data, packed.len, (uint32_t)packed.len, arg == 2);
	lying_chunk(b, "IEND", NULL, 0, 0, arg == 3);
	buf_release(&packed);
}

/* ---- order and kind of chunks ---- */

static void order(struct buf *b, int arg)
{
	struct header colors = { WIDTH, HEIGHT, 8, PALETTE, 0, 0, 0 };
	struct buf packed;
	int i;

	data_of(&packed, &plain);
	sign(b);
	switch (arg) {
	case 0: chunk(b, "IDAT", packed.data, packed.len); put_header(b, &plain); break;	/* the header behind its data */
	case 1: put_header(b, &plain); put_header(b, &plain); chunk(b, "IDAT", packed.data, packed.len); break;
	case 2: put_header(b, &plain); break;							/* no data */
	case 3: put_header(b, &plain); chunk(b, "IDAT", NULL, 0); break;			/* data without any */
	case 4: put_header(b, &plain); chunk(b, "IDAT", packed.data, packed.len / 2); chunk(b, "tEXt", "a\0b", 3);
		chunk(b, "IDAT", packed.data + packed.len / 2, packed.len - packed.len / 2); break;	/* something between */
	case 5: put_header(b, &plain); for (i = 0; i < 10000; i++) chunk(b, "IDAT", NULL, 0); chunk(b, "IDAT", packed.data, packed.len); break;
	case 6: put_header(b, &plain); for (i = 0; i < (int)packed.len; i++) chunk(b, "IDAT", packed.data + i, 1); break;	/* a byte each */
	case 7: put_header(b, &plain); chunk(b, "IDAT", packed.data, packed.len); chunk(b, "IDAT", packed.data, packed.len); break;	/* twice */
	case 8: put_header(b, &colors); chunk(b, "IDAT", packed.data, packed.len); break;	/* colours without a palette */
	case 9: put_header(b, &colors); chunk(b, "IDAT", packed.data, packed.len); put_colors(b, 256); break;
	case 10: put_header(b, &colors); put_colors(b, 257); chunk(b, "IDAT", packed.data, packed.len); break;
	case 11: put_header(b, &colors); chunk(b, "PLTE", "1234", 4); chunk(b, "IDAT", packed.data, packed.len); break;
	case 12: put_header(b, &colors); chunk(b, "PLTE", NULL, 0); chunk(b, "IDAT", packed.data, packed.len); break;
	case 13: put_header(b, &colors); put_colors(b, 2); put_colors(b, 2); chunk(b, "IDAT", packed.data, packed.len); break;
	default: chunk(b, "IEND", NULL, 0); break;						/* an end alone */
	}
	chunk(b, "IEND", NULL, 0);
	buf_release(&packed);
}

/* Places of a palette that it has not. */
static void odd_places(struct buf *b, int arg)
{
	static const struct header h = { WIDTH, HEIGHT, 8, PALETTE, 0, 0, 0 };
	struct buf packed;

	sign(b);
	put_header(b, &h);
	put_colors(b, arg);
	chunk(b, "tRNS", "\0\1\2\3\4\5\6\7", arg < 8 ? (size_t)arg : 8);
	data_of(&packed, &h);
	chunk(b, "IDAT", packed.data, packed.len);
	chunk(b, "IEND", NULL, 0);
	buf_release(&packed);
}

static void long_chunk(struct buf *b, int arg)
{
	static const struct { const char *type; uint32_t claimed; } chunks[] = {
		{ "tEXt", 0x7fffffff }, { "tEXt", 0xffffffff }, { "IDAT", 0x7fffffff }, { "IDAT", 0x80000000 }, { "PLTE", 0x7ffffffe }, { "iCCP", 0x00800000 }, { "tEXt", 0x01000000 }, { "IEND", 16 },
	};

	sign(b);
	put_header(b, &plain);
	lying_chunk(b, chunks[arg].type, "a\0b", 3, chunks[arg].claimed, 0);
	chunk(b, "IEND", NULL, 0);
}

static void odd_chunk(struct buf *b, int arg)
{
	static const char escapes[] = "Title\0\033]0;owned\a\033[2J\033P0;1q#0~\033\\\033_Gi=1;AAAA\033\\\x9b" "6n";
	static const struct { const char *type; const char *data; size_t len; bool behind; } chunks[] = {
		{ "tEXt", escapes, sizeof(escapes) - 1, false }, { "tEXt", escapes, sizeof(escapes) - 1, true }, { "iTXt", "Title\0\0\0en\0Title\0\033[2J", 21, false },
		{ "tEXt", "", 0, false }, { "tEXt", "no end of the key", 17, false }, { "zTXt", "Comment\0\0\x78\x9c\xff\xff", 13, false }, { "gAMA", "\0\0\0\0", 4, false },
		{ "gAMA", "\xff\xff\xff\xff", 4, false }, { "cHRM", "\x7f\xff\xff\xff\0\0\0\0\x7f\xff\xff\xff\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 32, false },
		{ "pHYs", "\xff\xff\xff\xff\0\0\0\0\7", 9, false }, { "tIME", "\0\0\0\0\0\0\0", 7, false }, { "bKGD", "x", 1, false }, { "hIST", "abc", 3, false }, { "sBIT", "\xff\xff\xff", 3, false },
		{ "tRNS", "ab", 2, false }, { "eXIf", "II*\0\xff\xff\xff\xff", 8, false }, { "sPLT", "name\0\x10" "abcdefgh", 14, false }, { "acTL", "\0\0\0\2\0\0\0\0", 8, false },
		{ "fdAT", "\0\0\0\1\x78\x9c\xff", 7, true }, { "acTL", "\xff\xff\xff\xff\xff\xff\xff\xff", 8, false }, { "vpAg", "\0\0\0\1\0\0\0\1\0", 9, false },
		/* kinds that have to be understood, and are not; and what is no name */
		{ "ABCD", "x", 1, false }, { "CgBI", "\x50\0\x20\2", 4, false }, { "\033[2J", "x", 1, false }, { "\0\0\0\0", "x", 1, false }, { "tE\aT", "x", 1, false },
	};

	with(b, chunks[arg].type, chunks[arg].data, chunks[arg].len, chunks[arg].behind);
}

/* Ten thousand words, or one that unpacks to very much. */
static void many_words(struct buf *b, int arg)
{
	struct buf packed, data;
	int i;

	buf_init(&packed, SIZE_MAX - 1);
	buf_init(&data, SIZE_MAX - 1);
	pack_rows(&packed, arg < 3 ? 300 : 0, 100000, 0);	/* 30 MB of almost nothing */
	if (arg == 0)
		buf_append(&data, "Comment\0\0", 9);
	else if (arg == 1)
		buf_append(&data, "Title\0\1\0en\0Title\0", 17);
	else
		buf_append(&data, "icc\0\0", 5);
	buf_append(&data, packed.data, packed.len);
	if (arg < 3) {
		with(b, arg == 0 ? "zTXt" : arg == 1 ? "iTXt" : "iCCP", data.data, data.len, false);
	} else {
		sign(b);
		put_header(b, &plain);
		for (i = 0; i < 10000; i++)
			chunk(b, arg == 3 ? "tEXt" : arg == 4 ? "sPLT" : "prVt", "Comment\0x", 9);
		buf_clear(&packed);
		pack_rows(&packed, HEIGHT, WIDTH * 3, 0);
		chunk(b, "IDAT", packed.data, packed.len);
		chunk(b, "IEND", NULL, 0);
	}
	buf_release(&packed);
	buf_release(&data);
}

/* ---- the packed rows ---- */

static void stream(struct buf *b, int arg)
{
	struct buf packed;
	size_t i;

	data_of(&packed, &plain);
	switch (arg) {
	case 0: packed.data[0] = 0x79; break;			/* no such window */
	case 1: packed.data[1] = (char)0xff; break;		/* its own check fails */
	case 2: packed.data[1] = (char)0xbb; packed.data[2] = 0; break;	/* a dictionary that nobody has */
	case 3: packed.data[2] = 0x07; break;			/* a kind of block that there is not */
	case 4: packed.data[packed.len / 2] ^= 0x55; break;
	case 5: packed.data[packed.len - 1] ^= 1; break;	/* the sum behind all rows */
	case 6: packed.len /= 2; break;
	case 7: for (i = 0; i < 100000; i++) buf_append(&packed, "x", 1); break;	/* more than is asked for */
	case 8: packed.len = 2; break;
	default:
		buf_clear(&packed);
		pack_rows(&packed, HEIGHT, WIDTH * 3, arg == 9 ? 5 : arg == 10 ? 255 : 4);
		break;
	}
	sign(b);
	put_header(b, &plain);
	chunk(b, "IDAT", packed.data, packed.len);
	chunk(b, "IEND", NULL, 0);
	buf_release(&packed);
}

static void valid(struct buf *b, int arg)
{
	static const struct header headers[] = {
		{ WIDTH, HEIGHT, 8, RGB, 0, 0, 1 }, { WIDTH, HEIGHT, 16, RGB, 0, 0, 0 }, { WIDTH, HEIGHT, 16, RGBA, 0, 0, 1 }, { WIDTH, HEIGHT, 1, GREY, 0, 0, 0 }, { 1, 1, 1, GREY, 0, 0, 1 },
		{ WIDTH, HEIGHT, 2, PALETTE, 0, 0, 1 }, { WIDTH, HEIGHT, 8, GREY_ALPHA, 0, 0, 0 }, { 7, 5, 4, PALETTE, 0, 0, 0 }, { 8192, 1, 8, RGBA, 0, 0, 0 }, { 1, 8192, 16, GREY_ALPHA, 0, 0, 1 },
		/* as much as may be, of almost no bytes */
		{ 8192, 2048, 1, GREY, 0, 0, 0 }, { 2048, 8192, 16, RGBA, 0, 0, 1 },
		{ 8192, 2049, 8, RGB, 0, 0, 0 },
	};

	whole(b, &headers[arg]);
}

static void interlaced_lies(struct buf *b, int arg)
{
	struct header h = plain;
	struct buf packed;

	h.interlace = arg == 0;
	sign(b);
	put_header(b, &h);
	h.interlace = arg != 0;
	h.height = arg == 0 ? HEIGHT / 2 : HEIGHT;
	data_of(&packed, &h);
	chunk(b, "IDAT", packed.data, packed.len);
	chunk(b, "IEND", NULL, 0);
	buf_release(&packed);
}

static void animated(struct buf *b, int arg)
{
	struct buf packed, frame;

	data_of(&packed, &plain);
	sign(b);
	put_header(b, &plain);
	chunk(b, "acTL", "\0\0\0\2\0\0\0\0", 8);
	chunk(b, "fcTL", "\0\0\0\0\0\0\0\x40\0\0\0\x30\0\0\0\0\0\0\0\0\0\1\0\x0a\0\0", 26);
	chunk(b, "IDAT", packed.data, packed.len);
	chunk(b, "fcTL", arg ? "\0\0\0\1\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\1\0\x0a\0\0" : "\0\0\0\1\0\0\0\x40\0\0\0\x30\0\0\0\0\0\0\0\0\0\1\0\x0a\0\0", 26);
	buf_init(&frame, SIZE_MAX - 1);
	put32(&frame, 2);
	buf_append(&frame, packed.data, packed.len);
	chunk(b, "fdAT", frame.data, frame.len);
	chunk(b, "IEND", NULL, 0);
	buf_release(&frame);
	buf_release(&packed);
}

static void behind(struct buf *b, int arg)
{
	int i;

	whole(b, &plain);
	for (i = 0; i < arg; i++)
		buf_append(b, "\033[2J\033]0;x\a", 10);
}

#define NO PICTURE_REFUSED, 0, 0
#define YES PICTURE_SHOWN, WIDTH, HEIGHT
#define MAYBE PICTURE_EITHER, 0, 0

const struct hostile_picture hostile_pictures[] = {
	{ "nothing at all", NO, nothing, 0 }, { "one zero", NO, nothing, 1 }, { "a megabyte of zeros", NO, nothing, 1000000 },
	{ "GIF", NO, other_format, 0 }, { "JPEG", NO, other_format, 1 }, { "BMP", NO, other_format, 2 }, { "WebP", NO, other_format, 3 }, { "TIFF", NO, other_format, 4 }, { "PSD", NO, other_format, 5 },
	{ "QOI", NO, other_format, 6 }, { "SVG that names a file", NO, other_format, 7 }, { "JSON", NO, other_format, 8 }, { "HTML", NO, other_format, 9 },
	{ "what a terminal would obey", NO, other_format, 10 }, { "MNG", NO, other_format, 11 }, { "JNG", NO, other_format, 12 }, { "line ends of one system", NO, other_format, 13 },
	{ "line ends of another", NO, other_format, 14 }, { "gzip", NO, other_format, 15 },
	{ "cut in the signature", NO, cut, 17 - 16 }, { "cut behind the header's length", NO, cut, 20 }, { "cut in the header", NO, cut, 25 }, { "cut behind the header", NO, cut, 33 },
	{ "cut in the data's length", NO, cut, 35 }, { "cut in the data's name", NO, cut, 39 }, { "cut in the data", NO, cut, 60 }, { "a quarter", NO, cut, 4 }, { "half", NO, cut, 8 },
	{ "three quarters", NO, cut, 12 }, { "without its end", NO, cut_end, 12 }, { "in the end's length", NO, cut_end, 10 }, { "without the last byte", NO, cut_end, 1 },
	{ "no width", NO, size_lies, 0 }, { "no height", NO, size_lies, 1 }, { "the widest there is", NO, size_lies, 2 }, { "the highest there is", NO, size_lies, 3 },
	{ "all ones", NO, size_lies, 4 }, { "a sign", NO, size_lies, 5 }, { "one too wide", NO, size_lies, 6 }, { "one too high", NO, size_lies, 7 }, { "64 million pixels", NO, size_lies, 8 },
	{ "a little over 16 million", NO, size_lies, 9 }, { "a column too many", NO, size_lies, 10 }, { "a row too many", NO, size_lies, 11 }, { "16 million of a few bytes", NO, size_lies, 12 },
	{ "half of the rows", MAYBE, size_lies, 13 }, { "half of the columns", MAYBE, size_lies, 14 },
	{ "depth 3", NO, header_lies, 0 }, { "depth 1 of red, green, blue", NO, header_lies, 1 }, { "depth 16 of a palette", NO, header_lies, 2 }, { "colour 1", NO, header_lies, 3 },
	{ "colour 5", NO, header_lies, 4 }, { "colour 7", NO, header_lies, 5 }, { "packing 1", NO, header_lies, 6 }, { "filter 1", NO, header_lies, 7 }, { "filter 64", NO, header_lies, 8 },
	{ "interlace 2", NO, header_lies, 9 }, { "depth 0", NO, header_lies, 10 }, { "depth 255", NO, header_lies, 11 }, { "a header of 0", NO, header_length, 0 }, { "of 12", NO, header_length, 12 },
	{ "of 14", NO, header_length, 14 },
	{ "the header's sum", NO, wrong_sum, 0 }, { "a word's sum", NO, wrong_sum, 1 }, { "the data's sum", NO, wrong_sum, 2 }, { "the end's sum", NO, wrong_sum, 3 },
	{ "data before the header", NO, order, 0 }, { "two headers", NO, order, 1 }, { "no data", NO, order, 2 }, { "empty data", NO, order, 3 }, { "data in two places", NO, order, 4 },
	{ "10,000 empty pieces of data", MAYBE, order, 5 }, { "a piece for each byte", YES, order, 6 }, { "data twice", MAYBE, order, 7 }, { "no palette", NO, order, 8 },
	{ "a palette behind the data", NO, order, 9 }, { "257 colours", NO, order, 10 }, { "a third of a colour", NO, order, 11 }, { "a palette of none", NO, order, 12 },
	{ "two palettes", NO, order, 13 }, { "an end alone", NO, order, 14 }, { "places beyond 2 colours", YES, odd_places, 2 }, { "beyond 200", YES, odd_places, 200 },
	{ "a word of 2 GiB", NO, long_chunk, 0 }, { "of 4 GiB", NO, long_chunk, 1 }, { "data of 2 GiB", NO, long_chunk, 2 }, { "data of a sign", NO, long_chunk, 3 }, { "a palette of 2 GiB", NO, long_chunk, 4 },
	{ "a profile of 8 MiB", NO, long_chunk, 5 }, { "a word of 16 MiB", NO, long_chunk, 6 }, { "an end with data", NO, long_chunk, 7 },
	{ "escapes in a word", YES, odd_chunk, 0 }, { "escapes behind the data", YES, odd_chunk, 1 }, { "escapes in two languages", YES, odd_chunk, 2 }, { "an empty word", MAYBE, odd_chunk, 3 },
	{ "a word without a key", MAYBE, odd_chunk, 4 }, { "a packed word that is none", MAYBE, odd_chunk, 5 }, { "no gamma", MAYBE, odd_chunk, 6 }, { "a gamma of all ones", MAYBE, odd_chunk, 7 },
	{ "colours that cannot be", MAYBE, odd_chunk, 8 }, { "pixels of no height", MAYBE, odd_chunk, 9 }, { "month 0", MAYBE, odd_chunk, 10 }, { "a short ground", MAYBE, odd_chunk, 11 },
	{ "a histogram without a palette", MAYBE, odd_chunk, 12 }, { "255 bits", MAYBE, odd_chunk, 13 }, { "a short transparency", MAYBE, odd_chunk, 14 }, { "Exif that points away", MAYBE, odd_chunk, 15 },
	{ "a palette that is only suggested", MAYBE, odd_chunk, 16 }, { "frames that do not come", MAYBE, odd_chunk, 17 }, { "a frame that nobody announced", MAYBE, odd_chunk, 18 },
	{ "four milliards of frames", MAYBE, odd_chunk, 19 }, { "a private kind", YES, odd_chunk, 20 }, { "a kind that must be understood", NO, odd_chunk, 21 }, { "Apple's own", NO, odd_chunk, 22 },
	{ "a kind with escapes", NO, odd_chunk, 23 }, { "a kind of zeros", NO, odd_chunk, 24 }, { "a kind with a bell", NO, odd_chunk, 25 },
	{ "a packed word of 30 MB", MAYBE, many_words, 0 }, { "the same in two languages", MAYBE, many_words, 1 }, { "a profile of 30 MB", MAYBE, many_words, 2 },
	{ "10,000 words", MAYBE, many_words, 3 }, { "10,000 palettes", MAYBE, many_words, 4 }, { "10,000 private ones", MAYBE, many_words, 5 },
	{ "a window that there is not", NO, stream, 0 }, { "a stream's own check", NO, stream, 1 }, { "a dictionary", NO, stream, 2 }, { "a kind of block", NO, stream, 3 }, { "a byte in the middle", MAYBE, stream, 4 },
	{ "the rows' sum", MAYBE, stream, 5 }, { "half of a stream", NO, stream, 6 }, { "100,000 bytes behind it", MAYBE, stream, 7 }, { "two bytes of a stream", NO, stream, 8 }, { "filter 5 of rows", NO, stream, 9 },
	{ "filter 255 of rows", NO, stream, 10 }, { "Paeth's filter", YES, stream, 11 },
	{ "interlaced", YES, valid, 0 }, { "16 bits", YES, valid, 1 }, { "16 bits, transparent, interlaced", YES, valid, 2 }, { "black and white", YES, valid, 3 }, { "one pixel", PICTURE_SHOWN, 1, 1, valid, 4 },
	{ "four colours", YES, valid, 5 }, { "grey and transparent", YES, valid, 6 }, { "an odd size", PICTURE_SHOWN, 7, 5, valid, 7 }, { "a line", PICTURE_SHOWN, 8192, 1, valid, 8 },
	{ "a column", PICTURE_SHOWN, 1, 8192, valid, 9 }, { "as large as may be, of 2 MB", MAYBE, valid, 10 }, { "of 128 MB, interlaced", MAYBE, valid, 11 },
	{ "a row more than may be", NO, valid, 12 }, { "interlaced, half of it there", NO, interlaced_lies, 0 }, { "interlaced and does not say so", MAYBE, interlaced_lies, 1 },
	{ "two frames", YES, animated, 0 }, { "a second frame of all ones", YES, animated, 1 }, { "escapes behind its end", YES, behind, 1 }, { "a megabyte behind its end", YES, behind, 100000 },
};
const size_t hostile_picture_count = ARRAY_LEN(hostile_pictures);
