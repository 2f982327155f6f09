/* digest: SHA-256, random bytes, constant-time comparison, hex and base64. See digest.h. */
#include "config.h"

#include "base/digest.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/crypto.h"

struct digest_ctx {
	EVP_MD_CTX *md;
};

static const char hex_digits[] = "0123456789abcdef";

int digest_load(struct err *e)
{
	return crypto_load(e);
}

struct digest_ctx *digest_new(void)
{
	struct digest_ctx *d = malloc(sizeof(*d));

	if (!d)
		return NULL;
	d->md = crypto()->EVP_MD_CTX_new();
	if (!d->md || crypto()->EVP_DigestInit_ex(d->md, crypto()->EVP_sha256(), NULL) != 1) {
		crypto()->EVP_MD_CTX_free(d->md);
		free(d);
		return NULL;
	}
	return d;
}

void digest_update(struct digest_ctx *d, const void *data, size_t len)
{
	crypto()->EVP_DigestUpdate(d->md, data, len);
}

static void to_hex(const unsigned char *bytes, size_t len, char *hex)
{
	size_t i;

	for (i = 0; i < len; i++) {
		hex[2 * i] = hex_digits[bytes[i] >> 4];
		hex[2 * i + 1] = hex_digits[bytes[i] & 15];
	}
	hex[2 * len] = '\0';
}

void digest_final_hex(struct digest_ctx *d, char hex[DIGEST_HEX + 1])
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned int len = 0;

	crypto()->EVP_DigestFinal_ex(d->md, bytes, &len);
	to_hex(bytes, DIGEST_BYTES, hex);
	crypto()->EVP_MD_CTX_free(d->md);
	free(d);
}

void digest_hex(const void *data, size_t len, char hex[DIGEST_HEX + 1])
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	crypto()->EVP_Digest(data, len, bytes, &n, crypto()->EVP_sha256(), NULL);
	to_hex(bytes, DIGEST_BYTES, hex);
}

bool bytes_equal_ct(const void *a, const void *b, size_t len)
{
	return crypto()->CRYPTO_memcmp(a, b, len) == 0;
}

int random_bytes(void *out, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = getrandom((char *)out + done, len - done, 0);

		if (n <= 0)
			return ERR_IO;
		done += (size_t)n;
	}
	return 0;
}

int random_hex(char *out, size_t digits)
{
	unsigned char byte;
	size_t i;

	for (i = 0; i < digits; i++) {
		if (random_bytes(&byte, 1) < 0)
			return ERR_IO;
		out[i] = hex_digits[byte & 15];
	}
	out[digits] = '\0';
	return 0;
}

void wipe(void *p, size_t len)
{
	explicit_bzero(p, len);
}

int base64_encode(struct buf *out, const void *data, size_t len)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *u = data;
	size_t i;
	int r = 0;

	for (i = 0; i < len && r == 0; i += 3) {
		size_t n = len - i < 3 ? len - i : 3;
		uint32_t v = (uint32_t)u[i] << 16 | (n > 1 ? (uint32_t)u[i + 1] << 8 : 0) | (n > 2 ? u[i + 2] : 0U);
		char four[4] = { alphabet[v >> 18 & 63], alphabet[v >> 12 & 63],
				 n > 1 ? alphabet[v >> 6 & 63] : '=', n > 2 ? alphabet[v & 63] : '=' };

		r = buf_append(out, four, 4);
	}
	return r;
}

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int base64_decode(struct buf *out, const char *text, size_t len)
{
	size_t i, k;

	if (len % 4 != 0)
		return ERR_INVALID;
	for (i = 0; i < len; i += 4) {
		size_t pad = 0;
		uint32_t v = 0;
		char bytes[3];
		int r;

		if (i + 4 == len)
			pad = text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;
		for (k = 0; k < 4 - pad; k++) {
			int d = base64_value(text[i + k]);

			if (d < 0)
				return ERR_INVALID;
			v = v << 6 | (uint32_t)d;
		}
		v <<= 6 * pad;
		/* Bits that no byte takes must be zero: one text for one content. */
		if ((pad == 1 && (v & 0xff)) || (pad == 2 && (v & 0xffff)))
			return ERR_INVALID;
		bytes[0] = (char)(v >> 16);
		bytes[1] = (char)(v >> 8);
		bytes[2] = (char)v;
		r = buf_append(out, bytes, 3 - pad);
		if (r < 0)
			return r;
	}
	return 0;
}
