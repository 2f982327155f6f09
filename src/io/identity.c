/*
 * identity: Ed25519, scrypt and AES-256-GCM by libcrypto. See identity.h.
 *
 * The file is one text in one form only: what it says is written anew and compared, byte for byte. All but the sealed bytes is
 * authenticated with them.
 */
#include "config.h"

#include "io/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/crypto.h"
#include "base/digest.h"
#include "io/private.h"

enum { SEED = 32, SALT = 32, NONCE = 12, TAG = 16, SEALED = SEED + TAG, FILE_MAX = 4096, COST_MAX = 20, BLOCK = 8 };

static const char what[] = "operator's key";

struct identity {
	unsigned char seed[SEED];
	struct identity_card card;
};

/* The file, read. */
struct sealed_key {
	struct identity_card card;
	int cost;
	unsigned char salt[SALT], nonce[NONCE], sealed[SEALED];
};

bool identity_name_ok(const char *name)
{
	size_t len = strlen(name);

	return len > 0 && len <= 40 && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == len && name[0] != '-';
}

/* ---- the text of the file ---- */

static void put_base64(struct buf *out, const void *bytes, size_t len, const char *behind)
{
	base64_encode(out, bytes, len);
	buf_puts(out, behind);
}

/* What stands before the sealed bytes. */
static void put_head(struct buf *out, const struct sealed_key *k)
{
	buf_printf(out, "assent-operator-key 1\nname %s\npublic %s\nscrypt %ld %d 1 ", k->card.name, k->card.public_key, 1L << k->cost, BLOCK);
	put_base64(out, k->salt, SALT, "\naes-256-gcm ");
	put_base64(out, k->nonce, NONCE, " ");
}

static bool take_base64(const char *text, void *into, size_t len)
{
	struct buf b;
	bool ok;

	buf_init(&b, len + 3);
	ok = base64_decode(&b, text, strlen(text)) == 0 && b.len == len;
	if (ok)
		memcpy(into, b.data, len);
	buf_release(&b);
	return ok;
}

/*
 * Keys that anybody can sign for, and second spellings of a key. libcrypto takes both. A point of small order needs no secret: there are eight of
 * them, with five y in all; and y stands below the prime 2^255 - 19.
 */
static bool is_weak(unsigned char y[IDENTITY_PUBLIC_BYTES])
{
	static const unsigned char small[][IDENTITY_PUBLIC_BYTES] = {
		{ 0 },
		{ 1 },
		{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
		{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
		  0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
		{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
		  0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
	};
	size_t i;

	y[IDENTITY_PUBLIC_BYTES - 1] &= 0x7f;	/* the sign of x */
	for (i = 0; i < ARRAY_LEN(small); i++)
		if (memcmp(small[i], y, IDENTITY_PUBLIC_BYTES) == 0)
			return true;
	for (i = 1; i < IDENTITY_PUBLIC_BYTES - 1 && y[i] == 0xff; i++)
		;
	return i == IDENTITY_PUBLIC_BYTES - 1 && y[i] == 0x7f && y[0] >= 0xed;
}

bool identity_public_ok(const char *public_key)
{
	unsigned char bytes[IDENTITY_PUBLIC_BYTES];

	return strlen(public_key) == IDENTITY_PUBLIC_TEXT && take_base64(public_key, bytes, sizeof(bytes)) && !is_weak(bytes);
}

static int parse(const char *file, const char *text, struct sealed_key *k, struct err *e)
{
	char salt[64], nonce[32], sealed[96];
	struct buf again;
	long n;
	bool ok;

	*k = (struct sealed_key){ 0 };
	ok = sscanf(text, "assent-operator-key 1 name %40s public %44s scrypt %ld 8 1 %63s aes-256-gcm %31s %95s", k->card.name, k->card.public_key, &n,
		    salt, nonce, sealed) == 6;
	for (k->cost = IDENTITY_COST_MIN; ok && k->cost <= COST_MAX && 1L << k->cost != n; k->cost++)
		;
	ok = ok && k->cost <= COST_MAX && identity_name_ok(k->card.name) && identity_public_ok(k->card.public_key) && take_base64(salt, k->salt, SALT) &&
	     take_base64(nonce, k->nonce, NONCE) && take_base64(sealed, k->sealed, SEALED);
	buf_init(&again, FILE_MAX);
	if (ok) {
		put_head(&again, k);
		put_base64(&again, k->sealed, SEALED, "\n");
	}
	ok = ok && strcmp(buf_cstr(&again), text) == 0;
	buf_release(&again);
	return ok ? 0 : err_set(e, ERR_INVALID, "%s %s is none of this assent, or was changed", what, file);
}

static int load(const char *file, struct sealed_key *k, struct err *e)
{
	char text[FILE_MAX];
	int r = private_read(what, file, text, sizeof(text), e);

	return r < 0 ? r : parse(file, text, k, e);
}

int identity_card_of(const char *file, struct identity_card *ret, struct err *e)
{
	struct sealed_key k;
	int r = load(file, &k, e);

	if (r == 0)
		*ret = k.card;
	return r;
}

/* ---- sealing ---- */

/* ERR_NOMEM: not so much memory. */
static int derive(const char *passphrase, const struct sealed_key *k, unsigned char key[32])
{
	uint64_t n = (uint64_t)1 << k->cost;

	return crypto()->EVP_PBE_scrypt(passphrase, strlen(passphrase), k->salt, SALT, n, BLOCK, 1, 130 * BLOCK * n + (1 << 20), key, 32) == 1 ? 0 : ERR_NOMEM;
}

/* false: no memory, or (opening) that is not what was sealed. */
static bool crypt_seed(struct sealed_key *k, const unsigned char key[32], unsigned char seed[SEED], bool seal)
{
	EVP_CIPHER_CTX *c = crypto()->EVP_CIPHER_CTX_new();
	struct buf head;
	int n;
	bool ok;

	buf_init(&head, FILE_MAX);
	put_head(&head, k);
	ok = c && !buf_failed(&head) && crypto()->EVP_CipherInit_ex(c, crypto()->EVP_aes_256_gcm(), NULL, key, k->nonce, seal) == 1 &&
	     crypto()->EVP_CipherUpdate(c, NULL, &n, (const unsigned char *)head.data, (int)head.len) == 1 &&
	     crypto()->EVP_CipherUpdate(c, seal ? k->sealed : seed, &n, seal ? seed : k->sealed, SEED) == 1 &&
	     (seal || crypto()->EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, k->sealed + SEED) == 1) &&
	     crypto()->EVP_CipherFinal_ex(c, (seal ? k->sealed : seed) + SEED, &n) == 1 &&
	     (!seal || crypto()->EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, k->sealed + SEED) == 1);
	crypto()->EVP_CIPHER_CTX_free(c);
	buf_release(&head);
	return ok;
}

static int public_of(const unsigned char seed[SEED], char text[IDENTITY_PUBLIC_TEXT + 1])
{
	EVP_PKEY *p = crypto()->EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, SEED);
	unsigned char bytes[IDENTITY_PUBLIC_BYTES];
	size_t len = sizeof(bytes);
	struct buf b;
	int r = ERR_NOMEM;

	buf_init(&b, IDENTITY_PUBLIC_TEXT);
	if (p && crypto()->EVP_PKEY_get_raw_public_key(p, bytes, &len) == 1 && base64_encode(&b, bytes, len) == 0) {
		memcpy(text, b.data, IDENTITY_PUBLIC_TEXT + 1);
		r = 0;
	}
	buf_release(&b);
	crypto()->EVP_PKEY_free(p);
	return r;
}

static int seal(struct sealed_key *k, const char *passphrase, unsigned char seed[SEED])
{
	unsigned char key[32];
	int r;

	if (random_bytes(k->salt, SALT) < 0 || random_bytes(k->nonce, NONCE) < 0)
		return ERR_IO;
	while ((r = derive(passphrase, k, key)) < 0 && k->cost > IDENTITY_COST_MIN)
		k->cost--;
	if (r == 0 && !crypt_seed(k, key, seed, true))
		r = ERR_NOMEM;
	wipe(key, sizeof(key));
	return r;
}

int identity_make(const char *file, const char *name, const char *passphrase, int cost, struct identity_card *ret, struct err *e)
{
	size_t len = strlen(passphrase);
	struct sealed_key k = { .cost = cost };
	unsigned char *seed;
	struct buf text;
	int r;

	if (!identity_name_ok(name))
		return err_set(e, ERR_INVALID, "an operator's name has 1 to 40 letters, digits, '.', '_' or '-'");
	if (len < IDENTITY_PASSPHRASE_MIN || len > IDENTITY_PASSPHRASE_MAX)
		return err_set(e, ERR_INVALID, "a passphrase has %d to %d bytes", IDENTITY_PASSPHRASE_MIN, IDENTITY_PASSPHRASE_MAX);
	snprintf(k.card.name, sizeof(k.card.name), "%s", name);
	seed = locked_new(SEED);
	r = !seed ? ERR_NOMEM : random_bytes(seed, SEED);
	if (r == 0)
		r = public_of(seed, k.card.public_key);
	if (r == 0)
		r = seal(&k, passphrase, seed);
	locked_free(seed, SEED);
	if (r < 0)
		return err_set(e, r, r == ERR_IO ? "no random bytes" : "out of memory");
	buf_init(&text, FILE_MAX);
	put_head(&text, &k);
	put_base64(&text, k.sealed, SEALED, "\n");
	r = private_write(what, file, buf_cstr(&text), text.len, e);
	buf_release(&text);
	*ret = k.card;
	return r;
}

int identity_open(const char *file, const char *passphrase, struct identity **ret, struct err *e)
{
	struct identity *i = locked_new(sizeof(*i));
	struct sealed_key k;
	unsigned char key[32];
	int r = i ? load(file, &k, e) : err_set(e, ERR_NOMEM, "out of memory");

	if (r == 0 && derive(passphrase, &k, key) < 0)
		r = err_set(e, ERR_NOMEM, "no memory to try the passphrase: %ld MiB are needed", (1L << k.cost) / 1024);
	if (r == 0 && !crypt_seed(&k, key, i->seed, false))
		r = err_set(e, ERR_DENIED, "wrong passphrase for %s, or the file was changed", file);
	wipe(key, sizeof(key));
	if (r < 0) {
		locked_free(i, sizeof(*i));
		return r;
	}
	i->card = k.card;
	*ret = i;
	return 0;
}

const struct identity_card *identity_card(const struct identity *i)
{
	return &i->card;
}

void identity_close(struct identity *i)
{
	locked_free(i, sizeof(*i));
}

/* ---- signatures ---- */

int identity_sign(const struct identity *i, const void *text, size_t len, unsigned char value[SIGNATURE_BYTES], struct err *e)
{
	/* libcrypto's copy of the secret lives as long as this call; it wipes it. */
	EVP_PKEY *p = crypto()->EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, i->seed, SEED);
	EVP_MD_CTX *c = crypto()->EVP_MD_CTX_new();
	size_t n = SIGNATURE_BYTES;
	bool ok = p && c && crypto()->EVP_DigestSignInit(c, NULL, NULL, NULL, p) == 1 && crypto()->EVP_DigestSign(c, value, &n, text, len) == 1 && n == SIGNATURE_BYTES;

	crypto()->EVP_MD_CTX_free(c);
	crypto()->EVP_PKEY_free(p);
	return ok ? 0 : err_set(e, ERR_NOMEM, "out of memory");
}

bool identity_verify(const char *public_key, const void *text, size_t len, const unsigned char value[SIGNATURE_BYTES])
{
	unsigned char bytes[IDENTITY_PUBLIC_BYTES];
	EVP_PKEY *p;
	EVP_MD_CTX *c;
	bool ok;

	if (!identity_public_ok(public_key) || !take_base64(public_key, bytes, sizeof(bytes)))
		return false;
	p = crypto()->EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, sizeof(bytes));
	c = crypto()->EVP_MD_CTX_new();
	ok = p && c && crypto()->EVP_DigestVerifyInit(c, NULL, NULL, NULL, p) == 1 && crypto()->EVP_DigestVerify(c, value, SIGNATURE_BYTES, text, len) == 1;
	crypto()->EVP_MD_CTX_free(c);
	crypto()->EVP_PKEY_free(p);
	return ok;
}
