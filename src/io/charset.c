/* charset: see charset.h. */
#include "config.h"

#include "io/charset.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* The locale's name, as setlocale() looks for it; "" none. */
static const char *locale_name(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *name;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		name = getenv(names[i]);
		if (name && name[0])
			return name;
	}
	return "";
}

/*
 * A container or a bare root shell names no locale, and ssh may bring the name of a UTF-8 one that is not installed here. Neither says that the
 * terminal cannot show UTF-8, and today's can. LC_ALL=C and the like do say it, and so does another charset, installed or not: there the bytes of
 * UTF-8 would be other characters, controls among them.
 */
void charset_choose(void)
{
	const char *name = locale_name();

	if (setlocale(LC_CTYPE, "") && name[0])
		return;
	if (!name[0] || strcasestr(name, "utf-8") || strcasestr(name, "utf8"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

enum safetext_kind charset_kind(enum safetext_kind kind)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? kind : SAFETEXT_IDENT;
}
