/* utf8: strict decoding and encoding. See utf8.h. */
#include "config.h"

#include "base/utf8.h"

#include <string.h>

size_t utf8_decode(const char *p, size_t len, uint32_t *ret_cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)p;
	size_t n, i;
	uint32_t cp;

	if (len == 0)
		return 0;
	if (u[0] < 0x80) {
		*ret_cp = u[0];
		return 1;
	}
	if (u[0] >= 0xc2 && u[0] <= 0xdf)
		n = 2, cp = u[0] & 0x1fU;
	else if ((u[0] & 0xf0) == 0xe0)
		n = 3, cp = u[0] & 0x0fU;
	else if (u[0] >= 0xf0 && u[0] <= 0xf4)
		n = 4, cp = u[0] & 0x07U;
	else
		return 0;
	if (n > len)
		return 0;
	for (i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		cp = cp << 6 | (u[i] & 0x3fU);
	}
	if (cp < least[n] || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return 0;
	*ret_cp = cp;
	return n;
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp >= 0xd800 && cp <= 0xdfff)
		return 0;
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	if (cp > 0x10ffff)
		return 0;
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

static inline uint64_t word(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return w;
}

/* How many bytes at p are ASCII for certain: all where all are, else at least those of the whole words before the first that is not. */
static size_t ascii_length(const char *p, size_t len)
{
	static const uint64_t high = 0x8080808080808080U;
	size_t i = 0;

	for (; len - i >= 32; i += 32)
		if ((word(p + i) | word(p + i + 8) | word(p + i + 16) | word(p + i + 24)) & high)
			break;
	for (; len - i >= 8; i += 8)
		if (word(p + i) & high)
			return i;
	if (i > 0 && i < len)	/* the last word, some of it a second time */
		return word(p + len - 8) & high ? i : len;
	while (i < len && !(p[i] & 0x80))
		i++;
	return i;
}

size_t utf8_valid_length(const char *p, size_t len)
{
	size_t i, n;
	uint32_t cp;

	for (i = ascii_length(p, len); i < len; i += ascii_length(p + i, len - i)) {
		n = utf8_decode(p + i, len - i, &cp);
		if (n == 0)
			break;
		i += n;
	}
	return i;
}

bool utf8_valid(const char *p, size_t len)
{
	return utf8_valid_length(p, len) == len;
}
