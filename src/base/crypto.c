/* crypto: see crypto.h. */
#include "config.h"

#include "base/crypto.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* That of the headers it was built with: another one may have other arguments. */
#define TEXT_OF(number) #number
#define LIBRARY(number) "libcrypto.so." TEXT_OF(number)
static const char library[] = LIBRARY(OPENSSL_SHLIB_VERSION);

static struct crypto functions;
static bool loaded;

int crypto_load(struct err *e)
{
	static const struct { const char *name; size_t offset; } names[] = {
#define X(name) { #name, offsetof(struct crypto, name) },
		CRYPTO_FUNCTIONS(X)
#undef X
	};
	void *handle;
	size_t i;

	if (loaded)
		return 0;
	handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return err_set(e, ERR_NOTFOUND, "%s", dlerror());
	for (i = 0; i < ARRAY_LEN(names); i++) {
		void *function = dlsym(handle, names[i].name);

		if (!function)
			return err_set(e, ERR_NOTFOUND, "%s", dlerror());
		*(void **)(void *)((char *)&functions + names[i].offset) = function;
	}
	loaded = true;
	return 0;
}

const struct crypto *crypto(void)
{
	struct err e;

	if (crypto_load(&e) < 0) {
		fprintf(stderr, "assent: %s\n", e.msg);
		_Exit(4);
	}
	return &functions;
}
