/*
 * override: names by which a request says that another method or path is meant than the one it has. Pure.
 *
 * Some servers obey them, as headers, in the query, in a form or in JSON; so a request with one is refused, for what was judged would
 * not be what is done. Names are read as leniently as the most lenient server reads them: in any case, percent-encoded, '-', '.' and
 * blank as '_', "name[...]" as name, ';' between parameters as well as '&'.
 */
#ifndef ASSENT_OVERRIDE_H
#define ASSENT_OVERRIDE_H

#include <stdbool.h>
#include <stddef.h>

bool override_name(const char *name, size_t len);	/* of a header, a parameter or a field: is it such a name? */
/* Is one of the query's parameters such a name? */
bool override_query(const char *query);
/* A body: a form's fields (urlencoded or multipart), or a JSON object's own keys. content_type may be NULL; body is NUL-terminated. */
bool override_body(const char *content_type, const char *body, size_t len);

#endif
