/*
 * crypto: libcrypto, loaded when something of it is needed first: a program that neither hashes nor signs starts without it (a dashboard's first frame
 * waits a millisecond less). For digest.c and io/identity.c.
 */
#ifndef ASSENT_CRYPTO_H
#define ASSENT_CRYPTO_H

/* libcrypto has a type of the same name as our error code. */
#define ERR_STATE openssl_ERR_STATE
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#undef ERR_STATE

#include "base/err.h"

/* All that is used of it. */
#define CRYPTO_FUNCTIONS(X) \
	X(CRYPTO_memcmp) X(EVP_Digest) X(EVP_sha256) X(EVP_MD_CTX_new) X(EVP_MD_CTX_free) X(EVP_DigestInit_ex) X(EVP_DigestUpdate) X(EVP_DigestFinal_ex) \
	X(EVP_PBE_scrypt) X(EVP_aes_256_gcm) X(EVP_CIPHER_CTX_new) X(EVP_CIPHER_CTX_free) X(EVP_CIPHER_CTX_ctrl) X(EVP_CipherInit_ex) X(EVP_CipherUpdate) X(EVP_CipherFinal_ex) \
	X(EVP_PKEY_new_raw_private_key) X(EVP_PKEY_new_raw_public_key) X(EVP_PKEY_get_raw_public_key) X(EVP_PKEY_free) \
	X(EVP_DigestSignInit) X(EVP_DigestSign) X(EVP_DigestVerifyInit) X(EVP_DigestVerify)

struct crypto {
#define X(name) __typeof__(&name) name;
	CRYPTO_FUNCTIONS(X)
#undef X
};

/* 0, or ERR_NOTFOUND with the linker's words. */
int crypto_load(struct err *e);
/* Loads it. Without it nothing can be trusted: ends the program with a line on standard error. */
const struct crypto *crypto(void);

#endif
