/*
 * capability: what MIOSA's action authority calls a request, and which fingerprints its parameters may have there. Pure. A request may have several: another
 * name for one of its forms, and members that are the API's defaults and may be written or left out. An equal fingerprint proves that the parameters are these;
 * none that is equal proves nothing.
 */
#ifndef ASSENT_CAPABILITY_H
#define ASSENT_CAPABILITY_H

#include "core/action.h"
#include "core/fingerprint.h"

#define CAPABILITY_WAYS_MAX 8

struct capability_row {
	enum http_method method;
	const char *template;	/* as in the table of classes */
	const char *name;	/* version 1.0.0 */
	const char *second;	/* what the parameters call the second {} of the path; NULL: not known, or there is none */
};

/* One capability and one way to write the parameters. */
struct capability_way {
	const char *name;	/* literal */
	char params[FINGERPRINT_SIZE];
};

/* The whole table, for what lists it. */
const struct capability_row *capability_rows(size_t *ret_count);
/* Fills ways; how many, 0 when the request has no capability or its parameters have no certain form. */
int capability_ways(const struct action *a, struct capability_way ways[CAPABILITY_WAYS_MAX]);

#endif
