/* standard: see standard.h. */
#include "config.h"

#include "io/standard.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void standard_open(void)
{
	int fd;

	/* What is opened gets the lowest number that is free: this one. */
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			abort();
}
