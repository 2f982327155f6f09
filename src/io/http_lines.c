/* http_lines: what header lines and names of hosts say; no curl in it. See http.h. */
#include "config.h"

#include "io/http.h"

#include <string.h>
#include <strings.h>

bool http_is_this_machine(const char *host)
{
	return strcmp(host, "127.0.0.1") == 0 || strcasecmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0;
}

const char *http_header(const char *const *headers, const char *name)
{
	size_t len = strlen(name);

	for (; headers && *headers; headers++) {
		const char *line = *headers;

		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return line + len + 1 + strspn(line + len + 1, " \t");
	}
	return NULL;
}

bool http_is_packed(const char *const *headers)
{
	const char *coding = http_header(headers, "content-encoding");

	return coding && strcasecmp(coding, "identity") != 0;
}
